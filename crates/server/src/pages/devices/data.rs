//! Plain data of devices as lists, files and the API share it: copied out of the state, nothing worked out here but
//! how figures are written.

use std::sync::Arc;

use exposure::Verdict;
use hospital::State;
use hospital::fleet::{DeviceFilter, DeviceOrder, Found, standing};
use hospital::matrix::Counts;
use hospital::register::DeviceView;
use model::Date;
use model::device::{Criticality, SupportStatus};
use node::Node;

/// One device as a list shows it.
#[derive(Clone, Debug)]
pub(super) struct DeviceLine {
    pub(super) tag: String,
    pub(super) maker: String,
    pub(super) model: String,
    pub(super) version: Option<String>,
    pub(super) site: Option<String>,
    pub(super) unit: Option<String>,
    pub(super) support: SupportStatus,
    pub(super) support_end: Option<Date>,
    pub(super) criticality: Criticality,
    pub(super) counts: Counts,
    pub(super) exploited: u64,
}

impl DeviceLine {
    pub(super) fn new(state: &State, device: &DeviceView<'_>, today: Date, exploited: &[bool]) -> DeviceLine {
        let own = |text: Option<&str>| text.map(str::to_owned);
        let standing = standing(state, device.ix(), exploited);
        DeviceLine {
            tag: device.asset_tag().to_owned(),
            maker: device.manufacturer().to_owned(),
            model: device.model().to_owned(),
            version: own(device.software_version()),
            site: own(device.site()),
            unit: own(device.unit()),
            support: device.support().on(today),
            support_end: device.support().end,
            criticality: device.criticality(),
            counts: standing.counts,
            exploited: standing.exploited,
        }
    }

    /// The worst verdict; `None` when no advisory names the device.
    pub(super) fn worst(&self) -> Option<Verdict> {
        self.counts.worst()
    }
}

/// What a list of devices was asked.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) filter: DeviceFilter,
    pub(super) order: (DeviceOrder, bool),
    pub(super) today: Date,
}

impl Asked {
    pub(super) fn find(&self, state: &State, offset: u64, most: u64) -> Found {
        let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
        hospital::fleet::find(state, self.today, &self.filter, self.order, number(offset), number(most))
    }

    /// A page of lines, and how many there are in all.
    pub(super) fn page(&self, node: &Node, offset: u64, most: u64) -> (Vec<DeviceLine>, u64) {
        node.read(|state| {
            let found = self.find(state, offset, most);
            (lines(state, &found.devices, self.today), found.total)
        })
    }
}

fn lines(state: &State, devices: &[u32], today: Date) -> Vec<DeviceLine> {
    let exploited = hospital::fleet::exploited(state);
    let views = devices.iter().filter_map(|ix| state.register().get(*ix));
    views.map(|device| DeviceLine::new(state, &device, today, &exploited)).collect()
}

/// Devices read at a time while a file is written: the state is looked at briefly, again and again.
const LINES_AT_ONCE: usize = 500;

/// Every device that was found, read a few at a time so that nothing waits for a long export.
pub(super) struct Walk {
    node: Arc<Node>,
    devices: std::vec::IntoIter<u32>,
    today: Date,
    ready: std::vec::IntoIter<DeviceLine>,
}

impl Walk {
    pub(super) fn new(node: Arc<Node>, asked: &Asked) -> (Walk, u64) {
        let found = node.read(|state| asked.find(state, 0, u64::MAX));
        let walk = Walk {
            node,
            devices: found.devices.into_iter(),
            today: asked.today,
            ready: Vec::new().into_iter(),
        };
        (walk, found.total)
    }
}

impl Iterator for Walk {
    type Item = DeviceLine;

    fn next(&mut self) -> Option<DeviceLine> {
        if let Some(line) = self.ready.next() {
            return Some(line);
        }
        let some: Vec<u32> = self.devices.by_ref().take(LINES_AT_ONCE).collect();
        self.ready = self.node.read(|state| lines(state, &some, self.today)).into_iter();
        self.ready.next()
    }
}

/// A CVSS base score: 98 tenths are `9.8`.
pub(crate) fn score_text(tenths: u8) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_written_in_tenths() {
        assert_eq!(score_text(98), "9.8");
        assert_eq!(score_text(100), "10.0");
    }
}
