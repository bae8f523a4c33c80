//! What fuzzers call about rooms, and the seeds that they start from.

use std::collections::BTreeSet;

use anonchat_core::history::{Coverage, RoomRun};
use anonchat_core::room::{RoomCode, RoomQuery, RoomView, SessionId};
use redis::Value;

use super::decode::{Reply, batch, commit, opened, view};
use super::mirror::{self, Plain};

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::redis) enum Kind {
    Commit,
    View,
    Batch,
}

/// Reads a reply.
///
/// # Panics
///
/// If something is read as what would have been written otherwise.
pub(in crate::redis) fn reply(kind: Kind, value: &Value) {
    if kind == Kind::Commit {
        let _ = opened(value.clone());
        if let Ok(reply) = commit(&Plain, value.clone()) {
            assert_eq!(mirror::commit(&reply), *value, "a commit is read as it is written");
        }
        return;
    }
    for query in queries() {
        if let Ok(seen) = view(&Plain, &query, value.clone()) {
            assert_eq!(mirror::view(&seen), *value, "a view is read as it is written");
        }
    }
}

/// Reads the payload of a channel.
///
/// # Panics
///
/// If something is read as what would have been written otherwise.
pub(in crate::redis) fn payload(data: &[u8]) {
    if let Ok((number, mail)) = batch(&Plain, data) {
        assert_eq!(mirror::batch(number, &mail), data, "a batch is read as it is written");
    }
}

/// Replies and payloads with at least one of each commit, fact, refusal and view, the same every
/// time. A payload stands as the one string of a reply.
pub(in crate::redis) fn seeds() -> Vec<(Kind, Value)> {
    let (mut seeds, mut known) = (Vec::new(), BTreeSet::new());
    for seed in 0..100 {
        let run = RoomRun::from_seed(seed, 160);
        let queries = RoomRun::queries(&run.policy);
        run.play(|rooms, step, done| {
            let mut reached = Coverage::of_rooms();
            reached.record_room(&step.command, done);
            let names = reached.counts().filter(|(_, count)| *count > 0).map(|(name, _)| name);
            if names.filter(|name| known.insert((*name).to_owned())).count() > 0 {
                let reply = Reply { commit: done.clone(), mail: Some(done.seq) };
                seeds.push((Kind::Commit, mirror::commit(&reply)));
                let payload = Value::BulkString(mirror::batch(done.seq, &done.mail));
                seeds.push((Kind::Batch, payload));
            }
            for query in &queries {
                let seen = rooms.read(step.at, query);
                if known.insert(kind_of(&seen).to_owned()) {
                    seeds.push((Kind::View, mirror::view(&seen)));
                }
            }
        });
    }
    seeds
}

fn kind_of(view: &RoomView) -> &'static str {
    match view {
        RoomView::Census(_) => "view Census",
        RoomView::Session(_) => "view Session",
        RoomView::Rooms(rooms) if rooms.is_empty() => "view Rooms none",
        RoomView::Rooms(_) => "view Rooms",
        RoomView::Room(_) => "view Room",
        RoomView::Members(members) if members.len() < 2 => "view Members one",
        RoomView::Members(_) => "view Members",
        RoomView::Messages(page) if page.results.is_empty() => "view Messages none",
        RoomView::Messages(_) => "view Messages",
        RoomView::Reports(list) if list.is_empty() => "view Reports none",
        RoomView::Reports(list) if list[0].author.is_none() => "view Reports of a room",
        RoomView::Reports(_) => "view Reports of all",
        RoomView::Refused(_) => "view Refused",
    }
}

fn queries() -> [RoomQuery; 8] {
    let (session, room) = (SessionId::from_bytes([1; 16]), RoomCode::draw([0; 16]));
    [
        RoomQuery::Census,
        RoomQuery::Session { session },
        RoomQuery::Mine { session },
        RoomQuery::Room { session, room },
        RoomQuery::Members { session, room },
        RoomQuery::Messages { session, room, page: 1, page_size: 9 },
        RoomQuery::Reports { session, room, limit: 9 },
        RoomQuery::AllReports { before: None, limit: 9 },
    ]
}
