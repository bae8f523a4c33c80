//! Holding the device at the pool: coming in, asking for one thing at a time, and staying through
//! gaps and outages.

use super::answer::Close;
use super::frame::Action;
use super::refusal::{ELSEWHERE, ErrorCode, Refusal};
use super::{Output, Session};
use crate::command::Command;
use crate::rejection::Rejection;
use crate::time::UnixMillis;

/// How this connection stands with the pool.
#[derive(Debug)]
pub(super) struct Presence {
    pub(super) standing: Standing,
    /// The output that has not been answered yet.
    pub(super) awaited: Option<Awaited>,
    /// What is to be asked again once the device is held again.
    pub(super) deferred: Option<Order>,
    /// Whether the pool may believe that this connection holds the device.
    pub(super) owes_detach: bool,
    attach_wanted: bool,
    pub(super) retry_at: Option<UnixMillis>,
    /// Whether the client knows that the store is away.
    told_away: bool,
    pub(super) ending: Option<Ending>,
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
    Detach,
    Order(Order),
    Wait,
}

/// A command that the client asked for.
#[derive(Debug)]
pub(super) struct Order {
    action: Action,
    command: Command,
    /// Whether it was refused once because the device was not held.
    again: bool,
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
    }

    /// The pool says that this connection holds the device.
    pub(super) fn hold(&mut self) {
        self.owes_detach = true;
        if self.standing == Standing::Elsewhere {
            self.standing = Standing::Here;
        }
    }

    /// Neither the pool nor a newer connection expects anything of this one any more.
    pub(super) fn let_go(&mut self) {
        self.owes_detach = false;
        self.attach_wanted = false;
        self.retry_at = None;
    }
}

impl Session {
    pub(super) fn come_in(&mut self) {
        if self.pool.is_none() {
            self.refuse(Refusal::new(ErrorCode::UnknownPool));
        }
        self.settle();
    }

    /// Does the next thing that needs the pool, one at a time.
    pub(super) fn settle(&mut self) {
        let presence = &mut self.presence;
        if presence.is_over() || presence.awaits() {
            return;
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
            self.apply(Awaited::Detach, Command::Detach { device, conn });
        } else if presence.attach_wanted {
            presence.attach_wanted = false;
            presence.owes_detach = true;
            self.apply(Awaited::Attach, Command::Attach { device, conn, client });
        } else if let Some(order) = presence.deferred.take() {
            let command = order.command.clone();
            self.apply(Awaited::Order(order), command);
        }
    }

    fn apply(&mut self, awaited: Awaited, command: Command) {
        self.presence.awaited = Some(awaited);
        self.out.0.push_back(Output::Apply(command));
    }

    /// Asks the pool for something, or says why that cannot be.
    pub(super) fn order(&mut self, action: Action, command: Command) -> bool {
        let free = self.may_ask(action);
        if free {
            let order = Order { action, command: command.clone(), again: false };
            self.apply(Awaited::Order(order), command);
        }
        free
    }

    /// Whether the pool can be asked now; if not, the client is told.
    pub(super) fn may_ask(&mut self, action: Action) -> bool {
        let presence = &self.presence;
        let refusal = match presence.standing {
            Standing::Nowhere => Refusal::new(ErrorCode::UnknownPool),
            Standing::Elsewhere | Standing::Over => {
                Refusal::new(ErrorCode::Unavailable).saying(ELSEWHERE)
            }
            Standing::Here if presence.attach_wanted || presence.awaits() => {
                Refusal::new(ErrorCode::Unavailable)
            }
            Standing::Here => return true,
        };
        // The original client neither expects an answer to `leave` nor has anything to leave here.
        let idle_leave = action == Action::Leave && presence.standing != Standing::Here;
        if self.is_native() || !idle_leave {
            self.refuse(refusal.of(action));
        }
        false
    }

    pub(super) fn await_view(&mut self) {
        self.presence.awaited = Some(Awaited::Wait);
    }

    pub(super) fn committed(&mut self, outcome: Result<(), Rejection>) {
        self.life.listen_again(self.clock);
        match (self.presence.awaited.take(), outcome) {
            (Some(Awaited::Wait), _) => self.presence.awaited = Some(Awaited::Wait),
            (Some(Awaited::Detach), _) => self.presence.let_go(),
            (Some(Awaited::Attach), Ok(())) => self.presence.told_away = false,
            // What was asked for has been answered by the events.
            (None, _) | (Some(Awaited::Order(_)), Ok(())) => {}
            (Some(_), Err(Rejection::Banned { until })) => self.banned(until),
            (Some(Awaited::Attach), Err(_)) => self.attach_later(),
            (Some(Awaited::Order(order)), Err(rejection)) => self.rejected(order, rejection),
        }
    }

    pub(super) fn rejected(&mut self, order: Order, rejection: Rejection) {
        let presence = &mut self.presence;
        let lost = rejection == Rejection::NotAttached;
        let here = presence.standing == Standing::Here && !presence.is_ending();
        if lost && here && !order.again {
            presence.deferred = Some(Order { again: true, ..order });
            return presence.attach_again();
        }
        let mut refusal = Refusal::by_rule(rejection, self.clock);
        if lost && presence.standing == Standing::Elsewhere {
            refusal = refusal.saying(ELSEWHERE);
        }
        self.refuse(refusal.of(order.action));
    }

    pub(super) fn unavailable(&mut self) {
        self.life.listen_again(self.clock);
        match self.presence.awaited.take() {
            None => {}
            Some(Awaited::Attach) => self.attach_later(),
            Some(Awaited::Detach) if self.presence.ending.is_some_and(|end| end.hurry) => {
                self.presence.let_go();
            }
            Some(Awaited::Detach) => self.presence.retry_at = Some(self.later()),
            Some(Awaited::Order(order)) => {
                self.refuse(Refusal::new(ErrorCode::Unavailable).of(order.action));
            }
            Some(Awaited::Wait) => {
                self.refuse(Refusal::new(ErrorCode::Unavailable).of(Action::Why));
            }
        }
    }

    /// Coming in failed. The client is told once, and it is tried again.
    fn attach_later(&mut self) {
        if self.presence.standing != Standing::Here || self.presence.is_ending() {
            return;
        }
        self.presence.attach_wanted = true;
        self.presence.retry_at = Some(self.later());
        let deferred = self.presence.deferred.take();
        let told = std::mem::replace(&mut self.presence.told_away, true);
        if deferred.is_some() || !told {
            let action = deferred.map(|order| order.action);
            self.refuse(Refusal::new(ErrorCode::Unavailable).of(action));
        }
    }

    /// In 1 to 2 seconds, spread over the connections so that they do not all come at once.
    fn later(&self) -> UnixMillis {
        self.clock.after(1_000 + self.conn.id.wrapping_mul(7_919) % 1_000)
    }
}
