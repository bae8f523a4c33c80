-- What is known of sessions, rooms, members and messages. A room is called by its number, packed
-- as `I4`, and a message by that and its index, `I4I4`.

-- `I6 created I6 last active I1 whether it is banned I6 its end, or 0 while it has a connection I4
-- connections`. Its nickname has a key of its own, which has an end of its own.
function Sessions.find(id)
  local session = sessions[id]
  if session == nil then
    local record = call('HGET', SESSION, id)
    session = false
    if record then
      local created, active, banned, ends, conns = parse('>I6I6I1I6I4', record)
      session = {created = created, active = active, banned = banned, ends = ends, conns = conns,
        record = record}
    end
    sessions[id], touched[#touched + 1] = session, id
  end
  return session or nil
end

function Sessions.insert(id, nickname)
  if sessions[id] == nil then
    touched[#touched + 1] = id
  end
  sessions[id] = {created = clock, active = clock, banned = 0, ends = 0, conns = 0, record = ''}
  call('SET', NICK .. id, nickname)
end

function Sessions.remove(id)
  sessions[id] = false
  call('HDEL', SESSION, id)
  call('UNLINK', NICK .. id)
end

-- Whether a session's token still means anything, but for a ban.
function lives(session)
  return session.ends == 0 or clock < session.ends
end

-- What a session is called, sealed; nothing if its time is over by the clock of Redis.
function nickname(id)
  return call('GET', NICK .. id) or ''
end

-- `c8 code I6 created I4 days of retention I1 whether there is a limit I4 of so many participants
-- I1 whether it is locked I1 whether there is an owner c16 who that is I6 its end, or 0 while there
-- are members I4 members I4 index of the last message I4 index of the oldest that is kept I4 how
-- many are`, and the name.
function Rooms.find(number)
  local room = rooms[number]
  if room == nil then
    local record = call('HGET', ROOM, number)
    room = false
    if record then
      local code, created, retention, has_max, max, locked, owned, owner, empty, members, last,
        first, kept, rest = parse('>c8I6I4I1I4I1I1c16I6I4I4I4I4', record)
      room = {code = code, created = created, retention = retention, has_max = has_max, max = max,
        locked = locked, owner = owned == 1 and owner, empty = empty, members = members,
        last = last, first = first, kept = kept, name = string.sub(record, rest), record = record}
    end
    rooms[number], touched[#touched + 1] = room, number
  end
  return room or nil
end

function Rooms.insert(number, room)
  if rooms[number] == nil then
    touched[#touched + 1] = number
  end
  rooms[number] = room
end

function Rooms.remove(number)
  rooms[number] = false
  call('HDEL', ROOM, number)
end

-- Writes every session and room that this command has changed.
function write_records()
  for i = 1, #touched do
    local id = touched[i]
    local session, room = sessions[id], rooms[id]
    if session then
      local record = pack('>I6I6I1I6I4', session.created, session.active, session.banned,
        session.ends, session.conns)
      if record ~= session.record then
        call('HSET', SESSION, id, record)
      end
    elseif room then
      local record = pack('>c8I6I4I1I4I1I1c16I6I4I4I4I4', room.code, room.created, room.retention,
        room.has_max, room.max, room.locked, room.owner and 1 or 0,
        room.owner or string.rep('\0', 16), room.empty, room.members, room.last, room.first,
        room.kept) .. room.name
      if record ~= room.record then
        call('HSET', ROOM, id, record)
      end
    end
  end
end

-- A member: `c16 alias I6 the commit by which they joined`, and their connections, `c16` each, the
-- oldest first.
function Members.find(number, id)
  local record = call('HGET', MEMBER, number .. id)
  if record then
    local alias, joined, rest = parse('>c16I6', record)
    return {alias = alias, joined = joined, conns = string.sub(record, rest)}
  end
end

function Members.write(number, id, member)
  call('HSET', MEMBER, number .. id, pack('>c16I6', member.alias, member.joined) .. member.conns)
end

function Members.insert(number, id, alias)
  Members.write(number, id, {alias = alias, joined = pool.seq, conns = ''})
  call('HSET', ALIAS, number .. alias, id)
  call('ZADD', ROSTER, 0, number .. pack('>I6', pool.seq) .. id)
  call('ZADD', TIE, 0, id .. MEMBER_OF .. number)
end

function Members.remove(number, id, member)
  call('HDEL', MEMBER, number .. id)
  call('HDEL', ALIAS, number .. member.alias)
  call('ZREM', ROSTER, number .. pack('>I6', member.joined) .. id)
  call('ZREM', TIE, id .. MEMBER_OF .. number)
end

-- Members in the order in which they joined, at most so many; all for -1.
function Members.list(number, most)
  local found =
    call('ZRANGEBYLEX', ROSTER, '[' .. number, '[' .. number .. LAST, 'LIMIT', 0, most)
  for i = 1, #found do
    found[i] = string.sub(found[i], 11)
  end
  return found
end

-- The numbers of the rooms to which a session is tied, in their order.
function Ties.list(id, kind)
  local found = call('ZRANGEBYLEX', TIE, '[' .. id .. kind, '[' .. id .. kind .. LAST)
  for i = 1, #found do
    found[i] = string.sub(found[i], 18)
  end
  return found
end

function Bans.has(number, id)
  return call('ZSCORE', BAN, number .. id)
end

function Bans.count(number)
  return call('ZLEXCOUNT', BAN, '[' .. number, '[' .. number .. LAST)
end

function Bans.list(number)
  local found = call('ZRANGEBYLEX', BAN, '[' .. number, '[' .. number .. LAST)
  for i = 1, #found do
    found[i] = string.sub(found[i], 5)
  end
  return found
end

function Bans.insert(number, id)
  call('ZADD', BAN, 0, number .. id)
  call('ZADD', TIE, 0, id .. BANNED_FROM .. number)
end

function Bans.remove(number, id)
  call('ZREM', BAN, number .. id)
  call('ZREM', TIE, id .. BANNED_FROM .. number)
end

-- The connections that listen to a room, in their order, each behind whose it is.
function listening(number)
  return call('ZRANGEBYLEX', LISTENING, '[' .. number, '[' .. number .. LAST)
end

-- What a message of a room is called here, and as a number.
function message_name(number, index)
  return number .. pack('>I4', index)
end

function message_id(name)
  local number, index = parse('>I4I4', name)
  return number * ROOM_STEP + index
end

-- The key of a message's words and of the reports of it, which Redis deletes at its end.
function text_of(name)
  return digits(message_id(name))
end

-- When a message was said, by whom, and as whom: `I6c16c16`.
function Messages.find(name)
  return parse('>I6c16c16', call('HGET', MESSAGE, name))
end

-- The instant from which on a message of a room is gone.
function end_of(room, at)
  return after(at, room.retention * DAY)
end

-- The index of the oldest message that can be seen now. They are in the order of their ends, so
-- that halving finds it.
function first_seen(number, room)
  local first, ends = room.first, room.first + room.kept
  while first < ends do
    local middle = math.floor((first + ends) / 2)
    if end_of(room, Messages.find(message_name(number, middle))) <= clock then
      first = middle + 1
    else
      ends = middle
    end
  end
  return first
end

-- Whether a message of a room is kept and can be seen now.
function is_seen(number, room, index)
  return room.first <= index and index < room.first + room.kept
    and clock < end_of(room, Messages.find(message_name(number, index)))
end

-- A text that is carried and not looked at.
function sized(text)
  return pack('>I4', #text) .. text
end
