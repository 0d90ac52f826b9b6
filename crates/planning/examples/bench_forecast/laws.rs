//! Histories of known law: invented nights of an invented fleet, with durations drawn from laws that the forecast knows nothing of.

use model::Time;
use planning::forecast::{Record, Step};

/// How durations come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Law {
    /// Log-normal with effects of family, model, site, device and campaign: what the forecast is built on.
    LogNormal,
    /// Errors with heavy tails (Student's t with three degrees of freedom), and one step in fifty hangs for up to eight times as long.
    HeavyTails,
    /// Minutes that add up (a fixed part of the model, a part by what is declared, gamma noise), seen by a poll each minute.
    Additive,
    /// One restart in eight of some models checks its disks for twenty minutes more.
    TwoPeaks,
    /// Half-way one model becomes 1.6 times as slow and one family a third faster.
    Shift,
    /// Twelve models, most with few devices and few nights.
    SmallGroups,
    /// As the first, with campaigns that differ twice as much: few nights say little.
    BadPatches,
}

impl Law {
    pub(crate) const ALL: [Law; 7] = [
        Law::LogNormal,
        Law::HeavyTails,
        Law::Additive,
        Law::TwoPeaks,
        Law::Shift,
        Law::SmallGroups,
        Law::BadPatches,
    ];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Law::LogNormal => "log_normal",
            Law::HeavyTails => "heavy_tails",
            Law::Additive => "additive",
            Law::TwoPeaks => "two_peaks",
            Law::Shift => "shift",
            Law::SmallGroups => "small_groups",
            Law::BadPatches => "bad_patches",
        }
    }
}

