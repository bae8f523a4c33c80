//! One server process.

use std::ffi::OsString;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::thread::sleep;
use std::time::Duration;

use redis::{Client, Connection, RedisResult};

use crate::certificate::Certificates;
use crate::engine::Engine;
use crate::port;
use crate::relay::Address;
use crate::setup::Setup;
use crate::watchdog::Watchdog;

/// How long a server may take to start, to load its data, to join the others.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(10);

/// Who may do everything where there are users.
const ADMIN: &str = "user test-admin on >test-admin ~* &* +@all";

/// A server. It ends with this value, and its directory goes.
pub struct Server {
    watchdog: Mutex<Watchdog>,
    directory: PathBuf,
    ports: Ports,
    certificates: Option<Certificates>,
    users: bool,
}

#[derive(Clone, Copy, Default)]
struct Ports {
    tcp: Option<u16>,
    tls: Option<u16>,
    bus: Option<u16>,
}

impl Server {
    /// Starts a server on a unix socket, without users, TLS or files.
    ///
    /// # Panics
    ///
    /// As [`Setup::start`].
    pub fn start(engine: Engine) -> Self {
        Setup::new(engine).start()
    }

    pub(crate) fn launch(setup: &Setup) -> Self {
        // Somebody else may take a port between the look and the start.
        for _ in 0..20 {
            let server = Self::prepare(setup);
            server.order("start");
            match server.until_ready() {
                Ok(()) => return server,
                Err(log) if log.contains("already in use") => {}
                Err(log) => panic!("{:?} does not start:\n{log}", setup.engine),
            }
        }
        panic!("{:?} finds no free port", setup.engine);
    }

    /// The directory with everything in it, before the start.
    fn prepare(setup: &Setup) -> Self {
        let mut command = vec![OsString::from(setup.engine.program()), "server.conf".into()];
        if setup.sentinel {
            command.push("--sentinel".into());
        }
        let watchdog = Watchdog::new(&command);
        let directory = watchdog.directory().to_owned();
        let server = Self {
            ports: Ports {
                tcp: setup.tcp.then(port::free),
                tls: setup.tls.then(port::free),
                bus: setup.cluster.then(port::free),
            },
            certificates: setup.tls.then(|| Certificates::write(&directory)),
            users: !setup.users.is_empty(),
            watchdog: Mutex::new(watchdog),
            directory,
        };
        if server.users {
            let lines = [&setup.users[..], &[ADMIN.into(), "user default off".into()]].concat();
            std::fs::write(server.directory.join("users.acl"), lines.join("\n") + "\n")
                .expect("the users are written");
        }
        std::fs::write(server.directory.join("server.conf"), server.configuration(setup))
            .expect("the configuration is written");
        server
    }

    fn configuration(&self, setup: &Setup) -> String {
        let directory = self.directory.display();
        let mut lines = format!(
            "bind 127.0.0.1\nport {}\nunixsocket {directory}/socket\ndir {directory}\n",
            self.ports.tcp.unwrap_or(0),
        );
        let mut line = |text: &str| writeln!(lines, "{text}").expect("a string takes everything");
        if !setup.sentinel {
            line("save \"\"");
        }
        if setup.append_only {
            line("appendonly yes\nappendfsync always");
        }
        if self.users {
            line("aclfile users.acl");
        }
        if let (Some(port), Some(certificates)) = (self.ports.tls, &self.certificates) {
            let [certificate, key] = certificates.server_files();
            line(&format!("tls-port {port}\ntls-auth-clients no"));
            line(&format!(
                "tls-cert-file {}\ntls-key-file {}",
                certificate.display(),
                key.display()
            ));
            line(&format!("tls-ca-cert-file {}", certificates.authority_file().display()));
        }
        if let Some(port) = self.ports.bus {
            line(&format!("cluster-enabled yes\ncluster-port {port}"));
        }
        setup.config.iter().for_each(|text| line(text));
        lines
    }

