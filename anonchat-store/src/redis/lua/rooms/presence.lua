-- Which connections listen to which room, and the servers on which they hang.

function attach(id, code, conn)
  local refusal, number = find_as_member(id, code)
  if refusal then
    return refusal
  end
  local held = call('HGET', SEAT, conn)
  if held and held ~= number .. id then
    return CONN_IN_USE
  end
  if not held then
    seat(conn, number, id)
  end
  tell(conn, code, ATTACHED, details(number, id))
end

function detach(conn)
  if call('HEXISTS', SEAT, conn) == 0 then
    return NOT_ATTACHED
  end
  lose(conn)
end

-- Gives a connection a place, if need be that of the oldest one of the same member.
function seat(conn, number, id)
  local room, member = Rooms.find(number), Members.find(number, id)
  local was_here = member.conns ~= ''
  if #member.conns >= 16 * max_connections then
    local oldest = string.sub(member.conns, 1, 16)
    unseat(oldest)
    tell(oldest, room.code, REPLACED, '')
    member = Members.find(number, id)
  end
  call('HSET', SEAT, conn, number .. id)
  call('ZADD', LISTENING, 0, number .. conn .. id)
  call('ZADD', HANGING, 0, conn)
  member.conns = member.conns .. conn
  Members.write(number, id, member)
  local session = Sessions.find(id)
  session.conns = session.conns + 1
  refresh(id)
  local node = string.sub(conn, 1, 8)
  if not call('ZSCORE', DUE, DUE_LEASE .. node) then
    renew(node)
  end
  if not was_here then
    tell_room(number, id, PRESENCE, member.alias .. '\1')
  end
end

-- A connection is gone: the others are told if it was the member's last one.
function lose(conn)
  local number, id = unseat(conn)
  local member = number and Members.find(number, id)
  if member and member.conns == '' then
    tell_room(number, id, PRESENCE, member.alias .. '\0')
  end
end

-- Takes a connection's place away without a word. The session was active until now.
function unseat(conn)
  local held = call('HGET', SEAT, conn)
  if not held then
    return
  end
  local number, id = string.sub(held, 1, 4), string.sub(held, 5)
  call('HDEL', SEAT, conn)
  call('ZREM', LISTENING, number .. conn .. id)
  call('ZREM', HANGING, conn)
  local member = Members.find(number, id)
  if member then
    local kept = {}
    for from = 1, #member.conns, 16 do
      local one = string.sub(member.conns, from, from + 15)
      if one ~= conn then
        kept[#kept + 1] = one
      end
    end
    member.conns = table.concat(kept)
    Members.write(number, id, member)
  end
  local session = Sessions.find(id)
  if session then
    session.conns = session.conns - 1
    if session.conns == 0 then
      refresh(id)
    end
  end
  return number, id
end

function renew(node)
  Due.insert(after(clock, lease_s * 1000), DUE_LEASE .. node)
end

-- A connection that hangs on a server.
function any_conn(node)
  return call('ZRANGEBYLEX', HANGING, '[' .. node, '[' .. node .. LAST, 'LIMIT', 0, 1)[1]
end
