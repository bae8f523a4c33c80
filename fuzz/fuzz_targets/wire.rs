//! Any text from a client is a frame or an error.
#![no_main]

use anonchat_core::wire::decode;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| drop(decode(text)));
