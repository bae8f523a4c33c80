//! The rules alone: no runtime, no socket, no clock.
//!
//! Time and randomness are arguments, so this prints the same on every machine. It is also how
//! every rule is tested.

use std::sync::Arc;

use anonchat_core::{
    Client, Command, Conn, DeviceId, Dice, Event, NodeId, PairId, Policy, Pool, UnixMillis, Wish,
};

/// A pool, and how far the story has come.
struct Story {
    pool: Pool,
    now: u64,
    lines: Vec<String>,
}

impl Story {
    /// Applies a command, and writes down who was told what.
    fn tell(&mut self, what: &str, command: &Command) {
        self.now += 1_000;
        // A server draws 16 random bytes for each command.
        let dice = Dice { pair: PairId::from_bytes(u128::from(self.now).to_be_bytes()) };
        let commit = self.pool.apply(UnixMillis::new(self.now), dice, command);
        self.lines.push(match commit.outcome {
            Err(rejection) => format!("{what}: refused, {rejection:?}"),
            Ok(mail) => {
                let told: Vec<_> = mail
                    .iter()
                    .map(|envelope| format!("{} hears {}", envelope.conn.id, name(&envelope.event)))
                    .collect();
                format!("{what}: {}", told.join(", "))
            }
        });
    }
}

fn name(event: &Event) -> &'static str {
    match event {
        Event::Attached { .. } => "that they are in",
        Event::Queued { .. } => "that they wait",
        Event::Matched { .. } => "whom they met",
        Event::Left => "that they have left",
        Event::PeerLeft { .. } => "that the other one has gone",
        _ => "something else",
    }
}

fn story() -> Vec<String> {
    let pool = Pool::new(Arc::new(Policy::default()));
    let mut story = Story { pool, now: 0, lines: Vec::new() };
    let device = |n: u8| DeviceId::from_bytes([n; 16]);
    let conn = |n: u8| Conn { node: NodeId(1), id: n.into() };
    let attach = |n| Command::Attach {
        device: device(n),
        conn: conn(n),
        client: Client::Plain,
        again: false,
    };
    let join = |n| Command::Join { device: device(n), conn: conn(n), wish: Wish::default() };
    let detach = |n| Command::Detach { device: device(n), conn: conn(n) };

    story.tell("1 comes in", &attach(1));
    story.tell("2 comes in", &attach(2));
    story.tell("1 wants to meet somebody", &join(1));
    story.tell("1 wants to meet one more", &join(1));
    story.tell("2 wants to meet somebody", &join(2));
    story.tell("1 closes the page", &detach(1));
    story.tell("2 tries again at once", &join(2));
    story.lines
}

#[expect(clippy::print_stdout, reason = "an example shows what it does")]
fn main() {
    story().iter().for_each(|line| println!("{line}"));
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_story_is_always_the_same() {
        let story = super::story();
        assert_eq!(story[2], "1 wants to meet somebody: 1 hears that they wait");
        assert_eq!(story[3], "1 wants to meet one more: refused, AlreadyWaiting");
        let met = "2 wants to meet somebody: 2 hears whom they met, 1 hears whom they met";
        assert_eq!(story[4], met);
        assert_eq!(story[5], "1 closes the page: 2 hears that the other one has gone");
        assert!(story[6].contains("Cooldown"), "{}", story[6]);
        assert_eq!(story, super::story());
    }
}
