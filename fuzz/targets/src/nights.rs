//! Tables of past nights: whatever the bytes, every record of the table within its limits, or none and findings that say where.

use std::collections::BTreeSet;

use adapter_nights::{FINDINGS_MAX, STEP_MAX_SECONDS, Terms, read_nights};
use jiff::tz::TimeZone;
use model::Time;
use model::ids::ID_LENGTH_MAX_BYTES;
use planning::forecast::Step;

/// Pieces of the notation.
pub const WORDS: &[&str] = &[
    "night,begun,device,family,step,seconds\n",
    "night",
    "begun",
    "device",
    "family",
    "step",
    "seconds",
    "model",
    "site",
    "declared_seconds",
    "restart_place",
    "armed_another",
    "autumn,2025-11-12 22:00,CMS-5,linux-image-6.1.0-18-amd64,install,412\n",
    "2025-11-12T22:00:00+01:00",
    "2025-10-26 02:30",
    "2099-01-01 00:00",
    "-9999-01-01 00:00",
    "download",
    "install",
    "restart",
    "probe",
    "yes",
    "no",
    "65536",
    "0",
    "-1",
    "1209600",
    "1209601",
    "4294967296",
    "+",
    ",",
    ",,,,,,,,",
    ";",
    "\"",
    "\n",
    "\r\n",
    "\r",
    "\u{feff}",
    "\0",
    "å",
];

/// The table was handed in then: 26 November 2026.
const NOW: Time = Time(1_795_651_200_000_000);
/// A few rows more than any seed has.
const ROWS_MAX: usize = 500;
/// One row, or one header, may say several things at once.
const FINDINGS_OF_ONE_ROW_MAX: usize = 20;

/// Reads `data` as one table.
pub fn target(data: &[u8]) {
    let zone = TimeZone::get("Europe/Stockholm").expect("a zone");
    let terms = Terms { source: "seed.csv", zone: &zone, now: NOW, rows_max: ROWS_MAX };
    let first = read_nights(data, &terms);
    match &first {
        Ok(records) => {
            assert!(!records.is_empty(), "a table without rows is refused");
            assert!(records.len() < ROWS_MAX);
            let keys: BTreeSet<_> = records.iter().map(|record| record.key()).collect();
            assert_eq!(keys.len(), records.len(), "no step twice");
            for record in records {
                assert!(record.begun <= NOW, "no night lies in the future");
                assert!(record.seconds <= STEP_MAX_SECONDS);
                assert!(record.declared_seconds.is_none_or(|seconds| seconds <= STEP_MAX_SECONDS));
                let names = [&record.night, &record.device];
                assert!(names.iter().all(|name| !name.is_empty() && name.len() <= ID_LENGTH_MAX_BYTES));
                assert!(record.family.len() <= ID_LENGTH_MAX_BYTES);
                assert!(
                    record.model.len() <= ID_LENGTH_MAX_BYTES && record.site.len() <= ID_LENGTH_MAX_BYTES
                );
                if let Some(chain) = record.chain {
                    assert!(record.step == Step::Restart && chain.place > 0);
                }
            }
        }
        Err(findings) => {
            assert!(!findings.is_empty(), "a refusal says why");
            assert!(findings.len() <= FINDINGS_MAX + FINDINGS_OF_ONE_ROW_MAX, "findings are bounded");
            for finding in findings {
                assert!(!finding.problem.is_empty() && !finding.expected.is_empty());
                let shown = finding.to_string();
                assert!(shown.len() < 4_096, "a message stays readable: {} bytes", shown.len());
            }
        }
    }
    assert_eq!(first, read_nights(data, &terms), "the same bytes give the same answer");
}
