-- The numbers of the contract with `encode.rs` and `decode.rs`, and other names for what is found
-- elsewhere. What they stand for is put in their place when a script is composed.

-- What every script is told: instant and dice of the command, the numbers of the policy, which
-- claims of a gender count and in which order, and marks; in the order of `encode.rs`.
local schema = told[1]
local called_at = told[2]
local dice = told[3]
local cooldown_ms = told[4]
local daily_per_filter = told[5]
local daily_total = told[6]
local rematch_after_s = told[7]
local max_blocks = told[8]
local block_lapse_days = told[9]
local day_offset_min = told[10]
local verified_s = told[11]
local reports_to_ban = told[12]
local report_window_s = told[13]
local ban_s = told[14]
local dismissals_to_mute = told[15]
local dismissal_window_s = told[16]
local report_after_s = told[17]
local grace_s = told[18]
local lease_s = told[19]
local claim_1 = told[20]
local claim_2 = told[21]
local claim_3 = told[22]
local claim_4 = told[23]
local claim_required = told[24]
local sharded = told[25]
local registers = told[26]
local other_pools = told[27]

-- The channel of the caller's mail, or nothing.
local mailbox = ARGV[2]

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
local IS_REPLACED = 15

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

-- How somebody comes to a talk, and two kinds of clients.
local DIRECT = 0
local EXPECTED = 1
local ARRIVED = 2
local CAPABILITY = 3
local SEEKER = 4

-- Why a partner is gone.
local BY_CHOICE = 0
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
local STALE_ORDER = '3'

-- What is ordered for other pools.
local BANS = 0
local VERIFIES = 1

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

-- So many of those whom somebody blocks are looked up by one question.
local LOOK_UP = 200

-- So many things that are due are carried out by one sweep.
local SWEEP = 256

-- So many reports are looked at for one page of them.
local EXAMINED = 512

-- The last device in their order.
local LAST_DEVICE = string.rep('\255', 16)
