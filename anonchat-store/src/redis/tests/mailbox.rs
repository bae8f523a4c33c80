//! Mail is handed on in order, each piece once, or its loss is announced.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anonchat_core::{Body, Conn, DeviceId, Envelope, Event, Inbox, Mail, NodeId, PairId, Whisper};
use tokio::time::Instant;

use crate::redis::clock::Clock;
use crate::redis::inboxes::Inboxes;
use crate::redis::mail::{self, Batch};
use crate::redis::mailbox::{Life, Mailbox};
use crate::redis::mirror;
use crate::redis::outage::Outage;

const NODE: NodeId = NodeId(1);
const OTHER: NodeId = NodeId(2);

#[derive(Debug, PartialEq, Eq)]
enum Heard {
    Fact(u64),
    Whisper,
    Gap,
}

#[derive(Default)]
struct Ear(Mutex<Vec<Heard>>);

impl Ear {
    fn heard(&self, one: Heard) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(one);
    }

    fn all(&self) -> Vec<Heard> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Inbox for Ear {
    fn deliver(&self, mail: Mail) {
        self.heard(match mail {
            Mail::Event(envelope) => Heard::Fact(envelope.seq),
            Mail::Whisper(_) => Heard::Whisper,
        });
    }

    fn gap(&self) {
        self.heard(Heard::Gap);
    }
}

/// A mailbox that nothing was subscribed for yet, and what its node hears.
fn mailbox() -> (Mailbox, Arc<Ear>) {
    let (inboxes, ear) = (Arc::new(Inboxes::new()), Arc::new(Ear::default()));
    inboxes.open(NODE, Arc::clone(&ear) as _);
    (Mailbox::new(inboxes, Arc::new(Clock::new(false))), ear)
}

/// A batch with one fact, which has the number of the batch, for a node.
fn batch_for(node: NodeId, number: u64) -> Vec<u8> {
    let (to, conn) = (DeviceId::from_bytes([1; 16]), Conn { node, id: 1 });
    let fact = Envelope { to, conn, seq: number, event: Event::Left };
    mirror::batch(&Batch { number, envelopes: vec![fact] })
}

fn batch(number: u64) -> Vec<u8> {
    batch_for(NODE, number)
}

fn life(number: u64, nodes: &[NodeId]) -> Life {
    Life { number, channel: "channel".into(), nodes: nodes.into(), pulse: Arc::default() }
}

/// A life in which mail arrives, from number 1 on.
fn begin(mailbox: &Mailbox, number: u64) {
    mailbox.subscribed(number);
    mailbox.opened(life(number, &[NODE]), 0);
}

fn soon() -> Instant {
    Instant::now() + Duration::from_millis(20)
}

fn late() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

#[test]
fn facts_are_handed_to_the_inbox_of_their_node_in_order() {
    let (mailbox, ear) = mailbox();
    begin(&mailbox, 1);
    for number in 1..=3 {
        assert!(mailbox.batch(1, &batch(number)));
    }
    assert!(mailbox.batch(1, &batch_for(OTHER, 4)), "nobody is there, and nothing was lost");
    assert_eq!(ear.all(), [Heard::Fact(1), Heard::Fact(2), Heard::Fact(3)]);
}

#[test]
fn after_a_missing_batch_nothing_more_is_handed_on() {
    let (mailbox, ear) = mailbox();
    for twisted in [batch(3), batch(1), batch(u64::MAX), vec![0; 5], Vec::new()] {
        begin(&mailbox, 1);
        assert!(mailbox.batch(1, &batch(1)));
        assert!(!mailbox.batch(1, &twisted), "it is found out");
        assert!(mailbox.batch(1, &batch(2)), "it is known already");
        assert_eq!(ear.all(), [Heard::Fact(1)]);
        mailbox.over(Outage::MailLost);
    }
}

#[test]
fn every_life_but_the_first_begins_with_a_gap() {
    let (mailbox, ear) = mailbox();
    begin(&mailbox, 1);
    mailbox.over(Outage::MailLost);
    assert_eq!(ear.all(), []);
    begin(&mailbox, 2);
    assert!(mailbox.batch(1, &batch(1)), "of a life that is over");
    assert!(mailbox.batch(2, &batch(1)));
    assert_eq!(ear.all(), [Heard::Gap, Heard::Fact(1)]);
}

#[test]
fn mail_that_overtakes_the_answer_to_the_opening_comes_after_the_gap() {
    let (mailbox, ear) = mailbox();
    mailbox.subscribed(2);
    assert!(mailbox.batch(2, &batch(1)));
    assert!(mailbox.batch(2, &batch(2)));
    mailbox.opened(life(2, &[NODE]), 0);
    assert!(mailbox.batch(2, &batch(3)));
    assert_eq!(ear.all(), [Heard::Gap, Heard::Fact(1), Heard::Fact(2), Heard::Fact(3)]);
}

