//! Every refusal, with its status and its words.

use serde_json::{Value, json};

use crate::guests::{Guest, Lobby, open};

const STRANGER: &str = "Invalid or expired session";

fn error(text: &str) -> Value {
    json!({ "error": text })
}

async fn check(
    lobby: &Lobby,
    by: Option<&Guest>,
    path: &str,
    body: Value,
    status: u16,
    told: Value,
) {
    let answer = lobby.post(path, by, &body).await;
    assert_eq!((answer.status, answer.json()), (status, told), "{path} {body}");
}

#[tokio::test]
async fn a_nickname_is_there_and_of_its_length() {
    let lobby = Lobby::start(open()).await;
    for (body, text) in [
        (json!({}), "This field is required."),
        (json!({ "nickname": "" }), "This field may not be blank."),
        (json!({ "nickname": "   " }), "This field may not be blank."),
        (
            json!({ "nickname": "x".repeat(31) }),
            "Ensure this field has no more than 30 characters.",
        ),
    ] {
        check(&lobby, None, "/api/session/create/", body, 400, json!({ "nickname": [text] })).await;
    }
}

#[tokio::test]
async fn whoever_shows_no_token_or_a_bad_one_is_told_so_everywhere() {
    let lobby = Lobby::start(open()).await;
    let unknown = "6f0d2c8e-3a52-4c7b-9d55-0f6a1f1f4d11";
    for (status, path) in [
        ("POST", "/api/session/end/"),
        ("POST", "/api/rooms/create/"),
        ("POST", "/api/rooms/join/"),
        ("GET", "/api/rooms/"),
        ("GET", "/api/rooms/ABCDEF/"),
        ("GET", "/api/rooms/ABCDEF/members/"),
        ("GET", "/api/rooms/ABCDEF/messages/"),
        ("POST", "/api/rooms/ABCDEF/leave/"),
        ("POST", "/api/rooms/ABCDEF/kick/"),
        ("POST", "/api/rooms/ABCDEF/ban/"),
        ("POST", "/api/rooms/ABCDEF/lock/"),
        ("POST", "/api/rooms/ABCDEF/close/"),
        ("POST", "/api/rooms/ABCDEF/hand-over/"),
        ("POST", "/api/messages/send/"),
        ("POST", "/api/messages/67108865/report/"),
        ("POST", "/api/moderation/block-session/"),
        ("GET", "/api/moderation/reports/"),
    ] {
        let bare = format!("{status} {path} HTTP/1.1");
        let answer = lobby.server.http(&bare, b"").await;
        let told = (answer.status, answer.json());
        assert_eq!(told, (401, error("Session token required")), "{path}");
        for token in [unknown, "not-a-uuid", "%00", "x", &"9".repeat(4_000)] {
            let head = format!("{bare}\r\nX-Session-Token: {token}");
            let answer = lobby.server.http(&head, b"").await;
            assert_eq!((answer.status, answer.json()), (401, error(STRANGER)), "{path} {token}");
        }
    }
    for (query, status, text) in [
        ("", 400, "Token required"),
        ("?token=", 400, "Token required"),
        ("?token=not-a-uuid", 401, STRANGER),
        (&format!("?token={unknown}"), 401, STRANGER),
    ] {
        let answer = lobby.get(&format!("/api/session/validate/{query}"), None).await;
        assert_eq!((answer.status, answer.json()), (status, error(text)), "{query}");
    }
}

#[tokio::test]
async fn what_a_room_is_to_be_is_checked_field_by_field() {
    let lobby = Lobby::start(open()).await;
    let ann = lobby.guest("Ann").await;
    let days = "message_retention_days";
    for (field, value, text) in [
        ("name", json!("x".repeat(101)), "Ensure this field has no more than 100 characters."),
        ("name", json!([]), "Not a valid string."),
        (days, json!(366), "Ensure this value is less than or equal to 365."),
        (days, json!(-1), "Ensure this value is greater than or equal to 0."),
        (days, json!("soon"), "A valid integer is required."),
        (days, json!(1.5), "A valid integer is required."),
        ("max_participants", json!(0), "Ensure this value is greater than or equal to 1."),
        ("max_participants", json!({}), "A valid integer is required."),
    ] {
        let (body, told) = (json!({ field: value }), json!({ field: [text] }));
        check(&lobby, Some(&ann), "/api/rooms/create/", body, 400, told).await;
    }
    let made = lobby.post("/api/rooms/create/", Some(&ann), &json!({})).await;
    assert_eq!((made.status, &made.json()[days]), (201, &json!(30)));
    for (body, status, told) in [
        (json!({}), 400, json!({ "room_code": ["This field is required."] })),
        (json!({ "room_code": "" }), 400, json!({ "room_code": ["This field may not be blank."] })),
        (
            json!({ "room_code": "ABC" }),
            400,
            json!({ "room_code": ["Ensure this field has at least 6 characters."] }),
        ),
        (
            json!({ "room_code": "ABCDEFGHI" }),
            400,
            json!({ "room_code": ["Ensure this field has no more than 8 characters."] }),
        ),
        (json!({ "room_code": "ABCDE!" }), 404, error("Room not found")),
        (json!({ "room_code": "ABCDEF" }), 404, error("Room not found")),
    ] {
        check(&lobby, Some(&ann), "/api/rooms/join/", body, status, told).await;
    }
}

