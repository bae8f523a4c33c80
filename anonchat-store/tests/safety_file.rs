//! The memory store and its safety file: what is kept, and what is refused.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anonchat_core::history::Run;
use anonchat_core::{
    Command, Conn, DeviceId, Dice, NodeId, PairId, Policy, PoolId, Query, Store, UnixMillis, View,
};
use anonchat_store::{MemoryStore, SafetyFile, SafetyFileError, exercise_safety};
use proptest::prelude::*;

const KEY: [u8; 32] = [7; 32];
const BAD: DeviceId = DeviceId::from_bytes([1; 16]);
const NOW: UnixMillis = UnixMillis::new(1_800_000_000_000);
const LATER: UnixMillis = UnixMillis::new(1_900_000_000_000);

/// A file for one test.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let name = format!("anonchat-safety-file-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn file(&self, key: [u8; 32]) -> SafetyFile {
        SafetyFile::new(self.0.join("safety"), key)
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(self.0.join("safety")).expect("a file")
    }

    fn put(&self, bytes: &[u8]) {
        fs::write(self.0.join("safety"), bytes).expect("written");
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn store(pools: &[&str]) -> MemoryStore {
    let pools = pools.iter().map(|name| PoolId::new(name).expect("a name"));
    MemoryStore::new(Policy::default()).expect("policy").with_pools(pools)
}

async fn apply(store: &MemoryStore, pool: &str, command: &Command) {
    let (pool, dice) = (PoolId::new(pool).expect("a name"), PairId::from_bytes([9; 16]));
    let commit = store.apply(&pool, NOW, Dice { pair: dice }, command).await.expect("applied");
    commit.outcome.expect("accepted");
}

async fn banned(store: &MemoryStore, pool: &str) -> Option<UnixMillis> {
    let pool = PoolId::new(pool).expect("a name");
    match store.read(&pool, NOW, &Query::Standing { device: BAD }).await.expect("read") {
        View::Standing { banned_until } => banned_until,
        view => panic!("{view:?}"),
    }
}

fn restored(pools: &[&str], file: &SafetyFile) -> MemoryStore {
    store(pools).with_safety(&file.read().expect("readable").expect("there"))
}

#[tokio::test]
async fn a_ban_is_kept_and_one_in_any_pool_holds_in_all_after_a_restart() {
    let (place, ban) = (Place::new("pools"), Command::Ban { device: BAD, until: LATER });
    let file = place.file(KEY);
    assert!(file.read().expect("readable").is_none(), "there is none yet");
    let first = store(&["eu", "us"]);
    apply(&first, "eu", &ban).await;
    // Before anybody has carried the order to the other pool.
    assert!(first.save_safety(&file).expect("saved"));
    for pools in [&["eu", "us"][..], &["us", "asia"], &["asia"]] {
        let next = restored(pools, &file);
        for pool in pools {
            assert_eq!(banned(&next, pool).await, Some(LATER), "{pool} of {pools:?}");
        }
    }
}

#[tokio::test]
async fn a_lift_that_was_not_carried_to_the_other_pools_yet_is_not_undone() {
    let place = Place::new("lift");
    let file = place.file(KEY);
    let first = store(&["eu", "us"]);
    apply(&first, "eu", &Command::Ban { device: BAD, until: LATER }).await;
    apply(&first, "us", &Command::Ban { device: BAD, until: LATER }).await;
    apply(&first, "eu", &Command::Lift { device: BAD }).await;
    first.save_safety(&file).expect("saved");
    let next = restored(&["eu", "us"], &file);
    assert_eq!([banned(&next, "eu").await, banned(&next, "us").await], [None, None]);
}

#[tokio::test]
async fn the_file_is_written_when_something_has_changed_and_only_then() {
    let place = Place::new("changes");
    let (file, store) = (place.file(KEY), store(&["main"]));
    assert!(store.save_safety(&file).expect("saved"), "the first time");
    assert!(!store.save_safety(&file).expect("saved"));
    apply(&store, "main", &Command::Renew { node: NodeId(1) }).await;
    apply(&store, "main", &Command::Sweep).await;
    assert!(!store.save_safety(&file).expect("saved"), "nothing has happened to anybody");
    apply(&store, "main", &Command::Ban { device: BAD, until: LATER }).await;
    assert!(store.save_safety(&file).expect("saved"));
    assert_eq!(banned(&restored(&["main"], &file), "main").await, Some(LATER));
}

#[tokio::test]
async fn what_could_not_be_written_is_written_the_next_time() {
    let place = Place::new("again");
    let (folder, store) = (place.0.join("missing"), store(&["main"]));
    let file = SafetyFile::new(folder.join("safety"), KEY);
    let failed = store.save_safety(&file);
    assert!(matches!(failed, Err(SafetyFileError::Write { .. })), "{failed:?}");
    fs::create_dir(&folder).expect("a folder");
    assert!(store.save_safety(&file).expect("saved"));
}

#[tokio::test]
async fn no_file_but_a_whole_one_under_the_same_key_is_read_and_none_is_touched() {
    let place = Place::new("damage");
    let (file, store) = (place.file(KEY), store(&["main"]));
    apply(&store, "main", &Command::Ban { device: BAD, until: LATER }).await;
    store.save_safety(&file).expect("saved");
    let whole = place.bytes();
    for at in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x10;
        for bytes in [&flipped[..], &whole[..at]] {
            place.put(bytes);
            assert!(file.read().is_err(), "byte {at}, {} of them", bytes.len());
            assert_eq!(place.bytes(), bytes);
        }
    }
    place.put(&[&whole[..], &[0]].concat());
    assert!(matches!(file.read(), Err(SafetyFileError::Damaged(_))), "more than was written");
    place.put(&whole);
    let other = place.file([8; 32]).read();
    assert!(matches!(other, Err(SafetyFileError::OtherKey(_))), "{other:?}");
    assert!(file.read().expect("whole").is_some());
}

