-- Instants and days, as in `time.rs`.

function after(instant, millis)
  return math.min(instant + millis, MAX)
end

function day_end(day)
  return math.min((day + 1) * DAY + day_offset_min * 60000, MAX)
end

-- A number as Redis takes it: never with an exponent.
function digits(number)
  return string.format('%d', number)
end
