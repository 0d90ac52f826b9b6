//! The calendar of all changes, what stacks, and the feeds for other calendars.

use axum::http::StatusCode;
use hospital::Command;
use model::ids::PlanId;
use model::patch::PackageVersion;
use model::plan::Plan;

use crate::night::{Night, hospital, plan};
use crate::support::{Browser, page, text_of};

/// The same hosts so many days later, with another package.
async fn later(night: &Night, days: i64, package: &str) -> Plan {
    let mut next = plan();
    next.id = PlanId::new(&format!("after-{days}")).unwrap();
    next.title = format!("{package} after {days} days").into();
    for window in &mut next.windows {
        for time in [&mut window.not_before, &mut window.latest_start, &mut window.not_after] {
            *time = time.plus_seconds(days * 86_400);
        }
    }
    next.patches[0].packages = vec![PackageVersion { package: package.into(), version: "2".into() }];
    night.must(Command::DraftPlan(Box::new(next.clone()))).await;
    next
}

#[tokio::test]
async fn without_a_plan_the_calendar_says_what_it_is_for() {
    let night = hospital().await;
    let mut erik = night.house.signed_in("erik").await;
    let answer = erik.get("/calendar").await;
    assert!(answer.text().contains("class=\"empty\"") && answer.text().contains("href=\"/plans/new\""));
}

