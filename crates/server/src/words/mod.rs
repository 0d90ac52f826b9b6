//! The one message catalogue: every text a person reads, in English and in Swedish, as one method each on [`Words`].
//! A missing text, a missing language or a missing argument does not compile. No page logic here.
//!
//! One file per page. In a template: `{{ shell.w.sign_in_title() }}`; in code: `w.tries_left(3)`.

mod advisories;
mod aliases;
mod archive;
mod archive_places;
mod archive_refused;
mod archive_why;
mod audit;
mod board;
mod cadence;
mod calendar;
mod campaign;
mod common;
mod demo;
mod device_why;
mod devices;
pub mod exposure;
mod forecast;
mod front;
mod hospital;
mod hosts;
mod imports;
mod matrix;
mod night;
mod overview;
mod parts;
mod plans;
mod reading;
mod refusals;
mod resources;
mod settings;
mod styleguide;
mod ward;

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    English,
    /// Swedish.
    Swedish,
}

impl Language {
    /// Every language, the default first.
    pub const ALL: [Language; 2] = [Language::English, Language::Swedish];

    /// BCP 47 tag: what `lang=""` and the language cookie hold.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Swedish => "sv",
        }
    }

    /// The language's own name for itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::Swedish => "Svenska",
        }
    }

    /// The language with this tag.
    pub fn from_tag(tag: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// The first language of an `Accept-Language` header that the pages speak (order as written; weights are ignored,
    /// because browsers write the most wanted first).
    pub fn from_accept(header: &str) -> Option<Language> {
        header.split(',').find_map(|part| {
            let tag = part.split(';').next()?.trim();
            Language::from_tag(tag.split('-').next()?.to_ascii_lowercase().as_str())
        })
    }
}

/// The catalogue in one language. Copy it freely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// Which language the texts are in.
    pub language: Language,
}

impl Words {
    /// The texts of `language`.
    pub fn of(language: Language) -> Words {
        Words { language }
    }

    /// A count as people read it: from five digits on in groups of three, with a narrow space that does not break
    /// (ISO 80000-1 §7.3.1; the same in both languages).
    pub fn number(self, number: u64) -> String {
        let digits = number.to_string();
        if digits.len() < 5 {
            return digits;
        }
        let mut text = String::with_capacity(digits.len() * 2);
        for (n, digit) in digits.chars().enumerate() {
            if n > 0 && (digits.len() - n).is_multiple_of(3) {
                text.push('\u{202f}');
            }
            text.push(digit);
        }
        text
    }
}

/// One message as the catalogue's tests see it: name, English, Swedish.
#[cfg(test)]
type Entry = (&'static str, &'static str, &'static str);

/// Declares messages. Three shapes:
/// `name: "English" | "Svenska";` a fixed text (`&'static str`);
/// `name(a: u64, b: &str): "{a} of {b}" | "{a} av {b}";` with arguments (`String`);
/// `name(n: u64) one "{n} row" | "{n} rad" many "{n} rows" | "{n} rader";` by number (`u64`):
/// `one` when it is 1; the number is written as [`Words::number`] does.
macro_rules! words {
    ($($name:ident $(($($arg:ident : $kind:ty),+))? $(: $en:literal | $sv:literal)?
       $(one $one_en:literal | $one_sv:literal many $many_en:literal | $many_sv:literal)? ;)+) => {
        impl crate::words::Words {
            $( crate::words::words!(@method $name $(($($arg : $kind),+))? $(: $en | $sv)?
                $(one $one_en | $one_sv many $many_en | $many_sv)?); )+
        }
        #[cfg(test)]
        pub(super) const ENTRIES: &[crate::words::Entry] = &[
            $( $((stringify!($name), $en, $sv),)? $((stringify!($name), $one_en, $one_sv), (stringify!($name), $many_en, $many_sv),)? )+
        ];
    };
    (@method $name:ident : $en:literal | $sv:literal) => {
        #[doc = concat!("“", $en, "”")]
        pub fn $name(self) -> &'static str {
            match self.language {
                crate::words::Language::English => $en,
                crate::words::Language::Swedish => $sv,
            }
        }
    };
    (@method $name:ident ($($arg:ident : $kind:ty),+) : $en:literal | $sv:literal) => {
        #[doc = concat!("“", $en, "”")]
        pub fn $name(self, $($arg: $kind),+) -> String {
            match self.language {
                crate::words::Language::English => format!($en),
                crate::words::Language::Swedish => format!($sv),
            }
        }
    };
    (@method $name:ident ($first:ident : $first_kind:ty $(, $arg:ident : $kind:ty)*)
        one $one_en:literal | $one_sv:literal many $many_en:literal | $many_sv:literal) => {
        #[doc = concat!("“", $many_en, "”")]
        pub fn $name(self, $first: $first_kind $(, $arg: $kind)*) -> String {
            let one = $first == 1;
            let $first = self.number($first);
            match (self.language, one) {
                (crate::words::Language::English, true) => format!($one_en),
                (crate::words::Language::English, false) => format!($many_en),
                (crate::words::Language::Swedish, true) => format!($one_sv),
                (crate::words::Language::Swedish, false) => format!($many_sv),
            }
        }
    };
}
pub(crate) use words;

