//! Settings: whatever the bytes, a manifest that is read as it is written and has no secret in it, or a refusal that says where. The first byte
//! says which format.

use adapter_settings::{Columns, Kind, Part, read, read_orthanc};
use manifest::key::KEY_LENGTH_MAX_BYTES;
use manifest::{Manifest, Secrets, compare, words};

/// Pieces of the notations.
pub const WORDS: &[&str] = &[
    "Windows Registry Editor Version 5.00\r\n\r\n",
    "REGEDIT4\n",
    "[HKEY_LOCAL_MACHINE\\Software\\a]\r\n",
    "[HKCU]\n",
    "[-HKLM\\a]\n",
    "\"a\"=",
    "@=",
    "\"b\\\\c\\\"\"",
    "dword:0000000a",
    "hex:0a,ff",
    "hex(2):25,00,00,00",
    "hex(7):61,00,00,00,",
    "hex(b):",
    "hex(ffffffff):00",
    "\\\r\n  ",
    "\\\n",
    "[section]\n",
    "[",
    "]",
    "key=value\n",
    "  go on\n",
    "password=hunter2\n",
    "; x\n",
    "# x\n",
    "=",
    "{\"a\":",
    "[{\"b\":1.50},",
    "//",
    "/*",
    "*/",
    ",",
    "}",
    "<a x=\"1\">",
    "</a>",
    "<add key=\"Pin\" value=\"1\"/>",
    "<!DOCTYPE a [<!ENTITY b \"c\">]>",
    "&#65;",
    "&b;",
    "<![CDATA[x]]>",
    "xmlns:p=\"u\"",
    "name,setting,unit,source\n",
    "a,1,kB,default\n",
    "\u{feff}",
    "\0",
    "å",
    "\r",
];

/// Reads `data` in the format of its first byte.
pub fn target(data: &[u8]) {
    let Some((first, bytes)) = data.split_first() else { return };
    let columns =
        Columns { unit: Some("unit".to_owned()), origin: Some("source".to_owned()), ..Columns::default() };
    let secrets = Secrets::new(Some(&[1; 32]), &[]).expect("the key is long enough");
    let ask = || match first % 6 {
        0 => read("seed", bytes, Kind::Registry, &secrets),
        1 => read("seed", bytes, Kind::Ini, &secrets),
        2 => read("seed", bytes, Kind::Xml, &secrets),
        3 => read("seed", bytes, Kind::Json, &secrets),
        4 => read("seed", bytes, Kind::Table(&columns), &secrets),
        _ => read_orthanc(&[Part::Configuration { source: "seed", bytes }], &secrets),
    };
    let first = ask();
    match &first {
        Ok((manifest, findings)) => {
            assert!(findings.len() <= adapter_input::FINDINGS_MAX_COUNT + 1, "findings are bounded");
            for (key, entry) in manifest.entries() {
                assert!(key.as_str().len() <= KEY_LENGTH_MAX_BYTES);
                assert!(
                    !secrets.is_secret(key, &entry.value) || is_sealed(&entry.value),
                    "{key} is a secret"
                );
            }
            let form = serde_json::to_vec(manifest).expect("a manifest has a form");
            assert_eq!(&Manifest::from_json(&form).expect("what was written is read"), manifest);
            if let Ok(found) = compare(manifest, manifest, None) {
                assert!(found.is_same(), "a manifest is what it is");
                assert!(!words::comparison(&found).is_empty());
            }
        }
        Err(refused) => {
            assert!(!refused.finding.problem.is_empty() && !refused.finding.expected.is_empty());
            let shown = refused.to_string();
            assert!(shown.len() < 4_096, "a message stays readable: {} bytes", shown.len());
        }
    }
    assert_eq!(first, ask(), "the same bytes give the same answer");
}

/// An empty group holds nothing that could be a secret.
fn is_sealed(value: &manifest::Value) -> bool {
    value.is_secret() || *value == manifest::Value::Empty
}
