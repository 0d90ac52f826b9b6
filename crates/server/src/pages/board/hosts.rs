//! The hosts of a night as the board shows them: verdict, evidence with age and origin, signals read, step, what is next.

use std::collections::BTreeMap;

use hospital::State;
use hospital::night::hosts::OrderRecord;
use hospital::night::plans::PlanRecord;
use model::host::{Reading, SignalSource};
use model::order::OrderStep;
use model::plan::Hands;
use model::{AssetTag, Time};
use planning::timetable::Slot;
use rollout::standing::HostStanding;
use rollout::verdict::Verdict;

use crate::clock::Local;
use crate::pages::night::forecast::{Forecast, basis};
use crate::pages::night::look::Look;
use crate::pages::night::{allowed_seconds, item_href, say, story, unit_name, waits};
use crate::pages::plans::host_acts;
use crate::parts::timeline::{LANES_DRAWN_MAX, Lane, Span};
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
    pub(crate) origin: String,
    pub(crate) signals: String,
    pub(crate) disagree: bool,
    pub(crate) step: String,
    pub(crate) next: String,
    pub(crate) blocks: bool,
    /// What a person may decide about it: label and where.
    pub(crate) acts: Vec<(&'static str, String)>,
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

/// The first `max` hosts, those that need somebody first.
pub(crate) fn host_lines(
    local: &Local,
    state: &State,
    record: &PlanRecord,
    look: &Look,
    max: usize,
) -> Vec<HostLine> {
    urgent(look, max).map(|host| line(local, state, record, host)).collect()
}

/// The first `max` hosts, those that need somebody first.
fn urgent(look: &Look, max: usize) -> impl Iterator<Item = &HostStanding> {
    let mut hosts: Vec<&HostStanding> = look.hosts.iter().collect();
    hosts.sort_by(|a, b| (urgency(&a.verdict), &a.host).cmp(&(urgency(&b.verdict), &b.host)));
    hosts.into_iter().take(max)
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
    let allowed = allowed_seconds(record, &host.host);
    let units: Vec<String> = host.units.iter().map(|unit| unit_name(state, unit)).collect();
    HostLine {
        host: host.host.to_string(),
        href: item_href(record, &host.host),
        units: units.join(", "),
        ring: item.map_or(0, |item| item.ring),
        verdict: say::status(local, &host.verdict),
        age: host.evidence_at.map(|at| Age::new(local, at, Some(allowed))),
        origin: match (by_hand, &host.checked_by) {
            (true, Some(who)) => w.night_by_named(who),
            (true, None) => w.night_by_person().to_owned(),
            (false, _) => w.night_by_agent().to_owned(),
        },
        signals: if by_hand { String::new() } else { signals_text(w, state, &host.host) },
        disagree: !host.disagreements.is_empty(),
        step: waits::step(w, host.step),
        next: waits::wait_named(local, state, &host.waits),
        blocks: waits::blocks(&host.waits),
        acts: host_acts::offered(state, record, &host.host, &host.verdict)
            .into_iter()
            .map(|act| (act.says(w), act.href(record, &host.host)))
            .collect(),
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

/// The disruptive orders of as many hosts as are drawn, as they went, and what stands now.
pub(super) fn lanes(
    local: &Local,
    state: &State,
    record: &PlanRecord,
    look: &Look,
    forecast: &Forecast,
    to: Time,
) -> Vec<Lane> {
    let started = record.started.as_ref().map_or(Time(0), |(stamp, _)| stamp.time);
    let slots: BTreeMap<&AssetTag, &Slot> =
        forecast.timetable.slots.iter().map(|slot| (&slot.host, slot)).collect();
    urgent(look, LANES_DRAWN_MAX)
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
            spans.extend(story::spans(local, view.as_ref(), host, started, to));
            if host.verdict == Verdict::NotBegun
                && let Some(slot) = slots.get(&host.host)
            {
                let stands = basis(local.w, forecast.bases.get(&host.host));
                let says = format!("{} · {stands}", local.w.board_planned());
                let (from, p50, p90) = (slot.p50.begins, slot.p50.ends, slot.p90.ends);
                spans.push(Span { mark: Mark::NotBegun, from, p50, p90, says });
            }
            Lane::new(host.host.to_string(), item_href(record, &host.host), spans)
        })
        .collect()
}
