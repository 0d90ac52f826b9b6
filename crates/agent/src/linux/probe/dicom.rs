//! A DICOM verification (PS3.4 Annex A, C-ECHO) over an association of its own (PS3.8 §9.3), with nothing else negotiated.
//! Every length that a peer gives is checked before it is believed.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use model::probe::ProbeResult;

use crate::core::cut;

/// Longest unit that a peer may send in an answer.
const PDU_MAX_BYTES: u32 = 64 * 1024;
/// Most units that are read before the answer must have come.
const PDUS_MAX: usize = 32;
const VERIFICATION: &[u8] = b"1.2.840.10008.1.1";
const IMPLICIT_LITTLE_ENDIAN: &[u8] = b"1.2.840.10008.1.2";
const APPLICATION_CONTEXT: &[u8] = b"1.2.840.10008.3.1.1.1";
/// A UUID as a UID (PS3.5 Annex B.2), made once for this program.
const IMPLEMENTATION: &[u8] = b"2.25.210362571304582176129402855304517624";

/// Whom to ask.
pub(super) struct Peer<'a> {
    pub(super) address: &'a str,
    pub(super) port: u16,
    pub(super) called: &'a str,
    pub(super) calling: &'a str,
}

/// Asks for a verification.
pub(super) fn echo(peer: &Peer<'_>, timeout: Duration) -> ProbeResult {
    match ask(peer, timeout) {
        Ok(()) => ProbeResult::Passed(cut(format!("{} answers C-ECHO with Success", peer.called))),
        Err(says) => ProbeResult::Failed(cut(format!("{} port {}: {says}", peer.address, peer.port))),
    }
}

fn ask(peer: &Peer<'_>, timeout: Duration) -> Result<(), String> {
    let mut stream = super::net::connect(peer.address, peer.port, timeout)?;
    let limits =
        stream.set_read_timeout(Some(timeout)).and_then(|()| stream.set_write_timeout(Some(timeout)));
    limits.map_err(|error| error.to_string())?;
    send(&mut stream, &associate(peer))?;
    let (kind, body) = receive(&mut stream)?;
    match kind {
        0x02 => accepted(&body)?,
        0x03 => return Err(rejected(&body)),
        0x07 => return Err("the peer aborted the association".to_owned()),
        other => return Err(format!("the peer answered the association with a unit of type {other:#04x}")),
    }
    send(&mut stream, &echo_request())?;
    let mut command = Vec::new();
    for _ in 0..PDUS_MAX {
        let (kind, body) = receive(&mut stream)?;
        match kind {
            0x04 if data(&body, &mut command)? => {
                let done = status(&command);
                // The answer is there; a peer that forgets to answer the release does not change it.
                let _polite = send(&mut stream, &[5, 0, 0, 0, 0, 4, 0, 0, 0, 0]);
                return done;
            }
            0x04 => {}
            0x07 => return Err("the peer aborted after the request".to_owned()),
            other => return Err(format!("a unit of type {other:#04x} came instead of an answer")),
        }
    }
    Err(format!("no answer in {PDUS_MAX} units"))
}

fn send(stream: &mut TcpStream, bytes: &[u8]) -> Result<(), String> {
    stream.write_all(bytes).map_err(|error| format!("the connection broke off: {error}"))
}

/// One unit: its type and its body.
fn receive(stream: &mut TcpStream) -> Result<(u8, Vec<u8>), String> {
    let broke = |error: std::io::Error| format!("no answer: {error}");
    let mut head = [0; 6];
    stream.read_exact(&mut head).map_err(broke)?;
    let [kind, _, length @ ..] = head;
    let length = u32::from_be_bytes(length);
    if length > PDU_MAX_BYTES {
        return Err(format!("the peer announces {length} bytes; at most {PDU_MAX_BYTES} are read"));
    }
    let mut body = vec![0; length as usize];
    stream.read_exact(&mut body).map_err(broke)?;
    Ok((kind, body))
}

fn item(kind: u8, body: &[u8]) -> Vec<u8> {
    // Every body here is far shorter than 64 KiB.
    let length = u16::try_from(body.len()).unwrap_or(u16::MAX);
    [&[kind, 0], &length.to_be_bytes()[..], body].concat()
}

fn unit(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    [&[kind, 0], &length.to_be_bytes()[..], body].concat()
}

