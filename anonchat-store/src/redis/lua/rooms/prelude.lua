-- What a script begins with. What most functions use comes last, where the interpreter finds it
-- first.

local told = {struct.unpack('>I4I8c8c16I4I4I4I4I4I4I4I4I4I4I4I4I1I1', ARGV[1])}

-- The sessions and rooms that were looked for, as they are now (false: there is none), and whose.
local sessions, rooms, touched = {}, {}, {}

-- The facts of this command, the node of each, and the mailboxes of nodes as far as they are known.
local mail, nodes, channels = {}, {}, {}

local call, pack, parse = redis.call, struct.pack, struct.unpack

-- The counters, called as in the files that are shared with pools, and the time after this command.
local pool, clock
