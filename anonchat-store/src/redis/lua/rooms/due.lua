-- What happens at an instant unless it is withdrawn before: the same thing at one instant only.
-- Things of one instant stand in the order of their kinds and names.

function Due.insert(instant, what)
  call('ZADD', DUE, digits(instant), what)
end

function Due.remove(what)
  call('ZREM', DUE, what)
end

-- The first thing that is due by now.
function Due.first()
  return call('ZRANGEBYSCORE', DUE, 0, digits(clock), 'LIMIT', 0, 1)[1]
end
