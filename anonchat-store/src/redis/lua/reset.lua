-- Takes everything that a pool holds away, as if Redis had lost it; only whose servers may use it
-- stays known.

function reset()
  local other = load_counters()
  if other then
    return {OTHER_SCHEMA, other}
  end
  for _, channel in ipairs(call('HKEYS', SENT)) do
    -- This is no batch: who reads it knows that mail was lost, and opens another mailbox.
    call(sharded == 1 and 'SPUBLISH' or 'PUBLISH', channel, '')
  end
  local key = pool.key
  call('UNLINK', POOL, DEVICE, WAITING, DUE, STALE, MEETING, ENDED, BLOCK, BLOCK_INDEX, BLOCK_NAME,
    SEEN, BAN, BAN_END, REPORT, AGAINST, DISMISSED, OUTBOX, ORDER, LEASE, HANGING, MAILBOX, SENT)
  load_counters()
  pool.key = key
  save_counters()
  return {0, 0}
end
