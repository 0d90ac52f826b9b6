//! Two running copies on one journal: exactly one drives, and the other takes over in a higher term.

use std::sync::Arc;

use hospital::Command;
use hospital::fact::night::{CertificateIssued, Heard, HeardItem};
use journal::{Journal, Location, open};
use model::host::HostReport;
use model::ids::{AccountId, NodeId};
use model::people::Role;
use model::plan::Plan;
use model::{AssetTag, PlanHash, Time};
use node::Node;
use node::drive::{Driven, Driver, LEASE_SECONDS};
use serde_json::json;

use crate::{list, node};

const NOW: Time = Time(1_792_875_600_000_000);

fn account(name: &str) -> AccountId {
    AccountId::new(name).unwrap()
}

fn plan() -> Plan {
    let at = |minutes: i64| NOW.plus_seconds(minutes * 60);
    let minutes = |p50: u32, p90: u32| json!({"p50": p50, "p90": p90});
    serde_json::from_value(json!({
        "id": "november", "title": "Vakta 1.0-2", "requester": "anna", "contingency": "call 5511",
        "patches": [{"id": "vakta", "title": "Vakta", "packages": [{"package": "vakta", "version": "1.0-2"}],
            "restart": "none", "declared": {"install": minutes(5, 10), "restart": minutes(0, 0), "back_out": minutes(5, 10)}}],
        "windows": [{"id": "night", "not_before": at(0), "latest_start": at(120), "not_after": at(240)}],
        "rings": [{"title": "all", "window": "night", "success_min": 1, "failures_stop": 1, "soak_minutes": 30, "at_once_max": 1}],
        "items": [{"host": "SRV-1", "patches": ["vakta"], "ring": 1, "wave": 1, "by": "agent", "owner": "it"}],
        "proof": {"quiet_minutes": 120, "morning_minute": 390, "offsets": [{"from": 0, "seconds": 0}],
            "evidence_age_max_seconds": 600, "stalled_after_tenths": 20},
    }))
    .unwrap()
}

fn report() -> HostReport {
    let sources = [
        "reboot_required",
        "needrestart_kernel",
        "needrestart_services",
        "kernel",
        "deleted_libraries",
        "package_system",
    ];
    let signals: serde_json::Map<_, _> =
        sources.iter().map(|source| ((*source).to_owned(), json!("clear"))).collect();
    serde_json::from_value(json!({"full": {
        "observed_at": NOW, "boot": {"id": "b0", "began_at": 0},
        "system": {"family": "debian", "name": "Debian 12", "kernel_running": "6.1", "kernel_installed": "6.1"},
        "packages": {"vakta": "1.0-1"}, "available": [], "signals": signals,
        "resources": {"disk_free_bytes": 1_000_000_000, "power": "mains", "clock_offset_ms": 0},
    }}))
    .unwrap()
}

/// A plan that two people approved and one started, on a host that was heard.
async fn in_motion(node: &Node) -> PlanHash {
    let host = AssetTag::new("SRV-1").unwrap();
    let plan = plan();
    let hash = plan.hash();
    let open = |name: &str| Command::OpenAccount {
        account: account(name),
        role: Role::Engineer,
        password_hash: "x".into(),
        must_change: false,
    };
    let commands = [
        list(["SRV-1".to_owned()]),
        open("anna"),
        open("erik"),
        open("lars"),
        Command::OfferEnrolment {
            host: host.clone(),
            token_sha256: "t".into(),
            expires: NOW.plus_seconds(60),
        },
        Command::IssueCertificate(CertificateIssued {
            host: host.clone(),
            key_sha256: "k".into(),
            serial: "5e".into(),
            expires: NOW.plus_seconds(86_400),
            token_sha256: Some("t".into()),
        }),
        Command::Hear(vec![Heard { host, number: 1, items: vec![HeardItem::Report(report())] }]),
        Command::DraftPlan(Box::new(plan)),
        Command::ApprovePlan { plan: hash, by: account("erik") },
        Command::ApprovePlan { plan: hash, by: account("lars") },
        Command::StartRollout { plan: hash, by: account("erik") },
    ];
    for command in commands {
        node.command(command, "test", NOW).await.unwrap();
    }
    hash
}

