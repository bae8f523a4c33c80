//! Histories that no generator comes to: more people than one search looks past, and more that is
//! due than one sweep carries out; two who wait until they may meet again; more reports than one page
//! looks at; and somebody accused of whom one report is over while another still counts.

use anonchat_core::history::{Run, Step};
use anonchat_core::{
    Alias, Claim, Client, Command, Conn, Departure, DeviceId, Dice, Filter, Gender, NodeId, PairId,
    Policy, Pool, PoolId, Profile, Proof, Query, ReportId, Reports, Side, Store, UnixMillis,
    Verification, Wish,
};
use anonchat_store::RedisStore;
use anonchat_store::conformance::Snapshots;

/// As many as one search looks past.
const BLOCKED: u64 = 512;

struct Script {
    at: UnixMillis,
    steps: Vec<Step>,
}

/// All of them.
pub(crate) fn histories() -> [Run; 4] {
    [hundreds(), former_partners(), reported(), accused()]
}

/// Plays one on a store and on a pool; says where they first differ.
pub(crate) async fn play(store: &RedisStore, history: &Run) -> Result<(), String> {
    let (main, mut pool) = (PoolId::main(), Pool::new(history.policy.clone().into()));
    for (index, step) in history.steps.iter().enumerate() {
        if step.command == Command::Sweep {
            same(store, &pool).await?;
        }
        let wanted = step.apply(&mut pool);
        let got = store.apply(&main, step.at, step.dice, &step.command).await;
        if got.as_ref().ok() != Some(&wanted) {
            return Err(format!("step {index}: {got:?}\nand not\n{wanted:?}"));
        }
    }
    same(store, &pool).await
}

async fn same(store: &RedisStore, pool: &Pool) -> Result<(), String> {
    let got = store.snapshot(&PoolId::main()).await.map_err(|error| error.to_string())?;
    if got != pool.snapshot() {
        return Err("the store knows something else".into());
    }
    for (open, limit) in [(true, 5), (false, 1_000)] {
        let (at, query) = (UnixMillis::default(), Query::Reports { before: None, open, limit });
        let got = store.read(&PoolId::main(), at, &query).await;
        let got = got.map_err(|error| error.to_string())?;
        if got != pool.read(at, &query) {
            return Err(format!("{query:?} is answered with {got:?}"));
        }
    }
    Ok(())
}

/// The rules: none that would stand in the way.
fn policy() -> Policy {
    let mut policy = Policy { verification: Verification::Off, ..Policy::default() };
    policy.matching.cooldown_ms = 0;
    policy.matching.daily_per_filter = 0;
    policy.matching.daily_total = 0;
    policy.matching.rematch_after_s = 0;
    policy.matching.max_blocks = 10_000;
    policy
}

/// She meets and blocks more than five hundred men, who do not look for each other; she looks past
/// them, and finds the one behind them at the next sweep. Then all of them lose the network at
/// once, and their graces end at the same instant.
fn hundreds() -> Run {
    let mut script = Script::default();
    let men = 1..=BLOCKED;
    let she = 0;
    script.attach(she);
    for man in men.clone() {
        script.attach(man);
        script.join(man, Gender::Male, Filter::Only(Gender::Female));
        script.join(she, Gender::Female, Filter::Only(Gender::Male));
        let met = Alias { pair: script.last_pair(), side: Side::B };
        script.add(Command::Block { device: device(she), target: met });
    }
    for man in men.clone().chain([BLOCKED + 1, BLOCKED + 2]) {
        script.attach(man);
        script.join(man, Gender::Male, Filter::Only(Gender::Female));
    }
    script.join(she, Gender::Female, Filter::Only(Gender::Male));
    script.add(Command::Sweep);
    for man in men {
        script.add(Command::Detach { device: device(man), conn: conn(man) });
    }
    let grace = u64::from(policy().connection.grace_s) * 1_000;
    script.at = script.at.after(grace);
    // The lease of the server has not been renewed either, and more than two sweeps are needed.
    for _ in 0..4 {
        script.add(Command::Sweep);
    }
    Run { policy: policy(), steps: script.steps }
}

