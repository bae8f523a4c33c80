//! Goes through many cycles of one kind, for `scripts/instructions` to count what each takes.
//!
//! Only what happens in [`measured`] is to be counted.

#[path = "../../../anonchat-core/benches/pool/hall.rs"]
mod hall;
#[path = "../../../anonchat-core/benches/pool/matchmaker.rs"]
mod matchmaker;
#[path = "../../../anonchat-core/benches/pool/with_pool.rs"]
mod with_pool;

use hall::Hall;
use matchmaker::{CROWD, GUEST, Matchmaker};
use with_pool::WithPool;

const WAITING: usize = 10_000;
/// What the script divides by.
const CYCLES: usize = 10_000;

#[inline(never)]
fn measured<M: Matchmaker>(hall: &mut Hall<M>, cycle: impl Fn(&mut Hall<M>)) {
    for _ in 0..CYCLES {
        cycle(hall);
    }
}

fn main() {
    let kind = std::env::args().nth(1).unwrap_or_default();
    match kind.as_str() {
        "stay" => measured(&mut Hall::<WithPool>::with_talks(WAITING), Hall::stay),
        "stay_with_leave" => {
            measured(&mut Hall::<WithPool>::with_talks(WAITING), Hall::stay_with_leave);
        }
        "meet" => {
            measured(&mut Hall::<WithPool>::with(WAITING), |hall| hall.meet(GUEST, CROWD));
        }
        _ => panic!("no such cycle: {kind:?}"),
    }
}
