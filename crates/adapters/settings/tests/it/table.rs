//! Settings, codes and counters as CSV and JSON.

use adapter_settings::{CodeColumns, Columns, Kind, read_codes, read_snapshot};
use manifest::{Class, Standing, compare};

use crate::{by_key, clean, lines, refused, try_read};

fn postgres() -> Columns {
    Columns { unit: Some("unit".to_owned()), origin: Some("source".to_owned()), ..Columns::default() }
}

#[test]
fn pg_settings_are_read_with_unit_and_with_who_set_them() {
    let file = "name,setting,unit,source\nwork_mem,4096,kB,default\nport,5432,,configuration file\n\"x\",\"a,\"\"b\",,default\n";
    let manifest = clean(Kind::Table(&postgres()), file.as_bytes());
    assert_eq!(lines(&manifest), ["/port \"5432\"", "/work_mem \"4096\" (kB)", "/x \"a,\\\"b\""]);
    assert_eq!(by_key(&manifest)["/work_mem"].standing, Standing::Default);
    assert_eq!(by_key(&manifest)["/port"].standing, Standing::Set);
}

#[test]
fn a_setting_that_the_upgrade_took_out_of_the_configuration_file_is_absent() {
    let read =
        |row: &str| clean(Kind::Table(&postgres()), format!("name,setting,unit,source\n{row}\n").as_bytes());
    let before = read("random_page_cost,1.1,,configuration file");
    let found = compare(&before, &read("random_page_cost,4,,default"), None).unwrap();
    assert_eq!(found.lines[0].class, Class::Absent);
}

#[test]
fn columns_are_those_that_a_person_names() {
    let columns = Columns { name: "Parameter".to_owned(), value: "Värde".to_owned(), ..Columns::default() };
    let manifest = clean(Kind::Table(&columns), "parameter;Annat;värde\nA;x;1\n".as_bytes());
    assert_eq!(lines(&manifest).len(), 1, "capitals of ASCII do not matter in a header");
    let told = refused(Kind::Table(&Columns::default()), b"a;b\n1;2\n");
    assert!(told.contains("there is no column name; one of the columns that there are: a, b"), "{told}");
    assert!(refused(Kind::Table(&Columns::default()), b"name,setting,NAME\n").contains("there twice"));
    assert!(
        refused(Kind::Table(&Columns::default()), b"name,setting\n,1\n")
            .contains("row 2: the setting has no name")
    );
    assert!(refused(Kind::Table(&Columns::default()), b"name,setting\na\n").contains("row 2"));
    assert!(refused(Kind::Table(&Columns::default()), b"").contains("empty"));
    let (_, findings) = try_read(Kind::Table(&Columns::default()), b"name,setting\na,1\na,2\n").unwrap();
    assert!(findings[0].to_string().starts_with("settings: row 3: \"a\": the setting is there again"));
}

