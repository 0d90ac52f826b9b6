//! The simple form of a plan, read: one patch, one window, one ring for each line of hosts. What is wrong is said at its field.

use hospital::State;
use model::AssetTag;
use model::Time;
use model::ids::{AccountId, PatchId, PlanId, UnitId, WindowId};
use model::patch::{DeclaredMinutes, Minutes, PackageVersion, Patch, RestartNeed};
use model::plan::{Cover, Hands, Item, LocalOffset, Owner, Plan, ProofPolicy, Ring, Window};
use planning::draft::Wishes;
use serde::Deserialize;

use super::chosen;
use crate::clock::Local;
use crate::pages::night::time;
use crate::words::Words;

/// Quiet period of a plan made with the form, in minutes.
const QUIET_MINUTES: u32 = 120;
/// Its check next morning, in minutes after midnight: 06:30.
const MORNING_MINUTE: u16 = 390;
/// Its evidence may be this old.
const EVIDENCE_AGE_MAX_SECONDS: u32 = 900;
/// A step has stalled after twice its 90th percentile.
const STALLED_AFTER_TENTHS: u16 = 20;
/// Local time's offsets are written down for so many days from the last window on.
const OFFSETS_DAYS: i64 = 30;
/// From the first to the last window of a plan at most so many days are looked at for changes of clocks.
const WINDOWS_DAYS_MAX: i64 = 1_100;

/// The form as typed.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    pub(super) title: String,
    #[serde(default)]
    pub(super) packages: String,
    #[serde(default)]
    pub(super) hosts: String,
    #[serde(default)]
    pub(super) restart: String,
    #[serde(default)]
    pub(super) services: String,
    #[serde(default)]
    pub(super) install: String,
    #[serde(default)]
    pub(super) restart_minutes: String,
    #[serde(default)]
    pub(super) back_out: String,
    #[serde(default)]
    pub(super) from: String,
    #[serde(default)]
    pub(super) latest: String,
    #[serde(default)]
    pub(super) to: String,
    #[serde(default)]
    pub(super) soak: String,
    #[serde(default)]
    pub(super) at_once: String,
    #[serde(default)]
    pub(super) cover: String,
    #[serde(default)]
    pub(super) contingency: String,
    /// How rings are made: `lines`, or `draft`.
    #[serde(default)]
    pub(super) policy: String,
    /// The window of the second ring of a draft; empty for the first one's.
    #[serde(default)]
    pub(super) rest_from: String,
    #[serde(default)]
    pub(super) rest_latest: String,
    #[serde(default)]
    pub(super) rest_to: String,
    /// The vulnerabilities that the patch closes.
    #[serde(default)]
    pub(super) closes: String,
}

/// Every field of the form, as it stands in an address.
pub(super) const FIELDS: [&str; 20] = [
    "title",
    "packages",
    "hosts",
    "restart",
    "services",
    "install",
    "restart_minutes",
    "back_out",
    "from",
    "latest",
    "to",
    "soak",
    "at_once",
    "cover",
    "contingency",
    "policy",
    "rest_from",
    "rest_latest",
    "rest_to",
    "closes",
];

/// The word of the policy by which rings are drafted from what each host carries.
pub(super) const POLICY_DRAFT: &str = "draft";

