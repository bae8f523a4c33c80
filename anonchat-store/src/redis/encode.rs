//! Commands and queries as the arguments of their scripts.
//!
//! | Argument | What |
//! |---|---|
//! | 1 | the rules: schema version, the numbers of the policy, marks |
//! | 2 | the caller's mailbox, empty if it has none |
//! | 3 | instant, pair id and a mark, and what the command names, one packed string |
//! | 4 … | texts, which the scripts carry and do not look at |
//!
//! Several commands of one kind have 3 and what follows it one behind the other. The rules travel
//! with every call, though Redis mostly has them from the call before: so nothing has to be told
//! to a Redis that has forgotten them. Gender and filter become buckets here: the scripts know only
//! which bucket goes with which.

use anonchat_core::{
    Alias, Bucket, Command, Conn, DeviceId, Dice, Filter, Gender, NodeId, PairId, Policy, Proof,
    Query, UnixMillis, Verification, Wish,
};

use super::pack::{self, Pack};

/// The version of what lies in Redis, and of what servers tell each other through it. It changes
/// with either; arguments and replies belong to the library, which has a name of its own.
pub(super) const SCHEMA: u32 = 4;

/// The greatest integer that a script can hold exactly.
const GREATEST: u64 = (1 << 53) - 1;

/// Which claims of a gender count.
const OWN_ATTESTED: u8 = 1;
const KNOWN_ATTESTED: u8 = 2;
const OWN_DECLARED: u8 = 3;
const KNOWN_DECLARED: u8 = 4;

/// The rules, for every call of a pool: argument 1. `sharded` says whether mail is published to
/// the shard of the pool only.
pub(super) fn rules(policy: &Policy, sharded: bool) -> Vec<u8> {
    let (matching, safety, connection) = (&policy.matching, &policy.safety, &policy.connection);
    let (claims, required) = match policy.verification {
        Verification::Off => ([OWN_DECLARED, KNOWN_DECLARED, 0, 0], false),
        Verification::Optional => ([OWN_ATTESTED, KNOWN_ATTESTED, OWN_DECLARED, 0], false),
        Verification::Required => ([OWN_ATTESTED, KNOWN_ATTESTED, 0, 0], true),
    };
    Pack::default()
        .u32(SCHEMA)
        .u32(matching.cooldown_ms)
        .u32(matching.daily_per_filter)
        .u32(matching.daily_total)
        .u32(matching.rematch_after_s)
        .u32(matching.max_blocks)
        .u32(matching.block_lapse_days)
        .u32(matching.day_offset_min)
        .u32(matching.verified_s)
        .u32(safety.reports_to_ban)
        .u32(safety.report_window_s)
        .u32(safety.ban_s)
        .u32(safety.dismissals_to_mute)
        .u32(safety.dismissal_window_s)
        .u32(safety.report_after_s)
        .u32(connection.grace_s)
        .u32(connection.lease_s)
        .bytes(&claims)
        .flag(required)
        .flag(sharded)
        .flag(policy.other_pools)
        .done()
}

/// What is said about a command or a query before what it names.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    /// The instant of the call.
    pub(super) at: UnixMillis,
    /// The randomness of the command.
    pub(super) dice: Dice,
    /// Whether the node of the command is open at the caller, whose mailbox it gets.
    pub(super) registers: bool,
}

impl Moment {
    /// That of a query, which needs no more.
    pub(super) const fn of(at: UnixMillis) -> Self {
        Self { at, dice: Dice { pair: PairId::from_bytes([0; 16]) }, registers: false }
    }

    fn said(self) -> Pack {
        Pack::with_capacity(SAID).instant(self.at).pair(self.dice.pair).flag(self.registers)
    }
}

/// More than most commands say.
const SAID: usize = 128;

