//! `join_queue`: what is checked before somebody of 001 looks for a partner, in its order.

use anonchat_core::session::ErrorCode;
use anonchat_core::{Attestor, Client, DeviceId, Field, Gender, Query, UnixMillis};
use anonchat_core::{Verification, View};
use serde_json::{Value, json};
use unicode_properties::UnicodeEmoji;
use unicode_segmentation::UnicodeSegmentation;

use super::incoming::Said;
use crate::chat::AnonChat;
use crate::{clock, device};

const NO_PROFILE: &str = "Invalid profile data. Please complete your profile first.";
pub(super) const UNVERIFIED: &str = "Gender verification is required before matching.";
pub(super) const UNPROVEN: &str = "Verification expired or invalid. Please verify again.";

/// Somebody who may look for a partner.
pub(super) struct Seeker {
    pub(super) device: DeviceId,
    pub(super) gender: Gender,
    /// What they ask for, as a frame of the native protocol.
    pub(super) join: Value,
}

/// Checks what somebody sends with `join_queue`, or says in 001's words what is wrong.
pub(super) async fn admit(chat: &AnonChat, said: &Said) -> Result<Seeker, String> {
    let named = said.text("deviceId").filter(|id| device::is_acceptable(id, Client::Seeker));
    let whose = chat.device(named.unwrap_or_default());
    let banned = banned_until(chat, whose).await?;
    let nickname = said.text("nickname").filter(|name| !name.is_empty());
    let (Some(_), Some(nickname)) = (named, nickname) else { return Err(NO_PROFILE.to_owned()) };
    let (gender, token) = prove(chat, whose, said)?;
    if let Some(until) = banned {
        return Err(ban(clock::now().until(until)));
    }
    let bio = said.text("bio").unwrap_or_default();
    check_profile(chat, nickname, bio)?;
    let filter = match said.text("matchPreference") {
        Some("M") => Gender::Male.as_str(),
        Some("F") => Gender::Female.as_str(),
        _ => "any",
    };
    let mut join = json!({ "action": "join", "filter": filter, "nickname": nickname, "bio": bio });
    if let Some(token) = token {
        join["token"] = json!(token);
    }
    Ok(Seeker { device: whose, gender, join })
}

async fn banned_until(chat: &AnonChat, device: DeviceId) -> Result<Option<UnixMillis>, String> {
    let unavailable = || ErrorCode::Unavailable.message().to_owned();
    let pool = chat.settings().pool(None).ok_or_else(unavailable)?;
    match chat.store().read(&pool, clock::now(), &Query::Standing { device }).await {
        Ok(View::Standing { banned_until }) => Ok(banned_until),
        _ => Err(unavailable()),
    }
}

/// The gender, and the token that proves it, if there is one and it counts.
fn prove<'s>(
    chat: &AnonChat,
    device: DeviceId,
    said: &'s Said,
) -> Result<(Gender, Option<&'s str>), String> {
    let gender = match said.text("gender") {
        Some("M") => Gender::Male,
        Some("F") => Gender::Female,
        _ => return Err(UNVERIFIED.to_owned()),
    };
    if chat.settings().policy.verification == Verification::Off {
        return Ok((gender, None));
    }
    if said.data.get("genderVerified") != Some(&Value::Bool(true)) {
        return Err(UNVERIFIED.to_owned());
    }
    let token = match said.data.get("verificationToken") {
        None | Some(Value::Null) => return Ok((gender, None)),
        Some(token) => token.as_str().unwrap_or_default(),
    };
    match chat.tokens().attest(clock::now(), device, token) {
        Ok(proven) if proven == gender => Ok((gender, Some(token))),
        _ => Err(UNPROVEN.to_owned()),
    }
}

fn check_profile(chat: &AnonChat, nickname: &str, bio: &str) -> Result<(), String> {
    let (limits, screen) = (&chat.settings().policy.text, &chat.settings().screen);
    let (least, shortest) = (limits.seeker_nickname_min_chars, limits.seeker_bio_min_chars);
    let (longest, emojis) = (limits.bio_chars, limits.seeker_bio_emojis);
    if nickname.trim().chars().count() < least as usize {
        return Err(format!("Nickname must be at least {least} characters."));
    }
    if bio.trim().chars().count() < shortest as usize {
        return Err(format!("Bio must be at least {shortest} characters."));
    }
    if bio.chars().count() > longest as usize {
        return Err(format!("Bio exceeds {longest} character limit."));
    }
    for (field, text) in [(Field::Nickname, nickname), (Field::Bio, bio)] {
        screen.screen(field, text).map_err(|finding| ErrorCode::from(finding).message())?;
    }
    if emojis_in(bio) > emojis as usize {
        return Err(format!("Maximum {emojis} emojis allowed in bio."));
    }
    Ok(())
}

/// What is seen as one emoji counts once, however many characters make it up.
fn emojis_in(text: &str) -> usize {
    let is_emoji = |seen: &&str| {
        // Digits and some signs are parts of emojis, and none by themselves.
        seen.chars().any(|part| part.is_emoji_char() && !part.is_ascii())
            || seen.contains('\u{20e3}')
    };
    text.graphemes(true).filter(is_emoji).count()
}

/// What somebody who is banned is told.
pub(super) fn ban(left_ms: u64) -> String {
    let hours = left_ms.div_ceil(3_600_000);
    format!("Your device is currently banned due to community reports. Expires in {hours}h.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_as_one_emoji_counts_once() {
        for (text, count) in [
            ("", 0),
            ("plain words, 12 * 3 # 4", 0),
            ("\u{1f98a}\u{1f98a}", 2),
            ("\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}", 1), // a family
            ("\u{1f1e9}\u{1f1ea}", 1),                          // a flag
            ("\u{1f44d}\u{1f3fd}", 1),                          // a thumb with a skin
            ("1\u{fe0f}\u{20e3}", 1),                           // a key
            ("\u{2764}\u{fe0f} and \u{1f525}", 2),
        ] {
            assert_eq!(emojis_in(text), count, "{text}");
        }
    }

    #[test]
    fn the_hours_of_a_ban_are_rounded_up() {
        for (left_ms, hours) in [(1, 1), (3_600_000, 1), (3_600_001, 2), (86_400_000, 24)] {
            assert!(ban(left_ms).ends_with(&format!(" Expires in {hours}h.")), "{left_ms}");
        }
    }
}
