//! Whatever comes back is what was meant, or an error.

use anonchat_core::{DeviceId, Query};
use proptest::prelude::*;
use redis::Value;

use super::made;
use crate::redis::decode::{commit, opened, view};
use crate::redis::envelope::MAX_ENVELOPES;
use crate::redis::mail::{Batch, batch};
use crate::redis::malformed::Malformed;
use crate::redis::mirror;

proptest! {
    #[test]
    fn a_commit_comes_back_as_it_was_written(reply in made::reply()) {
        prop_assert_eq!(commit(mirror::commit(&reply)), Ok(reply));
    }

    #[test]
    fn a_view_comes_back_as_it_was_written((query, seen) in made::view()) {
        prop_assert_eq!(view(&query, mirror::view(&seen)), Ok(seen));
    }

    #[test]
    fn a_batch_comes_back_as_it_was_written(
        number in any::<u64>(),
        envelopes in prop::collection::vec(made::envelope(), 0..8),
    ) {
        let sent = Batch { number, envelopes };
        prop_assert_eq!(batch(&mirror::batch(&sent)), Ok(sent));
    }

    #[test]
    fn a_batch_cut_short_or_with_more_behind_it_is_refused(
        envelope in made::envelope(),
        cut in any::<prop::sample::Index>(),
    ) {
        let whole = mirror::batch(&Batch { number: 1, envelopes: vec![envelope] });
        // After the number alone it is a batch without mail.
        let cut = cut.index(whole.len());
        prop_assume!(cut != 8);
        prop_assert_eq!(batch(&whole[..cut]), Err(Malformed::Short));
        prop_assert!(batch(&[&whole[..], &[0]].concat()).is_err());
        let length = u32::from_be_bytes(whole[8..12].try_into().expect("four bytes")) + 1;
        let longer = [&whole[..8], &length.to_be_bytes(), &whole[12..], &[0]].concat();
        prop_assert!(batch(&longer).is_err());
    }

    #[test]
    fn a_commit_cut_short_or_with_more_behind_it_is_refused(reply in made::reply()) {
        let Value::Array(items) = mirror::commit(&reply) else { unreachable!("an array") };
        for length in 0..6 {
            let short = Value::Array(items[..length].to_vec());
            prop_assert_eq!(commit(short), Err(Malformed::Short));
        }
        let longer = [&items[..], &[Value::Int(0)]].concat();
        prop_assert!(commit(Value::Array(longer)).is_err());
    }

    #[test]
    fn any_bytes_are_a_batch_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(read) = batch(&bytes) {
            prop_assert_eq!(mirror::batch(&read), bytes);
        }
    }
}

#[test]
fn another_schema_version_and_another_key_are_told_apart() {
    let other = || Value::Array(vec![Value::Int(-1), Value::Int(7)]);
    assert_eq!(commit(other()), Err(Malformed::Version { found: 7, expected: 3 }));
    assert_eq!(view(&Query::Census, other()), Err(Malformed::Version { found: 7, expected: 3 }));
    assert_eq!(opened(other()), Err(Malformed::Version { found: 7, expected: 3 }));
    assert_eq!(opened(Value::Array(vec![Value::Int(-2)])), Err(Malformed::Fingerprint));
    assert_eq!(
        Malformed::Version { found: 7, expected: 3 }.to_string(),
        "the pool has schema version 7, but this server has 3"
    );
}

#[test]
fn a_mailbox_is_opened_at_the_number_of_its_last_batch() {
    assert_eq!(opened(Value::Array(vec![Value::Int(0), Value::Int(3)])), Ok(3));
    let longer = vec![Value::Int(0), Value::Int(3), Value::Int(0)];
    assert_eq!(opened(Value::Array(longer)), Err(Malformed::Trailing));
    assert_eq!(opened(Value::Array(vec![Value::Int(0)])), Err(Malformed::Short));
}

