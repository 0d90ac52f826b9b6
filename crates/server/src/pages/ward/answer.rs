//! `/ward/{unit}/plans/{id}`: a unit's answer to a plan, and the staff it confirms.

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hospital::Command;
use hospital::State;
use model::PlanHash;
use model::agreement::UnitAnswer;
use model::ids::UnitId;
use model::people::Role;
use serde::Deserialize;

use super::card::{DarkLine, forecast_lines};
use super::data::{concerns, outlooks_of, unit_of};
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::pages::night::act::reason;
use crate::pages::night::past::Outlooks;
use crate::pages::night::{answers_for, carry, plan_href, plan_of, time, unit_name, ward_href};
use crate::parts::{Field, FieldKind, Status};

/// Longest name or role of somebody who is there.
const PERSON_LENGTH_MAX_CHARACTERS: usize = 100;
/// Most people named for one unit.
const PEOPLE_MAX: usize = 200;

/// What a form says; which fields count depends on `answer`.
#[derive(Default, Deserialize)]
pub(super) struct Said {
    #[serde(default)]
    pub(super) answer: String,
    #[serde(default)]
    pub(super) not_before: String,
    #[serde(default)]
    pub(super) says: String,
    #[serde(default)]
    pub(super) reason: String,
    #[serde(default)]
    pub(super) people: String,
}

/// The three answers as fields, with what is wrong with them.
pub(super) struct Answers {
    pub(super) accept: String,
    pub(super) propose: Vec<Field>,
    pub(super) refuse: Vec<Field>,
    pub(super) action: String,
}

impl Answers {
    /// The forms, with what was typed and what is wrong with it.
    pub(super) fn new(
        ctx: &Ctx,
        accept: String,
        action: String,
        said: &Said,
        wrong: Option<Wrong>,
    ) -> Answers {
        let w = ctx.w;
        let missing = |this: Wrong| if wrong == Some(this) { w.act_reason_missing() } else { "" };
        let time = if wrong == Some(Wrong::Time) { w.act_time_wrong() } else { "" };
        Answers {
            accept,
            propose: vec![
                Field::new("not_before", w.answer_propose_when(), FieldKind::Text)
                    .value(&*said.not_before)
                    .hint(w.act_time_hint())
                    .error(time),
                Field::new("says", w.answer_propose_says(), FieldKind::Lines)
                    .value(&*said.says)
                    .error(missing(Wrong::Says)),
            ],
            refuse: vec![
                Field::new("reason", w.answer_refuse_reason(), FieldKind::Lines)
                    .value(&*said.reason)
                    .error(missing(Wrong::Reason)),
            ],
            action,
        }
    }
}

/// What is wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    Time,
    Says,
    Reason,
}

/// The answer of a form; where the form is wrong, the page again with what is wrong with it.
pub(super) fn said<P: Template>(
    ctx: &Ctx,
    said: &Said,
    again: impl FnOnce(Wrong) -> Result<P, Problem>,
) -> Result<Result<UnitAnswer, Response>, Problem> {
    match read(ctx, said) {
        Ok(answer) => Ok(Ok(answer)),
        Err(Ok(wrong)) => {
            let page = ctx.page(again(wrong)?);
            Ok(Err(page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response()))
        }
        Err(Err(problem)) => Err(problem),
    }
}

/// What a form answers.
fn read(ctx: &Ctx, said: &Said) -> Result<UnitAnswer, Result<Wrong, Problem>> {
    match said.answer.as_str() {
        "accept" => Ok(UnitAnswer::Accept),
        "propose" => {
            let not_before = time::read(&ctx.local(), &said.not_before).ok_or(Ok(Wrong::Time))?;
            let says = reason(&said.says).ok_or(Ok(Wrong::Says))?;
            Ok(UnitAnswer::Propose { not_before, says })
        }
        "refuse" => Ok(UnitAnswer::Refuse { reason: reason(&said.reason).ok_or(Ok(Wrong::Reason))? }),
        other => {
            let other: String = other.chars().take(40).collect();
            Err(Err(Problem::Bad(format!("answer={other} is not possible; it is accept, propose or refuse"))))
        }
    }
}

#[derive(Template)]
#[template(path = "pages/answer.html")]
struct AnswerPage {
    shell: Shell,
    dark: Vec<DarkLine>,
    lines: Vec<String>,
    standing: Option<Status>,
    answers: Option<Answers>,
    cover: Option<(Field, String, Vec<String>)>,
    back: String,
}

