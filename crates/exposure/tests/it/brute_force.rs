//! A slow, obvious matcher: every device against every product of every advisory, no index, no groups, no memory. The
//! real one must agree with it after any history of changes, on invented hospitals and on the real advisories.

use std::collections::BTreeMap;

use exposure::aliases::AliasBook;
use exposure::claims::{Claim, NameParts, Pool, compile, merge, unique_name};
use exposure::explain::{prepare, subject};
use exposure::judge::{Judgement, judge};
use exposure::matcher::{DeviceFacts, Fleet, Matcher};
use exposure::product::{MatchKind, NameMatch, Named, compare};
use exposure::{Confidence, GapKind, Verdict};
use model::advisory::{
    Advisory, AdvisoryKey, AdvisoryStatus, Helpers, Product, ProductStatus, Remedy, VersionText,
    Vulnerability,
};
use model::alias::{AliasAnswer, AliasSubject};
use proptest::prelude::*;

/// A device that owns its texts.
#[derive(Clone, Debug, Default)]
struct Owned {
    maker: String,
    model: String,
    number: Option<String>,
    version: Option<String>,
    serial: Option<String>,
}

impl Owned {
    fn facts(&self) -> DeviceFacts<'_> {
        DeviceFacts {
            manufacturer: &self.maker,
            model: &self.model,
            model_number: self.number.as_deref(),
            software_version: self.version.as_deref(),
            serial_number: self.serial.as_deref(),
            ..DeviceFacts::default()
        }
    }
}

#[derive(Default)]
struct Devices(Vec<Owned>);

impl Fleet for Devices {
    fn facts(&self, device: u32) -> DeviceFacts<'_> {
        self.0[device as usize].facts()
    }
}

type Said = BTreeMap<(String, String), (Verdict, Option<GapKind>, Confidence)>;

/// An advisory as the obvious matcher has it: every product name, prepared, with its claims.
struct Plain {
    id: String,
    vulnerabilities: Vec<String>,
    pool: Pool,
    names: Vec<(NameParts, Named, Vec<Claim>)>,
}

impl Plain {
    fn new(advisory: &Advisory) -> Plain {
        let names: Vec<String> = advisory
            .vulnerabilities
            .iter()
            .enumerate()
            .map(|(at, known)| unique_name(advisory, at, known))
            .collect();
        let mut vulnerabilities = names.clone();
        vulnerabilities.sort();
        vulnerabilities.dedup();
        let number = |name: &String| u32::try_from(vulnerabilities.binary_search(name).unwrap()).unwrap();
        let numbers: Vec<u32> = names.iter().map(number).collect();
        let mut pool = Pool::default();
        let blocks = compile(advisory, &mut pool, &numbers);
        let names = blocks
            .into_iter()
            .map(|block| (block.name.clone(), block.name.prepare(), block.claims))
            .collect();
        Plain { id: advisory.key.tracking_id.to_string(), vulnerabilities, pool, names }
    }
}

/// What the obvious matcher says of one device: by advisory and vulnerability.
fn obvious(device: &Owned, advisories: &mut [Plain], aliases: &AliasBook) -> Said {
    let facts = device.facts();
    let named = prepare(&facts);
    let mut said = Said::new();
    for advisory in advisories {
        let found: Vec<(NameMatch, &Vec<Claim>)> = advisory
            .names
            .iter()
            .filter_map(|(parts, name, claims)| {
                let answers = aliases.answers(&device.maker, &device.model, &parts.vendor, &parts.product);
                Some((compare(&named, name, answers)?, claims))
            })
            .collect();
        let Some(best) = found.iter().map(|(found, _)| found.kind).min() else { continue };
        let chosen: Vec<_> = found.into_iter().filter(|(found, _)| found.kind == best).collect();
        let confidence = chosen.iter().map(|(found, _)| found.confidence).max().unwrap();
        let mut claims: Vec<Claim> = Vec::new();
        for claim in chosen.iter().flat_map(|(_, claims)| claims.iter()) {
            merge(&mut claims, *claim, &mut advisory.pool);
        }
        for claim in &claims {
            let (judged, sure) = match best {
                MatchKind::Same => {
                    let judged = judge(claim, &subject(&facts), &advisory.pool);
                    (judged, confidence.times(judged.confidence))
                }
                MatchKind::Ask(_) if claim.affected.is_none() && claim.open.is_none() => continue,
                MatchKind::Ask(about) => {
                    let judged = Judgement::asked(about, confidence);
                    (judged, judged.confidence)
                }
            };
            let vulnerability = advisory.vulnerabilities[claim.vulnerability as usize].clone();
            said.insert((advisory.id.clone(), vulnerability), (judged.verdict, judged.gap, sure));
        }
    }
    said
}

