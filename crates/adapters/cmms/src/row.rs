//! One row to one device. Whatever is wrong in a row is gathered; a row with an error gives no device.

use crate::field::FIELDS;
use crate::gathered::Gathered;
use crate::header::trim;
use crate::memo::{Memo, Memos};
use crate::table::{Cell, CellKind, Row};
use crate::words::{self, Words};
use crate::{Field, Mapping, Table, day, udi};
use hashbrown::HashMap;
use model::device::{Identifiers, Location, Support, Udi};
use model::finding::{Place, Severity};
use model::{AssetTag, Date, Device};
use std::fmt::Display;

/// Reads rows of one list with one mapping.
pub(crate) struct RowReader<'t> {
    table: &'t Table,
    mapping: &'t Mapping,
    /// For each field, the column that fills it.
    columns: [Option<usize>; FIELDS],
    /// For each field, the rows in which a text column held a number or a date.
    numbers: [Marks; FIELDS],
    dates: [Marks; FIELDS],
    rows_by_tag: HashMap<Box<str>, u64>,
    memos: Memos,
    pub(crate) gathered: Gathered,
}

#[derive(Clone, Copy, Debug, Default)]
struct Marks {
    first_row: u64,
    rows: u64,
}

/// Fields whose values are names of places, people and things, where `NA` may be a name.
const NAMES: [Field; 6] =
    [Field::DeviceType, Field::Site, Field::Building, Field::Unit, Field::Room, Field::Owner];

impl<'t> RowReader<'t> {
    /// `mapping` has one entry for each column of `table`, and at most one column for each field.
    pub(crate) fn new(table: &'t Table, mapping: &'t Mapping, gathered: Gathered) -> Self {
        let mut columns = [None; FIELDS];
        for (index, column) in mapping.columns.iter().enumerate() {
            if let Some(slot) = column.field.and_then(|field| columns.get_mut(field.index())) {
                *slot = Some(index);
            }
        }
        RowReader {
            table,
            mapping,
            columns,
            numbers: [Marks::default(); FIELDS],
            dates: [Marks::default(); FIELDS],
            rows_by_tag: HashMap::new(),
            memos: Memos::default(),
            gathered,
        }
    }

    /// What was gathered, with what can only be said of whole columns.
    pub(crate) fn finish(mut self) -> Gathered {
        for field in [Field::SoftwareVersion, Field::HardwareVersion] {
            let problem = "the column holds numbers, not text, so that 2.10 cannot be told from 2.1";
            self.say_of_column(field, self.numbers.get(field.index()).copied(), problem);
        }
        for field in Field::ALL.iter().copied() {
            let problem =
                "the column holds dates, which spreadsheets make of versions and numbers such as 1-2";
            self.say_of_column(field, self.dates.get(field.index()).copied(), problem);
        }
        self.gathered
    }

    fn say_of_column(&mut self, field: Field, marks: Option<Marks>, problem: &str) {
        let Some(marks) = marks.filter(|marks| marks.rows > 0) else { return };
        let problem = format!("{problem} (rows: {})", marks.rows);
        let expected = "export the column as text";
        self.say(Severity::Warning, marks.first_row, field, None, &problem, &expected);
    }

    fn say(
        &mut self,
        severity: Severity,
        row: u64,
        field: Field,
        value: Option<&str>,
        problem: &dyn Display,
        expected: &dyn Display,
    ) {
        let header = self.column(field).and_then(|at| self.table.header().get(at));
        let column = || header.map_or_else(|| field.name().into(), Clone::clone);
        self.gathered.add(severity, || Place::Cell { row, column: column() }, value, problem, expected);
    }

    fn column(&self, field: Field) -> Option<usize> {
        self.columns.get(field.index()).copied().flatten()
    }

