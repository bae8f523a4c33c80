//! Talking: what passes between two people, and what is remembered of it. Never a text.

use std::borrow::Cow;
use std::collections::VecDeque;

use super::answer::ServerFrame;
use super::frame::Action;
use super::held::Held;
use super::refusal::{ErrorCode, INVALID_MESSAGE, PROHIBITED_MESSAGE, Refusal};
use super::{Output, Session};
use crate::event::{Arrival, Client, Peer, Phase};
use crate::id::{Alias, Conn, NodeId, PairId, Side};
use crate::screen::{Field, Finding};
use crate::store::{Body, ChatText, MessageId, Whisper};

/// What the device is doing, as far as this connection knows.
#[cfg_attr(feature = "test-util", derive(Debug))]
#[derive(Default)]
pub(super) enum Doing {
    #[default]
    Idle,
    Waiting,
    Talking(Talk),
}

/// A pair, seen from one of its sides.
#[cfg_attr(feature = "test-util", derive(Debug))]
#[repr(C)]
pub(super) struct Talk {
    pub(super) pair: PairId,
    /// Where the partner is; `None` while they are away or expected.
    pub(super) route: Option<Conn>,
    side: Side,
    /// Whether the first message that is not acknowledged may have been lost, with a connection that is
    /// gone say. Until it comes again nothing else with an id is handed on, or the partner would see it
    /// first.
    lost: bool,
    /// Whether the partner has still to come to the talk.
    expects: bool,
    /// Whether the partner can be shown pictures.
    pub(super) sees: bool,
    pub(super) held: Held,
    /// The client's messages that the partner has not acknowledged, in the order of the client.
    unacknowledged: VecDeque<MessageId>,
    /// The partner's newest messages, for a client that does not know doubles itself.
    heard: VecDeque<MessageId>,
}

impl Doing {
    pub(super) fn pair(&self) -> Option<PairId> {
        match self {
            Self::Talking(talk) => Some(talk.pair),
            _ => None,
        }
    }

    /// Takes the pool's word for it, and keeps what is remembered of a pair that still lives.
    pub(super) fn correct(&mut self, phase: &Phase) {
        match (&mut *self, phase) {
            (_, Phase::Idle) => *self = Self::Idle,
            (_, Phase::Waiting { .. }) => *self = Self::Waiting,
            (Self::Talking(talk), Phase::Paired { pair, peer, .. }) if talk.pair == *pair => {
                talk.reroute(peer.route);
                talk.expects = peer.arrival == Arrival::Expected;
            }
            (_, Phase::Paired { pair, side, peer, .. }) => {
                *self = Self::Talking(Talk::new(*pair, *side, peer));
            }
        }
    }
}

impl Talk {
    pub(super) const fn new(pair: PairId, side: Side, peer: &Peer) -> Self {
        Self {
            pair,
            side,
            route: peer.route,
            expects: matches!(peer.arrival, Arrival::Expected),
            held: Held::new(),
            sees: !matches!(peer.arrival, Arrival::Direct),
            unacknowledged: VecDeque::new(),
            lost: false,
            heard: VecDeque::new(),
        }
    }

    pub(super) const fn partner(&self) -> Alias {
        Alias { pair: self.pair, side: self.side.other() }
    }

    /// Whether one more message may be on its way. One that is sent again counts once.
    fn track(&mut self, id: &MessageId, most: usize) -> bool {
        let known = self.unacknowledged.contains(id);
        let fits = known || self.unacknowledged.len() < most;
        if fits && !known {
            self.unacknowledged.push_back(id.clone());
        }
        fits
    }

    /// The partner has another connection, or none.
    pub(super) fn reroute(&mut self, route: Option<Conn>) {
        if self.route != route {
            self.doubt();
        }
        self.route = route;
        self.expects &= route.is_none();
    }

    /// What has waited for the partner, who is there now.
    pub(super) fn hand_over(&mut self) -> impl Iterator<Item = Output> + use<> {
        let (to, pair) = (self.route, self.pair);
        let held = to.map(|_| self.held.take()).into_iter().flatten();
        held.filter_map(move |body| to.map(|to| Output::Whisper(Whisper { to, pair, body })))
    }

    /// What is not acknowledged may be lost.
    pub(super) fn doubt(&mut self) {
        self.lost |= !self.unacknowledged.is_empty();
    }

    /// Whether the partner is there, and at another node.
    pub(super) fn is_elsewhere(&self, node: NodeId) -> bool {
        self.route.is_some_and(|route| route.node != node)
    }

    /// Whether the partner is at this node.
    pub(super) fn is_within(&self, node: NodeId) -> bool {
        self.route.is_some_and(|route| route.node == node)
    }

    /// Whether a message must wait until those before it have come again.
    fn is_early(&mut self, id: &MessageId) -> bool {
        self.lost &= self.route.is_none() || self.unacknowledged.front() != Some(id);
        self.lost
    }

    fn acknowledged(&mut self, id: &MessageId) {
        self.unacknowledged.retain(|sent| sent != id);
        self.lost &= !self.unacknowledged.is_empty();
    }

    /// Whether a message is new. Who sends again, sends what is unacknowledged, so it is enough to
    /// remember as many as can be that.
    fn hear(&mut self, id: &MessageId, most: usize) -> bool {
        if self.heard.contains(id) {
            return false;
        }
        if self.heard.len() >= most {
            self.heard.pop_front();
        }
        self.heard.push_back(id.clone());
        true
    }

    /// To the partner, if they are there.
    pub(super) fn to_partner(&self, body: Body) -> Option<Output> {
        self.route.map(|to| Output::Whisper(Whisper { to, pair: self.pair, body }))
    }
}

