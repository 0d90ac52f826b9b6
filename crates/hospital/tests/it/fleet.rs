//! The list of devices and the overview's counts against the slow and obvious way: every device looked at by itself,
//! every number counted one by one, after a history of imports, revisions, answers and retirements.

use std::collections::{BTreeMap, BTreeSet};

use exposure::vendor::VendorName;
use exposure::{GapKind, Verdict};
use hospital::fleet::{DeviceFilter, DeviceOrder, Lack, Open, find, is_about_names, makers, sites, units};
use hospital::matrix::Counts;
use hospital::overview::{NEW_FOR_SECONDS, Overview, overview};
use hospital::register::DeviceView;
use hospital::{Command, State};
use model::alias::AliasAnswer;
use model::device::{Criticality, SupportStatus};
use model::threat::{KevEntry, SsvcAssessment};
use model::{Date, Device, Time};
use proptest::prelude::*;
use proptest::sample::select;

use crate::matrix::advisory;
use crate::shared::{Hospital, origin};

/// Spelled as registers do: the same maker in several ways, one with a slip, one nobody wrote down.
const MAKES: [(&str, &str); 9] = [
    ("Vital AB", "Vital 700"),
    ("VITAL AB", "vital 700"),
    ("Vitla AB", "Vital 700"),
    ("", "Vital 700"),
    ("unknown", "Vital 900"),
    ("Nordpump", "NP 10"),
    ("Nordpump", "NP10"),
    ("Drägerli", "Evita X"),
    ("Ålesund Åndedrett", "Ånde 3"),
];
const VERSIONS: [Option<&str>; 8] =
    [Some("1.0"), Some("v1.0"), Some("1.0.0"), Some("2.0"), Some("2.x"), Some("3.1"), Some("build 7"), None];
const UNITS: [Option<&str>; 5] = [Some("Ward 5"), Some("ward 5"), Some("ICU"), Some("Ögonklinik"), None];
const SITES: [Option<&str>; 3] = [Some("North"), Some("Söder"), None];
const ENDS: [Option<&str>; 3] = [Some("2026-05-31"), Some("2026-06-01"), None];
const SERIALS: [Option<&str>; 4] = [Some("10500"), Some("29999"), Some("SN-7"), None];

/// One device: make, version, unit, site, support, end of support, criticality, serial number.
type Shape = (usize, usize, usize, usize, usize, usize, usize, usize);

/// What happened in the hospital.
#[derive(Clone, Debug)]
struct History {
    first: Vec<Shape>,
    /// Devices by number and what the register says of them later.
    later: Vec<(usize, Shape)>,
    retired: Vec<usize>,
    back: bool,
    revised: bool,
    kev: Option<Vec<usize>>,
    active: Vec<usize>,
    answers: Vec<(usize, bool)>,
}

const CVES: [&str; 6] =
    ["CVE-2026-1", "CVE-2026-2", "CVE-2026-3", "CVE-2026-10", "CVE-2026-11", "CVE-2026-12"];

fn shape() -> impl Strategy<Value = Shape> {
    (0..9_usize, 0..8_usize, 0..5_usize, 0..3_usize, 0..3_usize, 0..3_usize, 0..5_usize, 0..4_usize)
}

fn history() -> impl Strategy<Value = History> {
    let cves = || proptest::collection::vec(0..CVES.len(), 0..4);
    (
        proptest::collection::vec(shape(), 0..40),
        proptest::collection::vec((0..50_usize, shape()), 0..10),
        proptest::collection::vec(0..50_usize, 0..6),
        any::<bool>(),
        any::<bool>(),
        proptest::option::of(cves()),
        cves(),
        proptest::collection::vec((0..8_usize, any::<bool>()), 0..4),
    )
        .prop_map(|(first, later, retired, back, revised, kev, active, answers)| History {
            first,
            later,
            retired,
            back,
            revised,
            kev,
            active,
            answers,
        })
}

