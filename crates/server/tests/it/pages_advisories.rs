//! Advisories as their readers ask them: what they say, whom they concern, what changed.

use axum::http::StatusCode;
use hospital::Command;

use crate::filled::{FILLED_AT, advisories, filled_hospital, newer_revisions, origin};
use crate::support::{Answer, Browser, House, house};

async fn get(browser: &mut Browser<'_>, path: &str) -> Answer {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    answer
}

async fn import(house: &House, advisories: Vec<model::Advisory>) {
    let command = Command::ImportAdvisories { read: 1, advisories, origin: origin("more") };
    house.app.domain.node.command(command, "erik", FILLED_AT).await.unwrap();
}

#[tokio::test]
async fn without_advisories_the_page_says_that_nothing_is_known() {
    let house = house().await;
    let text = get(&mut house.signed_in("lisa").await, "/advisories").await.text();
    assert!(text.contains("not the same as safe") && text.contains("href=\"/imports\""));
}

#[tokio::test]
async fn the_list_puts_the_worst_first_and_is_filtered_and_taken_along() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let json = get(&mut browser, "/api/v1/advisories").await.json();
    let list = json["advisories"].as_array().unwrap();
    assert_eq!(json["total"], 8);
    let worst: Vec<(u64, u64)> = list
        .iter()
        .map(|item| {
            (item["devices"]["affected"].as_u64().unwrap(), item["devices"]["undecided"].as_u64().unwrap())
        })
        .collect();
    assert!(worst.is_sorted_by(|a, b| a >= b), "{worst:?}");
    let of = |id: &str| list.iter().find(|item| item["tracking_id"] == id).unwrap().clone();
    assert_eq!(of("FILL-2026-001")["exploited"], "exploited");
    assert_eq!(of("FILL-2026-004")["exploited"], "not_listed");
    assert_eq!(of("FILL-2026-003")["revisions"], 2);
    for (query, total) in [
        ("q=cve-2099-50004", 1),
        ("q=pust", 1),
        ("vendor=tallmark", 2),
        ("year=2026", 8),
        ("year=2025", 0),
        ("status=final", 8),
        ("status=draft", 0),
        ("q=FILL-2026-00&vendor=oskarsro", 2),
    ] {
        assert_eq!(
            get(&mut browser, &format!("/api/v1/advisories?{query}")).await.json()["total"],
            total,
            "{query}"
        );
    }
    assert_eq!(browser.get("/advisories?here=perhaps").await.status, StatusCode::BAD_REQUEST);
    let text = get(&mut browser, "/advisories").await.text();
    assert!(text.contains("FILL-2026-001") && text.contains("▲ exploited"));
    let csv = get(&mut browser, "/advisories?sort=tracking_id&format=csv").await.text();
    assert!(csv.lines().nth(1).unwrap().starts_with("FILL-2026-001,"));
}

#[tokio::test]
async fn an_advisory_says_what_it_says_and_whom_it_concerns() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let text = get(&mut browser, "/advisories/FILL-2026-001").await.text();
    for says in [
        "Brattvik Skans 40: sign-in can be left out",
        "CVE-2099-50001",
        "CVSS 3.1: 9.8",
        "In the KEV catalogue since 2026-10-20",
        "KEV catalogue 2026.11.20",
        "EPSS of 2026-11-20",
        "No SSVC assessment.",
        "Update to version 4.2.1 or later.",
        "Keep it in a segment of its own.",
        "before 4.2.1",
        "&lt; 4.2.1",
        "known affected: 1",
        "MON-0001",
        "Filled Sample CERT",
    ] {
        assert!(text.contains(says) || text.contains(&says.replace("&lt;", "&#60;")), "{says}");
    }
    let silent = get(&mut browser, "/advisories/FILL-2026-008").await;
    assert!(silent.text().contains("No CVSS") || silent.text().contains("CVSS 3.1: 4.3"));
    assert_eq!(browser.get("/advisories/FILL-2026-999").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_lists_of_an_advisory_agree_with_the_verdicts() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    for n in 1..=8 {
        let id = format!("FILL-2026-{n:03}");
        let assets = get(&mut browser, &format!("/api/v1/advisories/{id}/assets?limit=1000")).await.json();
        let list = assets["assets"].as_array().unwrap();
        let expected: Vec<String> = house.app.domain.node.read(|state| {
            let (ix, _) = state.library().find_by_tracking_id(&id).next().unwrap();
            let speaks = |device: &hospital::register::DeviceView<'_>| {
                state.matcher().cells(device.ix()).iter().any(|cell| cell.advisory == ix)
            };
            state.register().iter().filter(speaks).map(|device| device.asset_tag().to_owned()).collect()
        });
        let mut listed: Vec<String> =
            list.iter().map(|asset| asset["device"].as_str().unwrap().to_owned()).collect();
        listed.sort();
        assert_eq!(listed, expected, "{id}");
        let order = ["affected", "undecided", "fixed", "not_affected"];
        let place =
            |asset: &serde_json::Value| order.iter().position(|word| asset["verdict"] == *word).unwrap();
        assert!(list.is_sorted_by_key(place), "worst first");
        let csv = get(&mut browser, &format!("/advisories/{id}/assets?format=csv")).await.text();
        assert_eq!(csv.lines().count(), list.len() + 1);
        get(&mut browser, &format!("/advisories/{id}/assets")).await;
        let products = get(&mut browser, &format!("/api/v1/advisories/{id}/products")).await.json();
        assert!(products["total"].as_u64().unwrap() >= 1);
        get(&mut browser, &format!("/advisories/{id}/products")).await;
    }
    let products = get(&mut browser, "/api/v1/advisories/FILL-2026-007/products").await.json();
    assert_eq!(products["products"][2]["version"], "< 2.4");
    assert_eq!(products["products"][2]["read_as"], "before 2.4");
    assert_eq!(products["products"][1]["statuses"][0]["status"], "fixed");
}

