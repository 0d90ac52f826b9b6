//! `/`: what needs me now, most urgent first; then the picture behind it. For an empty journal: the three first steps.

pub(crate) mod api;
mod archives;
pub(crate) mod night;
pub(crate) mod view;

use askama::Template;
use axum::response::{IntoResponse, Response};

use crate::Routes;
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::pages::archive::standing::standings;
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

async fn show(ctx: Ctx) -> Result<Response, Problem> {
    let local = ctx.local();
    let today = today(&local);
    let (overview, sources, night, archives) = ctx.app.domain.node.read(|state| {
        let overview = hospital::overview::overview(state, ctx.now, today);
        let archives = standings(&ctx, state)?;
        let night = night::NightNeeds::of(state, ctx.now);
        Ok::<_, Problem>((overview, hospital::overview::sources(state), night, archives))
    })?;
    let view = view::View::new(&local, &overview, &sources, night, &archives);
    Ok(ctx.page(OverviewPage { shell: ctx.shell(ctx.w.overview_title()), view }).into_response())
}
