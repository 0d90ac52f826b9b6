//! `/settings`: what is in force, for everybody; who may sign in, for admins. A one-time password is shown in the answer
//! that made it and nowhere else.

mod accounts;
pub(crate) mod api;
mod units;

use askama::Template;
use axum::response::{IntoResponse, Response};
use journal::Seq;
use model::people::Role;

use crate::http::{Problem, chain};
use crate::page::{Ctx, Shell};
use crate::parts::{Banner, Field};
use crate::{JournalPlace, Routes};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/settings", show)
        .post("/settings/accounts", accounts::open)
        .get("/settings/accounts/{name}/reset", accounts::ask_reset)
        .post("/settings/accounts/{name}/reset", accounts::reset)
        .get("/settings/accounts/{name}/close", accounts::ask_close)
        .post("/settings/accounts/{name}/close", accounts::close)
        .get("/settings/accounts/{name}/units", units::ask)
        .post("/settings/accounts/{name}/units", units::bind)
}

#[derive(Template)]
#[template(path = "pages/settings.html")]
struct SettingsPage {
    shell: Shell,
    banner: Option<Banner>,
    in_force: Vec<(&'static str, String)>,
    accounts: Option<AccountsView>,
}

/// The accounts and the form for another one.
struct AccountsView {
    caption: String,
    rows: Vec<accounts::Known>,
    fields: Vec<Field>,
}

async fn show(ctx: Ctx) -> Result<Response, Problem> {
    page(&ctx, accounts::Attempt::default(), None).await
}

/// The page, with what was wrong with the form or what was done.
async fn page(ctx: &Ctx, attempt: accounts::Attempt, banner: Option<Banner>) -> Result<Response, Problem> {
    let w = ctx.w;
    let status = attempt.status();
    let accounts = ctx.may(Role::Admin).then(|| {
        let rows = accounts::known(ctx);
        AccountsView { caption: w.accounts_n(rows.len() as u64), rows, fields: attempt.fields(w) }
    });
    let page = SettingsPage {
        shell: ctx.shell(w.settings_title()),
        banner,
        in_force: in_force(ctx).await?,
        accounts,
    };
    Ok(ctx.page(page).status(status).into_response())
}

async fn in_force(ctx: &Ctx) -> Result<Vec<(&'static str, String)>, Problem> {
    let (w, settings, node) = (ctx.w, &ctx.app.settings, &ctx.app.domain.node);
    let yes = |yes: bool| if yes { w.settings_yes() } else { w.settings_no() }.to_owned();
    let journal = match &settings.journal {
        JournalPlace::Unsaid => w.settings_journal_unknown().to_owned(),
        JournalPlace::Folder(folder) => w.settings_journal_folder(folder),
        JournalPlace::PostgreSql => "PostgreSQL".to_owned(),
    };
    Ok(vec![
        (w.settings_hospital(), settings.hospital.clone()),
        (w.settings_time_zone(), settings.time_zone.clone()),
        (w.settings_language(), settings.language.own_name().to_owned()),
        (w.settings_version(), env!("CARGO_PKG_VERSION").to_owned()),
        (w.settings_journal(), journal),
        (w.settings_stream(), node.stream().to_string()),
        (w.settings_entries(), w.number(node.version())),
        (w.settings_snapshot(), snapshot(ctx).await?),
        (w.settings_tls(), yes(settings.tls)),
        (w.settings_proxy(), yes(settings.behind_proxy)),
    ])
}

/// How old the newest snapshot is: by the time of the entry that it was taken at.
async fn snapshot(ctx: &Ctx) -> Result<String, Problem> {
    let (w, node) = (ctx.w, &ctx.app.domain.node);
    let seq = node.snapshot_seq().await;
    if seq == 0 {
        return Ok(w.settings_snapshot_none().to_owned());
    }
    let entry = node.journal().read(node.stream(), Seq(seq - 1), 1).await;
    let entry = entry.map_err(|error| Problem::Internal(chain(&error)))?;
    let age = entry.first().map_or("?".to_owned(), |entry| ctx.local().age(entry.time));
    Ok(w.settings_snapshot_at(&w.number(seq), &age, &w.number(node.version().saturating_sub(seq))))
}
