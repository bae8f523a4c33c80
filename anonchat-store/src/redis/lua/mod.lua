-- What all commands have in common.

-- Carries out one command. It returns nothing, or the refusal with its numbers.
function apply(command)
  local other = load_counters()
  if other then
    return {OTHER_SCHEMA, other}
  end
  pool.clock, pool.seq = clock, pool.seq + 1
  local refusal, first, second = command()
  write_devices()
  save_counters()
  local reply = {refusal or 0, pool.seq, publish(), pool.more and 1 or 0, first or 0, second or 0}
  for i = 1, #mail do
    reply[6 + i] = mail[i]
  end
  return reply
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
