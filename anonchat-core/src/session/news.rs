//! What the pool tells, and what the client hears of it.

use std::sync::Arc;

use super::answer::{Hello, ServerFrame};
use super::frame::Action;
use super::refusal::{ErrorCode, Refusal};
use super::talk::{Doing, Talk};
use super::{Output, Session};
use crate::bucket::Bucket;
use crate::event::{Allowance, Departure, Event, Peer, Phase};
use crate::id::{Alias, PairId, Side};
use crate::profile::Gender;
use crate::time::UnixMillis;

impl Session {
    pub(super) fn event(&mut self, event: Event) {
        // Who comes back is told the truth; who is about to go need not be.
        let fatal = matches!(event, Event::Replaced { .. } | Event::Banned { .. });
        if self.presence.is_ending() && !fatal {
            return;
        }
        match event {
            Event::Attached { phase, left, gender } => self.attached(phase, left, gender),
            Event::Replaced { by } => self.replaced(by),
            Event::Queued { filter, left, since } => {
                self.doing = Doing::Waiting;
                self.queued = Some((Bucket::of(self.joins_as, filter), since));
                self.send(ServerFrame::Queued { filter, limits: left });
            }
            Event::Matched { pair, side, peer, left, since } => {
                self.note_wait(pair, since);
                self.matched(pair, side, &peer, left);
            }
            Event::Left => self.left(),
            Event::PeerLeft { pair, why } => {
                if self.talk_of(pair).is_some() {
                    self.part(why);
                }
            }
            Event::PeerAway { pair, until } => {
                if let Some(talk) = self.talk_of(pair) {
                    talk.reroute(None);
                    let peer = talk.partner();
                    self.send_native(ServerFrame::PeerAway { peer, until });
                }
            }
            Event::PeerBack { pair, route } => {
                if let Some(talk) = self.talk_of(pair) {
                    talk.reroute(Some(route));
                    let peer = talk.partner();
                    self.send_native(ServerFrame::PeerBack { peer });
                    self.hand_over();
                }
            }
            Event::Blocked { block } => {
                if self.talk_of(block.pair).is_some() {
                    self.doing = Doing::Idle;
                }
                self.send(ServerFrame::Blocked { block });
            }
            Event::Unblocked { block } => self.send(ServerFrame::Unblocked { block }),
            Event::Reported { target } => self.send(ServerFrame::Reported { target }),
            Event::JoinRefused { rejection } => {
                self.refuse(Refusal::by_rule(rejection, self.clock).of(Action::Next));
            }
            Event::Verified { gender } => {
                self.gender = Some(gender);
                if self.presence.answering() == Some(Action::Declare) {
                    self.send(ServerFrame::Declared { gender });
                }
            }
            Event::Banned { until } => self.banned(until),
        }
    }

    /// What the pool says now is the truth, whatever was believed before.
    fn attached(&mut self, phase: Phase, limits: Allowance, gender: Option<Gender>) {
        self.presence.hold();
        self.gender = gender;
        let waits = |(_, began): &(Bucket, UnixMillis)| matches!(&phase, Phase::Waiting { since, .. } if since == began);
        self.queued = self.queued.filter(waits);
        let first = !std::mem::replace(&mut self.greeted, true);
        if first {
            self.send(ServerFrame::DailyLimits { limits });
        }
        if let Phase::Waiting { profile, .. } | Phase::Paired { profile, .. } = &phase {
            self.profile = Arc::clone(profile);
        }
        if self.is_native() {
            // Who believed the partner to be on the same server has kept the name in a gap.
            let node = self.conn.node;
            let was_within = matches!(&self.doing, Doing::Talking(talk) if talk.is_within(node));
            self.doing.correct(&phase);
            let is_elsewhere =
                matches!(&self.doing, Doing::Talking(talk) if talk.is_elsewhere(node));
            let missed = was_within && is_elsewhere;
            let settings = Arc::clone(&self.settings);
            self.send(ServerFrame::Hello(Hello { phase, gender, limits, settings }));
            if missed {
                self.out.push(Output::Missed);
            }
        } else {
            self.catch_up(&phase, limits);
        }
        self.hand_over();
    }

    /// Tells the original client, which knows no `hello`, what it has missed.
    fn catch_up(&mut self, phase: &Phase, limits: Allowance) {
        let was_waiting = matches!(self.doing, Doing::Waiting);
        let known = self.doing.pair();
        match phase {
            Phase::Paired { pair, .. } if known == Some(*pair) => self.doing.correct(phase),
            Phase::Paired { pair, side, peer, .. } => {
                self.forget_partner();
                self.matched(*pair, *side, peer, limits);
            }
            Phase::Waiting { filter, .. } => {
                self.forget_partner();
                self.doing = Doing::Waiting;
                if !was_waiting {
                    self.send(ServerFrame::Queued { filter: *filter, limits });
                }
            }
            Phase::Idle => {
                self.forget_partner();
                if was_waiting {
                    self.refuse(Refusal::new(ErrorCode::Unavailable));
                }
            }
        }
    }

    fn matched(&mut self, pair: PairId, side: Side, peer: &Peer, limits: Allowance) {
        self.doing = Doing::Talking(Talk::new(pair, side, peer));
        self.send(ServerFrame::Matched {
            peer: Alias { pair, side: side.other() },
            profile: Arc::clone(&peer.profile),
            gender: peer.gender,
            verified: peer.verified,
            limits,
        });
    }

    fn left(&mut self) {
        self.doing = Doing::Idle;
        self.queued = None;
        // The original protocol answers `next` and not `leave`.
        if self.is_native() || self.presence.answering() != Some(Action::Leave) {
            self.send(ServerFrame::Left);
        }
    }

    /// The pair is over as far as this client is concerned, if there is one.
    pub(super) fn forget_partner(&mut self) {
        self.part(Departure::Lost);
    }

    fn part(&mut self, reason: Departure) {
        if let Doing::Talking(talk) = std::mem::take(&mut self.doing) {
            self.send(ServerFrame::PeerLeft { peer: talk.partner(), reason });
        }
    }

    fn send_native(&mut self, frame: ServerFrame) {
        if self.is_native() {
            self.send(frame);
        }
    }

    fn talk_of(&mut self, pair: PairId) -> Option<&mut Talk> {
        match &mut self.doing {
            Doing::Talking(talk) if talk.pair == pair => Some(talk),
            _ => None,
        }
    }
}
