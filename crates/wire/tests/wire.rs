//! What crosses the network: believed only when it is signed, whole and within its limits.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use model::hash::PlanHash;
use model::host::{HostReport, SAYS_MAX_BYTES};
use model::ids::{OrderId, ProbeId, ServiceId};
use model::order::{Action, Expected, Order, OrderEvent, OrderStep, OrderWindow};
use model::patch::PackageVersion;
use model::probe::{Probe, ProbeKind};
use model::{AssetTag, Time};
use wire::limit::{ITEMS_PER_CHECK_IN_MAX, ORDER_MAX_BYTES, PARTS_PER_ORDER_MAX};
use wire::{
    CheckIn, CheckInAnswer, Item, Numbered, OrderKey, OrderSigner, OrderUnfit, ProbeList, Unfit, VERSION,
};

fn order() -> Order {
    Order {
        id: OrderId::new("O-1").unwrap(),
        host: AssetTag::new("CM-07").unwrap(),
        plan: PlanHash([7; 32]),
        term: 3,
        sequence: 12,
        window: OrderWindow { not_before: Time(1), latest_start: Time(2), not_after: Time(3) },
        expects: Expected {
            boot: Some("boot-a".into()),
            packages: BTreeMap::from([("rig-plain".into(), Some("1.0".into()))]),
        },
        action: Action::Install(vec![PackageVersion { package: "rig-plain".into(), version: "2.0".into() }]),
    }
}

fn site() -> OrderSigner {
    OrderSigner::from_seed(&[1; 32])
}

fn check_in(numbered: Vec<Numbered>) -> CheckIn {
    CheckIn {
        version: VERSION,
        agent_now: Time(1_000),
        numbered,
        wait_seconds: 60,
        order_seen: 0,
        term_seen: 0,
        probes_seen: 0,
    }
}

fn same(number: u64, at: i64) -> Numbered {
    Numbered { number, at: Time(at), item: Item::Report(HostReport::Same { observed_at: Time(at) }) }
}

#[test]
fn an_order_arrives_as_the_site_signed_it() {
    let signed = site().sign(&order()).unwrap();
    let carried: wire::SignedOrder = serde_json::from_str(&serde_json::to_string(&signed).unwrap()).unwrap();
    assert_eq!(carried.open(site().key()), Ok(order()));
}

#[test]
fn an_order_that_was_changed_on_the_way_is_not_believed() {
    let signed = site().sign(&order()).unwrap();
    for (from, to) in [("CM-07", "CM-08"), ("\"2.0\"", "\"1.9\""), ("\"term\":3", "\"term\":9")] {
        let mut changed = signed.clone();
        assert!(changed.payload.contains(from));
        changed.payload = changed.payload.replace(from, to).into();
        assert_eq!(changed.open(site().key()), Err(OrderUnfit::BadSignature), "{from} -> {to}");
    }
    let mut cut = signed.clone();
    cut.signature = cut.signature[..126].into();
    assert_eq!(cut.open(site().key()), Err(OrderUnfit::BadSignature));
}

#[test]
fn an_order_of_another_site_is_not_believed() {
    let other = OrderSigner::from_seed(&[2; 32]);
    let signed = other.sign(&order()).unwrap();
    assert!(matches!(signed.open(site().key()), Err(OrderUnfit::OtherKey { .. })));
    // Nor one that only names our key.
    let mut claims = signed;
    claims.key = site().key();
    assert_eq!(claims.open(site().key()), Err(OrderUnfit::BadSignature));
}

#[test]
fn a_signature_under_a_list_of_probes_is_none_under_an_order() {
    let list = ProbeList { host: AssetTag::new("CM-07").unwrap(), revision: 1, probes: vec![] };
    let text = serde_json::to_string(&site().sign(&list).unwrap()).unwrap();
    let as_order: wire::SignedOrder = serde_json::from_str(&text).unwrap();
    assert_eq!(as_order.open(site().key()), Err(OrderUnfit::BadSignature));
}

#[test]
fn an_order_with_a_part_that_this_program_does_not_know_is_unreadable_and_not_followed_in_part() {
    let mut value = serde_json::to_value(order()).unwrap();
    value["then"] = "shut down".into();
    let read: Result<Order, _> = serde_json::from_value(value);
    assert!(read.unwrap_err().to_string().contains("unknown field `then`"));
}

#[test]
fn nobody_signs_an_order_that_every_host_would_refuse() {
    let of = |change: &dyn Fn(&mut Order)| {
        let mut order = order();
        change(&mut order);
        site().sign(&order).unwrap_err().to_string()
    };
    let package = |name: &str| PackageVersion { package: name.into(), version: "1".into() };
    assert!(of(&|o| o.sequence = 0).contains("orders count from 1"));
    assert!(of(&|o| o.window.latest_start = Time(9)).contains("not before <= latest start <= not after"));
    assert!(of(&|o| o.action = Action::Install(vec![])).contains("0 are given"));
    assert!(of(&|o| o.action = Action::Install(vec![package("--purge")])).contains("no dash in front"));
    assert!(of(&|o| o.action = Action::Install(vec![package("a b")])).contains("no white space"));
    let many = vec![package("p"); PARTS_PER_ORDER_MAX + 1];
    assert!(of(&|o| o.action = Action::Install(many.clone())).contains("1001 are given"));
    let long = "x".repeat(1_001);
    assert!(of(&|o| o.expects.boot = Some(long.clone().into())).contains("1001 bytes"));
}

