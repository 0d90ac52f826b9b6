//! The real program, over real TLS, on a host of scripts: enrolled, killed at every record, renewed, without its server.

use model::host::HostReport;
use model::ids::{OrderId, ProbeId, ServiceId};
use model::order::{Action, Order};
use model::probe::{Probe, ProbeKind, ProbeResult};

use crate::bench::{Bench, install, tag};
use crate::machine::{Machine, mode, wait_until};
use crate::server::{Gateway, TOKEN, server_now};

/// An order that holds now.
fn order(action: Action) -> Order {
    let mut order = Bench::new().order(1, action);
    let shift = server_now().0 - Bench::new().time().0;
    for time in [&mut order.window.not_before, &mut order.window.latest_start, &mut order.window.not_after] {
        time.0 += shift;
    }
    order.id = OrderId::new("O-1").unwrap();
    order
}

fn enrolled() -> (Machine, Gateway) {
    let (machine, gateway) = (Machine::new(), Gateway::start());
    machine.enrol(&gateway);
    (machine, gateway)
}

#[test]
fn a_host_enrols_once_and_its_key_is_readable_by_its_owner_only() {
    let (machine, gateway) = (Machine::new(), Gateway::start());
    let url = gateway.url();
    let enrol = |token: &str, digits: &str| {
        machine.output(&["enrol", "--server", &url, "--token", token, "--ca-sha256", digits])
    };
    let wrong = enrol(TOKEN, &"ab".repeat(32));
    let says = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(says.contains("none of the 2 certificates that it shows has the SHA-256"), "{says}");
    let wrong = enrol("guess", &gateway.ca_sha256);
    let says = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(says.contains("the server refuses (403): the token is not valid"), "{says}");
    let done = enrol(TOKEN, &gateway.ca_sha256);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!((mode(&machine.state()), mode(&machine.state().join("identity.json"))), (0o700, 0o600));
    let again = enrol(TOKEN, &gateway.ca_sha256);
    assert!(String::from_utf8_lossy(&again.stderr).contains("enrolled already, as CM-07"), "{again:?}");
    let status = machine.output(&["status"]);
    let says = String::from_utf8_lossy(&status.stdout).into_owned();
    assert!(says.contains("CM-07 at https://") && says.contains("never spoken to"), "{says}");
}

#[test]
fn a_server_that_another_authority_vouches_for_is_not_spoken_to() {
    let (machine, gateway, other) = (Machine::new(), Gateway::start(), Gateway::start());
    machine.write("ca.pem", &other.ca_pem);
    let (url, ca) = (gateway.url(), machine.path("ca.pem"));
    let done = machine.output(&["enrol", "--server", &url, "--token", TOKEN, "--ca", ca.to_str().unwrap()]);
    assert!(!done.status.success());
    assert!(!machine.state().join("identity.json").exists());
    machine.enrol(&gateway); // The token was not used up: it never arrived.
}

