//! A correct store in memory with one fault.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anonchat_core::{
    Body, Command, Commit, Conn, Dice, Envelope, Inbox, Mail, NodeId, PairId, Policy, Pool, PoolId,
    Query, ReportId, Store, StoreError, UnixMillis, View, Whisper,
};
use async_trait::async_trait;

/// What is wrong with the store.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    None,
    Loses,
    Doubles,
    Reorders,
    DeliversOutsideTheLock,
    DeliversLate,
    CriesGap,
    SkipsNumbers,
    RepeatsNumbers,
    Forgives,
    ForgetsAgain,
    KeepsHalf,
    TurnsClockBack,
    OwnClock,
    OwnDice,
    HidesMore,
    AsksForward,
    Miscounts,
    HidesBans,
    ShowsWhatIsDecided,
    LosesItsPlace,
    AdoptsWhatIsOld,
    SettlesTooMuch,
    HidesOrders,
    Misroutes,
    LosesWhenDropped,
    Broadcasts,
    ReordersWhispers,
    KeepsWhispers,
    CommitsWhispers,
    KeepsInbox,
    AnyPool,
    StalePolicy(fn(&mut Policy)),
}

pub(crate) struct Broken {
    policy: Arc<Policy>,
    fault: Fault,
    state: Arc<tokio::sync::Mutex<State>>,
    inboxes: Inboxes,
    /// A whisper that waits for the next one to go first.
    held: Mutex<Option<Whisper>>,
    overheard: Mutex<Option<String>>,
}

type Inboxes = Arc<Mutex<BTreeMap<NodeId, Arc<dyn Inbox>>>>;

struct State {
    pool: Pool,
    /// Counts calls, so that a fault does not strike every time.
    calls: u64,
    /// What is added to or taken from the pool's own numbers.
    off: i64,
    /// What will be taken from them after this commit.
    again: i64,
}

impl Broken {
    pub(crate) fn new(policy: Policy, fault: Fault) -> Self {
        let mut used = policy.clone();
        if let Fault::StalePolicy(change) = fault {
            change(&mut used);
        }
        let state = State { pool: Pool::new(used.into()), calls: 0, off: 0, again: 0 };
        Self {
            policy: policy.into(),
            fault,
            state: Arc::new(tokio::sync::Mutex::new(state)),
            inboxes: Inboxes::default(),
            held: Mutex::default(),
            overheard: Mutex::default(),
        }
    }

    fn known(&self, pool: &PoolId) -> Result<(), StoreError> {
        match (pool.as_str(), self.fault) {
            ("main", _) | (_, Fault::AnyPool) => Ok(()),
            _ => Err(StoreError::UnknownPool),
        }
    }

    /// The mail of a commit as this store delivers it.
    fn mail(&self, commit: &Commit, calls: u64) -> Vec<Envelope> {
        let mut mail: Vec<_> = commit.outcome.iter().flatten().cloned().collect();
        let strikes = calls % 5 == 4;
        match self.fault {
            Fault::Loses if strikes => drop(mail.pop()),
            Fault::Doubles if strikes => mail.extend(mail.last().cloned()),
            Fault::Reorders => mail.reverse(),
            Fault::Misroutes if strikes => {
                for envelope in &mut mail {
                    envelope.conn.node = NodeId(1 + envelope.conn.node.0 % 3);
                }
            }
            _ => {}
        }
        mail
    }
}

impl State {
    fn apply(
        &mut self,
        fault: Fault,
        mut at: UnixMillis,
        mut dice: Dice,
        asked: &Command,
    ) -> Commit {
        self.calls += 1;
        let strikes = self.calls % 5 == 4;
        match fault {
            Fault::TurnsClockBack if strikes => at = UnixMillis::new(at.get().saturating_sub(2)),
            Fault::OwnClock => at = at.after(self.calls % 2),
            Fault::OwnDice => {
                let mut bytes = [0xaa; 16];
                bytes[8..].copy_from_slice(&self.calls.to_be_bytes());
                dice.pair = PairId::from_bytes(bytes);
            }
            _ => {}
        }
        let mut asked = asked.clone();
        match (fault, &mut asked) {
            (Fault::ForgetsAgain, Command::Attach { again, .. } | Command::Enter { again, .. }) => {
                *again = false;
            }
            (Fault::AdoptsWhatIsOld, Command::Adopt { order }) => order.given = order.given.max(at),
            (Fault::SettlesTooMuch, Command::Settle { upto }) => *upto += 1,
            _ => {}
        }
        let mut commit = self.pool.apply(at, dice, &asked);
        match fault {
            Fault::SkipsNumbers if strikes => self.off += 1,
            Fault::RepeatsNumbers if strikes => self.off -= 1,
            Fault::Forgives if commit.outcome.is_err() => commit.outcome = Ok(Vec::new()),
            Fault::KeepsHalf if commit.outcome.is_err() => self.keep_half(at, dice, &asked),
            Fault::HidesMore => commit.more = false,
            _ => {}
        }
        commit.seq = commit.seq.checked_add_signed(self.off).expect("some number");
        self.off -= std::mem::take(&mut self.again);
        for envelope in commit.outcome.iter_mut().flatten() {
            envelope.seq = commit.seq;
        }
        commit
    }

