//! Asking the pool for one thing at a time, and what becomes of it when it does not simply happen.

use super::frame::Action;
use super::presence::{Awaited, Order, Standing};
use super::refusal::{ELSEWHERE, ErrorCode, Refusal};
use super::{Output, Session};
use crate::command::Command;
use crate::rejection::Rejection;
use crate::time::UnixMillis;

impl Session {
    pub(super) fn apply(&mut self, awaited: Awaited, command: Command) {
        self.presence.awaited = Some(awaited);
        self.out.push(Output::Apply(command));
    }

    /// Asks the pool for something, or says why that cannot be.
    pub(super) fn order(&mut self, action: Action, command: Command) -> bool {
        let free = self.may_ask(action);
        if free {
            let order = Box::new(Order { action, command: command.clone(), again: false });
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
        self.decline(refusal, action);
        false
    }

    fn decline(&mut self, refusal: Refusal, action: Action) {
        // The original client neither expects an answer to `leave` nor has anything to leave here.
        let idle = action == Action::Leave && self.presence.standing != Standing::Here;
        if self.is_native() || !idle {
            self.refuse(refusal.of(action));
        }
    }

    pub(super) fn await_view(&mut self) {
        self.presence.awaited = Some(Awaited::Wait);
    }

    pub(super) fn committed(&mut self, outcome: Result<(), Rejection>) {
        self.life.listen_again(self.clock);
        match (self.presence.awaited.take(), outcome) {
            (Some(Awaited::Wait), _) => self.presence.awaited = Some(Awaited::Wait),
            (Some(Awaited::Detach), _) => self.presence.let_go(),
            (Some(Awaited::Release), _) => self.presence.former = None,
            (Some(Awaited::Attach), Ok(())) => self.presence.came_in(),
            // What was asked for has been answered by the events.
            (None, _) | (Some(Awaited::Order(_)), Ok(())) => {}
            (Some(_), Err(Rejection::Banned { until })) => self.banned(until),
            (Some(Awaited::Attach), Err(Rejection::Replaced { by })) => self.replaced(by),
            (Some(Awaited::Attach), Err(Rejection::UnknownPeer)) if self.enters.is_some() => {
                self.turned_away();
            }
            (Some(Awaited::Attach), Err(_)) => self.attach_later(),
            (Some(Awaited::Order(order)), Err(rejection)) => self.rejected(order, rejection),
        }
    }

    pub(super) fn rejected(&mut self, mut order: Box<Order>, rejection: Rejection) {
        let presence = &mut self.presence;
        let lost = rejection == Rejection::NotAttached;
        let here = presence.standing == Standing::Here && !presence.is_ending();
        if lost && here && !order.again {
            order.again = true;
            presence.deferred = Some(order);
            return presence.attach_again();
        }
        let mut refusal = Refusal::by_rule(rejection, self.clock);
        if lost && presence.standing == Standing::Elsewhere {
            refusal = refusal.saying(ELSEWHERE);
        }
        self.decline(refusal, order.action);
    }

    pub(super) fn unavailable(&mut self) {
        self.life.listen_again(self.clock);
        match self.presence.awaited.take() {
            None => {}
            Some(Awaited::Attach | Awaited::Release) => self.attach_later(),
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
