//! Rows to devices: what is kept, what is unknown, what is refused, and how reading is watched and stopped.

use crate::{lines, open, read};
use adapter_cmms::{
    FINDINGS_MAX, Mapping, OpenOptions, Watch, open_table_bytes, read_devices, read_devices_watched,
};
use model::finding::Severity;
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};

#[test]
fn a_complete_row_becomes_a_complete_device() {
    let reading = read(
        "asset_tag,manufacturer,model,model_number,software_version,hardware_version,operating_system,serial_number,udi,\
         manufactured,cpe,purl,device_type,site,building,unit,room,owner,support_status,end_of_support,installer,access,\
         network,criticality\n\
         MON-0042, Philips ,IntelliVue  MX800,865240,M.04.03,A.2,VxWorks 6.9,DE123,(01)09506000134352(21)de123(11)210305,,\
         cpe:2.3:h:philips:mx800:*:*:*:*:*:*:*:*,pkg:generic/mx800,patient monitor,North,B,ICU 1,12,Eva,in support,\
         2030-12-31,Manufacturer,USB,LAN,life-supporting\n",
    );
    assert_eq!(lines(&reading), Vec::<String>::new());
    let device = serde_json::to_value(&reading.devices[0]).unwrap();
    let want = serde_json::json!({
        "asset_tag": "MON-0042", "manufacturer": "Philips", "model": "IntelliVue  MX800", "model_number": "865240",
        "software_version": "M.04.03", "hardware_version": "A.2", "operating_system": "VxWorks 6.9",
        "serial_number": "DE123",
        "udi": {"agency": "gs1", "di": "09506000134352", "serial": "de123", "manufactured": "2021-03-05"},
        "manufactured": "2021-03-05",
        "identifiers": {"cpe": "cpe:2.3:h:philips:mx800:*:*:*:*:*:*:*:*", "purl": "pkg:generic/mx800"},
        "kind": "patient monitor",
        "location": {"site": "North", "building": "B", "unit": "ICU 1", "room": "12"},
        "owner": "Eva", "support": {"status": "supported", "end": "2030-12-31"},
        "installer": "vendor", "access": "hands_on", "network": "hospital", "criticality": "life_supporting",
    });
    assert_eq!(device, want);
}

#[test]
fn what_is_not_recorded_is_unknown_and_never_a_friendly_default() {
    let reading = read(
        "asset_tag,manufacturer,model,software_version,serial_number,unit,support_status,network,end_of_support,udi\n\
         1,,B40,N/A,-,NA,?,n/a,unknown,-\n\
         2,Unknown,?,,,,,,,\n",
    );
    assert!(reading.is_importable());
    let device = &reading.devices[0];
    assert_eq!(
        (&*device.manufacturer, device.software_version.as_deref(), device.serial_number.as_deref()),
        ("", None, None)
    );
    assert_eq!(device.location.unit.as_deref(), Some("NA"), "a ward may be called NA");
    assert_eq!(
        (device.support.status.word(), device.network.word(), device.support.end),
        ("unknown", "unknown", None)
    );
    assert_eq!((&*reading.devices[1].manufacturer, &*reading.devices[1].model), ("", ""));
    assert_eq!((reading.errors, reading.warnings), (0, 3));
    assert_eq!(
        lines(&reading)[0],
        "Warning list.csv: row 2, column \"manufacturer\": the maker is not recorded, so that no advisory can be matched; \
         write the name on the device's label"
    );
}

#[test]
fn a_list_with_nothing_but_its_header_is_refused_and_says_what_is_missing() {
    for text in [
        "asset_tag,manufacturer,model\n",
        "asset_tag,manufacturer,model\n,,\n\n",
        "asset_tag,manufacturer,model",
    ] {
        let reading = read(text);
        assert!(!reading.is_importable(), "{text:?}");
        assert_eq!(
            lines(&reading),
            [
                "Error list.csv: row 1: only the header is there; no row below it names a device; export the list again, with \
              one row for each device"
            ]
        );
    }
}

#[test]
fn one_error_means_that_nothing_is_imported_and_all_others_are_still_found() {
    let reading = read(
        "asset_tag,manufacturer,model,support_status,end_of_support\n1,a,b,,\n,a,b,maybe,03/04/2024\n2,a,b,yes,\n1,a,b,,\n",
    );
    assert_eq!((reading.devices.len(), reading.rows.len(), reading.rows_read), (0, 0, 4));
    assert!(!reading.is_importable());
    assert_eq!(
        lines(&reading),
        [
            "Error list.csv: row 3, column \"asset_tag\": the asset tag is missing; write the number on the hospital's own \
             label, unique in the list",
            "Error list.csv: row 3, column \"support_status\": \"maybe\": this is no value of support_status; write one of: \
             unknown, supported, unsupported; or translate the word under [values.support_status] in the mapping file",
            "Error list.csv: row 3, column \"end_of_support\": \"03/04/2024\": the day could be 2024-04-03 or 2024-03-04; \
             write YYYY-MM-DD, or say date_format = \"d/m/Y\" or \"m/d/Y\" in the mapping file",
            "Error list.csv: row 5, column \"asset_tag\": \"1\": the asset tag stands in row 2 already; give each device a \
             number of its own, and list it once",
        ]
    );
}

