//! The defects of 004 that ours does not have, each by its number in the list of lessons.

use serde_json::json;

use crate::guests::{Lobby, hear_message, open, say};

/// Lesson 22.
#[tokio::test]
async fn history_and_room_details_are_for_members_only() {
    let lobby = Lobby::start(open()).await;
    let (ann, eve) = (lobby.guest("Ann").await, lobby.guest("Eve").await);
    let code = lobby.room(&ann, json!({})).await;
    lobby.say(&ann, &code, "between us").await;
    for path in ["", "messages/", "members/"] {
        let path = format!("/api/rooms/{code}/{path}");
        assert_eq!(lobby.get(&path, None).await.status, 401, "{path}");
        let refused = lobby.get(&path, Some(&eve)).await;
        assert_eq!(refused.status, 403, "{path}");
        assert_eq!(refused.json(), json!({ "error": "You are not a member of this room" }));
        assert_eq!(lobby.get(&path, Some(&ann)).await.status, 200, "{path}");
    }
    assert_eq!(lobby.refusal(&eve, &code).await, Some(403));
    lobby.join(&eve, &code).await;
    lobby.act(&eve, &code, "leave", json!({})).await;
    let path = format!("/api/rooms/{code}/messages/");
    assert_eq!(lobby.get(&path, Some(&eve)).await.status, 403, "nor those who have left");
}

/// Lesson 23.
#[tokio::test]
async fn a_ban_closes_every_open_socket_of_the_session() {
    let lobby = Lobby::start(open()).await;
    let (ann, eve) = (lobby.guest("Ann").await, lobby.guest("Eve").await);
    let codes = [lobby.room(&ann, json!({})).await, lobby.room(&ann, json!({})).await];
    let mut sockets = Vec::new();
    for code in &codes {
        lobby.join(&eve, code).await;
        sockets.push(lobby.native(&eve, code).await.0);
    }
    let said = lobby.say(&eve, &codes[0], "spam").await.json();
    lobby.post(&format!("/api/messages/{}/report/", said["id"]), Some(&ann), &json!({})).await;
    let seen = lobby.inspect("/admin/rooms").await.json();
    let session = seen["reports"][0]["session"].clone();
    let banned = lobby.order("/admin/rooms/ban", &json!({ "session": session })).await;
    assert_eq!(banned.status, 200, "{banned:?}");
    for mut socket in sockets {
        let removed = crate::guests::hear(&mut socket, "removed").await;
        assert_eq!(removed["why"], "banned");
        assert_eq!(socket.expect_close().await, 4003);
    }
    assert_eq!(lobby.say(&eve, &codes[0], "more spam").await.status, 401);
    assert_eq!(lobby.refusal(&eve, &codes[0]).await, Some(403));
}

/// Lesson 24.
#[tokio::test]
async fn a_forged_forwarding_header_passes_no_limit() {
    let mut policy = open();
    policy.rates.sessions_per_hour = 5;
    let lobby = Lobby::start(policy).await;
    let mut made = 0;
    for number in 0..20 {
        let head = format!(
            "POST /api/session/create/ HTTP/1.1\r\nContent-Type: application/json\r\n\
             X-Forwarded-For: 192.0.2.{number}"
        );
        match lobby.server.http(&head, b"{\"nickname\":\"Ann\"}").await.status {
            201 => made += 1,
            429 => {}
            other => panic!("{other}"),
        }
    }
    assert_eq!(made, 5);
}

/// Lesson 25.
#[tokio::test]
async fn what_is_said_by_rest_reaches_the_sockets_and_the_participant_limit_holds_at_both_doors() {
    let lobby = Lobby::start(open()).await;
    let (ann, ben, cleo) =
        (lobby.guest("Ann").await, lobby.guest("Ben").await, lobby.guest("Cleo").await);
    let code = lobby.room(&ann, json!({ "max_participants": 2 })).await;
    lobby.join(&ben, &code).await;
    let mut plain = lobby.plain(&ann, &code).await;
    let (mut native, _) = lobby.native(&ben, &code).await;
    let said = lobby.say(&ben, &code, "by post").await.json();
    for socket in [&mut plain, &mut native] {
        let heard = hear_message(socket).await;
        assert_eq!((&heard["id"], &heard["content"]), (&said["id"], &json!("by post")));
    }
    let full = lobby.try_join(&cleo, &code).await;
    assert_eq!((full.status, full.json()), (403, json!({ "error": "Room is full" })));
    assert_eq!(lobby.refusal(&cleo, &code).await, Some(403), "the socket is no way round it");
    lobby.join(&ben, &code).await;
    assert_eq!(lobby.act(&ben, &code, "leave", json!({})).await.status, 200);
    lobby.join(&cleo, &code).await;
}

