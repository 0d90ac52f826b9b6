//! Real messages of several makers: admissions, merges, reports, alarms of devices.

use std::collections::BTreeMap;
use std::path::PathBuf;

use adapter_hl7::{FieldPath, Site};
use archive::Patient;
use archive::circumstances::{Class, Stage, Step};

use super::*;

/// The shared test data's folder, when it is there.
fn shared() -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared");
    let root = std::env::var_os("SEGUE_SHARED").map_or_else(beside, PathBuf::from);
    let folder = root.join("data/hl7");
    let found = folder.is_dir();
    if !found {
        eprintln!("skipped: no shared messages at {}", folder.display());
    }
    found.then_some(folder)
}

fn of(name: &str, site: &Site) -> Option<Read> {
    let bytes = std::fs::read(shared()?.join(name)).unwrap();
    Some(read_bytes(&bytes, site))
}

#[test]
fn every_real_message_is_read_passed_over_or_refused_with_its_place() {
    let Some(folder) = shared() else { return };
    let mut kinds: BTreeMap<String, [u64; 3]> = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "hl7") {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let read = of(&name, &Site::default()).unwrap();
        assert_eq!(read.messages, 1, "{name}");
        let kind = kinds.entry(name.split("__").next().unwrap().to_owned()).or_default();
        kind[0] += u64::from(!read.told.is_empty());
        kind[1] += read.passed_over;
        kind[2] += u64::from(!read.is_whole());
        if std::env::var_os("SEGUE_SHOW").is_some() {
            eprintln!("{name}: {} told, {:#?}", read.told.len(), lines(&read));
        }
        assert!(!read.told.is_empty() || read.passed_over == 1 || !read.is_whole(), "{name}: {read:?}");
    }
    for alarms in ["ACK_R40", "ORA_R41", "ORU_R40"] {
        let [told, passed_over, refused] = kinds[alarms];
        assert!(told == 0 && passed_over > 0 && refused == 0, "{alarms}");
    }
    assert_eq!(kinds.values().map(|[told, ..]| told).sum::<u64>(), TOLD);
}

/// Of 38; 15 of one maker bear the year 2029 as the time of their recording, which lies in the future, and ten are of other kinds.
const TOLD: u64 = 13;

#[test]
fn an_echocardiogram_is_expected_by_its_filler_number_where_the_site_says_so() {
    let site = Site { accession: vec![FieldPath::parse("OBR-3").unwrap()], ..Site::default() };
    for name in [
        "ORU_R01__LinuxForHealth__ORU-multiline-short.hl7",
        "ORU_R01__LinuxForHealth__ORU-multiline-short-mixed.hl7",
    ] {
        let Some(read) = of(name, &site) else { return };
        assert_eq!(lines(&read), Vec::<String>::new(), "{name}");
        let order = orders(read).remove(0);
        assert_eq!((&*order.accession, order.patient.id()), ("FON_0d70c6c8", "0d70c6c8"));
        assert!(matches!(order.stage, Some(Stage::Done(_))));
    }
}

#[test]
fn patients_come_to_the_emergency_department_and_are_merged() {
    let site = Site::default();
    let Some(arrived) = of("ADT_A04__microsoft__ADT04-251.hl7", &site) else { return };
    match &arrived.told[0].says {
        Says::Stay { patient, step: Step::In { class, since }, .. } => {
            assert_eq!((patient.id(), *class), ("MRN12345", Some(Class::Emergency)));
            assert_eq!(*since, Some(Time(1_556_968_325_000_000)), "18:12:05 seven hours east of Greenwich");
        }
        other => panic!("{other:?}"),
    }
    let merged = of("ADT_A40__microsoft__ADT-A40-02.hl7", &site).unwrap();
    let merged: Vec<&Says> = merged.told.iter().map(|told| &told.says).collect();
    let patient = |id: &str| Patient::new(id, "BCBS");
    let merge = |gone, stays| Says::Merged { gone: patient(gone), stays: patient(stays) };
    assert_eq!(merged, [&merge("56789", "12345"), &merge("569", "145")]);
}
