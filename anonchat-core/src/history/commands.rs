//! What somebody does next, and to whom.

use arbitrary::Arbitrary;

use super::Run;
use super::steps::{Bytes, Made, Steps, choose, edge};
use super::world::{Doing, device, pair_id};
use crate::command::{Command, Wish};
use crate::event::{Arrival, Client, Departure};
use crate::id::{Alias, Conn, NodeId, PairId, ReportId, Side};
use crate::policy::Verification;
use crate::profile::{Claim, Filter, Gender, Profile, Proof};
use crate::time::UnixMillis;

/// What to do, with weights out of 69: joins and what surrounds them often, the rest often enough.
#[rustfmt::skip]
const KINDS: [(u8, Kind); 16] = [
    (6, Kind::Attach), (3, Kind::Detach), (18, Kind::Join), (4, Kind::Next), (3, Kind::Leave),
    (5, Kind::Block), (3, Kind::Unblock), (8, Kind::Report), (3, Kind::Verify), (1, Kind::Ban),
    (1, Kind::Lift), (3, Kind::Dismiss), (3, Kind::Renew), (3, Kind::Sweep), (4, Kind::Adopt),
    (1, Kind::Settle),
];

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Attach,
    Detach,
    Join,
    Next,
    Leave,
    Block,
    Unblock,
    Report,
    Verify,
    Ban,
    Lift,
    Dismiss,
    Renew,
    Sweep,
    Adopt,
    Settle,
}

impl Steps {
    pub(super) fn command(&mut self, kind: Kind, pair: PairId, u: Bytes<'_, '_>) -> Made<Command> {
        let (kind, who) = match self.favourite(u)? {
            Some(next) => next,
            None => (kind, self.somebody(kind, u)?),
        };
        let person = self.world.person(who);
        // What has no object yet makes way for what brings one about, mostly.
        let kind = match kind {
            kind if u.ratio(1, 8)? => kind,
            Kind::Dismiss if self.world.reports.items().is_empty() => Kind::Report,
            Kind::Unblock if self.world.blocks.items().is_empty() => Kind::Block,
            kind => kind,
        };
        let kind = match (kind, person.doing) {
            (Kind::Block | Kind::Report, Doing::Nothing) if u.ratio(7, 8)? => Kind::Join,
            _ => kind,
        };
        let speaks = matches!(kind, Kind::Detach | Kind::Join | Kind::Next | Kind::Leave);
        let alone = speaks && person.current.is_none();
        if kind == Kind::Attach || alone && !u.ratio(1, 16)? {
            return self.attach(who, u);
        }
        Ok(match kind {
            Kind::Attach | Kind::Detach => self.detach(who, u)?,
            Kind::Join | Kind::Next => self.join(kind, who, pair, u)?,
            Kind::Leave => {
                let (why, conn) =
                    (*u.choose(&[Departure::Left, Departure::Next])?, self.conn(who, u)?);
                if self.world.person(who).current == Some(conn) {
                    self.world.part(who);
                }
                Command::Leave { device: device(who), conn, why }
            }
            Kind::Block => {
                let (who, target) = self.partner(who, u)?;
                self.world.block(who, target);
                Command::Block { device: device(who), target }
            }
            Kind::Unblock => {
                let known = choose(self.world.blocks.items(), u)?.filter(|_| who > 1);
                let (who, block) = match known {
                    Some((by, _, name)) => (by, name),
                    None => self.partner(who, u)?,
                };
                self.world.unblock(who, block);
                Command::Unblock { device: device(who), block }
            }
            Kind::Report => {
                let (who, target) = self.partner(who, u)?;
                self.world.report(who, target);
                let note = u.ratio(1, 4)?.then(|| "a note".into());
                Command::Report { device: device(who), target, reason: "spam".into(), note }
            }
            Kind::Verify => {
                let claim = self.claim(u)?;
                self.world.verify(who, claim);
                Command::Verify { device: device(who), gender: claim.gender, proof: claim.proof }
            }
            Kind::Ban => {
                let until = self.ban_end(u)?;
                self.world.ban(who, until);
                Command::Ban { device: device(who), until }
            }
            Kind::Lift => {
                self.world.ban(who, UnixMillis::default());
                Command::Lift { device: device(who) }
            }
            Kind::Dismiss => {
                let known = choose(self.world.reports.items(), u)?.filter(|_| who > 1);
                if let Some((_, reporter)) = known {
                    self.world.favourite = Some(reporter);
                }
                // Some reports were taken that nobody expected to be.
                let least = known.map_or(0, |(number, _)| number);
                let number = u.int_in_range(least..=least + 2)?;
                Command::Dismiss { report: ReportId(number) }
            }
            Kind::Renew => {
                let node = node(u)?;
                self.world.renew(node);
                Command::Renew { node }
            }
            Kind::Sweep => {
                self.world.sweep();
                Command::Sweep
            }
            Kind::Adopt => Command::Adopt { order: self.order(who, u)? },
            Kind::Settle => {
                let number = choose(self.orders.items(), u)?.map_or(0, |(number, _)| number);
                Command::Settle { upto: edge(number, u)? }
            }
        })
    }

