//! How fast one real archive is listed whole, object by object, by each way of asking it. Prints one JSON object a line.
//!
//! `bench_paths OBJECTS [PYTHON SCRIPT]`: with both, a plain sweep by a Python package on the same archive, in the same run, stands beside ours.
#![allow(clippy::print_stdout, clippy::expect_used)] // a measurement that cannot go on stops

use std::process::Command;
use std::time::Instant;

use archives::ways::{WAYS, everything};
use archives::{Caps, Pair, invented_up_to};
use serde_json::{Value, json};

/// Objects where nothing else is said.
const OBJECTS: usize = 20_000;
/// Most objects of one examination.
const OF_ONE_MAX: usize = 400;

fn main() {
    let mut args = std::env::args().skip(1);
    let objects = args.next().map_or(OBJECTS, |text| text.parse().expect("a number of objects"));
    let theirs = args.next().zip(args.next());
    let exams = invented_up_to(objects, OF_ONE_MAX);
    let pair = Pair::start(Caps::default(), Caps::default()).expect("two archives");
    pair.a.store(&exams, |_| true).expect("an archive that stores");
    let baseline = theirs.map(|(python, script)| {
        let peer = pair.a.peer().expect("a DICOM port");
        let mut command = Command::new(python);
        command.arg(script).args([&*peer.host, &peer.port.to_string(), pair.a.title()]);
        let output = command.output().expect("the Python package");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).expect("one JSON object")
    });
    for (way, source) in WAYS {
        let mut source = source(&pair.a);
        let began = Instant::now();
        let held = everything(&mut *source);
        let seconds = began.elapsed().as_secs_f64();
        assert!(held.gaps().is_empty(), "{way}: {:?}", held.gaps());
        let found = held.instances().len();
        let rate = found as f64 / seconds;
        let mut metric = json!({
            "metric": format!("objects_a_second_by_{}", way.to_lowercase()), "value": rate, "unit": "1/s",
            "objects": found, "examinations": held.studies().len(), "seconds": seconds,
        });
        if let Some(baseline) = &baseline {
            let theirs = baseline["objects_a_second"].as_f64().expect("a rate");
            metric["baseline"] = baseline["baseline"].clone();
            metric["baseline_value"] = theirs.into();
            metric["ratio"] = (rate / theirs).into();
            metric["baseline_objects"] = baseline["objects"].clone();
        }
        println!("{metric}");
    }
}
