//! Planning in the browser: what a plan means before it is saved, what a change changes, and on what its times stand.

use axum::http::StatusCode;
use hospital::Command;
use model::ids::PlanId;
use model::plan::Plan;

use crate::night::{Night, hospital, plan};
use crate::support::{page, serde_urlencoded, text_of};

/// Both stations, one first and the rest in waves.
const FORM: [(&str, &str); 14] = [
    ("title", "Vakta 1.0-2"),
    ("packages", "vakta=1.0-2"),
    ("hosts", "CMS-5 CMS-6"),
    ("policy", "draft"),
    ("restart", "host"),
    ("install", "5 10"),
    ("restart_minutes", "5 10"),
    ("back_out", "5 10"),
    ("from", "2026-11-22 22:00"),
    ("latest", "2026-11-23 01:00"),
    ("to", "2026-11-23 04:00"),
    ("soak", "30"),
    ("at_once", "2"),
    ("contingency", "Back to 1.0-1; call M. Berg 5512"),
];

fn asked(path: &str, fields: &[(&str, &str)]) -> String {
    format!("{path}?{}", serde_urlencoded(fields))
}

#[tokio::test]
async fn what_a_plan_means_is_seen_before_it_is_saved_and_it_is_saved_as_it_was_seen() {
    let night = hospital().await;
    let mut erik = night.house.signed_in("erik").await;
    let before = night.house.app.domain.node.version();
    let answer = erik.get(&asked("/plans/new", &FORM)).await;
    assert_eq!(answer.status, StatusCode::OK);
    let text = text_of(&answer.text());
    assert!(text.contains("What it means") && text.contains("The last host answers again"), "{text}");
    assert!(text.contains("1: First host") && text.contains("2: The rest"), "one host first: {text}");
    assert!(text.contains("No past night is known"), "on what it stands: {text}");
    assert!(text.contains("no census was given"), "{text}");
    assert!(text.contains("WARD-5 goes dark and the plan names no staff"), "the checker is heard: {text}");
    assert!(answer.text().contains("class=\"timeline-drawing\""));
    assert_eq!(night.house.app.domain.node.version(), before, "looking saves nothing");

    let answer = erik.post_from("/plans/new", "/plans/new", &FORM).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let href = answer.header("location").to_owned();
    let text = page(&mut erik, &href).await;
    assert!(text.contains("1: First host") && text.contains("2: The rest"), "{text}");
    assert!(text.contains("window night-1"), "{text}");
}

#[tokio::test]
async fn the_patches_that_chosen_hosts_report_are_offered_and_taken_with_a_link() {
    let night = hospital().await;
    let mut erik = night.house.signed_in("erik").await;
    let answer = erik.get(&asked("/plans/new", &[("hosts", "CMS-5 CMS-6 MON-1")])).await;
    assert_eq!(answer.status, StatusCode::OK, "a link may fill in a part");
    let text = text_of(&answer.text());
    assert!(text.contains("2 of 3 chosen hosts have reported. Of the others nobody knows"), "{text}");
    assert!(!text.contains("This is missing"), "{text}");
    let seen = erik.get(&asked("/plans/new", &[("hosts", "CMS-5"), ("see", "yes")])).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "whoever wants to see is told what is missing");
    assert!(text_of(&seen.text()).contains("This is missing"), "{}", seen.text());
    assert!(answer.text().contains("packages=vakta%3D1.0-2"), "{}", answer.text());
}