/// What the real matcher says of one device.
fn indexed(matcher: &Matcher, device: u32, id_of: impl Fn(u32) -> String) -> Said {
    let cell = |cell: &exposure::matcher::Cell| {
        let vulnerability = matcher.vulnerability_name(cell.vulnerability).to_owned();
        ((id_of(cell.advisory), vulnerability), (cell.verdict, cell.gap, cell.confidence))
    };
    matcher.cells(device).iter().map(cell).collect()
}

// --- invented hospitals ---------------------------------------------------------------------------------------------

const MAKERS: &[&str] = &[
    "Nordpuls",
    "Nordpuls AB",
    "NORDPULS",
    "Nordplus",
    "Vital Weir",
    "Vital Weir GmbH",
    "",
    "Kestrel (KES)",
    "KES",
    "Weir",
];
const MODELS: &[&str] = &[
    "Vakta 60",
    "VAKTA-60",
    "Vakta 60 Neo",
    "Nordpuls Vakta 60",
    "Droppen VP3",
    "Droppen VP-3 pump",
    "Droppen",
    "Monitor",
    "Central station",
    "Vakta 600",
    "Vaktta 60",
    "KES-200",
    "KES-200/210 series",
    "Fjord MX400-450",
    "Fjord MX430",
];
const VERSIONS: &[&str] =
    &["1.0", "1.4.0", "2.3.5", "2.3.5 SP1", "B.06.18", "unknown", "10.1.6", "11.0.2", "V4.4", "2.x", "3"];
const RANGES: &[&str] = &[
    "vers:all/*",
    "< 2.3.5",
    "<= 1.4",
    "1.0 | 1.4",
    ">= 1.0 | < 2.0",
    "< 10.1.6",
    "< 11.0.3",
    "All versions < V4.4",
    "B.06.18",
    "<= 2.3.5 SP1",
    "nonsense (see text)",
    "serial numbers < 5000",
];
const FIXES: &[&str] =
    &["", "Update to version 2.3.5 or later.", "No fix is planned.", "Version 11.0.3 is still vulnerable."];

fn some(list: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(list).prop_map(str::to_owned)
}

fn device() -> impl Strategy<Value = Owned> {
    let number = prop::option::weighted(0.3, some(&["KES-200", "866060", "866062"]));
    let serial = prop::option::weighted(0.5, some(&["4711", "5001", "X9"]));
    (some(MAKERS), some(MODELS), number, prop::option::weighted(0.9, some(VERSIONS)), serial)
        .prop_map(|(maker, model, number, version, serial)| Owned { maker, model, number, version, serial })
}

fn product() -> impl Strategy<Value = Product> {
    let numbers = prop::collection::vec(some(&["KES-2*", "866060", "86606?"]), 0..2);
    (
        some(MAKERS),
        some(MODELS),
        prop::option::weighted(0.9, some(RANGES)),
        prop::bool::weighted(0.2),
        numbers,
    )
        .prop_map(|(vendor, name, range, with_numbers, numbers)| Product {
            full_name: format!("{vendor} {name}").into(),
            vendor: Some(vendor.into()),
            name: Some(name.into()),
            version: range.map(|range| VersionText::Range(range.into())),
            helpers: Helpers {
                model_numbers: if with_numbers {
                    numbers.into_iter().map(Into::into).collect()
                } else {
                    Vec::new()
                },
                ..Helpers::default()
            },
            ..Product::default()
        })
}

