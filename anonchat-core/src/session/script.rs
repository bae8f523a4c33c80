//! A connection's life made of bytes, for fuzzers and property tests.

mod draw;

use std::sync::Arc;

use arbitrary::{Arbitrary, Result, Unstructured};
use draw::Received;

use super::{Action, ErrorCode, Input, Output, ServerFrame, Session, Settings, Waits};
use crate::attest::{Attestor, InvalidToken};
use crate::command::{Command, Wish};
use crate::event::Client;
use crate::id::{DeviceId, PairId, PoolId};
use crate::policy::{Policy, Verification};
use crate::profile::{Claim, Gender, Proof};
use crate::query::View;
use crate::screen::{Field, Finding, Screen};
use crate::time::UnixMillis;

/// Plays a whole connection that the bytes make up: frames, mail, answers, silence, in any order,
/// by a loop that mostly keeps its obligations, and checks what a session promises.
///
/// # Panics
///
/// If a promise is broken.
pub fn exercise(data: &[u8]) {
    let mut bytes = Unstructured::new(data);
    let Ok(mut script) = Script::new(&mut bytes) else { return };
    script.drain();
    while !bytes.is_empty() && script.step(&mut bytes).is_ok() {
        script.check();
    }
    script.finish();
}

/// What every text of the script has in it, to be found again where it must not be.
const CANARY: &str = "canary";

const TEXTS: [&str; 6] = ["canary", " ", "canary mail@example.org", "canary damn", "a", "canary 9"];

struct Picky;

impl Screen for Picky {
    fn screen(&self, _field: Field, text: &str) -> std::result::Result<(), Finding> {
        match text {
            _ if text.contains('@') => Err(Finding::ContactDetails),
            _ if text.contains("damn") => Err(Finding::Profanity),
            _ => Ok(()),
        }
    }
}

/// The token that is believed. What must not be kept is in it.
const TOKEN: &str = "canary token";

impl Attestor for Picky {
    fn attest(
        &self,
        _at: UnixMillis,
        _device: DeviceId,
        token: &str,
    ) -> std::result::Result<Gender, InvalidToken> {
        if token == TOKEN { Ok(Gender::Female) } else { Err(InvalidToken) }
    }
}

struct Script {
    session: Session,
    settings: Arc<Settings>,
    at: UnixMillis,
    /// How many outputs wait for an answer.
    asked: usize,
    last: Option<Command>,
    closed: bool,
}

impl Script {
    fn new(bytes: &mut Unstructured<'_>) -> Result<Self> {
        let mut policy = Policy::default();
        policy.rates.frames_per_minute = bytes.int_in_range(0..=20)?;
        policy.rates.signals_per_minute = bytes.int_in_range(0..=20)?;
        policy.connection.unacknowledged = bytes.int_in_range(1..=3)?;
        policy.connection.idle_s = bytes.int_in_range(1..=2)?;
        policy.text.message_chars = bytes.int_in_range(1..=30)?;
        policy.verification = Verification::arbitrary(bytes)?;
        let (policy, pools) = (Arc::new(policy), vec![PoolId::main()]);
        let (screen, attestor) = (Arc::new(Picky), Arc::new(Picky));
        let settings =
            Arc::new(Settings { policy, screen, attestor, pools, waits: Waits::default() });
        let pool = settings.pool(if bytes.ratio(15, 16)? { None } else { Some("none") });
        let (at, client) = (UnixMillis::new(1_000_000), Client::arbitrary(bytes)?);
        let (device, conn) = (DeviceId::from_bytes([7; 16]), draw::conn(1));
        let session = if client == Client::Capability && bool::arbitrary(bytes)? {
            let pair = draw::pair(bytes)?;
            Session::entering(at, Arc::clone(&settings), pool, device, conn, pair)
        } else {
            Session::new(at, Arc::clone(&settings), pool, client, device, conn)
        };
        Ok(Self { session, settings, at, asked: 0, last: None, closed: false })
    }

    fn step(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        match bytes.int_in_range(0..=15)? {
            0..=4 => {
                let frame = draw::frame(bytes)?;
                let answerable = self.asked == 0 && self.is_answered(&frame);
                let outputs = self.handle(Input::Frame(frame));
                assert!(outputs > 0 || !answerable, "a frame was passed over in silence");
            }
            5 => {
                self.handle(Input::Event(draw::event(bytes)?));
            }
            6 => {
                self.handle(Input::Whisper(draw::whisper(bytes)?));
            }
            7..=11 => self.answer(bytes)?,
            12 => self.at = self.at.after(bytes.int_in_range(0..=70_000)?),
            13 => self.time_out(),
            14 => match bytes.int_in_range(0..=7)? {
                0 => {
                    self.handle(Input::Restart { reconnect_in_ms: 1_200 });
                }
                1 => {
                    self.handle(Input::Closed);
                }
                2 | 3 => {
                    self.gap();
                }
                _ => {
                    self.handle(Input::Alive);
                }
            },
            _ => return self.raw(bytes),
        }
        Ok(())
    }

    fn gap(&mut self) {
        let mut conn = self.session.conn();
        conn.id += u64::from(self.session.wants_new_name());
        self.handle(Input::Gap { conn });
    }

    /// Whatever a client may send as text.
    #[cfg(feature = "serde")]
    fn raw(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        let text = <&str>::arbitrary(bytes)?;
        self.handle(Input::Frame(crate::wire::decode(text)));
        Ok(())
    }

