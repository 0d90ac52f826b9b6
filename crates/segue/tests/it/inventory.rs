//! `segue import inventory`: looked at, guessed, mapped, refused with its place, and the same when done again.

use crate::support::{Desk, file};

fn count(desk: &Desk) -> usize {
    desk.json(&["devices"]).fine().lines().len()
}

#[test]
fn a_dry_run_shows_what_would_change_and_changes_nothing() {
    let desk = Desk::new();
    let list = file("tests/journeys/hospital.csv");
    let shown = desk.json(&["import", "inventory", &list, "--dry-run"]).fine().line();
    assert_eq!((shown["read"].as_u64(), shown["new"].as_u64()), (Some(601), Some(601)), "{shown}");
    assert_eq!(count(&desk), 0);
    assert_eq!(desk.json(&["audit", "head"]).fine().line()["seq"], 0, "not even an entry");
}

#[test]
fn a_list_of_nothing_but_its_header_is_refused() {
    let desk = Desk::new();
    let list = desk.write("empty.csv", "asset_tag,manufacturer,model\n");
    for args in [&["import", "inventory", &list][..], &["import", "inventory", &list, "--complete"]] {
        let ran = desk.run(args).refused();
        assert!(ran.err.contains("only the header is there"), "{}", ran.err);
    }
    assert_eq!(count(&desk), 0);
}

#[test]
fn the_same_list_again_changes_nothing_and_a_changed_one_says_what() {
    let desk = Desk::new();
    let list = file("tests/journeys/hospital.csv");
    let first = desk.json(&["import", "inventory", &list]).fine().line();
    assert_eq!((first["new"].as_u64(), first["changed"].as_u64()), (Some(601), Some(0)));
    let again = desk.json(&["import", "inventory", &list]).fine().line();
    let counts = ["new", "changed", "unchanged"].map(|key| again[key].as_u64().unwrap());
    assert_eq!(counts, [0, 0, 601], "{again}");
    let text = std::fs::read_to_string(&list).unwrap();
    let kept: Vec<&str> = text.lines().take(600).collect();
    let changed = kept.join("\n").replacen("Ward 5,317", "Ward 6,318", 1);
    let changed = desk.write("changed.csv", &changed);
    let shown = desk.json(&["import", "inventory", &changed, "--dry-run", "--complete"]).fine().line();
    assert_eq!((shown["changed"].as_u64(), shown["gone"].as_u64()), (Some(1), Some(2)), "{shown}");
    let fields = shown["changed_examples"][0]["fields"].to_string();
    assert!(fields.contains("Ward 5") && fields.contains("Ward 6"), "{fields}");
    let done = desk.json(&["import", "inventory", &changed, "--complete"]).fine().line();
    assert_eq!((done["changed"].as_u64(), done["left_out"].as_u64()), (Some(1), Some(2)), "{done}");
    assert_eq!(count(&desk), 599);
    let half = desk.write("half.csv", &text.lines().take(200).collect::<Vec<_>>().join("\n"));
    let ran = desk.run(&["import", "inventory", &half, "--complete"]).refused();
    assert!(ran.err.contains("more than half would be retired"), "{}", ran.err);
    assert_eq!(count(&desk), 599);
}

#[test]
fn guesses_wait_for_a_person_and_a_saved_mapping_asks_no_more() {
    let desk = Desk::new();
    let list = file("tests/journeys/messy-export.csv");
    let ran = desk.run(&["import", "inventory", &list]).refused();
    assert!(ran.err.contains("Is column \"Inventarienr\" the asset_tag?"), "{}", ran.err);
    assert!(ran.err.contains("--yes") && ran.err.contains("--save-mapping"), "{}", ran.err);
    assert_eq!(count(&desk), 0);
    let mapping = desk.text("mapping.toml");
    let args = ["import", "inventory", &list, "--yes", "--dry-run", "--save-mapping", &mapping];
    let ran = desk.json(&args);
    let rows = std::fs::read_to_string(&list).unwrap().lines().count() as u64 - 1;
    assert!(ran.line()["read"].as_u64().unwrap() <= rows, "{ran:?}");
    let text = std::fs::read_to_string(&mapping).unwrap();
    assert!(text.contains("asset_tag = \"Inventarienr\""), "{text}");
    let with_yes = Desk::new();
    let yes = with_yes.json(&["import", "inventory", &list, "--yes"]);
    let mapped = desk.json(&["import", "inventory", &list, "--mapping", &mapping]);
    assert_eq!(yes.code, mapped.code, "{yes:?}\n{mapped:?}");
    assert_eq!(count(&desk), count(&with_yes));
}

#[test]
fn a_broken_list_names_every_place_and_nothing_is_half_imported() {
    let desk = Desk::new();
    let ran = desk.run(&["import", "inventory", &file("tests/journeys/broken.csv")]).refused();
    let named = [
        ("row 3, column \"asset_tag\"", ""),
        ("row 5", "MON-9001"),
        ("row 6, column \"manufactured\"", "2019-02-30"),
        ("row 7, column \"support_status\"", "maybe"),
        ("row 8, column \"udi\"", "(01)07350001000009"),
        ("row 9", ""),
    ];
    for (place, value) in named {
        let line = ran.err.lines().find(|line| line.contains(place));
        let line = line.unwrap_or_else(|| panic!("{place}: {}", ran.err));
        assert!(line.contains(value), "{place}: {line}");
    }
    assert!(ran.err.contains("nothing was imported"), "{}", ran.err);
    assert_eq!(count(&desk), 0);
    assert_eq!(desk.json(&["audit", "head"]).fine().line()["seq"], 0);
}

#[test]
fn a_device_that_left_the_register_comes_back_with_the_next_list() {
    let desk = Desk::new();
    let list = desk.write("two.csv", "asset_tag,manufacturer,model\nA-1,Philips,MX40\nA-2,Philips,MX40\n");
    desk.run(&["import", "inventory", &list]).fine();
    desk.run(&["retire", "A-1", "--reason", "sold"]).fine();
    assert_eq!(count(&desk), 1);
    let ran = desk.run(&["retire", "A-1", "--reason", "sold"]).refused();
    assert!(ran.err.contains("has left the register already"), "{}", ran.err);
    desk.run(&["retire", "A-2", "--reason", " "]).refused();
    let again = desk.json(&["import", "inventory", &list]).fine().line();
    assert_eq!((again["new"].as_u64(), again["unchanged"].as_u64()), (Some(1), Some(1)), "{again}");
    assert_eq!(count(&desk), 2);
}
