//! The start page: what a newcomer is told, what waits for a decision, and numbers that add up.

use axum::http::StatusCode;
use hospital::Command;
use model::alias::AliasAnswer;
use model::device::{Support, SupportStatus};

use crate::filled::{ACTOR, FILLED_AT, device, filled_hospital, origin};
use crate::support::house;

/// Where `needle` stands in `text`; fails when it does not.
fn at(text: &str, needle: &str) -> usize {
    text.find(needle).unwrap_or_else(|| panic!("\"{needle}\" is not on the page:\n{text}"))
}

#[tokio::test]
async fn a_newcomer_sees_three_steps_with_where_they_stand_and_never_a_reassuring_number() {
    let house = house().await;
    let mut browser = house.signed_in("erik").await;
    let text = browser.get("/").await.text();
    let [first, second, third] =
        ["Bring security advisories in", "Bring your device list in", "Confirm names"]
            .map(|step| at(&text, step));
    assert!(first < second && second < third);
    assert!(text.contains("segue import advisories FOLDER") && text.contains("segue import inventory FILE"));
    assert!(text.contains("href=\"/imports\"") && !text.contains("href=\"/aliases\">Answer"));
    assert!(text.contains("never imported"), "sources that never spoke say so");
    assert!(
        text.contains("Unsupported or unknown"),
        "the share of unsupported devices is there even for no device"
    );
    assert!(!text.contains("Nothing waits for a decision"), "an empty journal is no all-clear");
}

#[tokio::test]
async fn once_lists_are_in_the_open_step_is_to_answer_questions() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("erik").await;
    let text = browser.get("/").await.text();
    assert!(text.contains("2 questions are open"), "{text}");
    assert!(text.contains("8 advisories are here.") && text.contains("60 devices are here."));
    let node = &house.app.domain.node;
    let subject = node.read(|state| state.matcher().proposals().remove(0).subject);
    let answer = Command::AnswerAlias { subject, answer: AliasAnswer::Same };
    node.command(answer, ACTOR, FILLED_AT).await.unwrap();
    let text = browser.get("/").await.text();
    assert!(!text.contains("Three steps"), "who has answered once needs no steps");
    assert!(text.contains("1 question about a name is open"));
}

#[tokio::test]
async fn decisions_stand_most_urgent_first_and_lead_to_the_lists_behind_them() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let text = browser.get("/").await.text();
    let order = [
        "known to be exploited</h3>",
        "questions about names are open</h3>",
        "pairs of device and vulnerability are undecided</h3>",
        "in the last 7 days</h3>",
        "unsupported, or nobody has said</h3>",
        "named by no advisory</h3>",
        "lack their maker or version in the register</h3>",
    ]
    .map(|says| at(&text, says));
    assert!(order.windows(2).all(|pair| pair[0] < pair[1]), "{order:?}");
    assert!(text.contains("CVE-2099-50001") && text.contains("used by ransomware"));
    assert!(text.contains("that is not the same as safe"));
    let mut followed = 0;
    for href in text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        if href.starts_with("/devices?") || href.starts_with("/matrix?") {
            let answer = browser.get(&href.replace("&#38;", "&").replace("&amp;", "&")).await;
            assert_eq!(answer.status, StatusCode::OK, "{href}");
            followed += 1;
        }
    }
    assert!(followed > 12, "{followed}");
}

