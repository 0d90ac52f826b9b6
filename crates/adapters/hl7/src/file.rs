//! A file into its messages: one or many, in batches (FHS, BHS, BTS, FTS) or not, framed for a network (MLLP) or not, with any line ends.

use model::finding::Place;

use crate::notes::Notes;
use crate::{MESSAGE_MAX_BYTES, MESSAGES_MAX};

/// MLLP: begins and ends a message.
const BEGINS: u8 = 0x0B;
const ENDS: u8 = 0x1C;

/// Hands over each message as it stands in the file, with its number from 1; how many there were.
pub(crate) fn messages<'a>(
    bytes: &'a [u8],
    findings: &mut Notes,
    mut take: impl FnMut(u64, &'a [u8], &mut Notes),
) -> u64 {
    let error = |place: Place, problem: &str, expected: &str, findings: &mut Notes| {
        findings.error(place, None, problem, expected);
    };
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        let problem = "a zero byte: this is UTF-16, UTF-32 or no text";
        error(Place::Byte(at as u64), problem, "UTF-8 or ISO 8859-1", findings);
        return 0;
    }
    let (mut count, mut in_batch) = (0u64, 0u64);
    let mut open: Option<(usize, bool)> = None;
    let mut is_framed = false;
    for line in (Lines { bytes, at: 0 }) {
        is_framed |= line.begins_frame;
        let text = bytes.get(line.from..line.to).unwrap_or(&[]);
        let begins = text.starts_with(b"MSH");
        let is_batch = [b"FHS", b"BHS", b"BTS", b"FTS"].into_iter().any(|name| text.starts_with(name));
        let was_open = open.is_some();
        if (begins || is_batch || line.ends_frame)
            && let Some((from, framed)) = open.take()
        {
            // Whoever framed a message says where it ends; one that has no end was cut.
            let is_end = line.ends_frame && !begins && !is_batch;
            let to = if is_end { line.to } else { line.from };
            if framed && !is_end {
                let problem =
                    format!("message {count} begins with 0x0B and does not end with 0x1C: it was cut");
                error(
                    Place::Byte(from as u64),
                    &problem,
                    "a whole message; ask for the file again",
                    findings,
                );
            } else {
                take(count, bytes.get(from..to).unwrap_or(&[]), findings);
            }
        }
        if begins {
            if count == MESSAGES_MAX {
                let problem =
                    format!("the file has more than {MESSAGES_MAX} messages; the rest was not read");
                error(Place::Byte(line.from as u64), &problem, "several smaller files", findings);
                return count;
            }
            (count, in_batch) = (count + 1, in_batch + 1);
            if line.ends_frame {
                take(count, text, findings);
            } else {
                open = Some((line.from, is_framed));
            }
        } else if text.starts_with(b"BHS") {
            in_batch = 0;
        } else if text.starts_with(b"BTS") {
            let says = text.get(4..).and_then(|rest| rest.split(|byte| b"|^~\\&".contains(byte)).next());
            let says = says.and_then(|says| std::str::from_utf8(says).ok()).map(str::trim).unwrap_or("");
            if !says.is_empty() && says.parse() != Ok(in_batch) {
                let problem =
                    format!("BTS-1 says that the batch has {says:.20} messages; {in_batch} stand there");
                error(
                    Place::Byte(line.from as u64),
                    &problem,
                    "the whole batch; ask for the file again",
                    findings,
                );
            }
            in_batch = 0;
        } else if !was_open && !is_batch && !text.trim_ascii().is_empty() {
            let problem = "a line that belongs to no message";
            error(Place::Byte(line.from as u64), problem, "MSH at the beginning of each message", findings);
        }
        if line.ends_frame {
            is_framed = false;
        }
    }
    if let Some((from, framed)) = open {
        if framed {
            let problem = format!("message {count} begins with 0x0B and does not end with 0x1C: it was cut");
            error(Place::Byte(from as u64), &problem, "a whole message; ask for the file again", findings);
        } else {
            take(count, bytes.get(from..).unwrap_or(&[]), findings);
        }
    }
    count
}

/// Is a message too large to be read?
pub(crate) fn is_too_large(message: &[u8]) -> bool {
    message.len() > MESSAGE_MAX_BYTES
}

struct Line {
    from: usize,
    to: usize,
    begins_frame: bool,
    ends_frame: bool,
}

/// Lines by CR, LF or both, and by the marks of MLLP.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let mut begins_frame = false;
        while self.bytes.get(self.at) == Some(&BEGINS) {
            begins_frame = true;
            self.at += 1;
        }
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty() || begins_frame)?;
        let from = self.at;
        let length = rest.iter().position(|byte| matches!(*byte, b'\r' | b'\n' | BEGINS | ENDS));
        let to = from + length.unwrap_or(rest.len());
        let end = self.bytes.get(to).copied();
        self.at = if end == Some(BEGINS) { to } else { to + 1 };
        Some(Line { from, to, begins_frame, ends_frame: end == Some(ENDS) })
    }
}
