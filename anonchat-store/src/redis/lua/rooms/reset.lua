-- Forgetting everything at once.

-- Ends every room and session. What was counted goes on from where it was, so that no number of a
-- room, and with it no id of a message, comes twice.
function reset()
  for _, conn in ipairs(call('ZRANGE', HANGING, 0, -1)) do
    local room = Rooms.find(string.sub(call('HGET', SEAT, conn), 1, 4))
    tell(conn, room.code, CLOSED, '')
  end
  for _, name in ipairs(call('HKEYS', MESSAGE)) do
    call('UNLINK', TEXT .. text_of(name))
  end
  for _, id in ipairs(call('HKEYS', SESSION)) do
    call('UNLINK', NICK .. id)
  end
  for _, what in ipairs(call('ZRANGE', DUE, 0, -1)) do
    if string.sub(what, 1, 1) ~= DUE_LEASE then
      Due.remove(what)
    end
  end
  call('UNLINK', SESSION, TIE, ROOM, CODE, MEMBER, ROSTER, ALIAS, SEAT, LISTENING, HANGING, BAN,
    MESSAGE, REPORTED)
  sessions, rooms, touched = {}, {}, {}
  pool.messages, pool.bans = 0, 0
end
