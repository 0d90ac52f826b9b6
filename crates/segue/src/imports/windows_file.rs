//! Windows as people write them, with the staff, units, ways and patches that go with them: TOML, or CSV for windows alone. What is wrong
//! is said with file, row and column. docs/campaign.md says what it may hold.

mod rules;
mod table;

use adapter_input::instant;
use hospital::State;
use hospital::campaign::{Opening, Setting, UnitSaid, Visit};
use jiff::tz::TimeZone;
use model::finding::{Place, Severity};
use model::ids::{BuildingId, SiteId, UnitId, WindowId};
use model::patch::Patch;
use model::resources::{CENSUS_DAY_HOURS, CENSUS_WEEK_HOURS, ClosedTime, Gate, HandsOn, LoanerPool, Way};
use model::terms::VendorRule;
use model::{Date, Finding, Time};
use planning::bundle::Catalogue;
use planning::planner::campaign::Staff;
use serde::Deserialize;
use toml::Spanned;

use rules::{AccessRow, AfterRow, DueRow, SidesRow};

/// Longest file of windows.
pub(crate) const WINDOWS_SIZE_MAX_BYTES: u64 = 16 * 1024 * 1024;
/// Most windows of one file.
const WINDOWS_MAX: usize = 10_000;
/// So many findings are told at most.
const FINDINGS_MAX: usize = 50;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    time_zone: Option<Spanned<String>>,
    #[serde(default)]
    windows: Vec<WindowRow>,
    #[serde(default)]
    units: Vec<UnitRow>,
    #[serde(default)]
    walks: Vec<WalkRow>,
    #[serde(default)]
    loaners: Vec<LoanerRow>,
    #[serde(default)]
    closed: Vec<ClosedRow>,
    #[serde(default)]
    gates: Vec<GateRow>,
    #[serde(default)]
    hands_on: Vec<HandsRow>,
    #[serde(default)]
    due: Vec<Spanned<DueRow>>,
    #[serde(default)]
    access: Vec<Spanned<AccessRow>>,
    #[serde(default)]
    precedences: Vec<AfterRow>,
    #[serde(default)]
    sides: Vec<SidesRow>,
    #[serde(default)]
    patches: Vec<Patch>,
    #[serde(default)]
    rules: Vec<VendorRule>,
    #[serde(default)]
    holidays: Vec<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WindowRow {
    id: Spanned<String>,
    site: Option<Spanned<String>>,
    not_before: Spanned<String>,
    latest_start: Spanned<String>,
    not_after: Spanned<String>,
    at_once: Option<Spanned<u32>>,
    #[serde(default)]
    overtime: bool,
    #[serde(default)]
    staff: Vec<StaffRow>,
    #[serde(default)]
    visits: Vec<VisitRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StaffRow {
    skill: Box<str>,
    people: u32,
    person_minutes: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VisitRow {
    vendor: Box<str>,
    engineers: u32,
    devices_max: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitRow {
    unit: Spanned<String>,
    beds_dark_max: Option<u32>,
    census: Option<Spanned<Vec<u32>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WalkRow {
    from: Spanned<String>,
    to: Spanned<String>,
    minutes: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LoanerRow {
    kind: Box<str>,
    site: Spanned<String>,
    count: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClosedRow {
    unit: Option<Spanned<String>>,
    site: Option<Spanned<String>>,
    from: Spanned<String>,
    to: Spanned<String>,
    says: Box<str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GateRow {
    unit: Spanned<String>,
    not_before: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HandsRow {
    kind: Box<str>,
    minutes: u32,
}

/// Reads a text, as CSV where its first line is that of a table. `time_zone` is that of local times where the text names none; places
/// that it names must be described.
pub(crate) fn windows_of_text(
    source: &str,
    text: &str,
    time_zone: &str,
    state: &State,
) -> Result<Setting, Vec<Finding>> {
    let mut reader = Reader { source, text, zone: TimeZone::UTC, state, findings: Vec::new() };
    match TimeZone::get(time_zone) {
        Ok(zone) => reader.zone = zone,
        Err(error) => reader.whole(error.to_string(), "an IANA time zone such as Europe/Stockholm"),
    }
    let setting = match table::is_table(text) {
        true => reader.table(),
        false => match toml::from_str::<File>(text) {
            Ok(file) => reader.file(file),
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                reader.wrong(
                    at,
                    None,
                    error.message().replace('\n', " "),
                    "docs/campaign.md says what such a file holds",
                );
                Setting::default()
            }
        },
    };
    reader.in_order(&setting.windows);
    if reader.findings.is_empty() { Ok(setting) } else { Err(reader.findings) }
}

struct Reader<'a> {
    source: &'a str,
    text: &'a str,
    zone: TimeZone,
    state: &'a State,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn put(&mut self, place: Place, value: Option<&str>, problem: String, expected: &str) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding {
                source: self.source.into(),
                place,
                value: value.map(|value| value.chars().take(80).collect::<String>().into()),
                problem: problem.into(),
                expected: expected.into(),
                severity: Severity::Error,
            });
        }
    }

    fn whole(&mut self, problem: String, expected: &str) {
        self.put(Place::Whole, None, problem, expected);
    }

    /// Row and column of a byte, both from 1.
    fn wrong(&mut self, at: usize, value: Option<&str>, problem: String, expected: &str) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let row = before.matches('\n').count() as u64 + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        let place = Place::Cell { row, column: column.to_string().into() };
        self.put(place, value, problem, expected);
    }

    fn time(&mut self, text: &Spanned<String>) -> Time {
        instant(text.get_ref(), &self.zone).unwrap_or_else(|problem| {
            self.wrong(
                text.span().start,
                None,
                problem,
                "a time of the clock on the wall, or with its offset",
            );
            Time(0)
        })
    }

    fn named<T>(
        &mut self,
        text: &Spanned<String>,
        read: impl Fn(&str) -> Option<T>,
        known: impl Fn(&State, &T) -> bool,
        what: &str,
    ) -> Option<T> {
        let found = read(text.get_ref()).filter(|id| known(self.state, id));
        if found.is_none() {
            let problem = format!("nobody has described this {what}");
            let expected = format!("the short name of a {what} that `segue import hospital` brought in");
            self.wrong(text.span().start, Some(text.get_ref()), problem, &expected);
        }
        found
    }

    fn unit(&mut self, text: &Spanned<String>) -> Option<UnitId> {
        self.named(
            text,
            |text| UnitId::new(text).ok(),
            |state, id| state.places().units.contains_key(id),
            "care unit",
        )
    }

    fn site(&mut self, text: &Spanned<String>) -> Option<SiteId> {
        self.named(
            text,
            |text| SiteId::new(text).ok(),
            |state, id| state.places().sites.contains_key(id),
            "site",
        )
    }

    fn building(&mut self, text: &Spanned<String>) -> Option<BuildingId> {
        let known = |state: &State, id: &BuildingId| state.places().buildings.contains_key(id);
        self.named(text, |text| BuildingId::new(text).ok(), known, "building")
    }

    fn file(&mut self, file: File) -> Setting {
        if let Some(zone) = &file.time_zone {
            match TimeZone::get(zone.get_ref()) {
                Ok(zone) => self.zone = zone,
                Err(error) => self.wrong(
                    zone.span().start,
                    Some(zone.get_ref()),
                    error.to_string(),
                    "an IANA time zone such as Europe/Stockholm",
                ),
            }
        }
        let catalogue = Catalogue { patches: file.patches, rules: file.rules, holidays: file.holidays };
        for (place, problem) in catalogue.faults() {
            self.put(
                Place::Pointer(place.into()),
                None,
                problem,
                "docs/patches.md says what patches may hold",
            );
        }
        let patches = catalogue.patches.iter().map(|patch| patch.id.clone()).collect();
        Setting {
            due: file
                .due
                .iter()
                .filter_map(|row| self.due(row.span().start, row.get_ref(), &patches))
                .collect(),
            access: file
                .access
                .iter()
                .filter_map(|row| self.access(row.span().start, row.get_ref()))
                .collect(),
            precedences: self.precedences(&file.precedences),
            sides: file.sides.iter().map(|row| self.sides(row)).collect(),
            windows: file.windows.iter().filter_map(|row| self.window(row)).collect(),
            units: file.units.iter().filter_map(|row| self.unit_said(row)).collect(),
            walks: file.walks.iter().filter_map(|row| self.walk(row)).collect(),
            loaners: file
                .loaners
                .iter()
                .filter_map(|row| {
                    Some(LoanerPool { kind: row.kind.clone(), site: self.site(&row.site)?, count: row.count })
                })
                .collect(),
            closed: file.closed.iter().filter_map(|row| self.closed(row)).collect(),
            gates: file
                .gates
                .iter()
                .filter_map(|row| {
                    let not_before = self.time(&row.not_before);
                    Some(Gate { unit: self.unit(&row.unit)?, not_before })
                })
                .collect(),
            hands_on: file
                .hands_on
                .iter()
                .map(|row| HandsOn { kind: row.kind.clone(), minutes: row.minutes })
                .collect(),
            catalogue,
        }
    }

    fn window(&mut self, row: &WindowRow) -> Option<Opening> {
        let site = row.site.as_ref().map(|site| self.site(site));
        let times = [&row.not_before, &row.latest_start, &row.not_after].map(|text| self.time(text));
        let id = WindowId::new(row.id.get_ref());
        if let Err(error) = &id {
            self.wrong(
                row.id.span().start,
                Some(row.id.get_ref()),
                error.to_string(),
                "a short name such as tue-1",
            );
        }
        if row.at_once.as_ref().is_some_and(|at_once| *at_once.get_ref() == 0) {
            let at = row.at_once.as_ref().map_or(0, |at_once| at_once.span().start);
            self.wrong(at, Some("0"), "no device could be worked on".to_owned(), "1 or more devices at once");
        }
        let [not_before, latest_start, not_after] = times;
        let all = u32::try_from(not_after.seconds_since(not_before).max(0) / 60).unwrap_or(u32::MAX);
        Some(Opening {
            id: id.ok()?,
            site: match site {
                Some(site) => Some(site?),
                None => None,
            },
            not_before,
            latest_start,
            not_after,
            overtime: row.overtime,
            at_once_max: row.at_once.as_ref().map_or(1, |at_once| *at_once.get_ref()),
            staff: row
                .staff
                .iter()
                .map(|staff| Staff {
                    skill: staff.skill.clone(),
                    people: staff.people,
                    person_minutes: staff.person_minutes.unwrap_or(all.saturating_mul(staff.people)),
                })
                .collect(),
            visits: row
                .visits
                .iter()
                .map(|visit| Visit {
                    vendor: visit.vendor.clone(),
                    engineers: visit.engineers,
                    devices_max: visit.devices_max,
                })
                .collect(),
        })
    }

    fn unit_said(&mut self, row: &UnitRow) -> Option<UnitSaid> {
        let unit = self.unit(&row.unit);
        if let Some(census) = &row.census
            && ![CENSUS_DAY_HOURS, CENSUS_WEEK_HOURS].contains(&census.get_ref().len())
        {
            let problem = format!("a census of {} numbers", census.get_ref().len());
            let expected = "24 numbers from midnight, or 168 from midnight before Monday";
            self.wrong(census.span().start, None, problem, expected);
        }
        let census = row.census.as_ref().map(|census| census.get_ref().clone());
        Some(UnitSaid { unit: unit?, beds_dark_max: row.beds_dark_max, census })
    }

    fn walk(&mut self, row: &WalkRow) -> Option<Way> {
        let [from, to] = [&row.from, &row.to].map(|end| self.building(end));
        Some(Way { from: from?, to: to?, minutes: row.minutes })
    }

    fn closed(&mut self, row: &ClosedRow) -> Option<ClosedTime> {
        let unit = row.unit.as_ref().map(|unit| self.unit(unit));
        let site = row.site.as_ref().map(|site| self.site(site));
        let [from, to] = [&row.from, &row.to].map(|text| self.time(text));
        if to <= from {
            let problem = "this time ends before it begins".to_owned();
            self.wrong(row.to.span().start, Some(row.to.get_ref()), problem, "an end behind the beginning");
        }
        let known = |place: &Option<Option<_>>| !matches!(place, Some(None));
        let fine = known(&unit.as_ref().map(|unit| unit.as_ref().map(|_| ())))
            && known(&site.as_ref().map(|site| site.as_ref().map(|_| ())));
        fine.then(|| ClosedTime {
            unit: unit.flatten(),
            site: site.flatten(),
            from,
            to,
            says: row.says.clone(),
        })
    }

    /// What the planner would refuse is said in the words of the file.
    fn in_order(&mut self, windows: &[Opening]) {
        if !self.findings.is_empty() {
            return;
        }
        if windows.len() > WINDOWS_MAX {
            let problem = format!("{} windows", windows.len());
            return self.whole(problem, &format!("at most {WINDOWS_MAX} windows"));
        }
        for window in windows {
            let times = [window.not_before, window.latest_start, window.not_after];
            if !times.is_sorted() || window.not_before >= window.not_after {
                let problem = format!("the times of window {} are not in order", window.id);
                self.whole(problem, "not_before, then latest_start, then not_after");
            }
        }
        let mut sorted: Vec<&Opening> = windows.iter().collect();
        sorted.sort_by_key(|window| window.not_before);
        for (place, window) in sorted.iter().enumerate() {
            let same = |other: &&&Opening| {
                let sites = window.site.is_none() || other.site.is_none() || window.site == other.site;
                sites && other.not_after > window.not_before
            };
            if let Some(other) = sorted.iter().take(place).find(same) {
                let problem = format!("window {} begins before window {} has ended", window.id, other.id);
                self.whole(problem, "a site has one window at a time");
            }
            if sorted.iter().take(place).any(|other| other.id == window.id) {
                self.whole(
                    format!("window {} is there twice", window.id),
                    "each window has a name of its own",
                );
            }
        }
    }
}

#[cfg(test)]
mod tests;
