//! The JSON form of a manifest: read as it was written, refused when it is anything else, and without any secret in it.

use manifest::{Entry, Manifest, Standing, Value, words};

use crate::{key_of, of, sealed};

#[test]
fn a_manifest_is_read_as_it_was_written() {
    let list = Value::List(vec![Value::integer(1), Value::Null, Value::Boolean(true)]);
    let entries = [
        ("/a", Entry::plain(Value::Text("x\u{0}\n".into()))),
        ("/a/b[2]", Entry::plain(list)),
        (
            "/c",
            Entry {
                value: Value::number("1.50").unwrap(),
                of: Some("GB".into()),
                standing: Standing::Default,
            },
        ),
        ("/d", Entry::plain(Value::Empty)),
        ("/e/token", Entry::plain(Value::Null)),
    ];
    let manifest = of(&key_of(3), entries);
    let written = serde_json::to_vec(&manifest).unwrap();
    assert_eq!(Manifest::from_json(&written).unwrap(), manifest);
}

#[test]
fn what_is_no_manifest_of_this_version_is_refused_with_the_reason() {
    let says = |text: &str| Manifest::from_json(text.as_bytes()).unwrap_err().to_string();
    let form =
        |settings: &str| format!(r#"{{"manifest":1,"format":"ini","source":"x","settings":[{settings}]}}"#);
    assert!(Manifest::from_json(form("").as_bytes()).is_ok());
    assert!(says("{}").contains("no manifest"), "{}", says("{}"));
    assert!(says(r#"{"manifest":2}"#).contains("version 2"));
    let one = r#"{"key":"/a","value":"null"}"#;
    assert!(says(&form(&format!("{one},{one}"))).contains("/a is there twice"));
    assert!(says(&form(r#"{"key":"a","value":"null"}"#)).contains("begins with /"));
    assert!(says(&form(r#"{"key":"/a","value":{"integer":"1.5"}}"#)).contains("whole number"));
    assert!(says(&form(r#"{"key":"/a","value":"null","x":1}"#)).contains("unknown field"));
    let unsealed = format!(r#"{{"key":"/a","value":{{"secret":"{}"}}}}"#, "0".repeat(64));
    assert!(says(&form(&unsealed)).contains("sealed_with"));
}

#[test]
fn no_password_gets_into_a_file_or_onto_a_terminal() {
    let secrets = key_of(4);
    let (b, a) = ("hunter-before", "hunter-after");
    let with = |password: &str| {
        let url = format!("postgres://pacs:{password}@db/pacs");
        let settings =
            [("/Db/Password", password), ("/RegisteredUsers/alice", password), ("/Url", url.as_str())];
        sealed(&secrets, &settings)
    };
    let found = manifest::compare(&with(b), &with(a), Some(&with("hunter-wanted"))).unwrap();
    let all = [
        serde_json::to_string(&with(b)).unwrap(),
        serde_json::to_string(&found).unwrap(),
        words::comparison(&found),
        format!("{:?}", with(b)),
        format!("{secrets:?}"),
    ];
    for text in all {
        assert!(!text.contains("hunter"), "{text}");
    }
    assert_eq!(found.lines.len(), 3);
    let digests = serde_json::to_string(&with(b)).unwrap().matches("\"secret\":").count();
    assert_eq!(digests, 3);
}

#[test]
fn what_a_file_says_cannot_move_a_terminal() {
    let before = crate::manifest(&[("/a\u{1b}~22J", "x\u{1b}]0;y\u{7}\u{202e}")]);
    let found = manifest::compare(&before, &crate::manifest(&[("/b", "1")]), None).unwrap();
    let text = words::comparison(&found);
    assert!(!text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{text:?}");
}
