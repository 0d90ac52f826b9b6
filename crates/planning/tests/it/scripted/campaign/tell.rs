//! What a campaign is told: each sentence adds one entry.

use model::AssetTag;
use model::ids::*;
use model::patch::{DeclaredMinutes, Minutes};
use planning::planner::campaign::*;

use super::{CampaignDesk, only_number};
use crate::scripted::sentence::{id, minute, not_understood, number};

const WINDOW_HAS: &str = "from day N CLOCK to day N CLOCK, begin by day N CLOCK, N at once, overtime";
const DEVICE_HAS: &str = "gets B, in building B, by the agent, by SKILL for N minutes, by vendor V for N minutes, watches N beds, \
    risk N, due day N CLOCK, ring N, side a|b, only when A, of kind K, optional, has a loaner";

type Told = Result<(), String>;

impl CampaignDesk {
    pub(super) fn building(&mut self, name: &str, site: &str) -> Told {
        let building = Building { id: id(BuildingId::new(name))?, site: id(SiteId::new(site))? };
        self.campaign.buildings.push(building);
        Ok(())
    }

    pub(super) fn way(&mut self, from: &str, to: &str, minutes: &str) -> Told {
        let (from, to) = (id(BuildingId::new(from))?, id(BuildingId::new(to))?);
        self.campaign.walks.push(Walk { from, to, minutes: number(minutes)? });
        Ok(())
    }

    /// Day is from six to ten in the evening.
    pub(super) fn ward(&mut self, name: &str, site: &str, clauses: &[&[&str]]) -> Told {
        let (mut beds_dark_max, mut by_day, mut by_night) = (0, 0, None);
        for clause in clauses {
            match clause {
                ["at", "most", beds, "beds" | "bed", "dark"] => beds_dark_max = number(beds)?,
                [patients, "patients"] | [patients, "patients", "by", "day"] => by_day = number(patients)?,
                [patients, "by", "night"] => by_night = Some(number(patients)?),
                other => {
                    return not_understood(
                        other,
                        "a ward",
                        "at most N beds dark, N patients by day, N by night",
                    );
                }
            }
        }
        let night = by_night.unwrap_or(by_day);
        let census = (0..24).map(|hour| if (6..22).contains(&hour) { by_day } else { night }).collect();
        let site = id(SiteId::new(site))?;
        self.campaign.units.push(Unit { id: id(UnitId::new(name))?, site, beds_dark_max, census });
        Ok(())
    }

    pub(super) fn bundle(&mut self, name: &str, install: &str, clauses: &[&[&str]]) -> Told {
        let half = |text: &str| number(text).map(|p90| Minutes { p50: p90.div_ceil(2), p90 });
        let [["restarts", "in", restart], ["backs", "out", "in", back]] = clauses else {
            return Err("a bundle installs in N, restarts in N, backs out in N".to_owned());
        };
        let minutes =
            DeclaredMinutes { install: half(install)?, restart: half(restart)?, back_out: half(back)? };
        let patch = BundlePatch { patch: id(PatchId::new(name))?, minutes };
        self.campaign.bundles.push(Bundle { id: name.into(), patches: vec![patch] });
        Ok(())
    }

    /// Without `begin by` work may begin until the end; without `at once` one device after another.
    pub(super) fn window(&mut self, name: &str, site: Option<&str>, clauses: &[&[&str]]) -> Told {
        let mut window = Window {
            id: id(WindowId::new(name))?,
            site: site.map(|site| id(SiteId::new(site))).transpose()?,
            not_before_minute: 0,
            latest_start_minute: 0,
            not_after_minute: 0,
            overtime: false,
            at_once_max: 1,
            staff: Vec::new(),
        };
        let mut latest = None;
        for clause in clauses {
            match clause {
                ["from", "day", day, from, "to", "day", last, to] => {
                    (window.not_before_minute, window.not_after_minute) =
                        (minute(day, from)?, minute(last, to)?);
                }
                ["begin", "by", "day", day, clock] => latest = Some(minute(day, clock)?),
                [at_once, "at", "once"] => window.at_once_max = number(at_once)?,
                ["overtime"] => window.overtime = true,
                other => return not_understood(other, "a window", WINDOW_HAS),
            }
        }
        window.latest_start_minute = latest.unwrap_or(window.not_after_minute);
        self.campaign.windows.push(window);
        Ok(())
    }

