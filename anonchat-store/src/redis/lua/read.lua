-- Answers to questions.

-- Looks at the pool without changing it.
function read(question)
  local other = load_counters()
  if other then
    return {OTHER_SCHEMA, other}
  end
  return question()
end

function census()
  local bans = call('ZLEXCOUNT', BAN_END, '(' .. pack('>I6', clock) .. LAST_DEVICE, '+')
  return {0, pool.online, Queues.here(), pool.talking, bans, count_reports(), pool.matches,
    unpack(Queues.by_bucket())}
end

-- How many reports are not too old. Their numbers have no holes and their instants rise with them,
-- so that halving finds the first one.
function count_reports()
  local first, ends = pool.oldest_report, pool.reports_made + 1
  local middle = first
  while first < ends do
    local record = call('HGET', REPORT, pack('>I8', middle))
    if is_recent_report(parse('>I8', record, 9)) then
      ends = middle
    else
      first = middle + 1
    end
    middle = math.floor((first + ends) / 2)
  end
  return pool.reports_made + 1 - first
end

function is_recent_report(at)
  return clock < after(at, report_window_ms())
end

-- The reports before this number, newest first, behind the number where to go on, or 0.
function recent_reports(before, open, limit)
  local page, number, looked = {0, 0}, math.min(before - 1, pool.reports_made), 0
  while number >= pool.oldest_report do
    local record = call('HGET', REPORT, pack('>I8', number))
    local at, _, target, _, dismissed = parse('>I8c16c16I1I1', record, 9)
    if not is_recent_report(at) then
      break
    end
    if looked == EXAMINED or #page - 2 == limit then
      page[2] = looked > 0 and number + 1 or 0
      break
    end
    looked = looked + 1
    if open == 0 or is_open(at, target, dismissed) then
      page[#page + 1] = describe(record, target)
    end
    number = number - 1
  end
  return page
end

-- Whether a report still asks for a decision.
function is_open(at, target, dismissed)
  local record = call('HGET', BAN, target)
  if not record then
    return dismissed == 0
  end
  local given, ends = parse('>I6I6', record)
  return dismissed == 0 and not (clock < ends and at <= given)
end

-- A report with what is known of its target now.
function describe(record, target)
  local against, row = 0, call('HGET', AGAINST, target) or ''
  for from = 25, #row, 30 do
    if is_recent_report(parse('>I6', row, from)) then
      against = against + 1
    end
  end
  return pack('>I4I8', against, banned_until(target) or 0) .. record
end

-- The bans that are not over, after this end and device.
function running_bans(ends, device, limit)
  local over, bans = pack('>I6', clock) .. LAST_DEVICE, {0}
  local start = ends > clock and pack('>I6', ends) .. device or over
  for _, what in ipairs(call('ZRANGEBYLEX', BAN_END, '(' .. start, '+', 'LIMIT', 0, limit)) do
    local id = string.sub(what, 7)
    local given, ends = parse('>I6I6', call('HGET', BAN, id))
    bans[#bans + 1] = pack('>c16I8I8', id, given, ends)
  end
  return bans
end

-- How many wait whom a device would meet, were it not for having blocked them. Returns whether it
-- blocks anybody, and how many wait.
function blocked_here(id, compatible)
  local held = call('ZRANGEBYLEX', BLOCK_INDEX, '[' .. id .. 'o', '(' .. id .. 'p', 'LIMIT', 0,
    LOOK_UP)
  if #held == 0 then
    return 0, 0
  end
  for i, entry in ipairs(held) do
    held[i] = string.sub(entry, 18)
  end
  local blocked = 0
  for _, score in ipairs(call('ZMSCORE', WAITING, unpack(held))) do
    local bucket = score and math.floor(tonumber(score) / QUEUE)
    if bucket and bit.band(compatible, 2 ^ bucket) ~= 0 then
      blocked = blocked + 1
    end
  end
  return 1, blocked
end
