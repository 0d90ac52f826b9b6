//! `/plans/new`: a plan by a form that shows what it means before it is saved, as text, or as a file. Whoever drafts it is its
//! requester, whatever the text says.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Multipart, RawQuery};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hospital::Command;
use model::Topology;
use model::ids::PlanId;
use model::people::Role;
use model::plan::Plan;
use planning::draft::Wishes;
use serde::Deserialize;

use super::chosen::{self, Offer};
use super::form::{self, Errors, POLICY_DRAFT, Typed};
use super::preview::{Preview, look};
use crate::http::Problem;
use crate::importer::PlanText;
use crate::page::{Ctx, Shell};
use crate::pages::night::carry;
use crate::pages::overview::view::query;
use crate::parts::{Choice, Field, FieldKind};
use crate::words::Words;

/// Largest plan as a file.
pub(super) const FILE_SIZE_MAX_BYTES: usize = 20 * 1024 * 1024;

#[derive(Template)]
#[template(path = "pages/draft.html")]
struct DraftPage {
    shell: Shell,
    text: Field,
    file: Field,
    fields: Vec<Field>,
    /// What chosen hosts report as available, each with the address that takes it.
    offers: Vec<(Offer, String)>,
    offers_says: String,
    undecided: String,
    preview: Option<Preview>,
    /// The form as typed, to be saved as it was looked at.
    typed: Vec<(&'static str, String)>,
}

/// What is posted: the plan as text, or the form.
#[derive(Default, Deserialize)]
pub(super) struct Said {
    #[serde(default)]
    plan: String,
    #[serde(flatten)]
    form: Typed,
}

fn page(ctx: &Ctx, said: &Said, errors: &Errors, preview: Option<Preview>) -> DraftPage {
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
    let policies =
        vec![choice("lines", w.draft_policy_lines()), choice(POLICY_DRAFT, w.draft_policy_draft())];
    let form = &said.form;
    let (text, lines) = (|| FieldKind::Text, || FieldKind::Lines);
    let (offers, offers_says, undecided) = offered(ctx, form);
    DraftPage {
        offers,
        offers_says,
        undecided,
        typed: form.fields().map(|(name, value)| (name, value.to_owned())).into(),
        preview,
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
            field(
                "policy",
                w.draft_policy(),
                FieldKind::Select(policies),
                &form.policy,
                w.draft_policy_hint(),
            ),
            field("closes", w.draft_closes(), text(), &form.closes, w.draft_closes_hint()).optional(),
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
            field("rest_from", w.draft_rest_from(), text(), &form.rest_from, w.draft_rest_hint()).optional(),
            field("rest_latest", w.draft_rest_latest(), text(), &form.rest_latest, "").optional(),
            field("rest_to", w.draft_rest_to(), text(), &form.rest_to, "").optional(),
            field("soak", w.draft_soak(), text(), &form.soak, ""),
            field("at_once", w.draft_at_once(), text(), &form.at_once, ""),
            field("cover", w.draft_cover(), lines(), &form.cover, w.draft_cover_hint()).optional(),
            field("contingency", w.draft_contingency(), lines(), &form.contingency, ""),
        ],
    }
}

/// What the chosen hosts report as available, the sentence about it, and the one about devices that are left out.
fn offered(ctx: &Ctx, form: &Typed) -> (Vec<(Offer, String)>, String, String) {
    let w = ctx.w;
    if form.hosts.trim().is_empty() {
        return (Vec::new(), String::new(), String::new());
    }
    ctx.app.domain.node.read(|state| {
        let groups = chosen::groups(w, state, &form.hosts);
        let undecided = match chosen::undecided(state, &form.hosts, groups.as_deref().unwrap_or_default()) {
            0 => String::new(),
            count => w.draft_undecided(count),
        };
        let Ok(groups) = groups else {
            return (Vec::new(), String::new(), undecided);
        };
        let (offers, heard) = chosen::offers(state, &groups);
        let all = groups.iter().map(Vec::len).sum::<usize>() as u64;
        let take = |offer: Offer| {
            let line = format!("{}={}", offer.package, offer.version);
            let packages = format!("{}\n{line}", form.packages.trim());
            let fields = form.fields().map(|(name, value)| match name {
                "packages" => (name, packages.trim()),
                _ => (name, value),
            });
            let kept: Vec<(&str, &str)> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
            (offer, query("/plans/new", &kept))
        };
        let says = w.draft_offers_says(&w.number(heard), &w.number(all));
        (offers.into_iter().map(take).collect(), says, undecided)
    })
}

