//! A session on a desk: what is handed in, and what comes of it, one line per output.

use std::sync::{Arc, LazyLock};

use anonchat_core::session::{Input, Output, Session, Settings, Waits};
use anonchat_core::{
    Alias, Allowance, Arrival, Attestor, Body, ChatText, Client, Command, Conn, DeviceId, Event,
    Field, Filter, Finding, Gender, InvalidToken, MessageId, NodeId, PairId, Peer, Phase, Policy,
    PoolId, Profile, Rejection, Screen, Side, UnixMillis, Whisper, wire,
};
use jsonschema::Validator;
use serde_json::{Value, json};

pub(crate) const START: u64 = 1_000_000;

/// When the desk's token ends.
pub(crate) const TOKEN_END: u64 = START + 10_000;

/// What native clients are promised to get.
static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let mut schema = json_of(include_str!("../../schema/native.schema.json"));
    let object = schema.as_object_mut().expect("an object");
    object.remove("anyOf");
    object.insert("$ref".to_owned(), json!("#/$defs/ServerFrame"));
    jsonschema::draft202012::new(&schema).expect("a schema")
});

/// Refuses what has an `@` in it, and `damn`.
pub(crate) struct Strict;

impl Screen for Strict {
    fn screen(&self, _field: Field, text: &str) -> Result<(), Finding> {
        match text {
            _ if text.contains('@') => Err(Finding::ContactDetails),
            _ if text.contains("damn") => Err(Finding::Profanity),
            _ => Ok(()),
        }
    }
}

/// Believes the one token that says whose it is, until an instant.
impl Attestor for Strict {
    fn attest(&self, at: UnixMillis, whose: DeviceId, token: &str) -> Result<Gender, InvalidToken> {
        let believed = token == "female" && whose == device() && at < UnixMillis::new(TOKEN_END);
        if believed { Ok(Gender::Female) } else { Err(InvalidToken) }
    }
}

pub(crate) struct Desk {
    settings: Arc<Settings>,
    pub(crate) session: Session,
    pub(crate) at: u64,
    /// The last command that was applied.
    pub(crate) command: Option<Command>,
    /// The only pair in which anything may be said.
    pub(crate) pair: PairId,
}

impl Desk {
    /// A connection that has just come in; what it does first is still to be polled.
    pub(crate) fn new(client: Client, change: impl FnOnce(&mut Policy)) -> Self {
        Self::in_pool(client, change, |settings| settings.pool(None))
    }

    pub(crate) fn in_pool(
        client: Client,
        change: impl FnOnce(&mut Policy),
        pool: impl FnOnce(&Settings) -> Option<PoolId>,
    ) -> Self {
        let settings = Arc::new(settings(change));
        let pool = pool(&settings);
        let at = UnixMillis::new(START);
        let session = Session::new(at, Arc::clone(&settings), pool, client, device(), conn(1));
        Self { settings, session, at: START, command: None, pair: pair_id(1) }
    }

    /// A connection that comes for one talk only.
    pub(crate) fn entering(pair: u8) -> Self {
        Self::entering_under(pair, |_| ())
    }

    pub(crate) fn entering_under(pair: u8, change: impl FnOnce(&mut Policy)) -> Self {
        let settings = Arc::new(settings(change));
        let (pool, at) = (settings.pool(None), UnixMillis::new(START));
        let (shared, pair) = (Arc::clone(&settings), pair_id(pair));
        let session = Session::entering(at, shared, pool, device(), conn(1), pair);
        Self { settings, session, at: START, command: None, pair }
    }

