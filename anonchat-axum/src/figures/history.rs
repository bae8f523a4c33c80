//! The last minute and the last hour, in constant memory.

use std::collections::VecDeque;

use anonchat_core::{Census, UnixMillis};

use super::counts::Counts;
use super::point::{Course, Live, Minute, Now, Queue, Second, WaitFigures};

/// Points of each kind that are kept.
const KEPT: usize = 60;

const MINUTE_MS: u64 = 60_000;

/// What the pools say together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Crowd {
    pub(crate) online: u64,
    pub(crate) waiting: u64,
    pub(crate) pairs: u64,
    pub(crate) matches: u64,
    pub(crate) reports: u64,
    pub(crate) bans: u64,
    pub(crate) queues: Vec<Queue>,
}

/// What belongs to the present and has no history.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Present {
    pub(crate) connections: u64,
    pub(crate) maintenance: Option<UnixMillis>,
}

/// Where a minute began.
#[derive(Clone)]
struct Mark {
    at: UnixMillis,
    matches: u64,
    counts: Counts,
}

/// The figures of the last hour.
pub(crate) struct History {
    seconds: VecDeque<Second>,
    minutes: VecDeque<Minute>,
    /// Where each kept minute began, and the one that is not over. There is always one.
    marks: VecDeque<Mark>,
    crowd: Crowd,
    counts: Counts,
    at: UnixMillis,
    answers: bool,
    /// Whether the pools have ever answered.
    knows: bool,
}

impl Crowd {
    /// The pools of a deployment as one. A ban holds in all of them, and counts once.
    pub(crate) fn of(pools: &[Census]) -> Self {
        let mut crowd = Self::default();
        for census in pools {
            crowd.online += census.online;
            crowd.waiting += census.waiting;
            crowd.pairs += census.pairs;
            crowd.matches += census.matches;
            crowd.reports += census.reports;
            crowd.bans = crowd.bans.max(census.bans);
            for (gender, filter, waiting) in census.queues().filter(|queue| queue.2 > 0) {
                let (gender, filter) = (gender.map(anonchat_core::Gender::as_str), filter.as_str());
                let mut known = crowd.queues.iter_mut();
                match known.find(|queue| (queue.gender, queue.filter) == (gender, filter)) {
                    Some(queue) => queue.waiting += waiting,
                    None => crowd.queues.push(Queue { gender, filter, waiting }),
                }
            }
        }
        crowd
    }
}

impl History {
    pub(crate) fn new(at: UnixMillis, counts: Counts) -> Self {
        let mark = Mark { at, matches: 0, counts: counts.clone() };
        Self {
            seconds: VecDeque::with_capacity(KEPT),
            minutes: VecDeque::with_capacity(KEPT),
            marks: VecDeque::from([mark]),
            crowd: Crowd::default(),
            counts,
            at,
            answers: false,
            knows: false,
        }
    }

    /// Takes what the pools say now, if they answer, and the server's counters.
    pub(crate) fn take(&mut self, at: UnixMillis, crowd: Option<Crowd>, counts: Counts) {
        self.answers = crowd.is_some();
        if let Some(crowd) = crowd {
            if !self.knows {
                // What happened before this server could see it belongs to no minute of its.
                self.begin_with(crowd.matches);
            } else if crowd.matches < self.crowd.matches {
                self.begin_with(0); // the pools were emptied
            }
            (self.crowd, self.knows) = (crowd, true);
        }
        (self.at, self.counts) = (at, counts);
        let Crowd { online, waiting, pairs, matches, .. } = self.crowd;
        push(&mut self.seconds, KEPT, Second { at: at.get(), online, waiting, pairs, matches });
        let Some(mark) = self.marks.back() else { return };
        // A clock that was set back begins a new minute as well, or none would begin for long.
        if at.since(mark.at) >= MINUTE_MS || at < mark.at {
            let minute = self.minute(mark);
            push(&mut self.minutes, KEPT, minute);
            let mark = Mark { at, matches, counts: self.counts.clone() };
            push(&mut self.marks, KEPT + 1, mark);
        }
    }

