//! What is refused in files of windows, and where it says so.

use super::*;

fn state() -> State {
    State::new()
}

#[track_caller]
fn refused(text: &str) -> String {
    let found = windows_of_text("autumn", text, "Europe/Stockholm", &state()).unwrap_err();
    found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

const NIGHT: &str = "[[windows]]\nid = \"tue\"\nnot_before = \"2026-12-01 22:00\"\nlatest_start = \"2026-12-02 03:00\"\nnot_after = \"2026-12-02 05:00\"\n";

#[test]
fn what_is_wrong_in_a_file_of_windows_is_named_with_file_row_and_column() {
    let said = refused("[[windows]]\nid = \"tue\"\nopens = \"22:00\"\n");
    assert!(said.starts_with("autumn: row 3, column \"1\": unknown field `opens`"), "{said}");
    let said = refused(&NIGHT.replace("2026-12-02 03:00", "three in the night"));
    assert!(said.starts_with("autumn: row 4, column \"16\": \"three in the night\" is no time"), "{said}");
    let said = refused(&format!("{NIGHT}[[units]]\nunit = \"WARD-9\"\ncensus = [1, 2]\n"));
    assert!(said.contains("row 7, column \"8\": \"WARD-9\": nobody has described this care unit"), "{said}");
    assert!(said.contains("row 8, column \"10\": a census of 2 numbers"), "{said}");
    let said = refused(&NIGHT.replace("2026-12-02 05:00", "2026-12-02 02:00"));
    assert!(said.contains("the times of window tue are not in order"), "{said}");
    let said = refused(&format!("{NIGHT}{}", NIGHT.replace("tue", "wed")));
    assert!(said.contains("window wed begins before window tue has ended"), "{said}");
}

#[test]
fn a_table_of_windows_says_the_same_and_names_its_cells() {
    let table = "window,not_before,latest_start,not_after,at_once,overtime,staff,visits\n\
        tue,2026-12-01 22:00,2026-12-02 03:00,2026-12-02 05:00,4,yes,clinical engineering:2:600; it:1,Klangfors:1:3\n";
    let setting = windows_of_text("t.csv", table, "Europe/Stockholm", &state()).unwrap();
    let night = &setting.windows[0];
    assert_eq!((night.at_once_max, night.overtime), (4, true));
    let staff: Vec<(&str, u32, u32)> =
        night.staff.iter().map(|staff| (&*staff.skill, staff.people, staff.person_minutes)).collect();
    assert_eq!(
        staff,
        [("clinical engineering", 2, 600), ("it", 1, 420)],
        "the whole window where nothing is said"
    );
    assert_eq!(night.visits[0].devices_max, 3);
    let toml = windows_of_text("t.toml", NIGHT, "Europe/Stockholm", &state()).unwrap();
    assert_eq!(toml.windows[0].not_before, night.not_before);
    let said = refused(&table.replace(",4,yes,", ",none,maybe,"));
    assert!(
        said.contains("autumn: row 2, column \"at_once\": \"none\": no number of devices; 1 or more"),
        "{said}"
    );
    assert!(said.contains("row 2, column \"overtime\": \"maybe\""), "{said}");
    assert!(refused(&table.replace("latest_start", "latest")).contains("row 1, column \"latest\""));
}
