//! The register as a list, one device with its evidence, and taking a device out.

use axum::http::StatusCode;
use serde_json::Value;

use crate::filled::filled_hospital;
use crate::support::{Browser, house};

async fn tags(browser: &mut Browser<'_>, query: &str) -> Vec<String> {
    let json = browser.get(&format!("/api/v1/devices?limit=1000&{query}")).await.json();
    let devices = json["devices"].as_array().unwrap_or_else(|| panic!("{query}: {json}"));
    devices.iter().map(|device| device["asset_tag"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_empty_register_says_what_the_page_is_for_and_the_next_step() {
    let house = house().await;
    let mut browser = house.signed_in("erik").await;
    let text = browser.get("/devices").await.text();
    assert!(text.contains("The register is empty") && text.contains("href=\"/imports\""));
    assert_eq!(browser.get("/devices/NOBODY").await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get("/api/v1/devices/NOBODY").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn each_filter_finds_the_devices_it_names_and_together_they_narrow() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    assert_eq!(tags(&mut browser, "").await.len(), 60);
    assert_eq!(tags(&mut browser, "unit=WARD-5").await.len(), 15);
    assert_eq!(tags(&mut browser, "unit=WARD-5&q=central").await, ["CMS-5-A", "CMS-5-B", "CMS-5-C"]);
    assert_eq!(tags(&mut browser, "site=south").await.len(), 9);
    assert_eq!(tags(&mut browser, "maker=Fjordlys+Medical+Oy").await.len(), 4);
    assert_eq!(tags(&mut browser, "q=snPUMP01001").await, ["PUMP-0002"], "serial numbers, in any case");
    assert_eq!(tags(&mut browser, "q=V%C3%85G").await, ["ODD/2 ä"], "letters beyond ASCII, in any case");
    assert_eq!(tags(&mut browser, "criticality=high").await, ["PACS-1", "PACS-2", "PACS-CACHE"]);
    assert_eq!(tags(&mut browser, "gap=under_investigation").await.len(), 4);
    assert_eq!(tags(&mut browser, "lacks=maker").await, ["ODD-1", "ODD-3"]);
    let open = tags(&mut browser, "open=some").await.len();
    assert_eq!(open + tags(&mut browser, "open=none").await.len(), 60);
    assert!(
        tags(&mut browser, "open=exploited&criticality=life_supporting").await.contains(&"CMS-ED".to_owned())
    );
    for (query, says) in [
        ("support=perhaps", "supported, unsupported"),
        ("gap=boredom", "version_missing"),
        ("open=yes", "exploited"),
        ("colour=red", "not known here"),
    ] {
        let answer = browser.get(&format!("/devices?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.text().contains(says), "{query}");
    }
}

#[tokio::test]
async fn pages_of_any_order_are_the_whole_list_once_and_among_equals_in_order_of_tag() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    for sort in [
        "asset_tag",
        "-asset_tag",
        "manufacturer",
        "-manufacturer",
        "model",
        "unit",
        "-unit",
        "open",
        "-open",
    ] {
        let whole = tags(&mut browser, &format!("sort={sort}")).await;
        let mut paged = Vec::new();
        for offset in (0..60).step_by(7) {
            let json =
                browser.get(&format!("/api/v1/devices?sort={sort}&limit=7&offset={offset}")).await.json();
            assert_eq!(json["total"], 60);
            let page = json["devices"].as_array().unwrap().clone();
            paged.extend(page.iter().map(|device| device["asset_tag"].as_str().unwrap().to_owned()));
        }
        assert_eq!(paged, whole, "{sort}");
        let mut sorted = whole.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), 60, "{sort}: each once");
    }
    let json = browser.get("/api/v1/devices?sort=-open&limit=1000").await.json();
    let open = |device: &Value| {
        device["vulnerabilities"]["affected"].as_u64().unwrap()
            + device["vulnerabilities"]["undecided"].as_u64().unwrap()
    };
    let devices = json["devices"].as_array().unwrap();
    for pair in devices.windows(2) {
        let key = |device: &Value| {
            (std::cmp::Reverse(open(device)), device["asset_tag"].as_str().unwrap().to_owned())
        };
        assert!(key(&pair[0]) < key(&pair[1]));
    }
    assert_eq!(
        tags(&mut browser, "offset=1000").await,
        Vec::<String>::new(),
        "beyond the end there is nothing"
    );
}

#[tokio::test]
async fn a_device_called_like_a_piece_of_a_page_is_shown_and_not_run() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let list = browser.get("/devices?q=odd").await.text();
    assert!(!list.contains("<b>V") && list.contains("href=\"/devices/ODD%2F2%20%C3%A4\""), "{list}");
    let answer = browser.get("/devices/ODD%2F2%20%C3%A4").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text().contains("ODD/2 ä") && !answer.text().contains("<b>V"));
    assert!(answer.text().contains("not recorded"), "what is not recorded is said");
}

#[tokio::test]
async fn a_devices_page_asks_for_support_first_then_says_what_goes_dark_without_it() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let text = browser.get("/devices/CMS-ED").await.text();
    let gate = text.find("First gate").unwrap();
    assert!(gate < text.find("What it carries for care").unwrap());
    assert!(text.contains("The register says that the maker supports it."));
    assert!(text.contains("goes dark: there is no spare") && text.contains("1 of 1 needed"));
    assert!(text.contains("href=\"/hospital#unit-ED\">Emergency department"));
    let text = browser.get("/devices/CMS-5-A").await.text();
    assert!(text.contains("2 of 3 needed") && text.contains("stays up while the other carriers work"));
    assert!(text.contains("lies in it") || text.contains("CVE-2099-50002"));
    let text = browser.get("/devices/PACS-1").await.text();
    assert!(text.contains("Image archive, read-only copy stands in"));
    assert!(browser.get("/devices/MON-0002").await.text().contains("Support ended 2025-06-30"));
    assert!(
        browser.get("/devices/MON-0004").await.text().contains("does not say whether the maker supports it")
    );
}

