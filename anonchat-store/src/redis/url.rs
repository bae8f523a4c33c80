//! Where Redis is, as operators write it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use percent_encoding::percent_decode_str;

/// The address of a Redis server, of the Sentinels that know it, or of a Cluster.
///
/// | Form | What it is |
/// |---|---|
/// | `redis://[user:password@]host[:port][/db]` | one server; port 6379 and database 0 unless said |
/// | `redis+unix:///path[?db=…&user=…&password=…]` | one server, by its unix socket |
/// | `redis+sentinel://[user:password@]host[:port],…/master-name[/db]` | the master that the Sentinels name; their port is 26379 unless said |
/// | `redis+cluster://[user:password@]host[:port],…` | a Cluster, found through any of these nodes |
///
/// With `rediss` in place of `redis` (not for a unix socket) every connection is TLS; this needs
/// the feature `redis-tls`. User and password are percent-encoded, the user may be empty, and both
/// are for Redis: Sentinels are asked without a password. IPv6 addresses stand in brackets.
///
/// Neither `Display` nor `Debug` shows user or password, and no error of reading shows any part.
#[derive(Clone, PartialEq, Eq)]
pub struct RedisUrl {
    pub(super) place: Place,
    pub(super) tls: bool,
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
    pub(super) db: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Server(Host),
    Socket(PathBuf),
    Sentinel { sentinels: Vec<Host>, master: String },
    Cluster(Vec<Host>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Host {
    pub(super) name: String,
    pub(super) port: u16,
}

/// What is wrong with an address. It shows no part of it, which might be a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// It does not begin as any of the forms.
    #[error(
        "the address begins with none of redis://, rediss://, redis+unix://, \
             redis+sentinel://, rediss+sentinel://, redis+cluster:// and rediss+cluster://"
    )]
    Scheme,
    /// TLS without the feature `redis-tls`.
    #[error("this build has no TLS (the feature `redis-tls`)")]
    NoTls,
    /// No host, or one that is none. A `/` or `?` in a password has to be percent-encoded.
    #[error("a host of the address is missing or wrong")]
    Host,
    /// Several hosts, where only one can be.
    #[error("the address names several hosts; only Sentinels and Clusters have several")]
    Hosts,
    /// A port that is no number from 1 to 65535.
    #[error("a port of the address is not a number from 1 to 65535")]
    Port,
    /// A database that is no number, or one in a Cluster, which has none.
    #[error("the database of the address is not a number, or this form has none")]
    Database,
    /// No path to a socket, or one that is not absolute.
    #[error("the address has no absolute path to a socket")]
    Socket,
    /// No name of a master for the Sentinels.
    #[error("the address has no name of a master, which the Sentinels are asked for")]
    Master,
    /// A user without a password, or one that is no UTF-8 when decoded.
    #[error("the address has a user without a password, or one that cannot be decoded")]
    Login,
    /// Something that this form does not know, behind `?` or `#`.
    #[error("the address has a parameter that this form does not know")]
    Parameter,
}

const REDIS_PORT: u16 = 6379;
const SENTINEL_PORT: u16 = 26379;

impl FromStr for RedisUrl {
    type Err = UrlError;

    fn from_str(url: &str) -> Result<Self, UrlError> {
        let (scheme, rest) = url.split_once("://").ok_or(UrlError::Scheme)?;
        let (tls, form) = match scheme.split_once('+') {
            None => (scheme, ""),
            Some((tls, form)) => (tls, form),
        };
        let tls = match tls {
            "redis" => false,
            "rediss" => true,
            _ => return Err(UrlError::Scheme),
        };
        if tls && cfg!(not(feature = "redis-tls")) {
            return Err(UrlError::NoTls);
        }
        match form {
            "unix" if !tls => socket(rest),
            "" | "sentinel" | "cluster" => network(form, tls, rest),
            _ => Err(UrlError::Scheme),
        }
    }
}

