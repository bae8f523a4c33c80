//! Makes the corpora that fuzzing starts from.
//!
//! ```text
//! cargo run -p anonchat-core --features serde,test-util --example fuzz_seeds -- fuzz/corpus
//! ```
//!
//! The same files every time. Run it after a change of the generator of histories, which makes the
//! old bytes mean other histories.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use anonchat_core::history::{Coverage, RoomRun, Run, noise};

/// Steps of a history: enough for a report, a ban and its end.
const STEPS: usize = 48;

fn main() -> io::Result<()> {
    let root = env::args_os().nth(1).map_or_else(|| "fuzz/corpus".into(), PathBuf::from);
    write(&root.join("pool"), &histories())?;
    let length = |steps: usize| RoomRun::HEADER + steps * RoomRun::STEP;
    let rooms: Vec<_> = (1..=24).map(|seed| noise(seed, length(12 * seed as usize))).collect();
    write(&root.join("rooms"), &rooms)?;
    let lives: Vec<_> = (1..=24).map(|seed| noise(seed, 40 * seed as usize)).collect();
    write(&root.join("session"), &lives)?;
    let frames: Vec<_> = FRAMES.iter().map(|text| text.as_bytes().to_vec()).collect();
    write(&root.join("wire"), &frames)
}

fn write(directory: &Path, files: &[Vec<u8>]) -> io::Result<()> {
    if directory.exists() {
        fs::remove_dir_all(directory)?;
    }
    fs::create_dir_all(directory)?;
    for (number, bytes) in files.iter().enumerate() {
        fs::write(directory.join(format!("{number:02}")), bytes)?;
    }
    Ok(())
}

/// Few short histories that together reach every command, refusal and fact.
fn histories() -> Vec<Vec<u8>> {
    let mut missing: BTreeSet<_> = Coverage::default().counts().map(|(name, _)| name).collect();
    let candidates: Vec<_> = (0..4_000)
        .map(|seed| {
            let mut reached = Coverage::default();
            let run = Run::from_seed(seed, STEPS);
            run.play(|_, step, commit| reached.record(&step.command, commit));
            let names = reached.counts().filter(|(_, count)| *count > 0).map(|(name, _)| name);
            (seed, names.collect::<BTreeSet<_>>())
        })
        .collect();
    let mut chosen = BTreeSet::new();
    while !missing.is_empty() {
        let gain = |(_, names): &&(u64, BTreeSet<&str>)| names.intersection(&missing).count();
        let Some((seed, names)) = candidates.iter().max_by_key(gain) else { break };
        if missing.is_disjoint(names) {
            break;
        }
        missing.retain(|name| !names.contains(name));
        chosen.insert(*seed);
    }
    // And some of any kind.
    chosen.extend(0..12);
    let length = Run::HEADER + STEPS * Run::STEP;
    chosen.into_iter().map(|seed| noise(seed, length)).collect()
}

const FRAMES: [&str; 30] = [
    r#"{"action":"join"}"#,
    r#"{"action":"join","filter":"female","nickname":"Ann","bio":"hello","token":"a.b.c"}"#,
    r#"{"action":"join","filter":"non-binary","gender":"prefer-not-to-say"}"#,
    r#"{"action":"join","filter":7}"#,
    r#"{"action":"next","filter":"any"}"#,
    r#"{"action":"leave"}"#,
    r#"{"action":"msg","text":"hello"}"#,
    r#"{"action":"msg","text":"hello","id":"m1"}"#,
    r#"{"action":"msg","text":"\ud83d\ude00 \u0000 \"quoted\""}"#,
    r#"{"action":"msg","text":"\ud800"}"#,
    r#"{"action":"msg"}"#,
    r#"{"action":"ack","id":"m1"}"#,
    r#"{"action":"ack","id":""}"#,
    r#"{"action":"typing"}"#,
    r#"{"action":"typing","typing":false}"#,
    r#"{"action":"report","reason":"spam"}"#,
    r#"{"action":"report","peer":"a00000000000000000000000000000001","reason":"spam","note":"x"}"#,
    r#"{"action":"block","peer":"b00000000000000000000000000000001"}"#,
    r#"{"action":"unblock","block":"b00000000000000000000000000000001"}"#,
    r#"{"action":"declare","gender":"male"}"#,
    r#"{"action":"declare","gender":null}"#,
    r#"{"action":"why"}"#,
    r#"{"action":"dance"}"#,
    r#"{"action":["join"]}"#,
    r#"{"action":"join","action":"leave"}"#,
    r#"{"a":{"b":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]},"action":"why"}"#,
    r#"["join"]"#,
    "{",
    "null",
    "",
];
