//! 001's first page: it looks for a partner, and leaves when it has found one.

use std::sync::Arc;

use anonchat_core::session::{Action, ErrorCode, Refusal, ServerFrame};
use anonchat_core::{Alias, DeviceId, Gender};
use serde_json::{Value, json};

use super::admission::{UNPROVEN, UNVERIFIED, ban};
use super::capability::{Capabilities, Capability};
use super::incoming::Said;
use super::line::{Dialect, Meaning, Told};

/// The events of somebody who looks for a partner.
pub(super) struct Seeking {
    capabilities: Arc<Capabilities>,
    device: DeviceId,
    /// What they ask for, until it was asked.
    join: Option<Value>,
}

impl Seeking {
    pub(super) const fn new(
        capabilities: Arc<Capabilities>,
        device: DeviceId,
        join: Value,
    ) -> Self {
        Self { capabilities, device, join: Some(join) }
    }

    fn found(&self, partner: Alias, frame: &ServerFrame) -> Option<Told> {
        let ServerFrame::Matched { profile, gender, .. } = frame else { return None };
        let own = Alias { pair: partner.pair, side: partner.side.other() };
        let room_id = self.capabilities.seal(Capability { device: self.device, own });
        let partner = json!({
            "nickname": profile.nickname.as_deref().unwrap_or("Anonymous"),
            "deviceId": partner.to_string(),
            "bio": profile.bio.as_deref().unwrap_or_default(),
            "gender": gender.and_then(letter),
        });
        Some(("match_found", json!({ "roomId": room_id, "partner": partner })))
    }
}

impl Dialect for Seeking {
    fn first(&mut self) -> Option<Value> {
        self.join.take()
    }

    fn read(&mut self, said: Said) -> Meaning {
        match said.name.as_str() {
            "join_queue" | "join_room" | "leave_chat" | "find_match" => Meaning::Onward(said),
            _ => about_partner(&said).unwrap_or(Meaning::Nothing),
        }
    }

    fn told(&mut self, frame: &ServerFrame) -> Option<Told> {
        match frame {
            ServerFrame::Matched { peer, .. } => self.found(*peer, frame),
            // It comes back, and waits already or has found somebody.
            ServerFrame::Error(refusal)
                if matches!(refusal.code, ErrorCode::AlreadyWaiting | ErrorCode::AlreadyPaired) =>
            {
                None
            }
            ServerFrame::Error(refusal) => complaint(refusal),
            _ => None,
        }
    }
}

/// What an event about a partner stands for, on whichever page.
pub(super) fn about_partner(said: &Said) -> Option<Meaning> {
    let target = said.text("targetDeviceId").filter(|target| !target.is_empty());
    Some(match (said.name.as_str(), target) {
        ("report_user", None) => Meaning::Answer(no_target()),
        ("report_user", Some(target)) => {
            let reason = said.text("reason");
            Meaning::Frame(json!({ "action": "report", "reported": target, "reason": reason }))
        }
        ("block_user", Some(target)) => {
            Meaning::Frame(json!({ "action": "block", "peer": target }))
        }
        ("block_user", None) => Meaning::Nothing,
        _ => return None,
    })
}

/// What somebody is told who reports nobody.
pub(super) fn no_target() -> Told {
    ("error", json!({ "message": "Invalid report target." }))
}

/// What a refusal is told as, in 001's words. Of reports and blocks nothing is told.
pub(super) fn complaint(refusal: &Refusal) -> Option<Told> {
    if matches!(refusal.action, Some(Action::Report | Action::Block)) {
        return None;
    }
    let message = match refusal.code {
        ErrorCode::Banned => ban(refusal.retry_after_ms.unwrap_or_default()),
        ErrorCode::Cooldown => "Please wait a few seconds before matching again.".to_owned(),
        ErrorCode::DailyLimit | ErrorCode::DailyTotal => {
            "Daily match limit reached. Please return tomorrow.".to_owned()
        }
        ErrorCode::VerificationRequired => UNVERIFIED.to_owned(),
        ErrorCode::VerificationInvalid => UNPROVEN.to_owned(),
        _ => refusal.message.to_owned(),
    };
    Some(("error", json!({ "message": message })))
}

const fn letter(gender: Gender) -> Option<&'static str> {
    match gender {
        Gender::Male => Some("M"),
        Gender::Female => Some("F"),
        _ => None,
    }
}
