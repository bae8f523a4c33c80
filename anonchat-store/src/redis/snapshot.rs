//! Everything that a pool in Redis knows, in the form in which `Pool::snapshot` has it.
//!
//! For tests only: it reads every key from end to end.

use std::collections::{BTreeMap, BTreeSet};

use anonchat_core::pool::{
    ActivityState, BanState, DeviceState, Due, MeetingState, PersonaState, Snapshot,
};
use anonchat_core::{
    Bucket, Day, DeviceId, Measure, NodeId, Order, PairId, Policy, PoolId, ReportId, UnixMillis,
};
use redis::{Cmd, FromRedisValue, Value, cmd};

use super::decode;
use super::keys::Key;
use super::malformed::Malformed;
use super::unpack::{Unpack, profile};

type Read<T> = Result<T, Malformed>;

/// What is read of a pool, one reply each for [`snapshot`].
pub(super) fn commands(pool: &PoolId) -> Vec<Cmd> {
    let whole = |name: &str, key: Key| cmd(name).arg(key.of(pool)).to_owned();
    let range = |key| whole("ZRANGE", key).arg(0).arg(-1).to_owned();
    vec![
        whole("GET", Key::Pool),
        whole("HGETALL", Key::Device),
        whole("HGETALL", Key::Meeting),
        whole("HGETALL", Key::Block),
        whole("HGETALL", Key::Ban),
        whole("HGETALL", Key::Report),
        whole("HGETALL", Key::Against),
        whole("HGETALL", Key::Dismissed),
        whole("HGETALL", Key::Lease),
        range(Key::Hanging),
        range(Key::Due),
        whole("HGETALL", Key::Order),
        range(Key::Outbox).arg("WITHSCORES").to_owned(),
    ]
}

/// Puts the replies to [`commands`] together, under the pool's policy.
///
/// # Errors
///
/// [`Malformed`] if there is something that no script writes.
pub(super) fn snapshot(policy: &Policy, replies: Vec<Value>) -> Read<Snapshot> {
    let mut replies = replies.into_iter();
    let mut next = || replies.next().ok_or(Malformed::Short);
    let (seq, clock) = match next()? {
        Value::Nil => (0, UnixMillis::default()),
        Value::BulkString(bytes) => {
            let mut rest = Unpack::new(&bytes);
            rest.bytes(4)?;
            (number(&mut rest, 6)?, instant(&mut rest)?)
        }
        _ => return Err(Malformed::Type("the pool")),
    };
    let reader = Reader { policy, clock };
    let safety = &policy.safety;
    let report_window = u64::from(safety.report_window_s) * 1_000;
    let dismissal_window = u64::from(safety.dismissal_window_s) * 1_000;
    let running = |at: &UnixMillis, window| clock < at.after(window);

    let devices = fields(next()?, |id, record| Ok((device_id(id)?, reader.device(record)?)))?;
    let meetings = fields(next()?, |pair, record| Ok((pair_id(pair)?, meeting(record)?)))?;
    let blocks = fields(next()?, |ids, name| {
        let mut ids = Unpack::new(ids);
        Ok(((ids.device()?, ids.device()?), Unpack::new(name).alias()?))
    })?;
    let bans = fields(next()?, |id, ban| {
        let mut rest = Unpack::new(ban);
        let (given, until) = (instant(&mut rest)?, instant(&mut rest)?);
        Ok((device_id(id)?, BanState { given, until }))
    })?;
    let reports = fields(next()?, |_, record| decode::kept_report(record))?;
    let accusations = fields(next()?, |id, row| {
        let all = list(row, |rest| Ok((rest.device()?, ReportId(rest.u64()?), instant(rest)?)))?;
        let recent = all.into_iter().filter(|(.., at)| running(at, report_window));
        Ok((device_id(id)?, recent.map(|(by, report, _)| (by, report)).collect::<Vec<_>>()))
    })?;
    let dismissals = fields(next()?, |id, row| {
        let times = list(row, instant)?.into_iter();
        let recent = times.filter(|at| running(at, dismissal_window));
        Ok((device_id(id)?, recent.collect::<Vec<_>>()))
    })?;
    let mut leases: BTreeMap<NodeId, (UnixMillis, BTreeSet<DeviceId>)> =
        fields(next()?, |node, until| {
            let node = NodeId(Unpack::new(node).u64()?);
            Ok((node, (instant(&mut Unpack::new(until))?, BTreeSet::new())))
        })?;
    for member in strings(next()?)? {
        let mut rest = Unpack::new(&member);
        let lease = leases.get_mut(&NodeId(rest.u64()?)).ok_or(Malformed::Range("a server"))?;
        lease.1.insert(rest.device()?);
    }
    let due = strings(next()?)?.iter().map(|member| due(member)).collect::<Read<_>>()?;

    let orders: BTreeMap<Vec<u8>, Order> =
        fields(next()?, |what, order| Ok((what.to_vec(), Unpack::new(order).order()?)))?;
    let outbox: BTreeMap<u64, Order> = numbered(next()?, &orders)?;

    let report_after = u64::from(safety.report_after_s) * 1_000;
    Ok(Snapshot {
        seq,
        clock,
        devices: kept(devices, |state| *state != DeviceState::default()),
        meetings: kept(meetings, |meeting| {
            meeting.ended.is_none_or(|ended| running(&ended, report_after))
        }),
        blocks,
        bans: kept(bans, |ban| clock < reader.ban_kept_until(ban)),
        reports: kept(reports, |report| running(&report.at, report_window)),
        accusations: kept(accusations, |recent| !recent.is_empty()),
        dismissals: kept(dismissals, |recent| !recent.is_empty()),
        leases,
        due,
        outbox: kept(outbox, |order| reader.matters(order)),
    })
}

