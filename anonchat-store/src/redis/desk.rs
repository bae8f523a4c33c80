//! What those in charge keep in Redis: one connection, two scripts and a switch.

use std::sync::Arc;

use anonchat_core::{AuditEntry, AuditPage, AuditRecord, UnixMillis};
use redis::{Value, cmd};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use super::entry;
use super::keys::{ABOUT, MAINTENANCE, RECORD};
use super::line::{Line, Up};
use super::link::Deployment;
use super::malformed::Malformed;
use super::outage::Outage;
use super::pack::Pack;
use super::script::Script;

/// Calls that may be under way at once. More wait for their turn.
const CALLS: usize = 64;

/// The greatest integer that a script can hold exactly.
const GREATEST: u64 = (1 << 53) - 1;

/// The record and the switch.
pub(super) struct Desk {
    deployment: Arc<Deployment>,
    line: Line,
    calls: Semaphore,
    record: Script,
    audit: Script,
}

impl Desk {
    pub(super) fn new(deployment: Arc<Deployment>) -> Self {
        let script =
            |flags: &str, text: &str| Script::new(format!("#!lua{flags}\n{text}"), Vec::new());
        Self {
            deployment,
            line: Line::new(),
            calls: Semaphore::new(CALLS),
            record: script("", include_str!("lua/desk/record.lua")),
            audit: script(" flags=no-writes", include_str!("lua/desk/audit.lua")),
        }
    }

    /// Keeps the connection up, for ever.
    pub(super) async fn run(&self) {
        // A new connection is tried with a `GET` of its key, which has to be a string.
        self.line.run(&self.deployment.connector, MAINTENANCE).await;
    }

    pub(super) async fn record(&self, entry: &AuditEntry) -> Result<u64, Outage> {
        let packed = entry::encode(entry).ok_or(Malformed::Range("an action"))?;
        let about = entry.action.about().map(|device| device.as_bytes().to_vec());
        let arguments = [packed, about.unwrap_or_default()];
        let reply = self.run_script(&self.record, &arguments).await?;
        match reply {
            Value::Int(number) if number > 0 => Ok(number.unsigned_abs()),
            _ => Err(Malformed::Type("the number of a record").into()),
        }
    }

    pub(super) async fn audit(&self, page: &AuditPage) -> Result<Vec<AuditRecord>, Outage> {
        let before = page.before.map_or(GREATEST, |before| before.min(GREATEST));
        let limit = u32::try_from(page.limit).unwrap_or(u32::MAX);
        let about = page.about.map(|device| device.as_bytes().to_vec());
        let arguments = [Pack::default().u64(before).u32(limit).done(), about.unwrap_or_default()];
        let reply = self.run_script(&self.audit, &arguments).await?;
        Ok(entry::page(reply, page.limit)?)
    }

    pub(super) async fn maintenance(&self) -> Result<Option<UnixMillis>, Outage> {
        let mut get = cmd("GET");
        get.arg(MAINTENANCE);
        let reply = self.turn(async |up, until| up.query(until, get).await).await?;
        Ok(entry::switch(&reply)?)
    }

    pub(super) async fn set_maintenance(&self, since: Option<UnixMillis>) -> Result<(), Outage> {
        let mut set = cmd("SET");
        set.arg(MAINTENANCE).arg(entry::encode_switch(since));
        self.turn(async |up, until| up.query(until, set).await).await.map(drop)
    }

    async fn run_script(&self, script: &Script, arguments: &[Vec<u8>]) -> Result<Value, Outage> {
        let keys = [RECORD, ABOUT].map(String::from);
        self.turn(async |up, until| up.evaluate(until, script, &keys, arguments).await).await
    }

    /// Waits for what a call needs, no longer than the deadline, and makes it.
    async fn turn(
        &self,
        call: impl AsyncFnOnce(Up, Instant) -> Result<Value, Outage>,
    ) -> Result<Value, Outage> {
        let until = Instant::now() + self.deployment.connector.deadline();
        let Ok(Ok(_permit)) = timeout_at(until, self.calls.acquire()).await else {
            return Err(Outage::Busy);
        };
        let up = self.line.up(until).await?;
        call(up, until).await
    }
}
