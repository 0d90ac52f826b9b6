//! From a seed to an invented hospital, a plan for its night, and everything that will go wrong. Nothing here is decided later:
//! what a seed brings can be read before it runs.

use std::collections::BTreeMap;

use jiff::civil::date;
use jiff::tz::TimeZone;
use model::host::SignalSource;
use model::order::Action;
use model::plan::Plan;
use model::{AssetTag, PlanHash, Time};

use crate::machine::Nature;
use crate::rng::Rng;

mod plans;
mod troubles;
mod wards;

pub(crate) use self::plans::offsets;
pub use self::wards::device;

/// Time zone of the invented hospital.
pub const ZONE: &str = "Europe/Stockholm";
/// Evidence older than this proves nothing.
pub const EVIDENCE_AGE_MAX_SECONDS: u32 = 900;

/// Year, month and day on which a night begins.
pub(crate) type Evening = (i16, i8, i8);

/// The nights on which a scenario may play; clocks change on two of them.
const EVENINGS: [Evening; 3] = [(2026, 11, 24), (2026, 10, 24), (2027, 3, 27)];

/// How big a hospital is and how much goes wrong.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Hosts.
    pub hosts: usize,
    /// Seconds between check-ins.
    pub check_in_seconds: u32,
    /// Does anything go wrong?
    pub trouble: bool,
}

/// What goes wrong, and when. A `host` is its number in the scenario.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "each variant's sentence says what its fields are")]
pub enum Trouble {
    /// The power of a host fails; it is back after so many seconds.
    PowerLoss { host: usize, seconds: i64 },
    /// The power of a host fails in the middle of what its agent does next, after so many effects.
    CutSoon { host: usize, effects: u32 },
    /// The agent is killed and starts again.
    AgentKill { host: usize },
    /// The agent is killed while a program runs that it started next, and starts again.
    AgentKillAtWork { host: usize },
    /// The host cannot reach the server, nor the server it, for so many seconds.
    Cut { host: usize, seconds: i64 },
    /// The server is killed and starts again after so many seconds; an even number: right after it appended and before it
    /// answered.
    ServerKill { seconds: i64 },
    /// A backup is taken.
    Backup,
    /// The server is lost and put back from the newest backup, so many seconds later.
    Restore { seconds: i64 },
    /// A source cannot be read any more, or can be again; `gone`: it is not even asked.
    Unreadable { host: usize, source: SignalSource, is: bool, gone: bool },
    /// Every order that a host was ever sent is sent to it once more with the next answer, as by a server that was thought dead.
    Replay { host: usize },
    /// The host's clock jumps by so many milliseconds.
    ClockJump { host: usize, ms: i64 },
    /// A person pauses, and goes on after so many seconds.
    Pause { seconds: i64 },
    /// A person stops the night.
    Stop { emergency: bool },
}

/// How long work on a host takes, in milliseconds: known to the simulator and to nobody in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// Installing each package.
    pub installs: BTreeMap<Box<str>, i64>,
    /// Restarting services.
    pub services_ms: i64,
    /// Each restart of the host by order, one after another, until it answers again.
    pub restarts_ms: Vec<i64>,
}

impl Pace {
    /// How long a program takes; `None` where nothing is laid down.
    pub(crate) fn program_ms(&self, action: &Action) -> Option<i64> {
        match action {
            Action::Install(packages) => {
                packages.iter().map(|wanted| self.installs.get(&wanted.package)).sum::<Option<i64>>()
            }
            Action::RestartServices(_) => Some(self.services_ms),
            Action::Download(_) | Action::RestartHost | Action::Probe(_) | Action::RollBack(_) => None,
        }
    }
}

/// One invented host.
#[derive(Clone, Debug)]
pub struct HostSpec {
    /// Its label.
    pub tag: AssetTag,
    /// What the register says it is.
    pub model: Box<str>,
    /// Packages before the night.
    pub packages: BTreeMap<Box<str>, Box<str>>,
    /// What they do.
    pub natures: BTreeMap<Box<str>, Nature>,
    /// Its clock minus the true time.
    pub skew_ms: i64,
    /// How long work on it takes; without it as on any other host, drawn as it comes.
    pub pace: Option<Pace>,
}

