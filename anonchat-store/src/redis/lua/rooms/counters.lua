-- What is counted over all rooms, as one string: `I4 schema`, then `I6` each: the last commit, the
-- clock, the last room's number, messages that are kept, sessions that are banned; and the mark of
-- the servers' key, if they gave one.

-- Reads the counters, or makes those of the beginning. Returns the schema if it is another one.
function load_counters()
  local state = call('GET', STATE)
  if not state then
    pool = {seq = 0, clock = 0, last_room = 0, messages = 0, bans = 0, key = '', more = false}
  else
    local found = parse('>I4', state)
    if found ~= schema then
      return found
    end
    local seq, former, last_room, messages, bans, rest = parse('>I6I6I6I6I6', state, 5)
    pool = {
      seq = seq, clock = former, last_room = last_room, messages = messages, bans = bans,
      key = string.sub(state, rest), more = false,
    }
  end
  clock = math.max(pool.clock, called_at)
end

-- Writes the counters.
function save_counters()
  call('SET', STATE, pack('>I4I6I6I6I6I6', schema, pool.seq, pool.clock, pool.last_room,
    pool.messages, pool.bans) .. pool.key)
end
