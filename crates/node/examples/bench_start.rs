//! Measures start-up with a million devices and ten million entries: from a snapshot, and from the bare journal. Prints
//! one JSON object a line.
//!
//! Run it through `cargo xtask bench journal`, or by itself: `cargo run --release -p node --example bench_start`.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Parser;
use hospital::Command;
use hospital::command::ImportOrigin;
use hospital::fact::{Fact, SessionClosed, SessionOpened};
use journal::{BatchId, Journal, Location, NewEntry, Seq, StreamName, open};
use model::ids::{AccountId, ImportId};
use model::{Device, Time};
use node::Node;

/// Devices of one import.
const DEVICES_PER_IMPORT: usize = 100_000;
/// Entries of one batch of sign-ins.
const ENTRIES_PER_BATCH: u64 = 100_000;

#[derive(Parser)]
struct Args {
    /// Where the journal is made; removed at the end.
    #[arg(long, default_value = ".")]
    folder: PathBuf,
    /// Devices of the region.
    #[arg(long, default_value_t = 1_000_000)]
    devices: usize,
    /// Entries of the journal in the end.
    #[arg(long, default_value_t = 10_000_000)]
    entries: u64,
}

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

fn report(metric: &str, value: f64, more: &str) {
    println!("{{\"metric\":\"{metric}\",\"value\":{value},\"unit\":\"s\"{more}}}");
}

/// What a hospital's journal mostly grows by between imports: somebody signs in and out again.
fn sign_ins(after: Seq) -> Vec<NewEntry> {
    let pair = |n: u64| {
        let token_sha256 = format!("{n:064x}");
        let account = AccountId::new("nurse").unwrap();
        let opened = SessionOpened { token_sha256: token_sha256.clone().into(), account, expires: Time(9) };
        let closed = SessionClosed { token_sha256: token_sha256.into() };
        [Fact::SessionOpened(opened), Fact::SessionClosed(closed)]
    };
    let entry = |fact: Fact| NewEntry {
        time: Time(3),
        actor: "nurse".into(),
        kind: fact.name().into(),
        payload: serde_json::to_vec(&fact).unwrap(),
    };
    (0..ENTRIES_PER_BATCH / 2).flat_map(|n| pair(after.0 + n)).map(entry).collect()
}

async fn grow(journal: &Arc<dyn Journal>, stream: &StreamName, entries: u64) {
    let mut head = journal.head(stream).await.unwrap();
    while head.seq.0 < entries {
        let batch = BatchId(u128::from(head.seq.0).to_be_bytes());
        head = journal.append(stream, batch, head.seq, sign_ins(head.seq)).await.unwrap();
    }
}

async fn fill(node: &Node, devices: usize) {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = std::env::var_os("SEGUE_SHARED").map_or_else(|| root.join("../shared"), Into::into);
    let mut advisories = Vec::new();
    adapter_csaf::read_each(&adapter_csaf::scan(&[shared.join("data/csaf")]), |_, _, loaded| {
        advisories.extend(loaded.ok().map(|loaded| loaded.advisory));
        true
    });
    let read = advisories.len() as u64;
    let command = Command::ImportAdvisories { advisories, read, origin: origin(0) };
    node.command(command, "bench", Time(1)).await.unwrap();
    let started = Instant::now();
    for import in 0..devices.div_ceil(DEVICES_PER_IMPORT) {
        let first = import * DEVICES_PER_IMPORT;
        let devices = (first..devices.min(first + DEVICES_PER_IMPORT)).map(device).collect();
        let command = Command::ImportInventory { devices, complete: false, origin: origin(import + 1) };
        node.command(command, "bench", Time(2)).await.unwrap();
    }
    let more = format!(",\"devices\":{devices},\"advisories\":{read},\"entries\":{}", node.version());
    report("import_devices_seconds", started.elapsed().as_secs_f64(), &more);
}

/// One start, from a snapshot or without.
async fn start(location: &Location, stream: &StreamName, use_snapshot: bool, devices: usize) -> f64 {
    let started = Instant::now();
    let opened = Node::open(open(location).await.unwrap(), stream.clone(), use_snapshot).await.unwrap();
    let seconds = started.elapsed().as_secs_f64();
    assert_eq!(opened.node.read(|state| state.register().len()), devices);
    assert_eq!(opened.report.from_snapshot > 0, use_snapshot);
    seconds
}

#[tokio::main]
async fn main() {
    let args = Args::parse();
    let folder = tempfile::tempdir_in(&args.folder).unwrap();
    let location = Location::Folder(folder.path().to_owned());
    let stream = StreamName::new("main").unwrap();
    let node = Node::open(open(&location).await.unwrap(), stream.clone(), true).await.unwrap().node;
    fill(&node, args.devices).await;
    let few = node.version();
    let started = Instant::now();
    node.snapshot_if_older_than(1).await.unwrap();
    report("save_snapshot_seconds", started.elapsed().as_secs_f64(), "");
    drop(node);
    let with_few = start(&location, &stream, true, args.devices).await;

    let journal = open(&location).await.unwrap();
    let started = Instant::now();
    grow(&journal, &stream, args.entries).await;
    let entries = journal.head(&stream).await.unwrap().seq.0;
    let more = format!(",\"entries\":{}", entries - few);
    report("append_sign_ins_seconds", started.elapsed().as_secs_f64(), &more);
    let started = Instant::now();
    let node = Node::open(journal, stream.clone(), false).await.unwrap().node;
    let bare = started.elapsed().as_secs_f64();
    assert_eq!(node.version(), entries);
    node.snapshot_if_older_than(1).await.unwrap();
    drop(node);
    let with_many = start(&location, &stream, true, args.devices).await;

    // The number of entries must not matter to a start from a snapshot.
    report("start_from_snapshot_few_entries_seconds", with_few, &format!(",\"entries\":{few}"));
    let more = format!(
        ",\"devices\":{},\"entries\":{entries},\"baseline\":\"the same start from the bare journal\",\"baseline_value\":{bare},\"ratio\":{}",
        args.devices,
        bare / with_many
    );
    report("start_from_snapshot_seconds", with_many, &more);
    report("start_from_journal_seconds", bare, &format!(",\"entries\":{entries}"));
}