#[test]
fn a_channel_that_has_had_mail_is_counted_from_there() {
    let (mailbox, ear) = mailbox();
    mailbox.subscribed(1);
    mailbox.opened(life(1, &[NODE]), 7);
    assert!(mailbox.batch(1, &batch(8)));
    assert_eq!(ear.all(), [Heard::Fact(8)]);
    assert!(!mailbox.batch(1, &batch(8)));
}

#[test]
fn a_whisper_is_handed_on_while_the_life_lasts_and_one_that_cannot_be_read_ends_it() {
    let (mailbox, ear) = mailbox();
    let to = Conn { node: NODE, id: 1 };
    let pair = PairId::from_bytes([2; 16]);
    let payload = mail::encode_whisper(&Whisper { to, pair, body: Body::Typing(true) });
    begin(&mailbox, 1);
    assert!(mailbox.whisper(1, &payload));
    assert!(!mailbox.whisper(1, &payload[1..]));
    mailbox.over(Outage::MailLost);
    assert!(mailbox.whisper(1, &payload));
    assert_eq!(ear.all(), [Heard::Whisper]);
}

#[tokio::test]
async fn a_caller_waits_for_the_batch_that_its_reply_named() {
    let (mailbox, _) = mailbox();
    begin(&mailbox, 1);
    assert!(mailbox.batch(1, &batch(1)));
    assert!(mailbox.caught_up(1, Some(1), soon()).await, "it was there before");
    assert!(!mailbox.caught_up(1, Some(3), soon()).await, "it never comes");
    let waiting = mailbox.caught_up(1, Some(3), late());
    let arriving = async {
        tokio::task::yield_now().await;
        assert!(mailbox.batch(1, &batch(2)) && mailbox.batch(1, &batch(3)));
    };
    assert!(tokio::join!(waiting, arriving).0);
}

#[tokio::test]
async fn a_caller_whose_mail_was_lost_waits_for_the_gap() {
    let (mailbox, ear) = mailbox();
    begin(&mailbox, 1);
    let named = mailbox.caught_up(1, Some(3), late());
    let unknown = mailbox.caught_up(1, None, late());
    let losing = async {
        tokio::task::yield_now().await;
        mailbox.over(Outage::MailLost);
        assert!(!mailbox.caught_up(1, Some(1), soon()).await, "nobody was told of the gap yet");
        begin(&mailbox, 2);
    };
    let (named, unknown, ()) = tokio::join!(named, unknown, losing);
    assert!(named && unknown);
    assert!(mailbox.caught_up(1, None, soon()).await, "the gap was before");
    assert_eq!(ear.all(), [Heard::Gap]);
}

#[tokio::test]
async fn what_a_reply_has_named_is_owed_until_it_was_handed_on() {
    let (mailbox, _) = mailbox();
    begin(&mailbox, 1);
    assert_eq!(mailbox.owed(), 0);
    assert!(!mailbox.caught_up(1, Some(2), soon()).await);
    assert_eq!(mailbox.owed(), 2, "though nobody waits for it any more");
    assert!(!mailbox.has(1, 2));
    assert!(mailbox.batch(1, &batch(1)) && mailbox.batch(1, &batch(2)));
    assert!(mailbox.has(1, 2) && !mailbox.has(2, 2));
    assert_eq!(mailbox.owed(), 2);
}

#[tokio::test]
async fn whoever_waits_for_a_life_learns_why_there_is_none() {
    let (mailbox, _) = mailbox();
    let none = mailbox.life(None, soon()).await.err().expect("nothing is subscribed");
    assert!(matches!(none, Outage::NotYet), "{none:?}");
    begin(&mailbox, 1);
    assert_eq!(mailbox.life(Some(NODE), soon()).await.expect("it is heard").number, 1);
    let unheard = mailbox.life(Some(OTHER), soon()).await.err().expect("it is not heard");
    assert!(matches!(unheard, Outage::Late), "{unheard:?}");
    let hearing = async {
        tokio::task::yield_now().await;
        mailbox.hears(life(1, &[NODE, OTHER]));
    };
    assert!(tokio::join!(mailbox.life(Some(OTHER), late()), hearing).0.is_ok());
    mailbox.over(Outage::MailLost);
    let over = mailbox.life(Some(NODE), soon()).await.err().expect("it is over");
    assert!(matches!(over, Outage::MailLost), "{over:?}");
}
