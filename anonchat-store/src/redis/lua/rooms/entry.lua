-- Where each command and question begins: what it is told, as `encode.rs` writes it.

function on_open_session()
  return open_session(ARGV[3], ARGV[4])
end

function on_touch()
  if not known(ARGV[3]) then
    return UNKNOWN_SESSION
  end
  refresh(ARGV[3])
  return view_session(ARGV[3])
end

function on_end_session()
  if not known(ARGV[3]) then
    return UNKNOWN_SESSION
  end
  end_session(ARGV[3])
end

function on_create()
  local id, chosen, retention, has_max, max = parse('>c16I1I4I1I4', ARGV[3])
  if not known(id) then
    return UNKNOWN_SESSION
  end
  return dispatch(id, create(id, chosen, retention, has_max, max, ARGV[4]))
end

-- Whose request it is, and about which room.
function request()
  local id, code, rest = parse('>c16c8', ARGV[3])
  return id, code, string.sub(ARGV[3], rest)
end

function on_join()
  local id, code = request()
  if not known(id) then
    return UNKNOWN_SESSION
  end
  return dispatch(id, join(id, code))
end

function on_leave()
  local id, code = request()
  if not known(id) then
    return UNKNOWN_SESSION
  end
  return dispatch(id, leave(id, code))
end

function on_attach()
  local id, code, conn = request()
  register(string.sub(conn, 1, 8))
  if not known(id) then
    return UNKNOWN_SESSION
  end
  return dispatch(id, attach(id, code, conn))
end

function on_detach()
  return detach(ARGV[3])
end

function on_post()
  local id, code = request()
  if not known(id) then
    return UNKNOWN_SESSION
  end
  return dispatch(id, post(id, code, ARGV[4]))
end

function on_typing()
  local id, code, on = request()
  if not known(id) then
    return UNKNOWN_SESSION
  end
  return dispatch(id, type_in(id, code, string.byte(on)))
end

function on_report()
  local id, name = string.sub(ARGV[3], 1, 16), string.sub(ARGV[3], 17)
  if not known(id) then
    return UNKNOWN_SESSION
  end
  local number, index = string.sub(name, 1, 4), parse('>I4', name, 5)
  return dispatch(id, report(id, number, index, ARGV[4]))
end

function on_kick()
  local id, code, target = request()
  if not known(id) then
    return UNKNOWN_SESSION
  end
  return dispatch(id, kick(id, code, parse('>I1c16', target)))
end

function on_ban()
  local id, code, target = request()
  if not known(id) then
    return UNKNOWN_SESSION
  end
  return dispatch(id, ban(id, code, parse('>I1c16', target)))
end

function on_lock()
  local id, code, locked = request()
  if not known(id) then
    return UNKNOWN_SESSION
  end
  return dispatch(id, lock(id, code, string.byte(locked)))
end

function on_hand_over()
  local id, code, target = request()
  if not known(id) then
    return UNKNOWN_SESSION
  end
  return dispatch(id, hand_over(id, code, parse('>I1c16', target)))
end

function on_close()
  local id, code = request()
  if not known(id) then
    return UNKNOWN_SESSION
  end
  return dispatch(id, close(id, code))
end

function on_close_by_moderator()
  local refusal, number = find(ARGV[3])
  if refusal then
    return refusal
  end
  end_room(number)
end

function on_ban_session()
  return ban_session(ARGV[3])
end

function on_lift_session()
  return lift_session(ARGV[3])
end

function on_renew()
  renew(ARGV[3])
  register(ARGV[3])
end

function on_sweep()
  sweep()
  pool.more = has_due()
end

function on_reset()
  reset()
end

function on_census()
  return census()
end

function on_session()
  local refusal, view = view_session(ARGV[3])
  return {refusal or 0, view}
end

function on_mine()
  if not known(ARGV[3]) then
    return {UNKNOWN_SESSION}
  end
  local reply = {0}
  for i, number in ipairs(Ties.list(ARGV[3], MEMBER_OF)) do
    reply[i + 1] = details(number, ARGV[3])
  end
  return reply
end

function on_room()
  local id, code = request()
  local refusal, number = look(id, code)
  if refusal then
    return {refusal}
  end
  return {0, details(number, id)}
end

function on_members()
  local id, code = request()
  local refusal, number = look(id, code)
  if refusal then
    return {refusal}
  end
  return members(number, id)
end

function on_messages()
  local id, code, page = request()
  local refusal, number = look(id, code)
  if refusal then
    return {refusal}
  end
  return page_of(number, id, parse('>I4I4', page))
end

function on_reports()
  local id, code, limit = request()
  local refusal, number = look(id, code)
  if refusal then
    return {refusal}
  end
  if Rooms.find(number).owner ~= id then
    return {NOT_OWNER}
  end
  return reports(number, parse('>I4', limit))
end

-- Behind a message, or behind all for an empty name.
function on_all_reports()
  local limit, rest = parse('>I4', ARGV[3])
  local name = string.sub(ARGV[3], rest)
  return all_reports(name == '' and '+' or '(' .. name, limit)
end

function on_open()
  return open(ARGV[3], ARGV[4], ARGV[5])
end
