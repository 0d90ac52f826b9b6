//! The folder of what modalities say. Each step that is over is a row of a log, one log a day (`performed-2026-11-26.csv`); each that is not is a file of
//! its own in `.open`, which whoever reads logs passes over. A row that was cut off when the computer failed was never answered, and goes when the folder is opened.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use adapter_dicom::dimse::{Change, Heard, Step};
use adapter_modality::LOG_MAX_BYTES;
use archive::expected::{Expected, Named};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::Time;

const OPEN: &str = ".open";
const LOG: &str = "performed-";
/// `ended` is last: whoever reads while a row is written never takes the beginning of a name for the name.
const HEADER: [&str; 7] =
    ["performed_step", "study_uid", "accession", "instances", "patient", "issuer", "ended"];
/// A step that was begun so long ago is not believed to end any more.
const OPEN_MAX_DAYS: i64 = 30;
/// Largest file of a step, in bytes: 20,000 objects.
const STEP_MAX_BYTES: u64 = 8 * 1_048_576;

/// The folder, opened for writing.
pub(super) struct Keeping {
    folder: PathBuf,
    zone: TimeZone,
}

/// What was kept before.
pub(super) struct Kept {
    /// Steps that are not over.
    pub(super) open: BTreeMap<Box<str>, Step>,
    /// What somebody should know of it.
    pub(super) says: Vec<String>,
}

impl Keeping {
    /// Makes the folder where there is none. Days of logs are those of `zone`.
    pub(super) fn open(folder: &Path, zone: TimeZone, now: Time) -> io::Result<(Keeping, Kept)> {
        let beside = folder.join(OPEN);
        make(&beside)?;
        let mut kept = Kept { open: BTreeMap::new(), says: Vec::new() };
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(LOG) && name.ends_with(".csv") && tidy(&entry.path())? {
                kept.says.push(format!("a row of {name} was cut off, was never answered and is gone"));
            }
        }
        for entry in std::fs::read_dir(&beside)? {
            let path = entry?.path();
            match path.extension().and_then(|end| end.to_str()) {
                Some("json") => read_step(&path, now, &mut kept)?,
                // Written, and not yet in its place.
                Some("new") => std::fs::remove_file(&path)?,
                Some(_) | None => {}
            }
        }
        sync(&beside)?;
        sync(folder)?;
        Ok((Keeping { folder: folder.to_owned(), zone }, kept))
    }

    /// Keeps a change for good. After an error nothing has changed.
    pub(super) fn keep(&mut self, change: &Change<'_>) -> io::Result<()> {
        match change {
            Change::Open { about, step } => self.write_step(about, step),
            Change::Over { about, heard, at } => {
                let (Heard::Completed(expected) | Heard::Discontinued(expected)) = heard;
                if !expected.is_empty() {
                    self.append(about, expected, *at)?;
                }
                // Should it come back after a failure, it is told once more that it is over: rows of one examination are put together.
                let _gone = std::fs::remove_file(self.step(about));
                Ok(())
            }
        }
    }

    fn step(&self, about: &str) -> PathBuf {
        // A UID: digits and dots.
        self.folder.join(OPEN).join(format!("{about}.json"))
    }

    fn write_step(&self, about: &str, step: &Step) -> io::Result<()> {
        let path = self.step(about);
        let beside = path.with_extension("new");
        let bytes = serde_json::to_vec(step).map_err(io::Error::other)?;
        let placed = written(&beside, &bytes).and_then(|()| std::fs::rename(&beside, &path));
        if placed.is_err() {
            // A full disk would be filled with halves.
            let _gone = std::fs::remove_file(&beside);
        }
        placed?;
        sync(&self.folder.join(OPEN))
    }

    fn append(&self, about: &str, expected: &[Expected], at: Time) -> io::Result<()> {
        let rows = rows(about, expected)?;
        let (path, mut file, length) = self.log(at, rows.len() as u64)?;
        let head = if length == 0 { row(HEADER)? } else { Vec::new() };
        let written = file.write_all(&[head, rows].concat()).and_then(|()| file.sync_data());
        if let Err(error) = written {
            // Part of a row may be there: it goes, so that no later one stands behind half of it.
            if length == 0 {
                std::fs::remove_file(path)?
            } else {
                file.set_len(length)?
            }
            return Err(error);
        }
        if length == 0 { sync(&self.folder) } else { Ok(()) }
    }

    /// The day's log, and how long it is; a further one where it would be longer than anybody reads.
    fn log(&self, at: Time, more: u64) -> io::Result<(PathBuf, File, u64)> {
        let day = timestamp(at)?.to_zoned(self.zone.clone()).date();
        for number in 1..=u32::MAX {
            let number = if number == 1 { String::new() } else { format!("-{number}") };
            let path = self.folder.join(format!("{LOG}{day}{number}.csv"));
            let mut file = OpenOptions::new().append(true).create(true).open(&path)?;
            let length = file.seek(SeekFrom::End(0))?;
            if length + more < LOG_MAX_BYTES {
                return Ok((path, file, length));
            }
        }
        Err(io::Error::other("the day has too many logs"))
    }
}

