//! The description of the routes: the one that is served, and the one that is checked in.

use serde_json::Value;

use super::client::{Server, lenient};

const CHECKED_IN: &str = include_str!("../../../docs/openapi.json");

/// Every route that the admin API's documentation names, and those of the router's.
const KNOWN: [&str; 43] = [
    "/admin/audit",
    "/admin/audit/export",
    "/admin/bans",
    "/admin/bans/{device}/lift",
    "/admin/figures",
    "/admin/live",
    "/admin/maintenance",
    "/admin/queue",
    "/admin/reports",
    "/admin/reports/{pool}/{id}/dismiss",
    "/admin/reset",
    "/admin/rooms",
    "/admin/rooms/ban",
    "/admin/rooms/close",
    "/admin/rooms/lift",
    "/api/admin/metrics",
    "/api/messages/send/",
    "/api/messages/{id}/report/",
    "/api/moderation/block-session/",
    "/api/moderation/reports/",
    "/api/nuclear-reset",
    "/api/rooms/",
    "/api/rooms/create/",
    "/api/rooms/join/",
    "/api/rooms/{code}/",
    "/api/rooms/{code}/ban/",
    "/api/rooms/{code}/close/",
    "/api/rooms/{code}/hand-over/",
    "/api/rooms/{code}/kick/",
    "/api/rooms/{code}/leave/",
    "/api/rooms/{code}/lock/",
    "/api/rooms/{code}/members/",
    "/api/rooms/{code}/messages/",
    "/api/session/create/",
    "/api/session/end/",
    "/api/session/validate/",
    "/api/stats",
    "/api/verify",
    "/healthz",
    "/join",
    "/openapi.json",
    "/readyz",
    "/verify",
];

fn paths(document: &Value) -> Vec<&str> {
    let paths = document["paths"].as_object().expect("paths");
    paths.keys().map(String::as_str).filter(|path| *path != "/metrics").collect()
}

#[cfg(all(feature = "metrics", feature = "rooms", feature = "socketio"))]
#[test]
fn the_description_that_is_checked_in_is_that_of_the_handlers() {
    let hint = "run anonchat-server openapi > docs/openapi.json";
    assert!(anonchat_axum::openapi() == CHECKED_IN, "{hint}");
}

#[cfg(all(feature = "rooms", feature = "socketio"))]
#[tokio::test]
async fn everybody_is_served_the_description_of_what_there_is() {
    let rooms = anonchat_store::MemoryRooms::new(Default::default()).expect("policy");
    let server = Server::with(lenient(), |builder| builder.rooms(rooms)).await;
    let reply = server.get("/openapi.json").await;
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json")));
    let served: Value = reply.json();
    assert_eq!(served, serde_json::from_str::<Value>(&anonchat_axum::openapi()).expect("JSON"));
    assert_eq!(paths(&served), KNOWN);
    assert_eq!(served["servers"][0]["url"], ".", "beside the description, wherever it is nested");
}

#[cfg(feature = "metrics")]
#[tokio::test]
async fn figures_that_are_served_elsewhere_are_not_described() {
    for elsewhere in [false, true] {
        let server = Server::with(lenient(), |builder| builder.metrics_elsewhere(elsewhere)).await;
        let served: Value = server.get("/openapi.json").await.json();
        assert_eq!(served["paths"].get("/metrics").is_none(), elsewhere);
    }
}

#[test]
fn routes_of_those_in_charge_ask_for_the_key_and_no_others_do() {
    let document: Value = serde_json::from_str(CHECKED_IN).expect("JSON");
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let is_admin = operation["tags"][0] == "admin";
            let keyed = operation["security"][0].get("key").is_some();
            assert_eq!(keyed, is_admin, "{method} {path}");
            let of_room = operation["security"][0].get("room_session").is_some();
            assert!(!of_room || operation["tags"][0] == "rooms", "{method} {path}");
            let refuses = operation["responses"].get("401").is_some();
            // The one that looks at a session takes its token as a parameter.
            let asks = is_admin || of_room || path == "/api/session/validate/";
            assert_eq!(refuses, asks, "{method} {path}");
        }
    }
}

#[test]
fn every_shape_that_is_named_is_described() {
    fn names<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|member| names(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| names(item, found)),
            _ => {}
        }
    }
    let document: Value = serde_json::from_str(CHECKED_IN).expect("JSON");
    let mut found = Vec::new();
    names(&document, &mut found);
    assert!(!found.is_empty());
    for name in found {
        let place = name.strip_prefix('#').expect("in the same document");
        assert!(document.pointer(place).is_some(), "{name}");
    }
}