#[tokio::test]
async fn changes_that_stack_on_a_wards_central_view_are_warned_of_and_those_far_apart_are_not() {
    let mut night = hospital().await;
    night.draft().await;
    later(&night, 3, "postgresql-15").await;
    later(&night, 60, "linux-image-amd64").await;
    let mut lisa = night.house.signed_in("lisa").await;
    let text = page(&mut lisa, "/calendar").await;
    // From 04:00 on to 22:00 two days later: 2 days and 18 hours.
    assert!(text.contains("Central monitoring, ward 5: 2 changes, 2 days apart"), "{text}");
    assert!(
        text.contains("Monitoring, autumn, postgresql-15 after 3 days. Changed: database, other software."),
        "{text}"
    );
    assert!(!text.contains("3 changes"), "two months later is another matter: {text}");
    assert!(
        text.contains("Being agreed") && !text.contains("Undecided"),
        "marks are named as plans are: {text}"
    );
    let text = page(&mut lisa, "/calendar?days=0").await;
    assert!(text.contains("No two changes meet on one service within 0 days"), "{text}");
    let text = page(&mut lisa, "/calendar?days=90").await;
    assert!(text.contains("Central monitoring, ward 6: 3 changes, 2 days apart"), "{text}");
    for bad in ["days=91", "days=x", "when=soon", "state=luck", "luck=1"] {
        assert_eq!(lisa.get(&format!("/calendar?{bad}")).await.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    let json = lisa.get("/api/v1/calendar?days=7").await.json();
    assert_eq!(json["total"], 3);
    assert_eq!(json["stacks"][0]["service"], "cm-5");
    assert_eq!(json["stacks"][0]["apart_seconds"], 66 * 3_600);
    let csv = lisa.get("/calendar?format=csv").await.text();
    assert!(csv.contains("title,hash,state,from,to,hosts,services,layers,units"), "{csv}");
    lisa.cookies.insert("segue-language".to_owned(), "sv".to_owned());
    assert!(page(&mut lisa, "/calendar").await.contains("Ändringar som staplas"));
}

#[tokio::test]
async fn what_was_withdrawn_stands_in_the_calendar_and_stacks_with_nothing() {
    let mut night = hospital().await;
    night.draft().await;
    let next = later(&night, 3, "postgresql-15").await;
    let by = next.requester.clone();
    night.must(Command::WithdrawPlan { plan: next.hash(), reason: "not now".into(), by }).await;
    let mut lisa = night.house.signed_in("lisa").await;
    let text = page(&mut lisa, "/calendar").await;
    assert!(text.contains("Withdrawn") && text.contains("No two changes meet"), "{text}");
    let text = page(&mut lisa, "/calendar?state=withdrawn").await;
    assert!(text.contains("postgresql-15") && text.contains("1 row"), "{text}");
}

/// The secret path of the address that the page shows once.
fn secret(html: &str) -> String {
    let from = html.find("/feeds/").expect("an address");
    html[from..].split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_units_feed_is_read_without_signing_in_until_it_is_revoked() {
    let mut night = hospital().await;
    night.draft().await;
    let mut erik = night.house.signed_in("erik").await;
    let answer = erik.post_from("/calendar/feeds", "/calendar/feeds", &[("of", "unit:WARD-5")]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let path = secret(&answer.text());
    assert!(path.ends_with(".ics") && path.len() > 60, "{path}");
    let listed = erik.get("/calendar/feeds").await.text();
    assert!(!listed.contains(&path), "the secret is shown once");
    assert!(text_of(&listed).contains("unit Ward 5, telemetry erik"), "{}", text_of(&listed));

    let mut phone = night.house.browser();
    let feed = phone.get(&path).await;
    assert_eq!((feed.status, feed.header("content-type")), (StatusCode::OK, "text/calendar; charset=utf-8"));
    let text = feed.text().replace("\r\n ", "");
    assert!(text.contains("SUMMARY:Dark: 6 beds · Monitoring\\, autumn"), "{text}");
    assert!(text.contains("DTSTART:20261122T220500Z") && text.contains("DTEND:20261122T222000Z"), "{text}");
    assert!(
        text.contains("STATUS:TENTATIVE") && text.contains("UID:monitoring-autumn/WARD-5@segue"),
        "{text}"
    );
    assert!(text.contains("stand on declared minutes"), "on what it stands: {text}");

    let revoke = listed.split('"').find(|part| part.ends_with("/revoke")).unwrap().to_owned();
    assert!(page(&mut erik, &revoke).await.contains("get nothing from now on"));
    assert_eq!(erik.post_from(&revoke, &revoke, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(phone.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(phone.get("/feeds/0123").await.status, StatusCode::NOT_FOUND);
    let zeros = format!("/feeds/{}", "0".repeat(64));
    assert_eq!(phone.get(&zeros).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn owners_makers_and_people_have_feeds_of_their_own_and_nobody_else() {
    let mut night = hospital().await;
    night.draft().await;
    let mut lisa = night.house.signed_in("lisa").await;
    let file = async |browser: &mut Browser<'_>, of: &str| {
        let answer = browser.get(&format!("/calendar/feeds/file?of={of}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{of}: {}", answer.text());
        answer.text().replace("\r\n ", "")
    };
    let text = file(&mut lisa, "owner:clinical_engineering").await;
    assert!(text.contains("SUMMARY:Patching: 3 hosts · Monitoring"), "{text}");
    assert!(!file(&mut lisa, "owner:it").await.contains("BEGIN:VEVENT"), "IT has no task in it");
    let text = file(&mut lisa, "vendor:Nordpuls").await;
    assert!(
        text.contains("SUMMARY:Patching: 1 host ·") && text.contains("MON-1"),
        "its engineer's device: {text}"
    );
    assert!(file(&mut lisa, "person:erik").await.contains("Monitoring"), "he asks for it");
    assert!(
        !file(&mut lisa, "person:karin").await.contains("BEGIN:VEVENT"),
        "she has nothing to do with it yet"
    );
    for bad in ["unit:WARD-99", "person:nobody", "vendor:Nobody", "luck:1", ""] {
        let answer = lisa.get(&format!("/calendar/feeds/file?of={bad}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    let page = lisa.get("/calendar/feeds").await.text();
    assert!(!page.contains("method=\"post\" action=\"/calendar/feeds\""), "a reader makes no address");
    let answer = lisa.post_from("/calendar/feeds", "/calendar/feeds", &[("of", "owner:it")]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let mut erik = night.house.signed_in("erik").await;
    let answer = erik.post_from("/calendar/feeds", "/calendar/feeds", &[("of", "unit:WARD-99")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_feed_ends_with_the_account_that_opened_it() {
    let mut night = hospital().await;
    night.draft().await;
    let mut karin = night.house.signed_in("karin").await;
    let answer = karin.post_from("/calendar/feeds", "/calendar/feeds", &[("of", "unit:WARD-5")]).await;
    let path = secret(&answer.text());
    let mut phone = night.house.browser();
    assert_eq!(phone.get(&path).await.status, StatusCode::OK);
    night.must(Command::CloseAccount { account: model::ids::AccountId::new("karin").unwrap() }).await;
    assert_eq!(phone.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_change_record_has_a_row_for_each_host_and_as_json_everything() {
    let mut night = hospital().await;
    night.agree().await;
    let mut lisa = night.house.signed_in("lisa").await;
    let path = format!("/plans/{}/record", night.short());
    let csv = lisa.get(&format!("{path}?format=csv")).await.text();
    assert_eq!(csv.lines().count(), 4, "{csv}");
    assert!(
        csv.contains(",agreed,erik,") && csv.contains("anna; karin") && csv.contains("WARD-5; WARD-6"),
        "{csv}"
    );
    assert!(csv.contains("CMS-5,Vakta 1.0-2,CVE-2099-50001,1,1,"), "{csv}");
    let answer = lisa.get(&format!("{path}?format=json")).await;
    let json = answer.json();
    assert_eq!((&json["state"], &json["plan"]["id"]), (&"agreed".into(), &"monitoring-autumn".into()));
    assert_eq!(json["consent"]["approvals"].as_array().map(Vec::len), Some(2));
    assert_eq!(json["dark"][0]["unit"], "WARD-5");
    assert_eq!(lisa.get(&format!("{path}?format=xml")).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(lisa.get("/plans/000000000000/record").await.status, StatusCode::NOT_FOUND);
    let page = lisa.get(&format!("/plans/{}", night.short())).await.text();
    assert!(page.contains(&format!("{path}?format=csv")) && page.contains(&format!("{path}?format=json")));
}
