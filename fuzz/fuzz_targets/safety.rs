//! Whatever a safety file holds is read as what was written, or is an error.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| anonchat_store::exercise_safety(data));
