//! Two people on different servers, and everything that they can do to each other.

use serde_json::json;

use crate::client::{Client, pair};
use crate::three::{Three, device, on_every_store};

on_every_store!(crate::client::lenient() =>
    people_on_different_servers_match_and_talk,
    who_comes_back_at_another_server_keeps_the_pair,
    a_place_in_the_queue_is_taken_up_at_another_server,
    a_block_holds_on_every_server,
    a_report_counts_on_every_server,
    a_newer_connection_elsewhere_replaces_an_older_one,
    a_partner_of_the_original_protocol_is_no_different,
);

/// One says something, the other hears it and says so.
async fn expect_talk(from: &mut Client, to: &mut Client, id: &str) {
    from.say(json!({ "action": "msg", "id": id, "text": "hi" })).await;
    assert_eq!(to.expect("msg").await["id"], id);
    to.say(json!({ "action": "ack", "id": id })).await;
    assert_eq!(from.expect("ack").await["id"], id);
}

async fn people_on_different_servers_match_and_talk(three: Three) {
    let (mut ann, mut bob) = (three.native(0, "ann").await, three.native(1, "bob").await);
    let [_, to_ann] = pair(&mut ann, &mut bob).await;
    expect_talk(&mut ann, &mut bob, "m1").await;
    expect_talk(&mut bob, &mut ann, "m1").await;
    ann.say(json!({ "action": "typing", "typing": true })).await;
    assert_eq!(bob.hear().await, json!({ "type": "typing", "from": to_ann, "typing": true }));
    ann.say(json!({ "action": "leave" })).await;
    ann.expect("left").await;
    assert_eq!(bob.expect("peer_left").await["reason"], "left");
    // And once more, the other way round.
    pair(&mut bob, &mut ann).await;
    expect_talk(&mut bob, &mut ann, "m1").await;
}

async fn who_comes_back_at_another_server_keeps_the_pair(three: Three) {
    let (mut ann, mut bob) = (three.native(0, "ann").await, three.native(1, "bob").await);
    let [to_bob, to_ann] = pair(&mut ann, &mut bob).await;
    ann.vanish();
    assert_eq!(bob.expect("peer_away").await["peer"], to_ann);
    let mut ann = three.servers[2].native(&device("ann")).await;
    let hello = ann.hello().await;
    assert_eq!((&hello["phase"], &hello["peer"]), (&json!("paired"), &to_bob));
    assert_eq!(hello["peer_present"], true);
    assert_eq!(bob.expect("peer_back").await["peer"], to_ann);
    expect_talk(&mut bob, &mut ann, "m1").await;
    expect_talk(&mut ann, &mut bob, "m1").await;
}

async fn a_place_in_the_queue_is_taken_up_at_another_server(three: Three) {
    let mut ann = three.native(0, "ann").await;
    ann.join("any").await;
    ann.expect("queued").await;
    ann.vanish();
    let mut ann = three.servers[1].native(&device("ann")).await;
    assert_eq!(ann.hello().await["phase"], "waiting");
    let mut bob = three.native(2, "bob").await;
    bob.join("any").await;
    bob.expect("matched").await;
    ann.expect("matched").await;
    expect_talk(&mut ann, &mut bob, "m1").await;
}

async fn a_block_holds_on_every_server(three: Three) {
    let (mut ann, mut bob) = (three.native(0, "ann").await, three.native(1, "bob").await);
    let [to_bob, _] = pair(&mut ann, &mut bob).await;
    ann.say(json!({ "action": "block", "peer": to_bob })).await;
    let block = ann.expect("blocked").await["block"].clone();
    assert_eq!(bob.expect("peer_left").await["reason"], "blocked");
    drop((ann, bob));
    let (mut ann, mut bob) = (three.native(2, "ann").await, three.native(0, "bob").await);
    for one in [&mut ann, &mut bob] {
        one.join("any").await;
        one.expect("queued").await;
    }
    ann.say(json!({ "action": "unblock", "block": block })).await;
    ann.expect("unblocked").await;
    ann.expect("matched").await;
    bob.expect("matched").await;
}

async fn a_report_counts_on_every_server(three: Three) {
    for (number, server) in [0, 1, 2, 0, 1].into_iter().enumerate() {
        let mut bad = three.native(2, "bad").await;
        let mut good = three.native(server, &format!("good-{number}")).await;
        let [to_bad, _] = pair(&mut good, &mut bad).await;
        good.say(json!({ "action": "report", "reported": to_bad, "reason": "spam" })).await;
        if number < 4 {
            good.expect("reported").await;
            good.say(json!({ "action": "leave" })).await;
            good.expect("left").await;
            bad.expect("peer_left").await;
            bad.close().await;
        } else {
            // The fifth reporter: the ban reaches them wherever they are.
            bad.expect("banned").await;
            assert_eq!(bad.expect_close().await, 4003);
        }
    }
    let mut bad = three.servers[1].native(&device("bad")).await;
    bad.expect("banned").await;
    assert_eq!(bad.expect_close().await, 4003);
}

async fn a_newer_connection_elsewhere_replaces_an_older_one(three: Three) {
    let (mut old, mut bob) = (three.native(0, "ann").await, three.native(1, "bob").await);
    let [to_bob, _] = pair(&mut old, &mut bob).await;
    let mut new = three.servers[2].native(&device("ann")).await;
    assert_eq!(new.hello().await["peer"], to_bob);
    assert_eq!(old.hear().await, json!({ "type": "replaced" }));
    assert_eq!(old.expect_close().await, 4001);
    bob.expect("peer_away").await;
    bob.expect("peer_back").await;
    expect_talk(&mut bob, &mut new, "m1").await;
}

async fn a_partner_of_the_original_protocol_is_no_different(three: Three) {
    let mut ann = three.native(0, "ann").await;
    let mut bob = three.servers[1].plain("bob").await.greeted().await;
    pair(&mut ann, &mut bob).await;
    ann.say(json!({ "action": "msg", "id": "m1", "text": "hi" })).await;
    assert_eq!(bob.expect("msg").await["text"], "hi");
    assert_eq!(ann.expect("ack").await["id"], "m1");
    bob.say(json!({ "action": "msg", "text": "hello" })).await;
    assert_eq!(ann.expect("msg").await["text"], "hello");
    bob.close().await;
    ann.expect("peer_left").await;
}
