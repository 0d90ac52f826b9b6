//! Sites, units, beds and services: what carries what, what has no spare, what hangs on an exploited machine.

use hospital::Command;
use hospital::places::Description;

use crate::filled::{ACTOR, FILLED_AT, filled_hospital, origin};
use crate::support::house;

#[tokio::test]
async fn a_hospital_that_nobody_described_says_how_to_describe_it() {
    let house = house().await;
    let mut browser = house.signed_in("erik").await;
    let text = browser.get("/hospital").await.text();
    assert!(text.contains("segue import hospital FILE") && text.contains("docs/hospital-file.md"));
    assert!(text.contains("href=\"/imports\""));
}

#[tokio::test]
async fn each_unit_shows_its_beds_its_services_and_what_they_hang_on() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let text = browser.get("/hospital").await.text();
    let ward = text.split("id=\"unit-WARD-5\"").nth(1).unwrap().split("</article>").next().unwrap();
    assert!(
        ward.contains("Ward 5, telemetry") && ward.contains("Telephone 5505") && ward.contains("12 beds")
    );
    assert!(ward.contains("href=\"/devices?unit=WARD-5\">15 devices"), "{ward}");
    assert!(ward.contains("2 of 3 needed") && ward.contains("1 of 2 needed") && ward.contains("1 spare"));
    assert!(ward.contains("href=\"/devices/CMS-5-A\"") && ward.contains("1 exploited"), "{ward}");
    assert!(ward.contains("WARD-5-12") && ward.contains("Beds as a table"), "the bed map has a twin");
    let icu = text.split("id=\"unit-ICU\"").nth(1).unwrap().split("</article>").next().unwrap();
    assert!(icu.contains("2 of 2 needed") && icu.contains("no spare"));
    let med = text.split("id=\"unit-MED\"").nth(1).unwrap().split("</article>").next().unwrap();
    assert!(
        med.contains("No service is described for these beds."),
        "a bed without a service is not shown as served"
    );
    assert!(text.contains("Image archive, read-only copy stands in"), "what stands in is named");
    assert!(text.contains("3 services have no spare"));
}

#[tokio::test]
async fn programs_get_the_same_hospital_and_the_counts_add_up() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let json = browser.get("/api/v1/hospital").await.json();
    let units = |json: &serde_json::Value| -> Vec<serde_json::Value> {
        let sites = json["sites"].as_array().unwrap().clone();
        let buildings = sites.iter().flat_map(|site| site["buildings"].as_array().unwrap().clone());
        buildings.flat_map(|building| building["units"].as_array().unwrap().clone()).collect()
    };
    let all = units(&json);
    assert_eq!(all.len(), 6);
    let beds: usize = all.iter().map(|unit| unit["beds"].as_array().unwrap().len()).sum();
    assert_eq!(beds, 30);
    let in_units: u64 = all.iter().map(|unit| unit["devices"].as_u64().unwrap()).sum();
    let elsewhere: u64 =
        json["undescribed"].as_array().unwrap().iter().map(|unit| unit["devices"].as_u64().unwrap()).sum();
    assert_eq!(in_units + elsewhere, 60, "every device is counted once");
    assert_eq!((json["services_total"].as_u64(), json["everywhere"].as_array().unwrap().len()), (Some(6), 2));
}

#[tokio::test]
async fn the_services_are_taken_along_one_row_for_each_carrier() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let csv = browser.get("/hospital?format=csv").await.text();
    assert_eq!(csv.lines().count(), 1 + 3 + 2 + 2 + 1 + 2 + 1);
    assert!(
        csv.contains("cm-5,\"Central monitoring, ward 5\",central_monitoring,WARD-5,12,2,3,1,,CMS-5-A,yes,"),
        "{csv}"
    );
}

#[tokio::test]
async fn a_service_for_no_bed_of_an_undescribed_site_is_still_seen() {
    let house = house().await;
    let mut services = crate::filled::places().services;
    services.retain(|service| service.id.as_str() == "pacs-cache");
    let description = Description { services, ..Description::default() };
    let command = Command::DescribeHospital(description, origin("services.toml"));
    house.app.domain.node.command(command, ACTOR, FILLED_AT).await.unwrap();
    let mut browser = house.signed_in("lisa").await;
    let text = browser.get("/hospital").await.text();
    assert!(text.contains("Image archive, read-only copy") && text.contains("not in the register"), "{text}");
}
