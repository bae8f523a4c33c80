//! The mail of one pool, or of rooms, for this store: counted, handed on in order, or declared lost.
//!
//! A *life* of the mailbox is one subscription. Its batches are numbered by the scripts, so that a
//! missing one shows; then the life ends, the next one begins, and the inboxes are told of a gap.
//! Nothing of a life is handed on after its end.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anonchat_core::{Envelope, Event, Mail, NodeId};
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, timeout_at};

use super::clock::Clock;
use super::inboxes::Inboxes;
use super::mail;
use super::malformed::Malformed;
use super::outage::Outage;
use super::pulse::Pulse;

/// A life in which mail arrives.
#[derive(Clone)]
pub(super) struct Life {
    /// Counts the lives of this mailbox, from 1.
    pub(super) number: u64,
    /// The channel of its mail.
    pub(super) channel: Arc<str>,
    /// The nodes whose whispers arrive as well.
    pub(super) nodes: Arc<[NodeId]>,
    pub(super) pulse: Arc<Pulse>,
}

/// Whose mail it is: reads what comes through the channel, and hands it on.
pub(super) trait Sorter: Send + Sync + 'static {
    /// The mail of one commit.
    type Mail;

    /// A batch: its number, counted from 1 without holes, and what is in it.
    fn batch(&self, payload: &[u8]) -> Result<(u64, Self::Mail), Malformed>;

    /// Hands a batch to the inboxes, in its order.
    fn deliver(&self, mail: Self::Mail);

    /// Tells the inboxes that mail may have been lost.
    fn gap(&self);

    /// Takes in what came through another channel than that of the batches.
    fn whisper(&self, payload: &[u8]) -> Result<(), Malformed>;
}

/// The mail of a pool.
pub(super) struct PoolMail {
    inboxes: Arc<Inboxes>,
    clock: Arc<Clock>,
}

impl Sorter for PoolMail {
    type Mail = Vec<Envelope>;

    fn batch(&self, payload: &[u8]) -> Result<(u64, Vec<Envelope>), Malformed> {
        mail::batch(payload).map(|batch| (batch.number, batch.envelopes))
    }

    fn deliver(&self, mail: Vec<Envelope>) {
        self.inboxes.deliver(mail.into_iter().map(|mut envelope| {
            if let Event::JoinRefused { rejection } = &mut envelope.event {
                *rejection = self.clock.told_here(*rejection);
            }
            Mail::Event(envelope)
        }));
    }

    fn gap(&self) {
        self.inboxes.gap();
    }

    fn whisper(&self, payload: &[u8]) -> Result<(), Malformed> {
        let whisper = mail::whisper(payload)?;
        self.inboxes.deliver([Mail::Whisper(whisper)]);
        Ok(())
    }
}

pub(super) struct Mailbox<S = PoolMail> {
    sorter: S,
    count: Mutex<Count>,
    life: watch::Sender<Result<Life, Outage>>,
}

#[derive(Default)]
struct Count {
    life: u64,
    stage: Stage,
    /// The number of the last batch that was handed on.
    handed: u64,
    /// Who waits for a batch of this life; with the largest number, for the next life.
    waiting: BTreeMap<u64, Vec<oneshot::Sender<()>>>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    /// Nothing arrives.
    #[default]
    Over,
    /// Subscribed, but not yet known to the pool.
    Opening,
    /// Mail arrives.
    Open,
}

impl Mailbox {
    pub(super) fn new(inboxes: Arc<Inboxes>, clock: Arc<Clock>) -> Self {
        Self::of(PoolMail { inboxes, clock })
    }
}

impl<S: Sorter> Mailbox<S> {
    pub(super) fn of(sorter: S) -> Self {
        let life = watch::Sender::new(Err(Outage::NotYet));
        Self { sorter, count: Mutex::default(), life }
    }

    /// The present life, as soon as there is one in which `node`, if given, is heard.
    pub(super) async fn life(&self, node: Option<NodeId>, until: Instant) -> Result<Life, Outage> {
        let fits = |life: &Result<Life, Outage>| match (life, node) {
            (Ok(life), Some(node)) => life.nodes.contains(&node),
            (life, None) => life.is_ok(),
            (Err(_), _) => false,
        };
        {
            let life = self.life.borrow();
            if fits(&life) {
                return life.clone();
            }
        }
        let mut lives = self.life.subscribe();
        let waiting = timeout_at(until, lives.wait_for(fits)).await;
        if let Ok(Ok(life)) = waiting {
            return life.clone();
        }
        Err(self.life.borrow().clone().err().unwrap_or(Outage::Late))
    }