    /// A refused join has stopped what the device was doing all the same.
    fn keep_half(&mut self, at: UnixMillis, dice: Dice, asked: &Command) {
        if let Command::Join { device, conn, .. } = asked {
            let why = anonchat_core::Departure::Left;
            self.pool.apply(at, dice, &Command::Leave { device: *device, conn: *conn, why });
            // The number of that step is given out again.
            self.again += 1;
        }
    }
}

fn deliver(inboxes: &Inboxes, mail: impl IntoIterator<Item = Mail>) {
    let inboxes = inboxes.lock().expect("inboxes");
    for item in mail {
        if let Some(inbox) = inboxes.get(&item.conn().node) {
            inbox.deliver(item);
        }
    }
}

#[async_trait]
impl Store for Broken {
    fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    async fn apply(
        &self,
        pool: &PoolId,
        at: UnixMillis,
        dice: Dice,
        command: &Command,
    ) -> Result<Commit, StoreError> {
        self.known(pool)?;
        let mut state = self.state.lock().await;
        let commit = state.apply(self.fault, at, dice, command);
        let mail = self.mail(&commit, state.calls).into_iter().map(Mail::Event);
        match self.fault {
            Fault::DeliversOutsideTheLock => {
                drop(state);
                tokio::task::yield_now().await;
                deliver(&self.inboxes, mail);
            }
            Fault::DeliversLate => {
                let (inboxes, mail) = (Arc::clone(&self.inboxes), mail.collect::<Vec<_>>());
                let order = Arc::clone(&self.state).lock_owned();
                drop(state);
                tokio::spawn(async move {
                    let _order = order.await;
                    tokio::time::sleep(Duration::from_millis(1)).await;
                    deliver(&inboxes, mail);
                });
            }
            Fault::LosesWhenDropped => {
                tokio::task::yield_now().await;
                deliver(&self.inboxes, mail);
            }
            _ => deliver(&self.inboxes, mail),
        }
        if matches!(self.fault, Fault::CriesGap) && commit.seq % 50 == 0 {
            self.inboxes.lock().expect("inboxes").values().for_each(|inbox| inbox.gap());
        }
        Ok(commit)
    }

    async fn read(&self, pool: &PoolId, at: UnixMillis, query: &Query) -> Result<View, StoreError> {
        self.known(pool)?;
        let mut state = self.state.lock().await;
        if matches!(self.fault, Fault::AsksForward) {
            let nothing = Command::Dismiss { report: ReportId(u64::MAX) };
            state.pool.apply(at, Dice { pair: PairId::from_bytes([0; 16]) }, &nothing);
            state.off -= 1;
        }
        let mut query = query.clone();
        if let (Fault::ShowsWhatIsDecided, Query::Reports { open, .. }) = (self.fault, &mut query) {
            *open = false;
        }
        let mut view = state.pool.read(at, &query);
        if let (Fault::HidesBans, View::Bans(bans)) = (self.fault, &mut view) {
            bans.truncate(1);
        }
        if let (Fault::LosesItsPlace, View::Reports(page)) = (self.fault, &mut view) {
            page.next = None;
        }
        if let (Fault::Miscounts, View::Census(census)) = (self.fault, &mut view) {
            census.online = census.online.max(1);
        }
        if let (Fault::HidesOrders, View::Outbox(orders)) = (self.fault, &mut view) {
            orders.truncate(3);
        }
        if let (Some(text), View::Reports(page)) =
            (&*self.overheard.lock().expect("overheard"), &mut view)
        {
            for report in &mut page.reports {
                report.note = Some(text.as_str().into());
            }
        }
        Ok(view)
    }

    async fn open(&self, node: NodeId, inbox: Arc<dyn Inbox>) -> Result<(), StoreError> {
        let mut inboxes = self.inboxes.lock().expect("inboxes");
        match self.fault {
            Fault::KeepsInbox => drop(inboxes.entry(node).or_insert(inbox)),
            _ => drop(inboxes.insert(node, inbox)),
        }
        Ok(())
    }

    async fn whisper(&self, pool: &PoolId, whisper: Whisper) -> Result<(), StoreError> {
        self.known(pool)?;
        let to = |node| Whisper { to: Conn { node, ..whisper.to }, ..whisper.clone() };
        match self.fault {
            Fault::Broadcasts => {
                deliver(&self.inboxes, (1..=3).map(|node| Mail::Whisper(to(NodeId(node)))));
            }
            Fault::ReordersWhispers => {
                // Each second one overtakes the one before it.
                let earlier = self.held.lock().expect("held").take();
                if earlier.is_none() {
                    *self.held.lock().expect("held") = Some(whisper);
                    return Ok(());
                }
                let both = [Some(whisper), earlier].into_iter().flatten();
                deliver(&self.inboxes, both.map(Mail::Whisper));
            }
            Fault::KeepsWhispers => {
                if let Body::Text { text, .. } = &whisper.body {
                    *self.overheard.lock().expect("overheard") = Some(text.reveal().into());
                }
                deliver(&self.inboxes, [Mail::Whisper(whisper)]);
            }
            Fault::CommitsWhispers => {
                let pair = Dice { pair: whisper.pair };
                self.state.lock().await.pool.apply(UnixMillis::default(), pair, &Command::Sweep);
                deliver(&self.inboxes, [Mail::Whisper(whisper)]);
            }
            _ => deliver(&self.inboxes, [Mail::Whisper(whisper)]),
        }
        Ok(())
    }
}