    /// Reads a row that is not blank; `None` when it has an error.
    pub(crate) fn read(&mut self, row: &Row<'_>) -> Option<Device> {
        let errors = self.gathered.error_count;
        if !self.has_its_cells(row) {
            return None;
        }
        let asset_tag = self.asset_tag(row);
        let manufacturer = self.name_or_empty(row, Field::Manufacturer, "the maker");
        let model = self.name_or_empty(row, Field::Model, "the model");
        let serial_number = self.text(row, Field::SerialNumber);
        let udi = self.udi(row, serial_number.as_deref());
        let manufactured = self.date(row, Field::Manufactured);
        let device = Device {
            manufacturer,
            model,
            model_number: self.text(row, Field::ModelNumber),
            software_version: self.text(row, Field::SoftwareVersion),
            hardware_version: self.text(row, Field::HardwareVersion),
            operating_system: self.text(row, Field::OperatingSystem),
            serial_number: serial_number.or_else(|| udi.as_ref().and_then(|udi| udi.serial.clone())),
            manufactured: manufactured.or(udi.as_ref().and_then(|udi| udi.manufactured)),
            udi,
            identifiers: Identifiers { cpe: self.text(row, Field::Cpe), purl: self.text(row, Field::Purl) },
            kind: self.text(row, Field::DeviceType),
            location: Location {
                site: self.text(row, Field::Site),
                building: self.text(row, Field::Building),
                unit: self.text(row, Field::Unit),
                room: self.text(row, Field::Room),
            },
            owner: self.text(row, Field::Owner),
            support: Support {
                status: self.word(row, Field::SupportStatus, |memos| &mut memos.support),
                end: self.date(row, Field::EndOfSupport),
            },
            installer: self.word(row, Field::Installer, |memos| &mut memos.installer),
            access: self.word(row, Field::Access, |memos| &mut memos.access),
            network: self.word(row, Field::Network, |memos| &mut memos.network),
            criticality: self.word(row, Field::Criticality, |memos| &mut memos.criticality),
            // Last, so that the mistakes of the whole row are gathered.
            asset_tag: asset_tag?,
        };
        (self.gathered.error_count == errors).then_some(device)
    }

    /// The row has a cell for each column and none beyond. Short rows of a workbook only end in empty cells.
    fn has_its_cells(&mut self, row: &Row<'_>) -> bool {
        let wanted = self.table.header().len();
        let place = || Place::Row { row: row.number };
        if let Some(column) = row.text_after_quote {
            let problem = format!("text follows the closing quote in column {column}");
            let expected = "write a quote inside a quoted cell twice, or quote the whole cell";
            self.gathered.add(Severity::Error, place, None, &problem, &expected);
            return false;
        }
        let delimited = self.table.sheet().is_none();
        let short = delimited && row.cells.len() < wanted;
        // One delimiter too many shifts all cells behind it, even when the last one is empty.
        let long = delimited && row.cells.len() > self.table.header_cells;
        let beyond = long || row.cells.iter().skip(wanted).any(|cell| !trim(&cell.text).is_empty());
        if short || beyond {
            let problem = format!("the row has {} cells and the header has {wanted}", row.cells.len());
            let expected =
                "write one cell for each column, and put quotes around a cell that holds the delimiter";
            self.gathered.add(Severity::Error, place, None, &problem, &expected);
        }
        !(short || beyond)
    }

    /// What stands in the cell, if anything.
    fn shown<'r>(&self, row: &'r Row<'_>, field: Field) -> Option<&'r str> {
        let cell = self.column(field).and_then(|at| row.cells.get(at))?;
        Some(trim(&cell.text)).filter(|text| !text.is_empty())
    }

    /// A text as the register writes it, trimmed. What cannot be trusted is left out with a warning.
    fn text(&mut self, row: &Row<'_>, field: Field) -> Option<Box<str>> {
        let cell = self.column(field).and_then(|at| row.cells.get(at));
        let (text, kind) = value(self.mapping, cell, field)?;
        self.trusted(row.number, field, text, kind).map(Box::from)
    }

