//! The shape of what is open: how far durations lay from where they were expected, in units of the spread that was expected, on
//! nights that were held out (conformal prediction). Few of them are drawn towards wide tails.

use std::f64::consts::SQRT_2;
use std::sync::LazyLock;

/// The table's ends, in standard deviations of the normal.
const REACH: f64 = 4.0;
const STEPS_PER_UNIT: f64 = 16.0;
const KNOTS: usize = 129;
/// How many points stand for a distribution when it is blended into another.
const POINTS: usize = 199;
/// Beyond the table's ends a unit of the normal is as many units of spread.
const SLOPE_BEYOND: f64 = 1.3;

/// Where the normal is at the middles of [`POINTS`] equal parts.
static POINT_LATENTS: LazyLock<Vec<f64>> =
    LazyLock::new(|| (0..POINTS).map(|ix| normal_at((ix as f64 + 0.5) / POINTS as f64)).collect());
/// How likely the normal is to lie below each knot.
static KNOTS_BELOW: LazyLock<Vec<f64>> = LazyLock::new(|| latents().map(normal_below).collect());

/// A distribution as a table over the standard normal: where the normal is at `g`, this is at `at(g)`. Never falls.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shape {
    knots: Vec<f64>,
}

/// Weighted points that a shape is made of.
#[derive(Clone, Debug, Default)]
pub(super) struct Points {
    /// Value and weight.
    points: Vec<(f64, f64)>,
}

impl Points {
    /// Adds one that was observed.
    pub(super) fn add(&mut self, value: f64, weight: f64) {
        if value.is_finite() && weight > 0.0 {
            self.points.push((value, weight));
        }
    }

    /// Adds another shape, as if it were `weight` observations.
    pub(super) fn blend(mut self, shape: &Shape, weight: f64) -> Points {
        let each = weight / POINTS as f64;
        self.points.extend(POINT_LATENTS.iter().map(|latent| (shape.at(*latent), each)));
        self
    }
}

impl Shape {
    /// What is assumed before anything was seen: Student's t with five degrees of freedom, wider than the normal.
    pub(super) fn wide() -> Shape {
        Shape { knots: latents().map(student5_at).collect() }
    }

    /// The quantiles of the points; `Shape::wide` of none.
    pub(super) fn of(points: Points) -> Shape {
        let mut points = points.points;
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let total: f64 = points.iter().map(|(_, weight)| weight).sum();
        if points.is_empty() || total <= 0.0 {
            return Shape::wide();
        }
        // Each point stands at the middle of its weight; between two of them the line is straight.
        let mut before = 0.0;
        let mut middles = Vec::with_capacity(points.len());
        for (value, weight) in points {
            middles.push(((before + weight / 2.0) / total, value));
            before += weight;
        }
        let knots = latents().zip(KNOTS_BELOW.iter());
        Shape { knots: knots.map(|(latent, below)| quantile(&middles, latent, *below)).collect() }
    }

    /// Where this distribution is when the normal is at `latent`.
    pub(super) fn at(&self, latent: f64) -> f64 {
        let place = (latent.clamp(-REACH, REACH) + REACH) * STEPS_PER_UNIT;
        // Not negative and at most the number of knots.
        let ix = (place as usize).min(KNOTS - 2);
        let (low, high) = (self.knot(ix), self.knot(ix + 1));
        let inside = low + (high - low) * (place - ix as f64);
        inside + SLOPE_BEYOND * (latent - latent.clamp(-REACH, REACH))
    }

    /// The table, from -[`Shape::REACH`] on in steps of 1/[`Shape::STEPS_PER_UNIT`], for whoever draws from it many times.
    pub(super) fn knots(&self) -> &[f64] {
        &self.knots
    }

    pub(super) const REACH: f64 = REACH;
    pub(super) const STEPS_PER_UNIT: f64 = STEPS_PER_UNIT;
    pub(super) const KNOTS: usize = KNOTS;
    pub(super) const SLOPE_BEYOND: f64 = SLOPE_BEYOND;

    fn knot(&self, ix: usize) -> f64 {
        self.knots.get(ix).copied().unwrap_or(0.0)
    }
}

fn latents() -> impl Iterator<Item = f64> {
    (0..KNOTS).map(|ix| ix as f64 / STEPS_PER_UNIT - REACH)
}

/// The value at a probability among middles in rising order; beyond the first and last the tail goes on as a normal one.
fn quantile(middles: &[(f64, f64)], latent: f64, probability: f64) -> f64 {
    let ix = middles.partition_point(|(at, _)| *at < probability);
    let (before, after) = (ix.checked_sub(1).and_then(|ix| middles.get(ix)), middles.get(ix));
    match (before, after) {
        (Some((p0, v0)), Some((p1, v1))) if p1 > p0 => v0 + (v1 - v0) * (probability - p0) / (p1 - p0),
        (Some((p, v)), None) => v + SLOPE_BEYOND * (latent - normal_at(*p)).max(0.0),
        (None, Some((p, v))) => v + SLOPE_BEYOND * (latent - normal_at(*p)).min(0.0),
        (Some(_), Some((_, v))) => *v,
        (None, None) => 0.0,
    }
}

