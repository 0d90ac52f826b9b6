//! `/devices/{id}/retire`: what will happen in one sentence, whom it concerns, the reason, then the button.

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hospital::{Command, Refusal};
use model::people::Role;
use node::CommandError;
use serde::Deserialize;

use super::file::{Known, lead};
use super::href;
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::parts::{Field, FieldKind};

/// Longest reason, in characters.
const REASON_LENGTH_MAX_CHARACTERS: usize = 1_000;

#[derive(Template)]
#[template(path = "pages/device_retire.html")]
struct RetirePage {
    shell: Shell,
    sentence: String,
    concerns: Vec<String>,
    reason: Field,
    action: String,
    back: String,
}

#[derive(Deserialize)]
pub(super) struct Retire {
    #[serde(default)]
    reason: String,
}

fn page(ctx: &Ctx, tag: &str, reason: &str, error: String) -> Result<RetirePage, Problem> {
    let w = ctx.w;
    let (known, services, open) = ctx.app.domain.node.read(|state| {
        let known = Known::of(state, tag)?;
        let services: Vec<String> =
            state.places().services_of(tag).map(|service| service.name.to_string()).collect();
        let open = state.matcher().pairs(known.ix).iter().filter(|(_, verdict)| verdict.is_open()).count();
        Ok::<_, Problem>((known, services, open as u64))
    })?;
    if known.retired {
        return Err(Problem::Refused(w.device_retired(&ctx.local().moment(known.changed))));
    }
    let mut concerns: Vec<String> = services.iter().map(|service| w.device_retire_carries(service)).collect();
    if open > 0 {
        concerns.push(w.device_retire_open(open));
    }
    let shell =
        ctx.shell(w.device_retire_title(tag)).crumb("/devices", w.devices_title()).crumb(href(tag), tag);
    Ok(RetirePage {
        shell,
        sentence: w.device_retire_sentence(tag, &lead(&known.device)),
        concerns,
        reason: Field::new("reason", w.device_retire_reason(), FieldKind::Lines)
            .hint(w.device_retire_hint())
            .value(reason)
            .error(error),
        action: format!("{}/retire", href(tag)),
        back: href(tag),
    })
}

pub(super) async fn ask(ctx: Ctx, Path(tag): Path<String>) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    Ok(ctx.page(page(&ctx, &tag, "", String::new())?).into_response())
}

pub(super) async fn retire(
    ctx: Ctx,
    Path(tag): Path<String>,
    Form(form): Form<Retire>,
) -> Result<Response, Problem> {
    let actor = ctx.require(Role::Engineer)?.name.to_string();
    let reason: String = form.reason.trim().chars().take(REASON_LENGTH_MAX_CHARACTERS).collect();
    if reason.is_empty() {
        let again = page(&ctx, &tag, "", ctx.w.device_retire_missing().to_owned())?;
        return Ok(ctx.page(again).status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
    }
    let command = Command::RetireDevice { asset_tag: tag.as_str().into(), reason: reason.into() };
    match ctx.app.domain.node.command(command, &actor, ctx.now).await {
        Ok(_) => Ok(Redirect::to(&href(&tag)).into_response()),
        Err(CommandError::Refused(Refusal::NoSuchDevice { .. })) => Err(Problem::NotFound),
        Err(CommandError::Refused(refusal)) => Err(Problem::Refused(sentence(&refusal))),
        Err(other) => Err(Problem::internal(other)),
    }
}

/// A refusal as a sentence with its full stop.
fn sentence(refusal: &Refusal) -> String {
    format!("{refusal}.")
}
