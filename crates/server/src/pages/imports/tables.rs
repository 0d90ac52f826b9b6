//! The tables of an upload's page: findings, devices that change, documents. Each is shown whole, up to a limit.

use model::Finding;
use model::finding::{Place, Severity};

use super::pending::WHOLE;
use crate::http::Problem;
use crate::importer::{ChangedDevice, DocumentPreview, DocumentStanding, Preview};
use crate::parts::{Cell, Column, Mark, Row, Status, Table};
use crate::words::Words;

/// Findings listed on a page; the rest is counted.
const FINDINGS_SHOWN_MAX: usize = 500;

/// A table and what is said below it.
type Noted = (Table, String);

/// Everything that a preview lists.
pub(super) fn of_preview(w: Words, preview: &Preview) -> Result<Vec<Noted>, Problem> {
    let mut tables = Vec::new();
    tables.extend(findings(w, &preview.findings, preview.findings_left_out)?);
    if !preview.documents.is_empty() {
        let total = preview.read.max(preview.documents.len() as u64);
        tables.push(noted(w, documents(w, &preview.documents)?, preview.documents.len(), total));
    }
    if !preview.changed_examples.is_empty() {
        let rows = &preview.changed_examples;
        tables.push(noted(w, changed(w, rows)?, rows.len(), preview.changed));
    }
    if !preview.gone_examples.is_empty() {
        let rows = preview.gone_examples.iter().map(|tag| Row {
            name: tag.clone(),
            why: String::new(),
            cells: vec![Cell::Link { href: format!("/devices/{}", encoded(tag)), text: tag.clone() }],
        });
        let columns = vec![Column::new(w.pending_col_device())];
        let table = whole(w, "gone", w.pending_gone(), columns, rows.collect())?;
        tables.push(noted(w, table, preview.gone_examples.len(), preview.gone));
    }
    if !preview.new_examples.is_empty() {
        let rows = preview.new_examples.iter().map(|device| Row {
            name: device.asset_tag.clone(),
            why: String::new(),
            cells: vec![Cell::Code(device.asset_tag.clone()), Cell::Text(device.name.clone())],
        });
        let columns = vec![Column::new(w.pending_col_device()), Column::new(w.pending_col_name())];
        let table = whole(w, "new", w.pending_new(), columns, rows.collect())?;
        tables.push(noted(w, table, preview.new_examples.len(), preview.new));
    }
    Ok(tables)
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

fn noted(w: Words, table: Table, shown: usize, total: u64) -> Noted {
    let note = if (shown as u64) < total {
        w.pending_first(&w.number(shown as u64), &w.number(total))
    } else {
        String::new()
    };
    (table, note)
}

fn whole(
    w: Words,
    id: &'static str,
    caption: &str,
    columns: Vec<Column>,
    rows: Vec<Row>,
) -> Result<Table, Problem> {
    Ok(Table {
        w,
        id,
        caption: caption.to_owned(),
        columns,
        total: rows.len() as u64,
        rows,
        filters: Vec::new(),
        list: WHOLE.read(None)?,
        exports: false,
        topics: Vec::new(),
    })
}

fn changed(w: Words, devices: &[ChangedDevice]) -> Result<Table, Problem> {
    let shown =
        |text: &str| if text.is_empty() { w.pending_blank().to_owned() } else { format!("“{text}”") };
    let row = |device: &ChangedDevice| Row {
        name: device.asset_tag.clone(),
        why: String::new(),
        cells: vec![
            Cell::Link {
                href: format!("/devices/{}", encoded(&device.asset_tag)),
                text: device.asset_tag.clone(),
            },
            Cell::Text(device.name.clone()),
            Cell::Lines(
                device
                    .fields
                    .iter()
                    .map(|(field, before, after)| format!("{field}: {} → {}", shown(before), shown(after)))
                    .collect(),
            ),
        ],
    };
    let columns = vec![
        Column::new(w.pending_col_device()),
        Column::new(w.pending_col_name()),
        Column::new(w.pending_col_change()),
    ];
    whole(w, "changed", w.pending_changed(), columns, devices.iter().map(row).collect())
}

fn documents(w: Words, documents: &[DocumentPreview]) -> Result<Table, Problem> {
    let standing = |standing: &DocumentStanding| match standing {
        DocumentStanding::New => Cell::Text(w.standing_new().to_owned()),
        DocumentStanding::Newer(version) => Cell::Text(w.standing_newer(version)),
        DocumentStanding::Older(version) => Cell::Text(w.standing_older(version)),
        DocumentStanding::Known => Cell::Text(w.standing_known().to_owned()),
        DocumentStanding::Refused => Cell::Status(Status::new(w, Mark::Broken).detail(w.standing_refused())),
    };
    let row = |document: &DocumentPreview| Row {
        name: if document.id.is_empty() { document.file.clone() } else { document.id.clone() },
        why: String::new(),
        cells: vec![
            standing(&document.standing),
            Cell::Code(document.id.clone()),
            Cell::Text(document.version.clone()),
            Cell::Text(document.title.clone()),
            Cell::Text(document.file.clone()),
        ],
    };
    let columns = [
        w.pending_col_standing(),
        w.pending_col_id(),
        w.pending_col_version(),
        w.pending_col_title(),
        w.pending_col_file(),
    ];
    let columns = columns.into_iter().map(Column::new).collect();
    whole(w, "documents", w.pending_documents(), columns, documents.iter().map(row).collect())
}

fn place(w: Words, place: &Place) -> String {
    match place {
        Place::Whole => w.findings_place_whole().to_owned(),
        Place::Cell { row, column } => w.findings_place_cell(&w.number(*row), column),
        Place::Row { row } => w.findings_place_row(&w.number(*row)),
        Place::Pointer(pointer) if pointer.is_empty() => w.findings_place_root().to_owned(),
        Place::Pointer(pointer) => pointer.to_string(),
        Place::Byte(byte) => w.findings_place_byte(&w.number(*byte)),
        // As the standard numbers fields, in every language; nothing that is imported here has any.
        Place::Field { .. } => place.to_string(),
    }
}

fn weight(w: Words, severity: Severity) -> &'static str {
    match severity {
        Severity::Error => w.findings_error(),
        Severity::Warning => w.findings_warning(),
        Severity::Note => w.findings_note(),
    }
}