fn orders(node: &Node) -> Vec<u64> {
    let host = AssetTag::new("SRV-1").unwrap();
    node.read(|state| {
        let view = state.night().host(&host).unwrap();
        view.orders().iter().map(|known| known.order.term).collect()
    })
}

async fn until_quiet(driver: &mut Driver, node: &Node, now: Time) -> Driven {
    for _ in 0..20 {
        match driver.step(node, now).await.unwrap() {
            Driven::Facts(_) => {}
            other => return other,
        }
    }
    panic!("driving never ends");
}

#[tokio::test]
async fn of_two_servers_exactly_one_drives_and_the_other_takes_over_in_a_higher_term() {
    let journal: Arc<dyn Journal> = open(&Location::Memory).await.unwrap();
    let (first, second) = (node(&journal).await, node(&journal).await);
    let mut one = Driver::new(NodeId::new("one").unwrap());
    let mut two = Driver::new(NodeId::new("two").unwrap());
    assert_eq!(one.step(&first, NOW).await.unwrap(), Driven::Idle, "nothing is in motion, no lease is taken");
    in_motion(&first).await;
    second.catch_up().await.unwrap();

    assert!(matches!(until_quiet(&mut one, &first, NOW).await, Driven::Quiet(_)));
    assert_eq!(orders(&first), [1], "one order, of the first term");
    second.catch_up().await.unwrap();
    let until = NOW.plus_seconds(LEASE_SECONDS);
    assert_eq!(two.step(&second, NOW.plus_seconds(1)).await.unwrap(), Driven::ByAnother(until));
    let entries = first.version();
    assert!(matches!(one.step(&first, NOW.plus_seconds(2)).await.unwrap(), Driven::Quiet(_)));
    assert_eq!(first.version(), entries, "who has nothing to do records nothing");

    // The first is gone. The second waits for the lease to run out, then drives in a term of its own.
    let later = NOW.plus_seconds(LEASE_SECONDS);
    assert!(matches!(until_quiet(&mut two, &second, later).await, Driven::Quiet(_)));
    let term = |node: &Node| node.read(|state| state.night().lease().unwrap().term);
    assert_eq!(term(&second), 2);
    assert_eq!(orders(&second), [1], "taking over orders nothing twice");
    // The first comes back and believes that it still drives: its state is old, its lease is over, the journal tells it.
    assert!(matches!(one.step(&first, later.plus_seconds(1)).await.unwrap(), Driven::ByAnother(_)));
    assert_eq!((term(&first), orders(&first)), (2, vec![1]));
}

#[tokio::test]
async fn two_servers_that_drive_at_the_same_time_never_order_anything_twice() {
    let journal: Arc<dyn Journal> = open(&Location::Memory).await.unwrap();
    let (first, second) = (node(&journal).await, node(&journal).await);
    in_motion(&first).await;
    second.catch_up().await.unwrap();
    let mut one = Driver::new(NodeId::new("one").unwrap());
    let mut two = Driver::new(NodeId::new("two").unwrap());
    for second_of_night in 0..40 {
        let now = NOW.plus_seconds(second_of_night);
        let (a, b) = tokio::join!(one.step(&first, now), two.step(&second, now));
        let drives = |driven: &Driven| matches!(driven, Driven::Facts(_) | Driven::Quiet(_));
        let (a, b) = (a.unwrap(), b.unwrap());
        assert!(!(drives(&a) && drives(&b)), "both drive at {second_of_night}: {a:?} {b:?}");
    }
    first.catch_up().await.unwrap();
    assert_eq!(orders(&first).len(), 1);
}
