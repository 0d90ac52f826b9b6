//! Keeps records on disk: one line each, with a checksum that goes on from the line before, synced before it counts. A line
//! that the power cut off is the last one, and nothing followed from it. A damaged line before that is an error: an agent
//! that does not know what it did must not act.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::core::{Memory, Record};

/// A log longer than this, and than four times what it says, is written anew.
const COMPACT_ABOVE_BYTES: u64 = 1024 * 1024;
/// Longest log that is read: more than the longest that is kept.
const LOG_MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Where records are kept.
pub trait Store {
    /// Keeps one more record; when this returns, it is there for good.
    ///
    /// # Errors
    /// It may not be: nothing that follows from it may be done.
    fn append(&mut self, record: &Record) -> Result<(), StoreError>;

    /// Keeps `memory` in place of all records, when they have become too many.
    ///
    /// # Errors
    /// It could not be written; the records are still there.
    fn tidy(&mut self, memory: &Memory) -> Result<(), StoreError>;
}

/// Why a store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk does not read or write.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A line in the middle is not as it was written.
    #[error(
        "{path}, line {line}: damaged, so it is not known what was done on this host; look at the host, move the file away \
         and start the agent again"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
    },
}

/// Records in a file.
#[derive(Debug)]
pub struct FileStore {
    path: PathBuf,
    file: File,
    chain: u32,
    length: u64,
    /// Length of the log when it was last written anew.
    tidy_length: u64,
    #[cfg(debug_assertions)]
    dies_after: Option<u64>,
}

impl FileStore {
    /// Opens or makes the log in a folder, and says what it remembers.
    ///
    /// # Errors
    /// It cannot be read or written, or is damaged.
    pub fn open(folder: &Path) -> Result<(FileStore, Memory), StoreError> {
        let path = folder.join("log");
        let failed = |source| StoreError::Io { path: path.clone(), source };
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&path).map_err(failed)?;
        let mut bytes = Vec::new();
        let read = (&mut file).take(LOG_MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
        if read as u64 > LOG_MAX_BYTES {
            return Err(failed(io::Error::other(format!("longer than {LOG_MAX_BYTES} bytes"))));
        }
        let whole = read_log(&bytes).map_err(|line| StoreError::Damaged { path: path.clone(), line })?;
        if whole.length < bytes.len() as u64 {
            file.set_len(whole.length).map_err(failed)?;
            file.sync_all().map_err(failed)?;
        }
        sync_folder(folder).map_err(failed)?;
        let store = FileStore {
            path: path.clone(),
            file,
            chain: whole.chain,
            length: whole.length,
            tidy_length: 0,
            #[cfg(debug_assertions)]
            dies_after: std::env::var("SEGUE_AGENT_DIES_AFTER").ok().and_then(|text| text.parse().ok()),
        };
        Ok((store, Memory::replay(whole.records)))
    }

    fn failed(&self, source: io::Error) -> StoreError {
        StoreError::Io { path: self.path.clone(), source }
    }

    /// For tests of a debug build: the process ends right after a record is on disk, before anything follows.
    #[cfg(debug_assertions)]
    fn die_if_due(&mut self) {
        if let Some(left) = &mut self.dies_after {
            *left = left.saturating_sub(1);
            if *left == 0 {
                std::process::abort();
            }
        }
    }
}

impl Store for FileStore {
    fn append(&mut self, record: &Record) -> Result<(), StoreError> {
        let (line, chain) = written(record, self.chain).map_err(|error| self.failed(error))?;
        let done = self.file.write_all(&line).and_then(|()| self.file.sync_data());
        if let Err(error) = done {
            // Part of the line may be there: it goes, so that a later line does not stand behind half of this one.
            let _kept_for_the_next_start = self.file.set_len(self.length);
            return Err(self.failed(error));
        }
        self.chain = chain;
        self.length += line.len() as u64;
        #[cfg(debug_assertions)]
        self.die_if_due();
        Ok(())
    }

    fn tidy(&mut self, memory: &Memory) -> Result<(), StoreError> {
        if self.length < COMPACT_ABOVE_BYTES.max(self.tidy_length.saturating_mul(4)) {
            return Ok(());
        }
        let (line, chain) =
            written(&Record::All(Box::new(memory.clone())), 0).map_err(|error| self.failed(error))?;
        let beside = self.path.with_extension("new");
        let anew = || -> io::Result<File> {
            let _older = std::fs::remove_file(&beside);
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(&beside)?;
            file.write_all(&line)?;
            file.sync_all()?;
            std::fs::rename(&beside, &self.path)?;
            sync_folder(self.path.parent().unwrap_or(Path::new(".")))?;
            OpenOptions::new().read(true).append(true).open(&self.path)
        };
        self.file = anew().map_err(|error| self.failed(error))?;
        (self.chain, self.length, self.tidy_length) = (chain, line.len() as u64, line.len() as u64);
        Ok(())
    }
}

/// What the log in a folder remembers, without touching it: an agent may be writing.
///
/// # Errors
/// It cannot be read, or is damaged.
pub fn peek(folder: &Path) -> Result<Memory, StoreError> {
    let path = folder.join("log");
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(source) => return Err(StoreError::Io { path, source }),
    };
    let whole = read_log(&bytes).map_err(|line| StoreError::Damaged { path, line })?;
    Ok(Memory::replay(whole.records))
}

/// A folder remembers its files for good only when it is synced itself.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn written(record: &Record, chain: u32) -> io::Result<(Vec<u8>, u32)> {
    let json = serde_json::to_vec(record).map_err(io::Error::other)?;
    let chain = link(chain, &json);
    Ok(([format!("{chain:08x} ").as_bytes(), &json, b"\n"].concat(), chain))
}

fn link(chain: u32, json: &[u8]) -> u32 {
    let mut sum = crc32fast::Hasher::new_with_initial(chain);
    sum.update(json);
    sum.finalize()
}

struct Whole {
    records: Vec<Record>,
    chain: u32,
    length: u64,
}

/// The records of a log up to a last line that was cut off; the number of a damaged line before that.
fn read_log(bytes: &[u8]) -> Result<Whole, usize> {
    let mut whole = Whole { records: Vec::new(), chain: 0, length: 0 };
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n').enumerate().peekable();
    while let Some((at, line)) = lines.next() {
        match read_line(line, whole.chain) {
            Some((record, chain)) => {
                whole.records.push(record);
                whole.chain = chain;
                whole.length += line.len() as u64;
            }
            None if lines.peek().is_none() => break,
            None => return Err(at + 1),
        }
    }
    Ok(whole)
}

fn read_line(line: &[u8], chain: u32) -> Option<(Record, u32)> {
    let line = line.strip_suffix(b"\n")?;
    let (sum, json) = (line.get(..8)?, line.get(9..)?);
    let sum = u32::from_str_radix(std::str::from_utf8(sum).ok()?, 16).ok()?;
    if link(chain, json) != sum {
        return None;
    }
    serde_json::from_slice(json).ok().map(|record| (record, sum))
}
