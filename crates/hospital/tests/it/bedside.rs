//! A device at a bed takes that bed into the dark with it, though nobody has described it as a service: its ward is asked, warned and told.

use hospital::Command;
use model::agreement::UnitAnswer;
use model::device::{Device, Installer, Location};
use model::ids::*;
use model::patch::{StepProof, WorkStep};
use model::place::Bed;
use model::plan::*;
use model::service::{Redundancy, Service, ServiceKind};
use model::{AssetTag, PlanHash};

use crate::decisions::device;
use crate::night_shared::*;
use crate::shared::origin;

fn tag(name: &str) -> AssetTag {
    AssetTag::new(name).unwrap()
}

fn bed(name: &str) -> BedId {
    BedId::new(name).unwrap()
}

fn monitor(name: &str, room: Option<&str>) -> Device {
    let location =
        Location { room: room.map(Into::into), unit: Some("ward-5".into()), ..Location::default() };
    Device { kind: Some("bedside monitor".into()), location, ..device(name, "1.0") }
}

/// Ward 6 with one bed, and these devices beside those that every test has.
fn hospital(devices: Vec<Device>) -> Ward {
    let mut ward = Ward::new();
    let mut more = description();
    more.beds.push(Bed { id: bed("6-01"), unit: UnitId::new("ward-6").unwrap(), telemetry: false });
    ward.must(Command::DescribeHospital(more, origin("hospital")));
    ward.must(Command::ImportInventory { devices, complete: false, origin: origin("monitors") });
    ward
}

/// A person installs on one device; the rest is as in every test.
fn by_hand(host: &str, cover: Vec<Cover>) -> Plan {
    let mut plan = plan();
    let step = |says: &str, proof| WorkStep { says: says.into(), proof };
    plan.patches[0].steps =
        vec![step("Read the label", StepProof::Identity), step("Show a heartbeat", StepProof::Test)];
    plan.items[0].host = tag(host);
    plan.items[0].by = Hands::Person(Installer::Staff);
    plan.cover = cover;
    plan
}

fn units(ward: &Ward, plan: &Plan) -> Vec<String> {
    let units = planning::units_concerned(plan, &ward.state.topology(plan));
    units.iter().map(ToString::to_string).collect()
}

fn blocking(ward: &Ward, plan: &Plan) -> Vec<String> {
    let found = ward.state.plan_findings(plan, ward.now);
    found.iter().filter(|one| one.blocks).map(|one| format!("{} {}", one.rule, one.about)).collect()
}

#[test]
fn the_ward_of_the_bed_signs_off_and_not_the_ward_that_the_list_names() {
    let mut ward = hospital(vec![monitor("MON-6", Some("6-01"))]);
    let uncovered = by_hand("MON-6", Vec::new());
    assert_eq!(units(&ward, &uncovered), ["ward-6"]);
    assert_eq!(blocking(&ward, &uncovered), ["cover-missing ward-6"]);
    let cover = Cover { unit: UnitId::new("ward-6").unwrap(), people: 1, task: "at the bed".into() };
    let plan = by_hand("MON-6", vec![cover]);
    assert_eq!(blocking(&ward, &plan), [""; 0]);
    let hash: PlanHash = plan.hash();
    ward.must(Command::DraftPlan(Box::new(plan)));
    let answer = |unit: &str| Command::AnswerPlan {
        plan: hash,
        unit: UnitId::new(unit).unwrap(),
        answer: UnitAnswer::Accept,
        by: account("karin"),
    };
    assert!(ward.refused(answer("ward-5")).contains("unit ward-5 is not concerned"));
    ward.must(answer("ward-6"));
}

#[test]
fn its_bed_is_dark_while_it_is_worked_on_and_nothing_stands_in() {
    let ward = hospital(vec![monitor("MON-6", Some("6-01"))]);
    let plan = by_hand("MON-6", Vec::new());
    let topology = ward.state.topology(&plan);
    let times = planning::timetable::timetable(&plan);
    let slot = times.slot(&tag("MON-6")).unwrap();
    let dark = care::dark_time(
        &[care::HostDark {
            host: slot.host.clone(),
            from: slot.p50.dark,
            to_p50: slot.p50.ends,
            to_p90: slot.p90.ends,
        }],
        &topology,
    );
    let [dark] = dark.as_slice() else { panic!("{dark:?}") };
    assert_eq!((dark.beds.clone(), dark.fallback.clone()), (vec![bed("6-01")], None));
    assert_eq!(ward.state.service_name(&dark.service), "bedside monitor MON-6");
}

#[test]
fn a_device_in_a_room_that_is_no_bed_or_out_of_the_register_darkens_none() {
    let mut ward = hospital(vec![monitor("MON-6", Some("6-01")), monitor("MON-7", Some("store"))]);
    assert_eq!(units(&ward, &by_hand("MON-7", Vec::new())), [""; 0]);
    ward.must(Command::RetireDevice { asset_tag: "MON-6".into(), reason: "scrapped".into() });
    assert_eq!(units(&ward, &by_hand("MON-6", Vec::new())), [""; 0]);
}

#[test]
fn what_somebody_described_for_that_bed_counts_and_the_bed_is_not_counted_twice() {
    let mut station = monitor("CMS-5", Some("5-01"));
    station.serial_number = Some("SE-5".into());
    let ward = hospital(vec![station]);
    let services = ward.state.topology(&plan()).services;
    assert_eq!(services.iter().map(|service| service.id.as_str()).collect::<Vec<_>>(), ["cm-5"]);
    assert_eq!(ward.state.beds_dark_without(&host()), [bed("5-01")].into());
}

#[test]
fn nobody_can_describe_a_service_by_the_name_that_stands_for_a_bedside_device() {
    let mut ward = hospital(Vec::new());
    let mut more = description();
    more.services = vec![Service {
        id: ServiceId::new("bedside MON-6").unwrap(),
        kind: ServiceKind::Other,
        name: "Mine".into(),
        beds: vec![bed("6-01")],
        redundancy: Redundancy { carriers: vec![host()], needed: 1 },
        fallback: None,
    }];
    let says = ward.refused(Command::DescribeHospital(more, origin("again")));
    assert!(says.contains("begins with \"bedside \""), "{says}");
}

#[test]
fn the_planner_counts_the_same_bed_in_the_same_ward() {
    let ward = hospital(vec![monitor("MON-6", Some("6-01")), monitor("MON-7", Some("store"))]);
    let plan = by_hand("MON-6", Vec::new());
    let work = |name: &str| hospital::campaign::Work {
        host: tag(name),
        patches: vec![PatchId::new("vakta").unwrap()],
        exploited: false,
    };
    let request = hospital::campaign::Request {
        title: "Monitors".into(),
        works: vec![work("MON-6"), work("MON-7")],
        patches: plan.patches.clone(),
        rings: hospital::campaign::Rings::By(Default::default()),
        again: None,
        heard: Default::default(),
        setting: Default::default(),
        proof: plan.proof.clone(),
        now: ward.now,
    };
    let built = hospital::campaign::build(&ward.state, request);
    let devices = built.campaign.devices.iter();
    let counted: Vec<(&str, &str, u32)> =
        devices.map(|one| (one.tag.as_str(), one.unit.as_str(), one.beds_watched)).collect();
    assert_eq!(counted, [("MON-6", "ward-6", 1), ("MON-7", "ward-5", 0)]);
}
