//! `/ward/{unit}/outages/{outage}`: a unit's answer to a further restart (R05). No restart happens before every unit accepts.

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use hospital::{Command, State};
use model::ids::{OutageId, UnitId};
use model::people::Role;

use super::answer::{Answers, Said, Wrong};
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::pages::night::{answers_for, carry, say, unit_name, ward_href};
use crate::parts::Status;

#[derive(Template)]
#[template(path = "pages/answer_outage.html")]
struct OutagePage {
    shell: Shell,
    lines: Vec<String>,
    standing: Option<Status>,
    answers: Option<Answers>,
    back: String,
}

/// The outage and the unit that an address names, when that unit is asked. Clinical engineering is asked where no bed goes dark.
fn named(state: &State, unit: &str, outage: &str) -> Result<(UnitId, OutageId), Problem> {
    let unit = UnitId::new(unit).map_err(|_| Problem::NotFound)?;
    let outage = OutageId::new(outage).map_err(|_| Problem::NotFound)?;
    let known = state.night().outages().get(&outage).ok_or(Problem::NotFound)?;
    if known.who().contains(&unit) { Ok((unit, outage)) } else { Err(Problem::NotFound) }
}

fn page(
    ctx: &Ctx,
    state: &State,
    unit: &str,
    outage: &str,
    said: &Said,
    wrong: Option<Wrong>,
) -> Result<OutagePage, Problem> {
    let (w, local) = (ctx.w, ctx.local());
    let (unit, id) = named(state, unit, outage)?;
    let known = state.night().outages().get(&id).ok_or(Problem::NotFound)?;
    let name = unit_name(state, &unit);
    let host = known.asked.host.as_str();
    let window = known.window;
    let to = local.clock_near(window.not_before, window.not_after);
    let back =
        if state.places().units.contains_key(&unit) { ward_href(unit.as_str()) } else { "/board".to_owned() };
    let action = format!("{}/outages/{id}", ward_href(unit.as_str()));
    let may = answers_for(ctx, state, &unit);
    let mut lines = vec![
        w.ward_outage_says(host, &local.moment(window.not_before), &to),
        w.ward_outage_why(&say::pending(w, &known.asked.reasons)),
    ];
    if !may {
        lines.push(w.answer_not_yours().to_owned());
    }
    Ok(OutagePage {
        shell: ctx
            .shell(w.answer_outage_title(&name, host))
            .crumb("/ward", w.wards_title())
            .crumb(back.clone(), name.as_str()),
        lines,
        standing: known.answer_of(&unit).map(|answer| crate::pages::plans::sign_off_status(&local, answer)),
        answers: may.then(|| Answers::new(ctx, w.answer_accept_says(&name), action, said, wrong)),
        back,
    })
}

pub(super) async fn ask(ctx: Ctx, Path((unit, outage)): Path<(String, String)>) -> Result<Response, Problem> {
    ctx.require(Role::Ward)?;
    let page = ctx.app.domain.node.read(|state| page(&ctx, state, &unit, &outage, &Said::default(), None))?;
    Ok(ctx.page(page).into_response())
}

pub(super) async fn answer(
    ctx: Ctx,
    Path((unit, outage)): Path<(String, String)>,
    Form(said): Form<Said>,
) -> Result<Response, Problem> {
    let by = ctx.require(Role::Ward)?.name.clone();
    let again =
        |wrong| ctx.app.domain.node.read(|state| page(&ctx, state, &unit, &outage, &said, Some(wrong)));
    let answer = match super::answer::said(&ctx, &said, again)? {
        Ok(answer) => answer,
        Err(page) => return Ok(page),
    };
    let (unit, outage) = ctx.app.domain.node.read(|state| named(state, &unit, &outage))?;
    let back = ward_href(unit.as_str());
    let described = ctx.app.domain.node.read(|state| state.places().units.contains_key(&unit));
    carry(&ctx, Command::AnswerOutage { outage, unit, answer, by }).await?;
    Ok(Redirect::to(if described { &back } else { "/board" }).into_response())
}
