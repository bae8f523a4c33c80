//! The secrets to serve with, and whether this is a developer's own machine.

use anonchat_axum::Secret;

use crate::refusal::Refusal;
use crate::settings::Settings;

/// The secrets to serve with.
pub(crate) struct Keys {
    /// Of device ids, the newest first.
    pub(crate) device: Vec<Secret>,
    /// Of the admin API.
    pub(crate) admin: Option<Secret>,
    /// Whether this is development mode: a loopback address, and no key given.
    pub(crate) development: bool,
}

pub(crate) const KEY: (&str, &str) = ("--key", "ANONCHAT_KEY");
const ADMIN_KEY: (&str, &str) = ("--admin-key", "ANONCHAT_ADMIN_KEY");

impl Keys {
    /// Takes the secrets out of the settings, and makes in development mode what is not there.
    ///
    /// A key that is given has to be strong wherever the server listens: loopback addresses are
    /// what servers behind a proxy listen on.
    pub(crate) fn take(settings: &mut Settings) -> Result<Self, Refusal> {
        let given = std::mem::take(&mut settings.key).into_iter();
        let mut device: Vec<_> = given.filter(|key| !key.is_empty()).map(Secret::new).collect();
        let mut admin = settings.admin_key.take().filter(|key| !key.is_empty()).map(Secret::new);
        check(&device, KEY)?;
        check(admin.as_slice(), ADMIN_KEY)?;

        let development = settings.is_local() && device.is_empty();
        if development {
            device.push(Secret::random());
            admin = admin.or_else(|| Some(Secret::random()));
        }
        let open = settings.listen.iter().find(|address| !address.ip().is_loopback());
        if let Some(&address) = open {
            let missing = |(flag, variable)| Refusal::MissingKey { flag, variable, address };
            if device.is_empty() {
                return Err(missing(KEY));
            }
            if admin.is_none() {
                return Err(missing(ADMIN_KEY));
            }
        }
        Ok(Self { device, admin, development })
    }
}

fn check(secrets: &[Secret], name: (&'static str, &'static str)) -> Result<(), Refusal> {
    match secrets.iter().find_map(Secret::weakness) {
        Some(weakness) => Err(Refusal::WeakKey { flag: name.0, variable: name.1, weakness }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    const STRONG: &str = "pX3v9Qm2xLr7Tn5Wk8Zb4Yc6Hd1Gf0Js";
    const OTHER: &str = "Js0Gf1Hd6Yc4Zb8Wk5Tn7rL2mQ9v3XpA";

    fn keys(arguments: &[&str]) -> Result<Keys, String> {
        // Flags, so that the environment of the test has no say.
        let fixed = ["anonchat-server", "--key", "", "--admin-key", ""];
        let mut settings = if arguments.contains(&"--key") {
            Settings::parse_from([&fixed[..1], arguments].concat())
        } else {
            Settings::parse_from([&fixed[..], arguments].concat())
        };
        Keys::take(&mut settings).map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn a_loopback_address_without_keys_is_development_mode() {
        let keys = keys(&["--listen", "127.0.0.1:0,[::1]:0"]).expect("development");
        assert!(keys.development);
        assert!(keys.device[0].weakness().is_none());
        assert!(keys.admin.is_some());
    }

    #[test]
    fn a_loopback_address_with_a_key_is_not() {
        let keys = keys(&["--key", STRONG, "--admin-key", OTHER]).expect("strong");
        assert!(!keys.development);
    }

    #[test]
    fn an_open_address_needs_both_keys_and_says_which() {
        for (arguments, named) in [
            (&["--listen", "0.0.0.0:80"][..], "--key (ANONCHAT_KEY) is missing"),
            (&["--listen", "127.0.0.1:1,[::]:80"], "--key (ANONCHAT_KEY) is missing"),
            (
                &["--listen", "0.0.0.0:80", "--key", STRONG],
                "--admin-key (ANONCHAT_ADMIN_KEY) is missing",
            ),
        ] {
            let refusal = keys(arguments).err().expect("missing");
            assert!(refusal.contains(named), "{refusal}");
        }
    }

    #[test]
    fn weak_keys_are_refused_by_name() {
        for (key, admin, named) in [
            ("short", STRONG, "--key (ANONCHAT_KEY) is shorter"),
            (STRONG, "short", "--admin-key (ANONCHAT_ADMIN_KEY) is shorter"),
            (STRONG, "abababababababababababababababababab", "repeats"),
            ("changemechangemechangemechangeme", STRONG, "placeholder"),
        ] {
            let arguments = ["--listen", "0.0.0.0:80", "--key", key, "--admin-key", admin];
            let refusal = keys(&arguments).err().expect("weak");
            assert!(refusal.contains(named), "{refusal}");
        }
        let rotated = format!("{STRONG},short");
        assert!(keys(&["--key", &rotated, "--admin-key", STRONG]).is_err(), "every key counts");
    }
}
