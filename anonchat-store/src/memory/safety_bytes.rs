//! The state of every pool's safety as bytes, and back.
//!
//! | Bytes | What |
//! |---|---|
//! | 16 | `anonchat-safety` and a line feed |
//! | 4 | the version of what follows, big-endian |
//! | 32 | SHA-256 of all the rest |
//! | 32 | the fingerprint of the key under which devices are hashed |
//! | … | the states, as `postcard` writes them |
//!
//! Reading is total, and takes no more memory than a small multiple of what is read.

use std::collections::BTreeMap;

use anonchat_core::pool::{BanState, CountState, SafetyState, WordlessReport};
use anonchat_core::{Alias, DeviceId, PairId, PoolId, ReportId, Side, UnixMillis};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const MAGIC: &[u8; 16] = b"anonchat-safety\n";
const VERSION: u32 = 1;
const HASH: usize = 32;
const PREFIX: usize = MAGIC.len() + size_of::<u32>();

/// The states of the pools, by name.
pub(super) type States = BTreeMap<PoolId, SafetyState>;

/// Why bytes are not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// They never were a safety file.
    Foreign,
    /// They are of another version.
    Version(u32),
    /// They are not as they were written.
    Damaged,
    /// The devices in them are hashed under another key.
    OtherKey,
}

type Device = [u8; 16];

#[derive(Serialize, Deserialize)]
struct Written {
    clock: u64,
    /// Device, given, until.
    bans: Vec<(Device, u64, u64)>,
    /// Blocker, blocked, and the name of the block: pair and side.
    blocks: Vec<(Device, Device, [u8; 16], bool)>,
    seen: Vec<(Device, u64)>,
    reports_made: u64,
    /// Number, instant, reporter, target, whether it counted, whether it was dismissed.
    reports: Vec<(u64, u64, Device, Device, bool, bool)>,
    accusations: Vec<(Device, Vec<u64>)>,
    dismissals: Vec<(Device, Vec<u64>)>,
    counts: Vec<(Device, u32, [u16; 4])>,
}

/// Writes the states.
pub(super) fn encode(states: &States, fingerprint: &[u8; 32]) -> Option<Vec<u8>> {
    let written: Vec<_> =
        states.iter().map(|(name, state)| (name.as_str(), Written::from(state))).collect();
    let payload = postcard::to_stdvec(&written).ok()?;
    Some(seal(&payload, fingerprint))
}

/// Puts a payload behind its header.
pub(super) fn seal(payload: &[u8], fingerprint: &[u8; 32]) -> Vec<u8> {
    let hash = Sha256::new().chain_update(fingerprint).chain_update(payload).finalize();
    [&MAGIC[..], &VERSION.to_be_bytes(), &hash[..], fingerprint, payload].concat()
}

/// Reads the states.
pub(super) fn decode(bytes: &[u8], fingerprint: &[u8; 32]) -> Result<States, Unreadable> {
    let Some((prefix, rest)) = bytes.split_at_checked(PREFIX) else {
        let cut_short = MAGIC.starts_with(&bytes[..bytes.len().min(MAGIC.len())]);
        return Err(if cut_short { Unreadable::Damaged } else { Unreadable::Foreign });
    };
    let (magic, version) = prefix.split_at(MAGIC.len());
    if magic != MAGIC {
        return Err(Unreadable::Foreign);
    }
    let version = version.iter().fold(0, |number, byte| number << 8 | u32::from(*byte));
    if version != VERSION {
        return Err(Unreadable::Version(version));
    }
    let (hash, rest) = rest.split_at_checked(HASH).ok_or(Unreadable::Damaged)?;
    if Sha256::digest(rest)[..] != *hash {
        return Err(Unreadable::Damaged);
    }
    let (key, payload) = rest.split_at_checked(HASH).ok_or(Unreadable::Damaged)?;
    if key != fingerprint {
        return Err(Unreadable::OtherKey);
    }
    let (written, rest) = postcard::take_from_bytes::<Vec<(&str, Written)>>(payload)
        .map_err(|_| Unreadable::Damaged)?;
    let states = written.into_iter().map(|(name, state)| Some((PoolId::new(name)?, state.read()?)));
    let states = states.collect::<Option<_>>().filter(|_| rest.is_empty());
    states.ok_or(Unreadable::Damaged)
}

