//! `/plans/{id}`: one plan with everything people are asked to agree to.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::view::View;
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::pages::night::forecast::forecast;
use crate::pages::night::plan_of;

#[derive(Template)]
#[template(path = "pages/plan.html")]
struct PlanPage {
    shell: Shell,
    view: View,
}

pub(super) async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Response, Problem> {
    let (title, view) = ctx.app.domain.node.read(|state| {
        let record = plan_of(state, &id)?;
        let forecast = forecast(&record.plan, &state.topology(&record.plan));
        Ok::<_, Problem>((record.plan.title.to_string(), View::new(&ctx, state, record, &forecast)))
    })?;
    let shell = ctx.shell(title).crumb("/plans", ctx.w.plans_title());
    Ok(ctx.page(PlanPage { shell, view }).into_response())
}
