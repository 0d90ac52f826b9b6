//! How long one step on one device will take, and on what history that stands (R06, R07).

use serde::{Deserialize, Serialize};

use super::declared::{MINUTES_MAX, Said};
use super::effects::Lies;
use super::learn::{Model, StepModel};
use super::levels::{DEVICE, FAMILY, FAMILY_MODEL, Found, MODEL, SITE};
use super::record::Step;
use super::shape::{Shape, normal_at};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The patch family.
    pub family: &'a str,
    /// The device's model.
    pub model: &'a str,
    /// Where it stands.
    pub site: &'a str,
    /// The device.
    pub device: &'a str,
    /// The step.
    pub step: Step,
    /// What is declared of it.
    pub declared: Said,
}

/// The closest history that there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// None: it stands on what is declared.
    Nothing,
    /// Other patches on other models.
    Others,
    /// Other patches on this model.
    Model,
    /// This patch family on other models.
    Family,
    /// This family on this model, at other sites.
    FamilyOnModel,
    /// This family on this model at this site, on other devices.
    Site,
    /// This family on this very device.
    Device,
}

impl Known {
    /// Every level, the least known first.
    pub const ALL: [Known; 7] = [
        Known::Nothing,
        Known::Others,
        Known::Model,
        Known::Family,
        Known::FamilyOnModel,
        Known::Site,
        Known::Device,
    ];

    /// The word in the API.
    pub fn word(self) -> &'static str {
        match self {
            Known::Nothing => "nothing",
            Known::Others => "others",
            Known::Model => "model",
            Known::Family => "family",
            Known::FamilyOnModel => "family_on_model",
            Known::Site => "site",
            Known::Device => "device",
        }
    }
}

/// On what a forecast stands: the closest level with any record, and how much there is of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Basis {
    /// The closest history.
    pub known: Known,
    /// Its records.
    pub records: u32,
    /// The nights that they come from.
    pub nights: u32,
}

impl Basis {
    /// Nothing but what is declared.
    pub const NOTHING: Basis = Basis { known: Known::Nothing, records: 0, nights: 0 };
}

/// How long one step will take.
#[derive(Clone, Copy, Debug)]
pub struct Prediction<'m> {
    /// The logarithm of minutes where it is expected.
    pub(super) middle: f64,
    /// What is open of it, by the level that shares it.
    pub(super) lies: Lies,
    /// The variance from one time to the next.
    pub(super) noise: f64,
    pub(super) shape: &'m Shape,
    /// On what it stands.
    pub basis: Basis,
}

impl Prediction<'_> {
    /// The time that is not exceeded with this probability, in minutes.
    pub fn minutes_at(&self, probability: f64) -> f64 {
        let log = self.middle + self.spread() * self.shape.at(normal_at(probability));
        log.exp().clamp(1.0 / 60.0, MINUTES_MAX)
    }

    /// Half of the times it takes no longer, in minutes.
    pub fn p50_minutes(&self) -> f64 {
        self.minutes_at(0.5)
    }

    /// Nine times of ten it takes no longer, in minutes.
    pub fn p90_minutes(&self) -> f64 {
        self.minutes_at(0.9)
    }

    /// Nine times of ten it lies between these, in minutes.
    pub fn interval_minutes(&self) -> (f64, f64) {
        (self.minutes_at(0.05), self.minutes_at(0.95))
    }

    /// The standard deviation of the logarithm of minutes.
    pub(super) fn spread(&self) -> f64 {
        (self.lies.open_in_all() + self.noise).sqrt()
    }
}

impl Model {
    /// Has the device's model a shape of its own?
    pub(super) fn has_shape(&self, ask: &Ask<'_>) -> bool {
        let [_, model, ..] = self.step(ask.step).levels.find(ask.family, ask.model, ask.site, ask.device);
        model.is_some()
    }

    /// How long a step will take.
    pub fn predict(&self, ask: &Ask<'_>) -> Prediction<'_> {
        let of = self.step(ask.step);
        let found = of.levels.find(ask.family, ask.model, ask.site, ask.device);
        let lies = of.effects.lies(&found);
        let [family, model, ..] = found;
        let by_model = model.map(|model| model as usize);
        let mut noise = by_model.and_then(|ix| of.noise.get(ix)).copied().unwrap_or(of.effects.noise);
        if family.is_none() {
            // A patch that nobody has seen is at least as open as those who made it say.
            noise = noise.max(ask.declared.log_spread().powi(2));
        }
        Prediction {
            middle: lies.mean + of.declared.expected(family, ask.declared.log_p50()),
            lies,
            noise,
            shape: by_model.and_then(|ix| of.by_model.get(ix)).unwrap_or(&of.shape),
            basis: of.basis(&found, ask),
        }
    }
}

impl StepModel {
    fn basis(&self, found: &Found, ask: &Ask<'_>) -> Basis {
        let at = |kind: usize, known: Known| {
            let level = found.get(kind).copied().flatten()? as usize;
            let (records, nights) = self.tallies.get(kind)?.get(level).copied()?;
            (records > 0).then_some(Basis { known, records, nights })
        };
        let on_device = || {
            found.get(DEVICE).copied().flatten()?;
            let key = (Box::from(ask.family), Box::from(ask.device));
            let (records, nights) = self.family_devices.get(&key).copied()?;
            Some(Basis { known: Known::Device, records, nights })
        };
        let others = || {
            (self.records > 0).then_some(Basis {
                known: Known::Others,
                records: self.records,
                nights: self.nights,
            })
        };
        on_device()
            .or_else(|| at(SITE, Known::Site))
            .or_else(|| at(FAMILY_MODEL, Known::FamilyOnModel))
            .or_else(|| at(FAMILY, Known::Family))
            .or_else(|| at(MODEL, Known::Model))
            .or_else(others)
            .unwrap_or(Basis::NOTHING)
    }
}
