-- Which connection speaks for a device, and what the loss of it means.

-- `only` is the pair in which the device has to be, or nothing.
function attach(id, conn, client, grace, again, only)
  local refusal = check_dice()
  if refusal then
    return refusal
  end
  local banned = banned_until(id)
  if banned then
    return IS_BANNED, banned
  end
  local held = Devices.find(id)
  if again == 1 and held and held.conn and held.conn ~= conn then
    -- Whoever missed that it was replaced may not do the same to the newer one.
    return IS_REPLACED, held.client
  end
  local talk = held and held.talk
  if only and not (talk and talk.pair == only) then
    return UNKNOWN_PEER
  end
  if talk and talk.arrival ~= DIRECT and client ~= SEEKER and client ~= CAPABILITY then
    return IS_REPLACED, CAPABILITY
  end
  local device = enter(id)
  if talk and client == SEEKER and talk.arrival ~= EXPECTED then
    stop(device, BY_CHOICE)
  end
  local former = device.conn
  if former and former ~= conn then
    tell(device, REPLACED, pack('>I1', client))
    unhook(device)
    tell_away(device, grace_end())
  end
  device.conn, device.client, device.grace = conn, client, grace
  local arrives = device.talk and device.talk.arrival == EXPECTED and client ~= SEEKER
  if arrives then
    device.talk.arrival = ARRIVED
  end
  if former ~= conn then
    Leases.add(string.sub(conn, 1, 8), id)
    pool.online = pool.online + 1
  end
  if arrives or former ~= conn and client ~= SEEKER then
    tell_partner(device, PEER_BACK, conn)
  end
  local returned = forget_away(device)
  tell(device, ATTACHED, allowance(device) .. pack('>I1', gender_now(device) or 0) .. phase(device))
  if returned and device.ticket then
    Queues.set_here(device)
    expect_rematch(device)
    match_waiting(device, 0)
  end
end

function detach(id, conn)
  local device = holder(id, conn)
  if not device then
    return NOT_ATTACHED
  end
  lose(device)
end

-- The connection of a device is gone: it is away within the grace, or it has left.
function lose(device)
  if not device.conn then
    return
  end
  local grace = device.grace == 1 and grace_s > 0
  unhook(device)
  if grace and (device.ticket or device.talk) then
    local ends = grace_end()
    if device.ticket then
      Queues.set_away(device)
    end
    device.away = ends
    Due.insert(ends, DUE_GRACE .. device.id)
    tell_away(device, ends)
  else
    stop(device, BY_LOSS)
    retire(device)
  end
end

-- The grace of somebody away has ended.
function end_grace(device)
  if forget_away(device) then
    stop(device, BY_LOSS)
    retire(device)
  end
end

-- Takes a device's connection from it without any other consequence.
function unhook(device)
  if device.conn then
    Leases.remove(string.sub(device.conn, 1, 8), device.id)
    device.conn = false
    pool.online = pool.online - 1
  end
end

-- The device is no longer away. Returns whether it was.
function forget_away(device)
  local ends = device.away
  if ends then
    device.away = false
    Due.remove(ends, DUE_GRACE .. device.id)
  end
  return ends
end

-- The record of a device, if `conn` speaks for it.
function holder(id, conn)
  local device = Devices.find(id)
  return device and device.conn == conn and device
end

-- The record of a device, made if there is none, and no longer to be dropped.
function enter(id)
  local device = Devices.enter(id)
  if device.kept then
    Stale.remove(STALE_DEVICE .. id)
    if device.kept <= clock then
      Devices.remove(device)
      device = Devices.enter(id)
    end
    device.kept = false
  end
  return device
end

-- Drops the record of a device that is gone, now or when its last rule has ended. One that was
-- gone before stays as it is: it was not seen just now.
function retire(device)
  if is_present(device) or device.kept then
    return
  end
  Blocks.note_seen(device.id)
  local ends = tally(device).total > 0 and day_end(today()) or 0
  ends = math.max(ends, device.cooldown, device.last and device.last.ends or 0,
    device.known and known_until(device.known.given) or 0)
  if clock < ends then
    device.kept = ends
    Stale.insert(ends, STALE_DEVICE .. device.id)
  else
    Devices.remove(device)
  end
end

function phase(device)
  local ticket, talk = device.ticket, device.talk
  if ticket then
    local profile = ticket.persona.profile
    return pack('>I1I1I8I4', WAITS, ticket.filter, ticket.since, #profile) .. profile
  elseif talk then
    local partner, profile = Devices.find(talk.partner), talk.persona.profile
    return pack('>I1I8c16I1I4', TALKS, talk.since, talk.pair, talk.side, #profile)
      .. profile .. as_peer(partner, partner.talk.persona, partner.talk.arrival)
  end
  return pack('>I1', IDLE)
end

function grace_end()
  return after(clock, grace_s * 1000)
end

-- Of somebody who is expected it is nothing new that they are not there.
function tell_away(device, ends)
  if device.talk and device.talk.arrival ~= EXPECTED then
    tell_partner(device, PEER_AWAY, pack('>I8', ends))
  end
end

-- Tells the partner something that begins with the pair.
function tell_partner(device, kind, rest)
  if device.talk then
    tell(Devices.find(device.talk.partner), kind, device.talk.pair .. rest)
  end
end
