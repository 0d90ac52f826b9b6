//! What names a study, a series and an instance: a DICOM unique identifier, compared as text and never as a number.
//! Here lives its shape (DICOM PS3.5 §9.1). What is looked up by it lives elsewhere.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest identifier (PS3.5 §9.1), in characters.
pub const UID_LENGTH_MAX_CHARACTERS: usize = 64;

/// Why a text is no unique identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAUid {
    /// Nothing but padding.
    #[error("a DICOM UID must not be empty")]
    Empty,
    /// Longer than [`UID_LENGTH_MAX_CHARACTERS`].
    #[error("a DICOM UID has at most {UID_LENGTH_MAX_CHARACTERS} characters (PS3.5 §9.1); this one has {0}")]
    TooLong(usize),
    /// Something else than digits and dots.
    #[error("a DICOM UID holds digits and dots only (PS3.5 §9.1); this one holds {0:?}")]
    Character(char),
    /// Two dots in a row, or one at an end.
    #[error("a component of a DICOM UID has at least one digit (PS3.5 §9.1); one of {0:?} has none")]
    EmptyComponent(Box<str>),
    /// A component such as `01`. Archives hold such identifiers all the same: see [`Uid::as_found`].
    #[error(
        "a component of a DICOM UID does not begin with 0 unless it is 0 (PS3.5 §9.1); one of {0:?} does"
    )]
    LeadingZero(Box<str>),
}

/// A DICOM unique identifier, without padding.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Uid(Box<str>);

impl Uid {
    /// Reads an identifier that keeps every rule. The padding that PS3.5 §6.2 allows at its end is taken off.
    ///
    /// # Errors
    /// A rule of PS3.5 §9.1 is broken.
    pub fn parse(text: &str) -> Result<Uid, NotAUid> {
        let (uid, odd) = Uid::as_found(text)?;
        odd.map_or(Ok(uid), Err)
    }

    /// Reads an identifier as an archive holds it: components with a leading zero are kept, with the rule that they break. Two archives that hold
    /// the same text hold the same object, and an exam must not get lost because its modality numbers badly.
    ///
    /// # Errors
    /// The text could not be told from another one: empty, too long, other characters, empty components.
    pub fn as_found(text: &str) -> Result<(Uid, Option<NotAUid>), NotAUid> {
        let text = text.trim_end_matches(['\0', ' ']);
        if text.is_empty() {
            return Err(NotAUid::Empty);
        }
        if let Some(other) = text.chars().find(|c| !c.is_ascii_digit() && *c != '.') {
            return Err(NotAUid::Character(other));
        }
        if text.len() > UID_LENGTH_MAX_CHARACTERS {
            return Err(NotAUid::TooLong(text.len()));
        }
        if text.split('.').any(str::is_empty) {
            return Err(NotAUid::EmptyComponent(text.into()));
        }
        let odd = text.split('.').any(|component| component.len() > 1 && component.starts_with('0'));
        Ok((Uid(text.into()), odd.then(|| NotAUid::LeadingZero(text.into()))))
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Uid {
    type Error = NotAUid;
    fn try_from(text: String) -> Result<Uid, NotAUid> {
        Uid::as_found(&text).map(|(uid, _)| uid)
    }
}

impl From<Uid> for String {
    fn from(uid: Uid) -> String {
        uid.0.into()
    }
}

macro_rules! levels {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+ };
}

levels! {
    /// Study Instance UID (0020,000D): one examination.
    StudyUid,
    /// Series Instance UID (0020,000E): one series of an examination.
    SeriesUid,
    /// SOP Instance UID (0008,0018): one image or other object.
    InstanceUid,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_keeps_the_rules_of_ps3_5() {
        let sixty_four = format!("1.{}", "2".repeat(62));
        for good in ["1.2.840.10008.1.2", "0", "2.25.0", "1.0.3", &sixty_four] {
            assert_eq!(Uid::parse(good).unwrap().as_str(), good);
        }
        let long = format!("1.{}", "2".repeat(63));
        for (bad, why) in [
            ("", NotAUid::Empty),
            (" \0", NotAUid::Empty),
            (&long, NotAUid::TooLong(65)),
            ("1.2.a", NotAUid::Character('a')),
            ("1.2 .3", NotAUid::Character(' ')),
            ("1.٣", NotAUid::Character('٣')),
            ("1..2", NotAUid::EmptyComponent("1..2".into())),
            (".1", NotAUid::EmptyComponent(".1".into())),
            ("1.", NotAUid::EmptyComponent("1.".into())),
            ("1.02", NotAUid::LeadingZero("1.02".into())),
            ("1.00", NotAUid::LeadingZero("1.00".into())),
        ] {
            assert_eq!(Uid::parse(bad), Err(why), "{bad:?}");
        }
    }

    #[test]
    fn padding_does_not_make_another_exam() {
        let uid = Uid::parse("1.2.3").unwrap();
        for padded in ["1.2.3\0", "1.2.3 ", "1.2.3\0\0"] {
            assert_eq!(Uid::parse(padded).unwrap(), uid);
        }
    }

    #[test]
    fn an_exam_whose_modality_numbers_badly_is_kept_with_the_rule_that_it_breaks() {
        let (uid, odd) = Uid::as_found("1.2.007").unwrap();
        assert_eq!((uid.as_str(), odd), ("1.2.007", Some(NotAUid::LeadingZero("1.2.007".into()))));
        assert!(Uid::as_found("1.2.7").unwrap().1.is_none());
        assert_ne!(uid, Uid::parse("1.2.7").unwrap(), "compared as text");
        assert!(serde_json::from_str::<Uid>("\"1.2.x\"").is_err());
    }
}
