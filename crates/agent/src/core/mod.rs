//! What an agent does, as a machine without IO: something comes in, effects go out, time is given. The program and the
//! simulated hospital run this very code.
//!
//! **The one rule for whoever carries effects out:** in their order, and [`Effect::Keep`] is on disk before the next one is
//! begun. When it cannot be written, nothing after it is done and the machine is built anew from what is on disk.
//!
//! What must not live here: files, sockets, programs, clocks, random numbers.

mod agent;
mod contact;
mod judge;
mod memory;
mod queue;
mod work;

pub use agent::{Agent, Identity, OBSERVE_EVERY_DEFAULT_SECONDS};
pub use contact::{CHECK_IN_DEFAULT_SECONDS, RETRY_MAX_SECONDS, Way};
pub use judge::{DISK_FREE_MIN_BYTES, Found, Refusal, targets};
pub use memory::{
    ATTEMPTS_MAX, Before, Ended, Memory, ORDERS_REMEMBERED_MAX, REFUSALS_REMEMBERED_MAX, Record, Running,
};
pub use queue::{QUEUE_EVENTS_MAX, QUEUE_ITEMS_MAX, QUEUE_WEIGHT_MAX, Queue};

use model::Time;
use model::host::{HostObservation, SAYS_MAX_BYTES};
use model::ids::OrderId;
use model::order::{Action, Order};
use model::probe::Probe;
use wire::{CheckIn, CheckInAnswer};

/// The present, as a host knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// The host's clock on the wall: it may be wrong, and somebody may set it.
    pub clock: Time,
    /// Milliseconds since the program started: they only rise, whatever happens to the clock on the wall.
    pub up_ms: u64,
}

/// Something that comes in.
#[derive(Clone, Debug)]
pub enum Input {
    /// The program started, in this boot of the host.
    Started {
        /// The kernel's identifier of the boot.
        boot: Box<str>,
    },
    /// The host was looked at. `observed_at` is when the looking *began*: what changed meanwhile was perhaps not seen.
    Observed(Box<HostObservation>),
    /// The host could not be looked at; says why.
    NotObserved(Box<str>),
    /// What [`Effect::Look`] found.
    Looked {
        /// The order it was for.
        order: OrderId,
        /// What was found.
        found: Box<Found>,
    },
    /// [`Effect::Act`] came to its end.
    Finished {
        /// The order.
        order: OrderId,
        /// How.
        how: Ended,
    },
    /// The server answered a check-in.
    Answered {
        /// Which.
        way: Way,
        /// What it says.
        answer: Box<CheckInAnswer>,
    },
    /// A check-in failed.
    Unreached {
        /// Which.
        way: Way,
        /// Why.
        why: Box<str>,
        /// A random number, evenly from all: when to try again.
        dice: u32,
    },
    /// The instant of [`Agent::wake_at_ms`] has come, or any other.
    Tick,
}

/// Something to be carried out, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Write this down for good before anything that follows.
    Keep(Record),
    /// Look at the whole host; comes back as [`Input::Observed`] or [`Input::NotObserved`].
    Observe,
    /// Look at what this order concerns, as soon as no program of an earlier action runs any more; comes back as
    /// [`Input::Looked`].
    Look(Box<Order>),
    /// Carry this out; comes back as [`Input::Finished`].
    Act {
        /// The order.
        order: OrderId,
        /// What is to be done, or what is left of it.
        action: Action,
    },
    /// Send this; comes back as [`Input::Answered`] or [`Input::Unreached`]. Both ways may be under way at once.
    CheckIn {
        /// Which.
        way: Way,
        /// The message.
        message: CheckIn,
    },
    /// These are the probes from now on, to be tried whenever the host is looked at.
    Probes(Vec<Probe>),
    /// Something for the program's own log.
    Say(String),
}

/// Cuts a text to what a report may hold, and takes out what nobody can read.
pub fn cut(text: impl AsRef<str>) -> Box<str> {
    let mut kept = String::new();
    for c in text.as_ref().chars() {
        if kept.len() + c.len_utf8() > SAYS_MAX_BYTES {
            break;
        }
        kept.push(if c.is_control() && c != '\n' { ' ' } else { c });
    }
    kept.trim().into()
}