#[test]
fn a_file_that_is_too_large_is_refused_before_it_is_read_to_its_end() {
    let place = Place::new("large");
    let large = fs::File::create(place.0.join("safety")).expect("a file");
    large.set_len(1 << 40).expect("a file with a hole");
    let read = place.file(KEY).read();
    assert!(matches!(read, Err(SafetyFileError::TooLarge(_))), "{read:?}");
}

#[tokio::test]
async fn what_people_write_is_not_in_the_file() {
    let place = Place::new("words");
    let (file, store) = (place.file(KEY), store(&["main"]));
    let node = NodeId(1);
    for n in [1, 2] {
        let (device, conn) = (DeviceId::from_bytes([n; 16]), Conn { node, id: n.into() });
        let client = anonchat_core::Client::Native;
        apply(&store, "main", &Command::Attach { device, conn, client, again: false }).await;
        let profile = Arc::new(anonchat_core::Profile {
            nickname: Some("canary-name".into()),
            bio: Some("canary-bio".into()),
        });
        let wish = anonchat_core::Wish { profile, ..Default::default() };
        apply(&store, "main", &Command::Join { device, conn, wish }).await;
    }
    let target =
        anonchat_core::Alias { pair: PairId::from_bytes([9; 16]), side: anonchat_core::Side::A };
    let (reason, note) = ("canary-reason".into(), Some("canary-note".into()));
    apply(&store, "main", &Command::Report { device: BAD, target, reason, note }).await;
    store.save_safety(&file).expect("saved");
    let bytes = place.bytes();
    assert!(bytes.windows(16).any(|part| part == BAD.as_bytes()), "the report is there");
    assert!(!bytes.windows(6).any(|part| part == b"canary"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_a_state_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        exercise_safety(&bytes);
    }
}

#[test]
fn the_corpus_of_the_safety_file_holds() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/safety");
    let files = fs::read_dir(corpus).expect("a directory").map(|file| file.expect("a file").path());
    let replayed = files.map(|file| exercise_safety(&fs::read(file).expect("readable"))).count();
    assert!(replayed >= 2, "the corpus has {replayed} files");
}

#[tokio::test]
async fn every_history_reads_back_from_its_file() {
    let place = Place::new("histories");
    let file = place.file(KEY);
    for seed in 0..60 {
        let run = Run::from_seed(seed, 200);
        let store = MemoryStore::new(run.policy.clone()).expect("policy");
        for step in &run.steps {
            store.apply(&PoolId::main(), step.at, step.dice, &step.command).await.expect("applied");
        }
        assert!(store.save_safety(&file).expect("saved"));
        let saved = file.read().expect("readable").expect("there");
        let next = MemoryStore::new(run.policy.clone()).expect("policy").with_safety(&saved);
        assert!(next.save_safety(&file).expect("saved"));
        assert_eq!(file.read().expect("readable"), Some(saved), "seed {seed}");
        for device in Run::devices() {
            let query = Query::Standing { device };
            let now = run.end();
            let before = store.read(&PoolId::main(), now, &query).await.expect("read");
            let after = next.read(&PoolId::main(), now, &query).await.expect("read");
            assert_eq!(before, after, "seed {seed}");
        }
    }
}
