//! `/aliases/answers`: the answers in force, with who gave them, when, and the way back.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use hospital::Stamp;
use model::alias::{AliasAnswer, AliasSubject};
use model::people::Role;

use super::give::Subject;
use super::view::names;
use crate::AppState;
use crate::export::{self, Format, Value};
use crate::http::Problem;
use crate::listing::{ListQuery, ListSpec};
use crate::page::{Ctx, Shell};
use crate::parts::{Age, Choice, Empty, Pager};
use crate::words::Words;

pub(crate) const LIST: ListSpec =
    ListSpec { path: "/aliases/answers", sorts: &["newest", "name"], filters: &["answer"] };

/// One answer in force.
pub(crate) struct InForce {
    pub(crate) subject: AliasSubject,
    pub(crate) stamp: Stamp,
    pub(crate) answer: AliasAnswer,
}

/// The answers that `list` asks for, in its order.
pub(crate) fn in_force(app: &AppState, list: &ListQuery) -> Vec<InForce> {
    let (wanted, text) = (list.filter("answer"), list.filter("q").map(str::to_lowercase));
    let passes = |subject: &AliasSubject, stamp: &Stamp, answer: AliasAnswer| {
        wanted.is_none_or(|wanted| wanted == answer.word())
            && text.as_ref().is_none_or(|text| {
                let (ours, theirs) = names(subject);
                [ours.as_str(), &theirs, &stamp.actor].iter().any(|name| name.to_lowercase().contains(text))
            })
    };
    let mut rows: Vec<InForce> = app.domain.node.read(|state| {
        let all = state.answers().iter().filter(|(subject, (stamp, answer))| passes(subject, stamp, *answer));
        let row = |(subject, (stamp, answer)): (&AliasSubject, &(Stamp, AliasAnswer))| InForce {
            subject: subject.clone(),
            stamp: stamp.clone(),
            answer: *answer,
        };
        all.map(row).collect()
    });
    if list.sort == "newest" {
        rows.sort_by_key(|row| std::cmp::Reverse(row.stamp.seq));
    }
    if list.direction == crate::listing::Direction::Down {
        rows.reverse();
    }
    rows
}

struct ShownAnswer {
    ours: String,
    theirs: String,
    answer: &'static str,
    who: String,
    when: String,
    age: Age,
    entry: u64,
    subject: Subject,
}

#[derive(Template)]
#[template(path = "pages/answers.html")]
struct AnswersPage {
    shell: Shell,
    empty: Option<Empty>,
    caption: String,
    text: String,
    answer: (String, Vec<Choice>),
    clear: Option<String>,
    live_src: String,
    rows: Vec<ShownAnswer>,
    may: bool,
    pager: Pager,
    exports: (String, String),
}

fn word(w: Words, answer: AliasAnswer) -> &'static str {
    match answer {
        AliasAnswer::Same => w.aliases_same(),
        AliasAnswer::Different => w.aliases_different(),
    }
}

pub(super) async fn list(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let (w, local) = (ctx.w, ctx.local());
    let list = LIST.read(query.as_deref())?;
    let rows = in_force(&ctx.app, &list);
    let total = rows.len() as u64;
    if let Some(format) = Format::of_query(query.as_deref())? {
        let columns = ["of", "manufacturer", "model", "vendor", "product", "answer", "actor", "time", "seq"];
        let cells = rows.into_iter().map(move |row| {
            let Subject { of, manufacturer, model, vendor, product } = Subject::from(&row.subject);
            let time = local.machine(row.stamp.time);
            let texts =
                [&of, &manufacturer, &model, &vendor, &product, row.answer.word(), &row.stamp.actor, &time];
            let texts =
                texts.into_iter().map(|text: &str| Value::from(Some(text).filter(|text| !text.is_empty())));
            texts.chain([Value::Number(i64::try_from(row.stamp.seq).unwrap_or(i64::MAX))]).collect()
        });
        return export::table(w, format, "answers", &columns, total, cells);
    }
    let shown = list.page(rows.into_iter()).map(|row| {
        let (ours, theirs) = names(&row.subject);
        ShownAnswer {
            ours,
            theirs,
            answer: word(w, row.answer),
            who: row.stamp.actor.to_string(),
            when: local.moment(row.stamp.time),
            age: Age::new(&local, row.stamp.time, None),
            entry: row.stamp.seq,
            subject: Subject::from(&row.subject),
        }
    });
    let shown: Vec<ShownAnswer> = shown.collect();
    let answers = [AliasAnswer::Same, AliasAnswer::Different];
    let choices =
        answers.map(|answer| Choice { value: answer.word().to_owned(), label: word(w, answer).to_owned() });
    let empty = (total == 0 && !list.is_filtered()).then(|| Empty {
        w,
        text: w.aliases_answered_empty().to_owned(),
        href: "/aliases".to_owned(),
        step: w.aliases_title().to_owned(),
    });
    Ok(ctx
        .page(AnswersPage {
            shell: ctx.shell(w.aliases_answered_title()).crumb("/aliases", w.aliases_title()),
            empty,
            caption: w.aliases_answers(total),
            text: list.filter("q").unwrap_or("").to_owned(),
            answer: (list.filter("answer").unwrap_or("").to_owned(), choices.to_vec()),
            clear: list.is_filtered().then(|| list.unfiltered().href()),
            live_src: list.href(),
            pager: Pager::new(w, w.aliases_answered_title(), &list, shown.len() as u64, total),
            exports: (list.export_href("csv"), list.export_href("xlsx")),
            rows: shown,
            may: ctx.may(Role::Engineer),
        })
        .into_response())
}
