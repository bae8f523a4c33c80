//! What the scripts must never do, and how they are kept the same text as the pool's files.

use std::collections::BTreeSet;
use std::path::Path;

use anonchat_core::{Gender, PoolId};

use super::keys::Key;
use super::script::{FILES, Scripts, called, field};

/// Files that mirror one of the pool's.
const MIRRORS: [&str; 15] = [
    "mod",
    "device",
    "fairness",
    "verification",
    "met",
    "blocks",
    "lease",
    "presence",
    "pairing",
    "queue",
    "safety",
    "orders",
    "sweep",
    "housekeeping",
    "read",
];

/// What a script calls that no file defines: the language, what Redis adds to it, and arguments.
const BUILT_IN: [&str; 28] = [
    "and",
    "bit.band",
    "call",
    "command",
    "function",
    "if",
    "in",
    "ipairs",
    "math.floor",
    "math.max",
    "math.min",
    "not",
    "or",
    "pack",
    "parse",
    "question",
    "return",
    "string.format",
    "string.byte",
    "string.rep",
    "string.sub",
    "struct.unpack",
    "table.concat",
    "table.insert",
    "tonumber",
    "unpack",
    "until",
    "while",
];

/// The lines of a file that are no comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim_start().starts_with("--"))
}

fn defined(text: &str) -> impl Iterator<Item = &str> {
    let headers = text.lines().filter_map(|line| line.strip_prefix("function "));
    headers.filter_map(|header| header.split('(').next())
}

#[test]
fn no_script_knows_a_gender_reads_a_clock_or_draws_a_number() {
    let words = ["TIME", "random", "cjson", "cmsgpack", "os.", "RAND", "pcall", "loadstring"];
    let genders = Gender::ALL.map(Gender::as_str);
    for (name, text) in FILES {
        for line in code(text) {
            let found = words.iter().chain(&genders).find(|word| line.contains(**word));
            assert_eq!(found, None, "in {name}.lua: {line}");
        }
    }
}

/// `:` and `{pool}` occur in every name of a key or channel, and in nothing that a script says.
#[test]
fn no_script_makes_the_name_of_a_key_or_a_channel() {
    for (name, text) in FILES {
        for line in code(text) {
            let mut strings = line.split('\'').skip(1).step_by(2);
            let found =
                strings.find(|string| string.contains([':', '{']) || string.contains("anon"));
            assert_eq!(found, None, "in {name}.lua: {line}");
        }
    }
}

#[test]
fn every_call_names_its_command_and_a_declared_key() {
    let keys: Vec<_> = Key::ALL.iter().map(|key| key.in_scripts()).collect();
    let allowed = ["'PUBSUB', ", "sharded == 1 and 'SPUBLISH' or 'PUBLISH', channel, "];
    let mut seen = 0;
    for (name, text) in FILES {
        for (at, _) in text.match_indices("call(") {
            let arguments = &text[at + 5..];
            if allowed.iter().any(|allowed| arguments.starts_with(allowed)) {
                continue;
            }
            let mut parts = arguments.splitn(3, [',', ')']);
            let (command, key) = (parts.next(), parts.next().map(str::trim));
            let named = command.is_some_and(|command| {
                command.len() > 2 && command.starts_with('\'') && command.ends_with('\'')
            });
            assert!(named, "in {name}.lua: call({command:?}");
            assert!(
                key.is_some_and(|key| keys.contains(&key)),
                "in {name}.lua: {command:?} {key:?}"
            );
            seen += 1;
        }
    }
    assert!(seen > 50, "there are calls");
}

#[test]
fn the_functions_are_those_of_the_pool_in_the_same_order() {
    let pool = Path::new(env!("CARGO_MANIFEST_DIR")).join("../anonchat-core/src/pool");
    for (name, text) in FILES.iter().filter(|(name, _)| MIRRORS.contains(name)) {
        let rust = std::fs::read_to_string(pool.join(format!("{name}.rs"))).expect("its mirror");
        let mut rest = rust.as_str();
        for function in defined(text) {
            // `end` is a word of the language.
            let plain = function.rsplit('.').next().unwrap_or(function).trim_end_matches('_');
            let found = [format!("fn {plain}("), format!("fn {plain}<")]
                .iter()
                .filter_map(|wanted| rest.find(wanted))
                .min();
            let found = found.unwrap_or_else(|| panic!("{name}.rs has no {plain} here"));
            rest = &rest[found + 1..];
        }
    }
}

#[test]
fn every_function_that_is_called_exists_and_every_function_is_called() {
    let files = FILES.iter().map(|(_, text)| *text);
    let defined: BTreeSet<_> = files.clone().flat_map(defined).collect();
    let code: Vec<_> = files.flat_map(code).collect();
    let called: BTreeSet<_> = code.iter().flat_map(|line| called(line)).collect();
    let known = |name: &&&str| !defined.contains(**name) && !BUILT_IN.contains(*name);
    assert_eq!(called.iter().find(known), None, "nothing defines it");

    let scripts = Scripts::new();
    for name in defined {
        let header = format!("function F.{}(", field(name));
        let needed = scripts.iter().any(|(_, script)| script.source().contains(&header));
        assert!(needed, "no script needs {name}");
    }
}

#[test]
fn every_script_has_its_shebang_and_declares_the_keys_that_it_uses() {
    let pool = PoolId::main();
    for (entry, script) in Scripts::new().iter() {
        let reads = ["on_census", "on_standing", "on_wait", "on_reports", "on_bans", "on_outbox"]
            .contains(&entry);
        let first = if reads { "#!lua flags=no-writes" } else { "#!lua" };
        assert_eq!(script.source().lines().next(), Some(first));
        assert_eq!(script.sha().len(), 40);
        let keys = script.keys(&pool);
        assert_eq!(keys.first(), Some(&Key::Pool.of(&pool)), "{entry}");
        assert!(keys.len() <= 45, "{entry} declares {} keys", keys.len());
        assert!(keys.iter().all(|key| key.starts_with("anonchat:{main}:")));
    }
}

#[test]
fn no_constant_is_called_like_a_key() {
    let lines = FILES.iter().flat_map(|(_, text)| text.lines());
    for name in Key::ALL.iter().map(|key| key.in_scripts()) {
        let constant = format!("local {name} = ");
        assert!(!lines.clone().any(|line| line.starts_with(&constant)), "{name} is both");
    }
}

#[test]
fn a_reset_leaves_no_key_out() {
    let scripts = Scripts::new();
    let all: Vec<_> = Key::ALL.iter().map(|key| key.of(&PoolId::main())).collect();
    assert_eq!(scripts.reset().keys(&PoolId::main()), all);
}

#[cfg(feature = "conformance")]
#[test]
fn an_edit_needs_a_passage_that_occurs_once() {
    assert!(Scripts::edited("sweep", "for _ = 1, SWEEP do", "for _ = 1, 1 do").is_some());
    assert!(Scripts::edited("sweep", "there is no such passage", "").is_none());
    assert!(Scripts::edited("sweep", "function ", "").is_none(), "it occurs more than once");
    assert!(Scripts::edited("no such file", "function ", "").is_none());
}
