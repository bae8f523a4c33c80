-- The numbers of the contract with `encode.rs` and `decode.rs`, and other names for what is found
-- elsewhere. What they stand for is put in their place when a script is composed.

-- What every script is told: instant and dice of the command, the numbers of the policy and marks,
-- in the order of `encode.rs`.
local schema = told[1]
local called_at = told[2]
local drawn_code = told[3]
local drawn_alias = told[4]
local session_life_s = told[5]
local max_sessions = told[6]
local max_rooms = told[7]
local max_rooms_per_session = told[8]
local room_life_s = told[9]
local max_members = told[10]
local max_connections = told[11]
local max_room_bans = told[12]
local max_messages = told[13]
local max_reports = told[14]
local retention_days_default = told[15]
local lease_s = told[16]
local sharded = told[17]
local registers = told[18]

-- The channel of the caller's mail, or nothing.
local mailbox = ARGV[2]

-- Refusals.
local UNKNOWN_SESSION = 1
local TOO_MANY_SESSIONS = 2
local TOO_MANY_ROOMS = 3
local TOO_MANY_MEMBERSHIPS = 4
local RETENTION_TOO_LONG = 5
local NO_PARTICIPANTS = 6
local UNKNOWN_ROOM = 7
local NOT_MEMBER = 8
local NOT_OWNER = 9
local IS_FULL = 10
local IS_LOCKED = 11
local BANNED_FROM_ROOM = 12
local TOO_MANY_BANS = 13
local UNKNOWN_MEMBER = 14
local YOURSELF = 15
local CONN_IN_USE = 16
local NOT_ATTACHED = 17
local UNKNOWN_MESSAGE = 18
local ALREADY_REPORTED = 19
local TOO_MANY_REPORTS = 20
local NUMBERS_USED_UP = 21
local DICE_USED = 22

-- Answers of another kind.
local OTHER_SCHEMA = -1
local OTHER_KEY = -2

-- What the caller learns, before what it is.
local AS_SESSION = '\1'
local AS_ROOM = '\2'
local AS_MESSAGE = '\3'

-- Facts.
local ATTACHED = 0
local SAID = 1
local TYPING = 2
local JOINED = 3
local LEFT = 4
local PRESENCE = 5
local OWNS = 6
local LOCKS = 7
local REPLACED = 8
local REMOVED = 9
local CLOSED = 10

-- Why a membership is over.
local BY_LEAVING = 0
local BY_KICK = 1
local BY_ROOM_BAN = 2
local BY_BAN = 3
local BY_SESSION_END = 4

-- Whether an owner means somebody by session; otherwise it is by alias.
local BY_SESSION = 1

-- What is due, in the order in which things of the same instant happen.
local DUE_LEASE = '0'
local DUE_SESSION = '1'
local DUE_MESSAGES = '2'
local DUE_EMPTY = '3'

-- How a session is tied to a room.
local MEMBER_OF = 'm'
local BANNED_FROM = 'b'

-- The field of a message's text; its other fields are called by who has reported it.
local WORDS = 't'

-- The end of time, the length of a day, and how much later than its session a nickname is gone if
-- nothing sweeps, in milliseconds.
local MAX = 253402300799999
local DAY = 86400000
local SLACK = 60000

-- The most days of a retention, rooms, and messages of a room; and what is between two rooms'
-- messages.
local MAX_RETENTION = 365
local MAX_ROOM = 134217727
local MAX_INDEX = 67108863
local ROOM_STEP = 67108864

-- So many things that are due are carried out by one sweep.
local SWEEP = 256

-- So many reported messages are looked up at once.
local LOOK_UP = 128

-- Behind everything that begins alike.
local LAST = string.rep('\255', 48)
