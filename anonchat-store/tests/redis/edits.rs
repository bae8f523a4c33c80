//! The edits: each makes one rule or one mechanism of the Lua wrong.

/// In which file, what, and what instead.
pub(crate) type Edit = (&'static str, &'static str, &'static str);

/// What the suite finds.
pub(crate) const MUTANTS: &[(&str, Edit)] = &[
    (
        "a number of the policy is taken for another",
        ("codes", "local ban_s = told[14]", "local ban_s = told[13]"),
    ),
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
            "pool.talking, pool.reports_made, pool.oldest_report, pool.oldest_report_at, pool.untidy_at,\n",
            "pool.talking, pool.talking, pool.oldest_report, pool.oldest_report_at, pool.untidy_at,\n",
        ),
    ),
    (
        "a declared gender becomes an attested one",
        ("record", "known.given, known.gender, known.proof)", "known.given, known.gender, 1)"),
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
        "a place is not kept for who talks and is away",
        ("device", "device.conn or device.ticket or device.talk", "device.conn or device.ticket"),
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
        ("verification", "clock < known_until(known.given)", "clock <= known_until(known.given)"),
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
    (
        "who was replaced takes the device back",
        ("presence", "again == 1 and held", "false and held"),
    ),
    (
        "what is said goes to somebody who has not come",
        ("device", "arrival ~= EXPECTED and device.conn", "device.conn"),
    ),
    ("nobody is expected", ("device", "device.client == SEEKER and EXPECTED or DIRECT", "DIRECT")),
    (
        "a talk is entered whatever its pair",
        ("presence", "only and not (talk and talk.pair == only)", "only and not talk"),
    ),
    (
        "anybody takes over a talk behind a capability",
        ("presence", "talk and talk.arrival ~= DIRECT and client", "false and client"),
    ),
    (
        "somebody seeks a second partner",
        ("presence", "talk and client == SEEKER and talk.arrival ~= EXPECTED", "false"),
    ),
    ("who has come is still expected", ("presence", "arrival = ARRIVED", "arrival = EXPECTED")),
    (
        "who is expected is said to be away",
        ("presence", "device.talk and device.talk.arrival ~= EXPECTED", "device.talk"),
    ),
    (
        "a seeker is where its partner's words go",
        ("presence", "former ~= conn and client ~= SEEKER", "former ~= conn"),
    ),
    (
        "how somebody comes is forgotten",
        ("record", "side = side, arrival = arrival,", "side = side, arrival = 0,"),
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
        "whom only a filter keeps away is taken for whom only the want of a gender does",
        (
            "entry",
            "Queues.count(beyond_filter), Queues.count(beyond_gender)",
            "Queues.count(beyond_gender), Queues.count(beyond_filter)",
        ),
    ),
    (
        "everybody who waits counts as kept away",
        ("queue", "if bit.band(buckets, 2 ^ (place - 1)) ~= 0 then", "if buckets > 0 then"),
    ),
    (
        "somebody is told that others block them",
        (
            "read",
            "'[' .. id .. 'o', '(' .. id .. 'p', 'LIMIT', 0,\n    LOOK_UP",
            "'[' .. id, '(' .. id .. 'p', 'LIMIT', 0,\n    LOOK_UP",
        ),
    ),
    (
        "the blocked count who would not be met anyway",
        ("read", "if bucket and bit.band(compatible, 2 ^ bucket) ~= 0 then", "if bucket then"),
    ),
    (
        "the last partner is named after the exclusion",
        ("entry", "device.last and clock < device.last.ends", "device.last"),
    ),
    (
        "a filter is used up a match early",
        ("fairness", "and most >= daily_per_filter", "and most + 1 >= daily_per_filter"),
    ),
    (
        "one report more is needed for a ban",
        ("safety", "#kept >= reports_to_ban", "#kept > reports_to_ban"),
    ),
    (
        "whose reports were dismissed still counts",
        ("safety", "recent >= dismissals_to_mute", "false"),
    ),
    (
        "a lifted ban leaves its reports",
        (
            "safety",
            "  call('HDEL', AGAINST, id)\n  if clock < kept_until",
            "  if clock < kept_until",
        ),
    ),
    (
        "an older order of another pool undoes a newer one",
        ("orders", "held and (held.given < given or", "held and (held.given ~= given or"),
    ),
    (
        "one order fewer is settled",
        ("orders", "OUTBOX, 0, digits(upto))", "OUTBOX, 0, '(' .. digits(upto))"),
    ),
    (
        "orders that nobody needs are shown",
        ("orders", "if #orders < limit and not (ends and ends <= clock)", "if #orders < limit"),
    ),
    (
        "gender and filter count for nothing where two who wait may meet again",
        ("sweep", "one and two and bit.band(one.compatible, 2 ^ two.bucket) ~= 0", "one and two"),
    ),
    (
        "bans are forgotten before their end",
        (
            "housekeeping",
            "call('ZRANGEBYSCORE', STALE, 0, digits(clock),",
            "call('ZRANGEBYSCORE', STALE, 0, '+inf',",
        ),
    ),
    ("one report fewer is shown", ("read", "#page - 2 == limit", "#page - 1 == limit")),
    (
        "a page begins where the one before ended",
        ("read", "math.min(before - 1,", "math.min(before,"),
    ),
    ("a page says to go on one report late", ("read", "and number + 1 or 0", "and number or 0")),
    (
        "a dismissed report still asks for a decision",
        ("read", "return dismissed == 0 and not (clock", "return not (clock"),
    ),
    (
        "a ban answers reports that came after it",
        ("read", "clock < ends and at <= given", "clock < ends"),
    ),
    (
        "a ban answers no report of its own instant",
        ("read", "clock < ends and at <= given", "clock < ends and at < given"),
    ),
    (
        "reports that are too old are counted",
        (
            "read",
            "return pool.reports_made + 1 - first",
            "return pool.reports_made + 1 - pool.oldest_report",
        ),
    ),
    ("bans that are over are counted", ("read", "'(' .. pack('>I6', clock) .. LAST_DEVICE", "'-'")),
    (
        "bans that are over are listed",
        ("read", "local over, bans = pack('>I6', clock)", "local over, bans = pack('>I6', 0)"),
    ),
    ("a ban is listed twice", ("read", "'(' .. start, '+'", "'[' .. start, '+'")),
    (
        "a lifted ban is listed",
        ("safety", "    call('ZREM', BAN_END, string.sub(record, 7) .. id)\n", ""),
    ),
    (
        "bans are not listed",
        ("safety", "  call('ZADD', BAN_END, 0, pack('>I6', ends) .. id)\n", ""),
    ),
    (
        "matches are not counted",
        ("met", "pool.talking + 1, pool.matches + 1", "pool.talking + 1, 0"),
    ),
    (
        "matches are forgotten",
        ("counters", "    pool.matches) .. pool.counts", "    0) .. pool.counts"),
    ),
    ("opening a mailbox closes that of others", ("open", "readers[i + 1] == 0", "true")),
    (
        "a ban ends at another instant",
        ("entry", "ban(parse('>c16I8', ARGV[3]))", "ban(parse('>c16I6', ARGV[3]))"),
    ),
    (
        "those who wait are counted with those who are there",
        (
            "read",
            "return {0, pool.online, Queues.here(), pool.talking, bans",
            "return {0, pool.online, pool.online, pool.talking, bans",
        ),
    ),
];

