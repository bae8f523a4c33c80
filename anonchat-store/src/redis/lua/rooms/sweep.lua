-- What time alone brings about.

-- Carries out what is due: a limited number of connections, sessions, messages and rooms.
function sweep()
  for _ = 1, SWEEP do
    local what = Due.first()
    if not what then
      return
    end
    local kind, name = string.sub(what, 1, 1), string.sub(what, 2)
    local conn = kind == DUE_LEASE and any_conn(name)
    if conn then
      lose(conn)
    else
      Due.remove(what)
      if kind == DUE_SESSION then
        end_session(name)
      elseif kind == DUE_MESSAGES then
        drop_oldest(name)
      elseif kind == DUE_EMPTY then
        end_room(name)
      end
    end
  end
end

-- Whether another sweep has something to do at this instant.
function has_due()
  return Due.first()
end
