//! Bugs that are planted on purpose, each by leaving one rule out: the oracle must find every one of them in some night. They exist
//! with the feature `planted` only.

use rollout::rules::{Rule, Rules};

use crate::host::ShellFaults;
use crate::site::SiteFaults;
use crate::world::Options;

/// A planted bug: its name, and the run with it.
pub struct Plant {
    /// What it is called.
    pub name: &'static str,
    options: fn() -> Options,
}

impl Plant {
    /// How a run with it is made.
    pub fn options(&self) -> Options {
        (self.options)()
    }
}

fn without(rules: &[Rule]) -> Options {
    Options { rules: Rules::without(rules), ..Options::default() }
}

macro_rules! plants {
    ($($name:literal: $options:expr),+ $(,)?) => {
        /// Every planted bug that some night must bring to light.
        pub const PLANTS: &[Plant] = &[$(Plant { name: $name, options: || $options }),+];
    };
}

plants! {
    "the quiet period is skipped": without(&[Rule::QuietPeriod]),
    "the morning check is skipped": without(&[Rule::MorningCheck]),
    "time alone counts as a re-check": without(&[Rule::ObservationAfterRecheck, Rule::EvidenceAge]),
    "old evidence proves for ever": without(&[Rule::EvidenceAge]),
    "a source that cannot be read is fine": without(&[Rule::UnknownSource]),
    "a source that is not asked is fine": without(&[Rule::MissingSource]),
    "a pending source is ignored": without(&[Rule::PendingSource]),
    "what was pending is forgotten when its source cannot be read": without(&[Rule::PendingStays]),
    "what the executor says counts as installed": without(&[Rule::ObservedVersions]),
    "a patch that surfaces is ignored": without(&[Rule::FurtherPatch]),
    "a failed function test is ignored": without(&[Rule::ProbeFailure, Rule::ProbeMissing]),
    "a ring does not soak": without(&[Rule::Soak]),
    "work begins outside its window": without(&[Rule::Window, Rule::LatestStart]),
    "as many hosts at once as there are": without(&[Rule::AtOnce]),
    "waves do not wait for one another": without(&[Rule::Wave, Rule::AtOnce]),
    "a service loses more carriers than it can": without(&[Rule::Redundancy, Rule::AtOnce]),
    "a service and its fallback go dark together": without(&[Rule::Fallback, Rule::AtOnce]),
    "a paused or stopped night goes on": without(&[Rule::Held]),
    "a further restart does not wait for the units": without(&[Rule::UnitsAccept]),
    "carriers that are silent count as working": without(&[Rule::CarriersWell]),
    "a step that is stuck runs for ever": without(&[Rule::Stalled]),
    "an answer counts as a restart": without(&[Rule::BootId]),
    "an agent does not flush its log": Options {
        shell: ShellFaults { never_flushes: true, ..ShellFaults::default() },
        ..Options::default()
    },
    "an agent forgets everything at its start": Options {
        shell: ShellFaults { forgets: true, ..ShellFaults::default() },
        ..Options::default()
    },
    "an agent forgets which orders it has followed": Options {
        shell: ShellFaults { forgets_turns: true, ..ShellFaults::default() },
        ..Options::default()
    },
    "a delivery is acknowledged before it is recorded": Options {
        site: SiteFaults { acks_before_append: true, ..SiteFaults::default() },
        ..Options::default()
    },
    "a host's wrong clock is believed": Options {
        site: SiteFaults { trusts_clocks: true, ..SiteFaults::default() },
        ..Options::default()
    },
}
