-- What all commands have in common.

-- Carries out commands of one kind, one after the other; each is so many arguments. What they have
-- changed is written, and what is to be told is published, once for all. Each is answered with its
-- refusal and the number of that, or with its answer and its facts.
function apply(command, args, size)
  begin(args)
  local other = load_counters()
  if other then
    return {OTHER_SCHEMA, other}
  end
  local replies = {}
  for at = 3, #args, size do
    hear(args[at])
    pool.clock, pool.seq, pool.more = clock, pool.seq + 1, false
    local before = #mail
    local refusal, second = command(args[at], args[at + 1])
    local reply = {refusal or 0, pool.seq, 0, pool.more and 1 or 0, clock,
      refusal and second or 0, not refusal and second or ''}
    for i = before + 1, #mail do
      reply[7 + i - before] = mail[i]
    end
    replies[#replies + 1] = reply
  end
  write_records()
  save_counters()
  local number = publish()
  for i = 1, #replies do
    replies[i][3] = number
  end
  return replies
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
