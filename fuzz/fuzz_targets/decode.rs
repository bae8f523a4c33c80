//! Any bytes are a picture within limits or an error.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| anonchat_verify::exercise(data));
