//! What 001 calls a room id: one side of one talk, which its holder may come to.

use anonchat_core::{Alias, DeviceId, PairId};
use serde::{Deserialize, Serialize};

use crate::seal::Seal;
use crate::secret::Secret;

/// Nothing else derived from the same secret is under this label.
const LABEL: &[u8] = b"anonchat room capability\0";

/// What clients see before the token, as they always did.
const PREFIX: &str = "room_";

/// The most bytes of a token that is looked at; those made here have about 250.
const MOST: usize = 512;

/// Makes room ids under the first key, and reads those of all.
///
/// They are encrypted and authenticated ([`Seal`]) and checked without a store. A room id holds as
/// long as its talk: the pool does not let its holder in to any other.
pub(crate) struct Capabilities(Seal);

/// One side of a talk, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Capability {
    pub(super) device: DeviceId,
    /// What its holder is called by the partner.
    pub(super) own: Alias,
}

#[derive(Serialize, Deserialize)]
struct Statement {
    device: [u8; 16],
    own: String,
}

impl Capabilities {
    /// `keys` as the operator gives them, the newest first. There must be one.
    pub(crate) fn new(keys: &[Secret]) -> Self {
        Self(Seal::new(keys, LABEL, MOST))
    }

    /// The room id.
    pub(super) fn seal(&self, capability: Capability) -> String {
        let Capability { device, own } = capability;
        let statement = Statement { device: *device.as_bytes(), own: own.to_string() };
        format!("{PREFIX}{}", self.0.seal(&statement))
    }

    /// What a room id stands for, if it was made here.
    pub(super) fn open(&self, room_id: &str) -> Option<Capability> {
        let Statement { device, own } = self.0.open(room_id.strip_prefix(PREFIX)?)?;
        Some(Capability { device: DeviceId::from_bytes(device), own: Alias::parse(&own)? })
    }
}

impl Capability {
    pub(super) const fn pair(&self) -> PairId {
        self.own.pair
    }
}

#[cfg(test)]
mod tests {
    use anonchat_core::Side;

    use super::*;

    fn capabilities(key: &str) -> Capabilities {
        Capabilities::new(&[Secret::new(key)])
    }

    fn somebody() -> Capability {
        let own = Alias { pair: PairId::from_bytes([3; 16]), side: Side::B };
        Capability { device: DeviceId::from_bytes([7; 16]), own }
    }

    #[test]
    fn a_room_id_is_read_by_whoever_has_the_key() {
        let room_id = capabilities("one").seal(somebody());
        assert!(room_id.len() <= PREFIX.len() + MOST, "{} bytes", room_id.len());
        assert_eq!(capabilities("one").open(&room_id), Some(somebody()));
        assert_eq!(capabilities("two").open(&room_id), None);
    }

    #[test]
    fn a_room_id_shows_neither_pair_nor_device_and_is_never_the_same() {
        let capabilities = capabilities("one");
        let (one, other) = (capabilities.seal(somebody()), capabilities.seal(somebody()));
        assert_ne!(one, other);
        for hidden in ["0303", "0707", &somebody().own.to_string()[1..]] {
            assert!(!one.contains(hidden), "{hidden}");
        }
    }

    #[test]
    fn a_room_id_that_was_made_up_or_changed_is_none() {
        let capabilities = capabilities("one");
        let room_id = capabilities.seal(somebody());
        for end in 0..room_id.len() {
            assert_eq!(capabilities.open(&room_id[..end]), None);
        }
        let own = somebody().own;
        for made_up in ["", "room_", "room_JHBg_6tD7", &room_id[5..], &format!("room_{own}")] {
            assert_eq!(capabilities.open(made_up), None, "{made_up}");
        }
        let mut bytes = room_id.into_bytes();
        for place in 0..bytes.len() {
            bytes[place] ^= 1;
            let changed = String::from_utf8_lossy(&bytes).into_owned();
            assert_eq!(capabilities.open(&changed), None, "{place}");
            bytes[place] ^= 1;
        }
    }
}
