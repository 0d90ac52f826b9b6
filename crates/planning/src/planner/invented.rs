//! Invented campaigns for measurements and tests: a seed gives sites, units, devices, windows and every kind of rule, always the same
//! ones. What is drawn and how often stands in `docs/planning-benchmark.md`; change both together.

mod devices;

use model::ids::{BuildingId, PatchId, SiteId, UnitId, WindowId};
use model::patch::{DeclaredMinutes, Minutes};
use model::{AssetTag, Time};

use crate::dice::Dice;

use super::campaign::{
    Access, Aim, Blackout, Building, Bundle, BundlePatch, Campaign, Device, Gate, Loaners, Ring, Span, Staff,
    Unit, Visit, Walk, Whereabouts, Window,
};

/// Minutes of install, restart and back-out at the median.
type Medians = (u32, u32, u32);

/// How large a campaign is invented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Devices, spread evenly over the sites.
    pub devices: u32,
    /// Sites.
    pub sites: u32,
    /// Nights, each a window at each site.
    pub nights: u32,
    /// Care units at each site.
    pub units: u32,
}

impl Size {
    /// The size that the design measures: 5,000 devices, 300 windows.
    pub const DESIGN: Size = Size { devices: 5_000, sites: 5, nights: 60, units: 12 };
    /// A group of hospitals: 200,000 devices at 40 sites.
    pub const GROUP: Size = Size { devices: 200_000, sites: 40, nights: 60, units: 24 };
}

/// Minutes of a day.
const DAY: u32 = 1_440;
/// A night's window begins at 22:00.
const EVENING: u32 = 22 * 60;

/// Invents a campaign.
pub fn campaign(size: Size, seed: u64) -> Campaign {
    let mut invent = Invent { size, dice: Dice::new(seed), campaign: empty(size) };
    invent.places();
    invent.bundles();
    invent.nights();
    invent.people_from_outside();
    invent.closed_times();
    devices::add(&mut invent);
    invent.campaign
}

struct Invent {
    size: Size,
    dice: Dice,
    campaign: Campaign,
}

/// A name; invented ones are never empty and short.
fn name<T>(make: impl Fn(&str) -> Result<T, model::ids::NotAnId>, text: &str) -> T {
    match make(text) {
        Ok(name) => name,
        Err(error) => unreachable!("{text}: {error}"),
    }
}

fn site(ix: u32) -> SiteId {
    name(SiteId::new, &format!("S{ix:02}"))
}

fn unit(site: u32, ix: u32) -> UnitId {
    name(UnitId::new, &format!("S{site:02}-U{ix:02}"))
}

fn building(site: u32, ix: u32) -> BuildingId {
    name(BuildingId::new, &format!("S{site:02}-{}", ['A', 'B', 'C'][ix as usize % 3]))
}

fn window(site: u32, night: u32) -> WindowId {
    name(WindowId::new, &format!("S{site:02}-N{night:03}"))
}

fn tag(text: &str) -> AssetTag {
    name(AssetTag::new, text)
}

fn empty(size: Size) -> Campaign {
    Campaign {
        title: format!("{} devices, {} windows", size.devices, size.sites * size.nights).into(),
        origin: Time(0),
        horizon_minute: (size.nights + 1) * DAY,
        now_minute: 0,
        bundles: Vec::new(),
        units: Vec::new(),
        buildings: Vec::new(),
        walks: Vec::new(),
        access: Vec::new(),
        services: Vec::new(),
        rings: Vec::new(),
        windows: Vec::new(),
        visits: Vec::new(),
        loaners: Vec::new(),
        blackouts: Vec::new(),
        gates: Vec::new(),
        precedences: Vec::new(),
        conflicts: Vec::new(),
        devices: Vec::<Device>::new(),
        agreed: Vec::new(),
        aims: Aim::usual(),
    }
}

impl Invent {
    /// Sites with three buildings, ways between them, and units whose patients are fewer at night or gone at weekends.
    fn places(&mut self) {
        for s in 0..self.size.sites {
            for b in 0..3 {
                self.campaign.buildings.push(Building { id: building(s, b), site: site(s) });
            }
            for (from, to) in [(0, 1), (1, 2), (0, 2)] {
                let minutes = self.dice.between(3, 9);
                let walk = Walk { from: building(s, from), to: building(s, to), minutes };
                self.campaign.walks.push(walk);
            }
            for u in 0..self.size.units {
                let patients = self.dice.between(8, 24);
                // One unit in four keeps patients through the week only, one in six by day only.
                let (weekdays, days) = (u % 4 == 1, u % 6 == 2);
                let hour = |hour: u32| {
                    let (day, hour) = (hour / 24, hour % 24);
                    let weekend = day % 7 >= 5;
                    let night = !(7..21).contains(&hour);
                    match (weekdays && weekend, days && (night || weekend), night) {
                        (true, _, _) | (_, true, _) => 0,
                        (false, false, true) => patients - patients / 4 + day % 7 % 3,
                        (false, false, false) => patients + 2,
                    }
                };
                let census = (0..168).map(hour).collect();
                let beds_dark_max = self.dice.between(2, 4);
                self.campaign.units.push(Unit { id: unit(s, u), site: site(s), beds_dark_max, census });
            }
            for kind in ["infusion pump", "ventilator"] {
                let count = self.dice.between(3, 6);
                self.campaign.loaners.push(Loaners { kind: kind.into(), site: site(s), count });
            }
        }
    }

