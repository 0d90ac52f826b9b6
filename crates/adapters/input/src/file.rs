//! Reading a file or a stream without ever holding more than the limit.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use model::finding::Place;

use crate::{Reason, Refused};

/// Reads the file at `path`, at most `max_bytes`. A larger one is refused from its metadata, unread; one that grows
/// while it is read is refused as soon as it is over. `source` names it in messages.
pub fn read_limited(source: &str, path: &Path, max_bytes: u64) -> Result<Vec<u8>, Refused> {
    let unreadable = |error: std::io::Error| {
        let problem = format!("the file cannot be read: {error}");
        Refused::new(Reason::Unreadable, source, Place::Whole, &problem, "a file that this account may read")
    };
    // Asked before opening: opening a pipe would wait for whoever writes into it.
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        let problem = "this is not a regular file";
        return Err(Refused::new(Reason::Unreadable, source, Place::Whole, problem, "a regular file"));
    }
    if metadata.len() > max_bytes {
        return Err(too_large(source, Some(metadata.len()), max_bytes));
    }
    let file = File::open(path).map_err(unreadable)?;
    read_stream(source, file, metadata.len(), max_bytes)
}

/// Reads `stream` to its end, at most `max_bytes`; `expected_bytes` is a guess at its length. Memory is never more
/// than the limit and a buffer.
pub fn read_stream(
    source: &str,
    stream: impl Read,
    expected_bytes: u64,
    max_bytes: u64,
) -> Result<Vec<u8>, Refused> {
    let room = usize::try_from(expected_bytes.min(max_bytes)).unwrap_or(0);
    let mut bytes = Vec::with_capacity(room.saturating_add(1));
    stream.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| {
        let problem = format!("reading stopped: {error}");
        Refused::new(
            Reason::Unreadable,
            source,
            Place::Byte(0),
            &problem,
            "a source that can be read to its end",
        )
    })?;
    if bytes.len() as u64 > max_bytes {
        return Err(too_large(source, None, max_bytes));
    }
    Ok(bytes)
}

/// The refusal of something larger than `max_bytes`.
pub(crate) fn too_large(source: &str, bytes: Option<u64>, max_bytes: u64) -> Refused {
    let problem = match bytes {
        Some(bytes) => format!("it has {bytes} bytes and was not read"),
        None => format!("it has more than {max_bytes} bytes; reading stopped there"),
    };
    let expected = format!("at most {max_bytes} bytes");
    Refused::new(Reason::TooLarge, source, Place::Whole, &problem, &expected)
}
