//! What people leave behind in Redis.

#[path = "../benches/redis/day.rs"]
mod day;
#[path = "../benches/redis/people.rs"]
#[expect(dead_code, reason = "the benchmark uses more of it")]
mod people;
#[path = "../benches/redis/stage.rs"]
#[expect(dead_code, reason = "the benchmark uses more of it")]
mod stage;

use day::Day;
use stage::Stage;

/// The benchmark `redis` does the same with a million.
#[test]
fn a_day_of_many_people_leaves_nothing() {
    let mut stage = Stage::start();
    let day = Day::live(&mut stage, 5_000);
    assert!(day.matches > 3_000, "{} matches", day.matches);
    assert!(day.blocks > 30 && day.reports > 30, "{} {}", day.blocks, day.reports);
    assert!(day.most > day.before + 500_000, "{} bytes at most", day.most);
    assert_eq!(day.keys, ["anonchat:{main}:pool"]);
    // What Redis itself has grown by: tables, buffers, scripts.
    assert!(day.at_last < day.before + 200_000, "{} to {}", day.before, day.at_last);
}
