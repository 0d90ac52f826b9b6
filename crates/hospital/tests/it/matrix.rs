//! The matrix against the slow and obvious way: every device, every pair, counted one by one.

use std::collections::{BTreeMap, HashMap};

use exposure::Verdict;
use hospital::matrix::{
    Counts, Filter, GroupBy, PairOrder, Window, gaps, matrix, pairs, ranked_columns, unmatched, whole,
};
use hospital::register::DeviceView;
use hospital::{Command, State};
use model::advisory::{
    Advisory, AdvisoryKey, AdvisoryStatus, Product, ProductStatus, Score, VersionText, Vulnerability,
};
use model::{AssetTag, Device};
use proptest::prelude::*;

use crate::shared::{Hospital, origin};

const MAKERS: [(&str, &str); 4] =
    [("Vital AB", "Vital 700"), ("Vital AB", "Vital 900"), ("Nordpump", "NP 10"), ("Drägerli", "Evita X")];
const VERSIONS: [Option<&str>; 4] = [Some("1.0"), Some("2.0"), Some("3.1"), None];
const UNITS: [Option<&str>; 4] = [Some("Ward 5"), Some("ICU"), Some("Ögonklinik"), None];
const ALL: Window = Window { row: 0, rows_max: usize::MAX, column: 0, columns_max: usize::MAX };

/// An advisory that says of each product that versions before `before` are affected, and those before `fixed` are not named.
pub(crate) fn advisory(id: &str, cves: &[(&str, Option<u8>)], products: &[(&str, &str, &str)]) -> Advisory {
    let product = |(n, (vendor, name, range)): (usize, &(&str, &str, &str))| Product {
        id: format!("P{n}").into(),
        full_name: format!("{vendor} {name} {range}").into(),
        vendor: Some((*vendor).into()),
        name: Some((*name).into()),
        version: Some(VersionText::Range((*range).into())),
        ..Product::default()
    };
    let ids: Vec<Box<str>> = (0..products.len()).map(|n| format!("P{n}").into()).collect();
    let vulnerability = |(cve, base): &(&str, Option<u8>)| Vulnerability {
        cve: Some((*cve).into()),
        statuses: vec![(ProductStatus::KnownAffected, ids.clone())],
        scores: base
            .map(|base_tenths| Score {
                version: "3.1".into(),
                vector: "CVSS:3.1/AV:N".into(),
                base_tenths,
                products: ids.clone(),
            })
            .into_iter()
            .collect(),
        ..Vulnerability::default()
    };
    Advisory {
        key: AdvisoryKey { namespace: "https://example.test".into(), tracking_id: id.into() },
        version: "1".into(),
        status: AdvisoryStatus::Final,
        released: "2026-01-01T00:00:00Z".into(),
        first_released: "2026-01-01T00:00:00Z".into(),
        title: id.into(),
        publisher: "Example".into(),
        category: "csaf_security_advisory".into(),
        tlp: None,
        url: None,
        products: products.iter().enumerate().map(product).collect(),
        vulnerabilities: cves.iter().map(vulnerability).collect(),
        document_sha256: id.into(),
        document_bytes: 1,
        remarks: Vec::new(),
        provenance: None,
    }
}

fn advisories() -> Vec<Advisory> {
    vec![
        advisory(
            "A-1",
            &[("CVE-2026-1", Some(98)), ("CVE-2026-2", Some(55))],
            &[("Vital AB", "Vital 700", "vers:all/<2.0")],
        ),
        advisory(
            "A-2",
            &[("CVE-2026-3", None)],
            &[("Vital AB", "Vital 700", "vers:all/*"), ("Nordpump", "NP 10", "vers:all/<=2.0")],
        ),
        advisory("A-3", &[("CVE-2026-10", Some(70))], &[("Vital AB", "Vital 900", "vers:all/<3.1")]),
    ]
}

fn device(n: usize, (make, version, unit, site): (usize, usize, usize, bool)) -> Device {
    let (manufacturer, model) = MAKERS[make];
    serde_json::from_value::<Device>(serde_json::json!({
        "asset_tag": format!("T-{:04}", (n * 7919) % 10_000), "manufacturer": manufacturer, "model": model,
        "software_version": VERSIONS[version], "serial_number": format!("sn{n}"),
        "location": { "unit": UNITS[unit], "site": site.then_some("North") },
    }))
    .unwrap()
}

fn hospital(shapes: &[(usize, usize, usize, bool)]) -> State {
    let mut hospital = Hospital::default();
    let advisories = advisories();
    hospital.command(Command::ImportAdvisories { advisories, read: 3, origin: origin("a") }).unwrap();
    let devices: Vec<Device> = shapes.iter().enumerate().map(|(n, shape)| device(n, *shape)).collect();
    if !devices.is_empty() {
        hospital.command(Command::ImportInventory { devices, complete: false, origin: origin("d") }).unwrap();
    }
    // One leaves again, so that rows of the register and devices in it are not the same.
    if shapes.len() > 3 {
        let asset_tag = AssetTag::new("T-0000").unwrap().as_str().into();
        hospital.command(Command::RetireDevice { asset_tag, reason: "gone".into() }).unwrap();
    }
    hospital.state
}