    /// Somebody for whom the command makes sense, mostly.
    fn somebody(&self, kind: Kind, u: Bytes<'_, '_>) -> Made<u8> {
        let first = u.int_in_range(1..=Run::DEVICES)?;
        let anybody = u.ratio(1, 8)?;
        let fits = |who: u8| {
            let person = self.world.person(who);
            let (here, idle) = (person.current.is_some(), person.doing == Doing::Nothing);
            match kind {
                Kind::Attach => !here || person.arrival == Arrival::Expected && !idle,
                Kind::Join => here && idle,
                Kind::Next | Kind::Leave | Kind::Detach => here && !idle,
                Kind::Block | Kind::Report | Kind::Unblock | Kind::Dismiss => {
                    matches!(person.doing, Doing::Talking(_))
                }
                _ => true,
            }
        };
        let all = (first..=Run::DEVICES).chain(1..first);
        Ok(if anybody { first } else { all.into_iter().find(|who| fits(*who)).unwrap_or(first) })
    }

    /// Now and then the next step that brings the favourite to another block or report.
    fn favourite(&mut self, u: Bytes<'_, '_>) -> Made<Option<(Kind, u8)>> {
        let Some(who) = self.world.favourite else { return Ok(None) };
        if !u.ratio(1, 4)? {
            return Ok(None);
        }
        let person = self.world.person(who);
        Ok(match person.doing {
            _ if person.current.is_none() => Some((Kind::Attach, who)),
            Doing::Nothing => Some((Kind::Join, who)),
            Doing::Waiting(_) => {
                let other = self.somebody(Kind::Join, u)?;
                let free = self.world.person(other).doing == Doing::Nothing;
                free.then_some((Kind::Join, other))
            }
            Doing::Talking(_) => {
                self.world.favourite = None;
                Some((*u.choose(&[Kind::Report, Kind::Block])?, who))
            }
        })
    }

    fn attach(&mut self, who: u8, u: Bytes<'_, '_>) -> Made<Command> {
        let person = self.world.person(who);
        let talks = matches!(person.doing, Doing::Talking(_));
        let comes = talks && person.arrival != Arrival::Direct;
        let client = match u.int_in_range(0..=15_u8)? {
            // Who was matched by one connection comes to the talk by another.
            0..=11 if comes => Client::Capability,
            0..=7 => Client::Native,
            8..=10 => Client::Seeker,
            _ => *u.choose(&Client::ALL)?,
        };
        let node = node(u)?;
        let (conn, again) = match (u.int_in_range(0..=31_u8)?, person.current, person.former) {
            // After a gap a connection attaches again.
            (0..=3, Some(same), _) => (same, true),
            // An older connection comes back to life, perhaps after a newer one.
            (4..=7, _, Some(old)) => (old, true),
            _ => (self.world.new_conn(node), false),
        };
        let again = again != u.ratio(1, 8)?;
        if client == Client::Capability && !u.ratio(1, 8)? {
            return self.enter(who, conn, again, u);
        }
        self.world.attach(who, conn, client, again);
        Ok(Command::Attach { device: device(who), conn, client, again })
    }

    /// Comes to the talk of now; now and then to one of late.
    fn enter(&mut self, who: u8, conn: Conn, again: bool, u: Bytes<'_, '_>) -> Made<Command> {
        let late = choose(self.world.pairs.items(), u)?.map(|pair| pair.id);
        let talk = match self.world.person(who).doing {
            Doing::Talking(pair) => Some(pair.id),
            _ => None,
        };
        let is_late = u.ratio(1, 8)?;
        let pair = late.filter(|_| is_late).or(talk).or(late).unwrap_or(pair_id(self.dice));
        if talk == Some(pair) {
            self.world.attach(who, conn, Client::Capability, again);
        }
        Ok(Command::Enter { device: device(who), conn, pair, again })
    }

