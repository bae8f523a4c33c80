//! What is left of a picture in the memory of the process that has judged it.

use std::collections::BTreeSet;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use anonchat_verify::tiny::{self, Scene, TinyFace};

use crate::canary::{Canary, base64};
use crate::child;
use crate::memory::{Needle, search};
use crate::running::{PATIENCE, Process, command};

/// A folder with the tiny pack, written once.
pub(crate) fn tiny_pack() -> PathBuf {
    static WRITTEN: OnceLock<PathBuf> = OnceLock::new();
    let write = || {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("trace-pack");
        tiny::write(&folder).expect("write");
        folder
    };
    WRITTEN.get_or_init(write).clone()
}

/// Somebody whom the tiny models verify, in a picture that the detector sees pixel by pixel.
pub(crate) fn tiny_canary(seed: u64) -> Canary {
    let scene = Scene::new(320, 320, vec![TinyFace::new(160.0, 180.0, 120.0)]);
    Canary::png("somebody", 320, 320, scene.rgb(), seed)
}

/// Asks a server to judge a picture, at the door for forms. Gives the answer.
pub(crate) fn upload(server: &Process, canary: &Canary) -> String {
    let body = [form_head(canary).as_bytes(), &canary.bytes, b"\r\n--BOUND--\r\n"].concat();
    let mut stream = connect(server);
    send(
        &mut stream,
        server,
        "multipart/form-data; boundary=BOUND",
        "/verify?device_id=device-0123456789&consent=1",
        &body,
        body.len(),
    );
    read(&mut stream)
}

/// The same at the door for JSON.
fn upload_json(server: &Process, canary: &Canary) -> String {
    let url = format!("data:{};base64,{}", canary.kind, base64(&canary.bytes));
    let body = format!("{{\"image\":\"{url}\",\"deviceId\":\"device-0123456789\",\"consent\":1}}");
    let mut stream = connect(server);
    send(&mut stream, server, "application/json", "/api/verify", body.as_bytes(), body.len());
    read(&mut stream)
}

/// Sends most of a picture and goes away.
fn upload_in_part(server: &Process, canary: &Canary) {
    let body =
        [form_head(canary).as_bytes(), &canary.bytes[..canary.bytes.len() * 9 / 10]].concat();
    let mut stream = connect(server);
    send(
        &mut stream,
        server,
        "multipart/form-data; boundary=BOUND",
        "/verify?device_id=device-0123456789&consent=1",
        &body,
        body.len() + 5_000,
    );
    thread::sleep(Duration::from_millis(300)); // so that it is there before the end is
    stream.shutdown(Shutdown::Both).expect("shutdown");
}

fn form_head(canary: &Canary) -> String {
    format!(
        "--BOUND\r\nContent-Disposition: form-data; name=\"file\"; filename=\"selfie\"\r\n\
         Content-Type: {}\r\n\r\n",
        canary.kind
    )
}

fn connect(server: &Process) -> TcpStream {
    let stream = TcpStream::connect(&server.addresses[0]).expect("connect");
    stream.set_read_timeout(Some(PATIENCE)).expect("timeout");
    stream
}

fn send(
    stream: &mut TcpStream,
    server: &Process,
    kind: &str,
    path: &str,
    body: &[u8],
    length: usize,
) {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n",
        server.addresses[0]
    );
    stream.write_all(head.as_bytes()).expect("head");
    stream.write_all(body).expect("body");
}

fn read(stream: &mut TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answer");
    answer
}

/// What is left a while after the answer. Buffers of a connection go when it is closed, which is
/// just after the answer.
fn left(server: &Process, needles: &[Needle]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for _ in 0..20 {
        found = search(server.id(), needles);
        if found.is_empty() {
            break;
        }
        thread::sleep(Duration::from_millis(200));
    }
    found
}

fn nothing_is_left(server: &Process, canary: &Canary) {
    let found = left(server, &canary.needles);
    assert!(found.is_empty(), "of {}: {found:?}", canary.name);
}

/// Sends a picture in every way, and looks for what is left each time.
fn leaves_nothing(server: &Process, canary: impl Fn(u64) -> Canary, expected: &str) {
    let seed = |number: u64| u64::from(std::process::id()) << 32 | 0x9e37_79b9 | number << 12;
    let whole = canary(seed(1));
    let answer = upload(server, &whole);
    assert!(answer.contains(expected), "{answer}");
    nothing_is_left(server, &whole);
    let whole = canary(seed(2));
    let answer = upload_json(server, &whole);
    assert!(answer.contains("verified"), "{answer}");
    nothing_is_left(server, &whole);
    let half = canary(seed(3)).truncated();
    let answer = upload(server, &half);
    assert!(answer.contains("Could not verify"), "{answer}");
    nothing_is_left(server, &half);
    let part = canary(seed(4));
    upload_in_part(server, &part);
    nothing_is_left(server, &part);
}