#[test]
fn codes_are_read_from_csv_and_json_alike() {
    let csv = read_codes("ris.csv", b"code,scheme,display\n 10 ,L,Chest\n", &CodeColumns::default()).unwrap();
    let json = br#"[{"code": "10", "scheme": "L", "display": "Chest", "more": 1}]"#;
    let json = read_codes("ris.csv", json, &CodeColumns::default()).unwrap();
    assert_eq!((csv.rows[0].row, json.rows[0].row), (2, 1));
    assert_eq!((&csv.rows[0].code, &csv.rows[0].display), (&json.rows[0].code, &json.rows[0].display));
    let named =
        CodeColumns { code: "Kod".to_owned(), scheme: "Kodverk".to_owned(), display: "Text".to_owned() };
    assert!(read_codes("a", b"kod;text;kodverk\n1;x;L\n", &named).is_ok());
    let told = |bytes: &[u8], columns: &CodeColumns| read_codes("a", bytes, columns).unwrap_err().to_string();
    assert!(told(b"kod;text\n1;x\n", &named).contains("no column Kodverk"));
    assert!(read_codes("a", b"code,display\n1,x\n", &CodeColumns::default()).is_ok());
    assert!(told(b"code,display\n,x\n", &CodeColumns::default()).contains("row 2: the row has no code"));
    assert!(told(br#"[{"code": 10}]"#, &CodeColumns::default()).contains("/0/code: this is no text"));
    assert!(told(br#"[{"display": "x"}]"#, &CodeColumns::default()).contains("/0: there is no code"));
}

const ROW: &str = r#"{"schemaname":"public","relname":"study","n_live_tup":1,"n_dead_tup":2,"n_tup_ins":3,"n_tup_upd":4,"n_tup_hot_upd":1,"n_tup_del":0,"vacuum_count":1,"autovacuum_count":2,"relid":"16385","last_vacuum":null}"#;

#[test]
fn a_snapshot_is_read_from_the_rows_of_three_views() {
    let file = format!(
        r#"{{"taken_at":"2026-11-26","pg_stat_user_tables":[{ROW}],"pg_stat_database":[{{"datname":"pacs","deadlocks":1,"blks_read":2,"blks_hit":3,"stats_reset":null}}],"pg_locks":[{{"granted":false,"locktype":"relation","mode":"ShareLock"}},{{"granted":true,"locktype":"x","mode":"y"}},{{"granted":false,"locktype":"relation","mode":"ShareLock"}}]}}"#
    );
    let snapshot = read_snapshot("a.json", file.as_bytes()).unwrap();
    assert_eq!((snapshot.tables[0].counted.vacuums, snapshot.tables[0].relid), (Some(3), Some(16_385)));
    assert_eq!(snapshot.waits.as_ref().map(|waits| waits[0].sessions), Some(2));
    assert_eq!(snapshot.database.as_ref().and_then(|database| database.stats_reset.clone()), None);
    let csv = "schemaname,relname,n_live_tup,n_dead_tup,n_tup_ins,n_tup_upd,n_tup_hot_upd,n_tup_del\npublic,study,1,2,3,4,1,0\n";
    let of_csv = read_snapshot("a.csv", csv.as_bytes()).unwrap();
    assert!(
        of_csv.database.is_none() && of_csv.waits.is_none() && of_csv.tables[0].counted.vacuums.is_none()
    );
}

#[test]
fn a_snapshot_with_anything_wrong_is_refused_with_its_place() {
    let told = |file: &str| read_snapshot("a.json", file.as_bytes()).unwrap_err().to_string();
    let tables = |row: &str| format!(r#"{{"pg_stat_user_tables":[{row}]}}"#);
    for (file, says) in [
        (r#"{"pg_locks":[]}"#.to_owned(), "pg_stat_user_tables is missing"),
        (r#"{"pg_stat_user_tables":{}}"#.to_owned(), "/pg_stat_user_tables: this is no list"),
        (tables("1"), "/pg_stat_user_tables/0: this is no object"),
        (tables(&format!("{ROW},{ROW}")), "/pg_stat_user_tables/1: public.study is there again"),
        (tables(&ROW.replace("\"n_tup_upd\":4", "\"n_tup_upd\":-4")), "n_tup_upd is \"-4\"; a whole number"),
        (tables(&ROW.replace("\"n_tup_upd\":4,", "")), "n_tup_upd is missing"),
        (
            r#"{"pg_stat_user_tables":[],"pg_stat_database":[]}"#.to_owned(),
            "/pg_stat_database: this is not one row",
        ),
        (r#"{"pg_stat_user_tables":[],"pg_stat":[]}"#.to_owned(), "/pg_stat: this is no view that is read"),
        (
            r#"{"pg_stat_user_tables":[],"pg_locks":[{"granted":"perhaps"}]}"#.to_owned(),
            "neither true nor false",
        ),
    ] {
        assert!(told(&file).contains(says), "{}", told(&file));
    }
    assert!(told("schemaname,relname\nx,y\n").contains("no column n_live_tup"));
}