    /// What its session shares with the others of the server.
    pub(crate) fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings)
    }

    /// Another idle native client of the same server.
    pub(crate) fn beside(settings: &Arc<Settings>, number: u8) -> Self {
        let (settings, device) = (Arc::clone(settings), DeviceId::from_bytes([100 + number; 16]));
        let (at, pool) = (UnixMillis::new(START), settings.pool(None));
        let shared = Arc::clone(&settings);
        let session = Session::new(at, shared, pool, Client::Native, device, conn(1));
        let desk = Self { settings, session, at: START, command: None, pair: pair_id(1) };
        desk.arrived()
    }

    /// An idle native client under the default policy.
    pub(crate) fn native() -> Self {
        Self::new(Client::Native, |_| ()).arrived()
    }

    /// An idle original client under the default policy.
    pub(crate) fn plain() -> Self {
        Self::new(Client::Plain, |_| ()).arrived()
    }

    pub(crate) fn arrived(mut self) -> Self {
        self.outputs();
        self.attached(Phase::Idle);
        self
    }

    /// The same, talking to Ben, who is there.
    pub(crate) fn paired(mut self) -> Self {
        self.frame(r#"{"action":"join","filter":"any","nickname":"Ann","bio":"likes tea"}"#);
        self.event(matched(1));
        self.commit();
        self
    }

    pub(crate) fn waiting(mut self) -> Self {
        self.frame(r#"{"action":"join"}"#);
        self.event(queued());
        self.commit();
        self
    }

    pub(crate) fn give(&mut self, input: Input<'_>) -> Vec<String> {
        self.session.handle(UnixMillis::new(self.at), input);
        self.outputs()
    }

    pub(crate) fn frame(&mut self, json: &str) -> Vec<String> {
        self.give(Input::Frame(wire::decode(json)))
    }

    pub(crate) fn event(&mut self, event: Event) -> Vec<String> {
        self.give(Input::Event(event))
    }

    pub(crate) fn commit(&mut self) -> Vec<String> {
        self.give(Input::Committed(Ok(())))
    }

    pub(crate) fn reject(&mut self, rejection: Rejection) -> Vec<String> {
        self.give(Input::Committed(Err(rejection)))
    }

    pub(crate) fn attached(&mut self, phase: Phase) -> Vec<String> {
        let mut lines = self.event(attached(phase));
        lines.extend(self.commit());
        lines
    }

    /// Something comes from the partner in pair `pair`.
    pub(crate) fn hear(&mut self, pair: u8, body: Body) -> Vec<String> {
        self.give(Input::Whisper(Whisper { to: conn(1), pair: pair_id(pair), body }))
    }

    /// Lets time pass up to the deadline.
    pub(crate) fn time_out(&mut self) -> Vec<String> {
        self.at = self.session.deadline().expect("a deadline").get();
        self.give(Input::Timeout)
    }

    pub(crate) fn outputs(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(output) = self.session.poll() {
            lines.push(match output {
                Output::Send(frame) => {
                    let json = wire::encode(&frame, self.session.client());
                    if self.session.client() == Client::Native {
                        SCHEMA.validate(&json_of(&json)).expect("what the schema describes");
                    }
                    json
                }
                Output::Ping => "ping".to_owned(),
                Output::Accepted => "accepted".to_owned(),
                Output::Missed => "missed".to_owned(),
                Output::Read(query) => format!("read {query:?}"),
                Output::Close(close) => format!("close {} {}", close.code(), close.reason()),
                Output::Apply(command) => {
                    let line = format!("apply {command:?}");
                    self.command = Some(command);
                    line.split(' ').take(2).collect::<Vec<_>>().join(" ")
                }
                Output::Whisper(Whisper { to, pair, body }) => {
                    assert_eq!((to, pair), (conn(2), self.pair), "only to the partner");
                    whispered(&body)
                }
            });
        }
        lines
    }
}

fn whispered(body: &Body) -> String {
    match body {
        Body::Text { id, text } => {
            let id = id.as_ref().map_or("-", MessageId::as_str);
            format!("whisper text {id} {}", text.reveal())
        }
        Body::Image(image) => format!("whisper image {}", image.reveal()),
        Body::Typing(typing) => format!("whisper typing {typing}"),
        Body::Ack(id) => format!("whisper ack {}", id.as_str()),
    }
}

pub(crate) fn settings(change: impl FnOnce(&mut Policy)) -> Settings {
    let mut policy = Policy::default();
    change(&mut policy);
    let pools = vec![PoolId::main(), PoolId::new("quiet").expect("a name")];
    let (screen, attestor) = (Arc::new(Strict), Arc::new(Strict));
    Settings { policy: Arc::new(policy), screen, attestor, pools, waits: Waits::default() }
}

/// The only line, as JSON.
#[track_caller]
pub(crate) fn one(lines: &[String]) -> Value {
    assert_eq!(lines.len(), 1, "{lines:?}");
    json_of(&lines[0])
}

#[track_caller]
pub(crate) fn json_of(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|_| panic!("a frame, not {line}"))
}

