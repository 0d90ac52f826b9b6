//! `/plans/new/campaign`: advisories or patches, rings and windows, given to the planner; what it found and why; saved as a draft. The campaign
//! is built by `hospital::campaign`, as on the command line.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hospital::State;
use hospital::campaign::{Asked, Built, Draft, Named, NotDrafted, Question, Setting, What, ask, draft};
use model::ids::{PatchId, PlanId};
use model::people::Role;
use model::plan::Plan;
use planning::planner::planned::Planned;
use serde::Deserialize;

use super::campaign_view::Result as Shown;
use super::draft::drafted;
use super::form::{Errors, usual_proof};
use super::preview::{Preview, look};
use crate::clock::Local;
use crate::http::Problem;
use crate::importer::WindowsText;
use crate::page::{Ctx, Shell};
use crate::pages::night::plan_of;
use crate::pages::overview::view::query;
use crate::parts::{Field, FieldKind};
use crate::words::Words;
use crate::work::{NoPlan, Planner, SEARCH_TIME_MAX_SECONDS};

/// The form as typed.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Typed {
    /// Tracking ids of advisories, with spaces between.
    pub(super) advisory: String,
    /// Names of patches, with spaces between.
    pub(super) patch: String,
    /// Only devices of this site.
    pub(super) site: String,
    /// A plan that is planned again, by the beginning of its hash; then no advisory, patch or site.
    pub(super) again: String,
    /// Windows, staff, units and ways as `segue plan --windows` reads them; empty for the windows of other plans.
    pub(super) windows: String,
    /// Devices of the first ring; 1 when empty.
    pub(super) first: String,
    /// Minutes before the rest begins; a day when empty.
    pub(super) soak: String,
    /// Title of the plan; what is planned, when empty.
    pub(super) title: String,
    /// What is done when it goes wrong.
    pub(super) contingency: String,
    /// The result that was looked at before, to be compared with.
    pub(super) before: String,
    /// The form's token; read before it comes here.
    pub(super) csrf: String,
}

/// A longer address is not understood everywhere on its way.
const ADDRESS_MAX_CHARACTERS: usize = 8_000;

