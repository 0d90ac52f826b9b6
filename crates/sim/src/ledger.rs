//! What really happened to hosts, in order, for whoever measures a night: the world writes it, nobody inside it reads it.

use model::Time;

/// Something happened to a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Happened {
    /// When.
    pub at: Time,
    /// Its number in the scenario.
    pub host: usize,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A program begins to install.
    InstallBegins,
    /// It has ended.
    InstallEnds,
    /// Services begin to restart.
    ServicesBegin,
    /// They run again.
    ServicesEnd,
    /// The host goes down.
    Down {
        /// By an order, and not because the power failed.
        ordered: bool,
    },
    /// It is up.
    Up,
}
