//! The years, played once: the same releases, failures and durations for every cadence, so that what differs is the cadence.

use super::{Assumptions, Cadence, Host, Measure, Span};
use crate::forecast::random::Stream;
use crate::forecast::shape::normal_at;

/// Days of a year.
const YEAR_DAYS: f64 = 365.0;
/// The standard normal's 90th percentile.
const NORMAL_P90: f64 = 1.281_551_565_5;
/// Restarts that one restart can lead to, at most.
const FURTHER_RESTARTS_MAX: u64 = 3;
/// Nights after which a bundle that failed again and again is put on all the same: its maker has mended it.
const FAILURES_IN_A_ROW_MAX: u32 = 3;

/// A patch of the years that are played.
#[derive(Clone, Copy, Debug)]
struct Release {
    day: f64,
    restarts: bool,
}

/// The luck of one replay, asked by name and number: whatever the cadence, the same question has the same answer.
pub(super) struct Luck<'a> {
    of: &'a Assumptions,
    releases: Vec<Release>,
    fits: Stream,
    fails: Stream,
    arms: Stream,
    restarts: Stream,
    installs: Stream,
}

impl<'a> Luck<'a> {
    pub(super) fn new(of: &'a Assumptions, seed: u64, replay: u64) -> Luck<'a> {
        let stream = |what: &str| Stream::numbered(Stream::of(seed, &["cadence", what]).bits(replay));
        Luck {
            of,
            releases: releases(of, stream("releases")),
            fits: stream("fits"),
            fails: stream("fails"),
            arms: stream("arms"),
            restarts: stream("restarts"),
            installs: stream("installs"),
        }
    }

    /// Is patch `patch` one for host `host`?
    fn is_for(&self, patch: usize, host: usize) -> bool {
        happens(self.fits, pair(patch, host), self.of.for_hosts_per_mille)
    }

    fn minutes(&self, stream: Stream, span: Span, at: u64) -> f64 {
        let (p50, p90) = (f64::from(span.p50_minutes), f64::from(span.p90_minutes));
        let spread = (p90 / p50).ln() / NORMAL_P90;
        p50 * (spread * normal_at(stream.uniform(at))).exp()
    }

    /// Plays the years with a cadence: each measure, in the order of [`Measure::ALL`].
    pub(super) fn play(&self, hosts: &[Host], cadence: Cadence) -> [f64; Measure::ALL.len()] {
        let ends = f64::from(self.of.years) * YEAR_DAYS;
        let nights = self.nights(cadence, ends);
        let mut sum = Sum::default();
        let mut waiting: Vec<Waiting> = vec![Waiting::default(); hosts.len()];
        let mut next = 0;
        for (number, day) in nights.iter().enumerate() {
            let from = next;
            while self.releases.get(next).is_some_and(|release| release.day <= *day) {
                next += 1;
            }
            let mut night = Night::default();
            for (ix, (host, waits)) in hosts.iter().zip(&mut waiting).enumerate() {
                waits.patches.extend((from..next).filter(|patch| self.is_for(*patch, ix)));
                self.work(host, ix, waits, (number, *day), &mut night);
            }
            sum.add(&night, self.of);
        }
        // What is still open at the end has been open until then.
        let open = waiting.iter().flat_map(|waits| &waits.patches);
        sum.exposure_days += open.map(|patch| ends - self.day_of(*patch)).sum::<f64>();
        sum.measures()
    }

    fn day_of(&self, patch: usize) -> f64 {
        self.releases.get(patch).map_or(0.0, |release| release.day)
    }

    /// Does patch `patch` need a restart? Only such a patch can arm another.
    fn restarts(&self, patch: usize) -> bool {
        self.releases.get(patch).is_some_and(|release| release.restarts)
    }

    /// When nights are. The last one is where the years end, so that no cadence leaves work to a time that is not counted.
    fn nights(&self, cadence: Cadence, ends: f64) -> Vec<f64> {
        match cadence.nights_a_year() {
            Some(a_year) => {
                let apart = YEAR_DAYS / f64::from(a_year);
                (1..=a_year * self.of.years).map(|night| f64::from(night) * apart).collect()
            }
            None => {
                let mut days: Vec<f64> = self.releases.iter().map(|release| release.day.ceil()).collect();
                days.push(ends);
                days.dedup();
                days
            }
        }
    }

    /// All that waits for a host is put on in one night, with one restart; or all of it is taken back.
    fn work(
        &self,
        host: &Host,
        ix: usize,
        waits: &mut Waiting,
        (number, day): (usize, f64),
        night: &mut Night,
    ) {
        if waits.patches.is_empty() {
            return;
        }
        night.is_any = true;
        let restarts = waits.patches.iter().any(|patch| self.restarts(*patch));
        let fails = |patch: &usize| {
            let at = pair(*patch, ix).wrapping_add(u64::from(waits.failed) << 60);
            happens(self.fails, at, self.of.fails_per_mille)
        };
        let failed = waits.failed < FAILURES_IN_A_ROW_MAX && waits.patches.iter().any(fails);
        if host.by_hand {
            let minutes = |patch: &usize| self.minutes(self.installs, self.of.install, pair(*patch, ix));
            // Taking it back is as much work again.
            let times = if failed { 2.0 } else { 1.0 };
            night.hand_minutes += times * waits.patches.iter().map(minutes).sum::<f64>();
        }
        if restarts {
            let at = pair(number, ix);
            night.dark(host, self.minutes(self.restarts, self.of.restart, at));
            if failed {
                // Back to what was before: a second restart of the same disruption.
                night.longer(host, self.minutes(self.restarts, self.of.restart, at ^ 1 << 62));
            }
            for further in 1..=FURTHER_RESTARTS_MAX {
                let arms = |patch: &usize| {
                    self.restarts(*patch)
                        && happens(self.arms, pair(*patch, ix) ^ further << 60, self.of.arms_per_mille)
                };
                if failed || !waits.patches.iter().any(arms) {
                    break;
                }
                // It shows later, and has an outage of its own.
                night.dark(host, self.minutes(self.restarts, self.of.restart, at ^ further << 58));
            }
        }
        if failed {
            waits.failed += 1;
        } else {
            night.exposure_days += waits.patches.drain(..).map(|patch| day - self.day_of(patch)).sum::<f64>();
            waits.failed = 0;
        }
    }
}

/// What waits for a host, and how often in a row it was taken back.
#[derive(Clone, Debug, Default)]
struct Waiting {
    patches: Vec<usize>,
    failed: u32,
}

/// What one night brought.
#[derive(Debug, Default)]
struct Night {
    is_any: bool,
    dark_minutes: f64,
    disruptions: f64,
    exposure_days: f64,
    hand_minutes: f64,
}

impl Night {
    fn dark(&mut self, host: &Host, minutes: f64) {
        self.disruptions += host.darkens.len() as f64;
        self.longer(host, minutes);
    }