fn key<'a>(by: GroupBy, device: &DeviceView<'a>) -> (&'a str, &'a str) {
    match by {
        GroupBy::Model => (device.manufacturer(), device.model()),
        GroupBy::Maker => ("", device.manufacturer()),
        GroupBy::Unit => ("", device.unit().unwrap_or("")),
        GroupBy::Device => ("", device.asset_tag()),
    }
}

/// Every pair that passes, one by one: (row, vulnerability, verdict, asset tag).
fn slowly<'s>(
    state: &'s State,
    by: GroupBy,
    filter: &Filter,
) -> Vec<((&'s str, &'s str), &'s str, Verdict, &'s str)> {
    let mut out = Vec::new();
    for device in state.register().iter().filter(|device| filter.passes(device)) {
        for (vulnerability, verdict) in state.matcher().pairs(device.ix()) {
            let name = state.matcher().vulnerability_name(*vulnerability);
            if filter.passes_vulnerability(name) && filter.passes_verdict(*verdict) {
                out.push((key(by, &device), name, *verdict, device.asset_tag()));
            }
        }
    }
    out
}

fn counted<K: std::hash::Hash + Eq>(pairs: impl Iterator<Item = (K, Verdict)>) -> HashMap<K, Counts> {
    let mut out: HashMap<K, Counts> = HashMap::new();
    for (key, verdict) in pairs {
        out.entry(key).or_default().add(verdict, 1);
    }
    out
}

fn sum<'a>(counts: impl Iterator<Item = &'a Counts>) -> Counts {
    let mut total = Counts::default();
    counts.for_each(|counts| total.plus(counts, 1));
    total
}

fn filters() -> impl Strategy<Value = Filter> {
    let one_of = |values: &'static [&'static str]| {
        proptest::option::weighted(0.25, proptest::sample::select(values).prop_map(str::to_owned))
    };
    (
        one_of(&["vital", "T-00", "WARD", "sn1", "3.1", "ög", "zzz"]),
        one_of(&["Ward 5", "ICU", ""]),
        one_of(&["North", ""]),
        one_of(&["Vital AB", "Nordpump"]),
        one_of(&["Vital 700", "NP 10"]),
        one_of(&["2026-1", "cve-2026-3", "nothing"]),
        one_of(&["CVE-2026-1"]),
        proptest::option::weighted(0.25, proptest::sample::select(&Verdict::ALL[..])),
        one_of(&["T-7919", "T-0000"]),
    )
        .prop_map(|(text, unit, site, maker, model, vulnerability, cve, verdict, device)| Filter {
            text,
            unit,
            site,
            maker,
            model,
            device,
            vulnerability,
            cve,
            tier: None,
            verdict,
        })
}

