//! Replies of the scripts as commits and views.
//!
//! Total: whatever Redis answers is a value or a [`Malformed`], and costs no more memory than a
//! small multiple of what was answered.

use std::vec::IntoIter;

use anonchat_core::pool::ReportState;
use anonchat_core::{BanView, Census, Commit, Order, Query, Report, ReportId, Reports, View, Wait};
use redis::Value;

use super::encode::SCHEMA;
use super::envelope::{MAX_ENVELOPES, envelope, rejection};
use super::malformed::Malformed;
use super::unpack::{Unpack, filter, gender, instant, text};

/// Statuses that stand for no answer to the question.
const OTHER_VERSION: i64 = -1;
const OTHER_FINGERPRINT: i64 = -2;

/// What comes back from a command.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reply {
    /// What came of it.
    pub(super) commit: Commit,
    /// The number of the last batch that went to the caller's mailbox; `None` if the pool does
    /// not know that mailbox (any more).
    pub(super) mail: Option<u64>,
}

/// The reply to a command.
pub(super) fn commit(reply: Value) -> Result<Reply, Malformed> {
    let (status, mut rest) = Items::open(reply, SCHEMA)?;
    let seq = rest.number()?;
    let mail = match rest.integer()? {
        -1 => None,
        number => Some(natural(number)?),
    };
    let (more, p1, p2) = (rest.flag()?, rest.number()?, rest.number()?);
    let outcome = match (status, p1, p2) {
        (0, 0, 0) => Ok(rest.envelopes()?),
        (0, ..) => return Err(Malformed::Range("what comes with a refusal")),
        _ => Err(rejection(status, p1, p2)?),
    };
    rest.end()?;
    Ok(Reply { commit: Commit { seq, outcome, more }, mail })
}

/// The reply to a query.
pub(super) fn view(query: &Query, reply: Value) -> Result<View, Malformed> {
    let mut rest = Items::answer(reply, SCHEMA)?;
    let view = match query {
        Query::Census => View::Census(rest.census()?),
        Query::Standing { .. } => {
            let until = instant(rest.number()?)?;
            View::Standing { banned_until: (until.get() > 0).then_some(until) }
        }
        Query::Wait { .. } => {
            let waits = rest.flag()?;
            View::Wait(if waits { Some(rest.wait()?) } else { None })
        }
        Query::Reports { limit, .. } => View::Reports(rest.reports(*limit)?),
        Query::Bans { limit, .. } => View::Bans(rest.bans(*limit)?),
        Query::Outbox { limit, .. } => View::Outbox(rest.orders(*limit)?),
    };
    rest.end()?;
    Ok(view)
}

/// The reply to the opening of a mailbox: the number of the last batch in it.
pub(super) fn opened(reply: Value) -> Result<u64, Malformed> {
    let mut rest = Items::answer(reply, SCHEMA)?;
    let number = rest.number()?;
    rest.end()?;
    Ok(number)
}

/// What is left of a reply, a flat array of integers and strings.
pub(super) struct Items(IntoIter<Value>);

impl Items {
    /// The status, 0 or the number of a refusal, and what follows it.
    pub(super) fn open(reply: Value, expected: u32) -> Result<(u64, Self), Malformed> {
        let Value::Array(items) = reply else { return Err(Malformed::Type("a reply")) };
        let mut rest = Self(items.into_iter());
        match rest.integer()? {
            OTHER_VERSION => {
                let found = u32::try_from(rest.number()?);
                let found = found.map_err(|_| Malformed::Range("a schema version"))?;
                rest.end()?;
                Err(Malformed::Version { found, expected })
            }
            OTHER_FINGERPRINT => {
                rest.end()?;
                Err(Malformed::Fingerprint)
            }
            status => Ok((natural(status)?, rest)),
        }
    }

    /// What follows the status of a reply that cannot be a refusal.
    pub(super) fn answer(reply: Value, expected: u32) -> Result<Self, Malformed> {
        match Self::open(reply, expected)? {
            (0, rest) => Ok(rest),
            _ => Err(Malformed::Range("a status")),
        }
    }

    pub(super) fn end(&self) -> Result<(), Malformed> {
        if self.0.len() == 0 { Ok(()) } else { Err(Malformed::Trailing) }
    }

    pub(super) fn integer(&mut self) -> Result<i64, Malformed> {
        match self.0.next() {
            Some(Value::Int(number)) => Ok(number),
            Some(_) => Err(Malformed::Type("a number")),
            None => Err(Malformed::Short),
        }
    }

    pub(super) fn number(&mut self) -> Result<u64, Malformed> {
        self.integer().and_then(natural)
    }