fn tag(n: usize) -> String {
    format!("T-{:04}", (n * 7919) % 10_000)
}

fn device(n: usize, (make, version, unit, site, support, end, criticality, serial): Shape) -> Device {
    let (manufacturer, model) = MAKES[make];
    serde_json::from_value(serde_json::json!({
        "asset_tag": tag(n), "manufacturer": manufacturer, "model": model,
        "software_version": VERSIONS[version], "serial_number": SERIALS[serial],
        "location": { "unit": UNITS[unit], "site": SITES[site] },
        "support": { "status": SupportStatus::ALL[support].word(), "end": ENDS[end] },
        "criticality": Criticality::ALL[criticality].word(),
    }))
    .unwrap()
}

fn import(hospital: &mut Hospital, devices: Vec<Device>, source: &str) {
    if !devices.is_empty() {
        let origin = origin(source);
        hospital.command(Command::ImportInventory { devices, complete: false, origin }).unwrap();
    }
}

fn hospital(history: &History) -> State {
    let mut hospital = Hospital::default();
    let vital = |range| [("Vital AB", "Vital 700", range)];
    let advisories = vec![
        advisory("A-1", &[(CVES[0], Some(98)), (CVES[1], Some(55))], &vital("vers:all/<2.0")),
        advisory(
            "A-2",
            &[(CVES[2], None)],
            &[("Nordpump", "NP 10", "vers:all/<=2.0"), vital("1.0 | 2.0")[0]],
        ),
        advisory("A-3", &[(CVES[3], Some(70)), (CVES[0], None)], &[("Vital AB", "Vital 900", "< 3.1")]),
        advisory(
            "A-4",
            &[(CVES[4], None)],
            &[("Drägerli", "Evita X", "first 3 digits of serial number <= 200")],
        ),
        advisory(
            "A-5",
            &[(CVES[5], None), (CVES[2], None)],
            &[("Nordpump", "NP 10", "odd text without a number")],
        ),
    ];
    let read = advisories.len() as u64;
    hospital.command(Command::ImportAdvisories { advisories, read, origin: origin("a") }).unwrap();
    let first = history.first.iter().enumerate().map(|(n, shape)| device(n, *shape)).collect();
    import(&mut hospital, first, "first");
    let mut later: BTreeMap<usize, Shape> = BTreeMap::new();
    later.extend(history.later.iter().copied());
    let mut here: BTreeSet<usize> = (0..history.first.len()).collect();
    for n in &history.retired {
        if here.remove(n) {
            let asset_tag = tag(*n).into();
            hospital.command(Command::RetireDevice { asset_tag, reason: "gone".into() }).unwrap();
        }
    }
    let comes = |n: &usize| history.back || here.contains(n) || *n >= history.first.len();
    let later = later.iter().filter(|(n, _)| comes(n)).map(|(n, shape)| device(*n, *shape)).collect();
    import(&mut hospital, later, "later");
    if history.revised {
        let advisories = vec![newer(advisory("A-1", &[(CVES[0], Some(98))], &vital("vers:all/<3.0")))];
        hospital.command(Command::ImportAdvisories { advisories, read: 1, origin: origin("r") }).unwrap();
    }
    threats(&mut hospital, history);
    for (which, same) in &history.answers {
        let Some(proposal) = hospital.state.matcher().proposals().into_iter().nth(*which) else { continue };
        let answer = if *same { AliasAnswer::Same } else { AliasAnswer::Different };
        hospital.command(Command::AnswerAlias { subject: proposal.subject, answer }).unwrap();
    }
    hospital.state
}

/// A revision after the first.
fn newer(mut advisory: model::Advisory) -> model::Advisory {
    advisory.version = "2".into();
    advisory.released = "2026-02-01T00:00:00Z".into();
    advisory.document_sha256 = "A-1, revised".into();
    advisory
}

