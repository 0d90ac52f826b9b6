//! A plan that is not saved, as it would be: its picture, its rings and waves, what the checker says, and what replays come to; beside
//! another one with what differs (R07, R10, R11). Nothing is decided here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hospital::State;
use model::AssetTag;
use model::agreement::PlanFinding;
use model::ids::UnitId;
use model::plan::Plan;
use planning::forecast::{Amount, Times};

use super::view::{RingLine, finding_lines, rings};
use crate::clock::Local;
use crate::http::Problem;
use crate::page::Ctx;
use crate::pages::night::drawing::{Drawn, Moving, drawn};
use crate::pages::night::forecast::forecast;
use crate::pages::night::past::{Gathered, Past};
use crate::pages::night::{say, unit_name};
use crate::parts::{CountOf, Status};
use crate::words::Words;

/// A plan that was looked at.
pub(super) struct Looked {
    pub(super) plan: Arc<Plan>,
    pub(super) findings: Vec<PlanFinding>,
    pub(super) past: Past,
}

/// Checks a plan and replays it, saved or not.
pub(super) async fn look(ctx: &Ctx, plan: Arc<Plan>) -> Result<Looked, Problem> {
    let (findings, nights, gathered) = ctx.app.domain.node.read(|state| {
        let findings = planning::check::check(&plan, &state.topology(&plan), ctx.now);
        (findings, ctx.app.forecasts.nights(state), Gathered::of(state, &plan))
    });
    Ok(Looked { plan, findings, past: Past::of(&ctx.app, nights, gathered).await? })
}

/// One wave of a ring.
pub(super) struct WaveLine {
    pub(super) ring: u16,
    pub(super) wave: u16,
    pub(super) hosts: String,
}

/// What a page shows of a plan that is not saved.
pub(super) struct Preview {
    pub(super) stands: String,
    /// The plan keeps how many patients are where.
    pub(super) census_known: bool,
    pub(super) drawn: Option<Drawn>,
    pub(super) rings: Vec<RingLine>,
    pub(super) waves: Vec<WaveLine>,
    pub(super) findings: Vec<(Status, String)>,
    /// The picture of the plan as it is saved, where there is one.
    pub(super) present: Option<Drawn>,
    /// Whether the figures have a plan beside them.
    pub(super) compared: bool,
    pub(super) figures: Vec<FigureLine>,
    pub(super) basis: String,
}

/// A figure of a plan, of the one beside it, and what differs.
pub(super) struct FigureLine {
    pub(super) name: String,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) change: String,
}

impl Preview {
    /// A plan by itself.
    pub(super) fn new(local: &Local, state: &State, drafted: &Looked) -> Preview {
        Preview::of(local, state, drafted, None, None)
    }

    /// `edited`, beside what was looked at before it; neither is saved.
    pub(super) fn after(local: &Local, state: &State, edited: &Looked, earlier: &Looked) -> Preview {
        Preview { present: None, ..Preview::of(local, state, edited, Some(earlier), None) }
    }

    /// `edited`, beside `present`; what is drawn of it can be moved on.
    pub(super) fn beside(
        local: &Local,
        state: &State,
        edited: &Looked,
        present: &Looked,
        moving: Moving,
    ) -> Preview {
        Preview::of(local, state, edited, Some(present), Some(moving))
    }

    fn of(
        local: &Local,
        state: &State,
        edited: &Looked,
        present: Option<&Looked>,
        moving: Option<Moving>,
    ) -> Preview {
        let (w, plan) = (local.w, &*edited.plan);
        let of = |looked: &Looked| forecast(&looked.plan, &state.topology(&looked.plan), Some(&looked.past));
        let shown = of(edited);
        Preview {
            stands: shown.stands.says(w),
            census_known: !plan.resources.census.is_empty(),
            drawn: drawn(local, state, plan, &shown, &edited.findings, "edited", moving),
            rings: rings(local, plan, &shown),
            waves: waves(w, plan),
            findings: finding_lines(w, &edited.findings),
            present: present.and_then(|looked| {
                drawn(local, state, &looked.plan, &of(looked), &looked.findings, "present", None)
            }),
            compared: present.is_some(),
            figures: figures(local, state, edited, present),
            basis: edited.past.basis(w),
        }
    }
}

