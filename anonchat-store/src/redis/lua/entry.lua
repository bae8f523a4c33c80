-- Where each command and question begins: what it is told, as `encode.rs` writes it.

function on_attach()
  local device, conn, client, grace, again = parse('>c16c16I1I1I1', ARGV[3])
  local refusal, first = attach(device, conn, client, grace, again)
  register(string.sub(conn, 1, 8))
  if pool.untidy_at <= clock then
    keep_house(4)
  end
  return refusal, first
end

function on_enter()
  local device, conn, again, pair = parse('>c16c16I1c16', ARGV[3])
  local refusal, first = attach(device, conn, CAPABILITY, 1, again, pair)
  register(string.sub(conn, 1, 8))
  if pool.untidy_at <= clock then
    keep_house(4)
  end
  return refusal, first
end

function on_detach()
  return detach(parse('>c16c16', ARGV[3]))
end

-- Whom somebody looks for, and as whom. For each gender, none first, there is a row of five bytes:
-- the queue in which somebody of it waits, and those whom they may meet.
function wish()
  local wish = {profile = ARGV[4], rows = ARGV[3]}
  local device, conn
  device, conn, wish.filter, wish.gender, wish.proof, wish.from = parse('>c16c16I1I1I1', ARGV[3])
  return device, conn, wish
end

function on_join()
  return join(wish())
end

function on_next()
  local refusal, first, second = next(wish())
  if pool.untidy_at <= clock then
    keep_house(4)
  end
  return refusal, first, second
end

function on_leave()
  return leave(parse('>c16c16I1', ARGV[3]))
end

function on_block()
  return block(parse('>c16c16I1', ARGV[3]))
end

function on_unblock()
  return unblock(parse('>c16c17', ARGV[3]))
end

function on_report()
  local device, pair, side = parse('>c16c16I1', ARGV[3])
  return report(device, pair, side, ARGV[4], ARGV[5])
end

function on_verify()
  return verify(parse('>c16I1I1', ARGV[3]))
end

function on_ban()
  return ban(parse('>c16I8', ARGV[3]))
end

function on_lift()
  return lift(ARGV[3])
end

function on_dismiss()
  return dismiss(ARGV[3])
end

function on_adopt()
  return adopt(parse('>c16I8I1I8I1I1', ARGV[3]))
end

function on_settle()
  return settle(parse('>I8', ARGV[3]))
end

function on_renew()
  renew(ARGV[3])
  register(ARGV[3])
end

function on_sweep()
  local refusal = sweep()
  if pool.untidy_at <= clock then
    keep_house(1024)
  end
  pool.more = has_due()
  return refusal
end

function on_census()
  return census()
end

function on_standing()
  return {0, banned_until(ARGV[3]) or 0}
end

-- The device, and for each queue, in case it waits there, those whom only its filter and those
-- whom only the want of a gender keeps from it.
function on_wait()
  local device = Devices.find(string.sub(ARGV[3], 1, 16))
  local ticket = device and device.ticket
  if not ticket then
    return {0, 0}
  end
  local beyond_filter, beyond_gender = parse('>I4I4', ARGV[3], 17 + 8 * ticket.bucket)
  local blocks, blocked = blocked_here(device.id, ticket.compatible)
  local rematch = device.last and clock < device.last.ends
  return {0, 1, ticket.filter, ticket.persona.gender, ticket.since, Queues.rank(ticket) + 1,
    Queues.here(), Queues.count(beyond_filter), Queues.count(beyond_gender), blocks, blocked,
    rematch and 1 or 0, is_used_up(device) and 1 or 0}
end

function on_reports()
  return recent_reports(parse('>I8I1I4', ARGV[3]))
end

function on_bans()
  return running_bans(parse('>I8c16I4', ARGV[3]))
end

function on_outbox()
  local reply = pending_orders(parse('>I8I4', ARGV[3]))
  table.insert(reply, 1, 0)
  return reply
end

function on_reset()
  return reset()
end

function on_open()
  return open(ARGV[3], ARGV[4], ARGV[5])
end
