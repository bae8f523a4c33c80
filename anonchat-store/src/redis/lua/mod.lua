-- What all commands have in common.

-- Carries out commands of one kind, one after the other; each is so many arguments. What they have
-- changed is written, and what is to be told is published, once for all. Each is answered with its
-- refusal and the numbers of that, or with its facts.
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
    local refusal, first, second = command(args[at], args[at + 1], args[at + 2])
    local reply = {refusal or 0, pool.seq, 0, pool.more and 1 or 0, first or 0, second or 0}
    for i = before + 1, #mail do
      reply[6 + i - before] = mail[i]
    end
    replies[#replies + 1] = reply
  end
  write_devices()
  save_counters()
  local number = publish()
  for i = 1, #replies do
    replies[i][3] = number
  end
  return replies
end

-- Refuses a command that may make a pair under an id that is in use.
function check_dice()
  if is_used(dice) then
    return DICE_USED
  end
end

-- Tells a device something, if it has a connection.
function tell(device, kind, body)
  if device.conn then
    local n = #mail + 1
    mail[n] = pack('>c16c16I8I1', device.id, device.conn, pool.seq, kind) .. body
    nodes[n] = string.sub(device.conn, 1, 8)
  end
end
