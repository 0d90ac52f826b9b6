//! Any interleaving of appends, retries and reads gives what a plain list would give.

use crate::support::*;
use journal::{AppendError, Seq};
use proptest::prelude::*;

/// One step of one of several clerks, each with the sequence that it last saw.
#[derive(Clone, Debug)]
enum Step {
    Look { clerk: usize },
    Append { clerk: usize, count: u64 },
    AppendAgain { clerk: usize },
    Read { after: u64, count: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..4usize).prop_map(|clerk| Step::Look { clerk }),
        (0..4usize, 0..4u64).prop_map(|(clerk, count)| Step::Append { clerk, count }),
        (0..4usize).prop_map(|clerk| Step::AppendAgain { clerk }),
        (0..20u64, 0..20usize).prop_map(|(after, count)| Step::Read { after, count }),
    ]
}

async fn check(place: Place, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let (journal, main) = (place.open().await, site("main"));
    let mut model: Vec<String> = Vec::new();
    let mut seen = [0u64; 4];
    // Of each clerk: the batch last sent, what it expected, how many entries, and whether it was stored.
    let mut last: [Option<(u64, u64, u64, bool)>; 4] = [None; 4];
    for (n, step) in (0..).zip(steps) {
        match step {
            Step::Look { clerk } => seen[clerk] = journal.head(&main).await.unwrap().seq.0,
            Step::Append { clerk, count } => {
                let expected = seen[clerk];
                let outcome = journal.append(&main, batch(n), Seq(expected), notes(n * 10, count)).await;
                let stored = expected == model.len() as u64;
                if stored {
                    model.extend((n * 10..n * 10 + count).map(|k| format!("note {k}")));
                    seen[clerk] = model.len() as u64;
                    prop_assert_eq!(outcome.unwrap().seq.0, model.len() as u64);
                } else {
                    let is_conflict = matches!(outcome, Err(AppendError::Conflict { head }) if head.seq.0 == model.len() as u64);
                    prop_assert!(is_conflict);
                }
                last[clerk] = Some((n, expected, count, stored));
            }
            Step::AppendAgain { clerk } => {
                let Some((n, expected, count, stored)) = last[clerk] else { continue };
                let outcome = journal.append(&main, batch(n), Seq(expected), notes(n * 10, count)).await;
                if stored && count > 0 {
                    prop_assert_eq!(outcome.unwrap().seq.0, expected + count);
                } else if expected == model.len() as u64 {
                    prop_assert_eq!(outcome.unwrap().seq.0, expected + count);
                    model.extend((n * 10..n * 10 + count).map(|k| format!("note {k}")));
                    last[clerk] = Some((n, expected, count, true));
                } else {
                    let is_conflict = matches!(outcome, Err(AppendError::Conflict { .. }));
                    prop_assert!(is_conflict);
                }
            }
            Step::Read { after, count } => {
                let read = journal.read(&main, Seq(after), count).await.unwrap();
                let texts = read.into_iter().map(|entry| String::from_utf8(entry.payload).unwrap());
                let expected = model.iter().skip(after as usize).take(count).cloned();
                prop_assert_eq!(texts.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
            }
        }
    }
    assert_whole(&journal, &main).await;
    Ok(())
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn clerks_in_any_order_see_one_list_in_memory(steps in prop::collection::vec(step(), 0..60)) {
        runtime().block_on(check(memory().unwrap(), steps))?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]
    #[test]
    fn clerks_in_any_order_see_one_list_on_sqlite(steps in prop::collection::vec(step(), 0..60)) {
        runtime().block_on(check(sqlite().unwrap(), steps))?;
    }
}