#[tokio::test]
async fn two_revisions_are_compared_with_signs_and_words_and_not_by_colour_alone() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let json = get(&mut browser, "/api/v1/advisories/FILL-2026-003/diff").await.json();
    assert_eq!((json["from"].as_str(), json["to"].as_str()), (Some("1"), Some("2")));
    let changes = json["changes"].as_array().unwrap();
    assert!(changes.iter().any(|change| change["about"] == "CVE-2099-50004"
        && change["part"] == "vulnerability"
        && change["before"].is_null()));
    let text = get(&mut browser, "/advisories/FILL-2026-003/diff?from=1&to=2").await.text();
    assert!(
        text.contains("<del>")
            && text.contains("<ins>")
            && text.contains("removed: ")
            && text.contains("added: ")
    );
    let text = get(&mut browser, "/advisories/FILL-2026-003/diff?from=2&to=2").await.text();
    assert!(text.contains("Nothing that Segue keeps"));
    let answer = browser.get("/advisories/FILL-2026-003/diff?from=9").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.text().contains("there are: 1, 2"));
    assert!(get(&mut browser, "/advisories/FILL-2026-001/diff").await.text().contains("only one revision"));
}

#[tokio::test]
async fn the_document_is_given_back_byte_for_byte() {
    let house = filled_hospital().await;
    let bytes = b"{ \"document\": \"as it came\" }\r\n";
    let hash = house.app.domain.node.journal().put_blob(bytes).await.unwrap();
    let mut one = advisories().remove(0);
    one.key.tracking_id = "FILL/2026 9\"".into();
    one.document_sha256 = hash.to_string().into();
    import(&house, vec![one]).await;
    let mut browser = house.signed_in("lisa").await;
    let answer = get(&mut browser, "/advisories/FILL%2F2026%209%22/document").await;
    assert_eq!(answer.body, bytes);
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"FILL_2026_9_-1.json\"");
    assert_eq!(answer.header("content-type"), "application/json");
    get(&mut browser, "/advisories/FILL%2F2026%209%22").await;
    assert_eq!(
        browser.get("/advisories/FILL%2F2026%209%22/document?version=7").await.status,
        StatusCode::NOT_FOUND
    );
    let mut gone = advisories().remove(0);
    gone.key.tracking_id = "FILL-2026-010".into();
    gone.document_sha256 = "0".repeat(64).into();
    import(&house, vec![gone]).await;
    let answer = browser.get("/advisories/FILL-2026-010/document").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "not kept here");
}

