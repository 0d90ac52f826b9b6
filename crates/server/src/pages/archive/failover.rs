//! Going over from A to B: begun with what the gate says, or in the name of two people who have named every examination; step by step; watched afterwards.

use std::collections::{BTreeMap, BTreeSet};

use archive::gate::Override;
use archive::{StudyUid, Uid};
use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use hospital::Command;
use hospital::archives::fact::{Ended, FailoverStep, Step, Went};
use hospital::archives::{ArchiveCommand, Pair};
use model::ids::PairId;
use model::people::Role;
use serde::Deserialize;

use super::binding::frame;
use super::exams::{name, urgent_first};
use super::{RULES, doubts, href, known, read, say};
use crate::http::Problem;
use crate::page::Ctx;
use crate::pages::night::act::{Act, reason};
use crate::pages::night::carry;
use crate::parts::{Choice, Field, FieldKind, Mark, Status};

/// The failover that is under way or watched, for the page of its pair.
pub(super) struct FailoverView {
    pub(super) says: Vec<String>,
    pub(super) steps: Vec<StepView>,
    pub(super) reports: Vec<(String, String, String)>,
    pub(super) may_end: bool,
    pub(super) may_report: bool,
}

/// One step.
pub(super) struct StepView {
    pub(super) name: &'static str,
    pub(super) status: Status,
    pub(super) remark: String,
    /// Where it is recorded as done; empty when it is not its turn, or not the reader's.
    pub(super) href: String,
}

pub(super) fn view(ctx: &Ctx, id: &PairId, pair: &Pair) -> Option<FailoverView> {
    let (w, local) = (ctx.w, ctx.local());
    let failover = pair.failover().filter(|failover| failover.is_watched(ctx.now))?;
    let mut says = vec![w.archive_begun(&failover.stamp.actor, &local.moment(failover.stamp.time))];
    if let Some(over) = &failover.overridden {
        says.push(w.archive_overridden(&over.people.0, &over.people.1, &over.because));
        says.extend(failover.decision.against.iter().map(|one| say::against(w, one)));
    }
    if let Some((stamp, ended)) = &failover.ended {
        let (who, moment) = (&stamp.actor, local.moment(stamp.time));
        says.push(match ended.went {
            Went::Over => w.archive_ended_over(who, &moment),
            Went::Back => w.archive_ended_back(who, &moment),
        });
        says.push(ended.remark.to_string());
    }
    if pair.is_over() {
        says.push(w.archive_is_over(&pair.b));
    }
    says.push(w.archive_watched().to_owned());
    let (is_open, is_engineer) = (failover.ended.is_none(), ctx.may(Role::Engineer));
    let mut is_next = is_open && is_engineer;
    let step = |step: Step| {
        let done = failover.steps.iter().find(|(_, done)| done.step == step);
        let status = match done {
            // A person's word, and no proof.
            Some((stamp, _)) => Status::worded(Mark::Settling, w.archive_step_word())
                .detail(w.archive_step_done(&stamp.actor, &local.moment(stamp.time))),
            None => Status::worded(Mark::NotBegun, w.archive_step_open()),
        };
        let is_turn = done.is_none() && std::mem::take(&mut is_next);
        let waits = is_turn && step == Step::ReadersPointed && !pair.is_proven_since_senders_moved();
        StepView {
            name: say::step(w, step),
            status,
            remark: match done {
                Some((_, done)) => done.remark.to_string(),
                None if waits => w.archive_step_compare().to_owned(),
                None => String::new(),
            },
            href: if is_turn && !waits { format!("{}/step", href(id)) } else { String::new() },
        }
    };
    let steps = Step::ALL.into_iter().map(step).collect();
    let reports = failover.reports.iter().rev();
    let reports = reports
        .map(|(stamp, says)| (local.moment(stamp.time), stamp.actor.to_string(), says.to_string()))
        .collect();
    let (may_end, may_report) = (is_open && is_engineer, ctx.may(Role::Ward));
    Some(FailoverView { says, steps, reports, may_end, may_report })
}

fn pair_of(ctx: &Ctx, id: &PairId) -> Result<Pair, Problem> {
    ctx.app.domain.node.read(|state| known(ctx, state, id))
}

fn act(ctx: &Ctx, id: &PairId, title: &str, says: String, fields: Vec<Field>, verb: &str, to: &str) -> Act {
    let here = href(id);
    Act {
        shell: frame(ctx, id, title),
        says,
        concerns: Vec::new(),
        fields,
        action: format!("{here}/{to}"),
        verb: verb.to_owned(),
        destructive: false,
        back: here,
    }
}

/// What was typed into the page before going over.
#[derive(Default)]
struct Typed {
    one: String,
    two: String,
    because: String,
    exams: BTreeSet<String>,
}