/// Findings, the worst first; nothing when there are none.
pub(super) fn findings(w: Words, findings: &[Finding], left_out: u64) -> Result<Option<Noted>, Problem> {
    if findings.is_empty() {
        return Ok(None);
    }
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let several =
        findings.iter().any(|finding| findings.first().is_some_and(|first| first.source != finding.source));
    let row = |finding: &&Finding| {
        let place = place(w, &finding.place);
        let place = if several { vec![finding.source.to_string(), place] } else { vec![place] };
        Row {
            name: place.join(", "),
            why: String::new(),
            cells: vec![
                Cell::Text(weight(w, finding.severity).to_owned()),
                Cell::Lines(place),
                finding
                    .value
                    .as_deref()
                    .map_or(Cell::Text(String::new()), |value| Cell::Text(format!("“{value}”"))),
                Cell::Text(finding.problem.to_string()),
                Cell::Text(finding.expected.to_string()),
            ],
        }
    };
    let columns = [
        w.findings_col_weight(),
        w.findings_col_where(),
        w.findings_col_value(),
        w.findings_col_problem(),
        w.findings_col_right(),
    ];
    let rows: Vec<Row> = sorted.iter().take(FINDINGS_SHOWN_MAX).map(row).collect();
    let more = left_out + findings.len().saturating_sub(FINDINGS_SHOWN_MAX) as u64;
    let note = if more > 0 { w.findings_more(more) } else { String::new() };
    let columns = columns.into_iter().map(Column::new).collect();
    Ok(Some((whole(w, "findings", w.findings_title(), columns, rows)?, note)))
}
