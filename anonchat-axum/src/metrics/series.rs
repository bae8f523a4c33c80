//! Every metric, by its name.

use std::fmt;
use std::time::{Duration, Instant};

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::each::Each;
use super::label::{
    Asked, Call, CallEnd, Class, CommandEnd, Finding, Kind, Question, Reading, Reason, Refused,
    Route, Rule, Told, Verb,
};
use super::latency::Latency;
use super::moment::Moment;
use crate::clock;

/// What every metric is called first.
const PREFIX: &str = "anonchat";

macro_rules! metrics {
    ($($field:ident: $kind:ty = $help:literal $(, $unit:ident)?;)*) => {
        /// Every metric of one chat.
        pub(crate) struct Metrics {
            registry: Registry,
            pub(super) moment: Moment,
            $(pub(super) $field: $kind,)*
        }

        impl Metrics {
            pub(crate) fn new() -> Self {
                let mut registry = Registry::with_prefix(PREFIX);
                let version = [("version", env!("CARGO_PKG_VERSION"))];
                registry.register("build", "The version that runs", Info::new(version));
                let moment = Moment::register(&mut registry);
                $(
                    let $field = <$kind>::default();
                    metrics!(@register registry, $field, $help $(, $unit)?);
                )*
                Self { registry, moment, $($field,)* }
            }
        }
    };
    (@register $registry:ident, $field:ident, $help:literal, $unit:ident) => {
        $registry.register_with_unit(stringify!($field), $help, Unit::$unit, $field.clone())
    };
    (@register $registry:ident, $field:ident, $help:literal) => {
        $registry.register(stringify!($field), $help, $field.clone())
    };
}

metrics! {
    connections_opened: Counter = "WebSockets that were opened";
    connections_closed: Each<Reason, Counter> = "WebSockets that ended, by why";
    mailbox_overflows: Counter = "Connections whose mail was thrown away because they did not read";
    mail_gaps: Counter = "Times that mail may have been lost between the store and this server";
    mailbox_wait: Latency = "How long mail lay before its connection took it out", Seconds;
    frames_received: Each<(Asked, Reading), Counter> = "Frames of clients, by what was asked for";
    frames_received_size: Counter = "Bytes of text frames of clients", Bytes;
    frames_sent: Each<Told, Counter> = "Frames to clients, by type";
    frames_sent_size: Counter = "Bytes of frames to clients", Bytes;
    refusals: Each<Refused, Counter> = "Error frames, by code";
    store_calls: Each<(Call, CallEnd), Counter> = "Calls of the store, by how they ended";
    store_call_duration: Each<Call, Latency> = "How long the store took", Seconds;
    commands: Each<(Kind, CommandEnd), Counter> = "Commands to the pools, by what came of them";
    command_duration: Each<Kind, Latency> = "How long a command took", Seconds;
    commands_rejected: Each<Rule, Counter> = "Commands that a pool refused, by rule";
    queries: Each<(Question, CallEnd), Counter> = "Questions to the pools, by how they ended";
    verifications: Each<Finding, Counter> = "Pictures, by verdict";
    verification_duration: Latency = "How long the verifier took", Seconds;
    verifications_under_way: Gauge = "Pictures that the verifier looks at now";
    http_requests: Each<(Route, (Verb, Class)), Counter> = "HTTP requests, by route, method and status";
    http_request_duration: Each<Route, Latency> = "How long until the head of an answer", Seconds;
    background_lag: Latency = "How late the tick came that tends a pool", Seconds;
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

/// When something began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timer(Instant);

impl Timer {
    pub(crate) fn start() -> Self {
        Self(clock::monotonic())
    }

    pub(super) fn elapsed(self) -> Duration {
        clock::monotonic().saturating_duration_since(self.0)
    }
}

impl Metrics {
    pub(super) fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)?;
        Ok(text)
    }

    /// A connection has come in.
    pub(crate) fn opened(&self) {
        self.connections_opened.inc();
    }

    /// A connection has ended.
    pub(crate) fn closed(&self, reason: Reason, overflowed: bool) {
        self.connections_closed.at(reason).inc();
        self.mailbox_overflows.inc_by(overflowed.into());
    }

    /// Mail was taken out that came in back then.
    pub(crate) fn taken_out(&self, since: Timer) {
        self.mailbox_wait.observe(since.elapsed());
    }

    /// A client has sent so many bytes.
    pub(crate) fn heard(&self, asked: Asked, reading: Reading, bytes: usize) {
        self.frames_received.at((asked, reading)).inc();
        self.frames_received_size.inc_by(bytes as u64);
    }

    /// A client is sent so many bytes.
    pub(crate) fn told(&self, told: Told, refused: Option<Refused>, bytes: usize) {
        self.frames_sent.at(told).inc();
        self.frames_sent_size.inc_by(bytes as u64);
        if let Some(refused) = refused {
            self.refusals.at(refused).inc();
        }
    }

    /// A call of the store has ended.
    pub(super) fn called(&self, call: Call, end: CallEnd, since: Timer) {
        self.store_calls.at((call, end)).inc();
        self.store_call_duration.at(call).observe(since.elapsed());
    }

    /// A command has come to its end.
    pub(super) fn commanded(&self, kind: Kind, end: CommandEnd, rule: Option<Rule>, since: Timer) {
        self.commands.at((kind, end)).inc();
        self.command_duration.at(kind).observe(since.elapsed());
        if let Some(rule) = rule {
            self.commands_rejected.at(rule).inc();
        }
    }

    /// A question has come to its end.
    pub(super) fn queried(&self, question: Question, end: CallEnd) {
        self.queries.at((question, end)).inc();
    }

    /// The verifier begins to look at a picture.
    pub(super) fn judging(&self) {
        self.verifications_under_way.inc();
    }

    /// The verifier is done with a picture.
    pub(super) fn judged(&self, finding: Finding, since: Timer) {
        self.verifications_under_way.dec();
        self.verifications.at(finding).inc();
        self.verification_duration.observe(since.elapsed());
    }

    /// A picture was sent away before the verifier saw it.
    pub(crate) fn sent_away(&self) {
        self.verifications.at(Finding::Busy).inc();
    }

    /// A request was answered.
    pub(super) fn answered(&self, route: Route, verb: Verb, class: Class, since: Timer) {
        self.http_requests.at((route, (verb, class))).inc();
        self.http_request_duration.at(route).observe(since.elapsed());
    }

    /// A tick that tends a pool has come so late.
    pub(crate) fn ticked(&self, late: Duration) {
        self.background_lag.observe(late);
    }
}
