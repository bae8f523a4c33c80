//! Frames as JSON: the golden frames in `tests/wire`, and the schema in `schema`.

use std::collections::BTreeSet;
use std::sync::Arc;

use anonchat_core::session::{
    Action, ErrorCode, FrameError, Hello, Narrowing, Refusal, ServerFrame, Settings, Waits,
};
use anonchat_core::{
    Alias, Allowance, Arrival, ChatText, Client, Conn, Departure, Filter, Gender, MessageId,
    NodeId, Peer, Phase, Policy, PoolId, Profile, Rejection, Side, Unattested, UnixMillis,
    Unscreened, wire,
};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

const NATIVE: &str = include_str!("wire/native.json");
const PLAIN: &str = include_str!("wire/plain.json");
const CLIENT: &str = include_str!("wire/client.json");
const SCHEMA: &str = include_str!("../schema/native.schema.json");

#[test]
fn native_frames_are_the_golden_ones() {
    compare(&native_frames(), Client::Native, NATIVE);
}

#[test]
fn original_frames_are_the_golden_ones() {
    compare(&plain_frames(), Client::Plain, PLAIN);
}

#[test]
fn every_frame_to_a_native_client_fits_the_schema() {
    let validator = schema_of("ServerFrame");
    for (name, frame) in native_frames() {
        let json = written(&frame, Client::Native);
        assert_eq!(json["type"], type_of(&frame), "{name}");
        if let Err(error) = validator.validate(&json) {
            panic!("{name}: {error}");
        }
    }
}

#[test]
fn the_golden_frames_show_every_frame_and_every_code() {
    let golden = frames_of(NATIVE);
    let shown: BTreeSet<_> = golden.values().filter_map(|frame| frame["type"].as_str()).collect();
    let schema = parse(SCHEMA);
    let defs = schema["$defs"].as_object().expect("definitions");
    let known: BTreeSet<_> = defs
        .iter()
        .filter(|(name, _)| name.starts_with("server."))
        .filter_map(|(_, def)| def["properties"]["type"]["const"].as_str())
        .collect();
    assert_eq!(shown, known);

    let written: BTreeSet<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(written, list(&defs["ErrorCode"]["enum"]));
    let names = Action::ALL.iter().map(|action| action.as_str());
    let written: BTreeSet<_> = names.filter(|name| Action::parse(name).is_some()).collect();
    assert_eq!(written, list(&defs["Action"]["enum"]));
}

#[test]
fn the_schema_is_strict_about_what_the_server_sends() {
    let validator = schema_of("ServerFrame");
    for (name, frame) in frames_of(NATIVE) {
        let mut more = frame.clone();
        more["device_id"] = json!("x");
        assert!(!validator.is_valid(&more), "{name} with a member too many");
        for member in frame.as_object().expect("an object").keys() {
            // What may be missing is listed here, and nothing else is.
            let optional = ["until", "retry_after_ms", "action", "id"].contains(&&**member);
            let mut less = frame.clone();
            less.as_object_mut().expect("an object").remove(member);
            let valid = validator.is_valid(&less);
            let may = optional && ["error", "msg"].contains(&frame["type"].as_str().unwrap_or(""));
            assert_eq!(valid, may, "{name} without {member}");
        }
    }
    let ban = json!({"type": "error", "code": "empty", "message": "urBAN"});
    assert!(!validator.is_valid(&ban), "only a ban says ban");
}

#[test]
fn every_error_fits_the_schema() {
    let validator = schema_of("ServerFrame");
    for code in ErrorCode::ALL {
        let frame = ServerFrame::Error(Refusal::new(*code));
        let json = written(&frame, Client::Native);
        assert!(validator.is_valid(&json), "{json}");
        let plain = written(&frame, Client::Plain);
        assert_eq!(plain, json!({"type": "error", "message": code.message()}));
    }
}

#[test]
fn what_a_client_may_say_is_read_and_fits_the_schema() {
    let validator = schema_of("ClientFrame");
    let golden = parse(CLIENT);
    let accepted = golden["accepted"].as_object().expect("frames");
    let mut actions = BTreeSet::new();
    for (name, frame) in accepted {
        let text = frame.to_string();
        let Ok(read) = wire::decode(&text) else { panic!("{name} is not read") };
        assert_eq!(frame["action"], read.action().as_str(), "{name}");
        assert!(validator.is_valid(frame), "{name}");
        actions.insert(read.action().as_str());
    }
    let written = Action::ALL.iter().filter(|action| Action::parse(action.as_str()).is_some());
    assert_eq!(actions.len(), written.count());
}