#[tokio::test]
async fn a_form_that_is_wrong_says_where_and_an_unknown_field_is_refused() {
    let night = hospital().await;
    let mut erik = night.house.signed_in("erik").await;
    let wrong: Vec<(&str, &str)> = FORM
        .into_iter()
        .map(|(name, value)| match name {
            "from" => (name, "tonight"),
            "hosts" => (name, "CMS-5 CMS-99"),
            _ => (name, value),
        })
        .collect();
    let answer = erik.get(&format!("{}&see=yes", asked("/plans/new", &wrong))).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let html = answer.text();
    assert!(html.contains("id=\"from-error\"") && html.contains("id=\"hosts-error\""), "{html}");
    assert!(html.contains("Line 1: there is no device CMS-5 CMS-99"), "{html}");
    assert!(html.contains("value=\"Vakta 1.0-2\""), "what was right is kept");
    let answer = erik.get("/plans/new?luck=1").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.text().contains("luck"), "{}", answer.text());
    let mut lisa = night.house.signed_in("lisa").await;
    assert_eq!(lisa.get(&asked("/plans/new", &FORM)).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_moved_window_keeps_its_length_and_the_plan_stands_beside_what_it_would_be() {
    let mut night = hospital().await;
    night.draft().await;
    let path = format!("/plans/{}/change", night.short());
    let mut erik = night.house.signed_in("erik").await;
    let text = page(&mut erik, &path).await;
    assert!(text.contains("Moving it moves the whole window") && !text.contains("What changes"), "{text}");
    let text = page(&mut erik, &asked(&path, &[("begins-1", "2026-11-22T22:00")])).await;
    assert!(text.contains("Nothing differs from the plan as it is"), "{text}");

    let moved = [("begins-1", "2026-11-23 22:00"), ("at-once-2", "1")];
    let text = page(&mut erik, &asked(&path, &moved)).await;
    assert!(
        text.contains("What changes") && text.contains("P50 24 h"),
        "a day and what else it costs: {text}"
    );
    assert!(text.contains("Ward 5, telemetry: minutes with a bed dark"), "{text}");
    assert!(text.contains("P50 the same, P90 the same"), "nobody is dark for longer: {text}");
    assert!(text.contains("replayed with the same luck"), "{text}");
    let answer = erik.post_from(&path, &path, &moved).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let href = answer.header("location").to_owned();
    let json = erik.get(&format!("/api/v1{href}")).await.json();
    let window = &json["plan"]["windows"][0];
    let length = window["not_after"].as_i64().unwrap() - window["not_before"].as_i64().unwrap();
    assert_eq!(length, 6 * 3_600_000_000);
    assert_eq!(window["not_before"].as_i64(), Some(crate::night::EVENING.plus_seconds(86_400).0));
    assert_eq!(json["plan"]["parent"], night.plan.to_string());
    assert_eq!(json["plan"]["rings"][1]["at_once_max"], 1);
    assert!(page(&mut erik, &format!("/plans/{}", night.short())).await.contains("newer revision"));
    let answer = erik.get(&path).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "only the newest revision is changed");
    assert!(answer.text().contains("can no longer be changed"));
}

