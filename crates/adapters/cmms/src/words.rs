//! The words of columns that hold one of a few values, and the words for *not recorded*.

use crate::Field;
use crate::header::plain;
use model::device::{Access, Criticality, Installer, Network, SupportStatus};

/// A value that is written as one of a few words.
pub(crate) trait Words: Copy + 'static {
    /// Every canonical word.
    fn words() -> Vec<&'static str>;
    /// The value for a canonical word.
    fn canonical(word: &str) -> Option<Self>;
    /// Other words for it, in their plain form, separated by `|`.
    fn synonyms() -> &'static [(Self, &'static str)];
}

macro_rules! words_of {
    ($($name:ident { $($variant:ident = $words:literal),+ $(,)? })+) => { $(
        impl Words for $name {
            fn words() -> Vec<&'static str> {
                $name::ALL.iter().map(|value| value.word()).collect()
            }
            fn canonical(word: &str) -> Option<Self> {
                $name::from_word(word)
            }
            fn synonyms() -> &'static [(Self, &'static str)] {
                &[$(($name::$variant, $words)),+]
            }
        }
    )+ };
}

// Left out on purpose, because a person must say what they mean: *active* and *in service* (of the device or of the
// support?), *discontinued* (of sale or of support?), *external* (the maker or somebody else?), *VLAN*, *private* and *DMZ*
// (reachable from where?), classes and numbers of risk (A or 1 is the highest in one hospital, the lowest in the next).
words_of! {
    SupportStatus {
        Supported = "yes|y|true|1|in support|under support|full support|ja|stöds|ja stöds|med stöd|unterstützt|im support|\
                     vendor supported|manufacturer supported",
        Unsupported = "no|n|false|0|not supported|no support|out of support|eol|eos|eosl|end of life|end of support|\
                       end of service life|obsolete|nej|nein|stöds ej|stöds inte|utan stöd|ej stöd|nicht unterstützt|\
                       abgekündigt",
    }
    Installer {
        Staff = "biomed|biomedical|biomedical engineering|clinical engineering|clinical engineer|in house|hospital|own staff|\
                 it|it department|hospital it|mta|mt|mtf|medicinsk teknik|medicinteknik|intern|internal|egen personal|egen|\
                 hausintern|medizintechnik|eigenes personal|hospital staff",
        Vendor = "manufacturer|manufacturer service|vendor service|oem|oem service|maker|field service engineer|fse|supplier|\
                  tillverkare|tillverkaren|leverantör|leverantören|hersteller|herstellerservice|lieferant|\
                  manufacturer only|vendor only|supplier service",
        ThirdParty = "third party|3rd party|third party service|iso|independent service organization|\
                      independent service organisation|contractor|service company|tredje part|tredjepart|drittanbieter|\
                      dritte|externer dienstleister|fremdfirma|msp|tpm",
    }
    Access {
        Remote = "yes|y|true|1|network|over the network|online|ota|remotely|via network|fjärr|fjärrstyrt|distans|ja|fern|\
                  per fernwartung|remote access",
        HandsOn = "no|n|false|0|manual|manually|on site|onsite|local|locally|physical|usb|in person|nej|nein|lokal|lokalt|\
                   på plats|vor ort|manuell|manuellt|offline",
    }
    Network {
        None = "no|n|false|0|not connected|not networked|standalone|stand alone|offline|disconnected|nej|nein|ej ansluten|\
                inte ansluten|fristående|nicht vernetzt|nicht verbunden|unconnected|air gapped",
        Isolated = "segmented|own segment|own vlan|medical vlan|isolated segment|isolerat|isolerad|segmenterat|isoliert|\
                    segmentiert",
        Hospital = "yes|y|true|1|connected|networked|lan|internal|intranet|hospital network|wired|wifi|wlan|wireless|ethernet|\
                    ja|ansluten|nätverk|sjukhusnät|vernetzt|verbunden|krankenhausnetz|hausnetz|corporate",
        Internet = "public|internet facing|internet connected|cloud|internetansluten|öffentlich|internetzugang",
    }
    Criticality {
        Low = "minor|non critical|not critical|låg|niedrig|gering",
        Medium = "moderate|normal|medel|mellan|måttlig|mittel",
        High = "critical|major|very high|severe|hög|kritisk|hoch|kritisch|sehr hoch|mycket hög",
        LifeSupporting = "life support|life sustaining|life critical|lifesaving|vital|livsuppehållande|livsviktig|\
                          lebenserhaltend|lebenswichtig",
    }
}

