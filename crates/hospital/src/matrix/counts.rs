//! Whole numbers of device × vulnerability pairs, by verdict.

use exposure::Verdict;

/// Device × vulnerability pairs by verdict; the four add up to all pairs that any advisory speaks of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Affected.
    pub affected: u64,
    /// Undecided.
    pub undecided: u64,
    /// Fixed.
    pub fixed: u64,
    /// Not affected.
    pub not_affected: u64,
}

impl Counts {
    /// Adds `devices` pairs of one verdict.
    pub fn add(&mut self, verdict: Verdict, devices: u64) {
        *match verdict {
            Verdict::Affected => &mut self.affected,
            Verdict::Undecided => &mut self.undecided,
            Verdict::Fixed => &mut self.fixed,
            Verdict::NotAffected => &mut self.not_affected,
        } += devices;
    }

    /// How many of one verdict.
    pub fn of(&self, verdict: Verdict) -> u64 {
        match verdict {
            Verdict::Affected => self.affected,
            Verdict::Undecided => self.undecided,
            Verdict::Fixed => self.fixed,
            Verdict::NotAffected => self.not_affected,
        }
    }

    /// Affected or undecided.
    pub fn open(&self) -> u64 {
        self.affected + self.undecided
    }

    /// All pairs.
    pub fn all(&self) -> u64 {
        self.open() + self.fixed + self.not_affected
    }

    /// The worst verdict among them.
    pub fn worst(&self) -> Option<Verdict> {
        Verdict::ALL.into_iter().find(|verdict| self.of(*verdict) > 0)
    }

    /// Those of one verdict only; all of them for `None`.
    #[must_use]
    pub fn only(&self, verdict: Option<Verdict>) -> Counts {
        let Some(verdict) = verdict else { return *self };
        let mut only = Counts::default();
        only.add(verdict, self.of(verdict));
        only
    }

    /// Adds `other`, `times` times.
    pub fn plus(&mut self, other: &Counts, times: u64) {
        for verdict in Verdict::ALL {
            self.add(verdict, other.of(verdict) * times);
        }
    }
}
