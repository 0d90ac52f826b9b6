//! One message or many, framed or not, in any line ends and in the character sets that are read.

use adapter_hl7::{Charset, MESSAGES_MAX, Site, is_hl7};
use archive::Patient;
use archive::circumstances::Says;

use super::*;

const STAY: &str = "PID|||P1^^^HUS^MR||Åkesson^Öivind";

fn admission() -> String {
    message("ADT^A01", &[STAY, "PV1||E"])
}

fn patients(read: &Read) -> Vec<Patient> {
    let of = |says: &Says| match says {
        Says::Stay { patient, .. } => patient.clone(),
        other => panic!("{other:?}"),
    };
    read.told.iter().map(|told| of(&told.says)).collect()
}

#[test]
fn line_ends_frames_batches_and_a_byte_order_mark_make_no_difference() {
    let one = admission();
    let framed = format!("\u{b}{one}\u{1c}\r");
    let batch = format!("FHS|^~\\&|RIS\rBHS|^~\\&|RIS\r{one}{one}BTS|2\rFTS|1\r");
    for (text, count) in [
        (one.clone(), 1),
        (one.replace('\r', "\n"), 1),
        (one.replace('\r', "\r\n"), 1),
        (one.replace('\r', "\r\r"), 1),
        (one.trim_end().to_owned(), 1),
        (format!("\u{feff}{one}"), 1),
        (format!("\n  \n{one}").replace("  ", ""), 1),
        (framed.clone(), 1),
        (format!("{framed}{framed}"), 2),
        (format!("\u{b}{}\u{1c}\r\n", one.trim_end()), 1),
        (batch.clone(), 2),
        (batch.replace('\r', "\r\n"), 2),
        (format!("{one}{one}{one}"), 3),
    ] {
        let read = read(&text);
        assert_eq!((lines(&read), read.messages), (vec![], count), "{text:?}");
        assert_eq!(patients(&read), vec![Patient::new("P1", "HUS"); count as usize], "{text:?}");
        assert!(is_hl7(text.as_bytes()), "{text:?}");
    }
    assert!(!is_hl7(b"accession,ended\n") && !is_hl7(b""));
}

#[test]
fn a_message_or_a_batch_that_was_cut_is_said_and_the_rest_is_read() {
    let one = admission();
    let cut = format!("\u{b}{one}\u{b}{one}\u{1c}\r");
    let read = super::read(&cut);
    assert_eq!(read.told.len(), 1);
    assert!(lines(&read)[0].contains("message 1 begins with 0x0B and does not end with 0x1C"), "{read:?}");
    assert!(!read.is_whole());
    assert!(!super::read(&format!("\u{b}{one}")).is_whole());
    let short = super::read(&format!("BHS|^~\\&|RIS\r{one}BTS|2\r"));
    assert!(lines(&short)[0].contains("BTS-1 says that the batch has 2 messages; 1 stand there"));
    assert_eq!(short.told.len(), 1);
}

#[test]
fn a_file_without_a_message_or_with_lines_that_belong_to_none_is_said() {
    assert!(lines(&read(""))[0].contains("no message stands in it"));
    assert!(
        lines(&read(&format!("hello\r{}", admission())))[0]
            .contains("byte 0: a line that belongs to no message")
    );
    let wide: Vec<u8> = admission().encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(lines(&read_bytes(&wide, &Site::default()))[0].contains("this is UTF-16"));
    assert_eq!(MESSAGES_MAX, 1_000_000);
}

#[test]
fn names_are_read_in_the_character_set_that_the_message_names_and_others_are_refused() {
    let with = |charset: &str| format!("{HEAD}ADT^A01|1|P|2.5.1||||||{charset}\rPID|||Å1^^^HUS^MR\rPV1||E\r");
    let latin = |text: &str| text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect::<Vec<u8>>();
    let first = |bytes: &[u8], site: &Site| {
        let read = read_bytes(bytes, site);
        (patients(&read).first().map(|patient| patient.id().to_owned()), lines(&read))
    };
    let usual = Site::default();
    let here = Site { charset: Charset::Latin1, ..Site::default() };
    for charset in ["", "UNICODE UTF-8", "UTF-8", "utf8"] {
        assert_eq!(first(with(charset).as_bytes(), &usual), (Some("Å1".into()), vec![]), "{charset}");
    }
    for charset in ["8859/1", "ISO-8859-1", "iso_8859-1"] {
        assert_eq!(first(&latin(&with(charset)), &usual), (Some("Å1".into()), vec![]), "{charset}");
    }
    assert_eq!(first(&latin(&with("")), &here), (Some("Å1".into()), vec![]));
    let (none, says) = first(&latin(&with("")), &usual);
    assert_eq!(none, None);
    assert!(says[0].starts_with("Error night.hl7: message 1, segment 2, MSH-18: byte "), "{says:?}");
    assert!(says[0].contains("is not UTF-8"), "{says:?}");
    let (none, says) = first(with("8859/5").as_bytes(), &usual);
    assert_eq!(none, None);
    assert_eq!(
        says,
        [
            "Error night.hl7: message 1, segment 1, MSH-18: \"8859/5\": messages in this character set are not read; \
          UNICODE UTF-8 or 8859/1; the interface engine can convert them"
        ]
    );
}

