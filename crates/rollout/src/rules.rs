//! The rules that make a false green impossible, by name. In production every one of them holds: [`Rules::strict`] is the only way
//! to have them. With the feature `planted`, which only the simulator's tests use, one can be left out on purpose to show that
//! the simulator finds it.

use serde::{Deserialize, Serialize};

/// The rules in force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    #[cfg(feature = "planted")]
    left_out: u32,
}

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// One rule; the planted bug of the same name leaves it out.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Rule { $($(#[$doc])* $name),+ }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Rule] = &[$(Rule::$name),+];
        }
    };
}

rules! {
    /// Every source stays clear for the quiet period.
    QuietPeriod,
    /// An observation after the re-check next morning.
    MorningCheck,
    /// A re-check counts by an observation made after it was due, not by the time that has passed.
    ObservationAfterRecheck,
    /// Evidence that is too old proves nothing.
    EvidenceAge,
    /// An observation older than the newest one is not taken in.
    OlderEvidence,
    /// A source that could not be read is a gap.
    UnknownSource,
    /// A source that was not asked is a gap.
    MissingSource,
    /// A source that says that a restart is pending keeps its host from settling.
    PendingSource,
    /// A pending restart stays until its source is read clear.
    PendingStays,
    /// Sources count only when read after the newest change.
    SignalsAfterChange,
    /// Versions are those observed later, whatever the executor said.
    ObservedVersions,
    /// A restart is a new boot id.
    BootId,
    /// A patch that surfaces after the work reopens the host.
    FurtherPatch,
    /// A probe that failed after the work is a failure.
    ProbeFailure,
    /// A probe that was not tried after the work is a gap.
    ProbeMissing,
    /// A restart that nobody ordered is a failure.
    UnorderedRestart,
    /// A step that takes too long has stalled.
    Stalled,
    /// A ring opens only after the one before has soaked.
    Soak,
    /// Work begins only inside its window.
    Window,
    /// Work begins only when all that follows, back-out included, still fits.
    LatestStart,
    /// Most hosts at once.
    AtOnce,
    /// Waves follow one another.
    Wave,
    /// A service keeps as many carriers as it needs.
    Redundancy,
    /// A service and its fallback are never both dark.
    Fallback,
    /// Only carriers that are heard and well count.
    CarriersWell,
    /// Too many failures, or one that makes the plan impossible, halt a ring.
    Halt,
    /// A halted, paused or stopped rollout begins no further host.
    Held,
    /// A further restart waits until every unit has accepted.
    UnitsAccept,
    /// Work by hand is done only after a passed test and a signature.
    TestAndSignature,
}

impl Rules {
    /// Every rule holds.
    #[must_use]
    pub fn strict() -> Rules {
        Rules::default()
    }

    /// Every rule but these holds: a planted bug.
    #[cfg(feature = "planted")]
    #[must_use]
    pub fn without(rules: &[Rule]) -> Rules {
        Rules { left_out: rules.iter().fold(0, |bits, rule| bits | 1 << (*rule as u32)) }
    }

    /// Does it hold?
    #[cfg(feature = "planted")]
    pub(crate) fn holds(self, rule: Rule) -> bool {
        self.left_out & (1 << (rule as u32)) == 0
    }

    /// Does it hold? Here every rule does.
    #[cfg(not(feature = "planted"))]
    #[expect(clippy::unused_self, reason = "the same call with and without planted bugs")]
    pub(crate) fn holds(self, _rule: Rule) -> bool {
        true
    }
}