/// Numbers from a seed (SplitMix64, public domain).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    pub(crate) fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut out = self.0;
        out = (out ^ (out >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        out = (out ^ (out >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        out ^= out >> 31;
        ((out >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        ((self.uniform() * limit as f64) as usize).min(limit - 1)
    }

    pub(crate) fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Gamma with a whole shape.
    fn gamma(&mut self, shape: usize) -> f64 {
        (0..shape).map(|_| -self.uniform().ln()).sum()
    }

    fn student3(&mut self) -> f64 {
        let chi: f64 = (0..3).map(|_| self.normal().powi(2)).sum();
        self.normal() / (chi / 3.0).sqrt()
    }
}

/// A fleet and the truth about it.
pub(crate) struct Fleet {
    law: Law,
    seed: u64,
    families: Vec<Family>,
    models: Vec<(f64, f64)>,
    devices: Vec<Device>,
    nights_before: usize,
}

struct Family {
    declared_minutes: [f64; 2],
    slow: [f64; 2],
}

struct Device {
    model: usize,
    site: usize,
    slow: f64,
}

const FAMILIES: usize = 8;
const SITES: usize = 3;
/// After so long somebody pulls the plug.
const HANG_MINUTES_MAX: f64 = 720.0;

impl Fleet {
    pub(crate) fn new(law: Law, seed: u64, nights_before: usize) -> Fleet {
        let mut dice = Dice::new(seed);
        let models = if law == Law::SmallGroups { 12 } else { 6 };
        let families = (0..FAMILIES)
            .map(|_| Family {
                declared_minutes: [3.0 + 17.0 * dice.uniform(), 2.0 + 8.0 * dice.uniform()].map(f64::round),
                slow: [0.3 + 0.45 * dice.normal(), 0.2 + 0.35 * dice.normal()],
            })
            .collect();
        let all = (0..models).map(|_| (0.35 * dice.normal(), 0.15 + 0.25 * dice.uniform())).collect();
        let mut devices = Vec::new();
        for model in 0..models {
            let count = if law == Law::SmallGroups { 3 + 2 * model } else { 40 };
            devices.extend((0..count).map(|_| Device {
                model,
                site: dice.below(SITES),
                slow: 0.15 * dice.normal(),
            }));
        }
        Fleet { law, seed, families, models: all, devices, nights_before }
    }

    pub(crate) fn models(&self) -> usize {
        self.models.len()
    }

    /// What a night shows. Nights from `nights_before` on come after all shifts.
    pub(crate) fn night(&self, number: usize) -> Vec<Record> {
        let mut dice = Dice::new(self.seed ^ (number as u64 + 1).wrapping_mul(0x2545_f491_4f6c_dd1d));
        let spread = if self.law == Law::BadPatches { 0.4 } else { 0.18 };
        let mut records = Vec::new();
        let few = if self.law == Law::SmallGroups { 12 } else { 30 };
        for family in [dice.below(FAMILIES), dice.below(FAMILIES)] {
            let bad = [spread * dice.normal(), spread * dice.normal()];
            for _ in 0..few / 2 {
                let device = dice.below(self.devices.len());
                for (ix, step) in [Step::Install, Step::Restart].into_iter().enumerate() {
                    let minutes = self.minutes(&mut dice, number, (family, device, ix), bad[ix]);
                    records.push(self.record(number, family, device, step, minutes));
                }
            }
        }
        records.sort_unstable();
        records.dedup_by(|a, b| (&a.family, &a.device, a.step) == (&b.family, &b.device, b.step));
        records
    }

    fn minutes(&self, dice: &mut Dice, night: usize, of: (usize, usize, usize), bad: f64) -> f64 {
        let (family, device, ix) = of;
        let (known, device) = (&self.families[family], &self.devices[device]);
        let (model_slow, noise) = self.models[device.model];
        // What a family does to a model, and to a model at a site, out of their numbers.
        let pair =
            Dice::new(self.seed ^ ((family * 97 + device.model * 31 + ix) as u64) << 20).normal() * 0.15;
        let site =
            Dice::new(self.seed ^ ((device.model * 7 + device.site + 1_000) as u64) << 21).normal() * 0.1;
        let effects = known.slow[ix] + model_slow + pair + site + device.slow + bad;
        let base = known.declared_minutes[ix];
        let late = night >= self.nights_before / 2;
        match self.law {
            Law::LogNormal | Law::SmallGroups | Law::BadPatches => {
                base * (effects + noise * dice.normal()).exp()
            }
            Law::HeavyTails => {
                let hangs = if dice.uniform() < 0.02 { 2.0 + 6.0 * dice.uniform() } else { 1.0 };
                (base * (effects + 0.6 * noise * dice.student3()).exp() * hangs).min(HANG_MINUTES_MAX)
            }
            Law::Additive => {
                let fixed = 1.0 + 2.0 * (1.0 + model_slow).max(0.1);
                let more = base * 0.8 * (known.slow[ix] + bad + device.slow).exp();
                fixed + (more * dice.gamma(6) / 6.0).ceil()
            }
            Law::TwoPeaks => {
                let checks = ix == 1 && device.model < 3 && dice.uniform() < 0.125;
                base * (effects + noise * dice.normal()).exp() + if checks { 20.0 } else { 0.0 }
            }
            Law::Shift => {
                let slower = if late && device.model == 0 { 1.6 } else { 1.0 };
                let faster = if late && family == 1 { 0.67 } else { 1.0 };
                base * (effects + noise * dice.normal()).exp() * slower * faster
            }
        }
    }

    fn record(&self, night: usize, family: usize, device: usize, step: Step, minutes: f64) -> Record {
        let known = &self.devices[device];
        let ix = usize::from(step == Step::Restart);
        Record {
            begun: Time(night as i64 * 86_400_000_000),
            night: format!("night {night}").into(),
            family: format!("family {family}").into(),
            model: format!("model {:02}", known.model).into(),
            site: format!("site {}", known.site).into(),
            device: format!("device {device}").into(),
            step,
            seconds: (minutes * 60.0).round() as u32,
            declared_seconds: Some((self.families[family].declared_minutes[ix] * 60.0) as u32),
            chain: None,
        }
    }
}
