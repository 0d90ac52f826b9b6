//! `/plans/{id}`: one plan with everything people are asked to agree to.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Response};

use super::items;
use super::resources::ResourcesView;
use super::view::View;
use crate::clock::Local;
use crate::export::Format;
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::pages::night::forecast::{declared, forecast};
use crate::pages::night::past::{self, Past};
use crate::pages::night::{plan_href, plan_of};

#[derive(Template)]
#[template(path = "pages/plan.html")]
struct PlanPage {
    shell: Shell,
    view: View,
    resources: ResourcesView,
}

pub(super) async fn show(
    ctx: Ctx,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let list = items::LIST.read(query.as_deref())?;
    let format = Format::of_query(query.as_deref())?;
    let past = past::of_address(&ctx, &id).await?;
    if let Some(format) = format {
        let rows = ctx.app.domain.node.read(|state| {
            let record = plan_of(state, &id)?;
            let shown = forecast(&record.plan, &state.topology(&record.plan), past.as_ref());
            Ok::<_, Problem>(items::file_rows(&ctx, record, &shown, &list))
        })?;
        return items::file(&ctx, format, rows);
    }
    let (title, mut view, resources) = ctx.app.domain.node.read(|state| {
        let record = plan_of(state, &id)?;
        let topology = state.topology(&record.plan);
        let shown = forecast(&record.plan, &topology, past.as_ref());
        let table = items::table(&ctx, record, &shown, list.under(plan_href(record)));
        let view = View::new(&ctx, state, record, &declared(&record.plan, &topology), &shown, table);
        let resources = ResourcesView::new(&ctx.local(), state, &record.plan);
        Ok::<_, Problem>((record.plan.title.to_string(), view, resources))
    })?;
    if let Some(past) = past {
        view.facts.push((ctx.w.plan_past(), lines(&ctx.local(), &past)));
    }
    let shell = ctx.shell(title).crumb("/plans", ctx.w.plans_title());
    Ok(ctx.page(PlanPage { shell, view, resources }).into_response())
}

/// The forecast in sentences: what it stands on, then counts of replays, never a share.
pub(super) fn lines(local: &Local, past: &Past) -> Vec<String> {
    let (w, out) = (local.w, &*past.campaign);
    let count = |number: u32| w.number(u64::from(number));
    let replays = count(out.replays);
    // On what it stands comes first: without a past night nothing below was ever measured.
    let mut lines = vec![past.basis(w)];
    if let Some(ends) = out.ends {
        lines.push(w.plan_past_until(&local.moment(ends.p50), &local.moment(ends.p90)));
    }
    lines.push(w.plan_past_as_planned(&count(out.as_planned), &replays));
    let at_risk = out.windows.iter().filter(|risk| risk.overrun > 0 || risk.left_over > 0);
    lines.extend(at_risk.map(|risk| {
        w.plan_past_window(risk.window.as_str(), &count(risk.overrun), &count(risk.left_over), &replays)
    }));
    if out.restarts.p90 > 0 {
        lines.push(w.plan_past_restarts(&count(out.restarts.p50), &count(out.restarts.p90)));
        lines.push(w.plan_past_further(&count(out.any_further_restart), &replays));
    }
    lines
}
