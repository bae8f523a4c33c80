-- What the owner of a room may do.

function kick(id, code, kind, target)
  local refusal, number = find_as_owner(id, code)
  if refusal then
    return refusal
  end
  local wrong, member = other_member(number, id, kind, target)
  if wrong then
    return wrong
  end
  part(number, member, BY_KICK)
end

function ban(id, code, kind, target)
  local refusal, number = find_as_owner(id, code)
  if refusal then
    return refusal
  end
  if kind ~= BY_SESSION or target == id then
    local wrong, member = other_member(number, id, kind, target)
    if wrong then
      return wrong
    end
    target = member
  elseif not Sessions.find(target) then
    -- By session it may be one that is not in the room; its ban by a moderator changes nothing here.
    return UNKNOWN_MEMBER
  end
  if Bans.count(number) >= max_room_bans and not Bans.has(number, target) then
    return TOO_MANY_BANS, max_room_bans
  end
  Bans.insert(number, target)
  part(number, target, BY_ROOM_BAN)
end

function lock(id, code, locked)
  local refusal, number = find_as_owner(id, code)
  if refusal then
    return refusal
  end
  local room = Rooms.find(number)
  if room.locked ~= locked then
    room.locked = locked
    tell_room(number, nil, LOCKS, pack('>I1', locked))
  end
end

function hand_over(id, code, kind, target)
  local refusal, number = find_as_owner(id, code)
  if refusal then
    return refusal
  end
  local wrong, member = other_member(number, id, kind, target)
  if wrong then
    return wrong
  end
  Rooms.find(number).owner = member
  tell_room(number, nil, OWNS, Members.find(number, member).alias)
end

function close(id, code)
  local refusal, number = find_as_owner(id, code)
  if refusal then
    return refusal
  end
  end_room(number)
end

function find_as_owner(id, code)
  local refusal, number = find_as_member(id, code)
  if refusal then
    return refusal
  end
  if Rooms.find(number).owner ~= id then
    return NOT_OWNER
  end
  return nil, number
end

function other_member(number, id, kind, target)
  local member
  if kind == BY_SESSION then
    member = Members.find(number, target) and target
  else
    member = call('HGET', ALIAS, number .. target)
  end
  if not member then
    return UNKNOWN_MEMBER
  end
  if member == id then
    return YOURSELF
  end
  return nil, member
end
