//! Device lists: open, map, read, compare, import.

use std::path::Path;

use adapter_cmms::{Field, Mapping, Question, Reading, Sure, Table, open_table, read_devices_watched};
use hospital::Command;
use hospital::imports::InventoryDiff;
use model::Device;
use node::Node;
use server::importer::{ChangedDevice, ColumnReading, ImportError, Preview, Watch};

use super::{Run, origin};

/// Examples of each kind shown in a preview.
const EXAMPLES_MAX: usize = 50;
/// Values shown of each column.
const VALUES_MAX: usize = 3;

/// A list opened, with how its columns are to be read.
pub(crate) struct ListPlan {
    pub(crate) name: String,
    pub(crate) table: Table,
    pub(crate) mapping: Mapping,
    sha256: String,
}

impl ListPlan {
    /// Lays a person's answers over the columns: each fills the field named, or none. Two columns for one field stay a
    /// question; a field that does not exist is not taken for an answer.
    pub(crate) fn answer(&mut self, answers: &[(usize, Option<String>)]) {
        for (at, answer) in answers {
            let Some(column) = self.mapping.columns.get_mut(*at) else { continue };
            match answer.as_deref().map(Field::from_name) {
                Some(Some(field)) => {
                    let exact = column.field == Some(field) && column.sure == Sure::Exact;
                    column.sure = if exact { Sure::Exact } else { Sure::Confirmed };
                    column.field = Some(field);
                }
                Some(None) => {}
                None => {
                    column.field = None;
                    column.sure = Sure::Unused;
                }
            }
        }
    }
}

/// Opens a list. `mapping` is a mapping file's text; empty means guess.
pub(crate) fn plan_list(name: &str, path: &Path, mapping: &str) -> Result<ListPlan, ImportError> {
    let given = if mapping.trim().is_empty() {
        Mapping::default()
    } else {
        Mapping::from_toml("mapping", mapping).map_err(ImportError::Findings)?
    };
    let table = open_table(name, path, &given.open_options())
        .map_err(|refused| ImportError::Findings(vec![refused.finding(name)]))?;
    let mapping = given.fit(&table).map_err(ImportError::Findings)?;
    let (_, sha256) = super::read_file(path, adapter_cmms::TABLE_SIZE_MAX_BYTES)?;
    Ok(ListPlan { name: name.to_owned(), table, mapping, sha256 })
}

/// What must be answered, as sentences.
pub(crate) fn questions(mapping: &Mapping) -> Vec<String> {
    let say = |question: &Question| match question {
        Question::IsIt { header, field, why } => {
            format!("Is column \"{header}\" the {}? ({why})", field.name())
        }
        Question::WhichOf { field, headers } => {
            let headers: Vec<String> = headers.iter().map(|header| format!("\"{header}\"")).collect();
            format!("Which column is the {}: {}?", field.name(), headers.join(" or "))
        }
        Question::Missing { field } => format!("Which column is the {}? It is required.", field.name()),
    };
    mapping.questions().iter().map(say).collect()
}

fn read(plan: &ListPlan, watch: &Watch) -> Result<Reading, ImportError> {
    let total = plan.table.rows_at_most();
    let progress = |row: u64| watch.report(row.min(total), total);
    let watching = adapter_cmms::Watch { progress: Some(&progress), stop: Some(watch.flag()) };
    let reading = read_devices_watched(&plan.table, &plan.mapping, watching);
    if reading.stopped { Err(ImportError::Stopped) } else { Ok(reading) }
}

