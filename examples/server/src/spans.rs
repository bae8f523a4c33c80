//! Spans for an OpenTelemetry collector, by OTLP over plain HTTP: the collector is on this machine,
//! or in the same trusted network.
//!
//! Only spans and events of the chat are taken, whose names and fields come from fixed lists: who
//! reads them learns what the server did and how long it took, and nothing of whom it did it for.

use std::time::Duration;

use async_trait::async_trait;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::hyper::HyperClient;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::Layer;

use crate::logging::Taker;
use crate::refusal::Refusal;

/// What the service is called.
const NAME: &str = "anonchat";

/// How long the collector may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What gathers spans and sends them in batches.
pub(crate) struct Spans(SdkTracerProvider);

/// Sends on the server's runtime what the batches' own thread, which has none, wants to send.
#[derive(Debug)]
struct Client {
    inner: HyperClient,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.inner.clone();
        self.runtime.spawn(async move { client.send_bytes(request).await }).await?
    }
}

impl Spans {
    /// Sends to the collector at this address. Whether it answers is not waited for.
    pub(crate) fn to(endpoint: &str) -> Result<Self, Refusal> {
        let collector = endpoint.trim_end_matches('/');
        if !collector.starts_with("http://") {
            return Err(Refusal::Collector);
        }
        let inner = HyperClient::with_default_connector(PATIENCE, None);
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Client { inner, runtime: Handle::current() })
            .with_endpoint(format!("{collector}/v1/traces"))
            .with_timeout(PATIENCE)
            .build()
            // Without its words, which repeat the address: a password may be in it.
            .map_err(|_| Refusal::Collector)?;
        let resource = Resource::builder()
            .with_service_name(NAME)
            .with_attribute(opentelemetry::KeyValue::new(
                "service.version",
                env!("CARGO_PKG_VERSION"),
            ))
            .build();
        let provider =
            SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource);
        Ok(Self(provider.build()))
    }

    /// What takes the spans of this process.
    pub(crate) fn layer(&self) -> Taker {
        let ours = Targets::new().with_target("anonchat", Level::DEBUG);
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer(NAME))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(ours)
            .boxed()
    }

    /// Sends what is left. It takes no longer than the collector may.
    pub(crate) async fn flush(self) {
        let flushing = move || self.0.shutdown_with_timeout(PATIENCE);
        if !matches!(tokio::task::spawn_blocking(flushing).await, Ok(Ok(()))) {
            tracing::warn!("the last spans were not taken by the collector");
        }
    }
}
