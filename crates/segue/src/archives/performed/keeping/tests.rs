//! A server that stops in the middle, a disk that is full, and a reader who comes meanwhile.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // tests stop at the first surprise

use std::collections::BTreeSet;

use adapter_modality::{Terms, read_log};
use archive::expected::Source;
use archive::{InstanceUid, Patient, StudyUid, Uid};
use tempfile::TempDir;

use super::*;

/// 26 November 2026, noon in Greenwich.
const NOW: Time = Time(1_795_694_400_000_000);

fn zone() -> TimeZone {
    TimeZone::get("Europe/Stockholm").unwrap()
}

fn uid(text: &str) -> Uid {
    Uid::parse(text).unwrap()
}

fn opened(folder: &TempDir) -> (Keeping, Kept) {
    Keeping::open(folder.path(), zone(), NOW).unwrap()
}

fn step() -> Step {
    Step {
        begun: NOW,
        studies: BTreeSet::from([(Some(StudyUid(uid("1.2.3"))), "A1".into()), (None, "A2".into())]),
        patient: Patient::new("P1", "HUS"),
        instances: BTreeSet::from([InstanceUid(uid("1.2.3.1.1")), InstanceUid(uid("1.2.3.1.2"))]),
    }
}

fn made(named: Named, objects: &[&str]) -> Expected {
    Expected {
        named,
        patient: Patient::new("P1", "HUS"),
        source: Source::PerformedStep,
        done: NOW.plus_seconds(-60),
        instances: objects.iter().map(|text| InstanceUid(uid(text))).collect(),
        counted: None,
    }
}

fn over(keeping: &mut Keeping, about: &str, expected: Vec<Expected>) -> io::Result<()> {
    keeping.keep(&Change::Over { about, heard: &Heard::Completed(expected), at: NOW })
}

fn logs(folder: &TempDir) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.is_file()).collect()
}

/// What whoever compares reads in the folder.
fn read(folder: &TempDir) -> Vec<Expected> {
    let terms = Terms { source: "log", zone: &zone(), now: NOW };
    logs(folder).iter().flat_map(|path| read_log(&std::fs::read(path).unwrap(), &terms).unwrap()).collect()
}

#[test]
fn what_a_modality_said_is_read_as_it_was_said() {
    let folder = TempDir::new().unwrap();
    let (mut keeping, _) = opened(&folder);
    let study = made(Named::Study(StudyUid(uid("1.2.3"))), &["1.2.3.1.1", "1.2.3.1.2"]);
    let order = made(Named::Accession("A,\"2".into()), &["1.2.3.1.1"]);
    let no_objects = made(Named::Study(StudyUid(uid("1.2.4"))), &[]);
    over(&mut keeping, "1.9.1", vec![study.clone(), order.clone()]).unwrap();
    over(&mut keeping, "1.9.2", vec![no_objects.clone()]).unwrap();
    over(&mut keeping, "1.9.3", Vec::new()).unwrap();
    assert_eq!(read(&folder), [no_objects, study, order]);
    assert_eq!(logs(&folder)[0].file_name().unwrap(), "performed-2026-11-26.csv");
}

#[test]
fn a_step_that_is_not_over_is_there_after_a_restart_and_gone_once_it_is_over() {
    let folder = TempDir::new().unwrap();
    let (mut keeping, kept) = opened(&folder);
    assert!(kept.open.is_empty());
    keeping.keep(&Change::Open { about: "1.9.1", step: &step() }).unwrap();
    let (mut keeping, kept) = opened(&folder);
    assert_eq!(kept.open, BTreeMap::from([("1.9.1".into(), step())]));
    over(&mut keeping, "1.9.1", vec![made(Named::Accession("A2".into()), &[])]).unwrap();
    assert!(opened(&folder).1.open.is_empty());
    let month = Step { begun: NOW.plus_seconds(-31 * 86_400), ..step() };
    keeping.keep(&Change::Open { about: "1.9.2", step: &month }).unwrap();
    let kept = opened(&folder).1;
    assert!(kept.open.is_empty() && kept.says[0].contains("1.9.2 was begun more than 30 days ago"));
}