fn advisory(id: u32) -> impl Strategy<Value = Advisory> {
    let status = prop::sample::select(
        &[
            ProductStatus::KnownAffected,
            ProductStatus::KnownAffected,
            ProductStatus::Fixed,
            ProductStatus::KnownNotAffected,
            ProductStatus::UnderInvestigation,
        ][..],
    );
    let said = prop::collection::vec((status, prop::collection::vec(0usize..5, 1..3)), 1..3);
    let vulnerability = (prop::option::of(1u32..6), said, some(FIXES));
    let parts = (prop::collection::vec(product(), 1..5), prop::collection::vec(vulnerability, 1..4));
    parts.prop_map(move |(mut products, vulnerabilities)| {
        for (at, product) in products.iter_mut().enumerate() {
            product.id = format!("P{at}").into();
        }
        let count = products.len();
        let vulnerability = |(cve, said, fix): (Option<u32>, StatusLists, String)| Vulnerability {
            cve: cve.map(|cve| format!("CVE-2099-{cve:04}").into()),
            statuses: said
                .into_iter()
                .map(|(status, at)| {
                    (status, at.into_iter().map(|at| format!("P{}", at % count).into()).collect())
                })
                .collect(),
            remedies: vec![Remedy {
                category: "vendor_fix".into(),
                details: fix.into(),
                ..Remedy::default()
            }],
            ..Vulnerability::default()
        };
        Advisory {
            key: AdvisoryKey {
                namespace: "https://cert.example".into(),
                tracking_id: format!("A-{id}").into(),
            },
            version: "1".into(),
            status: AdvisoryStatus::Final,
            released: "2026-01-01T00:00:00Z".into(),
            first_released: "2026-01-01T00:00:00Z".into(),
            title: "t".into(),
            publisher: "p".into(),
            category: "csaf_security_advisory".into(),
            tlp: None,
            url: None,
            products,
            vulnerabilities: vulnerabilities.into_iter().map(vulnerability).collect(),
            document_sha256: "".into(),
            document_bytes: 0,
            remarks: Vec::new(),
            provenance: None,
        }
    })
}

/// Status and the products it is said of, by position.
type StatusLists = Vec<(ProductStatus, Vec<usize>)>;

#[derive(Clone, Debug)]
enum Change {
    Register(Owned),
    Rewrite(usize, Owned),
    Retire(usize),
    Publish(u32, Advisory),
    Withdraw(u32),
    Answer(AliasSubject, AliasAnswer),
    TakeBack(AliasSubject),
}

fn alias() -> impl Strategy<Value = AliasSubject> {
    (some(MAKERS), some(MODELS), some(MAKERS), some(MODELS), any::<bool>()).prop_map(
        |(maker, model, vendor, product, of_vendor)| {
            if of_vendor {
                AliasSubject::Vendor { manufacturer: maker.into(), vendor: vendor.into() }
            } else {
                let (model, product) = (model.into(), product.into());
                AliasSubject::Product { manufacturer: maker.into(), model, vendor: vendor.into(), product }
            }
        },
    )
}

