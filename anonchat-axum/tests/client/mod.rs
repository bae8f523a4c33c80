//! A server on a free port, and clients that talk to it as browsers do.

#![allow(dead_code, reason = "every test binary uses a part of it")]

use std::net::SocketAddr;
use std::time::Duration;

use anonchat_axum::core::{Policy, Store};
use anonchat_axum::{AnonChat, Builder, Secret};
use anonchat_store::MemoryStore;
use axum::Router;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// Longer than anything takes that works.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A key that is strong enough to serve with.
pub(crate) const KEY: &str = "pX3v9Qm2xLr7Tn5Wk8Zb4Yc6Hd1Gf0Js";

/// The admin key of every test server.
pub(crate) const ADMIN_KEY: &str = "Vw8Rt3Zk6Mq1Xs9Lb4Nh7Pd2Fc5Jg0Ya";

/// The limits that stand in the way of tests that are not about them.
pub(crate) fn lenient() -> Policy {
    let mut policy = Policy::default();
    policy.matching.cooldown_ms = 0;
    policy.matching.daily_per_filter = 0;
    policy.matching.daily_total = 0;
    policy.matching.rematch_after_s = 0;
    policy.rates.frames_per_minute = 0;
    policy.rates.signals_per_minute = 0;
    policy.rates.rest_per_minute = 0;
    policy.rates.verifications_per_hour = 0;
    policy.rates.sign_ins_per_minute = 0;
    policy
}

/// A running server.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) chat: AnonChat,
    stop: Option<oneshot::Sender<()>>,
    serving: tokio::task::JoinHandle<Result<(), anonchat_axum::Error>>,
}

impl Server {
    pub(crate) async fn start(policy: Policy) -> Self {
        Self::with(policy, |builder| builder).await
    }

    pub(crate) async fn with(policy: Policy, more: impl FnOnce(Builder) -> Builder) -> Self {
        Self::over(MemoryStore::new(policy).expect("policy"), more).await
    }

    pub(crate) async fn over(store: impl Store, more: impl FnOnce(Builder) -> Builder) -> Self {
        let builder = AnonChat::builder()
            .store(store)
            .key(Secret::new(KEY))
            .admin_key(Secret::new(ADMIN_KEY));
        let chat = more(builder).start().await.expect("start");
        let app = chat.router();
        Self::serve(chat, app).await
    }

    /// A server with these keys, the newest first, and no others.
    pub(crate) async fn keyed(
        policy: Policy,
        keys: &[&str],
        more: impl FnOnce(Builder) -> Builder,
    ) -> Self {
        let store = MemoryStore::new(policy).expect("policy");
        let builder = AnonChat::builder().store(store);
        let builder = keys.iter().fold(builder, |builder, key| builder.key(Secret::new(*key)));
        let chat = more(builder).start().await.expect("start");
        let app = chat.router();
        Self::serve(chat, app).await
    }

    pub(crate) async fn serve(chat: AnonChat, app: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("port");
        let address = listener.local_addr().expect("address");
        let (stop, stopped) = oneshot::channel::<()>();
        let signal = async move { _ = stopped.await };
        let serving = tokio::spawn(anonchat_axum::serve(listener, app, chat.clone(), signal));
        Self { address, chat, stop: Some(stop), serving }
    }

    /// A chat that somebody else serves, at this address.
    pub(crate) fn at(address: SocketAddr, chat: AnonChat) -> Self {
        let serving = tokio::spawn(std::future::ready(Ok(())));
        Self { address, chat, stop: None, serving }
    }

    /// Tells the server to stop, and waits until it has.
    pub(crate) async fn stop(mut self) {
        let _ = self.stop.take().expect("runs").send(());
        timeout(PATIENCE, self.serving).await.expect("stops").expect("task").expect("serve");
    }

    pub(crate) fn signal_stop(&mut self) {
        let _ = self.stop.take().expect("runs").send(());
    }

    pub(crate) async fn stopped(self) {
        timeout(PATIENCE, self.serving).await.expect("stops").expect("task").expect("serve");
    }

    /// A client of the original protocol.
    pub(crate) async fn plain(&self, device: &str) -> Client {
        self.open(&format!("/ws?device_id={device}")).await.expect("handshake")
    }

    /// A client of the native extension.
    pub(crate) async fn native(&self, device: &str) -> Client {
        self.open(&format!("/ws?v=1&device_id={device}")).await.expect("handshake")
    }

    /// Opens a WebSocket, or says with which status that was refused.
    pub(crate) async fn open(&self, target: &str) -> Result<Client, u16> {
        self.open_with(target, &[]).await
    }

