//! Files to take along: whole, readable, harmless.

use std::io::Cursor;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use calamine::{Data, Reader, Xlsx};
use http_body_util::BodyExt;
use server::export::{EXPORT_ROWS_MAX, Format, Value, table};
use server::http::Problem;
use server::words::{Language, Words};

use crate::support::house;

#[tokio::test]
async fn a_table_is_taken_along_as_csv_without_formulas() {
    let house = house().await;
    let mut browser = house.signed_in("lisa").await;
    let answer = browser.get("/styleguide?sort=-asset_tag&format=csv").await;
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"styleguide.csv\"");
    let text = answer.text();
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines[0], "asset_tag,model,software_version");
    assert!(lines[1].starts_with("MON-0051"), "in the order of the page");
    assert!(text.contains("'=1+1"), "what looks like a formula is kept from being one");
}

#[tokio::test]
async fn a_browser_that_takes_compressed_answers_gets_the_whole_table() {
    let house = house().await;
    let mut browser = house.signed_in("lisa").await;
    for path in ["/styleguide?format=csv", "/styleguide?format=xlsx"] {
        for encoding in ["gzip", "br", "zstd", "identity"] {
            let request = browser.request(Method::GET, path).header("accept-encoding", encoding);
            let answer = browser.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, StatusCode::OK, "{path} {encoding}");
            assert!(answer.body.len() > 100, "{path} {encoding}: {} bytes", answer.body.len());
        }
    }
}

#[tokio::test]
async fn a_table_is_taken_along_as_a_sheet() {
    let house = house().await;
    let mut browser = house.signed_in("lisa").await;
    let answer = browser.get("/styleguide?format=xlsx&q=vital").await;
    assert_eq!(answer.status, StatusCode::OK);
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(answer.body)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    assert_eq!(sheet.get_value((0, 0)), Some(&Data::String("asset_tag".to_owned())));
    assert_eq!(sheet.height(), 6, "five devices and the heading: the filter of the page");
    let formulas = book.worksheet_formula("Sheet1").unwrap();
    assert!(formulas.used_cells().next().is_none());
    assert_eq!(browser.get("/styleguide?format=pdf").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn many_rows_arrive_whole_and_in_order() {
    let rows = 200_000_u64;
    let values = (0..rows).map(|n| vec![Value::Number(n as i64), Value::from("Vital 700, \"Neo\"")]);
    let answer =
        table(Words::of(Language::English), Format::Csv, "devices", &["n", "model"], rows, values).unwrap();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    let mut reader = csv::Reader::from_reader(body.strip_prefix(b"\xEF\xBB\xBF").unwrap());
    for (n, record) in reader.records().enumerate() {
        let record = record.unwrap();
        assert_eq!((record[0].parse::<usize>().unwrap(), &record[1]), (n, "Vital 700, \"Neo\""));
    }
    assert_eq!(reader.position().line(), rows + 2);
}

#[test]
fn more_rows_than_a_file_holds_are_refused_and_not_cut() {
    let problem = table(
        Words::of(Language::English),
        Format::Xlsx,
        "devices",
        &["n"],
        EXPORT_ROWS_MAX + 1,
        std::iter::empty::<Vec<Value>>(),
    );
    let Err(Problem::Refused(sentence)) = problem else { panic!("refused") };
    assert!(sentence.starts_with("1\u{202f}048\u{202f}576 rows are more than"), "{sentence}");
}