fn waves(w: Words, plan: &Plan) -> Vec<WaveLine> {
    let mut waves: BTreeMap<(u16, u16), Vec<&AssetTag>> = BTreeMap::new();
    for item in &plan.items {
        waves.entry((item.ring, item.wave)).or_default().push(&item.host);
    }
    let line = |((ring, wave), hosts): ((u16, u16), Vec<&AssetTag>)| WaveLine {
        ring,
        wave,
        hosts: say::hosts(w, &hosts),
    };
    waves.into_iter().map(line).collect()
}

/// Something that replays or the checker say of a plan.
enum Measure {
    Ends(Option<Times>),
    Minutes(Amount),
    Number(Amount),
    Of(u32, u32),
    Plain(u64),
}

/// What is compared, in the order shown.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum About {
    Ends,
    AsPlanned,
    Dark(UnitId),
    BedMinutes(UnitId),
    Restarts,
    FurtherRestarts,
    Overrun(Box<str>),
    LeftOver(Box<str>),
    Blocking,
    Remarks,
}

fn measures(looked: &Looked) -> BTreeMap<About, Measure> {
    let campaign = &*looked.past.campaign;
    let (blocking, remarks): (Vec<_>, Vec<_>) = looked.findings.iter().partition(|finding| finding.blocks);
    let mut out = BTreeMap::from([
        (About::Ends, Measure::Ends(campaign.ends)),
        (About::AsPlanned, Measure::Of(campaign.as_planned, campaign.replays)),
        (About::Restarts, Measure::Number(campaign.restarts)),
        (About::FurtherRestarts, Measure::Number(campaign.further_restarts)),
        (About::Blocking, Measure::Plain(blocking.len() as u64)),
        (About::Remarks, Measure::Plain(remarks.len() as u64)),
    ]);
    for unit in &campaign.units {
        out.insert(About::Dark(unit.unit.clone()), Measure::Minutes(unit.minutes));
        out.insert(About::BedMinutes(unit.unit.clone()), Measure::Minutes(unit.bed_minutes));
    }
    for risk in &campaign.windows {
        let window: Box<str> = risk.window.as_str().into();
        out.insert(About::Overrun(window.clone()), Measure::Of(risk.overrun, campaign.replays));
        out.insert(About::LeftOver(window), Measure::Of(risk.left_over, campaign.replays));
    }
    out
}

fn name(w: Words, state: &State, about: &About) -> String {
    match about {
        About::Ends => w.whatif_ends().to_owned(),
        About::AsPlanned => w.whatif_as_planned().to_owned(),
        About::Dark(unit) => w.whatif_dark(&unit_name(state, unit)),
        About::BedMinutes(unit) => w.whatif_bed_minutes(&unit_name(state, unit)),
        About::Restarts => w.whatif_restarts().to_owned(),
        About::FurtherRestarts => w.whatif_further().to_owned(),
        About::Overrun(window) => w.whatif_overrun(window),
        About::LeftOver(window) => w.whatif_left_over(window),
        About::Blocking => w.whatif_blocking().to_owned(),
        About::Remarks => w.whatif_remarks().to_owned(),
    }
}

fn says(local: &Local, measure: Option<&Measure>) -> String {
    let w = local.w;
    let number = |count: u32| w.number(u64::from(count));
    match measure {
        // A unit in which no replay darkens a bed; a window that the plan does not have.
        None | Some(Measure::Ends(None)) => w.whatif_none().to_owned(),
        Some(Measure::Ends(Some(ends))) => {
            w.whatif_times(&local.moment(ends.p50), &local.clock_near(ends.p50, ends.p90))
        }
        Some(Measure::Minutes(amount)) => {
            w.night_duration(&say::minutes(w, u64::from(amount.p50)), &say::minutes(w, u64::from(amount.p90)))
        }
        Some(Measure::Number(amount)) => w.whatif_numbers(&number(amount.p50), &number(amount.p90)),
        Some(Measure::Of(part, whole)) => {
            CountOf { w, part: u64::from(*part), whole: u64::from(*whole) }.text()
        }
        Some(Measure::Plain(count)) => w.number(*count),
    }
}

