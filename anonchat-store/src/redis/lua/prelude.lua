-- What every script is told: the policy and the command's instant and dice, in the order of
-- `encode.rs`.

local call, pack, parse = redis.call, struct.pack, struct.unpack

local schema, at, dice, cooldown_ms, daily_per_filter, daily_total, rematch_after_s, max_blocks,
  block_lapse_days, day_offset_min, verified_s, reports_to_ban, report_window_s, ban_s,
  dismissals_to_mute, dismissal_window_s, report_after_s, grace_s, lease_s,
  claim_1, claim_2, claim_3, claim_4, claim_required, sharded, registers = parse(
  '>I4I8c16I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4I1I1I1I1I1I1I1', ARGV[1])
local mailbox = ARGV[2]

-- The pool's counters, and its time after this command.
local pool, clock

-- The facts of this command, and the node of each.
local mail, nodes = {}, {}

-- The records of devices: which were looked for, what was read, and what each says now (false: nothing).
local touched, records, devices = {}, {}, {}
