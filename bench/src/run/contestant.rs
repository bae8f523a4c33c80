//! The programs that are measured, and how each is started.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use clap::Args;

use super::machine;
use crate::failure::Failure;

/// A server that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contestant {
    /// This project's server, with every check and screen and no limit.
    Anonchat,
    /// One thread and one epoll set.
    Epoll,
    /// axum as one begins with it.
    Axum,
    /// Node.js with `ws`.
    Node,
    /// FastAPI with uvicorn.
    FastApi,
}

impl Contestant {
    pub(crate) const ALL: [Self; 5] =
        [Self::Anonchat, Self::Epoll, Self::Axum, Self::Node, Self::FastApi];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Anonchat => "anonchat",
            Self::Epoll => "epoll",
            Self::Axum => "plain axum",
            Self::Node => "Node ws",
            Self::FastApi => "FastAPI",
        }
    }
}

/// Where the programs are. Of the baselines, those not named are left out, but for `epoll`: this
/// program has one of its own.
#[derive(Args)]
pub(crate) struct Programs {
    /// The server
    #[arg(long, value_name = "FILE")]
    server: PathBuf,
    /// Another load generator that takes the same arguments
    #[arg(long, value_name = "FILE")]
    loadgen: Option<PathBuf>,
    /// Another server of one thread and one epoll set, started with a port
    #[arg(long, value_name = "FILE")]
    epoll: Option<PathBuf>,
    /// A plain axum server, started with a port
    #[arg(long, value_name = "FILE")]
    axum: Option<PathBuf>,
    /// A script for Node.js, started with a port
    #[arg(long, value_name = "FILE")]
    node: Option<PathBuf>,
    /// Folder with `app.py` and the environment `venv` that runs it
    #[arg(long, value_name = "DIR")]
    fastapi: Option<PathBuf>,
}

/// Limits off; the checks and the screens stay. Messages may be long enough for the heaviest case.
const POLICY: &str = "\
[matching]
cooldown_ms = 0
daily_per_filter = 0
daily_total = 0
rematch_after_s = 0

[rates]
frames_per_minute = 0
signals_per_minute = 0
rest_per_minute = 0

[connection]
grace_s = 0
max_per_address = 0
max_half_open_per_address = 0

[text]
message_chars = 10000
";

/// A server that listens. It ends when this is dropped.
pub(crate) struct Running {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From the start of the process until it listened.
    pub(crate) took: Duration,
    /// Held open: the server may say more.
    said: Option<BufReader<ChildStdout>>,
}

impl Running {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Programs {
    pub(crate) fn server(&self) -> &PathBuf {
        &self.server
    }

    pub(crate) fn has(&self, contestant: Contestant) -> bool {
        match contestant {
            Contestant::Anonchat | Contestant::Epoll => true,
            Contestant::Axum => self.axum.is_some(),
            Contestant::Node => self.node.is_some(),
            Contestant::FastApi => self.fastapi.is_some(),
        }
    }

    /// What drives, in words.
    pub(crate) fn driver(&self) -> &'static str {
        if self.loadgen.is_some() { "driven by `loadgen`" } else { "driven by our own generator" }
    }

    /// What the anchor is, in words.
    pub(crate) fn anchor(&self) -> &'static str {
        if self.epoll.is_some() {
            "epoll is `epoll_raw`"
        } else {
            "epoll is our own small baseline"
        }
    }

    /// The load generator: the one that was named, or this program's own.
    pub(crate) fn generator(&self, own: bool) -> Result<Command, Failure> {
        Ok(match &self.loadgen {
            Some(loadgen) if !own => Command::new(loadgen),
            _ => {
                let mut command = Command::new(std::env::current_exe()?);
                command.arg("load");
                command
            }
        })
    }

    /// Starts a server on a core of its own, and waits until it listens.
    pub(crate) fn start(&self, contestant: Contestant) -> Result<Running, Failure> {
        if contestant == Contestant::Anonchat {
            return self.start_anonchat();
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = match (contestant, &self.epoll, &self.axum, &self.node, &self.fastapi) {
            (Contestant::Epoll, Some(program), ..) | (Contestant::Axum, _, Some(program), ..) => {
                Command::new(program)
            }
            (Contestant::Node, .., Some(script), _) => {
                let mut command = Command::new("node");
                command.arg(script);
                command
            }
            (Contestant::FastApi, .., Some(folder)) => {
                let mut command = Command::new(folder.join("venv/bin/uvicorn"));
                command.args(["app:app", "--log-level", "error", "--no-access-log", "--app-dir"]);
                command.arg(folder).arg("--port");
                command
            }
            _ => {
                let mut command = Command::new(std::env::current_exe()?);
                command.arg("baseline");
                command
            }
        };
        command.arg(port.to_string()).stdin(Stdio::null()).stdout(Stdio::null());
        let (start, child) = (Instant::now(), on_core(&command, 0).spawn()?);
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let mut running = Running { child, address, took: Duration::ZERO, said: None };
        while TcpStream::connect(address).is_err() {
            if running.child.try_wait()?.is_some() || start.elapsed() > Duration::from_secs(20) {
                return Failure::because(format!("{} does not listen", contestant.name()));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        running.took = start.elapsed();
        Ok(running)
    }

    fn start_anonchat(&self) -> Result<Running, Failure> {
        let folder = std::env::temp_dir().join(format!("anonchat-bench-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let policy = folder.join("policy.toml");
        fs::write(&policy, POLICY)?;
        let mut command = Command::new(&self.server);
        command.args(["--listen", "127.0.0.1:0", "--log", "error", "--policy"]).arg(&policy);
        let mut command = on_core(&command, 0);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ANONCHAT_")) {
            command.env_remove(name);
        }
        command.env("ANONCHAT_KEY", secret()?).env("ANONCHAT_ADMIN_KEY", secret()?);
        let start = Instant::now();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let said = child.stdout.take().map(BufReader::new);
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut running = Running { child, address, took: Duration::ZERO, said: None };
        let Some(mut said) = said else { return Failure::because("the server is silent") };
        let mut line = String::new();
        while said.read_line(&mut line)? > 0 {
            if let Some(address) = line.trim().strip_prefix("Listening on http://") {
                running.took = start.elapsed();
                let address = address.parse();
                running.address =
                    address.map_err(|_| Failure::Unmeasurable(format!("what is {line:?}?")))?;
                running.said = Some(said);
                fs::remove_dir_all(folder)?;
                return Ok(running);
            }
            line.clear();
        }
        Failure::because("the server has ended before it listened")
    }
}

/// The same command, held on one core where that is possible.
pub(crate) fn on_core(command: &Command, core: usize) -> Command {
    if !machine::can_pin() {
        let mut same = Command::new(command.get_program());
        same.args(command.get_args());
        return same;
    }
    let mut pinned = Command::new("taskset");
    pinned.args(["-c", &core.to_string()]).arg(command.get_program()).args(command.get_args());
    pinned
}

/// A random key, as an operator would make one.
fn secret() -> Result<String, Failure> {
    let mut bytes = [0; 24];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
