//! The public device identification database as a hospital's list: real makers, real models, real identifiers.

use adapter_cmms::{Mapping, OpenOptions, open_table, read_devices};
use std::path::PathBuf;

/// The shared test data's folder, when it is there.
fn shared() -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared");
    let root = std::env::var_os("SEGUE_SHARED").map_or_else(beside, PathBuf::from);
    let found = root.join("data").is_dir();
    if !found {
        eprintln!("skipped: no shared test data at {}", root.display());
    }
    found.then(|| root.join("data"))
}

const MAPPING: &str = r#"
[columns]
asset_tag = "primary_di"
manufacturer = "company_name"
model = "brand_name"
model_number = "version_model_number"
device_type = "gmdn_names"

[defaults]
site = "Test hospital"
"#;

#[test]
fn two_thousand_real_devices_are_read_with_a_mapping_of_their_own() {
    let Some(data) = shared() else { return };
    let mapping = Mapping::from_toml("gudid.toml", MAPPING).unwrap();
    let table = open_table("devices.csv", &data.join("gudid/devices.csv"), &mapping.open_options()).unwrap();
    let reading = read_devices(&table, &mapping);
    assert_eq!(
        (reading.rows_read, reading.devices.len(), reading.errors),
        (1_994, 1_994, 0),
        "{:?}",
        reading.findings
    );
    assert!(reading.devices.iter().all(|device| !device.manufacturer.is_empty()));
    assert!(reading.devices.iter().any(|device| &*device.model == "WetAlert™ wireless wetness detector"));
}

#[test]
fn every_primary_identifier_of_the_database_is_a_valid_gtin() {
    let Some(data) = shared() else { return };
    let text =
        "[columns]\nasset_tag = \"primary_di\"\nmanufacturer = \"company_name\"\nmodel = \"brand_name\"\n";
    let mut mapping = Mapping::from_toml("gudid.toml", text).unwrap();
    let path = data.join("gudid/devices.csv");
    let table = open_table("devices.csv", &path, &OpenOptions::default()).unwrap();
    mapping = mapping.fit(&table).unwrap();
    let reading = read_devices(&table, &mapping);
    for (device, row) in reading.devices.iter().zip(&reading.rows) {
        let di = device.asset_tag.as_str();
        let udi = adapter_cmms::udi::parse(di).unwrap_or_else(|why| panic!("row {row}: {di}: {why}"));
        assert_eq!(&*udi.di, format!("{di:0>14}"));
        assert_eq!(adapter_cmms::udi::parse(&format!("(01){:0>14}(21)X", di)).unwrap().di, udi.di);
    }
}

#[test]
fn the_database_s_own_columns_are_guessed_where_they_are_plain() {
    let Some(data) = shared() else { return };
    let table = open_table("devices.csv", &data.join("gudid/devices.csv"), &OpenOptions::default()).unwrap();
    let mapping = Mapping::guess(table.header());
    let guessed: Vec<(&str, &str)> =
        mapping.columns.iter().filter_map(|column| Some((&*column.header, column.field?.name()))).collect();
    assert!(guessed.contains(&("primary_di", "udi")), "{guessed:?}");
    assert!(mapping.needs_confirmation());
}
