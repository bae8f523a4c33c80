//! The calls that a store makes, one by one.

use anonchat_core::{Command, Commit, Dice, NodeId, Policy, PoolId, Query, UnixMillis, View};
use redis::{Cmd, Value, cmd};

use super::decode;
use super::encode::{self, Moment};
use super::keys::{Key, mail_channel};
use super::script::{Keys, Script, Scripts};

/// The calls that a store makes of Redis, for benchmarks that send them in their own way.
///
/// The [library](Self::library) has to be loaded first.
pub struct Calls {
    rules: Vec<u8>,
    names: Vec<String>,
    pool: PoolId,
    scripts: Scripts,
    mailbox: String,
}

/// Redis answered something else.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unexpected(String);

impl Calls {
    /// Calls of a store with these rules, for the pool `main`.
    pub fn new(policy: &Policy) -> Self {
        let (pool, scripts) = (PoolId::main(), Scripts::new());
        let rules = encode::rules(policy, false);
        Self { names: Key::all_of(&pool), pool, rules, scripts, mailbox: String::new() }
    }

    /// The library with every script, to be loaded.
    pub fn library(&self) -> &str {
        self.scripts.open().code().source()
    }

    /// From now on mail for this node is published, in the mailbox that the call opens. Returns
    /// the channel with it.
    pub fn open(&mut self, node: NodeId) -> (String, Cmd) {
        self.mailbox = mail_channel(&self.pool, node, 1);
        let arguments = encode::open("", &[node], None);
        (self.mailbox.clone(), self.call(self.scripts.open(), &arguments))
    }

    /// The call of a command.
    pub fn command(&self, at: UnixMillis, dice: Dice, command: &Command) -> Cmd {
        let moment = Moment { at, dice, registers: !self.mailbox.is_empty() };
        self.call(self.scripts.command(command), &encode::command(moment, command))
    }

    /// The call of a query.
    pub fn query(&self, at: UnixMillis, query: &Query) -> Cmd {
        self.call(self.scripts.query(query), &encode::query(at, query))
    }

    /// What came of a command.
    ///
    /// # Errors
    ///
    /// [`Unexpected`], if it is no reply to one.
    pub fn commit(reply: Value) -> Result<Commit, Unexpected> {
        decode::replies(reply, 1, encode::SCHEMA)
            .and_then(|mut replies| decode::commit(replies.swap_remove(0)))
            .map(|reply| reply.commit)
            .map_err(|malformed| Unexpected(malformed.to_string()))
    }

    /// What came of a query.
    ///
    /// # Errors
    ///
    /// [`Unexpected`], if it is no reply to this one.
    pub fn view(query: &Query, reply: Value) -> Result<View, Unexpected> {
        decode::view(query, reply).map_err(|malformed| Unexpected(malformed.to_string()))
    }

    fn call(&self, script: &Script, arguments: &[Vec<u8>]) -> Cmd {
        let mut call = cmd("FCALL");
        call.arg(script.name()).arg(script.touches().len());
        for key in script.touches() {
            call.arg(&self.names[key.place()]);
        }
        call.arg(&self.rules).arg(&self.mailbox).arg(arguments);
        call
    }
}
