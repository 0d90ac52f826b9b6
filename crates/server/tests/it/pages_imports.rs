//! Files come in by upload: looked at first, imported whole or not at all, by engineers only.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use hospital::Command;
use hospital::imports::{ImportKind, InventoryDiff};
use model::{Device, Finding, Time};
use node::Node;
use server::importer::{ColumnReading, ImportError, Imported, Importer, Preview, Upload, Watch};
use server::work::{PENDING_AGE_MAX_SECONDS, PENDING_UPLOADS_MAX};
use server::{Domain, Routes, Settings};

use crate::filled::{device, filled_hospital, origin};
use crate::support::{Answer, Browser, House, empty_hospital, house, house_on};

/// Reads lists of `tag,maker,model`; holds still while `held`.
struct SmallReader {
    node: Arc<Node>,
    held: Arc<AtomicBool>,
}

impl SmallReader {
    async fn released(&self, watch: &Watch) -> Result<(), ImportError> {
        watch.report(3, 10);
        while self.held.load(Ordering::SeqCst) {
            if watch.is_stopped() {
                return Err(ImportError::Stopped);
            }
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    fn devices(&self, upload: &Upload) -> Result<Vec<Device>, ImportError> {
        let text = std::fs::read_to_string(&upload.files[0].path).unwrap();
        if text.starts_with("broken") {
            return Err(ImportError::Findings(vec![Finding {
                source: upload.files[0].name.clone().into(),
                place: model::finding::Place::Cell { row: 4, column: "udi".into() },
                value: Some("12".into()),
                problem: "the check digit is wrong".into(),
                expected: "the digit is 8".into(),
                severity: model::finding::Severity::Error,
            }]));
        }
        let parts = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
        let rows = text.lines().map(parts).filter(|parts| parts.len() == 3);
        Ok(rows.map(|parts| device(&parts[0], &parts[1], &parts[2])).collect())
    }
}

#[async_trait::async_trait]
impl Importer for SmallReader {
    async fn preview(&self, upload: Upload, _: Time, watch: Watch) -> Result<Preview, ImportError> {
        self.released(&watch).await?;
        let devices = self.devices(&upload)?;
        let confirmed =
            upload.columns.iter().any(|(at, field)| *at == 0 && field.as_deref() == Some("asset_tag"));
        let asked = upload.files[0].name.starts_with("guess") && !confirmed && upload.mapping.is_empty();
        Ok(self.node.read(|state| {
            let diff = InventoryDiff::between(state.register(), &devices);
            Preview {
                read: devices.len() as u64,
                new: diff.new.len() as u64,
                changed: diff.changed.len() as u64,
                unchanged: diff.unchanged,
                gone: diff.gone.len() as u64,
                registered: state.register().len() as u64,
                gone_examples: diff.gone.iter().map(ToString::to_string).collect(),
                columns: vec![ColumnReading {
                    header: "Inventory No".to_owned(),
                    field: Some("asset_tag"),
                    guessed: asked.then(|| "a usual name".to_owned()),
                    examples: vec!["MON-1".to_owned()],
                }],
                fields: vec!["asset_tag", "model"],
                mapping: "[columns]\nasset_tag = \"Inventory No\"\n".to_owned(),
                questions: asked.then(|| "Is it the asset tag?".to_owned()).into_iter().collect(),
                ..Preview::default()
            }
        }))
    }

    async fn import(
        &self,
        upload: Upload,
        actor: String,
        now: Time,
        watch: Watch,
    ) -> Result<Imported, ImportError> {
        self.released(&watch).await?;
        let devices = self.devices(&upload)?;
        let command =
            Command::ImportInventory { devices, complete: upload.complete, origin: origin(&upload.source()) };
        let done = self.node.command(command, &actor, now).await;
        let done = done.map_err(|error| ImportError::Refused(error.to_string()))?;
        let summary = done.facts.into_iter().find_map(|fact| match fact {
            hospital::Fact::ImportFinished(summary) => Some(summary),
            _ => None,
        });
        Ok(Imported { summary: summary.unwrap(), findings: Vec::new(), refused: 0 })
    }
}

async fn reading_house() -> (House, Arc<AtomicBool>) {
    let Domain { node, archives, .. } = empty_hospital().await;
    let held = Arc::new(AtomicBool::new(false));
    let importer = Arc::new(SmallReader { node: Arc::clone(&node), held: Arc::clone(&held) });
    (house_on(Settings::default(), Routes::new(), Domain { node, importer, archives }).await, held)
}

async fn upload(browser: &mut Browser<'_>, kind: &str, files: &[(&str, &str)]) -> Answer {
    let csrf = browser.get("/imports").await.csrf();
    let mut body = format!("--zz\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n{kind}\r\n");
    for (name, content) in files {
        body.push_str(&format!(
            "--zz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/plain\r\n\r\n{content}\r\n"
        ));
    }
    body.push_str("--zz--\r\n");
    let request = browser.request(Method::POST, &format!("/imports/upload?csrf={csrf}"));
    let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=zz");
    browser.send(request.body(Body::from(body)).unwrap()).await
}

/// Asks for a page until it says something.
async fn until(browser: &mut Browser<'_>, path: &str, says: &str) -> String {
    for _ in 0..2_000 {
        let text = browser.get(path).await.text();
        if text.contains(says) {
            return text;
        }
        tokio::task::yield_now().await;
    }
    panic!("{path} never says {says:?}: {}", browser.get(path).await.text());
}

const LIST: &str = "MON-1,Brattvik,Skans 40\nMON-2,Brattvik,Skans 40\nMON-3,Brattvik,Skans 40\n";

#[tokio::test]
async fn an_engineer_sees_the_numbers_before_the_list_is_imported_and_finds_the_import_afterwards() {
    let (house, _) = reading_house().await;
    let mut browser = house.signed_in("erik").await;
    let answer = upload(&mut browser, "", &[("devices.csv", LIST)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let page = answer.header("location").to_owned();
    let text = until(&mut browser, &page, "Import 3 devices: 3 new").await;
    assert!(text.contains("Inventory No") && text.contains("Device list"), "{text}");
    assert_eq!(house.app.domain.node.read(|state| state.register().len()), 0, "looking changes nothing");
    assert!(browser.get("/imports").await.text().contains("Uploads that wait"));
    let mapping = browser.get(&format!("{page}/mapping")).await;
    assert!(
        mapping.text().starts_with("[columns]")
            && mapping.header("content-disposition").contains("mapping.toml")
    );
    browser.post_from(&page, &format!("{page}/import"), &[("round", "1")]).await;
    let text = until(&mut browser, &page, "3 read, 3 new, 0 changed, 0 known already").await;
    assert!(text.contains("/imports/filled-devices.csv"), "{text}");
    let text = browser.get("/imports").await.text();
    assert!(
        text.contains("devices.csv") && text.contains("erik") && !text.contains("Uploads that wait"),
        "{text}"
    );
    let text = browser.get("/imports/filled-devices.csv").await.text();
    assert!(text.contains("Import: Device list") && text.contains("There were no remarks."), "{text}");
    let items = browser.get("/api/v1/imports?kind=inventory").await.json();
    assert_eq!((items["total"].as_u64(), items["items"][0]["new"].as_u64()), (Some(1), Some(3)));
    assert_eq!(browser.get("/api/v1/imports/filled-devices.csv").await.json()["actor"], "erik");
    assert_eq!(browser.get("/api/v1/imports/nothing").await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get("/imports/nothing").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_reader_is_shown_no_form_and_is_refused_at_every_step() {
    let (house, _) = reading_house().await;
    let mut engineer = house.signed_in("erik").await;
    let page = upload(&mut engineer, "", &[("devices.csv", LIST)]).await.header("location").to_owned();
    let mut reader = house.signed_in("lisa").await;
    let text = reader.get("/imports").await.text();
    assert!(!text.contains("type=\"file\"") && !text.contains("Uploads that wait"), "{text}");
    assert_eq!(upload(&mut reader, "", &[("devices.csv", LIST)]).await.status, StatusCode::FORBIDDEN);
    for path in [page.clone(), format!("{page}/mapping")] {
        assert_eq!(reader.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn a_long_reading_shows_how_far_it_is_and_can_be_stopped() {
    let (house, held) = reading_house().await;
    held.store(true, Ordering::SeqCst);
    let mut browser = house.signed_in("erik").await;
    let page = upload(&mut browser, "", &[("devices.csv", LIST)]).await.header("location").to_owned();
    let text = until(&mut browser, &page, "3 of 10").await;
    assert!(text.contains("Reading devices.csv") && text.contains("data-live-topic=\"work\""), "{text}");
    assert!(text.contains("Look again"), "the page works without scripts");
    browser.post_from(&page, &format!("{page}/stop"), &[]).await;
    let text = until(&mut browser, &page, "Stopped. Nothing was imported.").await;
    assert!(!text.contains("data-live-topic=\"work\""), "nothing runs any more");
    held.store(false, Ordering::SeqCst);
    browser.post_from(&page, &format!("{page}/read"), &[("kind", "inventory")]).await;
    until(&mut browser, &page, "Import 3 devices: 3 new").await;
}

#[tokio::test]
async fn a_guess_is_confirmed_by_a_person_or_by_a_mapping_file() {
    let (house, _) = reading_house().await;
    let mut browser = house.signed_in("erik").await;
    let page = upload(&mut browser, "", &[("guess.csv", LIST)]).await.header("location").to_owned();
    let text = until(&mut browser, &page, "Confirm this guess").await;
    assert!(
        text.contains("Guess: a usual name") && !text.contains("Is it the asset tag?"),
        "asked once: {text}"
    );
    assert!(!text.contains("Import 3 devices"), "nothing is imported on a guess");
    browser.post_from(&page, &format!("{page}/import"), &[("round", "1")]).await;
    assert_eq!(house.app.domain.node.read(|state| state.register().len()), 0, "not even when asked");
    browser.post_from(&page, &format!("{page}/read"), &[("column-0", "asset_tag")]).await;
    until(&mut browser, &page, "Import 3 devices").await;
    let files = [("guess.csv", LIST), ("mapping.toml", "[columns]\nasset_tag = \"Inventory No\"")];
    let page = upload(&mut browser, "", &files).await.header("location").to_owned();
    until(&mut browser, &page, "Import 3 devices").await;
}

#[tokio::test]
async fn retiring_devices_is_said_in_numbers_before_it_is_done() {
    let (house, _) = reading_house().await;
    let mut browser = house.signed_in("erik").await;
    let page = upload(&mut browser, "", &[("all.csv", LIST)]).await.header("location").to_owned();
    until(&mut browser, &page, "Import 3 devices").await;
    browser.post_from(&page, &format!("{page}/import"), &[("round", "1")]).await;
    until(&mut browser, &page, "3 new").await;
    let shorter = "MON-1,Brattvik,Skans 40\nMON-2,Brattvik,Skans 50\n";
    let page = upload(&mut browser, "", &[("shorter.csv", shorter)]).await.header("location").to_owned();
    let text = until(&mut browser, &page, "retire 1 device that it does not name").await;
    assert!(text.contains("Import 2 devices: 1 changed") && !text.contains("1 retired"), "{text}");
    let fields = [("round", "1"), ("complete", "yes")];
    browser.post_from(&page, &format!("{page}/import"), &fields).await;
    let text = browser.get(&page).await.text();
    assert!(text.contains("Import 2 devices: 1 changed, 1 retired"), "the first press shows it: {text}");
    assert!(text.contains("1 device will be retired"), "{text}");
    assert_eq!(house.app.domain.node.read(|state| state.register().len()), 3);
    browser.post_from(&page, &format!("{page}/import"), &fields).await;
    until(&mut browser, &page, "2 read, 0 new, 1 changed").await;
    assert_eq!(house.app.domain.node.read(|state| state.register().len()), 2);
}

#[tokio::test]
async fn a_list_that_would_retire_more_than_half_is_not_taken_as_the_whole_register() {
    let (house, _) = reading_house().await;
    let mut browser = house.signed_in("erik").await;
    let page = upload(&mut browser, "", &[("all.csv", LIST)]).await.header("location").to_owned();
    until(&mut browser, &page, "Import 3 devices").await;
    browser.post_from(&page, &format!("{page}/import"), &[("round", "1")]).await;
    until(&mut browser, &page, "3 new").await;
    let page = upload(&mut browser, "", &[("one.csv", "MON-1,B,S\n")]).await.header("location").to_owned();
    let text = until(&mut browser, &page, "It does not name 2 of 3 registered devices.").await;
    assert!(!text.contains("name=\"complete\""), "{text}");
}

#[tokio::test]
async fn when_the_hospital_has_changed_meanwhile_a_person_looks_again() {
    let (house, _) = reading_house().await;
    let mut browser = house.signed_in("erik").await;
    let page = upload(&mut browser, "", &[("devices.csv", LIST)]).await.header("location").to_owned();
    until(&mut browser, &page, "Import 3 devices: 3 new").await;
    let devices = vec![device("MON-1", "Brattvik", "Skans 40")];
    let other = Command::ImportInventory { devices, complete: false, origin: origin("elsewhere") };
    house.app.domain.node.command(other, "anna", Time(0)).await.unwrap();
    browser.post_from(&page, &format!("{page}/import"), &[("round", "1")]).await;
    let text = until(&mut browser, &page, "The hospital has changed since you looked.").await;
    assert!(text.contains("Import 3 devices: 2 new"), "{text}");
    browser.post_from(&page, &format!("{page}/import"), &[("round", "1")]).await;
    assert!(
        browser.get(&page).await.text().contains("Import 3 devices: 2 new"),
        "an old page decides nothing"
    );
    browser.post_from(&page, &format!("{page}/import"), &[("round", "2")]).await;
    until(&mut browser, &page, "3 read, 2 new, 0 changed, 1 known already").await;
}

#[tokio::test]
async fn a_refused_file_says_row_column_value_and_what_would_be_right() {
    let (house, _) = reading_house().await;
    let mut browser = house.signed_in("erik").await;
    let page = upload(&mut browser, "", &[("list.csv", "broken")]).await.header("location").to_owned();
    let text = until(&mut browser, &page, "Nothing was imported.").await;
    for says in
        ["row 4, column “udi”", "“12”", "the check digit is wrong", "the digit is 8", "Upload another file"]
    {
        assert!(text.contains(says), "{says}: {text}");
    }
}

#[tokio::test]
async fn a_kind_that_there_is_not_is_refused_and_not_guessed() {
    let (house, _) = reading_house().await;
    let mut browser = house.signed_in("erik").await;
    let answer = upload(&mut browser, "inventry", &[("devices.csv", LIST)]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let text = answer.text();
    assert!(
        text.contains("“inventry” is no kind of import") && text.contains("inventory, advisories, kev"),
        "{text}"
    );
    assert!(house.app.uploads.list().is_empty(), "nothing is kept of it");
    let answer = upload(&mut browser, " inventory ", &[("devices.csv", LIST)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn several_files_are_advisories_or_nothing() {
    let (house, _) = reading_house().await;
    let mut browser = house.signed_in("erik").await;
    let answer = upload(&mut browser, "", &[("a.csv", LIST), ("b.csv", LIST)]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.text().contains("this is read as: Device list"), "{}", answer.text());
    let answer = upload(&mut browser, "advisories", &[("a.json", "{}"), ("b.json", "{}")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let answer = upload(&mut browser, "", &[]).await;
    assert!(answer.text().contains("Choose a file first."), "{}", answer.text());
}

#[tokio::test]
async fn uploads_are_bounded_in_number_and_age_and_leave_nothing_behind() {
    let (house, _) = reading_house().await;
    let mut browser = house.signed_in("erik").await;
    let mut pages = Vec::new();
    for _ in 0..PENDING_UPLOADS_MAX {
        let page = upload(&mut browser, "", &[("devices.csv", LIST)]).await.header("location").to_owned();
        until(&mut browser, &page, "Import 3 devices").await;
        pages.push(page);
    }
    let answer = upload(&mut browser, "", &[("devices.csv", LIST)]).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.text().contains("20 uploads wait already"), "{}", answer.text());
    let kept: Vec<_> = house.app.uploads.list().iter().map(|one| one.files()[0].path.clone()).collect();
    assert!(kept.iter().all(|path| path.exists()));
    browser.post_from(&pages[0], &format!("{}/give-up", pages[0]), &[]).await;
    assert_eq!(kept.iter().filter(|path| path.exists()).count(), PENDING_UPLOADS_MAX - 1);
    house.clock.advance(PENDING_AGE_MAX_SECONDS);
    let mut browser = house.signed_in("erik").await;
    let answer = upload(&mut browser, "", &[("devices.csv", LIST)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(kept.iter().all(|path| !path.exists()), "what waited too long is gone");
    let answer = browser.get(&pages[1]).await;
    assert!(answer.text().contains("This upload is gone"), "{}", answer.text());
}

#[tokio::test]
async fn past_imports_are_filtered_ordered_and_taken_along() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let text = browser.get("/imports").await.text();
    for says in ["7 rows", "Description of the hospital", "EPSS scores", "CVE records with SSVC"] {
        assert!(text.contains(says), "{says}: {text}");
    }
    let text = browser.get("/imports?kind=epss").await.text();
    assert!(text.contains("1 row") && !text.contains("devices.csv"), "{text}");
    let text = browser.get("/imports?q=DEVICES").await.text();
    assert!(text.contains("devices.csv") && text.contains("1 row"), "{text}");
    let csv = browser.get("/imports?format=csv&sort=kind").await.text();
    let lines: Vec<&str> = csv.trim().lines().collect();
    assert_eq!(lines.len(), 8);
    assert!(
        lines[0].ends_with("id,kind,source,time,actor,read,new,changed,unchanged,left_out,remarks"),
        "{}",
        lines[0]
    );
    assert!(lines[1].contains(",inventory,devices.csv,"), "{}", lines[1]);
    assert_eq!(browser.get("/imports?format=xlsx").await.status, StatusCode::OK);
    assert!(browser.get("/imports?colour=red").await.text().contains("is not known here"));
}

#[tokio::test]
async fn before_the_first_import_the_page_says_what_it_is_for() {
    let house = house().await;
    let text = house.signed_in("erik").await.get("/imports").await.text();
    assert!(text.contains("Nothing has been imported yet") && text.contains("href=\"#upload\""), "{text}");
    let text = house.signed_in("lisa").await.get("/imports").await.text();
    assert!(text.contains("An engineer can import.") && !text.contains("href=\"#upload\""), "{text}");
}

#[test]
fn every_kind_has_a_name_in_both_languages() {
    use server::words::{Language, Words};
    for language in Language::ALL {
        let w = Words::of(language);
        let names = [w.import_kind_inventory(), w.import_kind_advisories(), w.import_kind_kev()];
        assert!(names.iter().all(|name| !name.is_empty()));
    }
    assert_eq!(ImportKind::Kev.word(), "kev");
}
