//! Answers in parts: whatever the bytes and in whatever pieces they come, the same parts, or a refusal; never parts and silence about the rest. The first
//! byte says how many bytes come at a time.

use std::io::Read;

use adapter_dicom::web::Multipart;

/// Pieces of the notation.
pub const WORDS: &[&str] = &[
    "--b",
    "--b--",
    "--b\r\n",
    "\r\n--b\r\n",
    "\n--b\n",
    "\r\n--b--\r\n",
    "\r\n--bx",
    "\r\n--b-",
    "--b \t\r\n",
    "\r\n\r\n",
    "\r",
    "\n",
    "Content-Type: application/dicom\r\n",
    "Content-Length: 3\r\n",
    "content-length: 18446744073709551616\r\n",
    " folded\r\n",
    ":",
    "\0\0\0\0DICM",
];

const KIND: &str = "multipart/related; type=\"application/dicom\"; boundary=b";

struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let (now, later) = self.0.split_at(self.1.min(into.len()).min(self.0.len()));
        into.iter_mut().zip(now).for_each(|(to, from)| *to = *from);
        self.0 = later;
        Ok(now.len())
    }
}

/// How many headers a part has, and its bytes.
type Whole = (usize, Vec<u8>);

/// Whole parts, and how it ended.
fn read(body: &[u8], pieces: usize) -> (Vec<Whole>, Result<(), String>) {
    let mut parts = Vec::new();
    let mut multipart =
        Multipart::new(Pieces(body, pieces), KIND, "application/dicom").expect("a boundary is named");
    let ended = loop {
        match multipart.next_part() {
            Ok(Some(mut part)) => {
                let mut bytes = Vec::new();
                match part.read_to_end(&mut bytes) {
                    Ok(_) => parts.push((part.headers.0.len(), bytes)),
                    Err(error) => break Err(error.to_string()),
                }
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(error.to_string()),
        }
    };
    match ended {
        Ok(()) => assert!(matches!(multipart.next_part(), Ok(None)), "what has ended stays so"),
        Err(_) => assert!(multipart.next_part().is_err(), "after an error nothing more comes"),
    }
    (parts, ended)
}

/// Reads `data`, and its bytes as a content type.
pub fn target(data: &[u8]) {
    let Some((first, body)) = data.split_first() else { return };
    let pieces = usize::from(*first).max(1);
    let (parts, ended) = read(body, pieces);
    assert_eq!(
        (&parts, &ended),
        (&read(body, usize::MAX).0, &read(body, usize::MAX).1),
        "pieces make no difference"
    );
    let bytes: usize = parts.iter().map(|(_, part)| part.len()).sum();
    assert!(bytes <= body.len(), "what comes out came in");
    for (_, part) in &parts {
        assert!(part.is_empty() || body.windows(part.len()).any(|at| at == part), "as it came in");
    }
    if let Err(says) = ended {
        assert!(says.len() < 256, "a message stays readable");
    }
    let kind = String::from_utf8_lossy(body);
    if let Err(error) = Multipart::new(&[][..], &kind, "application/dicom") {
        assert!(error.to_string().len() < 512, "a message stays readable");
    }
}
