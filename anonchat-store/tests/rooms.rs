//! `MemoryRooms` passes the suite for rooms, and the suite finds a store that does not.

use std::sync::{Arc, Mutex};

use anonchat_core::room::{
    RoomAnswer, RoomCommand, RoomCommit, RoomDice, RoomEnvelope, RoomQuery, RoomText, RoomView,
    SessionId,
};
use anonchat_core::{Conn, NodeId, Policy, RoomInbox, RoomStore, StoreError, UnixMillis};
use anonchat_store::MemoryRooms;
use anonchat_store::conformance::{self, RoomObligation, RoomSuite};
use async_trait::async_trait;

fn memory(policy: Arc<Policy>) -> MemoryRooms {
    MemoryRooms::new(policy).expect("within bounds")
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms() {
    conformance::run_rooms(|policy| async {
        ((), vec![Arc::new(memory(policy)) as Arc<dyn RoomStore>])
    })
    .await;
}

#[test]
fn a_policy_out_of_bounds_is_refused() {
    let mut policy = Policy::default();
    policy.rooms.code_chars = 5;
    let error = MemoryRooms::new(policy.into()).err().expect("refused");
    assert_eq!(error.name, "rooms.code_chars");
}

/// What a store may do wrong.
#[derive(Clone, Copy)]
enum Fault {
    KeepsForever,
    ForgetsTheLastEnvelope,
    TurnsMailAround,
    CountsTwice,
}

/// A store that does it.
struct Broken {
    rooms: MemoryRooms,
    fault: Fault,
}

struct Meddles {
    inbox: Arc<dyn RoomInbox>,
    held: Mutex<Option<RoomEnvelope>>,
    turns: bool,
}

impl RoomInbox for Meddles {
    fn deliver(&self, envelope: RoomEnvelope) {
        let before = self.held.lock().expect("whole").replace(envelope.clone());
        if !self.turns {
            // Each comes when the next does, and the last one never.
            before.into_iter().for_each(|mail| self.inbox.deliver(mail));
        } else if let Some(before) = before {
            self.held.lock().expect("whole").take();
            self.inbox.deliver(envelope);
            self.inbox.deliver(before);
        }
    }

    fn gap(&self) {}
}

#[async_trait]
impl RoomStore for Broken {
    fn policy(&self) -> &Arc<Policy> {
        self.rooms.policy()
    }

    async fn apply(
        &self,
        at: UnixMillis,
        dice: RoomDice,
        command: &RoomCommand,
    ) -> Result<RoomCommit, StoreError> {
        if let (Fault::CountsTwice, RoomCommand::Post { .. }) = (self.fault, command) {
            self.rooms.apply(at, dice, &RoomCommand::Sweep).await?;
        }
        self.rooms.apply(at, dice, command).await
    }

    async fn read(&self, at: UnixMillis, query: &RoomQuery) -> Result<RoomView, StoreError> {
        match self.fault {
            // What was swept is gone; what was not is seen.
            Fault::KeepsForever => self.rooms.read(UnixMillis::default(), query).await,
            _ => self.rooms.read(at, query).await,
        }
    }

    async fn open(&self, node: NodeId, inbox: Arc<dyn RoomInbox>) -> Result<(), StoreError> {
        let turns = match self.fault {
            Fault::ForgetsTheLastEnvelope => false,
            Fault::TurnsMailAround => true,
            _ => return self.rooms.open(node, inbox).await,
        };
        let held = Mutex::default();
        self.rooms.open(node, Arc::new(Meddles { inbox, held, turns })).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_breaks_an_obligation_is_found_out() {
    for (fault, broken) in [
        (Fault::KeepsForever, RoomObligation::Agree),
        (Fault::ForgetsTheLastEnvelope, RoomObligation::DeliverBeforeReturning),
        (Fault::TurnsMailAround, RoomObligation::DeliverBeforeReturning),
        (Fault::CountsTwice, RoomObligation::Serialize),
    ] {
        let suite = RoomSuite { runs: 40, floor: 0, ..RoomSuite::default() };
        let build = |policy| async move {
            let store = Broken { rooms: memory(policy), fault };
            ((), vec![Arc::new(store) as Arc<dyn RoomStore>])
        };
        let failure = suite.check(build).await.expect_err("found out");
        assert_eq!(failure.obligation, Some(broken), "{failure}");
    }
}

struct Panics;

impl RoomInbox for Panics {
    fn deliver(&self, _envelope: RoomEnvelope) {
        panic!("a wrong inbox");
    }
    fn gap(&self) {}
}

#[tokio::test]
async fn after_a_panic_under_the_lock_it_is_unavailable_and_panics_no_more() {
    let store = Arc::new(memory(Arc::default()));
    let (node, now) = (NodeId(1), UnixMillis::new(1));
    let (session, dice) = (SessionId::from_bytes([1; 16]), RoomDice::from_bytes([1; 32]));
    let nickname = RoomText::nickname(store.policy(), "Ann").expect("short");
    let open = RoomCommand::OpenSession { session, nickname };
    store.apply(now, dice, &open).await.expect("works").outcome.expect("new");
    let name = RoomText::name(store.policy(), "").expect("may be empty");
    let (retention_days, max_participants) = (None, None);
    let create = RoomCommand::Create { session, name, retention_days, max_participants };
    let created = store.apply(now, dice, &create).await.expect("works").outcome;
    let Ok(RoomAnswer::Room(room)) = created else { panic!("{created:?}") };
    store.open(node, Arc::new(Panics)).await.expect("opens");
    let attach = RoomCommand::Attach { session, room: room.code, conn: Conn { node, id: 1 } };
    let same = Arc::clone(&store);
    tokio::spawn(async move { same.apply(now, dice, &attach).await })
        .await
        .expect_err("the inbox panics");
    let applied = store.apply(now, dice, &RoomCommand::Sweep).await;
    assert!(matches!(applied, Err(StoreError::Unavailable(Some(_)))));
    let read = store.read(now, &RoomQuery::Census).await;
    assert!(matches!(read, Err(StoreError::Unavailable(Some(_)))));
}
