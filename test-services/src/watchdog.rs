//! A shell that starts and stops one program, and stops it too when this process is gone.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Orders come by its standard input. The end of that, which this process cannot fail to bring
/// about, ends the program and removes the directory. A signal to the program is sent by its
/// parent, so that it cannot reach a stranger of the same number.
const SCRIPT: &str = r#"
directory=$(mktemp -d "${TMPDIR:-/tmp}/anonchat-test.XXXXXX") || exit 1
cd "$directory" || exit 1
echo "$directory"
pid=
while read -r order; do
  case $order in
    start) "$@" </dev/null >>log 2>&1 & pid=$! ;;
    kill) kill -KILL "$pid"; wait "$pid" ;;
    *) kill -"$order" "$pid" ;;
  esac 2>/dev/null
  echo done
done
[ -z "$pid" ] || kill -KILL "$pid"
wait
cd / && rm -rf "$directory"
"#;

/// One program in a temporary directory of its own.
pub(crate) struct Watchdog {
    shell: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    directory: PathBuf,
}

impl Watchdog {
    /// Makes the directory; `command` is not started yet and will run in it.
    pub(crate) fn new(command: &[OsString]) -> Self {
        let mut shell = Command::new("sh")
            .args(["-c", SCRIPT, "watchdog"])
            .args(command)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // What is sent to the group of the test, from a terminal say, does not reach it.
            .process_group(0)
            .spawn()
            .expect("a shell starts");
        let orders = shell.stdin.take();
        let answers = BufReader::new(shell.stdout.take().expect("standard output is a pipe"));
        let mut watchdog = Self { shell, orders, answers, directory: PathBuf::new() };
        watchdog.directory = PathBuf::from(watchdog.answer());
        watchdog
    }

    /// Where the program runs; its output is in the file `log` there.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Gives an order: `start`, `kill`, or the name of a signal. Returns when it was carried out.
    pub(crate) fn order(&mut self, order: &str) {
        let orders = self.orders.as_mut().expect("orders are taken until the end");
        writeln!(orders, "{order}").expect("the watchdog listens");
        assert_eq!(self.answer(), "done", "the watchdog answers");
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the watchdog speaks");
        line.trim_end().to_owned()
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.orders.take());
        // Nobody is left to be told that a shell could not be waited for.
        let _ = self.shell.wait();
    }
}