#[test]
fn a_truncated_list_is_refused_and_nothing_is_imported() {
    let whole = "asset_tag,manufacturer,model\n1,GE,B40\n2,GE,\"B20\"\n";
    for cut in whole.len() - 12..whole.len() - 1 {
        let cut = &whole[..cut];
        let read = open_table_bytes("list.csv", cut.into(), &OpenOptions::default())
            .map(|table| read_devices(&table, &Mapping::guess(table.header())));
        let in_whole_row = ["\n", "B40", "\"B20\""].iter().any(|end| cut.ends_with(end));
        // A list cut exactly at the last delimiter looks like an unknown model; that cannot be seen from the list alone.
        let at_delimiter = cut.ends_with("GE,");
        let importable = read.is_ok_and(|reading| reading.is_importable());
        assert_eq!(importable, in_whole_row || at_delimiter, "{cut:?}");
    }
}

#[test]
fn a_thousand_findings_are_listed_and_all_are_counted() {
    let mut text = "asset_tag,manufacturer,model\n".to_owned();
    for row in 0..3_000 {
        text += &format!("{row},,b\n");
    }
    text += "7,a,b\n";
    let reading = read(&text);
    assert_eq!((reading.errors, reading.warnings, reading.findings.len()), (1, 3_000, FINDINGS_MAX));
    assert_eq!(reading.findings_left_out(), 2_001);
    // No flood of warnings hides the error.
    assert_eq!(reading.findings.last().unwrap().severity, Severity::Error);
}

#[test]
fn a_list_without_required_columns_or_with_two_for_one_field_is_refused() {
    let reading = read("Inventory No,Firmware,Software Rev\n1,2,3\n");
    assert_eq!(
        lines(&reading),
        [
            "Error list.csv: row 1: no column is known to be manufacturer; say in the mapping file which of these it is: \
             Inventory No, Firmware, Software Rev",
            "Error list.csv: row 1: no column is known to be model; say in the mapping file which of these it is: Inventory No, \
             Firmware, Software Rev",
            "Error list.csv: row 1: several columns may be software_version: Firmware, Software Rev; say in the mapping file \
             which one it is",
        ]
    );
}

#[test]
fn a_udi_that_contradicts_or_cannot_be_read_is_a_warning_and_the_device_stays() {
    let reading = read(
        "asset_tag,manufacturer,model,serial_number,udi\n1,a,b,S-1,(01)09506000134352(21)S-2\n2,a,b,S-1,(01)09506000134353\n\
         3,a,b,,(01)09506000134352(21)S-9\n4,a,b,,\"+A99912345/$$52001510X3/16D20111212/S77DE1G45-\"\n",
    );
    assert!(reading.is_importable());
    assert_eq!(
        lines(&reading),
        [
            "Warning list.csv: row 2, column \"udi\": \"(01)09506000134352(21)S-2\": the UDI carries the serial number \"S-2\", \
             and the list says \"S-1\"; check both against the device's label",
            "Warning list.csv: row 3, column \"udi\": \"(01)09506000134353\": the UDI cannot be read: character 18: the check \
             character is \"3\" and should be \"2\"; something was misread; scan or type the UDI carrier again, with the \
             parentheses or separators that it has",
        ]
    );
    assert!(reading.devices[1].udi.is_none());
    assert_eq!(reading.devices[0].serial_number.as_deref(), Some("S-1"));
    assert_eq!(reading.devices[2].serial_number.as_deref(), Some("S-9"));
    assert_eq!(reading.devices[3].manufactured.unwrap().to_string(), "2011-12-12");
}

#[test]
fn a_long_reading_reports_and_can_be_stopped() {
    let mut text = "asset_tag,manufacturer,model\n".to_owned();
    for row in 0..10_000 {
        text += &format!("{row},a,b\n");
    }
    let table = open(&text);
    let mapping = Mapping::guess(table.header());
    let reports = Cell::new((0, 0));
    let count = |row| reports.set((reports.get().0 + 1, row));
    let reading = read_devices_watched(&table, &mapping, Watch { progress: Some(&count), stop: None });
    assert_eq!((reading.devices.len(), reports.get().1), (10_000, 10_001));
    assert!(reports.get().0 >= 9);
    let stop = AtomicBool::new(false);
    let stop_soon = |row| stop.store(row > 3_000, Ordering::Relaxed);
    let stopped =
        read_devices_watched(&table, &mapping, Watch { progress: Some(&stop_soon), stop: Some(&stop) });
    assert!(stopped.stopped && !stopped.is_importable() && stopped.devices.is_empty());
    assert!(stopped.rows_read < 6_000);
}
