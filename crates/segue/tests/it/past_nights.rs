//! `segue import nights`: what past nights took comes in whole or not at all, once, and the forecast stands on it.

use serde_json::Value;

use crate::support::{Desk, Person};

const HEADER: &str = "night,begun,device,family,step,seconds,declared_seconds,restart_place,armed_another\n";

fn nights() -> String {
    let mut table = HEADER.to_owned();
    for night in 1..=9 {
        for device in 1..=6 {
            let begun = format!("2026-0{night}-14 22:00");
            let seconds = 300 + 20 * night + 7 * device;
            table.push_str(&format!(
                "n{night},{begun},MON-{device},linux-image-6.1.0-{night}-amd64,install,{seconds},240,,\n"
            ));
            table.push_str(&format!(
                "n{night},{begun},MON-{device},linux-image-6.1.0-{night}-amd64,restart,{seconds},,1,no\n"
            ));
        }
    }
    table
}

fn import(desk: &Desk, table: &str) -> crate::support::Ran {
    let file = desk.write("nights.csv", table);
    desk.json(&["import", "nights", &file])
}

fn counts(line: &Value) -> [Option<u64>; 4] {
    ["read", "new", "changed", "unchanged"].map(|name| line[name].as_u64())
}

#[test]
fn past_nights_come_in_once_and_the_forecast_says_that_it_stands_on_them() {
    let desk = Desk::new();
    let table = nights();
    let line = import(&desk, &table).fine().line();
    assert_eq!(
        (line["kind"].as_str(), counts(&line)),
        (Some("nights"), [Some(108), Some(108), Some(0), Some(0)])
    );
    let again = import(&desk, &table).fine().line();
    assert_eq!(counts(&again), [Some(108), Some(0), Some(0), Some(108)]);
    // What a table says otherwise replaces what was known; semicolons and a mark of byte order are a spreadsheet's way.
    let other = format!(
        "\u{feff}{}",
        table.replace(
            "n1,2026-01-14 22:00,MON-1,linux-image-6.1.0-1-amd64,install,327",
            "n1,2026-01-14 22:00,MON-1,linux-image-6.1.0-1-amd64,install,328"
        )
    )
    .replace(',', ";");
    assert_eq!(counts(&import(&desk, &other).fine().line()), [Some(108), Some(0), Some(1), Some(107)]);

    let served = desk.serve();
    let mut person = Person::first_admin(&served);
    let page = person.get(&served, "/forecast");
    assert!(page.body.contains("108 records of 9 nights were brought in from files"), "{}", page.body);
    let told = person.get(&served, "/api/v1/forecast").json();
    assert_eq!((told["imported_records"].as_u64(), told["imported_nights"].as_u64()), (Some(108), Some(9)));
    let families = told["families"].as_array().unwrap();
    let install =
        families.iter().find(|family| family["step"] == "install").expect("installs were learnt from");
    assert_eq!((install["records"].as_u64(), install["nights"].as_u64()), (Some(54), Some(9)), "{install}");
    assert!(install["held_out"]["of"].as_u64().unwrap() > 0, "nights were held out: {install}");
}

#[test]
fn a_table_that_is_wrong_somewhere_is_not_read_at_all_and_says_where() {
    let desk = Desk::new();
    let row = "n1,2026-01-14 22:00,MON-1,base,restart,300,240,1,no\n";
    let says = |table: &str, place: &str, right: &str| {
        let refused = import(&desk, table).refused();
        assert!(refused.err.contains(place) && refused.err.contains(right), "{place}, {right}: {refused:?}");
        assert!(refused.err.contains("nothing was imported"), "{refused:?}");
    };
    let with = |from: &str, to: &str| {
        assert!(row.contains(from));
        format!("{HEADER}{}{}", row.replacen("MON-1", "MON-2", 1), row.replacen(from, to, 1))
    };
    says("", "whole file", "a header and a row for each step");
    says(HEADER, "whole file", "a header and nothing else");
    says(&HEADER.replace("seconds,d", "minutes,d"), "row 1", "\"minutes\": no such column");
    says(&HEADER.replace("device,", ""), "row 1", "column device is missing");
    says(&with("300", "5 min"), "row 3, column \"seconds\": \"5 min\"", "whole seconds");
    says(&with("300", "1209601"), "row 3, column \"seconds\"", "two weeks");
    says(&with("22:00", "25:00"), "row 3, column \"begun\"", "2026-11-25 22:00");
    says(&with("2026-01-14", "2199-01-14"), "row 3, column \"begun\"", "a night that is over");
    says(&with("22:00", "23:00"), "row 3, column \"begun\"", "differs from row 2");
    says(
        &with("restart,", "reboot,"),
        "row 3, column \"step\": \"reboot\"",
        "download, install, restart or probe",
    );
    says(&with("1,no", "0,no"), "row 3, column \"restart_place\"", "1 for the restart that was planned");
    says(
        &with("1,no", "1,maybe"),
        "row 3, column \"armed_another\": \"maybe\"",
        "if another restart was pending",
    );
    says(&with("restart,", "install,"), "row 3, column \"restart_place\"", "only a restart has one");
    says(&with("base", ""), "row 3, column \"family\"", "a name of at most 200 bytes");
    says(&with(",1,no", ",1"), "row 3", "as many cells as the header");
    says(&format!("{HEADER}{row}{row}"), "row 3", "the same step again as row 2");
    says(&format!("{HEADER}\n{row}\n{row}"), "row 5", "the same step again as row 3");
    assert!(
        desk.json(&["audit", "log"]).fine().lines().iter().all(|entry| entry["kind"] != "nights.received/1")
    );
}
