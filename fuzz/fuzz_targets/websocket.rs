//! Any bytes behind a handshake are frames, or a violation, wherever they are cut.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| anonchat_axum::exercise_websocket(data));
