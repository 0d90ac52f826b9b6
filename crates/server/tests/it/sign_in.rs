//! Signing in and out, cookies, sessions, throttling, the first admin.

use axum::http::{StatusCode, header};
use server::Settings;
use server::front::{
    ACCOUNT_FREE_TRIES, FIRST_ADMIN, MemoryAccounts, SESSION_ABSOLUTE_MAX_SECONDS, SESSION_IDLE_MAX_SECONDS,
    ensure_first_admin,
};

use crate::support::{Answer, PASSWORD, house, house_with};

fn cookie<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let cookies = answer.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap());
    cookies.into_iter().find(|cookie| cookie.starts_with(&format!("{name}="))).unwrap_or("")
}

#[tokio::test]
async fn the_session_cookie_is_kept_from_scripts_and_other_sites() {
    let house = house().await;
    let answer = house.browser().sign_in("anna", PASSWORD).await;
    let session = cookie(&answer, "segue-session");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(session.contains(part), "{session}");
    }
    assert!(!session.contains("Secure") && !session.contains("Domain"));
}

#[tokio::test]
async fn over_tls_cookies_are_bound_to_this_host_and_browsers_stay_on_tls() {
    let house = house_with(Settings { tls: true, ..Settings::default() }, server::Routes::new()).await;
    let mut browser = house.browser();
    let answer = browser.sign_in("anna", PASSWORD).await;
    let session = cookie(&answer, "__Host-segue-session");
    for part in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(session.contains(part), "{session}");
    }
    assert!(answer.header("strict-transport-security").starts_with("max-age="));
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_session_is_new_at_each_sign_in_and_gone_after_signing_out() {
    let house = house().await;
    let mut browser = house.signed_in("anna").await;
    let first = browser.cookies["segue-session"].clone();
    let answer = browser.post_from("/", "/sign-out", &[]).await;
    assert_eq!(answer.header("location"), "/sign-in");
    assert!(!browser.cookies.contains_key("segue-session"));
    assert_eq!(house.accounts.sessions(), 0);
    browser.cookies.insert("segue-session".to_owned(), first.clone());
    assert_eq!(browser.get("/").await.status, StatusCode::SEE_OTHER, "a closed session stays closed");
    browser.cookies.remove("segue-session");
    browser.sign_in("anna", PASSWORD).await;
    assert_ne!(browser.cookies["segue-session"], first);
}

#[tokio::test]
async fn a_cookie_planted_before_signing_in_opens_nothing() {
    let house = house().await;
    let mut browser = house.browser();
    browser.cookies.insert("segue-session".to_owned(), "ab".repeat(32));
    browser.sign_in("anna", PASSWORD).await;
    assert_ne!(browser.cookies["segue-session"], "ab".repeat(32));
}

#[tokio::test]
async fn an_unused_session_ends_and_a_used_one_ends_with_the_shift() {
    let house = house().await;
    let mut browser = house.signed_in("anna").await;
    let mut passed = 0;
    while passed + SESSION_IDLE_MAX_SECONDS / 2 < SESSION_ABSOLUTE_MAX_SECONDS {
        house.clock.advance(SESSION_IDLE_MAX_SECONDS / 2);
        passed += SESSION_IDLE_MAX_SECONDS / 2;
        assert_eq!(browser.get("/").await.status, StatusCode::OK, "after {passed} s of use");
    }
    house.clock.advance(SESSION_ABSOLUTE_MAX_SECONDS - passed);
    assert_eq!(browser.get("/").await.status, StatusCode::SEE_OTHER);
    let mut idle = house.signed_in("erik").await;
    house.clock.advance(SESSION_IDLE_MAX_SECONDS);
    assert_eq!(idle.get("/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_look_the_same() {
    let house = house().await;
    let wrong = house.browser().sign_in("anna", "not her password").await;
    let unknown = house.browser().sign_in("nobody", "not her password").await;
    assert_eq!(
        (wrong.status, unknown.status),
        (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::UNPROCESSABLE_ENTITY)
    );
    assert!(
        wrong.text().contains("Name or password is wrong.")
            && unknown.text().contains("Name or password is wrong.")
    );
    assert!(!wrong.text().contains("not her password"), "a password is never written into a page");
}

#[tokio::test]
async fn guessing_is_slowed_down_and_the_owner_gets_in_after_the_wait() {
    let house = house().await;
    for _ in 0..=ACCOUNT_FREE_TRIES {
        let answer = house.browser().sign_in("anna", "a guess, and a bad one").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let answer = house.browser().sign_in("anna", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "even the right password waits");
    let wait: i64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait));
    house.clock.advance(wait);
    assert_eq!(house.browser().sign_in("anna", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_address_cannot_be_made_up_with_a_header() {
    let house = house().await;
    let mut refused = false;
    for n in 0..40 {
        let mut browser = house.browser();
        let csrf = browser.get("/sign-in").await.csrf();
        let request = browser.request(axum::http::Method::POST, "/sign-in");
        let request = request.header("x-forwarded-for", format!("10.9.8.{n}"));
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let body = format!("name=person{n}&password=x&csrf={csrf}");
        refused |=
            browser.send(request.body(body.into()).unwrap()).await.status == StatusCode::TOO_MANY_REQUESTS;
    }
    assert!(refused);
}

#[tokio::test]
async fn one_goes_on_where_one_was_stopped_but_never_to_another_site() {
    let house = house().await;
    let mut browser = house.browser();
    assert_eq!(
        browser.get("/devices?q=a&unit=5").await.header("location"),
        "/sign-in?next=%2Fdevices%3Fq%3Da%26unit%3D5"
    );
    for (next, wanted) in
        [("/devices?q=a", "/devices?q=a"), ("//evil.example", "/"), ("https://evil.example", "/")]
    {
        let mut browser = house.browser();
        let fields = [("name", "anna"), ("password", PASSWORD), ("next", next)];
        assert_eq!(browser.post_from("/sign-in", "/sign-in", &fields).await.header("location"), wanted);
    }
}

#[tokio::test]
async fn changing_the_password_ends_all_other_sessions() {
    let house = house().await;
    let mut here = house.signed_in("anna").await;
    let mut elsewhere = house.signed_in("anna").await;
    let new = "the night shift walks home";
    for (fields, says) in [
        ([("current", "wrong"), ("new", new), ("again", new)], "This is not your present password."),
        ([("current", PASSWORD), ("new", "short"), ("again", "short")], "fewer than 15 characters"),
        ([("current", PASSWORD), ("new", new), ("again", "other")], "The two new passwords differ."),
        ([("current", PASSWORD), ("new", PASSWORD), ("again", PASSWORD)], "The new password is the old one."),
    ] {
        let answer = here.post_from("/password", "/password", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains(says), "{says}");
    }
    let answer = here
        .post_from("/password", "/password", &[("current", PASSWORD), ("new", new), ("again", new)])
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(here.get("/").await.status, StatusCode::OK);
    assert_eq!(elsewhere.get("/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_first_admin_is_made_once() {
    let accounts = MemoryAccounts::default();
    let password = ensure_first_admin(&accounts, model::Time(0)).await.unwrap().expect("the first start");
    assert_eq!(password.len(), 24);
    assert!(ensure_first_admin(&accounts, model::Time(0)).await.unwrap().is_none());
    let name = model::ids::AccountId::new(FIRST_ADMIN).unwrap();
    let account = server::front::Accounts::find(&accounts, &name).await.unwrap().unwrap();
    assert!(account.must_change && server::front::verify(&password, Some(&account.password_hash)));
}
