-- Who has met whom: the authority to report and to block.
--
-- A meeting is `c16 first member c16 second member I1 whom of them the other has reported, one bit
-- each`, and once it has ended `I6 when`.

function Met.get(pair)
  local record = call('HGET', MEETING, pair)
  if record then
    local meeting = {}
    meeting[0], meeting[1], meeting.reported = parse('>c16c16I1', record)
    meeting.ended = #record > 33 and parse('>I6', record, 34)
    return meeting
  end
end

function Met.begin(pair, first, second)
  pool.talking, pool.matches = pool.talking + 1, pool.matches + 1
  call('HSET', MEETING, pair, first .. second .. '\0')
end

function Met.end_(pair)
  pool.talking = pool.talking - 1
  call('HSET', MEETING, pair, call('HGET', MEETING, pair) .. pack('>I6', clock))
  call('ZADD', ENDED, digits(clock), pair)
  pool.untidy_at = math.min(pool.untidy_at, clock + report_after_ms())
end

-- Forgets pairs that ended so long ago or longer, at most so many.
function Met.forget_one(after_ms, budget)
  local due = call('ZRANGEBYSCORE', ENDED, 0, digits(clock - after_ms), 'WITHSCORES', 'LIMIT', 0,
    budget)
  for i = 1, #due, 2 do
    local meeting = Met.get(due[i])
    -- Another pair may have the id by now: this one was of no account any more.
    if meeting and meeting.ended == tonumber(due[i + 1]) then
      call('HDEL', MEETING, due[i])
    end
    call('ZREM', ENDED, due[i])
  end
end

function report_after_ms()
  return report_after_s * 1000
end

-- Whether a meeting still gives its members a say about each other.
function is_recent(meeting)
  return not meeting.ended or clock < after(meeting.ended, report_after_ms())
end

-- Whether a pair id names a meeting that still counts for something.
function is_used(pair)
  local meeting = Met.get(pair)
  return meeting and is_recent(meeting)
end

-- The device behind a side of a pair, if `viewer` talks to it or did a short time ago.
function met(viewer, pair, side)
  local meeting = Met.get(pair)
  if meeting and meeting[1 - side] == viewer and is_recent(meeting) then
    return meeting[side]
  end
end

-- Notes that a side of a pair was reported by the other. Returns whether it already was.
function mark_reported(pair, side)
  local meeting, flag = Met.get(pair), side + 1
  if bit.band(meeting.reported, flag) ~= 0 then
    return true
  end
  local record = meeting[0] .. meeting[1] .. pack('>I1', meeting.reported + flag)
  call('HSET', MEETING, pair, record .. (meeting.ended and pack('>I6', meeting.ended) or ''))
end
