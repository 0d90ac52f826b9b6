//! A host over the hours of its night: when it was worked on, and what each source said of a pending restart, lane by lane, so
//! that a source that speaks late or against the others is seen (R59).

use std::collections::BTreeMap;

use hospital::night::hosts::HostView;
use hospital::night::plans::PlanRecord;
use hospital::night::timeline::HostEventKind;
use model::Time;
use model::host::{Reading, SignalSource};
use model::order::OrderStep;
use rollout::standing::HostStanding;

use crate::clock::Local;
use crate::pages::night::{say, story};
use crate::parts::Mark;
use crate::parts::timeline::{Lane, Span, Timeline};

/// A night is shown from so long before its first order on.
const BEFORE_SECONDS: i64 = 900;
/// Orders that are older than this belong to another night.
const NIGHT_SECONDS: i64 = 24 * 3_600;

/// The picture with its table; `None` for a host that no order was begun on lately.
pub(super) fn picture(
    local: &Local,
    view: &HostView<'_>,
    found: Option<&(&PlanRecord, HostStanding)>,
) -> Option<Timeline> {
    let w = local.w;
    let work = work(local, view);
    let first = work.iter().map(|span| span.from).min()?;
    let from = first.plus_seconds(-BEFORE_SECONDS);
    let mut lanes = vec![Lane::new(w.host_lane_work(), "", work)];
    lanes.extend(sources(local, view, from));
    let margin = local.now.seconds_since(from) / 20;
    let to = local.now.plus_seconds(margin.max(300));
    if let Some((record, standing)) = found {
        let started = record.started.as_ref().map_or(Time(0), |(stamp, _)| stamp.time);
        let spans = story::spans(local, Some(view), standing, started, to);
        lanes.push(Lane::new(w.host_lane_verdict(), "", spans));
    }
    Some(Timeline::new(local, "host-night", w.host_timeline(), (from, to), &lanes))
}

fn until_now(local: &Local, mark: Mark, from: Time, says: String) -> Span {
    // What is said since this very moment is drawn, too.
    let end = local.now.max(from.plus_seconds(1));
    Span { mark, from, p50: end, p90: end, says }
}

/// What was done on the host in its last night: from begun until done or failed, or until now.
fn work(local: &Local, view: &HostView<'_>) -> Vec<Span> {
    let begun = |event: &&model::order::OrderEvent| event.what == OrderStep::Begun;
    let ended = |event: &&model::order::OrderEvent| match event.what {
        OrderStep::Done { .. } | OrderStep::Failed { .. } => true,
        OrderStep::Refused { .. } | OrderStep::Accepted | OrderStep::Begun => false,
    };
    let disruptive = view.orders().iter().filter(|order| order.order.action.is_disruptive());
    let mut spans: Vec<Span> = disruptive
        .filter_map(|order| {
            let from = order.events.iter().find(begun)?.at;
            let end = order.events.iter().find(ended).map_or(local.now, |event| event.at).max(from);
            let says = say::action(local.w, &order.order.action).to_owned();
            Some(Span { mark: Mark::Dark, from, p50: end, p90: end, says })
        })
        .collect();
    let last = spans.iter().map(|span| span.from).max();
    spans.retain(|span| last.is_some_and(|last| last.seconds_since(span.from) < NIGHT_SECONDS));
    spans
}

/// One lane for each source that said anything but *clear* since then: how long it said so.
fn sources(local: &Local, view: &HostView<'_>, from: Time) -> Vec<Lane> {
    let mut open: BTreeMap<SignalSource, Span> = BTreeMap::new();
    let mut spans: BTreeMap<SignalSource, Vec<Span>> = BTreeMap::new();
    for event in view.events() {
        let HostEventKind::Signal { source, reading } = &event.what else { continue };
        if let Some(mut span) = open.remove(source) {
            (span.p50, span.p90) = (event.at.max(span.from), event.at.max(span.from));
            spans.entry(*source).or_default().push(span);
        }
        let mark = match reading {
            Some(Reading::Clear) => continue,
            Some(Reading::Pending(_)) => Mark::RestartPending,
            Some(Reading::Unknown(_)) | None => Mark::Unknown,
        };
        let says = say::reading(local.w, reading.as_ref()).text();
        open.insert(*source, until_now(local, mark, event.at, says));
    }
    for (source, span) in open {
        spans.entry(source).or_default().push(span);
    }
    let shown = spans.into_iter().filter(|(_, spans)| spans.iter().any(|span| span.p90 >= from));
    shown.map(|(source, spans)| Lane::new(say::signal(local.w, source), "", spans)).collect()
}