    /// `text` unless it stands for *not recorded* or a spreadsheet has spoilt it.
    fn trusted<'v>(&mut self, row: u64, field: Field, text: &'v str, kind: CellKind) -> Option<&'v str> {
        let missing =
            if NAMES.contains(&field) { words::is_missing_name(text) } else { words::is_missing(text) };
        if missing {
            return None;
        }
        // An asset tag that cannot be trusted cannot be left out.
        let severity = if field == Field::AssetTag { Severity::Error } else { Severity::Warning };
        match kind {
            CellKind::Text if may_be_long_number(field) && is_scientific(text) => {
                let problem = "a spreadsheet has cut this number, and its last digits are lost";
                self.say(severity, row, field, Some(text), &problem, &"export the column as text");
                return None;
            }
            CellKind::LostDigits => {
                let problem = "the number is too long for a spreadsheet, and its last digits are lost";
                self.say(severity, row, field, Some(text), &problem, &"export the column as text");
                return None;
            }
            CellKind::Error => {
                let problem = "the cell holds a spreadsheet error";
                self.say(
                    severity,
                    row,
                    field,
                    Some(text),
                    &problem,
                    &"write the value, or leave the cell empty",
                );
                return None;
            }
            CellKind::Number => mark(self.numbers.get_mut(field.index()), row),
            CellKind::Date => mark(self.dates.get_mut(field.index()), row),
            CellKind::Text => {}
        }
        self.note_control(row, field, text);
        Some(text)
    }

    /// Line breaks and tabs are kept with a warning; other control characters mean that the file is damaged.
    fn note_control(&mut self, row: u64, field: Field, text: &str) {
        if !text.bytes().any(|byte| byte < 0x20 || byte == 0x7f || byte == 0xc2) {
            return;
        }
        let Some(worst) = text
            .chars()
            .filter(|char| char.is_control())
            .max_by_key(|char| !matches!(char, '\t' | '\r' | '\n'))
        else {
            return;
        };
        if matches!(worst, '\t' | '\r' | '\n') {
            let problem = "the text holds a line break or a tab";
            self.say(Severity::Warning, row, field, Some(text), &problem, &"write it in one line");
        } else {
            let problem = format!("the text holds the control character U+{:04X}", u32::from(worst));
            self.say(Severity::Error, row, field, Some(text), &problem, &"remove it");
        }
    }

    fn asset_tag(&mut self, row: &Row<'_>) -> Option<AssetTag> {
        let errors = self.gathered.error_count;
        let text = self.text(row, Field::AssetTag);
        if self.gathered.error_count > errors {
            return None;
        }
        let expected = "write the number on the hospital's own label, unique in the list";
        let Some(text) = text else {
            self.say(
                Severity::Error,
                row.number,
                Field::AssetTag,
                self.shown(row, Field::AssetTag),
                &"the asset tag is missing",
                &expected,
            );
            return None;
        };
        let tag = match AssetTag::new(&text) {
            Ok(tag) => tag,
            Err(wrong) => {
                self.say(Severity::Error, row.number, Field::AssetTag, Some(&text), &wrong, &expected);
                return None;
            }
        };
        if let Some(first) = self.rows_by_tag.get(&text) {
            let problem = format!("the asset tag stands in row {first} already");
            let expected = "give each device a number of its own, and list it once";
            self.say(Severity::Error, row.number, Field::AssetTag, Some(&text), &problem, &expected);
            return None;
        }
        self.rows_by_tag.insert(text, row.number);
        Some(tag)
    }

    /// Maker and model may be unknown: the device is imported and shown as not matchable (R87).
    fn name_or_empty(&mut self, row: &Row<'_>, field: Field, what: &str) -> Box<str> {
        self.text(row, field).unwrap_or_else(|| {
            let problem = format!("{what} is not recorded, so that no advisory can be matched");
            self.say(
                Severity::Warning,
                row.number,
                field,
                self.shown(row, field),
                &problem,
                &"write the name on the device's label",
            );
            "".into()
        })
    }

    fn date(&mut self, row: &Row<'_>, field: Field) -> Option<Date> {
        let cell = self.column(field).and_then(|at| row.cells.get(at));
        let (text, _) = value(self.mapping, cell, field)?;
        if words::is_missing(text) {
            return None;
        }
        match day::read(text, self.mapping.date_format) {
            Ok(date) => Some(date),
            Err(wrong) => {
                self.say(Severity::Error, row.number, field, Some(text), &wrong, &wrong.expected());
                None
            }
        }
    }

    fn word<T: Words + Default>(
        &mut self,
        row: &Row<'_>,
        field: Field,
        memo: impl FnOnce(&mut Memos) -> &mut Memo<T>,
    ) -> T {
        let cell = self.column(field).and_then(|at| row.cells.get(at));
        let Some((text, _)) = value(self.mapping, cell, field) else { return T::default() };
        if let Some(value) = memo(&mut self.memos).pick(text) {
            return value;
        }
        let problem = format!("this is no value of {}", field.name());
        let expected = format!(
            "write one of: {}; or translate the word under [values.{}] in the mapping file",
            T::words().join(", "),
            field.name()
        );
        self.say(Severity::Error, row.number, field, Some(text), &problem, &expected);
        T::default()
    }

    /// A UDI that cannot be read is left out with a warning: the device is imported all the same.
    fn udi(&mut self, row: &Row<'_>, serial_number: Option<&str>) -> Option<Udi> {
        let cell = self.column(Field::Udi).and_then(|at| row.cells.get(at))?;
        let shown = trim(&cell.text);
        if shown.is_empty() || words::is_missing(shown) {
            return None;
        }
        // Untrimmed: a HIBCC check character may be a space.
        let udi = match udi::parse(&cell.text) {
            Ok(udi) => udi,
            Err(wrong) => {
                let expected =
                    "scan or type the UDI carrier again, with the parentheses or separators that it has";
                let problem = format!("the UDI cannot be read: {wrong}");
                self.say(Severity::Warning, row.number, Field::Udi, Some(shown), &problem, &expected);
                return None;
            }
        };
        if let (Some(column), Some(carried)) = (serial_number, udi.serial.as_deref())
            && !column.eq_ignore_ascii_case(carried)
        {
            let problem =
                format!("the UDI carries the serial number \"{carried}\", and the list says \"{column}\"");
            let expected = "check both against the device's label";
            self.say(Severity::Warning, row.number, Field::Udi, Some(shown), &problem, &expected);
        }
        Some(udi)
    }
}

