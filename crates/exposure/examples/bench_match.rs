//! Measures matching: a fleet of 1,000,000 devices against the whole public corpus. Prints one JSON object a line.
//!
//! Run it through `cargo xtask bench match`, which adds the comparison with another implementation.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use exposure::aliases::AliasBook;
use exposure::claims::{Claim, Pool, compile, merge, unique_name};
use exposure::explain::{prepare, subject};
use exposure::judge::judge;
use exposure::matcher::{DeviceFacts, Fleet, Matcher};
use exposure::product::{Answers, MatchKind, Named, compare};
use exposure::version::{Inclusion, Subject, VersionSpec};
use model::Advisory;
use model::advisory::VersionText;

/// Devices of the fleet.
const DEVICES: usize = 1_000_000;
/// Devices that the obvious matcher is timed on; it needs the same time for each, so the rest is calculated.
const OBVIOUS_DEVICES: usize = 100;
/// Version checks that both implementations answer.
const CHECKS: usize = 20_000;

/// A small generator of pseudo-random numbers (xorshift64*), seeded: the same fleet in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33).unwrap() % sides
    }
}

/// A fleet as a register keeps it: each text once.
struct Region {
    kinds: Vec<(String, String)>,
    versions: Vec<String>,
    devices: Vec<(u32, u32)>,
}

impl Fleet for Region {
    fn facts(&self, device: u32) -> DeviceFacts<'_> {
        let (kind, version) = self.devices[device as usize];
        let (maker, model) = &self.kinds[kind as usize];
        let version = self.versions[version as usize].as_str();
        DeviceFacts {
            manufacturer: maker,
            model,
            software_version: Some(version).filter(|version| !version.is_empty()),
            ..DeviceFacts::default()
        }
    }
}

/// Names as messy as registers have them.
fn messy(text: &str, dice: &mut Dice) -> String {
    match dice.roll(6) {
        0 => text.to_uppercase(),
        1 => text.to_lowercase(),
        2 => text.replace(' ', "-"),
        3 => text.split(" (").next().unwrap_or(text).to_owned(),
        _ => text.to_owned(),
    }
}

fn region(advisories: &[Advisory]) -> Region {
    let mut dice = Dice(20_261_122);
    let mut kinds = Vec::new();
    let named = advisories.iter().flat_map(|advisory| &advisory.products);
    let mut names: Vec<(&str, &str)> =
        named.filter_map(|product| Some((product.vendor.as_deref()?, product.name.as_deref()?))).collect();
    names.sort_unstable();
    names.dedup();
    for (vendor, product) in &names {
        kinds.push((messy(vendor, &mut dice), messy(product, &mut dice)));
        if dice.roll(3) == 0 {
            kinds.push((messy(vendor, &mut dice), messy(product, &mut dice)));
        }
    }
    // As many models again that no advisory names.
    for other in 0..kinds.len() {
        kinds.push((format!("Maker {}", other % 400), format!("Model Q{other}")));
    }
    let mut versions: Vec<String> = vec![String::new(), "unknown".to_owned()];
    for major in 1..12 {
        versions.extend((0..8).map(|minor| format!("{major}.{minor}")));
        versions.extend((0..4).map(|patch| format!("V{major}.2.{patch}")));
    }
    let devices = (0..DEVICES)
        .map(|_| {
            // Some models are everywhere, most are rare.
            let range = [kinds.len(), kinds.len() / 8 + 1, 200][dice.roll(3)];
            let kind = dice.roll(range.max(1)) * 7 % kinds.len();
            // A model runs in a handful of versions.
            let version = (kind * 31 + dice.roll(5) * 17) % versions.len();
            (u32::try_from(kind).unwrap(), u32::try_from(version).unwrap())
        })
        .collect();
    Region { kinds, versions, devices }
}

fn report(metric: &str, value: f64, unit: &str, more: &str) {
    println!("{{\"metric\":\"{metric}\",\"value\":{value},\"unit\":\"{unit}\"{more}}}");
}

fn peak_memory_bytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: f64 = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(f64::NAN);
    kib * 1024.0
}

fn corpus() -> Vec<Advisory> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = std::env::var_os("SEGUE_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    let mut advisories = Vec::new();
    adapter_csaf::read_each(&adapter_csaf::scan(&[shared.join("data/csaf")]), |_, _, loaded| {
        advisories.extend(loaded.ok().map(|loaded| loaded.advisory));
        true
    });
    assert!(!advisories.is_empty(), "the shared advisories are not at {}", shared.display());
    advisories
}

