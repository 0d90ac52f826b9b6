//! `/ward`: every unit with what is dark now and what is asked of it.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use hospital::State;
use model::Time;
use model::ids::{BedId, UnitId};
use rollout::standing::DarkService;

use super::data::{asked, concerns, unanswered};
use crate::clock::Local;
use crate::export::{self, Format, Value};
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::pages::night::past::{Outlooks, outlooks};
use crate::pages::night::{census, say, ward_href};
use crate::parts::{Empty, Mark, Status};

struct Line {
    name: String,
    href: String,
    now: Status,
    next: String,
    asked: String,
}

#[derive(Template)]
#[template(path = "pages/wards.html")]
struct WardsPage {
    shell: Shell,
    empty: Option<Empty>,
    lines: Vec<Line>,
}

/// What is known of one unit.
struct Known {
    dark: Vec<DarkService>,
    /// Its own beds that are dark now, each once.
    dark_beds: BTreeSet<BedId>,
    /// The next planned dark time: from, P50, P90.
    next: Option<(Time, Time, Time)>,
    /// The patients there by the plan of that, and by the plan that darkens a bed now.
    next_patients: Option<String>,
    patients: Option<String>,
    plans: usize,
    outages: usize,
}

impl Known {
    fn new(local: &Local, state: &State, unit: &UnitId, outlooks: &Outlooks) -> Known {
        let now = local.now;
        let of_unit = state.places().beds.values().filter(|bed| bed.unit == *unit);
        let beds: Vec<BedId> = of_unit.map(|bed| bed.id.clone()).collect();
        let concerns = concerns(state, unit, now, outlooks);
        let dark: Vec<DarkService> =
            concerns.iter().flat_map(|concern| concern.dark(&beds)).cloned().collect();
        let coming = concerns.iter().filter(|concern| concern.not_begun);
        let next = coming.filter_map(|concern| Some((concern.forecast.whole(unit)?, concern)));
        let next = next.min_by_key(|(times, _)| *times);
        let darkens = concerns.iter().find(|concern| concern.dark(&beds).next().is_some());
        let back = dark.iter().filter_map(|dark| dark.back_p90).max().unwrap_or(now);
        Known {
            dark_beds: dark
                .iter()
                .flat_map(|dark| &dark.beds)
                .filter(|bed| beds.contains(bed))
                .cloned()
                .collect(),
            next: next.map(|(times, _)| times),
            next_patients: next.and_then(|((from, _, p90), concern)| {
                census::short(local, &concern.record.plan, unit, from, p90)
            }),
            patients: darkens.and_then(|concern| census::short(local, &concern.record.plan, unit, now, back)),
            plans: unanswered(state, unit).count(),
            outages: asked(state, unit).count(),
            dark,
        }
    }
}

fn line(ctx: &Ctx, state: &State, unit: &UnitId, name: &str, outlooks: &Outlooks) -> Line {
    let (w, local) = (ctx.w, ctx.local());
    let known = Known::new(&local, state, unit, outlooks);
    // The one that is back last: a ward is not told of the earlier one alone.
    let last = known.dark.iter().max_by_key(|dark| (dark.back_p90.is_none(), dark.back_p90));
    let now = match last {
        Some(dark) => {
            let beds = with(w.ward_beds(known.dark_beds.len() as u64), known.patients.as_deref());
            Status::new(w, Mark::Dark)
                .detail(format!("{beds} · {}", crate::pages::board::clock(&local, dark)))
        }
        None => Status::worded(Mark::NotAffected, w.ward_not_dark()),
    };
    let questions = (known.plans + known.outages) as u64;
    Line {
        name: name.to_owned(),
        href: ward_href(unit.as_str()),
        now,
        next: known.next.map_or(String::new(), |(from, p50, p90)| {
            with(say::from_to(&local, from, p50, p90), known.next_patients.as_deref())
        }),
        asked: if questions > 0 { w.wards_asked(questions) } else { String::new() },
    }
}

fn with(text: String, more: Option<&str>) -> String {
    more.map_or(text.clone(), |more| format!("{text} · {more}"))
}

const FILE_COLUMNS: [&str; 9] = [
    "unit",
    "name",
    "dark_now_beds",
    "dark_now_back_p90",
    "next_dark_from",
    "next_dark_to_p50",
    "next_dark_to_p90",
    "plans_unanswered",
    "outages_unanswered",
];

/// Every unit, as the page has it, in instants and counts.
fn file(ctx: &Ctx, format: Format, outlooks: &Outlooks) -> Result<Response, Problem> {
    let local = ctx.local();
    let rows: Vec<Vec<Value>> = ctx.app.domain.node.read(|state| {
        let row = |unit: &model::place::CareUnit| {
            let known = Known::new(&local, state, &unit.id, outlooks);
            let count = |count: usize| Value::Number(i64::try_from(count).unwrap_or(i64::MAX));
            let at = |time: Option<Time>| time.map_or(Value::Empty, |time| Value::Text(local.machine(time)));
            let next = known.next;
            vec![
                Value::from(unit.id.as_str()),
                Value::from(&*unit.name),
                count(known.dark_beds.len()),
                at(known.dark.iter().filter_map(|dark| dark.back_p90).max()),
                at(next.map(|(from, _, _)| from)),
                at(next.map(|(_, p50, _)| p50)),
                at(next.map(|(_, _, p90)| p90)),
                count(known.plans),
                count(known.outages),
            ]
        };
        state.places().units.values().map(row).collect()
    });
    export::table(ctx.w, format, "wards", &FILE_COLUMNS, rows.len() as u64, rows.into_iter())
}

pub(super) async fn show(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let format = Format::of_query(query.as_deref())?;
    let outlooks = outlooks(&ctx, |_, _| true).await?;
    if let Some(format) = format {
        return file(&ctx, format, &outlooks);
    }
    let w = ctx.w;
    let lines: Vec<Line> = ctx.app.domain.node.read(|state| {
        state.places().units.values().map(|unit| line(&ctx, state, &unit.id, &unit.name, &outlooks)).collect()
    });
    let empty = lines.is_empty().then(|| Empty {
        w,
        text: w.wards_empty().to_owned(),
        href: "/hospital".to_owned(),
        step: w.wards_empty_step().to_owned(),
    });
    Ok(ctx.page(WardsPage { shell: ctx.shell(w.wards_title()), empty, lines }).into_response())
}
