//! The connection by which a pool's commands travel, and its replacement when it is lost.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Cmd, PushInfo, PushKind, ServerErrorKind, Value, cmd};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};

use super::backoff::Backoff;
use super::connector::Connector;
use super::outage::Outage;
use super::pulse::Pulse;
use super::script::Script;

/// A connection that was up when it was asked for.
#[derive(Clone)]
pub(super) struct Up {
    connection: MultiplexedConnection,
    /// Counts the connections of this line.
    pub(super) generation: u64,
    pulse: Arc<Pulse>,
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
            let pulse = Arc::new(Pulse::default());
            let outage = match connector.connect(key, on_disconnect(&pulse)).await {
                Ok(connection) => {
                    let up = Up { connection, generation, pulse };
                    self.state.send_modify(|now| *now = Ok(up.clone()));
                    let Err(outage) = attend(&up, connector.deadline(), &mut backoff).await;
                    outage
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
    pub(super) async fn evaluate<K>(
        &self,
        until: Instant,
        script: &Script<K>,
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

    async fn send(&self, until: Instant, command: Cmd) -> Result<Value, Outage> {
        let mut connection = self.connection.clone();
        let sent = timeout_at(until, connection.send_packed_command(&command)).await;
        match sent {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(error)) => {
                self.pulse.lose();
                Err(error.into())
            }
            Err(_) => {
                self.pulse.doubt();
                Err(Outage::Late)
            }
        }
    }

    fn checked(&self, reply: Value) -> Result<Value, Outage> {
        reply.extract_error().map_err(|error| {
            let outage = Outage::from(error);
            if outage.ends_connection() {
                self.pulse.lose();
            }
            outage
        })
    }
}

/// Tells when the connection is gone.
fn on_disconnect(
    pulse: &Arc<Pulse>,
) -> impl Fn(PushInfo) -> Result<(), ()> + Send + Sync + 'static {
    let pulse = Arc::clone(pulse);
    move |push| {
        if push.kind == PushKind::Disconnection {
            pulse.lose();
        }
        Ok(())
    }
}

/// Returns when a connection is lost or silent.
async fn attend(up: &Up, deadline: Duration, backoff: &mut Backoff) -> Result<Infallible, Outage> {
    let mut connection = up.connection.clone();
    loop {
        up.pulse.beat(deadline).await?;
        up.pulse.ask(&mut connection, deadline).await?;
        backoff.reset();
    }
}
