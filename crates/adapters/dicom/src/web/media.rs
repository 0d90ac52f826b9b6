//! Content types (RFC 9110 §8.3) as far as multipart answers need them: type, parameters in either notation, and the boundary.

use memchr::memmem::Finder;

/// Longest content type that is read, in bytes.
const MEDIA_MAX_BYTES: usize = 1_024;
/// Longest boundary (RFC 2046 §5.1.1), in characters.
pub const BOUNDARY_LENGTH_MAX_CHARACTERS: usize = 70;
/// Longest beginning of a content type that is repeated, in characters.
const SAYS_MAX_CHARACTERS: usize = 80;

/// Why an answer cannot be read as parts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotMultipart {
    /// It cannot be read.
    #[error("its content type {0:?} cannot be read")]
    Odd(Box<str>),
    /// It is of another kind.
    #[error("it is {is:?} and not multipart/related of {wanted}")]
    Other {
        /// What it is.
        is: Box<str>,
        /// What was asked for.
        wanted: Box<str>,
    },
    /// It does not say how parts are told from each other.
    #[error(
        "its content type names no boundary of 1 to {BOUNDARY_LENGTH_MAX_CHARACTERS} characters as RFC 2046 §5.1.1 allows them"
    )]
    NoBoundary,
}

/// A content type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Media {
    /// Type and subtype, in small letters.
    of: Box<str>,
    /// Names in small letters, values as they are.
    parameters: Vec<(Box<str>, Box<str>)>,
}

/// What parts are told from each other by.
pub(super) struct Boundary {
    dashed: Box<[u8]>,
    closing: Box<[u8]>,
    pub(super) with_crlf: Finder<'static>,
    pub(super) with_lf: Finder<'static>,
}

impl Boundary {
    /// With the two dashes before it.
    pub(super) fn dashed(&self) -> &[u8] {
        &self.dashed
    }

    /// With two more after it.
    pub(super) fn closing(&self) -> &[u8] {
        &self.closing
    }
}

impl Media {
    pub(super) fn read(text: &str) -> Result<Media, NotMultipart> {
        let odd = || NotMultipart::Odd(text.chars().take(SAYS_MAX_CHARACTERS).collect());
        if text.len() > MEDIA_MAX_BYTES {
            return Err(odd());
        }
        let (of, mut rest) = text.split_once(';').unwrap_or((text, ""));
        let of = of.trim().to_ascii_lowercase();
        if !of.split_once('/').is_some_and(|(one, other)| is_token(one) && is_token(other)) {
            return Err(odd());
        }
        let mut parameters: Vec<(Box<str>, Box<str>)> = Vec::new();
        loop {
            rest = rest.trim_start_matches([' ', '\t', ';']);
            if rest.is_empty() {
                break;
            }
            let (name, after) = rest.split_once('=').ok_or_else(odd)?;
            let name = name.trim().to_ascii_lowercase();
            let (value, after) = value(after.trim_start()).ok_or_else(odd)?;
            // Of two boundaries nobody knows which one is meant.
            if !is_token(&name) || parameters.iter().any(|(known, _)| **known == *name) {
                return Err(odd());
            }
            parameters.push((name.into(), value.into()));
            rest = after;
        }
        Ok(Media { of: of.into(), parameters })
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| &**known == name).map(|(_, value)| &**value)
    }

    /// The boundary of a multipart/related whose parts are of the type that was asked for. Servers that do not say of what type they are, are
    /// believed: each part says so itself.
    pub(super) fn boundary(&self, wanted: &str) -> Result<Boundary, NotMultipart> {
        let of = self.parameter("type").unwrap_or(wanted);
        // Orthanc writes the transfer syntax into the type as well.
        let of = of.split(';').next().unwrap_or(of).trim();
        if &*self.of != "multipart/related" || !of.eq_ignore_ascii_case(wanted) {
            let is = format!("{}; type={of}", self.of).chars().take(SAYS_MAX_CHARACTERS).collect();
            return Err(NotMultipart::Other { is, wanted: wanted.into() });
        }
        let text =
            self.parameter("boundary").filter(|text| is_boundary(text)).ok_or(NotMultipart::NoBoundary)?;
        let finder = |newline: &str| Finder::new(format!("{newline}--{text}").as_bytes()).into_owned();
        let (with_crlf, with_lf) = (finder("\r\n"), finder("\n"));
        let (dashed, closing) = (format!("--{text}"), format!("--{text}--"));
        let bytes = |text: String| text.into_bytes().into_boxed_slice();
        Ok(Boundary { dashed: bytes(dashed), closing: bytes(closing), with_crlf, with_lf })
    }
}

/// A parameter's value, bare or in quotation marks, and what follows it.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        let (value, after) = text.split_at(end);
        // Bare boundaries with characters that would need quotation marks are met, and mean what they say.
        return Some((value.trim().to_owned(), after)).filter(|(value, _)| !value.contains('"'));
    };
    let (mut value, mut characters) = (String::new(), quoted.char_indices());
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => {
                let after = quoted.get(at + 1..).unwrap_or("").trim_start();
                return (after.is_empty() || after.starts_with(';')).then_some((value, after));
            }
            '\\' => value.push(characters.next()?.1),
            plain => value.push(plain),
        }
    }
    None
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

fn is_boundary(text: &str) -> bool {
    (1..=BOUNDARY_LENGTH_MAX_CHARACTERS).contains(&text.len())
        && !text.ends_with(' ')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boundary(text: &str) -> Result<String, NotMultipart> {
        let found = Media::read(text)?.boundary("application/dicom")?;
        Ok(String::from_utf8_lossy(found.dashed()).into_owned())
    }

    #[test]
    fn a_boundary_is_read_in_either_notation_and_in_any_order() {
        for text in [
            "multipart/related; type=\"application/dicom\"; boundary=a-b",
            "Multipart/Related;boundary=\"a-b\";type=application/dicom",
            "multipart/related; BOUNDARY=\"a\\-b\" ; start=\"<1;2>\"",
            "multipart/related;; boundary=a-b ;",
            "multipart/related; type=\"application/dicom; transfer-syntax=1.2.840.10008.1.2.1\"; boundary=a-b",
        ] {
            assert_eq!(boundary(text), Ok("--a-b".to_owned()), "{text}");
        }
        assert_eq!(boundary("multipart/related; boundary=\"a b=:c\""), Ok("--a b=:c".to_owned()));
        assert_eq!(boundary("multipart/related; boundary=a=:c"), Ok("--a=:c".to_owned()));
    }

    #[test]
    fn what_names_no_boundary_or_two_or_is_of_another_kind_is_refused() {
        let long = format!("multipart/related; boundary={}", "a".repeat(BOUNDARY_LENGTH_MAX_CHARACTERS + 1));
        for text in [
            "multipart/related",
            "multipart/related; boundary=\"\"",
            "multipart/related; boundary=\"a\\\u{7}\"",
            &long,
        ] {
            assert_eq!(boundary(text), Err(NotMultipart::NoBoundary), "{text}");
        }
        for text in [
            "",
            "multipart",
            "multipart/related; boundary=\"a",
            "multipart/related; boundary=a; boundary=b",
            "m/r; =a",
        ] {
            assert!(matches!(boundary(text), Err(NotMultipart::Odd(_))), "{text}");
        }
        for text in ["application/dicom+json", "multipart/related; type=\"image/jpeg\"; boundary=a"] {
            assert!(matches!(boundary(text), Err(NotMultipart::Other { .. })), "{text}");
        }
    }
}
