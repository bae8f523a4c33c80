//! The steps of the work on a picture.

use crate::verifier::pack::Role;

/// A step of the work on a picture, for those who measure how long each takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// From the bytes to upright pixels.
    Decode,
    /// Cutting out and scaling what a model takes.
    Scale(Role),
    /// Asking a model, and reading its answer.
    Ask(Role),
    /// Judging how well a face can be seen.
    Quality,
}

/// Who is told of each step when it is done.
pub(crate) type Done<'a> = &'a mut dyn FnMut(Stage);
