//! What was measured, as the bench says it, with the machine's load before it began.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::Args;
use crate::client::SOURCES;

/// The settings that stand beside every figure.
pub(crate) struct Figures {
    common: Map<String, Value>,
}

impl Figures {
    pub(crate) fn begin(args: &Args, open_files: usize) -> Figures {
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load = load.split(' ').next().and_then(|load| load.parse::<f64>().ok());
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let common = [
            ("agents", json!(args.agents)),
            ("every_seconds", json!(args.seconds)),
            ("packages", json!(args.packages)),
            ("cores", json!(cores)),
            ("load_before", json!(load)),
            ("open_files_max", json!(open_files)),
            ("source_addresses", json!(SOURCES)),
            ("tls", json!("1.3, certificates at both ends, ECDSA P-256")),
            ("journal", json!("SQLite, WAL, synchronous=FULL")),
        ];
        let common = common.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Figures { common }
    }

    pub(crate) fn say(&self, metric: &str, value: f64, unit: &str, more: &[(&str, f64)]) {
        if !value.is_finite() {
            eprintln!("{metric} could not be measured");
            return;
        }
        let mut line = self.common.clone();
        line.extend(more.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
        line.extend([
            ("metric".to_owned(), json!(metric)),
            ("value".to_owned(), json!(value)),
            ("unit".to_owned(), json!(unit)),
        ]);
        println!("{}", Value::Object(line));
    }
}

/// What came of one load.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) done: u64,
    /// Of those, answered before the time was over.
    pub(crate) in_time: u64,
    /// Tries that failed, those of hosts that came through in the end included.
    pub(crate) failed: u64,
    /// Of those done, on a session that was resumed.
    pub(crate) resumed: u64,
    pub(crate) took: Duration,
    /// From the instant at which each should have begun until its answer was there, in microseconds.
    pub(crate) answered: Vec<u64>,
    /// How much later than it should the bench itself began, in microseconds.
    pub(crate) begun_late: Vec<u64>,
}

impl Outcome {
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        quantile(&self.answered, share)
    }

    pub(crate) fn late(&self, share: f64) -> f64 {
        quantile(&self.begun_late, share)
    }
}

/// Not a number when nothing was measured: that meets no target.
fn quantile(microseconds: &[u64], share: f64) -> f64 {
    let mut sorted = microseconds.to_vec();
    sorted.sort_unstable();
    let at = ((sorted.len() as f64 * share).ceil() as usize).saturating_sub(1);
    sorted.get(at).map_or(f64::NAN, |found| *found as f64 / 1e6)
}

pub(crate) fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}

pub(crate) fn per_second(count: u64, took: Duration) -> f64 {
    count as f64 / seconds(took)
}
