//! Why somebody waits, asked over a socket.

use anonchat_axum::core::{Policy, Verification};
use serde_json::{Value, json};
use tokio::time::{Duration, sleep, timeout};

use crate::client::{Client, PATIENCE, Server, lenient};

fn undeclared() -> Policy {
    let mut policy = lenient();
    policy.verification = Verification::Off;
    policy.matching.cooldown_ms = 0;
    policy
}

/// Comes in as somebody of a gender and joins.
async fn join(server: &Server, name: &str, gender: &str, filter: &str) -> Client {
    let mut client = server.native(&format!("{name}-0123456789abcdef")).await;
    client.hello().await;
    client.say(json!({ "action": "declare", "gender": gender })).await;
    client.expect("declared").await;
    client.join(filter).await;
    client
}

async fn why(client: &mut Client) -> Value {
    client.say(json!({ "action": "why" })).await;
    client.expect("waiting").await
}

#[tokio::test]
async fn somebody_who_waits_is_told_how_long_others_of_the_kind_waited() {
    let server = Server::start(undeclared()).await;
    let mut men = Vec::new();
    for n in 0..5 {
        let mut man = join(&server, &format!("man-{n}"), "male", "female").await;
        man.expect("queued").await;
        men.push(man);
    }
    assert_eq!(why(&mut men[0]).await["estimate_ms"], json!(null), "nobody has been matched yet");
    // Longer than Dan will have waited when he asks, sooner or later.
    sleep(Duration::from_millis(300)).await;
    let mut women = Vec::new();
    for (n, man) in men.iter_mut().enumerate() {
        let mut woman = join(&server, &format!("woman-{n}"), "female", "male").await;
        woman.expect("matched").await;
        man.expect("matched").await;
        women.push(woman);
    }
    let mut dan = join(&server, "dan", "male", "female").await;
    dan.expect("queued").await;
    let told = async {
        loop {
            let told = why(&mut dan).await;
            if told["estimate_ms"] != json!(null) {
                return told;
            }
            // The machine is slow, and he has waited longer than they had.
            dan.say(json!({ "action": "next", "filter": "female" })).await;
            dan.expect("left").await;
            dan.expect("queued").await;
        }
    };
    let told = timeout(PATIENCE, told).await.expect("five others have waited longer");
    let estimate = told["estimate_ms"].as_u64().expect("a number");
    assert!(estimate > 0 && estimate % 5_000 == 0, "{told}");
    assert_eq!(told["narrowed_by"], json!(["filter"]), "{told}");
}

#[tokio::test]
async fn each_rule_of_ones_own_is_named_and_no_rule_of_others() {
    let mut policy = undeclared();
    policy.matching.daily_per_filter = 1;
    policy.matching.rematch_after_s = 3_600;
    let server = Server::start(policy).await;
    let mut ann = join(&server, "ann", "female", "male").await;
    ann.expect("queued").await;
    let mut ben = join(&server, "ben", "male", "any").await;
    let to_ann = ben.expect("matched").await["peer"].clone();
    ann.expect("matched").await;
    ben.say(json!({ "action": "block", "peer": to_ann })).await;
    ben.expect("blocked").await;
    ann.expect("peer_left").await;

    ben.join("male").await;
    ben.expect("queued").await;
    let told = why(&mut ben).await;
    assert_eq!(told["narrowed_by"], json!(["filter", "blocks", "rematch"]), "{told}");
    ann.join("female").await;
    ann.expect("queued").await;
    let told = why(&mut ann).await;
    assert_eq!(told["narrowed_by"], json!(["filter", "rematch", "limit"]), "she holds no block");
    assert_eq!((&told["people"], &told["position"]), (&json!(5), &json!(1)));

    let mut cat = server.native("cat-0123456789abcdef").await;
    cat.hello().await;
    cat.join("any").await;
    cat.expect("queued").await;
    assert_eq!(why(&mut cat).await["narrowed_by"], json!(["gender"]));
}