fn change() -> impl Strategy<Value = Change> {
    let answer = prop::sample::select(&[AliasAnswer::Same, AliasAnswer::Different][..]);
    prop_oneof![
        5 => device().prop_map(Change::Register),
        1 => (any::<usize>(), device()).prop_map(|(at, device)| Change::Rewrite(at, device)),
        1 => any::<usize>().prop_map(Change::Retire),
        4 => (0u32..5).prop_flat_map(|id| advisory(id).prop_map(move |advisory| Change::Publish(id, advisory))),
        1 => (0u32..5).prop_map(Change::Withdraw),
        2 => (alias(), answer).prop_map(|(subject, answer)| Change::Answer(subject, answer)),
        1 => alias().prop_map(Change::TakeBack),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_to_a_hospital_the_fast_matcher_says_what_the_obvious_one_says(
        changes in prop::collection::vec(change(), 1..30)
    ) {
        let (mut matcher, mut devices, mut published) = (Matcher::new(), Devices::default(), BTreeMap::new());
        let mut present: Vec<bool> = Vec::new();
        for change in changes {
            match change {
                Change::Register(device) => {
                    devices.0.push(device);
                    present.push(true);
                    matcher.put_device(u32::try_from(devices.0.len() - 1).unwrap(), &devices);
                }
                Change::Rewrite(at, device) if !devices.0.is_empty() => {
                    let at = at % devices.0.len();
                    devices.0[at] = device;
                    present[at] = true;
                    matcher.put_device(u32::try_from(at).unwrap(), &devices);
                }
                Change::Retire(at) if !devices.0.is_empty() => {
                    let at = at % devices.0.len();
                    present[at] = false;
                    matcher.remove_device(u32::try_from(at).unwrap());
                }
                Change::Rewrite(..) | Change::Retire(_) => {}
                Change::Publish(id, advisory) => {
                    matcher.put_advisory(id, &advisory, &devices);
                    published.insert(id, advisory);
                }
                Change::Withdraw(id) => {
                    matcher.remove_advisory(id, &devices);
                    published.remove(&id);
                }
                Change::Answer(subject, answer) => { matcher.put_alias(&subject, answer, &devices); }
                Change::TakeBack(subject) => { matcher.remove_alias(&subject, &devices); }
            }
        }
        let mut advisories: Vec<Plain> = published.values().map(Plain::new).collect();
        for (at, device) in devices.0.iter().enumerate() {
            let expected = if present[at] { obvious(device, &mut advisories, matcher.aliases()) } else { Said::new() };
            let got = indexed(&matcher, u32::try_from(at).unwrap(), |id| format!("A-{id}"));
            prop_assert_eq!(got, expected, "device {:?}", device);
            let at = u32::try_from(at).unwrap();
            let mut worst = BTreeMap::new();
            for cell in matcher.cells(at) {
                let known = worst.entry(cell.vulnerability).or_insert(cell.verdict);
                *known = cell.verdict.min(*known);
            }
            let pairs: Vec<_> = worst.into_iter().collect();
            prop_assert_eq!(matcher.pairs(at), pairs.as_slice(), "the worst verdict of each vulnerability of {:?}", device);
        }
        let before: Vec<Said> = (0..devices.0.len()).map(|at| indexed(&matcher, u32::try_from(at).unwrap(), |id| format!("A-{id}"))).collect();
        matcher.rematch();
        for (at, before) in before.into_iter().enumerate() {
            prop_assert_eq!(indexed(&matcher, u32::try_from(at).unwrap(), |id| format!("A-{id}")), before, "a full rematch changes nothing");
        }
    }
}

// --- the real advisories --------------------------------------------------------------------------------------------

#[test]
fn the_fast_matcher_says_what_the_obvious_one_says_on_every_real_advisory() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = std::env::var_os("SEGUE_SHARED").map_or_else(|| root.join("../shared"), Into::into);
    let folder = shared.join("data/csaf");
    if !folder.is_dir() {
        eprintln!("skipped: the shared advisories are not at {}", folder.display());
        return;
    }
    let mut advisories: Vec<Advisory> = Vec::new();
    adapter_csaf::read_each(&adapter_csaf::scan(&[folder]), |_, _, loaded| {
        advisories.extend(loaded.ok().map(|loaded| loaded.advisory));
        true
    });
    let mut reader = csv::Reader::from_path(root.join("tests/journeys/hospital.csv")).unwrap();
    let all: Vec<Owned> = reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            let text = |at: usize| record.get(at).filter(|text| !text.trim().is_empty()).map(str::to_owned);
            Owned {
                maker: text(1).unwrap_or_default(),
                model: text(2).unwrap_or_default(),
                number: text(3),
                version: text(4),
                serial: text(5),
            }
        })
        .collect();
    // The obvious matcher is slow: every seventh device stands for its neighbours.
    let devices = Devices(all.into_iter().step_by(7).collect());
    let mut matcher = Matcher::new();
    // Half of the advisories come before the devices, half after: both directions of the index are used.
    let (before, after) = advisories.split_at(advisories.len() / 2);
    for (at, advisory) in before.iter().enumerate() {
        matcher.put_advisory(u32::try_from(at).unwrap(), advisory, &devices);
    }
    for at in 0..devices.0.len() {
        matcher.put_device(u32::try_from(at).unwrap(), &devices);
    }
    for (at, advisory) in after.iter().enumerate() {
        matcher.put_advisory(u32::try_from(before.len() + at).unwrap(), advisory, &devices);
    }
    let mut plain: Vec<Plain> = advisories.iter().map(Plain::new).collect();
    let mut pairs = 0;
    for (at, device) in devices.0.iter().enumerate() {
        let id_of = |ix: u32| advisories[ix as usize].key.tracking_id.to_string();
        let got = indexed(&matcher, u32::try_from(at).unwrap(), id_of);
        pairs += got.len();
        assert_eq!(got, obvious(device, &mut plain, matcher.aliases()), "{device:?}");
    }
    assert!(pairs > 100, "only {pairs} pairs were compared");
}
