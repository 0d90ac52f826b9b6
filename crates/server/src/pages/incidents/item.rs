//! `/incidents/{id}`: one incident, what happened on its host around it, and closing it.

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use hospital::archives::incident::ArchiveIncident;
use hospital::fact::night::Happened;
use hospital::{Command, State};
use model::ids::IncidentId;
use model::people::Role;
use serde::Deserialize;

use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::pages::archive::{href as archive_href, slow};
use crate::pages::night::act::{Act, reason};
use crate::pages::night::{carry, host_href, life, plan_href, say};
use crate::parts::{Field, FieldKind, Mark};

/// What happened up to so long before an incident may have to do with it (R59).
const NEAR_SECONDS: i64 = 6 * 3_600;
/// Most lines of it.
const NEAR_SHOWN_MAX: usize = 40;

#[derive(Template)]
#[template(path = "pages/incident.html")]
struct IncidentPage {
    shell: Shell,
    mark: Mark,
    says: String,
    opened: String,
    host: Option<(String, String)>,
    plan: Option<(String, String)>,
    archive: Option<ArchiveView>,
    closed: Option<(String, String)>,
    near: Vec<(String, String)>,
    may_close: bool,
    href: String,
}

/// The archive that it is about.
struct ArchiveView {
    href: String,
    name: String,
    changes: Vec<slow::ChangeView>,
}

fn archive(ctx: &Ctx, state: &State, happened: &Happened) -> Option<ArchiveView> {
    let Happened::AtArchive(ArchiveIncident::ArchiveSlower(slower)) = happened else { return None };
    Some(ArchiveView {
        href: archive_href(&slower.pair),
        name: slower.pair.to_string(),
        changes: slow::changes(ctx, state, &slower.after),
    })
}

fn read(id: &str) -> Result<IncidentId, Problem> {
    IncidentId::new(id).map_err(|_| Problem::NotFound)
}

fn page(ctx: &Ctx, state: &State, id: &IncidentId) -> Result<IncidentPage, Problem> {
    let (w, local) = (ctx.w, ctx.local());
    let incident = state.night().incidents().get(id).ok_or(Problem::NotFound)?;
    let at = incident.stamp.time;
    let host = incident.opened.host.as_ref();
    let view = host.and_then(|host| state.night().host(host));
    let near = view.map_or_else(Vec::new, |view| {
        let around = view.events().rev().filter(|event| {
            let before = at.seconds_since(event.at);
            (-NEAR_SECONDS..=NEAR_SECONDS).contains(&before)
        });
        let line = |event: &hospital::night::timeline::HostEvent| {
            (local.clock_seconds(event.at), life::happened(&local, view.tag().as_str(), &event.what))
        };
        around.take(NEAR_SHOWN_MAX).map(line).collect()
    });
    Ok(IncidentPage {
        shell: ctx.shell(w.incident_title(id.as_str())).crumb("/incidents", w.incidents_title()),
        mark: say::incident_mark(&incident.opened.kind),
        says: say::incident(&local, &incident.opened.kind),
        opened: w.incident_opened(&local.moment(at)),
        host: host.map(|host| (host_href(host.as_str()), host.to_string())),
        plan: incident
            .opened
            .plan
            .and_then(|plan| state.night().plan(&plan))
            .map(|record| (plan_href(record), record.plan.title.to_string())),
        archive: archive(ctx, state, &incident.opened.kind),
        closed: incident.closed.as_ref().map(|(stamp, evidence)| {
            (w.incident_closed_says(&stamp.actor, &local.moment(stamp.time)), evidence.to_string())
        }),
        near,
        may_close: incident.closed.is_none() && ctx.may(Role::Engineer),
        href: format!("/incidents/{id}"),
    })
}

pub(super) async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Response, Problem> {
    let id = read(&id)?;
    let page = ctx.app.domain.node.read(|state| page(&ctx, state, &id))?;
    Ok(ctx.page(page).into_response())
}

#[derive(Deserialize)]
pub(super) struct Said {
    #[serde(default)]
    evidence: String,
}

fn asking(ctx: &Ctx, id: &IncidentId, error: &str) -> Result<Act, Problem> {
    let (w, local) = (ctx.w, ctx.local());
    let says = ctx.app.domain.node.read(|state| {
        let incident = state.night().incidents().get(id).ok_or(Problem::NotFound)?;
        Ok::<_, Problem>(say::incident(&local, &incident.opened.kind))
    })?;
    let href = format!("/incidents/{id}");
    Ok(Act {
        shell: ctx
            .shell(w.act_close_title(id.as_str()))
            .crumb("/incidents", w.incidents_title())
            .crumb(href.clone(), id.as_str()),
        says: format!("{says}. {}", w.act_close_says()),
        concerns: Vec::new(),
        fields: vec![Field::new("evidence", w.act_close_evidence(), FieldKind::Lines).error(error).focused()],
        action: format!("{href}/close"),
        verb: w.act_close_verb().to_owned(),
        destructive: false,
        back: href,
    })
}

pub(super) async fn ask(ctx: Ctx, Path(id): Path<String>) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    Ok(asking(&ctx, &read(&id)?, "")?.answer(&ctx, false))
}

pub(super) async fn close(
    ctx: Ctx,
    Path(id): Path<String>,
    Form(said): Form<Said>,
) -> Result<Response, Problem> {
    let by = ctx.require(Role::Engineer)?.name.clone();
    let incident = read(&id)?;
    let Some(evidence) = reason(&said.evidence) else {
        return Ok(asking(&ctx, &incident, ctx.w.work_missing())?.answer(&ctx, true));
    };
    let href = format!("/incidents/{incident}");
    carry(&ctx, Command::CloseIncident { incident, evidence, by }).await?;
    Ok(Redirect::to(&href).into_response())
}
