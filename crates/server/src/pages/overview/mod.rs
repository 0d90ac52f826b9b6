//! `/`: what needs me now.

use askama::Template;
use axum::response::IntoResponse;

use crate::Routes;
use crate::page::{Ctx, Shell};
use crate::parts::Empty;

pub(super) fn routes() -> Routes {
    Routes::new().get("/", show)
}

#[derive(Template)]
#[template(path = "pages/overview.html")]
struct Overview {
    shell: Shell,
    empty: Empty,
}

async fn show(ctx: Ctx) -> impl IntoResponse {
    let w = ctx.w;
    let empty = Empty { w, text: w.overview_empty().to_owned(), href: String::new(), step: String::new() };
    ctx.page(Overview { shell: ctx.shell(w.overview_title()), empty })
}
