//! How long each stage took, in a table.

use std::fmt::Write as _;
use std::time::Duration;

use anonchat_verify::{Role, Stage};

use crate::Look;

/// The rows: all stages in their order, what is between and after them, such as wiping the picture,
/// and the whole. Medians over all looks, and how quick it was at best.
pub(crate) fn of(looks: &[Look]) -> String {
    let mut table = String::from("| Stage | median | quickest |\n|---|--:|--:|\n");
    let mut row = |name: &str, mut times: Vec<Duration>| {
        times.sort();
        let ms = |at: usize| times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1_000.0);
        let _ = writeln!(table, "| {name} | {:.2} ms | {:.2} ms |", ms(times.len() / 2), ms(0));
    };
    let stages = looks.first().map_or(&[][..], |look| &look.stages);
    for (at, (stage, _)) in stages.iter().enumerate() {
        row(&name(*stage), looks.iter().map(|look| look.stages[at].1).collect());
    }
    let inside = |look: &Look| look.stages.iter().map(|(_, time)| *time).sum::<Duration>();
    row("the rest", looks.iter().map(|look| look.whole.saturating_sub(inside(look))).collect());
    row("**all**", looks.iter().map(|look| look.whole).collect());
    table
}

fn name(stage: Stage) -> String {
    let model = |role| match role {
        Role::Detector => "detector",
        Role::LivenessNear => "liveness, near",
        Role::LivenessFar => "liveness, far",
        Role::GenderSquare => "gender, square",
        Role::GenderAligned => "gender, aligned",
    };
    match stage {
        Stage::Decode => "decode".to_owned(),
        Stage::Scale(role) => format!("scale for {}", model(role)),
        Stage::Ask(role) => format!("ask {}", model(role)),
        Stage::Quality => "quality".to_owned(),
        other => format!("{other:?}"),
    }
}
