//! How long a page of the matrix takes in a large hospital. Set SEGUE_MATRIX_DEVICES (say 200000) and run in a release build:
//! `SEGUE_MATRIX_DEVICES=200000 cargo test --release -p hospital --test it matrix_scale -- --nocapture`

use std::sync::OnceLock;
use std::time::Instant;

use exposure::Verdict;
use hospital::Command;
use hospital::advisories::devices_by_advisory;
use hospital::matrix::{Filter, GroupBy, PairOrder, Window, gaps, matrix, pairs, unmatched, whole};
use model::Device;

use crate::shared::{Hospital, origin, shared};

/// Server time that one page may take.
const PAGE_TIME_MAX_MILLISECONDS: u128 = 50;
const WINDOW: Window = Window { row: 0, rows_max: 40, column: 0, columns_max: 12 };

/// Processor time of this thread (Linux), because the machine has other work too; the clock where that is not told.
fn processor_microseconds() -> u128 {
    static STARTED: OnceLock<Instant> = OnceLock::new();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse::<u128>().ok());
    nanoseconds.map_or_else(|| STARTED.get_or_init(Instant::now).elapsed().as_micros(), |spent| spent / 1000)
}

/// Numbers that look random and are the same each time (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % limit as u64) as usize
    }
}

/// Two devices of three are products of the advisories, at five versions; the rest are of others.
fn devices(count: usize, products: &[(String, String)]) -> Vec<Device> {
    let mut numbers = Numbers(7);
    let device = |n: usize| {
        let (manufacturer, model) = match numbers.below(3) {
            0 => (format!("Maker {}", numbers.below(90)), format!("Model {}", numbers.below(900))),
            _ => products[numbers.below(products.len())].clone(),
        };
        // A fleet of one model stands at a few versions, and what is not recorded is not recorded for many.
        let version = match numbers.below(5) {
            0 => None,
            n => Some(format!("{n}.0")),
        };
        serde_json::from_value(serde_json::json!({
            "asset_tag": format!("DEV-{n:06}"), "manufacturer": manufacturer, "model": model, "software_version": version,
            "serial_number": format!("SN{:08}", numbers.below(100_000_000)),
            "location": { "site": format!("Site {}", numbers.below(4)), "unit": format!("Ward {}", numbers.below(300)) },
        }))
        .unwrap()
    };
    (0..count).map(device).collect()
}

#[test]
fn a_page_of_the_matrix_is_quick_in_a_large_hospital() {
    let Some(count) = std::env::var("SEGUE_MATRIX_DEVICES").ok().and_then(|text| text.parse().ok()) else {
        eprintln!("skipped: set SEGUE_MATRIX_DEVICES to measure");
        return;
    };
    let Some(data) = shared() else { return };
    let mut hospital = Hospital::default();
    hospital.import_advisories(&data.join("csaf"));
    let mut products: Vec<(String, String)> = hospital
        .state
        .library()
        .iter()
        .flat_map(|(_, item)| item.current().advisory.products.clone())
        .filter_map(|product| Some((product.vendor?.to_string(), product.name?.to_string())))
        .collect();
    products.sort();
    products.dedup();
    products.retain(|(vendor, name)| vendor.len() < 100 && name.len() < 100);
    let mut numbers = Numbers(1);
    let chosen: Vec<_> = (0..2_000).map(|_| products[numbers.below(products.len())].clone()).collect();
    let devices = devices(count, &chosen);
    hospital.facts.clear();
    hospital.command(Command::ImportInventory { devices, complete: false, origin: origin("d") }).unwrap();
    let state = &hospital.state;
    let groups = state.matcher().groups().count();
    let held: usize = state.matcher().groups().map(|group| group.pairs.len()).sum();
    eprintln!(
        "{count} devices, {groups} groups, {held} pairs of groups, {} vulnerabilities",
        state.matcher().vulnerabilities_len()
    );

    let text = |filter: &str| Filter { text: Some(filter.to_owned()), ..Filter::default() };
    let filters = [
        ("no filter", Filter::default()),
        ("text ward 17", text("ward 17")),
        ("text dev-0123", text("dev-0123")),
        ("text philips", text("philips")),
        ("unit", Filter { unit: Some("Ward 17".to_owned()), ..Filter::default() }),
        ("undecided", Filter { verdict: Some(Verdict::Undecided), ..Filter::default() }),
        ("vulnerability 2023", Filter { vulnerability: Some("2023".to_owned()), ..Filter::default() }),
    ];
    let mut slowest = 0;
    let mut timed = |what: String, page: &mut dyn FnMut()| {
        page();
        let times = (0..5).map(|_| {
            let start = processor_microseconds();
            page();
            processor_microseconds() - start
        });
        let least = times.min().unwrap();
        eprintln!("{least:>8} µs  {what}");
        slowest = slowest.max(least / 1000);
    };
    for (name, filter) in &filters {
        for by in GroupBy::ALL {
            timed(format!("matrix by {}, {name}", by.word()), &mut || {
                drop(matrix(state, by, filter, WINDOW))
            });
        }
        timed(format!("gaps, {name}"), &mut || drop(gaps(state, filter)));
        timed(format!("unmatched, {name}"), &mut || drop(unmatched(state, filter, 0, 100)));
        for order in [PairOrder::Rank, PairOrder::Verdict, PairOrder::Device] {
            let total = pairs(state, filter, order, false, 0, 1).totals.all();
            for offset in [0, total / 2, total.saturating_sub(100)] {
                timed(format!("pairs {order:?} from {offset}, {name}"), &mut || {
                    drop(pairs(state, filter, order, false, offset, 100))
                });
            }
        }
    }
    timed("devices by advisory".to_owned(), &mut || drop(devices_by_advisory(state)));
    timed("products".to_owned(), &mut || drop(hospital::advisories::products(state)));
    for by in GroupBy::ALL {
        let start = processor_microseconds();
        let file = whole(state, by, &Filter::default(), 1_048_575);
        eprintln!(
            "{:>8} µs  whole by {}: {} cells",
            processor_microseconds() - start,
            by.word(),
            file.cells_total
        );
    }
    if !cfg!(debug_assertions) {
        assert!(slowest < PAGE_TIME_MAX_MILLISECONDS, "the slowest page took {slowest} ms");
    }
}
