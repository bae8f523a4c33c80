//! What a match costs as the number who wait grows, beside two matchers without rules.
//!
//! `stay` is the cycle of people who stay: everybody is attached all the time; one of two who talk
//! leaves, the one who was left joins and waits, and the one who left joins and meets the
//! longest-waiting. Three commands, after which as many wait as before. In `stay_with_leave`
//! somebody in the middle of a queue leaves and joins again besides: five commands. 10,000 other
//! pairs talk meanwhile.
//!
//! `meet_first` and `meet_last` are whole lives: somebody attaches, joins and meets one who waits,
//! both detach, and a new one attaches, joins and waits. Six commands.
//!
//! All rules of the pool are on at their defaults, with renewals and sweeps as a server makes them.
//! 1,000 people are banned, and one in a hundred has blocked somebody. Time goes on by a tenth of a
//! second with each match, and by a day after every 40,000, so that nobody's matches of a day are
//! used up. The matchers beside it know genders and filters and no other rule.

mod hall;
mod matchmaker;
mod naive;
mod slab;
mod with_pool;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main};

use hall::Hall;
use matchmaker::{CROWD, GUEST, Matchmaker, RARE};
use naive::NaiveQueue;
use slab::SlabLists;
use with_pool::WithPool;

const WAITING: [usize; 3] = [1_000, 100_000, 1_000_000];

fn group<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(20).warm_up_time(std::time::Duration::from_secs(2));
    group
}

fn measure<M: Matchmaker>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    hall: fn(usize) -> Hall<M>,
    cycle: impl Fn(&mut Hall<M>),
) {
    for waiting in WAITING {
        let mut hall = hall(waiting);
        group.bench_function(BenchmarkId::new(name, waiting), |b| b.iter(|| cycle(&mut hall)));
    }
}

fn stay(criterion: &mut Criterion) {
    let mut group = group(criterion, "stay");
    measure(&mut group, "pool", Hall::<WithPool>::with_talks, Hall::stay);
    measure(&mut group, "slab", Hall::<SlabLists>::with_talks, Hall::stay);
    group.finish();
}

fn stay_with_leave(criterion: &mut Criterion) {
    let mut group = group(criterion, "stay_with_leave");
    measure(&mut group, "pool", Hall::<WithPool>::with_talks, Hall::stay_with_leave);
    measure(&mut group, "slab", Hall::<SlabLists>::with_talks, Hall::stay_with_leave);
    group.finish();
}

/// The person who is met has waited longest, and stands at the very front.
fn meet_first(criterion: &mut Criterion) {
    let mut group = group(criterion, "meet_first");
    measure(&mut group, "pool", Hall::<WithPool>::with, |hall| hall.meet(GUEST, CROWD));
    measure(&mut group, "slab", Hall::<SlabLists>::with, |hall| hall.meet(GUEST, CROWD));
    measure(&mut group, "naive", Hall::<NaiveQueue>::with, |hall| hall.meet(GUEST, CROWD));
    group.finish();
}

/// The person who is met has come after the whole crowd.
fn meet_last(criterion: &mut Criterion) {
    let mut group = group(criterion, "meet_last");
    measure(&mut group, "pool", Hall::<WithPool>::with, |hall| hall.meet(RARE, RARE));
    measure(&mut group, "slab", Hall::<SlabLists>::with, |hall| hall.meet(RARE, RARE));
    measure(&mut group, "naive", Hall::<NaiveQueue>::with, |hall| hall.meet(RARE, RARE));
    group.finish();
}

criterion_group!(benches, stay, stay_with_leave, meet_first, meet_last);
criterion_main!(benches);
