//! What moderators read: reports, bans and the census.

mod world;

use anonchat_core::*;
use world::*;

#[test]
fn reports_are_listed_newest_first_with_reason_and_note() {
    let mut w = world();
    let (ann, ben) = w.meet(ANN, BEN);
    w.report(BEN, ann).expect("reported");
    let (reason, note) = ("minor".into(), Some("says so".into()));
    let device = ANN.device();
    w.wait(1).apply(Command::Report { device, target: ben, reason, note }).expect("reported");
    let reports = w.reports();
    assert_eq!(reports.iter().map(|r| r.id.0).collect::<Vec<_>>(), [2, 1]);
    assert_eq!((&*reports[0].reason, reports[0].note.as_deref()), ("minor", Some("says so")));
    assert_eq!((reports[0].reporter, reports[0].target), (ANN.device(), BEN.device()));
}

fn numbers(page: &Reports) -> Vec<u64> {
    page.reports.iter().map(|report| report.id.0).collect()
}

#[test]
fn reports_are_read_page_by_page() {
    let mut w = world();
    w.accuse(ANN, 0..4);
    let first = w.page(None, false, 2);
    assert_eq!((numbers(&first), first.next), (vec![4, 3], Some(ReportId(3))));
    let last = w.page(first.next, false, 2);
    assert_eq!((numbers(&last), last.next), (vec![2, 1], None));
    assert_eq!(w.page(Some(ReportId(1)), false, 2), Reports::default());
    assert_eq!(w.page(None, false, 0), Reports::default());
    assert_eq!(numbers(&w.page(Some(ReportId(99)), false, 9)), [4, 3, 2, 1]);
}

#[test]
fn a_page_looks_at_five_hundred_and_twelve_reports_and_says_where_to_go_on() {
    let mut w = world_with(|p| {
        p.safety.reports_to_ban = 1_000;
        p.matching.daily_total = 0;
    });
    w.accuse(ANN, 0..514);
    for report in 2..=514 {
        w.apply(Command::Dismiss { report: ReportId(report) }).expect("dismissed");
    }
    let page = w.page(None, true, 5);
    assert_eq!(
        (numbers(&page), page.next),
        (vec![], Some(ReportId(3))),
        "none yet, and not the end"
    );
    let page = w.page(page.next, true, 5);
    assert_eq!((numbers(&page), page.next), (vec![1], None));
    assert_eq!(w.page(None, false, 1_000).reports.len(), Reports::EXAMINED);
}

#[test]
fn a_report_asks_for_a_decision_until_it_is_dismissed_or_a_ban_answers_it() {
    let mut w = world();
    w.accuse(ANN, 0..2);
    w.accuse(BEN, 2..3);
    let open = |w: &World| numbers(&w.page(None, true, 9));
    assert_eq!(open(&w), [3, 2, 1]);
    w.apply(Command::Dismiss { report: ReportId(1) }).expect("dismissed");
    assert_eq!(open(&w), [3, 2]);
    let (former, _) = w.meet_and_part(ANN, CLEO);
    w.apply(Command::Ban { device: ANN.device(), until: at(w.now + DAY) }).expect("banned");
    assert_eq!(open(&w), [3], "the ban was given when the report was there");
    w.wait(1).report(CLEO, former).expect("reported");
    assert_eq!(open(&w), [4, 3], "nobody has decided about what came after the ban");
    w.wait(DAY);
    assert_eq!(open(&w), [4, 3, 2], "the ban is over");
    w.apply(Command::Ban { device: ANN.device(), until: at(w.now + DAY) }).expect("banned");
    assert_eq!(open(&w), [3]);
    w.apply(Command::Lift { device: ANN.device() }).expect("lifted");
    assert_eq!(open(&w), [4, 3, 2]);
    w.wait(7 * DAY);
    assert_eq!(w.page(None, true, 9), Reports::default(), "they are too old");
}