#[cfg(test)]
mod tests {
    use super::*;

    fn everything() -> impl Iterator<Item = &'static Entry> {
        [
            advisories::ENTRIES,
            aliases::ENTRIES,
            archive::ENTRIES,
            archive_places::ENTRIES,
            archive_refused::ENTRIES,
            archive_why::ENTRIES,
            audit::ENTRIES,
            board::ENTRIES,
            calendar::ENTRIES,
            cadence::ENTRIES,
            campaign::ENTRIES,
            common::ENTRIES,
            demo::ENTRIES,
            device_why::ENTRIES,
            devices::ENTRIES,
            exposure::ENTRIES,
            forecast::ENTRIES,
            front::ENTRIES,
            hospital::ENTRIES,
            hosts::ENTRIES,
            imports::ENTRIES,
            matrix::ENTRIES,
            night::ENTRIES,
            overview::ENTRIES,
            parts::ENTRIES,
            reading::ENTRIES,
            refusals::ENTRIES,
            resources::ENTRIES,
            plans::ENTRIES,
            settings::ENTRIES,
            styleguide::ENTRIES,
            ward::ENTRIES,
        ]
        .into_iter()
        .flatten()
    }

    fn holes(text: &str) -> Vec<&str> {
        let mut found: Vec<&str> =
            text.split('{').skip(1).filter_map(|rest| rest.split(['}', ':']).next()).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    #[test]
    fn every_message_exists_in_both_languages_with_the_same_arguments() {
        for (name, en, sv) in everything() {
            assert!(!en.trim().is_empty() && !sv.trim().is_empty(), "{name} is empty in a language");
            assert_eq!(holes(en), holes(sv), "{name}: the arguments differ");
        }
    }

    #[test]
    fn no_message_promises_a_hundred_percent_or_says_ok() {
        for (name, en, sv) in everything() {
            for text in [en, sv] {
                assert!(!text.contains("100 %") && !text.contains("100%"), "{name}: {text}");
                assert!(
                    !text.split(|c: char| !c.is_alphanumeric()).any(|word| word == "OK"),
                    "{name}: {text}"
                );
            }
        }
    }

    #[test]
    fn the_first_wanted_language_that_is_spoken_is_taken() {
        assert_eq!(Language::from_accept("de-DE,sv-SE;q=0.9,en;q=0.8"), Some(Language::Swedish));
        assert_eq!(Language::from_accept("en-GB"), Some(Language::English));
        assert_eq!(Language::from_accept("fi"), None);
    }

    #[test]
    fn numbers_bend_their_nouns() {
        assert_eq!(Words::of(Language::English).rows(1), "1 row");
        assert_eq!(Words::of(Language::Swedish).rows(2), "2 rader");
        assert_eq!(Words::of(Language::Swedish).rows(200_000), "200\u{202f}000 rader");
        assert_eq!(Words::of(Language::English).number(9_999), "9999");
    }
}
