//! Any text is screened without a panic.
#![no_main]

use anonchat_axum::{core::Field, core::Screen, screens::Screens};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static SCREENS: LazyLock<Screens> = LazyLock::new(Screens::default);

fuzz_target!(|text: &str| drop(SCREENS.screen(Field::Bio, text)));
