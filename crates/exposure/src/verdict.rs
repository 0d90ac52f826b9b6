//! What can be said about a device and a vulnerability, and how surely. Three-valued at heart: what is not known is
//! *undecided* and names the gap.

use serde::{Deserialize, Serialize};

/// Where a device stands towards a vulnerability, as far as the advisories and the register tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The advisory names this product and version as affected.
    Affected,
    /// Nobody can say yet; the gap says why.
    Undecided,
    /// The installed version has the fix.
    Fixed,
    /// The advisory excludes this product or version.
    NotAffected,
}

impl Verdict {
    /// Worst first, as lists show them.
    pub const ALL: [Verdict; 4] =
        [Verdict::Affected, Verdict::Undecided, Verdict::Fixed, Verdict::NotAffected];

    /// `affected`, `undecided`, `fixed`, `not_affected`.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Affected => "affected",
            Verdict::Undecided => "undecided",
            Verdict::Fixed => "fixed",
            Verdict::NotAffected => "not_affected",
        }
    }

    /// The verdict for a word of [`Self::word`].
    pub fn from_word(word: &str) -> Option<Verdict> {
        Verdict::ALL.into_iter().find(|verdict| verdict.word() == word)
    }

    /// Does somebody still have to do something about it?
    pub fn is_open(self) -> bool {
        match self {
            Verdict::Affected | Verdict::Undecided => true,
            Verdict::Fixed | Verdict::NotAffected => false,
        }
    }
}

/// How sure a verdict is, in hundredths; never a float, never rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Confidence(u8);

impl Confidence {
    /// As sure as names can make it.
    pub const FULL: Confidence = Confidence(100);

    /// From hundredths; more than 100 is 100.
    pub fn hundredths(value: u8) -> Confidence {
        Confidence(value.min(100))
    }

    /// In hundredths.
    pub fn as_hundredths(self) -> u8 {
        self.0
    }

    /// The product with `other`, floored.
    #[must_use]
    pub fn times(self, other: Confidence) -> Confidence {
        let product = u16::from(self.0) * u16::from(other.0) / 100;
        Confidence(u8::try_from(product).unwrap_or(0))
    }
}

impl std::fmt::Display for Confidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

macro_rules! gaps {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $sentence:literal;)+) => {
        /// Why a pair is undecided: what somebody would have to find out.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum GapKind { $($(#[$doc])* #[serde(rename = $word)] $name),+ }

        impl GapKind {
            /// Every gap.
            pub const ALL: &'static [GapKind] = &[$(GapKind::$name),+];
            /// The word in the API, CSV and on the command line.
            pub fn word(self) -> &'static str {
                match self { $(GapKind::$name => $word),+ }
            }
            /// What it means and what would close it, as a sentence.
            pub fn sentence(self) -> &'static str {
                match self { $(GapKind::$name => $sentence),+ }
            }
        }
    };
}

gaps! {
    /// The register has no version.
    VersionMissing = "version_missing", "The register has no software version. Record it to decide.";
    /// The advisory lists versions and this one is not among them.
    NotListed = "not_listed", "The advisory lists single versions and this one is not among them. Ask the maker.";
    /// A spelling that nobody has confirmed.
    AliasUnconfirmed = "alias_unconfirmed", "The names are alike, not the same. Confirm once whether they mean the same product.";
    /// The register names no maker.
    MakerMissing = "maker_missing", "The register names no maker. Record it to decide.";
    /// Names agree and model numbers do not.
    ModelNumberDiffers = "model_number_differs", "The name is the advisory's, the model number is not. Check the label.";
    /// A letter meets a number, or two kinds of suffix meet.
    ShapesDoNotCompare = "shapes_do_not_compare", "The register's version and the advisory's are written in ways that do not compare.";
    /// The advisory's version text could not be read.
    RangeUnreadable = "range_unreadable", "The advisory's version text cannot be read by rule. Read it and decide.";
    /// Two release lines under one name.
    ReleaseLine = "release_line", "The advisory gives bounds for several release lines, and this version is in none of them for certain.";
    /// The range is one of serial numbers.
    NeedsSerial = "needs_serial", "The advisory goes by serial number. Record or check it to decide.";
    /// The range is one of dates.
    NeedsManufacturingDate = "needs_manufacturing_date", "The advisory goes by date of manufacture or distribution. Record it to decide.";
    /// The list is one of model numbers.
    NeedsModelNumber = "needs_model_number", "The advisory goes by model number. Record it to decide.";
    /// A condition the register cannot answer.
    Condition = "condition", "The advisory sets a condition that the register does not answer. Read it and decide.";
    /// Newer than the range, older than the fix.
    BetweenRangeAndFix = "between_range_and_fix", "Newer than the versions named as affected, older than the version named as fixed.";
    /// The prose says otherwise than the range.
    ProseContradicts = "prose_contradicts", "The advisory's text speaks against its own version range. Read it and decide.";
    /// The same version is named as affected and as not.
    Contradictory = "contradictory", "The advisory says both that it is affected and that it is not.";
    /// The maker is still looking.
    UnderInvestigation = "under_investigation", "The maker has not yet said whether this product is affected.";
    /// Only part of the version, or several versions, were recorded.
    PartlyKnown = "partly_known", "The register's version is only partly known or names several, and they do not agree.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_is_cut_and_never_rounded_up() {
        let almost = Confidence::hundredths(99);
        assert_eq!(almost.times(almost).as_hundredths(), 98);
        assert_eq!(Confidence::hundredths(95).to_string(), "0.95");
        assert_eq!(Confidence::FULL.to_string(), "1.00");
    }
}
