//! What somebody does, and what comes of it.

use anonchat_core::{
    Alias, Client, Departure, Filter, Gender, PairId, Rejection, Side, UnixMillis,
};

/// The outcome of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// Refused by one of these rules.
    No(Vec<Rejection>),
    /// Who is told what, in any order; a refused join may name any of its rules.
    Yes(Vec<(usize, Fact)>),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fact {
    Attached(&'static str),
    Replaced,
    Queued,
    Matched(PairId, Side),
    Left,
    PeerLeft(PairId, Departure),
    PeerAway(PairId, UnixMillis),
    PeerBack(PairId),
    Blocked(Alias),
    Unblocked(Alias),
    Reported(Alias),
    JoinRefused,
    Banned(UnixMillis),
}

/// One thing that somebody does, after some time.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    pub(crate) wait: u64,
    pub(crate) who: usize,
    pub(crate) verb: Verb,
}

#[derive(Clone, Debug)]
pub(crate) enum Verb {
    Attach(Client),
    /// Through the connection before the last, which was there before.
    AttachAgain(Client),
    Detach,
    Join(Filter, Option<Gender>),
    Next(Filter, Option<Gender>),
    Leave,
    Block(Alias),
    Unblock(Alias),
    Report(Alias),
    Ban(u64),
    Lift,
    /// Another pool's order: a ban of that length, or a lift; given so long ago, or by a clock that
    /// is so far ahead.
    Adopt(Option<u64>, i64),
    /// The orders are carried, but for those of so many last steps.
    Settle(u64),
    Sweep,
}
