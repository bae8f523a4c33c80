//! The suite catches stores that fail those in charge.

use std::sync::Arc;

use anonchat_core::{
    AdminAction, AdminStore, AuditEntry, AuditPage, AuditRecord, Command, Commit, Dice, Inbox,
    Mail, NodeId, Policy, PoolId, Query, Store, StoreError, UnixMillis, View, Whisper,
};
use anonchat_store::MemoryStore;
use anonchat_store::conformance::{AdminObligation, check_admin};
use async_trait::async_trait;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    CountsFromZero,
    RepeatsANumber,
    OldestFirst,
    DropsNotes,
    ForgetsWhatWasRefused,
    ForgetsTheSwitch,
    TurnsTheSwitchOffAtAReset,
    OneRecordTooMany,
    IgnoresTheDevice,
    RepeatsTheLastOfAPage,
    EmptiesNothing,
    SaysNothingOfTheGap,
}

struct Broken {
    store: MemoryStore,
    fault: Fault,
}

/// Hears of no gap.
struct Deaf(Arc<dyn Inbox>);

impl Inbox for Deaf {
    fn deliver(&self, mail: Mail) {
        self.0.deliver(mail);
    }
    fn gap(&self) {}
}

#[async_trait]
impl Store for Broken {
    fn policy(&self) -> &Arc<Policy> {
        self.store.policy()
    }

    async fn apply(
        &self,
        pool: &PoolId,
        at: UnixMillis,
        dice: Dice,
        command: &Command,
    ) -> Result<Commit, StoreError> {
        self.store.apply(pool, at, dice, command).await
    }

    async fn read(&self, pool: &PoolId, at: UnixMillis, query: &Query) -> Result<View, StoreError> {
        self.store.read(pool, at, query).await
    }

    async fn open(&self, node: NodeId, inbox: Arc<dyn Inbox>) -> Result<(), StoreError> {
        let inbox = match self.fault {
            Fault::SaysNothingOfTheGap => Arc::new(Deaf(inbox)),
            _ => inbox,
        };
        self.store.open(node, inbox).await
    }

    async fn whisper(&self, pool: &PoolId, whisper: Whisper) -> Result<(), StoreError> {
        self.store.whisper(pool, whisper).await
    }
}

#[async_trait]
impl AdminStore for Broken {
    async fn record(&self, entry: &AuditEntry) -> Result<u64, StoreError> {
        let mut entry = entry.clone();
        match self.fault {
            Fault::DropsNotes => entry.note = None,
            Fault::ForgetsWhatWasRefused if entry.action == AdminAction::Refused => return Ok(2),
            _ => {}
        }
        let number = self.store.record(&entry).await?;
        Ok(match self.fault {
            Fault::CountsFromZero => number - 1,
            Fault::RepeatsANumber => number.min(4),
            _ => number,
        })
    }

    async fn audit(&self, page: &AuditPage) -> Result<Vec<AuditRecord>, StoreError> {
        let mut page = *page;
        match self.fault {
            Fault::OneRecordTooMany => page.limit += 1,
            Fault::IgnoresTheDevice => page.about = None,
            Fault::RepeatsTheLastOfAPage => {
                page.before = page.before.map(|before| before.saturating_add(1));
            }
            _ => {}
        }
        let mut records = self.store.audit(&page).await?;
        if self.fault == Fault::OldestFirst {
            records.reverse();
        }
        Ok(records)
    }

    async fn maintenance(&self) -> Result<Option<UnixMillis>, StoreError> {
        self.store.maintenance().await
    }

    async fn set_maintenance(&self, since: Option<UnixMillis>) -> Result<(), StoreError> {
        match (self.fault, since) {
            (Fault::ForgetsTheSwitch, None) => Ok(()),
            _ => self.store.set_maintenance(since).await,
        }
    }

    async fn reset(&self) -> Result<(), StoreError> {
        match self.fault {
            Fault::EmptiesNothing => return Ok(()),
            Fault::TurnsTheSwitchOffAtAReset => self.store.set_maintenance(None).await?,
            _ => {}
        }
        self.store.reset().await
    }
}

async fn found(fault: Fault) -> Option<AdminObligation> {
    let build = || async move {
        let store = Broken { store: MemoryStore::default(), fault };
        ((), vec![Arc::new(store)])
    };
    let failure = check_admin(build).await.err()?;
    assert!(failure.obligation.is_some(), "{fault:?}: {failure}");
    failure.obligation
}

#[tokio::test]
async fn what_those_in_charge_rely_on_is_checked() {
    use AdminObligation::{EmptyWholly, OnlyAppend, StayBounded, Survive};
    assert_eq!(found(Fault::None).await, None);
    for (fault, broken) in [
        (Fault::CountsFromZero, OnlyAppend),
        (Fault::RepeatsANumber, OnlyAppend),
        (Fault::OldestFirst, OnlyAppend),
        (Fault::DropsNotes, OnlyAppend),
        (Fault::ForgetsWhatWasRefused, OnlyAppend),
        (Fault::ForgetsTheSwitch, Survive),
        (Fault::TurnsTheSwitchOffAtAReset, Survive),
        (Fault::OneRecordTooMany, StayBounded),
        (Fault::IgnoresTheDevice, StayBounded),
        (Fault::RepeatsTheLastOfAPage, StayBounded),
        (Fault::EmptiesNothing, EmptyWholly),
        (Fault::SaysNothingOfTheGap, EmptyWholly),
    ] {
        assert_eq!(found(fault).await, Some(broken), "{fault:?}");
    }
}