/// Lesson 26.
#[tokio::test]
async fn a_malformed_token_code_or_page_is_the_clients_mistake() {
    let lobby = Lobby::start(open()).await;
    let ann = lobby.guest("Ann").await;
    let code = lobby.room(&ann, json!({})).await;
    for query in [
        "page=x",
        "page=0",
        "page=-1",
        "page=1.5",
        "page=",
        "page_size=x",
        "page_size=0",
        "page_size=-5",
        "page=99999999999999999999",
    ] {
        let answer = lobby.get(&format!("/api/rooms/{code}/messages/?{query}"), Some(&ann)).await;
        assert_eq!(answer.status, 400, "{query}");
        let field = query.split('=').next().expect("a field");
        assert!(answer.json()[field][0].is_string(), "{query}: {answer:?}");
    }
    for code in ["x", "ABC-DE", "ABCDEFGHI", "%00%00%00", "%ff%ff%ff%ff%ff%ff", "ÄÖÜÄÖÜ"] {
        let answer = lobby.get(&format!("/api/rooms/{code}/"), Some(&ann)).await;
        assert_eq!(answer.status, 404, "{code}");
    }
    for (code, token) in [
        (code.as_str(), "x"),
        (&code, ""),
        (&code, "%00"),
        ("x", &ann.token),
        ("ABCDEF", &ann.token),
        (&code.to_lowercase(), &ann.token),
        ("%ff%ff%ff", &ann.token),
    ] {
        let refused = lobby.server.open(&format!("/ws/chat/{code}/?token={token}")).await.err();
        assert_eq!(refused, Some(403), "{code} {token}");
    }
    assert_eq!(lobby.server.open(&format!("/ws/chat/{code}/")).await.err(), Some(403));
}

/// Lesson 27.
#[tokio::test]
async fn text_is_carried_as_it_is_and_never_escaped() {
    let lobby = Lobby::start(open()).await;
    let words = "<b>&amp; it's \"5 < 6\"</b> \u{1f600}\n&lt;";
    let nickname = "<Ann> & 'co'";
    let ann = lobby.guest(nickname).await;
    let room = lobby.post("/api/rooms/create/", Some(&ann), &json!({ "name": words })).await.json();
    assert_eq!((&room["name"], &room["owner_nickname"]), (&json!(words), &json!(nickname)));
    let code = crate::guests::text(&room["code"]);
    let mut socket = lobby.plain(&ann, &code).await;
    say(&mut socket, words).await;
    let heard = hear_message(&mut socket).await;
    assert_eq!((&heard["content"], &heard["session_nickname"]), (&json!(words), &json!(nickname)));
    assert_eq!(lobby.say(&ann, &code, words).await.json()["content"], words);
    for kept in lobby.kept(&ann, &code).await {
        assert_eq!(
            (&kept["content"], &kept["session_nickname"]),
            (&json!(words), &json!(nickname))
        );
    }
}

/// Lesson 28.
#[tokio::test]
async fn what_a_room_does_not_keep_is_nowhere_after_it_was_said() {
    let lobby = Lobby::start(open()).await;
    let ann = lobby.guest("Ann").await;
    let code = lobby.room(&ann, json!({ "message_retention_days": 0 })).await;
    let mut socket = lobby.plain(&ann, &code).await;
    say(&mut socket, "only now").await;
    let heard = hear_message(&mut socket).await;
    assert_eq!(heard["content"], "only now");
    let page = lobby.get(&format!("/api/rooms/{code}/messages/"), Some(&ann)).await.json();
    assert_eq!((&page["results"], &page["count"]), (&json!([]), &json!(0)));
    assert_eq!(page["total_pages"], 1);
    assert_eq!(lobby.census().await.messages, 0);
    let report = format!("/api/messages/{}/report/", heard["id"]);
    assert_eq!(lobby.post(&report, Some(&ann), &json!({})).await.status, 404);
}

/// Lesson 29.
#[tokio::test]
async fn whose_message_it_is_says_the_alias_and_not_the_nickname() {
    let lobby = Lobby::start(open()).await;
    let (one, two) = (lobby.guest("Sam").await, lobby.guest("Sam").await);
    let code = lobby.room(&one, json!({})).await;
    let alias = lobby.join(&two, &code).await;
    let (mut first, room) = lobby.native(&one, &code).await;
    let (mut second, _) = lobby.native(&two, &code).await;
    assert_ne!(room["you"], json!(alias));
    say(&mut second, "which Sam?").await;
    for (socket, mine) in [(&mut first, false), (&mut second, true)] {
        let heard = hear_message(socket).await;
        assert_eq!((&heard["alias"], &heard["mine"]), (&json!(alias), &json!(mine)));
    }
    for (guest, mine) in [(&one, false), (&two, true)] {
        let kept = lobby.kept(guest, &code).await;
        assert_eq!((&kept[0]["alias"], &kept[0]["mine"]), (&json!(alias), &json!(mine)));
    }
    // Those of the same name are told of typing, too.
    second.say(json!({ "type": "typing", "is_typing": true })).await;
    assert_eq!(crate::guests::hear(&mut first, "typing").await["alias"], json!(alias));
}