#[tokio::test]
async fn two_publishers_with_one_number_are_told_apart() {
    let house = filled_hospital().await;
    let mut other = newer_revisions().remove(0);
    other.key.namespace = "https://other.example".into();
    other.publisher = "Other CERT".into();
    import(&house, vec![other]).await;
    let mut browser = house.signed_in("lisa").await;
    for below in ["", "/products", "/assets", "/diff", "/document"] {
        let text = get(&mut browser, &format!("/advisories/FILL-2026-003{below}")).await.text();
        assert!(text.contains("Which publisher?") && text.contains("Other CERT"), "{below}");
    }
    let text =
        get(&mut browser, "/advisories/FILL-2026-003?publisher=https%3A%2F%2Fother.example").await.text();
    assert!(!text.contains("Which publisher?") && text.contains("https://other.example"));
    let refused = browser.get("/api/v1/advisories/FILL-2026-003").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.json()["detail"].as_str().unwrap().contains("publisher="));
    let one =
        get(&mut browser, "/api/v1/advisories/FILL-2026-003?publisher=https%3A%2F%2Fcert.example&version=1")
            .await
            .json();
    assert_eq!(one["advisory"]["version"], "1");
    assert_eq!(one["revisions"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn products_say_which_of_our_models_they_are_and_which_perhaps() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let json = get(&mut browser, "/api/v1/products?q=skans+40").await.json();
    let product = &json["products"][0];
    assert_eq!(product["advisories"].as_array().unwrap().len(), 2, "001 and 007 speak of it");
    assert_eq!(
        (product["ours"][0]["certain"].as_bool(), product["ours"][0]["devices"].as_u64()),
        (Some(true), Some(20))
    );
    let perhaps = get(&mut browser, "/api/v1/products?here=perhaps").await.json();
    assert!(
        perhaps["products"].as_array().unwrap().iter().any(|known| known["product"] == "Linje Viewer Pro"),
        "{perhaps}"
    );
    let text = get(&mut browser, "/products").await.text();
    assert!(text.contains("Skans 40: 20 devices") && text.contains("perhaps "));
    let csv = get(&mut browser, "/products?format=csv").await.text();
    assert!(csv.contains("FILL-2026-001 FILL-2026-007"));
}

#[tokio::test]
async fn a_hostile_advisory_is_shown_and_not_run() {
    let house = filled_hospital().await;
    let mut one = advisories().remove(0);
    one.key.tracking_id = "FILL-HOSTILE".into();
    one.title = "<script>alert(1)</script>".into();
    one.url = Some("javascript:alert(1)".into());
    one.products[0].name = Some("<img src=x onerror=alert(1)>".into());
    one.vulnerabilities[0].remedies[0].url = Some("javascript:alert(2)".into());
    one.vulnerabilities[0].remedies[0].details = "<b>bold</b>".into();
    import(&house, vec![one]).await;
    let mut browser = house.signed_in("lisa").await;
    for path in ["/advisories/FILL-HOSTILE", "/advisories/FILL-HOSTILE/products", "/advisories", "/products"]
    {
        let text = get(&mut browser, path).await.text();
        for bad in ["<script>alert", "<img src=x", "href=\"javascript:", "<b>bold"] {
            assert!(!text.contains(bad), "{path}: {bad}");
        }
    }
}

#[tokio::test]
async fn where_a_document_is_from_is_shown_and_never_as_fine_when_it_is_not_known() {
    use model::advisory::{KeyOrigin, NotVerified, Provenance, SignatureStanding};
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let text = get(&mut browser, "/advisories/FILL-2026-001").await.text();
    assert!(text.contains("? not known: imported before Segue looked"), "{text}");
    let verified = |origin| SignatureStanding::Verified { fingerprint: "A1B2".into(), origin };
    let not_verified = |why| SignatureStanding::NotVerified { key: Some("C3D4".into()), why };
    for (number, signature, says) in [
        (0, SignatureStanding::Absent, "? none was there"),
        (1, verified(KeyOrigin::Given), "● verified with key A1B2, given by the hospital"),
        (2, verified(KeyOrigin::Provider), "which came in the provider&#39;s own files"),
        (3, not_verified(NotVerified::KeyNotGiven), "? signature not verified: key C3D4 not given"),
        (4, not_verified(NotVerified::KeyRevoked), "key C3D4 was revoked"),
        (5, not_verified(NotVerified::KeyNotForSigning), "not meant for signing"),
        (6, not_verified(NotVerified::OutOfTime), "not valid at that time"),
        (7, not_verified(NotVerified::NotSupported), "is not read, or too weak"),
        (8, not_verified(NotVerified::Unreadable), "it cannot be read"),
    ] {
        let mut one = advisories().remove(0);
        let id = format!("FILL-2026-80{number}");
        one.key.tracking_id = id.clone().into();
        one.document_sha256 = format!("{number:064}").into();
        one.provenance = Some(Provenance { checksum_right: true, signature });
        import(&house, vec![one]).await;
        let text = get(&mut browser, &format!("/advisories/{id}")).await.text();
        assert!(text.contains("● right") && text.contains(says), "{says}: {text}");
        let json = get(&mut browser, &format!("/api/v1/advisories/{id}")).await.json();
        assert_eq!(json["advisory"]["provenance"]["checksum_right"], true, "{json}");
    }
}

#[tokio::test]
async fn a_signature_verified_later_is_shown_without_a_new_revision() {
    use model::advisory::{KeyOrigin, NotVerified, Provenance, SignatureStanding};
    let house = filled_hospital().await;
    let mut one = advisories().remove(0);
    one.key.tracking_id = "FILL-2026-900".into();
    one.document_sha256 = "9".repeat(64).into();
    let not_given =
        SignatureStanding::NotVerified { key: Some("A1B2".into()), why: NotVerified::KeyNotGiven };
    let verified = SignatureStanding::Verified { fingerprint: "A1B2".into(), origin: KeyOrigin::Given };
    let mut browser = house.signed_in("lisa").await;
    // The key comes later, and is not at hand the third time.
    for (signature, says) in [
        (not_given.clone(), "key A1B2 not given"),
        (verified, "verified with key A1B2, given"),
        (not_given, "verified with key A1B2, given"),
    ] {
        one.provenance = Some(Provenance { checksum_right: true, signature });
        import(&house, vec![one.clone()]).await;
        let text = get(&mut browser, "/advisories/FILL-2026-900").await.text();
        assert!(text.contains(says), "{says}: {text}");
    }
    let json = get(&mut browser, "/api/v1/advisories/FILL-2026-900").await.json();
    assert_eq!(json["revisions"].as_array().unwrap().len(), 1, "{json}");
    let verified = get(&mut browser, "/api/v1/audit/entries?kind=signature.verified/1").await.json();
    assert_eq!(verified["items"].as_array().unwrap().len(), 1, "{verified}");
}