/// Reads what depends on rules and the time.
struct Reader<'a> {
    policy: &'a Policy,
    clock: UnixMillis,
}

impl Reader<'_> {
    fn ban_kept_until(&self, ban: &BanState) -> UnixMillis {
        let after = u64::from(self.policy.safety.ban_s) * 1_000;
        if self.policy.other_pools { ban.until.max(ban.given.after(after)) } else { ban.until }
    }

    fn known_until(&self, given: UnixMillis) -> UnixMillis {
        given.after(u64::from(self.policy.matching.verified_s) * 1_000)
    }

    fn matters(&self, order: &Order) -> bool {
        match order.measure {
            Measure::Ban { .. } => true,
            Measure::Verify { .. } => self.clock < self.known_until(order.given),
        }
    }

    /// A device's record, as `lua/record.lua` describes it.
    fn device(&self, record: &[u8]) -> Read<DeviceState> {
        let mut rest = Unpack::new(record);
        let parts = rest.u16()?;
        let has = |part: u16| parts & part != 0;
        let running = |until: UnixMillis| (self.clock < until).then_some(until);
        let mut state = DeviceState::default();
        if has(1) {
            state.conn = Some((rest.conn()?, rest.client()?));
            rest.flag()?;
        }
        if has(2) {
            state.away_until = Some(instant(&mut rest)?);
        }
        if has(32) {
            state.cooldown_until = running(instant(&mut rest)?);
        }
        if has(64) {
            let (pair, partner, until) = (rest.pair()?, rest.device()?, instant(&mut rest)?);
            state.last = running(until).map(|until| (pair, partner, until));
        }
        if has(128) {
            let day = number(&mut rest, 3)?;
            let total = number(&mut rest, 4)?;
            let counts = [rest.u16()?, rest.u16()?, rest.u16()?, rest.u16()?];
            if day == Day::of(self.clock, self.policy.matching.day_offset_min).number() {
                state.total = u32::try_from(total).map_err(|_| Malformed::Range("a count"))?;
                state.per_filter = counts;
            }
        }
        if has(256) {
            let given = instant(&mut rest)?;
            let gender = rest.gender()?.ok_or(Malformed::Range("a gender"))?;
            let proof = rest.proof()?;
            state.known = running(self.known_until(given)).map(|until| (gender, proof, until));
        }
        if has(512) {
            instant(&mut rest)?;
        }
        if has(4) {
            let (gender, verified) = (rest.gender()?, rest.flag()?);
            let (bucket, filter) = (rest.u8()?, rest.filter()?);
            rest.bytes(4)?;
            let (since, seq) = (instant(&mut rest)?, number(&mut rest, 6)?);
            let searched = if has(8) { Some(number(&mut rest, 6)?) } else { None };
            let persona = PersonaState { profile: profile(rest.rest())?, gender, verified };
            let its = Bucket::of(gender, filter);
            if usize::from(bucket) != its.index() {
                return Err(Malformed::Range("a bucket"));
            }
            state.activity = ActivityState::Waiting { filter, persona, seq, since, searched };
        } else if has(16) {
            let (gender, verified) = (rest.gender()?, rest.flag()?);
            let (pair, side, arrival) = (rest.pair()?, rest.side()?, rest.arrival()?);
            rest.device()?;
            let since = instant(&mut rest)?;
            let persona = PersonaState { profile: profile(rest.rest())?, gender, verified };
            state.activity = ActivityState::Talking { pair, side, arrival, persona, since };
        }
        rest.end()?;
        Ok(state)
    }
}

