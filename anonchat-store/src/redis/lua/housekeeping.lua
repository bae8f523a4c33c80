-- Forgetting: what no rule needs any more gives its memory back. Nothing here changes an answer.

-- Forgets at most `budget` things of each kind.
-- seldom
function keep_house(budget)
  local stale = call('ZRANGEBYSCORE', STALE, 0, digits(clock), 'LIMIT', 0, budget)
  for _, what in ipairs(stale) do
    call('ZREM', STALE, what)
    forget(string.sub(what, 1, 1), string.sub(what, 2))
  end
  Met.forget_one(report_after_ms(), budget)
  for _ = 1, budget do
    local number = pack('>I8', pool.oldest_report)
    if pool.oldest_report > pool.reports_made
      or clock < after(pool.oldest_report_at, report_window_ms()) then
      break
    end
    local target = parse('>c16', call('HGET', REPORT, number), 33)
    call('HDEL', REPORT, number)
    Safety.withdraw(target, number)
    pool.oldest_report = pool.oldest_report + 1
    if pool.oldest_report <= pool.reports_made then
      local next_report = call('HGET', REPORT, pack('>I8', pool.oldest_report))
      pool.oldest_report_at = parse('>I8', next_report, 9)
    end
  end
  local first_stale = call('ZRANGE', STALE, 0, 0, 'WITHSCORES')[2]
  local first_ended = call('ZRANGE', ENDED, 0, 0, 'WITHSCORES')[2]
  local untidy_at = math.min(tonumber(first_stale or NEVER),
    first_ended and tonumber(first_ended) + report_after_ms() or NEVER)
  if pool.oldest_report <= pool.reports_made then
    untidy_at = math.min(untidy_at, pool.oldest_report_at + report_window_ms())
  end
  pool.untidy_at = untidy_at
end

function forget(kind, id)
  if kind == STALE_DEVICE then
    -- Not `retire`: the device was not seen just now, and its blocks lapse from when it was.
    local device = Devices.find(id)
    if device then
      Devices.remove(device)
    end
  elseif kind == STALE_BAN then
    Safety.remove_ban(id)
  elseif kind == STALE_DISMISSALS then
    call('HDEL', DISMISSED, id)
  else
    forget_order(id)
  end
end
