//! What becomes of a device id at the door: a keyed hash, and nothing else goes further.

use anonchat_core::{Client, DeviceId};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::secret::Secret;

/// Hashes device ids. Holds the key as the hash's inner state, which is wiped when dropped.
pub(crate) struct DeviceKey(Hmac<Sha256>);

/// The most characters of a device id, at every door.
pub(crate) const MAX_CHARS: usize = 256;

/// So that nothing else hashed under the same key can be taken for a device.
const LABEL: &[u8] = b"anonchat device\0";

impl DeviceKey {
    pub(crate) fn new(key: &Secret) -> Self {
        let mac = Hmac::new_from_slice(key.expose().as_bytes());
        let mut mac = mac.expect("HMAC takes keys of any length");
        mac.update(LABEL);
        Self(mac)
    }

    /// The device behind the id that a browser sends.
    pub(crate) fn id(&self, device: &str) -> DeviceId {
        let hash = self.0.clone().chain_update(device).finalize().into_bytes();
        let mut cut = [0; 16];
        cut.copy_from_slice(&hash[..16]);
        DeviceId::from_bytes(cut)
    }
}

/// Whether a WebSocket client may call itself this.
pub(crate) fn is_acceptable(device: &str, client: Client) -> bool {
    // The id is the only credential. Clients that know of the extension can be told to choose a
    // long one; those that do not choose as they always did.
    let least = match client {
        Client::Native => 16,
        _ => 1,
    };
    (least..=MAX_CHARS).contains(&device.chars().take(MAX_CHARS + 1).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_has_one_hash_under_one_key_and_another_under_another() {
        let one = DeviceKey::new(&Secret::new("one"));
        assert_eq!(one.id("phone"), one.id("phone"));
        assert_ne!(one.id("phone"), one.id("phone "));
        assert_ne!(one.id("phone"), DeviceKey::new(&Secret::new("two")).id("phone"));
    }

    #[test]
    fn the_length_of_an_id_is_counted_in_characters() {
        for (chars, plain, native) in [
            (0, false, false),
            (1, true, false),
            (15, true, false),
            (16, true, true),
            (256, true, true),
            (257, false, false),
        ] {
            let id = "é".repeat(chars);
            assert_eq!(is_acceptable(&id, Client::Plain), plain, "{chars}");
            assert_eq!(is_acceptable(&id, Client::Native), native, "{chars}");
        }
    }
}
