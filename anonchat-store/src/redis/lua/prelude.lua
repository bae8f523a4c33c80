-- What the functions of a pool share. When a call begins it is what the call before has left.

-- The rules that calls come with, and their numbers.
local rules, told

-- The channel of the caller's mail, or nothing. For the present command: when it was called, its
-- dice, and whether its node is open at the caller.
local mailbox, called_at, dice, registers

-- The records of devices: which were looked for, what was read, and what each says now (false: nothing).
local touched, records, devices

-- The facts of this call, the node of each, and the mailboxes of nodes as far as they are known.
local mail, nodes, channels

-- A page without anybody, which stays as it is.
local NOTHING = {}

-- The pool's counters, how they lie in Redis, and the time after this command.
local pool, saved, clock