#[test]
fn what_is_no_frame_is_refused_with_what_was_asked_for() {
    let validator = schema_of("ClientFrame");
    let golden = parse(CLIENT);
    for case in golden["refused"].as_array().expect("cases") {
        let text = case["text"].as_str().expect("a text");
        let Err(error) = wire::decode(text) else { panic!("{text} is read") };
        let code = match error {
            FrameError::Malformed { .. } => "invalid_frame",
            _ => "unknown_action",
        };
        assert_eq!(case["code"], code, "{text}");
        assert_eq!(case["action"], json!(error.action().map(Action::as_str)), "{text}");
        if let Ok(json) = serde_json::from_str::<Value>(text) {
            assert!(!validator.is_valid(&json), "{text}");
        }
    }
}

#[test]
fn a_frame_is_read_whatever_its_depth_and_length() {
    let deep = format!(r#"{{"action":"leave","x":{}1{}}}"#, "[".repeat(9_999), "]".repeat(9_999));
    assert!(wire::decode(&deep).is_ok(), "no stack is used for what is ignored");
    let long = format!(r#"{{"x":"{}","action":"leave"}}"#, "y".repeat(1 << 20));
    assert!(wire::decode(&long).is_ok());
    let twice = r#"{"action":"leave","action":"why"}"#;
    assert!(wire::decode(twice).is_err(), "which one is meant?");
}

/// Every frame with every member that it may have.
fn native_frames() -> Vec<(&'static str, ServerFrame)> {
    let (peer, until) = (ben(), at(1_800_000_015_000));
    let id = || MessageId::new("c1");
    vec![
        ("daily_limits", ServerFrame::DailyLimits { limits: limits() }),
        ("hello_idle", hello(Phase::Idle, None)),
        ("hello_waiting", hello(waiting(), Some(Gender::Female))),
        ("hello_paired", hello(paired(Some(conn())), Some(Gender::Female))),
        ("hello_paired_away", hello(paired(None), Some(Gender::Female))),
        ("queued", ServerFrame::Queued { filter: Filter::Any, limits: limits() }),
        ("matched", matched(Some(Gender::NonBinary), "Ben")),
        ("matched_unknown", matched(None, "")),
        ("msg", ServerFrame::Msg { from: peer, id: None, text: ChatText::new("hi") }),
        ("msg_id", ServerFrame::Msg { from: peer, id: id(), text: ChatText::new("\"é\" <b>\n") }),
        ("ack", ServerFrame::Ack { id: id().expect("an id") }),
        ("typing_true", ServerFrame::Typing { from: peer, typing: true }),
        ("typing_false", ServerFrame::Typing { from: peer, typing: false }),
        ("peer_away", ServerFrame::PeerAway { peer, until }),
        ("peer_back", ServerFrame::PeerBack { peer }),
        ("peer_left", ServerFrame::PeerLeft { peer, reason: Departure::Next }),
        ("left", ServerFrame::Left),
        ("declared", ServerFrame::Declared { gender: Gender::PreferNotToSay }),
        ("reported", ServerFrame::Reported { target: peer }),
        ("blocked", ServerFrame::Blocked { block: peer }),
        ("unblocked", ServerFrame::Unblocked { block: peer }),
        ("waiting", why(&[Narrowing::Filter, Narrowing::Blocks], Some(12_000))),
        (
            "waiting_narrow",
            why(&[Narrowing::Gender, Narrowing::Rematch, Narrowing::Limit], Some(5_000)),
        ),
        ("waiting_wide", why(&[], None)),
        ("replaced", ServerFrame::Replaced),
        ("banned", ServerFrame::Banned { until }),
        ("server_restarting", ServerFrame::ServerRestarting { reconnect_in_ms: 1_200 }),
        ("error_cooldown", ServerFrame::Error(cooldown())),
        (
            "error_msg",
            ServerFrame::Error(Refusal::new(ErrorCode::RateLimited).of(Action::Msg).about(id())),
        ),
        ("error_bare", ServerFrame::Error(Refusal::new(ErrorCode::UnknownAction))),
    ]
}

/// Every frame that an original client gets unasked or for its own frames.
fn plain_frames() -> Vec<(&'static str, ServerFrame)> {
    let peer = ben();
    let (id, text) = (MessageId::new("c1"), ChatText::new("hello"));
    vec![
        ("daily_limits", ServerFrame::DailyLimits { limits: limits() }),
        ("queued", ServerFrame::Queued { filter: Filter::Any, limits: limits() }),
        ("matched", matched(Some(Gender::Male), "Ben")),
        ("matched_unknown", matched(None, "")),
        ("msg", ServerFrame::Msg { from: peer, id, text }),
        ("typing", ServerFrame::Typing { from: peer, typing: true }),
        ("peer_left", ServerFrame::PeerLeft { peer, reason: Departure::Left }),
        ("left", ServerFrame::Left),
        ("reported", ServerFrame::Reported { target: peer }),
        ("error", ServerFrame::Error(cooldown())),
        ("error_ban", ServerFrame::Error(Refusal::new(ErrorCode::Banned))),
    ]
}

/// A new frame has to be named here, and so in the schema and in a golden file.
fn type_of(frame: &ServerFrame) -> &'static str {
    match frame {
        ServerFrame::DailyLimits { .. } => "daily_limits",
        ServerFrame::Hello(_) => "hello",
        ServerFrame::Queued { .. } => "queued",
        ServerFrame::Matched { .. } => "matched",
        ServerFrame::Msg { .. } => "msg",
        // Goes to Socket.IO's clients only.
        ServerFrame::Image { .. } => "image",
        ServerFrame::Ack { .. } => "ack",
        ServerFrame::Typing { .. } => "typing",
        ServerFrame::PeerAway { .. } => "peer_away",
        ServerFrame::PeerBack { .. } => "peer_back",
        ServerFrame::PeerLeft { .. } => "peer_left",
        ServerFrame::Left => "left",
        ServerFrame::Declared { .. } => "declared",
        ServerFrame::Reported { .. } => "reported",
        ServerFrame::Blocked { .. } => "blocked",
        ServerFrame::Unblocked { .. } => "unblocked",
        ServerFrame::Waiting { .. } => "waiting",
        ServerFrame::Replaced => "replaced",
        ServerFrame::Banned { .. } => "banned",
        ServerFrame::ServerRestarting { .. } => "server_restarting",
        ServerFrame::Error(_) => "error",
    }
}

fn hello(phase: Phase, gender: Option<Gender>) -> ServerFrame {
    let policy = Arc::new(Policy::default());
    let pools = vec![PoolId::main()];
    let (screen, attestor) = (Arc::new(Unscreened), Arc::new(Unattested));
    let settings = Arc::new(Settings { policy, screen, attestor, pools, waits: Waits::default() });
    ServerFrame::Hello(Hello { phase, gender, limits: limits(), settings })
}

fn waiting() -> Phase {
    let filter = Filter::Only(Gender::Male);
    Phase::Waiting { filter, profile: Arc::default(), since: at(1_800_000_000_000) }
}

fn paired(route: Option<Conn>) -> Phase {
    let peer = Peer {
        profile: profile("Ben"),
        gender: Some(Gender::Male),
        verified: true,
        route,
        arrival: Arrival::Direct,
    };
    let (profile, since) = (Arc::default(), at(1_800_000_000_000));
    Phase::Paired { profile, pair: ben().pair, side: Side::B, peer, since }
}

fn matched(gender: Option<Gender>, nickname: &str) -> ServerFrame {
    let profile = if nickname.is_empty() { Arc::default() } else { profile(nickname) };
    let verified = gender.is_some();
    ServerFrame::Matched { peer: ben(), profile, gender, verified, limits: limits() }
}

fn why(narrowed_by: &[Narrowing], estimate_ms: Option<u64>) -> ServerFrame {
    ServerFrame::Waiting {
        since: at(1_800_000_000_000),
        position: 2,
        people: 20,
        narrowed_by: narrowed_by.to_vec(),
        estimate_ms,
    }
}

fn cooldown() -> Refusal {
    let until = at(1_800_000_005_000);
    Refusal::by_rule(Rejection::Cooldown { until }, at(1_800_000_001_000)).of(Action::Join)
}

fn profile(nickname: &str) -> Arc<Profile> {
    Arc::new(Profile { nickname: Some(nickname.into()), bio: Some("hums".into()) })
}

fn ben() -> Alias {
    Alias::parse("a00112233445566778899aabbccddeeff").expect("an alias")
}

fn limits() -> Allowance {
    Allowance::new([5, 4, u16::MAX, 0])
}

fn conn() -> Conn {
    Conn { node: NodeId(1), id: 1 }
}

fn at(millis: u64) -> UnixMillis {
    UnixMillis::new(millis)
}

#[track_caller]
fn compare(frames: &[(&'static str, ServerFrame)], client: Client, golden: &str) {
    let golden = frames_of(golden);
    let names: BTreeSet<_> = frames.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, golden.keys().map(String::as_str).collect());
    for (name, frame) in frames {
        assert_eq!(written(frame, client), golden[*name], "{name}");
    }
}

fn written(frame: &ServerFrame, client: Client) -> Value {
    parse(&wire::encode(frame, client))
}

fn schema_of(definition: &str) -> Validator {
    let mut schema = parse(SCHEMA);
    let object = schema.as_object_mut().expect("an object");
    object.remove("anyOf");
    object.insert("$ref".to_owned(), json!(format!("#/$defs/{definition}")));
    jsonschema::draft202012::new(&schema).expect("a schema")
}

fn list(values: &Value) -> BTreeSet<&str> {
    values.as_array().expect("a list").iter().filter_map(Value::as_str).collect()
}

fn frames_of(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).expect("a JSON object")
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}
