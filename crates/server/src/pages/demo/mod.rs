//! `/demo`: only where the server runs a demonstration. Where to look, and what a plain tool says beside Segue.

mod view;

use askama::Template;
use axum::response::{IntoResponse, Response};

use crate::Routes;
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::parts::Empty;

pub(super) fn routes() -> Routes {
    Routes::new().get("/demo", show)
}

#[derive(Template)]
#[template(path = "pages/demo.html")]
struct DemoPage {
    shell: Shell,
    empty: Option<Empty>,
    view: Option<view::View>,
}

async fn show(ctx: Ctx) -> Result<Response, Problem> {
    let w = ctx.w;
    let demonstration = ctx.app.settings.demonstration.clone().ok_or(Problem::NotFound)?;
    let view = ctx.app.domain.node.read(|state| view::View::of(&ctx, state, demonstration.as_ref()));
    let empty = view.is_none().then(|| Empty {
        w,
        text: w.demo_no_night().to_owned(),
        href: "/plans".to_owned(),
        step: w.demo_no_night_step().to_owned(),
    });
    Ok(ctx.page(DemoPage { shell: ctx.shell(w.demo_title()), empty, view }).into_response())
}
