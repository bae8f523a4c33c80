//! Holding the device at the pool: coming in, staying through gaps and outages, taking leave.

use super::Session;
use super::answer::Close;
use super::frame::Action;
use super::refusal::{ErrorCode, Refusal};
use super::talk::Doing;
use crate::command::Command;
use crate::id::Conn;
use crate::time::UnixMillis;

/// How this connection stands with the pool.
///
/// In the order of C, like the [`Session`] itself: what each message looks at comes first, and what it
/// does not is as small as can be.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Presence {
    pub(super) standing: Standing,
    /// Whether this connection has held the device.
    pub(super) held: bool,
    /// Whether the pool may believe that this connection holds the device.
    pub(super) owes_detach: bool,
    pub(super) attach_wanted: bool,
    /// Whether the client knows that the store is away.
    pub(super) told_away: bool,
    pub(super) retry_at: Option<UnixMillis>,
    pub(super) ending: Option<Ending>,
    /// The output that has not been answered yet.
    pub(super) awaited: Option<Awaited>,
    /// What is to be asked again once the device is held again.
    pub(super) deferred: Option<Box<Order>>,
    /// The name by which the pool knows the connection, where that is no longer its own.
    pub(super) former: Option<Conn>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// There is no pool to be in.
    Nowhere,
    /// The device is here, or will be.
    Here,
    /// A newer connection holds the device, and the client cannot be told.
    Elsewhere,
    /// The transport is closed or about to be.
    Over,
}

#[derive(Debug)]
pub(super) enum Awaited {
    Attach,
    /// Giving up the former name.
    Release,
    Detach,
    Order(Box<Order>),
    Wait,
}

/// A command that the client asked for.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) action: Action,
    pub(super) command: Command,
    /// Whether it was refused once because the device was not held.
    pub(super) again: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Ending {
    pub(super) close: Close,
    pub(super) reconnect_in_ms: u64,
    /// The server cannot wait for a store that is away.
    pub(super) hurry: bool,
}

impl Presence {
    pub(super) const fn new(has_pool: bool) -> Self {
        Self {
            standing: if has_pool { Standing::Here } else { Standing::Nowhere },
            awaited: None,
            deferred: None,
            former: None,
            held: false,
            owes_detach: false,
            attach_wanted: has_pool,
            retry_at: None,
            told_away: false,
            ending: None,
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.standing == Standing::Over
    }

    pub(super) fn is_here(&self) -> bool {
        self.standing == Standing::Here
    }

    pub(super) const fn is_ending(&self) -> bool {
        self.ending.is_some()
    }

    pub(super) const fn awaits(&self) -> bool {
        self.awaited.is_some()
    }

    pub(super) const fn retry_at(&self) -> Option<UnixMillis> {
        self.retry_at
    }

    /// Which of the client's actions is being answered.
    pub(super) const fn answering(&self) -> Option<Action> {
        match &self.awaited {
            Some(Awaited::Order(order)) => Some(order.action),
            Some(Awaited::Wait) => Some(Action::Why),
            _ => None,
        }
    }

    /// Whether an answer to a question was awaited; it no longer is.
    pub(super) fn take_view(&mut self) -> bool {
        let awaited = matches!(self.awaited, Some(Awaited::Wait));
        if awaited {
            self.awaited = None;
        }
        awaited
    }

    /// What is believed of the device may be wrong: the pool has to say it anew.
    pub(super) fn attach_again(&mut self) {
        if self.standing == Standing::Here {
            self.attach_wanted = true;
            self.retry_at = None;
        }
    }

    /// Ends the session as soon as the pool has been told.
    pub(super) fn end(&mut self, close: Close) {
        let ending = self.ending.unwrap_or(Ending { close, reconnect_in_ms: 0, hurry: false });
        self.ending = Some(Ending { close, ..ending });
        self.deferred = None;
        self.retry_at = None;
    }

    /// The pool says that this connection holds the device.
    pub(super) fn hold(&mut self) {
        self.held = true;
        self.owes_detach = true;
        if self.standing == Standing::Elsewhere {
            self.standing = Standing::Here;
        }
    }

    /// The device is held no more. An attach that is still on its way may take it back, though,
    /// and then has to be undone.
    pub(super) fn let_go(&mut self) {
        self.owes_detach = matches!(self.awaited, Some(Awaited::Attach));
        self.attach_wanted = false;
        self.retry_at = None;
    }

    pub(super) fn came_in(&mut self) {
        self.held = true;
        self.told_away = false;
        self.owes_detach &= self.standing != Standing::Elsewhere;
    }
}

impl Session {
    pub(super) fn come_in(&mut self) {
        if self.pool.is_none() {
            self.refuse(Refusal::new(ErrorCode::UnknownPool));
        }
        self.settle();
    }

    /// Mail may have been lost, and the connection may have a new name.
    pub(super) fn gap(&mut self, conn: Conn) {
        let node = self.conn.node;
        if let Doing::Talking(talk) = &mut self.doing
            && !talk.is_within(node)
        {
            talk.doubt();
        }
        if conn != self.conn {
            self.presence.former.get_or_insert(self.conn);
            self.conn = conn;
        }
        self.presence.attach_again();
    }

    /// Does the next thing that needs the pool, one at a time.
    pub(super) fn settle(&mut self) {
        let is_idle = matches!(self.doing, Doing::Idle);
        let presence = &mut self.presence;
        if presence.is_over() || presence.awaits() {
            return;
        }
        let is_settled = presence.held && !presence.attach_wanted && !presence.is_ending();
        if self.enters.is_some() && is_idle && is_settled && presence.is_here() {
            presence.end(Close::Over);
        }
        if let Some(ending) = presence.ending.filter(|_| !presence.owes_detach) {
            return self.take_leave(ending);
        }
        if presence.retry_at.is_some_and(|at| self.clock < at) {
            return;
        }
        presence.retry_at = None;
        let (device, conn, client) = (self.device, self.conn, self.client);
        if presence.is_ending() {
            let conn = presence.former.unwrap_or(conn);
            self.apply(Awaited::Detach, Command::Detach { device, conn });
        } else if let Some(former) = presence.former.filter(|_| presence.attach_wanted) {
            self.apply(Awaited::Release, Command::Detach { device, conn: former });
        } else if presence.attach_wanted {
            presence.attach_wanted = false;
            presence.owes_detach = true;
            // Only at its first coming is it certain to be the newest connection.
            let again = presence.held;
            let command = match self.enters {
                Some(pair) => Command::Enter { device, conn, pair, again },
                None => Command::Attach { device, conn, client, again },
            };
            self.apply(Awaited::Attach, command);
        } else if let Some(order) = presence.deferred.take() {
            let command = order.command.clone();
            self.apply(Awaited::Order(order), command);
        }
    }
}
