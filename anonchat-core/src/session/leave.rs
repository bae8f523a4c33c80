//! Taking leave: replaced, banned, gone silent, or because the server stops.

use super::answer::{Close, ServerFrame};
use super::life::Silence;
use super::presence::{Ending, Standing};
use super::refusal::{ErrorCode, Refusal};
use super::{Output, Session};
use crate::event::Client;
use crate::rejection::Rejection;
use crate::time::UnixMillis;

impl Session {
    pub(super) fn replaced(&mut self, by: Client) {
        self.presence.let_go();
        // The news and the refusal of an attach may cross and say it twice.
        let told = self.presence.ending.is_some_and(|ending| ending.close == Close::Replaced);
        match (self.client, by) {
            (Client::Native, _) => {
                if !told {
                    self.send(ServerFrame::Replaced);
                }
                self.lose(Close::Replaced);
            }
            // After a close the original client would be deaf, so it stays, without state.
            (Client::Plain, Client::Plain) => {
                self.presence.standing = Standing::Elsewhere;
                self.forget_partner();
                if let Some(order) = self.presence.deferred.take() {
                    self.rejected(order, Rejection::NotAttached);
                }
            }
            _ => self.lose(Close::Replaced),
        }
    }

    /// The pool does not know (any more) the pair for which the connection is there.
    pub(super) fn turned_away(&mut self) {
        match self.is_talking() {
            true => self.forget_partner(),
            false => self.send(ServerFrame::Left),
        }
        self.presence.end(Close::Over);
    }

    pub(super) fn banned(&mut self, until: UnixMillis) {
        self.presence.let_go();
        if self.is_native() {
            self.send(ServerFrame::Banned { until });
        } else {
            self.refuse(Refusal::new(ErrorCode::Banned).until(self.clock, until));
        }
        self.lose(Close::Banned);
    }

    /// Closes, but not before an attach that is still on its way has been undone.
    fn lose(&mut self, close: Close) {
        if self.presence.owes_detach {
            self.presence.end(close);
        } else {
            self.close(close);
        }
    }

    pub(super) fn timeout(&mut self) {
        if self.presence.is_ending() || self.presence.awaits() {
            return;
        }
        match self.life.judge(self.clock) {
            Silence::Bearable => {}
            Silence::Ask => self.out.push(Output::Ping),
            Silence::Dead => self.presence.end(Close::Idle),
        }
    }

    pub(super) fn restart(&mut self, reconnect_in_ms: u64) {
        let close = Close::Restarting;
        let ending = self.presence.ending.unwrap_or(Ending { close, reconnect_in_ms, hurry: true });
        self.presence.ending = Some(Ending { hurry: true, ..ending });
        self.presence.deferred = None;
        self.presence.retry_at = None;
    }

    /// The pool has been told, or need not be.
    pub(super) fn take_leave(&mut self, ending: Ending) {
        if ending.close == Close::Restarting && self.is_native() {
            let reconnect_in_ms = ending.reconnect_in_ms;
            self.send(ServerFrame::ServerRestarting { reconnect_in_ms });
        }
        self.close(ending.close);
    }

    fn close(&mut self, close: Close) {
        self.presence.standing = Standing::Over;
        self.presence.awaited = None;
        self.out.push(Output::Close(close));
    }
}
