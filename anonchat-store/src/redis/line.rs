//! The connection by which a pool's commands travel, and its replacement when it is lost.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Cmd, PushInfo, PushKind, ServerErrorKind, Value, cmd};
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::backoff::Backoff;
use super::connector::Connector;
use super::outage::Outage;
use super::script::Script;

/// A connection that was up when it was asked for.
#[derive(Clone)]
pub(super) struct Up {
    connection: MultiplexedConnection,
    /// Counts the connections of this line.
    pub(super) generation: u64,
    lost: Arc<Notify>,
}

/// One multiplexed connection at a time, shared by all calls to a pool.
pub(super) struct Line {
    state: watch::Sender<Result<Up, Outage>>,
}

impl Line {
    pub(super) fn new() -> Self {
        Self { state: watch::Sender::new(Err(Outage::NotYet)) }
    }

    /// The connection, as soon as there is one; otherwise why there is none.
    pub(super) async fn up(&self, until: Instant) -> Result<Up, Outage> {
        if let Ok(up) = &*self.state.borrow() {
            return Ok(up.clone());
        }
        let mut state = self.state.subscribe();
        let waiting = timeout_at(until, state.wait_for(Result::is_ok)).await;
        if let Ok(Ok(state)) = waiting {
            return state.clone();
        }
        self.state.borrow().clone()
    }

    /// Keeps the line up, for ever.
    pub(super) async fn run(&self, connector: &Connector, key: &str) {
        let mut backoff = Backoff::new();
        for generation in 1.. {
            let lost = Arc::new(Notify::new());
            let outage = match connector.connect(key, on_disconnect(&lost)).await {
                Ok(connection) => {
                    let up = Up { connection: connection.clone(), generation, lost };
                    self.state.send_modify(|now| *now = Ok(up.clone()));
                    attend(connection, &up.lost, connector.deadline(), &mut backoff).await
                }
                Err(outage) => outage,
            };
            self.state.send_modify(|now| *now = Err(outage));
            sleep(backoff.next()).await;
        }
    }
}

impl Up {
    /// Runs a script: by its hash, and whole if Redis does not know it, which says that it has
    /// not run. Nothing else is ever sent twice.
    pub(super) async fn evaluate(
        &self,
        until: Instant,
        script: &Script,
        keys: &[String],
        arguments: &[Vec<u8>],
    ) -> Result<Value, Outage> {
        let call = |verb, body: &str| {
            let mut call = cmd(verb);
            call.arg(body).arg(keys.len()).arg(keys).arg(arguments);
            call
        };
        let reply = self.send(until, call("EVALSHA", script.sha())).await?;
        match reply {
            Value::ServerError(error) if error.kind() == Some(ServerErrorKind::NoScript) => {
                let reply = self.send(until, call("EVAL", script.source())).await?;
                self.checked(reply)
            }
            reply => self.checked(reply),
        }
    }

    /// Sends one command.
    pub(super) async fn query(&self, until: Instant, command: Cmd) -> Result<Value, Outage> {
        let reply = self.send(until, command).await?;
        self.checked(reply)
    }

    /// The connection is of no use any more; a new one is made.
    pub(super) fn lose(&self) {
        self.lost.notify_one();
    }

    async fn send(&self, until: Instant, command: Cmd) -> Result<Value, Outage> {
        let mut connection = self.connection.clone();
        let sent = timeout_at(until, connection.send_packed_command(&command)).await;
        let outage = match sent {
            Ok(Ok(reply)) => return Ok(reply),
            Ok(Err(error)) => Outage::from(error),
            Err(_) => Outage::Late,
        };
        self.lose();
        Err(outage)
    }

    fn checked(&self, reply: Value) -> Result<Value, Outage> {
        reply.extract_error().map_err(|error| {
            let outage = Outage::from(error);
            if outage.ends_connection() {
                self.lose();
            }
            outage
        })
    }
}

/// Tells when the connection is gone.
fn on_disconnect(
    lost: &Arc<Notify>,
) -> impl Fn(PushInfo) -> Result<(), ()> + Send + Sync + 'static {
    let lost = Arc::clone(lost);
    move |push| {
        if push.kind == PushKind::Disconnection {
            lost.notify_one();
        }
        Ok(())
    }
}

/// Returns when a connection is lost or silent.
///
/// The system may take a quarter of an hour to notice that nobody is there any more, so the
/// connection is asked whenever it has been up for as long as an answer may take.
pub(super) async fn attend(
    mut connection: MultiplexedConnection,
    lost: &Notify,
    deadline: Duration,
    backoff: &mut Backoff,
) -> Outage {
    let asking = async {
        loop {
            sleep(deadline).await;
            match timeout(deadline, cmd("PING").exec_async(&mut connection)).await {
                Ok(Ok(())) => backoff.reset(),
                Ok(Err(error)) => return Outage::from(error),
                Err(_) => return Outage::Late,
            }
        }
    };
    tokio::select! {
        outage = asking => outage,
        () = lost.notified() => Outage::Unreachable("the connection was lost".into()),
    }
}
