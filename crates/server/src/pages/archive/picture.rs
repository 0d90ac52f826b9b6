//! The last day of a pair in one picture: what each comparison showed and until when that counts, and how fast B was at each place.

use archive::Side;
use archive::kept::Kept;
use hospital::archives::Pair;
use model::Time;

use super::{RULES, say};
use crate::page::Ctx;
use crate::parts::Mark;
use crate::parts::timeline::{Lane, Span, Timeline};

/// What is drawn.
const SHOWN_SECONDS: i64 = 24 * 3_600;
/// A little of what is to come: until when the proof counts.
const AHEAD_SECONDS: i64 = 2 * 3_600;

/// The picture with its table; `None` while nothing was compared or probed.
pub(super) fn picture(ctx: &Ctx, pair: &Pair) -> Option<Timeline> {
    let (w, local) = (ctx.w, ctx.local());
    let from = ctx.now.plus_seconds(-SHOWN_SECONDS);
    let mut lanes = Vec::new();
    let proofs = proofs(ctx, pair, from);
    if !proofs.is_empty() {
        lanes.push(Lane::new(w.archive_lane_proof(), "", proofs));
    }
    for probed in pair.probes().iter().filter(|probed| probed.side == Side::B) {
        let most = pair.baseline(Side::B, &probed.place).map(|(_, set)| set.p95_max_milliseconds);
        let times = probed.probes.iter().map(|probe| {
            let is = probe.first_image.p95_milliseconds;
            let failed = probe.first_image.failed;
            let mark = match most {
                _ if failed > 0 => Mark::Broken,
                Some(most) if is <= most => Mark::Proven,
                Some(_) => Mark::Stalled,
                None => Mark::Unknown,
            };
            let came = w.number(u64::from(probe.first_image.probes));
            let says = match failed {
                0 => format!("{} ms", w.number(is)),
                failed => w.archive_not_come(u64::from(failed), &came),
            };
            (probe.first_image.at, mark, says)
        });
        let spans = until_next(times.collect(), RULES().probe_age_max_seconds, from);
        if !spans.is_empty() {
            lanes.push(Lane::new(w.archive_lane_speed(&probed.place), "", spans));
        }
    }
    let to = ctx.now.plus_seconds(AHEAD_SECONDS);
    (!lanes.is_empty()).then(|| Timeline::new(&local, "pair-day", w.archive_picture(), (from, to), &lanes))
}

fn proofs(ctx: &Ctx, pair: &Pair, from: Time) -> Vec<Span> {
    let w = ctx.w;
    let times = pair.comparisons.iter().map(|comparison| {
        let (mark, word) = say::result(w, comparison);
        let says = match &comparison.compared {
            Kept::Proven(shown) => {
                let found = shown.differences.map(|found| say::differences(w, &found));
                found.map_or_else(|| word.to_owned(), |found| format!("{word}: {found}"))
            }
            Kept::Unproven { reason, .. } => format!("{word}: {}", say::reason(w, reason)),
        };
        (comparison.at(), mark, says)
    });
    let mut times: Vec<(Time, Mark, String)> = times.collect();
    times.sort_by_key(|(at, _, _)| *at);
    until_next(times, RULES().proof_age_max_seconds, from)
}

/// Each counts until the next one, and no longer than `lasts_seconds`: what is not drawn green is not proven.
fn until_next(times: Vec<(Time, Mark, String)>, lasts_seconds: i64, from: Time) -> Vec<Span> {
    let next: Vec<Option<Time>> =
        times.iter().skip(1).map(|(at, _, _)| Some(*at)).chain(std::iter::once(None)).collect();
    let span = |((at, mark, says), next): ((Time, Mark, String), Option<Time>)| {
        let ends = at.plus_seconds(lasts_seconds);
        let end = next.map_or(ends, |next| next.min(ends));
        Span { mark, from: at.max(from), p50: end, p90: end, says }
    };
    times.into_iter().zip(next).map(span).filter(|span| span.p90 > from).collect()
}
