-- Answers about sessions and rooms.

-- Looks without changing anything.
function read(question)
  local other = load_counters()
  if other then
    return {OTHER_SCHEMA, other}
  end
  return question()
end

function census()
  return {0, call('HLEN', SESSION), pool.bans, call('HLEN', ROOM), call('HLEN', SEAT),
    pool.messages, call('ZCARD', REPORTED)}
end

-- The number of a room, for one of its members, behind nothing; or why it is not shown.
function look(id, code)
  if not known(id) then
    return UNKNOWN_SESSION
  end
  return find_as_member(id, code)
end

-- A room as one of its members sees it.
function details(number, id)
  local room, you = Rooms.find(number), Members.find(number, id)
  local owner = room.owner or id
  local shown = Members.find(number, owner)
  return pack('>c8I8', room.code, number_of(number)) .. sized(room.name) .. shown.alias
    .. sized(nickname(owner)) .. pack('>I8I4I1I4I4I1', room.created, room.retention, room.has_max,
      room.max, room.members, room.locked) .. you.alias
end

function members(number, asking)
  local page, room = {0}, Rooms.find(number)
  for i, id in ipairs(Members.list(number, -1)) do
    local member = Members.find(number, id)
    page[i + 1] = member.alias .. sized(nickname(id)) .. pack('>I1I1I1',
      member.conns ~= '' and 1 or 0, room.owner == id and 1 or 0, asking == id and 1 or 0)
  end
  return page
end

function page_of(number, asking, page, size)
  local room = Rooms.find(number)
  local first, ends = first_seen(number, room), room.first + room.kept
  local count = ends - first
  local pages = math.max(math.floor((count + size - 1) / size), 1)
  page = math.max(math.min(page, pages), 1)
  local reply = {0, count, page, size, pages}
  local newest = ends - 1 - (page - 1) * size
  for index = newest, math.max(newest - size + 1, first), -1 do
    local message, author = message_view(number, room, index)
    if message then
      reply[#reply + 1] = message .. pack('>I1', author == asking and 1 or 0)
    end
  end
  return reply
end

-- Most reported first, of equally many the newest first.
function reports(number, limit)
  local room, found = Rooms.find(number), {}
  local first = first_seen(number, room)
  local names = call('ZRANGEBYLEX', REPORTED, '[' .. message_name(number, first),
    '[' .. number .. LAST)
  for _, name in ipairs(names) do
    local count = call('HLEN', TEXT .. text_of(name))
    found[#found + 1] = {name = name, id = message_id(name), count = count}
  end
  table.sort(found, function(one, other)
    return one.count > other.count or one.count == other.count and one.id > other.id
  end)
  local page = {0}
  for i = 1, math.min(#found, limit) do
    page[#page + 1] = reported(found[i].name, 0)
  end
  return page
end

-- A message that was reported, with its author if they are to be shown, and with the reasons in
-- the order of the reports; nothing if Redis has deleted it.
function reported(name, shows_author)
  local number, index = string.sub(name, 1, 4), parse('>I4', name, 5)
  local message, author = message_view(number, Rooms.find(number), index)
  if not message then
    return
  end
  local reasons, fields = {}, call('HGETALL', TEXT .. text_of(name))
  for i = 1, #fields, 2 do
    if fields[i] ~= WORDS then
      reasons[parse('>I4', fields[i + 1]) + 1] = sized(string.sub(fields[i + 1], 5))
    end
  end
  return message .. pack('>I1', shows_author) .. (shows_author == 1 and author or '')
    .. table.concat(reasons)
end
