//! The life of a plan and of a host, in the reader's words: where a plan stands, what a rollout went through, what happened on
//! a host (R59).

use hospital::State;
use hospital::night::plans::PlanRecord;
use hospital::night::records::{RolloutEventKind, RunState};
use hospital::night::timeline::HostEventKind;
use model::Time;
use model::probe::ProbeResult;

use super::say;
use crate::clock::Local;
use crate::parts::{Mark, Status};
use crate::words::Words;

/// Where a plan is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlanState {
    Draft,
    Agreed,
    Running,
    Paused,
    Stopped,
    Concluded,
    Withdrawn,
    Superseded,
}

impl PlanState {
    pub(crate) const ALL: [PlanState; 8] = [
        PlanState::Draft,
        PlanState::Agreed,
        PlanState::Running,
        PlanState::Paused,
        PlanState::Stopped,
        PlanState::Concluded,
        PlanState::Withdrawn,
        PlanState::Superseded,
    ];

    /// Where this one is.
    pub(crate) fn of(state: &State, record: &PlanRecord, now: Time) -> PlanState {
        // The checker is asked last: it takes longest.
        let agreed = || state.plan_missing(record).is_empty() && state.plan_standing(record, now).is_agreed();
        PlanState::with(state, record, now, agreed)
    }

    /// Where it is, for whoever has asked the checker already.
    pub(crate) fn with(
        state: &State,
        record: &PlanRecord,
        now: Time,
        agreed: impl FnOnce() -> bool,
    ) -> PlanState {
        match state.night().run_state(&record.hash) {
            Some(RunState::Stopped) => return PlanState::Stopped,
            Some(_) if state.night().is_concluded(&record.hash, now) => return PlanState::Concluded,
            Some(RunState::Running) => return PlanState::Running,
            Some(RunState::Paused) => return PlanState::Paused,
            None => {}
        }
        if record.withdrawn.is_some() {
            PlanState::Withdrawn
        } else if record.superseded_by.is_some() {
            PlanState::Superseded
        } else if agreed() {
            PlanState::Agreed
        } else {
            PlanState::Draft
        }
    }

    /// Its word in files, filters and the API.
    pub(crate) fn word(self) -> &'static str {
        match self {
            PlanState::Draft => "draft",
            PlanState::Agreed => "agreed",
            PlanState::Running => "running",
            PlanState::Paused => "paused",
            PlanState::Stopped => "stopped",
            PlanState::Concluded => "concluded",
            PlanState::Withdrawn => "withdrawn",
            PlanState::Superseded => "superseded",
        }
    }

    /// For people.
    pub(crate) fn says(self, w: Words) -> &'static str {
        match self {
            PlanState::Draft => w.plan_state_draft(),
            PlanState::Agreed => w.plan_state_agreed(),
            PlanState::Running => w.plan_state_running(),
            PlanState::Paused => w.plan_state_paused(),
            PlanState::Stopped => w.plan_state_stopped(),
            PlanState::Concluded => w.plan_state_concluded(),
            PlanState::Withdrawn => w.plan_state_withdrawn(),
            PlanState::Superseded => w.plan_state_superseded(),
        }
    }
}

/// A step in the life of a rollout.
pub(crate) fn rollout(w: Words, what: &RolloutEventKind) -> String {
    match what {
        RolloutEventKind::Started => w.log_started().to_owned(),
        RolloutEventKind::Paused(why) => w.log_paused(why),
        RolloutEventKind::Resumed(why) => w.log_resumed(why),
        RolloutEventKind::Stopped { reason, emergency: false } => w.log_stopped(reason),
        RolloutEventKind::Stopped { reason, emergency: true } => w.log_emergency(reason),
        RolloutEventKind::RingOpened(ring) => w.log_ring_opened(*ring),
        RolloutEventKind::RingSoaking(ring) => w.log_ring_soaking(*ring),
        RolloutEventKind::RingHalted { ring, reason } => w.log_ring_halted(*ring, &say::halt(w, reason)),
    }
}