    pub(super) fn string(&mut self) -> Result<Vec<u8>, Malformed> {
        match self.0.next() {
            Some(Value::BulkString(bytes)) => Ok(bytes),
            Some(_) => Err(Malformed::Type("a string")),
            None => Err(Malformed::Short),
        }
    }

    pub(super) fn flag(&mut self) -> Result<bool, Malformed> {
        match self.integer()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Malformed::Range("a mark")),
        }
    }

    /// All that is left, which are strings, at most `most`, each read by `read`.
    pub(super) fn strings<T>(
        &mut self,
        most: usize,
        what: &'static str,
        read: impl Fn(&[u8]) -> Result<T, Malformed>,
    ) -> Result<Vec<T>, Malformed> {
        if self.0.len() > most {
            return Err(Malformed::TooLong(what));
        }
        let strings = self.0.by_ref().map(|item| match item {
            Value::BulkString(bytes) => read(&bytes),
            _ => Err(Malformed::Type("a string")),
        });
        strings.collect()
    }

    fn envelopes(&mut self) -> Result<Vec<anonchat_core::Envelope>, Malformed> {
        self.strings(MAX_ENVELOPES, "the mail of a commit", envelope)
    }

    fn census(&mut self) -> Result<Census, Malformed> {
        let mut census = Census {
            online: self.number()?,
            waiting: self.number()?,
            pairs: self.number()?,
            bans: self.number()?,
            reports: self.number()?,
            matches: self.number()?,
            ..Census::default()
        };
        for bucket in &mut census.buckets {
            *bucket = self.number()?;
        }
        Ok(census)
    }

    fn reports(&mut self, limit: usize) -> Result<Reports, Malformed> {
        let next = match self.number()? {
            0 => None,
            number => Some(ReportId(number)),
        };
        let reports = self.strings(limit, "a list of reports", report)?;
        Ok(Reports { reports, next })
    }

    fn bans(&mut self, limit: usize) -> Result<Vec<BanView>, Malformed> {
        self.strings(limit, "a list of bans", ban)
    }

    fn orders(&mut self, limit: usize) -> Result<Vec<(u64, Order)>, Malformed> {
        self.strings(limit, "a list of orders", numbered_order)
    }

    fn wait(&mut self) -> Result<Wait, Malformed> {
        Ok(Wait {
            filter: filter(self.number()?)?,
            gender: match self.number()? {
                0 => None,
                number => Some(gender(number)?),
            },
            since: instant(self.number()?)?,
            position: self.number()?,
            waiting: self.number()?,
            beyond_filter: self.number()?,
            beyond_gender: self.number()?,
            blocks: self.flag()?,
            blocked: self.number()?,
            rematch: self.flag()?,
            used_up: self.flag()?,
        })
    }
}

pub(super) fn natural(number: i64) -> Result<u64, Malformed> {
    u64::try_from(number).map_err(|_| Malformed::Range("a number"))
}

fn numbered_order(bytes: &[u8]) -> Result<(u64, Order), Malformed> {
    let mut rest = Unpack::new(bytes);
    let numbered = (rest.u64()?, rest.order()?);
    rest.end()?;
    Ok(numbered)
}

fn ban(bytes: &[u8]) -> Result<BanView, Malformed> {
    let mut rest = Unpack::new(bytes);
    let ban = BanView { device: rest.device()?, given: rest.instant()?, until: rest.instant()? };
    rest.end()?;
    Ok(ban)
}

fn report(bytes: &[u8]) -> Result<Report, Malformed> {
    let mut rest = Unpack::new(bytes);
    let (against, until) = (rest.u32()?, rest.instant()?);
    let banned_until = (until.get() > 0).then_some(until);
    let (id, made) = kept_report(rest.rest())?;
    let ReportState { at, reporter, target, reason, note, counted, dismissed } = made;
    Ok(Report { id, at, reporter, target, reason, note, counted, dismissed, against, banned_until })
}

/// A report as it lies in Redis.
pub(super) fn kept_report(bytes: &[u8]) -> Result<(ReportId, ReportState), Malformed> {
    let mut rest = Unpack::new(bytes);
    let (id, at) = (ReportId(rest.u64()?), rest.instant()?);
    let (reporter, target) = (rest.device()?, rest.device()?);
    let (counted, dismissed, has_note) = (rest.flag()?, rest.flag()?, rest.flag()?);
    let (reason, note) = (text(rest.sized()?)?.into(), text(rest.rest())?);
    let note = match (has_note, note) {
        (true, note) => Some(note.into()),
        (false, "") => None,
        (false, _) => return Err(Malformed::Trailing),
    };
    Ok((id, ReportState { at, reporter, target, reason, note, counted, dismissed }))
}
