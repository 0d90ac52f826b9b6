//! What a plan reckons with around its hosts: who is in which unit at what hour, who is there to do the work, how far it is from building
//! to building, what stands in, and from when until when each device is taken out of service (R14, R25, R37, R96).
//!
//! It is what its drafter was told or worked out, kept with the plan so that whoever is asked sees it. What is empty was not said.
//! What must not live here: how any of it was chosen.

use serde::{Deserialize, Serialize};

use crate::ids::{BuildingId, PatchId, SiteId, UnitId, WindowId};
use crate::{AssetTag, Time};

/// Hours of a census: a day of them, or a week.
pub const CENSUS_DAY_HOURS: usize = 24;
/// Hours of a census that tells days of the week apart.
pub const CENSUS_WEEK_HOURS: usize = 168;

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Resources {
    /// Patients of units, hour by hour.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub census: Vec<Census>,
    /// People of a skill in a window.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub staff: Vec<Staffing>,
    /// Engineers of a maker in a window.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub visits: Vec<VendorVisit>,
    /// Ways between buildings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub walks: Vec<Way>,
    /// Devices that stand in for others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub loaners: Vec<LoanerPool>,
    /// Times in which nothing may be touched.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<ClosedTime>,
    /// When each host or device is worked on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bookings: Vec<Booking>,
    /// Units that must have been trained first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Gate>,
    /// How long a person has their hands on devices of a kind.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hands_on: Vec<HandsOn>,
    /// Until when devices are to be done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub due: Vec<Due>,
    /// When devices can be had.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub access: Vec<AccessTime>,
    /// One device after another.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub precedences: Vec<After>,
    /// What is there twice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sides: Vec<Sides>,
}

impl Resources {
    /// Was nothing said?
    pub fn is_empty(&self) -> bool {
        *self == Resources::default()
    }
}

/// Patients of a unit who are watched, for each hour at an upper quantile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Census {
    /// The unit.
    pub unit: UnitId,
    /// For each hour of the local clock: [`CENSUS_DAY_HOURS`] numbers from midnight, or [`CENSUS_WEEK_HOURS`] from midnight before Monday.
    pub patients: Vec<u32>,
    /// Has somebody said it? Otherwise every bed of the unit was counted as taken.
    pub said: bool,
    /// Most beds that may be dark at once; `None` where nobody has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beds_dark_max: Option<u32>,
}

impl Census {
    /// Patients at an instant, with the local clock's offset then, in seconds east of UTC; `None` for an empty list.
    pub fn at(&self, at: Time, offset_seconds: i32) -> Option<u32> {
        let hours = i64::try_from(self.patients.len()).ok().filter(|hours| *hours > 0)?;
        let local = at.0.div_euclid(1_000_000).saturating_add(i64::from(offset_seconds)).div_euclid(3_600);
        // The first of January 1970 was a Thursday, three days behind Monday.
        let hour = (local + 72).rem_euclid(hours);
        self.patients.get(usize::try_from(hour).ok()?).copied()
    }

    /// The fewest and the most patients in the hours that an interval touches; `None` for an empty list or interval.
    pub fn within(&self, from: Time, to: Time, offset_seconds: i32) -> Option<(u32, u32)> {
        let begun = Time(from.0 - from.0.rem_euclid(3_600_000_000));
        let each = (0..CENSUS_WEEK_HOURS as i64).map(|hour| begun.plus_seconds(hour * 3_600));
        let found: Vec<u32> = each
            .take_while(|at| *at < to && from < to)
            .filter_map(|at| self.at(at, offset_seconds))
            .collect();
        Some((found.iter().copied().min()?, found.iter().copied().max()?))
    }
}

/// People with a skill in a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Staffing {
    /// The window.
    pub window: WindowId,
    /// The skill (*clinical engineering*).
    pub skill: Box<str>,
    /// How many are there.
    pub people: u32,
    /// Minutes that all of them together work, ways included.
    pub person_minutes: u32,
}

/// Engineers of a maker in a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VendorVisit {
    /// The window.
    pub window: WindowId,
    /// The maker.
    pub vendor: Box<str>,
    /// How many engineers.
    pub engineers: u32,
    /// Most devices that they do.
    pub devices_max: u32,
}

/// Way between two buildings, the same in both directions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// From here.
    pub from: BuildingId,
    /// To there.
    pub to: BuildingId,
    /// On foot, with what is carried.
    pub minutes: u32,
}

/// Devices of a kind that stand in for others of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoanerPool {
    /// Which kind.
    pub kind: Box<str>,
    /// Where.
    pub site: SiteId,
    /// How many.
    pub count: u32,
}

