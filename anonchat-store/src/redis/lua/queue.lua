-- The queues, and the search through those that are compatible. All are in one set: the score is
-- the bucket, and within it the commit of the join.

-- How many can be matched.
function Queues.here()
  local here = 0
  for _, count in ipairs(Queues.by_bucket()) do
    here = here + count
  end
  return here
end

-- The same for each bucket, bucket 0 first.
function Queues.by_bucket()
  local counts = {parse(QUEUES, pool.counts)}
  -- This one is where the string ends.
  counts[26] = nil
  return counts
end

-- How many can be matched in these buckets.
function Queues.count(buckets)
  local sum = 0
  for place, count in ipairs(Queues.by_bucket()) do
    if bit.band(buckets, 2 ^ (place - 1)) ~= 0 then
      sum = sum + count
    end
  end
  return sum
end

-- How many in the ticket's bucket come before it.
function Queues.rank(ticket)
  local first = ticket.bucket * QUEUE
  return call('ZCOUNT', WAITING, digits(first), '(' .. digits(first + ticket.seq))
end

function Queues.push(device, ticket)
  ticket.here = true
  note_occupied(ticket.bucket, 1)
  call('ZADD', WAITING, digits(ticket.bucket * QUEUE + ticket.seq), device.id)
end

function Queues.set_here(device)
  Queues.push(device, device.ticket)
end

function Queues.set_away(device)
  Queues.remove(device, device.ticket)
end

-- Takes somebody out of the queue, if they are in it.
function Queues.remove(device, ticket)
  if ticket.here then
    ticket.here = false
    note_occupied(ticket.bucket, -1)
    call('ZREM', WAITING, device.id)
  end
end

-- There are so many more in a bucket.
function note_occupied(bucket, more)
  local counts, place = pool.counts, 4 * bucket
  pool.counts = string.sub(counts, 1, place) .. pack('>I4', parse('>I4', counts, place + 1) + more)
    .. string.sub(counts, place + 5)
end

-- The queues of those who may be matched as far as gender and filter go, for a search among
-- those who arrived after `seq`.
function Queues.candidates(compatible, seq)
  local heads = {}
  for place, count in ipairs(Queues.by_bucket()) do
    if count > 0 and bit.band(compatible, 2 ^ (place - 1)) ~= 0 then
      heads[#heads + 1] = {first = (place - 1) * QUEUE, seq = seq, page = {}, at = 1, size = 1}
    end
  end
  return heads
end

-- The longest-waiting of all who were not taken yet, and the commit of the join.
function Candidates.next(heads)
  local best
  for _, head in ipairs(heads) do
    if not head.page[head.at] and head.size then
      -- One is mostly enough.
      local page = call('ZRANGEBYSCORE', WAITING, '(' .. digits(head.first + head.seq),
        '(' .. digits(head.first + QUEUE), 'WITHSCORES', 'LIMIT', 0, head.size)
      head.page, head.at, head.size = page, 1, #page == 2 * head.size and 64
    end
    if head.page[head.at] then
      head.seq = tonumber(head.page[head.at + 1]) - head.first
      if not best or head.seq < best.seq then
        best = head
      end
    end
  end
  if best then
    best.at = best.at + 2
    return best.page[best.at - 2], best.seq
  end
end

-- Looks for the longest-waiting acceptable person for `device`, whose join is to be compatible
-- with these, among those who arrived after `seq`. Returns the person, or how far an unfinished
-- search has looked, or nothing.
function search(device, compatible, seq)
  local former, looked = device.last and device.last.partner, 0
  local heads, blocks = Queues.candidates(compatible, seq), nil
  while true do
    local id, joined = Candidates.next(heads)
    if not id then
      return
    end
    if id ~= device.id then
      if blocks == nil then
        blocks = Blocks.touches(device.id)
      end
      local excluded = id == former and former_partner(device)
        or blocks and Blocks.between(device.id, id)
      if not excluded then
        return Devices.find(id)
      end
      looked = looked + 1
      if looked == LOOK_PAST then
        return nil, joined
      end
    end
  end
end

-- Pairs an arrival with the longest-waiting acceptable person, or lets it wait.
function arrive(device, wish, persona)
  local bucket, compatible = parse('>I1I4', wish.rows, wish.from + 5 * persona.gender)
  local waiting, searched = search(device, compatible, 0)
  if waiting then
    return pair(device, wish.filter, persona, waiting)
  end
  device.ticket = {
    persona = persona, bucket = bucket, filter = wish.filter, compatible = compatible,
    since = clock, seq = pool.seq, searched = searched or false, here = false,
  }
  Queues.push(device, device.ticket)
  if searched then
    Due.insert(clock, DUE_SEARCH .. device.id)
  end
  expect_rematch(device)
  tell(device, QUEUED, pack('>I1I8', wish.filter, clock) .. allowance(device))
end

-- Looks (on) for a partner of somebody who waits and can be matched.
-- seldom
function match_waiting(device, seq)
  local ticket = matchable(device)
  if not ticket then
    return
  end
  local waiting, searched = search(device, ticket.compatible, seq)
  if waiting then
    return pair_waiting(device, waiting)
  end
  ticket.searched = searched or false
  if searched then
    Due.insert(clock, DUE_SEARCH .. device.id)
  end
end

-- Pairs two who both wait.
function pair_waiting(device, waiting)
  local ticket = take_ticket(device)
  if ticket then
    pair(device, ticket.filter, ticket.persona, waiting)
  end
end

-- Ends somebody's waiting.
function take_ticket(device)
  local ticket = device.ticket
  if ticket then
    Queues.remove(device, ticket)
    device.ticket = false
  end
  return ticket
end