/// Runs the order with the program killed after each record in turn, and gives each machine at the end to `check`.
fn killed_at_every_record(action: &Action, check: impl Fn(&Machine, &str)) {
    for after in 1..40 {
        let (mut machine, gateway) = enrolled();
        gateway.state().order = Some(order(action.clone()));
        let mut agent = machine.start(Some(after));
        let restarts =
            |machine: &Machine| machine.calls("systemctl").iter().filter(|call| *call == "reboot").count();
        let (mut boots, mut rounds) = (0, 0);
        let until = std::time::Instant::now() + std::time::Duration::from_secs(120);
        while !gateway.state().ended() {
            if restarts(&machine) > boots {
                // The host goes down, and the program with it.
                boots += 1;
                rounds += 1;
                machine.new_boot();
                agent.kill();
                agent = machine.start(None);
            } else if agent.has_ended() {
                rounds += 1;
                agent = machine.start(None);
            }
            assert!(std::time::Instant::now() < until, "no end after record {after}:\n{}", machine.said());
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        let mut heard = gateway.state().heard();
        let case = format!("killed after record {after}: {heard:?}");
        // An order that was on its way when it was taken in comes again: that is said, and does no harm.
        heard.retain(|word| !word.starts_with("replayed"));
        assert_eq!(heard, ["accepted", "begun", "done"], "{case}");
        check(&machine, &case);
        if rounds == boots {
            assert!(after > 5, "{case}: so few records are not a whole order");
            return; // It was done before so many records were written.
        }
    }
}

#[test]
fn kill_9_at_every_record_gives_exactly_one_install() {
    killed_at_every_record(&install("2.0"), |machine, case| {
        assert_eq!(machine.calls("apt-get").len(), 1, "{case}: {:?}", machine.calls("apt-get"));
    });
}

#[test]
fn kill_9_at_every_record_gives_exactly_one_restart() {
    killed_at_every_record(&Action::RestartHost, |machine, case| {
        let calls = machine.calls("systemctl");
        assert_eq!(calls.iter().filter(|call| *call == "reboot").count(), 1, "{case}: {calls:?}");
    });
}

#[test]
fn an_install_that_outlives_the_agent_is_waited_for_and_not_begun_beside_it() {
    let (machine, gateway) = enrolled();
    machine.write("apt-get.waits", "");
    gateway.state().order = Some(order(install("2.0")));
    let agent = machine.start(None);
    wait_until("apt-get", &machine, || machine.calls("apt-get").len() == 1);
    agent.kill();
    let _agent = machine.start(None);
    // An order that was on its way when the old one was killed comes again: that is said, and does no harm.
    let heard = || {
        let mut heard = gateway.state().heard();
        heard.retain(|word| !word.starts_with("replayed"));
        heard
    };
    // The new agent delivers what the old one saw; it waits with the order.
    wait_until("the new agent", &machine, || heard() == ["accepted", "begun"]);
    let reports = gateway.state().taken;
    assert_eq!(machine.calls("apt-get").len(), 1);
    std::fs::remove_file(machine.path("apt-get.waits")).unwrap();
    wait_until("the end", &machine, || gateway.state().ended());
    assert_eq!(heard(), ["accepted", "begun", "done"]);
    assert_eq!(machine.calls("apt-get").len(), 1);
    assert!(gateway.state().taken > reports);
}

#[test]
fn evidence_waits_on_disk_while_the_server_refuses_and_arrives_once() {
    let (machine, gateway) = enrolled();
    let agent = machine.start(None);
    wait_until("the first report", &machine, || !gateway.state().reports.is_empty());
    gateway.state().refuses = Some(503);
    machine.write("installed/viewer", "1.1\n");
    let waiting = || {
        let status = machine.output(&["status", "--json"]);
        let status: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
        (
            status["waiting"].as_u64().unwrap(),
            status["contact"]["says"].as_str().unwrap_or_default().to_owned(),
        )
    };
    wait_until("reports that wait", &machine, || waiting().0 >= 3 && waiting().1.contains("not tonight"));
    agent.kill();
    gateway.state().refuses = None;
    let _agent = machine.start(None);
    wait_until("what waited", &machine, || {
        gateway.state().reports.iter().any(|report| match report {
            HostReport::Full(full) => full.packages.get("viewer").is_some_and(|version| &**version == "1.1"),
            HostReport::Changes(changes) => changes.packages.contains_key("viewer"),
            HostReport::Same { .. } => false,
        })
    });
}

#[test]
fn a_certificate_is_renewed_by_itself_before_it_ends() {
    let (machine, gateway) = (Machine::new(), Gateway::start());
    gateway.state().valid_seconds = 3_000; // Nine tenths of it are over.
    machine.enrol(&gateway);
    let _agent = machine.start(None);
    wait_until("a renewal", &machine, || gateway.state().renewals == 1);
    wait_until("the new certificate", &machine, || machine.said().contains("the certificate was renewed"));
    let before = gateway.state().taken;
    wait_until("a check-in with it", &machine, || gateway.state().taken > before);
    assert_eq!(mode(&machine.state().join("identity.json")), 0o600);
}

#[test]
fn probes_that_the_site_signed_are_tried_and_told() {
    let (machine, gateway) = enrolled();
    let probe = |id: &str, tries| Probe {
        id: ProbeId::new(id).unwrap(),
        service: ServiceId::new("viewing").unwrap(),
        host: tag("CM-07"),
        tries,
        timeout_seconds: 5,
    };
    let port = gateway.address.port();
    gateway.state().probes = vec![
        probe("open", ProbeKind::Tcp { address: "127.0.0.1".into(), port }),
        probe("closed", ProbeKind::Tcp { address: "127.0.0.1".into(), port: 1 }),
        probe("gone", ProbeKind::Command { argv: vec!["no-such-program".into()], pattern: "".into() }),
    ];
    let _agent = machine.start(None);
    let newest = |id: &str| {
        let id = ProbeId::new(id).unwrap();
        gateway.state().reports.iter().rev().find_map(|report| match report {
            HostReport::Full(full) => full.probes.get(&id).map(|run| run.result.clone()),
            HostReport::Changes(changes) => changes.probes.get(&id).map(|run| run.result.clone()),
            HostReport::Same { .. } => None,
        })
    };
    wait_until("probes", &machine, || newest("open").is_some());
    assert!(matches!(newest("open"), Some(ProbeResult::Passed(_))), "{:?}", newest("open"));
    assert!(matches!(newest("closed"), Some(ProbeResult::Failed(_))), "{:?}", newest("closed"));
    let gone = Some(ProbeResult::NotTried("no-such-program is not installed".into()));
    assert_eq!(newest("gone"), gone);
}
