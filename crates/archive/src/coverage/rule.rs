//! Each condition of a complete list, by name. Tests leave one out (feature `planted`) to show that they would see it; nothing else can.

/// A condition of a complete list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Each answer ends with success.
    EndsWithSuccess,
    /// No answer comes near the suspected cap.
    BelowTheCap,
    /// There are as many rows as are counted apart.
    CountedApart,
    /// The count, and the archive's own number, are the same before and after.
    NothingChanged,
    /// No row comes twice from one query, or in two ways.
    NothingMoved,
    /// Without a number of the archive: two lists one after the other are the same.
    TwiceTheSame,
    /// No row lies outside of what was asked for.
    KeysAreKept,
    /// Every row could be read.
    EveryRowIsRead,
    /// Pages are read until one is empty.
    UntilAnEmptyPage,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Rule; 9] = [
        Rule::EndsWithSuccess,
        Rule::BelowTheCap,
        Rule::CountedApart,
        Rule::NothingChanged,
        Rule::NothingMoved,
        Rule::TwiceTheSame,
        Rule::KeysAreKept,
        Rule::EveryRowIsRead,
        Rule::UntilAnEmptyPage,
    ];
}

/// Which rules hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    left_out: &'static [Rule],
}

impl Rules {
    /// All of them.
    pub(super) fn strict() -> Rules {
        Rules { left_out: &[] }
    }

    #[cfg(feature = "planted")]
    pub(super) fn without(left_out: &'static [Rule]) -> Rules {
        Rules { left_out }
    }

    pub(super) fn keeps(self, rule: Rule) -> bool {
        !self.left_out.contains(&rule)
    }
}
