//! XLSX, row by row through a temporary file. Texts are written as texts, so nothing in them can be a formula.

use std::io::{Read, Seek, SeekFrom, Write};

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::{CHUNK_SIZE_BYTES, ChunkWriter, Value, written_by};

/// Longest text a sheet's cell holds; longer ones are cut and end in an ellipsis.
const CELL_LENGTH_MAX_CHARACTERS: usize = 32_767;

fn io(error: XlsxError) -> std::io::Error {
    std::io::Error::other(error)
}

fn cut(text: String) -> String {
    if text.encode_utf16().count() <= CELL_LENGTH_MAX_CHARACTERS {
        return text;
    }
    // Half the limit in characters is never more than the limit in UTF-16 units.
    text.chars().take(CELL_LENGTH_MAX_CHARACTERS / 2 - 1).chain(['…']).collect()
}

pub(super) fn body<R>(columns: Vec<String>, rows: R) -> axum::body::Body
where
    R: Iterator<Item = Vec<Value>> + Send + 'static,
{
    written_by(move |out| write(&columns, rows, out))
}

fn write(
    columns: &[String],
    rows: impl Iterator<Item = Vec<Value>>,
    out: &mut ChunkWriter,
) -> std::io::Result<()> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory().map_err(io)?;
    let heading = Format::new().set_bold();
    sheet.set_freeze_panes(1, 0).map_err(io)?;
    for (column, text) in (0_u16..).zip(columns) {
        sheet.write_string_with_format(0, column, text, &heading).map_err(io)?;
        sheet.set_column_width(column, 24).map_err(io)?;
    }
    for (n, row) in (1_u32..).zip(rows) {
        for (column, value) in (0_u16..).zip(row) {
            match value {
                Value::Text(text) => sheet.write_string(n, column, cut(text)).map(drop),
                #[allow(clippy::cast_precision_loss)]
                // a sheet has no other numbers; counts are far below 2^53
                Value::Number(number) => sheet.write_number(n, column, number as f64).map(drop),
                Value::Empty => Ok(()),
            }
            .map_err(io)?;
        }
    }
    let mut file = tempfile::tempfile()?;
    workbook.save_to_writer(&mut file).map_err(io)?;
    file.seek(SeekFrom::Start(0))?;
    let mut buffer = vec![0; CHUNK_SIZE_BYTES];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(());
        }
        out.write_all(buffer.get(..read).unwrap_or_default())?;
    }
}