/// Student's t with five degrees of freedom at the probability of a normal latent, by Hill's expansion (Abramowitz and Stegun
/// 26.7.5), which is good to a few per cent where it is used.
fn student5_at(latent: f64) -> f64 {
    let (x, v) = (latent, 5.0);
    let x2 = x * x;
    let g1 = x * (x2 + 1.0) / 4.0;
    let g2 = x * ((5.0 * x2 + 16.0) * x2 + 3.0) / 96.0;
    let g3 = x * (((3.0 * x2 + 19.0) * x2 + 17.0) * x2 - 15.0) / 384.0;
    x + g1 / v + g2 / (v * v) + g3 / (v * v * v)
}

/// The probability that a standard normal is below `x`, to about 1e-7.
pub(super) fn normal_below(x: f64) -> f64 {
    let z = x.abs() / SQRT_2;
    let t = 1.0 / (1.0 + 0.5 * z);
    // Numerical Recipes, `erfcc`: a Chebyshev fit to the complementary error function.
    const FIT: [f64; 10] = [
        -1.265_512_23,
        1.000_023_68,
        0.374_091_96,
        0.096_784_18,
        -0.186_288_06,
        0.278_868_07,
        -1.135_203_98,
        1.488_515_87,
        -0.822_152_23,
        0.170_872_77,
    ];
    let fitted = FIT.iter().rev().fold(0.0, |sum, part| sum * t + part);
    let beyond = t * (-z * z + fitted).exp() / 2.0;
    if x > 0.0 { 1.0 - beyond } else { beyond }
}

/// Where a standard normal is below with this probability (Acklam's rational fit, relative error 1.2e-9); the ends are cut at
/// 1e-12 from 0 and 1.
pub(crate) fn normal_at(probability: f64) -> f64 {
    const A: [f64; 6] = [
        -39.696_830_286_653_76,
        220.946_098_424_520_5,
        -275.928_510_446_968_7,
        138.357_751_867_269,
        -30.664_798_066_147_16,
        2.506_628_277_459_239,
    ];
    const B: [f64; 6] = [
        -54.476_098_798_224_06,
        161.585_836_858_040_9,
        -155.698_979_859_886_6,
        66.801_311_887_719_72,
        -13.280_681_552_885_72,
        1.0,
    ];
    const C: [f64; 6] = [
        -0.007_784_894_002_430_293,
        -0.322_396_458_041_136_5,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 5] = [
        0.007_784_695_709_041_462,
        0.322_467_129_070_039_8,
        2.445_134_137_142_996,
        3.754_408_661_907_416,
        1.0,
    ];
    const TAIL: f64 = 0.024_25;
    let sum = |parts: &[f64], x: f64| parts.iter().fold(0.0, |sum, part| sum * x + part);
    // What is no number has no place; the middle says nothing.
    let p = if probability.is_nan() { 0.5 } else { probability.clamp(1e-12, 1.0 - 1e-12) };
    let in_tail = |p: f64| {
        let q = (-2.0 * p.ln()).sqrt();
        sum(&C, q) / sum(&D, q)
    };
    if p < TAIL {
        in_tail(p)
    } else if p > 1.0 - TAIL {
        -in_tail(1.0 - p)
    } else {
        let q = p - 0.5;
        q * sum(&A, q * q) / sum(&B, q * q)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_is_what_the_tables_say() {
        for (p, x) in [(0.5, 0.0), (0.9, 1.281_551_566), (0.975, 1.959_963_985), (0.001, -3.090_232_306)] {
            assert!((normal_at(p) - x).abs() < 1e-6, "{p}");
            assert!((normal_below(x) - p).abs() < 2e-7, "{p}");
        }
        assert!(normal_at(f64::NAN).abs() < 1e-9 && normal_at(0.0).is_finite() && normal_at(1.0).is_finite());
    }

    #[test]
    fn the_wide_shape_is_wider_than_the_normal_and_never_falls() {
        let wide = Shape::wide();
        // Tables of Student's t with five degrees of freedom: 90 % at 1.476, 95 % at 2.015, 99.5 % at 4.032.
        for (p, t, within) in [(0.9, 1.476, 0.02), (0.95, 2.015, 0.03), (0.995, 4.032, 0.3)] {
            assert!((wide.at(normal_at(p)) - t).abs() < within, "{p}: {}", wide.at(normal_at(p)));
        }
        assert!(wide.knots.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn a_shape_of_many_points_has_their_quantiles() {
        let mut points = Points::default();
        (0..10_000).for_each(|ix| points.add(f64::from(ix) / 1_000.0, 1.0));
        let shape = Shape::of(points);
        for p in [0.05, 0.5, 0.95] {
            assert!((shape.at(normal_at(p)) - 10.0 * p).abs() < 0.1, "{p}: {}", shape.at(normal_at(p)));
        }
    }

    #[test]
    fn equal_points_and_one_point_are_no_trouble() {
        for count in [1, 2, 50] {
            let mut points = Points::default();
            (0..count).for_each(|_| points.add(0.25, 1.0));
            let shape = Shape::of(points);
            assert!(shape.knots.iter().all(|knot| knot.is_finite()));
            assert!(shape.knots.windows(2).all(|pair| pair[0] <= pair[1]));
        }
    }
}