#[tokio::test]
async fn every_number_of_the_overview_is_the_number_of_the_list_it_leads_to() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let overview = browser.get("/api/v1/overview").await.json();
    let number = |path: &str| overview.pointer(path).and_then(serde_json::Value::as_u64).unwrap();
    for (path, query) in [
        ("/devices", ""),
        ("/support/supported", "support=supported"),
        ("/support/unsupported", "support=unsupported"),
        ("/support/unknown", "support=unknown"),
        ("/devices_unmatched", "lacks=advisory"),
        ("/devices_without_maker", "lacks=maker"),
        ("/devices_without_version", "lacks=version"),
        ("/devices_open_to_exploited", "open=exploited"),
    ] {
        let list = browser.get(&format!("/api/v1/devices?{query}")).await.json();
        assert_eq!(list["total"].as_u64().unwrap(), number(path), "{path}");
        assert!(number(path) > 0, "{path} is empty in the filled hospital");
    }
    assert_eq!(
        number("/support/supported") + number("/support/unsupported") + number("/support/unknown"),
        number("/devices")
    );
    let gaps = overview["undecided_by_gap"].as_array().unwrap();
    let sum: u64 = gaps.iter().map(|gap| gap["pairs"].as_u64().unwrap()).sum();
    assert_eq!(sum + number("/undecided_without_gap"), number("/pairs/undecided"), "the gaps add up");
    for gap in gaps {
        let word = gap["gap"].as_str().unwrap();
        let list = browser.get(&format!("/api/v1/devices?gap={word}")).await.json();
        assert!(list["total"].as_u64().unwrap() > 0, "{word} leads to devices");
    }
    let matrix = house.app.domain.node.read(|state| {
        let mut counts = hospital::matrix::Counts::default();
        for device in state.register().iter() {
            state.matcher().pairs(device.ix()).iter().for_each(|(_, verdict)| counts.add(*verdict, 1));
        }
        counts
    });
    assert_eq!(
        (
            number("/pairs/affected"),
            number("/pairs/undecided"),
            number("/pairs/fixed"),
            number("/pairs/not_affected")
        ),
        (matrix.affected, matrix.undecided, matrix.fixed, matrix.not_affected),
        "the bar counts every pair once"
    );
}

#[tokio::test]
async fn a_source_grows_stale_while_nothing_happens_and_says_after_how_many_days() {
    let house = filled_hospital().await;
    let stale = |json: &serde_json::Value| -> Vec<String> {
        let sources = json["sources"].as_array().unwrap().iter().filter(|source| source["stale"] == true);
        sources.map(|source| source["source"].as_str().unwrap().to_owned()).collect()
    };
    let mut browser = house.signed_in("lisa").await;
    let overview = browser.get("/api/v1/overview").await.json();
    assert_eq!(stale(&overview), Vec::<String>::new());
    house.clock.advance(6 * 86_400);
    let mut browser = house.signed_in("lisa").await;
    let overview = browser.get("/api/v1/overview").await.json();
    assert_eq!(stale(&overview), ["epss"], "imported six days ago, but of scores that are eight days old");
    house.clock.advance(2 * 86_400);
    let mut browser = house.signed_in("lisa").await;
    let overview = browser.get("/api/v1/overview").await.json();
    assert_eq!(stale(&overview), ["advisories", "kev", "epss"]);
    assert_eq!(overview["advisories_new"], 0, "and no advisory is new any more");
    let text = browser.get("/").await.text();
    assert!(text.contains("3 sources are stale or were never imported") && text.contains("7 days"));
}

#[tokio::test]
async fn support_that_ends_overnight_is_counted_as_ended_the_next_morning() {
    let house = house().await;
    let node = &house.app.domain.node;
    let mut ending = device("A-1", "Brattvik Monitoring AS", "Skans 40");
    ending.support = Support { status: SupportStatus::Supported, end: model::Date::new(2026, 11, 22) };
    let command =
        Command::ImportInventory { devices: vec![ending], complete: false, origin: origin("one.csv") };
    node.command(command, ACTOR, FILLED_AT).await.unwrap();
    let mut browser = house.signed_in("lisa").await;
    assert_eq!(browser.get("/api/v1/overview").await.json()["support"]["supported"], 1);
    house.clock.advance(86_400);
    let mut browser = house.signed_in("lisa").await;
    assert_eq!(browser.get("/api/v1/overview").await.json()["support"]["unsupported"], 1);
}

#[tokio::test]
async fn without_kev_and_ssvc_the_page_says_that_exploitation_is_not_known() {
    let house = house().await;
    let node = &house.app.domain.node;
    let command = Command::ImportInventory {
        devices: crate::filled::devices(),
        complete: false,
        origin: origin("devices.csv"),
    };
    node.command(command, ACTOR, FILLED_AT).await.unwrap();
    let mut browser = house.signed_in("lisa").await;
    assert!(browser.get("/").await.text().contains("Whether any vulnerability is exploited is not known"));
}

#[tokio::test]
async fn the_overview_speaks_swedish() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    browser.post_from("/", "/preferences", &[("language", "sv"), ("next", "/")]).await;
    let text = browser.get("/").await.text();
    assert!(text.contains("Det som behöver dig") && text.contains("frågor om namn är öppna"), "{text}");
}
