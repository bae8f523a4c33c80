-- A join as a service may write one. KEYS: the one who joins, whom they block. ARGV: id, gender,
-- whom they look for, instant, matches a day, what all other keys begin with.
local call, id, own, wanted, start = redis.call, ARGV[1], ARGV[2], ARGV[3], ARGV[6]
local matches = tonumber(call('HGET', KEYS[1], 'day') or '0')
if matches >= tonumber(ARGV[5]) then
  return {'limit'}
end
if call('HEXISTS', KEYS[1], 'peer') == 1 then
  return {'busy'}
end
local found, queue, since
for _, gender in ipairs(wanted == 'any' and {'m', 'f', 'n'} or {wanted}) do
  for _, filter in ipairs({'any', own}) do
    local name = start .. 'q:' .. gender .. ':' .. filter
    local first = call('ZRANGE', name, 0, 0, 'WITHSCORES')
    local other, at = first[1], tonumber(first[2])
    if other and (not since or at < since)
      and call('SISMEMBER', KEYS[2], other) == 0
      and call('SISMEMBER', start .. 'b:' .. other, id) == 0 then
      found, queue, since = other, name, at
    end
  end
end
if not found then
  call('ZADD', start .. 'q:' .. own .. ':' .. wanted, ARGV[4], id)
  call('HSET', KEYS[1], 'q', own .. ':' .. wanted)
  call('EXPIRE', KEYS[1], 86400)
  return {'queued'}
end
call('ZREM', queue, found)
call('HSET', KEYS[1], 'peer', found, 'day', matches + 1)
call('HSET', start .. 'u:' .. found, 'peer', id)
call('HINCRBY', start .. 'u:' .. found, 'day', 1)
return {'matched', found}