    fn bundles(&mut self) {
        // Install, restart and back-out at the median; the 90th percentile is half as long again.
        let bundles: [(&str, &[Medians]); 8] = [
            ("monitor firmware", &[(8, 4, 8)]),
            ("pump library", &[(4, 2, 5)]),
            ("ventilator firmware", &[(12, 5, 12)]),
            ("workstation updates", &[(10, 5, 10), (6, 0, 5)]),
            ("central station", &[(14, 8, 15)]),
            ("gateway", &[(9, 6, 10)]),
            ("modality", &[(40, 15, 45)]),
            ("analyser", &[(20, 10, 20)]),
        ];
        for (id, patches) in bundles {
            let minutes = |p50: u32| Minutes { p50, p90: p50 + p50.div_ceil(2) };
            let patch = |(ix, (install, restart, back_out)): (usize, &(u32, u32, u32))| BundlePatch {
                patch: name(PatchId::new, &format!("{id} {}", ix + 1)),
                minutes: DeclaredMinutes {
                    install: minutes(*install),
                    restart: minutes(*restart),
                    back_out: minutes(*back_out),
                },
            };
            let patches = patches.iter().enumerate().map(patch).collect();
            self.campaign.bundles.push(Bundle { id: id.into(), patches });
        }
        for (bundle, rings) in [("monitor firmware", 2), ("workstation updates", 3), ("pump library", 2)] {
            for ring in 1..=rings {
                let soak_minutes = [2, 4, 0][usize::from(ring) - 1] * DAY;
                self.campaign.rings.push(Ring { bundle: bundle.into(), ring, soak_minutes, done_min: 1 });
            }
        }
    }

    /// A window each night from 22:00 to 04:00, overtime in the nights to Saturday and Sunday.
    fn nights(&mut self) {
        let per_site = self.size.devices / self.size.sites;
        // Hands for the work of about two thirds of the nights.
        let hands = (per_site * 16 / self.size.nights).max(60);
        for s in 0..self.size.sites {
            for night in 0..self.size.nights {
                let from = night * DAY + EVENING;
                let people = hands.div_ceil(200) + 1;
                let minutes = hands - self.dice.between(0, hands / 4);
                let it = Staff { skill: "it".into(), people: 2, person_minutes: 240 };
                let engineering =
                    Staff { skill: "clinical engineering".into(), people, person_minutes: minutes };
                self.campaign.windows.push(Window {
                    id: window(s, night),
                    site: Some(site(s)),
                    not_before_minute: from,
                    latest_start_minute: from + 300,
                    not_after_minute: from + 360,
                    overtime: matches!(night % 7, 4 | 5),
                    at_once_max: (per_site / 80).max(4),
                    staff: vec![engineering, it],
                });
            }
        }
    }

    /// Each vendor comes to each site about once in six nights.
    fn people_from_outside(&mut self) {
        for s in 0..self.size.sites {
            for vendor in ["Modality AB", "Analyser KB"] {
                for night in 0..self.size.nights {
                    if self.dice.percent(17) {
                        self.campaign.visits.push(Visit {
                            vendor: vendor.into(),
                            window: window(s, night),
                            engineers: 1,
                            devices_max: self.dice.between(2, 5),
                        });
                    }
                }
            }
        }
    }

    /// Holidays for all, theatre lists for some units, training before new monitor firmware, and devices that cannot always be had.
    fn closed_times(&mut self) {
        let night =
            |night: u32| Span { from_minute: night * DAY + EVENING, to_minute: (night + 1) * DAY + 360 };
        for s in 0..self.size.sites {
            let holiday = self.dice.between(10, self.size.nights.max(12) - 2);
            let place = Whereabouts::Site(site(s));
            self.campaign.blackouts.push(Blackout { place, span: night(holiday), says: "holiday".into() });
            for u in (0..self.size.units).step_by(3) {
                for week in 0..self.size.nights / 7 {
                    let span = night(week * 7 + self.dice.between(0, 4));
                    let place = Whereabouts::Unit(unit(s, u));
                    self.campaign.blackouts.push(Blackout { place, span, says: "theatre list".into() });
                }
            }
            for u in 0..self.size.units {
                if self.dice.percent(40) {
                    self.campaign.gates.push(Gate {
                        unit: unit(s, u),
                        bundle: Some("monitor firmware".into()),
                        not_before_minute: self.dice.between(1, self.size.nights / 4 + 1) * DAY,
                    });
                }
            }
        }
        let nights =
            |which: fn(u32) -> bool| (0..self.size.nights).filter(|n| which(*n)).map(night).collect();
        let weekends = nights(|night| matches!(night % 7, 4 | 5));
        let mondays = nights(|night| night % 7 == 0);
        let access =
            |id: &str, only_within, never_during| Access { id: id.into(), only_within, never_during };
        self.campaign.access.push(access("weekends", weekends, Vec::new()));
        self.campaign.access.push(access("not on Mondays", Vec::new(), mondays));
    }
}
