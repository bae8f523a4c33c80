//! What the scripts are told.

use std::sync::Arc;

use anonchat_core::*;

use crate::redis::encode::{Call, command, open, query};

const DEVICE: DeviceId = DeviceId::from_bytes([1; 16]);
const CONN: Conn = Conn { node: NodeId(0x0102), id: 3 };
const DICE: Dice = Dice { pair: PairId::from_bytes([5; 16]) };

fn call(policy: &Policy) -> Call<'_> {
    let at = UnixMillis::new(0x0a0b);
    Call { policy, at, dice: DICE, mailbox: "box", sharded: false, registers: true }
}

/// The arguments of a command behind the header and the mailbox.
fn told(asked: &Command) -> Vec<Vec<u8>> {
    let mut arguments = command(&call(&Policy::default()), asked);
    assert_eq!(arguments[1], b"box");
    arguments.split_off(2)
}

fn conn_bytes() -> Vec<u8> {
    vec![0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 3]
}

fn held(rest: &[u8]) -> Vec<Vec<u8>> {
    vec![[&[1; 16][..], &conn_bytes(), rest].concat()]
}

#[test]
fn the_header_has_version_instant_dice_the_policys_numbers_and_marks() {
    let mut policy = Policy::default();
    let (matching, safety) = (&mut policy.matching, &mut policy.safety);
    let numbers = [
        &mut matching.cooldown_ms,
        &mut matching.daily_per_filter,
        &mut matching.daily_total,
        &mut matching.rematch_after_s,
        &mut matching.max_blocks,
        &mut matching.block_lapse_days,
        &mut matching.day_offset_min,
        &mut matching.verified_s,
        &mut safety.reports_to_ban,
        &mut safety.report_window_s,
        &mut safety.ban_s,
        &mut safety.dismissals_to_mute,
        &mut safety.dismissal_window_s,
        &mut safety.report_after_s,
        &mut policy.connection.grace_s,
        &mut policy.connection.lease_s,
    ];
    let mut expected = vec![0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0x0a, 0x0b];
    expected.extend([5; 16]);
    for (number, value) in numbers.into_iter().zip(0x0100_0000..) {
        *number = value;
        expected.extend(value.to_be_bytes());
    }
    let marks = |required| [required, 0, 1, 0];
    for (verification, claims, required) in [
        (Verification::Off, [3, 4, 0, 0], 0),
        (Verification::Optional, [1, 2, 3, 0], 0),
        (Verification::Required, [1, 2, 0, 0], 1),
    ] {
        policy.verification = verification;
        let header = &command(&call(&policy), &Command::Sweep)[0];
        assert_eq!(*header, [&expected[..], &claims, &marks(required)].concat());
    }
    policy.other_pools = true;
    let call = Call { sharded: true, registers: false, ..call(&policy) };
    assert!(query(&call, &Query::Census)[0].ends_with(&[1, 1, 0, 1]));
}

/// What the claims of the header say about somebody who joins with `own` and of whom `known` is
/// known.
fn by_the_header(
    verification: Verification,
    own: Option<Claim>,
    known: Option<Claim>,
) -> Option<Claim> {
    let policy = Policy { verification, ..Policy::default() };
    let header = command(&call(&policy), &Command::Sweep).swap_remove(0);
    let claims = &header[header.len() - 8..header.len() - 4];
    claims.iter().find_map(|claim| {
        let (claim, proof) = match claim {
            0 => return None,
            1 => (own, Proof::Attested),
            2 => (known, Proof::Attested),
            3 => (own, Proof::Declared),
            4 => (known, Proof::Declared),
            other => panic!("there is no claim {other}"),
        };
        claim.filter(|claim| claim.proof == proof)
    })
}

/// What the pool makes of them: `None` if it refuses the join.
fn by_the_pool(
    verification: Verification,
    own: Option<Claim>,
    known: Option<Claim>,
) -> Option<Option<Claim>> {
    let mut pool = Pool::new(Arc::new(Policy { verification, ..Policy::default() }));
    let mut at = 0;
    let mut apply = |command: &Command| {
        at += 1;
        let dice = Dice { pair: PairId::from_bytes([at; 16]) };
        pool.apply(UnixMillis::new(at.into()), dice, command).outcome
    };
    let other = DeviceId::from_bytes([2; 16]);
    let sure = Some(Claim { gender: Gender::Female, proof: Proof::Attested });
    let declared = Some(Claim { gender: Gender::Female, proof: Proof::Declared });
    let theirs = if verification == Verification::Off { declared } else { sure };
    for (device, claim) in [(other, theirs), (DEVICE, own)] {
        let attach = Command::Attach { device, conn: CONN, client: Client::Plain, again: false };
        apply(&attach).expect("free to come");
        if let Some(Claim { gender, proof }) = known.filter(|_| device == DEVICE) {
            apply(&Command::Verify { device, gender, proof }).expect("always taken");
        }
        let wish = Wish { claim, ..Wish::default() };
        match apply(&Command::Join { device, conn: CONN, wish }) {
            Err(Rejection::VerificationRequired) => return None,
            Err(other) => panic!("{other:?}"),
            Ok(mail) => {
                let shown = mail.into_iter().find_map(|envelope| match envelope.event {
                    Event::Matched { peer, side: Side::B, .. } => Some(peer),
                    _ => None,
                });
                if let Some(Peer { gender, verified, .. }) = shown {
                    let proof = if verified { Proof::Attested } else { Proof::Declared };
                    return Some(gender.map(|gender| Claim { gender, proof }));
                }
            }
        }
    }
    panic!("they do not meet");
}