/// A time in which nothing may be touched: a theatre list, a holiday.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClosedTime {
    /// At this unit; without unit and site everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// At this site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
    /// From then.
    pub from: Time,
    /// Until then.
    pub to: Time,
    /// Why, for people.
    pub says: Box<str>,
}

/// Until when devices are to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Due {
    /// The devices that an advisory affects.
    Advisory {
        /// Its tracking id.
        id: Box<str>,
        /// Their windows have ended by then.
        by: Time,
    },
    /// The devices that get a patch.
    Patch {
        /// Which.
        id: PatchId,
        /// Their windows have ended by then.
        by: Time,
    },
    /// One device.
    Device {
        /// Which.
        tag: AssetTag,
        /// Its window has ended by then.
        by: Time,
    },
    /// Devices whose patches close a vulnerability of the KEV catalogue, by the day that it names.
    Kev,
}

/// When devices can be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessTime {
    /// Which devices.
    pub of: Reach,
    /// Windows lie all inside one of these, or of the hours; empty, and without hours, for at any time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_within: Vec<Interval>,
    /// The same every day, or on some days of the week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// Windows share no minute with one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub never_during: Vec<Interval>,
    /// Why, for people.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub says: Box<str>,
}

/// Which devices something is said of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// One device.
    Device(AssetTag),
    /// All of a care unit.
    Unit(UnitId),
    /// All of a room, as the register spells it.
    Room(Box<str>),
}

/// From an instant to before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// From then.
    pub from: Time,
    /// Until then.
    pub to: Time,
}

/// Hours of the local clock, on some days of the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// From this minute of the day.
    pub from_minute: u16,
    /// Until this minute; of the next day where it is not later.
    pub to_minute: u16,
    /// On which days it begins, Monday is 0; every day where none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<u8>,
}

/// Devices that wait for another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct After {
    /// This one first.
    pub first: AssetTag,
    /// Then these.
    pub then: Vec<AssetTag>,
    /// So long after the end of the first one's window.
    #[serde(default)]
    pub lag_minutes: u32,
}

/// The two sides of what is there twice: of a service no carrier of one is worked on together with one of the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sides {
    /// The one.
    pub a: Vec<AssetTag>,
    /// The other.
    pub b: Vec<AssetTag>,
}

/// A unit must have been trained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// Which.
    pub unit: UnitId,
    /// No window that begins earlier.
    pub not_before: Time,
}

/// How long a person has their hands on a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandsOn {
    /// Of this kind, or model, as the register spells it.
    pub kind: Box<str>,
    /// So long.
    pub minutes: u32,
}

/// A host or device is worked on: out of service, or with someone at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Booking {
    /// Which.
    pub host: AssetTag,
    /// In which window.
    pub window: WindowId,
    /// Work begins.
    pub from: Time,
    /// Work ends, at the 90th percentile.
    pub to: Time,
    /// The skill or maker whose hands are on it; `None` for its agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Box<str>>,
    /// Minutes in which they are.
    #[serde(default)]
    pub hands_on_minutes: u32,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub building: Option<BuildingId>,
    /// A loaner of this kind stands in meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loaner: Option<Box<str>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600;

    fn census(patients: Vec<u32>) -> Census {
        Census { unit: UnitId::new("WARD-5").unwrap(), patients, said: true, beds_dark_max: None }
    }

    #[test]
    fn a_census_of_a_day_is_counted_by_the_wards_own_clock() {
        let mut patients = vec![10; 24];
        patients[2] = 7;
        let census = census(patients);
        let one_in_the_morning_utc = Time(0).plus_seconds(40 * 24 * HOUR + HOUR + 30 * 60);
        assert_eq!(census.at(one_in_the_morning_utc, 3_600), Some(7));
        assert_eq!(census.at(one_in_the_morning_utc, 0), Some(10));
        let within =
            |from: i64, to: i64| census.within(Time(0).plus_seconds(from), Time(0).plus_seconds(to), 0);
        assert_eq!(within(HOUR + 1_800, 2 * HOUR + 1), Some((7, 10)));
        assert_eq!(within(2 * HOUR + 10, 3 * HOUR), Some((7, 7)));
        assert_eq!(within(HOUR, HOUR), None, "no interval, no patients to tell of");
    }

    #[test]
    fn a_census_of_a_week_begins_on_monday() {
        let mut patients = vec![10; 168];
        patients[0] = 3;
        // 5 January 1970 was a Monday.
        assert_eq!(census(patients.clone()).at(Time(0).plus_seconds(4 * 24 * HOUR + 59 * 60), 0), Some(3));
        assert_eq!(census(patients).at(Time(0).plus_seconds(3 * 24 * HOUR), 0), Some(10));
    }
}
