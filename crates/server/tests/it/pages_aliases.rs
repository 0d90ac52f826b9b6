//! Questions about names: asked with what a person needs to answer, answered in one step, taken back in another.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use exposure::Verdict;

use crate::filled::filled_hospital;
use crate::support::{Answer, Browser, House, house};

const MAKER: [(&str, &str); 5] = [
    ("of", "vendor"),
    ("manufacturer", "Bratvik Monitoring AS"),
    ("model", ""),
    ("vendor", "Brattvik Monitoring AS"),
    ("product", ""),
];

fn with(answer: &'static str) -> Vec<(&'static str, &'static str)> {
    MAKER.into_iter().chain([("answer", answer)]).collect()
}

/// Undecided pairs of the devices whose maker is misspelt.
fn undecided(house: &House) -> usize {
    house.app.domain.node.read(|state| {
        let register = state.register();
        let ix = (1..=4).map(|n| register.by_tag(&format!("MOX-{n:04}")).unwrap().ix());
        ix.flat_map(|ix| state.matcher().pairs(ix))
            .filter(|(_, verdict)| *verdict == Verdict::Undecided)
            .count()
    })
}

async fn json(browser: &mut Browser<'_>, method: Method, body: serde_json::Value) -> Answer {
    let token = browser.get("/api/v1/me").await.json()["form_token"].as_str().unwrap().to_owned();
    let request = browser.request(method, "/api/v1/aliases").header("x-csrf-token", token);
    let request = request.header(header::CONTENT_TYPE, "application/json");
    browser.send(request.body(Body::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn a_question_shows_both_names_what_differs_and_what_hangs_on_it() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("erik").await;
    let text = browser.get("/aliases").await.text();
    assert!(
        text.contains("Is “Bratvik Monitoring AS” (4 devices) the maker “Brattvik Monitoring AS” of"),
        "{text}"
    );
    assert!(text.contains("Brat<mark>t</mark>vik") && text.contains("MOX-0001"), "{text}");
    assert!(text.contains("FILL-2026-001") && text.contains("/devices/MOX-0001"), "{text}");
    assert!(text.contains("value=\"same\"") && text.contains("value=\"different\""));
    let text = house.signed_in("lisa").await.get("/aliases").await.text();
    assert!(text.contains("MOX-0001") && !text.contains("value=\"same\""), "a reader only looks");
}

#[tokio::test]
async fn an_answer_decides_its_pairs_says_how_many_and_can_be_taken_back() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("erik").await;
    let open = undecided(&house);
    assert!(open > 0);
    let answer = browser.post_from("/aliases", "/aliases/answer", &with("same")).await;
    let said = answer.header("location").to_owned();
    assert!(said.starts_with("/aliases/said/"), "{}", answer.text());
    assert_eq!(undecided(&house), 0);
    for no_answer in ["/aliases/said/0", "/aliases/said/1", "/aliases/said/999999"] {
        assert_eq!(
            browser.get(no_answer).await.status,
            StatusCode::NOT_FOUND,
            "{no_answer} says nothing is done"
        );
    }
    let text = browser.get(&said).await.text();
    assert!(text.contains("Recorded: “Bratvik Monitoring AS” is “Brattvik Monitoring AS”."), "{text}");
    assert!(text.contains(&format!("{open} pairs decided: ")) && text.contains(" affected"), "{text}");
    assert!(text.contains("action=\"/aliases/undo\""), "the way back is beside it");
    let text = browser.get("/aliases/answers").await.text();
    assert!(text.contains("1 answer in force") && text.contains("erik") && text.contains("Same"), "{text}");
    let answer = browser.post_from("/aliases", "/aliases/answer", &with("same")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("This answer is in force already."), "{}", answer.text());
    let answer = browser.post_from("/aliases", "/aliases/undo", &MAKER).await;
    assert_eq!(undecided(&house), open);
    let text = browser.get(answer.header("location")).await.text();
    assert!(text.contains(&format!("{open} pairs are undecided again.")), "{text}");
    assert!(browser.get("/aliases/answers").await.text().contains("Nobody has answered yet."));
}

#[tokio::test]
async fn different_means_that_the_advisories_do_not_concern_these_devices() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("erik").await;
    let open = undecided(&house);
    let answer = browser.post_from("/aliases", "/aliases/answer", &with("different")).await;
    let text = browser.get(answer.header("location")).await.text();
    assert!(text.contains(&format!("{open} pairs no longer concern these devices.")), "{text}");
    assert!(!browser.get("/aliases").await.text().contains("Bratvik Monitoring AS"), "it is not asked again");
}

