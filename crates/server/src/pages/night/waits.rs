//! What a host or ring waits for, and in which step it is, in the reader's words. *Why not* is data; here it becomes a sentence.

use hospital::State;
use rollout::standing::{Counts, RingState, Step, Wait};

use super::{say, unit_name};
use crate::clock::Local;
use crate::parts::Mark;
use crate::words::Words;

/// What is being done with a host.
pub(crate) fn step(w: Words, step: Step) -> String {
    match step {
        Step::Waiting => w.step_waiting().to_owned(),
        Step::Downloading => w.step_downloading().to_owned(),
        Step::Downloaded => w.step_downloaded().to_owned(),
        Step::ProbingBefore => w.step_probing_before().to_owned(),
        Step::Installing { patch, of } => w.step_installing(patch, of),
        Step::RestartingServices => w.step_restarting_services().to_owned(),
        Step::RestartingHost => w.step_restarting_host().to_owned(),
        Step::ProbingAfter => w.step_probing_after().to_owned(),
        Step::Watched => w.step_watched().to_owned(),
        Step::FurtherOutage => w.step_further_outage().to_owned(),
        Step::RollingBack => w.step_rolling_back().to_owned(),
        Step::ByHand { done, of } => w.step_by_hand(done, of),
        Step::Signed => w.step_signed().to_owned(),
    }
}

/// What it waits for, units by their names.
pub(crate) fn wait_named(local: &Local, state: &State, wait: &Wait) -> String {
    if let Wait::Units { missing, .. } = wait {
        let names: Vec<String> = missing.iter().map(|unit| unit_name(state, unit)).collect();
        return local.w.wait_units(&names.join(", "));
    }
    self::wait(local, wait)
}

/// What it waits for.
pub(crate) fn wait(local: &Local, wait: &Wait) -> String {
    let w = local.w;
    let number = |count: u32| w.number(u64::from(count));
    match wait {
        Wait::Nothing => w.wait_nothing().to_owned(),
        Wait::Paused { reason } => w.wait_paused(reason),
        Wait::Stopped { reason, emergency: false } => w.wait_stopped(reason),
        Wait::Stopped { reason, emergency: true } => w.wait_emergency(reason),
        Wait::Halted { ring, reason } => w.wait_halted(*ring, &say::halt(w, reason)),
        Wait::RingBefore { ring, wanted, good } => {
            w.wait_ring_before(*ring, &number(*good), &number(*wanted))
        }
        Wait::Soak { ring, until } => w.wait_soak(*ring, &local.moment(*until)),
        Wait::Window { opens } => w.wait_window(&local.moment(*opens)),
        Wait::TooLate { latest_start } => w.wait_too_late(&local.moment(*latest_start)),
        Wait::Wave { wave } => w.wait_wave(*wave),
        Wait::AtOnce { max } => w.wait_at_once(&number(*max)),
        Wait::Redundancy { service, needed, left } => {
            w.wait_redundancy(service.as_str(), &number(u32::from(*left)), &number(u32::from(*needed)))
        }
        Wait::Fallback { service, other } => w.wait_fallback(service.as_str(), other.as_str()),
        Wait::Evidence { observed_at: Some(at) } => w.wait_evidence(&local.age(*at)),
        Wait::Evidence { observed_at: None } => w.wait_evidence_never().to_owned(),
        Wait::OtherRollout => w.wait_other_rollout().to_owned(),
        Wait::Order { action, since, due } => {
            w.wait_order(say::action_of_word(w, action), &local.moment(*since), &local.moment(*due))
        }
        Wait::ObservationAfter(at) => w.wait_observation(&local.moment(*at)),
        Wait::Recheck { quiet_until, due } => {
            w.wait_recheck(&local.moment(*quiet_until), &local.moment(*due))
        }
        Wait::Units { missing, .. } => {
            w.wait_units(&missing.iter().map(|unit| unit.as_str()).collect::<Vec<_>>().join(", "))
        }
        Wait::OutageWindow { opens } => w.wait_outage_window(&local.moment(*opens)),
        Wait::Person { step, of } => w.wait_person(*step, *of),
        Wait::Signature => w.wait_signature().to_owned(),
        Wait::CheckAgain => w.wait_check_again().to_owned(),
        Wait::Decision => w.wait_decision().to_owned(),
        Wait::Done => w.wait_done().to_owned(),
    }
}