/// What only the long histories find: hundreds who are out of the question, or due, and two who
/// wait for each other.
pub(crate) const LONG_MUTANTS: &[(&str, Edit)] = &[
    ("one person fewer is looked past", ("codes", "LOOK_PAST = 512", "LOOK_PAST = 511")),
    ("one person more is looked past", ("codes", "LOOK_PAST = 512", "LOOK_PAST = 513")),
    ("a page looks at one report fewer", ("codes", "EXAMINED = 512", "EXAMINED = 511")),
    ("a page looks at one report more", ("codes", "EXAMINED = 512", "EXAMINED = 513")),
    ("a sweep does one thing more", ("codes", "SWEEP = 256", "SWEEP = 257")),
    ("a search forgets how far it looked", ("record", "if ticket.searched then", "if false then")),
    (
        "an unfinished search is never finished",
        (
            "queue",
            "  if searched then\n    Due.insert(clock, DUE_SEARCH .. device.id)\n  end\n  expect_rematch",
            "  expect_rematch",
        ),
    ),
    (
        "former partners who may meet again are not tried",
        ("sweep", "    try_rematch(device)\n", ""),
    ),
    (
        "accusations that are over are shown",
        ("read", "    if is_recent_report(parse('>I6', row, from)) then", "    if true then"),
    ),
];