    pub(super) fn people(&mut self, window: &str, people: &str, skill: &str, minutes: &str) -> Told {
        let staff = Staff { skill: skill.into(), people: number(people)?, person_minutes: number(minutes)? };
        let found = self.campaign.windows.iter_mut().find(|known| known.id.as_str() == window);
        found.ok_or_else(|| format!("there is no window {window}; tell of it first"))?.staff.push(staff);
        Ok(())
    }

    pub(super) fn engineers(&mut self, vendor: &str, window: &str, engineers: &str, devices: &str) -> Told {
        let (engineers, devices_max) = (number(engineers)?, number(devices)?);
        let visit =
            Visit { vendor: vendor.into(), window: id(WindowId::new(window))?, engineers, devices_max };
        self.campaign.visits.push(visit);
        Ok(())
    }

    pub(super) fn loaners(&mut self, site: &str, count: &str, kind: &str) -> Told {
        let loaners = Loaners { kind: kind.into(), site: id(SiteId::new(site))?, count: number(count)? };
        self.campaign.loaners.push(loaners);
        Ok(())
    }

    pub(super) fn devices(&mut self, devices: &[&str], ward: &str, clauses: &[&[&str]]) -> Told {
        let unit = self.campaign.units.iter().find(|unit| unit.id.as_str() == ward);
        let unit = unit.ok_or_else(|| format!("there is no ward {ward}; tell of it first"))?;
        let here = self.campaign.buildings.iter().find(|building| building.site == unit.site);
        let mut device = Device {
            tag: id(AssetTag::new("UNNAMED"))?,
            site: unit.site.clone(),
            building: here.ok_or("tell of a building of that site first")?.id.clone(),
            unit: unit.id.clone(),
            kind: "device".into(),
            bundle: "".into(),
            mandatory: true,
            due_minute: None,
            risk_per_day: 1,
            hands: Hands::Agent,
            ring: None,
            side: None,
            access: None,
            beds_watched: 0,
            loaner: false,
        };
        clauses.iter().try_for_each(|clause| of_device(&mut device, clause))?;
        for tag in devices {
            self.campaign.devices.push(Device { tag: id(AssetTag::new(tag))?, ..device.clone() });
        }
        Ok(())
    }

    /// `D.. carry S for WARD.., needs N[, S2 stands in]`
    pub(super) fn carry(&mut self, rest: &[&str], clauses: &[&[&str]]) -> Told {
        let halves = rest
            .iter()
            .position(|word| *word == "carry")
            .and_then(|at| Some((rest.get(..at)?, rest.get(at + 1..)?)));
        let Some((carriers, [name, "for", wards @ ..])) = halves else {
            return Err("say devices GW-1 GW-2 carry gateway for ward-5, needs 1".to_owned());
        };
        let (needed, stand_in) = match clauses {
            [["needs", needed]] => (number(needed)?, None),
            [["needs", needed], [other, "stands", "in"]] => {
                (number(needed)?, Some(id(ServiceId::new(other))?))
            }
            _ => return Err("a service has: needs N, S2 stands in".to_owned()),
        };
        let carriers: Result<Vec<_>, _> = carriers.iter().map(|tag| id(AssetTag::new(tag))).collect();
        let units: Result<Vec<_>, _> = wards.iter().map(|ward| id(UnitId::new(ward))).collect();
        let service =
            Service { id: id(ServiceId::new(name))?, carriers: carriers?, needed, units: units?, stand_in };
        self.campaign.services.push(service);
        Ok(())
    }

    pub(super) fn ring(&mut self, ring: &str, bundle: &str, soak: &str, clauses: &[&[&str]]) -> Told {
        let done_min = only_number(clauses, &["at", "least"], &["done"], "a ring")?;
        let ring = u16::try_from(number(ring)?).map_err(|error| error.to_string())?;
        self.campaign.rings.push(Ring { bundle: bundle.into(), ring, soak_minutes: number(soak)?, done_min });
        Ok(())
    }

    pub(super) fn after(&mut self, then: &str, first: &str, clauses: &[&[&str]]) -> Told {
        let lag_minutes = match clauses {
            [] => 0,
            some => only_number(some, &[], &["minutes", "later"], "one after another")?,
        };
        let (first, then) = (id(AssetTag::new(first))?, id(AssetTag::new(then))?);
        self.campaign.precedences.push(Precedence { first, then, lag_minutes });
        Ok(())
    }

