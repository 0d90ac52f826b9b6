//! From records to a model: levels are numbered, effects fitted, and nights held out one group after another to see how far off
//! the forecast would have been (cross-conformal). The order in which records come makes no difference.

use std::collections::BTreeMap;

use super::chain::{Chains, Further};
use super::declared::Declared;
use super::effects::{Effects, Row};
use super::held_out::{HeldOut, hold_out};
use super::levels::{KINDS, Levels, MODEL};
use super::record::{RECORDS_MAX, Record, Step, log_minutes};
use super::shape::Shape;
use super::tally::Tally;

/// What past nights teach.
#[derive(Clone, Debug)]
pub struct Model {
    download: StepModel,
    install: StepModel,
    restart: StepModel,
    probe: StepModel,
    chains: Chains,
    records: usize,
}

/// What they teach of one step.
#[derive(Clone, Debug)]
pub(super) struct StepModel {
    pub(super) levels: Levels,
    /// Records and nights of each level, by kind.
    pub(super) tallies: [Vec<(u32, u32)>; KINDS],
    /// Records and nights of a family on a device.
    pub(super) family_devices: BTreeMap<(Box<str>, Box<str>), (u32, u32)>,
    pub(super) effects: Effects,
    /// The noise of each device model.
    pub(super) noise: Vec<f64>,
    pub(super) declared: Declared,
    /// The shape of what is open, over all device models and for each.
    pub(super) shape: Shape,
    pub(super) by_model: Vec<Shape>,
    /// How forecasts for held-out nights came out, for each device model.
    pub(super) calibration: Vec<Tally>,
    pub(super) records: u32,
    pub(super) nights: u32,
}

/// Learns from past nights. Of more than [`RECORDS_MAX`] records the newest count.
pub fn learn(records: &[Record]) -> Model {
    let mut sorted: Vec<&Record> = records.iter().collect();
    sorted.sort_unstable();
    let surplus = sorted.len().saturating_sub(RECORDS_MAX);
    let newest = sorted.get(surplus..).unwrap_or(&[]);
    let of = |step: Step| {
        let own: Vec<&Record> = newest.iter().copied().filter(|record| record.step == step).collect();
        StepModel::learn(&own)
    };
    Model {
        download: of(Step::Download),
        install: of(Step::Install),
        restart: of(Step::Restart),
        probe: of(Step::Probe),
        chains: Chains::learn(newest.iter().copied()),
        records: newest.len(),
    }
}

impl Model {
    /// How likely the restart at a place of the chain, from 1, is to arm another.
    pub fn further(&self, family: &str, place: u16) -> Further {
        self.chains.further(family, place)
    }

    /// After how many seconds restarts that were armed were known to be, sorted; never empty.
    pub(super) fn shown_after_seconds(&self) -> &[u32] {
        self.chains.shown_after_seconds()
    }

    /// How many records it was learnt from.
    pub fn records(&self) -> usize {
        self.records
    }

    pub(super) fn step(&self, step: Step) -> &StepModel {
        match step {
            Step::Download => &self.download,
            Step::Install => &self.install,
            Step::Restart => &self.restart,
            Step::Probe => &self.probe,
        }
    }
}

impl StepModel {
    /// From the records of one step, sorted.
    fn learn(records: &[&Record]) -> StepModel {
        let mut levels = Levels::default();
        let numbered: Vec<([u32; KINDS], u32)> =
            records.iter().map(|record| levels.take_in(record)).collect();
        let families: Vec<(&Record, u32)> =
            records.iter().zip(&numbered).map(|(record, ([family, ..], _))| (*record, *family)).collect();
        let declared = Declared::learn(&families, levels.families.len());
        let rows: Vec<Row> = families
            .iter()
            .zip(&numbered)
            .map(|((record, family), (levels, night))| Row {
                levels: *levels,
                night: *night,
                value: log_minutes(record.seconds) - declared.expected_of(record, *family),
                weight: 1.0,
            })
            .collect();
        let sizes = levels.sizes();
        let effects = Effects::fit(&rows, sizes);
        let models = levels.models.len();
        let HeldOut { shape, by_model, calibration } = hold_out(&rows, &effects, models, levels.nights());
        StepModel {
            tallies: tallies(&rows, sizes),
            family_devices: family_devices(records),
            noise: effects.noise_by(MODEL, &rows, models),
            effects,
            declared,
            shape,
            by_model,
            calibration,
            records: count(records.len()),
            nights: count(levels.nights()),
            levels,
        }
    }
}

/// Records and nights of each level. Rows come night after night.
fn tallies(rows: &[Row], sizes: [usize; KINDS]) -> [Vec<(u32, u32)>; KINDS] {
    let mut tallies = sizes.map(|size| vec![(0, 0); size]);
    let mut last = sizes.map(|size| vec![None; size]);
    for row in rows {
        for ((tally, last), level) in tallies.iter_mut().zip(&mut last).zip(row.levels) {
            let level = level as usize;
            if let (Some((records, nights)), Some(last)) = (tally.get_mut(level), last.get_mut(level)) {
                *records += 1;
                if *last != Some(row.night) {
                    *nights += 1;
                    *last = Some(row.night);
                }
            }
        }
    }
    tallies
}

type FamilyDevices = BTreeMap<(Box<str>, Box<str>), (u32, u32)>;

fn family_devices(records: &[&Record]) -> FamilyDevices {
    let mut out = FamilyDevices::new();
    let mut last: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for record in records {
        let (records, nights) = out.entry((record.family.clone(), record.device.clone())).or_insert((0, 0));
        *records += 1;
        if last.insert((&record.family, &record.device), &record.night) != Some(&*record.night) {
            *nights += 1;
        }
    }
    out
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}
