//! Two archives of a hundred million objects each: what the exchange of the agents costs, beside sort-merge and the crate `negentropy`. One JSON object a
//! line, for `cargo xtask bench archive`. Arguments: objects of each archive, objects for `negentropy`.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::expect_used, clippy::indexing_slicing)] // a bench that cannot go on stops

mod others;
mod process;

use std::io::Write as _;
use std::time::Instant;

use archive::digests::{Asking, Bounds, Digest, Found, Key, Keyed, Tree, Turn, answer};
use serde_json::json;

const OBJECTS: u64 = 100_000_000;
/// 40 bytes an object and side in `negentropy`, and each round reads them all: a tenth is enough to compare.
const OBJECTS_OF_NEGENTROPY: u64 = 10_000_000;
const DIFFERENCES: [u64; 4] = [0, 7, 100, 20_000];
const INSERTED: u64 = 100_000;
/// Identifiers are invented in batches, so that inventing them is not timed.
const BATCH: u64 = 1_000_000;
const REPEATED: u32 = 5;

fn main() {
    let mut args = std::env::args().skip(1).map(|text| text.parse().ok());
    let objects = args.next().flatten().unwrap_or(OBJECTS);
    let for_negentropy = args.next().flatten().unwrap_or(OBJECTS_OF_NEGENTROPY);
    let mut wrong = archives(objects);
    if for_negentropy != objects {
        // The same exchange at the size at which `negentropy` runs.
        let (_, _, mut ours) = cold(for_negentropy);
        let mut theirs = ours.clone();
        for differences in [100, 20_000] {
            let ran = exchange(&mut ours, &mut theirs, for_negentropy, differences);
            print(
                &format!("bytes_at_negentropys_size_{differences}"),
                ran.found.bytes as f64,
                "B",
                ran.more(),
            );
            wrong += u64::from(!ran.is_right);
        }
    }
    for differences in [100, 20_000] {
        others::negentropy(for_negentropy, differences);
    }
    print("wrong_answers", wrong as f64, "answers", json!({}));
}

fn archives(objects: u64) -> u64 {
    let (hash_seconds, build_seconds, mut ours) = cold(objects);
    let memory = process::peak_memory_bytes();
    let mut theirs = ours.clone();
    let mut wrong = 0;
    for differences in DIFFERENCES {
        let ran = exchange(&mut ours, &mut theirs, objects, differences);
        wrong += u64::from(!ran.is_right);
        let named = |metric: &str| format!("{metric}_{differences}");
        print(&named("warm_compute_seconds"), ran.seconds, "s", ran.more());
        print(&named("rounds"), f64::from(ran.found.rounds), "rounds", json!({}));
        print(&named("bytes"), ran.found.bytes as f64, "B", json!({}));
        if differences == 100 {
            let more =
                json!({ "hash_seconds": hash_seconds, "build_seconds": build_seconds, "objects": objects });
            print("cold_seconds", hash_seconds + build_seconds + ran.seconds, "s", more);
            print("cold_peak_memory_bytes_a_side", memory, "B", json!({ "objects": objects }));
        }
    }
    print("objects_a_side", objects as f64, "objects", json!({}));
    others::sort_merge(&ours, &theirs);
    insert(&mut ours);
    wrong
}

pub(crate) fn print(metric: &str, value: f64, unit: &str, mut more: serde_json::Value) {
    more["metric"] = json!(metric);
    more["value"] = json!(value);
    more["unit"] = json!(unit);
    println!("{more}");
}

/// Identifiers as archives have them, some 45 characters long.
pub(crate) fn uid(to: &mut Vec<u8>, number: u64) {
    let (study, place) = (number / 400, number % 400);
    write!(to, "1.2.752.24.7.{}.{study}.{}.{place}", 20_260_101 + study % 10_000, number % 3 + 1)
        .expect("memory");
}

