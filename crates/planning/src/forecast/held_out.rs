//! How far off the forecast is on nights that it has not seen (cross-conformal prediction): the shape of what is open is taken from
//! there, for each device model, drawn towards that of all models; and counted is how often a 90 % interval held.

use super::effects::{Effects, Row};
use super::levels::{KINDS, MODEL, NIGHT};
use super::shape::{Points, Shape, normal_at};
use super::tally::Tally;

/// Nights are held out in so many groups, one after another.
const FOLDS: usize = 8;
/// The wide shape weighs as much as so many records.
const WIDE_RECORDS: f64 = 6.0;
/// The shape of all models weighs as much as so many records of one.
const ALL_MODELS_RECORDS: f64 = 30.0;

/// What holding nights out showed.
pub(super) struct HeldOut {
    pub(super) shape: Shape,
    pub(super) by_model: Vec<Shape>,
    pub(super) calibration: Vec<Tally>,
}

/// One record of a night that was held out.
struct Miss {
    /// How far it lay from where it was expected, in units of the expected spread.
    off: f64,
    /// What it weighs: a hundred devices of one night are not a hundred nights. For all models together, and for its own.
    weight_all: f64,
    weight_own: f64,
    model: usize,
    fold: usize,
}

/// Holds nights out. With less than two there is nothing to hold out, and the shape stays wide.
pub(super) fn hold_out(rows: &[Row], effects: &Effects, models: usize, nights: usize) -> HeldOut {
    let folds = FOLDS.min(nights);
    let mut misses = Vec::with_capacity(rows.len());
    if folds >= 2 {
        let weights = weights(rows, effects);
        for fold in 0..folds {
            misses_of(rows, effects, models, (fold, folds), &weights, &mut misses);
        }
    }
    let mut calibration = vec![Tally::default(); models];
    if folds >= 2 {
        for fold in 0..folds {
            let shapes = Shapes::of(&misses, models, Some(fold));
            for miss in misses.iter().filter(|miss| miss.fold == fold) {
                let shape = shapes.by_model.get(miss.model).unwrap_or(&shapes.all);
                let at = |probability: f64| shape.at(normal_at(probability));
                if let Some(tally) = calibration.get_mut(miss.model) {
                    tally.count(miss.off, at(0.05), at(0.5), at(0.9), at(0.95));
                }
            }
        }
    }
    let Shapes { all, by_model } = Shapes::of(&misses, models, None);
    HeldOut { shape: all, by_model, calibration }
}

fn misses_of(
    rows: &[Row],
    effects: &Effects,
    models: usize,
    (fold, folds): (usize, usize),
    weights: &[(f64, f64)],
    misses: &mut Vec<Miss>,
) {
    let is_out = |row: &Row| row.night as usize % folds == fold;
    let kept: Vec<Row> =
        rows.iter().map(|row| Row { weight: f64::from(u8::from(!is_out(row))), ..row.clone() }).collect();
    let fitted = effects.again(&kept);
    let noise = fitted.noise_by(MODEL, &kept, models);
    for (row, (weight_all, weight_own)) in rows.iter().zip(weights).filter(|(row, _)| is_out(row)) {
        let mut found = row.levels.map(Some);
        found[NIGHT] = None;
        let lies = fitted.lies(&found);
        let model = row.levels[MODEL] as usize;
        let spread = (lies.open_in_all() + noise.get(model).copied().unwrap_or(fitted.noise)).sqrt();
        let off = (row.value - lies.mean) / spread;
        misses.push(Miss { off, weight_all: *weight_all, weight_own: *weight_own, model, fold });
    }
}

/// Records of one campaign share its luck: together they weigh as many as they are really worth (Kish's design effect).
fn weights(rows: &[Row], effects: &Effects) -> Vec<(f64, f64)> {
    let shared = effects.campaign_spread() / (effects.campaign_spread() + effects.noise);
    let key_all = |row: &Row| row.levels[NIGHT];
    let key_own = |row: &Row| (row.levels[NIGHT], row.levels[MODEL]);
    let mut all = std::collections::BTreeMap::new();
    let mut own = std::collections::BTreeMap::new();
    for row in rows {
        *all.entry(key_all(row)).or_insert(0.0) += 1.0;
        *own.entry(key_own(row)).or_insert(0.0) += 1.0;
    }
    let worth = |count: Option<&f64>| 1.0 / (1.0 + (count.copied().unwrap_or(1.0) - 1.0) * shared);
    rows.iter().map(|row| (worth(all.get(&key_all(row))), worth(own.get(&key_own(row))))).collect()
}

struct Shapes {
    all: Shape,
    by_model: Vec<Shape>,
}

impl Shapes {
    /// From the misses of every fold but one.
    fn of(misses: &[Miss], models: usize, without: Option<usize>) -> Shapes {
        let mut all = Points::default();
        let mut own = vec![Points::default(); models];
        for miss in misses.iter().filter(|miss| Some(miss.fold) != without) {
            all.add(miss.off, miss.weight_all);
            if let Some(own) = own.get_mut(miss.model) {
                own.add(miss.off, miss.weight_own);
            }
        }
        let all = Shape::of(all.blend(&Shape::wide(), WIDE_RECORDS));
        let by_model =
            own.into_iter().map(|points| Shape::of(points.blend(&all, ALL_MODELS_RECORDS))).collect();
        Shapes { all, by_model }
    }
}

// The indices above are kinds of level, of which every row has one each.
const _: () = assert!(MODEL < KINDS && NIGHT < KINDS);
