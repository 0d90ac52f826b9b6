//! `/styleguide`: the page that a designer, a tester and axe look at. Also `/styleguide/why` and `/styleguide/confirm`.

mod view;

use askama::Template;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};

use super::Confirm;
use crate::Routes;
use crate::export::{self, Format, Value};
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::parts::Drawer;

pub(super) fn routes() -> Routes {
    Routes::new().get("/styleguide", show).get("/styleguide/why", why).get("/styleguide/confirm", confirm)
}

#[derive(Template)]
#[template(path = "pages/styleguide.html")]
struct StyleguidePage {
    shell: Shell,
    view: view::Styleguide,
}

#[derive(Template)]
#[template(path = "pages/why.html")]
struct WhyPage {
    shell: Shell,
    drawer: Drawer,
}

async fn show(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let list = view::LIST.read(query.as_deref())?;
    if let Some(format) = Format::of_query(query.as_deref())? {
        let rows = view::devices(&list);
        let total = rows.len() as u64;
        let cells = rows.into_iter().map(|device| {
            vec![Value::from(device.tag), Value::from(device.model), Value::from(device.version)]
        });
        return export::table(
            ctx.w,
            format,
            "styleguide",
            &["asset_tag", "model", "software_version"],
            total,
            cells,
        );
    }
    let shell = ctx.shell(ctx.w.styleguide_title());
    let view = view::Styleguide::new(&ctx, &list, &shell.csrf);
    Ok(ctx.page(StyleguidePage { shell, view }).into_response())
}

async fn why(ctx: Ctx) -> impl IntoResponse {
    let w = ctx.w;
    let shell = ctx.shell(w.drawer_title()).crumb("/styleguide", w.styleguide_title());
    ctx.page(WhyPage { shell, drawer: view::drawer(&ctx) })
}

async fn confirm(ctx: Ctx) -> impl IntoResponse {
    let w = ctx.w;
    ctx.page(Confirm {
        shell: ctx.shell(w.styleguide_confirm_title()).crumb("/styleguide", w.styleguide_title()),
        sentence: w.styleguide_confirm_sentence().to_owned(),
        concerns: vec![w.styleguide_concern_1().to_owned(), w.styleguide_concern_2().to_owned()],
        action: "/preferences".to_owned(),
        fields: vec![("next", "/styleguide".to_owned())],
        verb: w.styleguide_confirm_verb().to_owned(),
        destructive: true,
        back: "/styleguide".to_owned(),
    })
}
