//! A master, its replicas, and three Sentinels that watch them.

use std::collections::BTreeMap;

use crate::engine::Engine;
use crate::server::{Server, until};
use crate::setup::Setup;

const REPLICAS: usize = 2;
const SENTINELS: usize = 3;
const QUORUM: usize = 2;

/// One master with two replicas, watched by three Sentinels, which take it for dead after a second.
pub struct Sentinels {
    sentinels: Vec<Server>,
    servers: Vec<Server>,
    tls: bool,
}

impl Sentinels {
    /// The name of the master.
    pub const MASTER: &'static str = "pools";

    /// Starts them all, and returns when everybody knows everybody.
    ///
    /// # Panics
    ///
    /// If one of them cannot be started, or they do not find each other.
    pub fn start(engine: Engine) -> Self {
        let master = Setup::new(engine).tcp().config("repl-diskless-sync-delay 0").start();
        let replica = || {
            Setup::new(engine)
                .tcp()
                .config("repl-diskless-sync-delay 0")
                .config(format!("replicaof 127.0.0.1 {}", master.port()))
                .start()
        };
        let replicas: Vec<_> = (0..REPLICAS).map(|_| replica()).collect();
        for replica in &replicas {
            until("a replica follows", || {
                info(replica, "replication").contains("master_link_status:up")
            });
        }
        let name = Self::MASTER;
        let sentinel = || {
            let mut setup = Setup::new(engine)
                .tcp()
                .config(format!("sentinel monitor {name} 127.0.0.1 {} {QUORUM}", master.port()))
                .config(format!("sentinel down-after-milliseconds {name} 1000"))
                .config(format!("sentinel failover-timeout {name} 5000"));
            setup.sentinel = true;
            setup.start()
        };
        let sentinels: Vec<_> = (0..SENTINELS).map(|_| sentinel()).collect();
        for sentinel in &sentinels {
            until("the sentinels know each other", || {
                let known = state(sentinel);
                let count = |what: &str| known.get(what).and_then(|count| count.parse().ok());
                count("num-other-sentinels") == Some(SENTINELS - 1)
                    && count("num-slaves") == Some(REPLICAS)
                    && known.get("flags").is_some_and(|flags| flags == "master")
            });
        }
        let servers = std::iter::once(master).chain(replicas).collect();
        Self { sentinels, servers, tls: false }
    }

    /// Starts a master and one Sentinel, both of which speak TLS only, and returns when the
    /// Sentinel knows the master.
    ///
    /// # Panics
    ///
    /// If one of them cannot be started, or they do not find each other.
    pub fn start_with_tls(engine: Engine) -> Self {
        let master = Setup::new(engine).tls().config("tls-replication yes").start();
        let (name, port) = (Self::MASTER, master.tls_port());
        let trusted = master.certificates().authority_file();
        let mut setup = Setup::new(engine)
            .tls()
            .config("tls-replication yes")
            .config(format!("tls-ca-cert-file {}", trusted.display()))
            .config(format!("sentinel monitor {name} 127.0.0.1 {port} 1"));
        setup.sentinel = true;
        let sentinel = setup.start();
        until("the sentinel knows the master", || {
            state(&sentinel).get("flags").is_some_and(|flags| flags == "master")
                && state(&sentinel).get("info-refresh").is_some_and(|ago| ago != "0")
        });
        Self { sentinels: vec![sentinel], servers: vec![master], tls: true }
    }

    /// A URL that names all Sentinels and the master.
    pub fn url(&self) -> String {
        let host = |one: &Server| match self.tls {
            true => format!("localhost:{}", one.tls_port()),
            false => format!("127.0.0.1:{}", one.port()),
        };
        let hosts: Vec<_> = self.sentinels.iter().map(host).collect();
        let scheme = if self.tls { "rediss+sentinel" } else { "redis+sentinel" };
        format!("{scheme}://{}/{}", hosts.join(","), Self::MASTER)
    }

    /// The certificates of all authorities that a client has to trust, in PEM.
    ///
    /// # Panics
    ///
    /// If they do not speak TLS.
    pub fn authorities(&self) -> String {
        let servers = self.servers.iter().chain(&self.sentinels);
        servers.map(|server| server.certificates().authority()).collect()
    }

    /// The master, as the Sentinels have it now.
    ///
    /// # Panics
    ///
    /// If they know none.
    pub fn master(&self) -> &Server {
        let port = state(&self.sentinels[0]).remove("port").expect("a master has a port");
        let found = self.servers.iter().find(|server| server.port().to_string() == port);
        found.expect("the master is one of the servers")
    }

    /// The servers that hold the data, dead ones included.
    pub fn servers(&self) -> &[Server] {
        &self.servers
    }

    /// The Sentinels.
    pub fn sentinels(&self) -> &[Server] {
        &self.sentinels
    }

    /// Kills the master, and returns when all Sentinels agree on another that takes commands.
    ///
    /// # Panics
    ///
    /// If they do not within a minute.
    pub fn fail_over(&self) {
        let former = self.master().port();
        self.master().kill();
        self.until_master_is_not(former);
    }

    fn until_master_is_not(&self, former: u16) {
        for sentinel in &self.sentinels {
            until("there is another master", || {
                let known = state(sentinel).remove("port");
                known.is_some_and(|port| port != former.to_string())
            });
        }
        until("the new master takes commands", || {
            info(self.master(), "replication").contains("role:master")
        });
    }
}

/// What a Sentinel knows of the master.
fn state(sentinel: &Server) -> BTreeMap<String, String> {
    redis::cmd("SENTINEL")
        .arg("MASTER")
        .arg(Sentinels::MASTER)
        .query(&mut sentinel.admin())
        .expect("a sentinel answers")
}

pub(crate) fn info(server: &Server, section: &str) -> String {
    redis::cmd("INFO").arg(section).query(&mut server.admin()).expect("a server answers")
}
