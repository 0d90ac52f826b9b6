//! A lock that a running change holds, and with it every program that it starts: it outlives the agent. Whoever looks at
//! the host after the agent was killed waits for it, so that nothing is begun beside a change that still runs.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::packages::CHANGE_MAX_SECONDS;

/// The lock.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
}

impl Lock {
    /// The lock at this path; an empty file is made where there is none.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn new(path: &Path) -> io::Result<Lock> {
        let lock = Lock { path: path.to_owned() };
        lock.open().map(|_| lock)
    }

    fn open(&self) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&self.path)
    }

    /// Takes it. Whoever has the file has the lock; it becomes free when the last one closes it.
    ///
    /// # Errors
    /// Another change runs.
    pub fn take(&self) -> io::Result<File> {
        let file = self.open()?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(io::Error::other("an earlier change still runs")),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Waits until no change runs.
    ///
    /// # Errors
    /// One runs for longer than any may.
    pub fn wait(&self) -> io::Result<()> {
        let until = Instant::now() + Duration::from_secs(CHANGE_MAX_SECONDS);
        loop {
            match self.take() {
                Ok(_free) => return Ok(()),
                Err(error) if Instant::now() >= until => return Err(error),
                Err(_runs) => std::thread::sleep(Duration::from_millis(200)),
            }
        }
    }
}
