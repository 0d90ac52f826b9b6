//! Exports of the Windows registry.

use adapter_settings::Kind;

use crate::{clean, lines, refused, try_read};

const HEAD: &str = "Windows Registry Editor Version 5.00\r\n\r\n";

fn told(values: &str) -> Vec<String> {
    lines(&clean(
        Kind::Registry,
        format!("{HEAD}[HKEY_LOCAL_MACHINE\\SOFTWARE\\Nordbild]\r\n{values}").as_bytes(),
    ))
}

#[test]
fn every_type_of_value_is_read() {
    let values = "@=\"default\"\r\n\"Path\"=\"C:\\\\bilder \\\"a\\\"\"\r\n\"Port\"=dword:0000006E\r\n\
        \"Big\"=hex(b):01,00,00,00,00,00,00,80\r\n\"Home\"=hex(2):25,00,48,00,25,00,00,00\r\n\
        \"Hosts\"=hex(7):61,00,00,00,\\\r\n  62,00,00,00,00,00\r\n\"Raw\"=hex:0a,FF\r\n\"None\"=hex(0):\r\n\"Odd\"=hex(10001):01\r\n";
    assert_eq!(
        told(values),
        [
            "/hkey_local_machine/software/nordbild/@ \"default\" (REG_SZ)",
            "/hkey_local_machine/software/nordbild/@big Integer(Integer(\"9223372036854775809\")) (REG_QWORD)",
            "/hkey_local_machine/software/nordbild/@home \"%H%\" (REG_EXPAND_SZ)",
            "/hkey_local_machine/software/nordbild/@hosts List([Text(\"a\"), Text(\"b\")]) (REG_MULTI_SZ)",
            "/hkey_local_machine/software/nordbild/@none \"\" (REG_NONE)",
            "/hkey_local_machine/software/nordbild/@odd \"01\" (type 0x10001)",
            "/hkey_local_machine/software/nordbild/@path \"C:\\\\bilder \\\"a\\\"\" (REG_SZ)",
            "/hkey_local_machine/software/nordbild/@port Integer(Integer(\"110\")) (REG_DWORD)",
            "/hkey_local_machine/software/nordbild/@raw \"0aff\" (REG_BINARY)",
        ]
    );
}

#[test]
fn two_notations_of_one_value_are_the_same_and_another_type_is_not() {
    assert_eq!(told("\"A\"=dword:0000000a\r\n"), told("\"a\"=hex(4):0a,00,00,00\r\n"));
    assert_eq!(told("\"A\"=\"x\"\r\n"), told("\"A\"=hex(1):78,00,00,00\r\n"));
    assert_ne!(told("\"A\"=\"10\"\r\n"), told("\"A\"=dword:0000000a\r\n"));
    assert_ne!(told("\"A\"=\"x\"\r\n"), told("\"A\"=hex(2):78,00,00,00\r\n"));
    // Without its NUL a program may read on: it is kept as bytes.
    assert_ne!(told("\"A\"=\"x\"\r\n"), told("\"A\"=hex(1):78,00\r\n"));
    assert_eq!(
        told("\"A\"=hex(4):0a\r\n"),
        ["/hkey_local_machine/software/nordbild/@a \"0a\" (REG_DWORD in other bytes than its type has)"]
    );
}

#[test]
fn a_value_and_a_key_of_one_name_are_two_things_and_an_empty_key_is_there() {
    let file = format!(
        "{HEAD}[HKLM\\a]\r\n\"b\"=\"1\"\r\n[HKEY_LOCAL_MACHINE\\A\\b]\r\n\r\n[HKLM\\a\\@b]\r\n\"@b\"=\"2\"\r\n"
    );
    assert_eq!(
        lines(&clean(Kind::Registry, file.as_bytes())),
        [
            "/hkey_local_machine/a/@b \"1\" (REG_SZ)",
            "/hkey_local_machine/a/\\@b/@@b \"2\" (REG_SZ)",
            "/hkey_local_machine/a/b Empty",
        ]
    );
}

#[test]
fn an_export_is_utf16_and_one_of_reg_exe_on_another_machine_may_be_utf8() {
    let file = format!("{HEAD}[HKEY_CURRENT_USER\\Läge]\r\n\"Åsa\"=\"två\r\nrader\"\r\n; slut\r\n");
    let wide: Vec<u8> = format!("\u{feff}{file}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(clean(Kind::Registry, &wide), clean(Kind::Registry, file.as_bytes()));
    assert_eq!(
        lines(&clean(Kind::Registry, &wide)),
        ["/hkey_current_user/läge/@Åsa \"två\\r\\nrader\" (REG_SZ)"]
    );
    let old = "REGEDIT4\n[HKLM\\a]\n\"m\"=hex(7):61,00,62,00,00\n\"e\"=hex(2):e5,00\n";
    assert_eq!(
        lines(&clean(Kind::Registry, old.as_bytes())),
        [
            "/hkey_local_machine/a/@e \"e500\" (REG_EXPAND_SZ in other bytes than its type has)",
            "/hkey_local_machine/a/@m List([Text(\"a\"), Text(\"b\")]) (REG_MULTI_SZ)",
        ]
    );
}

#[test]
fn a_value_that_is_there_twice_is_told() {
    let file = format!("{HEAD}[HKLM\\a]\n\"b\"=\"1\"\n[HKLM\\A]\n\"B\"=\"2\"\n");
    let (manifest, findings) = try_read(Kind::Registry, file.as_bytes()).unwrap();
    assert_eq!(lines(&manifest), ["/hkey_local_machine/a/@b Repeated([Text(\"1\"), Text(\"2\")]) (REG_SZ)"]);
    assert_eq!(findings.len(), 2, "{findings:?}");
}

#[test]
fn what_is_no_export_is_refused_with_its_line_and_without_the_value() {
    assert!(refused(Kind::Registry, b"[a]\nb=1\n").contains("row 1: this is no export of a registry"));
    for (rest, says) in [
        ("\"a\"=\"secret1\"", "row 3: a value stands before any key"),
        ("[-HKLM\\a]", "takes a key away"),
        ("[HKLM\\a", "the key does not end"),
        ("[ROOT\\a]", "under no known root"),
        ("[HKLM\\\\a]", "a part of the key has no name"),
        ("[HKLM\\a]\n\"b\"=-", "takes a value away"),
        ("[HKLM\\a]\n\"b\"=secret1", "no known notation"),
        ("[HKLM\\a]\n\"b\"=\"secret1", "does not end"),
        ("[HKLM\\a]\n\"b\"=\"c:\\secret1\"", "row 4: this backslash stands for nothing (column 8)"),
        ("[HKLM\\a]\n\"b\"=\"x\" secret1", "something stands behind the value"),
        ("[HKLM\\a]\n\"b\"=dword:123456789", "this is no dword"),
        ("[HKLM\\a]\n\"b\"=dword:", "this is no dword"),
        ("[HKLM\\a]\n\"b\"=hex:0g", "no byte stands here"),
        ("[HKLM\\a]\n\"b\"=hex:01,", "no byte stands here"),
        ("[HKLM\\a]\n\"b\"=hex:01,\\", "a backslash goes on"),
        ("[HKLM\\a]\n\"b\"=hex(zz):01", "no known notation"),
        ("[HKLM\\a]\nsecret1", "this line is none of an export"),
    ] {
        let told = refused(Kind::Registry, format!("{HEAD}{rest}").as_bytes());
        assert!(told.contains(says) && !told.contains("secret1"), "{rest}: {told}");
    }
}
