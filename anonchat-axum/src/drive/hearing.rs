//! What the client says, on its way from the transport to the session.

use anonchat_core::session::{ClientFrame, FrameError, Input, Session};
use anonchat_core::wire;

use super::{Line, Wire};
use crate::chat::AnonChat;
use crate::clock;
use crate::metrics::label::{Asked, Reading};
use crate::transport::{Heard, Transport};

impl<T: Transport> Line<T> {
    #[cfg_attr(
        not(feature = "socketio"),
        expect(clippy::needless_pass_by_value, reason = "a picture is taken out of it")
    )]
    pub(super) fn take(&mut self, heard: Heard) {
        match heard {
            Heard::Text => self.read(),
            #[cfg(feature = "socketio")]
            Heard::Image(image) => {
                let bytes = image.size();
                self.hand_in(Ok(ClientFrame::Image { image }), bytes);
            }
            Heard::Binary => self.hand_in(Err(FrameError::Malformed { action: None }), 0),
            Heard::Alive => self.tell(Input::Alive),
            Heard::Closed => self.lose(Wire::Closed),
            Heard::Violation(code) => self.lose(Wire::Violated(code)),
        }
    }

    /// Reads the text that was heard.
    fn read(&mut self) {
        let text = match self.transport.text() {
            Ok(text) => text,
            Err(code) => return self.lose(Wire::Violated(code)),
        };
        let frame = wire::decode(text);
        if self.call.is_none() || frame.as_ref().is_ok_and(is_talk) {
            hand_in(&self.chat, &mut self.session, frame, text.len());
        } else {
            self.held = Some(text.into());
        }
    }

    pub(super) fn hand_in(&mut self, frame: Result<ClientFrame<'_>, FrameError>, bytes: usize) {
        hand_in(&self.chat, &mut self.session, frame, bytes);
    }
}

/// Counts what a client has sent, and gives it to the session.
fn hand_in(
    chat: &AnonChat,
    session: &mut Session,
    frame: Result<ClientFrame<'_>, FrameError>,
    bytes: usize,
) {
    let action = frame.as_ref().map_or_else(|error| error.action(), |it| Some(it.action()));
    chat.metrics().heard(Asked(action), Reading::of(&frame), bytes);
    session.handle(clock::now(), Input::Frame(frame));
}

/// Whether a frame needs the partner only, and not the pool.
fn is_talk(frame: &ClientFrame<'_>) -> bool {
    matches!(frame, ClientFrame::Msg { .. } | ClientFrame::Ack { .. } | ClientFrame::Typing { .. })
}
