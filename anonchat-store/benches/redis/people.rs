//! People, by number: the same at every run.

use std::sync::Arc;

use anonchat_core::{
    Claim, Client, Command, Conn, DeviceId, Dice, Filter, Gender, NodeId, PairId, Policy, Profile,
    Proof, UnixMillis, Verification, Wish,
};

/// The server that they all come through.
pub(crate) const NODE: NodeId = NodeId(1);

/// When it begins: the start of a day.
pub(crate) const START: UnixMillis = UnixMillis::new(1_700_006_400_000);

/// A kind of person: a gender, and whom they look for.
#[derive(Clone, Copy)]
pub(crate) struct Kind(pub(crate) Gender, pub(crate) Filter);

/// The crowd, and those who come to meet its longest-waiting member.
pub(crate) const CROWD: Kind = Kind(Gender::Male, Filter::Only(Gender::Female));
pub(crate) const GUEST: Kind = Kind(Gender::Female, Filter::Any);
/// Fits only its like.
pub(crate) const RARE: Kind = Kind(Gender::PreferNotToSay, Filter::Only(Gender::PreferNotToSay));

impl Kind {
    fn wish(self, profile: &Arc<Profile>) -> Wish {
        let Self(gender, filter) = self;
        let claim = Some(Claim { gender, proof: Proof::Declared });
        Wish { filter, profile: Arc::clone(profile), claim }
    }
}

/// The default rules, but for genders, which are declared.
pub(crate) fn policy() -> Policy {
    Policy { verification: Verification::Off, ..Policy::default() }
}

pub(crate) fn device(number: u64) -> DeviceId {
    DeviceId::from_bytes(bytes(number))
}

/// The randomness of the command with this number.
pub(crate) fn dice(number: u64) -> Dice {
    Dice { pair: PairId::from_bytes(bytes(!number)) }
}

pub(crate) const fn conn(number: u64) -> Conn {
    Conn { node: NODE, id: number }
}

pub(crate) fn attach(number: u64, client: Client) -> Command {
    Command::Attach { device: device(number), conn: conn(number), client, again: false }
}

pub(crate) fn join(number: u64, kind: Kind, profile: &Arc<Profile>) -> Command {
    let wish = kind.wish(profile);
    Command::Join { device: device(number), conn: conn(number), wish }
}

pub(crate) fn next(number: u64, kind: Kind, profile: &Arc<Profile>) -> Command {
    let wish = kind.wish(profile);
    Command::Next { device: device(number), conn: conn(number), wish }
}

pub(crate) fn detach(number: u64) -> Command {
    Command::Detach { device: device(number), conn: conn(number) }
}

/// What people say of themselves: a name of 8 bytes and a line of 40.
pub(crate) fn profile() -> Arc<Profile> {
    let (nickname, bio) = ("n".repeat(8), "b".repeat(40));
    Arc::new(Profile { nickname: Some(nickname.into()), bio: Some(bio.into()) })
}

/// Sixteen bytes that look random (splitmix64).
fn bytes(number: u64) -> [u8; 16] {
    let word = |number: u64| {
        let mut word = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    };
    (u128::from(word(number)) << 64 | u128::from(word(!number ^ 0x5bd1_e995))).to_be_bytes()
}