/// How a probe went.
pub(crate) fn probe(w: Words, result: &ProbeResult) -> Status {
    match result {
        ProbeResult::Passed(says) => Status::worded(Mark::Fixed, w.host_probe_passed()).detail(&**says),
        ProbeResult::Failed(says) => Status::worded(Mark::Broken, w.host_probe_failed()).detail(&**says),
        ProbeResult::NotTried(why) => Status::worded(Mark::Unknown, w.host_probe_not_tried()).detail(&**why),
    }
}

fn named(w: Words, names: &[String], total: u64) -> String {
    let hidden = total.saturating_sub(names.len() as u64);
    let mut text = names.join(", ");
    if hidden > 0 {
        text = format!("{text} {}", w.happened_more(hidden));
    }
    text
}

/// What happened on a host, as one line.
pub(crate) fn happened(local: &Local, host: &str, what: &HostEventKind) -> String {
    let w = local.w;
    let number = |count: u32| w.number(u64::from(count));
    match what {
        HostEventKind::Offered { expires } => w.happened_offered(&local.moment(*expires)),
        HostEventKind::Enrolled { expires } => w.happened_enrolled(&local.moment(*expires)),
        HostEventKind::Renewed { expires } => w.happened_renewed(&local.moment(*expires)),
        HostEventKind::Revoked { reason } => w.happened_revoked(reason),
        HostEventKind::Reported { packages, available } => {
            w.happened_reported(&number(*packages), &number(*available))
        }
        HostEventKind::Gap { after, next } => w.happened_gap(&w.number(*after), &w.number(*next)),
        HostEventKind::Restarted { boot } => w.happened_restarted(&local.moment(boot.began_at)),
        HostEventKind::Packages { changes, total } => {
            let version = |version: &Option<Box<str>>| version.as_deref().unwrap_or("–").to_owned();
            let names: Vec<String> = changes
                .iter()
                .map(|change| {
                    format!("{} {} → {}", change.package, version(&change.from), version(&change.to))
                })
                .collect();
            w.happened_packages(&named(w, &names, u64::from(*total)))
        }
        HostEventKind::Available { new, total } if new.is_empty() => {
            w.happened_available_fewer(&number(*total))
        }
        HostEventKind::Available { new, total } => {
            let names: Vec<&str> = new.iter().map(|name| &**name).collect();
            w.happened_available(&number(*total), &names.join(", "))
        }
        HostEventKind::Signal { source, reading } => {
            w.happened_signal(say::signal(w, *source), &say::reading(w, reading.as_ref()).text())
        }
        HostEventKind::Probe { probe: id, result } => w.happened_probe(id.as_str(), &probe(w, result).text()),
        HostEventKind::Order { order, action } => {
            w.happened_order(say::action_of_word(w, action), order.as_str())
        }
        HostEventKind::OrderStep(event) => {
            w.happened_order_step(event.order.as_str(), &say::order_step(w, &event.what).text())
        }
        HostEventKind::OutageAsked(outage) => w.happened_outage_asked(outage.as_str()),
        HostEventKind::OutageAnswered { unit, .. } => w.happened_outage_answered(unit.as_str()),
        HostEventKind::OutageMoved(_) => w.happened_outage_moved().to_owned(),
        HostEventKind::Incident(_) => w.happened_incident().to_owned(),
        HostEventKind::IncidentClosed(_) => w.happened_incident_closed().to_owned(),
        HostEventKind::Told { units, news } => {
            let units: Vec<&str> = units.iter().map(|unit| unit.as_str()).collect();
            w.happened_told(&units.join(", "), &say::news(local, host, news).1)
        }
        HostEventKind::LookedInto { found } => w.happened_looked_into(found),
        HostEventKind::RollBackDecided { reason } => w.happened_roll_back(reason),
        HostEventKind::WorkStep { step, worker } => w.happened_step(*step, worker),
        HostEventKind::WorkSigned { by } => w.happened_signed(by),
        HostEventKind::WorkChecked { by, passed: true } => w.happened_checked(by),
        HostEventKind::WorkChecked { by, passed: false } => w.happened_check_failed(by),
    }
}
