//! `/advisories`, `/advisories/{id}` with its lists, its revisions compared and its document; `/products`.

pub(crate) mod api;
mod assets;
mod diff;
mod document;
mod item;
mod list;
mod products;
mod say;
mod vulnerabilities;

use askama::Template;
use axum::response::{IntoResponse, Response};
use exposure::matcher::AdvisoryIx;
use hospital::State;
use hospital::library::Item;

use crate::Routes;
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::pages::matrix::ask::advisory_href;
use crate::parts::{Empty, Table};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/advisories", list::show)
        .get("/advisories/{id}", item::show)
        .get("/advisories/{id}/products", products::of_advisory)
        .get("/advisories/{id}/assets", assets::show)
        .get("/advisories/{id}/diff", diff::show)
        .stream("/advisories/{id}/document", document::download)
        .get("/products", products::show)
}

/// A list with a sentence and further lists above it.
#[derive(Template)]
#[template(path = "pages/list_links.html")]
struct ListPage {
    shell: Shell,
    lead: String,
    links: Vec<(&'static str, &'static str)>,
    table: Table,
}

#[derive(Template)]
#[template(path = "pages/matrix_empty.html")]
struct EmptyPage {
    shell: Shell,
    empty: Empty,
}

/// What a tracking id stands for.
enum Found<'s> {
    One(AdvisoryIx, &'s Item),
    /// Several publishers use it: namespace, publisher, title.
    Several(Vec<(String, String, String)>),
}

/// The advisory with this tracking id; `publisher` (its namespace) tells those apart that share it.
fn find<'s>(state: &'s State, id: &'s str, publisher: Option<&str>) -> Result<Found<'s>, Problem> {
    let fits =
        |item: &Item| publisher.is_none_or(|namespace| *item.current().advisory.key.namespace == *namespace);
    let found: Vec<_> = state.library().find_by_tracking_id(id).filter(|(_, item)| fits(item)).collect();
    match found.as_slice() {
        [] => Err(Problem::NotFound),
        [(ix, item)] => Ok(Found::One(*ix, item)),
        several => {
            let choice = |(_, item): &(AdvisoryIx, &Item)| {
                let advisory = &item.current().advisory;
                (
                    advisory.key.namespace.to_string(),
                    advisory.publisher.to_string(),
                    advisory.title.to_string(),
                )
            };
            Ok(Found::Several(several.iter().map(choice).collect()))
        }
    }
}

/// One choice: address, publisher, title.
struct Choice {
    href: String,
    publisher: String,
    title: String,
}

#[derive(Template)]
#[template(path = "pages/advisory_choice.html")]
struct ChoicePage {
    shell: Shell,
    choices: Vec<Choice>,
}

/// Asks which publisher is meant; `below` is the part of the address behind the id.
fn choose(ctx: &Ctx, id: &str, below: &str, several: Vec<(String, String, String)>) -> Response {
    let w = ctx.w;
    let choice = |(namespace, publisher, title): (String, String, String)| {
        let query =
            form_urlencoded::Serializer::new(String::new()).append_pair("publisher", &namespace).finish();
        Choice { href: format!("{}{below}?{query}", advisory_href(id)), publisher, title }
    };
    let shell = ctx.shell(w.advisory_choice_title()).crumb("/advisories", w.advisories_title());
    ctx.page(ChoicePage { shell, choices: several.into_iter().map(choice).collect() }).into_response()
}

/// One thing read of one advisory: it, or the question which publisher is meant.
enum Read<T> {
    Known(T),
    Several(Vec<(String, String, String)>),
}

/// Finds an advisory and reads of it.
fn read_one<T>(
    ctx: &Ctx,
    id: &str,
    publisher: Option<&str>,
    look: impl FnOnce(&State, AdvisoryIx, &Item) -> Result<T, Problem>,
) -> Result<Read<T>, Problem> {
    ctx.app.domain.node.read(|state| match find(state, id, publisher)? {
        Found::One(ix, item) => look(state, ix, item).map(Read::Known),
        Found::Several(several) => Ok(Read::Several(several)),
    })
}

/// Finds an advisory and reads of it; when several share the number, says so (for programs).
fn read_only<T>(
    ctx: &Ctx,
    id: &str,
    publisher: Option<&str>,
    look: impl FnOnce(&State, AdvisoryIx, &Item) -> Result<T, Problem>,
) -> Result<T, Problem> {
    match read_one(ctx, id, publisher, look)? {
        Read::Known(value) => Ok(value),
        Read::Several(several) => {
            let names: Vec<String> = several.into_iter().map(|(namespace, _, _)| namespace).collect();
            Err(Problem::Conflict(format!(
                "several publishers use {id}; add publisher= with one of: {}",
                names.join(", ")
            )))
        }
    }
}