    pub(super) fn never(&mut self, one: &str, other: &str, clauses: &[&[&str]]) -> Told {
        let devices = vec![id(AssetTag::new(one))?, id(AssetTag::new(other))?];
        self.campaign.conflicts.push(Conflict { devices, says: why(clauses) });
        Ok(())
    }

    pub(super) fn blackout(
        &mut self,
        at: &str,
        name: &str,
        span: [(&str, &str); 2],
        clauses: &[&[&str]],
    ) -> Told {
        let place = match at {
            "in" => Whereabouts::Unit(id(UnitId::new(name))?),
            "at" => Whereabouts::Site(id(SiteId::new(name))?),
            other => return not_understood(&[other], "a place", "in WARD, at SITE"),
        };
        self.campaign.blackouts.push(Blackout { place, span: span_of(span)?, says: why(clauses) });
        Ok(())
    }

    pub(super) fn training(&mut self, ward: &str, bundle: &str, day: &str, clock: &str) -> Told {
        let (unit, not_before_minute) = (id(UnitId::new(ward))?, minute(day, clock)?);
        self.campaign.gates.push(Gate { unit, bundle: Some(bundle.into()), not_before_minute });
        Ok(())
    }

    pub(super) fn access(&mut self, name: &str, word: &str, span: [(&str, &str); 2]) -> Told {
        let span = span_of(span)?;
        if !self.campaign.access.iter().any(|access| &*access.id == name) {
            let access = Access { id: name.into(), only_within: Vec::new(), never_during: Vec::new() };
            self.campaign.access.push(access);
        }
        for access in self.campaign.access.iter_mut().filter(|access| &*access.id == name) {
            match word {
                "only" => access.only_within.push(span),
                "never" => access.never_during.push(span),
                other => return not_understood(&[other], "an access", "only from .., never from .."),
            }
        }
        Ok(())
    }

    pub(super) fn promised(&mut self, device: &str, window: &str, clauses: &[&[&str]]) -> Told {
        let people_told = only_number(clauses, &[], &["people", "told"], "a promise")?;
        self.agreed(device, window, false, people_told)
    }

    pub(super) fn begun(&mut self, device: &str, window: &str) -> Told {
        self.agreed(device, window, true, 0)
    }

    fn agreed(&mut self, device: &str, window: &str, begun: bool, people_told: u32) -> Told {
        let (device, window) = (id(AssetTag::new(device))?, id(WindowId::new(window))?);
        self.campaign.agreed.retain(|known| known.device != device);
        self.campaign.agreed.push(Agreed { device, window, begun, people_told });
        Ok(())
    }
}

fn of_device(device: &mut Device, clause: &[&str]) -> Result<(), String> {
    match clause {
        ["gets", bundle] | ["get", bundle] => device.bundle = (*bundle).into(),
        ["in", "building", building] => device.building = id(BuildingId::new(building))?,
        ["by", "the", "agent"] => device.hands = Hands::Agent,
        ["by", "vendor", vendor, "for", minutes, "minutes"] => {
            device.hands = Hands::Vendor { vendor: (*vendor).into(), hands_on_minutes: number(minutes)? };
        }
        ["by", skill, "for", minutes, "minutes"] => {
            device.hands = Hands::Staff { skill: (*skill).into(), hands_on_minutes: number(minutes)? };
        }
        ["watches" | "watch", beds, "bed" | "beds"] => device.beds_watched = number(beds)?,
        ["risk", risk] => device.risk_per_day = number(risk)?,
        ["due", "day", day, clock] => device.due_minute = Some(minute(day, clock)?),
        ["ring", ring] => {
            device.ring = Some(u16::try_from(number(ring)?).map_err(|error| error.to_string())?)
        }
        ["side", "a"] => device.side = Some(Side::A),
        ["side", "b"] => device.side = Some(Side::B),
        ["only", "when", access] => device.access = Some((*access).into()),
        ["of", "kind", kind] => device.kind = (*kind).into(),
        ["optional"] => device.mandatory = false,
        ["has" | "have", "a", "loaner"] => device.loaner = true,
        other => return not_understood(other, "a device", DEVICE_HAS),
    }
    Ok(())
}

fn span_of([from, to]: [(&str, &str); 2]) -> Result<Span, String> {
    Ok(Span { from_minute: minute(from.0, from.1)?, to_minute: minute(to.0, to.1)? })
}

fn why(clauses: &[&[&str]]) -> Box<str> {
    clauses.iter().map(|clause| clause.join(" ")).collect::<Vec<_>>().join(", ").into()
}
