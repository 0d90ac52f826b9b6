//! `/password`: choose one's own password; the only page open to a one-time password.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::front::{self, PASSWORD_LENGTH_MAX_CHARACTERS, PASSWORD_LENGTH_MIN_CHARACTERS, PasswordFlaw};
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::parts::{Banner, BannerKind, Field, FieldKind};
use crate::{AppState, Routes};

pub(super) fn routes() -> Routes {
    Routes::new().get("/password", show).post("/password", change)
}

#[derive(Template)]
#[template(path = "pages/password.html")]
struct PasswordPage {
    shell: Shell,
    banner: Option<Banner>,
    current: Field,
    new: Field,
    again: Field,
}

#[derive(Deserialize)]
struct Change {
    #[serde(default)]
    current: String,
    #[serde(default)]
    new: String,
    #[serde(default)]
    again: String,
}

/// What is wrong, by field.
#[derive(Default)]
struct Errors {
    current: String,
    new: String,
    again: String,
}

fn form(ctx: &Ctx, errors: Errors) -> Result<PasswordPage, Problem> {
    let w = ctx.w;
    let must = ctx.person()?.must_change;
    let field = |name, label: &str, error: String| Field::new(name, label, FieldKind::Password).error(error);
    Ok(PasswordPage {
        shell: ctx.shell(w.password_title()),
        banner: must.then(|| Banner { w, kind: BannerKind::Info, text: w.password_must().to_owned() }),
        current: field("current", w.password_current(), errors.current)
            .autocomplete("current-password")
            .focused(),
        new: field("new", w.password_new(), errors.new)
            .autocomplete("new-password")
            .hint(w.password_rule(PASSWORD_LENGTH_MIN_CHARACTERS)),
        again: field("again", w.password_again(), errors.again).autocomplete("new-password"),
    })
}

async fn show(ctx: Ctx) -> Result<Response, Problem> {
    Ok(ctx.page(form(&ctx, Errors::default())?).into_response())
}

fn errors_of(ctx: &Ctx, change: &Change, name: &str) -> Option<Errors> {
    let w = ctx.w;
    let new = match front::flaw_of(&change.new, name) {
        Some(PasswordFlaw::Short) => w.password_short(PASSWORD_LENGTH_MIN_CHARACTERS),
        Some(PasswordFlaw::Long) => w.password_long(PASSWORD_LENGTH_MAX_CHARACTERS),
        Some(PasswordFlaw::Guessable) => w.password_common().to_owned(),
        None if change.new == change.current => w.password_same().to_owned(),
        None => String::new(),
    };
    let again = if change.new == change.again { "" } else { w.password_differ() };
    let errors = Errors { new, again: again.to_owned(), current: String::new() };
    (!errors.new.is_empty() || !errors.again.is_empty()).then_some(errors)
}

async fn change(
    State(app): State<AppState>,
    ctx: Ctx,
    Form(change): Form<Change>,
) -> Result<Response, Problem> {
    let person = ctx.person()?.clone();
    let again =
        |errors| Ok(ctx.page(form(&ctx, errors)?).status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
    if let Some(errors) = errors_of(&ctx, &change, person.name.as_str()) {
        return again(errors);
    }
    // Guessing the present password from a borrowed session is slowed down like signing in.
    app.throttle
        .begin(person.name.as_str(), ctx.visitor.address, ctx.now)
        .map_err(|wait_seconds| Problem::TooMany { wait_seconds })?;
    let account = app.accounts.find(&person.name).await?.ok_or(Problem::SignedOut)?;
    let permit = app.hashing.acquire().await.map_err(Problem::internal)?;
    let work = tokio::task::spawn_blocking(move || {
        front::verify(&change.current, Some(&account.password_hash))
            .then(|| front::hash(&change.new))
            .transpose()
    });
    let hashed = work.await.map_err(Problem::internal)??;
    drop(permit);
    let Some(hash) = hashed else {
        return again(Errors { current: ctx.w.password_wrong().to_owned(), ..Errors::default() });
    };
    app.throttle.succeeded(person.name.as_str(), ctx.visitor.address);
    app.accounts.set_password(&person.name, &hash, false, Some(&person.session), ctx.now).await?;
    Ok(Redirect::to("/").into_response())
}