/// The value for a word as a list writes it. Every spelling of *not recorded* is the value `unknown`.
pub(crate) fn pick<T: Words + Default>(text: &str) -> Option<T> {
    if let Some(value) = T::canonical(text) {
        return Some(value);
    }
    let word = plain(text);
    let same = |known: &str| plain(known) == word;
    T::words()
        .into_iter()
        .find(|known| same(known))
        .and_then(T::canonical)
        .or_else(|| {
            let mut all = T::synonyms().iter();
            all.find(|(_, words)| !word.is_empty() && words.split('|').any(same)).map(|(value, _)| *value)
        })
        .or_else(|| is_missing(text).then(T::default))
}

/// Is `text` understood as a value of `field`? Other fields than those with few words understand every text.
pub(crate) fn is_understood(field: Field, text: &str) -> bool {
    match few(field) {
        Some(Few::SupportStatus) => pick::<SupportStatus>(text).is_some(),
        Some(Few::Installer) => pick::<Installer>(text).is_some(),
        Some(Few::Access) => pick::<Access>(text).is_some(),
        Some(Few::Network) => pick::<Network>(text).is_some(),
        Some(Few::Criticality) => pick::<Criticality>(text).is_some(),
        None => true,
    }
}

/// The canonical words of a field that has few; empty for others.
pub(crate) fn allowed(field: Field) -> Vec<&'static str> {
    match few(field) {
        Some(Few::SupportStatus) => SupportStatus::words(),
        Some(Few::Installer) => Installer::words(),
        Some(Few::Access) => Access::words(),
        Some(Few::Network) => Network::words(),
        Some(Few::Criticality) => Criticality::words(),
        None => Vec::new(),
    }
}

enum Few {
    SupportStatus,
    Installer,
    Access,
    Network,
    Criticality,
}

fn few(field: Field) -> Option<Few> {
    Some(match field {
        Field::SupportStatus => Few::SupportStatus,
        Field::Installer => Few::Installer,
        Field::Access => Few::Access,
        Field::Network => Few::Network,
        Field::Criticality => Few::Criticality,
        Field::AssetTag
        | Field::Manufacturer
        | Field::Model
        | Field::ModelNumber
        | Field::SoftwareVersion
        | Field::HardwareVersion
        | Field::OperatingSystem
        | Field::SerialNumber
        | Field::Udi
        | Field::Manufactured
        | Field::Cpe
        | Field::Purl
        | Field::DeviceType
        | Field::Site
        | Field::Building
        | Field::Unit
        | Field::Room
        | Field::Owner
        | Field::EndOfSupport => return None,
    })
}

/// Words by which a register says that it does not know.
const MISSING: &[&str] = &[
    "unknown",
    "n/a",
    "n.a.",
    "#n/a",
    "not available",
    "not known",
    "not recorded",
    "not applicable",
    "not specified",
    "tbd",
    "unspecified",
    "none",
    "null",
    "nil",
    "na",
    "undefined",
    "missing",
    "okänd",
    "okänt",
    "saknas",
    "ej angivet",
    "ej angiven",
    "uppgift saknas",
    "ej känd",
    "ingen",
    "unbekannt",
    "k.a.",
    "k. a.",
    "keine angabe",
    "nicht bekannt",
    "nicht vorhanden",
    "ohne",
    "keine",
    "xxx",
    "unk",
    "(blank)",
    "(empty)",
    "(unknown)",
    "(none)",
];

