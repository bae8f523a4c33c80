//! Making a connection to the server that holds a pool.

use std::time::Duration;

use redis::aio::{AsyncPushSender, MultiplexedConnection};
use redis::io::tcp::TcpSettings;
use redis::sentinel::{SentinelClientBuilder, SentinelServerType};
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, IntoConnectionInfo, ProtocolVersion,
    RedisConnectionInfo, RedisError, RedisResult, cmd,
};
use tokio::time::timeout;

use super::outage::Outage;
use super::url::{Host, Place, RedisUrl};

/// How often one look-up in a Cluster is sent on to another node.
const REDIRECTIONS: usize = 8;

/// Commands that one connection takes before the first of them is written.
const PIPELINE: usize = 256;

/// Knows where Redis is and how to log in.
pub(super) struct Connector {
    url: RedisUrl,
    #[cfg(feature = "redis-tls")]
    certificates: redis::TlsCertificates,
    deadline: Duration,
}

impl Connector {
    pub(super) fn new(
        url: RedisUrl,
        #[cfg(feature = "redis-tls")] certificates: redis::TlsCertificates,
        deadline: Duration,
    ) -> Self {
        #[cfg(feature = "redis-tls")]
        if url.tls {
            // An application that has chosen its cryptography keeps it. One that is linked with
            // several and has chosen none would panic at the first connection.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        Self {
            url,
            #[cfg(feature = "redis-tls")]
            certificates,
            deadline,
        }
    }

    /// Whether channels belong to a shard of a Cluster.
    pub(super) fn sharded(&self) -> bool {
        matches!(self.url.place, Place::Cluster(_))
    }

    /// How long a connection may keep silent.
    pub(super) fn deadline(&self) -> Duration {
        self.deadline
    }

    /// A new connection to the server that holds `key` and takes writes; `pushes` gets what Redis
    /// sends unasked, and is told of the end.
    pub(super) async fn connect(
        &self,
        key: &str,
        pushes: impl AsyncPushSender,
    ) -> Result<MultiplexedConnection, Outage> {
        let client = match &self.url.place {
            Place::Server(host) => self.client(self.address(host))?,
            Place::Socket(path) => self.client(ConnectionAddr::Unix(path.clone()))?,
            Place::Sentinel { sentinels, master } => self.master(sentinels, master).await?,
            Place::Cluster(seeds) => self.owner(seeds, key).await?,
        };
        let config = AsyncConnectionConfig::new().set_push_sender(pushes);
        let mut connection = self.dial(&client, config).await?;
        // A server that loads its data, or that the pool was moved away from, says so here.
        self.look_up(&mut connection, key).await??;
        Ok(connection)
    }

    async fn look_up(
        &self,
        connection: &mut MultiplexedConnection,
        key: &str,
    ) -> Result<RedisResult<()>, Outage> {
        let mut get = cmd("GET");
        let asked = timeout(self.deadline, get.arg(key).exec_async(connection));
        asked.await.map_err(|_| Outage::Late)
    }

    async fn dial(
        &self,
        client: &Client,
        config: AsyncConnectionConfig,
    ) -> Result<MultiplexedConnection, Outage> {
        // Who calls knows better than the connection how long to wait for a reply.
        let config = config
            .set_connection_timeout(None)
            .set_response_timeout(None)
            .set_pipeline_buffer_size(PIPELINE);
        let dialling = client.get_multiplexed_async_connection_with_config(&config);
        Ok(timeout(self.deadline, dialling).await.map_err(|_| Outage::Late)??)
    }

    /// The server that the Sentinels call the master, and that says so itself.
    async fn master(&self, sentinels: &[Host], master: &str) -> Result<Client, Outage> {
        let sentinels: Vec<_> = sentinels.iter().map(|host| self.address(host)).collect();
        let mut directory =
            SentinelClientBuilder::new(sentinels, master, SentinelServerType::Master)?
                .set_client_to_redis_tcp_settings(tcp());
        if let Some(user) = &self.url.user {
            directory = directory.set_client_to_redis_username(user);
        }
        if let Some(password) = &self.url.password {
            directory = directory.set_client_to_redis_password(password);
        }
        #[cfg(feature = "redis-tls")]
        if self.url.tls {
            directory = directory
                .set_client_to_redis_tls_mode(redis::TlsMode::Secure)
                .set_client_to_redis_certificates(self.certificates.clone())
                .set_client_to_sentinel_certificates(self.certificates.clone());
        }
        // The look-up bounds each of its own steps; several Sentinels may be silent.
        let found = directory.build()?.async_get_client().await?;
        self.client(found.get_connection_info().addr().clone())
    }

    /// The master of the slot of `key`. Any node of the Cluster knows it and says so: asked for
    /// the key it answers, or names the node to ask.
    async fn owner(&self, seeds: &[Host], key: &str) -> Result<Client, Outage> {
        let mut outage = Outage::NotYet;
        for seed in seeds {
            match self.follow(seed.clone(), key).await {
                Ok(client) => return Ok(client),
                Err(error) => outage = error,
            }
        }
        Err(outage)
    }

    async fn follow(&self, seed: Host, key: &str) -> Result<Client, Outage> {
        let mut host = seed;
        for _ in 0..REDIRECTIONS {
            let client = self.client(self.address(&host))?;
            let mut connection = self.dial(&client, AsyncConnectionConfig::new()).await?;
            let Err(error) = self.look_up(&mut connection, key).await? else { return Ok(client) };
            host = redirection(&error, &host).ok_or(error)?;
        }
        Err(Outage::Elsewhere("MOVED".into()))
    }

    fn client(&self, address: ConnectionAddr) -> Result<Client, Outage> {
        let info = address
            .into_connection_info()?
            .set_redis_settings(self.login().set_protocol(ProtocolVersion::RESP3))
            .set_tcp_settings(tcp());
        #[cfg(feature = "redis-tls")]
        if self.url.tls {
            return Ok(Client::build_with_tls(info, self.certificates.clone())?);
        }
        Ok(Client::open(info)?)
    }

    fn address(&self, host: &Host) -> ConnectionAddr {
        let (host, port) = (host.name.clone(), host.port);
        match self.url.tls {
            true => ConnectionAddr::TcpTls { host, port, insecure: false, tls_params: None },
            false => ConnectionAddr::Tcp(host, port),
        }
    }

    fn login(&self) -> RedisConnectionInfo {
        // The name of the library would be one more command that a user needs the right to.
        let mut login =
            RedisConnectionInfo::default().set_db(self.url.db.into()).set_skip_set_lib_name();
        if let Some(user) = &self.url.user {
            login = login.set_username(user);
        }
        if let Some(password) = &self.url.password {
            login = login.set_password(password);
        }
        login
    }
}

/// Every command is awaited, so none may wait for a fuller packet.
fn tcp() -> TcpSettings {
    TcpSettings::default().set_nodelay(true)
}

/// The node that a refusal names; a node that does not know its own name leaves it out.
fn redirection(error: &RedisError, asked: &Host) -> Option<Host> {
    let (address, _) = error.redirect_node()?;
    let (name, port) = address.rsplit_once(':')?;
    let name = if name.is_empty() { asked.name.clone() } else { name.to_owned() };
    Some(Host { name, port: port.parse().ok()? })
}
