//! Any history leaves rooms in which everything that must hold does.
#![no_main]

use anonchat_core::history::RoomRun;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| RoomRun::from_bytes(data).exercise());