impl Typed {
    /// Each field with what was typed.
    fn fields(&self) -> [(&'static str, &str); 9] {
        [
            ("advisory", &self.advisory),
            ("patch", &self.patch),
            ("site", &self.site),
            ("again", &self.again),
            ("windows", &self.windows),
            ("first", &self.first),
            ("soak", &self.soak),
            ("title", &self.title),
            ("contingency", &self.contingency),
        ]
    }

    fn asks(&self) -> bool {
        !self.advisory.trim().is_empty() || !self.patch.trim().is_empty() || !self.again.trim().is_empty()
    }
}

/// What was worked out.
pub(super) struct Outcome {
    pub(super) built: Built,
    pub(super) planned: Arc<Planned>,
    pub(super) plan: Result<Plan, NotDrafted>,
    /// The planner's name for the result.
    pub(super) key: String,
}

/// Why nothing was.
pub(super) enum Not {
    /// Something typed is wrong.
    Fields(Errors),
    /// No device is left; what is known of each.
    NoDevice(Box<Built>),
    /// The planner works for somebody else.
    Busy,
}

#[derive(Template)]
#[template(path = "pages/campaign.html")]
struct Page {
    shell: Shell,
    fields: Vec<Field>,
    time_says: String,
    note: String,
    left_out: Vec<String>,
    shown: Option<Shown>,
    preview: Option<Preview>,
    typed: Vec<(&'static str, String)>,
    before: String,
}

impl Page {
    fn new(ctx: &Ctx, typed: &Typed, errors: &Errors) -> Page {
        let w = ctx.w;
        Page {
            shell: ctx
                .shell(w.camp_title())
                .crumb("/plans", w.plans_title())
                .crumb("/plans/new", w.draft_title()),
            fields: fields(w, typed, errors),
            time_says: w.camp_time(&w.number(u64::from(SEARCH_TIME_MAX_SECONDS))),
            note: String::new(),
            left_out: Vec::new(),
            shown: None,
            preview: None,
            typed: typed.fields().map(|(name, value)| (name, value.to_owned())).into(),
            before: String::new(),
        }
    }
}

/// Why the answer is not one plan.
pub(super) fn not_one_plan(w: Words, not: &NotDrafted) -> String {
    format!("{}: {}", w.camp_not_one_plan(), super::campaign_say::not_drafted(w, not))
}

fn fields(w: Words, typed: &Typed, errors: &Errors) -> Vec<Field> {
    let field = |name: &'static str, label: &str, kind: FieldKind, hint: &str| {
        let error =
            errors.iter().find(|(field, _)| *field == name).map_or(String::new(), |(_, says)| says.clone());
        let value =
            typed.fields().into_iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
        Field::new(name, label, kind).value(value).hint(hint).error(error).optional()
    };
    // Whoever plans a plan again names no devices.
    let named = |name| errors.iter().any(|(field, _)| *field == name);
    let again = !typed.again.trim().is_empty();
    let what = if again && !named("advisory") {
        vec![field("again", w.camp_again(), FieldKind::Text, w.camp_again_hint())]
    } else {
        vec![
            field("advisory", w.camp_advisory(), FieldKind::Text, w.camp_advisory_hint()),
            field("patch", w.camp_patch(), FieldKind::Text, w.camp_patch_hint()),
            field("site", w.camp_site(), FieldKind::Text, w.camp_site_hint()),
        ]
    };
    let more = vec![
        field("windows", w.camp_windows(), FieldKind::Lines, w.camp_windows_hint()),
        field("first", w.camp_first(), FieldKind::Text, w.camp_first_hint()),
        field("soak", w.camp_soak(), FieldKind::Text, ""),
        field("title", w.camp_plan_title(), FieldKind::Text, ""),
        field("contingency", w.camp_contingency(), FieldKind::Lines, ""),
    ];
    what.into_iter().chain(more).collect()
}

/// The form with what the planner found, as an address says it: nothing is saved.
pub(super) async fn show(ctx: Ctx, RawQuery(asked): RawQuery) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    let asked = asked.unwrap_or_default();
    let typed: Typed =
        serde_urlencoded_of(&asked).map_err(|says| Problem::Bad(ctx.w.draft_wrong_plan(&says)))?;
    if asked.is_empty() {
        return Ok(ctx.page(Page::new(&ctx, &typed, &Errors::new())).into_response());
    }
    match worked_out(&ctx, &typed).await? {
        Ok(outcome) => found(&ctx, &typed, outcome).await,
        Err(not) => Ok(refused(&ctx, &typed, not)),
    }
}

/// What is typed is shown at an address that can be kept, where it is short enough for one; else at once. Nothing is saved.
pub(super) async fn look_at(ctx: Ctx, Form(typed): Form<Typed>) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    let before = Some(("before", &*typed.before)).filter(|(_, key)| !key.is_empty());
    let said: Vec<(&str, &str)> = typed.fields().into_iter().chain(before).collect();
    let address = query("/plans/new/campaign", &said);
    if address.len() <= ADDRESS_MAX_CHARACTERS {
        return Ok(Redirect::to(&address).into_response());
    }
    match worked_out(&ctx, &typed).await? {
        Ok(outcome) => found(&ctx, &typed, outcome).await,
        Err(not) => Ok(refused(&ctx, &typed, not)),
    }
}

/// An address is read like a form.
fn serde_urlencoded_of(asked: &str) -> Result<Typed, String> {
    let uri = axum::http::Uri::try_from(format!("/?{asked}")).map_err(|error| error.to_string())?;
    let read = axum::extract::Query::<Typed>::try_from_uri(&uri).map_err(|error| error.to_string())?;
    Ok(read.0)
}

