//! The rooms in Redis: their connections, and what a call to them takes.

use std::sync::Arc;

use anonchat_core::room::{RoomCommand, RoomCommit, RoomDice, RoomEnvelope, RoomQuery, RoomView};
use anonchat_core::{NodeId, RoomInbox, UnixMillis};
use redis::Value;
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio::time::{Instant, timeout_at};

use super::super::clock::Clock;
use super::super::connector::Connector;
use super::super::inboxes::Inboxes;
use super::super::line::{Line, Up};
use super::super::link::Deployment;
use super::super::mailbox::{Life, Mailbox, Sorter};
use super::super::malformed::Malformed;
use super::super::outage::Outage;
use super::super::script::Script;
use super::super::subscription::Subscriber;
use super::keys::{RoomKey, mail_channel};
use super::seal::Seals;
use super::{decode, encode};

/// Calls that may be under way at once. More wait for their turn.
const CALLS: usize = 1024;

/// The mail of rooms.
pub(in crate::redis) struct RoomMail {
    inboxes: Arc<Inboxes<dyn RoomInbox>>,
    seals: Arc<Seals>,
}

impl Sorter for RoomMail {
    type Mail = Vec<RoomEnvelope>;

    fn batch(&self, payload: &[u8]) -> Result<(u64, Vec<RoomEnvelope>), Malformed> {
        decode::batch(&*self.seals, payload)
    }

    fn deliver(&self, mail: Vec<RoomEnvelope>) {
        self.inboxes.deliver(mail);
    }

    fn gap(&self) {
        self.inboxes.gap();
    }

    fn whisper(&self, _payload: &[u8]) -> Result<(), Malformed> {
        Err(Malformed::Range("a channel"))
    }
}

/// The rooms in Redis.
pub(super) struct RoomLink {
    pub(super) deployment: Arc<Deployment>,
    pub(super) inboxes: Arc<Inboxes<dyn RoomInbox>>,
    pub(super) line: Line,
    pub(super) mailbox: Arc<Mailbox<RoomMail>>,
    seals: Arc<Seals>,
    clock: Clock,
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

impl RoomLink {
    pub(super) fn new(deployment: Arc<Deployment>, seals: Seals) -> Self {
        let (inboxes, seals) = (Arc::new(Inboxes::new()), Arc::new(seals));
        let mail = RoomMail { inboxes: Arc::clone(&inboxes), seals: Arc::clone(&seals) };
        Self {
            inboxes,
            line: Line::new(),
            mailbox: Arc::new(Mailbox::of(mail)),
            seals,
            clock: Clock::new(deployment.corrects_instants),
            calls: Semaphore::new(CALLS),
            deployment,
        }
    }

    /// Applies a command, and returns when its mail has been handed over.
    pub(super) async fn apply(
        &self,
        at: UnixMillis,
        dice: RoomDice,
        command: &RoomCommand,
    ) -> Result<RoomCommit, Outage> {
        let called = Instant::now();
        let until = called + self.deployment.connector.deadline();
        let measure = matches!(command, RoomCommand::Renew { .. });
        let turn = self.turn(at, called, until, measure).await?;
        let registers = speaks_from(command)
            .is_some_and(|node| turn.life.as_ref().is_some_and(|life| life.nodes.contains(&node)));
        let call = encode::Call {
            dice,
            mailbox: turn.life.as_ref().map_or("", |life| &life.channel),
            registers,
            ..self.call(turn.at)
        };
        let script = self.deployment.room_scripts.command(command);
        let arguments = encode::command(&call, &self.seals, command);
        let reply = self.evaluate(&turn.up, until, script, &arguments).await?;
        let reply = decode::commit(&*self.seals, reply)?;
        if let Some(life) = &turn.life {
            if reply.mail.is_none() {
                life.pulse.lose();
            }
            if !self.mailbox.caught_up(life.number, reply.mail, until).await {
                life.pulse.doubt();
                return Err(Outage::MailLate);
            }
        }
        Ok(reply.commit)
    }

    /// Looks at the rooms.
    pub(super) async fn read(&self, at: UnixMillis, query: &RoomQuery) -> Result<RoomView, Outage> {
        let called = Instant::now();
        let until = called + self.deployment.connector.deadline();
        let turn = self.turn(at, called, until, false).await?;
        let script = self.deployment.room_scripts.query(query);
        let arguments = encode::query(&self.call(turn.at), query);
        let reply = self.evaluate(&turn.up, until, script, &arguments).await?;
        Ok(decode::view(&*self.seals, query, reply)?)
    }

    /// Waits for whatever a call needs.
    async fn turn(
        &self,
        at: UnixMillis,
        called: Instant,
        until: Instant,
        measure: bool,
    ) -> Result<Turn<'_>, Outage> {
        let Ok(Ok(_permit)) = timeout_at(until, self.calls.acquire()).await else {
            return Err(Outage::Busy);
        };
        // A commit whose mail cannot arrive would only be another gap.
        let life = match self.inboxes.any() {
            true => Some(self.mailbox.life(None, until).await?),
            false => None,
        };
        let up = self.line.up(until).await?;
        let at = self.clock.correct(&up, at, called, until, measure).await?;
        Ok(Turn { _permit, life, up, at })
    }

    fn call(&self, at: UnixMillis) -> encode::Call<'_> {
        encode::Call {
            policy: &self.deployment.policy,
            at,
            dice: RoomDice::from_bytes([0; 32]),
            mailbox: "",
            sharded: self.deployment.connector.sharded(),
            registers: false,
        }
    }

    async fn evaluate(
        &self,
        up: &Up,
        until: Instant,
        script: &Script<RoomKey>,
        arguments: &[Vec<u8>],
    ) -> Result<Value, Outage> {
        up.evaluate(until, script, &script.names(), arguments).await
    }
}

impl Subscriber for RoomLink {
    type Sorter = RoomMail;

    fn connector(&self) -> &Connector {
        &self.deployment.connector
    }

    fn key(&self) -> String {
        RoomKey::State.of_rooms()
    }

    fn mailbox(&self) -> &Arc<Mailbox<RoomMail>> {
        &self.mailbox
    }

    fn nodes(&self) -> watch::Receiver<Vec<NodeId>> {
        self.inboxes.watch()
    }

    fn mail_channel(&self, first: NodeId, incarnation: u64) -> String {
        mail_channel(first, incarnation)
    }

    fn talk_channel(&self, _node: NodeId) -> Option<String> {
        None
    }

    /// Also checks that this deployment made the rooms.
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
        let script = self.deployment.room_scripts.open();
        Ok(decode::opened(self.evaluate(&up, until, script, &arguments).await?)?)
    }
}

/// The node that a command makes or keeps alive.
fn speaks_from(command: &RoomCommand) -> Option<NodeId> {
    match command {
        RoomCommand::Attach { conn, .. } => Some(conn.node),
        RoomCommand::Renew { node } => Some(*node),
        _ => None,
    }
}
