//! `segue alias`: a question is answered once, its pairs are decided, and it can be taken back.

use serde_json::Value;

use crate::support::Desk;

fn undecided(desk: &Desk) -> usize {
    desk.json(&["exposures", "--verdict", "undecided"]).fine().lines().len()
}

fn flags(question: &Value) -> Vec<String> {
    let keys = ["manufacturer", "vendor", "model", "product"];
    let given = keys.into_iter().filter_map(|key| Some((key, question[key].as_str()?)));
    given.flat_map(|(key, value)| [format!("--{key}"), value.to_owned()]).collect()
}

fn alias(desk: &Desk, verb: &str, question: &Value) -> crate::support::Ran {
    let flags = flags(question);
    let mut args = vec!["alias", verb];
    args.extend(flags.iter().map(String::as_str));
    desk.json(&args)
}

#[test]
fn an_answer_decides_pairs_and_taking_it_back_opens_exactly_them_again() {
    let desk = Desk::new().with_sample();
    let before = undecided(&desk);
    let questions = desk.json(&["alias", "proposed"]).fine().lines();
    let question = &questions[0];
    assert!(question["pairs"].as_u64().unwrap() > 0, "{question}");
    alias(&desk, "confirm", question).fine();
    assert!(undecided(&desk) < before);
    assert!(desk.json(&["alias", "proposed"]).fine().lines().len() < questions.len());
    let answers = desk.json(&["alias", "list"]).fine().lines();
    assert_eq!(answers.len(), 1);
    assert_eq!(
        (answers[0]["answer"].as_str(), answers[0]["by"].as_str()),
        (Some("same"), Some("cli:tester"))
    );
    assert!(alias(&desk, "confirm", question).refused().err.contains("in force already"));
    alias(&desk, "undo", question).fine();
    assert_eq!(undecided(&desk), before);
    assert!(desk.json(&["alias", "list"]).fine().lines().is_empty());
    assert!(alias(&desk, "undo", question).refused().err.contains("no such answer"));
    alias(&desk, "reject", question).fine();
    assert!(undecided(&desk) < before, "what was rejected is not asked any more");
}
