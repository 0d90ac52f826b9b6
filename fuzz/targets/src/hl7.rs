//! What was to be in the archives: messages of a hospital's systems, or a modality's log. Whatever the bytes, an answer; nothing that lies in the future, and
//! no message that vanishes without a word.

use adapter_hl7::{Separators, Site, escape, unescape};
use archive::circumstances::{Asked, Patients, Says, Stage};
use jiff::tz::TimeZone;
use model::Time;

/// Pieces of the notations.
pub const WORDS: &[&str] = &[
    "MSH|^~\\&|RIS|HUS|SEGUE|HUS|20261126100000||",
    "MSH|^~\\\\&|",
    "ADT^A01|1|P|2.5\r",
    "ADT^A40|1|P|2.5\r",
    "ORM^O01|1|P|2.3\r",
    "OMI^O23|1|P|2.5\r",
    "ORU^R01|1|P|2.5\r",
    "SIU^S12|1|P|2.5\r",
    "PID|||1^^^HUS^MR~2^^^SE\r",
    "MRG|2^^^HUS\r",
    "PV1||E|||||||||||||||||V1\r",
    "ORC|SC|1|2||CM\r",
    "OBR|1|1|2|XR||||||||||||||A1|||||||F\r",
    "IPC|A1|RP|1.2.3\r",
    "ZDS|1.2.3^100^A^DICOM\r",
    "SCH|1|2|||||||||^^^20261126180000\r",
    "FHS|^~\\&\r",
    "BHS|^~\\&\r",
    "BTS|1\r",
    "\u{b}",
    "\u{1c}\r",
    "8859/1",
    "\\X0D\\",
    "\\E\\",
    "\"\"",
    "20261025023000",
    "+1400",
    "accession,study,instances,count,ended\n",
    "A1,1.2.3,1.2.3.1,3,2026-11-25 22:00\n",
    "\u{feff}",
];

/// 26 November 2026, noon in Greenwich.
const NOW: Time = Time(1_795_694_400_000_000);

/// Reads `data` as messages and as a log.
pub fn target(data: &[u8]) {
    // A zone with hours that the clocks show twice: fixed, so that it is the same on every machine.
    let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("a rule of POSIX");
    messages(data, &zone);
    if let Ok(expected) = adapter_modality::read_log(
        data,
        &adapter_modality::Terms { source: "log.csv", zone: &zone, now: NOW },
    ) {
        assert!(!expected.is_empty(), "a log that says nothing is refused");
        assert!(expected.iter().all(|one| one.done <= NOW), "nothing was done in the future");
    }
    let text = String::from_utf8_lossy(data);
    let separators = Separators::default();
    let again = unescape(&escape(&text, &separators), &separators, adapter_hl7::Charset::Utf8);
    assert_eq!(again, text, "what was escaped is read as it was");
}

fn messages(data: &[u8], zone: &TimeZone) {
    let site = Site::default();
    let terms = adapter_hl7::Terms { source: "night.hl7", zone, now: NOW, site: &site };
    let read = adapter_hl7::read_messages(data, &terms);
    assert_eq!(read, adapter_hl7::read_messages(data, &terms), "the same bytes give the same answer");
    assert!(read.passed_over <= read.messages);
    assert!(!read.told.is_empty() || !read.findings.is_empty() || read.passed_over > 0, "nothing vanishes");
    for finding in &read.findings {
        assert!(!finding.problem.is_empty() && !finding.expected.is_empty());
        assert!(finding.to_string().len() < 4_096, "a message stays readable");
    }
    let mut patients = Patients::new();
    for told in read.told {
        assert!(told.at <= NOW, "nothing was recorded in the future");
        if let Says::Order(order) = &told.says
            && let Some(Stage::Done(at)) = order.stage
        {
            assert!(at <= told.at, "nothing was done after it was told");
        }
        patients.told(told);
    }
    for one in patients.expected(NOW) {
        let asked = Asked { patient: &one.patient, accession: "A1", study: None, latest: Some(one.done) };
        patients.circumstances(asked, NOW);
    }
}
