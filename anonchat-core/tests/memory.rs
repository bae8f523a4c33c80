//! What a person costs who is attached and waits, everything in the pool counted: in bytes asked of
//! the allocator, which are the same on every machine.

use std::sync::Arc;

use anonchat_core::{
    Claim, Client, Command, Conn, DeviceId, Dice, Filter, Gender, NodeId, PairId, Policy, Pool,
    Profile, Proof, UnixMillis, Wish,
};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Sixteen bytes as a hash would have them.
fn scattered(number: u64) -> [u8; 16] {
    let word = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let other = (word ^ (word >> 32)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (u128::from(word) << 64 | u128::from(other)).to_le_bytes()
}

fn bytes_a_person(people: u64, profile: impl Fn() -> Profile) -> u64 {
    let before = ALLOCATOR.current_usage();
    let mut pool = Pool::new(Arc::new(Policy::default()));
    let at = UnixMillis::new(1_700_000_000_000);
    let claim = Some(Claim { gender: Gender::Male, proof: Proof::Attested });
    for number in 0..people {
        let device = DeviceId::from_bytes(scattered(number));
        let conn = Conn { node: NodeId(1), id: number };
        let dice = Dice { pair: PairId::from_bytes(scattered(!number)) };
        let attach = Command::Attach { device, conn, client: Client::Native, again: false };
        pool.apply(at, dice, &attach).outcome.expect("nobody is banned");
        let filter = Filter::Only(Gender::Female);
        let wish = Wish { filter, profile: Arc::new(profile()), claim };
        let told = pool.apply(at, dice, &Command::Join { device, conn, wish });
        assert_eq!(told.outcome.expect("may join").len(), 1, "waits");
    }
    (ALLOCATOR.current_usage() - before) as u64 / people
}

/// One test, for the allocator counts what all of them ask for. The numbers of people lie just
/// behind those at which tables grow, where a person costs most, and between them.
#[test]
fn a_person_who_waits_takes_at_most_three_hundred_bytes() {
    for people in [3_000, 30_000, 57_345, 65_537, 100_000, 114_689, 131_073] {
        let silent = bytes_a_person(people, Profile::default);
        let words =
            || Profile { nickname: Some("n".repeat(8).into()), bio: Some("b".repeat(40).into()) };
        let speaking = bytes_a_person(people, words);
        #[expect(clippy::print_stdout, reason = "docs/performance/pool.md has these figures")]
        {
            println!("{people}: {silent} bytes, with a name and a line {speaking}");
        }
        assert!(silent <= 300, "{silent} bytes a person at {people}");
        assert!(speaking <= silent + 48, "{speaking} bytes at {people}: the words come on top");
    }
}
