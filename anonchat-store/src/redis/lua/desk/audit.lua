-- One page of records, newest first, each behind its number.
-- KEYS: as in `record.lua`. ARGV: `I8 before I4 limit`, and the device that they have to be about.
local before, limit = struct.unpack('>I8I4', ARGV[1])
local page = {}
local function show(name)
  page[#page + 1] = name .. redis.call('HGET', KEYS[1], name)
end
if ARGV[2] == '' then
  local newest = math.min(before - 1, redis.call('HLEN', KEYS[1]))
  for number = newest, math.max(newest - limit + 1, 1), -1 do
    show(struct.pack('>I8', number))
  end
else
  local last = '(' .. ARGV[2] .. struct.pack('>I8', before)
  local members =
    redis.call('ZREVRANGEBYLEX', KEYS[2], last, '[' .. ARGV[2], 'LIMIT', 0, limit)
  for _, member in ipairs(members) do
    show(string.sub(member, 17))
  end
end
return page
