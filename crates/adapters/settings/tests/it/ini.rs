//! INI files.

use adapter_settings::Kind;

use crate::{clean, lines, refused, try_read};

#[test]
fn sections_keys_and_values_are_kept_as_they_stand() {
    let file = "top = 1\r\n; a comment\r\n# another\r\n\r\n[Store]\r\nPath = \"C:\\images\" ; old\r\nskip-index\r\nEmpty=\r\n[Nothing]\r\n[a/b]\r\nx=y=z\r\n";
    assert_eq!(
        lines(&clean(Kind::Ini, file.as_bytes())),
        [
            "/Nothing Empty",
            "/Store/Empty \"\"",
            r#"/Store/Path "\"C:\\images\" ; old""#,
            "/Store/skip-index Null",
            "/a~1b/x \"y=z\"",
            "/top \"1\"",
        ]
    );
}

#[test]
fn capitals_may_matter_and_spaces_around_a_key_do_not() {
    let read = |file: &str| clean(Kind::Ini, file.as_bytes());
    assert_eq!(read("[a]\n b\t=  c \n"), read("\u{feff}[a] ; x\nb=c"));
    assert_ne!(read("[a]\nb=c").entries(), read("[a]\nB=c").entries());
    assert_ne!(read("[a]\nb=c").entries(), read("[a]\nb=\"c\"").entries());
}

#[test]
fn a_key_that_is_there_twice_is_told_and_both_values_are_kept() {
    let (manifest, findings) = try_read(Kind::Ini, b"[a]\nport=1\n[b]\nx=1\n[a]\nport=2\n").unwrap();
    assert_eq!(lines(&manifest)[0], "/a/port Repeated([Text(\"1\"), Text(\"2\")])");
    let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("settings: row 5: \"a\": this section"), "{told:?}");
    assert!(told[1].starts_with("settings: row 6: \"port\": the key is there again"), "{told:?}");
}

#[test]
fn what_programs_read_in_several_ways_is_refused_with_its_line_and_without_its_value() {
    for (file, says) in [
        ("[a\nb=1", "row 1: a line that begins with [ is no section"),
        ("[]\n", "row 1: a line that begins with [ is no section"),
        ("[a]b]\n", "row 1: a line"),
        ("=secret1\n", "row 1: no key stands before the ="),
        ("[a]\npassword=x\n  secret1\n", "row 3: this line is indented"),
        ("a=\0secret1", "row 1: a NUL character"),
    ] {
        let told = refused(Kind::Ini, file.as_bytes());
        assert!(told.contains(says) && !told.contains("secret1"), "{told}");
    }
    assert!(refused(Kind::Ini, b"\xff\xfea\0=\0\x00\xd8").contains("half a character"));
    assert!(refused(Kind::Ini, b"a=\xe5\n").contains("byte 2: this byte is not UTF-8"));
    assert!(refused(Kind::Ini, format!("a={}", "x".repeat(2 << 20)).as_bytes()).contains("too long"));
}

#[test]
fn windows_writes_utf16_and_it_is_the_same_file() {
    let wide: Vec<u8> = "\u{feff}[Läge]\r\nä=1".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = "\u{feff}[Läge]\r\nä=1".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let plain = clean(Kind::Ini, "[Läge]\r\nä=1".as_bytes());
    assert_eq!(clean(Kind::Ini, &wide), plain);
    assert_eq!(clean(Kind::Ini, &big), plain);
}