    /// Counts pairs from this number on.
    fn begin_with(&mut self, matches: u64) {
        self.marks.iter_mut().for_each(|mark| mark.matches = matches);
        self.seconds.iter_mut().for_each(|second| second.matches = matches);
    }

    fn minute(&self, mark: &Mark) -> Minute {
        let added = self.counts.since(&mark.counts);
        let (judged, verified) = added.verifications();
        Minute {
            at: self.at.get(),
            online: self.crowd.online,
            waiting: self.crowd.waiting,
            pairs: self.crowd.pairs,
            matches: self.crowd.matches.saturating_sub(mark.matches),
            median_ms: added.waits.percentile(50),
            p95_ms: added.waits.percentile(95),
            reports: self.crowd.reports,
            bans: self.crowd.bans,
            judged,
            verified,
            refusals: added.refusals().map(|(_, count)| count).sum(),
            messages: added.messages,
        }
    }

    /// What the server counted in the last hour, or since it started.
    pub(crate) fn hour(&self) -> Counts {
        match self.marks.front() {
            Some(oldest) => self.counts.since(&oldest.counts),
            None => self.counts.clone(),
        }
    }

    /// What the pools said last.
    pub(crate) fn crowd(&self) -> &Crowd {
        &self.crowd
    }

    /// Pairs made in the last 60 seconds.
    pub(crate) fn matches_per_minute(&self) -> u64 {
        let recent = |second: &&Second| self.at.get().saturating_sub(second.at) <= MINUTE_MS;
        let oldest = self.seconds.iter().find(recent);
        oldest.map_or(0, |second| self.crowd.matches.saturating_sub(second.matches))
    }

    fn now(&self, present: Present) -> Now {
        let hour = self.hour();
        let waits = &hour.waits;
        Now {
            at: self.at.get(),
            store: self.answers,
            maintenance: present.maintenance.map(UnixMillis::get),
            connections: present.connections,
            online: self.crowd.online,
            waiting: self.crowd.waiting,
            queues: self.crowd.queues.clone(),
            pairs: self.crowd.pairs,
            matches: self.crowd.matches,
            matches_per_minute: self.matches_per_minute(),
            wait: WaitFigures {
                count: waits.count(),
                median_ms: waits.percentile(50),
                p95_ms: waits.percentile(95),
                mean_ms: waits.mean(),
            },
            reports: self.crowd.reports,
            bans: self.crowd.bans,
            messages: hour.messages,
            verification: hour.outcomes().collect(),
            refusals: hour.refusals().collect(),
        }
    }

    pub(crate) fn live(&self, present: Present) -> Live {
        Live { now: self.now(present), minute: self.minutes.back().cloned() }
    }

    pub(crate) fn course(&self, present: Present) -> Course {
        Course {
            now: self.now(present),
            seconds: self.seconds.iter().cloned().collect(),
            minutes: self.minutes.iter().cloned().collect(),
        }
    }

    /// Whether the pools answered the last time.
    pub(crate) fn answers(&self) -> bool {
        self.answers
    }
}

fn push<T>(points: &mut VecDeque<T>, most: usize, point: T) {
    if points.len() >= most {
        points.pop_front();
    }
    points.push_back(point);
}

#[cfg(test)]
mod tests {
    use anonchat_core::session::ErrorCode;

    use super::super::Figures;
    use super::*;

    const START: u64 = 1_800_000_000_000;
    const SECOND_MS: u64 = 1_000;

    fn crowd(matches: u64) -> Crowd {
        Crowd { online: 7, matches, ..Crowd::default() }
    }

    /// A second of `history` after another, with so many matches made by then.
    fn run(history: &mut History, figures: &Figures, seconds: std::ops::Range<u64>, per: u64) {
        for second in seconds {
            let at = UnixMillis::new(START + second * SECOND_MS);
            history.take(at, Some(crowd(1_000 + second * per)), figures.counts());
        }
    }

