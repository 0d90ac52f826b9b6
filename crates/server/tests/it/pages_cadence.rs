//! How often to patch: what the page says of a hospital, and what it refuses.

use axum::http::StatusCode;

use crate::night::hospital;
use crate::support::house;

#[tokio::test]
async fn where_no_service_is_described_nothing_is_compared() {
    let house = house().await;
    let mut browser = house.signed_in("erik").await;
    let answer = browser.get("/cadence").await;
    assert_eq!(answer.status, StatusCode::OK);
    let text = answer.text();
    assert!(text.contains("No service is described yet") && !text.contains("<table"), "{text}");
}

#[tokio::test]
async fn five_cadences_stand_side_by_side_with_what_is_assumed_of_them() {
    let night = hospital().await;
    let mut browser = night.house.signed_in("lisa").await;
    let text = browser.get("/cadence?in_use=quarterly&years=1").await.text();
    for cadence in ["Half-yearly", "Quarterly (in use)", "Every two months", "Monthly", "As they come"] {
        assert!(text.contains(&format!(">{cadence}</th>")), "{cadence} is not in {text}");
    }
    assert!(text.contains("Monthly instead of quarterly: more: "), "{text}");
    assert!(text.contains("fewer than 20 records or 2 nights have shown it"), "no night has been: {text}");
    assert!(text.contains("1 year, 400 replays"), "{text}");
    browser.cookies.insert("segue-language".to_owned(), "sv".to_owned());
    assert!(browser.get("/cadence").await.text().contains("Månadsvis i stället för halvårsvis"));
}

#[tokio::test]
async fn an_assumption_that_cannot_be_is_named_at_its_field_and_nothing_is_played() {
    let night = hospital().await;
    let mut browser = night.house.signed_in("lisa").await;
    for (query, says) in [
        ("years=0", "Right is 1 to 5."),
        ("restart_p50_minutes=20&restart_p90_minutes=19", "Right is 20 to 1440."),
        ("patches_a_year=many", "This is no whole number."),
        ("patches_a_year=99999999999", "This is no whole number."),
        ("in_use=never", "This is no cadence"),
    ] {
        let answer = browser.get(&format!("/cadence?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}");
        let text = answer.text();
        assert!(text.contains(says) && !text.contains("<table"), "{query}: {text}");
    }
}
