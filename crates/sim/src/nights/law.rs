//! How long work takes in the invented hospital, and what it leads to. Known to the simulator only: whoever plans learns of it from
//! the journal of nights that are over. Every number is drawn by its name, so that the same night brings the same luck to whoever
//! works through it, in whatever order.

use crate::rng::Rng;
use crate::scenario::Pace;

use super::wards::{Needs, Package, Station};

/// Further restarts of one host in one night for which there is luck.
const RESTARTS_MAX: usize = 3;
/// Of a thousand restarts so many hang (a file system is checked, a card does not answer).
const HANGS_PER_MILLE: u64 = 15;
/// How long such a one hangs, in minutes.
const HANG_MINUTES: (i64, i64) = (15, 45);
/// Of a thousand patches so many are slow everywhere, in one night.
const BAD_PATCHES_PER_MILLE: u64 = 60;
/// So many times as slow is a bad patch.
const BAD_PATCH: f64 = 1.5;
/// A second restart surfaces so long after the boot, in seconds: at once, or when everybody has gone home.
const ARMS_AFTER_SECONDS: [i64; 6] = [0, 60, 1_200, 5_400, 14_400, 28_800];
/// Nothing takes longer.
const MINUTES_MAX: f64 = 240.0;
/// Gamma noise of so many parts: a coefficient of variation of a third.
const NOISE_PARTS: usize = 9;

/// The law of one hospital.
#[derive(Clone, Debug)]
pub(super) struct Law {
    root: Rng,
}

/// What one night holds for one host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Luck {
    /// How long its work takes.
    pub(super) pace: Pace,
    /// Its planned restart arms another one, so many seconds after the boot.
    pub(super) arms_after_seconds: Option<i64>,
}

impl Law {
    pub(super) fn of(root: &Rng) -> Law {
        Law { root: root.split("law") }
    }

    /// What a night holds for a host that gets these packages.
    pub(super) fn luck(&self, night: u32, host: &Station, packages: &[&'static Package]) -> Luck {
        let minutes = |package: &Package, step: &str, declared: u32, place: usize| {
            self.minutes(night, host, (package, step, place), f64::from(declared))
        };
        let installs = packages
            .iter()
            .map(|package| (package.name.into(), ms(minutes(package, "install", package.install.0, 0))))
            .collect();
        let longest = |needs: Needs, place: usize| {
            let restarting = packages.iter().filter(|package| package.needs == needs);
            let minutes = restarting.map(|package| minutes(package, "restart", package.restart.0, place));
            let longest = minutes.reduce(f64::max);
            longest.map_or(0, |longest| ms(longest + self.hangs(night, host, place)))
        };
        let arms = |package: &&&Package| {
            let name = format!("arms {night} {} {}", host.tag, package.name);
            self.root.split(&name).chance(package.arms_per_mille)
        };
        let armed = packages.iter().rfind(arms).map(|package| {
            let name = format!("armed after {night} {} {}", host.tag, package.name);
            *self.root.split(&name).pick(&ARMS_AFTER_SECONDS).unwrap_or(&0)
        });
        Luck {
            pace: Pace {
                installs,
                services_ms: longest(Needs::Services, 0),
                restarts_ms: (0..RESTARTS_MAX).map(|place| longest(Needs::Host, place)).collect(),
            },
            arms_after_seconds: armed,
        }
    }

    /// Declared minutes, times what family, model, both, device and night make of them, times noise; a restart has a part that nobody
    /// declares and that depends on the model alone.
    fn minutes(&self, night: u32, host: &Station, of: (&Package, &str, usize), declared: f64) -> f64 {
        let ((package, step, place), model) = (of, host.model);
        let name = package.name;
        let factors = [
            (0.25, 0.35, format!("family {name} {step}")),
            (0.0, 0.25, format!("model {model} {step}")),
            (0.0, 0.12, format!("family on model {name} {model} {step}")),
            (0.0, 0.12, format!("device {}", host.tag)),
            (0.0, 0.18, format!("night {night} {name} {step}")),
        ];
        let log: f64 =
            factors.iter().map(|(mean, sd, name)| mean + sd * normal(&self.root.split(name))).sum();
        let bad = self.root.split(&format!("bad {night} {name}")).chance(BAD_PATCHES_PER_MILLE);
        let fixed = if step == "restart" {
            0.5 + uniform(&mut self.root.split(&format!("fixed {model}")))
        } else {
            0.0
        };
        let mut noise = self.root.split(&format!("noise {night} {} {name} {step} {place}", host.tag));
        let noise: f64 = (0..NOISE_PARTS).map(|_| -uniform(&mut noise).ln()).sum();
        let slow = if bad { BAD_PATCH } else { 1.0 };
        (fixed + declared * log.exp() * slow * noise / NOISE_PARTS as f64).min(MINUTES_MAX)
    }

    fn hangs(&self, night: u32, host: &Station, place: usize) -> f64 {
        let mut rng = self.root.split(&format!("hangs {night} {} {place}", host.tag));
        if !rng.chance(HANGS_PER_MILLE) {
            return 0.0;
        }
        rng.between(HANG_MINUTES.0, HANG_MINUTES.1) as f64
    }

    /// Numbers of their own for something of a night.
    pub(super) fn dice(&self, what: &str, night: u32) -> Rng {
        self.root.split(&format!("{what} {night}"))
    }
}

fn ms(minutes: f64) -> i64 {
    // Four hours in milliseconds at most.
    (minutes * 60_000.0) as i64
}

/// Above 0 and below 1.
fn uniform(rng: &mut Rng) -> f64 {
    ((rng.draw() >> 12) as f64 + 0.5) / (1u64 << 52) as f64
}

/// A standard normal number (Box and Muller).
fn normal(rng: &Rng) -> f64 {
    let mut rng = rng.clone();
    let (radius, turn) = (uniform(&mut rng), uniform(&mut rng));
    (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * turn).cos()
}

#[cfg(test)]
mod tests {
    use super::super::wards::{Hospital, PACKAGES};
    use super::*;

    #[test]
    fn a_night_brings_the_same_luck_in_whatever_order_it_is_asked() {
        let hospital = Hospital::of_seed(3);
        let (one, other) = (&hospital.stations[0], &hospital.stations[1]);
        let packages: Vec<&Package> = PACKAGES.iter().take(2).collect();
        let first = hospital.law.luck(7, one, &packages);
        let _ = hospital.law.luck(7, other, &packages);
        assert_eq!(hospital.law.luck(7, one, &packages), first);
        assert_ne!(hospital.law.luck(8, one, &packages), first);
    }

    #[test]
    fn restarts_hang_and_arm_others_as_often_as_the_law_says() {
        let hospital = Hospital::of_seed(4);
        let station = &hospital.stations[0];
        let package = &PACKAGES[0];
        let nights = 20_000;
        let lucks: Vec<Luck> =
            (0..nights).map(|night| hospital.law.luck(night, station, &[package])).collect();
        let armed = lucks.iter().filter(|luck| luck.arms_after_seconds.is_some()).count();
        let wanted = nights as f64 * package.arms_per_mille as f64 / 1_000.0;
        assert!((armed as f64 - wanted).abs() < 4.0 * wanted.sqrt(), "{armed} of {wanted}");
    }
}
