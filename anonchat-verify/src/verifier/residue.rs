//! What functions leave behind on the stack of a thread, and how it goes away.

use std::hint::black_box;

/// The stack of a thread that looks at pictures.
pub(crate) const STACK: usize = 4 << 20;

/// Of that, what is wiped: all but what the thread itself stands on.
const WIPED: usize = STACK - (256 << 10);

/// Overwrites the part of the stack below the caller, where the functions that it has called kept
/// blocks of pixels. To be called on threads with a stack of [`STACK`] only, near their bottom.
#[inline(never)]
pub(crate) fn wipe_stack() {
    let mut below = [0_u8; WIPED];
    black_box(&mut below);
}
