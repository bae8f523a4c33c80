//! What the scripts must never do, and how they are kept the same text as the pool's files.

use std::collections::BTreeSet;
use std::path::Path;

use anonchat_core::{Gender, PoolId};

use super::keys::Key;
use super::library::{called, field};
use super::rooms::keys::RoomKey;
use super::rooms::script::{FILES as ROOM_FILES, RoomScripts};
use super::script::{FILES, Keys, Scripts};

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

/// Files of rooms that mirror one of the room's.
const ROOM_MIRRORS: [&str; 10] = [
    "rooms/mod",
    "rooms/session",
    "rooms/membership",
    "rooms/owner",
    "rooms/presence",
    "rooms/talk",
    "rooms/reports",
    "rooms/sweep",
    "rooms/reset",
    "rooms/read",
];

/// The files of pools and of rooms, those that both have twice.
fn files() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    FILES.iter().chain(ROOM_FILES)
}

/// What a script calls that no file defines: the language, what Redis adds to it, and arguments.
const BUILT_IN: [&str; 29] = [
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
    "table.sort",
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
    for (name, text) in files() {
        for line in code(text) {
            let found = words.iter().chain(&genders).find(|word| line.contains(**word));
            assert_eq!(found, None, "in {name}.lua: {line}");
        }
    }
}

/// `:` and `{pool}` occur in every name of a key or channel, and in nothing that a script says.
#[test]
fn no_script_makes_the_name_of_a_key_or_a_channel() {
    for (name, text) in files() {
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
    let room_keys: Vec<_> = RoomKey::ALL.iter().map(|key| key.in_scripts()).collect();
    let allowed = ["'PUBSUB', ", "sharded == 1 and 'SPUBLISH' or 'PUBLISH', channel, "];
    let mut seen = 0;
    for (name, text) in files() {
        let keys = if name.starts_with("rooms/") { &room_keys } else { &keys };
        for (at, _) in text.match_indices("call(") {
            let arguments = &text[at + 5..];
            if allowed.iter().any(|allowed| arguments.starts_with(allowed)) {
                continue;
            }
            let mut parts = arguments.splitn(3, [',', ')']);
            let (command, key) = (parts.next(), parts.next().map(str::trim));
            // A key of a message or a session begins with a declared one, and has its name behind.
            let key = key.map(|key| key.split_once(" .. ").map_or(key, |(key, _)| key));
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
    assert!(seen > 100, "there are calls");
}

#[test]
fn the_functions_are_those_of_the_core_in_the_same_order() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../anonchat-core/src");
    let of_pools = FILES.iter().filter(|(name, _)| MIRRORS.contains(name));
    let of_rooms = ROOM_FILES.iter().filter(|(name, _)| ROOM_MIRRORS.contains(name));
    assert_eq!(of_rooms.clone().count(), ROOM_MIRRORS.len());
    for (name, text) in of_pools.chain(of_rooms) {
        let mirror = match name.strip_prefix("rooms/") {
            Some(name) => core.join(format!("room/{name}.rs")),
            None => core.join(format!("pool/{name}.rs")),
        };
        let rust = std::fs::read_to_string(mirror).expect("its mirror");
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

fn check_calls<'a>(files: &[(&str, &'static str)], scripts: impl Iterator<Item = &'a str>) {
    let texts = files.iter().map(|(_, text)| *text);
    let all: BTreeSet<_> = texts.clone().flat_map(defined).collect();
    let code: Vec<_> = texts.flat_map(code).collect();
    let called: BTreeSet<_> = code.iter().flat_map(|line| called(line)).collect();
    let known = |name: &&&str| !all.contains(**name) && !BUILT_IN.contains(*name);
    assert_eq!(called.iter().find(known), None, "nothing defines it");

    let scripts: Vec<_> = scripts.collect();
    let own = |name: &str| name == "rooms/prelude" || FILES.iter().all(|(file, _)| *file != name);
    let is_of_rooms = files.iter().any(|(name, _)| *name == "rooms/prelude");
    // What both have may be there for the other.
    let own = files.iter().filter(|(name, _)| !is_of_rooms || own(name));
    for name in own.flat_map(|(_, text)| defined(text)) {
        let header = format!("function F.{}(", field(name));
        let needed = scripts.iter().any(|source| source.contains(&header));
        assert!(needed, "no script needs {name}");
    }
}

#[test]
fn every_function_that_is_called_exists_and_every_function_is_called() {
    let (scripts, room_scripts) = (Scripts::new(), RoomScripts::new());
    check_calls(FILES, scripts.iter().map(|(_, script)| script.source()));
    check_calls(ROOM_FILES, room_scripts.iter().map(|(_, script)| script.source()));
}

#[test]
fn every_script_of_rooms_has_its_shebang_and_declares_the_keys_that_it_uses() {
    let reads = [
        "on_census",
        "on_session",
        "on_mine",
        "on_room",
        "on_members",
        "on_messages",
        "on_reports",
        "on_all_reports",
    ];
    for (entry, script) in RoomScripts::new().iter() {
        let first = if reads.contains(&entry) { "#!lua flags=no-writes" } else { "#!lua" };
        assert_eq!(script.source().lines().next(), Some(first));
        let keys = script.names();
        assert_eq!(keys.first(), Some(&RoomKey::State.of_rooms()), "{entry}");
        assert!(keys.iter().all(|key| key.starts_with("anonchat:{+rooms}:")));
        for key in RoomKey::ALL.iter().map(|key| key.in_scripts()) {
            let left = script.source().contains(&format!(" {key}"));
            assert!(!left, "{entry} calls {key} by a name that nothing stands behind");
        }
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
    let is_constant = |files: &[(&str, &str)], name: &str| {
        let constant = format!("local {name} = ");
        files.iter().any(|(_, text)| text.lines().any(|line| line.starts_with(&constant)))
    };
    for name in Key::ALL.iter().map(|key| key.in_scripts()) {
        assert!(!is_constant(FILES, name), "{name} is both");
    }
    for name in RoomKey::ALL.iter().map(|key| key.in_scripts()) {
        assert!(!is_constant(ROOM_FILES, name), "{name} is both");
    }
}

#[test]
fn a_reset_leaves_no_key_out() {
    let scripts = Scripts::new();
    let all: Vec<_> = Key::ALL.iter().map(|key| key.of(&PoolId::main())).collect();
    assert_eq!(scripts.reset().keys(&PoolId::main()), all);
}

#[test]
fn a_reset_of_rooms_leaves_out_only_what_counts_on_and_what_says_who_is_there() {
    let scripts = RoomScripts::new();
    let (_, script) = scripts.iter().find(|(entry, _)| *entry == "on_reset").expect("a script");
    let unlinked = script.source().split("call('UNLINK', KEYS").last().expect("the last one");
    let unlinked = unlinked.split(')').next().map_or(0, |keys| keys.matches("KEYS").count() + 1);
    // All but the counters, what is due, which it looks through, the two of the mail, and the two
    // beginnings, of which it deletes each key.
    assert_eq!(unlinked, RoomKey::ALL.len() - 6);
}

#[cfg(feature = "conformance")]
#[test]
fn an_edit_needs_a_passage_that_occurs_once() {
    assert!(Scripts::edited("sweep", "for _ = 1, SWEEP do", "for _ = 1, 1 do").is_some());
    assert!(Scripts::edited("sweep", "there is no such passage", "").is_none());
    assert!(Scripts::edited("sweep", "function ", "").is_none(), "it occurs more than once");
    assert!(Scripts::edited("no such file", "function ", "").is_none());
}