impl Typed {
    /// Each field with what was typed, in the order of [`FIELDS`].
    pub(super) fn fields(&self) -> [(&'static str, &str); 20] {
        let values = [
            &self.title,
            &self.packages,
            &self.hosts,
            &self.restart,
            &self.services,
            &self.install,
            &self.restart_minutes,
            &self.back_out,
            &self.from,
            &self.latest,
            &self.to,
            &self.soak,
            &self.at_once,
            &self.cover,
            &self.contingency,
            &self.policy,
            &self.rest_from,
            &self.rest_latest,
            &self.rest_to,
            &self.closes,
        ];
        let mut out = [("", ""); 20];
        out.iter_mut()
            .zip(FIELDS)
            .zip(values)
            .for_each(|((slot, name), value)| *slot = (name, value.as_str()));
        out
    }

    /// Are rings to be drafted?
    pub(super) fn drafts_rings(&self) -> bool {
        self.policy == POLICY_DRAFT
    }

    /// Has the second ring a window of its own?
    fn has_second_window(&self) -> bool {
        self.drafts_rings()
            && [&self.rest_from, &self.rest_latest, &self.rest_to].iter().any(|text| !text.trim().is_empty())
    }
}

/// What is wrong, by field.
pub(super) type Errors = Vec<(&'static str, String)>;

/// Reads the form; every field that is wrong is named, not only the first.
pub(super) fn read(
    local: &Local,
    state: &State,
    typed: &Typed,
    requester: AccountId,
    id: PlanId,
) -> Result<Plan, Errors> {
    let w = local.w;
    let mut errors = Errors::new();
    let mut take = |field: &'static str, read: Result<Vec<Part>, String>| match read {
        Ok(parts) => parts,
        Err(says) => {
            errors.push((field, says));
            Vec::new()
        }
    };
    let title = take("title", one(w, &typed.title));
    let contingency = take("contingency", one(w, &typed.contingency));
    let packages = take("packages", packages(w, &typed.packages));
    let rings = take("hosts", hosts(w, state, &typed.hosts));
    let [from, latest, to] = [("from", &typed.from), ("latest", &typed.latest), ("to", &typed.to)]
        .map(|(field, text)| take(field, instant(local, text)));
    let second = typed.has_second_window().then(|| {
        let fields = [
            ("rest_from", &typed.rest_from),
            ("rest_latest", &typed.rest_latest),
            ("rest_to", &typed.rest_to),
        ];
        fields.map(|(field, text)| take(field, instant(local, text)))
    });
    let closes = take("closes", closes(w, &typed.closes));
    let [install, restart, back_out] = [
        ("install", &typed.install),
        ("restart_minutes", &typed.restart_minutes),
        ("back_out", &typed.back_out),
    ]
    .map(|(field, text)| take(field, minutes(w, text)));
    let [soak, at_once] = [("soak", &typed.soak), ("at_once", &typed.at_once)]
        .map(|(field, text)| take(field, number(w, text)));
    let cover = take("cover", cover(w, state, &typed.cover));
    if !errors.is_empty() {
        return Err(errors);
    }
    let text = |parts: Vec<Part>| parts.into_iter().find_map(Part::text).unwrap_or_default();
    let time = |parts: Vec<Part>| parts.into_iter().find_map(Part::time).unwrap_or(Time(0));
    let duration = |parts: Vec<Part>| parts.into_iter().find_map(Part::minutes).unwrap_or_default();
    let count = |parts: Vec<Part>| parts.into_iter().find_map(Part::number).unwrap_or(1);
    let (not_before, latest_start, not_after) = (time(from), time(latest), time(to));
    let services: Vec<Box<str>> = typed.services.split_whitespace().map(Box::from).collect();
    let names = ids(w).map_err(|says| vec![("title", says)])?;
    let title = text(title);
    let patch = Patch {
        id: names.patch.clone(),
        title: title.clone(),
        packages: packages.into_iter().filter_map(Part::package).collect(),
        restart: match typed.restart.as_str() {
            "host" => RestartNeed::Host,
            "services" => RestartNeed::Services(services),
            _ => RestartNeed::None,
        },
        size_bytes: 0,
        declared: DeclaredMinutes {
            install: duration(install),
            restart: duration(restart),
            back_out: duration(back_out),
        },
        can_roll_back: true,
        closes: closes.into_iter().filter_map(Part::text).collect(),
        must_still_work: Vec::new(),
        steps: Vec::new(),
        terms: Default::default(),
    };
    let (soak_minutes, at_once_max) = (count(soak), count(at_once).max(1));
    let groups: Vec<Vec<AssetTag>> = rings.into_iter().filter_map(Part::hosts).collect();
    let item = |ring: u16, host: AssetTag| Item {
        host,
        patches: vec![names.patch.clone()],
        ring,
        wave: 1,
        by: Hands::Agent,
        owner: Owner::ClinicalEngineering,
    };
    let ring = |(number, hosts): (u16, &Vec<AssetTag>)| Ring {
        title: w.board_ring(number).into(),
        window: names.window.clone(),
        success_min: u32::try_from(hosts.len()).unwrap_or(u32::MAX),
        failures_stop: 1,
        soak_minutes,
        at_once_max,
    };
    let mut windows = vec![Window { id: names.window.clone(), not_before, latest_start, not_after }];
    if let Some([from, latest, to]) = second {
        let (not_before, latest_start, not_after) = (time(from), time(latest), time(to));
        windows.push(Window { id: names.second.clone(), not_before, latest_start, not_after });
    }
    let ends = windows.iter().map(|window| window.not_after).max().unwrap_or(not_after);
    Ok(Plan {
        id,
        title,
        parent: None,
        requester,
        patches: vec![patch],
        windows,
        rings: (1_u16..).zip(&groups).map(ring).collect(),
        items: (1_u16..)
            .zip(groups.clone())
            .flat_map(|(number, hosts)| hosts.into_iter().map(move |host| (number, host)))
            .map(|(number, host)| item(number, host))
            .collect(),
        cover: cover.into_iter().filter_map(Part::cover).collect(),
        proof: usual_proof(local, not_before, ends),
        contingency: text(contingency),
        premises: Default::default(),
        resources: Default::default(),
    })
}

/// What a field was read as.
enum Part {
    Text(Box<str>),
    Time(Time),
    Minutes(Minutes),
    Number(u32),
    Package(PackageVersion),
    Hosts(Vec<AssetTag>),
    Cover(Cover),
}

macro_rules! parts {
    ($($take:ident $variant:ident $kind:ty),+) => { impl Part { $(
        fn $take(self) -> Option<$kind> {
            if let Part::$variant(value) = self { Some(value) } else { None }
        }
    )+ } };
}
parts!(text Text Box<str>, time Time Time, minutes Minutes Minutes, number Number u32, package Package PackageVersion,
    hosts Hosts Vec<AssetTag>, cover Cover Cover);

/// How rings of a form's plan are drafted: one host in the first window, the rest in the last.
pub(super) fn wishes(plan: &Plan) -> Option<Wishes> {
    let (first, last) = (plan.windows.first()?, plan.windows.last()?);
    let ring = plan.rings.first()?;
    Some(Wishes {
        first_window: first.id.clone(),
        rest_window: last.id.clone(),
        soak_minutes: ring.soak_minutes,
        at_once_max: ring.at_once_max,
    })
}

struct Names {
    patch: PatchId,
    window: WindowId,
    second: WindowId,
}

fn ids(w: Words) -> Result<Names, String> {
    let wrong = |_| w.draft_missing().to_owned();
    Ok(Names {
        patch: PatchId::new("patch-1").map_err(wrong)?,
        window: WindowId::new("night-1").map_err(wrong)?,
        second: WindowId::new("night-2").map_err(wrong)?,
    })
}

fn one(w: Words, text: &str) -> Result<Vec<Part>, String> {
    let text = text.trim();
    if text.is_empty() { Err(w.draft_missing().to_owned()) } else { Ok(vec![Part::Text(text.into())]) }
}

fn instant(local: &Local, text: &str) -> Result<Vec<Part>, String> {
    time::read(local, text).map(|at| vec![Part::Time(at)]).ok_or_else(|| local.w.act_time_wrong().to_owned())
}

fn number(w: Words, text: &str) -> Result<Vec<Part>, String> {
    let read = text.trim().parse::<u32>().ok();
    read.map(|number| vec![Part::Number(number)]).ok_or_else(|| w.draft_wrong_number().to_owned())
}

fn minutes(w: Words, text: &str) -> Result<Vec<Part>, String> {
    let numbers: Result<Vec<u32>, _> = text.split_whitespace().map(str::parse).collect();
    match numbers.as_deref() {
        Ok([p50, p90]) if p50 <= p90 => Ok(vec![Part::Minutes(Minutes { p50: *p50, p90: *p90 })]),
        Ok([both]) => Ok(vec![Part::Minutes(Minutes { p50: *both, p90: *both })]),
        Ok(_) | Err(_) => Err(w.draft_wrong_minutes().to_owned()),
    }
}

/// The lines that are not empty, with their numbers from 1.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(n, line)| (n + 1, line.trim())).filter(|(_, line)| !line.is_empty())
}

