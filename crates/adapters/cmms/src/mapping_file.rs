//! The mapping file: a confirmed mapping as TOML, written by `segue` or by hand, read with the line of every mistake.

use crate::header::trim;
use crate::{ColumnGuess, DateFormat, Field, Mapping, Sure, decode, nearest, words};
use model::Finding;
use model::finding::{Place, Severity};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Largest mapping file read, in bytes.
pub const MAPPING_SIZE_MAX_BYTES: usize = 1024 * 1024;
/// Most mistakes listed.
const MISTAKES_MAX: usize = 100;
/// The keys of a mapping file.
const KEYS: [&str; 8] =
    ["columns", "values", "defaults", "unused", "delimiter", "sheet", "encoding", "date_format"];

impl Mapping {
    /// Reads a mapping file. `source` is the name by which findings call it.
    ///
    /// # Errors
    /// A finding for each mistake, with line and column: text that is not TOML, an unknown key (with the one that was
    /// probably meant), a value of the wrong kind, a word that its field does not have.
    pub fn from_toml(source: &str, text: &str) -> Result<Mapping, Vec<Finding>> {
        let mut reader = FileReader { source, text, findings: Vec::new(), mapping: Mapping::default() };
        if text.len() > MAPPING_SIZE_MAX_BYTES {
            reader.mistake(0, None, "the mapping file is too large", "it has at most 1 MiB");
            return Err(reader.findings);
        }
        match DeTable::parse(text) {
            Ok(table) => reader.file(table.get_ref()),
            Err(wrong) => {
                let offset = wrong.span().map_or(0, |span| span.start);
                let problem = wrong.message().lines().next().unwrap_or("not TOML").to_owned();
                reader.mistake(offset, None, &problem, "write TOML, such as: asset_tag = \"Inventory No\"");
            }
        }
        if reader.findings.is_empty() { Ok(reader.mapping) } else { Err(reader.findings) }
    }

    /// This mapping as a mapping file. Columns that are not read are named under `unused`, so that reading the file again
    /// asks nothing again.
    pub fn to_toml(&self) -> String {
        let mut out = String::from("# How the columns of the device list are read.\n");
        let mut line = |text: String| {
            out.push_str(&text);
            out.push('\n');
        };
        if let Some(delimiter) = self.delimiter {
            line(format!("delimiter = {}", quoted(&char::from(delimiter).to_string())));
        }
        for (key, value) in [("sheet", &self.sheet), ("encoding", &self.encoding)] {
            if let Some(value) = value {
                line(format!("{key} = {}", quoted(value)));
            }
        }
        if let Some(format) = self.date_format {
            line(format!("date_format = {}", quoted(format.word())));
        }
        let unused: Vec<String> = self
            .columns
            .iter()
            .filter(|it| it.field.is_none() && !it.header.is_empty())
            .map(|it| quoted(&it.header))
            .collect();
        if !unused.is_empty() {
            line(format!("unused = [{}]", unused.join(", ")));
        }
        line("\n[columns]".to_owned());
        for field in Field::ALL {
            if let Some(column) = self.columns.iter().find(|column| column.field == Some(*field)) {
                line(format!("{} = {}", field.name(), quoted(&column.header)));
            }
        }
        if !self.defaults.is_empty() {
            line("\n[defaults]".to_owned());
            for (field, value) in &self.defaults {
                line(format!("{} = {}", field.name(), quoted(value)));
            }
        }
        for (field, values) in self.values.iter().filter(|(_, values)| !values.is_empty()) {
            line(format!("\n[values.{}]", field.name()));
            for (from, to) in values {
                line(format!("{} = {}", quoted(from), quoted(to)));
            }
        }
        out
    }
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for char in text.chars() {
        match char {
            '"' | '\\' => out.extend(['\\', char]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            _ if char.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(char))),
            _ => out.push(char),
        }
    }
    out.push('"');
    out
}

struct FileReader<'f> {
    source: &'f str,
    text: &'f str,
    findings: Vec<Finding>,
    mapping: Mapping,
}

type Value<'v> = Spanned<DeValue<'v>>;

