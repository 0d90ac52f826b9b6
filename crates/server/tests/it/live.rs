//! Live events: only for those who are signed in, only topic and version, ended with the session or the server.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::{Method, StatusCode};
use futures_util::StreamExt;
use server::front::SESSION_IDLE_MAX_SECONDS;
use server::live::{HEARTBEAT_SECONDS, Topic};

use crate::support::{Browser, House, house};

async fn stream(house: &House, browser: &Browser<'_>) -> BodyDataStream {
    let request = browser.request(Method::GET, "/events").body(Body::empty()).unwrap();
    let response = house.raw(request, [10, 1, 2, 3]).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert!(
        !response.headers().contains_key("content-encoding"),
        "a stream is not held back to be compressed"
    );
    response.into_body().into_data_stream()
}

/// Reads events until one holds `wanted`; `None` when the stream ends before.
async fn until(stream: &mut BodyDataStream, wanted: &str) -> Option<String> {
    loop {
        let event = stream.next().await?.unwrap();
        let text = String::from_utf8_lossy(&event).into_owned();
        if text.contains(wanted) {
            return Some(text);
        }
    }
}

#[tokio::test]
async fn a_stranger_hears_nothing() {
    let house = house().await;
    assert_eq!(house.browser().get("/events").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_change_is_heard_as_topic_and_version() {
    let house = house().await;
    house.app.live.publish(Topic::Devices, 7);
    let browser = house.signed_in("lisa").await;
    let mut stream = stream(&house, &browser).await;
    let first = until(&mut stream, "devices").await.unwrap();
    assert!(
        first.contains("event: change") && first.contains("\"version\":7"),
        "a late listener learns where it is: {first}"
    );
    until(&mut stream, "event: beat").await.unwrap();
    house.app.live.publish(Topic::Aliases, 8);
    let heard = until(&mut stream, "aliases").await.unwrap();
    let data = heard.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
    assert_eq!(data, r#"{"topic":"aliases","version":8}"#);
    assert_eq!(house.app.metrics.streams_open(), 1);
    drop(stream);
    assert_eq!(house.app.metrics.streams_open(), 0);
}

#[tokio::test]
async fn a_listener_that_sleeps_through_many_changes_is_told_where_everything_is() {
    let house = house().await;
    let browser = house.signed_in("lisa").await;
    let mut stream = stream(&house, &browser).await;
    until(&mut stream, "event: beat").await.unwrap();
    for version in 1..=10_000 {
        house.app.live.publish(Topic::Exposures, version);
    }
    until(&mut stream, "\"version\":10000").await.unwrap();
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let house = house().await;
    let browser = house.signed_in("lisa").await;
    let mut stream = stream(&house, &browser).await;
    until(&mut stream, "event: beat").await.unwrap();
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(HEARTBEAT_SECONDS)).await;
    assert!(until(&mut stream, "event: beat").await.is_some(), "it says that it lives");
    house.clock.advance(SESSION_IDLE_MAX_SECONDS);
    assert!(until(&mut stream, "no such event").await.is_none());
}

#[tokio::test]
async fn a_stream_ends_with_the_server() {
    let house = house().await;
    let browser = house.signed_in("lisa").await;
    let mut stream = stream(&house, &browser).await;
    until(&mut stream, "event: beat").await.unwrap();
    house.app.closing.send_replace(true);
    assert!(until(&mut stream, "no such event").await.is_none());
}

#[tokio::test]
async fn a_page_says_what_it_was_made_from() {
    let house = house().await;
    house.app.live.publish(Topic::Devices, 41);
    let mut browser = house.signed_in("lisa").await;
    let html = browser.get("/styleguide").await.text();
    assert!(html.contains("name=\"segue-live\" content=\"hospital=0 devices=41 "));
    assert!(html.contains("data-live-topic=\"devices exposures\""));
}