#[tokio::test]
async fn what_is_no_json_is_told_from_what_is_broken_json_and_neither_is_repeated() {
    let lobby = Lobby::start(open()).await;
    for path in ["/api/session/create/", "/api/rooms/create/", "/api/messages/send/"] {
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
            let head = format!("POST {path} HTTP/1.1\r\nContent-Type: {kind}");
            let answer = lobby.server.http(&head, b"nickname=Ann").await;
            let detail = format!("Unsupported media type \"{kind}\" in request.");
            assert_eq!((answer.status, answer.json()), (415, json!({ "detail": detail })));
        }
        let head = format!("POST {path} HTTP/1.1\r\nContent-Type: application/json; charset=utf-8");
        for body in ["{", "{\"nickname\": secret}", "\u{0}", "{\"a\":\"\u{1}\"}", "]"] {
            let answer = lobby.server.http(&head, body.as_bytes()).await;
            assert_eq!(answer.status, 400, "{body}");
            let detail = crate::guests::text(&answer.json()["detail"]);
            assert!(detail.starts_with("JSON parse error - "), "{detail}");
            assert!(!detail.contains("secret"), "{detail}");
        }
        for body in [&b"\xff\xfe"[..], b"[]", b"5", b"null"] {
            assert_eq!(lobby.server.http(&head, body).await.status, 400, "{body:?}");
        }
        let long = vec![b' '; 200 << 10];
        let answer = lobby.server.http(&head, &long).await;
        assert_eq!((answer.status, &answer.json()["detail"]), (413, &json!("Request too large")));
    }
}