#[test]
fn a_reply_that_is_no_flat_array_of_integers_and_strings_is_refused() {
    let strange = [
        Value::Nil,
        Value::Okay,
        Value::Int(0),
        Value::BulkString(vec![0; 6]),
        Value::Array(vec![Value::Nil]),
        Value::Array(vec![Value::BulkString(b"0".to_vec())]),
        Value::Array(vec![Value::Double(0.0)]),
        Value::Array(vec![Value::Array(vec![Value::Int(0)])]),
    ];
    for value in strange {
        assert!(matches!(commit(value.clone()), Err(Malformed::Type(_))), "{value:?}");
        assert!(matches!(opened(value.clone()), Err(Malformed::Type(_))), "{value:?}");
        assert!(matches!(view(&Query::Census, value), Err(Malformed::Type(_))));
    }
    assert_eq!(commit(Value::Array(Vec::new())), Err(Malformed::Short));
}

#[test]
fn a_number_that_stands_for_nothing_is_refused() {
    let head = |numbers: [i64; 6]| commit(Value::Array(numbers.map(Value::Int).to_vec()));
    assert!(head([0, 1, -1, 0, 0, 0]).is_ok());
    let wrong = [
        [16, 1, 0, 0, 0, 0],                  // no such refusal
        [15, 1, 0, 0, 5, 0],                  // no such client
        [-3, 1, 0, 0, 0, 0],                  // no such status
        [0, -1, 0, 0, 0, 0],                  // a commit is counted from 1
        [0, 1, -2, 0, 0, 0],                  // -1 is "unknown", nothing else is negative
        [0, 1, 0, 2, 0, 0],                   // more or not
        [0, 1, 0, 0, 1, 0],                   // nothing comes with success
        [1, 1, 0, 0, 5, 0],                   // nor with this refusal
        [2, 1, 0, 0, 253_402_300_800_000, 0], // behind the year 9999
        [2, 1, 0, 0, 1, 1],                   // a ban has no gender
        [7, 1, 0, 0, 1, 0],                   // a daily limit has one
        [7, 1, 0, 0, 1, 5],                   // of four
        [11, 1, 0, 0, 1 << 32, 0],            // more blocks than can be allowed
    ];
    for numbers in wrong {
        assert!(matches!(head(numbers), Err(Malformed::Range(_))), "{numbers:?}");
    }
    let device = DeviceId::from_bytes([1; 16]);
    let seen = |filter, gender, blocks| {
        let wait = [0, 1, filter, gender, 1, 1, 1, 0, 0, blocks, 0, 0, 0].map(Value::Int).to_vec();
        view(&Query::Wait { device }, Value::Array(wait))
    };
    assert!(seen(4, 4, 1).is_ok());
    assert_eq!(seen(5, 4, 1), Err(Malformed::Range("a filter")));
    assert_eq!(seen(4, 5, 1), Err(Malformed::Range("a gender")));
    assert_eq!(seen(4, 4, 2), Err(Malformed::Range("a mark")));
    let refused = view(&Query::Census, Value::Array(vec![Value::Int(1); 4]));
    assert_eq!(refused, Err(Malformed::Range("a status")));
}

#[test]
fn more_than_anybody_sends_is_refused() {
    let left = [&[0; 40][..], &[4]].concat();
    let some = [Value::Int(0), Value::Int(1), Value::Int(1), Value::Int(0), Value::Int(0)];
    let items = |count| {
        let envelopes = std::iter::repeat_n(Value::BulkString(left.clone()), count);
        let status = some.iter().cloned().chain([Value::Int(0)]);
        Value::Array(status.chain(envelopes).collect())
    };
    assert!(commit(items(MAX_ENVELOPES)).is_ok());
    let much = Err(Malformed::TooLong("the mail of a commit"));
    assert_eq!(commit(items(MAX_ENVELOPES + 1)), much);

    let sized = [&41_u32.to_be_bytes()[..], &left].concat();
    let payload = |count| [&[0; 8][..], &sized.repeat(count)].concat();
    assert!(batch(&payload(MAX_ENVELOPES)).is_ok());
    let much = Err(Malformed::TooLong("the mail of a commit"));
    assert_eq!(batch(&payload(MAX_ENVELOPES + 1)), much);

    let reports = Value::Array(vec![Value::Int(0), Value::Int(0), Value::BulkString(Vec::new())]);
    let seen = view(&Query::Reports { before: None, open: false, limit: 0 }, reports);
    assert_eq!(seen, Err(Malformed::TooLong("a list of reports")));
}
