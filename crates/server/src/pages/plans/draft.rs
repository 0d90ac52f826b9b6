//! `/plans/new`: a plan as text, as a file, or by a simple form. Whoever drafts it is its requester, whatever the text says.

use askama::Template;
use axum::Form;
use axum::extract::Multipart;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hospital::Command;
use model::ids::PlanId;
use model::people::Role;
use model::plan::Plan;
use serde::Deserialize;

use super::form::{self, Errors, Typed};
use crate::http::Problem;
use crate::importer::PlanText;
use crate::page::{Ctx, Shell};
use crate::pages::night::carry;
use crate::parts::{Choice, Field, FieldKind};

/// Largest plan as a file.
pub(super) const FILE_SIZE_MAX_BYTES: usize = 20 * 1024 * 1024;

#[derive(Template)]
#[template(path = "pages/draft.html")]
struct DraftPage {
    shell: Shell,
    text: Field,
    file: Field,
    fields: Vec<Field>,
}

/// What is posted: the plan as text, or the form.
#[derive(Default, Deserialize)]
pub(super) struct Said {
    #[serde(default)]
    plan: String,
    #[serde(flatten)]
    form: Typed,
}

fn page(ctx: &Ctx, said: &Said, errors: &Errors) -> DraftPage {
    let w = ctx.w;
    let error = |name: &str| {
        errors.iter().find(|(field, _)| *field == name).map_or(String::new(), |(_, says)| says.clone())
    };
    let field = |name: &'static str, label: &str, kind: FieldKind, value: &str, hint: &str| {
        Field::new(name, label, kind).value(value).hint(hint).error(error(name))
    };
    let choice = |value: &str, label: &str| Choice { value: value.to_owned(), label: label.to_owned() };
    let restarts = vec![
        choice("none", w.plan_restart_none()),
        choice("services", w.plan_col_restart_services()),
        choice("host", w.plan_restart_host()),
    ];
    let form = &said.form;
    let (text, lines) = (|| FieldKind::Text, || FieldKind::Lines);
    DraftPage {
        shell: ctx.shell(w.draft_title()).crumb("/plans", w.plans_title()),
        text: field("plan", w.draft_paste(), lines(), &said.plan, w.draft_paste_hint()),
        file: Field::new(
            "file",
            w.draft_file(),
            FieldKind::File(".toml,.json,application/toml,application/json"),
        ),
        fields: vec![
            field("title", w.draft_plan_title(), text(), &form.title, ""),
            field("packages", w.draft_packages(), lines(), &form.packages, w.draft_packages_hint()),
            field("hosts", w.draft_hosts(), lines(), &form.hosts, w.draft_hosts_hint()),
            field("restart", w.draft_restart(), FieldKind::Select(restarts), &form.restart, ""),
            field("services", w.draft_services(), text(), &form.services, w.draft_services_hint()).optional(),
            field("install", w.draft_install(), text(), &form.install, w.draft_minutes_hint()),
            field(
                "restart_minutes",
                w.draft_restart_minutes(),
                text(),
                &form.restart_minutes,
                w.draft_minutes_hint(),
            ),
            field("back_out", w.draft_back_out(), text(), &form.back_out, w.draft_minutes_hint()),
            field("from", w.draft_from(), text(), &form.from, w.act_time_hint()),
            field("latest", w.draft_latest(), text(), &form.latest, w.act_time_hint()),
            field("to", w.draft_to(), text(), &form.to, w.act_time_hint()),
            field("soak", w.draft_soak(), text(), &form.soak, ""),
            field("at_once", w.draft_at_once(), text(), &form.at_once, ""),
            field("cover", w.draft_cover(), lines(), &form.cover, w.draft_cover_hint()).optional(),
            field("contingency", w.draft_contingency(), lines(), &form.contingency, ""),
        ],
    }
}

pub(super) async fn show(ctx: Ctx) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    Ok(ctx.page(page(&ctx, &Said::default(), &Errors::new())).into_response())
}

fn again(ctx: &Ctx, said: &Said, errors: &Errors) -> Response {
    ctx.page(page(ctx, said, errors)).status(StatusCode::UNPROCESSABLE_ENTITY).into_response()
}

/// Drafts a plan; where it is shown.
async fn drafted(ctx: &Ctx, plan: Plan) -> Result<Response, Problem> {
    let href = format!("/plans/{}", plan.hash().short());
    carry(ctx, Command::DraftPlan(Box::new(plan))).await?;
    Ok(Redirect::to(&href).into_response())
}

/// What only a plan has that was drafted already, as `segue plan show --json` prints it.
const DRAFTED_KEY: &str = "\"requester\"";

/// A plan as text, as people write it or as it is printed; the sentence says where it stops being one. The newest revision of
/// the same plan becomes its parent.
fn parsed(ctx: &Ctx, text: &str) -> Result<Plan, Problem> {
    let requester = ctx.person()?.name.clone();
    let domain = &ctx.app.domain;
    let read = domain.node.read(|state| {
        if text.trim_start().starts_with('{') && text.contains(DRAFTED_KEY) {
            let mut plan: Plan = serde_json::from_str(text).map_err(|error| error.to_string())?;
            plan.requester = requester;
            plan.parent = state.night().newest_revision(&plan.id).map(|newest| newest.hash);
            Ok(plan)
        } else {
            let time_zone = ctx.app.settings.time_zone.as_str();
            domain.importer.plan(PlanText { text, requester, time_zone }, state)
        }
    });
    read.map_err(|says: String| Problem::Bad(ctx.w.draft_wrong_plan(&says)))
}

pub(super) async fn by_form(ctx: Ctx, Form(said): Form<Said>) -> Result<Response, Problem> {
    let requester = ctx.require(Role::Engineer)?.name.clone();
    if !said.plan.trim().is_empty() {
        return match parsed(&ctx, &said.plan) {
            Ok(plan) => drafted(&ctx, plan).await,
            Err(Problem::Bad(says)) => Ok(again(&ctx, &said, &vec![("plan", says)])),
            Err(other) => Err(other),
        };
    }
    // A plan's name over its revisions: made from the moment, so that two forms of one second are told apart.
    let id = PlanId::new(&format!("plan-{}", ctx.now.0)).map_err(Problem::internal)?;
    let local = ctx.local();
    let read = ctx
        .app
        .domain
        .node
        .read(|state| form::read(&local, state, &said.form, requester.clone(), id.clone()));
    match read {
        Ok(plan) => drafted(&ctx, plan).await,
        Err(errors) => Ok(again(&ctx, &said, &errors)),
    }
}

pub(super) async fn by_file(
    ctx: Ctx,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    let broken = || Problem::Bad(ctx.w.imports_broken_upload().to_owned());
    let mut parts = form.map_err(|_| broken())?;
    while let Some(part) = parts.next_field().await.map_err(|_| broken())? {
        if part.name() == Some("file") {
            let bytes = part.bytes().await.map_err(|_| broken())?;
            let text = String::from_utf8_lossy(&bytes);
            return match parsed(&ctx, &text) {
                Ok(plan) => drafted(&ctx, plan).await,
                Err(Problem::Bad(says)) => Ok(again(&ctx, &Said::default(), &vec![("plan", says)])),
                Err(other) => Err(other),
            };
        }
    }
    Err(Problem::Bad(ctx.w.imports_no_file().to_owned()))
}
