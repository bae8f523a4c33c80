//! Packed strings: numbers big endian, ids as their bytes, one behind the other.

use anonchat_core::{
    Alias, Conn, DeviceId, Gender, Measure, Order, PairId, Profile, Proof, Side, UnixMillis,
};

/// A packed string in the making.
#[derive(Default)]
pub(super) struct Pack(Vec<u8>);

/// What an order is about.
pub(super) const BANS: u8 = 0;
pub(super) const VERIFIES: u8 = 1;

/// Marks in the first byte of a packed profile.
pub(super) const HAS_NICKNAME: u8 = 1;
pub(super) const HAS_BIO: u8 = 2;

impl Pack {
    pub(super) fn u8(mut self, number: u8) -> Self {
        self.0.push(number);
        self
    }

    pub(super) fn u32(mut self, number: u32) -> Self {
        self.0.extend(number.to_be_bytes());
        self
    }

    pub(super) fn u64(mut self, number: u64) -> Self {
        self.0.extend(number.to_be_bytes());
        self
    }

    pub(super) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }

    /// The length in four bytes, and the bytes.
    pub(super) fn sized(self, bytes: &[u8]) -> Self {
        self.u32(length(bytes)).bytes(bytes)
    }

    pub(super) fn flag(self, flag: bool) -> Self {
        self.u8(flag.into())
    }

    pub(super) fn instant(self, at: UnixMillis) -> Self {
        self.u64(at.get())
    }

    pub(super) fn device(self, device: DeviceId) -> Self {
        self.bytes(device.as_bytes())
    }

    pub(super) fn conn(self, conn: Conn) -> Self {
        self.u64(conn.node.0).u64(conn.id)
    }

    pub(super) fn pair(self, pair: PairId) -> Self {
        self.bytes(pair.as_bytes())
    }

    pub(super) fn side(self, side: Side) -> Self {
        self.u8(side.index() as u8)
    }

    pub(super) fn alias(self, alias: Alias) -> Self {
        self.pair(alias.pair).side(alias.side)
    }

    /// 1 to 4, and 0 for none.
    pub(super) fn gender(self, gender: Option<Gender>) -> Self {
        self.u8(gender.map_or(0, |gender| gender.index() as u8 + 1))
    }

    pub(super) fn proof(self, proof: Proof) -> Self {
        self.flag(proof == Proof::Attested)
    }

    pub(super) fn order(self, order: &Order) -> Self {
        let pack = self.device(order.device).instant(order.given);
        match order.measure {
            Measure::Ban { until } => {
                pack.u8(BANS).instant(until).gender(None).proof(Proof::Declared)
            }
            Measure::Verify { gender, proof } => {
                pack.u8(VERIFIES).instant(UnixMillis::default()).gender(Some(gender)).proof(proof)
            }
        }
    }

    pub(super) fn done(self) -> Vec<u8> {
        self.0
    }
}

/// A profile in the form in which the scripts carry it without looking at it.
pub(super) fn profile(profile: &Profile) -> Vec<u8> {
    let (nickname, bio) = (profile.nickname.as_deref(), profile.bio.as_deref());
    let flags =
        if nickname.is_some() { HAS_NICKNAME } else { 0 } | if bio.is_some() { HAS_BIO } else { 0 };
    Pack::default()
        .u8(flags)
        .sized(nickname.unwrap_or_default().as_bytes())
        .bytes(bio.unwrap_or_default().as_bytes())
        .done()
}

/// The length of something that the door has let in, which is far below 2^32 bytes.
fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}
