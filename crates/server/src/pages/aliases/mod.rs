//! `/aliases`: questions about names, most undecided pairs first, answered in one step; `/aliases/answers`: the answers
//! in force. What an answer changes is computed by `hospital::questions`.

mod answers;
pub(crate) mod api;
mod differ;
pub(crate) mod give;
mod view;

use askama::Template;
use axum::Form;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use hospital::Command;
use journal::Seq;
use model::alias::AliasAnswer;
use model::people::Role;

use crate::export::{self, Format, Value};
use crate::http::{Problem, chain};
use crate::page::{Ctx, Shell};
use crate::parts::{Banner, BannerKind, Empty, Pager};
use crate::{AppState, Routes};
use give::Subject;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/aliases", list)
        .get("/aliases/said/{seq}", said)
        .get("/aliases/answers", answers::list)
        .post("/aliases/answer", answer)
        .post("/aliases/undo", undo)
}

#[derive(Template)]
#[template(path = "pages/aliases.html")]
struct AliasesPage {
    shell: Shell,
    done: Option<Said>,
    empty: Option<Empty>,
    caption: String,
    answers: String,
    filters: view::Filters,
    action: &'static str,
    live_src: String,
    questions: Vec<view::Shown>,
    may: bool,
    pager: Pager,
    exports: (String, String),
}

/// What was just said, with the way back.
struct Said {
    banner: Banner,
    subject: Option<Subject>,
}

async fn list(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    show(&ctx, query.as_deref(), None)
}

async fn said(ctx: Ctx, Path(seq): Path<u64>) -> Result<Response, Problem> {
    let w = ctx.w;
    let effect = ctx.app.effects.of(seq);
    if effect.is_none() && !is_answer(&ctx, seq).await? {
        return Err(Problem::NotFound);
    }
    let text =
        effect.as_ref().map_or(w.aliases_effect_unknown().to_owned(), |effect| view::effect_text(w, effect));
    let subject =
        effect.filter(|effect| effect.answer.is_some()).map(|effect| Subject::from(&effect.subject));
    let banner = Banner { w, kind: BannerKind::Done, text };
    show(&ctx, None, Some(Said { banner, subject }))
}

/// Is the entry an answer about names, or one taken back? Their effects are remembered for a while only.
async fn is_answer(ctx: &Ctx, seq: u64) -> Result<bool, Problem> {
    let node = &ctx.app.domain.node;
    let Some(before) = seq.checked_sub(1) else { return Ok(false) };
    let entries = node.journal().read(node.stream(), Seq(before), 1).await;
    let entries = entries.map_err(|error| Problem::Internal(chain(&error)))?;
    let is = |entry: &journal::Entry| entry.seq == Seq(seq) && entry.kind.starts_with("alias.");
    Ok(entries.first().is_some_and(is))
}

fn show(ctx: &Ctx, query: Option<&str>, done: Option<Said>) -> Result<Response, Problem> {
    let w = ctx.w;
    let list = view::LIST.read(query)?;
    let list = if query.is_some_and(|query| query.contains("limit=")) { list } else { view::few(list) };
    let (found, everything, answers) = view::proposals(&ctx.app, &list);
    if let Some(format) = Format::of_query(query)? {
        let number = |n: u64| Value::Number(i64::try_from(n).unwrap_or(i64::MAX));
        let total = found.len() as u64;
        let rows = found.into_iter().map(move |proposal| {
            let Subject { of, manufacturer, model, vendor, product } = Subject::from(&proposal.subject);
            let texts = [of, manufacturer, model, vendor, product];
            let texts = texts
                .into_iter()
                .map(|text| Value::from(Some(text.as_str()).filter(|text| !text.is_empty())));
            texts.chain([number(proposal.devices), number(proposal.pairs)]).collect()
        });
        let columns = ["of", "manufacturer", "model", "vendor", "product", "devices", "pairs"];
        return export::table(w, format, "questions", &columns, total, rows);
    }
    let total = found.len() as u64;
    let window: Vec<_> = list.page(found.into_iter()).collect();
    let questions = view::shown(ctx, window);
    let nothing_yet =
        ctx.app.domain.node.read(|state| state.register().is_empty() || state.library().is_empty());
    let empty = (everything == 0).then(|| Empty {
        w,
        text: w.aliases_empty().to_owned(),
        href: if nothing_yet { "/imports" } else { "/matrix" }.to_owned(),
        step: if nothing_yet { w.aliases_empty_import() } else { w.aliases_empty_matrix() }.to_owned(),
    });
    Ok(ctx
        .page(AliasesPage {
            shell: ctx.shell(w.aliases_title()),
            done,
            empty,
            caption: w.aliases_open(total),
            answers: w.aliases_answers(answers),
            filters: view::Filters::new(w, &list),
            action: "/aliases",
            live_src: list.href(),
            pager: Pager::new(w, w.aliases_list_label(), &list, questions.len() as u64, total),
            exports: (list.export_href("csv"), list.export_href("xlsx")),
            questions,
            may: ctx.may(Role::Engineer),
        })
        .into_response())
}

async fn answer(
    State(app): State<AppState>,
    ctx: Ctx,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let unclear = || Problem::Bad(ctx.w.aliases_bad_answer().to_owned());
    let person = ctx.require(Role::Engineer)?;
    let subject = Subject::of_form(&fields).and_then(|subject| subject.checked()).ok_or_else(unclear)?;
    let said = fields.iter().find(|(name, _)| name == "answer").map(|(_, word)| word.as_str());
    let answer = match said {
        Some("same") => AliasAnswer::Same,
        Some("different") => AliasAnswer::Different,
        Some(_) | None => return Err(unclear()),
    };
    let command = Command::AnswerAlias { subject: subject.clone(), answer };
    let effect = give::carry_out(&app, command, subject, Some(answer), person.name.as_str(), ctx.now).await?;
    Ok(Redirect::to(&format!("/aliases/said/{}", effect.seq)).into_response())
}

async fn undo(
    State(app): State<AppState>,
    ctx: Ctx,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let unclear = || Problem::Bad(ctx.w.aliases_bad_answer().to_owned());
    let person = ctx.require(Role::Engineer)?;
    let subject = Subject::of_form(&fields).and_then(|subject| subject.checked()).ok_or_else(unclear)?;
    let command = Command::WithdrawAlias { subject: subject.clone() };
    let effect = give::carry_out(&app, command, subject, None, person.name.as_str(), ctx.now).await?;
    Ok(Redirect::to(&format!("/aliases/said/{}", effect.seq)).into_response())
}
