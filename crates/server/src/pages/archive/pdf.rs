//! What the gate says now, as it is filed (R56, R61): the same sentences, counts and tables as on the page, so that an auditor reads what the engineer read.

use axum::extract::Path;
use axum::response::Response;

use super::gate::{GatePage, page};
use super::{known, read, slow};
use crate::export::pdf::{Columns, PdfError, Setter};
use crate::http::Problem;
use crate::page::Ctx;
use crate::parts::Table;
use crate::words::Words;

/// Columns of the examinations that differ.
const EXAMS: [(f32, f32); 4] = [(0.0, 90.0), (96.0, 110.0), (212.0, 80.0), (298.0, 201.0)];
/// Columns of what is in doubt.
const DOUBTS: [(f32, f32); 4] = [(0.0, 90.0), (96.0, 130.0), (232.0, 180.0), (418.0, 81.0)];
/// Columns of what was made and is not found.
const SOUGHT: [(f32, f32); 4] = [(0.0, 230.0), (236.0, 100.0), (342.0, 100.0), (448.0, 51.0)];
/// Columns of how fast the archives are.
const SPEEDS: [(f32, f32); 7] =
    [(0.0, 40.0), (46.0, 110.0), (162.0, 50.0), (218.0, 50.0), (274.0, 70.0), (350.0, 70.0), (426.0, 73.0)];
/// Columns of the comparisons.
const HISTORY: [(f32, f32); 4] = [(0.0, 90.0), (96.0, 90.0), (192.0, 220.0), (418.0, 81.0)];

pub(super) async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Response, Problem> {
    let pair = read(&id)?;
    let (known, slow) = ctx.app.domain.node.read(|state| {
        let known = known(&ctx, state, &pair)?;
        let slow = slow::slow(&ctx, state, &known);
        Ok::<_, Problem>((known, slow))
    })?;
    let page = page(&ctx, &pair, &known, slow);
    let (w, hospital) = (ctx.w, ctx.app.settings.hospital.clone());
    let local = ctx.local();
    let as_of = w.report_as_of(&format!("{} {}", local.day(ctx.now), local.clock_seconds(ctx.now)));
    crate::export::pdf::answer(&format!("gate-{id}"), move || pdf(w, &hospital, &as_of, &page)).await
}

fn pdf(w: Words, hospital: &str, as_of: &str, page: &GatePage) -> Result<Vec<u8>, PdfError> {
    let mut setter = Setter::new()?;
    let title = format!("{} · {}", w.archive_title(), page.shell.title);
    setter.text(&title, 16.0, true, 0.0);
    setter.text(&page.lead, 9.0, false, 2.0);
    setter.text(as_of, 9.0, false, 2.0);
    decision(w, page, &mut setter);
    tables(w, page, &mut setter);
    setter.finish(w, hospital, &title)
}

fn list(setter: &mut Setter, heading: &str, lines: &[String]) {
    if !lines.is_empty() {
        setter.heading(heading);
    }
    for line in lines {
        setter.text(&format!("– {line}"), 9.0, false, 2.0);
    }
}

fn decision(w: Words, page: &GatePage, setter: &mut Setter) {
    setter.text(&page.gate.text(), 14.0, true, 14.0);
    setter.text(&page.says, 10.0, false, 2.0);
    setter.text(&page.held, 10.0, true, 2.0);
    let age = page.age.as_ref().map(|(label, age)| format!("{label} {}", age.text()));
    let facts: Vec<String> = age.into_iter().chain(page.facts.iter().cloned()).collect();
    setter.text(&facts.join(" · "), 9.0, false, 2.0);
    list(setter, w.archive_against(), &page.against);
    list(setter, w.archive_cautions(), &page.cautions);
    if let Some(failover) = &page.failover {
        list(setter, w.archive_failover(), &failover.says);
        for step in &failover.steps {
            let says = [step.name, &step.status.text(), &step.remark].join(" · ");
            setter.text(says.trim_end_matches(" · "), 9.0, false, 2.0);
        }
        let reports = failover.reports.iter().map(|(when, who, says)| format!("{when} {who}: {says}"));
        list(setter, w.archive_reports(), &reports.collect::<Vec<_>>());
    }
}

fn tables(w: Words, page: &GatePage, setter: &mut Setter) {
    let mut set = |columns: &Columns, table: Option<&Table>, more: &str| {
        if let Some(table) = table {
            setter.heading(&table.caption);
            setter.table(columns, table);
            setter.text(more, 9.0, false, 4.0);
        }
    };
    let with_more =
        |table: &Option<(Table, String)>| table.as_ref().map_or_else(String::new, |(_, more)| more.clone());
    set(&EXAMS, page.exams.as_ref().map(|(table, _)| table), &with_more(&page.exams));
    set(&DOUBTS, page.doubts.as_ref().map(|(table, _)| table), &with_more(&page.doubts));
    set(&SOUGHT, page.sought.as_ref(), "");
    set(&SPEEDS, page.speeds.as_ref(), "");
    setter.heading(w.archive_ways());
    for way in &page.ways {
        let says = [way.name, &way.status.text(), &way.remark].join(" · ");
        setter.text(says.trim_end_matches(" · "), 9.0, false, 2.0);
    }
    if let Some(table) = &page.history {
        setter.heading(&table.caption);
        setter.table(&HISTORY, table);
    }
}
