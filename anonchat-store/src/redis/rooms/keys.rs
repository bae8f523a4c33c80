//! The keys and channels of rooms. There is no other place that makes a name of one.
//!
//! All carry one hash tag, which no pool can have, so that a cluster keeps them on one node:
//! `anonchat:{+rooms}:room`. Those that end in a colon are the beginning of a key for each message
//! or session, in which its words lie: these have an expiry of Redis. Words are sealed; what else
//! there is are keyed hashes of tokens, random aliases and codes, numbers and instants.
//!
//! | Key | Type | Holds | Until |
//! |---|---|---|---|
//! | `state` | string | schema version, `seq`, clock, counts, fingerprint | for good |
//! | `session` | hash | a record for each session, without its nickname | it ends |
//! | `nick:` | string, by session | the nickname | the same; by Redis itself a minute after, unless it has a connection |
//! | `tie` | sorted set | the rooms of which a session is a member, and from which it is banned | the membership, the session or the room ends |
//! | `room` | hash | a record for each room, with its name | it ends |
//! | `code` | hash | the number of a room, by its code | the same |
//! | `member` | hash | a record for each member of each room | the membership ends |
//! | `roster` | sorted set | the members of each room, by the order in which they joined | the same |
//! | `alias` | hash | whose an alias in a room is | the same |
//! | `seat` | hash | where a connection listens, and for whom | it is gone |
//! | `listening` | sorted set | the connections that listen to a room | the same |
//! | `hanging` | sorted set | all connections, by server | the same |
//! | `ban` | sorted set | who is banned from a room | the room or the session ends |
//! | `message` | hash | when each message that is kept was said, and by whom | its retention is over and a sweep has come, or its room ends |
//! | `text:` | hash, by message | its words, and the reasons for which it was reported, by who did | the same; by Redis itself at the end of the retention |
//! | `reported` | sorted set | the messages that were reported | as `message` |
//! | `due` | sorted set | what time will bring about, by instant | it is carried out or withdrawn |
//! | `mailbox` | hash | the channel for the mail of each server | nobody reads it |
//! | `sent` | hash | how many batches went to each channel | another takes its place, or nobody reads it |
//!
//! | Channel | Carries |
//! |---|---|
//! | `anonchat:{+rooms}:mail:<node>:<incarnation>` | the facts for a server, words sealed, in batches that are counted |

use anonchat_core::NodeId;

use super::super::keys::keys;

/// What the names of all begin with.
const PREFIX: &str = "anonchat:{+rooms}:";

keys! {
    /// A key of rooms.
    RoomKey;
    State "STATE" "state";
    Session "SESSION" "session";
    Nick "NICK" "nick:";
    Tie "TIE" "tie";
    Room "ROOM" "room";
    Code "CODE" "code";
    Member "MEMBER" "member";
    Roster "ROSTER" "roster";
    Alias "ALIAS" "alias";
    Seat "SEAT" "seat";
    Listening "LISTENING" "listening";
    Hanging "HANGING" "hanging";
    Ban "BAN" "ban";
    Message "MESSAGE" "message";
    Text "TEXT" "text:";
    Reported "REPORTED" "reported";
    Due "DUE" "due";
    Mailbox "MAILBOX" "mailbox";
    Sent "SENT" "sent";
}

impl RoomKey {
    /// Its name, or the beginning of it.
    pub(in crate::redis) fn of_rooms(self) -> String {
        format!("{PREFIX}{}", self.name())
    }
}

/// The channel for the mail of a server's nodes, of which `node` was opened first. Every new
/// subscription has another incarnation.
pub(super) fn mail_channel(node: NodeId, incarnation: u64) -> String {
    format!("{PREFIX}mail:{:016x}:{incarnation}", node.0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use anonchat_core::PoolId;

    use super::*;
    use crate::redis::script::Keys;

    #[test]
    fn every_key_and_channel_carries_a_hash_tag_that_no_pool_can_have() {
        assert_eq!(PoolId::new("+rooms"), None);
        assert_eq!(RoomKey::Listening.of_rooms(), "anonchat:{+rooms}:listening");
        let channel = mail_channel(NodeId(0xa5), 7);
        assert_eq!(channel, "anonchat:{+rooms}:mail:00000000000000a5:7");
    }

    #[test]
    fn no_two_keys_share_a_name_and_every_one_is_in_the_table() {
        let names: BTreeSet<_> = RoomKey::ALL.iter().map(|key| key.name()).collect();
        let in_scripts: BTreeSet<_> = RoomKey::ALL.iter().map(|key| key.in_scripts()).collect();
        assert_eq!((names.len(), in_scripts.len()), (RoomKey::ALL.len(), RoomKey::ALL.len()));
        for name in names {
            let row = format!("//! | `{name}` | ");
            assert!(include_str!("keys.rs").contains(&row), "{name} is not documented");
        }
    }
}
