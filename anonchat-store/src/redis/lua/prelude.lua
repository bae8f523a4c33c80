-- What a script begins with. What most functions use comes last, where the interpreter finds it
-- first.

local told = {struct.unpack('>I4I8c16I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4I1I1I1I1I1I1I1I1', ARGV[1])}

-- The records of devices: which were looked for, what was read, and what each says now (false: nothing).
local touched, records, devices = {}, {}, {}

-- The facts of this command, the node of each, and the mailboxes of nodes as far as they are known.
local mail, nodes, channels = {}, {}, {}

local call, pack, parse = redis.call, struct.pack, struct.unpack

-- The pool's counters, and its time after this command.
local pool, clock
