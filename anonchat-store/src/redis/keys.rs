//! The keys and channels of a pool. There is no other place that makes a name of one.
//!
//! All keys of a pool carry its name as a hash tag, so that a cluster keeps them on one node:
//! `anonchat:{main}:device`. There is a fixed number of them and none for each device. None has an
//! expiry of Redis: what no rule needs any more is forgotten by the scripts, the rest by a command.
//!
//! | Key | Type | Owner (`lua/`) | Holds | Until |
//! |---|---|---|---|---|
//! | `pool` | string | `counters` | schema version, `seq`, clock, counts, fingerprint | for good |
//! | `device` | hash | `record` | a record for each device of which something is known | the device is gone and its last rule has ended |
//! | `waiting` | sorted set | `queue` | who can be matched, by queue and arrival | they are matched, leave or are away |
//! | `due` | sorted set | `due` | what time will bring about, by instant | it is carried out or withdrawn |
//! | `stale` | sorted set | `due` | devices, bans and dismissals to be forgotten, by instant | they are |
//! | `meeting` | hash | `met` | the two of each pair, and who has reported whom | `report_after_s` after the pair's end |
//! | `ended` | sorted set | `met` | pairs that have ended, by instant | the same |
//! | `block` | hash | `blocks` | the name of each block, by blocker and blocked | it is taken back or lapses |
//! | `block-index` | sorted set | `blocks` | the blocks of each device, both ways | the same |
//! | `block-name` | sorted set | `blocks` | the blocks of each device, by name | the same |
//! | `seen` | hash | `blocks` | when somebody with a block was last here | their last block is gone |
//! | `ban` | hash | `safety` | the last ban or lift of each device | the ban's end; with other pools `ban_s` after it was given, if that is later |
//! | `ban-end` | sorted set | `safety` | who is banned, by the end of the ban | the same |
//! | `report` | hash | `safety` | reports, by number | `report_window_s` after they were made |
//! | `against` | hash | `safety` | the reports that count against a device | they end, are dismissed or lead to a ban |
//! | `dismissed` | hash | `safety` | when reports of a device were dismissed | `dismissal_window_s` after the last |
//! | `outbox` | sorted set | `orders` | which orders the other pools may not have yet, by commit | all have them, a later one takes its place, or the gender is no longer known |
//! | `order` | hash | `orders` | those orders | the same |
//! | `lease` | hash | `lease` | until when each server counts as alive | it is dead and its devices are detached |
//! | `hanging` | sorted set | `lease` | which devices hang on which server | they are detached |
//! | `mailbox` | hash | `mail` | the channel for the mail of each server | nobody reads it |
//! | `sent` | hash | `mail` | how many batches went to each channel | another takes its place, or nobody reads it |
//!
//! What those in charge keep stands beside the pools, under a tag that no pool can have.
//!
//! | Key | Type | Holds | Until |
//! |---|---|---|---|
//! | `anonchat:{+admin}:record` | hash | the record of what was done, by number | for good |
//! | `anonchat:{+admin}:about` | sorted set | the numbers of records about a device | for good |
//! | `anonchat:{+admin}:maintenance` | string | since when nobody new is let in | for good |
//!
//! One pool of a deployment, the first by name, also counts what
//! client addresses do, by a keyed hash of each: `anonchat:{main}:rate:<limit>:<hash>`, a string,
//! with an expiry of Redis at the instant at which it means nothing any more.
//!
//! What is kept of rooms has a tag of its own, too: see `rooms/keys.rs`.
//!
//! | Channel | Carries |
//! |---|---|
//! | `anonchat:{main}:mail:<node>:<incarnation>` | the facts for a server, in batches that are counted |
//! | `anonchat:{main}:talk:<node>` | what people say to people on that server |

use anonchat_core::{Limit, NodeId, PoolId, RateKey};

macro_rules! keys {
    ($(#[$doc:meta])* $enum:ident; $($key:ident $lua:literal $name:literal;)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(in crate::redis) enum $enum {
            $($key,)*
        }

        impl $enum {
            /// The end of its name.
            const fn name(self) -> &'static str {
                match self { $(Self::$key => $name,)* }
            }
        }

        impl $crate::redis::script::Keys for $enum {
            const ALL: &[Self] = &[$(Self::$key),*];

            fn in_scripts(self) -> &'static str {
                match self { $(Self::$key => $lua,)* }
            }
        }
    };
}

