//! The hosts of the night: two servers and ten central stations of the sample hospital, as invented machines. Two of them do what
//! nobody was told: one arms a second restart, one only says that it installed.

use std::collections::BTreeMap;

use hospital::State;
use model::host::SignalSource;
use model::{AssetTag, Time};
use sim::host::{Host, ShellFaults};
use sim::machine::{Machine, Nature, Twist};
use wire::OrderKey;

use super::id;

/// The station whose first restart arms a second one.
pub(crate) const TWO_STAGES: &str = "CS-ED-1";
/// The station that says *installed* and keeps its old program.
pub(crate) const LIAR: &str = "CS-CCU-2";
/// Whose night it is: the unit that goes dark with [`TWO_STAGES`].
pub(crate) const WARD: &str = "ED";

/// The program of a central station, as its package is called.
pub(super) const STATION: &str = "vaktcentral";
/// The library that every host uses.
pub(super) const LIBRARY: &str = "libssl3";
/// The service that must restart after the library was changed.
pub(super) const FEED: &str = "larmflode";
/// What the plan brings stations to.
pub(super) const STATION_NEW: &str = "7.7.0";
/// What the register says of no station.
const STATION_OLD: &str = "7.5";
/// What the plan brings the library to.
pub(super) const LIBRARY_NEW: &str = "3.0.17-1~deb12u2";
const LIBRARY_OLD: &str = "3.0.16-1~deb12u1";

/// After its boot, the second stage waits so long: it surfaces before the day begins, long after whoever looked right after the
/// restart has gone home.
const SECOND_STAGE_AFTER_SECONDS: i64 = 7 * 3_600 + 45 * 60;

/// One host of the night.
pub(super) struct Cast {
    /// Its asset tag in the sample hospital.
    pub(super) tag: &'static str,
    /// Its ring.
    pub(super) ring: u16,
    /// Its wave in it.
    pub(super) wave: u16,
    /// Is it a central station?
    pub(super) is_station: bool,
    /// How long its restart takes, in seconds.
    pub(super) restarts_in: i64,
}

const fn cast(tag: &'static str, ring: u16, wave: u16, is_station: bool, restarts_in: i64) -> Cast {
    Cast { tag, ring, wave, is_station, restarts_in }
}

/// Everybody, ring by ring: servers without beds, the emergency department's only station with one of each pair, the others.
pub(super) const CAST: [Cast; 12] = [
    cast("SRV-4604", 1, 1, false, 300),
    cast("SRV-4605", 1, 1, false, 300),
    cast(TWO_STAGES, 2, 1, true, 420),
    cast("CS-ICU-1", 2, 1, true, 360),
    cast("CS-CCU-1", 2, 2, true, 390),
    cast("CS-ST3-1", 2, 2, true, 340),
    cast("CS-C4-1", 2, 2, true, 450),
    cast("CS-ICU-2", 3, 1, true, 370),
    cast(LIAR, 3, 1, true, 390),
    cast("CS-ST3-2", 3, 2, true, 350),
    cast("CS-C4-2", 3, 2, true, 400),
    cast("CS-C4-3", 3, 3, true, 400),
];

/// The machine and the agent on it, switched on and not yet heard.
pub(super) fn host(cast: &Cast, state: &State, site: OrderKey, at: Time) -> Host {
    let tag: AssetTag = id(cast.tag);
    let known = state.register().by_tag(cast.tag).and_then(|device| device.software_version());
    let mut packages = BTreeMap::from([
        (Box::from(LIBRARY), Box::from(LIBRARY_OLD)),
        (Box::from("openssh-server"), Box::from("1:9.2p1-2+deb12u6")),
        (Box::from("tzdata"), Box::from("2025b-0+deb12u1")),
    ]);
    // The one source that a plain tool looks at: it is given every chance.
    let shows_in = Some(SignalSource::RebootRequired);
    let mut natures = BTreeMap::from([(
        Box::from(LIBRARY),
        Nature { host: false, services: vec![FEED.into()], twist: Twist::Honest, shows_in: None },
    )]);
    if cast.is_station {
        packages.insert(STATION.into(), known.unwrap_or(STATION_OLD).into());
        let twist = match cast.tag {
            TWO_STAGES => Twist::Arms(SECOND_STAGE_AFTER_SECONDS),
            LIAR => Twist::Lies,
            _ => Twist::Honest,
        };
        let nature = Nature { host: true, services: Vec::new(), twist, shows_in };
        natures.insert(STATION.into(), nature);
    }
    let machine = Machine::new(cast.tag, packages, natures, at.plus_seconds(-41 * 86_400));
    Host::new(tag, machine, 0, site, ShellFaults::default())
}