fn threats(hospital: &mut Hospital, history: &History) {
    if let Some(listed) = &history.kev {
        // A catalogue is never empty; this one is of elsewhere.
        let mut listed: BTreeSet<&str> = listed.iter().map(|n| CVES[*n]).collect();
        listed.insert("CVE-2001-1");
        let entry = |cve: &&str| KevEntry {
            cve: (*cve).into(),
            added: Date::new(2026, 1, 1).unwrap(),
            due: None,
            ransomware: cve.ends_with('1'),
        };
        let entries = listed.iter().map(entry).collect();
        hospital.command(Command::ImportKev { catalogue: "1".into(), entries, origin: origin("k") }).unwrap();
    }
    let assessments: Vec<SsvcAssessment> = BTreeSet::from_iter(&history.active)
        .into_iter()
        .map(|n| SsvcAssessment {
            cve: CVES[*n].into(),
            exploitation: "active".into(),
            automatable: "no".into(),
            technical_impact: "partial".into(),
            assessed: "2026-01-01T00:00:00Z".into(),
        })
        .collect();
    if !assessments.is_empty() {
        hospital.command(Command::ImportSsvc { assessments, origin: origin("s") }).unwrap();
    }
}

/// A device by itself: nothing shared with others, nothing remembered.
struct Alone<'s> {
    view: DeviceView<'s>,
    /// The worst verdict for each vulnerability.
    worst: BTreeMap<&'s str, Verdict>,
    /// The gap that each undecided one is counted under.
    gaps: BTreeMap<&'s str, GapKind>,
    exploited: BTreeSet<&'s str>,
    advisories: BTreeSet<u32>,
}

impl<'s> Alone<'s> {
    fn new(state: &'s State, view: DeviceView<'s>) -> Alone<'s> {
        let mut alone = Alone {
            view,
            worst: BTreeMap::new(),
            gaps: BTreeMap::new(),
            exploited: BTreeSet::new(),
            advisories: BTreeSet::new(),
        };
        let cells = state.matcher().cells(view.ix());
        for cell in cells {
            let name = state.matcher().vulnerability_name(cell.vulnerability);
            let worst = alone.worst.entry(name).or_insert(cell.verdict);
            *worst = (*worst).min(cell.verdict);
            alone.advisories.insert(cell.advisory);
        }
        for (name, _) in alone.worst.iter().filter(|(_, verdict)| **verdict == Verdict::Undecided) {
            let of_it = cells.iter().filter(|cell| {
                state.matcher().vulnerability_name(cell.vulnerability) == *name
                    && cell.verdict == Verdict::Undecided
            });
            let first = of_it.filter_map(|cell| cell.gap).min_by_key(|gap| (!is_about_names(*gap), *gap));
            alone.gaps.extend(first.map(|gap| (*name, gap)));
        }
        let known = |name: &str| {
            let active = state.threats().ssvc(name).is_some_and(|one| &*one.exploitation == "active");
            state.threats().kev(name).is_some() || active
        };
        alone.exploited = alone
            .worst
            .iter()
            .filter(|(name, verdict)| verdict.is_open() && known(name))
            .map(|(name, _)| *name)
            .collect();
        alone
    }

    fn open(&self) -> usize {
        self.worst.values().filter(|verdict| verdict.is_open()).count()
    }

    fn lacks(&self, lack: Lack) -> bool {
        match lack {
            Lack::Maker => VendorName::new(self.view.manufacturer()).is_missing(),
            Lack::Version => self.view.software_version().is_none(),
            Lack::Advisory => self.worst.is_empty(),
        }
    }

    fn passes(&self, filter: &DeviceFilter, today: Date) -> bool {
        let view = &self.view;
        let texts = [
            Some(view.asset_tag()),
            Some(view.manufacturer()),
            Some(view.model()),
            view.software_version(),
            view.unit(),
            view.serial_number(),
        ];
        let holds = |text: &String| {
            texts.iter().flatten().any(|field| field.to_lowercase().contains(&text.to_lowercase()))
        };
        filter.text.as_ref().is_none_or(holds)
            && filter.unit.as_ref().is_none_or(|unit| view.unit().unwrap_or("") == unit)
            && filter.site.as_ref().is_none_or(|site| view.site().unwrap_or("") == site)
            && filter.maker.as_ref().is_none_or(|maker| view.manufacturer() == maker)
            && filter.support.is_none_or(|support| view.support().on(today) == support)
            && filter.criticality.is_none_or(|criticality| view.criticality() == criticality)
            && filter.gap.is_none_or(|gap| self.gaps.values().any(|known| *known == gap))
            && filter.lacks.is_none_or(|lack| self.lacks(lack))
            && match filter.open {
                None => true,
                Some(Open::Some) => self.open() > 0,
                Some(Open::None) => self.open() == 0,
                Some(Open::Exploited) => !self.exploited.is_empty(),
            }
    }
}

