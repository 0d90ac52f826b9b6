//! `/plans/{id}/outages/{outage}/move`: another time for a further restart. Every unit is asked anew.

use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use hospital::Command;
use model::ids::OutageId;
use model::people::Role;
use serde::Deserialize;

use super::span::{self, Typed};
use crate::http::Problem;
use crate::page::Ctx;
use crate::pages::night::act::Act;
use crate::pages::night::{carry, plan_href, plan_of, say, time, unit_name};

#[derive(Default, Deserialize)]
pub(super) struct Said {
    #[serde(default)]
    from: String,
    #[serde(default)]
    minutes: String,
}

fn page(ctx: &Ctx, id: &str, outage: &str, said: Option<&Said>, errors: [&str; 2]) -> Result<Act, Problem> {
    let (w, local) = (ctx.w, ctx.local());
    let outage = OutageId::new(outage).map_err(|_| Problem::NotFound)?;
    ctx.app.domain.node.read(|state| {
        let record = plan_of(state, id)?;
        let known = state.night().outages().get(&outage).ok_or(Problem::NotFound)?;
        let window = known.window;
        let minutes = window.not_after.seconds_since(window.not_before) / 60;
        let (from, length) = match said {
            Some(said) => (said.from.clone(), said.minutes.clone()),
            None => (time::write(&local, window.not_before), minutes.to_string()),
        };
        let host = known.asked.host.as_str();
        Ok(Act {
            shell: ctx
                .shell(w.act_move_title(host))
                .crumb("/plans", w.plans_title())
                .crumb(plan_href(record), &*record.plan.title),
            says: format!("{}. {}", say::pending(w, &known.asked.reasons), w.act_move_says()),
            concerns: known.who().iter().map(|unit| unit_name(state, unit)).collect(),
            fields: Typed { from: &from, minutes: &length }.fields(&local, errors),
            action: format!("{}/outages/{outage}/move", plan_href(record)),
            verb: w.act_move_verb().to_owned(),
            destructive: false,
            back: "/board".to_owned(),
        })
    })
}

pub(super) async fn ask(ctx: Ctx, Path((id, outage)): Path<(String, String)>) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    Ok(page(&ctx, &id, &outage, None, ["", ""])?.answer(&ctx, false))
}

pub(super) async fn act(
    ctx: Ctx,
    Path((id, outage)): Path<(String, String)>,
    Form(said): Form<Said>,
) -> Result<Response, Problem> {
    let by = ctx.require(Role::Engineer)?.name.clone();
    let (from, minutes) = match (Typed { from: &said.from, minutes: &said.minutes }).read(&ctx.local()) {
        Ok(read) => read,
        Err(errors) => return Ok(page(&ctx, &id, &outage, Some(&said), errors)?.answer(&ctx, true)),
    };
    let outage = OutageId::new(&outage).map_err(|_| Problem::NotFound)?;
    let before = ctx.app.domain.node.read(|state| {
        plan_of(state, &id)?;
        let known = state.night().outages().get(&outage).ok_or(Problem::NotFound)?;
        Ok::<_, Problem>(known.window)
    })?;
    // With the same room for going back as before.
    let window = span::window(from, minutes, before.not_after.seconds_since(before.latest_start));
    carry(&ctx, Command::MoveOutage { outage, window, by }).await?;
    Ok(Redirect::to("/board").into_response())
}