/// What differs: P50, then P90, each exactly.
fn change(local: &Local, before: Option<&Measure>, after: Option<&Measure>) -> String {
    let w = local.w;
    let both = |p50: String, p90: String| w.whatif_both(&p50, &p90);
    let none = Amount::default();
    match (before, after) {
        (Some(Measure::Ends(Some(before))), Some(Measure::Ends(Some(after)))) => {
            // The difference of the two clocks as they are shown.
            let minute = |time: model::Time| time.0.div_euclid(60_000_000);
            let moved = |before, after| {
                let by = minute(after) - minute(before);
                let text = say::minutes(w, by.unsigned_abs());
                match by.signum() {
                    1 => w.whatif_later(&text),
                    -1 => w.whatif_earlier(&text),
                    _ => w.whatif_same().to_owned(),
                }
            };
            both(moved(before.p50, after.p50), moved(before.p90, after.p90))
        }
        (Some(Measure::Ends(_)), _) | (_, Some(Measure::Ends(_))) => String::new(),
        (Some(Measure::Minutes(_)), _) | (_, Some(Measure::Minutes(_))) => {
            // Not among the units of a campaign: no replay darkened a bed of it.
            let of = |measure: Option<&Measure>| {
                if let Some(Measure::Minutes(amount)) = measure { *amount } else { none }
            };
            let (before, after) = (of(before), of(after));
            let text = |count: u64| say::minutes(w, count);
            both(more_or_less(w, before.p50, after.p50, text), more_or_less(w, before.p90, after.p90, text))
        }
        (Some(Measure::Number(before)), Some(Measure::Number(after))) => {
            let text = |count: u64| w.number(count);
            both(more_or_less(w, before.p50, after.p50, text), more_or_less(w, before.p90, after.p90, text))
        }
        // Two long plans are replayed less often than a short one: counts of unlike wholes are not subtracted.
        (Some(Measure::Of(before, of)), Some(Measure::Of(after, whole))) if of == whole => {
            more_or_less(w, *before, *after, |count| w.number(count))
        }
        (Some(Measure::Plain(before)), Some(Measure::Plain(after))) => {
            more_or_less(w, *before, *after, |count| w.number(count))
        }
        (None | Some(Measure::Of(..) | Measure::Number(_) | Measure::Plain(_)), _) => String::new(),
    }
}

fn more_or_less(
    w: Words,
    before: impl Into<u64>,
    after: impl Into<u64>,
    text: impl Fn(u64) -> String,
) -> String {
    let (before, after) = (before.into(), after.into());
    match after.cmp(&before) {
        std::cmp::Ordering::Greater => w.whatif_more(&text(after - before)),
        std::cmp::Ordering::Less => w.whatif_less(&text(before - after)),
        std::cmp::Ordering::Equal => w.whatif_same().to_owned(),
    }
}

fn figures(local: &Local, state: &State, edited: &Looked, present: Option<&Looked>) -> Vec<FigureLine> {
    let (after, before) = (measures(edited), present.map(measures).unwrap_or_default());
    let all: BTreeSet<&About> = after.keys().chain(before.keys()).collect();
    let line = |about: &About| FigureLine {
        name: name(local.w, state, about),
        before: if present.is_some() { says(local, before.get(about)) } else { String::new() },
        after: says(local, after.get(about)),
        change: if present.is_some() {
            change(local, before.get(about), after.get(about))
        } else {
            String::new()
        },
    };
    all.into_iter().map(line).collect()
}
