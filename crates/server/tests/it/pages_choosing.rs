//! Choosing the hosts of a plan: each counts once, none is left out without a word, and too many are refused before anything is worked
//! out for them.

use axum::http::StatusCode;
use hospital::Command;
use model::Time;
use model::plan::ITEMS_PER_PLAN_MAX;

use crate::filled::{device, filled_hospital, origin};
use crate::night::hospital;
use crate::support::{house, serde_urlencoded, text_of};

fn choosing(hosts: &str) -> String {
    format!("/plans/new?{}", serde_urlencoded(&[("hosts", hosts)]))
}

#[tokio::test]
async fn a_host_that_is_named_twice_is_one_host() {
    let night = hospital().await;
    let mut erik = night.house.signed_in("erik").await;
    let text = text_of(&erik.get(&choosing("CMS-5 CMS-5 CMS-6\nCMS-6 MON-1")).await.text());
    assert!(text.contains("2 of 3 chosen hosts have reported"), "{text}");
}

#[tokio::test]
async fn more_hosts_than_a_plan_may_have_are_refused_at_the_line_that_names_them() {
    let house = house().await;
    let devices =
        (0..=ITEMS_PER_PLAN_MAX).map(|n| device(&format!("PUMP-{n}"), "Invented", "Pump")).collect();
    let command = Command::ImportInventory { devices, complete: false, origin: origin("list") };
    house.app.domain.node.command(command, "erik", Time(0)).await.unwrap();
    let mut erik = house.signed_in("erik").await;
    let answer = erik.get(&format!("{}&see=yes", choosing("model=Pump"))).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = text_of(&answer.text());
    assert!(text.contains("Line 1: a plan has at most 20 000 hosts"), "{text}");
}

#[tokio::test]
async fn devices_of_which_nobody_can_say_are_counted_unless_another_line_chose_them() {
    let house = filled_hospital().await;
    let node = &house.app.domain.node;
    let undecided = node.read(|state| {
        let filter = hospital::matrix::Filter {
            verdict: Some(exposure::Verdict::Undecided),
            ..hospital::matrix::Filter::default()
        };
        let page = hospital::matrix::pairs(state, &filter, hospital::matrix::PairOrder::Device, false, 0, 1);
        let pair = page.pairs.first().expect("the sample has an undecided pair");
        let device = state.register().get(pair.device).unwrap().asset_tag().to_owned();
        (state.matcher().vulnerability_name(pair.vulnerability).to_owned(), device)
    });
    let (cve, device) = undecided;
    let mut erik = house.signed_in("erik").await;
    let count = |text: &str| -> u64 {
        let (before, _) = text.split_once(" undecided for what was asked").unwrap_or(("0 devices are", ""));
        before.rsplit(' ').nth(2).unwrap().parse().unwrap()
    };
    let all = count(&text_of(&erik.get(&choosing(&format!("cve={cve}"))).await.text()));
    assert!(all > 0, "the sample has undecided devices of {cve}");
    let rest = count(&text_of(&erik.get(&choosing(&format!("{device}\ncve={cve}"))).await.text()));
    assert_eq!(rest, all - 1, "{device} is in the plan by its own line");
}
