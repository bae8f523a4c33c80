//! Reading packed strings: every read checks that there is enough left and that it means
//! something.

use std::sync::Arc;

use anonchat_core::{
    Alias, Arrival, Client, Conn, Departure, DeviceId, Filter, Gender, Measure, NodeId, Order,
    PairId, Profile, Proof, Side, UnixMillis,
};

use super::malformed::Malformed;
use super::pack::{BANS, HAS_BIO, HAS_NICKNAME, VERIFIES};

/// The most bytes of one text: more than twice the longest that a policy can allow.
const MAX_TEXT: usize = 1 << 20;

/// The rest of a packed string.
pub(super) struct Unpack<'a>(&'a [u8]);

type Read<T> = Result<T, Malformed>;

impl<'a> Unpack<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// That nothing is left.
    pub(super) const fn end(&self) -> Read<()> {
        if self.is_empty() { Ok(()) } else { Err(Malformed::Trailing) }
    }

    /// All that is left.
    pub(super) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    pub(super) fn bytes(&mut self, count: usize) -> Read<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count).ok_or(Malformed::Short)?;
        self.0 = rest;
        Ok(bytes)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Read<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(Malformed::Short)?;
        self.0 = rest;
        Ok(*bytes)
    }

    pub(super) fn u8(&mut self) -> Read<u8> {
        self.array().map(u8::from_be_bytes)
    }

    pub(super) fn u16(&mut self) -> Read<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Read<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(super) fn u64(&mut self) -> Read<u64> {
        self.array().map(u64::from_be_bytes)
    }

    /// As many bytes as the four before them say.
    pub(super) fn sized(&mut self) -> Read<&'a [u8]> {
        let length = u32::from_be_bytes(self.array()?);
        self.bytes(usize::try_from(length).map_err(|_| Malformed::Short)?)
    }

    pub(super) fn flag(&mut self) -> Read<bool> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Malformed::Range("a mark")),
        }
    }

    pub(super) fn instant(&mut self) -> Read<UnixMillis> {
        instant(self.u64()?)
    }

    pub(super) fn device(&mut self) -> Read<DeviceId> {
        self.array().map(DeviceId::from_bytes)
    }

    pub(super) fn conn(&mut self) -> Read<Conn> {
        Ok(Conn { node: NodeId(self.u64()?), id: self.u64()? })
    }

    pub(super) fn pair(&mut self) -> Read<PairId> {
        self.array().map(PairId::from_bytes)
    }

    pub(super) fn side(&mut self) -> Read<Side> {
        Ok(if self.flag()? { Side::B } else { Side::A })
    }

    pub(super) fn alias(&mut self) -> Read<Alias> {
        Ok(Alias { pair: self.pair()?, side: self.side()? })
    }

    /// A gender or none.
    pub(super) fn gender(&mut self) -> Read<Option<Gender>> {
        match self.u8()? {
            0 => Ok(None),
            number => gender(number.into()).map(Some),
        }
    }

    pub(super) fn proof(&mut self) -> Read<Proof> {
        Ok(if self.flag()? { Proof::Attested } else { Proof::Declared })
    }

    pub(super) fn order(&mut self) -> Read<Order> {
        let (device, given) = (self.device()?, self.instant()?);
        let (kind, until) = (self.u8()?, self.instant()?);
        let (gender, proof) = (self.gender()?, self.proof()?);
        let measure = match (kind, gender, proof, until.get()) {
            (BANS, None, Proof::Declared, _) => Measure::Ban { until },
            (VERIFIES, Some(gender), proof, 0) => Measure::Verify { gender, proof },
            _ => return Err(Malformed::Range("an order")),
        };
        Ok(Order { device, given, measure })
    }

    pub(super) fn filter(&mut self) -> Read<Filter> {
        filter(self.u8()?.into())
    }

    pub(super) fn client(&mut self) -> Read<Client> {
        client(self.u8()?.into())
    }

    pub(super) fn arrival(&mut self) -> Read<Arrival> {
        let arrival = Arrival::ALL.get(usize::from(self.u8()?));
        arrival.copied().ok_or(Malformed::Range("a way to come"))
    }

    pub(super) fn departure(&mut self) -> Read<Departure> {
        match self.u8()? {
            0 => Ok(Departure::Left),
            1 => Ok(Departure::Next),
            2 => Ok(Departure::Lost),
            3 => Ok(Departure::Blocked),
            4 => Ok(Departure::Banned),
            _ => Err(Malformed::Range("a departure")),
        }
    }

    /// A profile behind its length.
    pub(super) fn profile(&mut self) -> Read<Arc<Profile>> {
        profile(self.sized()?).map(Arc::new)
    }
}

/// A profile as [`super::pack::profile`] packs it.
pub(super) fn profile(bytes: &[u8]) -> Read<Profile> {
    let mut rest = Unpack::new(bytes);
    let flags = rest.u8()?;
    if flags & !(HAS_NICKNAME | HAS_BIO) != 0 {
        return Err(Malformed::Range("a mark"));
    }
    let field = |flag, bytes: &[u8]| match text(bytes)? {
        text if flags & flag != 0 => Ok(Some(text.into())),
        "" => Ok(None),
        _ => Err(Malformed::Trailing),
    };
    let nickname = field(HAS_NICKNAME, rest.sized()?)?;
    let bio = field(HAS_BIO, rest.rest())?;
    Ok(Profile { nickname, bio })
}

/// A text of bearable length.
pub(super) fn text(bytes: &[u8]) -> Read<&str> {
    if bytes.len() > MAX_TEXT {
        return Err(Malformed::TooLong("a text"));
    }
    std::str::from_utf8(bytes).map_err(|_| Malformed::NotText)
}

pub(super) fn instant(millis: u64) -> Read<UnixMillis> {
    let at = UnixMillis::new(millis);
    if at.get() == millis { Ok(at) } else { Err(Malformed::Range("an instant")) }
}

/// 1 to 4.
pub(super) fn gender(number: u64) -> Read<Gender> {
    let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    let gender = index.and_then(|index| Gender::ALL.get(index));
    gender.copied().ok_or(Malformed::Range("a gender"))
}

/// 0 to 4.
pub(super) fn client(number: u64) -> Read<Client> {
    let client = usize::try_from(number).ok().and_then(|index| Client::ALL.get(index));
    client.copied().ok_or(Malformed::Range("a way to speak"))
}

pub(super) fn filter(number: u64) -> Read<Filter> {
    let filter = usize::try_from(number).ok().and_then(|index| Filter::ALL.get(index));
    filter.copied().ok_or(Malformed::Range("a filter"))
}
