//! A campaign out of the journal (R10–R19): which devices an advisory or a patch concerns ([`choose`]), what is said of windows, people
//! and units ([`setting`], [`known`]), what the planner is asked ([`build`]), and its answer as a plan that wards see ([`draft`]).
//!
//! The command line and the pages come through here; there is no second way. What must not live here: how a plan is found.

mod again;
mod ask;
mod bonds;
mod build;
mod choose;
mod clock;
mod devices;
mod draft;
mod known;
mod left_out;
mod setting;
mod told;

pub use again::{Again, FirstRing, NotAgain, Rings};
pub use ask::{NotAsked, Question, What, ask};
pub use build::{Built, Request, RingPolicy, build};
pub use choose::{Asked, Chosen, Unknown, affected, choose, known_patches};
pub use devices::{CLINICAL_ENGINEERING, Work};
pub use draft::{Draft, Named, NotDrafted, draft};
pub use left_out::{ByHand, LeftOut};
pub use setting::{Opening, Setting, UnitSaid, Visit};
pub use told::{Heard, Moved, Moves, Person, Told, moves};

use model::ids::{UnitId, WindowId};
use model::{AssetTag, Time};

/// Something that whoever reads a plan should know of how its campaign came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// So many devices are left out because nobody can say whether they are affected.
    Undecided(u64),
    /// A device is left out, and why.
    LeftOut {
        /// Which.
        host: AssetTag,
        /// Why.
        why: LeftOut,
    },
    /// The plan that is planned again has begun these: they stay as they are.
    Begun {
        /// Which.
        hosts: Vec<AssetTag>,
        /// The plan, for people.
        plan: Box<str>,
    },
    /// The plan that is planned again is in motion and will begin these: they stay as they are.
    Coming {
        /// Which.
        hosts: Vec<AssetTag>,
        /// The plan, for people.
        plan: Box<str>,
    },
    /// So many devices get the same by another plan, which has not begun.
    AlsoIn {
        /// How many.
        devices: u64,
        /// The other plan, for people.
        plan: Box<str>,
        /// Somebody has agreed to it: its windows are kept where no rule forces another.
        agreed: bool,
    },
    /// A unit asked for another time of the plan that is planned again.
    Proposed {
        /// Which unit.
        unit: UnitId,
        /// When it would suit.
        not_before: Time,
        /// What it said.
        says: Box<str>,
    },
    /// A unit refused the plan that is planned again.
    Refused {
        /// Which unit.
        unit: UnitId,
        /// Why.
        reason: Box<str>,
    },
    /// The day by which these were to be done is over: it binds nothing any more.
    Overdue(Vec<AssetTag>),
    /// A device was to wait for another that is not of this campaign: it does not wait.
    NotWaiting {
        /// The other.
        first: AssetTag,
        /// The device.
        then: AssetTag,
    },
    /// Nobody has said how many patients these units have at what hour: every bed counts as taken.
    NoCensus(Vec<UnitId>),
    /// Nobody has said how many beds of these units may be dark at once: the planner keeps no limit for them.
    NoBedLimit(Vec<UnitId>),
    /// The register does not say where these stand, or the hospital does not know the place: no unit, building or site of theirs counts.
    NoPlace(Vec<AssetTag>),
    /// A window is one of another plan: what that plan needs of it is not taken off.
    SharedWindow {
        /// Which.
        window: WindowId,
        /// The other plan, for people.
        plan: Box<str>,
    },
    /// Windows that have begun, or are over: nothing is planned into them.
    Over(Vec<WindowId>),
    /// Visits name a maker whose hands no device here needs.
    NobodysVisit {
        /// The maker, as the visits spell it.
        vendor: Box<str>,
        /// Makers whose hands are needed, as the register spells them.
        needed: Vec<Box<str>>,
    },
    /// A window of another plan is not used, because it begins before an earlier one has ended.
    PassedOver {
        /// Which.
        window: WindowId,
        /// The other plan, for people.
        plan: Box<str>,
    },
}