/// Every device of the register, alone, by asset tag.
fn everyone(state: &State) -> Vec<Alone<'_>> {
    let rows = 0..u32::try_from(state.register().rows_len()).unwrap();
    let views = rows.filter_map(|ix| state.register().get(ix)).filter(|view| !view.is_retired());
    let mut all: Vec<Alone<'_>> = views.map(|view| Alone::new(state, view)).collect();
    all.sort_by_key(|alone| alone.view.asset_tag());
    all
}

fn in_order(all: &mut [&Alone<'_>], order: DeviceOrder, down: bool) {
    let place = |text: &str| (text.is_empty(), text.to_lowercase(), text.to_owned());
    let compare = |a: &&Alone<'_>, b: &&Alone<'_>| {
        let text = |a: &str, b: &str| place(a).cmp(&place(b));
        let by = match order {
            DeviceOrder::Tag => a.view.asset_tag().cmp(b.view.asset_tag()),
            DeviceOrder::Maker => text(a.view.manufacturer(), b.view.manufacturer()),
            DeviceOrder::Model => text(a.view.model(), b.view.model()),
            DeviceOrder::Unit => text(a.view.unit().unwrap_or(""), b.view.unit().unwrap_or("")),
            DeviceOrder::Open => a.open().cmp(&b.open()),
        };
        let by = if down { by.reverse() } else { by };
        by.then(a.view.asset_tag().cmp(b.view.asset_tag()))
    };
    all.sort_by(compare);
}

fn filters() -> impl Strategy<Value = DeviceFilter> {
    let text = |values: &'static [&'static str]| {
        proptest::option::weighted(0.2, select(values).prop_map(str::to_owned))
    };
    fn one<T: Clone + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = Option<T>> {
        proptest::option::weighted(0.2, select(all))
    }
    (
        text(&["", "vital", "T-0", "WARD", "105", "1.0", "ög", "å", "Å", "ÅLE", "zzz", " ", "\u{1}"]),
        text(&["Ward 5", "ward 5", "Ögonklinik", "", "nowhere"]),
        text(&["North", "Söder", ""]),
        text(&["Vital AB", "VITAL AB", "", "unknown", "nobody"]),
        one(SupportStatus::ALL),
        one(Criticality::ALL),
        one(&Open::ALL),
        one(GapKind::ALL),
        one(&Lack::ALL),
    )
        .prop_map(|(text, unit, site, maker, support, criticality, open, gap, lacks)| DeviceFilter {
            text,
            unit,
            site,
            maker,
            support,
            criticality,
            open,
            gap,
            lacks,
        })
}

fn orders() -> impl Strategy<Value = (DeviceOrder, bool)> {
    use DeviceOrder::{Maker, Model, Open, Tag, Unit};
    (select(&[Tag, Maker, Model, Unit, Open][..]), any::<bool>())
}

