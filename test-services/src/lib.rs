//! Redis and Valkey for tests: single servers, Sentinel and Cluster, each in a temporary directory,
//! and a [`Relay`] whose connections can be cut, refused and stalled.
//!
//! ```no_run
//! use test_services::{Engine, Relay, Server};
//!
//! let server = Server::start(Engine::Redis); // on a unix socket of its own
//! let relay = Relay::start(server.address());
//! // … a store that connects to relay.url() …
//! relay.cut_after(100);
//! relay.open();
//! ```
//!
//! A server is stopped when its value is dropped, and when the process that started it ends in any
//! way, `kill -9` included. What cannot be started is a panic that says why: no test passes without
//! its service. The binary is that of `REDIS_SERVER` or `VALKEY_SERVER` in the environment, else
//! `redis-server` or `valkey-server` in the path.
//!
//! Calls block the thread, for a second or so where several servers are started.

mod certificate;
mod cluster;
mod engine;
mod monitor;
mod port;
mod relay;
mod sentinel;
mod server;
mod setup;
mod watchdog;

pub use certificate::Certificates;
pub use cluster::Cluster;
pub use engine::Engine;
pub use monitor::{Monitor, monitored_command};
pub use port::free as free_port;
pub use relay::{Address, Relay};
pub use sentinel::Sentinels;
pub use server::Server;
pub use setup::Setup;
