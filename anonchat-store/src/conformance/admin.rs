//! The numbered obligations of [`AdminStore`], one check each.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use anonchat_core::room::{RoomCode, SessionId};
use anonchat_core::{
    AdminAction, AdminStore, AuditEntry, AuditPage, AuditRecord, Census, Client, Command, Conn,
    DeviceId, Dice, NodeId, PairId, Pool, PoolId, Query, ReportId, Store, StoreError, UnixMillis,
    View, Wish,
};

use super::recorder::{Fact, Recorder};

/// How long a gap may be under way to another server.
const PATIENCE: Duration = Duration::from_secs(10);

/// More than one page that anybody shows.
const MANY: u64 = 300;

/// An obligation of [`AdminStore`], by its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AdminObligation {
    /// 1: only append.
    OnlyAppend = 1,
    /// 2: survive what the store survives.
    Survive,
    /// 3: stay bounded in an answer.
    StayBounded,
    /// 4: empty wholly.
    EmptyWholly,
}

/// A store does not keep what those in charge rely on, or could not be tested.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AdminFailure {
    /// What the store broke; `None` if the suite could not do its work.
    pub obligation: Option<AdminObligation>,
    /// What happened, and what should have.
    pub detail: String,
}

impl std::error::Error for AdminFailure {}

impl fmt::Display for AdminFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.obligation {
            Some(which) => {
                let number = which as u8;
                write!(f, "obligation {number} of `AdminStore` ({which:?}) is broken: ")?;
            }
            None => f.write_str("could not be tested: ")?,
        }
        f.write_str(&self.detail)
    }
}

impl From<StoreError> for AdminFailure {
    fn from(error: StoreError) -> Self {
        Self { obligation: None, detail: format!("the store failed: {error:?}") }
    }
}

type Checked = Result<(), AdminFailure>;

fn demand(holds: bool, obligation: AdminObligation, detail: impl FnOnce() -> String) -> Checked {
    if holds {
        return Ok(());
    }
    Err(AdminFailure { obligation: Some(obligation), detail: detail() })
}

/// Checks a store that is an [`AdminStore`] too. `build` makes a new deployment with the pool
/// `main` and the default policy: something to keep alive meanwhile, and one store for each of its
/// servers. Stores use the instants that they are given, as in [`run`](super::run).
///
/// # Panics
///
/// If the store breaks an obligation: with its number and what shows it.
pub async fn run_admin<F, B, G, S>(build: F)
where
    F: Fn() -> B,
    B: Future<Output = (G, Vec<Arc<S>>)>,
    S: Store + AdminStore,
{
    if let Err(failure) = check_admin(build).await {
        panic!("{failure}");
    }
}

/// [`run_admin`] without the panic.
///
/// # Errors
///
/// [`AdminFailure`], with the first broken obligation.
pub async fn check_admin<F, B, G, S>(build: F) -> Checked
where
    F: Fn() -> B,
    B: Future<Output = (G, Vec<Arc<S>>)>,
    S: Store + AdminStore,
{
    let (_guard, servers) = build().await;
    only_append(&servers).await?;
    drop((_guard, servers));
    let (_guard, servers) = build().await;
    survive(&servers).await?;
    drop((_guard, servers));
    let (_guard, servers) = build().await;
    stay_bounded(&servers).await?;
    drop((_guard, servers));
    let (_guard, servers) = build().await;
    empty_wholly(&servers).await
}

