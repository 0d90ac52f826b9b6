//! What is taken along: tables as CSV and XLSX, written while they are sent, never held whole in memory; calendars; pages to be filed.

mod csv;
pub(crate) mod ics;
pub(crate) mod pdf;
mod xlsx;

use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::http::Problem;
use crate::words::Words;

/// Most rows of one file: what a sheet can hold (2^20) without its heading.
pub const EXPORT_ROWS_MAX: u64 = 1_048_575;

/// Kinds of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180, UTF-8 with a byte order mark so that spreadsheets read it as such.
    Csv,
    /// Office Open XML.
    Xlsx,
}

impl Format {
    /// The kind that the query's `format` asks for; `None` for a page.
    pub fn of_query(query: Option<&str>) -> Result<Option<Format>, Problem> {
        let asked = form_urlencoded::parse(query.unwrap_or("").as_bytes()).find(|(key, _)| key == "format");
        match asked.as_ref().map(|(_, value)| &**value) {
            None | Some("") => Ok(None),
            Some("csv") => Ok(Some(Format::Csv)),
            Some("xlsx") => Ok(Some(Format::Xlsx)),
            Some(other) => {
                let other: String = other.chars().take(40).collect();
                Err(Problem::Bad(format!("format={other} is not possible; it is csv or xlsx")))
            }
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// A cell of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Words. Whatever looks like a formula is kept from being one.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Nothing known.
    Empty,
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Value {
        text.map_or(Value::Empty, Value::from)
    }
}

/// A table as a file. `name` is the file's name without ending; `total` the rows there will be, refused beyond
/// [`EXPORT_ROWS_MAX`] before anything is sent; `rows` is walked on a thread of its own.
pub fn table<R>(
    w: Words,
    format: Format,
    name: &str,
    columns: &[&str],
    total: u64,
    rows: R,
) -> Result<Response, Problem>
where
    R: Iterator<Item = Vec<Value>> + Send + 'static,
{
    if total > EXPORT_ROWS_MAX {
        return Err(Problem::Refused(w.export_too_many(&w.number(total), &w.number(EXPORT_ROWS_MAX))));
    }
    let columns: Vec<String> = columns.iter().map(|&column| column.to_owned()).collect();
    let rows = rows.take(usize::try_from(EXPORT_ROWS_MAX).unwrap_or(usize::MAX));
    let body = match format {
        Format::Csv => csv::body(columns, rows),
        Format::Xlsx => xlsx::body(columns, rows),
    };
    let safe: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).take(80).collect();
    let headers = [
        (header::CONTENT_TYPE, format.kind().to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{safe}.{}\"", format.ending())),
    ];
    Ok((headers, body).into_response())
}

/// Chunks on their way to the reader: the writer waits while this many are not yet sent.
const CHUNKS_AHEAD_MAX: usize = 8;
/// Size of a chunk.
const CHUNK_SIZE_BYTES: usize = 64 * 1024;

type Chunk = Result<bytes::Bytes, std::io::Error>;

/// Sends what is written, in chunks; writing fails once nobody reads any more.
struct ChunkWriter {
    sender: tokio::sync::mpsc::Sender<Chunk>,
    chunk: Vec<u8>,
}

impl ChunkWriter {
    fn send(&mut self) -> std::io::Result<()> {
        if self.chunk.is_empty() {
            return Ok(());
        }
        let full = std::mem::replace(&mut self.chunk, Vec::with_capacity(CHUNK_SIZE_BYTES));
        self.sender.blocking_send(Ok(full.into())).map_err(|_| std::io::ErrorKind::BrokenPipe.into())
    }
}

impl std::io::Write for ChunkWriter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.chunk.extend_from_slice(bytes);
        if self.chunk.len() >= CHUNK_SIZE_BYTES {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.send()
    }
}

/// A body that `write` fills from a thread of its own. An error in between cuts the answer off, so that a reader sees
/// a broken download and not a short table.
fn written_by<W>(write: W) -> axum::body::Body
where
    W: FnOnce(&mut ChunkWriter) -> std::io::Result<()> + Send + 'static,
{
    let (sender, mut receiver) = tokio::sync::mpsc::channel::<Chunk>(CHUNKS_AHEAD_MAX);
    tokio::task::spawn_blocking(move || {
        let mut writer = ChunkWriter { sender, chunk: Vec::with_capacity(CHUNK_SIZE_BYTES) };
        let done = write(&mut writer).and_then(|()| writer.send());
        if let Err(error) = done {
            tracing::warn!(what = %error, "an export was not finished");
            let _nobody_reads = writer.sender.blocking_send(Err(error));
        }
    });
    // Whoever compresses it asks once more after the end.
    axum::body::Body::from_stream(futures_util::stream::poll_fn(move |cx| receiver.poll_recv(cx)))
}
