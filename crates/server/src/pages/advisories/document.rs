//! `/advisories/{id}/document`: the document as it was imported, byte for byte.

use axum::extract::{Path, RawQuery};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::{Read, choose, read_one};
use crate::http::Problem;
use crate::listing::ListSpec;
use crate::page::Ctx;

const QUESTION: ListSpec =
    ListSpec { path: "/advisories/document", sorts: &["version"], filters: &["version", "publisher"] };

pub(super) async fn download(
    ctx: Ctx,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let list = QUESTION.read(query.as_deref())?;
    let found = read_one(&ctx, &id, list.filter("publisher"), |_, _, item| {
        let revision = match list.filter("version") {
            Some(version) => item.revision(version).ok_or(Problem::NotFound)?,
            None => item.current(),
        };
        Ok((revision.advisory.document_sha256.to_string(), revision.advisory.version.to_string()))
    })?;
    let (sha256, version) = match found {
        Read::Known(found) => found,
        Read::Several(several) => return Ok(choose(&ctx, &id, "/document", several)),
    };
    let hash = journal::Hash::parse(&sha256).map_err(Problem::internal)?;
    let bytes = ctx.app.domain.node.journal().get_blob(&hash).await.map_err(Problem::internal)?;
    let bytes = bytes.ok_or(Problem::NotFound)?;
    let safe = |text: &str| -> String {
        text.chars()
            .map(|c| if c.is_ascii_alphanumeric() || "-._".contains(c) { c } else { '_' })
            .take(80)
            .collect()
    };
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}-{}.json\"", safe(&id), safe(&version)),
        ),
    ];
    Ok((headers, bytes).into_response())
}
