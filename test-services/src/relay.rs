//! A network in small, which fails when it is told to.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::watch;

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// On a unix socket.
    Unix(PathBuf),
    /// On a port.
    Tcp(SocketAddr),
}

/// Stands between a client and a server, on an address of the server's kind.
///
/// What it is told takes effect at once: when a call has returned, not one byte passes that should
/// not. Dropping it closes its connections.
pub struct Relay {
    gate: Arc<watch::Sender<Gate>>,
    address: Address,
    thread: Option<JoinHandle<()>>,
    /// Where the unix socket is.
    directory: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug)]
struct Gate {
    state: State,
    /// How often the connections were cut: one that is older is gone.
    cuts: u64,
    /// After so many bytes they are cut.
    budget: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    Stalled,
    Refusing,
    Gone,
}

impl Relay {
    /// Starts a relay to a server, open.
    ///
    /// # Panics
    ///
    /// If it cannot listen.
    pub fn start(to: Address) -> Self {
        let gate = Gate { state: State::Open, cuts: 0, budget: None };
        let gate = Arc::new(watch::Sender::new(gate));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()
            .expect("a runtime starts");
        let (listener, address, directory) = {
            let _inside = runtime.enter();
            Listener::bind(&to)
        };
        let shared = Arc::clone(&gate);
        let thread = std::thread::spawn(move || runtime.block_on(serve(&listener, &to, &shared)));
        Self { gate, address, thread: Some(thread), directory }
    }

    /// Where it listens.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The URL of where it listens.
    pub fn url(&self) -> String {
        match &self.address {
            Address::Unix(path) => format!("redis+unix://{}", path.display()),
            Address::Tcp(address) => format!("redis://{address}"),
        }
    }

    /// Cuts all connections when so many more bytes have passed, both ways together, and refuses
    /// others from then on; 0 cuts at once. Those bytes do pass.
    pub fn cut_after(&self, bytes: u64) {
        self.gate.send_modify(|gate| match bytes {
            0 => gate.cut(),
            _ => gate.budget = Some(bytes),
        });
    }

    /// Cuts all connections at once, and refuses others.
    pub fn cut(&self) {
        self.cut_after(0);
    }

    /// Holds everything back: nothing passes, nothing is closed, and those who connect wait. So a
    /// client is parted from the server without being told.
    pub fn stall(&self) {
        self.gate.send_modify(|gate| gate.state = State::Stalled);
    }

    /// Takes back what was ordered: lets connections through, and what was held back with them.
    pub fn open(&self) {
        self.gate.send_modify(|gate| {
            gate.state = State::Open;
            gate.budget = None;
        });
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.gate.send_modify(|gate| gate.state = State::Gone);
        if let Some(thread) = self.thread.take() {
            // A relay that panicked has nothing left to close.
            let _ = thread.join();
        }
        if let Some(directory) = &self.directory {
            // A directory that is left does no harm.
            let _ = std::fs::remove_dir_all(directory);
        }
    }
}

impl Gate {
    fn cut(&mut self) {
        self.state = State::Refusing;
        self.cuts += 1;
        self.budget = None;
    }

    fn lets(&self, cuts: u64) -> bool {
        self.cuts == cuts && self.state != State::Gone
    }

    /// How many of so many bytes may pass. The last of a budget cut the connections.
    fn spend(&mut self, bytes: usize) -> usize {
        let Some(budget) = &mut self.budget else { return bytes };
        let passing = usize::try_from(*budget).map_or(bytes, |budget| budget.min(bytes));
        *budget -= passing as u64;
        if *budget == 0 {
            self.cut();
        }
        passing
    }
}

enum Listener {
    Unix(UnixListener),
    Tcp(TcpListener),
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Listener {
    /// Listens on an address of the same kind.
    fn bind(like: &Address) -> (Self, Address, Option<PathBuf>) {
        match like {
            Address::Unix(_) => {
                let directory = temporary_directory();
                let path = directory.join("socket");
                let listener = UnixListener::bind(&path).expect("a relay listens");
                (Self::Unix(listener), Address::Unix(path), Some(directory))
            }
            Address::Tcp(_) => {
                let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
                    .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
                    .and_then(TcpListener::from_std)
                    .expect("a relay listens");
                let address = listener.local_addr().expect("a listener has an address");
                (Self::Tcp(listener), Address::Tcp(address), None)
            }
        }
    }

    async fn accept(&self) -> std::io::Result<Box<dyn Stream>> {
        match self {
            Self::Unix(listener) => Ok(Box::new(listener.accept().await?.0)),
            Self::Tcp(listener) => {
                let stream = listener.accept().await?.0;
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
        }
    }
}

async fn connect(to: &Address) -> std::io::Result<Box<dyn Stream>> {
    match to {
        Address::Unix(path) => Ok(Box::new(UnixStream::connect(path).await?)),
        Address::Tcp(address) => {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            Ok(Box::new(stream))
        }
    }
}

async fn serve(listener: &Listener, to: &Address, gate: &Arc<watch::Sender<Gate>>) {
    let mut watch = gate.subscribe();
    loop {
        let client = tokio::select! {
            client = listener.accept() => client,
            _ = watch.wait_for(|gate| gate.state == State::Gone) => return,
        };
        let now = *gate.borrow();
        // A connection that is dropped here is refused.
        if let (Ok(client), true) = (client, now.state != State::Refusing) {
            let (to, gate) = (to.clone(), Arc::clone(gate));
            tokio::spawn(async move { carry(client, &to, &gate, now.cuts).await });
        }
    }
}

/// Carries both ways until one side closes or the connection is cut.
async fn carry(client: Box<dyn Stream>, to: &Address, gate: &watch::Sender<Gate>, cuts: u64) {
    if !passable(gate, cuts).await {
        return;
    }
    let Ok(server) = connect(to).await else { return };
    let (client, server) = (split(client), split(server));
    let mut watch = gate.subscribe();
    tokio::select! {
        () = pump(client.0, server.1, gate, cuts) => {}
        () = pump(server.0, client.1, gate, cuts) => {}
        _ = watch.wait_for(|gate| !gate.lets(cuts)) => {}
    }
}

async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    gate: &watch::Sender<Gate>,
    cuts: u64,
) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        let mut passing = None;
        while passing.is_none() {
            if !passable(gate, cuts).await {
                return;
            }
            gate.send_if_modified(|gate| {
                let before = gate.cuts;
                if gate.lets(cuts) && gate.state == State::Open {
                    passing = Some(gate.spend(read));
                }
                gate.cuts != before
            });
        }
        let passing = passing.unwrap_or_default();
        if to.write_all(&buffer[..passing]).await.is_err() || passing < read {
            return;
        }
    }
}

/// Waits while everything is held back; false if the connection was cut.
async fn passable(gate: &watch::Sender<Gate>, cuts: u64) -> bool {
    let mut watch = gate.subscribe();
    let gate = watch.wait_for(|gate| !gate.lets(cuts) || gate.state == State::Open).await;
    gate.is_ok_and(|gate| gate.lets(cuts))
}

fn temporary_directory() -> PathBuf {
    let made = std::process::Command::new("mktemp")
        .args(["-d", "-t", "anonchat-test.XXXXXX"])
        .output()
        .expect("mktemp runs");
    assert!(made.status.success(), "a temporary directory is made");
    PathBuf::from(String::from_utf8(made.stdout).expect("a path").trim_end())
}
