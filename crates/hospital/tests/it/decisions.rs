//! Commands become facts, or a refusal that says why.

use hospital::command::ImportOrigin;
use hospital::places::Description;
use hospital::{Command, Fact, Refusal};
use model::alias::{AliasAnswer, AliasSubject};
use model::device::{Access, Criticality, Identifiers, Installer, Location, Network, Support};
use model::ids::AccountId;
use model::people::Role;
use model::{AssetTag, Device};

use crate::shared::{Hospital, origin};

pub(crate) fn device(tag: &str, version: &str) -> Device {
    Device {
        asset_tag: AssetTag::new(tag).unwrap(),
        manufacturer: "Nordpuls".into(),
        model: "Vakta 60".into(),
        model_number: None,
        software_version: Some(version.into()),
        hardware_version: None,
        operating_system: None,
        serial_number: None,
        udi: None,
        manufactured: None,
        identifiers: Identifiers::default(),
        kind: None,
        location: Location::default(),
        owner: None,
        support: Support::default(),
        installer: Installer::Unknown,
        access: Access::Unknown,
        network: Network::Unknown,
        criticality: Criticality::Unknown,
    }
}

fn list(devices: Vec<Device>, complete: bool) -> Command {
    Command::ImportInventory { devices, complete, origin: origin("list") }
}

fn counts(hospital: &Hospital) -> (u64, u64, u64, u64) {
    let (_, summary) = hospital.state.imports().last().unwrap();
    (summary.new, summary.changed, summary.unchanged, summary.left_out)
}

#[test]
fn importing_the_same_list_twice_changes_nothing_the_second_time() {
    let mut hospital = Hospital::default();
    let devices = vec![device("A", "1.0"), device("B", "1.0")];
    assert_eq!(
        hospital.command(list(devices.clone(), false)).unwrap(),
        3,
        "two devices and the import's own record"
    );
    assert_eq!(counts(&hospital), (2, 0, 0, 0));
    assert_eq!(hospital.command(list(devices, false)).unwrap(), 1);
    assert_eq!(counts(&hospital), (0, 0, 2, 0));
    assert_eq!(hospital.state.register().len(), 2);
}

#[test]
fn a_list_that_is_not_complete_retires_nobody_and_a_complete_one_does() {
    let mut hospital = Hospital::default();
    hospital.command(list(vec![device("A", "1"), device("B", "1"), device("C", "1")], false)).unwrap();
    hospital.command(list(vec![device("A", "2"), device("B", "1")], false)).unwrap();
    assert_eq!((counts(&hospital), hospital.state.register().len()), ((0, 1, 1, 0), 3));
    hospital.command(list(vec![device("A", "2"), device("B", "1")], true)).unwrap();
    assert_eq!((counts(&hospital), hospital.state.register().len()), ((0, 0, 2, 1), 2));
    let gone = hospital.state.register().by_tag("C").unwrap();
    assert!(gone.is_retired());
    hospital.command(list(vec![device("C", "1")], false)).unwrap();
    assert_eq!(counts(&hospital), (1, 0, 0, 0), "a retired device that is listed again is back");
    assert_eq!(hospital.state.register().len(), 3);
}

#[test]
fn a_complete_list_that_would_retire_more_than_half_is_refused() {
    let mut hospital = Hospital::default();
    hospital.command(list((0..10).map(|n| device(&format!("D{n}"), "1")).collect(), false)).unwrap();
    let before = hospital.state.seq();
    let refused = hospital.command(list(vec![device("D1", "1")], true)).unwrap_err();
    assert_eq!(refused, Refusal::TooManyGone { listed: 1, registered: 10 });
    assert_eq!(hospital.state.seq(), before, "nothing is half imported");
}

#[test]
fn a_list_that_names_a_device_twice_is_refused_whole() {
    let mut hospital = Hospital::default();
    let refused = hospital
        .command(list(vec![device("A", "1"), device("B", "1"), device("A", "2")], false))
        .unwrap_err();
    assert_eq!(refused, Refusal::DeviceTwice { asset_tag: "A".into() });
    assert!(hospital.state.register().is_empty());
}

#[test]
fn an_answer_about_names_is_given_once_changed_and_taken_back() {
    let mut hospital = Hospital::default();
    let subject = AliasSubject::Vendor { manufacturer: "Phillips".into(), vendor: "Philips".into() };
    let answer = |answer| Command::AnswerAlias { subject: subject.clone(), answer };
    hospital.command(answer(AliasAnswer::Same)).unwrap();
    assert_eq!(hospital.command(answer(AliasAnswer::Same)).unwrap_err(), Refusal::AnsweredAlready);
    hospital.command(answer(AliasAnswer::Different)).unwrap();
    hospital.command(Command::WithdrawAlias { subject: subject.clone() }).unwrap();
    assert_eq!(hospital.command(Command::WithdrawAlias { subject }).unwrap_err(), Refusal::NoSuchAnswer);
    assert!(hospital.state.answers().is_empty());
}

#[test]
fn the_last_administrator_cannot_be_closed() {
    let mut hospital = Hospital::default();
    let open = |name: &str, role| Command::OpenAccount {
        account: AccountId::new(name).unwrap(),
        role,
        password_hash: "x".into(),
        must_change: false,
    };
    let close = |name: &str| Command::CloseAccount { account: AccountId::new(name).unwrap() };
    hospital.command(open("anna", Role::Admin)).unwrap();
    hospital.command(open("erik", Role::Engineer)).unwrap();
    assert!(matches!(hospital.command(close("anna")), Err(Refusal::LastAdministrator { .. })));
    hospital.command(open("lisa", Role::Admin)).unwrap();
    hospital.command(close("anna")).unwrap();
    assert!(matches!(hospital.command(close("anna")), Err(Refusal::NoSuchAccount { .. })));
}

#[test]
fn a_description_that_does_not_hold_together_names_every_problem() {
    let mut hospital = Hospital::default();
    let text = r#"{
        "units": [{"id": "ward-5", "building": "nowhere", "name": "Ward 5"}],
        "beds": [{"id": "5-01", "unit": "ward-5", "telemetry": true}],
        "services": [{"id": "cm", "kind": "central_monitoring", "name": "x", "beds": ["5-02"],
                      "redundancy": {"carriers": ["A"], "needed": 2}, "fallback": "cm"}]
    }"#;
    let description: Description = serde_json::from_str(text).unwrap();
    let Err(Refusal::Description { problems }) =
        hospital.command(Command::DescribeHospital(description, origin("d")))
    else {
        panic!("it must be refused")
    };
    assert_eq!(problems.len(), 4, "{problems:#?}");
    assert!(hospital.state.places().units.is_empty());
}

#[test]
fn an_empty_catalogue_of_exploited_vulnerabilities_is_refused() {
    let mut hospital = Hospital::default();
    let origin: ImportOrigin = origin("kev");
    let command = Command::ImportKev { catalogue: "1".into(), entries: Vec::new(), origin };
    assert_eq!(hospital.command(command).unwrap_err(), Refusal::EmptyCatalogue);
}

#[test]
fn every_import_leaves_its_record_even_when_nothing_was_new() {
    let mut hospital = Hospital::default();
    hospital.command(list(Vec::new(), false)).unwrap();
    assert!(matches!(hospital.facts.last(), Some((_, Fact::ImportFinished(_)))));
}
