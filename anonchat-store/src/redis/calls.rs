//! The calls that a store makes, one by one.

use anonchat_core::{
    Command, Commit, Dice, NodeId, PairId, Policy, PoolId, Query, UnixMillis, View,
};
use redis::{Cmd, Value, cmd};

use super::decode;
use super::encode::{self, Call};
use super::keys::mail_channel;
use super::script::{Script, Scripts};

/// The calls that a store makes of Redis, for benchmarks that send them in their own way.
///
/// The scripts have to be [loaded](Self::scripts) first.
pub struct Calls {
    policy: Policy,
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
    pub fn new(policy: Policy) -> Self {
        let (pool, scripts) = (PoolId::main(), Scripts::new());
        Self { policy, pool, scripts, mailbox: String::new() }
    }

    /// The text of every script.
    pub fn scripts(&self) -> impl Iterator<Item = &str> {
        self.scripts.iter().map(|(_, script)| script.source())
    }

    /// From now on mail for this node is published, in the mailbox that the call opens. Returns
    /// the channel with it.
    pub fn open(&mut self, at: UnixMillis, node: NodeId) -> (String, Cmd) {
        self.mailbox = mail_channel(&self.pool, node, 1);
        let dice = Dice { pair: PairId::from_bytes([0; 16]) };
        let arguments = encode::open(&self.call(at, dice), "", &[node], None);
        let script = self.scripts.open();
        (self.mailbox.clone(), self.evaluate(script, script.sha(), &arguments))
    }

    /// The call of a command.
    pub fn command(&self, at: UnixMillis, dice: Dice, command: &Command) -> Cmd {
        let script = self.scripts.command(command);
        self.evaluate(script, script.sha(), &encode::command(&self.call(at, dice), command))
    }

    /// The call of a command, but of another script with its keys and arguments.
    pub fn instead(&self, sha: &str, at: UnixMillis, dice: Dice, command: &Command) -> Cmd {
        let script = self.scripts.command(command);
        self.evaluate(script, sha, &encode::command(&self.call(at, dice), command))
    }

    /// The call of a query.
    pub fn query(&self, at: UnixMillis, query: &Query) -> Cmd {
        let dice = Dice { pair: PairId::from_bytes([0; 16]) };
        let script = self.scripts.query(query);
        self.evaluate(script, script.sha(), &encode::query(&self.call(at, dice), query))
    }

    /// What came of a command.
    ///
    /// # Errors
    ///
    /// [`Unexpected`], if it is no reply to one.
    pub fn commit(reply: Value) -> Result<Commit, Unexpected> {
        decode::commit(reply)
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

    fn call(&self, at: UnixMillis, dice: Dice) -> Call<'_> {
        let registers = !self.mailbox.is_empty();
        Call { policy: &self.policy, at, dice, mailbox: &self.mailbox, sharded: false, registers }
    }

    fn evaluate(&self, script: &Script, sha: &str, arguments: &[Vec<u8>]) -> Cmd {
        let keys = script.keys(&self.pool);
        let mut call = cmd("EVALSHA");
        call.arg(sha).arg(keys.len()).arg(keys).arg(arguments);
        call
    }
}
