//! From what a client is told to its JSON.

use super::shape::{Complaint, Greeting, Lengths, Limits, MoreProfile, Name, PeerProfile, Shape};
use crate::event::{Client, Peer, Phase};
use crate::id::{Alias, PoolId};
use crate::policy::Verification;
use crate::profile::{Filter, Gender, Profile};
use crate::session::{Action, Hello, REPORT_REASONS, Refusal, ServerFrame};
use crate::store::MessageId;
use crate::time::UnixMillis;

/// Writes one frame as the client's protocol has it.
///
/// ```
/// use anonchat_core::{Client, session::ServerFrame, wire::encode};
///
/// assert_eq!(encode(&ServerFrame::Left, Client::Plain), r#"{"type":"left"}"#);
/// ```
pub fn encode(frame: &ServerFrame, client: Client) -> String {
    // Writing to memory fails only for a map whose keys are no texts, and here is none.
    serde_json::to_string(&Shape::of(frame, client)).unwrap_or_default()
}

/// Appends one frame as the client's protocol has it, as [`encode`] writes it.
pub fn encode_into(out: &mut Vec<u8>, frame: &ServerFrame, client: Client) {
    if let ServerFrame::Msg { from, id, text } = frame {
        let id = id.as_ref().filter(|_| client == Client::Native);
        return append_message(out, *from, id.map(MessageId::as_str), text.reveal());
    }
    // As above.
    let _ = serde_json::to_writer(out, &Shape::of(frame, client));
}

