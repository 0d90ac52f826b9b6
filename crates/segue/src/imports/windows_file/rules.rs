//! What a file of windows says of single devices: due days, access, one after the other, sides. Whatever it names must be known.

use std::collections::{BTreeMap, BTreeSet};

use model::ids::PatchId;
use model::resources::{AccessTime, After, Due, Hours, Interval, Reach, Sides};
use model::{AssetTag, Date, Time};
use serde::Deserialize;
use toml::Spanned;

use super::Reader;

/// Days of the week as a file spells them.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DueRow {
    advisory: Option<Spanned<String>>,
    patch: Option<Spanned<String>>,
    device: Option<Spanned<String>>,
    kev: Option<Spanned<bool>>,
    by: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccessRow {
    device: Option<Spanned<String>>,
    unit: Option<Spanned<String>>,
    room: Option<Spanned<String>>,
    #[serde(default)]
    only_within: Vec<IntervalRow>,
    #[serde(default)]
    never_during: Vec<IntervalRow>,
    hours: Option<Spanned<String>>,
    #[serde(default)]
    days: Vec<Spanned<String>>,
    #[serde(default)]
    says: Box<str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IntervalRow {
    from: Spanned<String>,
    to: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AfterRow {
    first: Spanned<String>,
    then: Vec<Spanned<String>>,
    #[serde(default)]
    lag_minutes: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SidesRow {
    a: Vec<Spanned<String>>,
    b: Vec<Spanned<String>>,
}

impl Reader<'_> {
    fn device(&mut self, text: &Spanned<String>) -> Option<AssetTag> {
        let known = self.state.register().by_tag(text.get_ref()).filter(|device| !device.is_retired());
        let tag = known.and_then(|device| AssetTag::new(device.asset_tag()).ok());
        if tag.is_none() {
            let problem = "the register has no such device".to_owned();
            self.wrong(text.span().start, Some(text.get_ref()), problem, "an asset tag of the register");
        }
        tag
    }

    fn devices(&mut self, list: &[Spanned<String>]) -> Vec<AssetTag> {
        list.iter().filter_map(|text| self.device(text)).collect()
    }

    /// `patches` are those of the file.
    pub(super) fn due(&mut self, at: usize, row: &DueRow, patches: &BTreeSet<PatchId>) -> Option<Due> {
        let by = row.by.as_ref().map(|by| self.end(by));
        let kev = row.kev.as_ref().is_some_and(|kev| *kev.get_ref());
        let of = (&row.advisory, &row.patch, &row.device, kev);
        match (of, by) {
            ((Some(id), None, None, false), Some(by)) => {
                let known = self.state.library().find_by_tracking_id(id.get_ref()).next().is_some();
                if !known {
                    let problem = "there is no such advisory".to_owned();
                    let right = "the tracking id of one that was imported (segue advisories list)";
                    self.wrong(id.span().start, Some(id.get_ref()), problem, right);
                }
                known.then(|| Due::Advisory { id: id.get_ref().as_str().into(), by })
            }
            ((None, Some(id), None, false), Some(by)) => {
                let known = PatchId::new(id.get_ref()).ok().filter(|id| {
                    let of_plans = || hospital::campaign::known_patches(self.state);
                    patches.contains(id) || of_plans().iter().any(|patch| patch.id == *id)
                });
                if known.is_none() {
                    let problem = "there is no such patch".to_owned();
                    let right = "a patch of this file or of a plan of the journal";
                    self.wrong(id.span().start, Some(id.get_ref()), problem, right);
                }
                known.map(|id| Due::Patch { id, by })
            }
            ((None, None, Some(tag), false), Some(by)) => Some(Due::Device { tag: self.device(tag)?, by }),
            ((None, None, None, true), None) => Some(Due::Kev),
            _ => {
                let right = "one of advisory, patch or device, and by; or kev = true alone";
                self.wrong(at, None, "this does not say what is due, or by when".to_owned(), right);
                None
            }
        }
    }

    /// A day is meant whole: until it ends.
    fn end(&mut self, text: &Spanned<String>) -> Time {
        let day = Date::parse(text.get_ref()).ok().and_then(|day| Date::of_days(day.days() + 1));
        match day.map(|next| adapter_input::instant(&format!("{next} 00:00"), &self.zone)) {
            Some(Ok(at)) => at,
            Some(Err(_)) | None => self.time(text),
        }
    }

    pub(super) fn access(&mut self, at: usize, row: &AccessRow) -> Option<AccessTime> {
        let of = match (&row.device, &row.unit, &row.room) {
            (Some(device), None, None) => self.device(device).map(Reach::Device),
            (None, Some(unit), None) => self.unit(unit).map(Reach::Unit),
            (None, None, Some(room)) => self.room(room),
            _ => {
                self.wrong(
                    at,
                    None,
                    "this does not say which devices are meant".to_owned(),
                    "one of device, unit or room",
                );
                None
            }
        };
        let only_within = self.intervals(&row.only_within);
        let never_during = self.intervals(&row.never_during);
        let hours = row.hours.as_ref().and_then(|hours| self.hours(hours, &row.days));
        if row.hours.is_none()
            && let Some(day) = row.days.first()
        {
            let problem = "days without hours".to_owned();
            self.wrong(day.span().start, Some(day.get_ref()), problem, "hours = \"21:00-06:00\" beside them");
        }
        if row.hours.is_none() && only_within.is_empty() && never_during.is_empty() {
            let right = "only_within, never_during or hours";
            self.wrong(at, None, "this does not say when devices can be had".to_owned(), right);
        }
        Some(AccessTime { of: of?, only_within, hours, never_during, says: row.says.clone() })
    }

    fn room(&mut self, text: &Spanned<String>) -> Option<Reach> {
        let room = text.get_ref();
        let known = self.state.register().iter().any(|device| device.room() == Some(room));
        if !known {
            let problem = "no device of the register stands in this room".to_owned();
            self.wrong(text.span().start, Some(room), problem, "a room as the register spells it");
        }
        known.then(|| Reach::Room(room.as_str().into()))
    }

    fn intervals(&mut self, rows: &[IntervalRow]) -> Vec<Interval> {
        let mut found = Vec::new();
        for row in rows {
            let [from, to] = [&row.from, &row.to].map(|text| self.time(text));
            if to <= from {
                let problem = "this time ends before it begins".to_owned();
                self.wrong(
                    row.to.span().start,
                    Some(row.to.get_ref()),
                    problem,
                    "an end behind the beginning",
                );
            }
            found.push(Interval { from, to });
        }
        found
    }

    fn hours(&mut self, text: &Spanned<String>, days: &[Spanned<String>]) -> Option<Hours> {
        let mut named = Vec::new();
        for day in days {
            match (0_u8..).zip(DAYS).find(|(_, name)| name == day.get_ref()) {
                Some((number, _)) => named.push(number),
                None => {
                    let problem = "no day of the week".to_owned();
                    self.wrong(day.span().start, Some(day.get_ref()), problem, &DAYS.join(", "));
                }
            }
        }
        let minute = |text: &str| {
            let (hour, minute) = text.trim().split_once(':')?;
            let (hour, minute) = (hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?);
            let at = hour * 60 + minute;
            (minute < 60 && at <= 1_440).then_some(at)
        };
        let read = text.get_ref().split_once('-').and_then(|(from, to)| Some((minute(from)?, minute(to)?)));
        match read.filter(|(from, _)| *from < 1_440) {
            Some((from_minute, to_minute)) => Some(Hours { from_minute, to_minute, days: named }),
            None => {
                let problem = "these are no hours".to_owned();
                self.wrong(text.span().start, Some(text.get_ref()), problem, "hours such as 21:00-06:00");
                None
            }
        }
    }

    /// Whoever waits for itself, over however many others, would never be done.
    pub(super) fn precedences(&mut self, rows: &[AfterRow]) -> Vec<After> {
        let mut found: Vec<After> = Vec::new();
        let mut behind: BTreeMap<AssetTag, BTreeSet<AssetTag>> = BTreeMap::new();
        for row in rows {
            let (first, then) = (self.device(&row.first), self.devices(&row.then));
            let Some(first) = first else { continue };
            behind.entry(first.clone()).or_default().extend(then.iter().cloned());
            if reaches(&behind, &first, &first) {
                let problem = "this device would wait for itself".to_owned();
                let right = "an order in which no device comes before itself";
                self.wrong(row.first.span().start, Some(first.as_str()), problem, right);
                return found;
            }
            found.push(After { first, then, lag_minutes: row.lag_minutes });
        }
        found
    }

    pub(super) fn sides(&mut self, row: &SidesRow) -> Sides {
        let sides = Sides { a: self.devices(&row.a), b: self.devices(&row.b) };
        for text in &row.b {
            if sides.a.iter().any(|tag| tag.as_str() == text.get_ref()) {
                let problem = "this device is on both sides".to_owned();
                self.wrong(text.span().start, Some(text.get_ref()), problem, "each device on one side");
            }
        }
        sides
    }
}

/// Does one come before the other, over however many?
fn reaches(behind: &BTreeMap<AssetTag, BTreeSet<AssetTag>>, from: &AssetTag, to: &AssetTag) -> bool {
    let (mut seen, mut left) = (BTreeSet::new(), vec![from]);
    while let Some(next) = left.pop() {
        for then in behind.get(next).into_iter().flatten() {
            if then == to {
                return true;
            }
            if seen.insert(then) {
                left.push(then);
            }
        }
    }
    false
}
