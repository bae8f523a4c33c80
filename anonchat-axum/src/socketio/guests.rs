//! Who came by `/join`: a sealed cookie, which every server of the deployment can read and nobody
//! else can make, so that a restart ends no session.

use anonchat_core::{Filter, Gender, UnixMillis};
use axum::http::HeaderValue;
use axum::http::header::{COOKIE, HeaderMap};
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::seal::Seal;
use crate::secret::Secret;

/// Nothing else derived from the same secret is under this label.
const LABEL: &[u8] = b"anonchat guest session\0";

/// The cookie, as 002 calls it.
const NAME: &str = "session";

/// How long a session lasts.
const LIFETIME_S: u64 = 24 * 60 * 60;

/// The most bytes of a cookie that is looked at; browsers keep no more than 4,096.
const MOST: usize = 4_000;

/// Makes cookies under the first key, and reads those of all.
pub(crate) struct Guests(Seal);

/// What somebody says of themselves, and a random number that stands for them. There is
/// deliberately no `Debug`.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Guest {
    number: [u64; 2],
    pub(super) username: String,
    pub(super) bio: String,
    pub(super) gender: Gender,
    pub(super) looking_for: String,
}

#[derive(Serialize, Deserialize)]
struct Statement {
    guest: Guest,
    ends: u64,
}

impl Guests {
    /// `keys` as the operator gives them, the newest first. There must be one.
    pub(crate) fn new(keys: &[Secret]) -> Self {
        Self(Seal::new(keys, LABEL, MOST))
    }

    /// The header that gives a browser its session.
    pub(super) fn cookie(&self, at: UnixMillis, guest: Guest, secure: bool) -> HeaderValue {
        let ends = at.after(LIFETIME_S * 1_000).get();
        let token = self.0.seal(&Statement { guest, ends });
        let secure = if secure { "; Secure" } else { "" };
        let text =
            format!("{NAME}={token}; Path=/; Max-Age={LIFETIME_S}; HttpOnly; SameSite=Lax{secure}");
        let mut header = HeaderValue::try_from(text).expect("a token has only printable ASCII");
        header.set_sensitive(true);
        header
    }

    /// Whose cookie a request carries, if it was sealed under one of the keys and is not over.
    pub(super) fn of(&self, at: UnixMillis, headers: &HeaderMap) -> Option<Guest> {
        let all = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
        let mut pairs =
            all.flat_map(|header| header.split(';')).filter_map(|it| it.split_once('='));
        let (_, token) = pairs.find(|(name, _)| name.trim() == NAME)?;
        let Statement { guest, ends } = self.0.open(token.trim())?;
        (at.get() < ends).then_some(guest)
    }
}

impl Guest {
    pub(super) fn new(username: String, bio: String, gender: Gender, looks: Filter) -> Self {
        let number = [clock::number(), clock::number()];
        Self { number, username, bio, gender, looking_for: looks.as_str().to_owned() }
    }

    /// The device that stands for them. No browser's own id begins like that by chance.
    pub(super) fn device(&self) -> String {
        format!("guest:{:016x}{:016x}", self.number[0], self.number[1])
    }

    pub(super) fn looks_for(&self) -> Filter {
        Filter::parse(&self.looking_for).unwrap_or(Filter::Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis::new(1_800_000_000_000);

    fn guests(keys: &[&str]) -> Guests {
        Guests::new(&keys.iter().copied().map(Secret::new).collect::<Vec<_>>())
    }

    fn somebody() -> Guest {
        let only = Filter::Only(Gender::Female);
        Guest::new("\u{1f98a}".repeat(30), "\u{1f98a}".repeat(200), Gender::Male, only)
    }

    fn sealed(guests: &Guests) -> String {
        let header = guests.cookie(NOW, somebody(), false);
        header.to_str().expect("text").split(';').next().expect("a pair").to_owned()
    }

    fn headers(cookie: &str) -> HeaderMap {
        [(COOKIE, HeaderValue::from_str(cookie).expect("text"))].into_iter().collect()
    }

    #[test]
    fn a_session_is_read_under_every_key_until_it_is_over() {
        let (old, both, new) = (guests(&["old"]), guests(&["new", "old"]), guests(&["new"]));
        let cookie = format!("theme=dark; {}; x=y", sealed(&old));
        assert!(cookie.len() < 4_096, "{} bytes", cookie.len());
        let found = both.of(NOW, &headers(&cookie)).expect("a session");
        assert_eq!(found.username, somebody().username);
        assert_eq!((found.gender, found.looks_for()), (Gender::Male, Filter::Only(Gender::Female)));
        assert_ne!(found.device(), somebody().device());
        assert!(new.of(NOW, &headers(&cookie)).is_none());
        let end = NOW.after(LIFETIME_S * 1_000);
        assert!(old.of(UnixMillis::new(end.get() - 1), &headers(&cookie)).is_some());
        assert!(old.of(end, &headers(&cookie)).is_none());
    }

    #[test]
    fn what_was_changed_or_cut_is_no_session() {
        let guests = guests(&["one"]);
        let cookie = sealed(&guests);
        for end in (0..cookie.len()).step_by(7) {
            assert!(guests.of(NOW, &headers(&cookie[..end])).is_none(), "cut at {end}");
        }
        let long = format!("session={}", "x".repeat(MOST + 1));
        assert!(guests.of(NOW, &headers(&long)).is_none());
    }

    #[test]
    fn the_cookie_is_out_of_reach_for_scripts_and_other_sites() {
        for (secure, ends) in [(false, "SameSite=Lax"), (true, "; Secure")] {
            let header = guests(&["one"]).cookie(NOW, somebody(), secure);
            let text = header.to_str().expect("text");
            assert!(text.contains("; HttpOnly; SameSite=Lax") && text.ends_with(ends), "{text}");
        }
    }
}
