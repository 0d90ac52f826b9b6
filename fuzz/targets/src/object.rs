//! Objects as files: whatever the bytes, digests of all of it, or a refusal with its place. The first byte cuts the object short.

use adapter_dicom::object::{File, content};
use archive::{Compared, InstanceUid, Uid};

/// Pieces of the notation.
pub const WORDS: &[&str] = &[
    "\0",
    "DICM",
    "\u{2}\0\u{10}\0UI",
    "1.2.840.10008.1.2\0",
    "1.2.840.10008.1.2.1\0",
    "1.2.840.10008.1.2.4.80",
    "\u{8}\0\u{18}\0UI",
    "@\0",
    "SQ\0\0\u{10}\0\0\0",
    "(\0\u{10}\0US\u{2}\0",
    "SQ",
    "UN",
    "OB",
    "OW",
    "\u{4}\0\0\0",
    "\u{7f}\0\0\0",
    "ISO_IR 192",
    "2.25.1",
];

/// Reads `data` as an object of the name that its own head bears.
pub fn target(data: &[u8]) {
    let Some((cut, bytes)) = data.split_first() else { return };
    let file = match File::read(bytes) {
        Ok(file) => file,
        Err(error) => {
            assert!(error.to_string().len() < 256, "a message stays readable");
            return;
        }
    };
    assert!(bytes.ends_with(file.data), "the data set is what is left of the file");
    let Ok((uid, _odd)) = Uid::as_found(&file.meta.uid) else { unreachable!("a name that was read is one") };
    let asked = InstanceUid(uid);
    let read = content(bytes, &asked);
    match &read {
        Ok(one) => {
            let again = content(bytes, &asked).expect("the same bytes give the same answer");
            assert_eq!((one.against(&again), one == &again), (Compared::Same, true));
            let short = bytes.get(..bytes.len().saturating_sub(usize::from(*cut))).unwrap_or(&[]);
            if let Ok(part) = content(short, &asked) {
                assert_eq!(part.against(one) == Compared::Same, one == &part, "one answer to one question");
            }
        }
        Err(error) => {
            assert!(error.to_string().len() < 256, "a message stays readable");
            let again = content(bytes, &asked).map_err(|error| error.to_string());
            assert_eq!(again, Err(error.to_string()), "the same bytes give the same answer");
        }
    }
}
