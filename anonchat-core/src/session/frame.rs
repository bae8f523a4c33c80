//! What a client says.

use std::borrow::Cow;

use crate::profile::{Filter, Gender};
use crate::store::ChatImage;

/// A frame from a client, as it was said: nothing but its form has been checked.
///
/// Texts borrow from the received bytes where they can. There is deliberately no `Debug`: a frame
/// may hold chat text.
pub enum ClientFrame<'a> {
    /// Meet somebody.
    Join {
        /// Whom to meet.
        filter: Filter,
        /// A name for the partner to see.
        nickname: Option<Cow<'a, str>>,
        /// A line about oneself.
        bio: Option<Cow<'a, str>>,
        /// A proof of gender, for this join only.
        token: Option<Cow<'a, str>>,
    },
    /// Go on to somebody else.
    Next {
        /// Whom to meet; without one this only leaves.
        filter: Option<Filter>,
        /// A new name; without one the last stays.
        nickname: Option<Cow<'a, str>>,
        /// A new line about oneself; without one the last stays.
        bio: Option<Cow<'a, str>>,
        /// A proof of gender, for this join only: the last one is not kept.
        token: Option<Cow<'a, str>>,
    },
    /// Stop waiting or talking.
    Leave,
    /// Say something to the partner.
    Msg {
        /// The alias of the partner whom it is for.
        peer: Option<Cow<'a, str>>,
        /// The sender's name for the message.
        id: Option<Cow<'a, str>>,
        /// The words.
        text: Cow<'a, str>,
    },
    /// Show the partner a picture. No text is read as one: a door that carries pictures makes it.
    Image {
        /// The picture.
        image: ChatImage,
    },
    /// The partner's message of this id has arrived.
    Ack {
        /// The alias of the partner whose message it was.
        peer: Option<Cow<'a, str>>,
        /// The id.
        id: Cow<'a, str>,
    },
    /// The sender types, or no longer does.
    Typing {
        /// The alias of the partner who is to see it.
        peer: Option<Cow<'a, str>>,
        /// Whether it does.
        typing: bool,
    },
    /// Report a partner.
    Report {
        /// The partner's alias.
        reported: Cow<'a, str>,
        /// Why.
        reason: Option<Cow<'a, str>>,
        /// More words.
        note: Option<Cow<'a, str>>,
    },
    /// Never meet a partner again.
    Block {
        /// The partner's alias.
        peer: Cow<'a, str>,
    },
    /// Take a block back.
    Unblock {
        /// The name of the block.
        block: Cow<'a, str>,
    },
    /// Declare a gender.
    Declare {
        /// The gender.
        gender: Gender,
    },
    /// Ask why there is nobody yet.
    Why,
}

/// The name of what a client asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// `join`
    Join,
    /// `next`
    Next,
    /// `leave`
    Leave,
    /// `msg`
    Msg,
    /// `image`
    Image,
    /// `ack`
    Ack,
    /// `typing`
    Typing,
    /// `report`
    Report,
    /// `block`
    Block,
    /// `unblock`
    Unblock,
    /// `declare`
    Declare,
    /// `why`
    Why,
}

/// What a client sent is no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// It has not the form of a frame: not JSON, not an object, a member missing or of a wrong
    /// type, a name that is none.
    #[error("malformed frame")]
    Malformed {
        /// What was asked for, as far as it could be read.
        action: Option<Action>,
    },
    /// It asks for something that is not known.
    #[error("unknown action")]
    UnknownAction,
}

impl ClientFrame<'_> {
    /// What is asked for.
    pub const fn action(&self) -> Action {
        match self {
            Self::Join { .. } => Action::Join,
            Self::Next { .. } => Action::Next,
            Self::Leave => Action::Leave,
            Self::Msg { .. } => Action::Msg,
            Self::Image { .. } => Action::Image,
            Self::Ack { .. } => Action::Ack,
            Self::Typing { .. } => Action::Typing,
            Self::Report { .. } => Action::Report,
            Self::Block { .. } => Action::Block,
            Self::Unblock { .. } => Action::Unblock,
            Self::Declare { .. } => Action::Declare,
            Self::Why => Action::Why,
        }
    }
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 12] = [
        Self::Join,
        Self::Next,
        Self::Leave,
        Self::Msg,
        Self::Image,
        Self::Ack,
        Self::Typing,
        Self::Report,
        Self::Block,
        Self::Unblock,
        Self::Declare,
        Self::Why,
    ];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Next => "next",
            Self::Leave => "leave",
            Self::Msg => "msg",
            Self::Image => "image",
            Self::Ack => "ack",
            Self::Typing => "typing",
            Self::Report => "report",
            Self::Block => "block",
            Self::Unblock => "unblock",
            Self::Declare => "declare",
            Self::Why => "why",
        }
    }

    /// Reads a name on the wire; `None` for anything else, and for `image`, which no text asks for.
    pub fn parse(name: &str) -> Option<Self> {
        let is_written = |action: &Self| *action != Self::Image;
        Self::ALL.into_iter().filter(is_written).find(|action| action.as_str() == name)
    }

    /// Whether a native client may send many of them: they count in a bucket of their own.
    pub const fn is_signal(self) -> bool {
        matches!(self, Self::Ack | Self::Typing | Self::Why)
    }
}

impl FrameError {
    /// What was asked for, as far as it could be read.
    pub const fn action(self) -> Option<Action> {
        match self {
            Self::Malformed { action } => action,
            Self::UnknownAction => None,
        }
    }
}
