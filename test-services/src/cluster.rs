//! A Cluster: three masters, and a replica of each.

use redis::cmd;

use crate::engine::Engine;
use crate::sentinel::info;
use crate::server::{Server, until};
use crate::setup::Setup;

const MASTERS: usize = 3;
const SLOTS: usize = 16_384;

/// Three masters with a third of the slots each, and one replica of each, which takes over two
/// seconds after its master died.
pub struct Cluster {
    nodes: Vec<Server>,
}

impl Cluster {
    /// Starts it, and returns when every node calls the cluster whole and every replica follows.
    ///
    /// # Panics
    ///
    /// If a node cannot be started, or they do not become one cluster.
    pub fn start(engine: Engine) -> Self {
        let node = || {
            let mut setup = Setup::new(engine)
                .tcp()
                .config("cluster-node-timeout 2000")
                .config("repl-diskless-sync-delay 0");
            setup.cluster = true;
            setup.start()
        };
        let cluster = Self { nodes: (0..2 * MASTERS).map(|_| node()).collect() };
        cluster.meet();
        cluster.spread();
        cluster.follow();
        cluster.until_whole();
        cluster
    }

    fn meet(&self) {
        let first = &self.nodes[0];
        for (index, node) in self.nodes.iter().enumerate() {
            // Without an epoch of its own, the masters would have to settle theirs first.
            run(node, cmd("CLUSTER").arg("SET-CONFIG-EPOCH").arg(index + 1));
            let (port, bus) = (first.port(), first.bus_port());
            run(node, cmd("CLUSTER").arg("MEET").arg("127.0.0.1").arg(port).arg(bus));
        }
        for node in &self.nodes {
            until("the nodes know each other", || {
                let known: String = ask(node, cmd("CLUSTER").arg("NODES"));
                known.lines().filter(|line| line.contains("connected")).count() == self.nodes.len()
                    && !known.contains("handshake")
            });
        }
    }

    fn spread(&self) {
        for (index, master) in self.nodes[..MASTERS].iter().enumerate() {
            let (first, end) = (index * SLOTS / MASTERS, (index + 1) * SLOTS / MASTERS);
            run(master, cmd("CLUSTER").arg("ADDSLOTSRANGE").arg(first).arg(end - 1));
        }
    }

    fn follow(&self) {
        let (masters, replicas) = self.nodes.split_at(MASTERS);
        for (master, replica) in masters.iter().zip(replicas) {
            let id: String = ask(master, cmd("CLUSTER").arg("MYID"));
            run(replica, cmd("CLUSTER").arg("REPLICATE").arg(&id));
            until("a replica follows", || {
                info(replica, "replication").contains("master_link_status:up")
            });
        }
    }

    fn until_whole(&self) {
        for node in &self.nodes {
            until("the cluster is whole", || {
                let state: String = ask(node, cmd("CLUSTER").arg("INFO"));
                let roles: String = ask(node, cmd("CLUSTER").arg("NODES"));
                state.contains("cluster_state:ok")
                    && roles.lines().filter(|line| line.contains("slave")).count() == MASTERS
            });
        }
    }

    /// A URL that names all nodes.
    pub fn url(&self) -> String {
        let hosts: Vec<_> =
            self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.port())).collect();
        format!("redis+cluster://{}", hosts.join(","))
    }

    /// All nodes, dead ones included.
    pub fn nodes(&self) -> &[Server] {
        &self.nodes
    }

    /// The master of the slot of a key, as the first node that lives has it.
    ///
    /// # Panics
    ///
    /// If nobody serves the slot.
    pub fn master_of(&self, key: &str) -> &Server {
        let alive = self.nodes.iter().find(|node| node.serves()).expect("a node lives");
        let slot: usize = ask(alive, cmd("CLUSTER").arg("KEYSLOT").arg(key));
        let found = self.nodes.iter().filter(|node| node.serves()).find(|node| {
            let lines: String = ask(node, cmd("CLUSTER").arg("NODES"));
            lines.lines().any(|line| line.contains("myself,master") && holds(line, slot))
        });
        found.unwrap_or_else(|| panic!("nobody serves slot {slot}"))
    }

    /// Kills the master of the slot of a key, and returns when a replica has taken over and every
    /// node that lives calls the cluster whole.
    ///
    /// # Panics
    ///
    /// If none does within a minute.
    pub fn fail_over(&self, key: &str) {
        let former = self.master_of(key);
        let gone: String = ask(former, cmd("CLUSTER").arg("MYID"));
        former.kill();
        for node in self.nodes.iter().filter(|node| node.serves()) {
            until("a replica has taken over", || {
                let state: String = ask(node, cmd("CLUSTER").arg("INFO"));
                let lines: String = ask(node, cmd("CLUSTER").arg("NODES"));
                let failed = |line: &str| line.starts_with(&gone) && line.contains("fail");
                state.contains("cluster_state:ok")
                    && lines.lines().any(failed)
                    && lines.lines().filter(|line| serves_slots(line)).count() == MASTERS
            });
        }
    }
}

fn serves_slots(line: &str) -> bool {
    line.contains("master") && !line.contains("fail") && line.split(' ').count() > 8
}

/// Whether a line of `CLUSTER NODES` names the slot.
fn holds(line: &str, slot: usize) -> bool {
    line.split(' ').skip(8).any(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        matches!((first.parse::<usize>(), last.parse::<usize>()), (Ok(first), Ok(last)) if (first..=last).contains(&slot))
    })
}

fn run(node: &Server, command: &redis::Cmd) {
    command.exec(&mut node.admin()).unwrap_or_else(|error| panic!("a node obeys: {error}"));
}

fn ask<T: redis::FromRedisValue>(node: &Server, command: &redis::Cmd) -> T {
    command.query(&mut node.admin()).unwrap_or_else(|error| panic!("a node answers: {error}"))
}