    fn longer(&mut self, host: &Host, minutes: f64) {
        self.dark_minutes += minutes * host.darkens.len() as f64;
    }
}

/// All nights.
#[derive(Debug, Default)]
struct Sum {
    dark_minutes: f64,
    disruptions: f64,
    largest: f64,
    exposure_days: f64,
    staff_minutes: f64,
    nights: f64,
}

impl Sum {
    fn add(&mut self, night: &Night, of: &Assumptions) {
        if !night.is_any {
            return;
        }
        self.nights += 1.0;
        self.dark_minutes += night.dark_minutes;
        self.disruptions += night.disruptions;
        self.largest = self.largest.max(night.dark_minutes);
        self.exposure_days += night.exposure_days;
        self.staff_minutes += f64::from(of.night_minutes)
            + night.disruptions * f64::from(of.disruption_minutes)
            + night.dark_minutes * f64::from(of.cover_people)
            + night.hand_minutes;
    }

    fn measures(&self) -> [f64; Measure::ALL.len()] {
        Measure::ALL.map(|measure| match measure {
            Measure::DarkMinutes => self.dark_minutes,
            Measure::Disruptions => self.disruptions,
            Measure::LargestNight => self.largest,
            Measure::ExposureDays => self.exposure_days,
            Measure::StaffMinutes => self.staff_minutes,
            Measure::Nights => self.nights,
        })
    }
}

/// Releases come by chance, as many a year as assumed on average (a Poisson process).
fn releases(of: &Assumptions, luck: Stream) -> Vec<Release> {
    let ends = f64::from(of.years) * YEAR_DAYS;
    let apart = YEAR_DAYS / f64::from(of.patches_a_year.max(1));
    let mut out = Vec::new();
    let (mut day, mut at) = (0.0, 0);
    loop {
        day -= apart * luck.uniform(at).ln();
        if day >= ends {
            return out;
        }
        out.push(Release { day, restarts: happens(luck, at + 1, of.restart_per_mille) });
        at += 2;
    }
}

fn happens(stream: Stream, at: u64, per_mille: u32) -> bool {
    stream.uniform(at) * 1_000.0 < f64::from(per_mille)
}

/// One number of two, different for different ones below 2^28.
fn pair(a: usize, b: usize) -> u64 {
    (a as u64) << 28 | b as u64
}