    #[test]
    fn a_day_takes_as_much_memory_as_an_hour() {
        let figures = Figures::default();
        let mut history = History::new(UnixMillis::new(START), figures.counts());
        run(&mut history, &figures, 0..86_400, 2);
        let course = history.course(Present::default());
        assert_eq!((course.seconds.len(), course.minutes.len()), (KEPT, KEPT));
        assert_eq!(history.marks.len(), KEPT + 1);
        assert!(course.minutes.iter().all(|minute| minute.matches == 120), "two a second");
        assert!(course.minutes.windows(2).all(|two| two[1].at - two[0].at == MINUTE_MS));
        assert!((118..=120).contains(&course.now.matches_per_minute));
    }

    #[test]
    fn what_was_counted_more_than_an_hour_ago_is_forgotten() {
        let figures = Figures::default();
        let mut history = History::new(UnixMillis::new(START), figures.counts());
        figures.matched(500);
        figures.refused(ErrorCode::Cooldown);
        run(&mut history, &figures, 0..61, 0);
        assert_eq!(history.course(Present::default()).minutes[0].refusals, 1);
        figures.matched(4_000);
        run(&mut history, &figures, 61..3_600, 0);
        let now = history.live(Present::default()).now;
        assert_eq!((now.wait.count, now.refusals["cooldown"]), (2, 1));
        run(&mut history, &figures, 3_600..3_700, 0);
        let now = history.live(Present::default()).now;
        assert_eq!((now.wait.count, now.refusals["cooldown"]), (1, 0), "the first is forgotten");
        assert!(now.wait.median_ms.is_some_and(|median| (4_000..=4_500).contains(&median)));
    }

    #[test]
    fn what_others_did_before_the_start_is_no_match_of_this_minute() {
        let figures = Figures::default();
        let mut history = History::new(UnixMillis::new(START), figures.counts());
        run(&mut history, &figures, 0..70, 0);
        let course = history.course(Present::default());
        assert_eq!((course.minutes[0].matches, course.now.matches_per_minute), (0, 0));
        assert_eq!(course.now.matches, 1_000);
    }

    #[test]
    fn pools_that_do_not_answer_show_and_what_they_said_stays() {
        let figures = Figures::default();
        let mut history = History::new(UnixMillis::new(START), figures.counts());
        assert!(!history.answers());
        run(&mut history, &figures, 0..2, 0);
        let at = UnixMillis::new(START + 2_000);
        history.take(at, None, figures.counts());
        let now = history.live(Present::default()).now;
        assert_eq!((now.store, now.online), (false, 7));
        assert!(!history.answers());
    }

    #[test]
    fn pairs_are_counted_from_the_first_answer_and_from_a_reset_on() {
        let figures = Figures::default();
        let mut history = History::new(UnixMillis::new(START), figures.counts());
        let mut take = |second: u64, crowd| {
            let at = UnixMillis::new(START + second * SECOND_MS);
            history.take(at, crowd, figures.counts());
            history.live(Present::default()).now.matches_per_minute
        };
        assert_eq!(take(0, None), 0);
        assert_eq!(take(1, Some(crowd(500))), 0, "nobody knows when those were made");
        assert_eq!(take(2, Some(crowd(507))), 7);
        assert_eq!(take(3, Some(crowd(2))), 2, "all of them after the reset");
        assert_eq!(take(4, Some(crowd(3))), 3);
    }

    #[test]
    fn a_reset_or_a_clock_that_is_set_back_gives_no_huge_numbers() {
        let figures = Figures::default();
        let mut history = History::new(UnixMillis::new(START), figures.counts());
        run(&mut history, &figures, 0..30, 5);
        history.take(UnixMillis::new(START - 86_400_000), Some(crowd(0)), figures.counts());
        let course = history.course(Present::default());
        assert_eq!(course.minutes.len(), 1);
        assert_eq!((course.minutes[0].matches, course.now.matches_per_minute), (0, 0));
    }
}
