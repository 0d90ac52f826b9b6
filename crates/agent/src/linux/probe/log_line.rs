//! Watches a log grow, and remembers when a line with the pattern last came. Old lines prove nothing: when they were written
//! is not known.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use model::probe::ProbeResult;

use crate::core::cut;

/// How often the file is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// So much is read at once; of a log that grows faster, the newest part.
const READ_MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Watches until it is dropped.
pub(super) struct Watcher {
    shared: Arc<Shared>,
    thread: Option<std::thread::JoinHandle<()>>,
}

struct Shared {
    since: Instant,
    seen: Mutex<Seen>,
    ends: AtomicBool,
}

#[derive(Default)]
struct Seen {
    newest: Option<(Instant, Box<str>)>,
    trouble: Option<Box<str>>,
}

/// Where in which file.
struct Position {
    path: PathBuf,
    pattern: regex_lite::Regex,
    file: Option<(u64, u64)>,
    rest: String,
}

impl Watcher {
    /// Watches this file, which need not be there yet.
    ///
    /// # Errors
    /// The pattern is none.
    pub(super) fn start(path: &Path, pattern: &str) -> Result<Watcher, String> {
        let pattern =
            regex_lite::Regex::new(pattern).map_err(|error| format!("the pattern is none: {error}"))?;
        let shared =
            Arc::new(Shared { since: Instant::now(), seen: Mutex::default(), ends: AtomicBool::new(false) });
        let theirs = Arc::clone(&shared);
        // What is there now is old.
        let file = std::fs::metadata(path).ok().map(|found| (found.ino(), found.len()));
        let mut position = Position { path: path.to_owned(), pattern, file, rest: String::new() };
        let thread = std::thread::spawn(move || {
            while !theirs.ends.load(Ordering::Relaxed) {
                let read = position.read_on();
                if let Ok(mut seen) = theirs.seen.lock() {
                    match read {
                        Ok(Some(line)) => {
                            *seen = Seen { newest: Some((Instant::now(), line)), trouble: None }
                        }
                        Ok(None) => seen.trouble = None,
                        Err(why) => seen.trouble = Some(why),
                    }
                }
                std::thread::sleep(LOOK_EVERY);
            }
        });
        Ok(Watcher { shared, thread: Some(thread) })
    }

    /// Did such a line come no longer than `within` ago?
    pub(super) fn result(&self, within: Duration) -> ProbeResult {
        let Ok(seen) = self.shared.seen.lock() else {
            return ProbeResult::NotTried("the watcher broke off".into());
        };
        if let Some((at, line)) = &seen.newest {
            let ago = at.elapsed().as_secs();
            if at.elapsed() <= within {
                return ProbeResult::Passed(cut(format!("{ago} s ago: {line}")));
            }
            return ProbeResult::Failed(cut(format!("the newest such line came {ago} s ago: {line}")));
        }
        if let Some(why) = &seen.trouble {
            return ProbeResult::NotTried(why.clone());
        }
        let since = self.shared.since.elapsed();
        let says = cut(format!("no such line in the {} s since the agent watches", since.as_secs()));
        if since <= within { ProbeResult::NotTried(says) } else { ProbeResult::Failed(says) }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.shared.ends.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

impl Position {
    /// Reads what was added; the last line in it that has the pattern.
    fn read_on(&mut self) -> Result<Option<Box<str>>, Box<str>> {
        let trouble = |error: std::io::Error| cut(format!("{}: {error}", self.path.display()));
        let mut file = File::open(&self.path).map_err(trouble)?;
        let found = file.metadata().map_err(trouble)?;
        let from = match self.file {
            Some((number, length)) if number == found.ino() && length <= found.len() => length,
            // Another file, or one that was cut: all of it is new.
            _ => 0,
        };
        let from = from.max(found.len().saturating_sub(READ_MAX_BYTES));
        if from == found.len() {
            self.file = Some((found.ino(), from));
            return Ok(None);
        }
        file.seek(SeekFrom::Start(from)).map_err(trouble)?;
        let mut added = Vec::new();
        let read = file.take(READ_MAX_BYTES).read_to_end(&mut added).map_err(trouble)?;
        self.file = Some((found.ino(), from + read as u64));
        self.rest.push_str(&String::from_utf8_lossy(&added));
        let whole = self.rest.rfind('\n').map_or(0, |at| at + 1);
        let newest =
            self.rest.get(..whole).unwrap_or_default().lines().rfind(|line| self.pattern.is_match(line));
        let newest = newest.map(cut);
        // A line that is still being written waits for its end, unless it has none.
        self.rest.drain(..whole);
        if self.rest.len() as u64 > READ_MAX_BYTES {
            self.rest.clear();
        }
        Ok(newest)
    }
}