    /// A subscription was made; its mail counts from now on.
    pub(super) fn subscribed(&self, life: u64) {
        let mut count = self.lock();
        count.life = life;
        count.stage = Stage::Opening;
        count.handed = 0;
    }

    /// The pool knows the mailbox, and `handed` is the last number that it gave to a batch.
    pub(super) fn opened(&self, life: Life, handed: u64) {
        let mut count = self.lock();
        if count.life == life.number && count.stage == Stage::Opening {
            count.handed = handed;
            self.announce(&mut count);
        }
        drop(count);
        self.hears(life);
    }

    /// The whispers to the nodes of this life arrive.
    pub(super) fn hears(&self, life: Life) {
        self.life.send_modify(|now| *now = Ok(life));
    }

    /// The subscription is no more. Nothing of it is handed on after this.
    pub(super) fn over(&self, outage: Outage) {
        self.lock().stage = Stage::Over;
        self.life.send_modify(|now| *now = Err(outage));
    }

    /// Takes a batch in; `false` if mail was lost before it, and then nothing of it is handed on.
    pub(super) fn batch(&self, life: u64, payload: &[u8]) -> bool {
        let mut count = self.lock();
        if count.life != life || count.stage == Stage::Over {
            return true;
        }
        // Mail says that the pool knows this life, though its reply may still be under way.
        let first = count.stage == Stage::Opening;
        let batch = self.sorter.batch(payload).ok();
        let Some((number, mail)) = batch.filter(|(number, _)| first || *number == count.handed + 1)
        else {
            count.stage = Stage::Over;
            return false;
        };
        self.announce(&mut count);
        self.sorter.deliver(mail);
        count.handed = number;
        let later = count.waiting.split_off(&(number + 1));
        wake(std::mem::replace(&mut count.waiting, later));
        true
    }

    /// Takes a whisper in; `false` if it cannot be read, and so must not be trusted.
    pub(super) fn whisper(&self, life: u64, payload: &[u8]) -> bool {
        let count = self.lock();
        // Before the gap is announced, one may come although another before it was lost.
        if count.life != life || count.stage != Stage::Open {
            return true;
        }
        drop(count);
        self.sorter.whisper(payload).is_ok()
    }

    /// Returns when the inboxes have had batch `number` of a life, or were told of a gap after it.
    /// Without a number, only the gap will do.
    pub(super) async fn caught_up(&self, life: u64, number: Option<u64>, until: Instant) -> bool {
        let (wake, woken) = oneshot::channel();
        {
            let mut count = self.lock();
            let open = count.stage == Stage::Open;
            let wanted = match number {
                _ if open && count.life > life => return true,
                Some(number) if count.life == life && count.stage != Stage::Over => {
                    if count.handed >= number {
                        return true;
                    }
                    number
                }
                _ => u64::MAX,
            };
            count.waiting.entry(wanted).or_default().push(wake);
        }
        timeout_at(until, woken).await.is_ok()
    }

    /// The largest number of a batch that a reply has named: it has been sent.
    pub(super) fn owed(&self) -> u64 {
        let count = self.lock();
        let named = count.waiting.range(..u64::MAX).next_back();
        named.map_or(count.handed, |(number, _)| *number).max(count.handed)
    }

    /// Whether batch `number` of this life has been handed on.
    pub(super) fn has(&self, life: u64, number: u64) -> bool {
        let count = self.lock();
        count.life == life && count.handed >= number
    }

    /// From the second life on, mail may have been lost since the one before.
    fn announce(&self, count: &mut Count) {
        if count.stage == Stage::Opening {
            count.stage = Stage::Open;
            if count.life > 1 {
                self.sorter.gap();
            }
            wake(std::mem::take(&mut count.waiting));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Count> {
        // Whatever an inbox did, the count is as far as it got.
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever gave up waiting is not there any more.
fn wake(waiting: BTreeMap<u64, Vec<oneshot::Sender<()>>>) {
    for waiter in waiting.into_values().flatten() {
        let _ = waiter.send(());
    }
}
