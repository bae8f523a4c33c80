-- Where each command and question begins: what is said about it, as `encode.rs` writes it.

function on_open_session(said, nickname)
  return open_session(string.sub(said, NAMED), nickname)
end

function on_touch(said)
  local id = string.sub(said, NAMED)
  if not known(id) then
    return UNKNOWN_SESSION
  end
  refresh(id)
  return view_session(id)
end

function on_end_session(said)
  local id = string.sub(said, NAMED)
  if not known(id) then
    return UNKNOWN_SESSION
  end
  end_session(id)
end

function on_create(said, name)
  local id, chosen, retention, has_max, max = parse('>c16I1I4I1I4', said, NAMED)
  if not known(id) then
    return UNKNOWN_SESSION
  end
  return dispatch(id, create(id, chosen, retention, has_max, max, name))
end

-- Whose request it is, and about which room.
function request(said)
  local id, code, rest = parse('>c16c8', said, NAMED)
  return id, code, string.sub(said, rest)
end

function on_join(said)
  local id, code = request(said)
  if not known(id) then
    return UNKNOWN_SESSION
  end
  return dispatch(id, join(id, code))
end

function on_leave(said)
  local id, code = request(said)
  if not known(id) then
    return UNKNOWN_SESSION
  end
  return dispatch(id, leave(id, code))
end

function on_attach(said)
  local id, code, conn = request(said)
  register(string.sub(conn, 1, 8))
  if not known(id) then
    return UNKNOWN_SESSION
  end
  return dispatch(id, attach(id, code, conn))
end

function on_detach(said)
  return detach(string.sub(said, NAMED))
end

function on_post(said, content)
  local id, code = request(said)
  if not known(id) then
    return UNKNOWN_SESSION
  end
  return dispatch(id, post(id, code, content))
end

function on_typing(said)
  local id, code, on = request(said)
  if not known(id) then
    return UNKNOWN_SESSION
  end
  return dispatch(id, type_in(id, code, string.byte(on)))
end

function on_report(said, reason)
  local id, name = string.sub(said, NAMED, NAMED + 15), string.sub(said, NAMED + 16)
  if not known(id) then
    return UNKNOWN_SESSION
  end
  local number, index = string.sub(name, 1, 4), parse('>I4', name, 5)
  return dispatch(id, report(id, number, index, reason))
end

function on_kick(said)
  local id, code, target = request(said)
  if not known(id) then
    return UNKNOWN_SESSION
  end
  return dispatch(id, kick(id, code, parse('>I1c16', target)))
end

function on_ban(said)
  local id, code, target = request(said)
  if not known(id) then
    return UNKNOWN_SESSION
  end
  return dispatch(id, ban(id, code, parse('>I1c16', target)))
end

function on_lock(said)
  local id, code, locked = request(said)
  if not known(id) then
    return UNKNOWN_SESSION
  end
  return dispatch(id, lock(id, code, string.byte(locked)))
end

function on_hand_over(said)
  local id, code, target = request(said)
  if not known(id) then
    return UNKNOWN_SESSION
  end
  return dispatch(id, hand_over(id, code, parse('>I1c16', target)))
end

function on_close(said)
  local id, code = request(said)
  if not known(id) then
    return UNKNOWN_SESSION
  end
  return dispatch(id, close(id, code))
end

function on_close_by_moderator(said)
  local refusal, number = find(string.sub(said, NAMED))
  if refusal then
    return refusal
  end
  end_room(number)
end

function on_ban_session(said)
  return ban_session(string.sub(said, NAMED))
end

function on_lift_session(said)
  return lift_session(string.sub(said, NAMED))
end

function on_renew(said)
  local node = string.sub(said, NAMED)
  renew(node)
  register(node)
end

function on_sweep(said)
  sweep()
  pool.more = has_due()
end

function on_reset(said)
  reset()
end

function on_census(said)
  return census()
end

function on_session(said)
  local refusal, view = view_session(string.sub(said, NAMED))
  return {refusal or 0, view}
end

function on_mine(said)
  local id = string.sub(said, NAMED)
  if not known(id) then
    return {UNKNOWN_SESSION}
  end
  local reply = {0}
  for i, number in ipairs(Ties.list(id, MEMBER_OF)) do
    reply[i + 1] = details(number, id)
  end
  return reply
end

function on_room(said)
  local id, code = request(said)
  local refusal, number = look(id, code)
  if refusal then
    return {refusal}
  end
  return {0, details(number, id)}
end

function on_members(said)
  local id, code = request(said)
  local refusal, number = look(id, code)
  if refusal then
    return {refusal}
  end
  return members(number, id)
end

function on_messages(said)
  local id, code, page = request(said)
  local refusal, number = look(id, code)
  if refusal then
    return {refusal}
  end
  return page_of(number, id, parse('>I4I4', page))
end

function on_reports(said)
  local id, code, limit = request(said)
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
function on_all_reports(said)
  local limit, rest = parse('>I4', said, NAMED)
  local name = string.sub(said, rest)
  return all_reports(name == '' and '+' or '(' .. name, limit)
end

function on_open(former, nodes, key)
  return open(former, nodes, key)
end
