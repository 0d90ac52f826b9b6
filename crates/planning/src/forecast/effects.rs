//! Partial pooling: each level's effect on the logarithm of a duration, shrunk towards none by as much as its few records leave
//! open (empirical Bayes), with the spread between levels of a kind estimated from all of them.
//!
//! Mean-field sweeps over the levels; errors are Student's t, so that one night that hung for hours does not move its family.

use super::levels::{DEVICE, FAMILY, FAMILY_MODEL, Found, KINDS, MODEL, NIGHT, SITE};

/// What is assumed of the spread between levels before anything was seen, as variances of the logarithm of minutes. It weighs as
/// much as [`PRIOR_LEVELS`] levels.
const PRIOR_SPREAD: [f64; KINDS] = {
    let mut spread = [0.0; KINDS];
    spread[FAMILY] = 0.25;
    spread[MODEL] = 0.10;
    spread[FAMILY_MODEL] = 0.04;
    spread[SITE] = 0.03;
    spread[DEVICE] = 0.03;
    spread[NIGHT] = 0.06;
    spread
};
const PRIOR_LEVELS: f64 = 2.0;
/// What is assumed of the noise from one time to the next.
const PRIOR_NOISE: f64 = 0.10;
const PRIOR_NOISE_RECORDS: f64 = 4.0;
/// A model's own noise weighs against that of all as its records against so many.
const NOISE_BY_RECORDS: f64 = 20.0;
/// How far declared minutes may be off in general, as a variance.
const PRIOR_CENTRE: f64 = 0.10;
/// Degrees of freedom of the errors while effects are fitted.
const FREEDOM: f64 = 5.0;
/// Sweeps over all levels.
const SWEEPS_MAX: usize = 80;
/// Sweeps when the spreads are known already.
const SWEEPS_AGAIN: usize = 25;
/// Effects that move by less are at rest.
const AT_REST: f64 = 1e-5;

/// One record as numbers: the levels it belongs to, the logarithm of its minutes less what was declared of them, and its weight
/// (0: left out of this fit).
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Number of its night.
    pub(super) night: u32,
    pub(super) levels: [u32; KINDS],
    pub(super) value: f64,
    pub(super) weight: f64,
}

/// The levels of one kind.
#[derive(Clone, Debug)]
pub(super) struct Kind {
    /// Each level's effect.
    mean: Vec<f64>,
    /// What is left open of it, as a variance.
    open: Vec<f64>,
    /// The variance between levels.
    pub(super) spread: f64,
}

/// Fitted effects of one step.
#[derive(Clone, Debug)]
pub(super) struct Effects {
    centre: f64,
    centre_open: f64,
    kinds: [Kind; KINDS],
    /// The variance from one time to the next.
    pub(super) noise: f64,
}

/// What is known of a question: where it lies, and what is open about it by the level that shares it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Lies {
    /// Of the logarithm of minutes, less what is declared.
    pub(super) mean: f64,
    /// Open variance by kind of level.
    pub(super) open: [f64; KINDS],
    /// Open variance of what all have in common.
    pub(super) centre_open: f64,
}

impl Lies {
    /// Everything but the noise, as a variance.
    pub(super) fn open_in_all(&self) -> f64 {
        self.centre_open + self.open.iter().sum::<f64>()
    }
}

impl Effects {
    /// Before anything was seen.
    pub(super) fn prior(sizes: [usize; KINDS]) -> Effects {
        let mut kinds = PRIOR_SPREAD.map(|spread| Kind { mean: Vec::new(), open: Vec::new(), spread });
        for (kind, size) in kinds.iter_mut().zip(sizes) {
            kind.mean = vec![0.0; size];
            kind.open = vec![kind.spread; size];
        }
        Effects { centre: 0.0, centre_open: PRIOR_CENTRE, kinds, noise: PRIOR_NOISE }
    }

    /// Fits effects and spreads.
    pub(super) fn fit(rows: &[Row], sizes: [usize; KINDS]) -> Effects {
        let mut effects = Effects::prior(sizes);
        effects.sweep(rows, SWEEPS_MAX, true);
        effects
    }

    /// Fits the effects anew to rows with other weights, from these ones on; the spreads stay.
    pub(super) fn again(&self, rows: &[Row]) -> Effects {
        let mut effects = self.clone();
        effects.sweep(rows, SWEEPS_AGAIN, false);
        effects
    }

    /// Where a question lies that meets these levels.
    pub(super) fn lies(&self, found: &Found) -> Lies {
        let mut lies = Lies { mean: self.centre, open: [0.0; KINDS], centre_open: self.centre_open };
        for ((kind, level), open) in self.kinds.iter().zip(found).zip(&mut lies.open) {
            let level = level.map_or(usize::MAX, |level| level as usize);
            lies.mean += kind.mean.get(level).copied().unwrap_or(0.0);
            *open = kind.open.get(level).copied().unwrap_or(kind.spread);
        }
        lies
    }

    /// The variance between campaigns.
    pub(super) fn campaign_spread(&self) -> f64 {
        self.kinds[NIGHT].spread
    }

    fn residual(&self, row: &Row) -> f64 {
        let parts = self.kinds.iter().zip(row.levels);
        let known: f64 =
            parts.map(|(kind, level)| kind.mean.get(level as usize).copied().unwrap_or(0.0)).sum();
        row.value - self.centre - known
    }

