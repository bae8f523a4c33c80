//! What carries a connection, as the loop sees it.

use std::future::Future;
use std::task::Poll;

use anonchat_core::session::{Close, ServerFrame};

/// A transport. Every write leaves the waiting to the caller. One that is closed is to be dropped.
pub(crate) trait Transport: Send {
    /// A frame in the form in which it goes out.
    type Packet: Send;

    /// What comes next. Nothing is lost if this is dropped while it waits.
    fn hear(&mut self) -> impl Future<Output = Heard> + Send;

    /// What is there already, without waiting.
    fn hear_now(&mut self) -> Option<Heard>;

    /// The text that was heard last, or the code to close with if it is none. It is there until the
    /// next time that something is heard.
    fn text(&self) -> Result<&str, u16>;

    /// A frame as it goes out, and its bytes. It is to be fed next.
    fn encode(&mut self, frame: &ServerFrame) -> (Self::Packet, usize);

    /// What the client itself is told when its message is on its way to the partner.
    fn echo(&mut self) -> Option<Self::Packet> {
        None
    }

    /// Adds something to what is to be sent, if there is room for it.
    fn add(&mut self, packet: Self::Packet) -> Added<Self::Packet>;

    /// Adds something for which there was no room; `Err` if the client is gone.
    fn feed(&mut self, packet: Self::Packet) -> impl Future<Output = Result<(), ()>> + Send;

    /// Adds a question for a sign of life.
    fn feed_ping(&mut self) -> impl Future<Output = Result<(), ()>> + Send;

    /// Whether a flush has something to do.
    fn is_dirty(&self) -> bool;

    /// Puts everything on its way.
    fn flush(&mut self) -> impl Future<Output = Result<(), ()>> + Send;

    /// The same, without waiting. What is not on its way then is kept for a flush.
    fn flush_now(&mut self) -> Poll<Result<(), ()>>;

    /// Says why it ends, and waits a moment for the client to have heard it.
    fn close(&mut self, close: Close) -> impl Future<Output = ()> + Send;

    /// As [`close`](Self::close), after a violation: what the client is still sending is not read.
    fn close_unread(&mut self, code: u16) -> impl Future<Output = ()> + Send;

    /// Answers the client's own goodbye.
    fn part(&mut self) -> impl Future<Output = ()> + Send;
}

/// What became of a packet.
pub(crate) enum Added<P> {
    /// It goes out with the next flush, or has gone.
    Kept,
    /// There is no room for it now.
    Full(P),
    /// The client is gone.
    #[cfg_attr(
        not(feature = "socketio"),
        expect(dead_code, reason = "a WebSocket finds out later")
    )]
    Gone,
}

/// What comes out of a transport.
pub(crate) enum Heard {
    /// A frame, as text of the native protocol: see [`Transport::text`].
    Text,
    /// A picture for the partner.
    #[cfg(feature = "socketio")]
    Image(anonchat_core::ChatImage),
    /// Something that is no frame.
    Binary,
    /// A sign of life.
    Alive,
    /// The client has closed it, or the network has.
    Closed,
    /// The client broke the protocol; this is the code to close with.
    Violation(u16),
}
