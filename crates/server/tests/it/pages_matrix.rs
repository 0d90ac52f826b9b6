//! The matrix as its readers ask it: counts that add up, tails in sight, and a way from every count to its devices.

use axum::http::StatusCode;
use calamine::{Reader, Xlsx};
use hospital::Command;
use hospital::matrix::{Filter, GroupBy, Window, matrix};

use crate::filled::{FILLED_AT, device, filled_hospital, origin};
use crate::support::{Answer, Browser, House, house};

const ALL: Window = Window { row: 0, rows_max: usize::MAX, column: 0, columns_max: usize::MAX };

async fn get(browser: &mut Browser<'_>, path: &str) -> Answer {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    answer
}

/// Lines of a CSV file, without its heading.
fn lines(answer: &Answer) -> Vec<csv::StringRecord> {
    let body = answer.body.strip_prefix(b"\xEF\xBB\xBF").unwrap();
    csv::Reader::from_reader(body).records().map(Result::unwrap).collect()
}

fn number(record: &csv::StringRecord, column: usize) -> u64 {
    record[column].parse().unwrap()
}

fn whole(house: &House) -> hospital::matrix::Matrix {
    house.app.domain.node.read(|state| matrix(state, GroupBy::Model, &Filter::default(), ALL))
}

/// The addresses of a page's links that begin with `start`.
fn links(page: &str, start: &str) -> Vec<String> {
    let found = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    found.map(|href| href.replace("&#38;", "&")).filter(|href| href.starts_with(start)).collect()
}

#[tokio::test]
async fn an_empty_hospital_is_told_what_the_matrix_is_for_and_the_one_next_step() {
    let house = house().await;
    let mut browser = house.signed_in("lisa").await;
    let text = get(&mut browser, "/matrix").await.text();
    assert!(text.contains("The register is empty") && text.contains("href=\"/imports\""));
    for path in ["/matrix/pairs", "/matrix/unmatched", "/products"] {
        assert!(get(&mut browser, path).await.text().contains("No row meets this filter."), "{path}");
    }
    let devices = vec![device("T-1", "Maker", "Model")];
    let command = Command::ImportInventory { devices, complete: false, origin: origin("one") };
    house.app.domain.node.command(command, "erik", FILLED_AT).await.unwrap();
    let text = get(&mut browser, "/matrix").await.text();
    assert!(text.contains("There is no advisory yet") && text.contains("not the same as safe"));
}

#[tokio::test]
async fn the_matrix_shows_tiers_totals_and_the_tails_in_every_grouping() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let matrix = whole(&house);
    for by in GroupBy::ALL {
        let text = get(&mut browser, &format!("/matrix?by={}", by.word())).await.text();
        assert!(text.contains(&format!("{} pairs are undecided", matrix.totals.undecided)), "{}", by.word());
        assert!(text.contains(&format!("{} devices of which no advisory speaks", matrix.devices_unmatched)));
        assert!(text.contains("Exploited") && text.contains("Unranked") && text.contains("Proof of concept"));
        for verdict in ["affected", "undecided", "fixed", "not_affected"] {
            assert!(!links(&text, &format!("/matrix/pairs?verdict={verdict}")).is_empty(), "{verdict}");
        }
        assert!(!text.contains("<script>") && text.contains("id=\"matrix\""));
    }
    let text = get(&mut browser, "/matrix?by=device&offset=40").await.text();
    assert!(text.contains("/devices/ODD%2F2%20%C3%A4"), "a tag with a slash has a page of its own");
    assert!(
        get(&mut browser, "/matrix?by=unit").await.text().contains("not recorded"),
        "devices without a unit are a row"
    );
}

#[tokio::test]
async fn every_count_leads_to_exactly_as_many_devices() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let matrix = whole(&house);
    let page = get(&mut browser, "/matrix").await.text();
    let all = lines(&get(&mut browser, "/matrix/pairs?format=csv").await);
    assert_eq!(all.len() as u64, matrix.totals.all());
    let mut checked = 0;
    for (row, column, cell) in matrix.rows.iter().flat_map(|row| {
        row.cells
            .iter()
            .zip(&matrix.columns)
            .filter(|(cell, _)| cell.all() > 0)
            .map(move |(cell, column)| (row, column, cell))
    }) {
        let name = if row.name.is_empty() { "(none)" } else { &*row.name };
        let maker = if row.maker.is_empty() { "(none)" } else { &*row.maker };
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("cve", &*column.name), ("maker", maker), ("model", name)])
            .finish();
        let href = format!("/matrix/pairs?{query}");
        assert!(links(&page, &href).contains(&href), "{href}");
        let behind = lines(&get(&mut browser, &format!("{href}&format=csv")).await);
        assert_eq!(behind.len() as u64, cell.all(), "{href}");
        let affected = behind.iter().filter(|line| &line[7] == "affected").count() as u64;
        assert_eq!(affected, cell.affected);
        checked += 1;
    }
    assert!(checked >= 10);
}

