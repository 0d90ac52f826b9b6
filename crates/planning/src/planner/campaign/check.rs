//! Is a campaign one that can be planned? Every name is known, every list has an end, every number is inside its limit; what is wrong
//! is said with its place as a JSON pointer. Whether a plan exists is not asked here.

use std::collections::{HashMap, HashSet};
use std::fmt::Display;
use std::hash::Hash;

use model::finding::{Finding, Place, Severity};
use model::ids::SiteId;

use super::{
    Aim, Campaign, Device, ENTRIES_MAX, Goal, HORIZON_MAX_MINUTES, Hands, Span, WINDOWS_MAX,
    WORK_MAX_MINUTES, Whereabouts,
};
use super::{COUNT_MAX, DEVICES_MAX};

/// So many findings are told at most; the first ones help.
const FINDINGS_MAX: usize = 100;

/// A campaign that holds together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoundCampaign(Campaign);

impl SoundCampaign {
    /// Looks a campaign over; `source` is the file as the person named it.
    ///
    /// # Errors
    /// What is wrong, each with its place and what would be right; at most a hundred.
    pub fn new(campaign: Campaign, source: &str) -> Result<SoundCampaign, Vec<Finding>> {
        let mut look = Look { source, findings: Vec::new() };
        if look.sizes(&campaign) {
            look.places(&campaign);
            look.times(&campaign);
            look.work(&campaign);
            look.bonds(&campaign);
        }
        if look.findings.is_empty() { Ok(SoundCampaign(campaign)) } else { Err(look.findings) }
    }

    /// It.
    pub fn campaign(&self) -> &Campaign {
        &self.0
    }

    /// It, to be changed and looked over again.
    pub fn into_campaign(self) -> Campaign {
        self.0
    }
}

struct Look<'a> {
    source: &'a str,
    findings: Vec<Finding>,
}

