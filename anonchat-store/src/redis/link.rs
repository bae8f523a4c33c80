//! One pool in Redis: its connections, and what a call to it takes.

use std::sync::Arc;

use anonchat_core::{
    Command, Commit, Dice, NodeId, PairId, Policy, PoolId, Query, UnixMillis, View, Whisper,
};
use redis::{Value, cmd};
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio::time::{Instant, timeout_at};

use super::clock::Clock;
use super::connector::Connector;
use super::inboxes::Inboxes;
use super::line::{Line, Up};
use super::mailbox::{Life, Mailbox, PoolMail};
use super::outage::Outage;
use super::rooms::script::RoomScripts;
use super::script::{Script, Scripts};
#[cfg(feature = "conformance")]
use super::snapshot;
use super::subscription::Subscriber;
use super::{decode, encode, keys, mail};

/// Calls to one pool that may be under way at once. More wait for their turn.
const CALLS: usize = 1024;

/// What all pools of a store share.
pub(super) struct Deployment {
    pub(super) policy: Arc<Policy>,
    pub(super) connector: Connector,
    pub(super) scripts: Scripts,
    pub(super) room_scripts: RoomScripts,
    pub(super) inboxes: Arc<Inboxes>,
    pub(super) fingerprint: Option<[u8; 32]>,
    pub(super) corrects_instants: bool,
}

/// One pool in Redis.
pub(super) struct Link {
    pub(super) pool: PoolId,
    pub(super) deployment: Arc<Deployment>,
    pub(super) line: Line,
    pub(super) mailbox: Arc<Mailbox>,
    clock: Arc<Clock>,
    calls: Semaphore,
}

/// What a call has once it is its turn.
struct Turn<'a> {
    _permit: SemaphorePermit<'a>,
    /// Where the mail of this store arrives; none before a node is open.
    life: Option<Life>,
    up: Up,
    at: UnixMillis,
}

impl Link {
    pub(super) fn new(pool: PoolId, deployment: Arc<Deployment>) -> Self {
        let clock = Arc::new(Clock::new(deployment.corrects_instants));
        let inboxes = Arc::clone(&deployment.inboxes);
        Self {
            pool,
            line: Line::new(),
            mailbox: Arc::new(Mailbox::new(inboxes, Arc::clone(&clock))),
            clock,
            calls: Semaphore::new(CALLS),
            deployment,
        }
    }

    /// Applies a command, and returns when its mail has been handed over.
    pub(super) async fn apply(
        &self,
        at: UnixMillis,
        dice: Dice,
        command: &Command,
    ) -> Result<Commit, Outage> {
        let called = Instant::now();
        let until = called + self.deployment.connector.deadline();
        let measure = matches!(command, Command::Renew { .. });
        let turn = self.turn(at, called, until, measure).await?;
        let registers = speaks_from(command)
            .is_some_and(|node| turn.life.as_ref().is_some_and(|life| life.nodes.contains(&node)));
        let call = encode::Call {
            dice,
            mailbox: turn.life.as_ref().map_or("", |life| &life.channel),
            registers,
            ..self.call(turn.at)
        };
        let script = self.deployment.scripts.command(command);
        let arguments = encode::command(&call, command);
        let reply = decode::commit(self.evaluate(&turn.up, until, script, &arguments).await?)?;
        if let Some(life) = &turn.life {
            if reply.mail.is_none() {
                life.pulse.lose();
            }
            if !self.mailbox.caught_up(life.number, reply.mail, until).await {
                life.pulse.doubt();
                return Err(Outage::MailLate);
            }
        }
        let mut commit = reply.commit;
        commit.outcome = commit.outcome.map_err(|rejection| self.clock.told_here(rejection));
        Ok(commit)
    }

    /// Looks at the pool.
    pub(super) async fn read(&self, at: UnixMillis, query: &Query) -> Result<View, Outage> {
        let called = Instant::now();
        let until = called + self.deployment.connector.deadline();
        let turn = self.turn(at, called, until, false).await?;
        let script = self.deployment.scripts.query(query);
        let arguments = encode::query(&self.call(turn.at), query);
        let reply = self.evaluate(&turn.up, until, script, &arguments).await?;
        Ok(decode::view(query, reply)?)
    }

    /// Carries a whisper to the server of its node.
    pub(super) async fn whisper(&self, whisper: &Whisper) -> Result<(), Outage> {
        let until = Instant::now() + self.deployment.connector.deadline();
        let _permit = self.permit(until).await?;
        let up = self.line.up(until).await?;
        let verb = if self.deployment.connector.sharded() { "SPUBLISH" } else { "PUBLISH" };
        let mut publish = cmd(verb);
        publish.arg(keys::talk_channel(&self.pool, whisper.to.node));
        publish.arg(mail::encode_whisper(whisper));
        up.query(until, publish).await.map(drop)
    }

