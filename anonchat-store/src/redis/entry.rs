//! Records of what those in charge did, as bytes: total, and the same there and back.

use anonchat_core::room::{RoomCode, SessionId};
use anonchat_core::{AdminAction, AuditEntry, AuditRecord, PoolId, ReportId, UnixMillis};
use redis::Value;

use super::malformed::Malformed;
use super::pack::Pack;
use super::unpack::{Unpack, text};

/// The version of this form, the first byte of each record.
const VERSION: u8 = 1;

const SIGN_IN: u8 = 0;
const REFUSED: u8 = 1;
const SIGN_OUT: u8 = 2;
const BAN: u8 = 3;
const LIFT: u8 = 4;
const DISMISS: u8 = 5;
const MAINTENANCE: u8 = 6;
const RESET: u8 = 7;
const EXPORT: u8 = 8;
const BAN_ROOM_SESSION: u8 = 9;
const LIFT_ROOM_SESSION: u8 = 10;
const CLOSE_ROOM: u8 = 11;

/// A record as it lies in Redis, or `None` for an action that this version has no form for.
pub(super) fn encode(entry: &AuditEntry) -> Option<Vec<u8>> {
    let pack = Pack::default().u8(VERSION).instant(entry.at);
    let pack = pack.flag(entry.session.is_some()).u64(entry.session.unwrap_or_default());
    let pack = match &entry.action {
        AdminAction::SignIn => pack.u8(SIGN_IN),
        AdminAction::Refused => pack.u8(REFUSED),
        AdminAction::SignOut => pack.u8(SIGN_OUT),
        AdminAction::Ban { device, until } => pack.u8(BAN).device(*device).instant(*until),
        AdminAction::Lift { device } => pack.u8(LIFT).device(*device),
        AdminAction::Dismiss { pool, report, device } => {
            let pack = pack.u8(DISMISS).sized(pool.as_str().as_bytes());
            pack.u64(report.0).device(*device)
        }
        AdminAction::Maintenance { on } => pack.u8(MAINTENANCE).flag(*on),
        AdminAction::Reset => pack.u8(RESET),
        AdminAction::Export => pack.u8(EXPORT),
        AdminAction::BanRoomSession { session } => {
            pack.u8(BAN_ROOM_SESSION).bytes(session.as_bytes())
        }
        AdminAction::LiftRoomSession { session } => {
            pack.u8(LIFT_ROOM_SESSION).bytes(session.as_bytes())
        }
        AdminAction::CloseRoom { room } => pack.u8(CLOSE_ROOM).sized(room.as_str().as_bytes()),
        _ => return None,
    };
    let note = entry.note.as_deref();
    Some(pack.flag(note.is_some()).bytes(note.unwrap_or_default().as_bytes()).done())
}

/// What [`encode`] made.
pub(super) fn decode(bytes: &[u8]) -> Result<AuditEntry, Malformed> {
    let mut rest = Unpack::new(bytes);
    if rest.u8()? != VERSION {
        return Err(Malformed::Range("the version of a record"));
    }
    let at = rest.instant()?;
    let session = match (rest.flag()?, rest.u64()?) {
        (true, session) => Some(session),
        (false, 0) => None,
        (false, _) => return Err(Malformed::Range("a sign-in")),
    };
    let action = action(&mut rest)?;
    let note = match (rest.flag()?, text(rest.rest())?) {
        (true, note) => Some(note.into()),
        (false, "") => None,
        (false, _) => return Err(Malformed::Trailing),
    };
    Ok(AuditEntry { at, session, action, note })
}

fn action(rest: &mut Unpack<'_>) -> Result<AdminAction, Malformed> {
    Ok(match rest.u8()? {
        SIGN_IN => AdminAction::SignIn,
        REFUSED => AdminAction::Refused,
        SIGN_OUT => AdminAction::SignOut,
        BAN => AdminAction::Ban { device: rest.device()?, until: rest.instant()? },
        LIFT => AdminAction::Lift { device: rest.device()? },
        DISMISS => {
            let pool = PoolId::new(text(rest.sized()?)?).ok_or(Malformed::Range("a pool"))?;
            AdminAction::Dismiss { pool, report: ReportId(rest.u64()?), device: rest.device()? }
        }
        MAINTENANCE => AdminAction::Maintenance { on: rest.flag()? },
        RESET => AdminAction::Reset,
        EXPORT => AdminAction::Export,
        BAN_ROOM_SESSION => AdminAction::BanRoomSession { session: session_id(rest)? },
        LIFT_ROOM_SESSION => AdminAction::LiftRoomSession { session: session_id(rest)? },
        CLOSE_ROOM => AdminAction::CloseRoom { room: room_code(text(rest.sized()?)?)? },
        _ => return Err(Malformed::Range("an action")),
    })
}

fn session_id(rest: &mut Unpack<'_>) -> Result<SessionId, Malformed> {
    rest.array().map(SessionId::from_bytes)
}

/// A code in the one spelling that it has.
fn room_code(code: &str) -> Result<RoomCode, Malformed> {
    let room = RoomCode::parse(code).filter(|room| room.as_str() == code);
    room.ok_or(Malformed::Range("the code of a room"))
}

