//! Was the forecast right? For each device family (a model), how often nights that were held out lay inside what was said of them:
//! whole counts, to be shown as they are.

use serde::{Deserialize, Serialize};

use super::learn::Model;
use super::record::Step;

/// Counts of held-out records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How many were held out and forecast.
    pub of: u32,
    /// Inside the 90 % interval.
    pub inside: u32,
    /// Shorter than the interval.
    pub shorter: u32,
    /// Longer than the interval.
    pub longer: u32,
    /// No longer than the P50 that was said; half, when it is right.
    pub within_p50: u32,
    /// No longer than the P90 that was said; nine of ten, when it is right.
    pub within_p90: u32,
}

impl Tally {
    pub(super) fn count(&mut self, off: f64, low: f64, p50: f64, p90: f64, high: f64) {
        let one = |holds: bool| u32::from(holds);
        self.of += 1;
        self.shorter += one(off < low);
        self.longer += one(off > high);
        self.inside += one((low..=high).contains(&off));
        self.within_p50 += one(off <= p50);
        self.within_p90 += one(off <= p90);
    }
}

/// How the forecast of one step came out on one device family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calibration {
    /// The device's model.
    pub model: Box<str>,
    /// The step.
    pub step: Step,
    /// Records it was learnt from.
    pub records: u32,
    /// The nights that they come from.
    pub nights: u32,
    /// What holding nights out showed.
    pub held_out: Tally,
}

impl Model {
    /// How the forecast came out on nights that were held out, by device family and step.
    pub fn calibration(&self) -> Vec<Calibration> {
        let mut out = Vec::new();
        for step in Step::ALL {
            let of = self.step(step);
            for (model, ix) in of.levels.models.iter() {
                let held_out = of.calibration.get(ix as usize).copied().unwrap_or_default();
                let tallies = of.tallies.get(super::levels::MODEL);
                let (records, nights) =
                    tallies.and_then(|all| all.get(ix as usize)).copied().unwrap_or_default();
                out.push(Calibration { model: model.clone(), step, records, nights, held_out });
            }
        }
        out.sort_by(|a, b| (&a.model, a.step).cmp(&(&b.model, b.step)));
        out
    }
}