/// Appends the frame that is sent more often than all others together, without a look at each of its
/// letters. A test compares it with [`Shape::Msg`].
fn append_message(out: &mut Vec<u8>, from: Alias, id: Option<&str>, text: &str) {
    out.reserve(text.len() + 128);
    out.extend_from_slice(br#"{"type":"msg","from":""#);
    out.extend_from_slice(&from.text());
    out.push(b'"');
    if let Some(id) = id {
        out.extend_from_slice(br#","id":"#);
        append_text(out, id);
    }
    out.extend_from_slice(br#","text":"#);
    append_text(out, text);
    out.push(b'}');
}

fn append_text(out: &mut Vec<u8>, text: &str) {
    // All bytes and not up to the first, so that many are looked at in one step.
    let is_escaped = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    if text.bytes().fold(false, |found, byte| found | is_escaped(byte)) {
        let _ = serde_json::to_writer(out, text);
    } else {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    }
}

impl<'a> Shape<'a> {
    fn of(frame: &'a ServerFrame, client: Client) -> Self {
        let native = client == Client::Native;
        match frame {
            ServerFrame::DailyLimits { limits } => Self::DailyLimits { limits: Limits(*limits) },
            ServerFrame::Hello(hello) => Self::Hello(Box::new(Greeting::of(hello))),
            ServerFrame::Queued { filter, limits } => {
                Self::Queued { filter: filter.as_str(), limits: Limits(*limits) }
            }
            ServerFrame::Matched { peer, profile, gender, verified, limits } => Self::Matched {
                peer: Name(*peer),
                peer_profile: PeerProfile::of(profile, *gender, native.then_some(*verified)),
                peer_gender: gender.map(Gender::as_str),
                limits: Limits(*limits),
            },
            ServerFrame::Msg { from, id, text } => Self::Msg {
                from: Name(*from),
                id: id.as_ref().filter(|_| native).map(MessageId::as_str),
                text: text.reveal(),
            },
            ServerFrame::Image { from, image } => {
                Self::Image { from: Name(*from), image: image.reveal() }
            }
            ServerFrame::Ack { id } => Self::Ack { id: id.as_str() },
            ServerFrame::Typing { from, typing } => {
                Self::Typing { from: Name(*from), typing: native.then_some(*typing) }
            }
            ServerFrame::PeerAway { peer, until } => {
                Self::PeerAway { peer: Name(*peer), until: until.get() }
            }
            ServerFrame::PeerBack { peer } => Self::PeerBack { peer: Name(*peer) },
            ServerFrame::PeerLeft { peer, reason } => {
                Self::PeerLeft { peer: Name(*peer), reason: native.then_some(reason.as_str()) }
            }
            ServerFrame::Left => Self::Left,
            ServerFrame::Declared { gender } => Self::Declared { gender: gender.as_str() },
            ServerFrame::Reported { target } => Self::Reported { target: Name(*target) },
            ServerFrame::Blocked { block } => {
                Self::Blocked { peer: Name(*block), block: Name(*block) }
            }
            ServerFrame::Unblocked { block } => Self::Unblocked { block: Name(*block) },
            ServerFrame::Waiting { since, position, people, narrowed_by, estimate_ms } => {
                Self::Waiting {
                    since: since.get(),
                    position: *position,
                    people: *people,
                    narrowed_by: narrowed_by.iter().map(|rule| rule.as_str()).collect(),
                    estimate_ms: *estimate_ms,
                }
            }
            ServerFrame::Replaced => Self::Replaced,
            ServerFrame::Banned { until } => Self::Banned { until: until.get() },
            ServerFrame::ServerRestarting { reconnect_in_ms } => {
                Self::ServerRestarting { reconnect_in_ms: *reconnect_in_ms }
            }
            ServerFrame::Error(refusal) => Self::Error(Complaint::of(refusal, native)),
        }
    }
}

impl<'a> Greeting<'a> {
    fn of(hello: &'a Hello) -> Self {
        let policy = &hello.settings.policy;
        let mut greeting = Self {
            v: 1,
            phase: "idle",
            filter: None,
            peer: None,
            peer_profile: None,
            peer_present: None,
            since: None,
            gender: hello.gender.map(Gender::as_str),
            verification: Verification::as_str(policy.verification),
            limits: Limits(hello.limits),
            text: Lengths {
                message_chars: policy.text.message_chars,
                nickname_chars: policy.text.nickname_chars,
                bio_chars: policy.text.bio_chars,
            },
            grace_ms: u64::from(policy.connection.grace_s) * 1_000,
            pools: hello.settings.pools.iter().map(PoolId::as_str).collect(),
            reports: REPORT_REASONS,
        };
        match &hello.phase {
            Phase::Idle => {}
            Phase::Waiting { filter, since, .. } => {
                greeting.phase = "waiting";
                greeting.filter = Some(Filter::as_str(*filter));
                greeting.since = Some(since.get());
            }
            Phase::Paired { pair, side, peer, since, .. } => {
                let Peer { profile, gender, verified, route, arrival: _ } = peer;
                greeting.phase = "paired";
                greeting.peer = Some(Name(Alias { pair: *pair, side: side.other() }));
                greeting.peer_profile = Some(PeerProfile::of(profile, *gender, Some(*verified)));
                greeting.peer_present = Some(route.is_some());
                greeting.since = Some(since.get());
            }
        }
        greeting
    }
}

impl<'a> PeerProfile<'a> {
    fn of(profile: &'a Profile, gender: Option<Gender>, verified: Option<bool>) -> Self {
        Self {
            nickname: profile.nickname.as_deref(),
            gender: gender.map_or("?", Gender::as_str),
            more: verified.map(|verified| MoreProfile { bio: profile.bio.as_deref(), verified }),
        }
    }
}

impl<'a> Complaint<'a> {
    fn of(refusal: &'a Refusal, native: bool) -> Self {
        let Refusal { code, message, until, retry_after_ms, action, id } = refusal;
        if !native {
            return Self {
                message,
                code: None,
                until: None,
                retry_after_ms: None,
                action: None,
                id: None,
            };
        }
        Self {
            message,
            code: Some(code.as_str()),
            until: until.map(UnixMillis::get),
            retry_after_ms: *retry_after_ms,
            action: action.map(Action::as_str),
            id: id.as_ref().map(MessageId::as_str),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::id::{PairId, Side};
    use crate::store::ChatText;

    proptest! {
        #[test]
        fn a_message_is_written_as_its_shape_is(
            text in prop_oneof!["\\PC*", any::<String>()],
            id: Option<String>,
            pair: [u8; 16],
            native: bool,
        ) {
            let from = Alias { pair: PairId::from_bytes(pair), side: Side::B };
            let id = id.and_then(|id| MessageId::new(&id));
            let frame = ServerFrame::Msg { from, id, text: ChatText::new(text) };
            let client = if native { Client::Native } else { Client::Plain };
            let mut out = b"before".to_vec();
            encode_into(&mut out, &frame, client);
            prop_assert_eq!(String::from_utf8(out), Ok(format!("before{}", encode(&frame, client))));
        }
    }
}
