//! The log on disk: what was written is read, what the power cut off is not, what is damaged is not believed.

use agent::core::{Memory, Record};
use agent::store::{FileStore, Store, peek};
use model::Time;
use model::host::HostReport;

use crate::bench::{Bench, install};

/// The records of a short night.
fn night() -> Vec<Record> {
    let mut bench = Bench::new();
    let order = bench.order(1, install("2.0"));
    bench.send(&order);
    bench.run_minutes(30);
    bench.log
}

fn keep(folder: &std::path::Path, records: &[Record]) {
    let (mut store, _) = FileStore::open(folder).unwrap();
    records.iter().for_each(|record| store.append(record).unwrap());
}

#[test]
fn what_was_kept_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let records = night();
    for record in &records {
        keep(folder.path(), std::slice::from_ref(record)); // A program that starts anew for each.
    }
    let (_, memory) = FileStore::open(folder.path()).unwrap();
    assert_eq!(memory, Memory::replay(records));
    assert_eq!(memory, peek(folder.path()).unwrap());
}

#[test]
fn a_log_that_was_cut_off_anywhere_in_its_last_line_is_what_stood_before() {
    let folder = tempfile::tempdir().unwrap();
    let records = night();
    keep(folder.path(), &records[..4]);
    let path = folder.path().join("log");
    let whole = std::fs::read(&path).unwrap();
    let last = whole[..whole.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    for cut in last..whole.len() {
        std::fs::write(&path, &whole[..cut]).unwrap();
        assert_eq!(peek(folder.path()).unwrap(), Memory::replay(records[..3].to_vec()), "cut at {cut}");
    }
    // And it goes on from there.
    keep(folder.path(), &records[3..5]);
    assert_eq!(peek(folder.path()).unwrap(), Memory::replay(records[..5].to_vec()));
}

#[test]
fn a_log_that_is_damaged_in_the_middle_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    keep(folder.path(), &night()[..4]);
    let path = folder.path().join("log");
    let whole = std::fs::read(&path).unwrap();
    let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    // A byte of the second line; the second line gone; two lines in the wrong order.
    let mut flipped = whole.clone();
    flipped[lines[0].len() + 30] ^= 1;
    for (bytes, line) in [
        (flipped, 2),
        ([lines[0], lines[2], lines[3]].concat(), 2),
        ([lines[1], lines[0], lines[2], lines[3]].concat(), 1),
    ] {
        std::fs::write(&path, bytes).unwrap();
        let error = FileStore::open(folder.path()).unwrap_err().to_string();
        assert!(
            error.contains(&format!("line {line}: damaged, so it is not known what was done")),
            "{error}"
        );
    }
}

#[test]
fn a_log_that_grows_for_years_stays_short_and_forgets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut memory = Memory::default();
    let (mut store, _) = FileStore::open(folder.path()).unwrap();
    let mut observation = Bench::new().observation();
    observation.packages =
        (0..600).map(|n| (format!("package-{n}").into(), "1.0-1+deb12u1".into())).collect();
    let mut keep = |record: Record| {
        memory.apply(record.clone());
        store.append(&record).unwrap();
        store.tidy(&memory).unwrap();
    };
    for round in 0..200_i64 {
        let report = HostReport::Full(Box::new(observation.clone()));
        keep(Record::Reported { at: Time(round), report });
        keep(Record::Acked(u64::try_from(round).unwrap()));
    }
    let length = std::fs::metadata(folder.path().join("log")).unwrap().len();
    assert!(length < 1_200_000, "{length} bytes");
    assert_eq!(peek(folder.path()).unwrap(), memory);
}
