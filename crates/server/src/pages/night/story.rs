//! A host's verdicts over the hours, for pictures: from when on which was said, as the units were told it then, and what stands
//! now. A verdict is drawn from the moment it was known, never from the beginning of the step in which it turned up.

use hospital::night::hosts::HostView;
use hospital::night::timeline::HostEventKind;
use model::Time;
use rollout::decision::News;
use rollout::standing::HostStanding;
use rollout::verdict::Verdict;

use super::{say, waits};
use crate::clock::Local;
use crate::parts::Mark;
use crate::parts::timeline::Span;

/// The spans of a host in a night that began at `started`, cut at `to` where it is still settling.
pub(crate) fn spans(
    local: &Local,
    view: Option<&HostView<'_>>,
    standing: &HostStanding,
    started: Time,
    to: Time,
) -> Vec<Span> {
    let mut out = told(local, view, started);
    if let Some(now) = present(local, standing, out.last(), to) {
        // What was told last holds until what stands now was seen.
        if let Some(last) = out.last_mut() {
            let end = if last.mark == now.mark { last.from } else { now.from.clamp(last.from, local.now) };
            (last.p50, last.p90) = (end, end);
        }
        out.push(now);
    }
    out.retain(|span| span.p90 > span.from);
    out
}

/// What units were told of the host, each until they were told otherwise. Dark times are drawn from the orders themselves.
fn told(local: &Local, view: Option<&HostView<'_>>, started: Time) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    for event in view.iter().flat_map(|view| view.events()).filter(|event| event.at >= started) {
        let HostEventKind::Told { news, .. } = &event.what else { continue };
        if let Some(last) = out.last_mut() {
            (last.p50, last.p90) = (event.at, event.at);
        }
        let mark = match news {
            News::Dark { .. } => Mark::Dark,
            News::Back { .. } => Mark::Settling,
            News::Proven => Mark::Proven,
            News::FurtherOutage { .. } => Mark::RestartPending,
            News::Trouble { .. } => Mark::Broken,
        };
        out.push(Span { mark, from: event.at, p50: local.now, p90: local.now, says: String::new() });
    }
    out.retain(|span| span.mark != Mark::Dark);
    out
}

/// What stands now: from when it was told, or else from its evidence on; a dark time and a quiet period with their ends.
fn present(local: &Local, standing: &HostStanding, told: Option<&Span>, to: Time) -> Option<Span> {
    let mark = say::mark(&standing.verdict);
    let says = say::detail(local, &standing.verdict);
    let span = |from: Time, p50: Time, p90: Time, says| {
        // What was seen this very moment is drawn, too.
        let least = from.plus_seconds(1);
        Some(Span { mark, from, p50: p50.max(least), p90: p90.max(least), says })
    };
    let told = told.filter(|span| span.mark == mark).map(|span| span.from);
    match &standing.verdict {
        Verdict::NotBegun => None,
        Verdict::Dark { back_p50, back_p90, .. } => {
            span(standing.since?, *back_p50, *back_p90, waits::step(local.w, standing.step))
        }
        Verdict::Settling { until } => {
            let until = (*until).min(to);
            span(told.or(standing.since)?, until, until, says)
        }
        Verdict::Proven { .. }
        | Verdict::RestartPending { .. }
        | Verdict::Broken { .. }
        | Verdict::Stalled { .. }
        | Verdict::Stale { .. }
        | Verdict::Unknown { .. } => span(told.or(standing.evidence_at)?, local.now, local.now, says),
    }
}
