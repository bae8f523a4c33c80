//! The sentences and tables of the card.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};

use anonchat_core::{Gender, Verdict};
use anonchat_verify::{Backend, Manifest, OnnxClassifier, Thresholds};

use crate::labels::Measured;
use crate::rates::Rate;
use crate::timing::Latency;
use crate::worse;

pub(crate) fn print(text: &str) -> io::Result<()> {
    io::stdout().write_all(text.as_bytes())
}

/// The whole card.
pub(crate) fn whole(classifier: &OnnxClassifier, all: &[Measured], latency: &str) -> String {
    let lines = classifier.thresholds();
    let mut card = include_str!("head.md").replace("{pictures}", &all.len().to_string());
    card += &models();
    card += &faces(all, lines);
    card += &attacks(all, lines);
    card += &thresholds(all);
    card += &gender(all, lines);
    card += &quality(classifier, all, lines);
    card += "## Latency\n\n";
    card += latency;
    card += include_str!("foot.md");
    card
}

/// A table, with its heading in the first row.
fn table(rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut text = String::new();
    for (number, row) in rows.into_iter().enumerate() {
        let _ = writeln!(text, "| {} |", row.join(" | "));
        if number == 0 {
            let _ = writeln!(text, "|{}", "---|".repeat(row.len()));
        }
    }
    text + "\n"
}

fn heading(cells: &[&str]) -> Vec<String> {
    cells.iter().map(ToString::to_string).collect()
}

fn models() -> String {
    let row = |file: &anonchat_verify::ModelFile| {
        vec![format!("`{}`", file.name), file.source.to_owned(), file.licence.to_owned()]
    };
    let rows = Manifest::default().0.iter().map(row).collect::<Vec<_>>();
    String::from("## Models\n\n")
        + &table([heading(&["File", "Source", "Licence"])].into_iter().chain(rows))
}

fn faces(all: &[Measured], lines: &Thresholds) -> String {
    let row = |name: &str, is_there: &dyn Fn(usize) -> bool| {
        let verdicts: Vec<_> = all
            .iter()
            .filter(|one| is_there(one.sample.faces))
            .map(|one| one.measures.verdict(lines))
            .collect();
        let said = |verdict| Rate::of(&verdicts, |said| *said == verdict).hits;
        let (none, several) = (said(Verdict::NoFace), said(Verdict::SeveralFaces));
        let counts = [verdicts.len(), none, verdicts.len() - none - several, several];
        [name.to_owned()].into_iter().chain(counts.map(|count| count.to_string())).collect()
    };
    String::from("## Faces\n\n")
        + &table([
            heading(&["People in the picture", "Pictures", "no face", "one face", "several faces"]),
            row("none", &|faces| faces == 0),
            row("one", &|faces| faces == 1),
            row("two or more", &|faces| faces > 1),
        ])
}

/// Pictures of one person, by what is before the camera.
fn species(all: &[Measured]) -> BTreeMap<&str, Vec<&Measured>> {
    let mut species: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for one in all.iter().filter(|one| one.sample.faces == 1 && !one.sample.live.is_empty()) {
        species.entry(one.sample.live.as_str()).or_default().push(one);
    }
    species
}

/// Whether a picture passes for a living person, by the liveness alone.
fn passes(one: &Measured, live: f32) -> bool {
    one.measures.largest.is_some_and(|portrait| portrait.liveness.mean() >= live)
}

fn attacks(all: &[Measured], lines: &Thresholds) -> String {
    let mut rows = vec![heading(&[
        "Before the camera",
        "Taken for alive",
        "Verified by all checks",
        "Which is",
    ])];
    for (kind, pictures) in species(all) {
        let alive = Rate::of(&pictures, |one| passes(one, lines.live));
        let verified =
            |one: &&Measured| matches!(one.measures.verdict(lines), Verdict::Verified(_));
        let meaning = match kind {
            "real" => "right; the rest is the BPCER",
            "photo" => "an ordinary photograph, uploaded as a file: **not stopped**",
            _ => "the APCER of this species",
        };
        let verified = Rate::of(&pictures, verified);
        rows.push(vec![
            kind.to_owned(),
            alive.to_string(),
            verified.to_string(),
            meaning.to_owned(),
        ]);
    }
    let text = format!("## Attacks\n\nLiveness counts from {} on.\n\n", lines.live);
    text + &table(rows) + include_str!("attacks.md")
}

