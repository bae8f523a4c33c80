-- Adds a record.
-- KEYS: the records, and which are about whom. ARGV: the record, and the device that it is about.
local number = redis.call('HLEN', KEYS[1]) + 1
local name = struct.pack('>I8', number)
redis.call('HSET', KEYS[1], name, ARGV[1])
if ARGV[2] ~= '' then
  redis.call('ZADD', KEYS[2], 0, ARGV[2] .. name)
end
return number
