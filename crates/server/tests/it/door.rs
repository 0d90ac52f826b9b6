//! The door: what passes without a session, without the form token, with too small a role.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use server::Routes;
use server::front::{OWN_ACCOUNT_PATHS, PUBLIC_PATHS};

use crate::support::{PASSWORD, house, house_with};

/// A path template with something in its holes.
fn filled(template: &str) -> String {
    template
        .split('/')
        .map(|part| if part.starts_with('{') { "x" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

#[tokio::test]
async fn every_answer_forbids_what_is_not_ours() {
    let house = house().await;
    let mut browser = house.signed_in("anna").await;
    let mut paths: Vec<String> = server::routes(&house.app)
        .into_iter()
        .filter(|(method, path)| *method == Method::GET && path != "/events")
        .map(|(_, path)| filled(&path))
        .collect();
    paths.extend(
        ["/nowhere", "/static/nothing.css", "/healthz", "/metrics", "/api/v1/nowhere"].map(str::to_owned),
    );
    for path in paths {
        let answer = browser.get(&path).await;
        let csp = answer.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ] {
            assert!(csp.contains(part), "{path}: {csp}");
        }
        assert!(!csp.contains("unsafe"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(!answer.header("permissions-policy").is_empty(), "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("x-request-id").len(), 16, "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "no TLS here");
        if answer.header("content-type").starts_with("text/html") {
            let html = answer.text();
            assert!(
                !html.contains("<style") && !html.contains(" style=") && !html.contains("javascript:"),
                "{path}"
            );
            assert!(!html.contains(" onclick=") && !html.contains("<script>"), "{path}: nothing inline");
        }
    }
}

#[tokio::test]
async fn without_a_session_there_is_nothing_but_the_door() {
    let house = house().await;
    for (method, template) in server::routes(&house.app) {
        let path = filled(&template);
        if method != Method::GET || PUBLIC_PATHS.contains(&path.as_str()) {
            continue;
        }
        let answer = house.browser().get(&path).await;
        if path.starts_with("/feeds/") {
            // The secret in the address is the session; this one is none.
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        } else if path.starts_with("/api/") || path == "/events" {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        } else {
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
            assert!(answer.header("location").starts_with("/sign-in"), "{path}");
        }
    }
}

#[tokio::test]
async fn no_route_changes_anything_without_the_form_token_of_this_session() {
    let house = house().await;
    let mut other = house.signed_in("erik").await;
    let foreign = other.get("/").await.csrf();
    let mut tried = 0;
    for (method, template) in server::routes(&house.app) {
        if method == Method::GET {
            continue;
        }
        tried += 1;
        let path = filled(&template);
        for token in [None, Some(""), Some("00"), Some(foreign.as_str())] {
            let mut browser = house.signed_in("anna").await;
            let fields: Vec<(&str, &str)> = token.map(|token| ("csrf", token)).into_iter().collect();
            let mut request = browser.request(method.clone(), &path);
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            let body = crate::support::serde_urlencoded(&fields);
            let answer = browser.send(request.body(Body::from(body)).unwrap()).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path} with {token:?}");
            assert!(answer.text().contains("Nothing was changed"), "{path}");
        }
    }
    assert!(tried >= 4, "the list of routes names the posts");
}

#[tokio::test]
async fn a_form_sent_by_another_site_is_refused_even_with_the_token() {
    let house = house().await;
    for (name, value, passes) in [
        ("sec-fetch-site", "cross-site", false),
        ("sec-fetch-site", "same-site", false),
        ("sec-fetch-site", "none", false),
        ("sec-fetch-site", "same-origin", true),
        ("origin", "https://evil.example", false),
        ("origin", "http://segue.test", true),
        ("origin", "null", true), // our own no-referrer pages; the token decides
    ] {
        let mut browser = house.signed_in("anna").await;
        let csrf = browser.get("/").await.csrf();
        let request = browser.request(Method::POST, "/preferences").header(name, value);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = browser.send(request.body(Body::from(format!("theme=dark&csrf={csrf}"))).unwrap()).await;
        let wanted = if passes { StatusCode::SEE_OTHER } else { StatusCode::FORBIDDEN };
        assert_eq!(answer.status, wanted, "{name}: {value}");
    }
}

#[tokio::test]
async fn an_upload_carries_its_token_in_the_address_and_a_program_in_a_header() {
    let house =
        house_with(server::Settings::default(), Routes::new().upload("/up", 1_000, || async { "taken" }))
            .await;
    let mut browser = house.signed_in("erik").await;
    let csrf = browser.get("/").await.csrf();
    let body = "--b\r\ncontent-disposition: form-data; name=\"f\"\r\n\r\nx\r\n--b--\r\n";
    for (path, passes) in
        [("/up".to_owned(), false), ("/up?csrf=0".to_owned(), false), (format!("/up?csrf={csrf}"), true)]
    {
        let request = browser
            .request(Method::POST, &path)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
        let answer = browser.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(answer.status == StatusCode::OK, passes, "{path}");
    }
    let request = browser.request(Method::POST, "/up").header("x-csrf-token", &csrf);
    assert_eq!(browser.send(request.body(Body::from("{}")).unwrap()).await.status, StatusCode::OK);
    for kind in ["text/plain", "application/json"] {
        let request =
            browser.request(Method::POST, &format!("/up?csrf={csrf}")).header(header::CONTENT_TYPE, kind);
        let answer = browser.send(request.body(Body::from(format!("csrf={csrf}"))).unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{kind}");
    }
}

#[tokio::test]
async fn a_reader_changes_nothing_but_their_own_account() {
    let house =
        house_with(server::Settings::default(), Routes::new().post("/aliases/x", || async { "confirmed" }))
            .await;
    for (name, wanted) in
        [("lisa", StatusCode::FORBIDDEN), ("erik", StatusCode::OK), ("anna", StatusCode::OK)]
    {
        let mut browser = house.signed_in(name).await;
        let answer = browser.post_from("/", "/aliases/x", &[]).await;
        assert_eq!(answer.status, wanted, "{name}");
    }
    let mut reader = house.signed_in("lisa").await;
    for (method, template) in server::routes(&house.app) {
        let path = filled(&template);
        if method == Method::GET {
            continue;
        }
        let answer = reader.post_from("/", &path, &[]).await;
        let refused = answer.status == StatusCode::FORBIDDEN && answer.text().contains("Your role (reader)");
        assert_eq!(refused, !OWN_ACCOUNT_PATHS.contains(&path.as_str()), "{path}: {}", answer.status);
        if path == "/sign-out" {
            reader = house.signed_in("lisa").await;
        }
    }
}

#[tokio::test]
async fn a_one_time_password_opens_one_page_only() {
    let house = house().await;
    let mut browser = house.browser();
    assert_eq!(browser.sign_in("novo", PASSWORD).await.header("location"), "/password");
    assert_eq!(browser.get("/").await.header("location"), "/password");
    assert_eq!(browser.get("/api/v1/me").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(browser.get("/events").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let own = "another night, ward 6";
    let fields = [("current", PASSWORD), ("new", own), ("again", own)];
    let answer = browser.post_from("/password", "/password", &fields).await;
    assert_eq!(answer.header("location"), "/", "{}", answer.text());
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
    let mut again = house.browser();
    assert_eq!(
        again.sign_in("novo", PASSWORD).await.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "it was for one time"
    );
    assert_eq!(again.sign_in("novo", own).await.header("location"), "/");
}