#[tokio::test]
async fn files_of_the_matrix_add_up_in_every_grouping() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let totals = whole(&house).totals;
    for by in ["model", "maker", "unit", "device"] {
        let file = lines(&get(&mut browser, &format!("/matrix?by={by}&format=csv")).await);
        let sum = |column| file.iter().map(|line| number(line, column)).sum::<u64>();
        assert_eq!(
            (sum(5), sum(6), sum(7), sum(8)),
            (totals.affected, totals.undecided, totals.fixed, totals.not_affected)
        );
    }
    let answer = get(&mut browser, "/matrix/pairs?verdict=undecided&format=xlsx").await;
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(answer.body)).unwrap();
    assert_eq!(book.worksheet_range_at(0).unwrap().unwrap().height() as u64, totals.undecided + 1);
}

#[tokio::test]
async fn a_filter_keeps_its_promise_and_says_what_it_does_not_know() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let pairs = lines(&get(&mut browser, "/matrix/pairs?unit=ICU&verdict=affected&format=csv").await);
    assert!(!pairs.is_empty() && pairs.iter().all(|line| &line[4] == "ICU" && &line[7] == "affected"));
    let none = lines(&get(&mut browser, "/matrix/unmatched?unit=%28none%29&format=csv").await);
    assert!(
        !none.is_empty() && none.iter().all(|line| line[4].is_empty()),
        "devices without a unit can be asked for"
    );
    let unranked = lines(&get(&mut browser, "/matrix/pairs?tier=unranked&format=csv").await);
    assert!(
        !unranked.is_empty()
            && unranked.iter().all(|line| ["CVE-2099-50005", "CVE-2099-50007"].contains(&&line[6]))
    );
    for wrong in ["verdict=perhaps", "by=colour", "tier=high", "column=x", "colour=red"] {
        assert_eq!(browser.get(&format!("/matrix?{wrong}")).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let text = get(&mut browser, "/matrix?q=%3Cscript%3Ealert(1)%3C/script%3E").await.text();
    assert!(!text.contains("<script>alert"), "a filter is shown and not run");
}

#[tokio::test]
async fn columns_beyond_the_window_are_reached_by_links() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let text = get(&mut browser, "/matrix?column=4").await.text();
    assert!(text.contains("More urgent") && !text.contains("data-columns=\"later\""));
    let text = get(&mut browser, "/matrix?column=900").await.text();
    assert!(text.contains("More urgent"), "beyond the end leads back");
}

#[tokio::test]
async fn why_shows_the_rule_the_sources_with_their_dates_and_the_rows_of_the_advisory() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let text = get(&mut browser, "/matrix/why?cve=CVE-2099-50001").await.text();
    for says in [
        "Known to be exploited",
        "KEV catalogue 2026.11.20",
        "2026-10-20",
        "EPSS 91.20 %",
        "CVSS 3.1: 9.8",
        "id=\"why\"",
    ] {
        assert!(text.contains(says), "{says}: {text}");
    }
    let text = get(&mut browser, "/matrix/why?device=MON-0001&cve=CVE-2099-50001").await.text();
    for says in ["FILL-2026-001", "Affected", "before 4.2.1", "version 4.1.0", "confidence 1.00"] {
        assert!(text.contains(says), "{says}: {text}");
    }
    let text = get(&mut browser, "/matrix/why?device=MON-0003&cve=CVE-2099-50001").await.text();
    assert!(text.contains("The register has no software version. Record it to decide."), "the gap is named");
    for gone in
        ["?cve=CVE-1999-1", "?device=NO-1&cve=CVE-2099-50001", "?device=LAB-0001&cve=CVE-2099-50001", ""]
    {
        assert_eq!(browser.get(&format!("/matrix/why{gone}")).await.status, StatusCode::NOT_FOUND, "{gone}");
    }
}

#[tokio::test]
async fn programs_get_the_same_numbers() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let matrix = whole(&house);
    let json = get(&mut browser, "/api/v1/matrix?by=maker").await.json();
    assert_eq!(json["totals"]["affected"].as_u64(), Some(matrix.totals.affected));
    assert_eq!(
        json["columns"][0]["vulnerability"].as_str(),
        Some("CVE-2099-50001"),
        "exploited and likeliest comes first"
    );
    let json = get(&mut browser, "/api/v1/exposures?verdict=undecided&limit=2&offset=1").await.json();
    assert_eq!(json["total"].as_u64(), Some(matrix.totals.undecided));
    assert_eq!(json["exposures"].as_array().unwrap().len(), 2);
    for exposure in json["exposures"].as_array().unwrap() {
        assert!(exposure["gap"].is_string() && exposure["advisory"].as_str().unwrap().starts_with("FILL-"));
    }
    let refused = browser.get("/api/v1/exposures?verdict=perhaps").await;
    assert_eq!(refused.header("content-type"), "application/problem+json");
}

#[tokio::test]
async fn a_swedish_reader_reads_swedish_gaps() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    browser.post_from("/matrix", "/preferences", &[("language", "sv"), ("next", "/matrix")]).await;
    let text = get(&mut browser, "/matrix/pairs?verdict=undecided").await.text();
    assert!(text.contains("Oavgjord") && text.contains("version saknas") && !text.contains("Undecided"));
}