/// What an import of the list would do.
pub(crate) fn preview_list(node: &Node, plan: &ListPlan, watch: &Watch) -> Result<Preview, ImportError> {
    let questions = questions(&plan.mapping);
    let mut confirmed = plan.mapping.clone();
    confirmed.confirm();
    let mut preview = Preview {
        columns: columns(plan),
        fields: adapter_cmms::Field::ALL.iter().map(|field| field.name()).collect(),
        mapping: confirmed.to_toml(),
        ..Preview::default()
    };
    let reading = read(plan, watch)?;
    preview.read = reading.rows_read;
    preview.errors = reading.errors;
    preview.findings_left_out = reading.findings_left_out();
    // A question about a column is asked as a question, not shown as an error of every row.
    let unanswerable =
        plan.mapping.questions().iter().any(|question| !matches!(question, Question::IsIt { .. }));
    if unanswerable {
        preview.errors = 0;
        preview.questions = questions;
        return Ok(preview);
    }
    preview.questions = questions;
    preview.findings = reading.findings;
    node.read(|state| {
        let diff = InventoryDiff::between(state.register(), &reading.devices);
        let device = |at: &usize| reading.devices.get(*at);
        preview.new = diff.new.len() as u64;
        preview.changed = diff.changed.len() as u64;
        preview.unchanged = diff.unchanged;
        preview.gone = diff.gone.len() as u64;
        preview.registered = state.register().len() as u64;
        preview.new_examples = diff
            .new
            .iter()
            .take(EXAMPLES_MAX)
            .filter_map(device)
            .map(|device| shown(device, Vec::new()))
            .collect();
        preview.gone_examples = diff.gone.iter().take(EXAMPLES_MAX).map(ToString::to_string).collect();
        for (at, fields) in diff.changed.iter().take(EXAMPLES_MAX) {
            let (Some(after), Some(before)) = (
                device(at),
                device(at).and_then(|device| state.register().by_tag(device.asset_tag.as_str())),
            ) else {
                continue;
            };
            preview.changed_examples.push(shown(after, changes(&before.to_device(), after, fields)));
        }
    });
    Ok(preview)
}

fn shown(device: &Device, fields: Vec<(&'static str, String, String)>) -> ChangedDevice {
    ChangedDevice {
        asset_tag: device.asset_tag.to_string(),
        name: format!("{} {}", device.manufacturer, device.model),
        fields,
    }
}

/// Field, before, after: read from the two entries as they would be written down.
fn changes(before: &Device, after: &Device, fields: &[&'static str]) -> Vec<(&'static str, String, String)> {
    let (before, after) = (serde_json::to_value(before).ok(), serde_json::to_value(after).ok());
    let text = |device: &Option<serde_json::Value>, field: &str| {
        let pointer = match field {
            "site" | "building" | "unit" | "room" => format!("/location/{field}"),
            "cpe" | "purl" => format!("/identifiers/{field}"),
            "device_type" => "/kind".to_owned(),
            "support_status" => "/support/status".to_owned(),
            "end_of_support" => "/support/end".to_owned(),
            "udi" => "/udi/di".to_owned(),
            field => format!("/{field}"),
        };
        match device.as_ref().and_then(|device| device.pointer(&pointer)) {
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        }
    };
    fields.iter().map(|field| (*field, text(&before, field), text(&after, field))).collect()
}

fn columns(plan: &ListPlan) -> Vec<ColumnReading> {
    let mut examples: Vec<Vec<String>> = vec![Vec::new(); plan.mapping.columns.len()];
    let mut rows = plan.table.rows();
    let mut row = adapter_cmms::Row::default();
    while matches!(rows.read(&mut row), Ok(true)) {
        for (at, values) in examples.iter_mut().enumerate().filter(|(_, values)| values.len() < VALUES_MAX) {
            let value = row.cells.get(at).map_or("", |cell| cell.text.trim());
            if !value.is_empty() && !values.iter().any(|known| known == value) {
                values.push(value.chars().take(60).collect());
            }
        }
        if examples.iter().all(|values| values.len() >= VALUES_MAX) || row.number > 200 {
            break;
        }
    }
    let column = |(column, examples): (&adapter_cmms::ColumnGuess, Vec<String>)| ColumnReading {
        header: column.header.to_string(),
        field: column.field.map(adapter_cmms::Field::name),
        guessed: match &column.sure {
            Sure::Guessed { why } => Some(why.to_string()),
            Sure::Exact | Sure::Confirmed | Sure::Unused => None,
        },
        examples,
    };
    plan.mapping.columns.iter().zip(examples).map(column).collect()
}

/// Reads a list for import; any error or open question means that nothing is imported.
pub(crate) fn run_list(plan: ListPlan, complete: bool, watch: &Watch) -> Result<Run, ImportError> {
    let open = questions(&plan.mapping);
    if !open.is_empty() {
        return Err(ImportError::Questions(open));
    }
    let reading = read(&plan, watch)?;
    if !reading.is_importable() {
        return Err(ImportError::Findings(reading.findings));
    }
    let origin = origin(&plan.name, Some(plan.sha256), &reading.findings);
    let command = Command::ImportInventory { devices: reading.devices, complete, origin };
    Ok(Run { command, findings: reading.findings, refused: 0 })
}
