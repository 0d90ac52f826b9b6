//! The night itself in the browser: board, ward cards, hosts, incidents, and what the start page asks for.

use axum::http::StatusCode;

use crate::night::{EVENING, MORNING, hospital};
use crate::support::page;

#[tokio::test]
async fn while_a_station_restarts_the_board_and_the_ward_say_which_beds_are_dark_and_until_when() {
    let mut night = hospital().await;
    night.start().await;
    let ahead = EVENING.seconds_since(night.now()) + 60;
    night.house.clock.advance(ahead);
    let order = night.play("CMS-5", Some("restart_host")).await;
    assert!(order.is_some(), "the station restarts");
    let mut lisa = night.house.signed_in("lisa").await;
    let board = page(&mut lisa, "/board").await;
    assert!(board.contains("6 beds 5-01–5-06") && board.contains("Central monitoring, ward 5"), "{board}");
    assert!(board.contains("at the latest 22:") && board.contains("nothing stands in"), "{board}");
    assert!(board.contains("staff 2 of 2 confirmed"), "{board}");
    let card = page(&mut lisa, "/ward/WARD-5").await;
    assert!(card.contains("DARK NOW") && card.contains("5-01–5-06") && card.contains("5511"), "{card}");
    assert!(card.contains("A. Lind, B. Ek") && card.contains("sit with telemetry patients"), "{card}");
    assert!(card.contains("CMS-5 goes dark now"), "what the ward was told stands on its card: {card}");
    let other = page(&mut lisa, "/ward/WARD-6").await;
    assert!(other.contains("Nothing is dark now.") && !other.contains("DARK NOW"), "{other}");
    assert!(page(&mut lisa, "/ward/WARD-7").await.contains("No patch night concerns this unit."));
}

#[tokio::test]
async fn a_patched_station_settles_and_is_not_called_proven_before_the_morning() {
    let mut night = hospital().await;
    night.settle().await;
    let mut lisa = night.house.signed_in("lisa").await;
    let board = page(&mut lisa, "/board").await;
    assert!(board.contains("0 of 3 proven, 1 settling until Mon 23 Nov 06:30, 2 not begun"), "{board}");
    assert!(board.contains("6 of 6 read") && board.contains("agent"), "{board}");
    let card = page(&mut lisa, "/ward/WARD-5").await;
    assert!(card.contains("Settling until Mon 23 Nov 06:30"), "{card}");
    assert!(card.contains("checked by the agent on CMS-5"), "who checked stands beside it: {card}");
    night.watch_until(MORNING + 600).await;
    let mut lisa = night.house.signed_in("lisa").await;
    let card = page(&mut lisa, "/ward/WARD-5").await;
    assert!(card.contains("Proven until") && card.contains("CMS-5 is proven."), "{card}");
}

