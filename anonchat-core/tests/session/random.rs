use anonchat_core::session::exercise;
use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_life_of_a_connection_breaks_a_promise(data in vec(any::<u8>(), 0..1_200)) {
        exercise(&data);
    }
}

#[test]
fn short_and_uniform_lives_break_no_promise() {
    for byte in 0..=255 {
        for length in [0, 1, 7, 64, 500] {
            exercise(&vec![byte; length]);
        }
    }
}
