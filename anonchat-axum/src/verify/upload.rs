//! Reading a body into one buffer that is wiped.

use std::ops::Range;
use std::time::Duration;

use anonchat_core::Selfie;
use axum::body::HttpBody;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use tokio::time::timeout;
use zeroize::{Zeroize, Zeroizing};

use crate::reply::Detail;

/// The most bytes of a picture.
pub(super) const PICTURE: usize = 10 << 20;

/// What the form around a picture may take.
const FORM: usize = 64 << 10;

/// Bytes beyond both that are read and thrown away, so that a client that sends somewhat too much
/// sees the answer instead of a broken connection.
const EXCESS: usize = 8 << 20;

/// How long a body may take to come in.
const PATIENCE: Duration = Duration::from_secs(30);

/// A body, or as much of it as may be. Wiped from memory when dropped, and when it grows.
pub(super) struct Upload(Zeroizing<Vec<u8>>);

/// Reads a body, at most [`PICTURE`] and [`FORM`] bytes of it.
pub(super) async fn read(request: Request) -> Result<Upload, Response> {
    let announced = request.body().size_hint().upper().unwrap_or(0);
    let mut upload = Upload::with_room(usize::try_from(announced).unwrap_or(usize::MAX));
    let mut stream = request.into_body().into_data_stream();
    let reading = async {
        let mut excess = 0;
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|_| ())?;
            excess += chunk.len() - upload.take(&chunk);
            if excess > EXCESS {
                break;
            }
        }
        Ok(())
    };
    match timeout(PATIENCE, reading).await {
        Ok(Ok(())) => Ok(upload),
        Ok(Err(())) => {
            Err((StatusCode::BAD_REQUEST, Detail("Failed to read image file")).into_response())
        }
        Err(_) => {
            Err((StatusCode::REQUEST_TIMEOUT, Detail("Upload took too long")).into_response())
        }
    }
}

impl Upload {
    const MOST: usize = PICTURE + FORM;

    /// A buffer that needs not grow for a body of `announced` bytes.
    fn with_room(announced: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(announced.clamp(FORM, Self::MOST))))
    }

    /// Takes as much of `chunk` as there is room for, and says how much that was.
    fn take(&mut self, chunk: &[u8]) -> usize {
        let taken = &chunk[..chunk.len().min(Self::MOST - self.0.len())];
        let needed = self.0.len() + taken.len();
        if needed > self.0.capacity() {
            // `Vec` would leave the old copy behind as it is.
            let mut larger = Vec::with_capacity((needed * 2).min(Self::MOST));
            larger.extend_from_slice(&self.0);
            self.0.zeroize();
            *self.0 = larger;
        }
        self.0.extend_from_slice(taken);
        taken.len()
    }

    /// Only that part of it, in the same memory, as a selfie.
    pub(super) fn cut(mut self, part: Range<usize>) -> Selfie {
        let length = part.len();
        self.0.copy_within(part, 0);
        self.0[length..].zeroize();
        self.0.truncate(length);
        Selfie::new(std::mem::take(&mut *self.0))
    }
}

impl std::ops::Deref for Upload {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_grows_to_the_most_and_no_further() {
        let mut upload = Upload::with_room(0);
        let chunk = vec![7; 3 << 20];
        let taken: usize = (0..5).map(|_| upload.take(&chunk)).sum();
        assert_eq!(taken, Upload::MOST);
        assert_eq!(upload.len(), Upload::MOST);
        assert!(upload.iter().all(|byte| *byte == 7));
    }

    #[test]
    fn the_cut_is_the_picture_in_the_same_memory() {
        let mut upload = Upload::with_room(0);
        upload.take(b"head picture tail");
        let place = upload.as_ptr();
        let selfie = upload.cut(5..12);
        assert_eq!(selfie.bytes(), b"picture");
        assert_eq!(selfie.bytes().as_ptr(), place);
    }
}