    #[cfg(not(feature = "serde"))]
    fn raw(&mut self, _bytes: &mut Unstructured<'_>) -> Result<()> {
        self.handle(Input::Frame(Err(super::FrameError::UnknownAction)));
        Ok(())
    }

    /// Whether something must come of a frame at once.
    fn is_answered(&self, frame: &Received<'_>) -> bool {
        let silent = match frame {
            Err(_) => false,
            Ok(frame) => match frame.action() {
                Action::Msg | Action::Image | Action::Ack | Action::Typing => true,
                Action::Leave => self.session.client() != Client::Native,
                _ => false,
            },
        };
        !silent && !self.closed && !self.session.presence.is_ending()
    }

    /// Answers what was asked, with the events that belong to it.
    fn answer(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        if self.asked == 0 {
            return Ok(());
        }
        self.asked = 0;
        let outcome = bytes.int_in_range(0..=5)?;
        let Some(command) = self.last.take() else {
            let view = if outcome > 1 { View::Wait(draw::wait(bytes)?) } else { View::Wait(None) };
            self.handle(Input::Viewed(view));
            return Ok(());
        };
        match outcome {
            0 => {
                self.handle(Input::Unavailable);
            }
            1 => {
                self.handle(Input::Committed(Err(draw::rejection(bytes)?)));
            }
            _ => {
                if let Some(event) = draw::follows(&command, bytes)? {
                    self.handle(Input::Event(event));
                }
                self.handle(Input::Committed(Ok(())));
            }
        }
        Ok(())
    }

    fn time_out(&mut self) {
        if let Some(deadline) = self.session.deadline() {
            self.at = self.at.max(deadline);
            self.handle(Input::Timeout);
            let next = self.session.deadline();
            assert!(next.is_none_or(|next| next > self.at), "a deadline that does not move on");
        }
    }

    fn handle(&mut self, input: Input<'_>) -> usize {
        self.session.handle(self.at, input);
        self.drain()
    }

    fn drain(&mut self) -> usize {
        let mut count = 0;
        while let Some(output) = self.session.poll() {
            assert!(!self.closed, "an output after the close");
            count += 1;
            match output {
                Output::Send(frame) => self.sent(&frame),
                Output::Ping | Output::Accepted => {}
                Output::Missed => self.gap(),
                Output::Apply(command) => {
                    self.asked += 1;
                    if let Command::Join { wish, .. } | Command::Next { wish, .. } = &command {
                        self.wished(wish);
                    }
                    self.last = Some(command);
                }
                Output::Read(_) => {
                    self.asked += 1;
                    self.last = None;
                }
                Output::Whisper(whisper) => assert_eq!(Some(whisper.pair), self.pair()),
                Output::Close(_) => {
                    self.closed = true;
                    self.asked = 0;
                }
            }
        }
        count
    }

    fn wished(&self, wish: &Wish) {
        let believed = Claim { gender: Gender::Female, proof: Proof::Attested };
        let counts = self.settings.policy.verification != Verification::Off;
        let fits = wish.claim.is_none_or(|claim| counts && claim == believed);
        assert!(fits, "a claim that no token made: {:?}", wish.claim);
    }

    fn sent(&self, frame: &ServerFrame) {
        if let ServerFrame::Error(refusal) = frame {
            let says_ban = refusal.message.to_lowercase().contains("ban");
            assert_eq!(says_ban, refusal.code == ErrorCode::Banned, "{}", refusal.message);
        }
        if self.session.client() != Client::Native {
            let foreign = matches!(
                frame,
                ServerFrame::Hello(_)
                    | ServerFrame::Ack { .. }
                    | ServerFrame::PeerAway { .. }
                    | ServerFrame::PeerBack { .. }
                    | ServerFrame::Replaced
                    | ServerFrame::Banned { .. }
                    | ServerFrame::ServerRestarting { .. }
            );
            let stops = matches!(frame, ServerFrame::Typing { typing: false, .. });
            let foreign = foreign || stops && self.session.client() == Client::Plain;
            assert!(!foreign, "a frame that the original client does not know");
        }
        #[cfg(feature = "serde")]
        {
            let json = crate::wire::encode(frame, self.session.client());
            let read: serde_json::Value = serde_json::from_str(&json).expect("JSON");
            assert!(read["type"].is_string(), "{json}");
        }
    }

    fn check(&self) {
        let most = self.settings.policy.connection.unacknowledged as usize;
        assert!(self.session.unacknowledged() <= most, "too many messages on their way");
        assert!(self.asked <= 1, "more than one question at a time");
        assert!(!self.closed || self.session.deadline().is_none(), "a deadline after the close");
        let remembered = format!("{:?}", self.session);
        assert!(!remembered.contains(CANARY), "a message was kept: {remembered}");
    }

    /// However the script went, a loop that keeps its obligations comes to the end.
    fn finish(&mut self) {
        self.handle(Input::Closed);
        for _ in 0..4 {
            if self.asked > 0 {
                self.asked = 0;
                let input = match self.last.take() {
                    Some(_) => Input::Committed(Ok(())),
                    None => Input::Viewed(View::Wait(None)),
                };
                self.handle(input);
            }
        }
        assert!(self.closed, "the session does not end");
    }

    fn pair(&self) -> Option<PairId> {
        self.session.doing.pair()
    }
}
