//! `/plans/{id}/outages/{outage}/move`: another time for a further restart. Every unit is asked anew.

use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use hospital::Command;
use model::Time;
use model::ids::OutageId;
use model::order::OrderWindow;
use model::people::Role;
use serde::Deserialize;

use crate::http::Problem;
use crate::page::Ctx;
use crate::pages::night::act::Act;
use crate::pages::night::{carry, plan_href, plan_of, say, time, unit_name};
use crate::parts::{Field, FieldKind};

/// Shortest and longest outage that can be asked for, in minutes.
const LENGTH_MINUTES: std::ops::RangeInclusive<i64> = 5..=1_440;

#[derive(Default, Deserialize)]
pub(super) struct Said {
    #[serde(default)]
    from: String,
    #[serde(default)]
    minutes: String,
}

fn page(
    ctx: &Ctx,
    id: &str,
    outage: &str,
    said: Option<&Said>,
    errors: (&str, &str),
) -> Result<Act, Problem> {
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
            fields: vec![
                Field::new("from", w.act_move_from(), FieldKind::Text)
                    .value(from)
                    .hint(w.act_time_hint())
                    .error(errors.0),
                Field::new("minutes", w.act_move_minutes(), FieldKind::Text).value(length).error(errors.1),
            ],
            action: format!("{}/outages/{outage}/move", plan_href(record)),
            verb: w.act_move_verb().to_owned(),
            destructive: false,
            back: "/board".to_owned(),
        })
    })
}

pub(super) async fn ask(ctx: Ctx, Path((id, outage)): Path<(String, String)>) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    Ok(page(&ctx, &id, &outage, None, ("", ""))?.answer(&ctx, false))
}

/// The moved window: as long as asked, with the same room for going back as before.
fn moved(before: OrderWindow, from: Time, minutes: i64) -> OrderWindow {
    let room = before.not_after.seconds_since(before.latest_start).max(0).min(minutes * 60);
    let not_after = from.plus_seconds(minutes * 60);
    OrderWindow { not_before: from, latest_start: not_after.plus_seconds(-room).max(from), not_after }
}

pub(super) async fn act(
    ctx: Ctx,
    Path((id, outage)): Path<(String, String)>,
    Form(said): Form<Said>,
) -> Result<Response, Problem> {
    let w = ctx.w;
    let by = ctx.require(Role::Engineer)?.name.clone();
    let from = time::read(&ctx.local(), &said.from);
    let minutes = said.minutes.trim().parse::<i64>().ok().filter(|minutes| LENGTH_MINUTES.contains(minutes));
    let (Some(from), Some(minutes)) = (from, minutes) else {
        let errors = (
            if from.is_none() { w.act_time_wrong() } else { "" },
            if minutes.is_none() { w.act_move_minutes_wrong() } else { "" },
        );
        return Ok(page(&ctx, &id, &outage, Some(&said), errors)?.answer(&ctx, true));
    };
    let outage = OutageId::new(&outage).map_err(|_| Problem::NotFound)?;
    let before = ctx.app.domain.node.read(|state| {
        plan_of(state, &id)?;
        let known = state.night().outages().get(&outage).ok_or(Problem::NotFound)?;
        Ok::<_, Problem>(known.window)
    })?;
    carry(&ctx, Command::MoveOutage { outage, window: moved(before, from, minutes), by }).await?;
    Ok(Redirect::to("/board").into_response())
}
