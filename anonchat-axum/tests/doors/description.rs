//! The description of the routes: the one that is served, and the one that is checked in.

use serde_json::Value;

use super::client::{Server, lenient};

const CHECKED_IN: &str = include_str!("../../../docs/openapi.json");

/// Every route that the admin API's documentation names, and those of the router's.
const KNOWN: [&str; 20] = [
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
    "/api/admin/metrics",
    "/api/nuclear-reset",
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

#[cfg(all(feature = "metrics", feature = "socketio"))]
#[test]
fn the_description_that_is_checked_in_is_that_of_the_handlers() {
    let hint = "run anonchat-server openapi > docs/openapi.json";
    assert!(anonchat_axum::openapi() == CHECKED_IN, "{hint}");
}

#[cfg(feature = "socketio")]
#[tokio::test]
async fn everybody_is_served_the_description_of_what_there_is() {
    let server = Server::with(lenient(), |builder| builder).await;
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
            assert_eq!(operation.get("security").is_some(), is_admin, "{method} {path}");
            assert_eq!(operation["responses"].get("401").is_some(), is_admin, "{method} {path}");
        }
    }
}
