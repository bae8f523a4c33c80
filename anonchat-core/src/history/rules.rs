//! Small policies: a limit that nobody reaches is a limit that nobody tests.

use arbitrary::{Arbitrary, Unstructured};

use crate::policy::{Policy, Verification};

/// Takes 21 bytes. Every number is within its bounds, and most are 0 to 3 of their unit.
pub(super) fn policy(u: &mut Unstructured<'_>) -> arbitrary::Result<Policy> {
    let mut policy = Policy { verification: Verification::arbitrary(u)?, ..Policy::default() };

    let matching = &mut policy.matching;
    matching.cooldown_ms = pick(u, &[0, 0, 0, 1, 2, 1_000, 2_000, 3_000])?;
    matching.daily_per_filter = pick(u, &[0, 1, 1, 1, 2, 3])?;
    matching.daily_total = pick(u, &[0, 0, 0, 1, 2, 3, 5])?;
    matching.rematch_after_s = pick(u, &[0, 0, 1, 1, 2, 3])?;
    matching.max_blocks = pick(u, &[1, 1, 1, 2, 3])?;
    matching.block_lapse_days = pick(u, &[1, 1, 2])?;
    matching.day_offset_min = pick(u, &[0, 1, 90, 1_439])?;
    matching.verified_s = pick(u, &[1, 2, 3, 600])?;

    let safety = &mut policy.safety;
    safety.reports_to_ban = pick(u, &[1, 1, 2, 3])?;
    safety.report_window_s = pick(u, &[1, 2, 600, 600])?;
    safety.ban_s = pick(u, &[1, 1, 2, 3])?;
    safety.dismissals_to_mute = pick(u, &[1, 1, 1, 2])?;
    safety.dismissal_window_s = pick(u, &[1, 2, 3, 600])?;
    safety.report_after_s = pick(u, &[0, 1, 2, 3, 600])?;

    let connection = &mut policy.connection;
    connection.grace_s = pick(u, &[0, 1, 2, 3])?;
    connection.lease_s = pick(u, &[1, 2, 3, 600, 600, 600])?;
    policy.other_pools = u.ratio(3, 4)?;
    Ok(policy)
}

/// A rule that runs for a time. Its end is an edge that is worth a visit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    Cooldown,
    Rematch,
    Verified,
    ReportWindow,
    Ban,
    DismissalWindow,
    ReportAfter,
    Grace,
    Lease,
}

impl Span {
    pub(super) const ALL: [Self; 9] = [
        Self::Cooldown,
        Self::Rematch,
        Self::Verified,
        Self::ReportWindow,
        Self::Ban,
        Self::DismissalWindow,
        Self::ReportAfter,
        Self::Grace,
        Self::Lease,
    ];

    pub(super) fn millis(self, policy: &Policy) -> u64 {
        let Policy { matching, safety, connection, .. } = policy;
        let seconds = match self {
            Self::Cooldown => return matching.cooldown_ms.into(),
            Self::Rematch => matching.rematch_after_s,
            Self::Verified => matching.verified_s,
            Self::ReportWindow => safety.report_window_s,
            Self::Ban => safety.ban_s,
            Self::DismissalWindow => safety.dismissal_window_s,
            Self::ReportAfter => safety.report_after_s,
            Self::Grace => connection.grace_s,
            Self::Lease => connection.lease_s,
        };
        u64::from(seconds) * 1_000
    }
}

fn pick(u: &mut Unstructured<'_>, choices: &[u32]) -> arbitrary::Result<u32> {
    u.choose(choices).copied()
}
