//! The end of sockets: theirs, and the server's.

use serde_json::json;

use crate::guests::{Lobby, open, say};

#[tokio::test]
async fn everybody_is_told_that_the_server_stops_and_every_socket_is_closed() {
    let mut lobby = Lobby::start(open()).await;
    let (ann, ben) = (lobby.guest("Ann").await, lobby.guest("Ben").await);
    let code = lobby.room(&ann, json!({})).await;
    lobby.join(&ben, &code).await;
    let mut plain = lobby.plain(&ann, &code).await;
    let (mut native, _) = lobby.native(&ben, &code).await;
    lobby.server.signal_stop();
    let told = crate::guests::hear(&mut native, "server_restarting").await;
    let back = told["reconnect_in_ms"].as_u64().expect("time");
    assert!((500..2500).contains(&back), "{back}");
    assert_eq!(native.expect_close().await, 1012);
    assert_eq!(plain.expect_close().await, 1012);
    let rooms = lobby.rooms.clone();
    lobby.server.stopped().await;
    let census =
        rooms.read(Default::default(), &anonchat_axum::core::room::RoomQuery::Census).await;
    let anonchat_axum::core::room::RoomView::Census(census) = census.expect("rooms") else {
        panic!("no census");
    };
    assert_eq!(census.connections, 0, "nobody stays behind");
    assert_eq!(census.rooms, 1);
}

#[tokio::test]
async fn sockets_that_end_in_any_way_leave_nothing_behind() {
    let lobby = Lobby::start(open()).await;
    let ann = lobby.guest("Ann").await;
    let code = lobby.room(&ann, json!({})).await;
    for round in 0..10 {
        let (native, _) = lobby.native(&ann, &code).await;
        let mut plain = lobby.plain(&ann, &code).await;
        say(&mut plain, "hello").await;
        match round % 2 {
            0 => {
                native.vanish();
                plain.vanish();
            }
            _ => {
                native.close().await;
                plain.close().await;
            }
        }
        lobby.until(async |census| census.connections == 0).await;
    }
}
