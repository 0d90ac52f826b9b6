//! The table worked out by hand, met in full (docs/truth-table.md).

use std::collections::HashSet;

use hospital::{Command, State};
use model::alias::{AliasAnswer, AliasSubject};

use crate::shared::{Hospital, journeys, shared};

/// One row of the table.
#[derive(Debug)]
struct Row {
    asset_tag: String,
    cve: String,
    advisory: String,
    verdict: String,
    gap: String,
    why: String,
}

fn rows(name: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(journeys().join(name)).unwrap();
    let rows = reader.records().map(|record| {
        let record = record.unwrap();
        let field = |at: usize| record.get(at).unwrap().to_owned();
        Row {
            asset_tag: field(0),
            cve: field(1),
            advisory: field(2),
            verdict: field(3),
            gap: field(4),
            why: field(5),
        }
    });
    rows.collect()
}

/// What Segue says of a device and a vulnerability, according to one advisory: verdict and gap, or `absent`.
fn said(state: &State, row: &Row) -> (String, String) {
    let device =
        state.register().by_tag(&row.asset_tag).unwrap_or_else(|| panic!("no device {}", row.asset_tag));
    let (advisory, _) = state
        .library()
        .find_by_tracking_id(&row.advisory)
        .next()
        .unwrap_or_else(|| panic!("no advisory {}", row.advisory));
    let vulnerability = state.matcher().vulnerability(&row.cve);
    let cell = state
        .matcher()
        .cells(device.ix())
        .iter()
        .find(|cell| cell.advisory == advisory && Some(cell.vulnerability) == vulnerability);
    match cell {
        None => ("absent".to_owned(), String::new()),
        Some(cell) => {
            (cell.verdict.word().to_owned(), cell.gap.map_or(String::new(), |gap| gap.word().to_owned()))
        }
    }
}

fn check(state: &State, name: &str) {
    let rows = rows(name);
    let mut wrong = Vec::new();
    for row in &rows {
        let (verdict, gap) = said(state, row);
        if verdict != row.verdict || (!row.gap.is_empty() && gap != row.gap) {
            let device = state.register().by_tag(&row.asset_tag).unwrap();
            let names: Vec<_> = state
                .matcher()
                .names_of(device.ix())
                .into_iter()
                .map(|(vendor, product, found)| format!("{vendor}/{product} {:?}", found.kind))
                .take(4)
                .collect();
            wrong.push(format!(
                "{} [{} | {} | {}] {} {}: by hand {} {}, Segue {} {}\n      {}\n      {}",
                row.asset_tag,
                device.manufacturer(),
                device.model(),
                device.software_version().unwrap_or("-"),
                row.cve,
                row.advisory,
                row.verdict,
                row.gap,
                verdict,
                gap,
                row.why,
                names.join("; ")
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} rows of {name} differ:\n{}",
        wrong.len(),
        rows.len(),
        wrong.join("\n")
    );
}

fn hospital() -> Option<Hospital> {
    let data = shared()?;
    let mut hospital = Hospital::default();
    hospital.import_advisories(&data.join("csaf"));
    hospital.import_list(&journeys().join("hospital.csv"));
    Some(hospital)
}

#[test]
fn every_verdict_worked_out_by_hand_is_met_before_anybody_has_confirmed_a_name() {
    let Some(hospital) = hospital() else { return };
    check(&hospital.state, "truth.csv");
}

/// What a person of this hospital would say about names.
fn confirmed() -> Vec<(AliasSubject, AliasAnswer)> {
    let mut reader = csv::Reader::from_path(journeys().join("aliases.csv")).unwrap();
    let answers = reader.records().map(|record| {
        let record = record.unwrap();
        let text = |at: usize| -> Box<str> { record.get(at).unwrap().into() };
        let subject = if text(1).is_empty() {
            AliasSubject::Vendor { manufacturer: text(0), vendor: text(2) }
        } else {
            AliasSubject::Product { manufacturer: text(0), model: text(1), vendor: text(2), product: text(3) }
        };
        (subject, if &*text(4) == "same" { AliasAnswer::Same } else { AliasAnswer::Different })
    });
    answers.collect()
}

#[test]
fn nobody_is_asked_whether_strangers_are_one_maker_and_what_a_person_would_confirm_is_not_lost() {
    let Some(hospital) = hospital() else { return };
    let proposals = hospital.state.matcher().proposals();
    let makers: Vec<(&str, &str)> = proposals
        .iter()
        .filter_map(|proposal| match &proposal.subject {
            AliasSubject::Vendor { manufacturer, vendor } => Some((&**manufacturer, &**vendor)),
            AliasSubject::Product { .. } => None,
        })
        .collect();
    for strangers in [
        ("GE Healthcare", "Philips"),
        ("Philips", "GE Healthcare"),
        ("BD", "GE Healthcare"),
        ("Becton Dickinson", "GE Healthcare"),
    ] {
        assert!(!makers.contains(&strangers), "{strangers:?}");
    }
    for alike in [
        ("Phillips", "Philips"),
        ("GE Healthcare", "General Electric (GE)"),
        ("G.E. Healthcare", "General Electric (GE)"),
        ("B.Braun", "B. Braun Medical"),
        ("Hillrom", "Hillrom and ELI, Baxter International Inc."),
        ("Welch Allyn", "Hillrom"),
        ("Gambro", "Baxter"),
    ] {
        assert!(makers.contains(&alike), "{alike:?} among {makers:?}");
    }
    // 30 and 251 before makers had to resemble each other and codes to agree.
    assert!(makers.len() <= 25, "{} questions about makers: {makers:?}", makers.len());
    assert!(
        proposals.len() - makers.len() <= 240,
        "{} questions about products",
        proposals.len() - makers.len()
    );
    // Nine of the answers are given without a question of their own: another question, or none, covers them.
    let asked =
        confirmed().into_iter().filter(|(subject, _)| proposals.iter().any(|p| p.subject == *subject));
    assert_eq!(asked.count(), confirmed().len() - 9);
}

#[test]
fn every_verdict_worked_out_by_hand_is_met_once_the_names_are_confirmed() {
    let Some(mut hospital) = hospital() else { return };
    for (subject, answer) in confirmed() {
        hospital.command(Command::AnswerAlias { subject, answer }).unwrap();
    }
    check(&hospital.state, "truth-after-aliases.csv");
}

#[test]
fn devices_that_no_advisory_names_stay_unmatched() {
    let Some(hospital) = hospital() else { return };
    let mut reader = csv::Reader::from_path(journeys().join("no-advisory.csv")).unwrap();
    let tags: HashSet<String> =
        reader.records().map(|record| record.unwrap().get(0).unwrap().to_owned()).collect();
    let matched: Vec<String> = hospital
        .state
        .register()
        .iter()
        .filter(|device| {
            tags.contains(device.asset_tag()) && !hospital.state.matcher().cells(device.ix()).is_empty()
        })
        .map(|device| {
            let names = hospital.state.matcher().names_of(device.ix());
            let names: Vec<_> = names
                .into_iter()
                .map(|(vendor, product, found)| format!("{vendor}/{product} {found:?}"))
                .take(2)
                .collect();
            format!("{} {} {}: {names:?}", device.asset_tag(), device.manufacturer(), device.model())
        })
        .collect();
    assert!(matched.is_empty(), "{} of {} matched:\n{}", matched.len(), tags.len(), matched.join("\n"));
}
