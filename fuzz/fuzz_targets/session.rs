//! Whatever happens to a connection, its session keeps what it promises.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| anonchat_core::session::exercise(data));