async fn found(ctx: &Ctx, typed: &Typed, outcome: Outcome) -> Result<Response, Problem> {
    let local = ctx.local();
    let mut page = Page::new(ctx, typed, &Errors::new());
    page.shown = Some(Shown::new(&local, &outcome));
    page.before = outcome.key.clone();
    if let Ok(plan) = &outcome.plan {
        let edited = look(ctx, Arc::new(plan.clone())).await?;
        let earlier = before(ctx, typed, &outcome);
        let earlier = match earlier {
            Some(plan) => Some(look(ctx, Arc::new(plan)).await?),
            None => None,
        };
        page.preview = Some(ctx.app.domain.node.read(|state| match &earlier {
            Some(earlier) => Preview::after(&local, state, &edited, earlier),
            None => Preview::new(&local, state, &edited),
        }));
    }
    Ok(ctx.page(page).into_response())
}

/// The plan that was looked at before this one, where it is still kept and another one; else the plan that is planned again.
fn before(ctx: &Ctx, typed: &Typed, outcome: &Outcome) -> Option<Plan> {
    let looked_at = if typed.before == outcome.key { None } else { ctx.app.planner.plan_of(&typed.before) };
    // An answer that was no plan, or the plan as it was, is not kept: then the plan itself is what was looked at.
    looked_at.or_else(|| outcome.built.request.again.as_ref().map(|again| (*again.plan).clone()))
}

fn refused(ctx: &Ctx, typed: &Typed, not: Not) -> Response {
    let w = ctx.w;
    match not {
        Not::Fields(errors) => {
            ctx.page(Page::new(ctx, typed, &errors)).status(StatusCode::UNPROCESSABLE_ENTITY).into_response()
        }
        Not::NoDevice(built) => {
            let mut page = Page::new(ctx, typed, &Errors::new());
            page.note = w.camp_no_device().to_owned();
            let local = ctx.local();
            page.left_out =
                built.remarks.iter().map(|remark| super::campaign_say::remark(&local, remark)).collect();
            ctx.page(page).status(StatusCode::UNPROCESSABLE_ENTITY).into_response()
        }
        Not::Busy => {
            let mut page = Page::new(ctx, typed, &Errors::new());
            page.note = w.camp_busy().to_owned();
            ctx.page(page).status(StatusCode::SERVICE_UNAVAILABLE).into_response()
        }
    }
}

/// Saves what the form says as a draft.
pub(super) async fn save(ctx: Ctx, Form(typed): Form<Typed>) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    match worked_out(&ctx, &typed).await? {
        Ok(outcome) => match outcome.plan {
            Ok(plan) => drafted(&ctx, plan).await,
            Err(not) => Err(Problem::Refused(not_one_plan(ctx.w, &not))),
        },
        Err(not) => Ok(refused(&ctx, &typed, not)),
    }
}

/// The planner's result for what was typed, and the plan that it makes.
pub(super) async fn worked_out(ctx: &Ctx, typed: &Typed) -> Result<Result<Outcome, Not>, Problem> {
    let requester = ctx.person()?.name.clone();
    let local = ctx.local();
    let built = match ctx.app.domain.node.read(|state| built(ctx, &local, state, typed)) {
        Ok(built) => built,
        Err(errors) => return Ok(Err(Not::Fields(errors))),
    };
    if built.campaign.devices.is_empty() {
        return Ok(Err(Not::NoDevice(Box::new(built))));
    }
    let key = Planner::key(&built.campaign);
    let planned = match ctx.app.planner.plan(built.campaign.clone()).await {
        Ok(planned) => planned,
        Err(NoPlan::Busy) => return Ok(Err(Not::Busy)),
        Err(NoPlan::Unsound(findings)) => {
            let says: Vec<String> = findings.iter().take(3).map(ToString::to_string).collect();
            return Ok(Err(Not::Fields(vec![("windows", says.join("; "))])));
        }
        Err(other @ (NoPlan::Refused(_) | NoPlan::Ended(_))) => return Err(Problem::internal(other)),
    };
    let says = Draft {
        id: PlanId::new(&format!("plan-{}", ctx.now.0)).map_err(Problem::internal)?,
        requester,
        contingency: typed.contingency.trim().into(),
        named: Named {
            first: ctx.w.camp_ring_first().into(),
            others: ctx.w.camp_ring_others().into(),
            cover: ctx.w.camp_cover_task().into(),
        },
    };
    let plan = ctx.app.domain.node.read(|state| draft(state, &built, &planned.answer, says));
    if let Ok(plan) = &plan {
        ctx.app.planner.keep_plan(&key, plan);
    }
    Ok(Ok(Outcome { built, planned, plan, key }))
}

