//! A server dies without a word amid a hundred chats: what becomes of those who were talking to its
//! people, of those who come back elsewhere, and of those who do not.

use std::collections::BTreeMap;

use test_services::{Engine, Server};
use tokio::task::JoinSet;

use crate::person::talkers::meet;
use crate::person::{Person, Phase};
use crate::three::{Terms, Three, exchange, find, join, until_lost, until_peer_is};

const PAIRS: usize = 100;

/// The server that dies.
const DEAD: usize = 0;

/// What becomes of a chat when a server dies.
enum Story {
    /// Neither was there.
    Untouched(Person, Person),
    /// One was there, and comes back elsewhere.
    Resumed(Person, Person),
    /// One was there, and does not come back.
    Lost(Person, Person),
}

/// Those who were lost, and those whom they left behind.
#[derive(Default)]
struct Parted {
    lost: Vec<Person>,
    left: Vec<Person>,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_dies_amid_a_hundred_pairs() {
    let redis = Server::start(Engine::Redis);
    let mut three = Three::on(&redis, Terms { lease_s: 3, grace_s: 6, ..Terms::default() });
    let mut stories = Vec::new();
    for number in 0..PAIRS {
        let mut ann = three.person(&format!("ann-{number}"), number);
        let mut bob = three.person(&format!("bob-{number}"), number + 1);
        meet(&mut ann, &mut bob).await;
        stories.push(match (number % 3, number % 2) {
            (0, 0) => Story::Resumed(ann, bob),
            (0, _) => Story::Lost(ann, bob),
            (2, 0) => Story::Resumed(bob, ann),
            (2, _) => Story::Lost(bob, ann),
            _ => Story::Untouched(ann, bob),
        });
    }
    let mut waiting = three.person("ghost", DEAD);
    waiting.come().await;
    assert_eq!(join(&mut waiting, "any").await["type"], "queued");

    three.kill(DEAD);
    let Parted { mut lost, mut left } = tell(stories).await;
    assert_eq!(lost.len(), left.len());

    // Nobody who is not there meets those who look for somebody now.
    left.push(three.person("new", 1));
    left.last_mut().expect("new").come().await;
    expect_all_meet(left).await;

    lost.push(waiting);
    for person in &mut lost {
        person.vanish();
        person.turn_to(2);
        person.come().await;
        assert_eq!(person.phase, Phase::Idle, "all is over");
    }
    expect_all_meet(lost).await;
}

/// Lets every story come to its end.
async fn tell(stories: Vec<Story>) -> Parted {
    let mut telling = JoinSet::new();
    for story in stories {
        telling.spawn(async {
            match story {
                Story::Untouched(mut ann, mut bob) => {
                    exchange(&mut ann, &mut bob).await;
                    assert_eq!(ann.returns + bob.returns, 0);
                    None
                }
                Story::Resumed(mut there, mut partner) => {
                    exchange(&mut there, &mut partner).await;
                    assert_eq!((there.returns, partner.returns), (1, 0));
                    None
                }
                Story::Lost(there, mut partner) => {
                    until_peer_is(&mut partner, false).await;
                    until_lost(&mut partner).await;
                    Some((there, partner))
                }
            }
        });
    }
    let mut parted = Parted::default();
    while let Some(told) = telling.join_next().await {
        if let Some((lost, left)) = told.expect("a story") {
            parted.lost.push(lost);
            parted.left.push(left);
        }
    }
    parted
}

/// All of them look for somebody at the same time, and find each other.
async fn expect_all_meet(people: Vec<Person>) {
    assert_eq!(people.len() % 2, 0);
    let mut meeting = JoinSet::new();
    for mut person in people {
        meeting.spawn(async move { (find(&mut person).await, person) });
    }
    let mut pairs: BTreeMap<String, Vec<Person>> = BTreeMap::new();
    while let Some(met) = meeting.join_next().await {
        let (pair, person) = met.expect("a meeting");
        pairs.entry(pair).or_default().push(person);
    }
    for pair in pairs.values_mut() {
        let [one, other] = &mut pair[..] else { panic!("somebody met a ghost") };
        exchange(one, other).await;
    }
}
