//! Was a forecast right, and how sharp was it? Coverage of the 90 % interval, and the continuous ranked probability score (CRPS): how far
//! a whole forecast lies from what came, in minutes; smaller is better.

use std::collections::BTreeMap;

use planning::forecast::{Ask, Model, Record, Said};

/// A forecast as 99 quantiles, in minutes.
pub(crate) type Quantiles = Vec<f64>;

const QUANTILES: usize = 99;

/// Sums of one law, by device model.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Score {
    pub(crate) of: f64,
    pub(crate) inside: f64,
    pub(crate) ours: f64,
    pub(crate) by_model: f64,
    pub(crate) by_family_and_model: f64,
    pub(crate) declared: f64,
    pub(crate) by_model_inside: f64,
}

/// Empirical quantiles of what was seen: what one would write first.
pub(crate) struct Empirical {
    by_model: BTreeMap<(Box<str>, u8), Vec<f64>>,
    by_pair: BTreeMap<(Box<str>, Box<str>, u8), Vec<f64>>,
    all: BTreeMap<u8, Vec<f64>>,
}

impl Empirical {
    pub(crate) fn of(records: &[Record]) -> Empirical {
        let mut out = Empirical { by_model: BTreeMap::new(), by_pair: BTreeMap::new(), all: BTreeMap::new() };
        for record in records {
            let (minutes, step) = (f64::from(record.seconds) / 60.0, record.step as u8);
            out.by_model.entry((record.model.clone(), step)).or_default().push(minutes);
            let pair = (record.family.clone(), record.model.clone(), step);
            out.by_pair.entry(pair).or_default().push(minutes);
            out.all.entry(step).or_default().push(minutes);
        }
        let lists = out.by_model.values_mut().chain(out.by_pair.values_mut()).chain(out.all.values_mut());
        lists.for_each(|list| list.sort_by(f64::total_cmp));
        out
    }

    fn by_model(&self, record: &Record) -> Quantiles {
        let step = record.step as u8;
        let known = self.by_model.get(&(record.model.clone(), step)).or(self.all.get(&step));
        quantiles(known.map_or(&[], |list| list))
    }

    fn by_pair(&self, record: &Record) -> Quantiles {
        let step = record.step as u8;
        let pair = self.by_pair.get(&(record.family.clone(), record.model.clone(), step));
        // With less than five there are hardly quantiles.
        let pair = pair.filter(|list| list.len() >= 5);
        pair.map_or_else(|| self.by_model(record), |list| quantiles(list))
    }
}

fn quantiles(sorted: &[f64]) -> Quantiles {
    (1..=QUANTILES)
        .map(|percent| {
            let place = percent as f64 / 100.0 * (sorted.len() as f64 + 1.0) - 1.0;
            let low = place.floor().clamp(0.0, sorted.len() as f64 - 1.0);
            let high = (low + 1.0).min(sorted.len() as f64 - 1.0);
            let part = (place - low).clamp(0.0, 1.0);
            sorted[low as usize] * (1.0 - part) + sorted[high as usize] * part
        })
        .collect()
}

/// CRPS by the mean of pinball losses.
fn crps(quantiles: &[f64], came: f64) -> f64 {
    let loss = |(ix, quantile): (usize, &f64)| {
        let p = (ix + 1) as f64 / (QUANTILES + 1) as f64;
        let off = came - quantile;
        if off >= 0.0 { p * off } else { (p - 1.0) * off }
    };
    2.0 * quantiles.iter().enumerate().map(loss).sum::<f64>() / QUANTILES as f64
}

/// Asks the model what it would have said of a record.
pub(crate) fn ask(record: &Record) -> Ask<'_> {
    let declared = f64::from(record.declared_seconds.unwrap_or(0)) / 60.0;
    Ask {
        family: &record.family,
        model: &record.model,
        site: &record.site,
        device: &record.device,
        step: record.step,
        declared: Said { p50_minutes: declared, p90_minutes: 1.6 * declared },
    }
}

/// Scores one record that came after the model was learnt.
pub(crate) fn score(model: &Model, empirical: &Empirical, record: &Record, into: &mut Score) {
    let came = f64::from(record.seconds) / 60.0;
    let said = model.predict(&ask(record));
    let (low, high) = said.interval_minutes();
    let ours: Quantiles = (1..=QUANTILES).map(|percent| said.minutes_at(percent as f64 / 100.0)).collect();
    let by_model = empirical.by_model(record);
    let inside = |low: f64, high: f64| f64::from(u8::from((low..=high).contains(&came)));
    into.of += 1.0;
    into.inside += inside(low, high);
    into.by_model_inside += inside(by_model[4], by_model[94]);
    into.ours += crps(&ours, came);
    into.by_model += crps(&by_model, came);
    into.by_family_and_model += crps(&empirical.by_pair(record), came);
    into.declared += (came - 1.5 * f64::from(record.declared_seconds.unwrap_or(0)) / 60.0).abs();
}

impl Score {
    /// What it came to, for a person who watches.
    pub(crate) fn told(&self) -> String {
        let per = |sum: f64| sum / self.of;
        format!(
            "{:6} records, inside {:.3} (empirical {:.3}), CRPS {:.2}, per model {:.2}, per family and model {:.2}, declared {:.2}",
            self.of,
            per(self.inside),
            per(self.by_model_inside),
            per(self.ours),
            per(self.by_model),
            per(self.by_family_and_model),
            per(self.declared)
        )
    }

    pub(crate) fn add(&mut self, other: &Score) {
        self.of += other.of;
        self.inside += other.inside;
        self.ours += other.ours;
        self.by_model += other.by_model;
        self.by_family_and_model += other.by_family_and_model;
        self.declared += other.declared;
        self.by_model_inside += other.by_model_inside;
    }
}