impl Session {
    /// Whether a frame is for the partner of now. A native client may say whom it is for: what it
    /// sends while a pair ends and the next one begins may be for the one before.
    fn is_for_partner(&self, peer: Option<&str>) -> bool {
        match (peer, &self.doing) {
            (Some(peer), Doing::Talking(talk)) if self.is_native() => {
                Alias::parse(peer) == Some(talk.partner())
            }
            _ => true,
        }
    }

    pub(super) fn say(&mut self, peer: Option<&str>, id: Option<&str>, text: &str) {
        // To the original protocol, an id is an unknown member.
        let named = id.filter(|_| self.is_native());
        let id = named.and_then(MessageId::new);
        let refusal = if named.is_some() && id.is_none() {
            Refusal::new(ErrorCode::InvalidFrame)
        } else if !self.is_for_partner(peer) {
            Refusal::new(ErrorCode::NotPaired)
        } else if let Err(refusal) = self.relay(id.as_ref(), text.trim()) {
            refusal
        } else {
            return;
        };
        if self.is_native() || refusal.code != ErrorCode::NotPaired {
            self.refuse(refusal.of(Action::Msg).about(id));
        }
    }

    /// Hands a message on, or says why not.
    fn relay(&mut self, id: Option<&MessageId>, text: &str) -> Result<(), Refusal> {
        let policy = &self.settings.policy;
        if text.is_empty() {
            return Err(Refusal::new(ErrorCode::Empty).saying(INVALID_MESSAGE));
        }
        if is_longer(text, policy.text.message_chars_of(self.client)) {
            return Err(Refusal::new(ErrorCode::TooLong).saying(INVALID_MESSAGE));
        }
        let Doing::Talking(talk) = &mut self.doing else {
            return Err(Refusal::new(ErrorCode::NotPaired));
        };
        self.settings.screen.screen(Field::Message, text).map_err(|finding| match finding {
            Finding::Profanity => Refusal::new(finding.into()).saying(PROHIBITED_MESSAGE),
            Finding::ContactDetails => Refusal::new(finding.into()),
        })?;
        if !id.is_none_or(|id| talk.track(id, policy.connection.unacknowledged as usize)) {
            return Err(Refusal::new(ErrorCode::RateLimited));
        }
        if id.is_some_and(|id| talk.is_early(id)) {
            return Ok(());
        }
        let (id, text) = (id.cloned(), ChatText::new(text));
        let is_held = talk.expects && id.is_none();
        let body = Body::Text { id, text };
        if is_held {
            let most = policy.connection.held_messages as usize;
            if !talk.held.put(self.clock, body, most) {
                return Err(Refusal::new(ErrorCode::RateLimited));
            }
        } else {
            self.out.extend(talk.to_partner(body));
        }
        if self.client == Client::Cookie {
            self.out.push(Output::Accepted);
        }
        Ok(())
    }

    pub(super) fn acknowledge(&mut self, peer: Option<&str>, id: &str) {
        match (MessageId::new(id), &self.doing) {
            (None, _) => self.refuse(Refusal::new(ErrorCode::InvalidFrame).of(Action::Ack)),
            (Some(id), Doing::Talking(talk)) if self.is_for_partner(peer) => {
                self.out.extend(talk.to_partner(Body::Ack(id)));
            }
            // The pair ended while the acknowledgement was on its way.
            (Some(_), _) => {}
        }
    }

    pub(super) fn types(&mut self, peer: Option<&str>, typing: bool) {
        if let Doing::Talking(talk) = &self.doing {
            if self.is_for_partner(peer) {
                self.out.extend(talk.to_partner(Body::Typing(typing)));
            }
        } else if self.is_native() {
            self.refuse(Refusal::new(ErrorCode::NotPaired).of(Action::Typing));
        }
    }

    /// Something came from a partner, perhaps a former one.
    pub(super) fn whispered(&mut self, whisper: Whisper) {
        let (client, native) = (self.client, self.is_native());
        let rooms = client.has_rooms();
        let most = self.settings.policy.connection.unacknowledged as usize;
        let talk = match &mut self.doing {
            Doing::Talking(talk) if talk.pair == whisper.pair => talk,
            _ => return,
        };
        if self.presence.is_ending() {
            return;
        }
        let from = talk.partner();
        match whisper.body {
            Body::Text { id: Some(id), text } if !native => {
                let receipt = talk.to_partner(Body::Ack(id.clone()));
                if talk.hear(&id, most) {
                    self.send(ServerFrame::Msg { from, id: Some(id), text });
                }
                self.out.extend(receipt);
            }
            Body::Text { id, text } => self.send(ServerFrame::Msg { from, id, text }),
            Body::Image(image) if rooms => self.send(ServerFrame::Image { from, image }),
            Body::Typing(typing) if typing || client != Client::Plain => {
                self.send(ServerFrame::Typing { from, typing });
            }
            Body::Image(_) | Body::Typing(_) => {}
            Body::Ack(id) => {
                talk.acknowledged(&id);
                if native {
                    self.send(ServerFrame::Ack { id });
                }
            }
        }
    }

    /// Whether the device is in a pair, as far as this connection knows.
    pub fn is_talking(&self) -> bool {
        matches!(self.doing, Doing::Talking(_))
    }

    /// How many of the client's messages the partner has not acknowledged.
    pub fn unacknowledged(&self) -> usize {
        match &self.doing {
            Doing::Talking(talk) => talk.unacknowledged.len(),
            _ => 0,
        }
    }
}

/// Whether a text has more than `most` characters. Looks no further than it must.
pub(super) fn is_longer(text: &str, most: u32) -> bool {
    text.chars().nth(most as usize).is_some()
}

/// A text without white space around it, unless nothing is left.
pub(super) fn trimmed<'t>(text: Option<&'t Cow<'_, str>>) -> Option<&'t str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}
