//! What is kept, page by page.

use serde_json::{Value, json};

use crate::guests::{Lobby, open};

fn contents(page: &Value) -> Vec<&str> {
    let results = page["results"].as_array().expect("results");
    results.iter().map(|message| message["content"].as_str().expect("content")).collect()
}

#[tokio::test]
async fn pages_are_newest_first_and_one_beyond_the_end_is_the_last() {
    let lobby = Lobby::start(open()).await;
    let ann = lobby.guest("Ann").await;
    let code = lobby.room(&ann, json!({})).await;
    for number in 1..=5 {
        lobby.say(&ann, &code, &format!("m{number}")).await;
    }
    let page = async |query: &str| {
        lobby.get(&format!("/api/rooms/{code}/messages/?{query}"), Some(&ann)).await.json()
    };
    let first = page("page_size=2").await;
    assert_eq!(contents(&first), ["m5", "m4"]);
    assert_eq!((&first["count"], &first["total_pages"]), (&json!(5), &json!(3)));
    assert_eq!(contents(&page("page=3&page_size=2").await), ["m1"]);
    let beyond = page("page=9&page_size=2").await;
    assert_eq!((contents(&beyond), &beyond["page"]), (vec!["m1"], &json!(9)));
    let large = page("page_size=4000000000").await;
    assert_eq!(large["page_size"], 100, "no larger than may be");
    let far = page("page=18446744073709551615").await;
    assert_eq!(contents(&far).len(), 5);
}

#[tokio::test]
async fn a_room_keeps_no_more_than_it_may_and_says_so_to_everybody() {
    let mut policy = open();
    policy.rooms.max_messages = 3;
    let lobby = Lobby::start(policy).await;
    let (ann, ben) = (lobby.guest("Ann").await, lobby.guest("Ben").await);
    let code = lobby.room(&ann, json!({ "message_retention_days": 7 })).await;
    let joined = lobby.try_join(&ben, &code).await.json();
    assert_eq!(joined["message_retention_days"], 7);
    for number in 1..=5 {
        lobby.say(&ann, &code, &format!("m{number}")).await;
    }
    let kept = lobby.kept(&ben, &code).await;
    let kept: Vec<_> = kept.iter().map(|message| &message["content"]).collect();
    assert_eq!(kept, ["m5", "m4", "m3"]);
}

#[tokio::test]
async fn the_owners_list_has_the_most_reported_first_and_says_why() {
    let lobby = Lobby::start(open()).await;
    let (ann, ben, cleo) =
        (lobby.guest("Ann").await, lobby.guest("Ben").await, lobby.guest("Cleo").await);
    let code = lobby.room(&ann, json!({})).await;
    lobby.join(&ben, &code).await;
    lobby.join(&cleo, &code).await;
    let rude = lobby.say(&ben, &code, "rude").await.json();
    let own = lobby.say(&ann, &code, "own").await.json();
    lobby.say(&ben, &code, "fine").await;
    for (by, message, reason) in [(&cleo, &rude, "rude"), (&ann, &rude, ""), (&ben, &own, "dull")] {
        let path = format!("/api/messages/{}/report/", message["id"]);
        assert_eq!(lobby.post(&path, Some(by), &json!({ "reason": reason })).await.status, 200);
    }
    let reports =
        lobby.get(&format!("/api/moderation/reports/?room_code={code}"), Some(&ann)).await;
    let reports = reports.json();
    assert_eq!(reports.as_array().map(Vec::len), Some(2));
    assert_eq!(
        (&reports[0]["content"], &reports[0]["reported_count"]),
        (&json!("rude"), &json!(2))
    );
    assert_eq!(reports[0]["reasons"], json!(["rude", ""]));
    assert_eq!((&reports[0]["mine"], &reports[1]["mine"]), (&json!(false), &json!(true)));
}
