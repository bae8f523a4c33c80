//! The suite catches wrong scripts: each of these changes one rule or one mechanism of the Lua.
//!
//! A suite that lets one of them pass proves nothing about the scripts that pass it.

mod long;

use std::sync::Arc;
use std::time::Duration;

use anonchat_core::Policy;
use anonchat_store::conformance::{Server as Seat, Suite};
use anonchat_store::{RedisStore, RedisStoreBuilder};
use test_services::{Engine, Server};

/// In which file, what, and what instead.
type Edit = (&'static str, &'static str, &'static str);

/// So many servers share the Redis: mail has to find its way.
const SERVERS: usize = 2;

fn builder(redis: &Server, policy: &Policy, edit: Option<Edit>) -> RedisStoreBuilder {
    let url = redis.url().parse().expect("a URL");
    // Where a script loses mail, the store waits for it as long as this.
    let deadline = Duration::from_secs(1);
    let builder = RedisStore::builder(url).policy(policy.clone());
    let builder = builder.correct_instants(false).deadline(deadline);
    match edit {
        None => builder,
        Some((file, from, to)) => builder
            .edited_script(file, from, to)
            .unwrap_or_else(|| panic!("{file}.lua has exactly one passage\n{from}")),
    }
}

/// What the suite finds, if it finds something.
async fn examine(redis: &Server, edit: Option<Edit>) -> Option<String> {
    let suite = Suite { runs: 60, floor: 0, shortenings: 0, ..Suite::default() };
    let found = suite
        .check_servers(|policy| async move {
            redis.clear();
            let mut seats = Vec::new();
            for _ in 0..SERVERS {
                let store = builder(redis, &policy, edit).connect().await;
                let store = Arc::new(store.unwrap_or_else(|error| panic!("{error}")));
                seats.push(Seat::shared(Arc::clone(&store) as _).with_snapshots(store));
            }
            ((), seats)
        })
        .await;
    if let Err(failure) = found {
        return Some(failure.part.to_owned() + ": " + &failure.detail);
    }
    redis.clear();
    let store = builder(redis, &long::policy(), edit).connect().await;
    long::play(&store.unwrap_or_else(|error| panic!("{error}"))).await.err()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scripts_as_they_are_pass() {
    let redis = Server::start(Engine::Redis);
    if let Some(difference) = examine(&redis, None).await {
        panic!("{difference}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_script_is_caught() {
    let redis = Server::start(Engine::Redis);
    let mut passed = Vec::new();
    for (what, edit) in MUTANTS {
        let t = tokio::time::Instant::now();
        let f = examine(&redis, Some(*edit)).await;
        eprintln!(
            "TIME {:?} {what}: {}",
            t.elapsed(),
            f.as_deref()
                .unwrap_or("PASSED")
                .chars()
                .take(150)
                .collect::<String>()
                .replace('\n', " ")
        );
        if f.is_none() {
            passed.push(*what);
        }
    }
    assert!(passed.is_empty(), "the suite let pass: {passed:#?}");
}

const MUTANTS: &[(&str, Edit)] = &[
    (
        "a number of the policy is taken for another",
        ("codes", "local ban_s = told[14]", "local ban_s = told[13]"),
    ),
    ("one person fewer is looked past", ("codes", "LOOK_PAST = 512", "LOOK_PAST = 511")),
    ("one person more is looked past", ("codes", "LOOK_PAST = 512", "LOOK_PAST = 513")),
    ("a sweep does one thing more", ("codes", "SWEEP = 256", "SWEEP = 257")),
    (
        "things of one instant happen in another order",
        ("codes", "DUE_LEASE = '0'", "DUE_LEASE = '9'"),
    ),
    (
        "the day ends at another minute",
        ("time", "(day + 1) * DAY + day_offset_min", "(day + 1) * DAY - day_offset_min"),
    ),
    ("the clock runs back", ("counters", "math.max(pool.clock, called_at)", "called_at")),
    (
        "a number of the pool is forgotten",
        (
            "counters",
            "pool.talking, pool.reports_made, pool.oldest_report, pool.oldest_report_at, pool.untidy_at)\n",
            "pool.talking, pool.talking, pool.oldest_report, pool.oldest_report_at, pool.untidy_at)\n",
        ),
    ),
    ("a search forgets how far it looked", ("record", "if ticket.searched then", "if false then")),
    (
        "a declared gender becomes an attested one",
        (
            "record",
            "known.gender, known.proof, known.ends)\n  end\n  if device.kept",
            "known.gender, 1, known.ends)\n  end\n  if device.kept",
        ),
    ),
    (
        "what was withdrawn happens all the same",
        ("due", "  call('ZREM', DUE, what .. pack('>I6', instant))", ""),
    ),
    (
        "something happens a millisecond early",
        (
            "due",
            "call('ZRANGEBYSCORE', DUE, 0, digits(clock)",
            "call('ZRANGEBYSCORE', DUE, 0, digits(clock + 1)",
        ),
    ),
    (
        "mail is published before it is counted",
        ("mail", "call('HINCRBY', SENT, channel, 1)", "call('HINCRBY', SENT, channel, 1) - 1"),
    ),
    (
        "a number is left out",
        ("mail", "call('HINCRBY', SENT, channel, 1)", "call('HINCRBY', SENT, channel, 2)"),
    ),
    (
        "a reply does not wait for its own mail",
        ("mail", "      last = number\n", "      last = 0\n"),
    ),
    (
        "mail for other servers is not sent",
        (
            "mail",
            "    if channel then\n      local batch",
            "    if channel == mailbox then\n      local batch",
        ),
    ),
    (
        "the first fact is told again instead of the others",
        ("mail", "pack('>I4', #mail[i]) .. mail[i]", "pack('>I4', #mail[1]) .. mail[1]"),
    ),
    (
        "a commit does not move the clock",
        ("mod", "pool.clock, pool.seq = clock, pool.seq + 1", "pool.seq = pool.seq + 1"),
    ),
    ("there is never more to sweep", ("mod", "pool.more and 1 or 0", "0")),
    ("a pair id is used twice", ("mod", "if is_used(dice) then", "if false then")),
    (
        "who is away is matched",
        ("device", "return not device.away and device.ticket or nil", "return device.ticket"),
    ),
    ("nobody is verified", ("device", "persona.gender, persona.verified,", "persona.gender, 0,")),
    (
        "the last match of a day is one too many",
        ("fairness", "tally.total >= daily_total", "tally.total > daily_total"),
    ),
    (
        "a cooldown lasts a millisecond longer",
        ("fairness", "if clock < device.cooldown", "if clock <= device.cooldown"),
    ),
    (
        "the day begins at midnight whatever the policy says",
        ("fairness", "clock - day_offset_min * 60000", "clock"),
    ),
    (
        "a match counts for every filter",
        (
            "fairness",
            "tally[filter] = math.min(tally[filter] + 1, 65535)",
            "tally[1] = math.min(tally[1] + 1, 65535)",
        ),
    ),
    (
        "a known gender holds a millisecond longer",
        ("verification", "clock >= known.ends", "clock > known.ends"),
    ),
    (
        "what is known goes before what comes with the join",
        (
            "verification",
            "{claim_1, claim_2, claim_3, claim_4}",
            "{claim_2, claim_1, claim_4, claim_3}",
        ),
    ),
    (
        "a former partner may be reported a millisecond longer",
        (
            "met",
            "clock < after(meeting.ended, report_after_ms())",
            "clock <= after(meeting.ended, report_after_ms())",
        ),
    ),
    (
        "both members of a pair have reported when one has",
        ("met", "meeting.reported + flag)", "3)"),
    ),
    (
        "somebody may report themselves",
        ("met", "meeting[1 - side] == viewer", "meeting[side] == viewer"),
    ),
    (
        "one block more than the policy allows",
        ("blocks", "Blocks.count(id) >= max_blocks", "Blocks.count(id) > max_blocks"),
    ),
    (
        "only the blocker is kept from the blocked",
        (
            "blocks",
            "call('HMGET', BLOCK, one .. other, other .. one)",
            "call('HMGET', BLOCK, one .. other, one .. other)",
        ),
    ),
    ("a block never lapses", ("blocks", "if ends <= clock then", "if false then")),
    (
        "a block is lifted the other way round",
        (
            "blocks",
            "  Blocks.remove(id, other)\n  local device",
            "  Blocks.remove(other, id)\n  local device",
        ),
    ),
    (
        "a lease is not renewed",
        ("lease", "  call('HSET', LEASE, node, pack('>I6', ends))\n  Due.insert", "  Due.insert"),
    ),
    ("a dead server is remembered", ("lease", "  call('HDEL', LEASE, node)\n", "")),
    (
        "a device hangs on the server it has left",
        ("lease", "  call('ZREM', HANGING, node .. id)\n", ""),
    ),
    (
        "the old connection is told what is for the new one",
        (
            "presence",
            "device.conn, device.client, device.grace = conn, client, grace",
            "device.conn, device.client, device.grace = former or conn, client, grace",
        ),
    ),
    ("who comes back is not looked for", ("presence", "    match_waiting(device, 0)\n", "")),
    (
        "a plain socket has a grace",
        ("presence", "device.grace == 1 and grace_s > 0", "grace_s > 0"),
    ),
    (
        "the sides of a pair are swapped for one of them",
        (
            "pairing",
            "pack(matched, pair, 1, since, allowance(waiting))",
            "pack(matched, pair, 0, since, allowance(waiting))",
        ),
    ),
    (
        "who waited is charged for the other's filter",
        ("pairing", "charge(waiting, ticket.filter)", "charge(waiting, filter)"),
    ),
    (
        "only one of two is kept from meeting again",
        ("pairing", "partner.talk, partner.last.ends = false, ends", "partner.talk = false"),
    ),
    (
        "the partner is told another reason",
        ("pairing", "pack('>c16I1', talk.pair, why)", "pack('>c16I1', talk.pair, 0)"),
    ),
    ("whoever came last goes first", ("queue", "head.seq < best.seq", "head.seq > best.seq")),
    (
        "gender and filter count for nothing",
        ("queue", "count > 0 and bit.band(compatible, 2 ^ (place - 1)) ~= 0", "count > 0"),
    ),
    (
        "a place in the queue is counted from one",
        ("queue", "'(' .. digits(first + ticket.seq)", "digits(first + ticket.seq)"),
    ),
    (
        "who is blocked is met in the queue",
        ("queue", "or blocks and Blocks.between(device.id, id)", ""),
    ),
    (
        "an unfinished search is never finished",
        (
            "queue",
            "  if searched then\n    Due.insert(clock, DUE_SEARCH .. device.id)\n  end\n  expect_rematch",
            "  expect_rematch",
        ),
    ),
    (
        "one report more is needed for a ban",
        ("safety", "#kept >= reports_to_ban", "#kept > reports_to_ban"),
    ),
    (
        "one person counts as often as they report",
        ("safety", "former ~= reporter and clock", "clock"),
    ),
    (
        "whose reports were dismissed still counts",
        ("safety", "recent >= dismissals_to_mute", "false"),
    ),
    ("a lifted ban leaves its reports", ("safety", "  call('HDEL', AGAINST, id)\nend", "end")),
    (
        "of two former partners the younger is told first",
        ("sweep", "one.seq < other.seq", "one.seq > other.seq"),
    ),
    (
        "a block does not stand between two who wait",
        ("sweep", "    and not Blocks.between(device.id, other.id) and", "    and"),
    ),
    (
        "bans are forgotten before their end",
        (
            "housekeeping",
            "call('ZRANGEBYSCORE', STALE, 0, digits(clock),",
            "call('ZRANGEBYSCORE', STALE, 0, '+inf',",
        ),
    ),
    ("one report fewer is shown", ("read", "#reply <= limit", "#reply < limit")),
    ("opening a mailbox closes that of others", ("open", "readers[i + 1] == 0", "true")),
    (
        "a ban ends at another instant",
        ("entry", "ban(parse('>c16I8', ARGV[3]))", "ban(parse('>c16I6', ARGV[3]))"),
    ),
    (
        "those who wait are counted with those who are there",
        (
            "entry",
            "return {0, pool.online, waiting, pool.talking}",
            "return {0, pool.online, pool.online, pool.talking}",
        ),
    ),
];
