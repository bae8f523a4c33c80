-- The numbers of the contract with `encode.rs` and `decode.rs`, and other constants. They are put
-- in place of their names when a script is composed.

-- Refusals.
local NOT_ATTACHED = 1
local IS_BANNED = 2
local ALREADY_WAITING = 3
local ALREADY_PAIRED = 4
local COOLDOWN = 5
local TOTAL_USED = 6
local FILTER_USED = 7
local VERIFICATION_REQUIRED = 8
local UNKNOWN_PEER = 9
local ALREADY_REPORTED = 10
local TOO_MANY_BLOCKS = 11
local UNKNOWN_BLOCK = 12
local UNKNOWN_REPORT = 13
local DICE_USED = 14

-- Answers of another kind.
local OTHER_SCHEMA = -1
local OTHER_KEY = -2

-- Facts.
local ATTACHED = 0
local REPLACED = 1
local QUEUED = 2
local MATCHED = 3
local LEFT = 4
local PEER_LEFT = 5
local PEER_AWAY = 6
local PEER_BACK = 7
local BLOCKED = 8
local UNBLOCKED = 9
local REPORTED = 10
local JOIN_REFUSED = 11
local VERIFIED = 12
local BANNED = 13

-- What a device is doing.
local IDLE = 0
local WAITS = 1
local TALKS = 2

-- Why a partner is gone.
local BY_NEXT = 1
local BY_LOSS = 2
local BY_BLOCK = 3
local BY_BAN = 4

-- What is due, in the order in which things of the same instant happen.
local DUE_LEASE = '0'
local DUE_GRACE = '1'
local DUE_REMATCH = '2'
local DUE_SEARCH = '3'
local DUE_LAPSE = '4'

-- What is to be forgotten.
local STALE_DEVICE = '0'
local STALE_BAN = '1'
local STALE_DISMISSALS = '2'

-- Which claim counts.
local CLAIM_COUNTED_OUT = 0
local CLAIM_ATTESTED = 2

-- The parts of a device's record, one bit each.
local HAS_CONN = 1
local HAS_AWAY = 2
local HAS_TICKET = 4
local HAS_SEARCHED = 8
local HAS_TALK = 16
local HAS_COOLDOWN = 32
local HAS_LAST = 64
local HAS_TALLY = 128
local HAS_KNOWN = 256
local HAS_KEPT = 512

-- The end of time, a time after it, and the length of a day, in milliseconds.
local MAX = 253402300799999
local NEVER = 281474976710655
local DAY = 86400000

-- The scores of one queue: more than there are commits.
local QUEUE = 281474976710656
local QUEUES = '>I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4'

-- So many people who are out of the question are looked past by one command.
local LOOK_PAST = 512

-- So many things that are due are carried out by one sweep.
local SWEEP = 256
