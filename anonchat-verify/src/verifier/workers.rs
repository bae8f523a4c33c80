//! A bounded number of threads with a bounded queue.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anonchat_core::{ClassifyError, Selfie, Verdict};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::verifier::pipeline::Pipeline;
use crate::verifier::residue;

type Outcome = Result<Verdict, ClassifyError>;

/// How many pictures are looked at, and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Pictures looked at at once, each by a thread of its own.
    pub threads: usize,
    /// Pictures that may wait for a thread. Any more are refused as busy.
    pub queue: usize,
    /// How long a picture may take, its waiting included.
    pub deadline: Duration,
    /// What a picture takes usually, for telling those who are refused when to come again.
    pub usual: Duration,
}

impl Default for Capacity {
    /// As many threads as there are processors, eight waiting for each, 10 s and 100 ms a picture.
    fn default() -> Self {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        Self {
            threads,
            queue: 8 * threads,
            deadline: Duration::from_secs(10),
            usual: Duration::from_millis(100),
        }
    }
}

/// The threads. They end when this is dropped and the queue is empty.
pub(crate) struct Workers {
    queue: SyncSender<Job>,
    capacity: Capacity,
}

/// A picture on its way to a thread.
struct Job {
    selfie: Selfie,
    /// Closed when nobody waits for the answer any more.
    answer: oneshot::Sender<Outcome>,
}

impl Workers {
    pub(crate) fn start(pipeline: &Arc<Pipeline>, capacity: Capacity) -> io::Result<Self> {
        let (queue, jobs) = sync_channel(capacity.queue.max(1));
        let jobs = Arc::new(Mutex::new(jobs));
        for number in 0..capacity.threads.max(1) {
            let (jobs, pipeline) = (Arc::clone(&jobs), Arc::clone(pipeline));
            thread::Builder::new()
                .name(format!("verify-{number}"))
                .stack_size(residue::STACK)
                .spawn(move || work(&jobs, &pipeline))?;
        }
        Ok(Self { queue, capacity })
    }

    pub(crate) async fn classify(&self, selfie: Selfie) -> Outcome {
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Job { selfie, answer }).map_err(|error| match error {
            TrySendError::Full(_) => self.busy(),
            TrySendError::Disconnected(_) => ClassifyError::Failed,
        })?;
        match timeout(self.capacity.deadline, answered).await {
            Ok(outcome) => outcome.unwrap_or(Err(ClassifyError::Failed)),
            Err(_) => Err(ClassifyError::Timeout),
        }
    }

    /// Refuses until those before would usually be through.
    fn busy(&self) -> ClassifyError {
        let Capacity { threads, queue, usual, .. } = self.capacity;
        let rounds = u32::try_from(queue / threads.max(1) + 1).unwrap_or(u32::MAX);
        let wait = usual.saturating_mul(rounds).as_secs_f64().ceil();
        ClassifyError::Busy { retry_after_s: (wait as u32).max(1) }
    }
}

/// Takes one picture after the other until there are no more to come.
fn work(jobs: &Mutex<Receiver<Job>>, pipeline: &Pipeline) {
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { selfie, answer }) = next else { return };
        if answer.is_closed() {
            continue; // nobody waits: the picture is wiped unread
        }
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let verdict = pipeline.judge(selfie.bytes(), &|| answer.is_closed());
            drop(selfie);
            verdict
        }));
        residue::wipe_stack();
        // Whoever does not wait any more needs no answer.
        let _ = answer.send(outcome.unwrap_or(Err(ClassifyError::Failed)));
    }
}
