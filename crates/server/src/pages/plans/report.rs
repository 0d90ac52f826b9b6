//! `/plans/{id}/report`: the night as it stands, for the record: exact counts, every host's verdict with its evidence, what
//! happened, incidents, answers. The same as a page and as PDF.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use hospital::State;
use hospital::night::plans::PlanRecord;

use super::pdf as printed;
use super::view::{answer_status, cover_lines};
use crate::clock::Local;
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::pages::board::all_counts;
use crate::pages::night::look::{self, Look};
use crate::pages::night::{item_href, life, plan_href, plan_of, say, unit_name, waits};
use crate::parts::{Mark, Status};

/// One host of the report.
pub(super) struct HostLine {
    pub(super) host: String,
    pub(super) href: String,
    pub(super) ring: u16,
    pub(super) verdict: Status,
    pub(super) evidence: String,
    pub(super) next: String,
}

/// The report in words.
pub(super) struct Report {
    pub(super) title: String,
    pub(super) as_of: String,
    pub(super) sentence: String,
    pub(super) tallies: Vec<(Mark, String)>,
    pub(super) hosts: Vec<HostLine>,
    pub(super) units: Vec<(String, String, String)>,
    pub(super) incidents: Vec<(String, String, String)>,
    pub(super) happened: Vec<(String, String)>,
    pub(super) plan: String,
    pub(super) hash: String,
    pub(super) href: String,
}

/// The report of a plan that was started.
pub(super) fn report(local: &Local, state: &State, record: &PlanRecord, look: &Look) -> Report {
    let w = local.w;
    let (counts, until) = all_counts(look);
    let standing = state.plan_standing(record, local.now);
    let stamp = |time| format!("{} {}", local.day(time), local.clock_seconds(time));
    let hosts = look.hosts.iter().map(|host| HostLine {
        host: host.host.to_string(),
        href: item_href(record, &host.host),
        ring: record.plan.item(&host.host).map_or(0, |item| item.ring),
        verdict: say::status(local, &host.verdict),
        evidence: host.evidence_at.map_or_else(
            || w.board_no_evidence().to_owned(),
            |at| {
                let evidence = w.report_evidence_of(&local.age(at), &stamp(at));
                let who = host.checked_by.as_deref();
                who.map_or(evidence.clone(), |who| format!("{evidence} · {}", w.night_by_named(who)))
            },
        ),
        next: waits::wait_named(local, state, &host.waits),
    });
    let incidents =
        state.night().incidents().values().filter(|incident| incident.opened.plan == Some(record.hash));
    Report {
        title: w.report_title(&record.plan.title),
        as_of: w.report_as_of(&stamp(local.now)),
        sentence: waits::sentence(local, &counts, until),
        tallies: waits::counts(&counts)
            .into_iter()
            .map(|(mark, count)| {
                (mark, format!("{} {}", w.number(u64::from(count)), mark.word(w).to_lowercase()))
            })
            .collect(),
        hosts: hosts.collect(),
        units: standing
            .units
            .iter()
            .map(|unit| {
                let answer = answer_status(local, record, unit).text();
                (unit_name(state, unit), answer, cover_lines(w, record, unit).join("; "))
            })
            .collect(),
        incidents: incidents
            .map(|incident| {
                let closed = incident.closed.as_ref().map_or_else(
                    || w.incidents_open().to_owned(),
                    |(when, evidence)| {
                        format!("{} {}: {evidence}", w.incidents_closed(), local.moment(when.time))
                    },
                );
                (stamp(incident.stamp.time), say::incident(local, &incident.opened.kind), closed)
            })
            .collect(),
        happened: state
            .night()
            .rollout_log(&record.hash)
            .iter()
            .map(|event| {
                (
                    stamp(event.stamp.time),
                    format!("{} · {}", life::rollout(w, &event.what), event.stamp.actor),
                )
            })
            .collect(),
        plan: record.plan.title.to_string(),
        hash: record.hash.to_string(),
        href: plan_href(record),
    }
}

#[derive(Template)]
#[template(path = "pages/report.html")]
struct ReportPage {
    shell: Shell,
    report: Report,
}

fn read(ctx: &Ctx, id: &str) -> Result<Report, Problem> {
    let local = ctx.local();
    ctx.app.domain.node.read(|state| {
        let record = plan_of(state, id)?;
        let look = look::look(state, record, ctx.now);
        let look = look.ok_or_else(|| Problem::Refused(ctx.w.report_not_started().to_owned()))?;
        Ok(report(&local, state, record, &look))
    })
}

pub(super) async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Response, Problem> {
    let report = read(&ctx, &id)?;
    let shell = ctx
        .shell(report.title.clone())
        .crumb("/plans", ctx.w.plans_title())
        .crumb(report.href.clone(), report.plan.as_str());
    Ok(ctx.page(ReportPage { shell, report }).into_response())
}

pub(super) async fn pdf(ctx: Ctx, Path(id): Path<String>) -> Result<Response, Problem> {
    let report = read(&ctx, &id)?;
    let (w, hospital) = (ctx.w, ctx.app.settings.hospital.clone());
    crate::export::pdf::answer(&format!("report-{id}"), move || printed::pdf(w, &hospital, &report)).await
}
