//! Mail that is lost on its way to a server, and what makes up for it.

use serde_json::json;

use crate::client::{Client, Server, lenient, pair};
use crate::double::{Double, Mood, Post};

/// Two servers over one store, and the way of the first to it.
async fn two_servers() -> ([Server; 2], Double) {
    let store = Double::new(lenient());
    let other = store.another();
    let here = Server::over(store.clone(), |builder| builder).await;
    let there = Server::over(other, |builder| builder).await;
    ([here, there], store)
}

fn device(name: &str) -> String {
    format!("{name}-0123456789abcdef")
}

async fn native(server: &Server, name: &str) -> Client {
    let mut client = server.native(&device(name)).await;
    client.hello().await;
    client
}

async fn expect_message(from: &mut Client, to: &mut Client, id: &str) {
    from.say(json!({ "action": "msg", "id": id, "text": "hi" })).await;
    assert_eq!(to.expect("msg").await["id"], id);
}

#[tokio::test]
async fn after_a_gap_everybody_is_told_the_truth() {
    let ([here, there], store) = two_servers().await;
    let (mut ann, mut bob) = (native(&here, "ann").await, native(&there, "bob").await);
    pair(&mut ann, &mut bob).await;
    let (mut eve, mut fay) = (native(&here, "eve").await, native(&there, "fay").await);
    let [to_fay, _] = pair(&mut eve, &mut fay).await;
    let mut cat = native(&here, "cat").await;
    cat.join("any").await;
    cat.expect("queued").await;
    let mut plain = here.plain("gus").await.greeted().await;

    store.mail(Post::Lost);
    bob.say(json!({ "action": "leave" })).await;
    bob.expect("left").await;
    let mut dan = native(&there, "dan").await;
    dan.join("any").await;
    let to_cat = dan.expect("matched").await["peer"].clone();
    store.mail(Post::Arrives);
    store.gap();

    assert_eq!(ann.expect("hello").await["phase"], "idle");
    let hello = cat.expect("hello").await;
    assert_eq!(hello["phase"], "paired");
    // A message of theirs may have been lost: so they are told, and say it again.
    dan.expect("peer_away").await;
    dan.expect("peer_back").await;
    expect_message(&mut dan, &mut cat, "m1").await;
    let left = json!({ "action": "leave" });
    cat.say(left).await;
    cat.expect("left").await;
    assert_eq!(dan.expect("peer_left").await["peer"], to_cat);
    // Who had lost nothing goes on as before.
    let hello = eve.expect("hello").await;
    assert_eq!((&hello["phase"], &hello["peer"]), (&json!("paired"), &to_fay));
    fay.expect("peer_away").await;
    fay.expect("peer_back").await;
    expect_message(&mut eve, &mut fay, "m1").await;
    expect_message(&mut fay, &mut eve, "m1").await;
    plain.expect_silence().await;
}

#[tokio::test]
async fn no_event_of_an_old_pair_reaches_a_new_one() {
    let ([here, there], store) = two_servers().await;
    let (mut ann, mut bob) = (native(&here, "ann").await, native(&there, "bob").await);
    pair(&mut ann, &mut bob).await;
    store.mail(Post::Late);
    bob.say(json!({ "action": "msg", "id": "m1", "text": "bye" })).await;
    bob.say(json!({ "action": "leave" })).await;
    bob.expect("left").await;
    store.mail(Post::Arrives);
    store.gap();
    assert_eq!(ann.expect("hello").await["phase"], "idle");
    let mut cat = native(&there, "cat").await;
    pair(&mut ann, &mut cat).await;
    store.release();
    ann.expect_silence().await;
    expect_message(&mut cat, &mut ann, "m1").await;
    expect_message(&mut ann, &mut cat, "m1").await;
}

#[tokio::test]
async fn after_a_gap_the_connections_come_in_at_a_bounded_pace() {
    const PEOPLE: usize = 200;
    let store = Double::new(lenient());
    let server = Server::over(store.clone(), |builder| builder).await;
    let mut clients = Vec::new();
    for number in 0..PEOPLE {
        clients.push(native(&server, &format!("{number:04}")).await);
    }
    assert_eq!(store.most_coming(), 1, "they came one after the other");
    store.main_is(Mood::Slow);
    store.gap();
    for client in &mut clients {
        assert_eq!(client.expect("hello").await["phase"], "idle");
    }
    let most = store.most_coming();
    assert!((2..=64).contains(&most), "{most} at once");
}