/// Words that are missing values in versions and serial numbers, yet may be a ward's or a room's name.
const MISSING_UNLESS_A_NAME: &[&str] =
    &["none", "na", "nil", "null", "missing", "ohne", "keine", "ingen", "xxx", "unk"];

/// The text says that nothing is recorded: a word for it, or nothing but dashes, points, question marks and the like.
pub(crate) fn is_missing(text: &str) -> bool {
    // No word for it has a digit, and most texts of a list do.
    if text.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    text.chars().all(|char| matches!(char, '-' | '?' | '.' | '/' | '*' | '_' | '–' | '—' | ' '))
        || (text.len() <= 20 && MISSING.iter().any(|word| same_letters(text, word)))
}

/// As [`is_missing`], for fields whose values are names of places and people.
pub(crate) fn is_missing_name(text: &str) -> bool {
    is_missing(text) && !MISSING_UNLESS_A_NAME.iter().any(|word| same_letters(text, word))
}

fn same_letters(text: &str, word: &str) -> bool {
    if text.is_ascii() {
        return text.len() == word.len() && text.eq_ignore_ascii_case(word);
    }
    text.chars().flat_map(char::to_lowercase).eq(word.chars())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_word_means_two_values<T: Words + PartialEq + std::fmt::Debug>() {
        let mut seen = std::collections::HashMap::new();
        for (value, words) in T::synonyms() {
            for word in words.split('|') {
                let before = seen.insert(plain(word), *value);
                assert!(before.is_none_or(|before| before == *value), "{word}: {before:?} and {value:?}");
            }
        }
    }

    #[test]
    fn every_word_for_a_value_means_one_value() {
        no_word_means_two_values::<SupportStatus>();
        no_word_means_two_values::<Installer>();
        no_word_means_two_values::<Access>();
        no_word_means_two_values::<Network>();
        no_word_means_two_values::<Criticality>();
    }

    #[test]
    fn a_list_may_say_the_same_in_its_own_words() {
        assert_eq!(pick("EOL"), Some(SupportStatus::Unsupported));
        assert_eq!(pick("In Support"), Some(SupportStatus::Supported));
        assert_eq!(pick("Stöds ej"), Some(SupportStatus::Unsupported));
        assert_eq!(pick("in-house"), Some(Installer::Staff));
        assert_eq!(pick("Third-Party"), Some(Installer::ThirdParty));
        assert_eq!(pick("Hands on"), Some(Access::HandsOn));
        assert_eq!(pick("none"), Some(Network::None));
        assert_eq!(pick("N/A"), Some(Network::Unknown));
        assert_eq!(pick("Life-Supporting"), Some(Criticality::LifeSupporting));
        assert_eq!(pick::<Criticality>("5"), None);
        assert_eq!(pick::<SupportStatus>("perhaps"), None);
    }

    #[test]
    fn a_word_that_would_make_a_device_look_safer_than_it_may_be_is_asked_for() {
        for word in ["active", "in service", "discontinued", "under contract"] {
            assert_eq!(pick::<SupportStatus>(word), None, "{word}");
        }
        assert_eq!(pick::<Installer>("external"), None);
        for word in ["VLAN", "private", "DMZ"] {
            assert_eq!(pick::<Network>(word), None, "{word}");
        }
        assert_eq!((pick::<Criticality>("A"), pick::<Criticality>("1")), (None, None));
    }

    #[test]
    fn a_version_that_nobody_wrote_down_is_missing() {
        for text in ["-", "--", "?", "N/A", "n.a.", "Okänd", "OKÄNT", "unbekannt", "k.A.", "...", "none"] {
            assert!(is_missing(text), "{text}");
        }
        assert!(MISSING.iter().all(|word| is_missing(word)));
        for text in ["0", "1.0", "A", "nav", "X"] {
            assert!(!is_missing(text), "{text}");
        }
        assert!(is_missing_name("unknown") && !is_missing_name("NA"));
    }
}
