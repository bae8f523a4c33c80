-- What all commands have in common.

-- Carries out one command. It returns a refusal with its number, or nothing and the answer.
function apply(command)
  local other = load_counters()
  if other then
    return {OTHER_SCHEMA, other}
  end
  pool.clock, pool.seq = clock, pool.seq + 1
  local refusal, second = command()
  write_records()
  save_counters()
  local reply = {refusal or 0, pool.seq, publish(), pool.more and 1 or 0, clock,
    refusal and second or 0, not refusal and second or ''}
  for i = 1, #mail do
    reply[7 + i] = mail[i]
  end
  return reply
end

-- What came of a session's own request, by which it was active if it was not refused.
function dispatch(id, refusal, second)
  if not refusal then
    refresh(id)
  end
  return refusal, second
end

-- Tells one connection something about a room.
function tell(conn, code, kind, body)
  local n = #mail + 1
  mail[n] = pack('>c16c8I8I1', conn, code, pool.seq, kind) .. body
  nodes[n] = string.sub(conn, 1, 8)
end

-- Tells every connection that listens to a room, but not those of one session, in the order of
-- connections.
function tell_room(number, but, kind, body)
  local room = Rooms.find(number)
  if not room then
    return
  end
  for _, one in ipairs(listening(number)) do
    if string.sub(one, 21) ~= but then
      tell(string.sub(one, 5, 20), room.code, kind, body)
    end
  end
end
