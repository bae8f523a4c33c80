//! What a client asks of the pool.

use std::borrow::Cow;
use std::sync::Arc;

use super::frame::{Action, ClientFrame, FrameError};
use super::refusal::{ErrorCode, Refusal};
use super::talk::{is_longer, trimmed};
use super::{Output, Session};
use crate::command::{Command, Wish};
use crate::event::Departure;
use crate::id::Alias;
use crate::policy::Verification;
use crate::profile::{Claim, Filter, Gender, Profile, Proof};
use crate::query::{Query, View};
use crate::screen::Field;
use crate::store::MessageId;

/// The reason of a report that gives none.
pub const DEFAULT_REASON: &str = "Inappropriate behavior";

type Text<'a> = Option<Cow<'a, str>>;

impl Session {
    pub(super) fn frame(&mut self, frame: Result<ClientFrame<'_>, FrameError>) {
        if self.presence.is_ending() {
            return;
        }
        let action = match &frame {
            Ok(frame) => Some(frame.action()),
            Err(error) => error.action(),
        };
        let rates = &self.settings.policy.rates;
        if let Err(wait_ms) = self.rates.take(self.clock, rates, self.client, action) {
            if self.client.is_socket_io() && action == Some(Action::Typing) {
                return; // one a keystroke, by clients that show every error to their users
            }
            let id = match &frame {
                Ok(ClientFrame::Msg { id: Some(id), .. }) => MessageId::new(id),
                _ => None,
            };
            let refusal = Refusal::new(ErrorCode::RateLimited).of(action).about(id);
            return self.refuse(refusal.after(wait_ms));
        }
        match frame {
            Ok(frame) => self.ask(frame),
            Err(FrameError::Malformed { action }) => {
                self.refuse(Refusal::new(ErrorCode::InvalidFrame).of(action));
            }
            Err(FrameError::UnknownAction) => self.refuse(Refusal::new(ErrorCode::UnknownAction)),
        }
    }

    fn ask(&mut self, frame: ClientFrame<'_>) {
        let (device, conn) = (self.device, self.conn);
        match frame {
            ClientFrame::Join { filter, nickname, bio, token } => {
                self.join(filter, &nickname, &bio, &token);
            }
            ClientFrame::Next { filter: Some(filter), nickname, bio, token }
                if self.is_native() =>
            {
                self.next(filter, &nickname, &bio, &token);
            }
            ClientFrame::Next { .. } => {
                let why = Departure::Next;
                self.order(Action::Next, Command::Leave { device, conn, why });
            }
            ClientFrame::Leave => {
                let why = Departure::Left;
                self.order(Action::Leave, Command::Leave { device, conn, why });
            }
            ClientFrame::Image { image } => self.show(image),
            ClientFrame::Msg { peer, id, text } => {
                self.say(peer.as_deref(), id.as_deref(), &text);
            }
            ClientFrame::Ack { peer, id } => self.acknowledge(peer.as_deref(), &id),
            ClientFrame::Typing { peer, typing } => self.types(peer.as_deref(), typing),
            ClientFrame::Report { reported, reason, note } => {
                self.report(&reported, &reason, &note);
            }
            ClientFrame::Block { peer } => {
                self.with_alias(Action::Block, &peer, |target| Command::Block { device, target });
            }
            ClientFrame::Unblock { block } => {
                self.with_alias(Action::Unblock, &block, |block| Command::Unblock {
                    device,
                    block,
                });
            }
            ClientFrame::Declare { gender } => self.declare(gender),
            ClientFrame::Why => {
                if self.may_ask(Action::Why) {
                    self.await_view();
                    self.out.push(Output::Read(Query::Wait { device }));
                }
            }
        }
    }

    fn join(&mut self, filter: Filter, nickname: &Text<'_>, bio: &Text<'_>, token: &Text<'_>) {
        let (device, conn) = (self.device, self.conn);
        match self.wish(&Profile::default(), filter, nickname, bio, token) {
            Ok(wish) => self.seek(Action::Join, wish, |wish| Command::Join { device, conn, wish }),
            Err(code) => self.refuse(Refusal::new(code).of(Action::Join)),
        }
    }

    fn next(&mut self, filter: Filter, nickname: &Text<'_>, bio: &Text<'_>, token: &Text<'_>) {
        let (device, conn) = (self.device, self.conn);
        match self.wish(&self.profile, filter, nickname, bio, token) {
            Ok(wish) => self.seek(Action::Next, wish, |wish| Command::Next { device, conn, wish }),
            Err(code) => self.refuse(Refusal::new(code).of(Action::Next)),
        }
    }