    fn detach(&mut self, who: u8, u: Bytes<'_, '_>) -> Made<Command> {
        let conn = self.conn(who, u)?;
        if self.world.person(who).current == Some(conn) {
            self.world.detach(who);
        }
        Ok(Command::Detach { device: device(who), conn })
    }

    fn join(&mut self, kind: Kind, who: u8, pair: PairId, u: Bytes<'_, '_>) -> Made<Command> {
        let conn = self.conn(who, u)?;
        let claim = self.claim(u)?;
        let claim = (u.int_in_range(0..=4_u8)? > 0).then_some(claim);
        let filter = if u.ratio(1, 2)? { Filter::Any } else { Filter::Only(gender(u)?) };
        let nickname = u.ratio(1, 2)?.then(|| format!("{who}").into());
        let wish = Wish { filter, profile: Profile { nickname, bio: None }.into(), claim };
        if self.world.person(who).current == Some(conn) {
            if kind == Kind::Next {
                self.world.part(who);
            }
            self.world.join(who, claim, filter, pair);
        }
        Ok(match kind {
            Kind::Next => Command::Next { device: device(who), conn, wish },
            _ => Command::Join { device: device(who), conn, wish },
        })
    }

    /// The current connection of the device, and now and then a wrong one.
    fn conn(&self, who: u8, u: Bytes<'_, '_>) -> Made<Conn> {
        let other = u.int_in_range(1..=Run::DEVICES)?;
        let person = self.world.person(who);
        let chosen = match u.int_in_range(0..=31_u8)? {
            0 => person.former,
            1 => self.world.person(other).current,
            _ => person.current,
        };
        Ok(chosen.or(person.current).or(person.former).unwrap_or(Conn { node: NodeId(1), id: 0 }))
    }

    /// Somebody, with the alias of a partner of now or of late; now and then of anybody.
    fn partner(&self, who: u8, u: Bytes<'_, '_>) -> Made<(u8, Alias)> {
        let side = if bool::arbitrary(u)? { Side::A } else { Side::B };
        Ok(match u.int_in_range(0..=31_u8)? {
            0 | 1 => (who, Alias { pair: pair_id(self.dice.saturating_sub(1)), side }),
            2..=11 => self.late_partner(who, side, u)?,
            _ => match self.world.person(who).doing {
                Doing::Talking(pair) => match pair.partner_of(who) {
                    Some(partner) => (who, partner),
                    None => pair.seen_by(side),
                },
                _ => self.late_partner(who, side, u)?,
            },
        })
    }

    fn late_partner(&self, who: u8, side: Side, u: Bytes<'_, '_>) -> Made<(u8, Alias)> {
        let nobody = (who, Alias { pair: pair_id(self.dice), side });
        Ok(choose(self.world.pairs.items(), u)?.map_or(nobody, |pair| pair.seen_by(side)))
    }

    pub(super) fn ban_end(&self, u: Bytes<'_, '_>) -> Made<UnixMillis> {
        let now = self.world.now;
        Ok(match u.int_in_range(0..=7_u8)? {
            0 => UnixMillis::MAX,
            1 => UnixMillis::new(now.get().saturating_sub(1)),
            2 => now,
            _ => now.after(*u.choose(&[1, 1_000, 2_000])?),
        })
    }

    /// Mostly of the kind that the policy counts: else nobody would get far.
    pub(super) fn claim(&self, u: Bytes<'_, '_>) -> Made<Claim> {
        let usual = match self.verification {
            Verification::Off => Proof::Declared,
            Verification::Optional if bool::arbitrary(u)? => Proof::Declared,
            Verification::Optional | Verification::Required => Proof::Attested,
        };
        let proof = if u.ratio(1, 8)? { Proof::arbitrary(u)? } else { usual };
        Ok(Claim { gender: gender(u)?, proof })
    }
}

pub(super) fn kind(u: Bytes<'_, '_>) -> Made<Kind> {
    let mut rest = u.int_in_range(0..=68_u8)?;
    for (weight, kind) in KINDS {
        if rest < weight {
            return Ok(kind);
        }
        rest -= weight;
    }
    Ok(Kind::Sweep)
}

fn node(u: Bytes<'_, '_>) -> Made<NodeId> {
    u.int_in_range(1..=Run::NODES).map(NodeId)
}

/// Two genders mostly, so that people fit each other.
fn gender(u: Bytes<'_, '_>) -> Made<Gender> {
    use Gender::{Female, Male, NonBinary, PreferNotToSay};
    u.choose(&[Male, Male, Male, Female, Female, Female, NonBinary, PreferNotToSay]).copied()
}
