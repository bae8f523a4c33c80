//! Makes a failing history short, so that a person can read it.

use anonchat_core::history::Run;

use super::failure::Failure;

/// Takes steps out, many at once and then few, as long as the history still fails. Tries so many
/// shorter ones.
pub(super) async fn shorten(
    mut run: Run,
    mut failure: Failure,
    mut tries: u32,
    mut play: impl AsyncFnMut(&Run) -> Result<(), Failure>,
) -> (Run, Failure) {
    let mut chunk = run.steps.len() / 2;
    while chunk > 0 {
        let mut end = run.steps.len();
        // From the end: what came after the failure goes first.
        while end > 0 && tries > 0 {
            let start = end.saturating_sub(chunk);
            let mut shorter = run.clone();
            shorter.steps.drain(start..end);
            tries -= 1;
            if let Err(still) = play(&shorter).await {
                (run, failure) = (shorter, still);
            }
            end = start;
        }
        chunk /= 2;
    }
    (run, failure)
}
