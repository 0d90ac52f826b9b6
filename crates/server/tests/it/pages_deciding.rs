//! What only a person decides in a night, and for whom: looking into a host, rolling back, answering for the own care unit.

use axum::http::StatusCode;
use hospital::Command;
use model::host::Boot;
use model::ids::AccountId;
use model::order::Action;

use crate::night::{EVENING, hospital, unit};
use crate::support::page;

#[tokio::test]
async fn a_restart_that_nobody_ordered_is_forgiven_once_somebody_says_what_was_found() {
    let mut night = hospital().await;
    night.settle().await;
    let now = night.now();
    night.seen("CMS-5").boot = Boot { id: "boot-by-hand".into(), began_at: now };
    night.house.clock.advance(60);
    night.report("CMS-5").await;
    night.drive().await;
    let mut erik = night.house.signed_in("erik").await;
    let board = page(&mut erik, "/board").await;
    assert!(board.contains("without an order") && board.contains("Looked into… CMS-5"), "{board}");
    let mut lisa = night.house.signed_in("lisa").await;
    assert!(!page(&mut lisa, "/board").await.contains("Looked into…"), "a reader decides nothing");

    let path = format!("/plans/{}/hosts/CMS-5/look-into", night.short());
    let asked = page(&mut erik, &path).await;
    assert!(asked.contains("must settle anew") && asked.contains("Ward 5, telemetry"), "{asked}");
    let answer = erik.post_from(&path, &path, &[("reason", " ")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = erik.post_from(&path, &path, &[("reason", "the cleaner pulled the plug")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let board = page(&mut erik, "/board").await;
    assert!(board.contains("1 settling until") && !board.contains("without an order"), "{board}");
    let host = page(&mut erik, "/hosts/CMS-5").await;
    assert!(host.contains("the cleaner pulled the plug"), "{host}");
}

#[tokio::test]
async fn patches_are_taken_back_only_by_a_persons_decision_in_a_window_that_they_name() {
    let mut night = hospital().await;
    night.surface().await;
    let mut erik = night.house.signed_in("erik").await;
    assert!(page(&mut erik, "/board").await.contains("Roll back… CMS-5"));
    assert!(page(&mut erik, "/hosts/CMS-5").await.contains("Roll back…"));
    let path = format!("/plans/{}/hosts/CMS-5/roll-back", night.short());
    let asked = page(&mut erik, &path).await;
    assert!(asked.contains("out of service for up to 20 min"), "{asked}");
    let fields = [("reason", "alarms are late"), ("from", "now"), ("minutes", "40")];
    let answer = erik.post_from(&path, &path, &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("Write it as a local time") && answer.text().contains("alarms are late"));
    let fields = [("reason", "alarms are late"), ("from", "2026-11-22 22:20"), ("minutes", "40")];
    let answer = erik.post_from(&path, &path, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    drop(erik);
    let ahead = EVENING.seconds_since(night.now()) + 21 * 60;
    night.house.clock.advance(ahead);
    night.report_all().await;
    night.drive().await;
    let orders = night.orders("CMS-5");
    assert!(orders.iter().any(|order| matches!(order.action, Action::RollBack(_))), "{orders:?}");
    let mut erik = night.house.signed_in("erik").await;
    let answer = erik.post_from(&path, &path, &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "it is decided once");
}

#[tokio::test]
async fn an_account_that_is_bound_to_its_ward_answers_for_no_other() {
    let mut night = hospital().await;
    night.draft().await;
    let account = AccountId::new("maja").unwrap();
    night.must(Command::BindAccount { account, units: vec![unit("WARD-5")] }).await;
    let mut maja = night.house.signed_in("maja").await;
    let [five, six] = ["WARD-5", "WARD-6"].map(|ward| format!("/ward/{ward}/plans/{}", night.short()));
    let html = maja.get(&format!("/plans/{}", night.short())).await.text();
    assert!(html.contains(&format!("href=\"{five}\"")) && !html.contains(&format!("href=\"{six}\"")));
    let other = page(&mut maja, &six).await;
    assert!(other.contains("Your account answers for other units.") && !other.contains("Accept"), "{other}");
    let csrf = maja.get(&five).await.csrf();
    for (path, field) in [(six.clone(), ("answer", "accept")), (format!("{six}/cover"), ("people", "C. Alm"))]
    {
        let answer = maja.post_bare(&path, &[field, ("csrf", &csrf)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains("answers for other care units, not for WARD-6"), "{}", answer.text());
    }
    maja.cookies.insert("segue-language".to_owned(), "sv".to_owned());
    let answer = maja.post_bare(&six, &[("answer", "accept"), ("csrf", &csrf)]).await;
    assert!(answer.text().contains("svarar för andra avdelningar"), "{}", answer.text());
    let answer = maja.post_bare(&five, &[("answer", "accept"), ("csrf", &csrf)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
}

#[tokio::test]
async fn an_admin_opens_an_account_for_a_ward_and_binds_it_to_another() {
    let night = hospital().await;
    let mut anna = night.house.signed_in("anna").await;
    let open =
        |units: &'static str, role: &'static str| [("name", "ward.6"), ("role", role), ("units", units)];
    for (fields, says) in [
        (open("WARD-6", "engineer"), "Only an account that answers for care units"),
        (open("WARD-99", "ward"), "No care unit WARD-99 is described"),
    ] {
        let answer = anna.post_from("/settings", "/settings/accounts", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains(says), "{}", answer.text());
    }
    let answer = anna.post_from("/settings", "/settings/accounts", &open("WARD-6", "ward")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let path = "/settings/accounts/ward.6/units";
    assert!(anna.get(path).await.text().contains("value=\"WARD-6\""));
    let answer = anna.post_from(path, path, &[("units", "WARD-5, WARD-7")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let settings = page(&mut anna, "/settings").await;
    assert!(settings.contains("Ward 5, telemetry, Ward 7"), "{settings}");
    assert_eq!(anna.get("/settings/accounts/erik/units").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_wards_are_taken_along_as_csv_with_what_is_dark_now_and_what_is_asked() {
    let mut night = hospital().await;
    night.start().await;
    night.evening();
    night.play("CMS-5", Some("restart_host")).await;
    let mut lisa = night.house.signed_in("lisa").await;
    let csv = lisa.get("/ward?format=csv").await.text();
    let line = csv.lines().find(|line| line.contains("WARD-5")).unwrap();
    assert!(line.starts_with("WARD-5,\"Ward 5, telemetry\",6,2026-11-22T22:"), "{csv}");
    assert!(csv.lines().any(|line| line.starts_with("WARD-7,Ward 7,0,,")), "{csv}");
    let list = page(&mut lisa, "/ward").await;
    assert!(list.contains("6 beds · back"), "{list}");
}
