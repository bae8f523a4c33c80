//! What owners do to those whose sockets are open.

use serde_json::{Value, json};

use crate::client::Client;
use crate::guests::{Guest, Lobby, hear, open};

/// A room of Ann's, with Ben and Cleo in it: their sockets, Cleo's a plain one, and Ben's alias.
struct Party {
    lobby: Lobby,
    ann: Guest,
    ben: Guest,
    cleo: Guest,
    code: String,
    ben_alias: String,
    cleo_alias: String,
    owner: Client,
    native: Client,
    plain: Client,
}

async fn party() -> Party {
    let lobby = Lobby::start(open()).await;
    let (ann, ben, cleo) =
        (lobby.guest("Ann").await, lobby.guest("Ben").await, lobby.guest("Cleo").await);
    let code = lobby.room(&ann, json!({})).await;
    let (ben_alias, cleo_alias) = (lobby.join(&ben, &code).await, lobby.join(&cleo, &code).await);
    let (owner, _) = lobby.native(&ann, &code).await;
    let (native, _) = lobby.native(&ben, &code).await;
    let plain = lobby.plain(&cleo, &code).await;
    Party { lobby, ann, ben, cleo, code, ben_alias, cleo_alias, owner, native, plain }
}

impl Party {
    async fn act(&self, what: &str, body: Value) {
        let done = self.lobby.act(&self.ann, &self.code, what, body).await;
        assert_eq!(done.status, 200, "{what}: {done:?}");
        assert!(done.json()["message"].is_string(), "{done:?}");
    }
}

async fn ends(client: &mut Client, kind: &str, code: u16) -> Value {
    let last = hear(client, kind).await;
    assert_eq!(client.expect_close().await, code);
    last
}

#[tokio::test]
async fn who_is_kicked_is_out_at_once_and_may_come_again() {
    let mut party = party().await;
    party.act("kick", json!({ "alias": party.ben_alias })).await;
    assert_eq!(ends(&mut party.native, "removed", 4003).await["why"], "kicked");
    let left = hear(&mut party.owner, "left").await;
    assert_eq!(left, json!({ "type": "left", "alias": party.ben_alias, "why": "kicked" }));
    party.act("kick", json!({ "alias": party.cleo_alias })).await;
    let told = ends(&mut party.plain, "error", 4003).await;
    assert_eq!(told["message"], "You have been removed from this room");
    assert_eq!(party.lobby.refusal(&party.ben, &party.code).await, Some(403));
    party.lobby.join(&party.ben, &party.code).await;
}

#[tokio::test]
async fn who_is_banned_from_a_room_is_out_at_once_and_stays_out() {
    let mut party = party().await;
    party.act("ban", json!({ "alias": party.ben_alias })).await;
    assert_eq!(ends(&mut party.native, "removed", 4003).await["why"], "banned_from_room");
    let block = json!({ "room_code": party.code, "target_alias": party.cleo_alias });
    let path = "/api/moderation/block-session/";
    assert_eq!(party.lobby.post(path, Some(&party.ann), &block).await.status, 200);
    let told = ends(&mut party.plain, "error", 4003).await;
    assert_eq!(told["message"], "You have been banned from this room");
    for banned in [&party.ben, &party.cleo] {
        let refused = party.lobby.try_join(banned, &party.code).await;
        let told = json!({ "error": "You are banned from this room" });
        assert_eq!((refused.status, refused.json()), (403, told));
        assert_eq!(party.lobby.refusal(banned, &party.code).await, Some(403));
    }
    // It holds in that room only.
    let other = party.lobby.room(&party.ann, json!({})).await;
    party.lobby.join(&party.ben, &other).await;
}

#[tokio::test]
async fn nobody_new_joins_a_locked_room_and_members_stay() {
    let mut party = party().await;
    let dan = party.lobby.guest("Dan").await;
    for locked in [true, false] {
        party.act("lock", json!({ "locked": locked })).await;
        let told = json!({ "type": "locked", "locked": locked });
        assert_eq!(hear(&mut party.native, "locked").await, told);
        let joined = party.lobby.try_join(&dan, &party.code).await;
        assert_eq!(joined.status, if locked { 403 } else { 200 });
        if locked {
            assert_eq!(joined.json(), json!({ "error": "Room is locked" }));
            party.lobby.join(&party.ben, &party.code).await;
        }
    }
}

#[tokio::test]
async fn a_closed_room_is_over_for_everybody() {
    let mut party = party().await;
    party.act("close", json!({})).await;
    ends(&mut party.owner, "closed", 4004).await;
    ends(&mut party.native, "closed", 4004).await;
    let told = ends(&mut party.plain, "error", 4004).await;
    assert_eq!(told["message"], "This room has been closed");
    let gone = party.lobby.get(&format!("/api/rooms/{}/", party.code), Some(&party.cleo)).await;
    assert_eq!((gone.status, gone.json()), (404, json!({ "error": "Room not found" })));
    assert_eq!(party.lobby.census().await.rooms, 0);
}

#[tokio::test]
async fn a_room_that_is_handed_over_has_another_owner() {
    let mut party = party().await;
    party.act("hand-over", json!({ "alias": party.ben_alias })).await;
    let told = json!({ "type": "owner", "alias": party.ben_alias });
    assert_eq!(hear(&mut party.native, "owner").await, told);
    assert_eq!(hear(&mut party.owner, "owner").await, told);
    let lock = json!({ "locked": true });
    let by = |guest: Guest| {
        let (lobby, code, lock) = (&party.lobby, &party.code, lock.clone());
        async move { lobby.act(&guest, code, "lock", lock).await.status }
    };
    assert_eq!(by(party.ann.clone()).await, 403);
    assert_eq!(by(party.ben.clone()).await, 200);
}

#[tokio::test]
async fn owners_do_not_kick_themselves() {
    let party = party().await;
    let you =
        party.lobby.get(&format!("/api/rooms/{}/", party.code), Some(&party.ann)).await.json();
    for what in ["kick", "ban", "hand-over"] {
        let body = json!({ "alias": you["you"] });
        let refused = party.lobby.act(&party.ann, &party.code, what, body).await;
        assert_eq!(
            (refused.status, refused.json()),
            (400, json!({ "error": "You cannot do this to yourself" }))
        );
    }
}
