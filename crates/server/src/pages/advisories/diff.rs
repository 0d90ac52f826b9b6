//! `/advisories/{id}/diff`: two revisions beside each other: what came, what went, what was reworded.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Response};
use exposure::diff::{Change, Said, diff};
use hospital::library::Item;

use super::say::{day, document_status, part, product_status, remedy};
use super::{Read, choose, read_one};
use crate::http::Problem;
use crate::listing::{ListQuery, ListSpec};
use crate::page::{Ctx, Shell};
use crate::pages::matrix::ask::advisory_href;
use crate::words::Words;

pub(super) const QUESTION: ListSpec =
    ListSpec { path: "/advisories/diff", sorts: &["document"], filters: &["from", "to", "publisher"] };

/// Two revisions compared.
pub(super) struct Compared {
    pub(super) from: String,
    pub(super) to: String,
    /// Every revision: version, and day of release.
    pub(super) revisions: Vec<(String, String)>,
    pub(super) changes: Vec<Change>,
}

/// Compares the two revisions asked for; without any, the two newest.
pub(super) fn compare(item: &Item, list: &ListQuery) -> Result<Compared, Problem> {
    let revisions = item.revisions();
    let named = |key: &str, default: usize| match list.filter(key) {
        Some(version) => item.revision(version).ok_or_else(|| {
            let known: Vec<&str> = revisions.iter().map(|revision| &*revision.advisory.version).collect();
            let version: String = version.chars().take(40).collect();
            Problem::Bad(format!("{key}={version} is not a revision here; there are: {}", known.join(", ")))
        }),
        None => revisions.get(default).ok_or(Problem::NotFound),
    };
    let newest = revisions.len().saturating_sub(1);
    let (from, to) = (named("from", newest.saturating_sub(1))?, named("to", newest)?);
    let version = |revision: &hospital::library::Revision| revision.advisory.version.to_string();
    Ok(Compared {
        from: version(from),
        to: version(to),
        revisions: revisions
            .iter()
            .map(|revision| (version(revision), day(&revision.advisory.released).to_owned()))
            .collect(),
        changes: diff(&from.advisory, &to.advisory),
    })
}

/// One change, ready to be shown.
struct ChangeView {
    part: String,
    before: Option<String>,
    after: Option<String>,
}

/// What changed about one thing.
struct Group {
    about: String,
    changes: Vec<ChangeView>,
}

#[derive(Template)]
#[template(path = "pages/advisory_diff.html")]
struct DiffPage {
    shell: Shell,
    action: String,
    publisher: Option<String>,
    from: String,
    to: String,
    revisions: Vec<(String, String)>,
    groups: Vec<Group>,
    total: u64,
}

/// What a revision says, the standard's words in the reader's language.
fn text(w: Words, said: Said) -> String {
    match said {
        Said::Text(text) => text,
        Said::Document(status) => document_status(w, status).to_owned(),
        Said::Status(status, product) => format!("{}: {product}", product_status(w, status)),
        Said::Remedy(category, details) => format!("{}: {details}", remedy(w, &category)),
    }
}

fn groups(w: Words, changes: Vec<Change>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for change in changes {
        let about = match change.about.as_str() {
            "document" => w.diff_document().to_owned(),
            "products" => w.diff_products().to_owned(),
            _ => change.about,
        };
        let [before, after] = [change.before, change.after].map(|said| said.map(|said| text(w, said)));
        let view = ChangeView { part: part(w, change.part).to_owned(), before, after };
        match groups.last_mut() {
            Some(group) if group.about == about => group.changes.push(view),
            Some(_) | None => groups.push(Group { about, changes: vec![view] }),
        }
    }
    groups
}

pub(super) async fn show(
    ctx: Ctx,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let list = QUESTION.read(query.as_deref())?;
    let w = ctx.w;
    let compared = match read_one(&ctx, &id, list.filter("publisher"), |_, _, item| compare(item, &list))? {
        Read::Known(compared) => compared,
        Read::Several(several) => return Ok(choose(&ctx, &id, "/diff", several)),
    };
    let shell = ctx
        .shell(w.diff_title(&id))
        .crumb("/advisories", w.advisories_title())
        .crumb(advisory_href(&id), id.clone());
    let total = compared.changes.len() as u64;
    let page = DiffPage {
        shell,
        action: format!("{}/diff", advisory_href(&id)),
        publisher: list.filter("publisher").map(str::to_owned),
        from: compared.from,
        to: compared.to,
        revisions: compared.revisions,
        groups: groups(w, compared.changes),
        total,
    };
    Ok(ctx.page(page).into_response())
}

#[cfg(test)]
mod tests {
    use model::advisory::ProductStatus;

    use super::*;
    use crate::words::Language;

    #[test]
    fn what_changed_is_told_in_the_readers_language_and_the_advisorys_words_stand_as_written() {
        let w = Words::of(Language::Swedish);
        let status = Said::Status(ProductStatus::KnownNotAffected, "Vital AB · Vital 700".to_owned());
        let shown = text(w, status);
        assert!(shown.ends_with(": Vital AB · Vital 700"), "{shown}");
        assert!(!shown.contains("affected"), "{shown}");
        let remedy = Said::Remedy("vendor_fix".to_owned(), "Update to 4.2.".to_owned());
        assert_eq!(text(w, remedy), "Leverantörens rättning: Update to 4.2.");
    }
}
