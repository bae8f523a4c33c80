//! Why a picture is not read.

/// Why a picture is not read. Carries no byte of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// It has more bytes than [`Limits::bytes`](super::Limits::bytes).
    #[error("the picture has too many bytes")]
    TooManyBytes,
    /// It begins neither as a JPEG nor as a PNG nor as a WebP picture.
    #[error("the picture is neither JPEG nor PNG nor WebP")]
    UnknownFormat,
    /// A side is shorter than [`Limits::least_side`](super::Limits::least_side), or zero.
    #[error("the picture is too small")]
    TooSmall,
    /// It has a longer side or more pixels than the limits allow, or its decoder might take more memory.
    #[error("the picture is too large")]
    TooLarge,
    /// It was made to take long: a JPEG of more scans than any camera or editor writes.
    #[error("the picture takes too long to decode")]
    TooSlow,
    /// It has several frames.
    #[error("the picture is animated")]
    Animated,
    /// Its colours are for print, or have more than 8 bits a channel.
    #[error("the colours of the picture are not read")]
    Colours,
    /// It is a JPEG coded as nothing on the web is: lossless, hierarchical, arithmetic, or with more
    /// samples of colour than of brightness.
    #[error("the coding of the picture is not read")]
    Coding,
    /// It ends before its own end.
    #[error("the picture is cut off")]
    Truncated,
    /// Something follows its own end, perhaps a file of another kind.
    #[error("the picture is followed by something else")]
    Trailing,
    /// It breaks the rules of its format.
    #[error("the picture is damaged")]
    Damaged,
}
