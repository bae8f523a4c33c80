-- The numbers of the contract with `encode.rs` and `decode.rs`, and other names for what is found
-- elsewhere. What they stand for is put in their place when the library is put together.

-- The rules that every call comes with: the schema, the numbers of the policy, which claims of a
-- gender count and in which order, and marks; in the order of `encode.rs`.
local schema = told[1]
local cooldown_ms = told[2]
local daily_per_filter = told[3]
local daily_total = told[4]
local rematch_after_s = told[5]
local max_blocks = told[6]
local block_lapse_days = told[7]
local day_offset_min = told[8]
local verified_s = told[9]
local reports_to_ban = told[10]
local report_window_s = told[11]
local ban_s = told[12]
local dismissals_to_mute = told[13]
local dismissal_window_s = told[14]
local report_after_s = told[15]
local grace_s = told[16]
local lease_s = told[17]
local claim_required = told[22]
local sharded = told[23]
local other_pools = told[24]

-- Which four of them are the claims that count.
local FIRST_CLAIM = 18

-- How the rules are written.
local RULES = '>I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4I1I1I1I1I1I1I1'

-- Where that begins what a command names, behind its instant, its dice and a mark.
local NAMED = 26

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

-- So many ids and records are written by one call of Redis.
local WRITTEN = 400

-- So many things that are due are carried out by one sweep.
local SWEEP = 256

-- So many reports are looked at for one page of them.
local EXAMINED = 512

-- The last device in their order.
local LAST_DEVICE = '\255\255\255\255\255\255\255\255\255\255\255\255\255\255\255\255'