impl FileReader<'_> {
    fn mistake(&mut self, offset: usize, value: Option<&str>, problem: &str, expected: &str) {
        if self.findings.len() >= MISTAKES_MAX {
            return;
        }
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        self.findings.push(Finding {
            source: self.source.into(),
            place: Place::Byte(offset as u64),
            value: value.map(|value| value.chars().take(80).collect::<String>().into()),
            problem: format!("line {line}, column {column}: {problem}").into(),
            expected: expected.into(),
            severity: Severity::Error,
        });
    }

    fn unknown_key<'k>(&mut self, offset: usize, key: &str, known: impl Iterator<Item = &'k str> + Clone) {
        let expected = match nearest::nearest(key, known.clone()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("known are: {}", known.collect::<Vec<_>>().join(", ")),
        };
        self.mistake(offset, Some(key), "this key is not known", &expected);
    }

    fn file(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            let (at, name) = (value.span().start, key.get_ref().as_ref());
            match name {
                "columns" => self.columns(value),
                "values" => self.values(value),
                "defaults" => self.defaults(value),
                "unused" => self.unused(value),
                "delimiter" => self.delimiter(value),
                "sheet" => self.mapping.sheet = self.string(value, "the name of a sheet"),
                "encoding" => {
                    let label = self.string(value, "an encoding such as \"utf-8\" or \"windows-1252\"");
                    if let Some(label) = label.as_deref().filter(|label| !decode::is_known(label)) {
                        self.mistake(
                            at,
                            Some(label),
                            "this is no encoding",
                            "write \"utf-8\" or \"windows-1252\"",
                        );
                    }
                    self.mapping.encoding = label;
                }
                "date_format" => {
                    let pattern = self.string(value, "\"d/m/Y\", \"m/d/Y\" or \"Y-m-d\"").unwrap_or_default();
                    self.mapping.date_format = DateFormat::from_pattern(&pattern);
                    if self.mapping.date_format.is_none() && !pattern.is_empty() {
                        let expected = "write \"d/m/Y\", \"m/d/Y\" or \"Y-m-d\"";
                        self.mistake(at, Some(&pattern), "this is no order of day, month and year", expected);
                    }
                }
                _ => self.unknown_key(key.span().start, name, KEYS.into_iter()),
            }
        }
    }

    /// A text that is not blank.
    fn string(&mut self, value: &Value<'_>, what: &str) -> Option<Box<str>> {
        let at = value.span().start;
        match value.get_ref() {
            DeValue::String(text) if trim(text).is_empty() => {
                self.mistake(at, None, "the text is empty", &format!("write {what}"));
                None
            }
            DeValue::String(text) => Some(trim(text).into()),
            _ => {
                self.mistake(at, None, "a text in quotes belongs here", &format!("write {what}"));
                None
            }
        }
    }

    fn table<'t, 'v>(&mut self, value: &'t Value<'v>, example: &str) -> Option<&'t DeTable<'v>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(table),
            _ => {
                self.mistake(value.span().start, None, "a table belongs here", &format!("write {example}"));
                None
            }
        }
    }

    /// The entries of a table whose keys are fields.
    fn fields<'t, 'v>(&mut self, value: &'t Value<'v>, example: &str) -> Vec<(Field, usize, &'t Value<'v>)> {
        let Some(table) = self.table(value, example) else { return Vec::new() };
        let mut entries = Vec::with_capacity(table.len());
        for (key, value) in table {
            match Field::from_name(key.get_ref()) {
                Some(field) => entries.push((field, key.span().start, value)),
                None => {
                    let names = Field::ALL.iter().map(|field| field.name());
                    self.unknown_key(key.span().start, key.get_ref(), names);
                }
            }
        }
        entries
    }

    fn columns(&mut self, value: &Value<'_>) {
        for (field, _, value) in
            self.fields(value, "[columns] with lines such as asset_tag = \"Inventory No\"")
        {
            if let Some(header) = self.string(value, "the column's name in the list") {
                self.column(header, Some(field), value.span().start);
            }
        }
    }

    fn unused(&mut self, value: &Value<'_>) {
        let DeValue::Array(names) = value.get_ref() else {
            self.mistake(
                value.span().start,
                None,
                "a list belongs here",
                "write unused = [\"Price\", \"Remarks\"]",
            );
            return;
        };
        for name in names.iter() {
            if let Some(header) = self.string(name, "the column's name in the list") {
                self.column(header, None, name.span().start);
            }
        }
    }

    fn column(&mut self, header: Box<str>, field: Option<Field>, at: usize) {
        let name = crate::header::canonical(&header);
        if self.mapping.columns.iter().any(|column| crate::header::canonical(&column.header) == name) {
            self.mistake(at, Some(&header), "this column is named twice", "give each column one use");
            return;
        }
        let sure = if field.is_some() { Sure::Confirmed } else { Sure::Unused };
        self.mapping.columns.push(ColumnGuess { header, field, sure });
    }

    fn defaults(&mut self, value: &Value<'_>) {
        for (field, at, value) in self.fields(value, "[defaults] with lines such as site = \"Main hospital\"")
        {
            if field.is_individual() {
                let problem =
                    format!("{} differs from device to device, so that it has no default", field.name());
                self.mistake(at, None, &problem, "leave it out");
            } else if let Some(text) = self.meaning(field, value) {
                self.mapping.defaults.insert(field, text);
            }
        }
    }

    fn values(&mut self, value: &Value<'_>) {
        let example = "[values.support_status] with lines such as \"EOL\" = \"unsupported\"";
        for (field, _, value) in self.fields(value, example) {
            let Some(table) = self.table(value, example) else { continue };
            for (from, to) in table {
                if let Some(meaning) = self.meaning(field, to) {
                    let word = trim(from.get_ref()).to_lowercase();
                    self.mapping.values.entry(field).or_default().insert(word.into(), meaning);
                }
            }
        }
    }

    /// A value that `field` understands. It may be empty: *not recorded*.
    fn meaning(&mut self, field: Field, value: &Value<'_>) -> Option<Box<str>> {
        if matches!(value.get_ref(), DeValue::String(text) if trim(text).is_empty()) {
            return Some("".into());
        }
        let text = self.string(value, &format!("a value for {}", field.name()))?;
        if words::is_understood(field, &text) {
            return Some(text);
        }
        let problem = format!("this is no value of {}", field.name());
        let expected = format!("write one of: {}", words::allowed(field).join(", "));
        self.mistake(value.span().start, Some(&text), &problem, &expected);
        None
    }

    fn delimiter(&mut self, value: &Value<'_>) {
        let expected = "one character such as \";\", or \"tab\"";
        let at = value.span().start;
        let raw = match value.get_ref() {
            DeValue::String(text) => text.as_ref(),
            _ => "",
        };
        self.mapping.delimiter = match raw.as_bytes() {
            b"tab" | b"\\t" => Some(b'\t'),
            [byte]
                if byte.is_ascii()
                    && !byte.is_ascii_alphanumeric()
                    && !matches!(byte, b'"' | b'\n' | b'\r' | 0) =>
            {
                Some(*byte)
            }
            _ => {
                self.mistake(at, Some(raw), "this is no delimiter", &format!("write {expected}"));
                None
            }
        };
    }
}