#[test]
fn a_report_says_how_many_count_against_its_target_and_until_when_it_is_banned() {
    let mut w = world();
    w.accuse(ANN, 0..2);
    w.accuse(BEN, 2..3);
    let known = |w: &World| -> Vec<_> {
        w.reports().iter().map(|r| (r.against, r.banned_until.map(UnixMillis::get))).collect()
    };
    assert_eq!(known(&w), [(1, None), (2, None), (2, None)]);
    w.apply(Command::Dismiss { report: ReportId(1) }).expect("dismissed");
    assert_eq!(known(&w), [(1, None), (1, None), (1, None)]);
    let until = w.now + DAY;
    w.apply(Command::Ban { device: ANN.device(), until: at(until) }).expect("banned");
    assert_eq!(known(&w), [(1, None), (0, Some(until)), (0, Some(until))], "a ban uses them up");
    w.wait(DAY);
    assert_eq!(known(&w), [(1, None), (0, None), (0, None)]);
}

fn bans(w: &World, after: Option<(UnixMillis, DeviceId)>, limit: usize) -> Vec<(Who, u64, u64)> {
    match w.pool.read(at(w.now), &Query::Bans { after, limit }) {
        View::Bans(bans) => {
            bans.iter().map(|ban| (who(ban.device), ban.given.get(), ban.until.get())).collect()
        }
        view => panic!("{view:?}"),
    }
}

#[test]
fn bans_are_listed_by_their_end_page_by_page_until_they_are_over() {
    let mut w = world();
    let (early, late) = (w.now + 1_000, w.now + 2_000);
    for (who, until) in [(CLEO, late), (BEN, early), (ANN, late)] {
        w.apply(Command::Ban { device: who.device(), until: at(until) }).expect("banned");
    }
    let given = w.now;
    let all = [(BEN, given, early), (ANN, given, late), (CLEO, given, late)];
    assert_eq!(bans(&w, None, 9), all);
    assert_eq!(bans(&w, None, 1), all[..1]);
    assert_eq!(bans(&w, Some((at(early), BEN.device())), 1), all[1..2]);
    assert_eq!(bans(&w, Some((at(late), ANN.device())), 9), all[2..]);
    assert_eq!((bans(&w, None, 0), w.census().bans), (vec![], 3));
    w.wait(1_000);
    assert_eq!((bans(&w, None, 9), w.census().bans), (all[1..].to_vec(), 2), "one is over");
    let after_it = Some((at(early), BEN.device()));
    assert_eq!(bans(&w, after_it, 9), all[1..]);
    w.apply(Command::Lift { device: CLEO.device() }).expect("lifted");
    assert_eq!((bans(&w, None, 9), w.census().bans), (all[1..2].to_vec(), 1));
    w.apply(Command::Ban { device: ANN.device(), until: at(late + 1) }).expect("banned longer");
    assert_eq!(bans(&w, None, 9), [(ANN, w.now, late + 1)]);
}

#[test]
fn the_census_counts_reports_that_are_not_too_old_and_every_match() {
    let mut w = world();
    w.accuse(ANN, 0..3);
    w.wait(DAY);
    w.accuse(ANN, 3..4);
    assert_eq!((w.census().reports, w.census().matches), (4, 4));
    w.wait(6 * DAY);
    assert_eq!(w.census().reports, 1, "three are a week old, though nothing has forgotten them");
    w.wait(DAY);
    assert_eq!((w.census().reports, w.census().matches), (0, 4));
}

#[test]
fn the_census_counts_who_waits_by_gender_and_filter() {
    let mut w = world();
    w.join_as(ANN, Gender::Female, Filter::Only(Gender::Male));
    w.join_as(BEN, Gender::Female, Filter::Only(Gender::Male));
    w.join_as(CLEO, Gender::NonBinary, Filter::Only(Gender::NonBinary));
    let mut wanted = [0; Bucket::COUNT];
    wanted[Bucket::of(Some(Gender::Female), Filter::Only(Gender::Male)).index()] = 2;
    wanted[Bucket::of(Some(Gender::NonBinary), Filter::Only(Gender::NonBinary)).index()] = 1;
    assert_eq!((w.census().buckets, w.census().waiting), (wanted, 3));
    w.leave(BEN);
    wanted[Bucket::of(Some(Gender::Female), Filter::Only(Gender::Male)).index()] = 1;
    assert_eq!(w.census().buckets, wanted);
}
