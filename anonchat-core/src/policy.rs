//! Every number of the rules, with its default and its bounds.

use std::fmt;

use crate::event::Client;

/// Defines one section of the policy: its fields with their defaults and bounds, once.
macro_rules! section {
    ($(#[$doc:meta])* $name:ident as $label:literal {
        $($(#[$field_doc:meta])* $field:ident: $kind:ty = $default:expr, $low:expr => $high:expr;)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
        pub struct $name {
            $(
                $(#[$field_doc])*
                #[doc = concat!("\n\nDefault ", stringify!($default), "; from ", stringify!($low),
                    " to ", stringify!($high), ".")]
                pub $field: $kind,
            )*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        impl $name {
            fn check(&self) -> Result<(), PolicyError> {
                $(
                    let (value, low, high) = (self.$field as u64, $low as u64, $high as u64);
                    if !(low..=high).contains(&value) {
                        let name = concat!($label, ".", stringify!($field));
                        return Err(PolicyError { name, value, low, high });
                    }
                )*
                Ok(())
            }
        }
    };
}

const MINUTE_S: u32 = 60;
const DAY_S: u32 = 86_400;
const YEAR_S: u32 = 365 * DAY_S;

section! {
    /// Who meets whom, and how often. Zero means "no limit" (and "no wait" for a duration).
    Matching as "matching" {
        /// Milliseconds between two accepted joins of one device.
        cooldown_ms: u32 = 5_000, 0 => 3_600_000;
        /// Matches a day through each specific filter.
        daily_per_filter: u32 = 5, 0 => 9_998;
        /// Matches a day through all filters together.
        daily_total: u32 = 100, 0 => 1_000_000;
        /// Seconds for which the last partner is not offered again.
        rematch_after_s: u32 = 600, 0 => DAY_S;
        /// Blocks that one device may hold.
        max_blocks: u32 = 200, 1 => 10_000;
        /// Days without either device after which a block lapses.
        block_lapse_days: u32 = 400, 1 => 3_650;
        /// Minutes after 00:00 UTC at which the day of the daily limits starts.
        day_offset_min: u32 = 0, 0 => 1_439;
        /// Seconds for which a verified or declared gender holds.
        verified_s: u32 = 86_400, 1 => YEAR_S;
    }
}

section! {
    /// What abuse leads to.
    Safety as "safety" {
        /// Distinct reporters that lead to a ban.
        reports_to_ban: u32 = 5, 1 => 1_000;
        /// Seconds for which a report counts.
        report_window_s: u32 = 604_800, 1 => YEAR_S;
        /// Seconds that such a ban lasts.
        ban_s: u32 = 86_400, 1 => 10 * YEAR_S;
        /// Dismissed reports after which a reporter no longer counts.
        dismissals_to_mute: u32 = 3, 1 => 1_000;
        /// Seconds for which a dismissal counts.
        dismissal_window_s: u32 = 2_592_000, 1 => YEAR_S;
        /// Seconds after a pair's end in which its members may still report or block each other.
        report_after_s: u32 = 1_800, 0 => DAY_S;
    }
}

section! {
    /// How much of anything in which time. Zero means "no limit".
    Rates as "rates" {
        /// Frames a minute and device.
        frames_per_minute: u32 = 60, 0 => 1_000_000;
        /// `ack`, `typing` and `why` frames a minute and device, for native clients.
        signals_per_minute: u32 = 600, 0 => 1_000_000;
        /// REST requests a minute and address.
        rest_per_minute: u32 = 30, 0 => 1_000_000;
        /// Pictures an hour and address that are sent to be judged.
        verifications_per_hour: u32 = 20, 0 => 1_000_000;
        /// Sign-ins a minute and address with a wrong admin key; beyond it no key is looked at.
        sign_ins_per_minute: u32 = 5, 0 => 1_000_000;
        /// Room sessions an hour and address.
        sessions_per_hour: u32 = 5, 0 => 1_000_000;
        /// Rooms an hour and address.
        rooms_per_hour: u32 = 3, 0 => 1_000_000;
        /// Room messages a minute and session.
        room_messages_per_minute: u32 = 10, 0 => 1_000_000;
    }
}

section! {
    /// What one connection may do, and how long silence is borne.
    Connection as "connection" {
        /// Seconds for which the place of somebody who lost the network is kept.
        grace_s: u32 = 15, 0 => 10 * MINUTE_S;
        /// Seconds after which a server that does not renew its lease counts as dead.
        lease_s: u32 = 15, 1 => 10 * MINUTE_S;
        /// Seconds without a sign of life after which a connection is closed.
        idle_s: u32 = 60, 1 => 3_600;
        /// WebSockets of one server; 0 means no limit.
        max_connections: u32 = 0, 0 => 100_000_000;
        /// WebSockets of one client address, unless it is this machine; 0 means no limit.
        max_per_address: u32 = 256, 0 => 100_000_000;
        /// Connections of one server that send no complete request; one more ends the oldest.
        max_half_open: u32 = 2_048, 1 => 1_000_000;
        /// Connections of one peer that have not sent their first request; loopback peers and
        /// trusted proxies may have any number. 0 means no limit.
        max_half_open_per_address: u32 = 64, 0 => 1_000_000;
        /// Seconds in which a request's head must come in whole, from the opening of its
        /// connection or the end of the request before.
        header_s: u32 = 10, 1 => 600;
        /// Messages of one sender that may be unacknowledged.
        unacknowledged: u32 = 64, 1 => 4_096;
        /// Messages of one sender that wait for a partner who is expected over Socket.IO; 0 holds
        /// none.
        held_messages: u32 = 16, 0 => 1_024;
        /// Seconds for which they wait.
        held_s: u32 = 15, 1 => MINUTE_S;
        /// Bytes of one frame; a longer one ends the connection.
        frame_bytes: u32 = 1_048_576, 4_096 => 16_777_216;
    }
}

section! {
    /// Lengths, in characters (Unicode scalar values), after trimming.
    Text as "text" {
        /// A chat message.
        message_chars: u32 = 500, 1 => 100_000;
        /// A nickname.
        nickname_chars: u32 = 30, 1 => 1_000;
        /// A bio.
        bio_chars: u32 = 140, 1 => 10_000;
        /// A report's reason, and its note.
        note_chars: u32 = 500, 1 => 10_000;
        /// A chat message of somebody behind a cookie, over Socket.IO.
        cookie_message_chars: u32 = 1_000, 1 => 100_000;
        /// Bytes of a picture in a chat over Socket.IO, as a data URL; a packet has 1,000,000 there.
        image_bytes: u32 = 990_000, 0 => 990_000;
        /// The fewest characters of a nickname of somebody who comes by `join_queue`.
        seeker_nickname_min_chars: u32 = 3, 0 => 30;
        /// The fewest characters of their bio.
        seeker_bio_min_chars: u32 = 10, 0 => 140;
        /// The most emojis in their bio.
        seeker_bio_emojis: u32 = 5, 0 => 140;
        /// A bio of somebody behind a cookie.
        cookie_bio_chars: u32 = 200, 1 => 10_000;
    }
}

impl Text {
    /// The most characters of a chat message: those of the sender's door.
    pub const fn message_chars_of(&self, sender: Client) -> u32 {
        match sender {
            Client::Cookie => self.cookie_message_chars,
            _ => self.message_chars,
        }
    }

    /// The most characters of a bio.
    pub const fn bio_chars_of(&self, owner: Client) -> u32 {
        match owner {
            Client::Cookie => self.cookie_bio_chars,
            _ => self.bio_chars,
        }
    }
}

section! {
    /// Rooms by code. Their numbers bound the memory that rooms may take.
    Rooms as "rooms" {
        /// Seconds without activity and without a connection after which a session ends.
        session_life_s: u32 = 86_400, 1 => YEAR_S;
        /// Sessions of the deployment.
        max_sessions: u32 = 100_000, 1 => 10_000_000;
        /// Rooms of the deployment.
        max_rooms: u32 = 10_000, 1 => 1_000_000;
        /// Rooms of which one session may be a member at a time.
        max_rooms_per_session: u32 = 50, 1 => 1_000;
        /// Characters of a room's code.
        code_chars: u32 = 8, 6 => 8;
        /// Seconds for which a room without members is kept for people to come back.
        room_life_s: u32 = 604_800, 0 => YEAR_S;
        /// Members of one room, whatever its owner allows.
        max_members: u32 = 200, 1 => 10_000;
        /// Connections of one member to one room; one more replaces the oldest.
        max_connections: u32 = 8, 1 => 64;
        /// Sessions that are banned from one room.
        max_room_bans: u32 = 1_000, 1 => 100_000;
        /// Messages that one room keeps; one more drops the oldest.
        max_messages: u32 = 1_000, 1 => 100_000;
        /// Reports of one message.
        max_reports: u32 = 100, 1 => 10_000;
        /// Messages of one page.
        max_page: u32 = 100, 1 => 1_000;
        /// Days for which a room keeps messages if its owner did not choose; 0 keeps nothing.
        retention_days_default: u32 = 30, 0 => 365;
        /// Characters of a message.
        message_chars: u32 = 1_000, 1 => 100_000;
        /// Characters of a room's name.
        name_chars: u32 = 100, 1 => 1_000;
        /// Characters of a report's reason.
        reason_chars: u32 = 500, 1 => 10_000;
    }
}

/// Whether a person's gender is checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
#[cfg_attr(feature = "test-util", derive(arbitrary::Arbitrary))]
pub enum Verification {
    /// Nobody is checked; people declare a gender or none.
    Off,
    /// Who was verified has the verified gender; others join as declared, marked unverified.
    #[default]
    Optional,
    /// Only the verified may join.
    Required,
}

/// All rules of a deployment. Every server of one deployment needs the same policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Policy {
    /// Who meets whom, and how often.
    pub matching: Matching,
    /// What abuse leads to.
    pub safety: Safety,
    /// How much of anything in which time.
    pub rates: Rates,
    /// What one connection may do.
    pub connection: Connection,
    /// Lengths.
    pub text: Text,
    /// Rooms by code.
    pub rooms: Rooms,
    /// Whether a person's gender is checked. Not part of a policy file: the server has a setting.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub verification: Verification,
    /// Whether the deployment has further pools, so that bans, lifts and known genders are kept for
    /// them: see [`Query::Outbox`](crate::Query). Not part of a policy file either: a store of
    /// several pools sets it.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub other_pools: bool,
}

/// A number of the policy is out of its bounds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("policy: {name} is {value}, but must be from {low} to {high}")]
#[non_exhaustive]
pub struct PolicyError {
    /// Section and field, such as `matching.cooldown_ms`.
    pub name: &'static str,
    /// What was given.
    pub value: u64,
    /// The least that is allowed.
    pub low: u64,
    /// The most that is allowed.
    pub high: u64,
}

impl Policy {
    /// Checks every number against its bounds and names the first that is out of them.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] with the name, the value and the bounds.
    pub fn check(&self) -> Result<(), PolicyError> {
        self.matching.check()?;
        self.safety.check()?;
        self.rates.check()?;
        self.connection.check()?;
        self.text.check()?;
        self.rooms.check()
    }
}

impl Verification {
    /// `off`, `optional` or `required`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Optional => "optional",
            Self::Required => "required",
        }
    }
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_within_their_own_bounds() {
        Policy::default().check().expect("defaults");
    }

    #[test]
    fn a_number_out_of_bounds_is_named_with_its_bounds() {
        let mut policy = Policy::default();
        policy.matching.day_offset_min = 1_440;
        let error = policy.check().expect_err("too late");
        assert_eq!(
            error.to_string(),
            "policy: matching.day_offset_min is 1440, but must be from 0 to 1439"
        );
    }
}
