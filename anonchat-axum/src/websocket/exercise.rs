//! Whatever a client sends, in whatever pieces it arrives.

use super::Violation;
use super::reader::{Item, Reader};

/// Messages in an exercise have at most so many bytes.
pub(super) const LONGEST: usize = 1 << 10;

/// Reads bytes as a client's WebSocket after the handshake. The first byte says into what pieces
/// the others are cut.
///
/// # Panics
///
/// If a promise is broken: that it makes no difference where the bytes are cut, that no message is
/// longer than it may be, and that nothing is kept when everything is read.
pub fn exercise(data: &[u8]) {
    let Some((&cut, bytes)) = data.split_first() else { return };
    let whole = read(bytes.chunks(bytes.len().max(1)));
    let cut = read(bytes.chunks(usize::from(cut).max(1)));
    assert_eq!(whole, cut, "the pieces make no difference");
}

/// What is read of bytes, and the violation with which that ends, if it does.
pub(super) fn read<'a>(
    pieces: impl Iterator<Item = &'a [u8]>,
) -> (Vec<(Item, Vec<u8>)>, Option<Violation>) {
    let (mut reader, mut items) = (Reader::new(LONGEST), Vec::new());
    for piece in pieces {
        reader.push(piece);
        loop {
            match reader.next() {
                Ok(Some(item)) => {
                    let message = reader.message().to_vec();
                    assert!(message.len() <= LONGEST, "a message has its limit");
                    items.push((item, message));
                    if matches!(items.last(), Some((Item::Close(_), _))) {
                        return (items, None);
                    }
                }
                Ok(None) => break,
                Err(violation) => return (items, Some(violation)),
            }
        }
    }
    (items, None)
}
