//! What follows from each device and where the plan has it; all in minutes of the campaign.

use std::collections::BTreeMap;

use crate::planner::answer::{Assignment, Placed};
use crate::planner::campaign::{Campaign, Device, Hands, Window};

use super::{Found, Rule};

/// An interval: its first minute, and the first behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Stretch {
    pub(super) fn of(window: &Window) -> Stretch {
        Stretch { from: i64::from(window.not_before_minute), to: i64::from(window.not_after_minute) }
    }

    /// So many minutes from there on.
    pub(super) fn starting(from: i64, minutes: i64) -> Stretch {
        Stretch { from, to: from + minutes }
    }

    /// Is there a minute that both hold?
    pub(super) fn shares_a_minute_with(self, other: Stretch) -> bool {
        self.from.max(other.from) < self.to.min(other.to)
    }

    pub(super) fn minutes(self) -> i64 {
        (self.to - self.from).max(0)
    }
}

/// A device, and where the plan has it.
pub(super) struct Worked<'a> {
    pub(super) device: &'a Device,
    /// It has begun: it is where it is.
    pub(super) has_begun: bool,
    pub(super) install: i64,
    pub(super) restart: i64,
    pub(super) back_out: i64,
    pub(super) hands: i64,
    /// Its window, as a position in the campaign's list, and the minute in which work begins.
    pub(super) place: Option<(usize, i64)>,
}

impl Worked<'_> {
    pub(super) fn busy_minutes(&self) -> i64 {
        self.hands.max(self.install + self.restart)
    }

    /// When it is worked on.
    pub(super) fn busy(&self, begins: i64) -> Stretch {
        Stretch::starting(begins, self.busy_minutes())
    }

    /// When somebody has their hands on it.
    pub(super) fn held(&self, begins: i64) -> Stretch {
        Stretch::starting(begins, self.hands)
    }

    /// When it does not watch.
    pub(super) fn dark(&self, begins: i64) -> Stretch {
        match self.device.hands {
            Hands::Agent => Stretch::starting(begins + self.install, self.restart),
            Hands::Staff { .. } | Hands::Vendor { .. } => self.busy(begins),
        }
    }
}

/// The plan as the rules look at it.
pub(super) struct Facts<'a> {
    /// In the order of the campaign's devices.
    pub(super) devices: Vec<Worked<'a>>,
    /// Positions of devices by tag.
    pub(super) by_tag: BTreeMap<&'a str, usize>,
    windows: &'a [Window],
}

impl<'a> Facts<'a> {
    pub(super) fn of(campaign: &'a Campaign, assignments: &[Assignment], found: &mut Found) -> Facts<'a> {
        let bundles: BTreeMap<&str, (i64, i64, i64)> =
            campaign.bundles.iter().map(|bundle| (&*bundle.id, minutes(bundle))).collect();
        let begun: BTreeMap<&str, &str> = campaign
            .agreed
            .iter()
            .filter(|agreed| agreed.begun)
            .map(|agreed| (agreed.device.as_str(), agreed.window.as_str()))
            .collect();
        let worked = |device: &'a Device| {
            let (install, restart, back_out) = bundles.get(&*device.bundle).copied().unwrap_or_default();
            let hands = match &device.hands {
                Hands::Agent => 0,
                Hands::Staff { hands_on_minutes, .. } | Hands::Vendor { hands_on_minutes, .. } => {
                    i64::from(*hands_on_minutes)
                }
            };
            let has_begun = begun.contains_key(device.tag.as_str());
            Worked { device, has_begun, install, restart, back_out, hands, place: None }
        };
        let devices: Vec<Worked<'a>> = campaign.devices.iter().map(worked).collect();
        let by_tag = campaign.devices.iter().map(|device| device.tag.as_str()).zip(0..).collect();
        let mut facts = Facts { devices, by_tag, windows: &campaign.windows };
        facts.place(campaign, assignments, found);
        facts.begun(&begun, found);
        facts
    }

    fn place(&mut self, campaign: &Campaign, assignments: &[Assignment], found: &mut Found) {
        let windows: BTreeMap<&str, usize> =
            campaign.windows.iter().map(|window| window.id.as_str()).zip(0..).collect();
        let mut said = vec![0_u32; self.devices.len()];
        for assignment in assignments {
            let tag = assignment.device.as_str();
            let Some(at) = self.by_tag.get(tag).copied() else {
                found.put(Rule::EachOnce, tag, "is no device of the campaign".to_owned());
                continue;
            };
            let (Some(times), Some(device)) = (said.get_mut(at), self.devices.get_mut(at)) else { continue };
            *times += 1;
            if *times > 1 {
                continue;
            }
            match &assignment.place {
                Placed::Deferred { because: _ } => {}
                Placed::Window { window, begins_minute } => match windows.get(window.as_str()) {
                    Some(window) => device.place = Some((*window, i64::from(*begins_minute))),
                    None => {
                        found.put(Rule::EachOnce, tag, format!("{window} is no window of the campaign"));
                    }
                },
            }
        }
        for (device, times) in self.devices.iter().zip(said).filter(|(_, times)| *times != 1) {
            found.put(
                Rule::EachOnce,
                &device.device.tag,
                format!("stands in the plan {times} times; once is right"),
            );
        }
    }

    fn begun(&self, begun: &BTreeMap<&str, &str>, found: &mut Found) {
        for device in self.devices.iter().filter(|device| device.has_begun) {
            let tag = device.device.tag.as_str();
            let is_in = device.place.map(|(window, _)| self.window(window).id.as_str());
            if is_in != begun.get(tag).copied() {
                let agreed = begun.get(tag).copied().unwrap_or_default();
                let says = format!(
                    "has begun in {agreed} and stays there; the plan has it in {}",
                    is_in.unwrap_or("none")
                );
                found.put(Rule::Begun, tag, says);
            }
        }
    }

    pub(super) fn window(&self, at: usize) -> &'a Window {
        // Places hold positions of this list only.
        &self.windows[at]
    }

    /// Devices with their window and minute.
    pub(super) fn placed(&self) -> impl Iterator<Item = (&Worked<'a>, usize, i64)> {
        self.devices.iter().filter_map(|device| device.place.map(|(window, begins)| (device, window, begins)))
    }

    /// A device by its tag, with its window if it has one.
    pub(super) fn find(&self, tag: &str) -> Option<(&Worked<'a>, Option<&'a Window>)> {
        let device = self.devices.get(*self.by_tag.get(tag)?)?;
        Some((device, device.place.map(|(window, _)| self.window(window))))
    }
}

/// Install, restart and back-out of a bundle at the 90th percentile.
fn minutes(bundle: &crate::planner::campaign::Bundle) -> (i64, i64, i64) {
    let (mut install, mut restart, mut back_out) = (0, 0, 0);
    for patch in &bundle.patches {
        install += i64::from(patch.minutes.install.p90);
        restart = restart.max(i64::from(patch.minutes.restart.p90));
        back_out += i64::from(patch.minutes.back_out.p90);
    }
    (install, restart, back_out)
}
