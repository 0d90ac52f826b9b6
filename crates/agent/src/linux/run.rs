//! Starts programs: no shell, words in English, bounded time and output, nothing of our environment but the search path.

use std::fs::File;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Longest output that is kept of a program; the rest is read and dropped.
pub const OUTPUT_MAX_BYTES: usize = 32 * 1024 * 1024;
/// Time for a question to the system.
pub const ASK_MAX_SECONDS: u64 = 300;
/// After a program has ended, its output must have been read so soon.
const OUTPUT_REST_MAX_SECONDS: u64 = 2;

/// What a program left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// Its exit status; `None` when a signal ended it.
    pub status: Option<i32>,
    /// What it printed.
    pub out: String,
    /// What it printed as errors.
    pub err: String,
}

/// Why a program could not be run to its end.
#[derive(Debug, thiserror::Error)]
pub enum NotRun {
    /// There is no such program.
    #[error("{0} is not installed")]
    NotThere(String),
    /// It could not be started or waited for.
    #[error("{program} could not be run: {source}")]
    Io {
        /// Which.
        program: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// It took too long.
    #[error("{program} did not end within {seconds} s")]
    TooLong {
        /// Which.
        program: String,
        /// The limit.
        seconds: u64,
    },
    /// It ended with an error.
    #[error("{program} ended with {status}: {says}")]
    Status {
        /// Which.
        program: String,
        /// How.
        status: String,
        /// The end of what it printed.
        says: String,
    },
}

/// A program to be run.
#[derive(Debug)]
pub struct Program {
    name: String,
    command: Command,
    seconds: u64,
    kill_when_late: bool,
}

impl Program {
    /// A program, by its name in the search path or by its path.
    pub fn new(name: &str) -> Program {
        let mut command = Command::new(name);
        command.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/sbin:/usr/bin:/sbin:/bin".into());
        command.env("PATH", path).env("LC_ALL", "C").env("LANG", "C").env("HOME", "/");
        command.process_group(0);
        Program { name: name.to_owned(), command, seconds: ASK_MAX_SECONDS, kill_when_late: true }
    }

    /// With these words.
    #[must_use]
    pub fn args<S: AsRef<std::ffi::OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Program {
        self.command.args(args);
        self
    }

    /// With this in its environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Program {
        self.command.env(name, value);
        self
    }

    /// Within so many seconds; it is ended when it takes longer.
    #[must_use]
    pub fn within(mut self, seconds: u64) -> Program {
        self.seconds = seconds;
        self
    }

    /// Is waited for so long, and then left alone: ending it in the middle would do harm.
    #[must_use]
    pub fn left_alone_after(mut self, seconds: u64) -> Program {
        self.seconds = seconds;
        self.kill_when_late = false;
        self
    }

    /// Holds the lock of this file for as long as it runs, whatever becomes of us: an empty file is its standard input, and
    /// all that it starts has it too.
    #[must_use]
    pub fn holding(mut self, lock: File) -> Program {
        self.command.stdin(Stdio::from(lock));
        self
    }

    /// Runs it to its end.
    ///
    /// # Errors
    /// It is not there, could not be started, or took too long.
    pub fn run(mut self) -> Result<Ran, NotRun> {
        let mut child = match self.command.spawn() {
            Ok(child) => child,
            Err(source) if source.kind() == std::io::ErrorKind::NotFound => {
                return Err(NotRun::NotThere(self.name));
            }
            Err(source) => return Err(NotRun::Io { program: self.name, source }),
        };
        drop(self.command); // and our copy of the lock with it
        let until = Instant::now() + Duration::from_secs(self.seconds);
        let out = read_all(child.stdout.take());
        let err = read_all(child.stderr.take());
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if Instant::now() >= until => {
                    if self.kill_when_late {
                        end(&mut child);
                    }
                    return Err(NotRun::TooLong { program: self.name, seconds: self.seconds });
                }
                Ok(None) => std::thread::sleep(Duration::from_millis(10)),
                Err(source) => return Err(NotRun::Io { program: self.name, source }),
            }
        };
        let rest = Duration::from_secs(OUTPUT_REST_MAX_SECONDS);
        let text = |from: Receiver<Vec<u8>>| {
            let bytes = from.recv_timeout(rest).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        Ok(Ran { status: status.code(), out: text(out), err: text(err) })
    }

    /// Runs it, and gives what it printed if its status is 0.
    ///
    /// # Errors
    /// As [`Program::run`], or another status.
    pub fn ok(self) -> Result<String, NotRun> {
        let program = self.name.clone();
        let ran = self.run()?;
        match ran.status {
            Some(0) => Ok(ran.out),
            status => Err(NotRun::Status { program, status: status_word(status), says: last_words(&ran) }),
        }
    }
}

/// A status as people say it.
pub fn status_word(status: Option<i32>) -> String {
    status.map_or_else(|| "a signal".to_owned(), |status| format!("status {status}"))
}

/// The end of what a program printed: errors if there are any.
pub fn last_words(ran: &Ran) -> String {
    let text = if ran.err.trim().is_empty() { &ran.out } else { &ran.err };
    let skipped = text.trim().chars().count().saturating_sub(600);
    text.trim().chars().skip(skipped).collect()
}

/// Ends a program and all that it started.
fn end(child: &mut Child) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        // It may have ended by itself meanwhile: then there is nothing to end.
        let _gone = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _waited = child.wait();
}

/// Reads in a thread of its own, so that a full pipe never stops the program.
fn read_all(from: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (send, receive) = channel();
    if let Some(mut from) = from {
        std::thread::spawn(move || {
            let mut kept = Vec::new();
            let mut part = [0; 16 * 1024];
            while let Ok(read @ 1..) = from.read(&mut part) {
                let room = OUTPUT_MAX_BYTES.saturating_sub(kept.len());
                kept.extend_from_slice(part.get(..read.min(room)).unwrap_or_default());
            }
            let _nobody_waits = send.send(kept);
        });
    }
    receive
}