#[test]
fn nothing_of_a_picture_is_left_in_memory_after_the_verdict() {
    let server = Process::started(&mut child::command(tiny_pack().to_str().expect("path")));
    leaves_nothing(&server, tiny_canary, "\"gender\":\"male\"");
}

#[test]
fn nothing_is_left_when_the_classifier_panics() {
    let server = Process::started(&mut child::command("panics"));
    let canary = tiny_canary(0x5eed_0001 ^ u64::from(std::process::id()) << 32);
    let answer = upload(&server, &canary);
    assert!(answer.contains("Verification failed"), "{answer}");
    nothing_is_left(&server, &canary);
}

#[test]
fn nothing_is_left_when_the_verdict_takes_too_long() {
    let folder = tiny_pack();
    let server = Process::started(&mut child::command(&format!("hasty {}", folder.display())));
    let scene = Scene::new(3_000, 3_000, vec![]);
    let seed = 0x5eed_0003 ^ u64::from(std::process::id()) << 32;
    let canary = Canary::png("a large picture", 3_000, 3_000, scene.rgb(), seed);
    let answer = upload(&server, &canary);
    assert!(answer.contains("Verification failed"), "{answer}");
    nothing_is_left(&server, &canary);
}

#[test]
fn the_search_finds_what_is_left() {
    let server = Process::started(&mut child::command("keeps"));
    let canary = tiny_canary(0x5eed_0002 ^ u64::from(std::process::id()) << 32);
    upload(&server, &canary);
    let found = search(server.id(), &canary.needles);
    for kept in ["words", "bytes at", "pixels as RGB"] {
        assert!(found.iter().any(|name| name.starts_with(kept)), "{kept} is not in {found:?}");
    }
}

/// A face of the folder of real pictures, small enough that the detector sees it pixel by pixel.
fn real_canary(faces: &Path, seed: u64) -> Canary {
    let picture = image::open(faces.join("skimg__astronaut.png")).expect("picture");
    let small = picture.crop_imm(64, 0, 320, 320).into_rgb8();
    Canary::png("somebody real", 320, 320, small.into_raw(), seed)
}

/// A folder of test data that is not part of the project.
pub(crate) fn folder(variable: &str, name: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(name);
    let folder =
        std::env::var_os(variable).filter(|set| !set.is_empty()).map_or(beside, PathBuf::from);
    let is_there = folder.is_dir();
    if !is_there {
        not_run(&format!("****** NOT RUN: {variable} names no folder ******"));
    }
    is_there.then_some(folder)
}

/// Says, past the harness, which keeps what passing tests print to itself.
pub(crate) fn not_run(sentence: &str) {
    let _ = writeln!(io::stderr(), "\n{sentence}\n");
}

/// The built server with the real pack, if that is here, and the folder of real pictures.
pub(crate) fn real_server(prepare: impl Fn(&mut Command)) -> Option<(Process, PathBuf)> {
    let models = folder("ANONCHAT_MODELS", "models")?;
    let faces = folder("ANONCHAT_FACES", "faces")?;
    let mut command = command(&["--listen", "127.0.0.1:0", "--models"]);
    command.arg(models);
    prepare(&mut command);
    Some((Process::started(&mut command), faces))
}

#[test]
fn nothing_is_left_in_the_real_server_with_the_real_pack() {
    let Some((server, faces)) = real_server(|_| {}) else { return };
    leaves_nothing(&server, |seed| real_canary(&faces, seed), "\"gender\":\"female\"");
}

#[test]
fn nothing_is_left_by_the_native_runtime() {
    let library = std::env::var("ANONCHAT_ONNXRUNTIME").unwrap_or_default();
    if library.is_empty() {
        return not_run("****** NOT RUN: ANONCHAT_ONNXRUNTIME names no library ******");
    }
    let native = |command: &mut Command| _ = command.args(["--onnxruntime", &library]);
    let Some((server, faces)) = real_server(native) else { return };
    leaves_nothing(&server, |seed| real_canary(&faces, seed), "\"gender\":\"female\"");
}
