//! Accounts: open one, give it another one-time password, close it. The rules are the hospital's (`decide`).

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hospital::{Command, Refusal};
use model::ids::AccountId;
use model::people::Role;
use node::CommandError;

use askama::Template;

use super::super::aliases::give::problem;
use super::units;
use crate::AppState;
use crate::front::{hash, one_time_password};
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::pages::Confirm;
use crate::pages::night::unit_name;
use crate::parts::{Banner, BannerKind, Choice, Field, FieldKind};
use crate::words::Words;

/// An account as the page lists it.
pub(super) struct Known {
    pub(super) name: String,
    pub(super) href: String,
    pub(super) role: &'static str,
    /// What it is bound to, and where that is changed; none for an account that does more than answer for units.
    pub(super) units: Option<(String, String)>,
    pub(super) password: &'static str,
    pub(super) sessions: u64,
}

/// Every account, by name.
pub(super) fn known(ctx: &Ctx) -> Vec<Known> {
    let (w, now) = (ctx.w, ctx.now);
    ctx.app.domain.node.read(|state| {
        let people = state.people();
        let sessions = |account: &AccountId| {
            people
                .sessions
                .values()
                .filter(|session| session.account == *account && now < session.expires)
                .count()
        };
        let row = |account: &hospital::people::Account| Known {
            name: account.id.to_string(),
            href: format!("/settings/accounts/{}", encoded(account.id.as_str())),
            units: (account.role == Role::Ward).then(|| {
                let names: Vec<String> = account.units.iter().map(|unit| unit_name(state, unit)).collect();
                let says = if names.is_empty() { w.accounts_any_unit().to_owned() } else { names.join(", ") };
                (says, format!("/settings/accounts/{}/units", encoded(account.id.as_str())))
            }),
            role: w.role(account.role),
            password: if account.must_change { w.accounts_one_time() } else { w.accounts_own() },
            sessions: sessions(&account.id) as u64,
        };
        people.accounts.values().map(row).collect()
    })
}

pub(super) fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

/// What was written into the form, and what is wrong with it.
#[derive(Default)]
pub(super) struct Attempt {
    name: String,
    role: String,
    units: String,
    name_error: String,
    role_error: String,
    units_error: String,
}

impl Attempt {
    pub(super) fn status(&self) -> StatusCode {
        let errors = [&self.name_error, &self.role_error, &self.units_error];
        let wrong = errors.into_iter().any(|error| !error.is_empty());
        if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
    }

    pub(super) fn fields(self, w: Words) -> Vec<Field> {
        let label = |role: Role| match role {
            Role::Reader => w.accounts_role_reader(),
            Role::Ward => w.accounts_role_ward(),
            Role::Engineer => w.accounts_role_engineer(),
            Role::Admin => w.accounts_role_admin(),
        };
        let choice = |role: Role| Choice { value: role.word().to_owned(), label: label(role).to_owned() };
        let name = Field::new("name", w.accounts_name(), FieldKind::Text)
            .value(self.name)
            .hint(w.accounts_name_hint())
            .error(self.name_error);
        let role = Field::new("role", w.accounts_role(), FieldKind::Select(Role::ALL.map(choice).to_vec()))
            .value(self.role)
            .error(self.role_error);
        let units = units::field(w, &self.units, &self.units_error);
        vec![name, role, units]
    }
}

fn account_id(w: Words, text: &str) -> Result<AccountId, &'static str> {
    let id = AccountId::new(text).map_err(|_| w.accounts_name_bad())?;
    if id.as_str().chars().any(char::is_whitespace) { Err(w.accounts_name_spaces()) } else { Ok(id) }
}

/// The answer that shows a one-time password: the only place where it ever stands.
#[derive(Template)]
#[template(path = "pages/one_time.html")]
struct OneTimePage {
    shell: Shell,
    banner: Banner,
    password: String,
}

fn shown_once(ctx: &Ctx, text: String, password: String) -> Response {
    let w = ctx.w;
    let banner = Banner { w, kind: BannerKind::Done, text };
    let shell = ctx.shell(w.accounts_title()).crumb("/settings", w.settings_title());
    ctx.page(OneTimePage { shell, banner, password }).into_response()
}

/// A fresh one-time password with its hash, worked out where blocking is allowed.
async fn fresh_password(app: &AppState) -> Result<(String, Box<str>), Problem> {
    let permit = app.hashing.acquire().await.map_err(Problem::internal)?;
    let password = one_time_password();
    let text = password.clone();
    let hashed = tokio::task::spawn_blocking(move || hash(&text)).await.map_err(Problem::internal)??;
    drop(permit);
    Ok((password, hashed))
}