fn shapes() -> impl Strategy<Value = Vec<(usize, usize, usize, bool)>> {
    proptest::collection::vec((0..4_usize, 0..4_usize, 0..4_usize, any::<bool>()), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn rows_columns_tiers_and_totals_add_up_to_what_is_counted_one_by_one(shapes in shapes(), filter in filters(), by in proptest::sample::select(&GroupBy::ALL[..])) {
        let state = hospital(&shapes);
        let pairs = slowly(&state, by, &filter);
        let shown = matrix(&state, by, &filter, ALL);
        let devices: Vec<_> = state.register().iter().filter(|device| filter.passes(device)).collect();
        prop_assert_eq!(shown.devices, devices.len() as u64);
        let silent = devices.iter().filter(|device| state.matcher().pairs(device.ix()).is_empty()).count();
        prop_assert_eq!(shown.devices_unmatched, silent as u64);
        let (listed, total) = unmatched(&state, &filter, 1, 3);
        let slow: Vec<_> = devices.iter().filter(|device| state.matcher().pairs(device.ix()).is_empty()).map(DeviceView::ix).skip(1).take(3).collect();
        prop_assert_eq!((listed, total), (slow, silent as u64));
        prop_assert_eq!(shown.totals.all(), pairs.len() as u64);
        prop_assert_eq!(gaps(&state, &filter).iter().map(|(_, count)| count).sum::<u64>(), shown.totals.undecided);
        prop_assert_eq!(sum(shown.rows.iter().map(|row| &row.totals)), shown.totals);
        prop_assert_eq!(sum(shown.columns.iter().map(|column| &column.counts)), shown.totals);
        prop_assert_eq!(sum(shown.tiers.iter().map(|tier| &tier.counts)), shown.totals);
        prop_assert_eq!(shown.tiers.iter().map(|tier| tier.vulnerabilities).sum::<u64>(), shown.columns_total as u64);
        prop_assert_eq!(shown.rows.iter().map(|row| row.devices).sum::<u64>(), shown.devices);

        let cells = counted(pairs.iter().map(|(row, name, verdict, _)| ((*row, *name), *verdict)));
        for row in &shown.rows {
            prop_assert_eq!(sum(row.cells.iter()), row.totals, "all columns are shown");
            for (cell, column) in row.cells.iter().zip(&shown.columns) {
                let slow = cells.get(&((&*row.maker, &*row.name), &*column.name)).copied().unwrap_or_default();
                prop_assert_eq!(*cell, slow);
            }
        }
        let rows: std::collections::HashSet<_> = devices.iter().map(|device| key(by, device)).collect();
        prop_assert_eq!(rows.len(), shown.rows_total);
        let order = |row: &hospital::matrix::MatrixRow| (std::cmp::Reverse(row.totals.affected), std::cmp::Reverse(row.totals.undecided), row.maker.clone(), row.name.clone());
        prop_assert!(shown.rows.is_sorted_by_key(order), "worst first");
        prop_assert_eq!(&ranked_columns(&state, &filter), &shown.columns);

        let file = whole(&state, by, &filter, usize::MAX);
        prop_assert_eq!(sum(file.cells.iter().map(|(_, _, counts)| counts)), shown.totals);
        for (row, column, counts) in &file.cells {
            prop_assert_eq!(shown.rows[*row as usize].cells[*column as usize], *counts);
        }
        prop_assert_eq!(file.cells_total, file.cells.len() as u64);
    }

    #[test]
    fn a_window_is_a_part_of_the_whole(shapes in shapes(), filter in filters(), by in proptest::sample::select(&GroupBy::ALL[..]), row in 0..10_usize, column in 0..4_usize) {
        let state = hospital(&shapes);
        let all = matrix(&state, by, &filter, ALL);
        let part = matrix(&state, by, &filter, Window { row, rows_max: 3, column, columns_max: 2 });
        let rows: Vec<_> = all.rows.iter().skip(row).take(3).map(|row| (&row.name, row.cells.iter().skip(column).take(2).copied().collect::<Vec<_>>(), row.totals)).collect();
        let shown: Vec<_> = part.rows.iter().map(|row| (&row.name, row.cells.clone(), row.totals)).collect();
        prop_assert_eq!(rows, shown);
        prop_assert_eq!((all.totals, all.rows_total, all.columns_total, all.tiers), (part.totals, part.rows_total, part.columns_total, part.tiers));
    }

    #[test]
    fn every_pair_is_listed_once_in_every_order_whatever_the_pages(shapes in shapes(), filter in filters(), backwards: bool, page in 1..7_usize) {
        let state = hospital(&shapes);
        let mut slow: Vec<(String, String, Verdict)> = slowly(&state, GroupBy::Device, &filter).into_iter().map(|(_, name, verdict, tag)| (tag.to_owned(), name.to_owned(), verdict)).collect();
        slow.sort();
        let rank: BTreeMap<String, usize> = ranked_columns(&state, &filter).iter().enumerate().map(|(n, column)| (column.name.to_string(), n)).collect();
        for order in [PairOrder::Rank, PairOrder::Verdict, PairOrder::Device] {
            let mut listed = Vec::new();
            loop {
                let got = pairs(&state, &filter, order, backwards, listed.len() as u64, page);
                prop_assert_eq!(got.totals.all(), slow.len() as u64);
                let before = listed.len();
                listed.extend(got.pairs.iter().map(|pair| (
                    state.register().get(pair.device).unwrap().asset_tag().to_owned(),
                    state.matcher().vulnerability_name(pair.vulnerability).to_owned(),
                    pair.verdict,
                )));
                if listed.len() == before { break; }
                prop_assert!(listed.len() - before == page || listed.len() == slow.len());
            }
            let mut same = listed.clone();
            same.sort();
            prop_assert_eq!(&same, &slow, "nothing twice, nothing left out");
            if !backwards {
                let sorted = match order {
                    PairOrder::Rank => listed.is_sorted_by_key(|(tag, name, verdict)| (rank[name], *verdict, tag.clone())),
                    PairOrder::Verdict => listed.is_sorted_by_key(|(tag, name, verdict)| (*verdict, rank[name], tag.clone())),
                    PairOrder::Device => listed.is_sorted_by_key(|(tag, name, verdict)| (tag.clone(), *verdict, rank[name])),
                };
                prop_assert!(sorted, "{:?}: {:?}", order, listed);
            }
        }
    }
}

#[test]
fn a_file_with_too_many_cells_is_counted_and_not_kept() {
    let state =
        hospital(&[(0, 0, 0, true), (0, 1, 1, true), (2, 0, 0, false), (1, 3, 2, false), (0, 3, 0, false)]);
    let all = whole(&state, GroupBy::Device, &Filter::default(), usize::MAX);
    let cut = whole(&state, GroupBy::Device, &Filter::default(), 3);
    assert_eq!(cut.cells_total, all.cells.len() as u64);
    assert!(cut.cells.len() <= 3);
}
