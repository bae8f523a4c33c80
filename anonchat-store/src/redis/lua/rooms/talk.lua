-- What is said in a room, and how long it is kept.

-- Carries a message to everybody who listens, its sender included, and keeps it if the room does.
function post(id, code, content)
  local refusal, number = find_as_member(id, code)
  if refusal then
    return refusal
  end
  local room = Rooms.find(number)
  if room.last >= MAX_INDEX then
    return NUMBERS_USED_UP
  end
  room.last = room.last + 1
  local alias, name = Members.find(number, id).alias, message_name(number, room.last)
  local text = sized(nickname(id)) .. sized(content)
  keep(number, id, alias, text)
  local message =
    pack('>I8c8c16', message_id(name), code, alias) .. text .. pack('>I8', clock)
  tell_room(number, nil, SAID, message)
  return nil, AS_MESSAGE .. message
end

function type_in(id, code, on)
  local refusal, number = find_as_member(id, code)
  if refusal then
    return refusal
  end
  local alias = Members.find(number, id).alias
  tell_room(number, id, TYPING, alias .. sized(nickname(id)) .. pack('>I1', on))
end

function keep(number, id, alias, text)
  local room = Rooms.find(number)
  if room.retention == 0 then
    return
  end
  if room.kept >= max_messages then
    drop_oldest(number)
  end
  local name, ends = message_name(number, room.last), end_of(room, clock)
  if room.kept == 0 then
    room.first = room.last
    Due.insert(ends, DUE_MESSAGES .. number)
  end
  room.kept = room.kept + 1
  pool.messages = pool.messages + 1
  call('HSET', MESSAGE, name, pack('>I6c16c16', clock, id, alias))
  call('HSET', TEXT .. text_of(name), WORDS, text)
  call('PEXPIRE', TEXT .. text_of(name), digits(ends - clock))
end

-- Forgets a room's oldest message.
function drop_oldest(number)
  local room = Rooms.find(number)
  if not room or room.kept == 0 then
    return
  end
  local name = message_name(number, room.first)
  call('HDEL', MESSAGE, name)
  call('UNLINK', TEXT .. text_of(name))
  call('ZREM', REPORTED, name)
  room.first, room.kept = room.first + 1, room.kept - 1
  pool.messages = pool.messages - 1
  if room.kept > 0 then
    local at = Messages.find(message_name(number, room.first))
    Due.insert(end_of(room, at), DUE_MESSAGES .. number)
  else
    Due.remove(DUE_MESSAGES .. number)
  end
end