/// A field's text: the cell's, translated, or the default. `None` when there is nothing.
fn value<'v>(mapping: &'v Mapping, cell: Option<&'v Cell<'_>>, field: Field) -> Option<(&'v str, CellKind)> {
    let (mut text, mut kind) = cell.map_or(("", CellKind::Text), |cell| (trim(&cell.text), cell.kind));
    if text.is_empty() {
        text = mapping.defaults.get(&field)?;
        kind = CellKind::Text;
    } else if let Some(values) = mapping.values.get(&field)
        && let Some(meaning) = values.get(text.to_lowercase().as_str())
    {
        text = meaning;
        kind = CellKind::Text;
    }
    (!text.is_empty()).then_some((text, kind))
}

fn mark(marks: Option<&mut Marks>, row: u64) {
    if let Some(marks) = marks {
        if marks.rows == 0 {
            marks.first_row = row;
        }
        marks.rows += 1;
    }
}

/// Long numbers stand in these columns; `1.23E+15` there is what a spreadsheet has left of one.
fn may_be_long_number(field: Field) -> bool {
    matches!(field, Field::AssetTag | Field::SerialNumber | Field::ModelNumber)
}

/// `1.23E+15`, `1,23E+15`: how spreadsheets write a long number. The plus sign is always there, so that the serial number
/// `12E45` is none.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once('+') else { return false };
    let Some(mantissa) = mantissa.strip_suffix(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    whole.len() == 1 && digits(whole) && digits(fraction) && digits(exponent) && exponent.len() <= 3
}