pub(super) use keys;

keys! {
    /// A key of a pool.
    Key;
    Pool "POOL" "pool";
    Device "DEVICE" "device";
    Waiting "WAITING" "waiting";
    Due "DUE" "due";
    Stale "STALE" "stale";
    Meeting "MEETING" "meeting";
    Ended "ENDED" "ended";
    Block "BLOCK" "block";
    BlockIndex "BLOCK_INDEX" "block-index";
    BlockName "BLOCK_NAME" "block-name";
    Seen "SEEN" "seen";
    Ban "BAN" "ban";
    BanEnd "BAN_END" "ban-end";
    Report "REPORT" "report";
    Against "AGAINST" "against";
    Dismissed "DISMISSED" "dismissed";
    Outbox "OUTBOX" "outbox";
    Order "ORDER" "order";
    Lease "LEASE" "lease";
    Hanging "HANGING" "hanging";
    Mailbox "MAILBOX" "mailbox";
    Sent "SENT" "sent";
}

impl Key {
    /// Its name in a pool.
    pub(super) fn of(self, pool: &PoolId) -> String {
        format!("anonchat:{{{}}}:{}", pool.as_str(), self.name())
    }
}

/// The record of what those in charge did.
pub(super) const RECORD: &str = "anonchat:{+admin}:record";
/// Which of it is about which device.
pub(super) const ABOUT: &str = "anonchat:{+admin}:about";
/// Whether nobody new is let in.
pub(super) const MAINTENANCE: &str = "anonchat:{+admin}:maintenance";

/// The channel for the mail of a server's nodes, of which `node` was opened first. Every new
/// subscription has another incarnation.
pub(super) fn mail_channel(pool: &PoolId, node: NodeId, incarnation: u64) -> String {
    format!("anonchat:{{{}}}:mail:{:016x}:{incarnation}", pool.as_str(), node.0)
}

/// The channel for what people say to people on a node.
pub(super) fn talk_channel(pool: &PoolId, node: NodeId) -> String {
    format!("anonchat:{{{}}}:talk:{:016x}", pool.as_str(), node.0)
}

/// The key under which a limit of somebody is counted.
pub(super) fn rate(pool: &PoolId, limit: Limit, key: RateKey) -> String {
    let hash = u128::from_be_bytes(*key.as_bytes());
    format!("anonchat:{{{}}}:rate:{}:{hash:032x}", pool.as_str(), limit.as_str())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::redis::script::Keys;

    #[test]
    fn every_key_and_channel_of_a_pool_carries_its_hash_tag() {
        let (pool, node) = (PoolId::main(), NodeId(0xa5));
        assert_eq!(Key::BlockIndex.of(&pool), "anonchat:{main}:block-index");
        assert_eq!(mail_channel(&pool, node, 7), "anonchat:{main}:mail:00000000000000a5:7");
        assert_eq!(talk_channel(&pool, node), "anonchat:{main}:talk:00000000000000a5");
        let counted = rate(&pool, Limit::SignIns, RateKey::from_bytes([0xa5; 16]));
        assert_eq!(counted, format!("anonchat:{{main}}:rate:sign-ins:{}", "a5".repeat(16)));
    }

    #[test]
    fn no_pool_can_have_the_tag_of_those_in_charge() {
        assert_eq!(PoolId::new("+admin"), None);
        for key in [RECORD, ABOUT, MAINTENANCE] {
            assert!(key.starts_with("anonchat:{+admin}:"));
            assert!(include_str!("keys.rs").contains(&format!("//! | `{key}` | ")), "{key}");
        }
    }

    #[test]
    fn no_two_keys_share_a_name() {
        let names: BTreeSet<_> = Key::ALL.iter().map(|key| key.name()).collect();
        let in_scripts: BTreeSet<_> = Key::ALL.iter().map(|key| key.in_scripts()).collect();
        assert_eq!((names.len(), in_scripts.len()), (Key::ALL.len(), Key::ALL.len()));
    }

    /// The table above is the documentation of what lies in Redis.
    #[test]
    fn every_key_is_in_the_table() {
        let source = include_str!("keys.rs");
        for key in Key::ALL {
            let row = format!("//! | `{}` | ", key.name());
            assert!(source.contains(&row), "{key:?} is not documented");
        }
    }
}
