//! The hosts of a night as the board shows them: verdict, evidence with age and origin, signals read, step, what is next.

use hospital::State;
use hospital::night::hosts::OrderRecord;
use hospital::night::plans::PlanRecord;
use model::Time;
use model::host::{Reading, SignalSource};
use model::order::OrderStep;
use model::plan::Hands;
use rollout::standing::HostStanding;
use rollout::verdict::Verdict;

use crate::clock::Local;
use crate::pages::night::look::Look;
use crate::pages::night::{host_href, plan_href, say, unit_name, waits};
use crate::parts::timeline::{Lane, Span};
use crate::parts::{Age, Mark, Status};
use crate::words::Words;

/// One host of the night.
pub(crate) struct HostLine {
    pub(crate) host: String,
    pub(crate) href: String,
    pub(crate) units: String,
    pub(crate) ring: u16,
    pub(crate) verdict: Status,
    pub(crate) age: Option<Age>,
    pub(crate) origin: &'static str,
    pub(crate) signals: String,
    pub(crate) disagree: bool,
    pub(crate) step: String,
    pub(crate) next: String,
    pub(crate) blocks: bool,
}

/// How many of the sources that a host has were read, and how many say restart; empty when nothing was heard.
pub(crate) fn signals_text(w: Words, state: &State, host: &model::AssetTag) -> String {
    let Some(view) = state.night().host(host) else { return String::new() };
    let (Some(signals), Some(system)) = (view.signals(), view.system()) else { return String::new() };
    let sources = SignalSource::applicable(system.family);
    let of = |wanted: fn(&Reading) -> bool| {
        sources.iter().filter(|source| signals.get(source).is_some_and(wanted)).count() as u64
    };
    let read = of(|reading| !matches!(reading, Reading::Unknown(_)));
    let pending = of(|reading| matches!(reading, Reading::Pending(_)));
    let text = w.hosts_read(&w.number(read), &w.number(sources.len() as u64));
    if pending > 0 { format!("{text}, {}", w.hosts_pending(pending)) } else { text }
}

/// Every host, those that need somebody first.
pub(crate) fn host_lines(local: &Local, state: &State, record: &PlanRecord, look: &Look) -> Vec<HostLine> {
    let mut hosts: Vec<&HostStanding> = look.hosts.iter().collect();
    hosts.sort_by_key(|host| (urgency(&host.verdict), host.host.clone()));
    hosts.into_iter().map(|host| line(local, state, record, host)).collect()
}

/// What needs somebody first.
fn urgency(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Broken { .. } => 0,
        Verdict::Stalled { .. } => 1,
        Verdict::RestartPending { .. } => 2,
        Verdict::Unknown { .. } => 3,
        Verdict::Stale { .. } => 4,
        Verdict::Dark { .. } => 5,
        Verdict::Settling { .. } => 6,
        Verdict::NotBegun => 7,
        Verdict::Proven { .. } => 8,
    }
}

fn line(local: &Local, state: &State, record: &PlanRecord, host: &HostStanding) -> HostLine {
    let w = local.w;
    let item = record.plan.item(&host.host);
    let by_hand = item.is_some_and(|item| item.by != Hands::Agent);
    let allowed = i64::from(record.plan.proof.evidence_age_max_seconds);
    let units: Vec<String> = host.units.iter().map(|unit| unit_name(state, unit)).collect();
    HostLine {
        host: host.host.to_string(),
        href: if by_hand {
            format!("{}/work/{}", plan_href(record), crate::pages::devices::segment(host.host.as_str()))
        } else {
            host_href(host.host.as_str())
        },
        units: units.join(", "),
        ring: item.map_or(0, |item| item.ring),
        verdict: say::status(local, &host.verdict),
        age: host.evidence_at.map(|at| Age::new(local, at, (!by_hand).then_some(allowed))),
        origin: if by_hand { w.night_by_person() } else { w.night_by_agent() },
        signals: if by_hand { String::new() } else { signals_text(w, state, &host.host) },
        disagree: !host.disagreements.is_empty(),
        step: waits::step(w, host.step),
        next: waits::wait(local, &host.waits),
        blocks: waits::blocks(&host.waits),
    }
}

/// The end of an order as its host says it, or the present while it runs.
fn span_of(order: &OrderRecord, now: Time) -> Option<(Time, Time)> {
    let begun = order.events.iter().find(|event| event.what == OrderStep::Begun)?.at;
    let ended = order.events.iter().find(|event| match event.what {
        OrderStep::Done { .. } | OrderStep::Failed { .. } => true,
        OrderStep::Refused { .. } | OrderStep::Accepted | OrderStep::Begun => false,
    });
    Some((begun, ended.map_or(now, |event| event.at).max(begun)))
}

/// Each host's disruptive orders as they went, and what stands now.
pub(super) fn lanes(local: &Local, state: &State, record: &PlanRecord, look: &Look, to: Time) -> Vec<Lane> {
    look.hosts
        .iter()
        .map(|host| {
            let view = state.night().host(&host.host);
            let orders = view.map_or(&[][..], |view| view.orders());
            let mine = orders
                .iter()
                .filter(|order| order.order.plan == record.hash && order.order.action.is_disruptive());
            let mut spans: Vec<Span> = mine
                .filter_map(|order| {
                    let (from, until) = span_of(order, local.now)?;
                    let says = say::action(local.w, &order.order.action).to_owned();
                    Some(Span { mark: Mark::Dark, from, p50: until, p90: until, says })
                })
                .collect();
            spans.extend(standing_span(local, host, to));
            Lane { label: host.host.to_string(), href: host_href(host.host.as_str()), spans }
        })
        .collect()
}

/// What stands now, until when it is expected to.
fn standing_span(local: &Local, host: &HostStanding, to: Time) -> Option<Span> {
    let since = host.since?;
    let until = match &host.verdict {
        Verdict::Settling { until } => (*until).min(to),
        Verdict::Dark { back_p50, back_p90, .. } => {
            let says = waits::step(local.w, host.step);
            return Some(Span { mark: Mark::Dark, from: since, p50: *back_p50, p90: *back_p90, says });
        }
        Verdict::NotBegun => return None,
        Verdict::Proven { .. }
        | Verdict::RestartPending { .. }
        | Verdict::Broken { .. }
        | Verdict::Stalled { .. }
        | Verdict::Stale { .. }
        | Verdict::Unknown { .. } => local.now,
    };
    let mark = say::mark(&host.verdict);
    Some(Span {
        mark,
        from: since,
        p50: until.max(since),
        p90: until.max(since),
        says: say::detail(local, &host.verdict),
    })
}
