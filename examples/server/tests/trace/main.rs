//! Of a picture that was judged, nothing is left: not in the memory of the server, not in a file.

mod canary;
mod child;
mod files;
mod memory;
#[path = "../running/mod.rs"]
mod running;
mod traces;

use std::alloc::System;

use zeroizing_alloc::ZeroAlloc;

/// As in the server: this very binary is the server of some tests.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);