/// The campaign of what was typed; else what is wrong at which field.
fn built(ctx: &Ctx, local: &Local, state: &State, typed: &Typed) -> Result<Built, Errors> {
    let w = ctx.w;
    if !typed.asks() {
        return Err(vec![("advisory", w.camp_nothing_asked().to_owned())]);
    }
    let mut errors = Errors::new();
    let rings = [("first", &typed.first), ("soak", &typed.soak)].map(|(field, text)| match text.trim() {
        "" => None,
        text => text.parse::<u32>().map_err(|_| errors.push((field, w.draft_wrong_number().to_owned()))).ok(),
    });
    let mut patches = Vec::new();
    for word in typed.patch.split_whitespace() {
        match PatchId::new(word) {
            Ok(patch) => patches.push(patch),
            Err(error) => errors.push(("patch", error.to_string())),
        }
    }
    let setting = said(ctx, state, typed).unwrap_or_else(|says| {
        errors.push(("windows", says));
        None
    });
    let what = what(ctx, state, typed, patches).unwrap_or_else(|says| {
        errors.push(("again", says));
        What::New(Asked::default())
    });
    if !errors.is_empty() {
        return Err(errors);
    }
    let question = Question {
        what,
        title: Some(typed.title.trim()).filter(|title| !title.is_empty()).map(Into::into),
        setting,
        first: rings[0],
        soak_minutes: rings[1],
        on: local.date(ctx.now).ok_or_else(|| vec![("windows", w.act_time_wrong().to_owned())])?,
        now: ctx.now,
    };
    ask(state, question, |first, last| Ok(usual_proof(local, first, last)))
        .map_err(|not| vec![super::campaign_say::not_asked(w, &not)])
}

/// Devices of advisories and patches, or a plan once more.
fn what(ctx: &Ctx, state: &State, typed: &Typed, patches: Vec<PatchId>) -> Result<What, String> {
    if typed.again.trim().is_empty() {
        return Ok(What::New(Asked {
            advisories: typed.advisory.split_whitespace().map(Into::into).collect(),
            patches,
            site: Some(typed.site.trim()).filter(|site| !site.is_empty()).map(Into::into),
        }));
    }
    let w = ctx.w;
    if [&typed.advisory, &typed.patch, &typed.site].into_iter().any(|text| !text.trim().is_empty()) {
        return Err(w.camp_again_alone().to_owned());
    }
    let record = plan_of(state, typed.again.trim()).map_err(|_| w.camp_again_unknown(typed.again.trim()))?;
    Ok(What::Again(record.hash))
}

/// What was typed of windows, people and units.
fn said(ctx: &Ctx, state: &State, typed: &Typed) -> Result<Option<Setting>, String> {
    if typed.windows.trim().is_empty() {
        return Ok(None);
    }
    let time_zone = ctx.app.settings.time_zone.as_str();
    let text = WindowsText { text: &typed.windows, source: ctx.w.camp_windows(), time_zone };
    let read = ctx.app.domain.importer.windows(text, state);
    let wrong = |findings: Vec<model::Finding>| {
        findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    read.map(Some).map_err(wrong)
}
