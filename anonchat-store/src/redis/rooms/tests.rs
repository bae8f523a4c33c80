//! What comes back from the scripts is what was meant, or an error.

use anonchat_core::history::RoomRun;
use anonchat_core::room::{
    RoomAlias, RoomCode, RoomCommit, RoomEnvelope, RoomEvent, RoomQuery, RoomRejection, RoomText,
    RoomView, SessionId,
};
use anonchat_core::{Conn, NodeId, UnixMillis};
use proptest::prelude::*;
use redis::Value;

use super::decode::{MAX_ENVELOPES, Reply, batch, commit, opened, view};
use super::mirror::{self, Plain};
use crate::redis::malformed::Malformed;

/// Every commit and every view of some histories, as the scripts would send them.
fn each_reply(mut each: impl FnMut(Reply), mut seen: impl FnMut(&RoomQuery, RoomView)) {
    for seed in 0..20 {
        let run = RoomRun::from_seed(seed, 120);
        let queries = RoomRun::queries(&run.policy);
        let mut place = 0;
        run.play(|rooms, step, done| {
            each(Reply { commit: done.clone(), mail: (place % 2 == 0).then_some(done.seq) });
            place += 1;
            let query = &queries[place % queries.len()];
            seen(query, rooms.read(step.at, query));
        });
    }
}

#[test]
fn commits_batches_and_views_come_back_as_they_were_written() {
    each_reply(
        |reply| {
            let (seq, mail) = (reply.commit.seq, reply.commit.mail.clone());
            assert_eq!(batch(&Plain, &mirror::batch(seq, &mail)), Ok((seq, mail)));
            assert_eq!(commit(&Plain, mirror::commit(&reply)), Ok(reply));
        },
        |query, seen| assert_eq!(view(&Plain, query, mirror::view(&seen)), Ok(seen)),
    );
}

fn items(value: Value) -> Vec<Value> {
    let Value::Array(items) = value else { unreachable!("an array") };
    items
}

#[test]
fn what_is_cut_short_or_has_more_behind_it_is_refused() {
    each_reply(
        |reply| {
            let whole = items(mirror::commit(&reply));
            for length in 0..7 {
                let short = commit(&Plain, Value::Array(whole[..length].to_vec()));
                assert_eq!(short, Err(Malformed::Short));
            }
            let longer = [&whole[..], &[Value::Int(0)]].concat();
            assert!(commit(&Plain, Value::Array(longer)).is_err());
            for (place, item) in whole.iter().enumerate() {
                let Value::BulkString(bytes) = item else { continue };
                if bytes.is_empty() {
                    continue;
                }
                for wrong in [&bytes[..bytes.len() - 1], &[&bytes[..], &[0]].concat()] {
                    let mut touched = whole.clone();
                    touched[place] = Value::BulkString(wrong.to_vec());
                    // A single byte of an answer that is cut leaves none.
                    assert!(wrong.is_empty() || commit(&Plain, Value::Array(touched)).is_err());
                }
            }
            let payload = mirror::batch(1, &reply.commit.mail);
            for length in 8..payload.len() {
                let cut = batch(&Plain, &payload[..length]);
                assert!(
                    cut.is_err() || cut.is_ok_and(|(_, mail)| mail.len() < reply.commit.mail.len())
                );
            }
        },
        |query, seen| {
            let whole = items(mirror::view(&seen));
            let longer = [&whole[..], &[Value::Nil]].concat();
            assert!(view(&Plain, query, Value::Array(longer)).is_err());
            assert!(view(&Plain, query, Value::Array(Vec::new())).is_err());
        },
    );
}

#[test]
fn a_reply_of_another_kind_version_or_deployment_is_refused() {
    for strange in [Value::Nil, Value::Okay, Value::Int(0), Value::Array(vec![Value::Double(0.0)])]
    {
        assert!(matches!(commit(&Plain, strange.clone()), Err(Malformed::Type(_))));
        assert!(matches!(view(&Plain, &RoomQuery::Census, strange), Err(Malformed::Type(_))));
    }
    let other = || Value::Array(vec![Value::Int(-1), Value::Int(7)]);
    let version = Malformed::Version { found: 7, expected: 1 };
    assert_eq!(commit(&Plain, other()), Err(version));
    assert_eq!(view(&Plain, &RoomQuery::Census, other()), Err(version));
    assert_eq!(opened(other()), Err(version));
    assert_eq!(opened(Value::Array(vec![Value::Int(-2)])), Err(Malformed::Fingerprint));
    assert_eq!(opened(Value::Array(vec![Value::Int(0), Value::Int(3)])), Ok(3));
}