impl Typed {
    fn of(fields: Vec<(String, String)>) -> Typed {
        let mut typed = Typed::default();
        for (name, value) in fields {
            match name.as_str() {
                "one" => typed.one = value,
                "two" => typed.two = value,
                "because" => typed.because = value,
                _ => {
                    let exam = name.strip_prefix("exam-").filter(|_| value == "yes");
                    typed.exams.extend(exam.map(ToOwned::to_owned));
                }
            }
        }
        typed
    }
}

/// Every examination that whoever goes over without a *go* must have named, most urgent first: what differs, then what is in doubt; with what is wrong with it.
fn answered_for(ctx: &Ctx, pair: &Pair) -> Vec<(StudyUid, String)> {
    let w = ctx.w;
    let differing = pair.newest().map(|newest| urgent_first(ctx, newest)).unwrap_or_default();
    let mut all: Vec<(StudyUid, String)> = Vec::new();
    for one in differing {
        let (_, urgency) = say::urgency(w, one.urgency(ctx.now));
        let label = format!("{urgency} · {}: {}", name(ctx, one), say::differs(w, &one.exam).join("; "));
        all.push((one.exam.study.uid.clone(), label));
    }
    let known: BTreeMap<StudyUid, usize> =
        all.iter().enumerate().map(|(at, (study, _))| (study.clone(), at)).collect();
    for (study, doubt) in doubts::urgent_first(ctx, pair) {
        match known.get(study).and_then(|at| all.get_mut(*at)) {
            Some((_, label)) => *label = format!("{label}; {}", doubts::lines(w, doubt).join("; ")),
            None => all.push((study.clone(), doubts::label(ctx, study, doubt))),
        }
    }
    all
}

fn going(ctx: &Ctx, id: &PairId, pair: &Pair, typed: &Typed, error: &str) -> Act {
    let w = ctx.w;
    let title = w.archive_go_title(&pair.a, &pair.b);
    let decision = pair.decision(&RULES(), ctx.now);
    let cautions = decision.cautions.iter().map(|one| say::caution(w, one));
    if decision.is_go() {
        let says = w.archive_go_says().to_owned();
        let page = act(ctx, id, &title, says, Vec::new(), w.archive_go_verb(), "go");
        return Act { concerns: cautions.collect(), ..page };
    }
    let answered_for = answered_for(ctx, pair);
    let says = w.archive_over_says(answered_for.len() as u64);
    let ticks = answered_for.into_iter().map(|(study, label)| {
        let uid = study.to_string();
        let value = if typed.exams.contains(&uid) { "yes" } else { "" };
        Field::new(format!("exam-{uid}"), label, FieldKind::Tick).value(value)
    });
    let mut fields: Vec<Field> = ticks.collect();
    fields.extend([
        Field::new("one", w.archive_over_one(), FieldKind::Text).value(&typed.one),
        Field::new("two", w.archive_over_two(), FieldKind::Text).value(&typed.two),
        Field::new("because", w.archive_over_because(), FieldKind::Lines).value(&typed.because).error(error),
    ]);
    let page = act(ctx, id, &title, says, fields, w.archive_over_verb(), "go");
    let against = decision.against.iter().map(|one| say::against(w, one));
    Act { concerns: against.chain(cautions).collect(), destructive: true, ..page }
}

pub(super) async fn ask_go(ctx: Ctx, Path(id): Path<String>) -> Result<Response, Problem> {
    let person = ctx.require(Role::Engineer)?.name.to_string();
    let id = read(&id)?;
    let pair = pair_of(&ctx, &id)?;
    let typed = Typed { one: person, ..Typed::default() };
    Ok(going(&ctx, &id, &pair, &typed, "").answer(&ctx, false))
}