/// Counted one device, one vulnerability at a time.
fn slowly(state: &State, now: Time, today: Date) -> Overview {
    let all = everyone(state);
    let count = |test: &dyn Fn(&Alone<'_>) -> bool| all.iter().filter(|alone| test(alone)).count() as u64;
    let support = |status| count(&|alone| alone.view.support().on(today) == status);
    let mut verdicts = Counts::default();
    let mut gaps: BTreeMap<GapKind, u64> = BTreeMap::new();
    for alone in &all {
        alone.worst.values().for_each(|verdict| verdicts.add(*verdict, 1));
        alone.gaps.values().for_each(|gap| *gaps.entry(*gap).or_default() += 1);
    }
    let waiting_for_names = gaps.iter().filter(|(gap, _)| is_about_names(**gap)).map(|(_, n)| n).sum();
    let named = gaps.values().sum::<u64>();
    let mut gaps: Vec<(GapKind, u64)> = gaps.into_iter().collect();
    gaps.sort_by_key(|(gap, pairs)| (std::cmp::Reverse(*pairs), *gap));
    let since = now.plus_seconds(-NEW_FOR_SECONDS);
    let new: Vec<u32> = state
        .library()
        .iter()
        .filter(|(_, item)| item.revisions().iter().any(|revision| revision.stamp.time >= since))
        .map(|(ix, _)| ix)
        .collect();
    let ours = new.iter().filter(|ix| all.iter().any(|alone| alone.advisories.contains(ix))).count();
    Overview {
        devices: all.len() as u64,
        advisories: state.library().iter().count() as u64,
        support: hospital::overview::SupportCounts {
            supported: support(SupportStatus::Supported),
            unsupported: support(SupportStatus::Unsupported),
            unknown: support(SupportStatus::Unknown),
        },
        verdicts,
        gaps,
        gaps_unnamed: verdicts.undecided - named,
        questions: state.matcher().proposals().len() as u64,
        answers: state.answers().len() as u64,
        waiting_for_names,
        exploited: Vec::new(),
        exploited_devices: count(&|alone| !alone.exploited.is_empty()),
        new_advisories: new.len() as u64,
        new_advisories_ours: ours as u64,
        unmatched: count(&|alone| alone.lacks(Lack::Advisory)),
        maker_missing: count(&|alone| alone.lacks(Lack::Maker)),
        version_missing: count(&|alone| alone.lacks(Lack::Version)),
        incomplete: count(&|alone| alone.lacks(Lack::Maker) || alone.lacks(Lack::Version)),
    }
}

fn today() -> Date {
    Date::new(2026, 6, 1).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_list_holds_each_device_that_passes_once_and_in_order(history in history(), filter in filters(), (order, down) in orders(), offset in 0..12_usize, most in 0..12_usize) {
        let state = hospital(&history);
        let all = everyone(&state);
        let mut slow: Vec<&Alone<'_>> = all.iter().filter(|alone| alone.passes(&filter, today())).collect();
        in_order(&mut slow, order, down);
        let tags = |devices: &[u32]| devices.iter().map(|ix| state.register().get(*ix).unwrap().asset_tag()).collect::<Vec<_>>();
        let slow: Vec<&str> = slow.iter().map(|alone| alone.view.asset_tag()).collect();
        let whole = find(&state, today(), &filter, (order, down), 0, usize::MAX);
        prop_assert_eq!(whole.total, slow.len() as u64);
        prop_assert_eq!(tags(&whole.devices), slow.clone());
        let page = find(&state, today(), &filter, (order, down), offset, most);
        prop_assert_eq!(page.total, slow.len() as u64);
        let expected: Vec<&str> = slow.into_iter().skip(offset).take(most).collect();
        prop_assert_eq!(tags(&page.devices), expected);
    }

    #[test]
    fn the_overview_counts_what_is_counted_one_by_one(history in history(), ago in 0..20_i64) {
        let state = hospital(&history);
        let now = Time(i64::try_from(state.seq()).unwrap() - ago).plus_seconds(NEW_FOR_SECONDS);
        let shown = overview(&state, now, today());
        let slow = slowly(&state, now, today());
        prop_assert_eq!(Overview { exploited: Vec::new(), ..shown.clone() }, slow);

        let mut exploited: BTreeMap<&str, Counts> = BTreeMap::new();
        let all = everyone(&state);
        let names: BTreeSet<&str> = all.iter().flat_map(|alone| &alone.exploited).copied().collect();
        for (name, verdict) in all.iter().flat_map(|alone| &alone.worst).filter(|(name, _)| names.contains(*name)) {
            exploited.entry(name).or_default().add(*verdict, 1);
        }
        let listed: BTreeMap<&str, Counts> = shown.exploited.iter().map(|one| (&*one.name, one.counts)).collect();
        prop_assert_eq!(listed.len(), shown.exploited.len(), "each once");
        prop_assert_eq!(listed, exploited);
        for one in &shown.exploited {
            let entry = state.threats().kev(&one.name);
            prop_assert_eq!((one.in_catalogue, one.ransomware), (entry.is_some(), entry.is_some_and(|entry| entry.ransomware)));
        }
    }

    #[test]
    fn behind_each_count_of_the_overview_are_as_many_devices(history in history()) {
        let state = hospital(&history);
        let shown = overview(&state, Time(0), today());
        let behind = |filter: DeviceFilter| find(&state, today(), &filter, (DeviceOrder::Open, true), 0, 1).total;
        let lacks = |lack| behind(DeviceFilter { lacks: Some(lack), ..DeviceFilter::default() });
        let support = |support| behind(DeviceFilter { support: Some(support), ..DeviceFilter::default() });
        prop_assert_eq!(lacks(Lack::Maker), shown.maker_missing);
        prop_assert_eq!(lacks(Lack::Version), shown.version_missing);
        prop_assert_eq!(lacks(Lack::Advisory), shown.unmatched);
        prop_assert_eq!(support(SupportStatus::Supported), shown.support.supported);
        prop_assert_eq!(support(SupportStatus::Unsupported), shown.support.unsupported);
        prop_assert_eq!(support(SupportStatus::Unknown), shown.support.unknown);
        prop_assert_eq!(behind(DeviceFilter { open: Some(Open::Exploited), ..DeviceFilter::default() }), shown.exploited_devices);
        // Each pair has one gap here and on the matrix.
        let by_matrix: BTreeMap<_, _> = hospital::matrix::gaps(&state, &hospital::matrix::Filter::default()).into_iter().collect();
        let by_overview: BTreeMap<_, _> = shown.gaps.iter().map(|(gap, pairs)| (Some(*gap), *pairs)).chain((shown.gaps_unnamed > 0).then_some((None, shown.gaps_unnamed))).collect();
        prop_assert_eq!(by_matrix, by_overview);
    }

    #[test]
    fn the_choices_of_the_filters_are_what_devices_have(history in history()) {
        let state = hospital(&history);
        let all = everyone(&state);
        let count = |of: &dyn Fn(&Alone<'_>) -> String| {
            let mut counts: BTreeMap<String, u64> = BTreeMap::new();
            all.iter().for_each(|alone| *counts.entry(of(alone)).or_default() += 1);
            counts
        };
        let shown = |list: Vec<(&str, u64)>| list.into_iter().map(|(name, n)| (name.to_owned(), n)).collect::<BTreeMap<_, _>>();
        prop_assert_eq!(shown(units(&state)), count(&|alone| alone.view.unit().unwrap_or("").to_owned()));
        prop_assert_eq!(shown(sites(&state)), count(&|alone| alone.view.site().unwrap_or("").to_owned()));
        let named: BTreeSet<String> = makers(&state).into_iter().map(str::to_owned).collect();
        prop_assert_eq!(named, count(&|alone| alone.view.manufacturer().to_owned()).into_keys().collect());
    }
}
