//! Keeps bans, blocks, reports and counts of the memory store in a file.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anonchat_store::{MemoryStore, SafetyFile, SafetyFileError};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::timeout;

use crate::keys::Keys;
use crate::refusal::Refusal;

/// What happened in this time before a crash may be forgotten; at an orderly end nothing is.
const EVERY: Duration = Duration::from_secs(5);

/// A store and its file.
pub(crate) struct Keeper {
    store: Arc<MemoryStore>,
    file: Arc<SafetyFile>,
}

/// A store whose file is being kept.
pub(crate) struct Keeping {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// Gives the store what its file holds, and writes the file once, so that one that cannot be
/// written is known at the start.
pub(crate) async fn open(
    store: MemoryStore,
    path: PathBuf,
    keys: &Keys,
) -> Result<(Arc<MemoryStore>, Keeper), Refusal> {
    // Devices are hashed under the last key.
    let Some(key) = keys.device.last().filter(|_| !keys.development) else {
        return Err(Refusal::KeyOfSafetyFile);
    };
    let file = Arc::new(SafetyFile::new(path, key.fingerprint()));
    // Nobody is served yet who could be kept waiting.
    let store = match file.read()? {
        Some(saved) => store.with_safety(&saved),
        None => {
            tracing::warn!("there is no {} yet: nothing is remembered", file.path().display());
            store
        }
    };
    let keeper = Keeper { store: Arc::new(store), file };
    keeper.save().await?;
    tracing::info!(
        "the store is in memory: a restart forgets who is there, and what {} does not keep: the \
         last {} s before a crash, cooldowns and verified genders",
        keeper.file.path().display(),
        EVERY.as_secs(),
    );
    Ok((Arc::clone(&keeper.store), keeper))
}

impl Keeper {
    /// Writes the file from now on whenever something has changed.
    pub(crate) fn start(self) -> Keeping {
        let (stop, stopped) = oneshot::channel();
        Keeping { stop, task: tokio::spawn(self.keep(stopped)) }
    }

    async fn keep(self, mut stopped: oneshot::Receiver<()>) {
        let mut failing = false;
        loop {
            let last = timeout(EVERY, &mut stopped).await.is_ok();
            let outcome = self.save().await;
            match &outcome {
                Ok(()) if failing => tracing::info!("the safety file is written again"),
                Err(error) if !failing => tracing::error!("{error}"),
                _ => {}
            }
            failing = outcome.is_err();
            if last {
                return;
            }
        }
    }

    async fn save(&self) -> Result<(), SafetyFileError> {
        let (store, file) = (Arc::clone(&self.store), Arc::clone(&self.file));
        let saved = spawn_blocking(move || store.save_safety(&file)).await;
        // A panic has been reported, and its locks make the store say that it is not available.
        saved.unwrap_or(Ok(false)).map(|_| ())
    }
}

impl Keeping {
    /// Writes what is left to write.
    pub(crate) async fn finish(self) {
        let _ = self.stop.send(());
        let _ = self.task.await;
    }
}
