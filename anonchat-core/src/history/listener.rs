//! Everybody who only listens to their mail, and what they believe.
//!
//! This knows the documentation of [`Event`] and nothing of the pool: a fact that contradicts what
//! the receiver was told before is a fault, whatever the pool's own state says.

use std::collections::BTreeMap;

use crate::command::{Command, Commit};
use crate::event::{Client, Departure, Envelope, Event, Phase};
use crate::id::{Conn, DeviceId, PairId, Side};

/// What each attached device believes.
#[derive(Debug, Default)]
pub(super) struct Listeners {
    live: BTreeMap<DeviceId, Live>,
    /// Who is told of a pair, until both have heard of it in the same commit.
    announced: BTreeMap<PairId, Vec<(DeviceId, Side)>>,
}

#[derive(Clone, Debug)]
struct Live {
    conn: Conn,
    doing: Doing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    Nothing,
    Waiting,
    Talking { pair: PairId, side: Side, away: bool },
}

impl Listeners {
    /// Takes in one commit.
    pub(super) fn hear(&mut self, command: &Command, commit: &Commit) -> Result<(), String> {
        let Ok(mail) = &commit.outcome else { return Ok(()) };
        let told_of_replacement: Vec<_> = mail
            .iter()
            .filter(|envelope| matches!(envelope.event, Event::Replaced { .. }))
            .map(|envelope| envelope.to)
            .collect();
        for envelope in mail {
            self.fact(command, envelope, told_of_replacement.contains(&envelope.to))
                .map_err(|why| format!("{why}: {envelope:?}"))?;
        }
        if let Command::Detach { device, conn } = command
            && self.live.get(device).is_some_and(|live| live.conn == *conn)
        {
            self.live.remove(device);
        }
        self.both_were_told()
    }

    fn fact(
        &mut self,
        command: &Command,
        envelope: &Envelope,
        replaces: bool,
    ) -> Result<(), String> {
        let Envelope { to, conn, event, .. } = envelope;
        match event {
            Event::Attached { phase, .. } => {
                let doing = Doing::from(phase);
                // Who looks for somebody new has left whom they had.
                let leaves = matches!(command, Command::Attach { client: Client::Seeker, .. })
                    && *phase == Phase::Idle;
                if replaces
                    && !leaves
                    && let Some(live) = self.live.get(to)
                {
                    // The device was attached all the time, so it knew; a partner may have gone
                    // in a step whose mail to a dead connection nobody heard.
                    agree(live.doing, doing)?;
                }
                self.live.insert(*to, Live { conn: *conn, doing });
                return Ok(());
            }
            Event::Replaced { .. } => {
                return match self.live.get(to) {
                    Some(live) if live.conn == *conn => Ok(()),
                    _ => matches!(command, Command::Attach { conn: new, .. } | Command::Enter { conn: new, .. } if new != conn)
                        .then_some(())
                        .ok_or_else(|| "a connection replaces itself".into()),
                };
            }
            _ => {}
        }
        let live = self.live.get_mut(to).ok_or("mail to a device that is not attached")?;
        if live.conn != *conn {
            return Err(format!("mail to a connection that {:?} has replaced", live.conn));
        }
        let own = actor(command) == Some(*to);
        let moves_on = own && matches!(command, Command::Next { .. });
        live.doing = match (event, live.doing) {
            (Event::Queued { .. }, Doing::Nothing) => Doing::Waiting,
            (Event::Queued { .. }, _) if moves_on => Doing::Waiting,
            (Event::Matched { pair, side, peer, .. }, doing) => {
                let free = !matches!(doing, Doing::Talking { .. }) || moves_on;
                free.then_some(()).ok_or("matched while talking")?;
                self.announced.entry(*pair).or_default().push((*to, *side));
                Doing::Talking { pair: *pair, side: *side, away: peer.route.is_none() }
            }
            (Event::Left, _) if own => Doing::Nothing,
            (Event::PeerLeft { pair, why }, Doing::Talking { pair: mine, .. })
                if *pair == mine
                    && (!own || matches!(why, Departure::Blocked | Departure::Banned)) =>
            {
                Doing::Nothing
            }
            (Event::PeerAway { pair, .. }, Doing::Talking { pair: mine, side, away: false })
                if *pair == mine =>
            {
                Doing::Talking { pair: mine, side, away: true }
            }
            (Event::PeerBack { pair, .. }, Doing::Talking { pair: mine, side, .. })
                if *pair == mine =>
            {
                Doing::Talking { pair: mine, side, away: false }
            }
            (Event::Blocked { block }, Doing::Talking { pair, .. })
                if own && block.pair == pair =>
            {
                Doing::Nothing
            }
            (Event::JoinRefused { .. }, _) if moves_on => Doing::Nothing,
            (
                Event::Blocked { .. }
                | Event::Unblocked { .. }
                | Event::Reported { .. }
                | Event::Verified { .. },
                doing,
            ) if own => doing,
            (Event::Banned { .. }, _) => {
                self.live.remove(to);
                return Ok(());
            }
            (_, doing) => return Err(format!("makes no sense to somebody in {doing:?}")),
        };
        Ok(())
    }

    /// Both sides of a new pair hear of it in one commit, each of another side.
    fn both_were_told(&mut self) -> Result<(), String> {
        for (pair, told) in std::mem::take(&mut self.announced) {
            match told[..] {
                [(one, here), (other, there)] if one != other && here == there.other() => {}
                _ => return Err(format!("{pair:?} was announced to {told:?}")),
            }
        }
        Ok(())
    }
}

/// What somebody believed and what the pool says when another connection takes over.
fn agree(believed: Doing, truth: Doing) -> Result<(), String> {
    if believed == truth {
        return Ok(());
    }
    Err(format!("the receiver was told to be in {believed:?}"))
}

fn actor(command: &Command) -> Option<DeviceId> {
    match command {
        Command::Attach { device, .. }
        | Command::Enter { device, .. }
        | Command::Detach { device, .. }
        | Command::Join { device, .. }
        | Command::Next { device, .. }
        | Command::Leave { device, .. }
        | Command::Block { device, .. }
        | Command::Unblock { device, .. }
        | Command::Report { device, .. }
        | Command::Verify { device, .. }
        | Command::Ban { device, .. }
        | Command::Lift { device } => Some(*device),
        Command::Adopt { order } => Some(order.device),
        Command::Dismiss { .. }
        | Command::Settle { .. }
        | Command::Renew { .. }
        | Command::Sweep => None,
    }
}

impl From<&Phase> for Doing {
    fn from(phase: &Phase) -> Self {
        match phase {
            Phase::Idle => Self::Nothing,
            Phase::Waiting { .. } => Self::Waiting,
            Phase::Paired { pair, side, peer, .. } => {
                Self::Talking { pair: *pair, side: *side, away: peer.route.is_none() }
            }
        }
    }
}
