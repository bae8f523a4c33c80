//! Any argument of any Socket.IO event is a frame, a picture or nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| anonchat_axum::exercise_socketio(data));
