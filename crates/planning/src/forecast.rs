//! How long work will take and how often it must restart, learnt from past nights (R06, R07, R10, R11): `record` (what a night
//! showed), `learn` (records to a [`Model`]; `levels`, `effects`, `held_out` are its parts), `predict` (one step of one device),
//! `chain` (restarts that arm restarts), `campaign` (a whole plan, replayed many times), `tally` (was it right?).
//!
//! What must not live here: clocks, files, unseeded randomness, and certainty that there is not. Method and measured figures are in
//! `docs/forecast.md`.

mod campaign;
mod chain;
mod declared;
mod effects;
mod held_out;
mod learn;
mod levels;
mod predict;
pub(crate) mod random;
mod record;
pub(crate) mod shape;
mod tally;

pub use campaign::{
    Amount, BedDarkness, CELLS_MAX, Campaign, HostForecast, REPLAYS_MAX, REPLAYS_MIN, Rehearsal, Rehearsed,
    Replays, RingRisk, Times, UnitDarkness, Whereabouts, WindowRisk, campaign, rehearse,
};
pub use chain::{FURTHER_RESTARTS_MAX, Further};
pub use declared::{Said, family_named, family_of};
pub use learn::{Model, learn};
pub use predict::{Ask, Basis, Known, Prediction};
pub use record::{Chain, RECORDS_MAX, Record, RecordKey, Step};
pub use tally::{Calibration, Tally};
