//! A snapshot is a cache: loading it gives what folding gives.

use hospital::snapshot::{load, save};
use hospital::{Command, State};
use model::alias::{AliasAnswer, AliasSubject};

use crate::decisions::device;
use crate::shared::{Hospital, origin};

fn hospital() -> Hospital {
    let mut hospital = Hospital::default();
    let demo = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../segue/demo");
    hospital.import_list(&demo.join("devices.csv"));
    hospital.import_advisories(&demo.join("advisories"));
    let subject = AliasSubject::Vendor { manufacturer: "Nordplus AB".into(), vendor: "Nordpuls AB".into() };
    hospital.command(Command::AnswerAlias { subject, answer: AliasAnswer::Same }).unwrap();
    let retired = hospital.state.register().iter().next().unwrap().asset_tag().to_owned();
    hospital.command(Command::RetireDevice { asset_tag: retired.into(), reason: "sold".into() }).unwrap();
    hospital
}

/// Everything that a person could see of a state.
fn seen(state: &State) -> Vec<String> {
    let mut out = vec![format!("{:?} {:?} {:?}", state.seq(), state.places(), state.people())];
    out.extend(
        state.register().iter().map(|device| format!("{:?} {:?}", device.to_device(), device.changed())),
    );
    for device in state.register().iter() {
        let cells = state.matcher().cells(device.ix()).iter().map(|cell| {
            let advisory = &state.library().get(cell.advisory).unwrap().current().advisory.key.tracking_id;
            let name = state.matcher().vulnerability_name(cell.vulnerability);
            format!("{advisory} {name} {:?} {:?} {}", cell.verdict, cell.gap, cell.confidence)
        });
        let mut cells: Vec<String> = cells.collect();
        cells.sort();
        out.push(cells.join(";"));
    }
    out.extend(state.library().iter().map(|(_, item)| format!("{:?}", item.revisions())));
    out.extend(state.imports().iter().map(|import| format!("{import:?}")));
    out.extend(state.answers().iter().map(|answer| format!("{answer:?}")));
    out
}

#[test]
fn a_hospital_loaded_from_a_snapshot_is_the_hospital_that_was_folded() {
    let hospital = hospital();
    let loaded = load(&save(&hospital.state).unwrap()).unwrap();
    assert_eq!(seen(&loaded), seen(&hospital.state));
    let mut folded = State::new();
    for (stamp, fact) in hospital.facts {
        folded.apply(stamp, fact);
    }
    assert_eq!(seen(&loaded), seen(&folded));
}

#[test]
fn a_hospital_goes_on_from_a_snapshot_as_it_would_have_gone_on() {
    let mut hospital = hospital();
    let mut loaded = Hospital { state: load(&save(&hospital.state).unwrap()).unwrap(), facts: Vec::new() };
    let devices = vec![device("NEW-1", "1.0")];
    for hospital in [&mut hospital, &mut loaded] {
        let command =
            Command::ImportInventory { devices: devices.clone(), complete: false, origin: origin("more") };
        hospital.command(command).unwrap();
    }
    assert_eq!(seen(&loaded.state), seen(&hospital.state));
}

#[test]
fn a_snapshot_that_is_cut_or_altered_is_not_taken_for_a_hospital() {
    let bytes = save(&hospital().state).unwrap();
    for len in [0, 5, 8, 100, bytes.len() / 2, bytes.len() - 1] {
        assert!(load(&bytes[..len]).is_err(), "cut to {len} bytes");
    }
}
