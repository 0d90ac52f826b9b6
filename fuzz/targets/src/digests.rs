//! What agents of archives say: a message is read whole and as it was written, or refused; a question is answered within limits, or refused. Memory is taken as
//! bytes come, never because a length says so.

use adapter_digests::frame;
use adapter_digests::limits::{EXAMINATIONS_MAX, FRAME_MAX_BYTES, NAMED_MAX};
use adapter_digests::message::{Answer, Say};
use archive::digests::{Asking, Bounds, Digest, Reply, Tree, Turn, answer};

/// Pieces of the notation.
pub const WORDS: &[&str] = &[
    "\0\0\0\u{1}",
    "\0\0\0\u{5}",
    "\u{1}{\"version\":1,\"nonce\":\"",
    "00112233445566778899aabbccddeeff",
    "\"}",
    "\u{3}\0",
    "\u{5}\u{1}",
    "\u{6}\0",
    "\u{7}[\"1.2.3\"]",
    "\u{8}",
    "h\0\0\0\u{1}",
    "l{\"study\":{\"uid\":\"1.2\",\"patient\":{\"id\":\"P\",\"issuer\":\"\"},\"date\":\"empty\",\"accession\":\"\",\"counted\":null},\"series\":[]}",
    "n\"still\"",
    "{\"all\":{",
    "\"objects\":{\"count\":1,\"sum\":\"",
    "1.2.840",
    "null",
];

/// Frames one after another, each read as a message of either side and as a question or an answer of the exchange.
pub fn target(data: &[u8]) {
    let mut from = data;
    let mut taken = 0;
    while let Ok(message) = frame::read(&mut from) {
        assert!(message.len() <= FRAME_MAX_BYTES as usize && message.len() <= data.len());
        taken += message.len() + 4;
        assert_eq!(taken + from.len(), data.len(), "a frame takes what it says and no more");
        one(&message);
    }
    one(data);
}

fn one(message: &[u8]) {
    if let Ok(say) = Say::read(message) {
        match &say {
            Say::Name(_, digests) => assert!(digests.len() <= NAMED_MAX),
            Say::Show(studies) => assert!(studies.len() <= EXAMINATIONS_MAX),
            _ => {}
        }
        assert_eq!(Say::read(&say.to_bytes()).expect("what was read is written again"), say);
    }
    if let Ok(read) = Answer::read(message) {
        assert_eq!(Answer::read(&read.to_bytes()).expect("what was read is written again"), read);
    }
    let tree: Tree = (0..40_u128).map(|number| Digest(number << 120 | number)).collect();
    if let Ok(reply) = answer(&tree, message) {
        Reply::read(&reply).expect("an agent's own answer can be read");
    }
    let mut asking = Asking::new(&tree, Bounds::default());
    if let Turn::Send(_) = asking.turn() {
        asking.hear(message);
        assert!(
            !matches!(asking.turn(), Turn::Found(found) if !found.theirs.is_empty() && found.rounds == 0)
        );
    }
}
