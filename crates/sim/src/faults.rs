//! Which faults happened in a night, counted: a set of nights in which one never happened shows nothing about it.

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A message was on its way for more than a second.
    Delay,
    /// A message was lost.
    Loss,
    /// A message arrived twice.
    Duplication,
    /// A message overtook one that was sent before it.
    Reordering,
    /// A host was cut off from the server.
    CutOff,
    /// A host's clock was wrong by more than a minute, or jumped.
    ClockSkew,
    /// The power of a host failed.
    PowerLoss,
    /// An agent was killed.
    AgentKill,
    /// The server was killed.
    ServerKill,
    /// The server was put back from a backup.
    Restore,
    /// A patch broke what its host is there for.
    PatchBricks,
    /// An installer said *done* and changed nothing.
    PatchLies,
    /// An installer failed.
    PatchFails,
    /// A restart never came back.
    NeverReturns,
    /// A restart was said to have happened and did not.
    RestartOnlySaid,
    /// A restart armed another one.
    ChainedRestart,
    /// A further patch surfaced after the work.
    FurtherPatch,
    /// A source could not be read any more.
    Unreadable,
    /// Clocks changed to or from summer time.
    ClockChange,
    /// A person paused or stopped the night.
    Interrupted,
    /// Two plans ran at the same time.
    TwoPlans,
    /// Old orders came a second time.
    Replay,
}

impl Fault {
    /// Every kind.
    pub const ALL: [Fault; 22] = [
        Fault::Delay,
        Fault::Loss,
        Fault::Duplication,
        Fault::Reordering,
        Fault::CutOff,
        Fault::ClockSkew,
        Fault::PowerLoss,
        Fault::AgentKill,
        Fault::ServerKill,
        Fault::Restore,
        Fault::PatchBricks,
        Fault::PatchLies,
        Fault::PatchFails,
        Fault::NeverReturns,
        Fault::RestartOnlySaid,
        Fault::ChainedRestart,
        Fault::FurtherPatch,
        Fault::Unreadable,
        Fault::ClockChange,
        Fault::Interrupted,
        Fault::TwoPlans,
        Fault::Replay,
    ];
}

/// How often each kind happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    counts: [u64; Fault::ALL.len()],
}

impl Faults {
    /// It happened once more.
    pub fn happened(&mut self, fault: Fault) {
        if let Some(count) = self.counts.get_mut(fault as usize) {
            *count += 1;
        }
    }

    /// How often it happened.
    pub fn count(&self, fault: Fault) -> u64 {
        self.counts.get(fault as usize).copied().unwrap_or(0)
    }

    /// Adds those of another part, or of another night.
    pub fn add(&mut self, other: &Faults) {
        self.counts.iter_mut().zip(other.counts).for_each(|(count, more)| *count += more);
    }
}