/// Everything that a seed brings.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// When it begins.
    pub begins: Time,
    /// When it ends.
    pub ends: Time,
    /// The hosts.
    pub hosts: Vec<HostSpec>,
    /// The places and services.
    pub places: hospital::places::Description,
    /// The plans: one, or two with different hosts that carry the same services.
    pub plans: Vec<Plan>,
    /// What goes wrong.
    pub troubles: Vec<(Time, Trouble)>,
    /// Messages lost, of a thousand.
    pub loss_per_mille: u64,
    /// Messages that arrive twice, of a thousand.
    pub twice_per_mille: u64,
    /// Longest delay of a message, in milliseconds.
    pub delay_max_ms: i64,
    /// Seconds between check-ins.
    pub check_in_seconds: u32,
}

macro_rules! id {
    ($kind:ident, $($text:tt)+) => {{
        #[allow(clippy::expect_used, reason = "short texts written here are identifiers")]
        let id = $kind::new(&format!($($text)+)).expect("an identifier");
        id
    }};
}
pub(crate) use id;

/// An instant by the hospital's clock on the wall: hours after midnight of the day on which the night begins.
pub(crate) fn local(evening: Evening, hour: i64, minute: i64) -> Time {
    let (year, month, day) = evening;
    #[allow(clippy::expect_used, reason = "the evenings that are asked for and the zone exist")]
    let instant = {
        let zone = TimeZone::get(ZONE).expect("a zone");
        let day = date(year, month, day).saturating_add(jiff::Span::new().days(hour.div_euclid(24)));
        let hour = i8::try_from(hour.rem_euclid(24)).unwrap_or(0);
        let clock = day.at(hour, i8::try_from(minute).unwrap_or(0), 0, 0);
        zone.to_zoned(clock).expect("an instant").timestamp()
    };
    Time(instant.as_microsecond())
}

/// Local time minus UTC, in seconds.
fn offset_seconds(at: Time) -> i32 {
    let zone = TimeZone::get(ZONE).ok();
    let instant = jiff::Timestamp::from_microsecond(at.0).unwrap_or_default();
    zone.map_or(0, |zone| zone.to_offset(instant).seconds())
}

/// The scenario of a seed.
pub fn of_seed(seed: u64) -> Scenario {
    let mut rng = Rng::from_seed(seed).split("size");
    let hosts = usize::try_from(rng.between(3, 9)).unwrap_or(3);
    make(seed, Size { hosts, check_in_seconds: 300, trouble: true })
}

/// A scenario of a size.
pub fn make(seed: u64, size: Size) -> Scenario {
    let root = Rng::from_seed(seed);
    let mut rng = root.split("hospital");
    let evening = *rng.pick(&EVENINGS).unwrap_or(&EVENINGS[0]);
    let tags: Vec<AssetTag> = (1..=size.hosts).map(|number| id!(AssetTag, "H-{number:04}")).collect();
    let places = wards::places(&tags, &mut rng);
    let plans = plans::plans(&tags, &places, evening, size.trouble, &mut rng);
    let mut twists = root.split("twists");
    let hosts = tags.iter().map(|tag| wards::host(tag, size.trouble, &mut twists)).collect();
    let (begins, ends) = (local(evening, 18, 0), local(evening, 24 + 14, 0));
    let mut network = root.split("network sort");
    let mut scenario = Scenario {
        begins,
        ends,
        hosts,
        places,
        plans,
        troubles: Vec::new(),
        loss_per_mille: 0,
        twice_per_mille: 0,
        delay_max_ms: 200,
        check_in_seconds: size.check_in_seconds,
    };
    if size.trouble {
        scenario.loss_per_mille = *network.pick(&[0, 5, 30, 150]).unwrap_or(&0);
        scenario.twice_per_mille = *network.pick(&[0, 10, 100]).unwrap_or(&0);
        scenario.delay_max_ms = *network.pick(&[200, 2_000, 20_000]).unwrap_or(&200);
        scenario.troubles = troubles::troubles(&scenario, root.split("troubles"));
    }
    scenario
}

impl Scenario {
    /// The plans' hashes, in their order.
    pub fn hashes(&self) -> Vec<PlanHash> {
        self.plans.iter().map(Plan::hash).collect()
    }

    /// Do clocks change while it plays?
    pub fn clocks_change(&self) -> bool {
        offset_seconds(self.begins) != offset_seconds(self.ends)
    }
}
