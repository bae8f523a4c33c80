//! Any history leaves a pool in which everything that must hold does.
#![no_main]

use anonchat_core::history::Run;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|run: Run| run.exercise());
