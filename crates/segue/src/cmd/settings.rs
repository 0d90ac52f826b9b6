//! `segue manifest` and `segue codes`: settings, coding tables and counters, read from files and compared. Nothing is recorded.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use adapter_input::read_limited;
use adapter_settings::{
    CodeColumns, Columns, FILE_SIZE_MAX_BYTES, Kind, Part, read, read_codes, read_orthanc, read_snapshot,
};
use manifest::secret::KEY_MAX_BYTES;
use manifest::whole::FORM_SIZE_MAX_BYTES;
use manifest::{Manifest, Secrets, Value, codes, words, writes};
use model::Finding;
use serde_json::json;

use super::Failed;
use super::compared::{DIFFERS, UNPROVEN};
use crate::args::{CodesCommand, FormatArg, ManifestCommand, ManifestRead};
use crate::out::{self, Out};

pub(super) fn manifest(command: ManifestCommand, out: &mut Out) -> Result<ExitCode, Failed> {
    match command {
        ManifestCommand::Read(asked) => read_one(&asked, out).map(|()| ExitCode::SUCCESS),
        ManifestCommand::Compare { before, after, reference } => {
            let reference = reference.as_deref().map(known).transpose()?;
            let (before, after) = (known(&before)?, known(&after)?);
            let found = manifest::compare(&before, &after, reference.as_ref()).map_err(Failed::from_error)?;
            out.result(&found, || words::comparison(&found))?;
            Ok(code(found.is_same(), found.differs()))
        }
        ManifestCommand::Writes { before, after } => {
            let snapshot = |file: &Path| {
                read_snapshot(&name(file), &bytes(file, FILE_SIZE_MAX_BYTES)?).map_err(Failed::from_error)
            };
            let found =
                writes::between(&snapshot(&before)?, &snapshot(&after)?).map_err(Failed::from_error)?;
            out.result(&found, || writes::in_words(&found))?;
            Ok(code(!found.has_signs() && !found.has_unknown(), found.has_signs()))
        }
    }
}

pub(super) fn codes(command: CodesCommand, out: &mut Out) -> Result<ExitCode, Failed> {
    let CodesCommand::Compare { a, b, a_columns, b_columns } = command;
    let table = |file: &Path, columns: &[String], option: &str| {
        let columns = match columns {
            [] => CodeColumns::default(),
            [code, scheme, display] => {
                CodeColumns { code: code.clone(), scheme: scheme.clone(), display: display.clone() }
            }
            _ => {
                let says = format!("{option} names three columns, those of code, scheme and display");
                return Err(Failed::Refused(says));
            }
        };
        read_codes(&name(file), &bytes(file, FILE_SIZE_MAX_BYTES)?, &columns).map_err(Failed::from_error)
    };
    let (a, b) = (table(&a, &a_columns, "--a-columns")?, table(&b, &b_columns, "--b-columns")?);
    let found = codes::compare(&a, &b).map_err(Failed::from_error)?;
    out.result(&found, || codes::in_words(&found))?;
    Ok(code(found.is_same(), found.differs()))
}

/// 0 only when it is known that all is the same.
fn code(same: bool, differs: bool) -> ExitCode {
    match (same, differs) {
        (true, _) => ExitCode::SUCCESS,
        (false, true) => ExitCode::from(DIFFERS),
        (false, false) => ExitCode::from(UNPROVEN),
    }
}

fn name(file: &Path) -> String {
    file.display().to_string()
}

fn bytes(file: &Path, max_bytes: u64) -> Result<Vec<u8>, Failed> {
    read_limited(&name(file), file, max_bytes).map_err(Failed::from_error)
}

/// A manifest as `segue manifest read` wrote it, called as the person calls its file.
fn known(file: &Path) -> Result<Manifest, Failed> {
    let manifest = Manifest::from_json(&bytes(file, FORM_SIZE_MAX_BYTES as u64)?)
        .map_err(|error| Failed::Refused(format!("{}: {error}", file.display())))?;
    Ok(manifest.called(&name(file)))
}