pub(super) async fn open(
    State(app): State<AppState>,
    ctx: Ctx,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let w = ctx.w;
    let admin = ctx.require(Role::Admin)?.name.clone();
    let field =
        |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value.trim());
    let mut attempt = Attempt {
        name: field("name").to_owned(),
        role: field("role").to_owned(),
        units: field("units").to_owned(),
        ..Attempt::default()
    };
    let id = account_id(w, field("name"));
    let role = Role::ALL.into_iter().find(|role| role.word() == field("role"));
    let (account, role) = match (id, role) {
        (Ok(account), Some(role)) => (account, role),
        (id, role) => {
            attempt.name_error = id.err().unwrap_or("").to_owned();
            attempt.role_error =
                if role.is_none() { w.accounts_bad_role().to_owned() } else { String::new() };
            return super::page(&ctx, attempt, None).await;
        }
    };
    let units = match units::read(&attempt.units) {
        Ok(units) if role == Role::Ward || units.is_empty() => units,
        Ok(_) => {
            attempt.units_error = w.accounts_units_ward_only().to_owned();
            return super::page(&ctx, attempt, None).await;
        }
        Err(word) => {
            attempt.units_error = w.accounts_no_unit(&word);
            return super::page(&ctx, attempt, None).await;
        }
    };
    let (password, password_hash) = fresh_password(&app).await?;
    let (of, must_change) = (account.clone(), true);
    let command = if units.is_empty() {
        Command::OpenAccount { account: of, role, password_hash, must_change }
    } else {
        Command::OpenWardAccount { account: of, units, password_hash, must_change }
    };
    match app.domain.node.command(command, admin.as_str(), ctx.now).await {
        Ok(_) => Ok(shown_once(&ctx, w.accounts_opened(account.as_str(), w.role(role)), password)),
        Err(CommandError::Refused(refusal @ Refusal::AccountExists { .. })) => {
            attempt.name_error = refusal.to_string();
            super::page(&ctx, attempt, None).await
        }
        Err(CommandError::Refused(Refusal::NoSuchUnit { unit })) => {
            attempt.units_error = w.accounts_no_unit(unit.as_str());
            super::page(&ctx, attempt, None).await
        }
        Err(other) => Err(problem(other)),
    }
}

/// The account that an address names, with its open sessions.
pub(super) fn named(ctx: &Ctx, name: &str) -> Result<(AccountId, u64), Problem> {
    ctx.require(Role::Admin)?;
    let found = known(ctx).into_iter().find(|known| known.name == name).ok_or(Problem::NotFound)?;
    let id = AccountId::new(name).map_err(|_| Problem::NotFound)?;
    Ok((id, found.sessions))
}

struct Act {
    verb: &'static str,
    title: String,
    sentence: String,
    button: String,
    destructive: bool,
}

fn confirm(ctx: &Ctx, name: &str, sessions: u64, act: Act) -> Response {
    let w = ctx.w;
    ctx.page(Confirm {
        shell: ctx.shell(act.title).crumb("/settings", w.settings_title()),
        sentence: act.sentence,
        concerns: if sessions > 0 { vec![w.accounts_sessions(sessions)] } else { Vec::new() },
        action: format!("/settings/accounts/{}/{}", encoded(name), act.verb),
        fields: Vec::new(),
        verb: act.button,
        destructive: act.destructive,
        back: "/settings".to_owned(),
    })
    .into_response()
}

pub(super) async fn ask_reset(ctx: Ctx, Path(name): Path<String>) -> Result<Response, Problem> {
    let (w, (_, sessions)) = (ctx.w, named(&ctx, &name)?);
    let act = Act {
        verb: "reset",
        title: w.accounts_reset_title(&name),
        sentence: w.accounts_reset_sentence(&name),
        button: w.accounts_reset_verb(&name),
        destructive: false,
    };
    Ok(confirm(&ctx, &name, sessions, act))
}

pub(super) async fn reset(
    State(app): State<AppState>,
    ctx: Ctx,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let (account, _) = named(&ctx, &name)?;
    let admin = ctx.require(Role::Admin)?.name.clone();
    let (password, password_hash) = fresh_password(&app).await?;
    let command = Command::SetPassword { account, password_hash, must_change: true, keep_session: None };
    app.domain.node.command(command, admin.as_str(), ctx.now).await.map_err(problem)?;
    Ok(shown_once(&ctx, ctx.w.accounts_was_reset(&name), password))
}

pub(super) async fn ask_close(ctx: Ctx, Path(name): Path<String>) -> Result<Response, Problem> {
    let (w, (_, sessions)) = (ctx.w, named(&ctx, &name)?);
    let act = Act {
        verb: "close",
        title: w.accounts_close_title(&name),
        sentence: w.accounts_close_sentence(&name),
        button: w.accounts_close_verb(&name),
        destructive: true,
    };
    Ok(confirm(&ctx, &name, sessions, act))
}

pub(super) async fn close(
    State(app): State<AppState>,
    ctx: Ctx,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let (account, _) = named(&ctx, &name)?;
    let admin = ctx.require(Role::Admin)?.name.clone();
    app.domain
        .node
        .command(Command::CloseAccount { account }, admin.as_str(), ctx.now)
        .await
        .map_err(problem)?;
    if admin.as_str() == name {
        return Ok(Redirect::to("/sign-in").into_response());
    }
    let banner = Banner { w: ctx.w, kind: BannerKind::Done, text: ctx.w.accounts_closed(&name) };
    super::page(&ctx, Attempt::default(), Some(banner)).await
}