#[test]
fn a_number_that_stands_for_nothing_is_refused() {
    let head = |numbers: [i64; 6], learns: &[u8]| {
        let mut items = numbers.map(Value::Int).to_vec();
        items.push(Value::BulkString(learns.to_vec()));
        commit(&Plain, Value::Array(items))
    };
    assert!(head([0, 1, -1, 0, 0, 0], b"").is_ok());
    assert!(head([10, 1, -1, 0, 0, 5], b"").is_ok());
    for wrong in [
        [23, 1, 0, 0, 0, 0],                  // no such refusal
        [-3, 1, 0, 0, 0, 0],                  // no such status
        [0, -1, 0, 0, 0, 0],                  // a commit is counted from 1
        [0, 1, -2, 0, 0, 0],                  // -1 is "unknown", nothing else is negative
        [0, 1, 0, 2, 0, 0],                   // more or not
        [0, 1, 0, 0, 253_402_300_800_000, 0], // behind the year 9999
        [0, 1, 0, 0, 0, 1],                   // nothing comes with success
        [1, 1, 0, 0, 0, 1],                   // nor with this refusal
        [10, 1, 0, 0, 0, 1 << 32],            // more than can be
    ] {
        assert!(matches!(head(wrong, b""), Err(Malformed::Range(_))), "{wrong:?}");
    }
    assert!(head([0, 1, 0, 0, 0, 0], b"\x04").is_err(), "no such answer");
    assert!(head([1, 1, 0, 0, 0, 0], b"\x01").is_err(), "a refusal answers nothing");
}

#[test]
fn more_than_anybody_sends_is_refused() {
    let mail = RoomEnvelope {
        conn: Conn { node: NodeId(1), id: 1 },
        room: RoomCode::draw([0; 16]),
        seq: 1,
        event: RoomEvent::Closed,
    };
    let one = mirror::batch(1, &[mail]).split_off(8);
    let payload = |count| [&[0; 8][..], &one.repeat(count)].concat();
    assert!(batch(&Plain, &payload(MAX_ENVELOPES)).is_ok());
    let much = Err(Malformed::TooLong("the mail of a commit"));
    assert_eq!(batch(&Plain, &payload(MAX_ENVELOPES + 1)), much);

    let text = RoomText::restored("x".repeat((1 << 20) + 1));
    let alias = RoomAlias::from_bytes([1; 16]);
    let mail = RoomEnvelope {
        conn: Conn { node: NodeId(1), id: 1 },
        room: RoomCode::draw([0; 16]),
        seq: 1,
        event: RoomEvent::Joined { alias, nickname: text },
    };
    let long = batch(&Plain, &mirror::batch(1, &[mail]));
    assert_eq!(long, Err(Malformed::TooLong("a text")));

    let session = SessionId::from_bytes([1; 16]);
    let list = |count| Value::Array([vec![Value::Int(0)], vec![Value::Nil; count]].concat());
    let seen = view(&Plain, &RoomQuery::Mine { session }, list(1_001));
    assert_eq!(seen, Err(Malformed::TooLong("a list of rooms")));
}

#[test]
fn a_code_that_no_room_can_have_is_refused() {
    let commit = RoomCommit {
        seq: 1,
        at: UnixMillis::new(1),
        outcome: Err(RoomRejection::Locked),
        mail: Vec::new(),
        more: false,
    };
    assert!(super::decode::commit(&Plain, mirror::commit(&Reply { commit, mail: None })).is_ok());
    for code in [&b"ABCDEFG\xff"[..], b"abcdefgh", b"ABCDE\0\0\0", b"ABC\0EFGH", b"ABCDEF\0H"] {
        let envelope = [&[0; 16][..], code, &[0; 8], &[10]].concat();
        let payload = [&[0; 8][..], &33_u32.to_be_bytes(), &envelope].concat();
        assert!(batch(&Plain, &payload).is_err(), "{}", code.escape_ascii());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_bytes_are_mail_in_one_form_only_or_none(
        kind in 0_u8..12,
        body in prop::collection::vec(any::<u8>(), 0..120),
    ) {
        let head = [&[0; 16][..], b"ABCDEF\0\0", &[0; 8], &[kind]].concat();
        let envelope = [&head[..], &body].concat();
        let length = u32::try_from(envelope.len()).expect("short");
        let payload = [&[0; 8][..], &length.to_be_bytes(), &envelope].concat();
        if let Ok((number, mail)) = batch(&Plain, &payload) {
            prop_assert_eq!(mirror::batch(number, &mail), payload);
        }
    }
}