/// Hosts or units named in one remark; the rest is counted.
const NAMED_MAX: usize = 20;

/// An instant by the clock of UTC: whoever has a local clock words the remark by itself.
fn utc(at: Time) -> String {
    let minutes = at.0.div_euclid(60_000_000);
    let (days, minute) = (minutes.div_euclid(1_440), minutes.rem_euclid(1_440));
    let day = model::Date::of_days(days).map_or_else(|| format!("day {days}"), |day| day.to_string());
    format!("{day} {:02}:{:02} UTC", minute / 60, minute % 60)
}

fn names<T: std::fmt::Display>(list: &[T]) -> String {
    let shown: Vec<String> = list.iter().take(NAMED_MAX).map(ToString::to_string).collect();
    let more = list.len().saturating_sub(NAMED_MAX);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

impl std::fmt::Display for Remark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Remark::Undecided(1) => {
                f.write_str("1 device is left out: nobody can say whether it is affected")
            }
            Remark::Undecided(devices) => {
                write!(f, "{devices} devices are left out: nobody can say whether they are affected")
            }
            Remark::LeftOut { host, why } => write!(f, "{host} is left out: {why}"),
            Remark::Begun { hosts, plan } => {
                write!(f, "left out, because the plan \"{plan}\" has begun them: {}", names(hosts))
            }
            Remark::Coming { hosts, plan } => write!(
                f,
                "left out, because the plan \"{plan}\" is in motion and will begin them: {}",
                names(hosts)
            ),
            Remark::AlsoIn { devices, plan, agreed } => {
                let count =
                    if *devices == 1 { "1 device is".to_owned() } else { format!("{devices} devices are") };
                let windows = match agreed {
                    true => "people have agreed to its windows, which are kept where no rule forces another",
                    false => "nobody has agreed to it yet",
                };
                write!(
                    f,
                    "{count} in the plan \"{plan}\" too: {windows}; withdraw that plan, or plan it again (--again), rather than keep both"
                )
            }
            Remark::Proposed { unit, not_before, says } => {
                let why = if says.is_empty() { String::new() } else { format!(" ({says})") };
                write!(
                    f,
                    "{unit} asked for a time not before {}{why}: what makes its beds dark gets no earlier window",
                    utc(*not_before)
                )
            }
            Remark::Refused { unit, reason } => write!(f, "{unit} refused: {reason}"),
            Remark::Overdue(hosts) => {
                write!(
                    f,
                    "the day by which these were to be done is over, so it binds nothing: {}",
                    names(hosts)
                )
            }
            Remark::NotWaiting { first, then } => write!(
                f,
                "{then} was to wait for {first}, which is not planned here: it does not wait, so look to it that {first} is done before"
            ),
            Remark::NoCensus(units) => write!(
                f,
                "nobody has said how many patients are in {} at what hour: every bed counts as taken",
                names(units)
            ),
            Remark::NoBedLimit(units) => write!(
                f,
                "nobody has said how many beds may be dark at once in {}: no limit is kept",
                names(units)
            ),
            Remark::NoPlace(hosts) => write!(
                f,
                "the register does not say in which described unit, building or site these stand, so no rule of a place is kept for them: {}",
                names(hosts)
            ),
            Remark::SharedWindow { window, plan } => write!(
                f,
                "window {window} is one of the plan \"{plan}\": what that plan needs of people and room in it is not taken off"
            ),
            Remark::Over(windows) => {
                write!(f, "nothing is planned into windows that have begun or are over: {}", names(windows))
            }
            Remark::NobodysVisit { vendor, needed } if needed.is_empty() => {
                write!(f, "visits name \"{vendor}\", but no device here needs a maker's hands")
            }
            Remark::NobodysVisit { vendor, needed } => write!(
                f,
                "visits name \"{vendor}\", whose hands no device here needs; needed, as the register spells them: {}",
                names(needed)
            ),
            Remark::PassedOver { window, plan } => write!(
                f,
                "window {window} of the plan \"{plan}\" is not used: it begins before an earlier one has ended"
            ),
        }
    }
}
