//! A campaign out of the journal (R10–R19): which devices an advisory or a patch concerns ([`choose`]), what is said of windows, people
//! and units ([`setting`], [`known`]), what the planner is asked ([`build`]), and its answer as a plan that wards see ([`draft`]).
//!
//! The command line and the pages come through here; there is no second way. What must not live here: how a plan is found.

mod build;
mod choose;
mod devices;
mod draft;
mod known;
mod setting;

pub use build::{Built, Request, RingPolicy, build};
pub use choose::{Asked, Chosen, Unknown, affected, choose, known_patches};
pub use devices::{CLINICAL_ENGINEERING, Work};
pub use draft::{Draft, NotDrafted, draft};
pub use known::known_setting;
pub use setting::{Gate, HandsOn, Opening, Setting, UnitSaid, Visit};

use model::AssetTag;
use model::ids::{UnitId, WindowId};

/// Something that whoever reads a plan should know of how its campaign came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// So many devices are left out because nobody can say whether they are affected.
    Undecided(u64),
    /// A device is left out, and why.
    LeftOut {
        /// Which.
        host: AssetTag,
        /// Why, as a sentence.
        says: Box<str>,
    },
    /// A device is left out: another plan that has begun gives it what it needs.
    InPlan {
        /// Which.
        host: AssetTag,
        /// The other plan, for people.
        plan: Box<str>,
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
            Remark::LeftOut { host, says } => write!(f, "{host} is left out: {says}"),
            Remark::InPlan { host, plan } => {
                write!(f, "{host} is left out: the plan \"{plan}\", which has begun, gives it the same")
            }
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
            Remark::PassedOver { window, plan } => write!(
                f,
                "window {window} of the plan \"{plan}\" is not used: it begins before an earlier one has ended"
            ),
        }
    }
}