#[test]
fn the_claims_of_the_header_decide_whose_gender_counts_as_the_pool_does() {
    let of = |gender| {
        let claim = move |proof| Some(Claim { gender, proof });
        [None, claim(Proof::Declared), claim(Proof::Attested)]
    };
    for verification in [Verification::Off, Verification::Optional, Verification::Required] {
        for own in of(Gender::Male) {
            for known in of(Gender::NonBinary) {
                let claim = by_the_header(verification, own, known);
                let refused = claim.is_none() && verification == Verification::Required;
                let expected = (!refused).then_some(claim);
                let case = (verification, own, known);
                assert_eq!(by_the_pool(verification, own, known), expected, "{case:?}");
            }
        }
    }
}

#[test]
fn a_connection_comes_and_goes_with_its_device() {
    let attach = |client, again| Command::Attach { device: DEVICE, conn: CONN, client, again };
    assert_eq!(told(&attach(Client::Plain, false)), held(&[0, 0, 0]));
    assert_eq!(told(&attach(Client::Native, true)), held(&[1, 1, 1]));
    let (device, conn, pair) = (DEVICE, CONN, PairId::from_bytes([6; 16]));
    let enter = |again| Command::Enter { device, conn, pair, again };
    assert_eq!(told(&enter(true)), held(&[&[1][..], &[6; 16]].concat()));
    assert_eq!(told(&enter(false)), held(&[&[0][..], &[6; 16]].concat()));
    assert_eq!(told(&Command::Detach { device: DEVICE, conn: CONN }), held(&[]));
    for (why, mark) in [
        (Departure::Left, 0),
        (Departure::Next, 1),
        (Departure::Lost, 0),
        (Departure::Blocked, 0),
        (Departure::Banned, 0),
    ] {
        let leave = Command::Leave { device: DEVICE, conn: CONN, why };
        assert_eq!(told(&leave), held(&[mark]), "{why:?}");
    }
}

#[test]
fn a_join_names_the_buckets_for_every_gender_it_may_turn_out_to_have() {
    let profile = Profile { nickname: Some("Ann".into()), bio: Some("hé".into()) };
    let filter = Filter::Only(Gender::Female);
    let claim = Some(Claim { gender: Gender::Male, proof: Proof::Attested });
    let wish = Wish { filter, profile: profile.into(), claim };
    // Only women will do; and of them those who look for nobody special, or for that gender.
    let mut packed = vec![2, 1, 1];
    for (bucket, compatible) in [(2, [10, 10]), (7, [10, 11]), (12, [10, 12]), (17, [10, 13])] {
        packed.push(bucket);
        packed.extend((1_u32 << compatible[0] | 1 << compatible[1]).to_be_bytes());
    }
    packed.push(22);
    packed.extend((1_u32 << 10 | 1 << 14).to_be_bytes());
    let expected = [held(&packed), vec![b"\x03\0\0\0\x03Annh\xc3\xa9".to_vec()]].concat();
    let join = Command::Join { device: DEVICE, conn: CONN, wish: wish.clone() };
    assert_eq!(told(&join), expected);
    assert_eq!(told(&Command::Next { device: DEVICE, conn: CONN, wish }), expected);

    let plain = Command::Join { device: DEVICE, conn: CONN, wish: Wish::default() };
    let arguments = told(&plain);
    assert_eq!(arguments[0][32..36], [0, 0, 0, 0]);
    assert_eq!(arguments[0].len(), 16 + 16 + 3 + 25);
    assert_eq!(arguments[1], [0; 5]);
}

#[test]
fn a_person_is_blocked_and_reported_by_their_alias() {
    let target = Alias { pair: PairId::from_bytes([6; 16]), side: Side::B };
    let named = [&[1; 16][..], &[6; 16], &[1]].concat();
    let block = Command::Block { device: DEVICE, target };
    assert_eq!(told(&block), std::slice::from_ref(&named));
    let unblock = Command::Unblock { device: DEVICE, block: target };
    assert_eq!(told(&unblock), std::slice::from_ref(&named));
    let report = |note| Command::Report { device: DEVICE, target, reason: "spam".into(), note };
    let spam = b"spam".to_vec();
    assert_eq!(told(&report(None)), [named.clone(), spam.clone(), vec![0]]);
    assert_eq!(told(&report(Some("".into()))), [named.clone(), spam.clone(), vec![1]]);
    assert_eq!(told(&report(Some("x".into()))), [named, spam, vec![1, b'x']]);
}

