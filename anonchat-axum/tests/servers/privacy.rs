//! What Redis gets to know of those who chat.

use anonchat_axum::core::{Classifier, ClassifyError, Gender, PoolId, Selfie, Verdict};
use async_trait::async_trait;
use serde_json::json;
use test_services::{Engine, Monitor, Setup, monitored_command};

use crate::client::{ADMIN_KEY, KEY, lenient};
use crate::three::Three;

/// Occurs in every device id.
const DEVICE: &str = "canary-of-devices";
/// Occurs in everything that is said.
const TEXT: &str = "canary-of-texts";

/// Occurs in every picture, and [`BASE64`] where it is on its way as text.
const PICTURE: &str = "canary-picture0";
const BASE64: &str = "Y2FuYXJ5LXBpY3R1cmUw";

/// Verifies everybody who sends the picture.
struct Credulous;

#[async_trait]
impl Classifier for Credulous {
    async fn classify(&self, selfie: Selfie) -> Result<Verdict, ClassifyError> {
        assert!(selfie.bytes().starts_with(PICTURE.as_bytes()), "the picture");
        Ok(Verdict::Verified(Gender::Female))
    }
}

/// Three people on three servers do everything to each other that there is to do.
async fn live(three: &Three) -> String {
    let [ann, bob, cat] = ["ann", "bob", "cat"].map(|name| format!("{DEVICE}-{name}-0123456789"));
    let native = async |server: usize, device: &str| {
        let mut client = three.servers[server].native(device).await;
        client.hello().await;
        client
    };
    let mut first = native(0, &ann).await;
    let mut second = three.servers[1].plain(&bob).await.greeted().await;
    let join = json!({ "action": "join", "filter": "any", "nickname": "somebody" });
    first.say(join.clone()).await;
    first.expect("queued").await;
    second.say(join).await;
    let to_bob = first.expect("matched").await["peer"].clone();
    second.expect("matched").await;
    for number in 0..20 {
        let text = format!("{TEXT} {number}");
        first.say(json!({ "action": "msg", "id": format!("m{number}"), "text": text })).await;
        assert_eq!(second.expect("msg").await["text"], text);
        second.say(json!({ "action": "msg", "text": text })).await;
        first.expect("ack").await;
        assert_eq!(first.expect("msg").await["text"], text);
    }
    first.vanish();
    let mut first = native(2, &ann).await;
    first.say(json!({ "action": "report", "reported": to_bob, "reason": "spam" })).await;
    first.expect("reported").await;
    first.say(json!({ "action": "block", "peer": to_bob })).await;
    first.expect("blocked").await;
    second.expect("peer_left").await;
    for path in ["/verify?device_id=", "/verify?consent=1&device_id="] {
        let verify = format!("POST {path}{cat} HTTP/1.1");
        three.servers[0].http(&verify, b"no picture").await;
    }
    let image = format!("data:image/jpeg;base64,{}", BASE64.repeat(100));
    let verify = json!({ "image": image, "deviceId": cat, "consent": 1 }).to_string();
    let ask = "POST /api/verify HTTP/1.1";
    let verified = three.servers[0].http(ask, verify.as_bytes()).await.json();
    let token = verified["verificationToken"].as_str().expect("token").to_owned();
    let mut third = native(1, &cat).await;
    third.say(json!({ "action": "join", "filter": "female", "token": token })).await;
    third.expect("queued").await;
    third.close().await;
    token
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_learns_no_device_id_no_key_and_no_text_but_to_pass_it_on() {
    // Compressed, nothing would be found on disk.
    let redis = Setup::new(Engine::Redis).append_only().config("rdbcompression no").start();
    let monitor = Monitor::start(&redis);
    let judged = |builder: anonchat_axum::Builder| builder.classifier(Credulous);
    let three = Three::with(&redis.url(), lenient(), &[PoolId::main()], judged).await;
    let token = live(&three).await;
    let heard = tokio::task::block_in_place(|| monitor.end());
    assert!(heard.iter().any(|line| line.contains("anonchat:{main}:")), "it heard of the pool");
    assert!(heard.iter().any(|line| line.contains("somebody")), "a profile is found as it is");
    let sealed = &token[9..40];
    for secret in [DEVICE, KEY, ADMIN_KEY, PICTURE, BASE64, sealed] {
        let line = heard.iter().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret} is in {line:?}");
    }
    let spoken: Vec<_> = heard.iter().filter(|line| line.contains(TEXT)).collect();
    assert!(spoken.len() >= 40, "both were heard through Redis");
    for line in spoken {
        let command = monitored_command(line);
        assert!(matches!(command, Some("PUBLISH" | "SPUBLISH")), "said to {command:?}");
    }

    let files = tokio::task::block_in_place(|| redis.dump());
    let holds = |bytes: &[u8], text: &str| {
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    let of_the_pool = |bytes: &&Vec<u8>| holds(bytes, "anonchat:{main}:");
    assert!(files.iter().filter(of_the_pool).count() >= 2, "a dump and a file of changes");
    for secret in [DEVICE, TEXT, KEY, ADMIN_KEY, PICTURE, BASE64, sealed] {
        assert!(files.iter().all(|bytes| !holds(bytes, secret)), "{secret} is on disk");
    }
}
