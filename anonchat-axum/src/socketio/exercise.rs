//! Whatever a client sends, as somebody with a cookie and on both pages of 001.

use std::sync::{Arc, LazyLock};

use anonchat_core::{Alias, DeviceId, Filter, Gender, PairId, Side, wire};
use serde_json::json;

use super::capability::{Capabilities, Capability};
use super::events::Cookie;
use super::guests::Guest;
use super::incoming::Said;
use super::line::{Dialect, Meaning};
use super::seeker::Seeking;
use super::talk::Talking;
use crate::secret::Secret;

static CAPABILITIES: LazyLock<Arc<Capabilities>> =
    LazyLock::new(|| Arc::new(Capabilities::new(&[Secret::new("a key of no deployment")])));

/// Reads bytes as the arguments of an event, each event that there is, at each kind of client.
///
/// # Panics
///
/// If one of them breaks a promise: that what is read is a frame, a picture or nothing.
pub fn exercise(data: &[u8]) {
    let Ok(data) = serde_json::from_slice::<serde_json::Value>(data) else { return };
    let own = Capability {
        device: DeviceId::from_bytes([7; 16]),
        own: Alias { pair: PairId::from_bytes([3; 16]), side: Side::A },
    };
    let room_id = CAPABILITIES.seal(own);
    // Half of what a page says names its room.
    let mut here = data.clone();
    if let Some(room) = here.get_mut("roomId") {
        *room = json!(room_id);
    }
    for data in [data, here] {
        for name in NAMES {
            let said = || Said { name: (*name).to_owned(), data: data.clone() };
            let guest = Guest::new("Al".into(), "hums".into(), Gender::Male, Filter::Any);
            let capabilities = || Arc::clone(&CAPABILITIES);
            check(&Cookie::new(guest).read(said()));
            check(&Seeking::new(capabilities(), own.device, json!({})).read(said()));
            check(&Talking::new(capabilities(), own, room_id.clone()).read(said()));
        }
    }
}

const NAMES: &[&str] = &[
    "join_queue",
    "join_room",
    "send_message",
    "send_image",
    "typing",
    "leave_chat",
    "report_user",
    "block_user",
    "find_match",
    "dance",
];

fn check(meaning: &Meaning) {
    match meaning {
        Meaning::Frame(frame) => {
            let text = frame.to_string();
            let action = &frame["action"];
            assert!(action.is_string(), "a frame asks for something: {action}");
            drop(wire::decode(&text));
        }
        Meaning::Image(image) => {
            let types = ["jpeg", "png", "webp", "gif"];
            let begins =
                |kind: &&str| image.reveal().starts_with(&format!("data:image/{kind};base64,"));
            assert!(types.iter().any(begins), "a picture of no known type");
        }
        Meaning::Answer((name, _)) => assert_eq!(*name, "error"),
        Meaning::Nothing | Meaning::Onward(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_event_of_the_protocols_is_read() {
        for data in [
            r#"{"roomId":"x","message":"hi","isTyping":true,"targetDeviceId":"a","text":7}"#,
            r#"{"roomId":"x","image":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAY="}"#,
            r#""room_x""#,
            "null",
            "[]",
            "not JSON",
        ] {
            exercise(data.as_bytes());
        }
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_read_without_panic(
            members in prop::collection::btree_map(
                prop::sample::select(vec!["roomId", "message", "image", "targetDeviceId", "text"]),
                "\\PC{0,40}",
                0..5,
            ),
        ) {
            exercise(json!(members).to_string().as_bytes());
        }
    }
}
