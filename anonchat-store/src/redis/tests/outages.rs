//! What callers are told, and what they are not.

use std::error::Error;

use anonchat_core::StoreError;
use redis::{RedisError, parse_redis_value};

use crate::redis::malformed::Malformed;
use crate::redis::outage::Outage;

fn refusal(text: &str) -> RedisError {
    let value = parse_redis_value(format!("-{text}\r\n").as_bytes()).expect("a reply");
    value.extract_error().expect_err("a refusal")
}

#[test]
fn a_refusal_is_told_without_the_words_that_it_quotes() {
    for (text, code) in [
        ("ERR unknown command 'SPUBLISH', with args beginning with: 'canary'", "ERR"),
        ("NOPERM no permission for canary", "NOPERM"),
        ("OOM canary", "OOM"),
        ("READONLY canary", "READONLY"),
        ("MOVED 866 canary:6379", "MOVED"),
    ] {
        let outage = Outage::from(refusal(text));
        let said = format!("{outage} {outage:?}");
        assert!(said.contains(code) && !said.contains("canary"), "{said}");
        let error = StoreError::from(outage);
        let source = error.source().expect("a source").to_string();
        assert!(source.contains(code) && !source.contains("canary"), "{source}");
    }
}

#[test]
fn a_server_that_cannot_serve_is_left_and_one_that_refuses_is_not() {
    for code in ["READONLY", "MOVED 1 a:1", "ASK 1 a:1", "CLUSTERDOWN", "LOADING", "TRYAGAIN"] {
        let outage = Outage::from(refusal(&format!("{code} x")));
        assert!(outage.ends_connection(), "{outage:?}");
    }
    for code in ["ERR", "NOPERM", "OOM", "MISCONF", "WRONGTYPE"] {
        let outage = Outage::from(refusal(&format!("{code} x")));
        assert!(!outage.ends_connection(), "{outage:?}");
    }
}

#[test]
fn what_belongs_to_others_has_its_own_error() {
    let version = StoreError::from(Outage::Malformed(Malformed::Version { found: 7, expected: 3 }));
    assert!(matches!(version, StoreError::Version { found: 7, expected: 3 }), "{version:?}");
    let key = StoreError::from(Outage::Malformed(Malformed::Fingerprint));
    assert!(matches!(key, StoreError::OtherKey), "{key:?}");
    let other = StoreError::from(Outage::Malformed(Malformed::Short));
    assert!(matches!(other, StoreError::Unavailable(Some(_))), "{other:?}");
}