#[test]
fn separators_are_those_that_the_message_names() {
    let other =
        "MSH$*%!@$RIS$HUS$SEGUE$HUS$20261126100000$$ADT*A01$1$P$2.5.1\rPID$$$P!F!1***HUS@x*MR\rPV1$$E\r";
    let read = super::read(other);
    assert_eq!(lines(&read), Vec::<String>::new());
    assert_eq!(patients(&read), [Patient::new("P$1", "HUS")]);
    for (wrong, says) in [
        ("^~\\", "four or five"),
        ("^^\\&", "the same"),
        ("^~\\&#!", "four or five"),
        ("^a\\&", "separate nothing"),
        ("", "four or five"),
    ] {
        let read = super::read(&admission().replacen("^~\\&", wrong, 1));
        assert!(
            lines(&read)[0].contains("segment 1, MSH-2: ") && lines(&read)[0].contains(says),
            "{wrong} {read:?}"
        );
    }
}

#[test]
fn a_line_that_goes_on_stands_behind_a_result_only() {
    let result = message(
        "ADT^A01",
        &[STAY, "PV1||E", "OBX|1|TX|||Nodule in the", "left upper lobe", "OBX|2|TX|||End"],
    );
    assert_eq!(lines(&read(&result)), Vec::<String>::new());
    let broken = message("ADT^A01", &[STAY, "Street 1", "PV1||E"]);
    let says = lines(&read(&broken));
    assert!(
        says[0]
            .starts_with("Error night.hl7: message 1, segment 3, the segment: it begins with \"Street 1\""),
        "{says:?}"
    );
}

#[test]
fn a_message_that_says_nothing_that_is_asked_is_passed_over_and_counted() {
    let read = read(&format!("{}{}", message("ADT^A28", &[STAY]), message("ACK", &["MSA|AA|1"])));
    assert_eq!((read.messages, read.passed_over, read.told.len(), read.findings.len()), (2, 2, 0, 0));
    assert!(lines(&super::read(&message("", &[STAY])))[0].contains("MSH-9: it is empty"));
}

#[test]
fn a_message_must_say_when_it_was_recorded_and_not_in_the_future() {
    let at = |time: &str| {
        let read = read(&admission().replace("20261126100000", time));
        (read.told.first().map(|told| told.at), lines(&read))
    };
    let ten = Time(NOW.0 - 3 * 3_600_000_000);
    assert_eq!(at("20261126100000"), (Some(ten), vec![]));
    assert_eq!(at("202611261000+0100").0, Some(ten));
    assert_eq!(at("20261126130200").0, Some(NOW), "clocks go a little apart");
    for (wrong, says) in [
        ("", "to the minute"),
        ("20261126", "to the minute"),
        ("20261126131000", "in the future"),
        ("soon", "to the minute"),
    ] {
        let (none, lines) = at(wrong);
        assert_eq!(none, None, "{wrong}");
        assert!(lines[0].contains("segment 1, MSH-7: ") && lines[0].contains(says), "{lines:?}");
    }
    let evn = message("ADT^A01", &["EVN|A01|20261126090000", STAY, "PV1||E"]);
    assert_eq!(
        read(&evn).told[0].at,
        Time(ten.0 - 3_600_000_000),
        "when it was recorded, not when it was sent"
    );
    let twice = at("20261025023000");
    assert!(
        twice.0.is_some()
            && twice.1[0].starts_with("Warning")
            && twice.1[0].contains("the earlier one is taken")
    );
}

#[test]
fn however_many_oddities_there_are_none_of_them_hides_a_message_that_could_not_be_read() {
    let odd = message("ADT^A01", &[STAY, "PV1||AKUT"]);
    let read = read(&format!("{}{}", odd.repeat(1_000), message("ADT^A01", &["PID|||", "PV1||E"])));
    assert!(!read.is_whole() && read.errors == 1);
    assert!(
        lines(&read)[0].starts_with("Error night.hl7: message 1001, segment 2, PID-3.1"),
        "{}",
        lines(&read)[0]
    );
    assert!(read.findings.len() < 300, "{}", read.findings.len());
}