/// The form with what it means, as an address says it: nothing is saved.
pub(super) async fn show(ctx: Ctx, RawQuery(asked): RawQuery) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    let said = typed(&ctx, asked.as_deref().unwrap_or(""))?;
    if said.form.fields().iter().all(|(_, value)| value.trim().is_empty()) {
        return Ok(ctx.page(page(&ctx, &said, &Errors::new(), None)).into_response());
    }
    match made(&ctx, &said.form).await? {
        Ok(plan) => {
            let looked = look(&ctx, Arc::new(plan)).await?;
            let local = ctx.local();
            let preview = ctx.app.domain.node.read(|state| Preview::new(&local, state, &looked));
            Ok(ctx.page(page(&ctx, &said, &Errors::new(), Some(preview))).into_response())
        }
        // Only whoever asks what it means is told what is missing: a link may fill in a part.
        Err(errors) if wants_to_see(asked.as_deref()) => Ok(again(&ctx, &said, &errors)),
        Err(_) => Ok(ctx.page(page(&ctx, &said, &Errors::new(), None)).into_response()),
    }
}

/// What the button adds to the address.
const SEE: &str = "see";

fn wants_to_see(asked: Option<&str>) -> bool {
    form_urlencoded::parse(asked.unwrap_or("").as_bytes()).any(|(key, _)| key == SEE)
}

/// The form as an address has it.
fn typed(ctx: &Ctx, asked: &str) -> Result<Said, Problem> {
    let unknown = form_urlencoded::parse(asked.as_bytes())
        .map(|(key, _)| key.into_owned())
        .find(|key| key != SEE && !form::FIELDS.contains(&key.as_str()));
    if let Some(key) = unknown {
        let key: String = key.chars().take(40).collect();
        return Err(Problem::Bad(ctx.w.draft_wrong_key(&key, &form::FIELDS.join(", "))));
    }
    let form = axum::extract::Query::<Typed>::try_from_uri(&query_uri(asked))
        .map_err(|error| Problem::Bad(ctx.w.draft_wrong_plan(&error.to_string())))?;
    Ok(Said { plan: String::new(), form: form.0 })
}

fn query_uri(asked: &str) -> axum::http::Uri {
    // What came as a query is one: it is read again, and never sent anywhere.
    axum::http::Uri::try_from(format!("/?{asked}")).unwrap_or_default()
}

/// The plan of the form, its rings drafted where that is wanted; else what is wrong at which field.
async fn made(ctx: &Ctx, form: &Typed) -> Result<Result<Plan, Errors>, Problem> {
    let requester = ctx.person()?.name.clone();
    // A plan's name over its revisions: made from the moment, so that two forms of one second are told apart.
    let id = PlanId::new(&format!("plan-{}", ctx.now.0)).map_err(Problem::internal)?;
    let (local, w) = (ctx.local(), ctx.w);
    let read = ctx.app.domain.node.read(|state| {
        let plan = form::read(&local, state, form, requester, id)?;
        let topology = state.topology(&plan);
        Ok((plan, topology))
    });
    let (plan, topology) = match read {
        Ok(read) => read,
        Err(errors) => return Ok(Err(errors)),
    };
    match form::wishes(&plan).filter(|_| form.drafts_rings()) {
        Some(wishes) => Ok(Ok(in_rings(w, plan, topology, wishes).await?)),
        None => Ok(Ok(plan)),
    }
}

/// Drafts rings and waves, on a thread where that may take its time.
pub(super) async fn in_rings(
    w: Words,
    plan: Plan,
    topology: Topology,
    wishes: Wishes,
) -> Result<Plan, Problem> {
    let work = move || {
        let mut plan = planning::draft::rings(plan, &topology, &wishes);
        let titles = [w.draft_ring_first(), w.draft_ring_rest()];
        plan.rings.iter_mut().zip(titles).for_each(|(ring, title)| ring.title = title.into());
        plan
    };
    tokio::task::spawn_blocking(work).await.map_err(Problem::internal)
}

fn again(ctx: &Ctx, said: &Said, errors: &Errors) -> Response {
    ctx.page(page(ctx, said, errors, None)).status(StatusCode::UNPROCESSABLE_ENTITY).into_response()
}

/// Drafts a plan; where it is shown.
pub(super) async fn drafted(ctx: &Ctx, plan: Plan) -> Result<Response, Problem> {
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
    ctx.require(Role::Engineer)?;
    if !said.plan.trim().is_empty() {
        return match parsed(&ctx, &said.plan) {
            Ok(plan) => drafted(&ctx, plan).await,
            Err(Problem::Bad(says)) => Ok(again(&ctx, &said, &vec![("plan", says)])),
            Err(other) => Err(other),
        };
    }
    match made(&ctx, &said.form).await? {
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