/// Is it somebody's turn: does it wait for a person rather than for time?
pub(crate) fn blocks(wait: &Wait) -> bool {
    match wait {
        Wait::Paused { .. }
        | Wait::Stopped { .. }
        | Wait::Halted { .. }
        | Wait::TooLate { .. }
        | Wait::Redundancy { .. }
        | Wait::Fallback { .. }
        | Wait::Evidence { .. }
        | Wait::Units { .. }
        | Wait::Person { .. }
        | Wait::Signature
        | Wait::CheckAgain
        | Wait::Decision => true,
        Wait::Nothing
        | Wait::RingBefore { .. }
        | Wait::Soak { .. }
        | Wait::Window { .. }
        | Wait::Wave { .. }
        | Wait::AtOnce { .. }
        | Wait::OtherRollout
        | Wait::Order { .. }
        | Wait::ObservationAfter(_)
        | Wait::Recheck { .. }
        | Wait::OutageWindow { .. }
        | Wait::Done => false,
    }
}

/// Where a ring is in its life.
pub(crate) fn ring_state(local: &Local, state: &RingState) -> String {
    let w = local.w;
    match state {
        RingState::Waiting => w.board_ring_waiting().to_owned(),
        RingState::Open { since } => w.board_ring_open(&local.moment(*since)),
        RingState::Soaking { until } => w.board_ring_soaking(&local.moment(*until)),
        RingState::Soaked { since } => w.board_ring_soaked(&local.moment(*since)),
        RingState::Halted { at, reason } => w.board_ring_halted(&local.moment(*at), &say::halt(w, reason)),
    }
}

/// The counts with their marks, in the order of the status table; all of them, those of 0 too.
pub(crate) fn counts(counts: &Counts) -> [(Mark, u32); 9] {
    [
        (Mark::Proven, counts.proven),
        (Mark::Settling, counts.settling),
        (Mark::RestartPending, counts.restart_pending),
        (Mark::Dark, counts.dark),
        (Mark::Broken, counts.broken),
        (Mark::Stalled, counts.stalled),
        (Mark::Stale, counts.stale),
        (Mark::Unknown, counts.unknown),
        (Mark::NotBegun, counts.not_begun),
    ]
}

/// `11 of 12 proven, 1 settling until 06:30`: exact, and only what there is. `until` is the last re-check of those settling.
pub(crate) fn sentence(local: &Local, all: &Counts, until: Option<model::Time>) -> String {
    let w = local.w;
    let number = |count: u32| w.number(u64::from(count));
    let mut parts = vec![w.board_proven_of(&number(all.proven), &number(all.total()))];
    for (mark, count) in counts(all) {
        let count = u64::from(count);
        match (mark, until) {
            (Mark::Proven, _) => {}
            (_, _) if count == 0 => {}
            (Mark::Settling, Some(until)) => parts.push(w.board_settling_until(count, &local.moment(until))),
            (_, _) => parts.push(w.board_count_of(count, &mark.word(w).to_lowercase())),
        }
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;
    use jiff::tz::TimeZone;
    use model::Time;

    #[test]
    fn eleven_of_twelve_are_proven_and_one_settles_until_half_past_six() {
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        let local = Local { w: Words::of(Language::English), zone, now: Time(1_795_395_600_000_000) };
        let all = Counts { proven: 11, settling: 1, ..Counts::default() };
        // Monday 23 November 2026, 06:30 in Stockholm; it is 02:00 of the same day.
        let until = Some(Time(1_795_411_800_000_000));
        assert_eq!(sentence(&local, &all, until), "11 of 12 proven, 1 settling until 06:30");
        let all = Counts { proven: 0, restart_pending: 2, not_begun: 1, ..Counts::default() };
        assert_eq!(sentence(&local, &all, None), "0 of 3 proven, 2 restart pending, 1 not begun");
    }
}
