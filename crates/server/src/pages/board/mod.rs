//! `/board`: the night, live: what is dark now, rings, hosts with verdict and evidence, what comes next and why it waits.

pub(crate) mod api;
mod hosts;
mod view;

pub(crate) use view::{all_counts, clock};

use askama::Template;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};

use crate::Routes;
use crate::export::{self, Format, Value};
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::pages::night::past::outlooks;
use crate::pages::night::{look, say, waits};
use crate::parts::Empty;

pub(super) fn routes() -> Routes {
    Routes::new().get("/board", show)
}

#[derive(Template)]
#[template(path = "pages/board.html")]
struct BoardPage {
    shell: Shell,
    empty: Option<Empty>,
    nights: Vec<view::Night>,
    ended: Vec<view::EndedLine>,
    ended_left: u64,
}

async fn show(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let w = ctx.w;
    if let Some(format) = Format::of_query(query.as_deref())? {
        return file(&ctx, format);
    }
    let outlooks = outlooks(&ctx, |_, record| record.started.is_some()).await?;
    let (nights, (ended, ended_left)) =
        ctx.app.domain.node.read(|state| (view::nights(&ctx, state, &outlooks), view::ended(&ctx, state)));
    let empty = nights.is_empty().then(|| Empty {
        w,
        text: w.board_empty().to_owned(),
        href: "/plans".to_owned(),
        step: w.board_empty_step().to_owned(),
    });
    Ok(ctx
        .page(BoardPage { shell: ctx.shell(w.board_title()), empty, nights, ended, ended_left })
        .into_response())
}

const FILE_COLUMNS: [&str; 10] =
    ["plan", "host", "ring", "units", "verdict", "rests_on", "evidence_at", "heard_at", "step", "waits_for"];

/// Every host of every night of which something is still to come, as it stands.
fn file(ctx: &Ctx, format: Format) -> Result<Response, Problem> {
    let local = ctx.local();
    let rows: Vec<Vec<Value>> = ctx.app.domain.node.read(|state| {
        let nights = state
            .night()
            .live(ctx.now)
            .filter_map(|record| Some((record, look::look(state, record, ctx.now)?)));
        nights
            .flat_map(|(record, look)| {
                let local = &local;
                look.hosts.into_iter().map(move |host| {
                    let units: Vec<&str> = host.units.iter().map(|unit| unit.as_str()).collect();
                    let at = |time: Option<model::Time>| {
                        time.map_or(Value::Empty, |time| Value::Text(local.machine(time)))
                    };
                    let ring = record.plan.item(&host.host).map_or(0, |item| item.ring);
                    vec![
                        Value::Text(record.hash.short()),
                        Value::from(host.host.as_str()),
                        Value::Number(i64::from(ring)),
                        Value::Text(units.join("; ")),
                        Value::from(say::verdict_word(&host.verdict)),
                        Value::Text(say::detail(local, &host.verdict)),
                        at(host.evidence_at),
                        at(host.heard_at),
                        Value::Text(waits::step(local.w, host.step)),
                        Value::Text(waits::wait_named(local, state, &host.waits)),
                    ]
                })
            })
            .collect()
    });
    export::table(ctx.w, format, "board", &FILE_COLUMNS, rows.len() as u64, rows.into_iter())
}
