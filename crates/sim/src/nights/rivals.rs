//! What people do without a plan, on the same night with the same luck: the shortest work first, as long as it fits the window; or
//! everything at once. They are spared what ours pays: nobody waits for an order, a report or an answer from a unit, and a second
//! restart is done the minute it is wanted.

use model::Time;

use super::law::Luck;
use crate::agenda::later;
use crate::rng::Rng;

/// The work on one host.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// Its number in the hospital.
    pub(super) host: usize,
    /// How long it is said to take at the 90th percentile, in minutes: all that anybody knows beforehand.
    pub(super) declared_p90_minutes: i64,
    /// Does its host restart, and not only services?
    pub(super) restarts_host: bool,
    /// What it will meet.
    pub(super) luck: Luck,
}

/// When what may be done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hours {
    /// Not before.
    pub(super) opens: Time,
    /// No host is begun after this.
    pub(super) latest_start: Time,
    /// Everything is over by then.
    pub(super) closes: Time,
    /// Nobody begins a host between these: an emergency in a ward.
    pub(super) pause: Option<(Time, Time)>,
}

/// The work on one host as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Did {
    /// Its number in the hospital.
    pub(super) host: usize,
    /// Its planned work is over.
    pub(super) ends: Time,
    /// When it was out of service, further restarts included.
    pub(super) out: Vec<(Time, Time)>,
}

impl Job {
    /// How long installing takes, in milliseconds.
    fn install_ms(&self) -> i64 {
        self.luck.pace.installs.values().sum()
    }

    /// How long it is out of service.
    fn out_ms(&self) -> i64 {
        if self.restarts_host {
            self.luck.pace.restarts_ms.first().copied().unwrap_or(0)
        } else {
            self.luck.pace.services_ms
        }
    }

    /// Begun then.
    fn did(&self, begins: Time) -> Did {
        let dark = later(begins, self.install_ms());
        let ends = later(dark, self.out_ms());
        let mut out = vec![(dark, ends)];
        if let Some(seconds) = self.luck.arms_after_seconds.filter(|_| self.restarts_host) {
            let again = ends.plus_seconds(seconds);
            let ms = self.luck.pace.restarts_ms.get(1).copied().unwrap_or(0);
            out.push((again, later(again, ms)));
        }
        out.retain(|(from, to)| from < to);
        Did { host: self.host, ends, out }
    }
}

impl Hours {
    /// The first instant from `at` on at which a host may be begun.
    fn free(&self, at: Time) -> Time {
        match self.pause {
            Some((from, to)) if (from..to).contains(&at) => to,
            Some(_) | None => at,
        }
    }
}

/// The shortest by its declared minutes first, so many at once, each only if it is said to end within the window. Equals in an order
/// of no meaning.
pub(super) fn shortest_first(jobs: &[Job], hours: Hours, at_once_max: u32, dice: &mut Rng) -> Vec<Did> {
    let mut order: Vec<(i64, u64, &Job)> =
        jobs.iter().map(|job| (job.declared_p90_minutes, dice.draw(), job)).collect();
    order.sort_by_key(|(minutes, draw, _)| (*minutes, *draw));
    let mut lanes = vec![hours.opens; at_once_max.max(1) as usize];
    let mut did = Vec::new();
    for (minutes, _, job) in order {
        let Some(lane) = lanes.iter_mut().min() else { break };
        let begins = hours.free(*lane);
        if begins > hours.latest_start || begins.plus_seconds(minutes * 60) > hours.closes {
            continue;
        }
        let done = job.did(begins);
        *lane = done.ends;
        did.push(done);
    }
    did
}

/// All of them when the window opens.
pub(super) fn all_at_once(jobs: &[Job], hours: Hours) -> Vec<Did> {
    jobs.iter().map(|job| job.did(hours.free(hours.opens))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Pace;

    const MINUTE_MS: i64 = 60_000;

    fn job(host: usize, declared: i64, install: i64, restart: i64, arms: Option<i64>) -> Job {
        let pace = Pace {
            installs: [("a".into(), install * MINUTE_MS)].into(),
            services_ms: 0,
            restarts_ms: vec![restart * MINUTE_MS, 3 * MINUTE_MS],
        };
        let luck = Luck { pace, arms_after_seconds: arms };
        Job { host, declared_p90_minutes: declared, restarts_host: true, luck }
    }

    fn at(minute: i64) -> Time {
        Time(0).plus_seconds(minute * 60)
    }

    fn hours(pause: Option<(Time, Time)>) -> Hours {
        Hours { opens: at(0), latest_start: at(50), closes: at(60), pause }
    }

    #[test]
    fn the_shortest_work_goes_first_and_what_is_not_said_to_fit_stays() {
        let jobs = [job(0, 45, 20, 20, None), job(1, 10, 5, 5, None), job(2, 20, 10, 10, None)];
        let did = shortest_first(&jobs, hours(None), 1, &mut Rng::from_seed(1));
        let said: Vec<_> = did.iter().map(|did| (did.host, did.out.clone())).collect();
        assert_eq!(said, [(1, vec![(at(5), at(10))]), (2, vec![(at(20), at(30))])]);
    }

    #[test]
    fn nobody_begins_during_a_pause_and_a_second_restart_is_done_the_minute_it_is_wanted() {
        let jobs = [job(0, 10, 5, 5, Some(600))];
        let did = all_at_once(&jobs, hours(Some((at(0), at(7)))));
        assert_eq!(did[0].out, [(at(12), at(17)), (at(27), at(30))]);
        assert_eq!(did[0].ends, at(17));
    }
}