#[tokio::test]
async fn a_name_that_waits_for_an_answer_says_why_and_where_to_answer() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("erik").await;
    let text = browser.get("/devices/MOX-0001").await.text();
    assert!(text.contains("may be") && text.contains("Brattvik Monitoring AS Skans 40"), "{text}");
    assert!(
        text.contains("makers&#39; names are alike") || text.contains("makers' names are alike"),
        "{text}"
    );
    assert!(text.contains("href=\"/aliases?q=Skans+40\""));
    assert!(browser.get("/devices/LAB-0001").await.text().contains("not the same as safe"));
}

#[tokio::test]
async fn the_list_of_a_device_says_of_each_advisory_and_vulnerability_what_and_how_sure() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let json = browser.get("/api/v1/devices/PACS-1/exposures").await.json();
    assert_eq!(json["total"], 3);
    let rows = json["exposures"].as_array().unwrap();
    let said: Vec<(&str, &str)> = rows
        .iter()
        .map(|row| (row["vulnerability"].as_str().unwrap(), row["urgency"].as_str().unwrap()))
        .collect();
    assert_eq!(
        said,
        [
            ("CVE-2099-50004", "proof_of_concept"),
            ("CVE-2099-50003", "scored"),
            ("CVE-2099-50005", "unranked")
        ],
        "most urgent first, the unranked last and in sight"
    );
    assert_eq!(rows[1]["cvss_base"], "8.1");
    assert_eq!(rows[1]["epss_millionths"], 41_000);
    assert_eq!(rows[1]["verdict"], "affected");
    let json = browser.get("/api/v1/devices/MON-0003/exposures?gap=version_missing").await.json();
    assert_eq!(json["exposures"][0]["verdict"], "undecided");
    let text = browser.get("/devices/MON-0003").await.text();
    assert!(text.contains("The register has no software version. Record it to decide."));
    let narrowed = browser.get("/devices/PACS-1?q=50004&sort=-verdict").await.text();
    assert!(
        narrowed.contains("/devices/PACS-1?") && !narrowed.contains("<code>CVE-2099-50003"),
        "{narrowed}"
    );
    assert_eq!(browser.get("/devices/PACS-1?gap=boredom").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_evidence_shows_the_advisorys_words_the_reading_the_names_the_remedy_and_the_document() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let page = browser.get("/devices/MON-0001").await.text();
    let href =
        page.split("href=\"").find(|rest| rest.starts_with("/devices/MON-0001/why/FILL-2026-001/")).unwrap();
    let href = href.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    for address in [href.as_str(), "/devices/MON-0001/why/FILL-2026-001/CVE-2099-50001"] {
        let answer = browser.get(address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}");
        let text = answer.text();
        for says in [
            "version 4.1.0",
            "4.2.1",
            "known affected",
            "4.1.0 lies in it",
            "the product names are the same",
            "Update to version 4.2.1 or later.",
            "Versions named as fixed: 4.2.1",
            "Keep it in a segment of its own.",
            "in the publisher",
            "Filled Sample CERT, released 2026-10-02T08:00:00Z, revision 1",
            "SHA-256 of the document",
            "In the KEV catalogue since 2026-10-20",
            "91.20 %",
            "CVSS 3.1: 9.8",
            "erik",
            "id=\"why\"",
        ] {
            assert!(text.contains(says), "\"{says}\" is missing from\n{text}");
        }
    }
    for address in [
        "/devices/MON-0001/why/FILL-2026-001/CVE-2099-50002",
        "/devices/MON-0001/why/NOTHING/CVE-2099-50001",
        "/devices/MON-0001/why/FILL-2026-001/CVE-2099-50001?publisher=https%3A%2F%2Felsewhere.example",
        "/devices/NOBODY/why/FILL-2026-001/CVE-2099-50001",
    ] {
        assert_eq!(browser.get(address).await.status, StatusCode::NOT_FOUND, "{address}");
    }
}

