-- Parts of answers.

-- The number of a room, as a number.
function number_of(number)
  return (parse('>I4', number))
end

-- A message that is kept, and who said it; nothing if Redis has deleted its words.
function message_view(number, room, index)
  local name = message_name(number, index)
  local text = call('HGET', TEXT .. text_of(name), WORDS)
  if text then
    local at, author, alias = Messages.find(name)
    return pack('>I8c8c16', message_id(name), room.code, alias) .. text .. pack('>I8', at), author
  end
end

-- Reported messages of all rooms that can be seen now, behind `last`, the largest id first.
function all_reports(last, limit)
  local page = {0}
  while #page <= limit do
    local names = call('ZREVRANGEBYLEX', REPORTED, last, '-', 'LIMIT', 0, LOOK_UP)
    for _, name in ipairs(names) do
      local number, index = string.sub(name, 1, 4), parse('>I4', name, 5)
      if #page <= limit and is_seen(number, Rooms.find(number), index) then
        page[#page + 1] = reported(name, 1)
      end
    end
    if #names < LOOK_UP then
      break
    end
    last = '(' .. names[#names]
  end
  return page
end
