//! Any text from the client of a room is a frame or an error.
#![no_main]

use anonchat_core::room::wire::decode;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| drop(decode(text)));
