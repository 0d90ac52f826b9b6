//! Measures start-up with a million devices: from a snapshot, and from the bare journal. Prints one JSON object a line.
//!
//! Run it through `cargo xtask bench journal`.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use std::time::Instant;

use hospital::Command;
use hospital::command::ImportOrigin;
use journal::{Location, StreamName, open};
use model::ids::ImportId;
use model::{Device, Time};
use node::Node;

/// Devices of the region.
const DEVICES: usize = 1_000_000;
/// Devices of one import.
const DEVICES_PER_IMPORT: usize = 100_000;

fn device(n: usize) -> Device {
    let maker = n % 300;
    let device = serde_json::json!({
        "asset_tag": format!("DEV-{n:07}"), "manufacturer": format!("Maker {maker}"), "model": format!("Model {}", n % 5_000),
        "software_version": format!("{}.{}", n % 9, n % 7), "serial_number": format!("SN{n}"),
        "location": {"site": format!("Site {}", n % 40), "unit": format!("Unit {}", n % 900)},
        "support": {"status": "supported"}, "installer": "vendor",
    });
    serde_json::from_value(device).unwrap()
}

fn origin(n: usize) -> ImportOrigin {
    ImportOrigin {
        id: ImportId::new(&format!("imp-{n}")).unwrap(),
        source: "bench".into(),
        sha256: None,
        remarks: Vec::new(),
    }
}

fn report(metric: &str, value: f64, unit: &str, more: &str) {
    println!("{{\"metric\":\"{metric}\",\"value\":{value},\"unit\":\"{unit}\"{more}}}");
}

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir_in(std::env::args().nth(1).unwrap_or_else(|| ".".to_owned())).unwrap();
    let location = Location::Folder(folder.path().to_owned());
    let stream = StreamName::new("main").unwrap();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = std::env::var_os("SEGUE_SHARED").map_or_else(|| root.join("../shared"), Into::into);
    let node = Node::open(open(&location).await.unwrap(), stream.clone(), true).await.unwrap().node;
    let mut advisories = Vec::new();
    adapter_csaf::read_each(&adapter_csaf::scan(&[shared.join("data/csaf")]), |_, _, loaded| {
        advisories.extend(loaded.ok().map(|loaded| loaded.advisory));
        true
    });
    let read = advisories.len() as u64;
    node.command(Command::ImportAdvisories { advisories, read, origin: origin(0) }, "bench", Time(1))
        .await
        .unwrap();
    let started = Instant::now();
    for import in 0..DEVICES / DEVICES_PER_IMPORT {
        let devices = (0..DEVICES_PER_IMPORT).map(|n| device(import * DEVICES_PER_IMPORT + n)).collect();
        let command = Command::ImportInventory { devices, complete: false, origin: origin(import + 1) };
        node.command(command, "bench", Time(2)).await.unwrap();
    }
    let entries = node.version();
    let more = format!(",\"devices\":{DEVICES},\"advisories\":{read},\"entries\":{entries}");
    report("import_1m_devices_seconds", started.elapsed().as_secs_f64(), "s", &more);
    let started = Instant::now();
    node.snapshot_if_older_than(1).await.unwrap();
    report("save_snapshot_seconds", started.elapsed().as_secs_f64(), "s", "");
    drop(node);

    let timed = async |use_snapshot: bool| {
        let started = Instant::now();
        let opened = Node::open(open(&location).await.unwrap(), stream.clone(), use_snapshot).await.unwrap();
        let seconds = started.elapsed().as_secs_f64();
        assert_eq!(opened.node.read(|state| state.register().len()), DEVICES);
        assert_eq!(opened.report.from_snapshot > 0, use_snapshot);
        seconds
    };
    let from_snapshot = timed(true).await;
    let bare = timed(false).await;
    let more = format!(
        ",\"baseline\":\"the same start from the bare journal\",\"baseline_value\":{bare},\"ratio\":{}",
        bare / from_snapshot
    );
    report("start_from_snapshot_seconds", from_snapshot, "s", &more);
    report("start_from_journal_seconds", bare, "s", "");
}
