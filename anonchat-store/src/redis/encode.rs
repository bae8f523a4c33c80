//! Commands and queries as the arguments of their scripts.
//!
//! | Argument | What |
//! |---|---|
//! | 1 | header: schema version, instant, pair id, the numbers of the policy, marks |
//! | 2 | the caller's mailbox, empty if it has none |
//! | 3 | what the command names, one packed string |
//! | 4 … | texts, which the scripts carry and do not look at |
//!
//! The numbers of the policy travel with every command, so that a script needs no memory of its
//! own of them. Gender and filter become buckets here: the scripts know only which bucket goes
//! with which.

use anonchat_core::{
    Alias, Bucket, Command, Conn, DeviceId, Dice, Filter, Gender, NodeId, Policy, Proof, Query,
    UnixMillis, Verification, Wish,
};

use super::pack::{self, Pack};

/// The version of keys, arguments and replies. It changes with any of them.
pub(super) const SCHEMA: u32 = 3;

/// The greatest integer that a script can hold exactly.
const GREATEST: u64 = (1 << 53) - 1;

/// Which claims of a gender count.
const OWN_ATTESTED: u8 = 1;
const KNOWN_ATTESTED: u8 = 2;
const OWN_DECLARED: u8 = 3;
const KNOWN_DECLARED: u8 = 4;

/// What every script is told.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    /// The rules.
    pub(super) policy: &'a Policy,
    /// The instant of the call.
    pub(super) at: UnixMillis,
    /// The randomness of the command.
    pub(super) dice: Dice,
    /// The channel of the caller's mail, empty if it has none.
    pub(super) mailbox: &'a str,
    /// Whether mail is published to the shard of the pool only.
    pub(super) sharded: bool,
    /// Whether the node of the command is open at the caller, whose mailbox it gets.
    pub(super) registers: bool,
}

impl Call<'_> {
    fn header(&self) -> Vec<u8> {
        let (matching, safety) = (&self.policy.matching, &self.policy.safety);
        let connection = &self.policy.connection;
        let (claims, required) = match self.policy.verification {
            Verification::Off => ([OWN_DECLARED, KNOWN_DECLARED, 0, 0], false),
            Verification::Optional => ([OWN_ATTESTED, KNOWN_ATTESTED, OWN_DECLARED, 0], false),
            Verification::Required => ([OWN_ATTESTED, KNOWN_ATTESTED, 0, 0], true),
        };
        Pack::default()
            .u32(SCHEMA)
            .instant(self.at)
            .pair(self.dice.pair)
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
            .flag(self.sharded)
            .flag(self.registers)
            .flag(self.policy.other_pools)
            .done()
    }

    /// The arguments of a script: header, mailbox, and what follows.
    fn arguments<const N: usize>(&self, rest: [Vec<u8>; N]) -> Vec<Vec<u8>> {
        let mut arguments = Vec::with_capacity(2 + N);
        arguments.push(self.header());
        arguments.push(self.mailbox.into());
        arguments.extend(rest);
        arguments
    }
}

/// The arguments of a command's script.
pub(super) fn command(call: &Call<'_>, command: &Command) -> Vec<Vec<u8>> {
    let packed = match command {
        Command::Attach { device, conn, client, again } => {
            held(*device, *conn).u8(*client as u8).flag(client.has_grace()).flag(*again)
        }
        Command::Enter { device, conn, pair, again } => {
            held(*device, *conn).flag(*again).pair(*pair)
        }
        Command::Detach { device, conn } => held(*device, *conn),
        Command::Join { device, conn, wish } | Command::Next { device, conn, wish } => {
            let packed = wanted(held(*device, *conn), wish).done();
            return call.arguments([packed, pack::profile(&wish.profile)]);
        }
        Command::Leave { device, conn, why } => held(*device, *conn).u8(why.of_choice() as u8),
        Command::Block { device, target: alias } | Command::Unblock { device, block: alias } => {
            named(*device, *alias)
        }
        Command::Report { device, target, reason, note } => {
            let note = match note {
                Some(note) => Pack::default().flag(true).bytes(note.as_bytes()),
                None => Pack::default().flag(false),
            };
            let packed = named(*device, *target).done();
            return call.arguments([packed, reason.as_bytes().into(), note.done()]);
        }
        Command::Verify { device, gender, proof } => {
            Pack::default().device(*device).gender(Some(*gender)).proof(*proof)
        }
        Command::Ban { device, until } => Pack::default().device(*device).instant(*until),
        Command::Lift { device } => Pack::default().device(*device),
        // No report has a greater number than a script can count to.
        Command::Dismiss { report } => Pack::default().u64(report.0.min(GREATEST)),
        Command::Adopt { order } => Pack::default().order(order),
        Command::Settle { upto } => Pack::default().u64((*upto).min(GREATEST)),
        Command::Renew { node } => Pack::default().u64(node.0),
        Command::Sweep => Pack::default(),
    };
    call.arguments([packed.done()])
}

/// The arguments of a query's script.
pub(super) fn query(call: &Call<'_>, query: &Query) -> Vec<Vec<u8>> {
    let packed = match query {
        Query::Census => Pack::default(),
        Query::Standing { device } => Pack::default().device(*device),
        Query::Wait { device } => Bucket::all().fold(Pack::default().device(*device), apart),
        Query::Reports { before, open, limit } => {
            let before = before.map_or(GREATEST, |before| before.0.min(GREATEST));
            Pack::default().u64(before).flag(*open).u32(most(*limit))
        }
        Query::Bans { after, limit } => {
            // No ban ends before everything, so that every one comes after this.
            let (until, device) =
                after.unwrap_or((UnixMillis::default(), DeviceId::from_bytes([0; 16])));
            Pack::default().instant(until).device(device).u32(most(*limit))
        }
        Query::Outbox { after, limit } => {
            Pack::default().u64((*after).min(GREATEST)).u32(most(*limit))
        }
    };
    call.arguments([packed.done()])
}

/// The arguments of the script that opens a mailbox: `former` is the one it takes the place of,
/// empty if there is none, and `nodes` are those whose mail goes there. With a fingerprint the
/// pool is refused to servers with another one.
pub(super) fn open(
    call: &Call<'_>,
    former: &str,
    nodes: &[NodeId],
    fingerprint: Option<[u8; 32]>,
) -> Vec<Vec<u8>> {
    let nodes = nodes.iter().fold(Pack::default(), |pack, node| pack.u64(node.0));
    let fingerprint = fingerprint.map(Vec::from).unwrap_or_default();
    call.arguments([former.into(), nodes.done(), fingerprint])
}

/// The arguments of the script that empties a pool.
pub(super) fn reset(call: &Call<'_>) -> Vec<Vec<u8>> {
    call.arguments([])
}

fn held(device: DeviceId, conn: Conn) -> Pack {
    Pack::default().device(device).conn(conn)
}

fn named(device: DeviceId, alias: Alias) -> Pack {
    Pack::default().device(device).alias(alias)
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
