//! Files and servers that the other tests share: an object as it may be written, and a web server that answers one request with these bytes.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use adapter_dicom::element::{Coding, Tag, Writing};
use adapter_dicom::web::{Client, Web};
use archive::{InstanceUid, SeriesUid, StudyUid, Uid};

pub(crate) const CLASS: &str = "1.2.840.10008.5.1.4.1.1.7";
pub(crate) const UID: &str = "2.25.4711.1.1.1";
pub(crate) const EXPLICIT: &str = "1.2.840.10008.1.2.1";
pub(crate) const IMPLICIT: &str = "1.2.840.10008.1.2";
pub(crate) const JPEG_LS: &str = "1.2.840.10008.1.2.4.80";

pub(crate) fn uid(text: &str) -> Uid {
    Uid::as_found(text).unwrap().0
}

pub(crate) fn names() -> (StudyUid, SeriesUid, InstanceUid) {
    (StudyUid(uid("2.25.4711.1")), SeriesUid(uid("2.25.4711.1.1")), InstanceUid(uid(UID)))
}

/// A small image of three by three pixels: nine bytes and one of padding.
pub(crate) fn image() -> Writing {
    Writing::default()
        .text(Tag(0x0008, 0x0016), b"UI", CLASS)
        .text(Tag(0x0008, 0x0018), b"UI", UID)
        .text(Tag(0x0008, 0x0060), b"CS", "OT")
        .text(Tag(0x0010, 0x0020), b"LO", "P1")
        .text(Tag(0x0018, 0x1030), b"LO", "Knee")
        .text(Tag(0x0020, 0x000D), b"UI", "2.25.4711.1")
        .text(Tag(0x0020, 0x000E), b"UI", "2.25.4711.1.1")
        .text(Tag(0x0020, 0x0013), b"IS", "1")
        .short(Tag(0x0028, 0x0002), 1)
        .text(Tag(0x0028, 0x0004), b"CS", "MONOCHROME2")
        .short(Tag(0x0028, 0x0010), 3)
        .short(Tag(0x0028, 0x0011), 3)
        .short(Tag(0x0028, 0x0100), 8)
        .short(Tag(0x0028, 0x0101), 8)
        .short(Tag(0x0028, 0x0102), 7)
        .short(Tag(0x0028, 0x0103), 0)
        .bytes(Tag(0x7FE0, 0x0010), b"OW", vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 0])
}

/// A file around a data set that is written already.
pub(crate) fn around(data: &[u8], uid: &str, syntax: &str) -> Vec<u8> {
    let head = Writing::default()
        .bytes(Tag(0x0002, 0x0001), b"OB", vec![0, 1])
        .text(Tag(0x0002, 0x0002), b"UI", CLASS)
        .text(Tag(0x0002, 0x0003), b"UI", uid)
        .text(Tag(0x0002, 0x0010), b"UI", syntax)
        .coded(Coding::Explicit);
    let length = u32::try_from(head.len()).unwrap().to_le_bytes().to_vec();
    let mut out = vec![0; 128];
    out.extend(b"DICM");
    out.extend(Writing::default().bytes(Tag(0x0002, 0x0000), b"UL", length).coded(Coding::Explicit));
    out.extend(head);
    out.extend(data);
    out
}

pub(crate) fn file(set: &Writing) -> Vec<u8> {
    around(&set.coded(Coding::Explicit), UID, EXPLICIT)
}

/// A web server of one request: it reads the head and as much as that says, answers so, and hangs up.
pub(crate) fn answering(
    answer: impl FnOnce(&mut dyn Write) + Send + 'static,
) -> (Client, thread::JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let root = format!("http://{}/dicom-web", listener.local_addr().unwrap());
    let asked = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = Vec::new();
        let mut byte = [0];
        while !asked.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() > 0 {
            asked.push(byte[0]);
        }
        let head = String::from_utf8_lossy(&asked).to_ascii_lowercase();
        let length = head
            .split_once("content-length: ")
            .map_or(0, |(_, rest)| rest.lines().next().unwrap().parse().unwrap());
        let mut body = vec![0; length];
        stream.read_exact(&mut body).unwrap();
        asked.extend(body);
        answer(&mut stream);
        asked
    });
    (Client::new(Web { root: root.into(), authorization: None, trusted: None }).unwrap(), asked)
}

/// An answer of these headers and this body, ended by hanging up.
pub(crate) fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut out = format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}\r\n").into_bytes();
    out.extend(body);
    out
}