#[tokio::test]
async fn another_method_is_refused_in_words_and_another_path_is_not_there() {
    let lobby = Lobby::start(open()).await;
    for (method, path) in [
        ("GET", "/api/session/create/"),
        ("POST", "/api/session/validate/"),
        ("GET", "/api/rooms/create/"),
        ("GET", "/api/rooms/join/"),
        ("DELETE", "/api/rooms/ABCDEF/"),
        ("PUT", "/api/rooms/ABCDEF/messages/"),
        ("GET", "/api/messages/send/"),
        ("GET", "/api/messages/7/report/"),
        ("GET", "/api/moderation/block-session/"),
        ("POST", "/api/moderation/reports/"),
    ] {
        let answer = lobby.server.http(&format!("{method} {path} HTTP/1.1"), b"").await;
        let detail = format!("Method \"{method}\" not allowed.");
        assert_eq!((answer.status, answer.json()), (405, json!({ "detail": detail })), "{path}");
        assert!(answer.header("allow").is_some(), "{path}");
    }
    for path in ["/api/rooms", "/api/session/create", "/api/rooms/ABCDEF", "/ws/chat/ABCDEF"] {
        assert_eq!(lobby.get(path, None).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn what_is_said_and_reported_names_a_room_and_a_message() {
    let lobby = Lobby::start(open()).await;
    let (ann, ben) = (lobby.guest("Ann").await, lobby.guest("Ben").await);
    let code = lobby.room(&ann, json!({})).await;
    let needed = "room_code and content required";
    for (by, body, status, text) in [
        (&ann, json!({}), 400, needed),
        (&ann, json!({ "room_code": code }), 400, needed),
        (&ann, json!({ "room_code": code, "content": " " }), 400, needed),
        (&ann, json!({ "room_code": code, "content": 5 }), 400, needed),
        (&ann, json!({ "content": "hi" }), 400, needed),
        (&ann, json!({ "room_code": "NOROOM", "content": "hi" }), 404, "Room not found"),
        (&ann, json!({ "room_code": "!", "content": "hi" }), 404, "Room not found"),
        (
            &ben,
            json!({ "room_code": code, "content": "hi" }),
            403,
            "You are not a member of this room",
        ),
    ] {
        check(&lobby, Some(by), "/api/messages/send/", body, status, error(text)).await;
    }
    let long = lobby.say(&ann, &code, &"é".repeat(1_001)).await;
    assert_eq!((long.status, &long.json()["content"]), (201, &json!("é".repeat(1_000))));

    let id = long.json()["id"].as_u64().expect("an id");
    let path = format!("/api/messages/{id}/report/");
    let long = json!({ "reason": "x".repeat(501) });
    let told = json!({ "reason": ["Ensure this field has no more than 500 characters."] });
    check(&lobby, Some(&ann), &path, long, 400, told).await;
    let told = error("You are not a member of this room");
    check(&lobby, Some(&ben), &path, json!({}), 403, told).await;
    lobby.join(&ben, &code).await;
    let done = json!({ "message": "Message reported successfully" });
    check(&lobby, Some(&ben), &path, json!({}), 200, done).await;
    let told = error("You have already reported this message");
    check(&lobby, Some(&ben), &path, json!({}), 409, told).await;
    for id in [0, 1, id + 1, 1 << 53] {
        let path = format!("/api/messages/{id}/report/");
        check(&lobby, Some(&ben), &path, json!({}), 404, error("Message not found")).await;
    }
    for id in ["x", "-1", "1e3", "99999999999999999999999"] {
        let path = format!("/api/messages/{id}/report/");
        check(&lobby, Some(&ben), &path, json!({}), 404, error("Message not found")).await;
    }
}

#[tokio::test]
async fn only_the_owner_moderates_and_the_rest_is_told_why() {
    let lobby = Lobby::start(open()).await;
    let (ann, ben, cleo) =
        (lobby.guest("Ann").await, lobby.guest("Ben").await, lobby.guest("Cleo").await);
    let code = lobby.room(&ann, json!({})).await;
    let alias = lobby.join(&ben, &code).await;
    let block = "/api/moderation/block-session/";
    let needed = error("room_code and target_session_token required");
    let only = error("Only room owner can block sessions");
    let nobody = error("Target session not found");
    for (by, body, status, told) in [
        (&ann, json!({}), 400, needed.clone()),
        (&ann, json!({ "room_code": code }), 400, needed.clone()),
        (&ann, json!({ "target_alias": alias }), 400, needed),
        (
            &ann,
            json!({ "room_code": "NOROOM", "target_alias": alias }),
            404,
            error("Room not found"),
        ),
        (&ben, json!({ "room_code": code, "target_session_token": ann.token }), 403, only.clone()),
        (&cleo, json!({ "room_code": code, "target_session_token": "x" }), 403, only),
        (&ann, json!({ "room_code": code, "target_session_token": "x" }), 404, nobody.clone()),
        (&ann, json!({ "room_code": code, "target_alias": "x" }), 404, nobody),
    ] {
        check(&lobby, Some(by), block, body, status, told).await;
    }
    for (by, query, status, told) in [
        (&ann, "", 400, error("room_code required")),
        (&ann, "?room_code=NOROOM", 404, error("Room not found")),
        (&ben, &format!("?room_code={code}"), 403, error("Only room owner can view reports")),
        (&cleo, &format!("?room_code={code}"), 403, error("Only room owner can view reports")),
    ] {
        let answer = lobby.get(&format!("/api/moderation/reports/{query}"), Some(by)).await;
        assert_eq!((answer.status, answer.json()), (status, told), "{query}");
    }
    for what in ["kick", "ban", "hand-over"] {
        let path = format!("/api/rooms/{code}/{what}/");
        let only = error("Only room owner can do this");
        check(&lobby, Some(&ben), &path, json!({ "alias": alias }), 403, only).await;
        let no_one = error("Member not found");
        for bad in ["x", &"0".repeat(32)] {
            check(&lobby, Some(&ann), &path, json!({ "alias": bad }), 404, no_one.clone()).await;
        }
        let required = json!({ "alias": ["This field is required."] });
        check(&lobby, Some(&ann), &path, json!({}), 400, required).await;
    }
    let lock = format!("/api/rooms/{code}/lock/");
    let required = json!({ "locked": ["This field is required."] });
    check(&lobby, Some(&ann), &lock, json!({}), 400, required).await;
    let no_flag = json!({ "locked": ["Must be a valid boolean."] });
    check(&lobby, Some(&ann), &lock, json!({ "locked": "yes" }), 400, no_flag).await;
}

#[tokio::test]
async fn without_rooms_their_routes_are_not_there() {
    let server = crate::client::Server::start(open()).await;
    let head = "POST /api/session/create/ HTTP/1.1\r\nContent-Type: application/json";
    assert_eq!(server.http(head, b"{\"nickname\":\"Ann\"}").await.status, 404);
    for path in ["/api/rooms/", "/ws/chat/ABCDEF/", "/admin/rooms"] {
        assert_eq!(server.get(path).await.status, 404, "{path}");
    }
    let document = server.get("/openapi.json").await.json();
    assert!(document["paths"].get("/api/rooms/").is_none());
}
