//! What somebody was told, held against what they had asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::person::Phase;

/// Who was on which side of each pair.
#[derive(Default)]
pub(crate) struct Pairs(Mutex<BTreeMap<String, BTreeMap<char, usize>>>);

impl Pairs {
    /// How many pairs there were.
    pub(crate) fn count(&self) -> usize {
        self.0.lock().expect("pairs").len()
    }

    /// Somebody is in a pair, with a peer of this name.
    fn note(&self, peer: &str, number: usize) {
        let mut names = peer.chars();
        let side = names.next().expect("a side");
        let mut pairs = self.0.lock().expect("pairs");
        let sides = pairs.entry(names.collect()).or_default();
        let known = *sides.entry(side).or_insert(number);
        assert_eq!(known, number, "one person has one side");
        let people: Vec<_> = sides.values().collect();
        assert!(people.len() < 2 || people[0] != people[1], "nobody meets themselves");
    }
}

/// What became of joins.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Joins {
    pub(crate) accepted: usize,
    pub(crate) matched: usize,
    pub(crate) left: usize,
    pub(crate) expired: usize,
    pub(crate) banned: usize,
    pub(crate) refused: usize,
}

impl Joins {
    pub(crate) fn add(&mut self, other: &Self) {
        self.accepted += other.accepted;
        self.matched += other.matched;
        self.left += other.left;
        self.expired += other.expired;
        self.banned += other.banned;
        self.refused += other.refused;
    }
}

/// Somebody's own record.
pub(crate) struct Book {
    number: usize,
    pairs: Arc<Pairs>,
    pub(crate) joins: Joins,
    /// Whether a join was sent and nothing was heard of it yet.
    pub(crate) asked: bool,
    /// Whether a join was accepted and has not ended.
    pub(crate) open: bool,
    /// Blocks that can be taken back.
    pub(crate) blocks: Vec<Value>,
    /// The last partner.
    pub(crate) met: String,
}

impl Book {
    pub(crate) fn new(number: usize, pairs: Arc<Pairs>) -> Self {
        let (joins, blocks, met) = (Joins::default(), Vec::new(), String::new());
        Self { number, pairs, joins, asked: false, open: false, blocks, met }
    }

    /// Holds a frame against all that was known before it.
    pub(crate) fn learn(&mut self, before: &Phase, frame: &Value) {
        let peer = frame["peer"].as_str().unwrap_or_default();
        let with = |name: &str| *before == Phase::Paired(name.to_owned());
        match frame["type"].as_str().unwrap_or_default() {
            "hello" => self.greeted(before, frame["phase"].as_str().unwrap_or_default(), peer),
            "queued" => {
                assert!(self.asked && !self.open, "waits without a join");
                self.accept();
            }
            "matched" => {
                assert!(self.open || self.asked, "meets somebody without a join");
                self.meet(peer);
            }
            "left" => self.joins.left += usize::from(std::mem::take(&mut self.open)),
            "blocked" => self.blocks.push(frame["block"].clone()),
            "banned" => {
                self.joins.banned += usize::from(std::mem::take(&mut self.open));
                self.asked = false;
            }
            "peer_left" | "peer_away" | "peer_back" => assert!(with(peer), "{frame} at {before:?}"),
            "msg" | "typing" => {
                let from = frame["from"].as_str().unwrap_or_default();
                assert!(with(from), "somebody else talks: at {before:?}");
            }
            "error" => self.refused(frame),
            _ => {}
        }
    }

    fn greeted(&mut self, before: &Phase, phase: &str, peer: &str) {
        match phase {
            "waiting" => {
                assert!(self.open || self.asked, "waits without a join");
                if !self.open {
                    self.accept();
                }
            }
            "paired" if *before != Phase::Paired(peer.to_owned()) => {
                assert!(self.open || self.asked, "meets somebody without a join");
                self.meet(peer);
            }
            "paired" => {}
            _ => self.joins.expired += usize::from(std::mem::take(&mut self.open)),
        }
        self.asked = false;
    }

    fn refused(&mut self, frame: &Value) {
        if frame["action"] == "join" || frame["action"] == "next" {
            assert!(self.asked, "an answer without a question: {frame}");
            self.asked = false;
            self.joins.refused += 1;
        }
        let code = frame["code"].as_str().unwrap_or_default();
        let known = [
            "already_waiting",
            "already_paired",
            "not_waiting",
            "unknown_peer",
            "already_reported",
        ];
        assert!(known.contains(&code) || code == "not_paired", "{frame}");
    }

    fn accept(&mut self) {
        self.joins.accepted += 1;
        (self.asked, self.open) = (false, true);
    }

    /// Meets somebody through the join that is open, else through the one that was just sent.
    fn meet(&mut self, peer: &str) {
        if !std::mem::take(&mut self.open) {
            self.asked = false;
            self.joins.accepted += 1;
        }
        self.joins.matched += 1;
        self.pairs.note(peer, self.number);
        peer.clone_into(&mut self.met);
    }
}
