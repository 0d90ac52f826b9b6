//! Settings: what is in force for everybody, accounts for admins, a one-time password shown once.

use axum::http::StatusCode;
use model::Time;
use model::ids::AccountId;
use model::people::Role;
use server::Settings;
use server::front::verify;

use crate::support::{House, house, house_with};

fn account(house: &House, name: &str) -> Option<hospital::people::Account> {
    let name = AccountId::new(name).unwrap();
    house.app.domain.node.read(|state| state.people().accounts.get(&name).cloned())
}

/// The one-time password that an answer shows.
fn password(text: &str) -> &str {
    let (_, rest) = text.split_once("id=\"one-time\" class=\"mono\" value=\"").expect("a one-time password");
    rest.split('"').next().unwrap()
}

#[tokio::test]
async fn an_admin_opens_an_account_and_the_password_is_shown_once() {
    let house = house().await;
    let mut browser = house.signed_in("anna").await;
    let fields = [("name", "nils"), ("role", "engineer")];
    let answer = browser.post_from("/settings", "/settings/accounts", &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let text = answer.text();
    let shown = password(&text);
    let known = account(&house, "nils").unwrap();
    assert!(verify(shown, Some(&known.password_hash)) && known.must_change && known.role == Role::Engineer);
    let text = browser.get("/settings").await.text();
    assert!(
        text.contains("nils") && text.contains("one-time, not yet replaced") && !text.contains(shown),
        "{text}"
    );
    let answer = browser.post_from("/settings", "/settings/accounts", &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("there is an account nils already"), "{}", answer.text());
    let listed = browser.get("/api/v1/accounts").await.json();
    assert_eq!((listed[0]["name"].as_str(), listed[0]["role"].as_str()), (Some("nils"), Some("engineer")));
    assert!(!listed.to_string().contains("argon2"));
}

#[tokio::test]
async fn a_name_that_cannot_be_typed_and_a_role_that_does_not_exist_are_said_beside_their_fields() {
    let house = house().await;
    let mut browser = house.signed_in("anna").await;
    let long = "n".repeat(300);
    for (name, role, says) in [
        ("", "reader", "The name is empty"),
        ("anna lind", "reader", "has no spaces"),
        (long.as_str(), "reader", "too long"),
        ("nils", "king", "Choose one of the roles."),
    ] {
        let fields = [("name", name), ("role", role)];
        let answer = browser.post_from("/settings", "/settings/accounts", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {role}");
        assert!(answer.text().contains(says) && answer.text().contains("aria-invalid"), "{says}");
    }
    assert!(account(&house, "nils").is_none());
}

#[tokio::test]
async fn a_reset_ends_the_sessions_and_a_closed_account_is_gone_but_never_the_last_admin() {
    let house = house().await;
    let mut browser = house.signed_in("anna").await;
    for (name, role) in [("berit", "admin"), ("nils", "reader")] {
        browser.post_from("/settings", "/settings/accounts", &[("name", name), ("role", role)]).await;
    }
    let node = &house.app.domain.node;
    let open = hospital::Command::OpenSession {
        token_sha256: "aa".into(),
        account: AccountId::new("nils").unwrap(),
        expires: Time(i64::MAX),
    };
    node.command(open, "nils", Time(0)).await.unwrap();
    let text = browser.get("/settings/accounts/nils/reset").await.text();
    assert!(text.contains("1 open session ends"), "{text}");
    let before = account(&house, "nils").unwrap().password_hash;
    let answer =
        browser.post_from("/settings/accounts/nils/reset", "/settings/accounts/nils/reset", &[]).await;
    let after = account(&house, "nils").unwrap().password_hash;
    assert!(before != after && verify(password(&answer.text()), Some(&after)));
    assert_eq!(node.read(|state| state.people().sessions.len()), 0);
    let text = browser.get("/settings/accounts/nils/close").await.text();
    assert!(text.contains("Close the account nils?") && text.contains("stays in the journal"), "{text}");
    let answer =
        browser.post_from("/settings/accounts/nils/close", "/settings/accounts/nils/close", &[]).await;
    assert!(answer.text().contains("The account nils is closed."), "{}", answer.text());
    assert!(account(&house, "nils").is_none());
    let answer = browser.post_from("/settings", "/settings/accounts/berit/close", &[]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("berit is the last administrator"), "{}", answer.text());
    assert!(account(&house, "berit").is_some());
    assert_eq!(browser.get("/settings/accounts/nobody/close").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn only_admins_see_and_manage_accounts_and_everybody_sees_what_is_in_force() {
    let settings = Settings {
        hospital: "Norrvik hospital".to_owned(),
        time_zone: "Europe/Stockholm".to_owned(),
        journal: server::JournalPlace::Folder("./segue-data".to_owned()),
        ..Settings::default()
    };
    let house = house_with(settings, server::Routes::new()).await;
    for name in ["erik", "lisa"] {
        let mut browser = house.signed_in(name).await;
        let text = browser.get("/settings").await.text();
        for says in [
            "Norrvik hospital",
            "Europe/Stockholm",
            "embedded, in ./segue-data",
            "Accounts are managed by admins.",
        ] {
            assert!(text.contains(says), "{says}: {text}");
        }
        assert!(!text.contains("Open an account"));
        assert_eq!(browser.get("/api/v1/accounts").await.status, StatusCode::FORBIDDEN);
        assert_eq!(browser.get("/settings/accounts/anna/close").await.status, StatusCode::FORBIDDEN);
        let fields = [("name", "mole"), ("role", "admin")];
        let answer = browser.post_from("/settings", "/settings/accounts", &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}");
    }
    assert!(account(&house, "mole").is_none());
}

#[tokio::test]
async fn the_snapshot_is_shown_with_how_far_it_is_behind() {
    let house = house().await;
    let mut browser = house.signed_in("anna").await;
    assert!(browser.get("/settings").await.text().contains("none yet; a start reads the whole journal"));
    browser.post_from("/settings", "/settings/accounts", &[("name", "nils"), ("role", "reader")]).await;
    house.app.domain.node.snapshot_if_older_than(1).await.unwrap();
    browser.post_from("/settings", "/settings/accounts", &[("name", "nora"), ("role", "reader")]).await;
    let text = browser.get("/settings").await.text();
    assert!(text.contains("at entry 1, 0 s old; entries since then: 1"), "{text}");
}