pub(super) async fn go(
    ctx: Ctx,
    Path(id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let by = ctx.require(Role::Engineer)?.name.clone();
    let id = read(&id)?;
    let pair = pair_of(&ctx, &id)?;
    let overridden = if pair.decision(&RULES(), ctx.now).is_go() {
        None
    } else {
        let typed = Typed::of(fields);
        let exams = answered_for(&ctx, &pair).len();
        let people = [&typed.one, &typed.two].map(|person| person.trim().to_owned());
        let is_whole = people.iter().all(|person| !person.is_empty()) && typed.exams.len() == exams;
        let (Some(because), true) = (reason(&typed.because), is_whole) else {
            let wrong = ctx.w.archive_over_missing();
            return Ok(going(&ctx, &id, &pair, &typed, wrong).answer(&ctx, true));
        };
        let [one, two] = people.map(String::into_boxed_str);
        let named = typed.exams.iter().filter_map(|uid| Some(StudyUid(Uid::as_found(uid).ok()?.0)));
        Some(Override { people: (one, two), exams: named.collect(), because })
    };
    carry(&ctx, Command::Archive(ArchiveCommand::Begin { pair: id.clone(), overridden, by })).await?;
    Ok(Redirect::to(&href(&id)).into_response())
}

/// One field of words.
#[derive(Deserialize)]
pub(super) struct Said {
    #[serde(default)]
    says: String,
    #[serde(default)]
    went: String,
}

/// The next step of the failover that is under way.
fn next_step(pair: &Pair) -> Option<Step> {
    let failover = pair.failover().filter(|failover| failover.ended.is_none())?;
    let is_open = |step: &Step| !failover.steps.iter().any(|(_, done)| done.step == *step);
    Step::ALL.into_iter().find(is_open)
}

fn stepping(ctx: &Ctx, id: &PairId, error: &str) -> Result<(Act, Step), Problem> {
    let w = ctx.w;
    let step = next_step(&pair_of(ctx, id)?).ok_or(Problem::NotFound)?;
    let field = Field::new("says", w.archive_remark(), FieldKind::Lines).error(error).focused();
    let says = format!("{}.", say::step(w, step));
    let fields = vec![field];
    Ok((act(ctx, id, w.archive_step_title(), says, fields, w.archive_step_verb(), "step"), step))
}

pub(super) async fn ask_step(ctx: Ctx, Path(id): Path<String>) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    Ok(stepping(&ctx, &read(&id)?, "")?.0.answer(&ctx, false))
}

pub(super) async fn step(
    ctx: Ctx,
    Path(id): Path<String>,
    Form(said): Form<Said>,
) -> Result<Response, Problem> {
    let by = ctx.require(Role::Engineer)?.name.clone();
    let id = read(&id)?;
    let (page, step) = stepping(&ctx, &id, ctx.w.work_missing())?;
    let Some(remark) = reason(&said.says) else { return Ok(page.answer(&ctx, true)) };
    let step = FailoverStep { pair: id.clone(), step, remark };
    carry(&ctx, Command::Archive(ArchiveCommand::Step { step, by })).await?;
    Ok(Redirect::to(&href(&id)).into_response())
}

fn reporting(ctx: &Ctx, id: &PairId, error: &str) -> Act {
    let w = ctx.w;
    let field = Field::new("says", w.archive_report_field(), FieldKind::Lines).error(error).focused();
    let says = w.archive_report_says().to_owned();
    act(ctx, id, w.archive_report_title(), says, vec![field], w.archive_report_verb(), "report")
}

pub(super) async fn ask_report(ctx: Ctx, Path(id): Path<String>) -> Result<Response, Problem> {
    ctx.require(Role::Ward)?;
    Ok(reporting(&ctx, &read(&id)?, "").answer(&ctx, false))
}

pub(super) async fn report(
    ctx: Ctx,
    Path(id): Path<String>,
    Form(said): Form<Said>,
) -> Result<Response, Problem> {
    let by = ctx.require(Role::Ward)?.name.clone();
    let id = read(&id)?;
    let Some(says) = reason(&said.says) else {
        return Ok(reporting(&ctx, &id, ctx.w.work_missing()).answer(&ctx, true));
    };
    carry(&ctx, Command::Archive(ArchiveCommand::Report { pair: id.clone(), says, by })).await?;
    Ok(Redirect::to(&href(&id)).into_response())
}

fn ending(ctx: &Ctx, id: &PairId, error: &str) -> Act {
    let w = ctx.w;
    let choice = |value: &str, label: &str| Choice { value: value.to_owned(), label: label.to_owned() };
    let went = vec![choice("over", w.archive_end_over()), choice("back", w.archive_end_back())];
    let fields = vec![
        Field::new("went", w.archive_end_went(), FieldKind::Select(went)),
        Field::new("says", w.archive_remark(), FieldKind::Lines).error(error).focused(),
    ];
    let says = w.archive_end_says().to_owned();
    act(ctx, id, w.archive_end_title(), says, fields, w.archive_end_verb(), "end")
}

pub(super) async fn ask_end(ctx: Ctx, Path(id): Path<String>) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    Ok(ending(&ctx, &read(&id)?, "").answer(&ctx, false))
}

pub(super) async fn end(
    ctx: Ctx,
    Path(id): Path<String>,
    Form(said): Form<Said>,
) -> Result<Response, Problem> {
    let by = ctx.require(Role::Engineer)?.name.clone();
    let id = read(&id)?;
    let went = match said.went.as_str() {
        "over" => Some(Went::Over),
        "back" => Some(Went::Back),
        _ => None,
    };
    let (Some(went), Some(remark)) = (went, reason(&said.says)) else {
        return Ok(ending(&ctx, &id, ctx.w.work_missing()).answer(&ctx, true));
    };
    let ended = Ended { pair: id.clone(), went, remark };
    carry(&ctx, Command::Archive(ArchiveCommand::End { ended, by })).await?;
    Ok(Redirect::to(&href(&id)).into_response())
}
