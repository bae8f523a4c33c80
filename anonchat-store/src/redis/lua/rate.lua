#!lua
-- One unit of a limit, or a look: a bucket of units into which one returns each interval.
-- KEYS  1 when the bucket is full again, in microseconds since 1970; it is not there when it is full
-- ARGV  1 instant in milliseconds  2 interval in microseconds  3 units of a full bucket  4 1: take, 0: look
-- Answers in how many microseconds there is a unit; 0: there is one.
local now, interval, units = tonumber(ARGV[1]) * 1000, tonumber(ARGV[2]), tonumber(ARGV[3])
local full = tonumber(redis.call('GET', KEYS[1]) or '') or now
-- A clock that was put back does not make it emptier than empty.
full = math.max(math.min(full, now + interval * units), now)
local wait = full - interval * (units - 1) - now
if wait > 0 then
  return wait
end
if ARGV[4] == '1' then
  full = full + interval
  local lasts = math.ceil((full - now) / 1000)
  redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', string.format('%.0f', lasts))
end
return 0