#[test]
fn a_row_that_was_cut_off_goes_and_those_before_stay() {
    let folder = TempDir::new().unwrap();
    let (mut keeping, _) = opened(&folder);
    let one = |number: u32| made(Named::Accession(format!("A{number}").into()), &["1.2.3.1.1"]);
    over(&mut keeping, "1.9.1", vec![one(1)]).unwrap();
    let path = logs(&folder)[0].clone();
    let first = std::fs::read(&path).unwrap();
    over(&mut keeping, "1.9.2", vec![one(2)]).unwrap();
    let both = std::fs::read(&path).unwrap();
    for length in 0..=both.len() {
        std::fs::write(&path, &both[..length]).unwrap();
        let (mut keeping, kept) = opened(&folder);
        let is_whole = length == first.len() || length == both.len();
        assert_eq!(kept.says.is_empty(), is_whole, "{length}");
        let left = match length {
            all if all == both.len() => vec![one(1), one(2)],
            part if part >= first.len() => vec![one(1)],
            _ => Vec::new(),
        };
        assert_eq!(read(&folder), left, "{length}");
        // Told again, as a modality does that was not answered, it is there.
        over(&mut keeping, "1.9.2", vec![one(2)]).unwrap();
        assert!(read(&folder).contains(&one(2)), "{length}");
    }
}

#[test]
fn what_cannot_be_written_is_an_error_and_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let (mut keeping, _) = opened(&folder);
    // In its place stands a folder: it is written, and cannot be put there.
    std::fs::create_dir_all(folder.path().join(OPEN).join("1.9.1.json/x")).unwrap();
    assert!(keeping.keep(&Change::Open { about: "1.9.1", step: &step() }).is_err());
    assert!(!folder.path().join(OPEN).join("1.9.1.new").exists());
    std::fs::create_dir(folder.path().join("performed-2026-11-26.csv")).unwrap();
    assert!(over(&mut keeping, "1.9.1", vec![made(Named::Accession("A1".into()), &[])]).is_err());
    std::fs::remove_dir(folder.path().join("performed-2026-11-26.csv")).unwrap();
    over(&mut keeping, "1.9.1", vec![made(Named::Accession("A1".into()), &[])]).unwrap();
    assert_eq!(read(&folder).len(), 1);
}

#[test]
fn a_day_of_which_the_log_would_be_longer_than_anybody_reads_goes_on_in_another() {
    let folder = TempDir::new().unwrap();
    let (mut keeping, _) = opened(&folder);
    let full = File::create(folder.path().join("performed-2026-11-26.csv")).unwrap();
    full.set_len(LOG_MAX_BYTES - 10).unwrap();
    over(&mut keeping, "1.9.1", vec![made(Named::Accession("A1".into()), &[])]).unwrap();
    let text = std::fs::read_to_string(folder.path().join("performed-2026-11-26-2.csv")).unwrap();
    assert!(text.starts_with("performed_step,study_uid,"), "{text}");
}

#[test]
fn a_step_whose_file_is_damaged_is_named_and_the_others_go_on() {
    let folder = TempDir::new().unwrap();
    let (mut keeping, _) = opened(&folder);
    keeping.keep(&Change::Open { about: "1.9.1", step: &step() }).unwrap();
    std::fs::write(folder.path().join(OPEN).join("1.9.2.json"), "{").unwrap();
    std::fs::write(folder.path().join(OPEN).join("1.9.3.new"), "{").unwrap();
    let kept = opened(&folder).1;
    assert_eq!(kept.open.len(), 1);
    assert!(kept.says.len() == 1 && kept.says[0].contains("1.9.2.json"), "{:?}", kept.says);
}
