//! The store that several servers share: each command is one script in Redis.
