-- Fair shares: the cooldown between joins and the daily limits.

function today()
  return math.floor(math.max(clock - day_offset_min * 60000, 0) / DAY)
end

-- Today's matches of a device.
function tally(device)
  local tally, day = device.tally, today()
  if tally and tally.day == day then
    return tally
  end
  return {day = day, total = 0, 0, 0, 0, 0}
end

-- Refuses a device that joins again too soon or has used up its matches of today.
function admit(device, filter)
  local tally = tally(device)
  if daily_total > 0 and tally.total >= daily_total then
    return TOTAL_USED, day_end(tally.day)
  end
  if filter > 0 and daily_per_filter > 0 and tally[filter] >= daily_per_filter then
    return FILTER_USED, day_end(tally.day), filter
  end
  if clock < device.cooldown then
    return COOLDOWN, device.cooldown
  end
end

function start_cooldown(device)
  device.cooldown = after(clock, cooldown_ms)
end

-- Counts a match for a device, under the filter it used.
function charge(device, filter)
  local tally = tally(device)
  tally.total = math.min(tally.total + 1, 4294967295)
  if filter > 0 then
    tally[filter] = math.min(tally[filter] + 1, 65535)
  end
  device.tally = tally
end

-- Matches left today, as they are told.
function allowance(device)
  local limit = daily_per_filter
  if limit == 0 then
    return pack('>I2I2I2I2', 65535, 65535, 65535, 65535)
  end
  local tally = tally(device)
  return pack('>I2I2I2I2', math.max(limit - tally[1], 0), math.max(limit - tally[2], 0),
    math.max(limit - tally[3], 0), math.max(limit - tally[4], 0))
end

-- Whether no match is left today through some filter.
function is_used_up(device)
  local tally = tally(device)
  local most = math.max(tally[1], tally[2], tally[3], tally[4])
  return daily_per_filter > 0 and most >= daily_per_filter
end
