-- What holds in every pool: orders for the other pools, and the orders of theirs.
--
-- `outbox` has kind and device of the last order of each kind about each device, by the number of
-- the commit that gave it; `order` has the order itself:
-- `c16 device I8 when it was given I1 kind I8 end of the ban I1 gender I1 proof`.

function Orders.insert(number, what, order)
  call('ZADD', OUTBOX, digits(number), what)
  call('HSET', ORDER, what, order)
end

function Orders.remove(what)
  call('ZREM', OUTBOX, what)
  call('HDEL', ORDER, what)
end

-- Keeps an order for the other pools, if there are any.
function note(kind, id, given, measure)
  if other_pools == 1 then
    local order = pack('>c16I8I1', id, given, kind) .. measure
    local ends = pointless_from(order)
    if ends then
      Stale.insert(ends, STALE_ORDER .. id)
    end
    Orders.insert(pool.seq, pack('>I1', kind) .. id, order)
  end
end

function withdraw_order(what)
  Orders.remove(what)
  if string.byte(what) == VERIFIES then
    Stale.remove(STALE_ORDER .. string.sub(what, 2))
  end
end

-- Forgets that a gender was known, which no other pool needs to hear any more.
function forget_order(id)
  Orders.remove(pack('>I1', VERIFIES) .. id)
end

-- From when on nobody needs an order. A ban that is over may still have to end a longer one.
function pointless_from(order)
  local given, kind = parse('>I8I1', order, 17)
  return kind == VERIFIES and known_until(given)
end

-- Carries out an order of another pool, if it is news.
function adopt(id, given, kind, ends, gender, proof)
  if kind == BANS then
    local held = last_ban(id)
    local news = held and (held.given < given or held.given == given and held.ends < ends)
      or not held and clock < ban_kept_until(given, ends)
    if news then
      impose(id, given, ends)
    end
  else
    local held = last_known(id)
    local news = not held or held.given < given or held.given == given
      and (held.gender < gender or held.gender == gender and held.proof < proof)
    if news and clock < known_until(given) then
      know(id, given, gender, proof)
    end
  end
end

-- The other pools have every order up to this number.
function settle(upto)
  for _, what in ipairs(call('ZRANGEBYSCORE', OUTBOX, 0, digits(upto))) do
    withdraw_order(what)
  end
end

-- The orders for the other pools that still matter, from the one after `last` on.
function pending_orders(last, limit)
  local orders = {}
  while #orders < limit do
    local page = call('ZRANGEBYSCORE', OUTBOX, '(' .. digits(last), '+inf', 'WITHSCORES', 'LIMIT',
      0, 256)
    if #page == 0 then
      break
    end
    for i = 1, #page, 2 do
      local order = call('HGET', ORDER, page[i])
      local ends = pointless_from(order)
      last = tonumber(page[i + 1])
      if #orders < limit and not (ends and ends <= clock) then
        orders[#orders + 1] = pack('>I8', last) .. order
      end
    end
  end
  return orders
end