#[tokio::test]
async fn a_change_that_is_wrong_says_at_which_field_and_saves_nothing() {
    let mut night = hospital().await;
    night.draft().await;
    let path = format!("/plans/{}/change", night.short());
    let mut erik = night.house.signed_in("erik").await;
    let before = night.house.app.domain.node.version();
    let wrong =
        [("begins-1", "2026-11-31 22:00"), ("length-1", "-5"), ("at-once-1", "0"), ("cover", "WARD-99 1 x")];
    let answer = erik.get(&asked(&path, &wrong)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let html = answer.text();
    for field in ["begins-1", "length-1", "at-once-1", "cover"] {
        assert!(html.contains(&format!("id=\"{field}-error\"")), "{field}: {html}");
    }
    assert!(html.contains("Line 1: write unit, number and task"), "{html}");
    let answer = erik.post_from(&path, &path, &wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = erik.post_from(&path, &path, &[]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "nothing changed is no revision");
    assert_eq!(erik.get(&format!("{path}?begins-9=x")).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(night.house.app.domain.node.version(), before);
    let mut lisa = night.house.signed_in("lisa").await;
    assert_eq!(lisa.get(&path).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn rings_drafted_anew_put_one_host_first_and_a_started_night_is_not_changed() {
    let mut night = hospital().await;
    night.draft().await;
    let path = format!("/plans/{}/change", night.short());
    let mut erik = night.house.signed_in("erik").await;
    let text = page(&mut erik, &asked(&path, &[("rings", "draft"), ("draft-soak", "45")])).await;
    assert!(text.contains("1: First host") && text.contains("soaks 45 min"), "{text}");
    assert_eq!(erik.get(&asked(&path, &[("rings", "luck")])).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut started = hospital().await;
    started.start().await;
    let mut erik = started.house.signed_in("erik").await;
    let answer = erik.get(&format!("/plans/{}/change", started.short())).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// The same work a week later, as a plan of its own.
async fn next_week(night: &Night) -> String {
    let week = 7 * 86_400;
    let mut next: Plan = plan();
    next.id = PlanId::new("monitoring-winter").unwrap();
    next.title = "Monitoring, winter".into();
    for window in &mut next.windows {
        for time in [&mut window.not_before, &mut window.latest_start, &mut window.not_after] {
            *time = time.plus_seconds(week);
        }
    }
    let short = next.hash().short();
    night.must(Command::DraftPlan(Box::new(next))).await;
    short
}

#[tokio::test]
async fn after_a_night_the_next_plan_stands_on_it_on_its_own_page_and_on_the_wards_card() {
    let mut night = hospital().await;
    night.settle().await;
    let next = next_week(&night).await;
    let mut erik = night.house.signed_in("erik").await;
    let text = page(&mut erik, &format!("/plans/{next}")).await;
    assert!(text.contains("These times stand on past nights: 2 of 3 hosts have history"), "{text}");
    assert!(text.contains("of this kind of patch on this very device"), "CMS-5 was patched before: {text}");
    assert!(text.contains("declared minutes"), "and the monitor was not: {text}");
    let card = page(&mut erik, "/ward/WARD-5").await;
    assert!(
        card.contains("Monitoring, winter") && card.contains("These times stand on past nights"),
        "{card}"
    );
    let csv = erik.get(&format!("/plans/{next}?format=csv")).await.text();
    assert!(csv.lines().next().unwrap().ends_with("stands_on,records"), "{csv}");
    assert!(csv.contains("CMS-5,") && csv.contains(",device,"), "{csv}");
}

#[tokio::test]
async fn what_the_checker_has_against_a_host_or_a_unit_stands_at_its_lane() {
    let night = hospital().await;
    let mut bad = plan();
    bad.cover.clear();
    bad.windows[0].latest_start = bad.windows[0].not_before;
    bad.windows[0].not_after = bad.windows[0].not_before.plus_seconds(900);
    let short = bad.hash().short();
    night.must(Command::DraftPlan(Box::new(bad))).await;
    let mut erik = night.house.signed_in("erik").await;
    let html = erik.get(&format!("/plans/{short}")).await.text();
    assert!(html.contains("lane-mark mark-broken"), "marked in the picture");
    let text = text_of(&html);
    assert!(
        text.contains("Ward 6 blocks WARD-6 goes dark and the plan names no staff"),
        "in the table: {text}"
    );
    assert!(text.contains("A mark before a name: the checker says something of it"), "{text}");
    assert!(text.contains("Dashed lines: a window opens"), "{text}");
}

#[tokio::test]
async fn a_night_that_was_started_and_has_not_begun_says_when_it_is_over_on_board_and_card() {
    let mut night = hospital().await;
    night.start().await;
    let mut maja = night.house.signed_in("maja").await;
    let board = page(&mut maja, "/board").await;
    assert!(board.contains("Not begun; over at") && board.contains("stand on declared minutes"), "{board}");
    let card = page(&mut maja, "/ward/WARD-5").await;
    assert!(card.contains("22:05 → 22:10, at the latest 22:20"), "started, and still to come: {card}");
    night.evening();
    night.play("CMS-5", None).await;
    let mut maja = night.house.signed_in("maja").await;
    let wards = page(&mut maja, "/ward").await;
    assert!(wards.contains("no census was given"), "wherever dark beds stand: {wards}");
    let board = page(&mut maja, "/board").await;
    assert!(!board.contains("Not begun; over at"), "what has begun is seen, not forecast: {board}");
    assert!(!page(&mut maja, "/ward/WARD-5").await.contains("at the latest 22:20"));
}
