//! An inbox that remembers.

use std::sync::{Mutex, MutexGuard, PoisonError};

use anonchat_core::{Envelope, Inbox, Mail, Whisper};

/// Keeps what it is given, in order.
#[derive(Default)]
pub(super) struct Recorder {
    heard: Mutex<Heard>,
}

#[derive(Default)]
struct Heard {
    facts: Vec<Fact>,
    whispers: Vec<Whisper>,
    envelopes: usize,
}

/// Something that an inbox was told about the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    Envelope(Envelope),
    Gap,
}

impl Recorder {
    /// The facts since the last call.
    pub(super) fn drain(&self) -> Vec<Fact> {
        std::mem::take(&mut self.lock().facts)
    }

    /// How many envelopes have ever come.
    pub(super) fn envelopes(&self) -> usize {
        self.lock().envelopes
    }

    /// The whispers since the beginning.
    pub(super) fn whispers(&self) -> Vec<Whisper> {
        self.lock().whispers.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inbox for Recorder {
    fn deliver(&self, mail: Mail) {
        let mut heard = self.lock();
        match mail {
            Mail::Event(envelope) => {
                heard.envelopes += 1;
                heard.facts.push(Fact::Envelope(envelope));
            }
            Mail::Whisper(whisper) => heard.whispers.push(whisper),
        }
    }

    fn gap(&self) {
        self.lock().facts.push(Fact::Gap);
    }
}
