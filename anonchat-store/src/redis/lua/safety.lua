-- Reports and what they lead to: bans, and reporters who no longer count.
--
-- A report is as `decode.rs` takes it; `against` has for each accused a row of
-- `c16 reporter c8 report I6 when`, oldest first; `dismissed` for each reporter a row of `I6 when`;
-- `ban` for each device the last word about it, `I6 when it was given I6 the end of the ban`;
-- `ban-end` the bans that were not over when they were given, `I6 the end c16 device`.

-- A report no longer counts.
function Safety.withdraw(target, report)
  local row = call('HGET', AGAINST, target)
  if row then
    local kept = {}
    for from = 1, #row, 30 do
      if string.sub(row, from + 16, from + 23) ~= report then
        kept[#kept + 1] = string.sub(row, from, from + 29)
      end
    end
    if #kept > 0 then
      call('HSET', AGAINST, target, table.concat(kept))
    else
      call('HDEL', AGAINST, target)
    end
  end
end

-- Forgets the last word about a device.
function Safety.remove_ban(id)
  local record = call('HGET', BAN, id)
  if record then
    call('HDEL', BAN, id)
    call('ZREM', BAN_END, string.sub(record, 7) .. id)
  end
  return record
end

function report(id, pair, side, reason, note)
  local accused = met(id, pair, side)
  if not accused then
    return UNKNOWN_PEER
  end
  if mark_reported(pair, side) then
    return ALREADY_REPORTED
  end
  local counted = not is_muted(id)
  if pool.reports_made < pool.oldest_report then
    pool.oldest_report_at = clock
    pool.untidy_at = math.min(pool.untidy_at, clock + report_window_ms())
  end
  pool.reports_made = pool.reports_made + 1
  local number = pack('>I8', pool.reports_made)
  call('HSET', REPORT, number, pack('>c8I8c16c16I1I1', number, clock, id, accused,
    counted and 1 or 0, 0) .. string.sub(note, 1, 1) .. pack('>I4', #reason) .. reason
    .. string.sub(note, 2))
  local device = Devices.find(id)
  if device then
    tell(device, REPORTED, pack('>c16I1', pair, side))
  end
  if counted then
    accuse(accused, id, number)
  end
end

-- Counts a report, and bans when enough different people have reported.
function accuse(accused, reporter, number)
  local kept, row = {}, call('HGET', AGAINST, accused) or ''
  for from = 1, #row, 30 do
    local former, _, at = parse('>c16c8I6', row, from)
    if former ~= reporter and clock < after(at, report_window_ms()) then
      kept[#kept + 1] = string.sub(row, from, from + 29)
    end
  end
  kept[#kept + 1] = pack('>c16c8I6', reporter, number, clock)
  if #kept >= reports_to_ban then
    ban(accused, after(clock, ban_ms()))
  else
    call('HSET', AGAINST, accused, table.concat(kept))
  end
end

-- Bans a device, here and in the other pools. An end in the past is a lift.
function ban(id, ends)
  local before = last_ban(id)
  local given = math.max(clock, before and after(before.given, 1) or 0)
  note(BANS, id, given, pack('>I8I1I1', ends, 0, 0))
  impose(id, given, ends)
end

function lift(id)
  ban(id, 0)
end

-- Bans a device and ends what it is doing, or lifts its ban; the reports behind it are used up
-- either way.
function impose(id, given, ends)
  local kept_until = ban_kept_until(given, ends)
  if Safety.remove_ban(id) then
    Stale.remove(STALE_BAN .. id)
  end
  call('HDEL', AGAINST, id)
  if clock < kept_until then
    call('HSET', BAN, id, pack('>I6I6', given, ends))
    Stale.insert(kept_until, STALE_BAN .. id)
  end
  if ends <= clock then
    return
  end
  call('ZADD', BAN_END, 0, pack('>I6', ends) .. id)
  local device = Devices.find(id)
  if device then
    stop(device, BY_BAN)
    forget_away(device)
    tell(device, BANNED, pack('>I8', ends))
    unhook(device)
    retire(device)
  end
end

function dismiss(number)
  local record = call('HGET', REPORT, number)
  if not record then
    return UNKNOWN_REPORT
  end
  local at, reporter, target, _, dismissed = parse('>I8c16c16I1I1', record, 9)
  if clock >= after(at, report_window_ms()) then
    return UNKNOWN_REPORT
  end
  if dismissed == 1 then
    return
  end
  call('HSET', REPORT, number, string.sub(record, 1, 49) .. '\1' .. string.sub(record, 51))
  Safety.withdraw(target, number)
  local times = (call('HGET', DISMISSED, reporter) or '') .. pack('>I6', clock)
  call('HSET', DISMISSED, reporter, string.sub(times, -6 * dismissals_to_mute))
  Stale.insert(after(clock, dismissal_window_ms()), STALE_DISMISSALS .. reporter)
end

-- Whether so many reports of a device were dismissed that it no longer counts.
function is_muted(reporter)
  local recent, times = 0, call('HGET', DISMISSED, reporter) or ''
  for from = 1, #times, 6 do
    if clock < after(parse('>I6', times, from), dismissal_window_ms()) then
      recent = recent + 1
    end
  end
  return recent >= dismissals_to_mute
end

-- The end of a device's ban, if it is banned now.
function banned_until(id)
  local record = call('HGET', BAN, id)
  if record then
    local _, ends = parse('>I6I6', record)
    return clock < ends and ends
  end
end

-- The last ban or lift of a device that may still matter.
function last_ban(id)
  local record = call('HGET', BAN, id)
  if record then
    local given, ends = parse('>I6I6', record)
    return clock < ban_kept_until(given, ends) and {given = given, ends = ends}
  end
end

-- Until when a ban or a lift is remembered. With other pools an earlier order may still be on its
-- way when this one is over; one for reports is over itself after the time of a ban.
function ban_kept_until(given, ends)
  return other_pools == 1 and math.max(ends, after(given, ban_ms())) or ends
end

function ban_ms()
  return ban_s * 1000
end

function report_window_ms()
  return report_window_s * 1000
end

function dismissal_window_ms()
  return dismissal_window_s * 1000
end