    /// Returns when it answers; else what it wrote to its log.
    fn until_ready(&self) -> Result<(), String> {
        let mut log = String::new();
        for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
            if self.serves() {
                return Ok(());
            }
            log = self.log();
            if log.contains("already in use") || log.contains("FATAL CONFIG") {
                break;
            }
            sleep(PAUSE);
        }
        Err(log)
    }

    /// A URL by its unix socket.
    pub fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    /// A URL by its port.
    ///
    /// # Panics
    ///
    /// If it was set up without [`Setup::tcp`].
    pub fn tcp_url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port())
    }

    /// A URL by its port for TLS.
    ///
    /// # Panics
    ///
    /// If it was set up without [`Setup::tls`].
    pub fn tls_url(&self) -> String {
        format!("rediss://localhost:{}", self.tls_port())
    }

    pub(crate) fn tls_port(&self) -> u16 {
        self.ports.tls.expect("a server with TLS")
    }

    /// Its port.
    ///
    /// # Panics
    ///
    /// If it was set up without [`Setup::tcp`].
    pub fn port(&self) -> u16 {
        self.ports.tcp.expect("a server with a port")
    }

    pub(crate) fn bus_port(&self) -> u16 {
        self.ports.bus.expect("a server of a cluster")
    }

    /// Its unix socket.
    pub fn socket(&self) -> PathBuf {
        self.directory.join("socket")
    }

    /// Where a relay finds it.
    pub fn address(&self) -> Address {
        Address::Unix(self.socket())
    }

    /// Its certificates.
    ///
    /// # Panics
    ///
    /// If it was set up without [`Setup::tls`].
    pub fn certificates(&self) -> &Certificates {
        self.certificates.as_ref().expect("a server with TLS")
    }

    /// Where it writes its files: `dump.rdb`, `appendonlydir`, `log`.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Has it write all data to disk, and returns what its files hold, its configuration and its
    /// log among them.
    ///
    /// # Panics
    ///
    /// If it cannot write.
    pub fn dump(&self) -> Vec<Vec<u8>> {
        redis::cmd("SAVE").exec(&mut self.admin()).expect("the server writes");
        let (mut files, mut folders) = (Vec::new(), vec![self.directory.clone()]);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                match std::fs::metadata(&path).expect("a kind") {
                    kind if kind.is_dir() => folders.push(path),
                    kind if kind.is_file() => files.push(std::fs::read(path).expect("bytes")),
                    _ => {}
                }
            }
        }
        files
    }

    /// What it has said so far.
    pub fn log(&self) -> String {
        std::fs::read(self.directory.join("log"))
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// A connection that may do everything. Its calls fail when an answer takes ten seconds.
    ///
    /// # Panics
    ///
    /// If the server does not answer.
    pub fn admin(&self) -> Connection {
        self.try_admin().unwrap_or_else(|error| panic!("the server answers: {error}"))
    }

    fn try_admin(&self) -> RedisResult<Connection> {
        let user = if self.users { "?user=test-admin&pass=test-admin" } else { "" };
        let limit = Duration::from_secs(10);
        let connection =
            Client::open(format!("{}{user}", self.url()))?.get_connection_with_timeout(limit)?;
        connection.set_read_timeout(Some(limit))?;
        connection.set_write_timeout(Some(limit))?;
        Ok(connection)
    }

    /// Forgets all data, when nobody but the caller is connected any more: what a client that is
    /// being dropped has still sent does not get into what comes next.
    ///
    /// # Panics
    ///
    /// If somebody stays connected for a minute.
    pub fn clear(&self) {
        let mut admin = self.admin();
        until("the clients are gone", || {
            let clients: String =
                redis::cmd("CLIENT").arg("LIST").query(&mut admin).expect("a server answers");
            // Replicas and Sentinels stay.
            let own = |line: &&str| !line.contains("flags=S") && !line.contains("name=sentinel-");
            clients.lines().filter(own).count() == 1
        });
        redis::cmd("FLUSHALL").exec(&mut admin).expect("a server obeys");
    }

    /// It does nothing more until [`Server::resume`]; its connections stay open (`SIGSTOP`).
    pub fn pause(&self) {
        self.order("STOP");
    }

    /// It goes on after [`Server::pause`].
    pub fn resume(&self) {
        self.order("CONT");
    }

    /// It is gone, without a farewell (`SIGKILL`).
    pub fn kill(&self) {
        self.order("kill");
    }

    /// Starts it again after [`Server::kill`], on the same addresses and with the data it has on
    /// disk. Returns when it serves.
    ///
    /// # Panics
    ///
    /// If it does not start: with its log.
    pub fn restart(&self) {
        self.order("start");
        self.until_ready().unwrap_or_else(|log| panic!("the server does not start again:\n{log}"));
    }

    /// Whether it answers.
    pub fn serves(&self) -> bool {
        self.try_admin().and_then(|mut admin| redis::cmd("PING").exec(&mut admin)).is_ok()
    }

    fn order(&self, order: &str) {
        self.watchdog().order(order);
    }

    fn watchdog(&self) -> MutexGuard<'_, Watchdog> {
        self.watchdog.lock().expect("no order panics")
    }
}

/// Waits until something is so; `what` says what if it never is.
pub(crate) fn until(what: &str, mut so: impl FnMut() -> bool) {
    for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
        if so() {
            return;
        }
        sleep(PAUSE);
    }
    panic!("waited in vain: {what}");
}
