//! The API describes itself and is reached with the same session.

use axum::http::StatusCode;

use crate::support::house;

#[tokio::test]
async fn the_description_names_every_route_and_how_to_get_in() {
    let house = house().await;
    let mut browser = house.signed_in("erik").await;
    let answer = browser.get("/api/v1/openapi.json").await;
    assert_eq!(answer.header("content-type"), "application/json");
    let description = answer.json();
    assert!(description["openapi"].as_str().unwrap().starts_with("3."));
    assert_eq!(description["components"]["securitySchemes"]["session"]["in"], "cookie");
    for (method, path) in server::routes(&house.app) {
        if path.starts_with("/api/") && path != "/api/v1/openapi.json" {
            let operation = &description["paths"][&path][method.as_str().to_lowercase()];
            assert!(operation.is_object(), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_program_learns_who_it_is_and_gets_a_token_for_changes() {
    let house = house().await;
    let mut browser = house.signed_in("erik").await;
    let me = browser.get("/api/v1/me").await.json();
    assert_eq!((me["name"].as_str(), me["role"].as_str()), (Some("erik"), Some("engineer")));
    let token = me["form_token"].as_str().unwrap().to_owned();
    let request = browser.request(axum::http::Method::POST, "/sign-out").header("x-csrf-token", token);
    let answer = browser.send(request.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}
