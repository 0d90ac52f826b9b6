//! What machines that watch us may see.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use server::{Routes, Settings};

use crate::support::{house, house_with};

#[tokio::test]
async fn alive_and_ready_are_two_things() {
    let house = house().await;
    let mut browser = house.browser();
    assert_eq!(browser.get("/healthz").await.status, StatusCode::OK);
    assert_eq!(browser.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    house.app.set_ready(true);
    assert_eq!(browser.get("/readyz").await.status, StatusCode::OK);
    house.app.closing.send_replace(true);
    assert_eq!(browser.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(browser.get("/healthz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn counters_are_for_this_machine_or_for_the_token() {
    let settings = Settings { metrics_token: Some("a-long-token".to_owned()), ..Settings::default() };
    let house = house_with(settings, Routes::new()).await;
    let mut browser = house.browser();
    assert_eq!(browser.get("/metrics").await.status, StatusCode::NOT_FOUND, "from elsewhere");
    for (token, wanted) in [("wrong", StatusCode::NOT_FOUND), ("a-long-token", StatusCode::OK)] {
        let request =
            browser.request(Method::GET, "/metrics").header("authorization", format!("Bearer {token}"));
        assert_eq!(browser.send(request.body(Body::empty()).unwrap()).await.status, wanted);
    }
    browser.address = [127, 0, 0, 1];
    assert_eq!(browser.get("/metrics").await.status, StatusCode::OK);
    let request = browser.request(Method::GET, "/metrics").header("x-forwarded-for", "10.1.1.1");
    let answer = browser.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "through a proxy is from elsewhere");
}

#[tokio::test]
async fn counters_name_routes_and_never_devices_or_people() {
    let house =
        house_with(Settings::default(), Routes::new().get("/rooms/{id}", || async { "a room" })).await;
    let mut browser = house.signed_in("anna").await;
    browser.get("/rooms/MON-0042?q=secret").await;
    browser.get("/nowhere/MON-0043").await;
    house.browser().sign_in("anna", "wrong password here").await;
    browser.address = [127, 0, 0, 1];
    let text = browser.get("/metrics").await.text();
    assert!(
        text.contains("segue_http_requests_total{method=\"GET\",route=\"/rooms/{id}\",status=\"200\"} 1"),
        "{text}"
    );
    assert!(text.contains("segue_http_request_seconds_bucket{route=\"/rooms/{id}\",le=\"+Inf\"} 1"));
    assert!(
        text.contains("segue_sign_ins_total{how=\"opened\"} 1")
            && text.contains("segue_sign_ins_total{how=\"wrong\"} 1")
    );
    assert!(text.contains("process_resident_memory_bytes"));
    for secret in ["MON-004", "secret", "anna"] {
        assert!(!text.contains(secret), "{secret}");
    }
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(value.parse::<f64>().is_ok() && name.is_ascii(), "{line}");
    }
}
