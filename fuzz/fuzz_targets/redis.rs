//! Whatever Redis sends is read as what it was written as, or is an error.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| anonchat_store::exercise::replies(data));
