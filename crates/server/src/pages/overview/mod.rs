//! `/`: what needs me now, most urgent first; then the picture behind it. For an empty journal: the three first steps.

pub(crate) mod api;
pub(crate) mod night;
pub(crate) mod view;

use askama::Template;
use axum::response::IntoResponse;

use crate::Routes;
use crate::page::{Ctx, Shell};
use crate::pages::devices::today;

pub(super) fn routes() -> Routes {
    Routes::new().get("/", show)
}

#[derive(Template)]
#[template(path = "pages/overview.html")]
struct OverviewPage {
    shell: Shell,
    view: view::View,
}

async fn show(ctx: Ctx) -> impl IntoResponse {
    let local = ctx.local();
    let today = today(&local);
    let (overview, sources, night) = ctx.app.domain.node.read(|state| {
        let overview = hospital::overview::overview(state, ctx.now, today);
        (overview, hospital::overview::sources(state), night::NightNeeds::of(state, ctx.now))
    });
    let view = view::View::new(&local, &overview, &sources, night);
    ctx.page(OverviewPage { shell: ctx.shell(ctx.w.overview_title()), view })
}
