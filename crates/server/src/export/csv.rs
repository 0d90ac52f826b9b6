//! CSV whose cells are never read as formulas (CWE-1236).

use super::{Value, written_by};

/// Text that a spreadsheet would take for a formula gets a leading apostrophe.
fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

fn text_of(value: Value) -> String {
    match value {
        Value::Text(text) => guarded(&text),
        Value::Number(number) => number.to_string(),
        Value::Empty => String::new(),
    }
}

pub(super) fn body<R>(columns: Vec<String>, rows: R) -> axum::body::Body
where
    R: Iterator<Item = Vec<Value>> + Send + 'static,
{
    written_by(move |out| {
        std::io::Write::write_all(out, b"\xEF\xBB\xBF")?;
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        writer.write_record(columns.iter().map(|column| guarded(column)))?;
        for row in rows {
            writer.write_record(row.into_iter().map(text_of))?;
        }
        writer.flush()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_name_is_never_a_formula() {
        for text in ["=1+1", "+46 8 123", "-2", "@SUM(A1)", "\t=1", "\r=1"] {
            assert!(text_of(Value::from(text)).starts_with('\''), "{text:?}");
        }
        assert_eq!(text_of(Value::from("MON-0042")), "MON-0042");
        assert_eq!(text_of(Value::Number(-5)), "-5", "a number is a number");
        assert_eq!(text_of(Value::Empty), "");
    }
}
