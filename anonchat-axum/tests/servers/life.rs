//! Somebody who does anything at any time.

use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::book::{Book, Joins};
use crate::person::{Person, Phase};

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// What somebody does, and what they know.
pub(crate) struct Life {
    person: Person,
    book: Book,
    dice: u64,
}

impl Life {
    pub(crate) fn new(person: Person, book: Book, dice: u64) -> Self {
        Self { person, book, dice }
    }

    /// Lives until then. Returns what became of every join.
    pub(crate) async fn live(mut self, end: Instant) -> Joins {
        self.come().await;
        let gender = ["female", "male", "non-binary", "prefer-not-to-say"][self.roll(4) as usize];
        self.person.ask(&json!({ "action": "declare", "gender": gender })).await;
        self.until(&["declared"]).await;
        while Instant::now() < end {
            match self.person.phase {
                Phase::Idle => self.look_around().await,
                Phase::Waiting => self.wait().await,
                Phase::Paired(_) => self.talk().await,
            }
            let moment = Duration::from_millis(self.roll(60));
            self.listen(moment).await;
        }
        self.leave().await;
        assert!(!self.book.open && self.person.phase == Phase::Idle, "{:?}", self.person.phase);
        self.book.joins
    }

    /// A number below `sides` (splitmix64).
    fn roll(&mut self, sides: u64) -> u64 {
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.dice;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    async fn look_around(&mut self) {
        match self.roll(10) {
            0 => self.move_on().await,
            1 => self.unblock().await,
            2 => self.report(self.book.met.clone()).await,
            _ => {
                self.join("join").await;
                // Some do not wait for the answer.
                match self.roll(10) {
                    0 => self.go_and_come_back().await,
                    _ => self.until(&["queued", "matched", "error"]).await,
                }
            }
        }
    }

    async fn wait(&mut self) {
        match self.roll(12) {
            0 => self.leave().await,
            1 => self.go_and_come_back().await,
            2 => self.move_on().await,
            3 => {
                self.person.ask(&json!({ "action": "why" })).await;
                self.until(&["waiting", "error"]).await;
            }
            4 => {
                self.join("join").await;
                self.until(&["error"]).await;
            }
            5 => self.next().await,
            6 => self.report(self.book.met.clone()).await,
            _ => {}
        }
    }

    async fn talk(&mut self) {
        let Phase::Paired(peer) = self.person.phase.clone() else { return };
        match self.roll(16) {
            0 => self.leave().await,
            1 => self.go_and_come_back().await,
            2 => self.move_on().await,
            3 | 4 => self.next().await,
            5 => self.report(peer).await,
            6 => {
                self.person.ask(&json!({ "action": "block", "peer": peer })).await;
                self.until(&["blocked", "error"]).await;
            }
            7 => {
                self.person.ask(&json!({ "action": "typing", "typing": true })).await;
            }
            _ => self.person.say().await,
        }
    }

    async fn join(&mut self, action: &str) {
        let filter = ["any", "any", "any", "female", "male"][self.roll(5) as usize];
        self.book.asked = true;
        self.person.ask(&json!({ "action": action, "filter": filter })).await;
    }

    async fn next(&mut self) {
        self.join("next").await;
        self.until(&["left"]).await;
        if self.book.asked {
            self.until(&["queued", "matched", "error"]).await;
        }
    }

    async fn leave(&mut self) {
        self.person.ask(&json!({ "action": "leave" })).await;
        self.until(&["left"]).await;
    }

    /// Reports somebody, perhaps a former partner who waits again by now.
    async fn report(&mut self, peer: String) {
        self.person.ask(&json!({ "action": "report", "reported": peer })).await;
        self.until(&["reported", "error"]).await;
    }

    async fn unblock(&mut self) {
        if let Some(block) = self.book.blocks.pop() {
            self.person.ask(&json!({ "action": "unblock", "block": block })).await;
            self.until(&["unblocked"]).await;
        }
    }

    /// Loses the line, and takes it up again somewhere, sometimes too late.
    async fn go_and_come_back(&mut self) {
        self.person.vanish();
        let away = if self.roll(6) == 0 { 1_500 } else { self.roll(300) };
        sleep(Duration::from_millis(away)).await;
        let server = self.roll(3) as usize;
        self.person.turn_to(server);
        self.come().await;
    }

    /// Opens another line elsewhere before the old one is lost.
    async fn move_on(&mut self) {
        let server = self.roll(3) as usize;
        self.person.turn_to(server);
        self.come().await;
    }

    async fn come(&mut self) {
        let before = self.person.phase.clone();
        let hello = self.person.come().await;
        self.book.learn(&before, &hello);
    }

    /// Hears what comes for a while.
    async fn listen(&mut self, moment: Duration) {
        let until = Instant::now() + moment;
        while let Ok(next) = timeout_at(until, self.person.next()).await {
            if self.learn(next).await == "banned" {
                return self.sit_out().await;
            }
        }
    }

    /// Hears what comes until it is one of these, or a ban, which is an answer to anything.
    async fn until(&mut self, kinds: &[&str]) {
        let answered = async {
            loop {
                let kind = self.hear().await;
                if kind == "banned" || kinds.contains(&kind.as_str()) {
                    return kind;
                }
            }
        };
        let answer = timeout(PATIENCE, answered).await;
        if answer.unwrap_or_else(|_| panic!("no answer: {kinds:?}")) == "banned" {
            self.sit_out().await;
        }
    }

    async fn hear(&mut self) -> String {
        let next = self.person.next().await;
        self.learn(next).await
    }

    async fn learn(&mut self, next: Option<serde_json::Value>) -> String {
        assert!(next.is_some(), "the line has ended");
        let before = self.person.phase.clone();
        let frame = self.person.take(next).await;
        self.book.learn(&before, &frame);
        frame["type"].as_str().unwrap_or_default().to_owned()
    }

    /// Comes back when the ban is over: until then there is no greeting.
    async fn sit_out(&mut self) {
        self.person.vanish();
        self.person.phase = Phase::Idle;
        self.come().await;
    }
}
