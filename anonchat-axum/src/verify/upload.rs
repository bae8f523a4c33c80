//! Reading a body into one buffer that is wiped.

use std::ops::{Deref, DerefMut, Range};
use std::time::Duration;

use anonchat_core::Selfie;
use axum::body::HttpBody;
use axum::extract::Request;
use futures_util::StreamExt;
use tokio::time::timeout;
use zeroize::{Zeroize, Zeroizing};

/// Room for a body that does not say how long it is.
const ROOM: usize = 64 << 10;

/// Bytes beyond the most that are read and thrown away, so that a client that sends somewhat too
/// much sees the answer instead of a broken connection.
const EXCESS: usize = 8 << 20;

/// Bytes that are read of a body of which nothing is kept: as many as of any that is.
const UNKEPT: usize = EXCESS + (10 << 20);

/// How long a body may take to come in.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why a body was not read to its end.
#[derive(Clone, Copy)]
pub(super) enum Trouble {
    /// It ended early, or was not what HTTP calls a body.
    Broken,
    /// It took too long.
    Slow,
}

/// A body, or as much of it as may be. Wiped from memory when dropped, and when it grows.
pub(super) struct Upload {
    bytes: Zeroizing<Vec<u8>>,
    most: usize,
    is_cut: bool,
}

/// Reads a body, at most `most` bytes of it.
pub(super) async fn read(request: Request, most: usize) -> Result<Upload, Trouble> {
    let announced = request.body().size_hint().upper().unwrap_or(0);
    let mut upload = Upload::with_room(usize::try_from(announced).unwrap_or(usize::MAX), most);
    receive(request, &mut upload, most + EXCESS).await?;
    Ok(upload)
}

/// Reads a body and keeps nothing of it, so that its sender sees the answer that is already known.
pub(crate) async fn discard(request: Request) {
    let mut nothing = Upload::with_room(0, 0);
    // There is nothing to be said to whoever does not even send it.
    let _ = receive(request, &mut nothing, UNKEPT).await;
}

async fn receive(request: Request, upload: &mut Upload, most: usize) -> Result<(), Trouble> {
    let mut stream = request.into_body().into_data_stream();
    let reading = async {
        let mut read = 0;
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|_| Trouble::Broken)?;
            upload.take(&chunk);
            read += chunk.len();
            if read > most {
                break;
            }
        }
        Ok(())
    };
    timeout(PATIENCE, reading).await.unwrap_or(Err(Trouble::Slow))
}

impl Upload {
    /// A buffer that needs not grow for a body of `announced` bytes.
    fn with_room(announced: usize, most: usize) -> Self {
        let room = announced.clamp(ROOM.min(most), most);
        Self { bytes: Zeroizing::new(Vec::with_capacity(room)), most, is_cut: false }
    }

    /// Whether there was more than it could take.
    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Takes as much of `chunk` as there is room for.
    fn take(&mut self, chunk: &[u8]) {
        let taken = &chunk[..chunk.len().min(self.most - self.bytes.len())];
        let needed = self.bytes.len() + taken.len();
        if needed > self.bytes.capacity() {
            // `Vec` would leave the old copy behind as it is.
            let mut larger = Vec::with_capacity((needed * 2).min(self.most));
            larger.extend_from_slice(&self.bytes);
            self.bytes.zeroize();
            *self.bytes = larger;
        }
        self.bytes.extend_from_slice(taken);
        self.is_cut |= taken.len() < chunk.len();
    }

    /// Only that part of it, in the same memory, as a selfie.
    pub(super) fn cut(mut self, part: Range<usize>) -> Selfie {
        let length = part.len();
        self.bytes.copy_within(part, 0);
        self.bytes[length..].zeroize();
        self.bytes.truncate(length);
        Selfie::new(std::mem::take(&mut *self.bytes))
    }

    /// A body for tests.
    #[cfg(test)]
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut upload = Self::with_room(bytes.len(), bytes.len());
        upload.take(bytes);
        upload
    }
}

impl Deref for Upload {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl DerefMut for Upload {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 10 << 20;

    #[test]
    fn a_body_grows_to_the_most_and_no_further() {
        let mut upload = Upload::with_room(0, MOST);
        let chunk = vec![7; 3 << 20];
        for _ in 0..3 {
            upload.take(&chunk);
            assert!(!upload.is_cut());
        }
        upload.take(&chunk);
        upload.take(&chunk);
        assert!(upload.is_cut());
        assert_eq!(upload.len(), MOST);
        assert!(upload.iter().all(|byte| *byte == 7));
    }

    #[test]
    fn a_body_that_fits_exactly_is_whole() {
        let mut upload = Upload::with_room(usize::MAX, MOST);
        upload.take(&vec![7; MOST]);
        assert!(!upload.is_cut());
        upload.take(b"");
        assert!(!upload.is_cut());
        upload.take(b"x");
        assert!(upload.is_cut());
    }

    #[test]
    fn the_cut_is_the_picture_in_the_same_memory() {
        let upload = Upload::of(b"head picture tail");
        let place = upload.as_ptr();
        let selfie = upload.cut(5..12);
        assert_eq!(selfie.bytes(), b"picture");
        assert_eq!(selfie.bytes().as_ptr(), place);
    }
}