    pub(crate) async fn open_with(
        &self,
        target: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Client, u16> {
        let stream = TcpStream::connect(self.address).await.expect("connect");
        stream.set_nodelay(true).expect("nodelay");
        let mut request =
            format!("ws://{}{target}", self.address).into_client_request().expect("request");
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("header"));
        }
        let config = WebSocketConfig::default().max_frame_size(None).max_message_size(None);
        match client_async_with_config(request, stream, Some(config)).await {
            Ok((socket, _)) => Ok(Client { socket }),
            Err(tokio_tungstenite::tungstenite::Error::Http(refusal)) => {
                Err(refusal.status().as_u16())
            }
            Err(error) => panic!("handshake: {error}"),
        }
    }

    /// Sends a request as it is, and reads the answer to its end.
    pub(crate) async fn http(&self, head: &str, body: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.expect("connect");
        let mut lines = head.lines();
        let mut request = format!("{}\r\n", lines.next().expect("request line"));
        let rest: Vec<_> = lines.collect();
        let has = |name: &str| rest.iter().any(|line| line.to_lowercase().starts_with(name));
        if !has("host:") {
            request += &format!("Host: {}\r\n", self.address);
        }
        if !body.is_empty() {
            request += &format!("Content-Length: {}\r\n", body.len());
        }
        rest.iter().for_each(|line| request += &format!("{line}\r\n"));
        request += "Connection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).await.expect("write");
        // A server that refuses early may not read all of it.
        let _ = stream.write_all(body).await;
        let mut answer = Vec::new();
        let read = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("answer");
        assert!(read.is_ok() || !answer.is_empty(), "{read:?}");
        Answer::parse(&answer)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.http(&format!("GET {path} HTTP/1.1"), b"").await
    }
}

/// An answer to a request.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").expect("head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Self { status: status.expect("status"), head: head.to_owned(), body: body.to_owned() }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut found = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value)
    }
}

/// One WebSocket of one device.
pub(crate) struct Client {
    pub(crate) socket: WebSocketStream<TcpStream>,
}

impl Client {
    pub(crate) async fn say(&mut self, frame: Value) {
        self.send(Message::text(frame.to_string())).await;
    }

    pub(crate) async fn send(&mut self, message: Message) {
        self.socket.send(message).await.expect("send");
    }

    /// The next frame.
    pub(crate) async fn hear(&mut self) -> Value {
        match self.message().await {
            Message::Text(text) => serde_json::from_str(&text).expect("JSON"),
            other => panic!("no frame but {other:?}"),
        }
    }

    /// The next frame, which is of this type.
    pub(crate) async fn expect(&mut self, kind: &str) -> Value {
        let frame = self.hear().await;
        assert_eq!(frame["type"], kind, "{frame}");
        frame
    }

    /// The code of the close frame that comes next.
    pub(crate) async fn expect_close(&mut self) -> u16 {
        match self.message().await {
            Message::Close(Some(frame)) => frame.code.into(),
            other => panic!("no close but {other:?}"),
        }
    }

    /// What comes next, pings aside.
    pub(crate) async fn message(&mut self) -> Message {
        loop {
            let next = timeout(PATIENCE, self.socket.next()).await.expect("something in time");
            match next.expect("open").expect("message") {
                Message::Ping(_) | Message::Pong(_) => {}
                message => return message,
            }
        }
    }

    /// Nothing has come that was not expected: an unknown action is answered next.
    pub(crate) async fn expect_silence(&mut self) {
        self.say(json!({ "action": "are-you-there" })).await;
        self.expect("error").await;
    }

    /// Reads the greeting of the original protocol.
    pub(crate) async fn greeted(mut self) -> Self {
        self.expect("daily_limits").await;
        self
    }

    /// Reads the greeting of the native extension.
    pub(crate) async fn hello(&mut self) -> Value {
        self.expect("daily_limits").await;
        self.expect("hello").await
    }

    pub(crate) async fn join(&mut self, filter: &str) {
        self.say(json!({ "action": "join", "filter": filter })).await;
    }

    /// Goes away without a word, as a lost network does.
    pub(crate) fn vanish(self) {
        drop(self.socket.into_inner());
    }

    pub(crate) async fn close(mut self) {
        let _ = self.socket.close(None).await;
        while let Ok(Some(Ok(_))) = timeout(PATIENCE, self.socket.next()).await {}
    }
}

/// Two greeted clients of the original protocol that talk to each other, and their aliases.
pub(crate) async fn plain_pair(server: &Server, one: &str, two: &str) -> [(Client, Value); 2] {
    let mut first = server.plain(one).await.greeted().await;
    let mut second = server.plain(two).await.greeted().await;
    let [to_second, to_first] = pair(&mut first, &mut second).await;
    [(first, to_second), (second, to_first)]
}

/// Two native clients that talk to each other, and what each calls the other.
pub(crate) async fn native_pair(server: &Server, one: &str, two: &str) -> [(Client, Value); 2] {
    let mut first = server.native(one).await;
    first.hello().await;
    let mut second = server.native(two).await;
    second.hello().await;
    let [to_second, to_first] = pair(&mut first, &mut second).await;
    [(first, to_second), (second, to_first)]
}

/// Lets two people meet. Gives back what each calls the other.
pub(crate) async fn pair(first: &mut Client, second: &mut Client) -> [Value; 2] {
    first.join("any").await;
    first.expect("queued").await;
    second.join("any").await;
    let two = second.expect("matched").await;
    [first.expect("matched").await["peer"].clone(), two["peer"].clone()]
}
