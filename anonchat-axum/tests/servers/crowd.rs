//! Many people at once.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use crate::client::Client;
use crate::three::{Three, device, on_every_store};

on_every_store!(crate::client::lenient() =>
    three_hundred_people_who_come_at_once_are_all_matched_each_once);

const PEOPLE: usize = 300;

async fn three_hundred_people_who_come_at_once_are_all_matched_each_once(three: Three) {
    let comes = (0..PEOPLE).map(|number| come(&three, number));
    let mut matched = join_all(comes).await;
    let mut pairs = BTreeMap::<_, Vec<_>>::new();
    for (_, peer) in &matched {
        let (side, pair) = peer.split_at(1);
        pairs.entry(pair).or_default().push(side);
    }
    assert_eq!(pairs.len(), PEOPLE / 2);
    for sides in pairs.values_mut() {
        sides.sort_unstable();
        assert_eq!(*sides, ["a", "b"], "each pair has two sides");
    }
    for (client, _) in &mut matched {
        client.expect_silence().await;
    }
}

/// Somebody comes in, joins, and meets somebody, who gets a name.
async fn come(three: &Three, number: usize) -> (Client, String) {
    let server = &three.servers[number % three.servers.len()];
    let mut client = server.native(&device(&format!("{number:03}"))).await;
    client.hello().await;
    client.join("any").await;
    let mut frame = client.hear().await;
    if frame["type"] == "queued" {
        frame = client.hear().await;
    }
    assert_eq!(frame["type"], "matched", "{frame}");
    let peer = frame["peer"].as_str().expect("a name").to_owned();
    (client, peer)
}
