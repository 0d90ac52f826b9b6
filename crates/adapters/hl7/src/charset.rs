//! In which character set a message is written (MSH-18, HL7 table 0211).

/// A character set that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8, of which ASCII is a part.
    Utf8,
    /// ISO 8859-1: each byte is one character.
    Latin1,
}

impl Charset {
    /// The character set that MSH-18 names; `None` for one that is not read.
    pub fn named(name: &str) -> Option<Charset> {
        let name: String =
            name.chars().filter(|c| !matches!(c, ' ' | '-' | '_' | '/')).collect::<String>().to_uppercase();
        match &*name {
            "ASCII" | "USASCII" | "ISOIR6" | "UNICODEUTF8" | "UTF8" => Some(Charset::Utf8),
            "88591" | "ISO88591" | "LATIN1" => Some(Charset::Latin1),
            _ => None,
        }
    }

    /// The text of `bytes`; an error with the place of the first byte that cannot be read.
    pub(crate) fn decode(self, bytes: &[u8]) -> Result<String, usize> {
        match self {
            Charset::Utf8 => {
                std::str::from_utf8(bytes).map(str::to_owned).map_err(|error| error.valid_up_to())
            }
            Charset::Latin1 => Ok(bytes.iter().map(|byte| char::from(*byte)).collect()),
        }
    }
}
