//! `/sign-in` and `/sign-out`.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use model::ids::AccountId;
use serde::Deserialize;

use super::own_path;
use crate::front::{self, Account, clear_session_cookie, session_cookie};
use crate::http::Problem;
use crate::http::metrics::SignIn;
use crate::page::{Ctx, Shell};
use crate::parts::{Banner, BannerKind, Field, FieldKind};
use crate::{AppState, Routes};

pub(super) fn routes() -> Routes {
    Routes::new().get("/sign-in", show).post("/sign-in", enter).post("/sign-out", leave)
}

#[derive(Template)]
#[template(path = "pages/sign_in.html")]
struct SignInPage {
    shell: Shell,
    banner: Option<Banner>,
    name: Field,
    password: Field,
    next: String,
    rule: String,
}

#[derive(Deserialize)]
struct Next {
    next: Option<String>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    next: Option<String>,
}

fn form(ctx: &Ctx, name: &str, next: &str, error: Option<String>) -> SignInPage {
    let w = ctx.w;
    let banner = error.map(|text| Banner { w, kind: BannerKind::Error, text });
    let name_field =
        Field::new("name", w.sign_in_name(), FieldKind::Text).value(name).autocomplete("username");
    let password =
        Field::new("password", w.sign_in_password(), FieldKind::Password).autocomplete("current-password");
    let (name_field, password) =
        if name.is_empty() { (name_field.focused(), password) } else { (name_field, password.focused()) };
    SignInPage {
        shell: ctx.shell(w.sign_in_title()),
        banner,
        name: name_field,
        password,
        next: next.to_owned(),
        rule: w.sign_in_session(
            front::SESSION_IDLE_MAX_SECONDS / 60,
            front::SESSION_ABSOLUTE_MAX_SECONDS / 3600,
        ),
    }
}

async fn show(ctx: Ctx, Query(query): Query<Next>) -> Response {
    let next = own_path(query.next.as_deref());
    if ctx.visitor.signed_in.is_some() {
        return Redirect::to(next).into_response();
    }
    ctx.page(form(&ctx, "", next, None)).into_response()
}

async fn enter(State(app): State<AppState>, ctx: Ctx, Form(entry): Form<Entry>) -> Result<Response, Problem> {
    let next = own_path(entry.next.as_deref());
    let again = |status, error: String| ctx.page(form(&ctx, &entry.name, next, Some(error))).status(status);
    let name = entry.name.trim();
    if let Err(wait_seconds) = app.throttle.begin(name, ctx.visitor.address, ctx.now) {
        app.metrics.sign_in(SignIn::Throttled);
        let page = again(StatusCode::TOO_MANY_REQUESTS, ctx.w.sign_in_wait(wait_seconds));
        return Ok(([(header::RETRY_AFTER, wait_seconds.to_string())], page).into_response());
    }
    let Some(account) = known(&app, name, entry.password.clone()).await? else {
        app.metrics.sign_in(SignIn::Wrong);
        tracing::warn!("a sign-in failed");
        return Ok(again(StatusCode::UNPROCESSABLE_ENTITY, ctx.w.sign_in_wrong().to_owned()).into_response());
    };
    app.throttle.succeeded(name, ctx.visitor.address);
    if let Some(person) = &ctx.visitor.signed_in {
        app.accounts.session_closed(&person.session, ctx.now).await?;
    }
    let token = front::open_session(&*app.accounts, &account.name, ctx.now).await?;
    app.metrics.sign_in(SignIn::Opened);
    let to = if account.must_change { "/password" } else { next };
    let cookie = AppendHeaders([(header::SET_COOKIE, session_cookie(&token, app.settings.tls))]);
    Ok((cookie, Redirect::to(to)).into_response())
}

/// The account, if name and password fit. The same work is done whether or not the account exists.
async fn known(app: &AppState, name: &str, password: String) -> Result<Option<Account>, Problem> {
    let account = match AccountId::new(name) {
        Ok(name) => app.accounts.find(&name).await?,
        Err(_) => None,
    };
    let _permit = app.hashing.acquire().await.map_err(Problem::internal)?;
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    let fits = tokio::task::spawn_blocking(move || {
        password.chars().count() <= front::PASSWORD_LENGTH_MAX_CHARACTERS
            && front::verify(&password, hash.as_deref())
    });
    Ok(if fits.await.map_err(Problem::internal)? { account } else { None })
}

async fn leave(State(app): State<AppState>, ctx: Ctx) -> Result<Response, Problem> {
    if let Some(person) = &ctx.visitor.signed_in {
        app.accounts.session_closed(&person.session, ctx.now).await?;
    }
    let cookie = AppendHeaders([(header::SET_COOKIE, clear_session_cookie(app.settings.tls))]);
    Ok((cookie, Redirect::to("/sign-in")).into_response())
}
