//! The values of settings that are more than texts and numbers.

use std::net::{IpAddr, SocketAddr};

use anonchat_axum::screens::{Language, Strictness};
use anonchat_axum::{Consent, IpNet};
use anonchat_core::{PoolId, Verification};
use clap::ValueEnum;
use clap::builder::PossibleValue;

/// A [`Verification`] as a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Checked(pub(crate) Verification);

/// A [`Consent`] as a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Given(pub(crate) Consent);

/// How strict the screens are, or `None` without any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Screening(pub(crate) Option<Strictness>);

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Text,
    /// For machines
    Json,
}

pub(super) fn pool(text: &str) -> Result<PoolId, String> {
    let expected = "expected 1 to 32 characters of a-z, 0-9 and -";
    PoolId::new(text.trim()).ok_or_else(|| expected.to_owned())
}

pub(super) fn language(text: &str) -> Result<Language, String> {
    let known = Language::ALL.iter().copied();
    known.clone().find(|language| language.as_str() == text.trim()).ok_or_else(|| {
        let codes: Vec<_> = known.map(Language::as_str).collect();
        format!("expected some of {}", codes.join(", "))
    })
}

/// A network, or an address, which is a network of one.
pub(super) fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let one = text.parse::<IpAddr>().map(IpNet::from);
    let expected = "expected an address or a network such as 10.0.0.0/8 (ANONCHAT_TRUSTED_PROXIES)";
    one.or_else(|_| text.parse()).map_err(|_| expected.to_owned())
}

/// An address, or `localhost`, which the check for loopback must not have to look up.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    let numeric = match text.trim().strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.trim().to_owned(),
    };
    numeric.parse().map_err(|_| "expected an address and a port, such as 127.0.0.1:8000".to_owned())
}

impl ValueEnum for Checked {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self(Verification::Off), Self(Verification::Optional), Self(Verification::Required)]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self.0 {
            Verification::Off => "nobody is checked; people declare a gender or none",
            Verification::Optional => "who was verified has the verified gender",
            Verification::Required => "only the verified may join",
        };
        Some(PossibleValue::new(self.0.as_str()).help(help))
    }
}

impl ValueEnum for Given {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self(Consent::Explicit), Self(Consent::Implied)]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self.0 {
            Consent::Explicit => {
                PossibleValue::new("explicit").help("only with consent=1 from the page's notice")
            }
            Consent::Implied => PossibleValue::new("implied").help("consent is taken elsewhere"),
        })
    }
}

impl ValueEnum for Screening {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self(None),
            Self(Some(Strictness::Lenient)),
            Self(Some(Strictness::Standard)),
            Self(Some(Strictness::Strict)),
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self.0 {
            None => "every text passes",
            Some(Strictness::Lenient) => "what can hardly be meant otherwise",
            Some(Strictness::Standard) => {
                "also shorter numbers, @names, and abuse that is not the worst"
            }
            Some(Strictness::Strict) => {
                "also what is merely rude, or asks for an account elsewhere"
            }
        };
        Some(PossibleValue::new(self.0.map_or("off", Strictness::as_str)).help(help))
    }
}
