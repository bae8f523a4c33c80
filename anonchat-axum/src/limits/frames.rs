//! Frames of a device at all servers.

use anonchat_core::{DeviceId, Limit, RateKey};

use crate::chat::AnonChat;
use crate::clock;

/// Tells whoever counts for all servers of frames that a device has sent here. If they are too many
/// in all, none of it is accepted here for a while. Nobody waits for the answer.
pub(crate) fn tell(chat: &AnonChat, device: DeviceId, units: u32) {
    if units == 0 || !chat.limits().is_shared() {
        return;
    }
    let (chat, key) = (chat.clone(), RateKey::from_bytes(*device.as_bytes()));
    tokio::spawn(async move {
        for _ in 0..units {
            let at = clock::now();
            let told = chat.limits().take_shared(at, Limit::Frames, key).await;
            if let Err(beyond) = told {
                chat.tally().exhaust(device, at.after(u64::from(beyond.retry_after_s) * 1_000));
                return;
            }
        }
    });
}