#[test]
fn the_other_commands_name_what_they_are_about() {
    let device = DEVICE;
    let packed = |asked: &Command| told(asked).remove(0);
    for (proof, mark) in [(Proof::Declared, 0), (Proof::Attested, 1)] {
        let verify = Command::Verify { device, gender: Gender::PreferNotToSay, proof };
        assert_eq!(packed(&verify), [&[1; 16][..], &[4, mark]].concat());
    }
    let until = UnixMillis::new(0x0102_0304_0506);
    let ban = packed(&Command::Ban { device, until });
    assert_eq!(ban, [&[1; 16][..], &[0, 0, 1, 2, 3, 4, 5, 6]].concat());
    assert_eq!(packed(&Command::Lift { device }), [1; 16]);
    assert_eq!(packed(&Command::Dismiss { report: ReportId(258) }), 258_u64.to_be_bytes());
    let beyond = packed(&Command::Dismiss { report: ReportId(u64::MAX) });
    assert_eq!(beyond, ((1_u64 << 53) - 1).to_be_bytes());
    assert_eq!(packed(&Command::Settle { upto: 258 }), 258_u64.to_be_bytes());
    let beyond = packed(&Command::Settle { upto: u64::MAX });
    assert_eq!(beyond, ((1_u64 << 53) - 1).to_be_bytes());
    assert_eq!(packed(&Command::Renew { node: NodeId(7) }), 7_u64.to_be_bytes());
    assert_eq!(packed(&Command::Sweep), [0_u8; 0]);
}

#[test]
fn an_order_is_adopted_with_its_instant() {
    let given = UnixMillis::new(0x0a0b);
    let packed = |measure| {
        told(&Command::Adopt { order: Order { device: DEVICE, given, measure } }).swap_remove(0)
    };
    let head = [&[1; 16][..], &0x0a0b_u64.to_be_bytes()].concat();
    let ban = packed(Measure::Ban { until: UnixMillis::new(258) });
    assert_eq!(ban, [&head[..], &[0], &258_u64.to_be_bytes(), &[0, 0]].concat());
    let verify = packed(Measure::Verify { gender: Gender::Female, proof: Proof::Attested });
    assert_eq!(verify, [&head[..], &[1], &[0; 8], &[2, 1]].concat());
}

#[test]
fn a_query_names_a_device_or_a_limit() {
    let policy = Policy::default();
    let packed = |asked: &Query| query(&call(&policy), asked).swap_remove(2);
    assert_eq!(packed(&Query::Census), [0_u8; 0]);
    assert_eq!(packed(&Query::Standing { device: DEVICE }), [1; 16]);
    let wait = packed(&Query::Wait { device: DEVICE });
    assert_eq!((&wait[..16], wait.len()), (&[1; 16][..], 16 + 8 * Bucket::COUNT));
    let unknown = Bucket::of(None, Filter::Only(Gender::Male));
    let apart = [unknown.beyond_filter().bits(), unknown.beyond_gender().bits()];
    assert_eq!(wait[16 + 8 * unknown.index()..][..8], apart.map(u32::to_be_bytes).concat());
    let reports = |before, open, limit| packed(&Query::Reports { before, open, limit });
    let page = [&258_u64.to_be_bytes()[..], &[1], &3_u32.to_be_bytes()].concat();
    assert_eq!(reports(Some(ReportId(258)), true, 3), page);
    let all = [&((1_u64 << 53) - 1).to_be_bytes()[..], &[0], &u32::MAX.to_be_bytes()].concat();
    assert_eq!(reports(None, false, usize::MAX), all);
    let bans = packed(&Query::Bans { after: Some((UnixMillis::new(258), DEVICE)), limit: 3 });
    assert_eq!(bans, [&258_u64.to_be_bytes()[..], &[1; 16], &3_u32.to_be_bytes()].concat());
    let bans = packed(&Query::Bans { after: None, limit: usize::MAX });
    assert_eq!(bans, [&[0; 24][..], &u32::MAX.to_be_bytes()].concat());
    let outbox = packed(&Query::Outbox { after: 3, limit: 258 });
    assert_eq!(outbox, [0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 1, 2]);
}

#[test]
fn a_mailbox_is_opened_for_nodes_in_the_place_of_a_former_one() {
    let policy = Policy::default();
    let arguments = open(&call(&policy), "former", &[NodeId(1), NodeId(2)], Some([8; 32]));
    let nodes = [1_u64.to_be_bytes(), 2_u64.to_be_bytes()].concat();
    assert_eq!(arguments[1..], [b"box".to_vec(), b"former".to_vec(), nodes, vec![8; 32]]);
    let arguments = open(&call(&policy), "", &[], None);
    assert_eq!(arguments[2..], [Vec::<u8>::new(), Vec::new(), Vec::new()]);
}