/// A page of at most so many records.
pub(super) fn page(reply: Value, limit: usize) -> Result<Vec<AuditRecord>, Malformed> {
    let Value::Array(items) = reply else { return Err(Malformed::Type("a page of records")) };
    if items.len() > limit {
        return Err(Malformed::TooLong("a page of records"));
    }
    let records = items.into_iter().map(|item| {
        let Value::BulkString(bytes) = item else { return Err(Malformed::Type("a record")) };
        let mut rest = Unpack::new(&bytes);
        Ok(AuditRecord { id: rest.u64()?, entry: decode(rest.rest())? })
    });
    records.collect()
}

/// The switch as it lies in Redis.
pub(super) fn encode_switch(since: Option<UnixMillis>) -> Vec<u8> {
    let pack = Pack::default().u8(VERSION).flag(since.is_some());
    pack.instant(since.unwrap_or_default()).done()
}

/// What [`encode_switch`] made, or nothing.
pub(super) fn switch(reply: &Value) -> Result<Option<UnixMillis>, Malformed> {
    let bytes = match reply {
        Value::Nil => return Ok(None),
        Value::BulkString(bytes) => bytes,
        _ => return Err(Malformed::Type("the switch")),
    };
    let mut rest = Unpack::new(bytes);
    if rest.u8()? != VERSION {
        return Err(Malformed::Range("the version of the switch"));
    }
    let (on, since) = (rest.flag()?, rest.instant()?);
    rest.end()?;
    Ok(on.then_some(since))
}

#[cfg(test)]
mod tests {
    use super::*;
    use anonchat_core::DeviceId;
    use proptest::prelude::*;

    fn entries() -> Vec<AuditEntry> {
        let device = DeviceId::from_bytes([7; 16]);
        let until = UnixMillis::new(9);
        let actions = [
            AdminAction::SignIn,
            AdminAction::Refused,
            AdminAction::SignOut,
            AdminAction::Ban { device, until },
            AdminAction::Lift { device },
            AdminAction::Dismiss { pool: PoolId::main(), report: ReportId(3), device },
            AdminAction::Maintenance { on: true },
            AdminAction::Maintenance { on: false },
            AdminAction::Reset,
            AdminAction::Export,
            AdminAction::BanRoomSession { session: SessionId::from_bytes([8; 16]) },
            AdminAction::LiftRoomSession { session: SessionId::from_bytes([9; 16]) },
            AdminAction::CloseRoom { room: RoomCode::parse("ABC123").expect("a code") },
        ];
        let entry = |(n, action): (usize, AdminAction)| AuditEntry {
            at: UnixMillis::new(1_000 + n as u64),
            session: (n % 2 == 0).then_some(n as u64),
            action,
            note: [None, Some("".into()), Some("h\u{e9}".into())][n % 3].clone(),
        };
        actions.into_iter().enumerate().map(entry).collect()
    }

    #[test]
    fn every_record_comes_back_as_it_was_and_no_part_of_one_does() {
        for entry in entries() {
            let bytes = encode(&entry).expect("a form");
            assert_eq!(decode(&bytes), Ok(entry.clone()));
            let end = bytes.len() - entry.note.as_ref().map_or(0, |note| note.len());
            assert!((0..end).all(|length| decode(&bytes[..length]).is_err()), "{entry:?}");
        }
    }

    #[test]
    fn records_and_switches_of_another_version_are_refused() {
        let mut bytes = encode(&entries()[0]).expect("a form");
        bytes[0] = 2;
        assert_eq!(decode(&bytes), Err(Malformed::Range("the version of a record")));
        let mut bytes = encode_switch(None);
        bytes[0] = 2;
        let read = switch(&Value::BulkString(bytes));
        assert_eq!(read, Err(Malformed::Range("the version of the switch")));
    }

    #[test]
    fn the_switch_comes_back_as_it_was() {
        for since in [None, Some(UnixMillis::default()), Some(UnixMillis::MAX)] {
            assert_eq!(switch(&Value::BulkString(encode_switch(since))), Ok(since));
        }
        assert_eq!(switch(&Value::Nil), Ok(None), "nobody has turned it yet");
        assert_eq!(switch(&Value::Int(1)), Err(Malformed::Type("the switch")));
    }

    #[test]
    fn a_page_longer_than_asked_for_is_refused() {
        let record = [&1_u64.to_be_bytes()[..], &encode(&entries()[0]).expect("a form")].concat();
        let reply = Value::Array(vec![Value::BulkString(record); 2]);
        assert_eq!(page(reply.clone(), 2).map(|page| page.len()), Ok(2));
        assert_eq!(page(reply, 1), Err(Malformed::TooLong("a page of records")));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn any_bytes_are_a_record_in_one_form_only_or_none(
            bytes in prop::collection::vec(any::<u8>(), 0..80),
            kind in 0u8..13,
        ) {
            let mut bytes = bytes;
            for (place, byte) in [(0, VERSION), (1, 0), (2, 0), (9, 1), (18, kind)] {
                if let Some(slot) = bytes.get_mut(place) {
                    *slot = byte;
                }
            }
            if let Ok(entry) = decode(&bytes) {
                prop_assert_eq!(encode(&entry), Some(bytes));
            }
        }
    }
}
