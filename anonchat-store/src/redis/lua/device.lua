-- What is known of a device while one of its rules runs, and no longer. Read once in a command.

-- Whether it has a connection, or a place that is kept for it.
function is_present(device)
  return device.conn or device.ticket or device.talk
end

-- The ticket, while it waits and can be matched.
function matchable(device)
  return not device.away and device.ticket or nil
end

-- How it comes to a talk that its connection of now finds.
function arrival(device)
  return device.conn and device.client == SEEKER and EXPECTED or DIRECT
end

-- What a partner is shown of it while it is `persona`.
function as_peer(device, persona, arrival)
  local conn = arrival ~= EXPECTED and device.conn
  return pack('>I1I1I1I1c16I4', persona.gender, persona.verified, arrival, conn and 1 or 0,
    conn or string.rep('\0', 16), #persona.profile) .. persona.profile
end

function Devices.find(id)
  local device = devices[id]
  if device == nil then
    local record = call('HGET', DEVICE, id)
    device = record and read_device(id, record)
    records[id], devices[id], touched[#touched + 1] = record, device, id
  end
  return device or nil
end

-- The record of a device, made if there is none.
function Devices.enter(id)
  local device = Devices.find(id)
  if not device then
    device = blank(id)
    devices[id] = device
  end
  return device
end

-- Drops a record.
function Devices.remove(device)
  devices[device.id] = false
end