fn socket(rest: &str) -> Result<RedisUrl, UrlError> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    if !path.starts_with('/') || path.len() < 2 {
        return Err(UrlError::Socket);
    }
    let path = decoded(path).ok_or(UrlError::Socket)?;
    let (mut user, mut password, mut db) = (None, None, 0);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').ok_or(UrlError::Parameter)?;
        match name {
            "db" => db = value.parse().map_err(|_| UrlError::Database)?,
            "user" => user = Some(decoded(value).ok_or(UrlError::Login)?),
            "password" => password = Some(decoded(value).ok_or(UrlError::Login)?),
            _ => return Err(UrlError::Parameter),
        }
    }
    login(RedisUrl { place: Place::Socket(path.into()), tls: false, user, password, db })
}

fn network(form: &str, tls: bool, rest: &str) -> Result<RedisUrl, UrlError> {
    let (authority, path) = match rest.find(['/', '?', '#']) {
        Some(end) => rest.split_at(end),
        None => (rest, ""),
    };
    if path.contains(['?', '#']) {
        return Err(UrlError::Parameter);
    }
    let mut path = path.trim_start_matches('/').split('/');
    let (hosts, user, password) = match authority.rsplit_once('@') {
        None => (authority, None, None),
        Some((login, hosts)) => {
            let (user, password) = login.split_once(':').ok_or(UrlError::Login)?;
            let user = decoded(user).ok_or(UrlError::Login)?;
            (hosts, Some(user), Some(decoded(password).ok_or(UrlError::Login)?))
        }
    };
    let port = if form == "sentinel" { SENTINEL_PORT } else { REDIS_PORT };
    let hosts: Vec<Host> =
        hosts.split(',').map(|host| read_host(host, port)).collect::<Result<_, _>>()?;
    let place = match form {
        "sentinel" => {
            let master = path.next().and_then(decoded).filter(|name| !name.is_empty());
            Place::Sentinel { sentinels: hosts, master: master.ok_or(UrlError::Master)? }
        }
        "cluster" => Place::Cluster(hosts),
        _ => match <[Host; 1]>::try_from(hosts) {
            Ok([host]) => Place::Server(host),
            Err(_) => return Err(UrlError::Hosts),
        },
    };
    let db = match path.next().unwrap_or_default() {
        "" => 0,
        _ if matches!(place, Place::Cluster(_)) => return Err(UrlError::Database),
        db => db.parse().map_err(|_| UrlError::Database)?,
    };
    if path.any(|rest| !rest.is_empty()) {
        return Err(UrlError::Database);
    }
    login(RedisUrl { place, tls, user, password, db })
}

/// An empty user is none, and nobody has a name without a password.
fn login(mut url: RedisUrl) -> Result<RedisUrl, UrlError> {
    url.user = url.user.filter(|user| !user.is_empty());
    match (&url.user, &url.password) {
        (Some(_), None) => Err(UrlError::Login),
        _ => Ok(url),
    }
}

