//! Everything a pool knows, in one canonical form.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU64;
use std::sync::Arc;

use super::Pool;
use super::device::{Conversation, Device, Talk, Ticket};
use super::met::Meeting;
use crate::event::{Arrival, Client};
use crate::id::{Alias, Conn, DeviceId, NodeId, PairId, ReportId, Side};
use crate::order::Order;
use crate::profile::{Filter, Gender, Profile, Proof};
use crate::time::UnixMillis;

pub use super::sweep::Due;

/// Everything a pool knows that can still change an answer, in one canonical form: two pools with
/// the same history have equal snapshots, whatever they still remember of rules that are over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The last commit.
    pub seq: u64,
    /// The pool's time.
    pub clock: UnixMillis,
    /// Devices of which something is known.
    pub devices: BTreeMap<DeviceId, DeviceState>,
    /// Pairs that talk, or ended so recently that their members may report each other.
    pub meetings: BTreeMap<PairId, MeetingState>,
    /// Who blocks whom, under which name.
    pub blocks: BTreeMap<(DeviceId, DeviceId), Alias>,
    /// The last ban or lift of each device, as long as it matters.
    pub bans: BTreeMap<DeviceId, BanState>,
    /// Reports that are not too old.
    pub reports: BTreeMap<ReportId, ReportState>,
    /// The reports that count against each device: one for each reporter, oldest first.
    pub accusations: BTreeMap<DeviceId, Vec<(DeviceId, ReportId)>>,
    /// When reports of each device were dismissed.
    pub dismissals: BTreeMap<DeviceId, Vec<UnixMillis>>,
    /// Servers: the end of the lease, and the devices that hang on each.
    pub leases: BTreeMap<NodeId, (UnixMillis, BTreeSet<DeviceId>)>,
    /// What time will bring about.
    pub due: BTreeSet<(UnixMillis, Due)>,
    /// What the other pools have still to adopt, by number.
    pub outbox: BTreeMap<u64, Order>,
}

/// A ban or a lift.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BanState {
    /// When it was given.
    pub given: UnixMillis,
    /// The end of the ban; in the past for a lift.
    pub until: UnixMillis,
}

/// A report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportState {
    /// When it was made.
    pub at: UnixMillis,
    /// By whom.
    pub reporter: DeviceId,
    /// About whom.
    pub target: DeviceId,
    /// The reporter's reason.
    pub reason: Arc<str>,
    /// The reporter's further words.
    pub note: Option<Arc<str>>,
    /// Whether the reporter counted when it was made.
    pub counted: bool,
    /// Whether a moderator dismissed it.
    pub dismissed: bool,
}

/// What is known of a device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceState {
    /// Its connection.
    pub conn: Option<(Conn, Client)>,
    /// The end of its grace, while it is away.
    pub away_until: Option<UnixMillis>,
    /// What it is doing.
    pub activity: ActivityState,
    /// When it may join again, if that is not now.
    pub cooldown_until: Option<UnixMillis>,
    /// The last partner and until when the exclusion lasts, if it does.
    pub last: Option<(PairId, DeviceId, UnixMillis)>,
    /// Today's matches, in all.
    pub total: u32,
    /// Today's matches through each specific filter.
    pub per_filter: [u16; 4],
    /// Its gender, how that is known, and until when.
    pub known: Option<(Gender, Proof, UnixMillis)>,
}

/// What a device is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ActivityState {
    /// Nothing.
    #[default]
    Idle,
    /// It waits.
    Waiting {
        /// Through which filter.
        filter: Filter,
        /// As whom.
        persona: PersonaState,
        /// The commit of its join, which is its place in the order.
        seq: u64,
        /// Since when.
        since: UnixMillis,
        /// How far an unfinished search has looked.
        searched: Option<u64>,
    },
    /// It talks.
    Talking {
        /// The pair.
        pair: PairId,
        /// Its place in it.
        side: Side,
        /// How it comes to it.
        arrival: Arrival,
        /// As whom.
        persona: PersonaState,
        /// Since when.
        since: UnixMillis,
    },
}

