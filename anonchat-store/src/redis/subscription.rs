//! The connection by which the mail of a pool, or of rooms, arrives, and its replacement when it is lost.

use std::convert::Infallible;
use std::sync::Arc;

use anonchat_core::NodeId;
use redis::aio::MultiplexedConnection;
use redis::{PushInfo, PushKind, Value, cmd};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::backoff::Backoff;
use super::connector::Connector;
use super::mailbox::{Life, Mailbox, Sorter};
use super::outage::Outage;
use super::pulse::Pulse;

/// Whose mail it is, and where it comes.
pub(super) trait Subscriber: Send + Sync + 'static {
    type Sorter: Sorter;

    fn connector(&self) -> &Connector;

    /// A key, to find the server by.
    fn key(&self) -> String;

    fn mailbox(&self) -> &Arc<Mailbox<Self::Sorter>>;

    /// The nodes that are open.
    fn nodes(&self) -> watch::Receiver<Vec<NodeId>>;

    /// The channel for the mail of these nodes, of which `first` was opened first.
    fn mail_channel(&self, first: NodeId, incarnation: u64) -> String;

    /// The channel for whispers to a node, if there are such.
    fn talk_channel(&self, node: NodeId) -> Option<String>;

    /// Tells Redis where mail for these nodes goes. Returns the last number that was given to mail
    /// for that channel.
    fn greet(
        &self,
        channel: &str,
        former: &str,
        nodes: &[NodeId],
        until: Instant,
    ) -> impl Future<Output = Result<u64, Outage>> + Send;
}

/// Keeps mail coming, for ever, from the moment when the first node is open.
pub(super) async fn run<L: Subscriber>(link: Arc<L>) {
    let mut nodes = link.nodes();
    // The sender lives as long as the link.
    let Ok(first) = nodes.wait_for(|nodes| !nodes.is_empty()).await.map(|nodes| nodes[0]) else {
        return;
    };
    let mut backoff = Backoff::new();
    let mut former = String::new();
    for number in 1.. {
        let channel = link.mail_channel(first, number);
        let outage = match begin(&link, number, &channel, &former, &mut nodes).await {
            Ok((connection, life)) => stay(&link, connection, life, &mut nodes, &mut backoff).await,
            Err(outage) => outage,
        };
        link.mailbox().over(outage);
        // The pool may know it even if nobody heard so.
        former = channel;
        sleep(backoff.next()).await;
    }
}

/// Subscribes, and then tells the pool where mail for these nodes goes from now on.
async fn begin<L: Subscriber>(
    link: &Arc<L>,
    number: u64,
    channel: &str,
    former: &str,
    nodes: &mut watch::Receiver<Vec<NodeId>>,
) -> Result<(MultiplexedConnection, Life), Outage> {
    let pulse = Arc::new(Pulse::default());
    let pump = pump(link, number, channel, &pulse);
    let connector = link.connector();
    let mut connection = connector.connect(&link.key(), pump).await?;
    link.mailbox().subscribed(number);
    subscribe(connector, &mut connection, channel).await?;
    let open: Vec<NodeId> = nodes.borrow_and_update().clone();
    for channel in open.iter().filter_map(|node| link.talk_channel(*node)) {
        subscribe(connector, &mut connection, &channel).await?;
    }
    let until = Instant::now() + connector.deadline();
    let handed = link.greet(channel, former, &open, until).await?;
    let life = Life { number, channel: channel.into(), nodes: open.into(), pulse };
    link.mailbox().opened(life.clone(), handed);
    Ok((connection, life))
}

/// Returns when the subscription is lost or silent; subscribes for nodes that are opened later.
async fn stay<L: Subscriber>(
    link: &Arc<L>,
    mut connection: MultiplexedConnection,
    mut life: Life,
    nodes: &mut watch::Receiver<Vec<NodeId>>,
    backoff: &mut Backoff,
) -> Outage {
    let watching = attend(&**link, connection.clone(), life.clone(), backoff);
    let following = async {
        loop {
            let open: Vec<NodeId> = nodes.borrow_and_update().clone();
            for node in open.iter().filter(|node| !life.nodes.contains(node)) {
                let Some(channel) = link.talk_channel(*node) else { continue };
                let subscribed = subscribe(link.connector(), &mut connection, &channel).await;
                if let Err(outage) = subscribed {
                    return outage;
                }
            }
            if life.nodes.len() < open.len() {
                life.nodes = open.into();
                link.mailbox().hears(life.clone());
            }
            if nodes.changed().await.is_err() {
                return Outage::NotYet;
            }
        }
    };
    tokio::select! {
        Err(outage) = watching => outage,
        outage = following => outage,
    }
}

/// Returns when the subscription is lost or silent, or has lost mail.
async fn attend<L: Subscriber>(
    link: &L,
    mut connection: MultiplexedConnection,
    life: Life,
    backoff: &mut Backoff,
) -> Result<Infallible, Outage> {
    let deadline = link.connector().deadline();
    loop {
        life.pulse.beat(deadline).await?;
        // Redis answers behind the mail that it has sent before.
        let owed = link.mailbox().owed();
        life.pulse.ask(&mut connection, deadline).await?;
        if !link.mailbox().has(life.number, owed) {
            return Err(Outage::MailLost);
        }
        backoff.reset();
    }
}

/// One channel a command: each has one confirmation.
async fn subscribe(
    connector: &Connector,
    connection: &mut MultiplexedConnection,
    channel: &str,
) -> Result<(), Outage> {
    let verb = if connector.sharded() { "SSUBSCRIBE" } else { "SUBSCRIBE" };
    let mut command = cmd(verb);
    command.arg(channel);
    let asked = timeout(connector.deadline(), command.query_async::<Value>(connection));
    asked.await.map_err(|_| Outage::Late)??;
    Ok(())
}

/// Takes in what Redis sends, in order and at once: nothing queues up in between.
fn pump<L: Subscriber>(
    link: &Arc<L>,
    number: u64,
    channel: &str,
    pulse: &Arc<Pulse>,
) -> impl Fn(PushInfo) -> Result<(), ()> + Send + Sync + 'static + use<L> {
    let mailbox = Arc::clone(link.mailbox());
    let (channel, pulse) = (channel.as_bytes().to_vec(), Arc::clone(pulse));
    move |push| {
        let whole = match push.kind {
            PushKind::Message | PushKind::SMessage => match push.data.as_slice() {
                [Value::BulkString(to), Value::BulkString(payload)] if *to == channel => {
                    mailbox.batch(number, payload)
                }
                [_, Value::BulkString(payload)] => mailbox.whisper(number, payload),
                _ => false,
            },
            // The end of the connection, or of a subscription that nobody ended from here.
            PushKind::Disconnection | PushKind::Unsubscribe | PushKind::SUnsubscribe => false,
            _ => true,
        };
        if !whole {
            pulse.lose();
        }
        Ok(())
    }
}
