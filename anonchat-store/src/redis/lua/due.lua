-- What happens at an instant, and what is forgotten at one, unless it is withdrawn before.
--
-- The same may be due at several instants, so that the instant is a part of the name. Those of one
-- instant stand in the order of their kinds and ids.

function Due.insert(instant, what)
  call('ZADD', DUE, digits(instant), what .. pack('>I6', instant))
end

function Due.remove(instant, what)
  call('ZREM', DUE, what .. pack('>I6', instant))
end

-- The first thing that is due by now.
function Due.first()
  return call('ZRANGEBYSCORE', DUE, 0, digits(clock), 'LIMIT', 0, 1)[1]
end

function Stale.insert(instant, what)
  call('ZADD', STALE, digits(instant), what)
  pool.untidy_at = math.min(pool.untidy_at, instant)
end

function Stale.remove(what)
  call('ZREM', STALE, what)
end