/// Two meet, part, and wait for each other alone, until the rule that keeps them apart has ended:
/// the sweep at that instant pairs them.
fn former_partners() -> Run {
    let mut policy = policy();
    policy.matching.rematch_after_s = 60;
    let mut script = Script::default();
    for person in [1, 2] {
        script.attach(person);
        script.join(person, Gender::Male, Filter::Any);
    }
    script.add(Command::Leave { device: device(1), conn: conn(1), why: Departure::Left });
    for person in [1, 2] {
        script.join(person, Gender::Male, Filter::Any);
    }
    for wait in [59_999, 1, 1] {
        script.at = script.at.after(wait);
        script.add(Command::Renew { node: NodeId(1) });
        script.add(Command::Sweep);
    }
    Run { policy, steps: script.steps }
}

/// Two meet again and again, and one reports the other each time; all but the first report are
/// dismissed, so that the only one that is open is behind more than one page looks at.
fn reported() -> Run {
    let mut policy = policy();
    policy.safety.reports_to_ban = 1_000;
    let (mut script, reports) = (Script::default(), Reports::EXAMINED as u64 + 2);
    script.attach(1);
    script.attach(2);
    for _ in 0..reports {
        script.join(1, Gender::Male, Filter::Any);
        script.join(2, Gender::Male, Filter::Any);
        let target = Alias { pair: script.last_pair(), side: Side::B };
        let (device, conn) = (device(2), conn(2));
        script.add(Command::Report { device, target, reason: "spam".into(), note: None });
        script.add(Command::Leave { device, conn, why: Departure::Left });
    }
    for report in 2..=reports {
        script.add(Command::Dismiss { report: ReportId(report) });
    }
    Run { policy, steps: script.steps }
}

/// Two report the same person half a window apart; then the first report is over, and the page
/// shows how many count just before that, at that instant, and when both are over.
fn accused() -> Run {
    let mut policy = policy();
    policy.safety.report_window_s = 60;
    let mut script = Script::default();
    script.attach(1);
    for reporter in [2, 3] {
        script.attach(reporter);
        script.join(1, Gender::Male, Filter::Any);
        script.join(reporter, Gender::Male, Filter::Any);
        let target = Alias { pair: script.last_pair(), side: Side::B };
        let (device, conn) = (device(reporter), conn(reporter));
        script.add(Command::Report { device, target, reason: "spam".into(), note: None });
        script.add(Command::Leave { device, conn, why: Departure::Left });
        script.at = script.at.after(30_000);
    }
    for wait in [0, 29_999, 1] {
        script.at = script.at.after(wait);
        script.add(Command::Renew { node: NodeId(1) });
        script.add(Command::Sweep);
    }
    Run { policy, steps: script.steps }
}

impl Default for Script {
    fn default() -> Self {
        Self { at: UnixMillis::new(1_700_000_000_000), steps: Vec::new() }
    }
}

impl Script {
    fn add(&mut self, command: Command) {
        let dice = Dice { pair: PairId::from_bytes((self.steps.len() as u128).to_be_bytes()) };
        self.steps.push(Step { at: self.at, dice, command });
    }

    fn last_pair(&self) -> PairId {
        PairId::from_bytes((self.steps.len() as u128 - 1).to_be_bytes())
    }

    fn attach(&mut self, number: u64) {
        let (device, conn) = (device(number), conn(number));
        self.add(Command::Attach { device, conn, client: Client::Native, again: false });
    }

    fn join(&mut self, number: u64, gender: Gender, filter: Filter) {
        let claim = Some(Claim { gender, proof: Proof::Declared });
        let wish = Wish { filter, profile: Profile::default().into(), claim };
        self.add(Command::Join { device: device(number), conn: conn(number), wish });
    }
}

fn device(number: u64) -> DeviceId {
    DeviceId::from_bytes((u128::from(number) + 1).to_be_bytes())
}

fn conn(number: u64) -> Conn {
    Conn { node: NodeId(1), id: number }
}