    /// Empties the pool, and returns when the inboxes were told of a gap.
    pub(super) async fn reset(&self) -> Result<(), Outage> {
        let until = Instant::now() + self.deployment.connector.deadline();
        let _permit = self.permit(until).await?;
        let life = match self.deployment.inboxes.any() {
            true => Some(self.mailbox.life(None, until).await?),
            false => None,
        };
        let up = self.line.up(until).await?;
        let script = self.deployment.scripts.reset();
        let arguments = encode::reset(&self.call(UnixMillis::default()));
        decode::opened(self.evaluate(&up, until, script, &arguments).await?)?;
        if let Some(life) = life {
            // The pool has forgotten this mailbox with everything else.
            life.pulse.lose();
            if !self.mailbox.caught_up(life.number, None, until).await {
                return Err(Outage::MailLate);
            }
        }
        Ok(())
    }

    /// Runs a script that counts, at an instant by the clock of Redis.
    pub(super) async fn count(
        &self,
        at: UnixMillis,
        script: &Script,
        key: String,
        arguments: impl FnOnce(UnixMillis) -> [Vec<u8>; 4],
    ) -> Result<Value, Outage> {
        let called = Instant::now();
        let until = called + self.deployment.connector.deadline();
        let _permit = self.permit(until).await?;
        let up = self.line.up(until).await?;
        let at = self.clock.correct(&up, at, called, until, false).await?;
        up.evaluate(until, script, &[key], &arguments(at)).await
    }

    /// Reads every key. Commits on the way make it worthless.
    #[cfg(feature = "conformance")]
    pub(super) async fn snapshot(&self) -> Result<anonchat_core::pool::Snapshot, Outage> {
        let until = Instant::now() + self.deployment.connector.deadline();
        let up = self.line.up(until).await?;
        let mut replies = Vec::new();
        for command in snapshot::commands(&self.pool) {
            replies.push(up.query(until, command).await?);
        }
        Ok(snapshot::snapshot(&self.deployment.policy, replies)?)
    }

    /// Waits for whatever a call needs.
    async fn turn(
        &self,
        at: UnixMillis,
        called: Instant,
        until: Instant,
        measure: bool,
    ) -> Result<Turn<'_>, Outage> {
        let _permit = self.permit(until).await?;
        // A commit whose mail cannot arrive would only be another gap.
        let life = match self.deployment.inboxes.any() {
            true => Some(self.mailbox.life(None, until).await?),
            false => None,
        };
        let up = self.line.up(until).await?;
        let at = self.clock.correct(&up, at, called, until, measure).await?;
        Ok(Turn { _permit, life, up, at })
    }

    async fn permit(&self, until: Instant) -> Result<SemaphorePermit<'_>, Outage> {
        match timeout_at(until, self.calls.acquire()).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(Outage::Busy),
        }
    }

    fn call(&self, at: UnixMillis) -> encode::Call<'_> {
        encode::Call {
            policy: &self.deployment.policy,
            at,
            dice: Dice { pair: PairId::from_bytes([0; 16]) },
            mailbox: "",
            sharded: self.deployment.connector.sharded(),
            registers: false,
        }
    }

    async fn evaluate(
        &self,
        up: &Up,
        until: Instant,
        script: &Script,
        arguments: &[Vec<u8>],
    ) -> Result<Value, Outage> {
        up.evaluate(until, script, &script.keys(&self.pool), arguments).await
    }
}

impl Subscriber for Link {
    type Sorter = PoolMail;

    fn connector(&self) -> &Connector {
        &self.deployment.connector
    }

    fn key(&self) -> String {
        self.deployment.scripts.open().keys(&self.pool).swap_remove(0)
    }

    fn mailbox(&self) -> &Arc<Mailbox> {
        &self.mailbox
    }

    fn nodes(&self) -> watch::Receiver<Vec<NodeId>> {
        self.deployment.inboxes.watch()
    }

    fn mail_channel(&self, first: NodeId, incarnation: u64) -> String {
        keys::mail_channel(&self.pool, first, incarnation)
    }

    fn talk_channel(&self, node: NodeId) -> Option<String> {
        Some(keys::talk_channel(&self.pool, node))
    }

    /// Also checks that this deployment made the pool.
    async fn greet(
        &self,
        channel: &str,
        former: &str,
        nodes: &[NodeId],
        until: Instant,
    ) -> Result<u64, Outage> {
        let up = self.line.up(until).await?;
        let call = encode::Call { mailbox: channel, ..self.call(UnixMillis::default()) };
        let fingerprint = self.deployment.fingerprint;
        let arguments = encode::open(&call, former, nodes, fingerprint);
        let script = self.deployment.scripts.open();
        Ok(decode::opened(self.evaluate(&up, until, script, &arguments).await?)?)
    }
}

/// The node that a command makes or keeps alive.
fn speaks_from(command: &Command) -> Option<NodeId> {
    match command {
        Command::Attach { conn, .. } | Command::Enter { conn, .. } => Some(conn.node),
        Command::Renew { node } => Some(*node),
        _ => None,
    }
}