#[tokio::test]
async fn a_restart_found_later_turns_the_station_red_asks_the_ward_and_is_an_incident() {
    let mut night = hospital().await;
    night.surface().await;
    let mut maja = night.house.signed_in("maja").await;
    let board = page(&mut maja, "/board").await;
    assert!(board.contains("1 restart pending") && board.contains("linux-image-6.1.0-2"), "{board}");
    assert!(board.contains("waits for Ward 5, telemetry"), "{board}");
    let start = page(&mut maja, "/").await;
    assert!(
        start.contains("1 further outage is asked for") && start.contains("2 incidents are open"),
        "{start}"
    );
    let card = page(&mut maja, "/ward/WARD-5").await;
    assert!(
        card.contains("CMS-5 must restart once more") && card.contains("6 beds of yours go dark"),
        "{card}"
    );
    let outage =
        night.house.app.domain.node.read(|state| state.night().outages().keys().next().unwrap().to_string());
    let path = format!("/ward/WARD-5/outages/{outage}");
    let mut lisa = night.house.signed_in("lisa").await;
    let csrf = lisa.get("/").await.csrf();
    let answer = lisa.post_bare(&path, &[("answer", "accept"), ("csrf", &csrf)]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "a reader answers for nobody");
    let answer = maja.post_from("/ward/WARD-5", &path, &[("answer", "accept")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    assert!(page(&mut maja, "/board").await.contains("agreed"));

    let incidents = page(&mut maja, "/incidents").await;
    assert!(incidents.contains("A restart surfaced after the work had ended"), "{incidents}");
    let id = night.house.app.domain.node.read(|state| {
        let surfaced = |incident: &&hospital::night::records::Incident| {
            matches!(
                incident.opened.kind,
                hospital::fact::night::Happened::InNight(
                    rollout::decision::IncidentKind::RestartSurfaced { .. }
                )
            )
        };
        state.night().incidents().values().find(surfaced).unwrap().opened.id.to_string()
    });
    let one = page(&mut maja, &format!("/incidents/{id}")).await;
    assert!(one.contains("reboot-required file: Restart pending"), "what happened around it: {one}");
    let mut erik = night.house.signed_in("erik").await;
    let close = format!("/incidents/{id}/close");
    let answer = erik.post_from(&close, &close, &[("evidence", "")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = erik.post_from(&close, &close, &[("evidence", "second stage agreed with ward 5")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let csv = erik.get("/incidents?format=csv").await.text();
    assert!(csv.contains("restart_surfaced") && csv.contains("second stage agreed with ward 5"), "{csv}");
}

#[tokio::test]
async fn a_hosts_page_shows_sources_that_disagree_and_everything_that_happened() {
    let mut night = hospital().await;
    night.surface().await;
    let mut lisa = night.house.signed_in("lisa").await;
    let host = page(&mut lisa, "/hosts/CMS-5").await;
    assert!(host.contains("Sources disagree"), "{host}");
    assert!(host.contains("restart the host") && host.contains("done, as the host says"), "{host}");
    assert!(host.contains("vakta 1.0-1 → 1.0-2") && host.contains("Restarted; this boot began"), "{host}");
    let list = page(&mut lisa, "/hosts?restart=pending").await;
    assert!(list.contains("CMS-5") && !list.contains("CMS-6"), "{list}");
    assert_eq!(lisa.get("/hosts?restart=red").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(lisa.get("/hosts/CMS-9").await.status, StatusCode::NOT_FOUND);
    let csv = lisa.get("/board?format=csv").await.text();
    assert_eq!(csv.lines().count(), 4, "{csv}");
    assert!(csv.contains("CMS-5,1,WARD-5,restart_pending,"), "{csv}");
}

#[tokio::test]
async fn a_silent_host_is_stale_and_nothing_about_it_is_called_fine() {
    let mut night = hospital().await;
    night.settle().await;
    night.house.clock.advance(7_200);
    night.drive().await;
    let mut lisa = night.house.signed_in("lisa").await;
    let board = page(&mut lisa, "/board").await;
    assert!(board.contains("Stale") && board.contains("evidence 2 h old"), "{board}");
    let card = page(&mut lisa, "/ward/WARD-5").await;
    assert!(card.contains("Stale") && !card.contains("Proven until"), "{card}");
}

#[tokio::test]
async fn the_same_night_is_told_to_programs() {
    let mut night = hospital().await;
    night.surface().await;
    let mut lisa = night.house.signed_in("lisa").await;
    let board = lisa.get("/api/v1/board").await.json();
    let counts = &board["nights"][0]["counts"];
    assert_eq!((counts["restart_pending"].as_u64(), counts["not_begun"].as_u64()), (Some(1), Some(2)));
    let ward = lisa.get("/api/v1/wards/WARD-5").await.json();
    assert_eq!(ward["outages_unanswered"].as_array().unwrap().len(), 1);
    let host = lisa.get("/api/v1/hosts/CMS-5").await.json();
    assert!(host["events"].as_array().unwrap().len() > 5);
    assert_eq!(lisa.get("/api/v1/incidents").await.json()["total"], 2, "the restart, and the ring it halts");
    assert_eq!(lisa.get("/api/v1/hosts?restart=pending").await.json()["total"], 1);
}

#[tokio::test]
async fn the_pages_of_the_night_are_whole_in_swedish_too() {
    let mut night = hospital().await;
    night.surface().await;
    let mut lisa = night.house.signed_in("lisa").await;
    lisa.cookies.insert("segue-language".to_owned(), "sv".to_owned());
    let card = page(&mut lisa, "/ward/WARD-5").await;
    assert!(card.contains("Är det tillbaka?") && card.contains("måste startas om en gång till"), "{card}");
    assert!(page(&mut lisa, "/board").await.contains("0 av 3 bevisade"));
}
