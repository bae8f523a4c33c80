-- Sessions: how they begin, how long they live, and how a moderator ends them.

function open_session(id, nickname)
  if call('HLEN', SESSION) >= max_sessions then
    return TOO_MANY_SESSIONS, max_sessions
  end
  if Sessions.find(id) then
    return DICE_USED
  end
  Sessions.insert(id, nickname)
  refresh(id)
  return view_session(id)
end

-- A session that may do something now.
function known(id)
  local session = Sessions.find(id)
  return session and session.banned == 0 and lives(session) and session
end

function view_session(id)
  local session = known(id)
  if not session then
    return UNKNOWN_SESSION
  end
  return nil, AS_SESSION .. sized(nickname(id)) .. pack('>I8I8', session.created, session.active)
end

-- The session was active: its life begins again.
function refresh(id)
  local session = Sessions.find(id)
  if not session then
    return
  end
  session.active = clock
  if session.conns == 0 then
    session.ends = after(clock, session_life_s * 1000)
    Due.insert(session.ends, DUE_SESSION .. id)
    call('PEXPIRE', NICK .. id, digits(session.ends - clock + SLACK))
  elseif session.ends ~= 0 then
    session.ends = 0
    Due.remove(DUE_SESSION .. id)
    call('PERSIST', NICK .. id)
  end
end

-- Ends a session and its memberships; a room's ban of it has nobody left to be about.
function end_session(id)
  leave_all(id, BY_SESSION_END)
  local session = Sessions.find(id)
  if not session then
    return
  end
  pool.bans = pool.bans - session.banned
  if session.ends ~= 0 then
    Due.remove(DUE_SESSION .. id)
  end
  for _, number in ipairs(Ties.list(id, BANNED_FROM)) do
    Bans.remove(number, id)
  end
  Sessions.remove(id)
end

function ban_session(id)
  local session = Sessions.find(id)
  if not session or not lives(session) then
    return UNKNOWN_SESSION
  end
  if session.banned == 0 then
    session.banned = 1
    pool.bans = pool.bans + 1
    leave_all(id, BY_BAN)
  end
end

function lift_session(id)
  local session = Sessions.find(id)
  if not session or not lives(session) then
    return UNKNOWN_SESSION
  end
  pool.bans = pool.bans - session.banned
  session.banned = 0
end

function leave_all(id, why)
  for _, number in ipairs(Ties.list(id, MEMBER_OF)) do
    part(number, id, why)
  end
end