/// Every action there is, with and without a sign-in and a note.
fn entries() -> Vec<AuditEntry> {
    let (device, until) = (person(1), UnixMillis::new(7_000));
    let actions = [
        AdminAction::SignIn,
        AdminAction::Refused,
        AdminAction::Ban { device, until },
        AdminAction::Lift { device: person(2) },
        AdminAction::Dismiss { pool: PoolId::main(), report: ReportId(3), device },
        AdminAction::Maintenance { on: true },
        AdminAction::Maintenance { on: false },
        AdminAction::Reset,
        AdminAction::Export,
        AdminAction::SignOut,
        AdminAction::BanRoomSession { session: SessionId::from_bytes([5; 16]) },
        AdminAction::LiftRoomSession { session: SessionId::from_bytes([6; 16]) },
        AdminAction::CloseRoom { room: RoomCode::draw([7; 16]) },
    ];
    let entry = |(n, action): (u64, AdminAction)| AuditEntry {
        at: UnixMillis::new(1_000 + n / 3),
        session: (n % 2 == 0).then_some(u64::MAX - n),
        action,
        note: (n % 3 != 0).then(|| format!("why? \u{e9}\u{1f600} {n}").into()),
    };
    (0..).zip(actions).map(entry).collect()
}

fn person(n: u8) -> DeviceId {
    DeviceId::from_bytes([n; 16])
}

fn numbers(page: &[AuditRecord]) -> Vec<u64> {
    page.iter().map(|record| record.id).collect()
}

const ALL: AuditPage = AuditPage { before: None, about: None, limit: 10_000 };

async fn only_append<S: Store + AdminStore>(servers: &[Arc<S>]) -> Checked {
    let broken = AdminObligation::OnlyAppend;
    let mut wanted = Vec::new();
    for (entry, server) in entries().into_iter().zip(servers.iter().cycle()) {
        let id = server.record(&entry).await?;
        let next = wanted.len() as u64 + 1;
        demand(id == next, broken, || format!("record {next} got the number {id}"))?;
        wanted.insert(0, AuditRecord { id, entry });
        for server in servers {
            let got = server.audit(&ALL).await?;
            demand(got == wanted, broken, || format!("there are\n  {got:?}\nnot\n  {wanted:?}"))?;
        }
    }
    for since in [Some(UnixMillis::new(5)), None] {
        servers[0].set_maintenance(since).await?;
    }
    servers[0].reset().await?;
    let got = servers[0].audit(&ALL).await?;
    demand(got == wanted, broken, || format!("after a reset there are\n  {got:?}"))?;
    let id = servers[0].record(&entries()[0]).await?;
    let next = wanted.len() as u64 + 1;
    demand(id == next, broken, || format!("after a reset, record {next} got the number {id}"))
}

async fn survive<S: Store + AdminStore>(servers: &[Arc<S>]) -> Checked {
    let broken = AdminObligation::Survive;
    let states =
        [Some(UnixMillis::default()), Some(UnixMillis::MAX), None, Some(UnixMillis::new(9))];
    for (since, by) in std::iter::once(None).chain(states).zip(servers.iter().cycle()) {
        by.set_maintenance(since).await?;
        for server in servers {
            let got = server.maintenance().await?;
            demand(got == since, broken, || format!("the switch is {got:?}, not {since:?}"))?;
        }
    }
    let entry = entries().swap_remove(2);
    servers[0].record(&entry).await?;
    servers[0].reset().await?;
    for server in servers {
        let got = server.maintenance().await?;
        let wanted = Some(UnixMillis::new(9));
        demand(got == wanted, broken, || format!("a reset turned the switch to {got:?}"))?;
        let got = server.audit(&ALL).await?;
        demand(numbers(&got) == [1], broken, || format!("a server sees the records {got:?}"))?;
    }
    Ok(())
}

async fn stay_bounded<S: Store + AdminStore>(servers: &[Arc<S>]) -> Checked {
    let broken = AdminObligation::StayBounded;
    let entry = entries().swap_remove(3);
    for n in 0..MANY {
        // Neighbours in the order of their bytes: a page about one must not run into the next.
        let action = AdminAction::Lift { device: person((n % 3) as u8) };
        servers[0].record(&AuditEntry { action, ..entry.clone() }).await?;
    }
    for about in [None, Some(0), Some(1), Some(2), Some(3)] {
        let fits = |id: &u64| about.is_none_or(|about| (id - 1) % 3 == about);
        for limit in [0, 1, 7, 299, 300, 10_000] {
            for before in [None, Some(0), Some(1), Some(2), Some(151), Some(301), Some(u64::MAX)] {
                let end = before.unwrap_or(u64::MAX).min(MANY + 1);
                let wanted: Vec<_> = (1..end).rev().filter(fits).take(limit).collect();
                let about = about.map(|n| person(n as u8));
                let page = AuditPage { before, about, limit };
                let got = numbers(&servers[0].audit(&page).await?);
                demand(got == wanted, broken, || {
                    format!("{page:?} has the records {got:?}, not {wanted:?}")
                })?;
            }
        }
    }
    Ok(())
}

