//! Pairs of people who talk without a pause, whatever happens meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{interval, timeout};

use super::{PATIENCE, Person, Phase};

/// Between two messages of one person.
const PAUSE: Duration = Duration::from_millis(100);

/// Unacknowledged messages after which somebody waits. The server would refuse more than 64.
const MOST: usize = 32;

/// People who talk in the background. Each is a task that panics at what must not happen: a chat
/// that ends, a message that comes too early, an error that is not a passing one.
pub(crate) struct Talkers {
    stop: watch::Sender<bool>,
    pairs: JoinSet<Outcome>,
}

/// What came of all chats.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Outcome {
    /// Messages, each shown once and in order.
    pub(crate) messages: usize,
    /// Lines that were taken up again.
    pub(crate) returns: usize,
}

impl Talkers {
    /// Lets so many pairs meet, one after the other, the two of each at different servers, and
    /// talk. Nobody else may be waiting.
    pub(crate) async fn start(servers: &[String], pairs: usize) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut talking = JoinSet::new();
        for number in 0..pairs {
            let person = |name: &str, server| {
                Person::new(format!("{name}-{number:04}-0123456789"), servers.to_vec(), server)
            };
            let (mut ann, mut bob) = (person("ann", number), person("bob", number + 1));
            meet(&mut ann, &mut bob).await;
            talking.spawn(talk(ann, bob, stopped.clone()));
        }
        Self { stop, pairs: talking }
    }

    /// Lets everybody say their last words, and returns when all of them have arrived.
    pub(crate) async fn finish(mut self) -> Outcome {
        self.stop.send_replace(true);
        let mut total = Outcome::default();
        while let Some(pair) = self.pairs.join_next().await {
            let outcome = pair.expect("a chat in which nothing was lost");
            total.messages += outcome.messages;
            total.returns += outcome.returns;
        }
        total
    }
}

/// Two people come in and meet.
pub(crate) async fn meet(first: &mut Person, second: &mut Person) {
    for (person, answer) in [(&mut *first, "queued"), (&mut *second, "matched")] {
        person.come().await;
        person.ask(&json!({ "action": "join", "filter": "any" })).await;
        until(person, answer).await;
    }
    until(first, "matched").await;
}

/// Hears what comes until it is of this type.
pub(crate) async fn until(person: &mut Person, kind: &str) -> Value {
    let mut before = Vec::new();
    let heard = async {
        loop {
            let next = person.next().await;
            let frame = person.take(next).await;
            if frame["type"] == kind {
                return frame;
            }
            before.push(frame);
        }
    };
    let heard = timeout(PATIENCE, heard).await;
    heard.unwrap_or_else(|_| panic!("no {kind} in time, but {before:?}"))
}

async fn talk(ann: Person, bob: Person, stopped: watch::Receiver<bool>) -> Outcome {
    let done = Arc::new(AtomicUsize::new(0));
    let one = tokio::spawn(go_on(ann, stopped.clone(), done.clone()));
    let other = go_on(bob, stopped, done).await;
    let one = one.await.expect("the partner");
    assert_eq!(one.heard.len(), other.said().0, "everything was heard");
    assert_eq!(other.heard.len(), one.said().0, "everything was heard");
    Outcome { messages: one.heard.len() + other.heard.len(), returns: one.returns + other.returns }
}

/// Talks until told to stop, and then until the partner too has had an answer to everything.
async fn go_on(
    mut person: Person,
    stopped: watch::Receiver<bool>,
    done: Arc<AtomicUsize>,
) -> Person {
    let phase = person.phase.clone();
    let Phase::Paired(peer) = &phase else { panic!("nobody to talk to") };
    let mut moments = interval(PAUSE);
    let (mut is_done, mut patience) = (false, PATIENCE.as_millis() / PAUSE.as_millis());
    loop {
        tokio::select! {
            next = person.next() => {
                let frame = person.take(next).await;
                let passing = frame["code"] == "unavailable";
                assert!(frame["type"] != "error" || passing, "{frame}");
                assert_eq!(person.phase, phase, "with {peer}: {frame}");
            }
            _ = moments.tick() => {
                let (said, open) = person.said();
                if !*stopped.borrow() {
                    if open < MOST {
                        person.say().await;
                    }
                    continue;
                }
                if open == 0 && !is_done {
                    is_done = true;
                    done.fetch_add(1, Ordering::SeqCst);
                }
                if done.load(Ordering::SeqCst) == 2 {
                    return person;
                }
                patience -= 1;
                assert!(patience > 0, "{open} of {said} messages have no answer");
            }
        }
    }
}