fn read_host(text: &str, default: u16) -> Result<Host, UrlError> {
    let (name, port) = match text.strip_prefix('[') {
        Some(v6) => v6.split_once(']').ok_or(UrlError::Host)?,
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let port = match port.strip_prefix(':') {
        Some(port) => port.parse().ok().filter(|port| *port != 0).ok_or(UrlError::Port)?,
        None if port.is_empty() => default,
        None => return Err(UrlError::Host),
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._:%".contains(c);
    if name.is_empty() || !name.chars().all(plain) {
        return Err(UrlError::Host);
    }
    Ok(Host { name: name.into(), port })
}

fn decoded(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(Into::into)
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name.contains(':') {
            true => write!(f, "[{}]:{}", self.name, self.port),
            false => write!(f, "{}:{}", self.name, self.port),
        }
    }
}

impl fmt::Display for RedisUrl {
    /// The address without user, password and database.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let several =
            |hosts: &[Host]| hosts.iter().map(Host::to_string).collect::<Vec<_>>().join(",");
        f.write_str(if self.tls { "rediss" } else { "redis" })?;
        match &self.place {
            Place::Server(host) => write!(f, "://{host}"),
            Place::Socket(path) => write!(f, "+unix://{}", path.display()),
            Place::Sentinel { sentinels, master } => {
                write!(f, "+sentinel://{}/{master}", several(sentinels))
            }
            Place::Cluster(nodes) => write!(f, "+cluster://{}", several(nodes)),
        }
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedisUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> RedisUrl {
        url.parse().unwrap_or_else(|error| panic!("{url}: {error}"))
    }

    fn refusal(url: &str) -> UrlError {
        url.parse::<RedisUrl>().err().unwrap_or_else(|| panic!("{url} was taken"))
    }

    #[test]
    fn each_form_is_read_and_shown_without_its_password() {
        for (url, shown) in [
            ("redis://localhost", "redis://localhost:6379"),
            ("redis://u:p@10.0.0.1:7000/3", "redis://10.0.0.1:7000"),
            ("redis://[::1]:7000/", "redis://[::1]:7000"),
            ("redis+unix:///run/redis.sock?db=2&user=u&password=p", "redis+unix:///run/redis.sock"),
            ("redis+sentinel://:p@a,b:7/m/4", "redis+sentinel://a:26379,b:7/m"),
            ("redis+cluster://u:p@a,b:7", "redis+cluster://a:6379,b:7"),
        ] {
            assert_eq!(read(url).to_string(), shown, "{url}");
            assert_eq!(format!("{:?}", read(url)), format!("RedisUrl({shown})"), "{url}");
        }
        assert_eq!(read("redis://u:p@h/3").db, 3);
        assert_eq!(read("redis+unix:///s?db=3").db, 3);
        assert_eq!(read("redis+sentinel://h/m/3").db, 3);
    }

    #[test]
    fn user_and_password_are_decoded() {
        let url = read("redis://us%65r:p%40ss%2F%3a:@h");
        assert_eq!((url.user.as_deref(), url.password.as_deref()), (Some("user"), Some("p@ss/::")));
        let url = read("redis://:p@q@h");
        assert_eq!((url.user, url.password.as_deref()), (None, Some("p@q")));
        let url = read("redis+unix:///s?password=a%26b");
        assert_eq!(url.password.as_deref(), Some("a&b"));
    }

    #[test]
    fn what_is_wrong_is_named_and_not_shown() {
        for (url, why) in [
            ("", UrlError::Scheme),
            ("localhost:6379", UrlError::Scheme),
            ("http://h", UrlError::Scheme),
            ("rediss+unix:///s", UrlError::Scheme),
            ("redis+tcp://h", UrlError::Scheme),
            ("redis://", UrlError::Host),
            ("redis://u:secret/x@h", UrlError::Port),
            ("redis://a b", UrlError::Host),
            ("redis://[::1", UrlError::Host),
            ("redis://h:0", UrlError::Port),
            ("redis://h:99999", UrlError::Port),
            ("redis://a,b", UrlError::Hosts),
            ("redis://h/x", UrlError::Database),
            ("redis://h/1/2", UrlError::Database),
            ("redis://h?db=1", UrlError::Parameter),
            ("redis://h/#insecure", UrlError::Parameter),
            ("redis://secret@h", UrlError::Login),
            ("redis://u:%ff@h", UrlError::Login),
            ("redis+unix://run/s", UrlError::Socket),
            ("redis+unix:///", UrlError::Socket),
            ("redis+unix:///s?user=u", UrlError::Login),
            ("redis+unix:///s?x=1", UrlError::Parameter),
            ("redis+sentinel://a,b", UrlError::Master),
            ("redis+sentinel://a,,b/m", UrlError::Host),
            ("redis+cluster://a/1", UrlError::Database),
        ] {
            assert_eq!(refusal(url), why, "{url}");
            assert!(!refusal(url).to_string().contains("secret"));
        }
    }

    #[test]
    fn tls_is_refused_by_a_build_without_it() {
        for url in ["rediss://h", "rediss+sentinel://h/m", "rediss+cluster://h"] {
            match url.parse::<RedisUrl>() {
                Ok(read) => assert!(cfg!(feature = "redis-tls") && read.tls),
                Err(error) => {
                    assert!(cfg!(not(feature = "redis-tls")) && error == UrlError::NoTls);
                }
            }
        }
    }
}
