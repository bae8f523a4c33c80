-- Blocks: two people who never meet again.
--
-- `block` has for each blocker and blocked the name; `block-index` orders them by either device,
-- and `block-name` by blocker and name.

-- Whether a device blocks or is blocked.
function Blocks.touches(device)
  return #call('ZRANGEBYLEX', BLOCK_INDEX, '[' .. device, '(' .. device .. 'p', 'LIMIT', 0, 1) > 0
end

-- Whether one of the two blocks the other.
function Blocks.between(one, other)
  local names = call('HMGET', BLOCK, one .. other, other .. one)
  return names[1] or names[2]
end

function Blocks.find(blocker, blocked)
  return call('HGET', BLOCK, blocker .. blocked)
end

function Blocks.count(blocker)
  return call('ZLEXCOUNT', BLOCK_INDEX, '[' .. blocker .. 'o', '(' .. blocker .. 'p')
end

-- Whom a block is about; the lowest device, should two blocks have the same name.
function Blocks.by_name(blocker, name)
  local first = blocker .. name
  local found = call('ZRANGEBYLEX', BLOCK_NAME, '[' .. first,
    '[' .. first .. string.rep('\255', 16), 'LIMIT', 0, 1)[1]
  return found and string.sub(found, 34)
end

function Blocks.insert(blocker, blocked, name)
  call('HSET', BLOCK, blocker .. blocked, name)
  call('ZADD', BLOCK_INDEX, 0, blocker .. 'o' .. blocked, 0, blocked .. 'i' .. blocker)
  call('ZADD', BLOCK_NAME, 0, blocker .. name .. blocked)
end

function Blocks.remove(blocker, blocked)
  local name = Blocks.find(blocker, blocked)
  call('HDEL', BLOCK, blocker .. blocked)
  call('ZREM', BLOCK_INDEX, blocker .. 'o' .. blocked, blocked .. 'i' .. blocker)
  call('ZREM', BLOCK_NAME, blocker .. name .. blocked)
  for _, device in ipairs({blocker, blocked}) do
    if not Blocks.touches(device) then
      call('HDEL', SEEN, device)
    end
  end
end

-- Notes that a device is gone since now, if that will matter.
function Blocks.note_seen(device)
  if Blocks.touches(device) then
    call('HSET', SEEN, device, pack('>I6', clock))
  end
end

function block(id, pair, side)
  local other = met(id, pair, side)
  if not other then
    return UNKNOWN_PEER
  end
  local name = Blocks.find(id, other)
  if not name then
    if Blocks.count(id) >= max_blocks then
      return TOO_MANY_BLOCKS, max_blocks
    end
    name = pack('>c16I1', pair, side)
    Blocks.insert(id, other, name)
    for _, one in ipairs({id, other}) do
      if not is_here(one) then
        Blocks.note_seen(one)
      end
    end
    Due.insert(lapse_end(clock), DUE_LAPSE .. id .. other)
  end
  local device = Devices.find(id)
  if device then
    local talk = device.talk
    if talk and talk.partner == other then
      stop(device, BY_BLOCK)
      if string.sub(name, 1, 16) ~= talk.pair then
        -- The name is that of an earlier pair, which does not say what has ended.
        tell(device, PEER_LEFT, pack('>c16I1', talk.pair, BY_BLOCK))
      end
      forget_away(device)
    end
    tell(device, BLOCKED, name)
    retire(device)
  end
end

function unblock(id, name)
  local refusal = check_dice()
  if refusal then
    return refusal
  end
  local other = Blocks.by_name(id, name)
  if not other then
    return UNKNOWN_BLOCK
  end
  Blocks.remove(id, other)
  local device, former = Devices.find(id), Devices.find(other)
  if device then
    tell(device, UNBLOCKED, name)
  end
  if device and former then
    pair_if_acceptable(device, former)
  end
end

-- The time of a block has come: it goes unless one of the two was here since.
function lapse(blocker, blocked)
  if not Blocks.find(blocker, blocked) then
    return
  end
  local seen = 0
  for _, id in ipairs({blocker, blocked}) do
    if is_here(id) then
      seen = clock
    else
      local last = call('HGET', SEEN, id)
      seen = math.max(seen, last and parse('>I6', last) or 0)
    end
  end
  local ends = lapse_end(seen)
  if ends <= clock then
    Blocks.remove(blocker, blocked)
  else
    Due.insert(ends, DUE_LAPSE .. blocker .. blocked)
  end
end

function is_here(id)
  local device = Devices.find(id)
  return device and is_present(device)
end

function lapse_end(seen)
  return after(seen, block_lapse_days * DAY)
end