    fn sweep(&mut self, rows: &[Row], sweeps: usize, learn_spreads: bool) {
        let mut left: Vec<f64> = rows.iter().map(|row| self.residual(row)).collect();
        let mut weights: Vec<f64> = rows.iter().map(|row| row.weight).collect();
        for _ in 0..sweeps {
            self.weigh(rows, &left, &mut weights);
            let mut moved = self.move_centre(&mut left, &weights);
            for at in 0..KINDS {
                moved = moved.max(self.move_kind(at, rows, &mut left, &weights, learn_spreads));
            }
            if learn_spreads {
                self.learn_noise(rows, &left, &weights);
            }
            if moved < AT_REST {
                break;
            }
        }
        if learn_spreads {
            self.noise = self.variance_of_noise(rows.iter().zip(&left), self.noise);
        }
    }

    /// The noise of each of a kind's levels, drawn towards that of all: some models are less regular than others.
    pub(super) fn noise_by(&self, at: usize, rows: &[Row], size: usize) -> Vec<f64> {
        let mut by: Vec<(f64, f64)> = vec![(0.0, 0.0); size];
        let most = 25.0 * self.noise;
        for row in rows {
            let left = self.residual(row);
            // `at` is a kind of level.
            if let Some((squares, total)) = by.get_mut(row.levels[at] as usize) {
                *squares += row.weight * (left * left + self.open_of(row)).min(most);
                *total += row.weight;
            }
        }
        let drawn = |(squares, total)| (squares + NOISE_BY_RECORDS * self.noise) / (total + NOISE_BY_RECORDS);
        by.into_iter().map(drawn).collect()
    }

    /// The variance of what is left, with what lies far off cut back: the t errors' scale is smaller than it.
    fn variance_of_noise<'a>(&self, each: impl Iterator<Item = (&'a Row, &'a f64)>, scale: f64) -> f64 {
        let most = 25.0 * scale;
        let (mut squares, mut total) = (PRIOR_NOISE_RECORDS * PRIOR_NOISE, PRIOR_NOISE_RECORDS);
        for (row, left) in each {
            squares += row.weight * (left * left + self.open_of(row)).min(most);
            total += row.weight;
        }
        (squares / total).max(1e-5)
    }

    /// Rows far off count less.
    fn weigh(&self, rows: &[Row], left: &[f64], weights: &mut [f64]) {
        for ((weight, row), left) in weights.iter_mut().zip(rows).zip(left) {
            *weight = row.weight * (FREEDOM + 1.0) / (FREEDOM + left * left / self.noise);
        }
    }

    fn move_centre(&mut self, left: &mut [f64], weights: &[f64]) -> f64 {
        let total: f64 = weights.iter().sum();
        let sum: f64 = left.iter().zip(weights).map(|(left, weight)| weight * (left + self.centre)).sum();
        let kept = total + self.noise / PRIOR_CENTRE;
        let by = sum / kept - self.centre;
        self.centre += by;
        self.centre_open = self.noise / kept;
        left.iter_mut().for_each(|left| *left -= by);
        by.abs()
    }

    fn move_kind(
        &mut self,
        at: usize,
        rows: &[Row],
        left: &mut [f64],
        weights: &[f64],
        learn_spread: bool,
    ) -> f64 {
        let noise = self.noise;
        let Some(kind) = self.kinds.get_mut(at) else { return 0.0 };
        let mut sums = vec![(0.0, 0.0); kind.mean.len()];
        // `at` is a kind and each row's levels were numbered from the same records: both are inside.
        let level = |row: &Row| row.levels[at] as usize;
        for ((row, left), weight) in rows.iter().zip(left.iter()).zip(weights) {
            let (sum, total) = &mut sums[level(row)];
            *sum += weight * (left + kind.mean[level(row)]);
            *total += weight;
        }
        let mut moved: f64 = 0.0;
        let mut by = vec![0.0; kind.mean.len()];
        for (((mean, open), by), (sum, total)) in
            kind.mean.iter_mut().zip(&mut kind.open).zip(&mut by).zip(&sums)
        {
            let kept = total + noise / kind.spread;
            *by = sum / kept - *mean;
            *mean += *by;
            *open = noise / kept;
            moved = moved.max(by.abs());
        }
        for (row, left) in rows.iter().zip(left.iter_mut()) {
            *left -= by[level(row)];
        }
        if learn_spread {
            let squares =
                kind.mean.iter().zip(&kind.open).map(|(mean, open)| mean * mean + open).sum::<f64>();
            let levels = kind.mean.len() as f64;
            // A floor far below anything that matters keeps the division sound.
            let prior = PRIOR_SPREAD.get(at).copied().unwrap_or(PRIOR_NOISE);
            kind.spread = ((squares + PRIOR_LEVELS * prior) / (levels + PRIOR_LEVELS)).max(1e-6);
        }
        moved
    }

    /// What is open about the effects of a row's levels.
    fn open_of(&self, row: &Row) -> f64 {
        let parts = self.kinds.iter().zip(row.levels);
        parts.map(|(kind, level)| kind.open.get(level as usize).copied().unwrap_or(0.0)).sum()
    }

    fn learn_noise(&mut self, rows: &[Row], left: &[f64], weights: &[f64]) {
        let each = rows.iter().zip(left).zip(weights);
        // What is open about the effects is not there to be seen in what is left.
        let squares: f64 = each.map(|((row, left), weight)| weight * (left * left + self.open_of(row))).sum();
        let total: f64 = rows.iter().map(|row| row.weight).sum();
        let prior = PRIOR_NOISE_RECORDS * PRIOR_NOISE;
        self.noise = ((squares + prior) / (total + PRIOR_NOISE_RECORDS)).max(1e-5);
    }
}
