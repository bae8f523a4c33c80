//! Identifiers of rooms: who somebody is to the server, to a room, and what a message is called.

use std::fmt;

use crate::id::{hex, nibble, redacted};

/// A session, as a keyed hash of the secret token that its client holds. The token itself never
/// comes here, and this never leaves the server but to a moderator.
///
/// Its `Debug` output is redacted, except with the feature `test-util`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId([u8; 16]);

/// What a member is called in one room: 128 random bits, new for each time of joining.
///
/// On the wire it is 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomAlias([u8; 16]);

/// By what a room is found: 6 to 8 characters of `A-Z0-9`. Whoever knows it may join, so it is
/// shown to members only, and its `Debug` output is redacted like that of a session.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomCode {
    /// Filled with zeros behind the end.
    bytes: [u8; Self::MAX_CHARS],
}

/// A message of a room: the room's number times 2^26, plus the message's index in it; both are
/// counted from 1. So it is below 2^53, exact in every language, and names its room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomMessageId(u64);

impl SessionId {
    /// Takes the 16 bytes of a keyed hash.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// 32 hexadecimal digits, for a moderator's eyes.
    pub fn to_hex(self) -> String {
        hex(&self.0)
    }

    /// Reads what [`to_hex`](Self::to_hex) writes; `None` for anything else.
    pub fn parse_hex(text: &str) -> Option<Self> {
        unhex(text).map(Self)
    }
}

impl RoomAlias {
    /// Takes 16 random bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Reads the 32 digits that [`Display`](fmt::Display) writes; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        unhex(text).map(Self)
    }
}

impl RoomCode {
    /// The fewest characters of a code.
    pub const MIN_CHARS: usize = 6;
    /// The most characters of a code.
    pub const MAX_CHARS: usize = 8;

    const ALPHABET: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    /// Reads a code in either case; `None` unless it is 6 to 8 characters of `A-Z`, `a-z`, `0-9`.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (Self::MIN_CHARS..=Self::MAX_CHARS).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !fits {
            return None;
        }
        let mut bytes = [0; Self::MAX_CHARS];
        for (byte, given) in bytes.iter_mut().zip(text.bytes()) {
            *byte = given.to_ascii_uppercase();
        }
        Some(Self { bytes })
    }

    /// A code of 8 characters from 16 random bytes, two for each. That 36 does not divide 2^16
    /// makes some characters likelier by 1 in 1,820, which is not worth drawing again for.
    pub fn draw(random: [u8; 16]) -> Self {
        let mut bytes = [0; Self::MAX_CHARS];
        for (byte, two) in bytes.iter_mut().zip(random.chunks_exact(2)) {
            let number = usize::from(u16::from_be_bytes([two[0], two[1]]));
            *byte = Self::ALPHABET[number % Self::ALPHABET.len()];
        }
        Self { bytes }
    }

    /// Its first `chars` characters; all of them if there are no more, and at least 6.
    #[must_use]
    pub fn prefix(mut self, chars: usize) -> Self {
        self.bytes[chars.clamp(Self::MIN_CHARS, Self::MAX_CHARS)..].fill(0);
        self
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        let end = self.bytes.iter().position(|byte| *byte == 0).unwrap_or(Self::MAX_CHARS);
        std::str::from_utf8(&self.bytes[..end]).unwrap_or_default()
    }
}

impl RoomMessageId {
    const INDEX_BITS: u32 = 26;
    /// The largest index of a message in its room.
    pub const MAX_INDEX: u64 = (1 << Self::INDEX_BITS) - 1;
    /// The largest number of a room.
    pub const MAX_ROOM: u64 = (1 << (53 - Self::INDEX_BITS)) - 1;

    /// The message of this index in the room of this number; `None` unless both are from 1 to
    /// their maximum.
    pub fn of(room: u64, index: u64) -> Option<Self> {
        let fits = (1..=Self::MAX_ROOM).contains(&room) && (1..=Self::MAX_INDEX).contains(&index);
        fits.then_some(Self(room << Self::INDEX_BITS | index))
    }

    /// Reads a number; `None` if no message can have it.
    pub fn new(number: u64) -> Option<Self> {
        Self::of(number >> Self::INDEX_BITS, number & Self::MAX_INDEX)
    }

    /// The number, below 2^53.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The number of its room.
    pub const fn room(self) -> u64 {
        self.0 >> Self::INDEX_BITS
    }

    /// Its index in the room.
    pub const fn index(self) -> u64 {
        self.0 & Self::MAX_INDEX
    }
}

impl fmt::Display for RoomAlias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Display for RoomCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        redacted(f, "SessionId", &self.0)
    }
}

impl fmt::Debug for RoomAlias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        redacted(f, "RoomAlias", &self.0)
    }
}

impl fmt::Debug for RoomCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if cfg!(feature = "test-util") { self.as_str() } else { "RoomCode(..)" })
    }
}

fn unhex(text: &str) -> Option<[u8; 16]> {
    let digits = text.as_bytes();
    if digits.len() != 32 {
        return None;
    }
    let mut bytes = [0; 16];
    for (byte, two) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = nibble(two[0])? << 4 | nibble(two[1])?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_in_either_case_and_is_6_to_8_characters() {
        let code = RoomCode::parse("ouv0v2").expect("a code");
        assert_eq!(code.as_str(), "OUV0V2");
        assert_eq!(RoomCode::parse("ABCDEFGH").expect("a code").prefix(7).as_str(), "ABCDEFG");
        for bad in ["", "ABCDE", "ABCDEFGHI", "ABC DE", "ABCDÉ", "abc-def"] {
            assert_eq!(RoomCode::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_drawn_code_has_every_character_somewhere_and_reads_back() {
        let mut seen = std::collections::BTreeSet::new();
        for n in 0..36_u16 {
            let mut random = [0; 16];
            random.chunks_exact_mut(2).for_each(|two| two.copy_from_slice(&n.to_be_bytes()));
            let code = RoomCode::draw(random);
            assert_eq!(RoomCode::parse(code.as_str()), Some(code));
            seen.extend(code.as_str().chars());
        }
        assert_eq!(seen.len(), 36);
    }

    #[test]
    fn a_message_id_names_its_room_and_stays_exact_in_javascript() {
        let last = RoomMessageId::of(RoomMessageId::MAX_ROOM, RoomMessageId::MAX_INDEX);
        let last = last.expect("the last one");
        assert!(last.get() < 1 << 53);
        assert_eq!(RoomMessageId::new(last.get()), Some(last));
        let id = RoomMessageId::of(7, 9).expect("a message");
        assert_eq!((id.room(), id.index()), (7, 9));
        for bad in [0, 5, 1 << 26, 1 << 53, u64::MAX] {
            assert_eq!(RoomMessageId::new(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_alias_and_a_session_read_back_what_they_write_and_nothing_else() {
        let alias = RoomAlias::from_bytes([0xa5; 16]);
        assert_eq!(RoomAlias::parse(&alias.to_string()), Some(alias));
        let session = SessionId::from_bytes([0x5a; 16]);
        assert_eq!(SessionId::parse_hex(&session.to_hex()), Some(session));
        for bad in ["", "a5", &"A5".repeat(16), &"é".repeat(16)] {
            assert_eq!(RoomAlias::parse(bad), None, "{bad:?}");
        }
    }
}
