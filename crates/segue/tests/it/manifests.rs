//! `segue manifest` and `segue codes`: the upgrade after which one setting was missing, as a person at a terminal meets it.

use crate::support::Desk;

const BEFORE: &str = "[Database]\nConnections=50\nPassword=hunter2\n[Dicom]\nPort=104\n";
const AFTER: &str = "[Database]\nPassword=hunter2\n[Dicom]\nPort=104\n";

/// A desk with a key, and manifests of before and after.
fn desk() -> (Desk, [String; 2]) {
    let desk = Desk::new();
    let key = desk.write("secrets.key", "thirty-two bytes that are random");
    let read = |name: &str, settings: &str| {
        let (file, manifest) =
            (desk.write(&format!("{name}.ini"), settings), desk.text(&format!("{name}.json")));
        desk.run(&["manifest", "read", &file, "--format", "ini", "--key", &key, "-o", &manifest]).fine();
        manifest
    };
    let manifests = [read("before", BEFORE), read("after", AFTER)];
    (desk, manifests)
}

#[test]
fn a_setting_that_the_upgrade_lost_ends_with_4_and_stands_first() {
    let (desk, [before, after]) = desk();
    let ran = desk.run(&["manifest", "compare", &before, &after]);
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(
        ran.out.contains("absent: was there and is gone (1)\n  /Database/Connections\n    was \"50\""),
        "{}",
        ran.out
    );
    let told = desk.json(&["manifest", "compare", &before, &after, "--reference", &before]).line();
    assert_eq!((&told["version"], &told["lines"][0]["class"]), (&1.into(), &"absent_wanted".into()));
    let ran = desk.run(&["manifest", "compare", &before, &before, "--reference", &before]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(!std::fs::read_to_string(desk.path("before.json")).unwrap().contains("hunter2"));
}

#[test]
fn the_manifest_of_before_is_never_written_over() {
    let (desk, [before, _]) = desk();
    let file = desk.text("after.ini");
    let ran = desk.run(&["manifest", "read", &file, "--format", "ini", "-o", &before]).refused();
    assert!(ran.err.contains("before.json is there already and is not written over"), "{ran:?}");
}

#[test]
fn secrets_that_nobody_could_compare_end_with_5() {
    let (desk, [before, _]) = desk();
    let file = desk.text("before.ini");
    let without = desk.text("without.json");
    let ran = desk.run(&["manifest", "read", &file, "--format", "ini", "-o", &without]).fine();
    assert!(ran.err.contains("secrets that were not sealed, because no --key was given: 1"), "{ran:?}");
    assert_eq!(desk.run(&["manifest", "compare", &before, &without]).code, 5);
    let key = desk.write("short.key", "short");
    let ran = desk.run(&["manifest", "read", &file, "--format", "ini", "--key", &key]).refused();
    assert!(ran.err.contains("the key for secrets has 5 bytes"), "{ran:?}");
}

#[test]
fn a_file_that_cannot_be_read_says_where() {
    let (desk, [before, _]) = desk();
    let broken = desk.write("broken.ini", "[a]\nb=1\n[c\n");
    let ran = desk.run(&["manifest", "read", &broken, "--format", "ini"]).refused();
    assert!(ran.err.contains("broken.ini: row 3: "), "{ran:?}");
    let ran = desk.run(&["manifest", "compare", &before, &broken]).refused();
    assert!(ran.err.contains("broken.ini: it is no manifest"), "{ran:?}");
    desk.run(&["manifest", "read", &broken, &broken, "--format", "ini"]).refused();
    let table = desk.write("pg.csv", "name,setting,unit,source\nwork_mem,4096,kB,default\n");
    let told = desk.json(&[
        "manifest",
        "read",
        &table,
        "--format",
        "table",
        "--unit-column",
        "unit",
        "--origin-column",
        "source",
    ]);
    assert_eq!(told.line()["settings"][0]["standing"], "default");
}

#[test]
fn orthanc_with_what_it_says_of_itself_is_one_manifest() {
    let desk = Desk::new();
    let file = desk.write("orthanc.json", "{ \"Name\" : \"A\", // the archive\n}");
    let system = desk.write("system.json", "{\"Version\": \"1.12.4\"}");
    let told = desk.json(&["manifest", "read", &file, "--format", "orthanc", "--system", &system]).line();
    let keys: Vec<_> =
        told["settings"].as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["/(system)/Version", "/Name"]);
}

#[test]
fn codes_and_counters_end_with_0_4_or_5() {
    let desk = Desk::new();
    let a = desk.write("ris.csv", "Kod,Kodverk,Text\n1,L,Chest\n");
    let b = desk.write("pacs.csv", "code,scheme,display\n1,L,Hand\n");
    let columns = ["--a-columns", "Kod,Kodverk,Text"];
    let ran = desk.run(&[&["codes", "compare", &a, &b][..], &columns].concat());
    assert!(ran.code == 4 && ran.out.contains("1 (L): \"Chest\" in A, \"Hand\" in B"), "{ran:?}");
    assert_eq!(desk.run(&["codes", "compare", &b, &b]).code, 0);
    desk.run(&["codes", "compare", &a, &b, "--a-columns", "Kod"]).refused();

    let head = "schemaname,relname,n_live_tup,n_dead_tup,n_tup_ins,n_tup_upd,n_tup_hot_upd,n_tup_del\n";
    let before = desk.write("before.csv", &format!("{head}public,study,10,0,0,0,0,0\n"));
    let after = desk.write("after.csv", &format!("{head}public,study,10,0,0,5000,0,0\n"));
    assert_eq!(desk.run(&["manifest", "writes", &before, &after]).code, 4);
    // Whether counters were reset is not said: never fine.
    assert_eq!(desk.run(&["manifest", "writes", &before, &before]).code, 5);
}
