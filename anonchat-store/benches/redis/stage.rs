//! A Redis of its own, and what it says of itself.

use std::collections::HashMap;

use anonchat_core::{Command, Commit, Dice, UnixMillis};
use anonchat_store::Calls;
use redis::{Cmd, Connection, Pipeline, Value, cmd};
use test_services::{Engine, Server};

use crate::people::{NODE, START, policy};

/// So many commands go in one write.
const BATCH: usize = 500;

pub(crate) struct Stage {
    pub(crate) server: Server,
    pub(crate) calls: Calls,
    connection: Connection,
}

/// What Redis has counted at one moment.
#[derive(Clone, Copy)]
pub(crate) struct Gauge {
    /// Bytes that it has allocated.
    pub(crate) memory: u64,
    /// Microseconds that its main thread has worked.
    pub(crate) cpu: f64,
    /// Commands that scripts have called.
    pub(crate) inner: u64,
}

impl Stage {
    /// Starts Redis, or Valkey if `ENGINE` says so.
    pub(crate) fn start() -> Self {
        let valkey = std::env::var_os("ENGINE").is_some_and(|name| name == "valkey");
        let server = Server::start(if valkey { Engine::Valkey } else { Engine::Redis });
        let mut stage = Self { connection: server.admin(), calls: Calls::new(policy()), server };
        stage.clear();
        stage
    }

    /// The number of the server's process.
    pub(crate) fn process(&mut self) -> String {
        self.info("server").remove("process_id").expect("a server has one")
    }

    /// Forgets everything but the scripts.
    pub(crate) fn clear(&mut self) {
        cmd("FLUSHALL").exec(&mut self.connection).expect("it forgets");
        let scripts: Vec<_> = self.calls.scripts().map(str::to_owned).collect();
        for script in scripts {
            self.load(&script);
        }
    }

    /// Loads a script and returns its name.
    pub(crate) fn load(&mut self, script: &str) -> String {
        let loaded = cmd("SCRIPT").arg("LOAD").arg(script).query(&mut self.connection);
        loaded.expect("the script compiles")
    }

    /// Opens a mailbox for the node and returns its channel.
    pub(crate) fn open(&mut self) -> String {
        let (channel, call) = self.calls.open(START, NODE);
        call.exec(&mut self.connection).expect("the mailbox opens");
        channel
    }

    /// Has commands carried out, many in flight, and looks at what comes of each.
    pub(crate) fn play(
        &mut self,
        commands: impl IntoIterator<Item = (UnixMillis, Dice, Command)>,
        mut seen: impl FnMut(Commit),
    ) {
        let mut commands = commands.into_iter().peekable();
        while commands.peek().is_some() {
            let mut batch = Pipeline::with_capacity(BATCH);
            for (at, dice, command) in commands.by_ref().take(BATCH) {
                batch.add_command(self.calls.command(at, dice, &command));
            }
            for reply in self.send(&batch) {
                seen(Calls::commit(reply).expect("a commit"));
            }
        }
    }

    /// Sends calls together.
    pub(crate) fn send(&mut self, batch: &Pipeline) -> Vec<Value> {
        // One error would be told for each call.
        batch.query(&mut self.connection).unwrap_or_else(|error: redis::RedisError| {
            panic!("a call is refused: {:.200}", error.to_string())
        })
    }

    /// One call.
    pub(crate) fn ask(&mut self, call: &Cmd) -> Value {
        call.query(&mut self.connection).expect("an answer")
    }

    pub(crate) fn gauge(&mut self) -> Gauge {
        let memory = self.number("memory", "used_memory");
        let cpu = self.info("cpu");
        let seconds = |name: &str| cpu[name].parse::<f64>().expect("seconds");
        let stats = self.info("commandstats");
        let inner = stats
            .iter()
            .filter(|(name, _)| !["cmdstat_evalsha", "cmdstat_info"].contains(&name.as_str()))
            .filter_map(|(_, stat)| {
                stat.strip_prefix("calls=")?.split(',').next()?.parse::<u64>().ok()
            })
            .sum();
        let cpu = seconds("used_cpu_user_main_thread") + seconds("used_cpu_sys_main_thread");
        Gauge { memory: memory as u64, cpu: cpu * 1e6, inner }
    }

    /// The keys that there are.
    pub(crate) fn keys(&mut self) -> Vec<String> {
        let mut keys: Vec<String> = cmd("KEYS").arg("*").query(&mut self.connection).expect("keys");
        keys.sort();
        keys
    }

    fn number(&mut self, section: &str, name: &str) -> f64 {
        self.info(section)[name].parse().expect("a number")
    }

    fn info(&mut self, section: &str) -> HashMap<String, String> {
        let text: String = cmd("INFO").arg(section).query(&mut self.connection).expect("it tells");
        let fields = text.lines().filter_map(|line| line.split_once(':'));
        fields.map(|(name, value)| (name.into(), value.trim().into())).collect()
    }
}