/// A row for each examination that a step is part of.
fn rows(about: &str, expected: &[Expected]) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    for one in expected {
        let (study, accession) = match &one.named {
            Named::Study(study) => (study.to_string(), ""),
            Named::Accession(accession) => (String::new(), &**accession),
        };
        let instances: Vec<&str> = one.instances.iter().map(|uid| uid.0.as_str()).collect();
        // Nobody's number has control characters, and a row is a line.
        let [patient, issuer] = [one.patient.id(), one.patient.issuer()]
            .map(|text| if text.contains(char::is_control) { "" } else { text });
        let ended = timestamp(one.done)?.to_string();
        all.extend(row([about, &study, accession, &instances.join(" "), patient, issuer, &ended])?);
    }
    Ok(all)
}

fn row(cells: [&str; 7]) -> io::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells)?;
    writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

fn timestamp(at: Time) -> io::Result<Timestamp> {
    Timestamp::from_microsecond(at.0).map_err(io::Error::other)
}

/// Takes a row off that was cut off; a log without a row goes altogether. Was there one?
fn tidy(path: &Path) -> io::Result<bool> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let mut bytes = Vec::new();
    (&mut file).take(LOG_MAX_BYTES + 1).read_to_end(&mut bytes)?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let has_rows = bytes.iter().take(whole).filter(|byte| **byte == b'\n').count() > 1;
    if !has_rows {
        std::fs::remove_file(path)?;
        return Ok(true);
    }
    // One that is longer than anybody reads is none of ours.
    if whole == bytes.len() || bytes.len() as u64 > LOG_MAX_BYTES {
        return Ok(false);
    }
    file.set_len(whole as u64)?;
    file.sync_all()?;
    Ok(true)
}

fn read_step(path: &Path, now: Time, kept: &mut Kept) -> io::Result<()> {
    let Some(about) = path.file_stem().and_then(|stem| stem.to_str()) else { return Ok(()) };
    let mut bytes = Vec::new();
    File::open(path)?.take(STEP_MAX_BYTES).read_to_end(&mut bytes)?;
    match serde_json::from_slice::<Step>(&bytes) {
        Ok(step) if now.seconds_since(step.begun) > OPEN_MAX_DAYS * 86_400 => {
            kept.says
                .push(format!("step {about} was begun more than {OPEN_MAX_DAYS} days ago and is given up"));
            std::fs::remove_file(path)?;
        }
        Ok(step) => {
            kept.open.insert(about.into(), step);
        }
        Err(error) => {
            let says =
                format!("{} cannot be read ({error}): what ends that step will be refused", path.display());
            kept.says.push(says);
        }
    }
    Ok(())
}

fn written(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Patients' numbers stand in it: nobody else reads it.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// A folder remembers its files for good only when it is synced itself.
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests;
