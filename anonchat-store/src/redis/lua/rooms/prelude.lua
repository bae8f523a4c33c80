-- What the functions of rooms share. When a call begins it is what the call before has left.

-- The rules that calls come with, and their numbers.
local rules, told

-- The channel of the caller's mail, or nothing. For the present command: when it was called, its
-- dice, and whether its node is open at the caller.
local mailbox, called_at, drawn_code, drawn_alias, registers

-- The sessions and rooms that were looked for, as they are now (false: there is none), and whose.
local sessions, rooms, touched

-- The facts of this call, the node of each, and the mailboxes of nodes as far as they are known.
local mail, nodes, channels

-- The counters, called as in the files that are shared with pools, and the time after this command.
local pool, clock
