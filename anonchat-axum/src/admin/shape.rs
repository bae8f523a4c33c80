//! The shapes of the admin API in JSON. `mod.rs` says what each route takes and gives.
//!
//! Instants are milliseconds since the Unix epoch; a device is 32 hexadecimal digits, its keyed
//! hash; a session is 16.

use anonchat_core::{AdminAction, AuditRecord, BanView, DeviceId, Report, UnixMillis};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What signs in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// The admin key, or the secret of a one-time link.
    pub(crate) key: String,
}

/// A session.
#[derive(Debug, Serialize)]
pub(crate) struct SessionView {
    /// What the record calls it; null for who has come with the key itself.
    pub(crate) session: Option<String>,
    /// When it ends; null for who has come with the key itself.
    pub(crate) expires_at: Option<u64>,
}

/// A device to ban.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BanOrder {
    #[schema(pattern = "^[0-9a-fA-F]{32}$")]
    pub(crate) device: String,
    /// The end of the ban.
    pub(crate) until: Option<u64>,
    /// How long it lasts, in seconds. With neither, as long as one for reports.
    pub(crate) for_s: Option<u64>,
    pub(crate) note: Option<String>,
}

/// Something to do that needs no more than a note.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Noted {
    pub(crate) note: Option<String>,
}

/// Maintenance to turn on or off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Switch {
    pub(crate) on: bool,
    pub(crate) note: Option<String>,
}

/// The wish to empty all pools.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirmation {
    /// The word `reset`.
    pub(crate) confirm: String,
    pub(crate) note: Option<String>,
}

/// Something was done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Done {
    /// The number of its record.
    pub(crate) audit: u64,
}

/// A device was banned.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BanDone {
    pub(crate) audit: u64,
    pub(crate) device: String,
    pub(crate) until: u64,
}

/// Maintenance as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MaintenanceView {
    pub(crate) on: bool,
    pub(crate) since: Option<u64>,
}

/// Which records to give.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// The `next` of the page before.
    pub(crate) before: Option<u64>,
    /// The device that they are about.
    #[param(pattern = "^[0-9a-fA-F]{32}$")]
    pub(crate) about: Option<String>,
    pub(crate) limit: Option<usize>,
}

/// A page of records, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditView {
    pub(crate) records: Vec<RecordView>,
    /// The `before` of the next page; null if there is none.
    pub(crate) next: Option<u64>,
}

/// What somebody in charge did. Members that an action does not have are left out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecordView {
    pub(crate) id: u64,
    pub(crate) at: u64,
    /// By which sign-in; null if the key itself came with the request.
    pub(crate) session: Option<String>,
    /// `sign_in`, `refused`, `sign_out`, `ban`, `lift`, `dismiss`, `maintenance`, `reset`,
    /// `export`, `room_ban`, `room_lift` or `room_close`; `other` for one that this server does not know.
    pub(crate) action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) device: Option<String>,
    /// The end of a ban.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<u64>,
    /// The pool of a dismissed report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pool: Option<String>,
    /// The number of a dismissed report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) report: Option<u64>,
    /// Whether maintenance was turned on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) on: Option<bool>,
    /// The session of the rooms that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) room_session: Option<String>,
    /// The code of the room that was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) room: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
}

/// Which reports to give.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct QueueQuery {
    /// The `next` of the page before.
    pub(crate) before: Option<u64>,
    pub(crate) limit: Option<usize>,
    pub(crate) pool: Option<String>,
    /// Whether only those that ask for a decision are wanted, which they are without it.
    pub(crate) open: Option<bool>,
}

/// A page of the moderators' queue, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueueView {
    pub(crate) pool: String,
    /// All pools that there are to ask for.
    pub(crate) pools: Vec<String>,
    /// May be fewer than were asked for, and none, although `next` is there.
    pub(crate) reports: Vec<ReportView>,
    /// The `before` of the next page; null if there is none.
    pub(crate) next: Option<u64>,
}

