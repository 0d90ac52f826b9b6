//! `POST /imports/upload`: streams files to a private folder and begins to read them. Nothing is held in memory.

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use hospital::imports::ImportKind;
use model::people::Role;
use tokio::io::AsyncReadExt;

use crate::AppState;
use crate::http::Problem;
use crate::importer::{KINDS, MAPPING_SIZE_MAX_BYTES, kind_from_word, kind_of_name, takes_several};
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

/// Characters of an unknown kind that a refusal repeats.
const KIND_SHOWN_MAX_CHARS: usize = 60;

struct Form {
    kind: Option<ImportKind>,
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
    let Form { kind, mut spooled } = received(&ctx, form).await?;
    let names = spooled.files().iter().map(|file| kind_of_name(&file.name));
    // A mapping file beside a list is not the hospital's description.
    let guessed = names.min_by_key(|kind| *kind == ImportKind::Hospital);
    let Some(kind) = kind.or(guessed) else {
        return Err(Problem::Bad(w.imports_no_file().to_owned()));
    };
    let mapping =
        if kind == ImportKind::Inventory { taken_mapping(&mut spooled).await? } else { String::new() };
    if spooled.files().len() > 1 && !takes_several(kind) {
        return Err(Problem::Bad(w.imports_one_file(super::view::kind_word(w, kind))));
    }
    let kept = app.uploads.keep(&app, spooled, kind, mapping, person.name.as_str());
    let pending = kept.ok_or_else(full)?;
    Ok(Redirect::to(&format!("/imports/pending/{}", pending.token)).into_response())
}

/// What the form says that the files are; `None` leaves it to their names. A word that is no kind is refused, not guessed at.
fn said_kind(ctx: &Ctx, word: &str) -> Result<Option<ImportKind>, Problem> {
    if word.is_empty() {
        return Ok(None);
    }
    let known = || KINDS.map(ImportKind::word).join(", ");
    let shown = || word.chars().take(KIND_SHOWN_MAX_CHARS).collect::<String>();
    let unknown = || Problem::Bad(ctx.w.imports_unknown_kind(&shown(), &known()));
    kind_from_word(word).map(Some).ok_or_else(unknown)
}

async fn received(ctx: &Ctx, mut parts: Multipart) -> Result<Form, Problem> {
    let broken = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
        _ => Problem::Bad(ctx.w.imports_broken_upload().to_owned()),
    };
    let (mut kind, mut spooling) = (None, Spooling::begin()?);
    while let Some(mut part) = parts.next_field().await.map_err(broken)? {
        match part.name() {
            Some("kind") => {
                let word = text(part, TEXT_SIZE_MAX_BYTES).await.map_err(broken)?;
                kind = said_kind(ctx, word.trim())?;
            }
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
    Ok(Form { kind, spooled: spooling.finish().await? })
}

/// The mapping file that was sent with a list, taken out of the upload; empty when there was none.
async fn taken_mapping(spooled: &mut Spooled) -> Result<String, Problem> {
    let is_mapping = |name: &str| name.to_lowercase().ends_with(".toml");
    let Some(file) = (spooled.files().len() == 2).then(|| spooled.take(is_mapping)).flatten() else {
        return Ok(String::new());
    };
    let mut text = String::new();
    let read = async {
        let opened = tokio::fs::File::open(&file.path).await?;
        opened.take(MAPPING_SIZE_MAX_BYTES as u64 + 1).read_to_string(&mut text).await
    };
    match read.await {
        Ok(_) => Ok(text),
        // What is not UTF-8 is refused with its place by whoever reads mappings.
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => Ok("\u{fffd}".to_owned()),
        Err(error) => Err(Problem::internal(error)),
    }
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
