-- Where each command and question begins: what is said about it, as `encode.rs` writes it.

function on_attach(said)
  local device, conn, client, grace, again = parse('>c16c16I1I1I1', said, NAMED)
  local refusal, first = attach(device, conn, client, grace, again)
  register(string.sub(conn, 1, 8))
  if pool.untidy_at <= clock then
    keep_house(4)
  end
  return refusal, first
end

function on_enter(said)
  local device, conn, again, pair = parse('>c16c16I1c16', said, NAMED)
  local refusal, first = attach(device, conn, CAPABILITY, 1, again, pair)
  register(string.sub(conn, 1, 8))
  if pool.untidy_at <= clock then
    keep_house(4)
  end
  return refusal, first
end

function on_detach(said)
  return detach(parse('>c16c16', said, NAMED))
end

-- Whom somebody looks for, and as whom. For each gender, none first, there is a row of five bytes:
-- the queue in which somebody of it waits, and those whom they may meet.
function wish(said, profile)
  local device, conn, filter, gender, proof, from = parse('>c16c16I1I1I1', said, NAMED)
  return device, conn, {
    filter = filter, gender = gender, proof = proof, profile = profile, rows = said, from = from,
  }
end

function on_join(said, profile)
  return join(wish(said, profile))
end

function on_next(said, profile)
  local refusal, first, second = next(wish(said, profile))
  if pool.untidy_at <= clock then
    keep_house(4)
  end
  return refusal, first, second
end

function on_leave(said)
  return leave(parse('>c16c16I1', said, NAMED))
end

function on_block(said)
  return block(parse('>c16c16I1', said, NAMED))
end

function on_unblock(said)
  return unblock(parse('>c16c17', said, NAMED))
end

function on_report(said, reason, note)
  local device, pair, side = parse('>c16c16I1', said, NAMED)
  return report(device, pair, side, reason, note)
end

function on_verify(said)
  return verify(parse('>c16I1I1', said, NAMED))
end

function on_ban(said)
  return ban(parse('>c16I8', said, NAMED))
end

function on_lift(said)
  return lift(string.sub(said, NAMED))
end

function on_dismiss(said)
  return dismiss(string.sub(said, NAMED))
end

function on_adopt(said)
  return adopt(parse('>c16I8I1I8I1I1', said, NAMED))
end

function on_settle(said)
  return settle(parse('>I8', said, NAMED))
end

function on_renew(said)
  local node = string.sub(said, NAMED)
  renew(node)
  register(node)
end

function on_sweep(said)
  local refusal = sweep()
  if pool.untidy_at <= clock then
    keep_house(1024)
  end
  pool.more = has_due()
  return refusal
end

function on_census(said)
  return census()
end

function on_standing(said)
  return {0, banned_until(string.sub(said, NAMED)) or 0}
end

-- The device, and for each queue, in case it waits there, those whom only its filter and those
-- whom only the want of a gender keeps from it.
function on_wait(said)
  local device = Devices.find(string.sub(said, NAMED, NAMED + 15))
  local ticket = device and device.ticket
  if not ticket then
    return {0, 0}
  end
  local beyond_filter, beyond_gender = parse('>I4I4', said, NAMED + 16 + 8 * ticket.bucket)
  local blocks, blocked = blocked_here(device.id, ticket.compatible)
  local rematch = device.last and clock < device.last.ends
  return {0, 1, ticket.filter, ticket.persona.gender, ticket.since, Queues.rank(ticket) + 1,
    Queues.here(), Queues.count(beyond_filter), Queues.count(beyond_gender), blocks, blocked,
    rematch and 1 or 0, is_used_up(device) and 1 or 0}
end

function on_reports(said)
  return recent_reports(parse('>I8I1I4', said, NAMED))
end

function on_bans(said)
  return running_bans(parse('>I8c16I4', said, NAMED))
end

function on_outbox(said)
  local reply = pending_orders(parse('>I8I4', said, NAMED))
  table.insert(reply, 1, 0)
  return reply
end

function on_reset()
  return reset()
end

function on_open(former, nodes, key)
  return open(former, nodes, key)
end