/// Hashes and builds: CPU seconds of each, and the tree.
fn cold(objects: u64) -> (f64, f64, Tree) {
    let keyed = Keyed::new(&Key([9; 32]));
    let mut digests = Vec::with_capacity(usize::try_from(objects).expect("64 bit"));
    let (mut text, mut ends, mut seconds) = (Vec::new(), Vec::new(), 0.0);
    for batch in (0..objects).step_by(usize::try_from(BATCH).expect("64 bit")) {
        text.clear();
        ends.clear();
        for number in batch..objects.min(batch + BATCH) {
            uid(&mut text, number);
            ends.push(text.len());
        }
        let uids = std::str::from_utf8(&text).expect("digits");
        let clock = process::cpu_seconds();
        let mut start = 0;
        for end in &ends {
            digests.push(keyed.of_text(&uids[start..*end]).0);
            start = *end;
        }
        seconds += process::cpu_seconds() - clock;
    }
    let clock = process::cpu_seconds();
    let tree = Tree::build(digests);
    (seconds, process::cpu_seconds() - clock, tree)
}

struct Ran {
    found: Found,
    seconds: f64,
    is_right: bool,
    objects: u64,
}

impl Ran {
    fn more(&self) -> serde_json::Value {
        json!({ "objects": self.objects, "found_ours": self.found.ours.len(), "found_theirs": self.found.theirs.len() })
    }
}

/// Half of the differences are missing in one, half in the other; afterwards both are as they were. The least time of some runs, both ends
/// together: of the processor, or on the wall where that is too short to tell.
fn exchange(ours: &mut Tree, theirs: &mut Tree, objects: u64, differences: u64) -> Ran {
    let keyed = Keyed::new(&Key([9; 32]));
    let missing: Vec<Digest> =
        (0..differences).map(|number| digest(&keyed, number * (objects / 40_000).max(1))).collect();
    let (here, there) = missing.split_at(missing.len() / 2);
    here.iter().for_each(|digest| assert!(theirs.remove(*digest), "not there"));
    there.iter().for_each(|digest| assert!(ours.remove(*digest), "not there"));
    let mut best: Option<(f64, Found)> = None;
    for _ in 0..if differences > 1_000 { 1 } else { REPEATED } {
        let (clock, cpu) = (Instant::now(), process::cpu_seconds());
        let found = run(ours, theirs);
        let cpu = process::cpu_seconds() - cpu;
        // The processor's clock ticks in hundredths of a second.
        let seconds = if cpu > 0.1 { cpu } else { clock.elapsed().as_secs_f64() };
        if best.as_ref().is_none_or(|(least, _)| seconds < *least) {
            best = Some((seconds, found));
        }
    }
    let (seconds, found) = best.expect("it ran");
    let sorted = |list: &[Digest]| {
        let mut list = list.to_vec();
        list.sort_unstable();
        list
    };
    let is_right = found.ours == sorted(here) && found.theirs == sorted(there);
    here.iter().for_each(|digest| assert!(theirs.insert(*digest), "is there"));
    there.iter().for_each(|digest| assert!(ours.insert(*digest), "is there"));
    Ran { found, seconds, is_right, objects }
}

fn run(ours: &Tree, theirs: &Tree) -> Found {
    let mut asking = Asking::new(ours, Bounds::default());
    loop {
        match asking.turn() {
            Turn::Send(question) => asking.hear(&answer(theirs, &question).expect("our own question")),
            Turn::Found(found) => return found,
            Turn::NoProof(why) => panic!("{why}"),
        }
    }
}

pub(crate) fn digest(keyed: &Keyed, number: u64) -> Digest {
    let mut text = Vec::new();
    uid(&mut text, number);
    keyed.of_text(std::str::from_utf8(&text).expect("digits"))
}

/// New objects, one by one, with their digests.
fn insert(tree: &mut Tree) {
    let keyed = Keyed::new(&Key([9; 32]));
    let mut text = Vec::new();
    let ends: Vec<usize> = (0..INSERTED)
        .map(|number| {
            uid(&mut text, (1 << 40) + number);
            text.len()
        })
        .collect();
    let uids = std::str::from_utf8(&text).expect("digits");
    let (clock, mut start) = (process::cpu_seconds(), 0);
    for end in ends {
        assert!(tree.insert(keyed.of_text(&uids[start..end])), "new");
        start = end;
    }
    let seconds = (process::cpu_seconds() - clock) / INSERTED as f64;
    print("insert_seconds", seconds, "s", json!({ "inserted": INSERTED }));
}
