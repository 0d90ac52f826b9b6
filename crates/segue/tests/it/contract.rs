//! The contract of the command line: 0 done, 1 refused or failed, 2 usage; results on stdout, messages on stderr; with
//! `--json` one object a line and nothing else.

use crate::support::{Desk, sample};

#[test]
fn every_command_prints_one_json_object_a_line_and_its_messages_elsewhere() {
    let desk = Desk::new();
    let (kev, epss, ssvc) = (sample("kev.json"), sample("epss.csv"), sample("vulnrichment"));
    let (devices, advisories, hospital) =
        (sample("devices.csv"), sample("advisories"), sample("hospital.toml"));
    let (backup, elsewhere) = (desk.text("segue.backup"), desk.text("elsewhere"));
    let names = ["--manufacturer", "Nordplus AB", "--vendor", "Nordpuls AB"];
    let alias = |verb| [vec!["alias", verb], names.to_vec()].concat();
    let commands: Vec<(Vec<&str>, usize)> = vec![
        (vec!["config", "check"], 1),
        (vec!["import", "hospital", &hospital], 1),
        (vec!["import", "inventory", &devices, "--dry-run"], 1),
        (vec!["import", "inventory", &devices], 1),
        (vec!["import", "advisories", &advisories], 1),
        (vec!["import", "kev", &kev], 1),
        (vec!["import", "epss", &epss], 1),
        (vec!["import", "vulnrichment", &ssvc], 1),
        (vec!["exposures", "--device", "CS-ED-1"], 1),
        (vec!["devices"], 910),
        (vec!["devices", "--device", "CS-ED-1"], 1),
        (vec!["retire", "CS-ED-1", "--reason", "sold"], 1),
        (vec!["advisories", "list"], 16),
        (vec!["advisories", "diff", "SAMPLE-2026-003"], 1),
        (vec!["alias", "proposed"], 1),
        (alias("confirm"), 1),
        (vec!["alias", "list"], 1),
        (alias("undo"), 1),
        (alias("reject"), 1),
        (vec!["account", "open", "nils", "--role", "admin"], 1),
        (vec!["account", "reset", "nils"], 1),
        (vec!["account", "list"], 1),
        (vec!["audit", "verify"], 1),
        (vec!["audit", "head"], 1),
        (vec!["audit", "prove", "3"], 1),
        (vec!["audit", "log", "--after", "2", "--limit", "5"], 5),
        (vec!["backup", &backup], 1),
        (vec!["restore", &backup, "--data", &elsewhere], 1),
    ];
    for (command, least) in commands {
        let ran = desk.json(&command).fine();
        let lines = ran.lines();
        assert!(lines.len() >= least, "{command:?}: {} lines", lines.len());
        if !matches!(command[0], "alias" | "account" | "retire" | "import" | "restore" | "backup") {
            let words = desk.run(&command).fine();
            assert!(
                !words.out.trim().is_empty() && !words.out.starts_with('{'),
                "{command:?}: words for a person"
            );
        }
    }
}

#[test]
fn wrong_usage_is_told_apart_from_a_refusal() {
    let desk = Desk::new();
    let usage: [&[&str]; 8] = [
        &[],
        &["fly"],
        &["import"],
        &["import", "advisories"],
        &["exposures", "--verdict", "maybe"],
        &["alias", "confirm", "--manufacturer", "A", "--vendor", "B", "--model", "C"],
        &["devices", "--data", "a", "--journal", "postgres://b/c"],
        &["account", "open", "nils", "--role", "king"],
    ];
    for args in usage {
        let ran = desk.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}: {ran:?}");
    }
    assert!(!desk.path("segue-data").exists(), "wrong usage makes no journal");
    let refused: [&[&str]; 9] = [
        &["import", "inventory", "nothing.csv"],
        &["import", "advisories", "nothing"],
        &["import", "kev", "nothing.json"],
        &["import", "hospital", "nothing.toml"],
        &["exposures", "--device", "NOBODY"],
        &["devices", "--device", "NOBODY"],
        &["retire", "NOBODY", "--reason", "sold"],
        &["audit", "prove", "99"],
        &["advisories", "diff", "NOTHING"],
    ];
    for args in refused {
        let ran = desk.json(args).refused();
        assert_eq!(ran.out, "", "{args:?}: a refusal is a message: {ran:?}");
    }
    for fine in [&["--version"][..], &["--help"], &["import", "--help"]] {
        desk.run(fine).fine();
    }
}

#[test]
fn a_configuration_that_does_not_hold_stops_everything_with_its_place() {
    let desk = Desk::new();
    let bad = desk.write("bad.toml", "hospital = \"Nordby\"\ntime_zone = \"Europe/Nowhere\"\n");
    let ran = desk.run(&["config", "check", "--config", &bad]).refused();
    assert!(ran.err.contains("time_zone") && ran.err.contains("Europe/Stockholm"), "{}", ran.err);
    let misspelt = desk.write("misspelt.toml", "hospital = \"Nordby\"\nlanguag = \"sv\"\n");
    let ran = desk.run(&["devices", "--config", &misspelt]).refused();
    assert!(ran.err.contains("line 2") && ran.err.contains("languag"), "{}", ran.err);
    assert!(!desk.path("segue-data").exists(), "nothing was opened");
    let good = desk
        .write("segue.toml", "hospital = \"Nordby\"\nlanguage = \"sv\"\nmetrics_token = \"very-secret\"\n");
    let ran = desk.json(&["config", "check"]).fine();
    assert_eq!(
        (ran.line()["hospital"].as_str(), ran.line()["metrics_token"].as_bool()),
        (Some("Nordby"), Some(true))
    );
    assert!(!ran.out.contains("very-secret"), "{good}");
    let ran = desk.json(&["config", "check", "--journal", "postgres://segue:very-secret@db/segue"]).fine();
    assert!(!ran.out.contains("very-secret"), "no password is printed: {}", ran.out);
    let ran = desk.run(&["devices", "--journal", "mysql://segue:very-secret@db/segue"]).refused();
    assert!(ran.err.contains("postgres://") && !ran.err.contains("very-secret"), "{}", ran.err);
}
