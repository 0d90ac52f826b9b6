//! `/archive`: every pair, with what the gate says of it now.

use archive::kept::Kept;
use askama::Template;
use axum::response::{IntoResponse, Response};
use hospital::State;
use model::ids::PairId;

use super::exams::whole;
use super::{RULES, href, known};
use crate::http::Problem;
use crate::live::Topic;
use crate::page::{Ctx, Shell};
use crate::parts::{Age, Cell, Column, Empty, Mark, Row, Status, Table};

#[derive(Template)]
#[template(path = "pages/archives.html")]
struct ArchivesPage {
    shell: Shell,
    lead: &'static str,
    empty: Option<Empty>,
    table: Option<Table>,
}

/// Every pair of the configuration, and every other of which something is recorded, by name.
pub(super) fn names(ctx: &Ctx, state: &State) -> Vec<PairId> {
    let mut names: Vec<PairId> = state.archives().pairs().keys().cloned().collect();
    names.extend(ctx.app.domain.archives.pairs().into_iter().map(|pair| pair.id));
    names.sort();
    names.dedup();
    names
}

pub(super) async fn show(ctx: Ctx) -> Result<Response, Problem> {
    let w = ctx.w;
    let rows = ctx.app.domain.node.read(|state| {
        let pairs = names(&ctx, state).into_iter();
        pairs.map(|id| row(&ctx, state, &id)).collect::<Result<Vec<Row>, Problem>>()
    })?;
    let empty = rows.is_empty().then(|| Empty {
        w,
        text: w.archive_empty().to_owned(),
        href: String::new(),
        step: String::new(),
    });
    let columns = vec![
        Column::new(w.archive_col_pair()),
        Column::new(w.archive_col_gate()),
        Column::new(w.archive_col_missing()).numeric(),
        Column::new(w.archive_col_proof()).numeric(),
    ];
    let mut table = whole(&ctx, "pairs", w.archive_title(), columns, rows);
    if let Some(table) = &mut table {
        table.topics = vec![Topic::Archives, Topic::Work];
    }
    let table = table.filter(|_| empty.is_none());
    let shell = ctx.shell(w.archive_title());
    Ok(ctx.page(ArchivesPage { shell, lead: w.archive_lead(), empty, table }).into_response())
}

fn row(ctx: &Ctx, state: &State, id: &PairId) -> Result<Row, Problem> {
    let w = ctx.w;
    let pair = known(ctx, state, id)?;
    let decision = pair.decision(&RULES(), ctx.now);
    let gate = if decision.is_go() {
        Status::worded(Mark::Proven, w.archive_go())
    } else {
        Status::worded(super::gate::mark(&decision), w.archive_no_go())
            .detail(w.archive_is_no_go(decision.against.len() as u64))
    };
    let newest = pair.newest();
    let missing = match newest.map(|newest| &newest.compared) {
        Some(Kept::Proven(shown)) => {
            Cell::Number(shown.differences.map_or(0, |found| found.a_only_instances))
        }
        Some(Kept::Unproven { .. }) | None => Cell::Gap(w.archive_not_proven().to_owned()),
    };
    let rules = RULES();
    let proof = match newest {
        Some(newest) => Cell::Age(Age::new(&ctx.local(), newest.at(), Some(rules.proof_age_max_seconds))),
        None => Cell::Gap(w.archive_not_proven().to_owned()),
    };
    let pair_cell =
        Cell::Link { href: href(id), text: format!("{id}: {}", w.archive_of_pair(&pair.a, &pair.b)) };
    Ok(Row {
        name: id.to_string(),
        why: String::new(),
        cells: vec![pair_cell, Cell::Status(gate), missing, proof],
    })
}
