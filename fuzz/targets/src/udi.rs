//! UDI barcodes: whatever the text, an identifier that its own check digit confirms or an error that names the place.

use adapter_cmms::udi::{UDI_LENGTH_MAX_CHARS, parse};

/// Pieces of the notation.
pub const WORDS: &[&str] = &[
    "(01)",
    "(11)",
    "(17)",
    "(10)",
    "(21)",
    "(240)",
    "\u{1d}",
    "<GS>",
    "]C1",
    "]d2",
    "01",
    "17",
    "+",
    "/",
    "/$$",
    "/$$+",
    "/16D",
    "*",
    "https://id.example/01/",
    "http://",
    "=/",
    "&",
    "[)>",
    "9n",
    "00000000000000",
    "12345678901231",
    "٣",
    "å",
];

/// Reads `data` as text and the text as a UDI.
pub fn target(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match parse(&text) {
        Ok(udi) => {
            assert!(!udi.di.is_empty(), "a UDI without device identifier identifies nothing");
            assert!(text.chars().count() <= UDI_LENGTH_MAX_CHARS);
            let parts = [Some(&udi.di), udi.lot.as_ref(), udi.serial.as_ref()];
            for part in parts.into_iter().flatten() {
                assert!(
                    !part.chars().any(char::is_control),
                    "control characters never get into the register"
                );
            }
        }
        Err(error) => {
            assert!(!error.to_string().is_empty(), "an error says why");
            if let Some(position) = error.position() {
                assert!(position <= text.chars().count() + 1, "an error points into the text: {error}");
            }
        }
    }
}
