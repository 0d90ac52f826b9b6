//! What really was on each host, and when: the stretches in which nothing was wrong, and the looks that the server really heard of.

use jiff::tz::TimeZone;
use model::Time;

use crate::host::Host;
use crate::scenario::ZONE;
use model::patch::PackageVersion;
use model::plan::ProofPolicy;

/// Stretches kept for one host.
const STRETCHES_KEPT_MAX: usize = 32;
/// Looks kept for one host.
const LOOKS_KEPT_MAX: usize = 128;
/// The server's idea of an instant on a host is off by at most what the network delays.
const CLOCK_ERROR_SECONDS: i64 = 60;

/// A stretch in which a host had everything it should have, nothing was pending, and nothing changed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    pub(super) from: Time,
    pub(super) until: Option<Time>,
}

/// The truth about one host, over time.
#[derive(Clone, Debug, Default)]
pub(super) struct Truth {
    stretches: Vec<Stretch>,
    /// Looks, and whether every source could be read.
    looks: Vec<(Time, bool)>,
    /// Looks that the server has heard of.
    pub(super) heard: Vec<(Time, bool)>,
    /// When it was first rightly proven: patches offered later are another plan's business.
    pub(super) proven_at: Option<Time>,
    /// Since when it has been down.
    pub(super) down_since: Option<Time>,
    /// Since when a restart has been pending that nobody had planned.
    pub(super) pending_again_since: Option<Time>,
    /// An action is being carried out that patients can notice.
    pub(super) busy: bool,
    /// When what is being carried out was ordered.
    pub(super) ordered_at: Option<Time>,
    /// So long after that it has stalled.
    pub(super) lost_after_seconds: i64,
    /// When units that agreed to a further restart of it were asked: they were told of the patches on offer by then.
    pub(super) told_at: Option<Time>,
    /// Since when nothing has kept it from being heard.
    pub(super) undisturbed_since: Time,
}

impl Truth {
    /// Looks at the host itself.
    pub(super) fn update(&mut self, host: &Host, wanted: &[PackageVersion], now: Time) {
        let machine = &host.machine;
        let untold = machine.offers_since.is_some_and(|since| self.told_at.is_none_or(|at| at < since));
        let offers_count = untold && self.proven_at.is_none();
        let good = host.is_up && machine.has(wanted) && machine.is_clean() && !offers_count;
        let pending_again = machine.is_restart_pending() && machine.ordered_restarts > 0;
        self.pending_again_since = pending_again.then(|| self.pending_again_since.unwrap_or(now));
        match self.stretches.last_mut() {
            Some(open) if open.until.is_none() => {
                if !good {
                    open.until = Some(now);
                } else if machine.changed_at > open.from {
                    open.until = Some(now);
                    self.begins(machine.changed_at);
                }
            }
            Some(_) | None if good => self.begins(machine.changed_at.max(self.ended())),
            Some(_) | None => {}
        }
    }

    fn ended(&self) -> Time {
        self.stretches.last().and_then(|last| last.until).unwrap_or(Time(0))
    }

    fn begins(&mut self, from: Time) {
        if self.stretches.len() >= STRETCHES_KEPT_MAX {
            self.stretches.remove(0);
        }
        self.stretches.push(Stretch { from, until: None });
    }

    /// The agent looks at the host.
    pub(super) fn looked(&mut self, readable: bool, now: Time) {
        if self.looks.len() >= LOOKS_KEPT_MAX {
            self.looks.remove(0);
        }
        self.looks.push((now, readable));
    }

    /// The server recorded an observation that it believes to be of that instant.
    pub(super) fn recorded(&mut self, observed_at: Time) {
        let off = |look: &(Time, bool)| look.0.seconds_since(observed_at).abs();
        let closest =
            self.looks.iter().filter(|look| off(look) <= CLOCK_ERROR_SECONDS).min_by_key(|look| off(look));
        if let Some(look) = closest
            && !self.heard.contains(look)
        {
            if self.heard.len() >= LOOKS_KEPT_MAX {
                self.heard.remove(0);
            }
            self.heard.push(*look);
        }
    }

    /// Something keeps it from being heard, or did until now.
    pub(super) fn is_disturbed(&mut self, now: Time) {
        self.undisturbed_since = self.undisturbed_since.max(now);
    }

    /// Why *proven* cannot be said now; `None` when the truth bears it out.
    pub(super) fn not_proven(&self, proof: &ProofPolicy, now: Time) -> Option<String> {
        let oldest = now.plus_seconds(-i64::from(proof.evidence_age_max_seconds) - CLOCK_ERROR_SECONDS);
        let bears_out = |(look, readable): &(Time, bool)| {
            let mut stretches = self.stretches.iter();
            let stretch = stretches.find(|s| s.from <= *look && s.until.is_none_or(|until| *look <= until));
            *readable
                && stretch.is_some_and(|stretch| {
                    let quiet = stretch.from.plus_seconds(i64::from(proof.quiet_minutes) * 60);
                    let morning = proof.morning_minute.map(|_| half_past_six_after(stretch.from));
                    let due = quiet.max(morning.unwrap_or(quiet));
                    // A minute less: the server's idea of when the change was is off by as much.
                    look.plus_seconds(CLOCK_ERROR_SECONDS) >= due
                })
        };
        let fresh: Vec<&(Time, bool)> = self.heard.iter().filter(|(look, _)| *look >= oldest).collect();
        if fresh.is_empty() {
            return Some(format!("the newest look that the server heard of is of {:?}", self.heard.last()));
        }
        if fresh.iter().any(|look| bears_out(look)) {
            return None;
        }
        Some(format!(
            "no look shows it: looks {fresh:?}, stretches {:?}",
            self.stretches.iter().rev().take(3).collect::<Vec<_>>()
        ))
    }
}

/// The first 06:30 by the clock on the ward's wall that is not before `at`.
pub(super) fn half_past_six_after(at: Time) -> Time {
    let (Ok(zone), Ok(instant)) = (TimeZone::get(ZONE), jiff::Timestamp::from_microsecond(at.0)) else {
        return at;
    };
    let mut day = instant.to_zoned(zone.clone()).date();
    for _ in 0..3 {
        if let Ok(zoned) = zone.to_zoned(day.at(6, 30, 0, 0)) {
            let time = Time(zoned.timestamp().as_microsecond());
            if time >= at {
                return time;
            }
        }
        day = day.saturating_add(jiff::Span::new().days(1));
    }
    at
}
