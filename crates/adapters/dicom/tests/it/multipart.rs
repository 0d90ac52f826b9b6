//! Bodies in parts, as servers write them: each comes out as it was, or is said to be none.

use std::io::Read;

use adapter_dicom::limits::{PART_HEAD_MAX_BYTES, PREAMBLE_MAX_BYTES};
use adapter_dicom::web::{Multipart, NotMultipart};
use proptest::prelude::*;

const KIND: &str = "multipart/related; type=\"application/dicom\"; boundary=\"b\"";

/// Hands out so many bytes at a time: a delimiter may come in any pieces.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let length = self.1.min(into.len()).min(self.0.len());
        into[..length].copy_from_slice(&self.0[..length]);
        self.0 = &self.0[length..];
        Ok(length)
    }
}

/// The parts, and how it ended.
fn parts_of(body: &[u8], pieces: usize) -> (Vec<Vec<u8>>, Result<(), String>) {
    let mut parts = Vec::new();
    let mut read = Multipart::new(Pieces(body, pieces), KIND, "application/dicom").unwrap();
    let ended = loop {
        match read.next_part() {
            Ok(Some(mut part)) => {
                let mut bytes = Vec::new();
                match part.read_to_end(&mut bytes) {
                    Ok(_) => parts.push(bytes),
                    Err(error) => break Err(error.to_string()),
                }
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(error.to_string()),
        }
    };
    assert!(ended.is_ok() || read.next_part().is_err(), "after an error nothing more comes");
    (parts, ended)
}

fn check(body: &[u8], parts: &[&[u8]]) {
    for pieces in [1, 2, 3, 7, 100_000] {
        let (found, ended) = parts_of(body, pieces);
        assert_eq!((found, ended), (parts.iter().map(|part| part.to_vec()).collect(), Ok(())), "{pieces}");
    }
}

fn refused(body: &[u8], says: &str) {
    for pieces in [1, 3, 100_000] {
        let (_, ended) = parts_of(body, pieces);
        let error = ended.unwrap_err();
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn parts_come_out_as_they_were_in_every_notation_that_servers_use() {
    check(
        b"--b\r\nContent-Type: application/dicom\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n",
        &[b"one", b"two"],
    );
    check(b"preamble\r\nof two lines\r\n--b\r\n\r\none\r\n--b--epilogue", &[b"one"]);
    check(b"\r\n--b  \r\nA: 1\r\n\r\none\r\n--b\t\r\n\r\n\r\n--b--", &[b"one", b""]);
    check(b"--b\nA: 1\n\none\n--b\n\ntwo\r\n--b--", &[b"one", b"two\r"]);
    check(b"--b--", &[]);
    check(b"nothing here\r\n--b--\r\n", &[]);
}

#[test]
fn what_only_looks_like_a_delimiter_belongs_to_the_part() {
    check(b"--b\r\n\r\none\n--b\r\n--bx\r\n--b-\r\n--b x\r\n--b--", &[b"one\n--b\r\n--bx\r\n--b-\r\n--b x"]);
    check(b"--b\r\n\r\n\r\n\r\r\n--b\r\n\r\n--c\r\n--b--", &[b"\r\n\r", b"--c"]);
}

#[test]
fn an_empty_part_needs_no_line_of_its_own() {
    check(b"--b\r\nA: 1\r\n\r\n--b\r\n\r\nx\r\n--b--", &[b"", b"x"]);
    check(b"--b\r\n\r\n--b--", &[b""]);
}

#[test]
fn an_answer_without_its_closing_delimiter_was_cut_short_wherever_that_happened() {
    let whole = b"--b\r\nContent-Type: application/dicom\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--";
    for end in 0..whole.len() {
        refused(&whole[..end], "cut short");
    }
}

#[test]
fn a_part_that_is_not_as_long_as_it_says_is_refused() {
    refused(b"--b\r\nContent-Length: 99999999999999999999\r\n\r\none\r\n--b--", "headers of part 1");
    check(b"--b\r\nContent-Length: 3\r\n\r\none\r\n--b--", &[b"one"]);
    refused(
        b"--b\r\nContent-Length: 4294967296\r\n\r\none\r\n--b--",
        "says that it has 4294967296 bytes, and has 3",
    );
    refused(
        b"--b\r\ncontent-length: 2\r\n\r\none\r\n--b\r\n\r\n--b--",
        "says that it has 2 bytes, and has 3",
    );
}

#[test]
fn heads_and_preambles_without_end_are_given_up_at_their_limit() {
    let long = |length: usize| vec![b'x'; length];
    let preamble = usize::try_from(PREAMBLE_MAX_BYTES).unwrap();
    refused(&long(10 * preamble), "no part begins");
    refused(&b"x\r\n".repeat(preamble), "no part begins");
    refused(&[b"--b\r\nA: ".to_vec(), long(10 * PART_HEAD_MAX_BYTES)].concat(), "headers of part 1");
    refused(&[b"--b\r\n".to_vec(), b"A: 1\r\n".repeat(PART_HEAD_MAX_BYTES)].concat(), "headers of part 1");
    refused(b"--b\r\nno header\r\n\r\n--b--", "headers of part 1");
}

#[test]
fn the_headers_of_a_part_are_kept_folded_ones_too() {
    let body = b"--b\r\nContent-Type: application/dicom;\r\n transfer-syntax=1.2\r\nX: 1\r\nX: 2\r\n\r\none\r\n--b--";
    let mut read = Multipart::new(&body[..], KIND, "application/dicom").unwrap();
    let part = read.next_part().unwrap().unwrap();
    let all = |name| part.headers.all(name).map(ToOwned::to_owned).collect::<Vec<_>>();
    assert_eq!(all("content-type"), ["application/dicom; transfer-syntax=1.2"]);
    assert_eq!(all("x"), ["1", "2"]);
    assert!(read.next_part().unwrap().is_none(), "what was not read of a part is passed over");
}

#[test]
fn a_part_that_is_passed_over_is_measured_all_the_same() {
    let body = b"--b\r\nContent-Length: 9\r\n\r\none\r\n--b--";
    let mut read = Multipart::new(&body[..], KIND, "application/dicom").unwrap();
    read.next_part().unwrap();
    assert!(matches!(read.next_part(), Err(NotMultipart::Length { part: 1, says: 9, has: 3 })));
}

proptest! {
    #[test]
    fn any_parts_in_any_pieces_come_out_as_they_were(
        parts in prop::collection::vec(prop::collection::vec(prop::sample::select(b"\r\n-b\0xb-".to_vec()), 0..60), 0..6),
        pieces in 1usize..40,
        with_lf in any::<bool>(),
    ) {
        let newline = if with_lf { "\n" } else { "\r\n" };
        let delimiter = format!("{newline}--b");
        let holds = |part: &Vec<u8>| part.windows(delimiter.len()).any(|at| at == delimiter.as_bytes());
        // Whoever writes parts chooses a boundary that stands in none, nor at the beginning of one.
        prop_assume!(!parts.iter().any(|part| holds(part) || part.starts_with(b"--b")));
        let mut body = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            body.extend(if number == 0 { "" } else { newline }.bytes().chain("--b".bytes()));
            body.extend(newline.bytes().chain(newline.bytes()));
            body.extend(part);
        }
        body.extend(if parts.is_empty() { "" } else { newline }.bytes().chain("--b--".bytes()));
        prop_assert_eq!(parts_of(&body, pieces), (parts, Ok(())));
    }
}
