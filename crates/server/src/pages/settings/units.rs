//! `/settings/accounts/{name}/units`: the care units that an account answers for.

use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use hospital::{Command, Refusal};
use model::ids::UnitId;
use model::people::Role;
use node::CommandError;
use serde::Deserialize;

use super::super::aliases::give::problem;
use super::accounts::{encoded, named};
use crate::http::Problem;
use crate::page::Ctx;
use crate::pages::night::act::Act;
use crate::parts::{Field, FieldKind};
use crate::words::Words;

/// The field with the units' short names.
pub(super) fn field(w: Words, value: &str, error: &str) -> Field {
    Field::new("units", w.accounts_units(), FieldKind::Text)
        .value(value)
        .hint(w.accounts_units_hint())
        .error(error)
        .optional()
}

/// Short names of units with spaces or commas between; the word that is none.
pub(super) fn read(text: &str) -> Result<Vec<UnitId>, String> {
    let words = text.split([' ', ',', '\n', '\r', '\t']).filter(|word| !word.is_empty());
    words.map(|word| UnitId::new(word).map_err(|_| word.chars().take(40).collect())).collect()
}

fn page(ctx: &Ctx, name: &str, typed: Option<&str>, error: &str) -> Result<Act, Problem> {
    let w = ctx.w;
    let (account, _) = named(ctx, name)?;
    let value = ctx.app.domain.node.read(|state| {
        let known = state.people().accounts.get(&account).filter(|known| known.role == Role::Ward);
        let units = known.ok_or(Problem::NotFound)?.units.iter();
        let units: Vec<&str> = units.map(|unit| unit.as_str()).collect();
        Ok::<_, Problem>(typed.map_or_else(|| units.join(" "), str::to_owned))
    })?;
    Ok(Act {
        shell: ctx.shell(w.accounts_bind_title(name)).crumb("/settings", w.settings_title()),
        says: w.accounts_bind_sentence(name),
        concerns: Vec::new(),
        action: format!("/settings/accounts/{}/units", encoded(name)),
        fields: vec![field(w, &value, error)],
        verb: w.accounts_bind_verb().to_owned(),
        destructive: false,
        back: "/settings".to_owned(),
    })
}

pub(super) async fn ask(ctx: Ctx, Path(name): Path<String>) -> Result<Response, Problem> {
    Ok(page(&ctx, &name, None, "")?.answer(&ctx, false))
}

#[derive(Deserialize)]
pub(super) struct Said {
    #[serde(default)]
    units: String,
}

pub(super) async fn bind(
    ctx: Ctx,
    Path(name): Path<String>,
    Form(said): Form<Said>,
) -> Result<Response, Problem> {
    let (account, _) = named(&ctx, &name)?;
    let admin = ctx.require(Role::Admin)?.name.clone();
    let again = |word: &str| {
        Ok(page(&ctx, &name, Some(&said.units), &ctx.w.accounts_no_unit(word))?.answer(&ctx, true))
    };
    let units = match read(&said.units) {
        Ok(units) => units,
        Err(word) => return again(&word),
    };
    let command = Command::BindAccount { account, units };
    match ctx.app.domain.node.command(command, admin.as_str(), ctx.now).await {
        Ok(_) => Ok(Redirect::to("/settings").into_response()),
        Err(CommandError::Refused(Refusal::NoSuchUnit { unit })) => again(unit.as_str()),
        Err(other) => Err(problem(other)),
    }
}
