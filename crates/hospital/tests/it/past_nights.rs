//! Past nights from files: whole or not at all, nothing twice, and nothing lost when the state is put together from a snapshot.

use hospital::command::ImportOrigin;
use hospital::imports::ImportKind;
use hospital::past::{NIGHT_RECORDS_PER_FACT_MAX, NIGHT_RECORDS_PER_IMPORT_MAX};
use hospital::snapshot::{load, save};
use hospital::{Command, Fact, Refusal, Stamp, State, decide};
use model::Time;
use model::ids::ImportId;
use planning::forecast::{Chain, Record, Step};

fn record(night: u32, device: u32) -> Record {
    Record {
        begun: Time(i64::from(night) * 86_400_000_000),
        night: format!("n{night}").into(),
        family: "base".into(),
        model: "".into(),
        site: "".into(),
        device: format!("MON-{device}").into(),
        step: Step::Restart,
        seconds: 300 + device,
        declared_seconds: None,
        chain: Some(Chain { place: 1, armed_another: false, shown_after_seconds: None }),
    }
}

fn import(state: &State, records: Vec<Record>) -> Result<Vec<Fact>, Refusal> {
    let origin = ImportOrigin {
        id: ImportId::new("imp-1").unwrap(),
        source: "nights.csv".into(),
        sha256: None,
        remarks: Vec::new(),
    };
    decide(state, Command::ImportNights { records, origin }, Time(0))
}

fn apply(state: &mut State, facts: Vec<Fact>) -> [u64; 4] {
    let mut counts = [0; 4];
    for fact in facts {
        if let Fact::ImportFinished(summary) = &fact {
            assert_eq!(summary.kind, ImportKind::Nights);
            counts = [summary.read, summary.new, summary.changed, summary.unchanged];
        }
        let stamp = Stamp { seq: state.seq() + 1, time: Time(1), actor: "cli:test".into() };
        state.apply(stamp, fact);
    }
    counts
}

#[test]
fn the_same_nights_again_change_nothing_and_other_numbers_replace_what_was_known() {
    let mut state = State::new();
    let nights: Vec<Record> =
        (0..200).flat_map(|night| (0..60).map(move |device| record(night, device))).collect();
    let facts = import(&state, nights.clone()).unwrap();
    // No entry of the journal is larger than it may be.
    assert_eq!(facts.len(), nights.len().div_ceil(NIGHT_RECORDS_PER_FACT_MAX) + 1);
    assert_eq!(apply(&mut state, facts), [12_000, 12_000, 0, 0]);
    assert_eq!(
        (state.imported_nights().len(), state.imported_nights().nights(), state.records().len()),
        (12_000, 200, 12_000)
    );

    let again = import(&state, nights.clone()).unwrap();
    assert_eq!(again.len(), 1, "only that there was an import");
    assert_eq!(apply(&mut state, again), [12_000, 0, 0, 12_000]);

    let slower = Record { seconds: 999, ..record(7, 7) };
    let facts = import(&state, vec![slower.clone(), record(7, 8)]).unwrap();
    assert_eq!(apply(&mut state, facts), [2, 0, 1, 1]);
    assert_eq!(state.imported_nights().known(&record(7, 7)), Some(&slower));
    assert_eq!(state.records().len(), 12_000);

    let loaded = load(&save(&state).unwrap()).unwrap();
    assert_eq!(loaded.imported_nights(), state.imported_nights());
    assert_eq!(loaded.records(), state.records());
}

#[test]
fn a_table_that_says_one_step_twice_or_too_much_is_refused_whole() {
    let state = State::new();
    let twice = vec![record(1, 1), record(1, 2), Record { seconds: 1, ..record(1, 1) }];
    let refused = import(&state, twice).unwrap_err().to_string();
    assert_eq!(refused, "the table says the same step twice: restart of base on MON-1 in night n1");
    // A second restart in the chain is another step, and a restart whose place nobody noted is the planned one.
    let second = Record {
        chain: Some(Chain { place: 2, armed_another: false, shown_after_seconds: None }),
        ..record(1, 1)
    };
    assert!(import(&state, vec![record(1, 1), second]).is_ok());
    assert!(import(&state, vec![record(1, 1), Record { chain: None, ..record(1, 1) }]).is_err());
    let many = vec![record(1, 1); NIGHT_RECORDS_PER_IMPORT_MAX + 1];
    assert!(matches!(import(&state, many), Err(Refusal::TooManyRecords { .. })));
}