pub(super) fn at(w: Words, line: usize, says: &str) -> String {
    w.draft_wrong_line(&w.number(line as u64), says)
}

fn packages(w: Words, text: &str) -> Result<Vec<Part>, String> {
    let read = |(number, line): (usize, &str)| {
        let wrong = || at(w, number, w.draft_wrong_package());
        let (package, version) = line.split_once('=').ok_or_else(wrong)?;
        let (package, version) = (package.trim(), version.trim());
        if package.is_empty() || version.is_empty() || package.contains(char::is_whitespace) {
            return Err(wrong());
        }
        Ok(Part::Package(PackageVersion { package: package.into(), version: version.into() }))
    };
    let parts: Vec<Part> = lines(text).map(read).collect::<Result<_, String>>()?;
    if parts.is_empty() { Err(w.draft_missing().to_owned()) } else { Ok(parts) }
}

/// One ring a line: asset tags, or a filter `key=value` over the register.
fn hosts(w: Words, state: &State, text: &str) -> Result<Vec<Part>, String> {
    Ok(chosen::groups(w, state, text)?.into_iter().map(Part::Hosts).collect())
}

/// Vulnerabilities by name, with spaces or line breaks between.
fn closes(w: Words, text: &str) -> Result<Vec<Part>, String> {
    let read = |name: &str| {
        let fits = name.len() <= 60 && name.chars().all(|c| c.is_ascii_alphanumeric() || "-.:_".contains(c));
        if fits { Ok(Part::Text(name.into())) } else { Err(w.draft_wrong_closes(name)) }
    };
    text.split_whitespace().map(read).collect()
}

