//! The moderators' queue, however long it is.

use std::sync::Arc;

use anonchat_axum::Builder;
use anonchat_axum::core::{
    Alias, Client, Command, Conn, DeviceId, Dice, Event, NodeId, PairId, PoolId, Side, Store,
    UnixMillis, Wish,
};
use anonchat_store::MemoryStore;
use serde_json::json;

use crate::admin_desk::{Desk, until};
use crate::admin_ledger::Ledger;
use crate::client::{Server, lenient};
use crate::double::Double;

const REPORTS: u64 = 100_000;

/// Far enough from any clock's present that nothing is over, and not too late for a report.
const START: u64 = 4_000_000_000_000;

/// A store in which two people have met, and one has reported the other, so many times.
async fn reported(times: u64) -> Arc<MemoryStore> {
    let mut policy = lenient();
    policy.safety.reports_to_ban = 1_000;
    policy.safety.report_after_s = 0;
    let store = Arc::new(MemoryStore::new(policy).expect("policy"));
    let [ann, bob] = [1, 2].map(|byte| DeviceId::from_bytes([byte; 16]));
    let conn = |id| Conn { node: NodeId(9), id };
    let pool = PoolId::main();
    let apply = async |number: u64, command: Command| {
        let dice = Dice { pair: PairId::from_bytes(u128::from(number).to_be_bytes()) };
        let at = UnixMillis::new(START + number);
        let commit = store.apply(&pool, at, dice, &command).await.expect("memory");
        commit.outcome.expect("allowed")
    };
    for (device, id) in [(ann, 1), (bob, 2)] {
        let (client, conn) = (Client::Native, conn(id));
        apply(0, Command::Attach { device, conn, client, again: false }).await;
    }
    for number in 1..=times {
        for (device, id) in [(ann, 1), (bob, 2)] {
            let (conn, wish) = (conn(id), Wish::default());
            apply(number, Command::Next { device, conn, wish }).await;
        }
        let pair = PairId::from_bytes(u128::from(number).to_be_bytes());
        let target = Alias { pair, side: Side::A };
        let reason = format!("reason {number}").into();
        let told = apply(number, Command::Report { device: ann, target, reason, note: None }).await;
        assert!(told.iter().any(|envelope| matches!(envelope.event, Event::Reported { .. })));
    }
    store
}

#[tokio::test]
async fn a_page_of_a_hundred_thousand_reports_costs_a_bounded_number_of_reads() {
    let store = Double::over(reported(REPORTS).await);
    let ledger = Ledger::default();
    let record = ledger.clone();
    let with = |builder: Builder| builder.admin_store(record);
    let desk = Desk { server: Server::over(store.clone(), with).await, ledger };
    for (path, first, length) in [
        ("/admin/queue?limit=100", REPORTS, 100),
        ("/admin/queue", REPORTS, 25),
        ("/admin/queue?limit=100000", REPORTS, 100),
        ("/admin/queue?limit=100&before=50001", 50_000, 100),
        ("/admin/queue?limit=100&before=41", 40, 40),
    ] {
        let (reads, pages) = (store.reports_read(), desk.ledger.pages_about());
        let page = desk.get(path).await.json();
        let ids: Vec<_> = page["reports"].as_array().expect("reports").iter().collect();
        assert_eq!((ids.len(), &ids[0]["id"]), (length, &json!(first)), "{path}");
        assert_eq!(ids[length - 1]["id"], first - length as u64 + 1);
        assert_eq!(ids[0]["reason"], format!("reason {first}"));
        assert_eq!(store.reports_read() - reads, 1, "{path}");
        assert_eq!(desk.ledger.pages_about() - pages, 1, "one device, one look");
        let next = page["next"].as_u64();
        assert_eq!(next.is_some(), first > length as u64, "{next:?}");
    }
    // 000's list goes on for as long as its limit says.
    let listed = desk.get("/admin/reports?limit=1000").await.json();
    assert_eq!(listed.as_array().map(Vec::len), Some(1_000));
    let total = REPORTS;
    until(async || desk.get("/admin/figures").await.json()["now"]["reports"] == total).await;
}

#[tokio::test]
async fn at_most_five_earlier_decisions_come_with_a_report() {
    let store = reported(1).await;
    let ledger = Ledger::default();
    let record = ledger.clone();
    let with = |builder: Builder| builder.admin_store(record);
    let desk = Desk { server: Server::over(store, with).await, ledger };
    let page = desk.get("/admin/queue").await.json();
    let device = page["reports"][0]["device"].as_str().expect("device").to_owned();
    for number in 0..8 {
        let note = json!({ "note": format!("{number}") });
        desk.post(&format!("/admin/bans/{device}/lift"), &note).await;
    }
    let page = desk.get("/admin/queue?open=false").await.json();
    let earlier = page["reports"][0]["earlier"].as_array().expect("earlier");
    let notes: Vec<_> = earlier.iter().map(|record| &record["note"]).collect();
    assert_eq!(notes, ["7", "6", "5", "4", "3"]);
}

#[tokio::test]
async fn bans_are_listed_in_pages_those_that_end_first_first() {
    let desk = Desk::start(lenient()).await;
    for number in 1..=7_u32 {
        let order = json!({ "device": format!("{number:032x}"), "for_s": 10_000 - number });
        assert_eq!(desk.post("/admin/bans", &order).await.status, 200);
    }
    let (mut after, mut seen) = (String::new(), Vec::new());
    loop {
        let page = desk.get(&format!("/admin/bans?limit=3{after}")).await.json();
        let bans = page["bans"].as_array().expect("bans");
        assert!(bans.len() <= 3);
        seen.extend(bans.iter().map(|ban| ban["until"].as_u64().expect("end")));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(seen.len(), 7);
    assert!(seen.is_sorted(), "{seen:?}");
}