fn meeting(record: &[u8]) -> Read<MeetingState> {
    let mut rest = Unpack::new(record);
    let members = [rest.device()?, rest.device()?];
    // The mark is that of the one who was reported.
    let marks = rest.u8()?;
    let ended = if rest.is_empty() { None } else { Some(instant(&mut rest)?) };
    rest.end()?;
    Ok(MeetingState { members, ended, reported: [marks & 2 != 0, marks & 1 != 0] })
}

/// Something due: its kind, its ids and its instant.
fn due(member: &[u8]) -> Read<(UnixMillis, Due)> {
    let mut rest = Unpack::new(member);
    let due = match rest.u8()? {
        b'0' => Due::Lease(NodeId(rest.u64()?)),
        b'1' => Due::Grace(rest.device()?),
        b'2' => Due::Rematch(rest.device()?),
        b'3' => Due::Search(rest.device()?),
        b'4' => Due::Lapse(rest.device()?, rest.device()?),
        _ => return Err(Malformed::Range("something due")),
    };
    let at = instant(&mut rest)?;
    rest.end()?;
    Ok((at, due))
}

/// The orders by their numbers, which Redis gives as doubles or as text, in pairs or not.
fn numbered(reply: Value, orders: &BTreeMap<Vec<u8>, Order>) -> Read<BTreeMap<u64, Order>> {
    let Value::Array(items) = reply else { return Err(Malformed::Type("a list")) };
    let flat: Vec<_> = items
        .into_iter()
        .flat_map(|item| match item {
            Value::Array(pair) => pair,
            single => vec![single],
        })
        .collect();
    if flat.len() != 2 * orders.len() {
        return Err(Malformed::Range("the number of orders"));
    }
    let numbered = flat.chunks_exact(2).map(|pair| {
        let Value::BulkString(what) = &pair[0] else { return Err(Malformed::Type("an order")) };
        let number = f64::from_redis_value_ref(&pair[1]);
        let number = number.map_err(|_| Malformed::Range("the number of an order"))?;
        Ok((number as u64, *orders.get(what).ok_or(Malformed::Range("an order"))?))
    });
    numbered.collect()
}

fn number(rest: &mut Unpack<'_>, size: usize) -> Read<u64> {
    Ok(rest.bytes(size)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// The scripts keep instants in six bytes.
fn instant(rest: &mut Unpack<'_>) -> Read<UnixMillis> {
    super::unpack::instant(number(rest, 6)?)
}

fn device_id(bytes: &[u8]) -> Read<DeviceId> {
    Unpack::new(bytes).device()
}

fn pair_id(bytes: &[u8]) -> Read<PairId> {
    Unpack::new(bytes).pair()
}

fn list<T>(row: &[u8], read: impl Fn(&mut Unpack<'_>) -> Read<T>) -> Read<Vec<T>> {
    let (mut rest, mut items) = (Unpack::new(row), Vec::new());
    while !rest.is_empty() {
        items.push(read(&mut rest)?);
    }
    Ok(items)
}

fn kept<K: Ord, V>(map: BTreeMap<K, V>, keep: impl Fn(&V) -> bool) -> BTreeMap<K, V> {
    map.into_iter().filter(|(_, value)| keep(value)).collect()
}

/// The fields of a hash, which Redis gives one after the other or as a map.
fn fields<K: Ord, V>(
    reply: Value,
    read: impl Fn(&[u8], &[u8]) -> Read<(K, V)>,
) -> Read<BTreeMap<K, V>> {
    let flat = match reply {
        Value::Map(pairs) => pairs.into_iter().flat_map(|(field, value)| [field, value]).collect(),
        other => other.into_sequence().map_err(|_| Malformed::Type("a hash"))?,
    };
    let flat = strings(Value::Array(flat))?;
    flat.chunks_exact(2).map(|pair| read(&pair[0], &pair[1])).collect()
}

fn strings(reply: Value) -> Read<Vec<Vec<u8>>> {
    let Value::Array(items) = reply else { return Err(Malformed::Type("a list")) };
    let strings = items.into_iter().map(|item| match item {
        Value::BulkString(bytes) => Ok(bytes),
        _ => Err(Malformed::Type("a string")),
    });
    strings.collect()
}
