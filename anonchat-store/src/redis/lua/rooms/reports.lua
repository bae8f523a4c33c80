-- Reports of messages. They lie with the words, and are gone with them.

function report(id, number, index, reason)
  if is_over(number) then
    return UNKNOWN_MESSAGE
  end
  if not Members.find(number, id) then
    return NOT_MEMBER
  end
  local name = message_name(number, index)
  -- By the clock of Redis its time may be over a moment before.
  if not is_seen(number, Rooms.find(number), index)
    or call('HEXISTS', TEXT .. text_of(name), WORDS) == 0 then
    return UNKNOWN_MESSAGE
  end
  if call('HEXISTS', TEXT .. text_of(name), id) == 1 then
    return ALREADY_REPORTED
  end
  local before = call('HLEN', TEXT .. text_of(name)) - 1
  if before >= max_reports then
    return TOO_MANY_REPORTS, max_reports
  end
  call('HSET', TEXT .. text_of(name), id, pack('>I4', before) .. reason)
  call('ZADD', REPORTED, 0, name)
end