    fn seek(&mut self, action: Action, wish: Wish, command: impl FnOnce(Wish) -> Command) {
        let profile = Arc::clone(&wish.profile);
        self.joins_as = wish.claim.map(|claim| claim.gender).or(self.gender);
        if self.order(action, command(wish)) {
            self.profile = profile;
        }
    }

    /// What a client looks for, with what it does not say taken from the profile that is `kept`.
    fn wish(
        &self,
        kept: &Profile,
        filter: Filter,
        nickname: &Text<'_>,
        bio: &Text<'_>,
        token: &Text<'_>,
    ) -> Result<Wish, ErrorCode> {
        let policy = &self.settings.policy;
        let claim = self.claim(token)?;
        let known = &self.profile;
        let line = |field, said: &Text<'_>, kept: &Option<Box<str>>, known: &Option<_>, most| {
            match said.as_ref().map(|text| trimmed(Some(text))) {
                // The same as last time was looked at then.
                Some(said) if said == known.as_deref() => Ok(known.clone()),
                Some(said) => self.line(field, said, most),
                None => Ok(kept.clone()),
            }
        };
        let limits = &policy.text;
        let bio_chars = limits.bio_chars_of(self.client);
        let profile = Profile {
            nickname: line(
                Field::Nickname,
                nickname,
                &kept.nickname,
                &known.nickname,
                limits.nickname_chars,
            )?,
            bio: line(Field::Bio, bio, &kept.bio, &known.bio, bio_chars)?,
        };
        let profile = if profile == **known { Arc::clone(known) } else { Arc::new(profile) };
        Ok(Wish { filter, profile, claim })
    }

    /// What a token proves, or what was declared at the door. One that is there and proves nothing is refused and not passed over:
    /// whoever sends it believes to be verified, and would meet people as somebody unknown.
    fn claim(&self, token: &Text<'_>) -> Result<Option<Claim>, ErrorCode> {
        let counts = self.settings.policy.verification != Verification::Off;
        let Some(token) = token.as_ref().filter(|_| counts) else {
            let declared = |gender| Claim { gender, proof: Proof::Declared };
            return Ok(self.declares.map(declared));
        };
        let gender = self.settings.attestor.attest(self.clock, self.device, token)?;
        Ok(Some(Claim { gender, proof: Proof::Attested }))
    }

    /// A line of a profile, if it is short enough and decent.
    fn line(
        &self,
        field: Field,
        text: Option<&str>,
        most: u32,
    ) -> Result<Option<Box<str>>, ErrorCode> {
        let Some(text) = text else { return Ok(None) };
        if is_longer(text, most) {
            return Err(ErrorCode::TooLong);
        }
        self.settings.screen.screen(field, text)?;
        Ok(Some(text.into()))
    }

    fn report(&mut self, reported: &str, reason: &Text<'_>, note: &Text<'_>) {
        let most = self.settings.policy.text.note_chars;
        let reason = trimmed(reason.as_ref()).unwrap_or(DEFAULT_REASON);
        let note = trimmed(note.as_ref());
        if is_longer(reason, most) || note.is_some_and(|note| is_longer(note, most)) {
            return self.refuse(Refusal::new(ErrorCode::TooLong).of(Action::Report));
        }
        let device = self.device;
        self.with_alias(Action::Report, reported, |target| Command::Report {
            device,
            target,
            reason: reason.into(),
            note: note.map(Arc::from),
        });
    }

    /// Asks for something about a person whom the client names.
    fn with_alias(&mut self, action: Action, name: &str, command: impl FnOnce(Alias) -> Command) {
        match Alias::parse(name) {
            Some(alias) => {
                self.order(action, command(alias));
            }
            None => self.refuse(Refusal::new(ErrorCode::UnknownPeer).of(action)),
        }
    }

    fn declare(&mut self, gender: Gender) {
        if self.settings.policy.verification != Verification::Off {
            let refusal = Refusal::new(ErrorCode::VerificationRequired);
            return self.refuse(refusal.of(Action::Declare));
        }
        let (device, proof) = (self.device, Proof::Declared);
        self.order(Action::Declare, Command::Verify { device, gender, proof });
    }

    pub(super) fn viewed(&mut self, view: &View) {
        if !self.presence.take_view() {
            return;
        }
        self.life.listen_again(self.clock);
        let wait = match view {
            View::Wait(Some(wait)) => wait,
            View::Wait(None) => {
                return self.refuse(Refusal::new(ErrorCode::NotWaiting).of(Action::Why));
            }
            _ => return self.refuse(Refusal::new(ErrorCode::Unavailable).of(Action::Why)),
        };
        self.explain(wait);
    }
}
