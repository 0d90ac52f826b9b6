//! `POST /imports/upload`: streams files to a private folder and begins to read them. Nothing is held in memory.

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hospital::imports::ImportKind;
use model::people::Role;

use crate::AppState;
use crate::http::Problem;
use crate::importer::{MAPPING_SIZE_MAX_BYTES, kind_from_word, kind_of_name, takes_several};
use crate::page::Ctx;
use crate::work::{PENDING_UPLOADS_MAX, SpoolError, Spooled, Spooling};

/// Longest text field of the form.
const TEXT_SIZE_MAX_BYTES: usize = 100;

impl From<SpoolError> for Problem {
    fn from(error: SpoolError) -> Problem {
        match error {
            SpoolError::Disk(_) => Problem::internal(error),
            SpoolError::TooMany => Problem::Bad(error.to_string()),
        }
    }
}

struct Form {
    kind: Option<ImportKind>,
    mapping: String,
    spooled: Spooled,
}

pub(super) async fn upload(
    State(app): State<AppState>,
    ctx: Ctx,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<Response, Problem> {
    let w = ctx.w;
    let person = ctx.require(Role::Engineer)?;
    let full = || Problem::Busy(w.imports_full(&w.number(PENDING_UPLOADS_MAX as u64)));
    if !app.uploads.has_room(ctx.now) {
        return Err(full());
    }
    let form = form.map_err(|_| Problem::Bad(w.imports_broken_upload().to_owned()))?;
    let form = received(&ctx, form).await?;
    let Some(first) = form.spooled.files().first() else {
        return Err(Problem::Bad(w.imports_no_file().to_owned()));
    };
    let kind = form.kind.unwrap_or_else(|| kind_of_name(&first.name));
    if form.spooled.files().len() > 1 && !takes_several(kind) {
        return Err(Problem::Bad(w.imports_one_file(super::view::kind_word(w, kind))));
    }
    let kept = app.uploads.keep(&app, form.spooled, kind, form.mapping, person.name.as_str());
    let pending = kept.ok_or_else(full)?;
    Ok(Redirect::to(&format!("/imports/pending/{}", pending.token)).into_response())
}

async fn received(ctx: &Ctx, mut parts: Multipart) -> Result<Form, Problem> {
    let broken = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
        _ => Problem::Bad(ctx.w.imports_broken_upload().to_owned()),
    };
    let (mut kind, mut mapping, mut spooling) = (None, String::new(), Spooling::begin()?);
    while let Some(mut part) = parts.next_field().await.map_err(broken)? {
        match part.name() {
            Some("kind") => {
                let word = text(part, TEXT_SIZE_MAX_BYTES).await.map_err(broken)?;
                kind = kind_from_word(word.trim());
            }
            Some("mapping") => mapping = text(part, MAPPING_SIZE_MAX_BYTES + 1).await.map_err(broken)?,
            Some("file") => {
                let name = part.file_name().unwrap_or("").to_owned();
                if name.is_empty() {
                    continue;
                }
                spooling.file(&name).await?;
                while let Some(bytes) = part.chunk().await.map_err(broken)? {
                    spooling.write(&bytes).await?;
                }
            }
            Some(_) | None => {}
        }
    }
    Ok(Form { kind, mapping, spooled: spooling.finish().await? })
}

/// A part's text, cut at `size_max_bytes`: what is too long is refused by whoever reads it.
async fn text(mut part: Field<'_>, size_max_bytes: usize) -> Result<String, MultipartError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await? {
        let room = size_max_bytes.saturating_sub(bytes.len());
        bytes.extend(chunk.iter().take(room));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
