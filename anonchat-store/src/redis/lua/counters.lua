-- The pool as a whole, as one string: `I4 schema`, then `I6` each: the last commit, the clock, who is
-- online, pairs that talk, reports made, the oldest one that is kept and when it was made, when there
-- is something to forget, and pairs ever made; `I4` each: how many can be matched, of each queue; and
-- the mark of the servers' key, if they gave one.

-- Reads the counters, or makes those of an empty pool. Returns the schema if it is another one.
function load_counters()
  local state = call('GET', POOL)
  if not state then
    pool = {
      seq = 0, clock = 0, online = 0, talking = 0, reports_made = 0, oldest_report = 1,
      oldest_report_at = 0, untidy_at = NEVER, matches = 0, counts = string.rep('\0', 100),
      key = '', more = false,
    }
  else
    local found = parse('>I4', state)
    if found ~= schema then
      return found
    end
    local seq, former, online, talking, reports_made, oldest_report, oldest_report_at, untidy_at,
      matches = parse('>I6I6I6I6I6I6I6I6I6', state, 5)
    pool = {
      seq = seq, clock = former, online = online, talking = talking, reports_made = reports_made,
      oldest_report = oldest_report, oldest_report_at = oldest_report_at, untidy_at = untidy_at,
      matches = matches, counts = string.sub(state, 59, 158), key = string.sub(state, 159),
      more = false,
    }
  end
  clock = math.max(pool.clock, called_at)
end

-- Writes the counters.
function save_counters()
  call('SET', POOL, pack('>I4I6I6I6I6I6I6I6I6I6', schema, pool.seq, pool.clock, pool.online,
    pool.talking, pool.reports_made, pool.oldest_report, pool.oldest_report_at, pool.untidy_at,
    pool.matches) .. pool.counts .. pool.key)
end