fn cover(w: Words, state: &State, text: &str) -> Result<Vec<Part>, String> {
    Ok(covers(w, state, text)?.into_iter().map(Part::Cover).collect())
}

/// The same as a plain list.
pub(super) fn covers(w: Words, state: &State, text: &str) -> Result<Vec<Cover>, String> {
    let read = |(number, line): (usize, &str)| {
        let wrong = || at(w, number, w.draft_wrong_cover());
        let (unit, rest) = line.split_once(char::is_whitespace).ok_or_else(wrong)?;
        let (people, task) = rest.trim().split_once(char::is_whitespace).ok_or_else(wrong)?;
        let unit = UnitId::new(unit).map_err(|_| wrong())?;
        let people = people.parse::<u16>().map_err(|_| wrong())?;
        if !state.places().units.contains_key(&unit) || task.trim().is_empty() {
            return Err(wrong());
        }
        Ok(Cover { unit, people, task: task.trim().into() })
    };
    lines(text).map(read).collect()
}

/// When results of a plan made with a form count as proven.
pub(super) fn usual_proof(local: &Local, first: Time, last: Time) -> ProofPolicy {
    ProofPolicy {
        quiet_minutes: QUIET_MINUTES,
        morning_minute: Some(MORNING_MINUTE),
        offsets: offsets(local, first, last),
        evidence_age_max_seconds: EVIDENCE_AGE_MAX_SECONDS,
        stalled_after_tenths: STALLED_AFTER_TENTHS,
        hand_proof_days: None,
    }
}

/// Local time's offsets from the day before the first window until well after the last: one at first, and one for each change of clocks.
pub(super) fn offsets(local: &Local, first: Time, last: Time) -> Vec<LocalOffset> {
    let begin = first.plus_seconds(-86_400);
    let seconds = |at: Time| i32::try_from(local.offset_seconds(at)).unwrap_or(0);
    let mut found = vec![LocalOffset { from: Time(0), seconds: seconds(begin) }];
    let days = last.seconds_since(first).clamp(0, WINDOWS_DAYS_MAX * 86_400) / 86_400 + OFFSETS_DAYS;
    for hour in 1..days * 24 {
        // Clocks change on whole hours of universal time.
        let at = Time((begin.0 / 3_600_000_000 + hour) * 3_600_000_000);
        if found.last().is_some_and(|last| last.seconds != seconds(at)) {
            found.push(LocalOffset { from: at, seconds: seconds(at) });
        }
    }
    found
}
