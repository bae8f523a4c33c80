//! What is written while a picture is judged: nothing.
//!
//! The kernel itself is asked to stop it: with a limit of 0 on the size of files, whoever writes
//! to one is ended by `SIGXFSZ`, or is told `EFBIG` if it does not want to be.

use std::process::Command;

use crate::canary::Canary;
use crate::child;
use crate::running::Process;
use crate::traces::{folder, real_server, tiny_canary, tiny_pack, upload};

/// The same command in a shell that forbids it to write to files.
fn without_files(command: &mut Command) -> Command {
    let mut shell = Command::new("bash");
    shell.args(["-c", "ulimit -f 0 && exec \"$0\" \"$@\""]);
    shell.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}

#[test]
fn no_file_is_written_for_a_verdict() {
    let pack = tiny_pack();
    let mut command = without_files(&mut child::command(pack.to_str().expect("path")));
    let server = Process::started(&mut command);
    for seed in 1..4 {
        let answer = upload(&server, &tiny_canary(seed));
        assert!(answer.contains("\"gender\":\"male\""), "{answer}");
    }
    let answer = upload(&server, &tiny_canary(9).truncated());
    assert!(answer.contains("Could not verify"), "{answer}");
}

#[test]
fn no_file_is_written_by_the_real_server_with_the_real_pack() {
    let Some(faces) = folder("ANONCHAT_FACES", "faces") else { return };
    let forbid = |command: &mut Command| *command = without_files(command);
    let Some((server, _)) = real_server(forbid) else { return };
    let bytes = std::fs::read(faces.join("fr__obama.jpg")).expect("picture");
    let picture =
        Canary { name: "somebody".to_owned(), kind: "image/jpeg", bytes, needles: Vec::new() };
    let answer = upload(&server, &picture);
    assert!(answer.contains("\"gender\":\"male\""), "{answer}");
}

#[test]
fn a_file_that_is_written_is_noticed() {
    let server = Process::started(&mut without_files(&mut child::command("writes")));
    let answer =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| upload(&server, &tiny_canary(5))));
    assert!(!answer.is_ok_and(|answer| answer.contains("verified\":false")), "it was written");
}
