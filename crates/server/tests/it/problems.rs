//! When something is wrong: the right status, a page in the reader's language, problem+json for programs.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use server::http::Problem;
use server::{Routes, Settings};

use crate::support::house_with;

fn faults() -> Routes {
    Routes::new()
        .get("/panic", || async {
            if true {
                panic!("secret-in-the-panic");
            }
            "never"
        })
        .get("/internal", || async { Problem::internal("secret-in-the-log") })
        .get("/conflict", || async { Problem::Conflict("B. Ek answered meanwhile.".to_owned()) })
        .post("/form", |body: String| async move { body })
}

#[tokio::test]
async fn what_goes_wrong_inside_is_numbered_and_not_told() {
    let house = house_with(Settings::default(), faults()).await;
    let mut browser = house.signed_in("anna").await;
    for path in ["/panic", "/internal"] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
        assert!(!answer.text().contains("secret"), "{path}");
        assert!(answer.text().contains(answer.header("x-request-id")), "{path}: the number is on the page");
    }
    assert_eq!(browser.get("/").await.status, StatusCode::OK, "a panic in one page leaves the others");
}

#[tokio::test]
async fn a_problem_is_a_page_for_people_and_json_for_programs() {
    let house = house_with(Settings::default(), faults()).await;
    let mut browser = house.signed_in("anna").await;
    let page = browser.get("/nowhere").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text().contains("This page does not exist"));
    let json = browser.get("/api/v1/nowhere").await;
    assert_eq!(json.status, StatusCode::NOT_FOUND);
    assert_eq!(json.header("content-type"), "application/problem+json");
    assert_eq!(json.json()["type"], "urn:segue:problem:not-found");
    assert_eq!(json.json()["request_id"], json.header("x-request-id"));
    assert!(browser.get("/conflict").await.text().contains("B. Ek answered meanwhile."));
}

#[tokio::test]
async fn a_method_that_is_not_possible_says_which_are() {
    let house = house_with(Settings::default(), Routes::new()).await;
    let mut browser = house.signed_in("anna").await;
    let csrf = browser.get("/").await.csrf();
    let request = browser.request(Method::DELETE, "/").header("x-csrf-token", csrf);
    let answer = browser.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(answer.header("allow").contains("GET"), "{:?}", answer.headers);
    let head = browser.request(Method::HEAD, "/").body(Body::empty()).unwrap();
    let answer = browser.send(head).await;
    assert_eq!((answer.status, answer.body.len()), (StatusCode::OK, 0));
}

#[tokio::test]
async fn an_address_with_a_broken_escape_says_so_in_the_readers_language() {
    let house = house_with(Settings::default(), Routes::new()).await;
    let mut browser = house.signed_in("anna").await;
    for path in ["/devices/M%E4T-1", "/advisories/%ff", "/hosts/%C3%28"] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        let text = answer.text();
        assert!(
            text.contains("escapes that are no UTF-8 text") && !text.contains("Bad Request"),
            "{path}: {text}"
        );
        let swedish = browser.request(Method::GET, path).header("accept-language", "sv");
        let text = browser.send(swedish.body(Body::empty()).unwrap()).await.text();
        assert!(text.contains("koder som inte är UTF-8-text"), "{path}: {text}");
        let json = browser.get(&format!("/api/v1{path}")).await;
        assert_eq!(
            (json.status, json.header("content-type")),
            (StatusCode::BAD_REQUEST, "application/problem+json")
        );
        assert!(json.json()["detail"].as_str().unwrap().contains("UTF-8"), "{path}");
    }
    assert_eq!(browser.get("/devices/M%C3%A4T-1").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_form_that_is_too_large_is_refused_before_it_is_read() {
    let house = house_with(Settings::default(), faults()).await;
    let mut browser = house.signed_in("anna").await;
    let csrf = browser.get("/").await.csrf();
    let large = "x".repeat(server::http::FORM_SIZE_MAX_BYTES + 1);
    let request = browser.request(Method::POST, "/form").header("x-csrf-token", &csrf);
    let answer = browser.send(request.body(Body::from(large.clone())).unwrap()).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let answer = browser.post_bare("/form", &[("csrf", &csrf), ("large", &large)]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text().contains("Too large"));
}