#[tokio::test]
async fn questions_are_filtered_ordered_paged_and_taken_along() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let all = browser.get("/api/v1/aliases").await.json();
    let total = all["total"].as_u64().unwrap();
    assert!(total >= 2, "{all}");
    let pairs: Vec<u64> =
        all["questions"].as_array().unwrap().iter().map(|one| one["pairs"].as_u64().unwrap()).collect();
    assert!(pairs.is_sorted_by(|a, b| a >= b), "most pairs first: {pairs:?}");
    let makers = browser.get("/api/v1/aliases?of=vendor").await.json()["total"].as_u64().unwrap();
    let products = browser.get("/api/v1/aliases?of=product").await.json()["total"].as_u64().unwrap();
    assert_eq!(makers + products, total);
    let text = browser.get("/aliases?q=viewer").await.text();
    assert!(text.contains("Linje Viewer") && !text.contains("MOX-0001"), "{text}");
    assert!(browser.get("/aliases?q=zebra").await.text().contains("No question meets this filter."));
    let text = browser.get("/aliases?limit=1").await.text();
    assert!(text.contains("offset=1") && text.matches("class=\"sides\"").count() == 1, "{text}");
    let csv = browser.get("/aliases?format=csv").await.text();
    assert_eq!(csv.trim().lines().count() as u64, total + 1);
    for path in ["/aliases?format=xlsx", "/aliases/answers?format=csv", "/aliases/answers?format=xlsx"] {
        assert_eq!(browser.get(path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn a_program_answers_and_takes_back_as_a_person_does() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("erik").await;
    let open = undecided(&house) as u64;
    let question = serde_json::json!({"of": "vendor", "manufacturer": MAKER[1].1, "vendor": MAKER[3].1});
    let mut said = question.clone();
    said["answer"] = "same".into();
    let changed = json(&mut browser, Method::POST, said.clone()).await.json();
    let decided = ["affected", "fixed", "not_affected"].map(|kind| changed[kind].as_u64().unwrap());
    assert_eq!(decided.iter().sum::<u64>(), open, "{changed}");
    assert_eq!(json(&mut browser, Method::POST, said).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answers = browser.get("/api/v1/aliases").await.json()["answers"].clone();
    assert_eq!((answers[0]["answer"].as_str(), answers[0]["actor"].as_str()), (Some("same"), Some("erik")));
    let changed = json(&mut browser, Method::DELETE, question).await.json();
    assert_eq!(changed["undecided"].as_u64(), Some(open), "{changed}");
    let nonsense = serde_json::json!({"of": "colour", "manufacturer": "", "vendor": "", "answer": "same"});
    assert_eq!(json(&mut browser, Method::POST, nonsense).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn without_questions_the_page_says_what_it_is_for() {
    let house = house().await;
    let text = house.signed_in("erik").await.get("/aliases").await.text();
    assert!(text.contains("There is no open question.") && text.contains("href=\"/imports\""), "{text}");
    let answer = house.signed_in("erik").await.get("/aliases/said/99").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "nobody answered anything there");
}

#[tokio::test]
async fn an_answer_given_elsewhere_is_shown_as_done_though_its_effect_is_not_remembered() {
    let house = filled_hospital().await;
    let node = &house.app.domain.node;
    let subject = model::alias::AliasSubject::Vendor {
        manufacturer: "Bratvik Monitoring AS".into(),
        vendor: "Brattvik Monitoring AS".into(),
    };
    let command = hospital::Command::AnswerAlias { subject, answer: model::alias::AliasAnswer::Same };
    node.command(command, "cli:erik", crate::filled::FILLED_AT).await.unwrap();
    // Signing in is an entry too.
    let said = format!("/aliases/said/{}", node.version());
    let answer = house.signed_in("erik").await.get(&said).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert!(answer.text().contains("What it changed is in the matrix."), "{}", answer.text());
}
