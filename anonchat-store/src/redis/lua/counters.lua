-- The pool as a whole, as one string: `I4 schema`, then `I6` each: the last commit, the clock, who is
-- online, pairs that talk, reports made, the oldest one that is kept and when it was made, when there
-- is something to forget, and pairs ever made; `I4` each: how many can be matched, of each queue; and
-- the mark of the servers' key, if they gave one.

-- Begins a call. The rules are mostly those of the call before, which need not be read again.
function begin(args)
  if args[1] ~= rules then
    rules, told = args[1], {parse(RULES, args[1])}
  end
  mailbox = args[2]
  touched, records, devices = {}, {}, {}
  mail, nodes, channels = {}, {}, {}
end

-- Takes in what is said about a command before what it names.
function hear(said)
  called_at, dice, registers = parse('>I8c16I1', said)
  clock = math.max(pool.clock, called_at)
end

-- Reads the counters, or makes those of an empty pool. Returns the schema if it is another one.
-- They are mostly those that the call before has left, and then they are at hand.
function load_counters()
  local state, known = call('GET', POOL), saved
  saved = nil
  if not state then
    pool = {
      seq = 0, clock = 0, online = 0, talking = 0, reports_made = 0, oldest_report = 1,
      oldest_report_at = 0, untidy_at = NEVER, matches = 0, counts = string.rep('\0', 100),
      by_bucket = false, counted = true, key = '', more = false,
    }
  elseif state ~= known then
    local found = parse('>I4', state)
    if found ~= schema then
      return found
    end
    local seq, former, online, talking, reports_made, oldest_report, oldest_report_at, untidy_at,
      matches = parse('>I6I6I6I6I6I6I6I6I6', state, 5)
    pool = {
      seq = seq, clock = former, online = online, talking = talking, reports_made = reports_made,
      oldest_report = oldest_report, oldest_report_at = oldest_report_at, untidy_at = untidy_at,
      matches = matches, counts = string.sub(state, 59, 158), by_bucket = false,
      counted = true, key = string.sub(state, 159), more = false,
    }
  end
end

-- Writes the counters.
function save_counters()
  if not pool.counted then
    pool.counts, pool.counted = pack(QUEUES, unpack(pool.by_bucket)), true
  end
  saved = pack('>I4I6I6I6I6I6I6I6I6I6', schema, pool.seq, pool.clock, pool.online,
    pool.talking, pool.reports_made, pool.oldest_report, pool.oldest_report_at, pool.untidy_at,
    pool.matches) .. pool.counts .. pool.key
  call('SET', POOL, saved)
end