impl From<&SafetyState> for Written {
    fn from(state: &SafetyState) -> Self {
        let SafetyState { clock, bans, blocks, seen, reports_made, reports, .. } = state;
        let number = |id: &ReportId| id.0;
        Self {
            clock: clock.get(),
            bans: bans
                .iter()
                .map(|(device, ban)| (*device.as_bytes(), ban.given.get(), ban.until.get()))
                .collect(),
            blocks: blocks
                .iter()
                .map(|((by, whom), name)| {
                    let is_b = name.side == Side::B;
                    (*by.as_bytes(), *whom.as_bytes(), *name.pair.as_bytes(), is_b)
                })
                .collect(),
            seen: seen.iter().map(|(device, at)| (*device.as_bytes(), at.get())).collect(),
            reports_made: *reports_made,
            reports: reports
                .iter()
                .map(|(id, report)| {
                    let WordlessReport { at, reporter, target, counted, dismissed } = report;
                    let (reporter, target) = (*reporter.as_bytes(), *target.as_bytes());
                    (id.0, at.get(), reporter, target, *counted, *dismissed)
                })
                .collect(),
            accusations: state
                .accusations
                .iter()
                .map(|(device, ids)| (*device.as_bytes(), ids.iter().map(number).collect()))
                .collect(),
            dismissals: state
                .dismissals
                .iter()
                .map(|(device, times)| {
                    (*device.as_bytes(), times.iter().map(|at| at.get()).collect())
                })
                .collect(),
            counts: state
                .counts
                .iter()
                .map(|(device, count)| (*device.as_bytes(), count.total, count.per_filter))
                .collect(),
        }
    }
}

impl Written {
    /// `None` if an instant is none.
    fn read(self) -> Option<SafetyState> {
        let device = DeviceId::from_bytes;
        Some(SafetyState {
            clock: instant(self.clock)?,
            bans: self
                .bans
                .into_iter()
                .map(|(id, given, until)| {
                    let ban = BanState { given: instant(given)?, until: instant(until)? };
                    Some((device(id), ban))
                })
                .collect::<Option<_>>()?,
            blocks: self
                .blocks
                .into_iter()
                .map(|(by, whom, pair, is_b)| {
                    let side = if is_b { Side::B } else { Side::A };
                    let name = Alias { pair: PairId::from_bytes(pair), side };
                    ((device(by), device(whom)), name)
                })
                .collect(),
            seen: self
                .seen
                .into_iter()
                .map(|(id, at)| Some((device(id), instant(at)?)))
                .collect::<Option<_>>()?,
            reports_made: self.reports_made,
            reports: self
                .reports
                .into_iter()
                .map(|(id, at, reporter, target, counted, dismissed)| {
                    let (reporter, target) = (device(reporter), device(target));
                    let at = instant(at)?;
                    let report = WordlessReport { at, reporter, target, counted, dismissed };
                    Some((ReportId(id), report))
                })
                .collect::<Option<_>>()?,
            accusations: self
                .accusations
                .into_iter()
                .map(|(id, reports)| (device(id), reports.into_iter().map(ReportId).collect()))
                .collect(),
            dismissals: self
                .dismissals
                .into_iter()
                .map(|(id, times)| {
                    let times = times.into_iter().map(instant).collect::<Option<_>>()?;
                    Some((device(id), times))
                })
                .collect::<Option<_>>()?,
            counts: self
                .counts
                .into_iter()
                .map(|(id, total, per_filter)| (device(id), CountState { total, per_filter }))
                .collect(),
        })
    }
}

fn instant(millis: u64) -> Option<UnixMillis> {
    let at = UnixMillis::new(millis);
    (at.get() == millis).then_some(at)
}
