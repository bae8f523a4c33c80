//! Coming, coming again and going away.

use anonchat_core::{Client, Conn, Departure, NodeId, Rejection};

use crate::act::Fact;
use crate::reference::{Outcome, Reference, seconds};

impl Reference {
    /// A connection that was never there before.
    pub(crate) fn come(&mut self, who: usize, client: Client) -> Outcome {
        let conn = Conn { node: NodeId(1), id: self.conns + 1 };
        let told = self.attach(who, conn, client)?;
        self.conns += 1;
        self.people[who].held.push(conn);
        Ok(told)
    }

    pub(crate) fn come_again(&mut self, who: usize, client: Client) -> Outcome {
        let person = &self.people[who];
        let conn = person.former();
        if person.conn.is_some_and(|newer| newer != conn) {
            let by = if person.native { Client::Native } else { Client::Plain };
            let until = person.banned_until;
            let banned = (self.now < until).then_some(Rejection::Banned { until });
            return Err(banned.into_iter().chain([Rejection::Replaced { by }]).collect());
        }
        self.attach(who, conn, client)
    }

    fn attach(&mut self, who: usize, conn: Conn, client: Client) -> Outcome {
        let until = self.people[who].banned_until;
        if self.now < until {
            return Err(vec![Rejection::Banned { until }]);
        }
        let mut told = Vec::new();
        let grace = self.now.after(seconds(self.policy.connection.grace_s));
        let partner = self.live(who).map(|(index, side)| {
            (self.pairs[index].members[side.other().index()], self.pairs[index].id)
        });
        let former = self.people[who].conn;
        if former.is_some_and(|former| former != conn) {
            self.tell(&mut told, who, Fact::Replaced);
            if let Some((partner, id)) = partner {
                self.tell(&mut told, partner, Fact::PeerAway(id, grace));
            }
        }
        if let Some((partner, id)) = partner.filter(|_| former != Some(conn)) {
            self.tell(&mut told, partner, Fact::PeerBack(id));
        }
        let returned = self.people[who].away_until.take().is_some();
        self.people[who].conn = Some(conn);
        self.people[who].native = client.has_grace();
        let phase = match (partner.is_some(), self.waits(who)) {
            (true, _) => "paired",
            (_, true) => "waiting",
            _ => "idle",
        };
        told.push((who, Fact::Attached(phase)));
        if returned && self.waits(who) {
            self.arrive(who, &mut told);
        }
        Ok(told)
    }

    pub(crate) fn detach(&mut self, who: usize) -> Outcome {
        self.attached(who)?;
        let mut told = Vec::new();
        let busy = self.waits(who) || self.live(who).is_some();
        let grace = seconds(self.policy.connection.grace_s);
        self.people[who].conn = None;
        if self.people[who].native && grace > 0 && busy {
            let until = self.now.after(grace);
            self.people[who].away_until = Some(until);
            if let Some((index, side)) = self.live(who) {
                let partner = self.pairs[index].members[side.other().index()];
                self.tell(&mut told, partner, Fact::PeerAway(self.pairs[index].id, until));
            }
        } else {
            self.stop(who, Departure::Lost, &mut told);
        }
        Ok(told)
    }
}