/// Who somebody is for one join.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonaState {
    /// What the partner is shown.
    pub profile: Profile,
    /// Their gender.
    pub gender: Option<Gender>,
    /// Whether it is attested.
    pub verified: bool,
}

/// A pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeetingState {
    /// Its members, [`Side::A`] first.
    pub members: [DeviceId; 2],
    /// When it ended, if it did.
    pub ended: Option<UnixMillis>,
    /// Which member has reported the other.
    pub reported: [bool; 2],
}

impl Pool {
    /// Everything the pool knows, in canonical form. Linear in that.
    pub fn snapshot(&self) -> Snapshot {
        let (report_window, dismissal_window) =
            (self.report_window_ms(), self.dismissal_window_ms());
        let running = |at: UnixMillis, window| self.clock < at.after(window);
        let reports: BTreeMap<_, _> = self
            .safety
            .reports
            .iter()
            .filter(|(_, report)| running(report.at, report_window))
            .map(|(id, report)| (*id, report.clone()))
            .collect();
        Snapshot {
            seq: self.seq,
            clock: self.clock,
            devices: self
                .devices
                .iter()
                .map(|(slot, device)| (device.id, self.device_state(slot, device)))
                .filter(|(_, state)| *state != DeviceState::default())
                .collect(),
            meetings: self
                .met
                .iter()
                .filter(|meeting| self.is_recent(meeting))
                .map(|meeting| {
                    let &Meeting { pair, members, ended, reported } = meeting;
                    (pair, MeetingState { members, ended, reported })
                })
                .collect(),
            blocks: self.blocks.iter().map(|(by, whom, name)| ((by, whom), name)).collect(),
            bans: self
                .safety
                .bans()
                .into_iter()
                .filter(|(_, ban)| self.clock < self.ban_kept_until(*ban))
                .map(|(device, ban)| (device, BanState { given: ban.given, until: ban.until }))
                .collect(),
            accusations: self.safety.accusations(self.clock, report_window),
            dismissals: self.safety.dismissals(self.clock, dismissal_window),
            leases: self
                .leases
                .iter()
                .map(|(node, lease)| (*node, (lease.until, lease.devices(&self.devices).collect())))
                .collect(),
            due: self.due.clone(),
            outbox: self.pending_orders(self.clock, 0).collect(),
            reports,
        }
    }

    fn device_state(&self, slot: super::device::Slot, device: &Device) -> DeviceState {
        let tally = self.tally(slot);
        let running = |until: UnixMillis| (self.clock < until).then_some(until);
        DeviceState {
            conn: device.attached.map(|attached| (attached.conn, attached.client)),
            away_until: device.away_until,
            activity: activity_state(device),
            cooldown_until: running(device.cooldown_until),
            last: device
                .last
                .and_then(|last| running(last.until).map(|until| (last.pair, last.partner, until))),
            total: tally.total,
            per_filter: tally.per_filter,
            known: self
                .known_now(slot)
                .map(|known| (known.gender, known.proof, self.known_until(known.given))),
        }
    }
}

fn activity_state(device: &Device) -> ActivityState {
    if let Some(Conversation { talk, pair, .. }) = device.talk() {
        let profile = (*talk.profile).clone();
        let persona = PersonaState { profile, gender: talk.gender, verified: talk.verified };
        let &Talk { side, arrival, since, .. } = talk;
        return ActivityState::Talking { pair, side, arrival, persona, since };
    }
    let Some(ticket) = device.ticket() else { return ActivityState::Idle };
    let (filter, gender) = (ticket.bucket.filter(), ticket.bucket.gender());
    let profile = (*ticket.profile).clone();
    let persona = PersonaState { profile, gender, verified: ticket.verified };
    let searched = ticket.searched.map(NonZeroU64::get);
    let &Ticket { seq, since, .. } = ticket;
    ActivityState::Waiting { filter, persona, seq, since, searched }
}