#[test]
fn an_order_that_is_too_long_is_refused_before_its_signature_is_looked_at() {
    let mut signed = site().sign(&order()).unwrap();
    signed.payload = "x".repeat(ORDER_MAX_BYTES + 1).into();
    assert!(matches!(signed.open(site().key()), Err(OrderUnfit::Unreadable(Unfit::TooLong { .. }))));
}

#[test]
fn a_key_is_read_as_it_is_written() {
    let key = site().key();
    assert_eq!(OrderKey::parse(&key.to_string()), Ok(key));
    assert!(OrderKey::parse("12").unwrap_err().to_string().contains("64 hexadecimal digits"));
    assert!(!format!("{:?}", site()).contains("0101"), "the private key is never shown");
}

#[test]
fn a_check_in_is_read_as_it_was_written() {
    let said = check_in(vec![same(4, 10), same(7, 20)]);
    assert_eq!(wire::read::<CheckIn>(&wire::write(&said).unwrap()), Ok(said));
}

#[test]
fn a_check_in_beyond_its_limits_is_refused_with_where_and_what_would_be_right() {
    let refused = |said: &CheckIn| wire::write(said).unwrap_err().to_string();
    assert!(refused(&check_in(vec![same(4, 1), same(4, 2)])).contains("4 comes after 4; numbers rise"));
    let many = (1..=ITEMS_PER_CHECK_IN_MAX as u64 + 1).map(|number| same(number, 1)).collect();
    assert!(refused(&check_in(many)).contains("65 are given; at most 64"));
    let mut newer = check_in(vec![]);
    newer.version = 2;
    assert_eq!(refused(&newer), "check-in is of version 2; this program speaks version 1");
    let event = OrderEvent {
        order: OrderId::new("O-1").unwrap(),
        at: Time(1),
        boot: "b".into(),
        what: OrderStep::Failed { says: "x".repeat(SAYS_MAX_BYTES + 1).into() },
    };
    let long = check_in(vec![Numbered { number: 1, at: Time(1), item: Item::Order(event) }]);
    assert!(refused(&long).contains("says: it has 2001 bytes; at most 2000 bytes"));
}

#[test]
fn what_is_no_check_in_is_refused_with_its_place() {
    let refused = |bytes: &[u8]| wire::read::<CheckIn>(bytes).unwrap_err().to_string();
    assert!(
        refused(b"{\"version\":1,\n \"hello\":2}").starts_with("check-in cannot be read at line 2, column")
    );
    assert!(refused(&[0xff; 4]).contains("line 1"));
    assert!(refused(&b"[".repeat(100_000)).contains("cannot be read"));
    assert!(refused(&vec![b' '; wire::limit::CHECK_IN_MAX_BYTES + 1]).contains("at most 8388608 are read"));
}

#[test]
fn times_move_from_the_hosts_clock_to_the_servers_and_never_beyond_the_delivery() {
    // The host's clock is 500 behind.
    let mut numbered = same(1, 900);
    numbered.to_server_clock(Time(1_000), Time(1_500));
    assert_eq!(numbered, same(1, 1_400));
    // A time from before the clock was set back lies beyond the delivery: it counts as now, not as later.
    let mut beyond = same(2, 9_000);
    beyond.to_server_clock(Time(1_000), Time(1_500));
    assert_eq!(beyond, same(2, 1_500));
}

#[test]
fn a_probe_beyond_its_limits_is_neither_signed_nor_run() {
    let list = |timeout_seconds, tries| ProbeList {
        host: AssetTag::new("CM-07").unwrap(),
        revision: 1,
        probes: vec![Probe {
            id: ProbeId::new("echo").unwrap(),
            service: ServiceId::new("pacs").unwrap(),
            host: AssetTag::new("CM-07").unwrap(),
            tries,
            timeout_seconds,
        }],
    };
    let echo = |called: &str| ProbeKind::DicomEcho {
        address: "10.0.0.1".into(),
        port: 104,
        called: called.into(),
        calling: "SEGUE".into(),
    };
    assert!(site().sign(&list(5, echo("ARCHIVE"))).is_ok());
    let refused = |list: &ProbeList| site().sign(list).unwrap_err().to_string();
    assert!(refused(&list(301, echo("ARCHIVE"))).contains("it is 301; 1 to 300"));
    assert!(refused(&list(5, echo("SEVENTEEN-LETTERS"))).contains("1 to 16 bytes"));
    assert!(
        refused(&list(5, ProbeKind::Command { argv: vec![], pattern: "".into() })).contains("1 to 100 words")
    );
}

#[test]
fn an_answer_from_a_newer_server_is_read_though_it_says_more() {
    let text = br#"{"server_now":5,"acked":3,"check_in_seconds":60,"weather":"fine"}"#;
    let answer: CheckInAnswer = wire::read(text).unwrap();
    assert_eq!((answer.acked, answer.orders.len(), answer.probes), (3, 0, None));
}