/// A-ASSOCIATE-RQ (PS3.8 §9.3.2).
fn associate(peer: &Peer<'_>) -> Vec<u8> {
    let title = |text: &str| {
        let mut title = [b' '; 16];
        title.iter_mut().zip(text.bytes()).for_each(|(place, byte)| *place = byte);
        title
    };
    let syntaxes = [item(0x30, VERIFICATION), item(0x40, IMPLICIT_LITTLE_ENDIAN)].concat();
    let context = item(0x20, &[&[1, 0, 0, 0], &syntaxes[..]].concat());
    let user = item(0x50, &[item(0x51, &PDU_MAX_BYTES.to_be_bytes()), item(0x52, IMPLEMENTATION)].concat());
    let body = [
        &[0, 1, 0, 0][..],
        &title(peer.called),
        &title(peer.calling),
        &[0; 32],
        &item(0x10, APPLICATION_CONTEXT),
        &context,
        &user,
    ];
    unit(1, &body.concat())
}

/// A-ASSOCIATE-AC: was our one presentation context accepted?
fn accepted(body: &[u8]) -> Result<(), String> {
    let mut rest = body.get(68..).ok_or("the peer's acceptance is too short")?;
    while let [kind, _, high, low, after @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let inside = after.get(..length).ok_or("an item of the peer's acceptance is cut off")?;
        if let (0x21, [1, _, result, ..]) = (*kind, inside) {
            return match result {
                0 => Ok(()),
                1 => Err("the peer rejects verification by its user".to_owned()),
                2 => Err("the peer rejects verification and gives no reason".to_owned()),
                3 => Err("the peer does not know verification".to_owned()),
                4 => Err("the peer does not know implicit little endian".to_owned()),
                other => Err(format!("the peer answers the presentation context with {other}")),
            };
        }
        rest = after.get(length..).unwrap_or_default();
    }
    Err("the peer's acceptance does not name verification".to_owned())
}

/// A-ASSOCIATE-RJ (PS3.8 table 9-21).
fn rejected(body: &[u8]) -> String {
    match body {
        [_, _, 1, 7, ..] => "the peer does not know the called AE title".to_owned(),
        [_, _, 1, 3, ..] => "the peer does not know the calling AE title".to_owned(),
        [_, result, source, reason, ..] => {
            format!("the peer rejects the association (result {result}, source {source}, reason {reason})")
        }
        _ => "the peer rejects the association".to_owned(),
    }
}

/// P-DATA-TF with C-ECHO-RQ (PS3.7 §9.3.5), implicit little endian.
fn echo_request() -> Vec<u8> {
    let element = |number: u16, value: &[u8]| {
        let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
        [&[0, 0], &number.to_le_bytes()[..], &length.to_le_bytes(), value].concat()
    };
    let uid = [VERIFICATION, &[0]].concat(); // Padded to an even length.
    let elements = [
        element(0x0002, &uid),
        element(0x0100, &0x0030_u16.to_le_bytes()),
        element(0x0110, &1_u16.to_le_bytes()),
        element(0x0800, &0x0101_u16.to_le_bytes()),
    ]
    .concat();
    let length = u32::try_from(elements.len()).unwrap_or(u32::MAX);
    let command = [element(0x0000, &length.to_le_bytes()), elements].concat();
    // One value in context 1; it is a command, and the last part of it.
    let value = [&[1, 3][..], &command].concat();
    let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
    unit(4, &[&length.to_be_bytes()[..], &value].concat())
}

/// Takes the parts of a command out of a unit; true when the last one came.
fn data(body: &[u8], command: &mut Vec<u8>) -> Result<bool, String> {
    let mut rest = body;
    while let [a, b, c, d, after @ ..] = rest {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        let value = after.get(..length).ok_or("a value of the answer is cut off")?;
        let [_context, control, part @ ..] = value else {
            return Err("a value of the answer is too short".into());
        };
        if control & 1 == 1 {
            command.extend_from_slice(part);
            if control & 2 == 2 {
                return Ok(true);
            }
        }
        rest = after.get(length..).unwrap_or_default();
    }
    Ok(false)
}

/// The status of a C-ECHO-RSP; 0000 is Success.
fn status(command: &[u8]) -> Result<(), String> {
    let (mut field, mut status) = (None, None);
    let mut rest = command;
    while let [g0, g1, e0, e1, l0, l1, l2, l3, after @ ..] = rest {
        let length = u32::from_le_bytes([*l0, *l1, *l2, *l3]) as usize;
        let value = after.get(..length).ok_or("an element of the answer is cut off")?;
        let short = value.first_chunk::<2>().map(|bytes| u16::from_le_bytes(*bytes));
        match (u16::from_le_bytes([*g0, *g1]), u16::from_le_bytes([*e0, *e1])) {
            (0, 0x0100) => field = short,
            (0, 0x0900) => status = short,
            _ => {}
        }
        rest = after.get(length..).unwrap_or_default();
    }
    match (field, status) {
        (Some(0x8030), Some(0)) => Ok(()),
        (Some(0x8030), Some(status)) => Err(format!("the peer answers C-ECHO with status {status:04X}")),
        _ => Err("what the peer answers is no C-ECHO response".to_owned()),
    }
}
