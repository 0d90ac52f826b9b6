//! `segue exposures`: every pair with verdict, gap, confidence and evidence; filters narrow and never widen.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::Desk;

fn key(line: &Value) -> (String, String, String) {
    let text = |key: &str| line[key].as_str().unwrap().to_owned();
    (text("device"), text("cve"), text("advisory"))
}

#[test]
fn every_pair_is_listed_once_with_everything_that_belongs_to_it() {
    let desk = Desk::new().with_sample();
    let all = desk.json(&["exposures"]).fine().lines();
    let keys: BTreeSet<_> = all.iter().map(key).collect();
    assert_eq!(keys.len(), all.len(), "no pair twice");
    for line in &all {
        let verdict = line["verdict"].as_str().unwrap();
        assert!(["affected", "undecided", "fixed", "not_affected"].contains(&verdict), "{line}");
        assert_eq!(
            line["gap"].is_string(),
            verdict == "undecided",
            "a gap is named exactly when undecided: {line}"
        );
        let confidence = line["confidence"].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&confidence), "{line}");
        assert!(line["evidence"].as_array().is_some_and(|evidence| !evidence.is_empty()), "{line}");
    }
    let mut parts = 0;
    for verdict in ["affected", "undecided", "fixed", "not_affected"] {
        let some = desk.json(&["exposures", "--verdict", verdict]).fine().lines();
        assert!(some.iter().all(|line| line["verdict"] == verdict));
        parts += some.len();
    }
    assert_eq!(parts, all.len(), "the verdicts add up exactly");
    let words = desk.run(&["exposures"]).fine().out;
    assert_eq!(words.lines().count(), all.len());
    for (flag, at) in [("--device", "device"), ("--cve", "cve"), ("--advisory", "advisory")] {
        let wanted = all[all.len() / 2][at].as_str().unwrap();
        let some = desk.json(&["exposures", flag, wanted]).fine().lines();
        let same: BTreeSet<_> = all.iter().filter(|line| line[at] == wanted).map(key).collect();
        assert_eq!(some.iter().map(key).collect::<BTreeSet<_>>(), same, "{flag} {wanted}");
    }
    // Silence would read as "not affected".
    for (flag, unknown) in [("--cve", "CVE-1999-0001"), ("--advisory", "SAMPLE-1999-001")] {
        let ran = desk.json(&["exposures", flag, unknown]).fine();
        assert!(ran.lines().is_empty() && ran.err.contains(unknown), "{ran:?}");
    }
}
