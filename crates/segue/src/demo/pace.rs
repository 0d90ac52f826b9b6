//! How fast the demonstration's time passes: slowly where there is something to see or somebody is asked, quickly through the hours
//! in which a real night only waits.

use hospital::State;
use hospital::night::records::RunState;
use model::Time;
use model::agreement::UnitAnswer;
use model::plan::Plan;
use rollout::{Step, Verdict};

use super::id;
use super::plan::PLAN;

/// How long the demonstration takes in real time when nothing else is said, in minutes.
pub(crate) const MINUTES_DEFAULT: u32 = 8;
/// Least and most that can be asked for.
pub(crate) const MINUTES_MIN: u32 = 1;
/// See [`MINUTES_MIN`].
pub(crate) const MINUTES_MAX: u32 = 120;
/// The table below is made for a demonstration of so many minutes.
const TABLE_FOR_MINUTES: u32 = 8;
/// However short the demonstration is: whoever is asked a question can read and answer it before the charge nurse does. At this
/// pace her 25 minutes are 25 seconds.
const ASKED_TIMES_MAX: u32 = 60;

/// What there is to see now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scene {
    /// Somebody is asked a question.
    Asked,
    /// Hosts are worked on, or their turn is near.
    Work,
    /// The morning look is near.
    Morning,
    /// Nothing but waiting: a night, a day.
    Waiting,
    /// The story is told; nothing more is to come.
    Over,
}

impl Scene {
    /// Times as fast as real time, for a demonstration of [`TABLE_FOR_MINUTES`].
    fn times(self) -> u32 {
        match self {
            Scene::Asked => 30,
            Scene::Work => 60,
            Scene::Morning => 60,
            Scene::Waiting => 600,
            Scene::Over => 1,
        }
    }

    /// Times as fast as real time, for a demonstration that takes about so many minutes.
    pub(super) fn times_in(self, minutes: u32) -> u32 {
        if self == Scene::Over {
            return 1;
        }
        let minutes = minutes.clamp(MINUTES_MIN, MINUTES_MAX);
        let times = (self.times() * TABLE_FOR_MINUTES / minutes).max(1);
        if self == Scene::Asked { times.min(ASKED_TIMES_MAX) } else { times }
    }
}

/// What there is to see.
pub(super) fn scene(state: &State, now: Time) -> Scene {
    let Some(record) = state.night().newest_revision(&id(PLAN)) else { return Scene::Work };
    let (Some(_), Some(run)) = (&record.started, state.night().run_state(&record.hash)) else {
        return if record.withdrawn.is_some() { Scene::Over } else { Scene::Work };
    };
    let outages = state.night().outages().values().filter(|outage| outage.asked.plan == record.hash);
    let mut ahead = false;
    let standings = state.night().standings(&record.hash, now);
    for outage in outages {
        let host = standings.iter().find(|standing| standing.host == outage.asked.host);
        let open = host.is_some_and(|host| host.step == Step::FurtherOutage);
        if open && !outage.is_agreed() {
            let against = outage.answers.iter().any(|answer| answer.answer != UnitAnswer::Accept);
            let over = outage.window.latest_start <= now;
            // Refused: it is now for whoever moves it, and that may take as long as it takes.
            if against || !over {
                return Scene::Asked;
            }
        }
        ahead |= open;
        if open && near(now, outage.window.not_before) {
            return Scene::Work;
        }
    }
    for standing in &standings {
        match &standing.verdict {
            Verdict::Dark { .. } => return Scene::Work,
            Verdict::Settling { until } if near(now, *until) => return Scene::Morning,
            Verdict::Settling { .. } => ahead = true,
            // What is in trouble waits for a person, and may wait for ever.
            Verdict::NotBegun
            | Verdict::Proven { .. }
            | Verdict::RestartPending { .. }
            | Verdict::Broken { .. }
            | Verdict::Stalled { .. }
            | Verdict::Stale { .. }
            | Verdict::Unknown { .. } => {}
        }
    }
    if run != RunState::Stopped && rings_to_come(state, &record.plan, now) {
        return Scene::Work;
    }
    if ahead { Scene::Waiting } else { Scene::Over }
}

/// A quarter of an hour before, until five minutes after.
fn near(now: Time, at: Time) -> bool {
    (-300..900).contains(&at.seconds_since(now))
}

/// Is there a ring of which hosts are still to be begun?
fn rings_to_come(state: &State, plan: &Plan, now: Time) -> bool {
    let Some(rollout) = state.night().rollout(&plan.hash()) else { return false };
    let rings = u16::try_from(plan.rings.len()).unwrap_or(u16::MAX);
    for ring in 1..=rings {
        let Some(standing) = rollout.ring_standing(ring, now) else { return false };
        let window = plan.ring(ring).and_then(|ring| plan.window_of(ring));
        let over = window.is_none_or(|window| now > window.latest_start);
        if matches!(standing.state, rollout::RingState::Halted { .. }) || over {
            return false;
        }
        if standing.counts.not_begun > 0 {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_night_passes_faster_and_still_leaves_whoever_is_asked_time_to_answer() {
        assert_eq!(Scene::Waiting.times_in(MINUTES_DEFAULT), 600);
        assert_eq!(Scene::Waiting.times_in(1), 4_800);
        assert_eq!(Scene::Asked.times_in(MINUTES_DEFAULT), 30);
        assert_eq!(Scene::Asked.times_in(1), ASKED_TIMES_MAX);
        assert_eq!(Scene::Asked.times_in(MINUTES_MAX), 2);
        assert_eq!(Scene::Over.times_in(1), 1, "what is over passes as real time does");
    }
}
