-- The record of a device as one string. What is over is left out; what is absent takes no room.
--
--   I2 parts · each part that is there: 1 conn, client, grace · 2 end of the grace · 32 end of the
--   cooldown · 64 last partner · 128 today's matches · 256 known gender · 512 kept until · 4 or 16
--   gender and mark of a ticket or a talk, and the ticket or the talk · 8 how far the ticket's
--   search went · 4 or 16 the profile

-- Nothing is known of a device.
function blank(id)
  return {
    id = id, conn = false, client = 0, grace = 0, away = false, ticket = false, talk = false,
    cooldown = 0, last = false, tally = false, known = false, kept = false,
  }
end

function read_device(id, record)
  local device = blank(id)
  local parts, from = parse('>I2', record)
  if bit.band(parts, HAS_CONN) ~= 0 then
    device.conn, device.client, device.grace, from = parse('>c16I1I1', record, from)
  end
  if bit.band(parts, HAS_AWAY) ~= 0 then
    device.away, from = parse('>I6', record, from)
  end
  if bit.band(parts, HAS_COOLDOWN) ~= 0 then
    device.cooldown, from = parse('>I6', record, from)
  end
  if bit.band(parts, HAS_LAST) ~= 0 then
    local pair, partner, ends, rest = parse('>c16c16I6', record, from)
    device.last, from = {pair = pair, partner = partner, ends = ends}, rest
  end
  if bit.band(parts, HAS_TALLY) ~= 0 then
    local day, total, first, second, third, fourth, rest = parse('>I3I4I2I2I2I2', record, from)
    device.tally, from = {day = day, total = total, first, second, third, fourth}, rest
  end
  if bit.band(parts, HAS_KNOWN) ~= 0 then
    local given, gender, proof, rest = parse('>I6I1I1', record, from)
    device.known, from = {given = given, gender = gender, proof = proof}, rest
  end
  if bit.band(parts, HAS_KEPT) ~= 0 then
    device.kept, from = parse('>I6', record, from)
  end
  if bit.band(parts, HAS_TICKET) ~= 0 then
    local gender, verified, bucket, filter, compatible, since, seq, rest =
      parse('>I1I1I1I1I4I6I6', record, from)
    local searched = false
    if bit.band(parts, HAS_SEARCHED) ~= 0 then
      searched, rest = parse('>I6', record, rest)
    end
    device.ticket = {
      persona = {gender = gender, verified = verified, profile = string.sub(record, rest)},
      bucket = bucket, filter = filter, compatible = compatible, since = since, seq = seq,
      searched = searched, here = not device.away,
    }
  elseif bit.band(parts, HAS_TALK) ~= 0 then
    local gender, verified, pair, side, arrival, partner, since, rest =
      parse('>I1I1c16I1I1c16I6', record, from)
    device.talk = {
      persona = {gender = gender, verified = verified, profile = string.sub(record, rest)},
      pair = pair, side = side, arrival = arrival, partner = partner, since = since,
    }
    -- Whoever talks was matched with this partner last.
    device.last = {pair = pair, partner = partner, ends = since}
  end
  return device
end

function write_device(device)
  local parts, last, tally, known = 0, device.last, device.tally, device.known
  local record = ''
  if device.conn then
    parts = HAS_CONN
    record = pack('>c16I1I1', device.conn, device.client, device.grace)
  end
  if device.away then
    parts = parts + HAS_AWAY
    record = record .. pack('>I6', device.away)
  end
  if clock < device.cooldown then
    parts = parts + HAS_COOLDOWN
    record = record .. pack('>I6', device.cooldown)
  end
  if last and not device.talk then
    parts = parts + HAS_LAST
    record = record .. pack('>c16c16I6', last.pair, last.partner, last.ends)
  end
  if tally and tally.day == today() then
    parts = parts + HAS_TALLY
    record = record
      .. pack('>I3I4I2I2I2I2', tally.day, tally.total, tally[1], tally[2], tally[3], tally[4])
  end
  if known and clock < known_until(known.given) then
    parts = parts + HAS_KNOWN
    record = record .. pack('>I6I1I1', known.given, known.gender, known.proof)
  end
  if device.kept then
    parts = parts + HAS_KEPT
    record = record .. pack('>I6', device.kept)
  end
  if device.ticket then
    local ticket, persona = device.ticket, device.ticket.persona
    parts = parts + HAS_TICKET
    record = record .. pack('>I1I1I1I1I4I6I6', persona.gender, persona.verified, ticket.bucket,
      ticket.filter, ticket.compatible, ticket.since, ticket.seq)
    if ticket.searched then
      parts = parts + HAS_SEARCHED
      record = record .. pack('>I6', ticket.searched)
    end
    record = record .. persona.profile
  elseif device.talk then
    local talk, persona = device.talk, device.talk.persona
    parts = parts + HAS_TALK
    record = record .. pack('>I1I1c16I1I1c16I6', persona.gender, persona.verified, talk.pair,
      talk.side, talk.arrival, talk.partner, talk.since) .. persona.profile
  end
  return pack('>I2', parts) .. record
end

-- Writes every record that this command has changed.
function write_devices()
  for i = 1, #touched do
    local id = touched[i]
    local device = devices[id]
    if not device then
      if records[id] then
        call('HDEL', DEVICE, id)
      end
    else
      local record = write_device(device)
      if record ~= records[id] then
        call('HSET', DEVICE, id, record)
      end
    end
  end
end
