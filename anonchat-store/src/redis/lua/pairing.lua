-- Joining, going on and leaving; how a pair begins and ends.

function join(id, conn, wish)
  local refusal = check_dice()
  if refusal then
    return refusal
  end
  local device = holder(id, conn)
  if not device then
    return NOT_ATTACHED
  end
  return try_join(device, wish)
end

function next(id, conn, wish)
  local refusal = check_dice()
  if refusal then
    return refusal
  end
  local device = holder(id, conn)
  if not device then
    return NOT_ATTACHED
  end
  stop(device, BY_NEXT)
  tell(device, LEFT, '')
  local code, first, second = try_join(device, wish)
  if code then
    tell(device, JOIN_REFUSED, pack('>I1I8I1', code, first or 0, second or 0))
  end
end

function leave(id, conn, why)
  local device = holder(id, conn)
  if not device then
    return NOT_ATTACHED
  end
  stop(device, why)
  tell(device, LEFT, '')
end

function try_join(device, wish)
  if device.talk then
    return ALREADY_PAIRED
  elseif device.ticket then
    return ALREADY_WAITING
  end
  local persona, refusal = persona(device, wish)
  if not persona then
    return refusal
  end
  local code, first, second = admit(device, wish.filter)
  if code then
    return code, first, second
  end
  start_cooldown(device)
  arrive(device, wish, persona)
end

-- Makes a pair of an arrival and somebody who waits, and charges both.
function pair(device, filter, persona, waiting)
  local pair, ticket, since = dice, take_ticket(waiting), clock
  dice = nil
  Met.begin(pair, device.id, waiting.id)
  charge(device, filter)
  charge(waiting, ticket.filter)
  local one, other = arrival(device), arrival(waiting)
  local for_a, for_b =
    as_peer(waiting, ticket.persona, other), as_peer(device, persona, one)

  -- The exclusion of the two begins with the end of the pair.
  device.last = {pair = pair, partner = waiting.id, ends = since}
  device.talk = {
    pair = pair, side = 0, arrival = one, partner = waiting.id, since = since, persona = persona,
  }
  waiting.last = {pair = pair, partner = device.id, ends = since}
  waiting.talk = {
    pair = pair, side = 1, arrival = other, partner = device.id, since = since,
    persona = ticket.persona,
  }

  local matched = '>c16I1I8c8'
  tell(device, MATCHED, pack(matched, pair, 0, since, allowance(device)) .. for_a)
  tell(waiting, MATCHED, pack(matched, pair, 1, since, allowance(waiting)) .. for_b)
end

-- Ends whatever a device is doing. The device itself is not told.
function stop(device, why)
  take_ticket(device)
  local talk = device.talk
  if not talk then
    return
  end
  local ends, partner = after(clock, rematch_after_s * 1000), Devices.find(talk.partner)
  Met.end_(talk.pair)
  device.talk, device.last.ends = false, ends
  partner.talk, partner.last.ends = false, ends
  tell(partner, PEER_LEFT, pack('>c16I1', talk.pair, why))
  forget_away(partner)
  retire(partner)
end

-- The last partner, while that exclusion holds for both.
function former_partner(device)
  local last = device.last
  if last and clock < last.ends then
    local partner = Devices.find(last.partner)
    return partner and partner.last and partner.last.pair == last.pair and partner
  end
end
