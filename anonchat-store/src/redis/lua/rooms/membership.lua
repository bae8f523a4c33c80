-- Rooms and their members: how they begin, and how they end.

function create(id, chosen, retention, has_max, max, name)
  if chosen == 0 then
    retention = retention_days_default
  end
  if retention > MAX_RETENTION then
    return RETENTION_TOO_LONG, MAX_RETENTION
  end
  if has_max == 1 and max == 0 then
    return NO_PARTICIPANTS
  end
  local refusal, most = check_memberships(id)
  if refusal then
    return refusal, most
  end
  if call('HLEN', ROOM) >= max_rooms then
    return TOO_MANY_ROOMS, max_rooms
  end
  if pool.last_room >= MAX_ROOM then
    return NUMBERS_USED_UP
  end
  if call('HEXISTS', CODE, drawn_code) == 1 then
    return DICE_USED
  end
  pool.last_room = pool.last_room + 1
  local number = pack('>I4', pool.last_room)
  call('HSET', CODE, drawn_code, number)
  Rooms.insert(number, {code = drawn_code, created = clock, retention = retention,
    has_max = has_max, max = max, locked = 0, owner = false, empty = 0, members = 0, last = 0,
    first = 1, kept = 0, name = name, record = ''})
  admit(number, id, drawn_alias)
  return nil, AS_ROOM .. details(number, id)
end

function join(id, code)
  local refusal, number = find(code)
  if refusal then
    return refusal
  end
  local room = Rooms.find(number)
  if Members.find(number, id) then
    return nil, AS_ROOM .. details(number, id)
  end
  if Bans.has(number, id) then
    return BANNED_FROM_ROOM
  end
  if room.locked == 1 then
    return IS_LOCKED
  end
  local max = room.has_max == 1 and math.min(room.max, max_members) or max_members
  if room.members >= max then
    return IS_FULL, max
  end
  local too_many, most = check_memberships(id)
  if too_many then
    return too_many, most
  end
  if call('HEXISTS', ALIAS, number .. drawn_alias) == 1 then
    return DICE_USED
  end
  admit(number, id, drawn_alias)
  return nil, AS_ROOM .. details(number, id)
end

function leave(id, code)
  local refusal, number = find_as_member(id, code)
  if refusal then
    return refusal
  end
  part(number, id, BY_LEAVING)
end

-- The number of a room that is there now, behind nothing; or why there is none.
function find(code)
  local number = call('HGET', CODE, code)
  if not number or is_over(number) then
    return UNKNOWN_ROOM
  end
  return nil, number
end

-- The same for one of its members.
function find_as_member(id, code)
  local refusal, number = find(code)
  if refusal then
    return refusal
  end
  if not Members.find(number, id) then
    return NOT_MEMBER
  end
  return nil, number
end

-- Whether a room is gone, or only waits to be swept away.
function is_over(number)
  local room = Rooms.find(number)
  return not room or (room.empty ~= 0 and room.empty <= clock)
end

function check_memberships(id)
  local held = id .. MEMBER_OF
  if call('ZLEXCOUNT', TIE, '[' .. held, '[' .. held .. LAST) >= max_rooms_per_session then
    return TOO_MANY_MEMBERSHIPS, max_rooms_per_session
  end
end

-- Makes a session a member, and the owner if nobody is.
function admit(number, id, alias)
  local room = Rooms.find(number)
  Members.insert(number, id, alias)
  room.members = room.members + 1
  room.owner = room.owner or id
  if room.empty ~= 0 then
    room.empty = 0
    Due.remove(DUE_EMPTY .. number)
  end
  tell_room(number, nil, JOINED, alias .. sized(nickname(id)))
end

-- Ends a membership: closes its connections, tells the others, finds the next owner.
function part(number, id, why)
  local room, member = Rooms.find(number), Members.find(number, id)
  if not room or not member then
    return
  end
  for from = 1, #member.conns, 16 do
    local conn = string.sub(member.conns, from, from + 15)
    unseat(conn)
    tell(conn, room.code, REMOVED, pack('>I1', why))
  end
  Members.remove(number, id, member)
  room.members = room.members - 1
  tell_room(number, nil, LEFT, member.alias .. pack('>I1', why))
  succeed(number, id)
end

-- Whoever has been there longest owns the room if its owner is gone. Without anybody it waits for
-- its end, and a locked one, to which nobody could come back, ends now.
function succeed(number, gone)
  local room = Rooms.find(number)
  if room.owner ~= gone then
    return
  end
  local heir = Members.list(number, 1)[1]
  if heir then
    room.owner = heir
    tell_room(number, nil, OWNS, Members.find(number, heir).alias)
  elseif room.locked == 1 or room_life_s == 0 then
    end_room(number)
  else
    room.owner = false
    room.empty = after(clock, room_life_s * 1000)
    Due.insert(room.empty, DUE_EMPTY .. number)
  end
end

-- Ends a room: its connections are told, its words are wiped, its code may be drawn again.
function end_room(number)
  local room = Rooms.find(number)
  if not room then
    return
  end
  while room.kept > 0 do
    drop_oldest(number)
  end
  for _, one in ipairs(listening(number)) do
    local conn = string.sub(one, 5, 20)
    unseat(conn)
    tell(conn, room.code, CLOSED, '')
  end
  for _, id in ipairs(Members.list(number, -1)) do
    Members.remove(number, id, Members.find(number, id))
  end
  for _, id in ipairs(Bans.list(number)) do
    Bans.remove(number, id)
  end
  call('HDEL', CODE, room.code)
  Due.remove(DUE_EMPTY .. number)
  Rooms.remove(number)
end