fn read_one(asked: &ManifestRead, out: &mut Out) -> Result<(), Failed> {
    let key = asked.key.as_deref().map(|file| bytes(file, KEY_MAX_BYTES as u64)).transpose()?;
    let secrets = Secrets::new(key.as_deref(), &asked.secrets).map_err(Failed::from_error)?;
    let (manifest, findings) = settings(asked, &secrets)?;
    out::findings(&findings, 0);
    let is =
        |wanted: fn(&Value) -> bool| manifest.entries().values().filter(|entry| wanted(&entry.value)).count();
    let (sealed, withheld) =
        (is(|value| matches!(value, Value::Secret(_))), is(|value| matches!(value, Value::Withheld)));
    if withheld > 0 {
        out::say(&format!(
            "warning: secrets that were not sealed, because no --key was given: {withheld}; they cannot be compared"
        ));
    }
    let Some(file) = &asked.output else {
        let text = serde_json::to_string(&manifest).map_err(Failed::from_error)?;
        return Ok(out.result(&manifest, || text)?);
    };
    write_new(file, &manifest)?;
    let settings = manifest.entries().len();
    let told = json!({"file": name(file), "settings": settings, "sealed": sealed, "withheld": withheld});
    let text = || {
        format!("{}: settings: {settings}, secrets sealed: {sealed}, withheld: {withheld}", file.display())
    };
    Ok(out.result(&told, text)?)
}

fn settings(asked: &ManifestRead, secrets: &Secrets) -> Result<(Manifest, Vec<Finding>), Failed> {
    if asked.format == FormatArg::Orthanc {
        let read: Result<Vec<_>, Failed> =
            asked.files.iter().map(|file| Ok((name(file), bytes(file, FILE_SIZE_MAX_BYTES)?))).collect();
        let read = read?;
        let system = asked
            .system
            .as_deref()
            .map(|file| Ok::<_, Failed>((name(file), bytes(file, FILE_SIZE_MAX_BYTES)?)));
        let system = system.transpose()?;
        let files = read.iter().map(|(source, bytes)| Part::Configuration { source, bytes });
        let parts: Vec<Part<'_>> =
            files.chain(system.as_ref().map(|(source, bytes)| Part::System { source, bytes })).collect();
        return read_orthanc(&parts, secrets).map_err(Failed::from_error);
    }
    let ([file], None) = (asked.files.as_slice(), &asked.system) else {
        let says = "several files, and --system, are for --format orthanc; of other formats one file is one manifest";
        return Err(Failed::Refused(says.to_owned()));
    };
    let columns = Columns {
        name: asked.name_column.clone(),
        value: asked.value_column.clone(),
        unit: asked.unit_column.clone(),
        origin: asked.origin_column.clone(),
        origin_default: asked.origin_default.clone(),
    };
    let kind = match asked.format {
        FormatArg::Ini => Kind::Ini,
        FormatArg::Xml => Kind::Xml,
        FormatArg::Json | FormatArg::Orthanc => Kind::Json,
        FormatArg::Registry => Kind::Registry,
        FormatArg::Table => Kind::Table(&columns),
    };
    read(&name(file), &bytes(file, FILE_SIZE_MAX_BYTES)?, kind, secrets).map_err(Failed::from_error)
}

/// Writes a manifest to a file that does not exist yet: the one of before must not be lost to the one of after.
fn write_new(file: &Path, manifest: &Manifest) -> Result<(), Failed> {
    let failed = |error: std::io::Error| Failed::Refused(format!("{}: {error}", file.display()));
    let mut text = serde_json::to_vec(manifest).map_err(Failed::from_error)?;
    text.push(b'\n');
    let opened = std::fs::OpenOptions::new().write(true).create_new(true).open(file);
    let mut written = opened.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failed::Refused(format!(
            "{} is there already and is not written over; name a file that does not exist",
            file.display()
        )),
        _ => failed(error),
    })?;
    let done = written.write_all(&text).and_then(|()| written.sync_all());
    if done.is_err() {
        // Best effort: half a manifest is refused when it is read.
        let _ = std::fs::remove_file(file);
    }
    done.map_err(failed)
}
