//! `/plans/{id}/change`: a plan edited, beside the plan as it is: windows moved by a date field, soak, places at once, rings and waves
//! drafted anew, staff. What changes is seen before it is saved as a new revision; nobody's answer counts for that one (R15).

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use model::people::Role;
use model::plan::Plan;
use planning::draft::Wishes;

use super::change_form::{self, Edited, Wrong};
use super::draft::{drafted, in_rings};
use super::moves;
use super::preview::{Looked, Preview, look};
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::pages::night::drawing::{Drawn, drawn};
use crate::pages::night::forecast::forecast;
use crate::pages::night::{plan_href, plan_of};
use crate::parts::Field;

/// The id of the form.
const FORM: &str = "change";

/// What was typed, by field; what is missing is as the plan has it.
type Said = BTreeMap<String, String>;

#[derive(Template)]
#[template(path = "pages/change.html")]
struct ChangePage {
    shell: Shell,
    action: String,
    back: String,
    groups: Vec<(String, Vec<Field>)>,
    unchanged: String,
    preview: Option<Preview>,
    /// The plan as it is, where nothing else is shown.
    present: Option<Drawn>,
    typed: Vec<(String, String)>,
}

/// The plan that is changed; only one about which something may still be said.
fn present(ctx: &Ctx, id: &str) -> Result<(Arc<Plan>, String), Problem> {
    ctx.app.domain.node.read(|state| {
        let record = plan_of(state, id)?;
        if !record.is_open() {
            return Err(Problem::Refused(ctx.w.change_closed().to_owned()));
        }
        Ok((Arc::clone(&record.plan), plan_href(record)))
    })
}

/// The plan as edited, with its parent; `None` when nothing differs from the plan as it is.
async fn edited(ctx: &Ctx, plan: &Plan, said: &Said) -> Result<Result<Option<Plan>, Wrong>, Problem> {
    let local = ctx.local();
    let read = ctx.app.domain.node.read(|state| {
        let edited = change_form::read(&local, state, plan, said)?;
        let topology = state.topology(&edited.plan);
        Ok((edited, topology))
    });
    let (Edited { plan: mut next, rings, moves }, topology) = match read {
        Ok(read) => read,
        Err(wrong) => return Ok(Err(wrong)),
    };
    if let Some((soak_minutes, at_once_max)) = rings {
        let window = |ring: Option<&model::plan::Ring>| ring.map(|ring| ring.window.clone());
        let (first, last) = (window(next.rings.first()), window(next.rings.last()));
        if let (Some(first_window), Some(rest_window)) = (first, last) {
            let wishes = Wishes { first_window, rest_window, soak_minutes, at_once_max };
            next = in_rings(ctx.w, next, topology, wishes).await?;
        }
    }
    moves::apply(&mut next, &moves);
    if next == *plan {
        return Ok(Ok(None));
    }
    next.parent = Some(plan.hash());
    next.requester = ctx.person()?.name.clone();
    Ok(Ok(Some(next)))
}

fn page(ctx: &Ctx, (plan, href): (&Plan, &str), said: &Said, wrong: &Wrong, shown: Shown) -> ChangePage {
    let (w, local) = (ctx.w, ctx.local());
    ChangePage {
        shell: ctx
            .shell(w.change_title(&plan.title))
            .crumb("/plans", w.plans_title())
            .crumb(href, &*plan.title),
        action: format!("{href}/change"),
        back: href.to_owned(),
        groups: change_form::fields(&local, plan, said, wrong),
        unchanged: if shown.unchanged { w.change_nothing().to_owned() } else { String::new() },
        preview: shown.preview,
        present: shown.present,
        typed: said.clone().into_iter().collect(),
    }
}

/// What stands below the form.
#[derive(Default)]
struct Shown {
    preview: Option<Preview>,
    present: Option<Drawn>,
    unchanged: bool,
}

/// The plan as it is, to be moved by hand.
fn as_it_is(ctx: &Ctx, looked: &Looked) -> Option<Drawn> {
    let (local, moving) = (ctx.local(), change_form::moving(FORM));
    ctx.app.domain.node.read(|state| {
        let forecast = forecast(&looked.plan, &state.topology(&looked.plan), Some(&looked.past));
        drawn(&local, state, &looked.plan, &forecast, &looked.findings, "present", Some(moving))
    })
}

/// The form, and once something differs, what changes.
pub(super) async fn show(
    ctx: Ctx,
    Path(id): Path<String>,
    RawQuery(asked): RawQuery,
) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    let (plan, href) = present(&ctx, &id)?;
    let asked = asked.unwrap_or_default();
    let said = named(&ctx, &plan, form_urlencoded::parse(asked.as_bytes()).into_owned())?;
    let plain = |shown| ctx.page(page(&ctx, (&plan, &href), &said, &Wrong::new(), shown)).into_response();
    if said.is_empty() {
        let present = as_it_is(&ctx, &look(&ctx, Arc::clone(&plan)).await?);
        return Ok(plain(Shown { present, ..Shown::default() }));
    }
    let next = match edited(&ctx, &plan, &said).await? {
        Ok(Some(next)) => next,
        Ok(None) => {
            let present = as_it_is(&ctx, &look(&ctx, Arc::clone(&plan)).await?);
            return Ok(plain(Shown { present, unchanged: true, ..Shown::default() }));
        }
        Err(wrong) => return Ok(again(&ctx, (&plan, &href), &said, &wrong)),
    };
    let (after, before) = (look(&ctx, Arc::new(next)).await?, look(&ctx, Arc::clone(&plan)).await?);
    let local = ctx.local();
    let preview = ctx
        .app
        .domain
        .node
        .read(|state| Preview::beside(&local, state, &after, &before, change_form::moving(FORM)));
    Ok(plain(Shown { preview: Some(preview), ..Shown::default() }))
}

fn again(ctx: &Ctx, plan: (&Plan, &str), said: &Said, wrong: &Wrong) -> Response {
    let page = page(ctx, plan, said, wrong, Shown::default());
    ctx.page(page).status(StatusCode::UNPROCESSABLE_ENTITY).into_response()
}

/// What was typed, each field one that this plan's form has.
fn named(ctx: &Ctx, plan: &Plan, said: impl Iterator<Item = (String, String)>) -> Result<Said, Problem> {
    let known = change_form::names(plan);
    let mut out = Said::new();
    for (key, value) in said.filter(|(key, _)| key != "csrf") {
        if !known.contains(&key) {
            let key: String = key.chars().take(40).collect();
            return Err(Problem::Bad(ctx.w.draft_wrong_key(&key, &known.join(", "))));
        }
        out.insert(key, value);
    }
    Ok(out)
}

/// Saves it as a new revision, by the same command as any other draft.
pub(super) async fn save(
    ctx: Ctx,
    Path(id): Path<String>,
    Form(said): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    let (plan, href) = present(&ctx, &id)?;
    let said = named(&ctx, &plan, said.into_iter())?;
    match edited(&ctx, &plan, &said).await? {
        Ok(Some(next)) => drafted(&ctx, next).await,
        Ok(None) => Err(Problem::Refused(ctx.w.change_nothing().to_owned())),
        Err(wrong) => Ok(again(&ctx, (&plan, &href), &said, &wrong)),
    }
}