async fn empty_wholly<S: Store + AdminStore>(servers: &[Arc<S>]) -> Checked {
    let broken = AdminObligation::EmptyWholly;
    let (pool, at) = (PoolId::main(), UnixMillis::new(1_700_000_000_000));
    let mut inboxes = Vec::new();
    for (server, node) in servers.iter().zip(1..) {
        let inbox = Arc::new(Recorder::default());
        server.open(NodeId(node), Arc::clone(&inbox) as _).await?;
        inboxes.push(inbox);
    }
    let store = &servers[0];
    for (command, number) in history().iter().zip(1..) {
        let commit = store.apply(&pool, at, dice(number), command).await?;
        let done = commit.outcome.is_ok();
        demand(done, AdminObligation::EmptyWholly, || format!("{command:?} gives {commit:?}"))?;
    }
    let before = store.read(&pool, at, &Query::Census).await?;
    let full =
        |view: &View| matches!(view, View::Census(census) if census.bans * census.matches > 0);
    demand(full(&before), broken, || format!("nothing was there to be emptied: {before:?}"))?;
    inboxes.iter().for_each(|inbox| drop(inbox.drain()));

    store.reset().await?;
    let gap = |inbox: &Arc<Recorder>| inbox.drain().contains(&Fact::Gap);
    demand(gap(&inboxes[0]), broken, || "the caller's inbox has heard of no gap".into())?;
    for (server, node) in servers.iter().zip(1..).skip(1) {
        // Its mailbox is gone, so that the call may fail; then the gap is on its way too.
        let renew = Command::Renew { node: NodeId(node) };
        let _ = server.apply(&pool, at, dice(100), &renew).await;
        let waiting = async {
            while !gap(&inboxes[node as usize - 1]) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        demand(waited.is_ok(), broken, || format!("server {node} has heard of no gap"))?;
    }
    // What the others have committed since must go again.
    store.reset().await?;
    for server in servers {
        let census = server.read(&pool, at, &Query::Census).await?;
        let empty = View::Census(Census::default());
        demand(census == empty, broken, || format!("in an emptied pool there is {census:?}"))?;
    }
    let mut wanted = Pool::new(Arc::clone(store.policy()));
    for (command, number) in history().iter().zip(1..) {
        let new = wanted.apply(at, dice(number), command);
        let got = store.apply(&pool, at, dice(number), command).await?;
        demand(got == new, broken, || format!("an emptied pool says\n  {got:?}\nnot\n  {new:?}"))?;
    }
    Ok(())
}

/// Two who talk and exclude each other, one of them reported and blocked, a third who waits, and
/// one who is banned.
fn history() -> Vec<Command> {
    let node = NodeId(1);
    let conn = |n: u8| Conn { node, id: n.into() };
    let attach = |n| Command::Attach {
        device: person(n),
        conn: conn(n),
        client: Client::Native,
        again: false,
    };
    let join = |n| Command::Join { device: person(n), conn: conn(n), wish: Wish::default() };
    let target = anonchat_core::Alias { pair: dice(5).pair, side: anonchat_core::Side::B };
    let device = person(2);
    vec![
        attach(1),
        attach(2),
        attach(3),
        join(1),
        join(2),
        Command::Report { device, target, reason: "spam".into(), note: None },
        Command::Block { device, target },
        join(3),
        Command::Ban { device: person(4), until: UnixMillis::MAX },
    ]
}

fn dice(number: u8) -> Dice {
    Dice { pair: PairId::from_bytes([number; 16]) }
}