fn page(
    ctx: &Ctx,
    state: &State,
    unit: &str,
    id: &str,
    said: &Said,
    wrong: Option<Wrong>,
    outlooks: &Outlooks,
) -> Result<AnswerPage, Problem> {
    let (w, local) = (ctx.w, ctx.local());
    let record = plan_of(state, id)?;
    let (unit, _) = unit_of(state, unit)?;
    let name = unit_name(state, &unit);
    let concerns = concerns(state, &unit, ctx.now, outlooks);
    let concern = concerns.iter().find(|concern| concern.record.hash == record.hash);
    let dark = concern.map_or_else(Vec::new, |concern| forecast_lines(&local, state, concern, &unit));
    let here = format!("{}/plans/{}", ward_href(unit.as_str()), record.hash.short());
    let mut lines = vec![format!("{}: {}", w.plan_contingency(), record.plan.contingency)];
    if dark.is_empty() {
        lines.insert(0, w.answer_never_dark().to_owned());
    }
    let may = answers_for(ctx, state, &unit);
    if !record.is_open() {
        lines.insert(0, w.answer_closed().to_owned());
    } else if !may {
        lines.insert(0, w.answer_not_yours().to_owned());
    }
    let open = record.is_open() && may;
    let newest = record.consent.sign_offs.iter().rev().find(|sign_off| sign_off.unit == unit);
    let wanted = record.plan.cover.iter().find(|cover| cover.unit == unit);
    let confirmed = crate::pages::plans::cover_lines(w, record, &unit);
    let cover = wanted.filter(|_| open).map(|wanted| {
        let hint = w.answer_cover_hint(&w.number(u64::from(wanted.people)), &wanted.task);
        let field =
            Field::new("people", w.answer_cover_people(), FieldKind::Lines).value(&*said.people).hint(hint);
        (field, format!("{here}/cover"), confirmed)
    });
    Ok(AnswerPage {
        shell: ctx
            .shell(w.answer_plan_title(&name, &record.plan.title))
            .crumb("/ward", w.wards_title())
            .crumb(ward_href(unit.as_str()), name.as_str())
            .crumb(plan_href(record), &*record.plan.title),
        dark,
        lines,
        standing: newest.map(|sign_off| crate::pages::plans::sign_off_status(&local, sign_off)),
        answers: open.then(|| Answers::new(ctx, w.answer_accept_says(&name), here, said, wrong)),
        cover,
        back: ward_href(unit.as_str()),
    })
}

/// The plan and the unit that an address names.
fn named(ctx: &Ctx, unit: &str, id: &str) -> Result<(PlanHash, UnitId), Problem> {
    ctx.app.domain.node.read(|state| Ok((plan_of(state, id)?.hash, unit_of(state, unit)?.0)))
}

pub(super) async fn ask(ctx: Ctx, Path((unit, id)): Path<(String, String)>) -> Result<Response, Problem> {
    ctx.require(Role::Ward)?;
    let outlooks = outlooks_of(&ctx, &named(&ctx, &unit, &id)?.1).await?;
    let page =
        ctx.app.domain.node.read(|state| page(&ctx, state, &unit, &id, &Said::default(), None, &outlooks))?;
    Ok(ctx.page(page).into_response())
}

pub(super) async fn answer(
    ctx: Ctx,
    Path((unit, id)): Path<(String, String)>,
    Form(said): Form<Said>,
) -> Result<Response, Problem> {
    let by = ctx.require(Role::Ward)?.name.clone();
    let outlooks = outlooks_of(&ctx, &named(&ctx, &unit, &id)?.1).await?;
    let again = |wrong| {
        ctx.app.domain.node.read(|state| page(&ctx, state, &unit, &id, &said, Some(wrong), &outlooks))
    };
    let answer = match self::said(&ctx, &said, again)? {
        Ok(answer) => answer,
        Err(page) => return Ok(page),
    };
    let (plan, of) = named(&ctx, &unit, &id)?;
    let back = ward_href(of.as_str());
    carry(&ctx, Command::AnswerPlan { plan, unit: of, answer, by }).await?;
    Ok(Redirect::to(&back).into_response())
}

pub(super) async fn cover(
    ctx: Ctx,
    Path((unit, id)): Path<(String, String)>,
    Form(said): Form<Said>,
) -> Result<Response, Problem> {
    let by = ctx.require(Role::Ward)?.name.clone();
    let people: Vec<Box<str>> = said
        .people
        .lines()
        .map(|line| line.trim().chars().take(PERSON_LENGTH_MAX_CHARACTERS).collect::<String>())
        .filter(|line| !line.is_empty())
        .take(PEOPLE_MAX)
        .map(Box::from)
        .collect();
    let (plan, of) = named(&ctx, &unit, &id)?;
    let back = format!("{}/plans/{}", ward_href(of.as_str()), plan.short());
    carry(&ctx, Command::ConfirmCover { plan, unit: of, people, by }).await?;
    Ok(Redirect::to(&back).into_response())
}