fn main() {
    let advisories = corpus();
    let mut region = region(&advisories);
    let mut matcher = Matcher::new();
    for (ix, advisory) in (0u32..).zip(&advisories) {
        matcher.put_advisory(ix, advisory, &region);
    }
    let started = Instant::now();
    for device in 0..u32::try_from(DEVICES).unwrap() {
        matcher.put_device(device, &region);
    }
    let groups = matcher.groups().count();
    let cells: u64 = matcher.groups().map(|group| group.devices.len() * group.cells.len() as u64).sum();
    report(
        "first_match_seconds",
        started.elapsed().as_secs_f64(),
        "s",
        &format!(
            ",\"devices\":{DEVICES},\"advisories\":{},\"distinct_groups\":{groups},\"pairs\":{cells}",
            advisories.len()
        ),
    );

    let mut rematches: Vec<f64> = (0..5)
        .map(|_| {
            let started = Instant::now();
            matcher.rematch();
            started.elapsed().as_secs_f64()
        })
        .collect();
    rematches.sort_by(f64::total_cmp);
    let obvious = obvious_seconds_per_device(&advisories, &region) * DEVICES as f64;
    report(
        "warm_rematch_seconds",
        rematches[2],
        "s",
        &format!(
            ",\"baseline\":\"brute_force\",\"baseline_value\":{obvious},\"ratio\":{}",
            rematches[2] / obvious
        ),
    );

    let mut single: Vec<f64> = Vec::new();
    let mut largest = (0.0, 0);
    for (ix, advisory) in (0u32..).zip(&advisories) {
        matcher.remove_advisory(ix, &region);
        let started = Instant::now();
        matcher.put_advisory(ix, advisory, &region);
        let seconds = started.elapsed().as_secs_f64();
        if seconds > largest.0 {
            largest = (seconds, advisory.products.len());
        }
        single.push(seconds);
    }
    single.sort_by(f64::total_cmp);
    let at = |share: usize| single[(single.len() - 1) * share / 100];
    report(
        "one_new_advisory_seconds",
        at(99),
        "s",
        &format!(
            ",\"what\":\"99th percentile of every advisory of the corpus put anew\",\"median\":{},\"slowest\":{},\"slowest_products\":{}",
            at(50),
            largest.0,
            largest.1
        ),
    );

    region.devices.push((0, 3));
    let started = Instant::now();
    matcher.put_device(u32::try_from(DEVICES).unwrap(), &region);
    report("one_new_device_seconds", started.elapsed().as_secs_f64(), "s", "");
    report("peak_memory_bytes", peak_memory_bytes(), "B", "");
    version_checks();
}

/// An advisory as the obvious matcher has it: every product name with its claims.
type PlainAdvisory = (Pool, Vec<(Named, Vec<Claim>)>);

/// Seconds that the obvious matcher needs for one device: every product name of every advisory compared, no index.
fn obvious_seconds_per_device(advisories: &[Advisory], region: &Region) -> f64 {
    let mut plain: Vec<PlainAdvisory> = advisories
        .iter()
        .map(|advisory| {
            let mut names: Vec<String> = advisory
                .vulnerabilities
                .iter()
                .enumerate()
                .map(|(at, known)| unique_name(advisory, at, known))
                .collect();
            let unsorted = names.clone();
            names.sort();
            names.dedup();
            let numbers: Vec<u32> = unsorted
                .iter()
                .map(|name| u32::try_from(names.binary_search(name).unwrap()).unwrap())
                .collect();
            let mut pool = Pool::default();
            let blocks = compile(advisory, &mut pool, &numbers);
            (pool, blocks.into_iter().map(|block| (block.name.prepare(), block.claims)).collect())
        })
        .collect();
    let aliases = AliasBook::default();
    assert!(aliases.is_empty());
    let started = Instant::now();
    let mut affected = 0;
    for device in (0..OBVIOUS_DEVICES).map(|at| u32::try_from(at * (DEVICES / OBVIOUS_DEVICES)).unwrap()) {
        let facts = region.facts(device);
        let named = prepare(&facts);
        for (pool, names) in &mut plain {
            let found: Vec<_> = names
                .iter()
                .filter_map(|(name, claims)| Some((compare(&named, name, Answers::default())?, claims)))
                .collect();
            let same = found.iter().filter(|(found, _)| found.kind == MatchKind::Same);
            let mut claims: Vec<Claim> = Vec::new();
            for claim in same.flat_map(|(_, claims)| claims.iter()) {
                merge(&mut claims, *claim, pool);
            }
            affected += claims
                .iter()
                .map(|claim| judge(claim, &subject(&facts), pool).verdict as usize)
                .sum::<usize>();
        }
    }
    std::hint::black_box(affected);
    started.elapsed().as_secs_f64() / OBVIOUS_DEVICES as f64
}

/// Version checks that another implementation can answer too: dotted numbers against a range.
fn version_checks() {
    let file = std::env::args().skip_while(|arg| arg != "--checks").nth(1);
    let mut dice = Dice(7);
    let mut number = || format!("{}.{}.{}", dice.roll(12), dice.roll(20), dice.roll(10));
    let checks: Vec<(String, String, String)> = (0..CHECKS)
        .map(|_| {
            let (version, low, high) = (number(), number(), number());
            let (low, high) = if exposure::version::compare(&low, &high) == Some(std::cmp::Ordering::Greater)
            {
                (high, low)
            } else {
                (low, high)
            };
            (version, low, high)
        })
        .filter(|(_, low, high)| low != high)
        .collect();
    let started = Instant::now();
    let mut answers = Vec::with_capacity(checks.len());
    for (version, low, high) in &checks {
        let spec = VersionSpec::parse(&VersionText::Range(format!("vers:intdot/>={low}|<{high}").into()));
        let subject = Subject { version: Some(version), model: "", ..Subject::default() };
        answers.push(spec.contains(&subject) == Inclusion::In);
    }
    report(
        "version_checks_seconds",
        started.elapsed().as_secs_f64(),
        "s",
        &format!(",\"checks\":{}", checks.len()),
    );
    if let Some(file) = file {
        let mut file = BufWriter::new(File::create(file).expect("the file for the checks can be written"));
        for ((version, low, high), affected) in checks.iter().zip(answers) {
            writeln!(file, "{{\"version\":\"{version}\",\"range\":\"vers:intdot/>={low}|<{high}\",\"affected\":{affected}}}").expect("written");
        }
    }
}