/// The only line is an error with this code; its message.
#[track_caller]
pub(crate) fn refused(lines: &[String], code: &str) -> String {
    let frame = one(lines);
    assert_eq!((&frame["type"], &frame["code"]), (&json!("error"), &json!(code)), "{frame}");
    frame["message"].as_str().expect("a message").to_owned()
}

/// The only line is an error as the original client knows it; its message.
#[track_caller]
pub(crate) fn plainly_refused(lines: &[String]) -> String {
    let frame = one(lines);
    let members: Vec<_> = frame.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["message", "type"], "{frame}");
    assert_eq!(frame["type"], "error");
    frame["message"].as_str().expect("a message").to_owned()
}

pub(crate) fn attached(phase: Phase) -> Event {
    Event::Attached { phase, left: left(), gender: Some(Gender::Female) }
}

pub(crate) fn queued() -> Event {
    Event::Queued { filter: Filter::Any, since: UnixMillis::new(START), left: left() }
}

pub(crate) fn matched(pair: u8) -> Event {
    let since = UnixMillis::new(START);
    Event::Matched { pair: pair_id(pair), side: Side::A, peer: ben(), since, left: left() }
}

pub(crate) fn talking(pair: u8, peer: Peer) -> Phase {
    let (pair, profile) = (pair_id(pair), Arc::new(profile("Ann", "likes tea")));
    Phase::Paired { profile, pair, side: Side::A, peer, since: UnixMillis::new(START) }
}

pub(crate) fn lining_up() -> Phase {
    let (profile, since) = (Arc::new(profile("Ann", "likes tea")), UnixMillis::new(START));
    Phase::Waiting { filter: Filter::Only(Gender::Male), profile, since }
}

pub(crate) fn ben() -> Peer {
    let profile = Arc::new(profile("Ben", "hums"));
    Peer {
        profile,
        gender: Some(Gender::Male),
        verified: true,
        route: Some(conn(2)),
        arrival: Arrival::Direct,
    }
}

pub(crate) fn profile(nickname: &str, bio: &str) -> Profile {
    Profile { nickname: Some(nickname.into()), bio: Some(bio.into()) }
}

pub(crate) fn left() -> Allowance {
    Allowance::new([5, 4, u16::MAX, 0])
}

pub(crate) fn text(id: &str, text: &str) -> Body {
    Body::Text { id: MessageId::new(id), text: ChatText::new(text) }
}

pub(crate) fn ack(id: &str) -> Body {
    Body::Ack(MessageId::new(id).expect("an id"))
}

pub(crate) fn partner() -> Alias {
    Alias { pair: pair_id(1), side: Side::B }
}

pub(crate) fn pair_id(pair: u8) -> PairId {
    PairId::from_bytes([pair; 16])
}

pub(crate) fn device() -> DeviceId {
    DeviceId::from_bytes([7; 16])
}

/// A connection, at a server of its own.
pub(crate) const fn conn(id: u64) -> Conn {
    Conn { node: NodeId(id), id }
}

/// Another name of the connection.
pub(crate) const fn name(id: u64) -> Conn {
    Conn { node: conn(1).node, id }
}
