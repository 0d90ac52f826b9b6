//! Whatever the bytes: an answer; and what a text was escaped to is read as it was.

use adapter_hl7::{Charset, Separators, Site, escape, unescape};
use proptest::prelude::*;

use super::*;

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("MSH|^~\\&|".to_owned()),
        Just("MSH|^~\\&|A|B|C|D|20261126100000||ORU^R01|1|P|2.5\r".to_owned()),
        Just("MSH|^~\\&|A|B|C|D|20261126100000||ADT^A01|1|P|2.5\r".to_owned()),
        Just("PID|||1^^^H^MR~2\r".to_owned()),
        Just("PV1||E\r".to_owned()),
        Just("OBR|1|2|3|4||||||||||||||A\r".to_owned()),
        Just("ORC|SC|1|2||CM\n".to_owned()),
        Just("IPC|A|B|1.2.3\r".to_owned()),
        Just("BHS|\r".to_owned()),
        Just("BTS|99999999999999999999\r".to_owned()),
        "[\\x0b\\x1c\\r\\n|^~\\\\&#A-Z0-9.+-]{0,12}",
        "\\PC{0,8}",
    ]
}

proptest! {
    #[test]
    fn no_bytes_are_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let read = read_bytes(&bytes, &Site::default());
        prop_assert!(!read.told.is_empty() || !read.findings.is_empty() || read.passed_over > 0);
    }

    #[test]
    fn no_pieces_are_too_odd_and_no_message_vanishes(pieces in prop::collection::vec(piece(), 0..20)) {
        let text = pieces.concat();
        let read = super::read(&text);
        prop_assert_eq!(&read, &super::read(&text));
        prop_assert!(read.passed_over <= read.messages);
        for finding in &read.findings {
            prop_assert!(!finding.problem.is_empty() && !finding.expected.is_empty());
            prop_assert!(finding.to_string().len() < 1_000);
        }
    }

    #[test]
    fn what_was_escaped_is_read_as_it_was(text in any::<String>(), cut in any::<bool>()) {
        let separators = Separators { truncation: cut.then_some('#'), ..Separators::default() };
        let escaped = escape(&text, &separators);
        let is_plain = !escaped.contains(['|', '^', '~', '&', '\r', '\n', '\u{b}', '\u{1c}']);
        prop_assert!(is_plain);
        for charset in [Charset::Utf8, Charset::Latin1] {
            prop_assert_eq!(&unescape(&escaped, &separators, charset), &text);
        }
    }

    #[test]
    fn an_accession_number_of_any_characters_is_read_out_of_a_message(text in "\\PC{1,20}") {
        prop_assume!(!text.trim().is_empty() && text.trim() != "\"\"" && !text.contains('\u{feff}'));
        let escaped = escape(&text, &Separators::default());
        let read = super::read(&message("ORU^R01", &["PID|||P1", &format!("OBR|1|2|3|4||||||||||||||{escaped}")]));
        let orders = orders(read);
        prop_assert_eq!(&*orders[0].accession, text.trim());
    }
}

#[test]
fn escapes_that_mean_nothing_here_are_kept() {
    let of = |text: &str| unescape(text, &Separators::default(), Charset::Utf8);
    assert_eq!(of("a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f"), "a|b^c&d~e\\f");
    assert_eq!(of("x\\.br\\y\\H\\bold\\N\\"), "x\nybold");
    assert_eq!(of("\\XC385\\"), "Å");
    for kept in ["\\Zabc\\", "\\X4\\", "\\Xzz\\", "\\XFF\\", "C:\\", "\\", "\\\\", "\\C2842\\"] {
        assert_eq!(of(kept), kept);
    }
    assert_eq!(unescape("\\XC5\\", &Separators::default(), Charset::Latin1), "Å");
}
