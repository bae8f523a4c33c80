-- What time alone brings about.

-- Carries out what is due: a limited number of things and at most one pair, for there is one pair
-- id a command.
function sweep()
  local refusal = check_dice()
  if refusal then
    return refusal
  end
  for _ = 1, SWEEP do
    local what = Due.first()
    if not what then
      return
    end
    local kind = string.sub(what, 1, 1)
    local device = kind == DUE_LEASE and Leases.lowest_device(string.sub(what, 2, 9))
    if device then
      lose(Devices.find(device))
    else
      call('ZREM', DUE, what)
      carry_out(kind, string.sub(what, 2, -7))
      if not dice then
        return
      end
    end
  end
end

-- Whether another sweep has something to do at this instant.
function has_due()
  return Due.first()
end

function carry_out(kind, id)
  if kind == DUE_LEASE then
    return Leases.forget(id)
  elseif kind == DUE_LAPSE then
    return lapse(string.sub(id, 1, 16), string.sub(id, 17))
  end
  local device = Devices.find(id)
  if not device then
    return
  elseif kind == DUE_GRACE then
    end_grace(device)
  elseif kind == DUE_REMATCH then
    try_rematch(device)
  elseif kind == DUE_SEARCH then
    local ticket = matchable(device)
    if ticket and ticket.searched then
      match_waiting(device, ticket.searched)
    end
  end
end

-- Notes when somebody who can be matched from now on may meet a former partner who waits.
function expect_rematch(device)
  local partner = former_partner(device)
  if partner and matchable(partner) then
    Due.insert(device.last.ends, DUE_REMATCH .. device.id)
  end
end

function try_rematch(device)
  local partner = device.last and Devices.find(device.last.partner)
  if not partner then
    return
  end
  local one, other = device.ticket, partner.ticket
  if one and other and one.seq < other.seq then
    pair_if_acceptable(partner, device)
  else
    pair_if_acceptable(device, partner)
  end
end

-- Pairs two people if both wait and nothing stands between them (any more).
function pair_if_acceptable(device, other)
  if device ~= other and acceptable(device, other) then
    pair_waiting(device, other)
  end
end

-- Whether two people who wait may be paired now.
function acceptable(device, other)
  local one, two = matchable(device), matchable(other)
  return one and two and bit.band(one.compatible, 2 ^ two.bucket) ~= 0
    and not Blocks.between(device.id, other.id) and former_partner(device) ~= other
end
