//! What kind of server is wanted.

use crate::engine::Engine;
use crate::server::Server;

/// A server to be started. It always listens on a unix socket, where tests have a connection of
/// their own that may do everything ([`Server::admin`]).
#[derive(Clone, Debug)]
pub struct Setup {
    pub(crate) engine: Engine,
    pub(crate) tcp: bool,
    pub(crate) tls: bool,
    pub(crate) append_only: bool,
    pub(crate) users: Vec<String>,
    pub(crate) config: Vec<String>,
    pub(crate) sentinel: bool,
    pub(crate) cluster: bool,
}

impl Setup {
    /// A server that keeps nothing on disk and lets everybody do everything.
    pub fn new(engine: Engine) -> Self {
        Self {
            engine,
            tcp: false,
            tls: false,
            append_only: false,
            users: Vec::new(),
            config: Vec::new(),
            sentinel: false,
            cluster: false,
        }
    }

    /// It also listens on a free port of 127.0.0.1.
    #[must_use]
    pub fn tcp(self) -> Self {
        Self { tcp: true, ..self }
    }

    /// It also listens, over TLS, on a free port of 127.0.0.1, with certificates of its own.
    #[must_use]
    pub fn tls(self) -> Self {
        Self { tls: true, ..self }
    }

    /// It writes every change to an append-only file before it answers.
    #[must_use]
    pub fn append_only(self) -> Self {
        Self { append_only: true, ..self }
    }

    /// It knows this user, a line of an ACL file such as `user chat on >secret ~a:* +get`. With
    /// the first one, nobody gets in without a name any more.
    #[must_use]
    pub fn user(mut self, line: impl Into<String>) -> Self {
        self.users.push(line.into());
        self
    }

    /// It has one more line in its configuration file.
    #[must_use]
    pub fn config(mut self, line: impl Into<String>) -> Self {
        self.config.push(line.into());
        self
    }

    /// Starts it, and returns when it serves.
    ///
    /// # Panics
    ///
    /// If it cannot be started: with the end of its log.
    pub fn start(self) -> Server {
        Server::launch(&self)
    }
}
