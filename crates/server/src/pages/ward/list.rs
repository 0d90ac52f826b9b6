//! `/ward`: every unit with what is dark now and what is asked of it.

use askama::Template;
use axum::response::{IntoResponse, Response};
use hospital::State;
use model::ids::UnitId;

use super::data::{asked, concerns, unanswered};
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::pages::night::{say, ward_href};
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

fn line(ctx: &Ctx, state: &State, unit: &UnitId, name: &str) -> Line {
    let (w, local) = (ctx.w, ctx.local());
    let beds: Vec<_> =
        state.places().beds.values().filter(|bed| bed.unit == *unit).map(|bed| bed.id.clone()).collect();
    let concerns = concerns(state, unit, ctx.now);
    let dark = concerns.iter().flat_map(|concern| concern.dark(&beds)).next();
    let now = match dark {
        Some(dark) => Status::new(w, Mark::Dark).detail(crate::pages::board::clock(&local, dark)),
        None => Status::worded(Mark::NotAffected, w.ward_not_dark()),
    };
    let coming = concerns.iter().filter(|concern| concern.record.is_open());
    let next = coming.filter_map(|concern| concern.forecast.whole(unit)).min();
    let questions = asked(state, unit).count() + unanswered(state, unit, ctx.now).count();
    Line {
        name: name.to_owned(),
        href: ward_href(unit.as_str()),
        now,
        next: next.map_or(String::new(), |(from, p50, p90)| say::from_to(&local, from, p50, p90)),
        asked: if questions > 0 { w.wards_asked(questions as u64) } else { String::new() },
    }
}

pub(super) async fn show(ctx: Ctx) -> Result<Response, Problem> {
    let w = ctx.w;
    let lines: Vec<Line> = ctx.app.domain.node.read(|state| {
        state.places().units.values().map(|unit| line(&ctx, state, &unit.id, &unit.name)).collect()
    });
    let empty = lines.is_empty().then(|| Empty {
        w,
        text: w.wards_empty().to_owned(),
        href: "/hospital".to_owned(),
        step: w.wards_empty_step().to_owned(),
    });
    Ok(ctx.page(WardsPage { shell: ctx.shell(w.wards_title()), empty, lines }).into_response())
}
