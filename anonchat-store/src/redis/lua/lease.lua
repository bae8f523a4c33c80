-- Servers: which devices hang on which, and when one counts as dead.

-- Notes that a device hangs on a server. One that was never heard of is alive from now on.
function Leases.add(node, id)
  local ends = lease_end()
  if call('HSETNX', LEASE, node, pack('>I6', ends)) == 1 then
    Due.insert(ends, DUE_LEASE .. node)
  end
  call('ZADD', HANGING, 0, node .. id)
end

function Leases.remove(node, id)
  call('ZREM', HANGING, node .. id)
end

-- The lowest device that hangs on a server.
function Leases.lowest_device(node)
  local found = call('ZRANGEBYLEX', HANGING, '[' .. node, '[' .. node .. string.rep('\255', 16),
    'LIMIT', 0, 1)[1]
  return found and string.sub(found, 9)
end

function Leases.forget(node)
  call('HDEL', LEASE, node)
end

function renew(node)
  local former, ends = call('HGET', LEASE, node), lease_end()
  if former then
    Due.remove(parse('>I6', former), DUE_LEASE .. node)
  end
  call('HSET', LEASE, node, pack('>I6', ends))
  Due.insert(ends, DUE_LEASE .. node)
end

function lease_end()
  return after(clock, lease_s * 1000)
end
