//! The devices of an invented campaign, and what binds them: services with carriers, one after another, never together.

use model::ids::ServiceId;

use super::{DAY, Invent, building, name, site, tag, unit};
use crate::planner::campaign::{Conflict, Device, Hands, Precedence, Service, Side};

/// Kind, bundle, share of a unit's devices in hundredths.
const KINDS: [(&str, &str, u32); 6] = [
    ("monitor", "monitor firmware", 32),
    ("infusion pump", "pump library", 24),
    ("ventilator", "ventilator firmware", 5),
    ("workstation", "workstation updates", 33),
    ("modality", "modality", 3),
    ("analyser", "analyser", 3),
];

/// Adds them.
pub(super) fn add(invent: &mut Invent) {
    let (sites, units) = (invent.size.sites, invent.size.units);
    // Two gateways and a central station for each unit, and three hosts that never go together for each site.
    let single = units * 3 + 3;
    for s in 0..sites {
        let of_site = (invent.size.devices / sites).saturating_sub(single);
        for u in 0..units {
            hosts(invent, s, u);
            let of_unit = of_site / units + u32::from(u < of_site % units);
            let mut left = of_unit;
            for (ix, (kind, bundle, share)) in KINDS.iter().enumerate() {
                let count = if ix + 1 == KINDS.len() { left } else { (of_unit * share / 100).min(left) };
                left -= count;
                many(invent, (s, u), kind, bundle, count);
            }
        }
        archive(invent, s);
    }
}

fn device(s: u32, u: u32, label: &str, kind: &str, bundle: &str) -> Device {
    Device {
        tag: tag(label),
        site: site(s),
        building: building(s, u % 3),
        unit: unit(s, u),
        kind: kind.into(),
        bundle: bundle.into(),
        mandatory: true,
        due_minute: None,
        risk_per_day: 1,
        hands: Hands::Agent,
        ring: None,
        side: None,
        access: None,
        beds_watched: 0,
        loaner: false,
    }
}

/// Devices of one kind in one unit, alike but for their ring.
fn many(invent: &mut Invent, (s, u): (u32, u32), kind: &str, bundle: &str, count: u32) {
    let by = |skill: &str, hands_on_minutes| Hands::Staff { skill: skill.into(), hands_on_minutes };
    let from = |vendor: &str, hands_on_minutes| Hands::Vendor { vendor: vendor.into(), hands_on_minutes };
    let risk = invent.dice.between(1, 9);
    let minutes = invent.dice.between(12, 24);
    let due = invent.dice.percent(20);
    let mandatory = !invent.dice.percent(15);
    let due_minute = due.then(|| invent.dice.between(2, 4) * (invent.size.nights / 4) * DAY);
    let access = match kind {
        "modality" if invent.dice.percent(40) => Some("weekends".into()),
        "analyser" | "ventilator" if invent.dice.percent(40) => Some("not on Mondays".into()),
        _ => None,
    };
    for ix in 0..count {
        let label = format!("S{s:02}-U{u:02}-{}-{ix:04}", &kind[..3].to_uppercase());
        let mut device = device(s, u, &label, kind, bundle);
        device.risk_per_day = risk;
        device.mandatory = mandatory;
        device.due_minute = due_minute;
        device.access = access.clone();
        match kind {
            "monitor" => {
                device.hands = by("clinical engineering", minutes);
                device.beds_watched = 1;
                device.ring = Some(if u == 0 && ix < 4 { 1 } else { 2 });
            }
            "infusion pump" => {
                device.hands = by("clinical engineering", minutes / 2);
                device.loaner = true;
                device.ring = Some(if u == 1 && ix < 4 { 1 } else { 2 });
            }
            "ventilator" => {
                device.hands = by("clinical engineering", minutes * 2);
                device.loaner = true;
            }
            "workstation" => {
                let ring = if ix == 0 && u == 0 {
                    1
                } else if ix < count / 6 {
                    2
                } else {
                    3
                };
                device.ring = Some(ring);
            }
            "modality" => device.hands = from("Modality AB", minutes * 3),
            // Some analysers are the vendor's, some the IT department's.
            _ if u % 2 == 0 => device.hands = from("Analyser KB", minutes * 2),
            _ => device.hands = by("it", minutes * 2),
        }
        invent.campaign.devices.push(device);
    }
}

/// A unit's gateways, one of which must work, and its central station.
fn hosts(invent: &mut Invent, s: u32, u: u32) {
    let label = |what: &str| format!("S{s:02}-U{u:02}-{what}");
    let service = |what: &str| name(ServiceId::new, &label(what));
    for (what, side) in [("GW-A", Side::A), ("GW-B", Side::B)] {
        let mut gateway = device(s, u, &label(what), "gateway", "gateway");
        gateway.side = Some(side);
        gateway.risk_per_day = invent.dice.between(5, 20);
        invent.campaign.devices.push(gateway);
    }
    let mut central = device(s, u, &label("CEN"), "central station", "central station");
    central.risk_per_day = invent.dice.between(5, 20);
    invent.campaign.devices.push(central);
    // In every second unit the neighbour's central station stands in.
    let neighbour = if u.is_multiple_of(2) { u + 1 } else { u.saturating_sub(1) };
    let stand_in = (u % 4 < 2 && neighbour < invent.size.units)
        .then(|| name(ServiceId::new, &format!("S{s:02}-U{neighbour:02}-monitoring")));
    invent.campaign.services.push(Service {
        id: service("monitoring"),
        carriers: vec![tag(&label("CEN"))],
        needed: 1,
        units: vec![unit(s, u)],
        stand_in,
    });
    invent.campaign.services.push(Service {
        id: service("receiving"),
        carriers: vec![tag(&label("GW-A")), tag(&label("GW-B"))],
        needed: 1,
        units: vec![unit(s, u)],
        stand_in: None,
    });
    // In every third unit the central station must find new gateways.
    let before: &[&str] = if u.is_multiple_of(3) { &["GW-A", "GW-B"] } else { &[] };
    for gateway in before {
        invent.campaign.precedences.push(Precedence {
            first: tag(&label(gateway)),
            then: tag(&label("CEN")),
            lag_minutes: DAY,
        });
    }
}

/// Archive, broker and viewer of a site: never two in one night.
fn archive(invent: &mut Invent, s: u32) {
    let mut devices = Vec::new();
    for what in ["ARC", "BRO", "VIE"] {
        let label = format!("S{s:02}-{what}");
        let mut host = device(s, 0, &label, "host", "gateway");
        host.risk_per_day = invent.dice.between(5, 20);
        invent.campaign.devices.push(host);
        devices.push(tag(&label));
    }
    let says = "one part of the archive at a time".into();
    invent.campaign.conflicts.push(Conflict { devices, says });
}
