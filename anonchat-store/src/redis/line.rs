//! The connection by which a pool's commands travel, and its replacement when it is lost.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Cmd, PushInfo, PushKind, ServerError, ServerErrorKind, Value, cmd};
use tokio::sync::{Mutex, watch};
use tokio::time::{Instant, sleep, timeout_at};

use super::backoff::Backoff;
use super::connector::Connector;
use super::outage::Outage;
use super::pulse::Pulse;
use super::script::{Code, Keys, LoneScript, Script};

/// A connection that was up when it was asked for.
#[derive(Clone)]
pub(super) struct Up {
    connection: MultiplexedConnection,
    /// Counts the connections of this line.
    pub(super) generation: u64,
    pub(super) pulse: Arc<Pulse>,
    /// Held by who loads a library, so that many do not at once.
    loading: Arc<Mutex<()>>,
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
                    let up = Up { connection, generation, pulse, loading: Arc::default() };
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
    /// Has Redis call a function of a library, and loads the library if Redis does not know it,
    /// which says that nothing has run. `names` are those of all keys that there are.
    pub(super) async fn call<K: Keys>(
        &self,
        until: Instant,
        script: &Script<K>,
        names: &[String],
        arguments: &[&[u8]],
    ) -> Result<Value, Outage> {
        let mut call = cmd("FCALL");
        call.arg(script.name()).arg(script.touches().len());
        for key in script.touches() {
            call.arg(&names[key.place()]);
        }
        call.arg(arguments);
        let mut reply = self.send(until, &call).await?;
        if is_unknown(&reply) {
            let loading = timeout_at(until, self.loading.lock()).await;
            let _loading = loading.map_err(|_| Outage::Late)?;
            reply = self.send(until, &call).await?;
            // Somebody may take it away again before the call: only the deadline ends this.
            while is_unknown(&reply) {
                self.load(until, script.code()).await?;
                reply = self.send(until, &call).await?;
            }
        }
        self.checked(reply)
    }

    async fn load(&self, until: Instant, code: &Code) -> Result<(), Outage> {
        let mut load = cmd("FUNCTION");
        load.arg("LOAD").arg(code.source());
        match self.send(until, &load).await? {
            // Another server was faster.
            Value::ServerError(error) if says(&error, "already exists") => Ok(()),
            reply => self.checked(reply).map(drop),
        }
    }

    /// Runs a script of its own: by its hash, and whole if Redis does not know it, which says that
    /// it has not run.
    pub(super) async fn run(
        &self,
        until: Instant,
        script: &LoneScript,
        keys: &[String],
        arguments: &[Vec<u8>],
    ) -> Result<Value, Outage> {
        let call = |verb, body: &str| {
            let mut call = cmd(verb);
            call.arg(body).arg(keys.len()).arg(keys).arg(arguments);
            call
        };
        let reply = self.send(until, &call("EVALSHA", script.sha())).await?;
        match reply {
            Value::ServerError(error) if error.kind() == Some(ServerErrorKind::NoScript) => {
                let reply = self.send(until, &call("EVAL", script.source())).await?;
                self.checked(reply)
            }
            reply => self.checked(reply),
        }
    }

    /// Sends one command.
    pub(super) async fn query(&self, until: Instant, command: Cmd) -> Result<Value, Outage> {
        let reply = self.send(until, &command).await?;
        self.checked(reply)
    }

    async fn send(&self, until: Instant, command: &Cmd) -> Result<Value, Outage> {
        let mut connection = self.connection.clone();
        let sent = timeout_at(until, connection.send_packed_command(command)).await;
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

/// Whether Redis does not know the function that it was to call.
fn is_unknown(reply: &Value) -> bool {
    matches!(reply, Value::ServerError(error) if says(error, "Function not found"))
}

fn says(error: &ServerError, what: &str) -> bool {
    error.details().is_some_and(|details| details.contains(what))
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
