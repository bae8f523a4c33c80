//! The suite catches wrong stores: each of these breaks one sentence of `Store`'s obligations.
//!
//! A suite that lets one of them pass proves nothing about the stores that pass it.

mod broken;
mod desk;
mod flaky;

use std::sync::Arc;

use anonchat_core::{Policy, Verification};
use anonchat_store::conformance::{Failure, Obligation, Server, Suite};

use broken::{Broken, Fault};
use flaky::{Cut, Flaky};

async fn examine(fault: Fault) -> Result<(), Failure> {
    Suite::default().check(|policy| async { ((), Broken::new(policy, fault)) }).await.map(drop)
}

async fn caught(fault: Fault, expected: &[Obligation]) {
    let failure = examine(fault).await.expect_err("the suite let it pass");
    let found = failure.obligation;
    assert!(found.is_some_and(|found| expected.contains(&found)), "{fault:?}: {failure}");
}

/// The frame in which the faults are hung is itself a correct store.
#[tokio::test(flavor = "multi_thread")]
async fn the_frame_without_a_fault_passes() {
    examine(Fault::None).await.unwrap_or_else(|failure| panic!("{failure}"));
}

macro_rules! mutants {
    ($($name:ident: $fault:expr => $($obligation:ident)|+;)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                caught($fault, &[$(Obligation::$obligation),+]).await;
            }
        )*
    };
}

mutants! {
    a_lost_envelope: Fault::Loses => DeliverBeforeReturning | DeliverInOrder;
    a_doubled_envelope: Fault::Doubles => DeliverInOrder;
    envelopes_in_another_order: Fault::Reorders => DeliverInOrder;
    mail_of_concurrent_commits_mixed: Fault::DeliversOutsideTheLock
        => DeliverInOrder | DeliverBeforeReturning;
    mail_after_the_answer: Fault::DeliversLate => DeliverBeforeReturning;
    a_gap_announced_for_nothing: Fault::CriesGap => DeliverInOrder;
    a_hole_in_seq: Fault::SkipsNumbers => Serialize;
    two_commits_of_one_number: Fault::RepeatsNumbers => Serialize;
    a_forgotten_refusal: Fault::Forgives => Agree;
    an_older_connection_that_takes_the_device_back: Fault::ForgetsAgain => Agree;
    a_refused_command_half_kept: Fault::KeepsHalf => Agree;
    a_clock_that_runs_back: Fault::TurnsClockBack => Agree;
    a_clock_of_its_own: Fault::OwnClock => Agree;
    dice_of_its_own: Fault::OwnDice => Agree;
    a_sweep_that_hides_what_is_left: Fault::HidesMore => Agree;
    a_question_that_moves_the_clock: Fault::AsksForward => Agree;
    a_wrong_census: Fault::Miscounts => Agree;
    a_ban_that_is_not_listed: Fault::HidesBans => Agree;
    a_decided_report_among_the_open_ones: Fault::ShowsWhatIsDecided => Agree;
    a_page_that_does_not_say_where_to_go_on: Fault::LosesItsPlace => Agree;
    an_old_order_taken_for_a_new_one: Fault::AdoptsWhatIsOld => Agree;
    an_order_settled_before_it_was_carried: Fault::SettlesTooMuch => Agree;
    an_order_that_is_not_carried: Fault::HidesOrders => Agree;
    an_envelope_for_the_wrong_node: Fault::Misroutes
        => DeliverInOrder | DeliverBeforeReturning;
    a_dropped_call_that_loses_its_mail: Fault::LosesWhenDropped => NotHalfHappen | DeliverInOrder;
    a_whisper_to_every_node: Fault::Broadcasts => CarryNotKeep;
    whispers_in_another_order: Fault::ReordersWhispers => CarryNotKeep;
    a_whisper_kept: Fault::KeepsWhispers => CarryNotKeep | Agree;
    a_whisper_that_counts_as_a_commit: Fault::CommitsWhispers => CarryNotKeep;
    an_old_inbox_that_goes_on: Fault::KeepsInbox => DeliverInOrder | DeliverBeforeReturning;
    any_pool_will_do: Fault::AnyPool => Agree;
}

/// A number of the policy is off by one: the generated histories reach every edge of every rule.
#[tokio::test(flavor = "multi_thread")]
async fn a_stale_policy_is_caught_whatever_number_differs() {
    type Stale = fn(&mut Policy);
    let stale: [(&str, Stale); 19] = [
        ("cooldown_ms", |p| p.matching.cooldown_ms += 1),
        ("daily_per_filter", |p| p.matching.daily_per_filter += 1),
        ("daily_total", |p| p.matching.daily_total += 1),
        ("rematch_after_s", |p| p.matching.rematch_after_s += 1),
        ("max_blocks", |p| p.matching.max_blocks += 1),
        ("block_lapse_days", |p| p.matching.block_lapse_days += 1),
        ("day_offset_min", |p| p.matching.day_offset_min ^= 1),
        ("verified_s", |p| p.matching.verified_s += 1),
        ("reports_to_ban", |p| p.safety.reports_to_ban += 1),
        ("report_window_s", |p| p.safety.report_window_s += 1),
        ("ban_s", |p| p.safety.ban_s += 1),
        ("dismissals_to_mute", |p| p.safety.dismissals_to_mute += 1),
        ("dismissal_window_s", |p| p.safety.dismissal_window_s += 1),
        ("report_after_s", |p| p.safety.report_after_s += 1),
        ("grace_s", |p| p.connection.grace_s += 1),
        ("lease_s", |p| p.connection.lease_s += 1),
        ("other_pools", |p| p.other_pools ^= true),
        ("verification off", |p| p.verification = Verification::Off),
        ("verification optional", |p| p.verification = Verification::Optional),
    ];
    let mut passed = Vec::new();
    for (name, change) in stale {
        match examine(Fault::StalePolicy(change)).await {
            Err(failure) if failure.obligation == Some(Obligation::Agree) => {}
            Err(failure) => panic!("{name}: {failure}"),
            Ok(()) => passed.push(name),
        }
    }
    assert!(passed.is_empty(), "the suite let pass: {passed:?}");
}

async fn cut(kind: Cut) -> Result<(), Failure> {
    let build = |policy| async move {
        let store = Arc::new(Flaky::new(policy, kind));
        ((), vec![Server::shared(Arc::clone(&store) as _).with_faults(store)])
    };
    Suite::default().check_servers(build).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_cut_off_and_says_so_passes() {
    cut(Cut::Honest).await.unwrap_or_else(|failure| panic!("{failure}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_that_loses_mail_in_silence_is_caught() {
    for kind in [Cut::Silent, Cut::HalfTheMail, Cut::CommitsTwice, Cut::GapTooLate] {
        let failure = cut(kind).await.expect_err("the suite let it pass");
        assert_eq!(failure.part, "faults", "{kind:?}: {failure}");
        assert!(failure.obligation.is_some(), "{kind:?}: {failure}");
    }
}

/// Two servers that share one store, each node at home on one of them.
#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_two_servers_share_passes() {
    let build = |policy| async {
        let store = Arc::new(Broken::new(policy, Fault::None));
        ((), vec![Server::shared(Arc::clone(&store) as _), Server::shared(store)])
    };
    let passed = Suite::default().check_servers(build).await;
    passed.unwrap_or_else(|failure| panic!("{failure}"));
}