/// The arguments of a command, from 3 on.
pub(super) fn command(moment: Moment, command: &Command) -> Vec<Vec<u8>> {
    let said = moment.said();
    let packed = match command {
        Command::Attach { device, conn, client, again } => {
            held(said, *device, *conn).u8(*client as u8).flag(client.has_grace()).flag(*again)
        }
        Command::Enter { device, conn, pair, again } => {
            held(said, *device, *conn).flag(*again).pair(*pair)
        }
        Command::Detach { device, conn } => held(said, *device, *conn),
        Command::Join { device, conn, wish } | Command::Next { device, conn, wish } => {
            let packed = wanted(held(said, *device, *conn), wish).done();
            return vec![packed, pack::profile(&wish.profile)];
        }
        Command::Leave { device, conn, why } => {
            held(said, *device, *conn).u8(why.of_choice() as u8)
        }
        Command::Block { device, target: alias } | Command::Unblock { device, block: alias } => {
            named(said, *device, *alias)
        }
        Command::Report { device, target, reason, note } => {
            let note = match note {
                Some(note) => Pack::default().flag(true).bytes(note.as_bytes()),
                None => Pack::default().flag(false),
            };
            let packed = named(said, *device, *target).done();
            return vec![packed, reason.as_bytes().into(), note.done()];
        }
        Command::Verify { device, gender, proof } => {
            said.device(*device).gender(Some(*gender)).proof(*proof)
        }
        Command::Ban { device, until } => said.device(*device).instant(*until),
        Command::Lift { device } => said.device(*device),
        // No report has a greater number than a script can count to.
        Command::Dismiss { report } => said.u64(report.0.min(GREATEST)),
        Command::Adopt { order } => said.order(order),
        Command::Settle { upto } => said.u64((*upto).min(GREATEST)),
        Command::Renew { node } => said.u64(node.0),
        Command::Sweep => said,
    };
    vec![packed.done()]
}

/// The arguments of a query, from 3 on.
pub(super) fn query(at: UnixMillis, query: &Query) -> Vec<Vec<u8>> {
    let said = Moment::of(at).said();
    let packed = match query {
        Query::Census => said,
        Query::Standing { device } => said.device(*device),
        Query::Wait { device } => Bucket::all().fold(said.device(*device), apart),
        Query::Reports { before, open, limit } => {
            let before = before.map_or(GREATEST, |before| before.0.min(GREATEST));
            said.u64(before).flag(*open).u32(most(*limit))
        }
        Query::Bans { after, limit } => {
            // No ban ends before everything, so that every one comes after this.
            let (until, device) =
                after.unwrap_or((UnixMillis::default(), DeviceId::from_bytes([0; 16])));
            said.instant(until).device(device).u32(most(*limit))
        }
        Query::Outbox { after, limit } => said.u64((*after).min(GREATEST)).u32(most(*limit)),
    };
    vec![packed.done()]
}

/// The arguments of the script that opens a mailbox, from 3 on: `former` is the one it takes the place of,
/// empty if there is none, and `nodes` are those whose mail goes there. With a fingerprint the
/// pool is refused to servers with another one.
pub(super) fn open(former: &str, nodes: &[NodeId], fingerprint: Option<[u8; 32]>) -> [Vec<u8>; 3] {
    let nodes = nodes.iter().fold(Pack::default(), |pack, node| pack.u64(node.0));
    let fingerprint = fingerprint.map(Vec::from).unwrap_or_default();
    [former.into(), nodes.done(), fingerprint]
}

fn held(said: Pack, device: DeviceId, conn: Conn) -> Pack {
    said.device(device).conn(conn)
}

fn named(said: Pack, device: DeviceId, alias: Alias) -> Pack {
    said.device(device).alias(alias)
}

/// Filter and claim of a join, and for each gender that it may turn out to have (none first) the
/// bucket in which it would wait and the buckets from which it may be matched.
fn wanted(pack: Pack, wish: &Wish) -> Pack {
    let (gender, proof) = match wish.claim {
        Some(claim) => (Some(claim.gender), claim.proof),
        None => (None, Proof::Declared),
    };
    let pack = pack.u8(filter_mark(wish.filter)).gender(gender).proof(proof);
    let genders = std::iter::once(None).chain(Gender::ALL.map(Some));
    genders
        .map(|gender| Bucket::of(gender, wish.filter))
        .fold(pack, |pack, bucket| pack.u8(bucket.index() as u8).u32(bucket.compatible().bits()))
}

/// Those whom only the filter and those whom only the want of a gender keeps from a bucket.
fn apart(pack: Pack, bucket: Bucket) -> Pack {
    pack.u32(bucket.beyond_filter().bits()).u32(bucket.beyond_gender().bits())
}

fn most(limit: usize) -> u32 {
    u32::try_from(limit).unwrap_or(u32::MAX)
}

/// 0 for any, 1 to 4 for a gender.
fn filter_mark(filter: Filter) -> u8 {
    filter.index() as u8
}