fn thresholds(all: &[Measured]) -> String {
    let species = species(all);
    let kinds: Vec<&str> = species.keys().copied().collect();
    let mut rows = vec![
        [
            vec!["Liveness from".to_owned()],
            kinds.iter().map(|kind| format!("{kind} taken for alive")).collect(),
        ]
        .concat(),
    ];
    for live in [0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95] {
        let rate = |kind: &&str| Rate::of(&species[kind], |one| passes(one, live)).to_string();
        rows.push([vec![live.to_string()], kinds.iter().map(rate).collect()].concat());
    }
    table(rows)
}

fn gender(all: &[Measured], lines: &Thresholds) -> String {
    let mut groups: BTreeMap<String, Vec<&Measured>> = BTreeMap::new();
    for one in all.iter().filter(|one| one.sample.faces == 1 && !one.sample.gender.is_empty()) {
        let name = [one.sample.gender.as_str(), one.sample.group.as_str()].join(" ");
        groups.entry(name.trim().to_owned()).or_default().push(one);
    }
    let said = |one: &Measured, least: f32| {
        let lines = Thresholds {
            gender: least,
            size: 0.0,
            light: 0.0,
            sharpness: 0.0,
            turn: f32::MAX,
            live: 0.0,
            ..*lines
        };
        one.measures.verdict(&lines)
    };
    let is = |one: &Measured, verdict: Verdict| {
        let right = if one.sample.gender == "M" { Gender::Male } else { Gender::Female };
        verdict == Verdict::Verified(right)
    };
    let abstains = |verdict| verdict == Verdict::Verified(Gender::PreferNotToSay);
    let mut rows = vec![heading(&["Group", "Sure from", "Wrong", "Abstains"])];
    for (name, pictures) in &groups {
        for least in [0.5, 0.7, 0.8, 0.9] {
            let wrong = |one: &&Measured| !is(one, said(one, least)) && !abstains(said(one, least));
            let silent = |one: &&Measured| abstains(said(one, least));
            let mark =
                if least == lines.gender { format!("**{least}**") } else { least.to_string() };
            rows.push(vec![
                name.clone(),
                mark,
                Rate::of(pictures, wrong).to_string(),
                Rate::of(pictures, silent).to_string(),
            ]);
        }
    }
    String::from(include_str!("gender.md")) + &table(rows)
}

fn quality(classifier: &OnnxClassifier, all: &[Measured], lines: &Thresholds) -> String {
    const TOLD: [(&str, Verdict); 6] = [
        ("no face", Verdict::NoFace),
        ("too small", Verdict::TooSmall),
        ("too dark", Verdict::TooDark),
        ("too blurred", Verdict::TooBlurred),
        ("turned away", Verdict::TurnedAway),
        ("not live", Verdict::NotLive),
    ];
    let is_good = |one: &&Measured| {
        one.sample.faces == 1 && ["real", "photo"].contains(&one.sample.live.as_str())
    };
    let good: Vec<_> = all.iter().filter(is_good).collect();
    let first =
        [vec!["The same pictures"], TOLD.map(|(name, _)| name).to_vec(), vec!["verified"]].concat();
    let mut rows = vec![heading(&first)];
    for (name, change) in worse::CHANGES {
        let seen = good.iter().filter_map(|one| worse::measure(classifier, one, change));
        let verdicts: Vec<_> = seen.map(|measures| measures.verdict(lines)).collect();
        let count = |is: &dyn Fn(Verdict) -> bool| {
            verdicts.iter().filter(|said| is(**said)).count().to_string()
        };
        let told = TOLD.iter().map(|(_, verdict)| count(&|said| said == *verdict));
        let verified = count(&|said| matches!(said, Verdict::Verified(_)));
        rows.push([name.to_owned()].into_iter().chain(told).chain([verified]).collect());
    }
    format!(
        "{}{}",
        include_str!("quality.md").replace("{pictures}", &good.len().to_string()),
        table(rows)
    )
}

/// The table of one backend.
pub(crate) fn latency(backend: &Backend, latency: &Latency) -> String {
    if cfg!(debug_assertions) {
        return "Not measured: the card was made by a build that is not optimised.\n\n".to_owned();
    }
    let ms = |time: std::time::Duration| format!("{:.0} ms", time.as_secs_f64() * 1_000.0);
    let machine = "One thread, from the bytes of a picture to all that is measured of it.\n\n";
    let rows = table([
        heading(&["Backend", "Opening the pack", "A picture, median", "95 %", "slowest"]),
        vec![
            backend.to_string(),
            ms(latency.opening),
            ms(latency.percentile(50)),
            ms(latency.percentile(95)),
            ms(latency.percentile(100)),
        ],
    ]);
    format!("{machine}{rows}")
}
