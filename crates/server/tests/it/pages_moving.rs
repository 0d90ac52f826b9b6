//! Windows and hosts of a plan are moved: by fields that everybody who may change it has on its page, seen before it is saved.

use axum::http::StatusCode;
use hospital::Command;
use model::ids::WindowId;
use model::plan::{Plan, Window};

use crate::night::{Night, hospital, plan};
use crate::support::page;

/// The night's plan over three nights: ring 1 in the first, ring 2 in the second, nobody in the third.
fn over_three_nights() -> Plan {
    let mut out = plan();
    let first = out.windows[0].clone();
    for (name, days) in [("second", 2), ("third", 4)] {
        let time = |time: model::Time| time.plus_seconds(days * 86_400);
        out.windows.push(Window {
            id: WindowId::new(name).unwrap(),
            not_before: time(first.not_before),
            latest_start: time(first.latest_start),
            not_after: time(first.not_after),
        });
    }
    out.rings[1].window = WindowId::new("second").unwrap();
    out
}

async fn drafted(night: &Night) -> String {
    let plan = over_three_nights();
    let href = format!("/plans/{}", plan.hash().short());
    night.must(Command::DraftPlan(Box::new(plan))).await;
    href
}

/// The address of a question with these lines of hosts.
fn moving(path: &str, lines: &str) -> String {
    let asked: String =
        form_urlencoded::Serializer::new(String::new()).append_pair("hosts-to", lines).finish();
    format!("{path}?{asked}")
}

#[tokio::test]
async fn a_host_goes_to_another_window_seen_beside_the_plan_as_it_is_and_saved_only_as_a_revision() {
    let night = hospital().await;
    let href = drafted(&night).await;
    let path = format!("{href}/change");
    let mut erik = night.house.signed_in("erik").await;
    let before = night.house.app.domain.node.version();
    let text = page(&mut erik, &moving(&path, "CMS-6 night")).await;
    assert!(text.contains("What changes") && text.contains("As it is"), "{text}");
    assert_eq!(night.house.app.domain.node.version(), before, "looking saves nothing");
    let answer = erik.post_from(&path, &path, &[("hosts-to", "CMS-6 night\r\n")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let json = erik.get(&format!("/api/v1{}", answer.header("location"))).await.json();
    let plan: Plan = serde_json::from_value(json["plan"].clone()).unwrap();
    let rings: Vec<_> = plan.items.iter().map(|item| (item.host.as_str(), item.ring, item.wave)).collect();
    assert_eq!(rings, [("CMS-5", 1, 1), ("CMS-6", 1, 1), ("MON-1", 2, 1)]);
    let wanted: Vec<_> = plan.rings.iter().map(|ring| ring.success_min).collect();
    assert_eq!(wanted, [2, 1], "where all had to be well, all have to be still");
    assert_eq!(plan.parent, Some(over_three_nights().hash()));
}

#[tokio::test]
async fn a_window_without_a_ring_gets_one_like_that_which_is_left_and_an_empty_ring_goes() {
    let night = hospital().await;
    let href = drafted(&night).await;
    let path = format!("{href}/change");
    let mut erik = night.house.signed_in("erik").await;
    let answer = erik.post_from(&path, &path, &[("hosts-to", "CMS-5 third\nMON-1 night\n")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let json = erik.get(&format!("/api/v1{}", answer.header("location"))).await.json();
    let plan: Plan = serde_json::from_value(json["plan"].clone()).unwrap();
    let windows: Vec<&str> = plan.rings.iter().map(|ring| ring.window.as_str()).collect();
    assert_eq!(windows, ["night", "second", "third"], "in the order in which they open");
    let rings: Vec<_> = plan.items.iter().map(|item| (item.host.as_str(), item.ring)).collect();
    assert_eq!(rings, [("CMS-5", 3), ("CMS-6", 2), ("MON-1", 1)]);
    let before = over_three_nights();
    assert_eq!(
        plan.rings[2],
        model::plan::Ring { window: plan.windows[2].id.clone(), ..before.rings[0].clone() }
    );
    // Everybody into the last window: one ring is left.
    let path = format!("{}/change", answer.header("location"));
    let answer = erik.post_from(&path, &path, &[("hosts-to", "CMS-6 third\nMON-1 third")]).await;
    let json = erik.get(&format!("/api/v1{}", answer.header("location"))).await.json();
    let plan: Plan = serde_json::from_value(json["plan"].clone()).unwrap();
    assert_eq!((plan.rings.len(), plan.rings[0].success_min), (1, 3));
    assert!(plan.items.iter().all(|item| item.ring == 1));
}

#[tokio::test]
async fn a_line_that_moves_nothing_says_what_would_be_right() {
    let night = hospital().await;
    let path = format!("{}/change", drafted(&night).await);
    let mut erik = night.house.signed_in("erik").await;
    for (lines, says) in [
        ("CMS-9 second", "“CMS-9 second” does not begin with a host of this plan"),
        ("CMS-6 tuesday", "one of night, second, third"),
        ("CMS-6", "“CMS-6” does not end with a window"),
    ] {
        let answer = erik.get(&moving(&path, lines)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{lines}");
        assert!(answer.text().contains("id=\"hosts-to-error\"") && answer.text().contains(says), "{lines}");
    }
    let text = page(&mut erik, &moving(&path, "CMS-6 second")).await;
    assert!(text.contains("Nothing differs from the plan as it is"), "it is there already: {text}");
    let many = "CMS-6 third\n".repeat(501);
    let answer = erik.post_from(&path, &path, &[("hosts-to", &many)]).await;
    assert!(answer.text().contains("At most 500 hosts"), "{}", answer.text());
}

#[tokio::test]
async fn whoever_may_change_a_plan_has_a_field_beside_each_window_and_a_picture_that_can_be_moved() {
    let night = hospital().await;
    let href = drafted(&night).await;
    let mut erik = night.house.signed_in("erik").await;
    let html = erik.get(&href).await.text();
    for wanted in [
        "type=\"datetime-local\" id=\"begins-1\" name=\"begins-1\" value=\"2026-11-22T22:00\"",
        "id=\"begins-3\"",
        "data-move-field=\"begins-3\"",
        "data-move-host=\"CMS-6\" data-move-own=\"second\"",
        "data-move-window=\"third\"",
        "data-move-form=\"move\"",
    ] {
        assert!(html.contains(wanted), "{wanted}: {html}");
    }
    let html = erik.get(&moving(&format!("{href}/change"), "CMS-6 third")).await.text();
    assert!(html.contains("data-move-host=\"CMS-6\" data-move-own=\"third\""), "goes on from what is edited");
    assert_eq!(html.matches("data-move-form=").count(), 1, "the plan as it is stays where it is");
    let mut lisa = night.house.signed_in("lisa").await;
    let html = lisa.get(&href).await.text();
    assert!(!html.contains("data-move-") && !html.contains("datetime-local"), "a reader only looks");
}