#[tokio::test]
async fn lists_are_taken_along_whole_whatever_page_was_shown() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let csv = browser.get("/devices?format=csv&offset=50&limit=5&sort=-open").await.text();
    assert_eq!(csv.lines().count(), 61);
    assert!(csv.contains("asset_tag,manufacturer,model,software_version"));
    let csv = browser.get("/devices?format=csv&unit=ED").await.text();
    assert!(
        csv.lines()
            .nth(1)
            .unwrap()
            .starts_with("CMS-ED,Brattvik Monitoring AS,Skans Central,2.1,north,ED,supported,")
    );
    let csv = browser.get("/devices/PACS-1?format=csv").await.text();
    assert_eq!(csv.lines().count(), 4);
    assert!(
        csv.contains("PACS-1,CVE-2099-50003,affected,,1.00,scored,not_listed,,0.041000,8.1,FILL-2026-003"),
        "{csv}"
    );
    for path in ["/devices?format=xlsx", "/devices/PACS-1?format=xlsx", "/hospital?format=xlsx"] {
        let answer = browser.get(path).await;
        assert_eq!((answer.status, &answer.body[..2]), (StatusCode::OK, &b"PK"[..]), "{path}");
    }
}

#[tokio::test]
async fn a_device_is_retired_with_a_reason_and_then_counts_nowhere() {
    let house = filled_hospital().await;
    let mut engineer = house.signed_in("erik").await;
    let ask = engineer.get("/devices/CMS-ED/retire").await.text();
    assert!(ask.contains("Central monitoring, emergency") && ask.contains("Why does it leave?"), "{ask}");
    let empty =
        engineer.post_from("/devices/CMS-ED/retire", "/devices/CMS-ED/retire", &[("reason", "  ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.text().contains("A reason is needed."));
    assert_eq!(tags(&mut engineer, "").await.len(), 60, "nothing has changed");
    let done = engineer
        .post_from("/devices/CMS-ED/retire", "/devices/CMS-ED/retire", &[("reason", "scrapped")])
        .await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/devices/CMS-ED"));
    assert!(!tags(&mut engineer, "").await.contains(&"CMS-ED".to_owned()));
    let file = engineer.get("/devices/CMS-ED").await.text();
    assert!(
        file.contains("This device left the register") && !file.contains("/devices/CMS-ED/retire"),
        "{file}"
    );
    assert!(
        file.contains("No advisory says anything") || !file.contains("CVE-2099"),
        "it is no longer matched"
    );
    let again = engineer.get("/devices/CMS-ED/retire").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(engineer.get("/devices/NOBODY/retire").await.status, StatusCode::NOT_FOUND);
    let hospital = engineer.get("/hospital").await.text();
    assert!(hospital.contains("not in the register"), "its service says that the carrier is gone");
}

#[tokio::test]
async fn a_reader_may_look_but_not_retire() {
    let house = filled_hospital().await;
    let mut reader = house.signed_in("lisa").await;
    assert!(!reader.get("/devices/CMS-ED").await.text().contains("/retire"));
    assert_eq!(reader.get("/devices/CMS-ED/retire").await.status, StatusCode::FORBIDDEN);
    let answer = reader.post_from("/devices", "/devices/CMS-ED/retire", &[("reason", "mine")]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(tags(&mut reader, "").await.len(), 60);
}

#[tokio::test]
async fn one_device_is_read_by_programs_with_what_it_carries_and_what_it_is() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let json = browser.get("/api/v1/devices/CMS-5-A").await.json();
    assert_eq!(json["device"]["asset_tag"], "CMS-5-A");
    assert_eq!(json["support"], "supported");
    let services = json["services"].as_array().unwrap();
    assert_eq!(
        (services.len(), &services[0]["service"], &services[0]["dark_without"]),
        (2, &"cm-5".into(), &false.into())
    );
    let names = json["names"].as_array().unwrap();
    assert!(names.iter().any(|name| name["same"] == true && name["confidence"] == "1.00"), "{names:?}");
    assert!(json["device"].get("serial_number").is_none(), "what is not recorded is absent, not empty");
}

#[tokio::test]
async fn a_page_behind_the_last_row_says_so_and_paper_names_the_filter() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let text = browser.get("/devices?offset=100000").await.text();
    assert!(text.contains("The list ends before this page.") && !text.contains("No row meets"), "{text}");
    let text = browser.get("/devices?q=nothing-like-it").await.text();
    assert!(text.contains("No row meets this filter."), "{text}");
    let text = browser.get("/devices?lacks=version&q=MON").await.text();
    assert!(text.contains("Only: Device, model, serial: MON · Not known: the version"), "{text}");
}
