//! Whom an association is made with, and as whom.

use std::sync::Arc;

use rustls::ClientConfig;

/// Longest application entity title (PS3.5 §6.2, AE), in characters.
pub const AE_TITLE_LENGTH_MAX_CHARACTERS: usize = 16;

/// An archive's DICOM port.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Name or address of the computer.
    pub host: Box<str>,
    /// Port; usually 104, 2762 with TLS or 11112.
    pub port: u16,
    /// Its application entity title.
    pub called: AeTitle,
    /// Ours. Many archives only speak with titles that they know.
    pub calling: AeTitle,
    /// TLS as the archive wants it (PS3.15 B.12); `None` speaks openly.
    pub tls: Option<Arc<ClientConfig>>,
}

/// An application entity title.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AeTitle(Box<str>);

/// Why a text is no title.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an application entity title has 1 to {AE_TITLE_LENGTH_MAX_CHARACTERS} characters of ASCII, no backslash and not blanks alone (PS3.5 §6.2); \
     {0:?} has not"
)]
pub struct NotATitle(Box<str>);

impl AeTitle {
    /// Reads a title; blanks around it mean nothing.
    ///
    /// # Errors
    /// It is none.
    pub fn new(text: &str) -> Result<AeTitle, NotATitle> {
        let title = text.trim_matches(' ');
        let fits = !title.is_empty() && title.len() <= AE_TITLE_LENGTH_MAX_CHARACTERS;
        let plain = title.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'\\');
        if fits && plain {
            Ok(AeTitle(title.into()))
        } else {
            Err(NotATitle(text.chars().take(64).collect()))
        }
    }

    /// The title.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for AeTitle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
