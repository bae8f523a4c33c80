-- A server opens a mailbox: it has subscribed to the channel, and reads it from now on. Without a
-- mailbox it only learns whether the pool is one of its deployment.

-- Forgets mailboxes that nobody reads, and who would have had mail there.
function forget_unread(former)
  local kept, channels = {[mailbox] = true}, call('HKEYS', SENT)
  if #channels > 0 then
    local readers =
      call('PUBSUB', sharded == 1 and 'SHARDNUMSUB' or 'NUMSUB', unpack(channels))
    for i = 1, #readers, 2 do
      if readers[i] ~= mailbox and (readers[i] == former or readers[i + 1] == 0) then
        call('HDEL', SENT, readers[i])
      else
        kept[readers[i]] = true
      end
    end
  end
  local nodes = call('HGETALL', MAILBOX)
  for i = 1, #nodes, 2 do
    if not kept[nodes[i + 1]] then
      call('HDEL', MAILBOX, nodes[i])
    end
  end
end

function open(former, nodes, key)
  local other = load_counters()
  if other then
    return {OTHER_SCHEMA, other}
  end
  if key ~= '' then
    if pool.key ~= '' and pool.key ~= key then
      return {OTHER_KEY}
    end
    pool.key = key
  end
  save_counters()
  if mailbox == '' then
    return {0, 0}
  end
  forget_unread(former)
  call('HSETNX', SENT, mailbox, 0)
  for from = 1, #nodes, 8 do
    call('HSET', MAILBOX, string.sub(nodes, from, from + 7), mailbox)
  end
  return {0, tonumber(call('HGET', SENT, mailbox))}
end
