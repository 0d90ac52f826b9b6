//! `/api/v1/aliases`: questions about names and answers, for programs.

use axum::Json;
use axum::extract::{RawQuery, State};
use hospital::Command;
use model::alias::AliasAnswer;
use model::people::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::give::{Subject, carry_out};
use super::{answers, view};
use crate::AppState;
use crate::http::Problem;
use crate::page::Ctx;
use crate::work::Effect;

/// An open question.
#[derive(Serialize, ToSchema)]
pub(crate) struct Open {
    #[serde(flatten)]
    subject: Subject,
    /// Devices that the answer decides.
    devices: u64,
    /// Device × vulnerability pairs that wait for it.
    pairs: u64,
}

/// An answer in force.
#[derive(Serialize, ToSchema)]
pub(crate) struct Answered {
    #[serde(flatten)]
    subject: Subject,
    /// `same` or `different`.
    answer: &'static str,
    /// Who gave it.
    actor: String,
    /// RFC 3339, UTC.
    time: String,
    /// Entry of the journal.
    seq: u64,
}

/// Open questions, and all answers in force.
#[derive(Serialize, ToSchema)]
pub(crate) struct Aliases {
    /// Open questions under this filter.
    total: u64,
    /// A page of them, most pairs first.
    questions: Vec<Open>,
    /// Answers in force, the newest first; at most 1000.
    answers: Vec<Answered>,
}

/// A question and its answer.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Answer {
    #[serde(flatten)]
    subject: Subject,
    /// `same` or `different`.
    answer: String,
}

/// What an answer changed: device × vulnerability pairs with another verdict than before, by what they are now.
#[derive(Serialize, ToSchema)]
pub(crate) struct Changed {
    /// Entry of the journal.
    seq: u64,
    /// Were the pairs counted? Not when too many devices are concerned.
    counted: bool,
    /// Now affected.
    affected: u64,
    /// Now fixed.
    fixed: u64,
    /// Now not affected.
    not_affected: u64,
    /// Now undecided.
    undecided: u64,
    /// Not spoken of before and decided now.
    added: u64,
    /// No advisory speaks of these any more.
    gone: u64,
}

impl From<Effect> for Changed {
    fn from(effect: Effect) -> Changed {
        let settled = effect.settled.unwrap_or_default();
        Changed {
            seq: effect.seq,
            counted: effect.settled.is_some(),
            affected: settled.affected,
            fixed: settled.fixed,
            not_affected: settled.not_affected,
            undecided: settled.undecided,
            added: settled.added,
            gone: settled.gone,
        }
    }
}

/// Open questions about names, and the answers in force.
#[utoipa::path(
    get,
    path = "/api/v1/aliases",
    params(
        ("q" = Option<String>, Query, description = "Part of a name"),
        ("of" = Option<String>, Query, description = "vendor or product"),
        ("sort" = Option<String>, Query, description = "pairs, devices or name; a - before it turns the order"),
        ("offset" = Option<u64>, Query, description = "Questions left out before the first"),
        ("limit" = Option<u32>, Query, description = "1 to 1000 questions")
    ),
    responses((status = 200, body = Aliases), (status = 400, body = crate::api::ProblemJson, content_type = "application/problem+json"))
)]
pub(crate) async fn list(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Json<Aliases>, Problem> {
    let list = view::LIST.read(query.as_deref())?;
    let (found, _, _) = view::proposals(&ctx.app, &list);
    let local = ctx.local();
    let page = list.page(found.iter());
    let questions = page.map(|proposal| Open {
        subject: Subject::from(&proposal.subject),
        devices: proposal.devices,
        pairs: proposal.pairs,
    });
    let in_force = answers::in_force(&ctx.app, &answers::LIST.read(None)?);
    let answers = in_force.iter().take(crate::listing::LIMIT_MAX_ROWS as usize).map(|row| Answered {
        subject: Subject::from(&row.subject),
        answer: row.answer.word(),
        actor: row.stamp.actor.to_string(),
        time: local.machine(row.stamp.time),
        seq: row.stamp.seq,
    });
    Ok(Json(Aliases {
        total: found.len() as u64,
        questions: questions.collect(),
        answers: answers.collect(),
    }))
}

/// Answers a question.
#[utoipa::path(
    post,
    path = "/api/v1/aliases",
    request_body = Answer,
    responses(
        (status = 200, description = "Recorded", body = Changed),
        (status = 400, body = crate::api::ProblemJson, content_type = "application/problem+json"),
        (status = 422, description = "Refused", body = crate::api::ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn answer(
    State(app): State<AppState>,
    ctx: Ctx,
    Json(said): Json<Answer>,
) -> Result<Json<Changed>, Problem> {
    let person = ctx.require(Role::Engineer)?;
    let unclear = || Problem::Bad(ctx.w.aliases_bad_answer().to_owned());
    let subject = said.subject.checked().ok_or_else(unclear)?;
    let answer = match said.answer.as_str() {
        "same" => AliasAnswer::Same,
        "different" => AliasAnswer::Different,
        _ => return Err(unclear()),
    };
    let command = Command::AnswerAlias { subject: subject.clone(), answer };
    let effect = carry_out(&app, command, subject, Some(answer), person.name.as_str(), ctx.now).await?;
    Ok(Json(effect.into()))
}

/// Takes an answer back.
#[utoipa::path(
    delete,
    path = "/api/v1/aliases",
    request_body = Subject,
    responses(
        (status = 200, description = "Recorded", body = Changed),
        (status = 400, body = crate::api::ProblemJson, content_type = "application/problem+json"),
        (status = 422, description = "Refused", body = crate::api::ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn undo(
    State(app): State<AppState>,
    ctx: Ctx,
    Json(subject): Json<Subject>,
) -> Result<Json<Changed>, Problem> {
    let person = ctx.require(Role::Engineer)?;
    let unclear = || Problem::Bad(ctx.w.aliases_bad_answer().to_owned());
    let subject = subject.checked().ok_or_else(unclear)?;
    let command = Command::WithdrawAlias { subject: subject.clone() };
    let effect = carry_out(&app, command, subject, None, person.name.as_str(), ctx.now).await?;
    Ok(Json(effect.into()))
}
