//! The demonstration's night: invented machines of the sample hospital, each with the real agent's core on it, speak the real
//! messages with the real gateway, and people who are invented too agree a plan and answer. What happens is decided where it always
//! is; nothing here knows a verdict before the core does.
//!
//! What must not live here: anything that a real journal could meet. The clock, the hosts and the people exist for one data folder,
//! which is marked as a demonstration's.

mod clock;
mod hosts;
mod images;
mod on_hosts;
mod pace;
mod people;
mod plan;
#[cfg(test)]
mod tests;
mod tour;
mod world;

pub(crate) use clock::LapseClock;
pub(crate) use hosts::{TWO_STAGES, WARD};
pub(crate) use images::{InventedPair, PAIR};
pub(crate) use pace::{MINUTES_DEFAULT, MINUTES_MAX, MINUTES_MIN};
pub(crate) use plan::{PLAN, begins};
pub(crate) use tour::Guide;
pub(crate) use world::World;

/// A name that is written in this program.
pub(crate) fn id<T: TryFrom<String>>(text: &str) -> T
where
    T::Error: std::fmt::Debug,
{
    // Every name here is a short text without control characters; a test makes each of them.
    #[allow(clippy::expect_used)]
    T::try_from(text.to_owned()).expect("a name that is written in this program")
}