/// A report, with what a moderator decides by.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportView {
    pub(crate) id: u64,
    pub(crate) at: u64,
    pub(crate) reporter: String,
    /// Whom it is about.
    pub(crate) device: String,
    pub(crate) reason: String,
    /// The reporter's further words.
    pub(crate) note: Option<String>,
    /// Whether the reporter counted when it was made.
    pub(crate) counted: bool,
    pub(crate) dismissed: bool,
    /// How many different reporters count against the device now.
    pub(crate) against: u32,
    /// How many are needed for a ban.
    pub(crate) needed: u32,
    /// The end of the device's ban, or null.
    pub(crate) banned_until: Option<u64>,
    /// What was decided about the device before: at most 5, newest first.
    pub(crate) earlier: Vec<RecordView>,
}

/// Which bans to give.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BansQuery {
    /// The `next` of the page before.
    pub(crate) after: Option<String>,
    pub(crate) limit: Option<usize>,
    pub(crate) pool: Option<String>,
}

/// A page of bans, those that end first first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BansView {
    pub(crate) pool: String,
    pub(crate) bans: Vec<BanRow>,
    /// The `after` of the next page; null if there is none.
    pub(crate) next: Option<String>,
}

/// A banned device.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BanRow {
    pub(crate) device: String,
    pub(crate) given: u64,
    pub(crate) until: u64,
}

/// The name of a session in the record.
pub(super) fn session_name(session: u64) -> String {
    format!("{session:016x}")
}

/// Reads the 32 hexadecimal digits of a device.
pub(super) fn device(text: &str) -> Option<DeviceId> {
    let digits = text.as_bytes();
    if digits.len() != 32 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u128::from_str_radix(text, 16).ok().map(|number| DeviceId::from_bytes(number.to_be_bytes()))
}

impl From<&AuditRecord> for RecordView {
    fn from(AuditRecord { id, entry }: &AuditRecord) -> Self {
        let mut view = Self {
            id: *id,
            at: entry.at.get(),
            session: entry.session.map(session_name),
            action: "other",
            device: entry.action.about().map(DeviceId::to_hex),
            until: None,
            pool: None,
            report: None,
            on: None,
            room_session: None,
            room: None,
            note: entry.note.as_deref().map(str::to_owned),
        };
        view.action = match &entry.action {
            AdminAction::SignIn => "sign_in",
            AdminAction::Refused => "refused",
            AdminAction::SignOut => "sign_out",
            AdminAction::Ban { until, .. } => {
                view.until = Some(until.get());
                "ban"
            }
            AdminAction::Lift { .. } => "lift",
            AdminAction::Dismiss { pool, report, .. } => {
                view.pool = Some(pool.as_str().to_owned());
                view.report = Some(report.0);
                "dismiss"
            }
            AdminAction::Maintenance { on } => {
                view.on = Some(*on);
                "maintenance"
            }
            AdminAction::Reset => "reset",
            AdminAction::Export => "export",
            AdminAction::BanRoomSession { session } => {
                view.room_session = Some(session.to_hex());
                "room_ban"
            }
            AdminAction::LiftRoomSession { session } => {
                view.room_session = Some(session.to_hex());
                "room_lift"
            }
            AdminAction::CloseRoom { room } => {
                view.room = Some(room.to_string());
                "room_close"
            }
            _ => "other",
        };
        view
    }
}

impl ReportView {
    pub(super) fn new(report: &Report, needed: u32, earlier: Vec<RecordView>) -> Self {
        Self {
            id: report.id.0,
            at: report.at.get(),
            reporter: report.reporter.to_hex(),
            device: report.target.to_hex(),
            reason: report.reason.to_string(),
            note: report.note.as_deref().map(str::to_owned),
            counted: report.counted,
            dismissed: report.dismissed,
            against: report.against,
            needed,
            banned_until: report.banned_until.map(UnixMillis::get),
            earlier,
        }
    }
}

impl From<&BanView> for BanRow {
    fn from(ban: &BanView) -> Self {
        Self { device: ban.device.to_hex(), given: ban.given.get(), until: ban.until.get() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_reads_back_as_it_is_shown_and_nothing_else_does() {
        let one = DeviceId::from_bytes(std::array::from_fn(|index| index as u8));
        assert_eq!(device(&one.to_hex()), Some(one));
        let hex = one.to_hex();
        for bad in ["", &hex[1..], &format!("{hex}0"), &format!("+{}", &hex[1..]), "é"] {
            assert_eq!(device(bad), None, "{bad:?}");
        }
        assert_eq!(device(&format!("é{}", &hex[2..])), None);
    }
}