impl Look<'_> {
    fn wrong(&mut self, place: String, value: impl Display, problem: impl Into<Box<str>>, expected: &str) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding {
                source: self.source.into(),
                place: Place::Pointer(place.into()),
                value: Some(value.to_string().chars().take(80).collect::<String>().into()),
                problem: problem.into(),
                expected: expected.into(),
                severity: Severity::Error,
            });
        }
    }

    /// The names of a list; each must stand there once.
    fn names<T: Hash + Eq + Display>(&mut self, list: &str, names: impl Iterator<Item = T>) -> HashSet<T> {
        let mut known = HashSet::new();
        for (ix, name) in names.enumerate() {
            if known.contains(&name) {
                self.wrong(
                    format!("/{list}/{ix}"),
                    name,
                    "stands there twice",
                    "each name stands there once",
                );
            } else {
                known.insert(name);
            }
        }
        known
    }

    fn known<T: Hash + Eq + Display + ?Sized>(&mut self, place: String, name: &T, list: &str, known: bool) {
        if !known {
            self.wrong(place, name, format!("is not in /{list}"), "a name of that list");
        }
    }

    fn most(&mut self, place: String, found: u32, most: u32) {
        if found > most {
            self.wrong(place, found, "is too large", &format!("a whole number from 0 to {most}"));
        }
    }

    fn span(&mut self, place: String, span: Span) {
        if span.from_minute >= span.to_minute || span.to_minute > HORIZON_MAX_MINUTES {
            let found = format!("{} to {}", span.from_minute, span.to_minute);
            self.wrong(place, found, "is no time", "from_minute before to_minute, both within ten years");
        }
    }

    /// `false` when a list is so long that looking at it is of no use.
    fn sizes(&mut self, campaign: &Campaign) -> bool {
        let lists = [
            ("devices", campaign.devices.len(), DEVICES_MAX),
            ("windows", campaign.windows.len(), WINDOWS_MAX),
            ("bundles", campaign.bundles.len(), ENTRIES_MAX),
            ("units", campaign.units.len(), ENTRIES_MAX),
            ("buildings", campaign.buildings.len(), ENTRIES_MAX),
            ("walks", campaign.walks.len(), ENTRIES_MAX),
            ("access", campaign.access.len(), ENTRIES_MAX),
            ("services", campaign.services.len(), ENTRIES_MAX),
            ("rings", campaign.rings.len(), ENTRIES_MAX),
            ("visits", campaign.visits.len(), ENTRIES_MAX),
            ("loaners", campaign.loaners.len(), ENTRIES_MAX),
            ("blackouts", campaign.blackouts.len(), ENTRIES_MAX),
            ("gates", campaign.gates.len(), ENTRIES_MAX),
            ("precedences", campaign.precedences.len(), ENTRIES_MAX),
            ("conflicts", campaign.conflicts.len(), ENTRIES_MAX),
            ("agreed", campaign.agreed.len(), DEVICES_MAX),
        ];
        for (list, found, most) in lists.into_iter().filter(|(_, found, most)| found > most) {
            self.wrong(format!("/{list}"), found, "are too many entries", &format!("at most {most}"));
        }
        self.findings.is_empty()
    }

    fn places(&mut self, campaign: &Campaign) {
        let units = self.names("units", campaign.units.iter().map(|unit| &unit.id));
        let buildings = self.names("buildings", campaign.buildings.iter().map(|building| &building.id));
        for (ix, unit) in campaign.units.iter().enumerate() {
            self.most(format!("/units/{ix}/beds_dark_max"), unit.beds_dark_max, COUNT_MAX);
            if unit.census.len() != 24 && unit.census.len() != 168 {
                let found = unit.census.len();
                self.wrong(format!("/units/{ix}/census"), found, "numbers", "24 (a day) or 168 (a week)");
            }
            for (hour, patients) in unit.census.iter().enumerate() {
                self.most(format!("/units/{ix}/census/{hour}"), *patients, COUNT_MAX);
            }
        }
        for (ix, walk) in campaign.walks.iter().enumerate() {
            self.known(format!("/walks/{ix}/from"), &walk.from, "buildings", buildings.contains(&walk.from));
            self.known(format!("/walks/{ix}/to"), &walk.to, "buildings", buildings.contains(&walk.to));
            self.most(format!("/walks/{ix}/minutes"), walk.minutes, WORK_MAX_MINUTES);
        }
        for (ix, blackout) in campaign.blackouts.iter().enumerate() {
            self.span(format!("/blackouts/{ix}/span"), blackout.span);
            if let Whereabouts::Unit(unit) = &blackout.place {
                self.known(format!("/blackouts/{ix}/place/unit"), unit, "units", units.contains(unit));
            }
        }
        for (ix, gate) in campaign.gates.iter().enumerate() {
            self.known(format!("/gates/{ix}/unit"), &gate.unit, "units", units.contains(&gate.unit));
            self.most(format!("/gates/{ix}/not_before_minute"), gate.not_before_minute, HORIZON_MAX_MINUTES);
        }
        for (ix, loaners) in campaign.loaners.iter().enumerate() {
            self.most(format!("/loaners/{ix}/count"), loaners.count, COUNT_MAX);
        }
        let each = campaign.loaners.iter().map(|loaners| format!("{} at {}", loaners.kind, loaners.site));
        self.names("loaners", each);
    }

    fn times(&mut self, campaign: &Campaign) {
        self.most("/horizon_minute".into(), campaign.horizon_minute, HORIZON_MAX_MINUTES);
        self.most("/now_minute".into(), campaign.now_minute, HORIZON_MAX_MINUTES);
        let windows = self.names("windows", campaign.windows.iter().map(|window| &window.id));
        for (ix, window) in campaign.windows.iter().enumerate() {
            let times = [window.not_before_minute, window.latest_start_minute, window.not_after_minute];
            let long = window.not_after_minute.saturating_sub(window.not_before_minute) > WORK_MAX_MINUTES;
            if !times.is_sorted() || times[0] == times[2] || times[2] > campaign.horizon_minute || long {
                let right = "not_before, latest_start, not_after in this order, at most a week long, within the horizon";
                self.wrong(format!("/windows/{ix}"), format!("{times:?}"), "times of a window", right);
            }
            self.most(format!("/windows/{ix}/at_once_max"), window.at_once_max, 10_000);
            for (at, staff) in window.staff.iter().enumerate() {
                self.most(format!("/windows/{ix}/staff/{at}/people"), staff.people, 10_000);
                self.most(
                    format!("/windows/{ix}/staff/{at}/person_minutes"),
                    staff.person_minutes,
                    100 * COUNT_MAX,
                );
            }
            self.names(&format!("windows/{ix}/staff"), window.staff.iter().map(|staff| &staff.skill));
        }
        self.overlaps(campaign);
        self.names("access", campaign.access.iter().map(|access| &access.id));
        for (ix, access) in campaign.access.iter().enumerate() {
            for (at, span) in access.only_within.iter().enumerate() {
                self.span(format!("/access/{ix}/only_within/{at}"), *span);
            }
            for (at, span) in access.never_during.iter().enumerate() {
                self.span(format!("/access/{ix}/never_during/{at}"), *span);
            }
        }
        for (ix, visit) in campaign.visits.iter().enumerate() {
            self.known(
                format!("/visits/{ix}/window"),
                &visit.window,
                "windows",
                windows.contains(&visit.window),
            );
            self.most(format!("/visits/{ix}/engineers"), visit.engineers, 10_000);
            self.most(format!("/visits/{ix}/devices_max"), visit.devices_max, COUNT_MAX);
        }
        let each = campaign.visits.iter().map(|visit| format!("{} in {}", visit.vendor, visit.window));
        self.names("visits", each);
        self.aims(&campaign.aims);
    }

    /// A site has one window at a time: people, loaners and beds are counted in each window by itself.
    fn overlaps(&mut self, campaign: &Campaign) {
        let mut in_order: Vec<usize> = (0..campaign.windows.len()).collect();
        let window = |ix: usize| &campaign.windows[ix];
        in_order.sort_by_key(|ix| (window(*ix).not_before_minute, *ix));
        // The latest end of each site's windows so far, and whose; `None` is the windows of all sites.
        let mut ends: HashMap<Option<&SiteId>, (u32, usize)> = HashMap::new();
        let mut of_any = (0, 0);
        for ix in in_order {
            let (site, span) = (window(ix).site.as_ref(), window(ix).span());
            let of_all = ends.get(&None).copied().unwrap_or((0, 0));
            let here = ends.get(&site).copied().unwrap_or((0, 0)).max(of_all);
            let before = if site.is_none() { of_any } else { here };
            if before.0 > span.from_minute {
                let says = format!("begins before {} has ended", window(before.1).id);
                let right = "a site has one window at a time";
                self.wrong(format!("/windows/{ix}"), &window(ix).id, says, right);
            }
            of_any = of_any.max((span.to_minute, ix));
            let own = ends.entry(site).or_insert((0, 0));
            *own = (*own).max((span.to_minute, ix));
        }
    }

    fn aims(&mut self, aims: &[Aim]) {
        let goals =
            [Goal::Deferred, Goal::PatientMinutes, Goal::ExposureDays, Goal::Overtime, Goal::ToldAgain];
        let once = |goal: &Goal| aims.iter().filter(|aim| aim.goal == *goal).count() == 1;
        if aims.len() != goals.len() || !goals.iter().all(once) {
            self.wrong("/aims".into(), aims.len(), "goals", "each of the five goals once");
        }
        for (ix, aim) in aims.iter().enumerate() {
            self.most(format!("/aims/{ix}/give_up_per_10000"), aim.give_up_per_10000, 10_000);
        }
    }

    /// Bundles, rings and devices.
    fn work(&mut self, campaign: &Campaign) {
        let bundles = self.names("bundles", campaign.bundles.iter().map(|bundle| &bundle.id));
        let mut length = HashMap::new();
        for (ix, bundle) in campaign.bundles.iter().enumerate() {
            let all = bundle.minutes();
            let longest = [all.install.p90, all.restart.p90, all.back_out.p90].into_iter().map(u64::from);
            let sum: u64 = longest.sum();
            length.insert(&bundle.id, sum);
            if sum > u64::from(WORK_MAX_MINUTES) {
                let right = format!("at most {WORK_MAX_MINUTES} minutes with its back-out");
                self.wrong(format!("/bundles/{ix}"), sum, "minutes of work", &right);
            }
        }
        let mut rings: HashMap<&str, HashSet<u16>> = HashMap::new();
        for (ix, ring) in campaign.rings.iter().enumerate() {
            let known = bundles.contains(&ring.bundle);
            self.known(format!("/rings/{ix}/bundle"), &ring.bundle, "bundles", known);
            self.most(format!("/rings/{ix}/soak_minutes"), ring.soak_minutes, HORIZON_MAX_MINUTES);
            if !rings.entry(&ring.bundle).or_default().insert(ring.ring) {
                self.wrong(format!("/rings/{ix}/ring"), ring.ring, "stands there twice", "each ring once");
            }
        }
        for (ix, ring) in campaign.rings.iter().enumerate() {
            let before =
                |known: &HashSet<u16>| ring.ring == 1 || known.contains(&(ring.ring.saturating_sub(1)));
            if ring.ring == 0 || !rings.get(&*ring.bundle).is_some_and(before) {
                let right = "rings of a bundle count from 1 without a gap";
                self.wrong(format!("/rings/{ix}/ring"), ring.ring, "has none before it", right);
            }
        }
        let units: HashMap<_, _> = campaign.units.iter().map(|unit| (&unit.id, &unit.site)).collect();
        let buildings: HashMap<_, _> =
            campaign.buildings.iter().map(|building| (&building.id, &building.site)).collect();
        let access: HashSet<&str> = campaign.access.iter().map(|access| &*access.id).collect();
        self.names("devices", campaign.devices.iter().map(|device| &device.tag));
        for (ix, device) in campaign.devices.iter().enumerate() {
            let at = |field: &str| format!("/devices/{ix}/{field}");
            self.known(at("unit"), &device.unit, "units", units.contains_key(&device.unit));
            self.known(
                at("building"),
                &device.building,
                "buildings",
                buildings.contains_key(&device.building),
            );
            self.known(at("bundle"), &device.bundle, "bundles", bundles.contains(&device.bundle));
            for (field, site) in
                [("unit", units.get(&device.unit)), ("building", buildings.get(&device.building))]
            {
                if site.is_some_and(|site| **site != device.site) {
                    self.wrong(
                        at(field),
                        &device.site,
                        "is not the site of its place",
                        "one site for all three",
                    );
                }
            }
            if let Some(name) = &device.access {
                self.known(at("access"), name, "access", access.contains(&**name));
            }
            if let Some(ring) = device.ring
                && !rings.get(&*device.bundle).is_some_and(|known| known.contains(&ring))
            {
                self.wrong(
                    at("ring"),
                    ring,
                    "is no ring of its bundle",
                    "a ring that /rings names for its bundle",
                );
            }
            self.numbers(ix, device);
        }
    }

    fn numbers(&mut self, ix: usize, device: &Device) {
        self.most(format!("/devices/{ix}/risk_per_day"), device.risk_per_day, COUNT_MAX);
        self.most(format!("/devices/{ix}/beds_watched"), device.beds_watched, 10_000);
        self.most(format!("/devices/{ix}/due_minute"), device.due_minute.unwrap_or(0), HORIZON_MAX_MINUTES);
        if !matches!(device.hands, Hands::Agent) {
            let minutes = device.hands.minutes();
            self.most(format!("/devices/{ix}/hands/hands_on_minutes"), minutes, WORK_MAX_MINUTES);
        }
    }

    /// What binds devices to one another, and what was agreed.
    fn bonds(&mut self, campaign: &Campaign) {
        let devices: HashSet<_> = campaign.devices.iter().map(|device| &device.tag).collect();
        let units: HashSet<_> = campaign.units.iter().map(|unit| &unit.id).collect();
        let windows: HashSet<_> = campaign.windows.iter().map(|window| &window.id).collect();
        let services = self.names("services", campaign.services.iter().map(|service| &service.id));
        for (ix, service) in campaign.services.iter().enumerate() {
            let carriers = self.names(&format!("services/{ix}/carriers"), service.carriers.iter());
            for carrier in carriers {
                let place = format!("/services/{ix}/carriers");
                self.known(place, carrier, "devices", devices.contains(carrier));
            }
            if service.needed == 0 || service.needed as usize > service.carriers.len() {
                let place = format!("/services/{ix}/needed");
                self.wrong(place, service.needed, "carriers needed", "1 to the number of its carriers");
            }
            for unit in &service.units {
                self.known(format!("/services/{ix}/units"), unit, "units", units.contains(unit));
            }
            if let Some(other) = &service.stand_in {
                let known = services.contains(other) && *other != service.id;
                self.known(format!("/services/{ix}/stand_in"), other, "services (another)", known);
            }
        }
        for (ix, bond) in campaign.precedences.iter().enumerate() {
            for (field, tag) in [("first", &bond.first), ("then", &bond.then)] {
                self.known(format!("/precedences/{ix}/{field}"), tag, "devices", devices.contains(tag));
            }
            self.most(format!("/precedences/{ix}/lag_minutes"), bond.lag_minutes, HORIZON_MAX_MINUTES);
            if bond.first == bond.then {
                self.wrong(format!("/precedences/{ix}"), &bond.then, "waits for itself", "two devices");
            }
        }
        for (ix, conflict) in campaign.conflicts.iter().enumerate() {
            for tag in &conflict.devices {
                self.known(format!("/conflicts/{ix}/devices"), tag, "devices", devices.contains(tag));
            }
        }
        self.names("agreed", campaign.agreed.iter().map(|agreed| &agreed.device));
        for (ix, agreed) in campaign.agreed.iter().enumerate() {
            let known = devices.contains(&agreed.device);
            self.known(format!("/agreed/{ix}/device"), &agreed.device, "devices", known);
            if agreed.begun {
                let known = windows.contains(&agreed.window);
                self.known(format!("/agreed/{ix}/window"), &agreed.window, "windows", known);
            }
            self.most(format!("/agreed/{ix}/people_told"), agreed.people_told, COUNT_MAX);
        }
    }
}
