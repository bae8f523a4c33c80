//! A classifier that asks a service elsewhere, in one request with the picture as its body.

use std::{error::Error, time::Duration};

use anonchat_axum::core::{Classifier, ClassifyError, Gender, Selfie, Verdict};
use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, client::conn::http1, header::HOST};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};

/// Asks the service at an address such as `127.0.0.1:9000`, which answers in a word.
pub(crate) struct RemoteClassifier(pub(crate) String);

/// The picture as a body: where it is, and wiped when it has been sent.
struct Body(Selfie);

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        self.0.bytes()
    }
}

#[async_trait]
impl Classifier for RemoteClassifier {
    async fn classify(&self, selfie: Selfie) -> Result<Verdict, ClassifyError> {
        let answer = timeout(Duration::from_secs(10), self.ask(selfie)).await;
        answer.map_err(|_| ClassifyError::Timeout)?.map_err(|_| ClassifyError::Failed)
    }
}

impl RemoteClassifier {
    async fn ask(&self, selfie: Selfie) -> Result<Verdict, Box<dyn Error + Send + Sync>> {
        let stream = TokioIo::new(TcpStream::connect(&self.0).await?);
        let (mut service, connection) = http1::handshake(stream).await?;
        tokio::spawn(connection);
        let picture = Full::new(Bytes::from_owner(Body(selfie)));
        let request = Request::post("/").header(HOST, &self.0).body(picture)?;
        let answer = service.send_request(request).await?.into_body();
        let word = Limited::new(answer, 64).collect().await?.to_bytes();
        Ok(match word.as_ref() {
            b"female" => Verdict::Verified(Gender::Female),
            b"male" => Verdict::Verified(Gender::Male),
            b"nobody" => Verdict::NoFace,
            _ => Verdict::NotLive,
        })
    }
}
