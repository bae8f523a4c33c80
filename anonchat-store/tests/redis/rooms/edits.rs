//! The edits: each makes one rule or one mechanism of the Lua of rooms wrong.

/// In which file, what, and what instead.
pub(crate) type Edit = (&'static str, &'static str, &'static str);

/// What the suite finds.
pub(crate) const MUTANTS: &[(&str, Edit)] = &[
    (
        "a number of the policy is taken for another",
        ("rooms/codes", "local max_members = told[10]", "local max_members = told[11]"),
    ),
    (
        "a day of retention is an hour short",
        ("rooms/codes", "local DAY = 86400000", "local DAY = 82800000"),
    ),
    ("the clock runs back", ("rooms/counters", "math.max(pool.clock, called_at)", "called_at")),
    (
        "a count is forgotten",
        ("rooms/counters", "    pool.messages, pool.bans) ..", "    pool.bans, pool.bans) .."),
    ),
    (
        "a record that changed is not written",
        ("rooms/record", "if record ~= session.record then", "if session.record == '' then"),
    ),
    (
        "a session at its end still counts",
        ("rooms/record", "or clock < session.ends", "or clock <= session.ends"),
    ),
    (
        "a limit of participants is not kept",
        ("rooms/record", "room.has_max, room.max, room.locked", "0, room.max, room.locked"),
    ),
    (
        "whoever goes leaves their alias behind",
        ("rooms/record", "  call('HDEL', ALIAS, number .. member.alias)\n", ""),
    ),
    (
        "whoever goes stays on the list of members",
        (
            "rooms/record",
            "  call('ZREM', ROSTER, number .. pack('>I6', member.joined) .. id)\n",
            "",
        ),
    ),
    (
        "a message can be seen at its end",
        (
            "rooms/record",
            "Messages.find(message_name(number, middle))) <= clock",
            "Messages.find(message_name(number, middle))) < clock",
        ),
    ),
    (
        "a message can be reported at its end",
        ("rooms/record", "and clock < end_of(", "and clock <= end_of("),
    ),
    (
        "something happens a millisecond early",
        ("rooms/due", "0, digits(clock), 'LIMIT'", "0, digits(clock + 1), 'LIMIT'"),
    ),
    ("what was withdrawn happens all the same", ("rooms/due", "  call('ZREM', DUE, what)\n", "")),
    (
        "a refusal carries out its reply's number as the answer",
        ("rooms/mod", "refusal and second or 0, not refusal", "0, not refusal"),
    ),
    (
        "a request is no activity",
        ("rooms/mod", "  if not refusal then\n    refresh(id)\n  end\n", ""),
    ),
    (
        "a refused request is activity",
        ("rooms/mod", "  if not refusal then\n    refresh(id)", "  if id then\n    refresh(id)"),
    ),
    (
        "whoever types is told so",
        ("rooms/mod", "if string.sub(one, 21) ~= but then", "if but ~= '' then"),
    ),
    (
        "one session more than may be",
        (
            "rooms/session",
            "call('HLEN', SESSION) >= max_sessions",
            "call('HLEN', SESSION) > max_sessions",
        ),
    ),
    (
        "a banned session is known",
        (
            "rooms/session",
            "session.banned == 0 and lives(session) and session",
            "lives(session) and session",
        ),
    ),
    (
        "a session with a connection ends",
        (
            "rooms/session",
            "  elseif session.ends ~= 0 then\n    session.ends = 0\n",
            "  elseif session.ends == 1 then\n    session.ends = 0\n",
        ),
    ),
    ("a banned session stays in its rooms", ("rooms/session", "    leave_all(id, BY_BAN)\n", "")),
    (
        "the ban of a session that ended is still counted",
        (
            "rooms/session",
            "    return\n  end\n  pool.bans = pool.bans - session.banned\n",
            "    return\n  end\n",
        ),
    ),
    (
        "a ban from a room survives its session",
        ("rooms/session", "    Bans.remove(number, id)\n", ""),
    ),
    (
        "a room is for nobody",
        ("rooms/membership", "if has_max == 1 and max == 0 then", "if has_max == 2 then"),
    ),
    (
        "one membership more than may be",
        ("rooms/membership", "LAST) >= max_rooms_per_session", "LAST) > max_rooms_per_session"),
    ),
    (
        "a code that is in use is given out again",
        ("rooms/membership", "call('HEXISTS', CODE, drawn_code) == 1", "drawn_code == ''"),
    ),
    (
        "an alias that is in use is given out again",
        (
            "rooms/membership",
            "call('HEXISTS', ALIAS, number .. drawn_alias) == 1",
            "drawn_alias == ''",
        ),
    ),
    (
        "the owner's limit is beyond that of the policy",
        ("rooms/membership", "math.min(room.max, max_members) or", "room.max or"),
    ),
    (
        "whoever is banned from a room joins it",
        (
            "rooms/membership",
            "  if Bans.has(number, id) then\n    return BANNED_FROM_ROOM\n  end\n",
            "",
        ),
    ),
    (
        "a locked room is open",
        (
            "rooms/membership",
            "  if room.locked == 1 then\n    return IS_LOCKED",
            "  if room.locked == 2 then\n    return IS_LOCKED",
        ),
    ),
    (
        "a room that is over can be entered",
        ("rooms/membership", "room.empty <= clock)", "room.empty < clock)"),
    ),
    ("a room to which somebody came back ends", ("rooms/membership", "    room.empty = 0\n", "")),
    (
        "the connections of whoever goes are not told why",
        (
            "rooms/membership",
            "    tell(conn, room.code, REMOVED, pack('>I1', why))",
            "    tell(conn, room.code, REMOVED, '\\0')",
        ),
    ),
    ("nobody inherits a room", ("rooms/membership", "  if heir then", "  if heir == '' then")),
    (
        "a locked room waits for those who cannot come back",
        (
            "rooms/membership",
            "elseif room.locked == 1 or room_life_s == 0 then",
            "elseif room_life_s == 0 then",
        ),
    ),
    (
        "a room ends without a word to who listens",
        ("rooms/membership", "    tell(conn, room.code, CLOSED, '')\n", ""),
    ),
    (
        "an owner kicks themselves",
        ("rooms/owner", "  if member == id then\n    return YOURSELF\n  end\n", ""),
    ),
    (
        "anybody is an owner",
        (
            "rooms/owner",
            "  if Rooms.find(number).owner ~= id then\n    return NOT_OWNER\n  end\n",
            "",
        ),
    ),
    (
        "a session that is unknown is banned",
        ("rooms/owner", "elseif not Sessions.find(target) then", "elseif target == '' then"),
    ),
    (
        "one ban more than may be",
        (
            "rooms/owner",
            "Bans.count(number) >= max_room_bans",
            "Bans.count(number) > max_room_bans",
        ),
    ),
    ("a ban leaves the membership", ("rooms/owner", "  part(number, target, BY_ROOM_BAN)\n", "")),
    (
        "locking what is locked is told again",
        ("rooms/owner", "  if room.locked ~= locked then", "  if room then"),
    ),
    (
        "a connection is in two rooms",
        (
            "rooms/presence",
            "  if held and held ~= number .. id then\n    return CONN_IN_USE\n  end\n",
            "",
        ),
    ),
    (
        "one connection more than may be",
        (
            "rooms/presence",
            "#member.conns >= 16 * max_connections",
            "#member.conns > 16 * max_connections",
        ),
    ),
    (
        "a second connection is told as if somebody came",
        ("rooms/presence", "  if not was_here then", "  if member then"),
    ),
    (
        "the loss of one of several connections is told as if somebody went",
        ("rooms/presence", "if member and member.conns == '' then", "if member then"),
    ),
    (
        "the life of a session does not begin anew with the loss of its connection",
        ("rooms/presence", "    if session.conns == 0 then\n      refresh(id)\n    end\n", ""),
    ),
    (
        "every connection renews the lease of its server",
        (
            "rooms/presence",
            "  if not call('ZSCORE', DUE, DUE_LEASE .. node) then",
            "  if node then",
        ),
    ),
    (
        "a dead server keeps its connections",
        (
            "rooms/sweep",
            "    local conn = kind == DUE_LEASE and any_conn(name)\n",
            "    local conn = false\n",
        ),
    ),
    (
        "the number of a message comes twice",
        ("rooms/talk", "  room.last = room.last + 1\n", "  room.last = room.kept + 1\n"),
    ),
    (
        "a room that keeps nothing keeps messages",
        ("rooms/talk", "  if room.retention == 0 then\n    return\n  end\n", ""),
    ),
    (
        "one message more than may be",
        ("rooms/talk", "if room.kept >= max_messages then", "if room.kept > max_messages then"),
    ),
    (
        "a message that is gone is still on the list of reports",
        ("rooms/talk", "  call('ZREM', REPORTED, name)\n", ""),
    ),
    (
        "the second message of a room is never swept away",
        (
            "rooms/talk",
            "  if room.kept > 0 then\n    local at",
            "  if room.kept < 0 then\n    local at",
        ),
    ),
    (
        "a message is reported twice by one",
        ("rooms/reports", "call('HEXISTS', TEXT .. text_of(name), id) == 1", "id == ''"),
    ),
    (
        "one report more than may be",
        ("rooms/reports", "if before >= max_reports then", "if before > max_reports then"),
    ),
    (
        "strangers report",
        (
            "rooms/reports",
            "  if not Members.find(number, id) then\n    return NOT_MEMBER\n  end\n",
            "",
        ),
    ),
    (
        "a moderator's reset leaves the messages",
        ("rooms/reset", "  pool.messages, pool.bans = 0, 0\n", ""),
    ),
    (
        "a reset gives numbers again",
        (
            "rooms/reset",
            "  pool.messages, pool.bans = 0, 0\n",
            "  pool.messages, pool.bans, pool.last_room = 0, 0, 0\n",
        ),
    ),
    (
        "a page begins one message late",
        (
            "rooms/read",
            "local newest = ends - 1 - (page - 1) * size",
            "local newest = ends - 1 - page * size",
        ),
    ),
    (
        "a page beyond the end is empty",
        (
            "rooms/read",
            "  page = math.max(math.min(page, pages), 1)\n",
            "  page = math.max(page, 1)\n",
        ),
    ),
    ("everything is mine", ("rooms/read", "author == asking and 1 or 0", "author and 1 or 0")),
    (
        "the newest report comes first, not the most reported message",
        (
            "rooms/read",
            "one.count > other.count or one.count == other.count and one.id > other.id",
            "one.id > other.id",
        ),
    ),
    (
        "an owner sees who has said what was reported",
        ("rooms/read", "reported(found[i].name, 0)", "reported(found[i].name, 1)"),
    ),
    (
        "moderators see what is over",
        (
            "rooms/view",
            "if #page <= limit and is_seen(number, Rooms.find(number), index) then",
            "if #page <= limit then",
        ),
    ),
    (
        "the mail of one commit is turned around for others",
        (
            "mail",
            "batch[#batch + 1] = pack('>I4', #mail[i]) .. mail[i]",
            "table.insert(batch, 2, pack('>I4', #mail[i]) .. mail[i])",
        ),
    ),
];

/// What the stories find.
pub(crate) const STORY_MUTANTS: &[(&str, Edit)] = &[
    (
        "things of one instant happen in another order",
        ("rooms/codes", "DUE_LEASE = '0'", "DUE_LEASE = '9'"),
    ),
    ("a reset forgets servers", ("rooms/reset", "~= DUE_LEASE then", "~= '' then")),
    ("one sweep takes more than it may", ("rooms/codes", "SWEEP = 256", "SWEEP = 257")),
    ("nobody says that there is more to sweep", ("rooms/entry", "  pool.more = has_due()\n", "")),
    (
        "reports that are looked up later are left out",
        ("rooms/view", "if #names < LOOK_UP then", "if #names > 0 then"),
    ),
    (
        "moderators are shown a page too long",
        ("rooms/view", "if #page <= limit and is_seen", "if is_seen"),
    ),
];
