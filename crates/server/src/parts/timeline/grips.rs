//! What of a timeline can be moved by hand: windows along the clock, hosts to another window. Only places in the picture and names of
//! fields; a script of ours writes into these fields, which can be typed into as well.

use model::Time;

use super::{HEAD_PX, LABEL_FITS, LANE_PX, LANES_DRAWN_MAX, Percent, Timeline, WHOLE, place};

/// What can be moved, and into which form that is written.
#[derive(Clone, Debug)]
pub struct Grips {
    /// The form's id.
    pub form: &'static str,
    /// Its field of hosts, one a line with the window it goes to.
    pub hosts_field: &'static str,
    /// Windows.
    pub windows: Vec<WindowGrip>,
    /// Hosts; none where there is no other window.
    pub hosts: Vec<HostGrip>,
}

/// A window that can be moved.
#[derive(Clone, Debug)]
pub struct WindowGrip {
    /// Its name in the plan.
    pub name: String,
    /// What stands on its bar.
    pub label: String,
    /// The field of its beginning.
    pub field: String,
    /// It opens.
    pub opens: Time,
    /// It closes.
    pub closes: Time,
}

/// A host that can be moved.
#[derive(Clone, Debug)]
pub struct HostGrip {
    /// Number of its lane, from 0.
    pub lane: usize,
    /// Its name.
    pub name: String,
    /// The window that it is in.
    pub window: String,
}

/// The same as places in the picture.
#[derive(Clone, Debug)]
pub(super) struct Moving {
    pub(super) form: &'static str,
    pub(super) hosts_field: &'static str,
    /// The whole width, in minutes.
    pub(super) minutes: i64,
    pub(super) windows: Vec<Bar>,
    pub(super) hosts: Vec<Row>,
}

#[derive(Clone, Debug)]
pub(super) struct Bar {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) field: String,
    pub(super) x: Percent,
    pub(super) width: Percent,
}

impl Bar {
    /// Where its label stands, how far from it, and with which side.
    pub(super) fn label_at(&self) -> (Percent, i8, &'static str) {
        match self.x.0 > LABEL_FITS {
            true => (Percent(self.x.0 + self.width.0), -6, "end"),
            false => (self.x, 6, "start"),
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) window: String,
    pub(super) y: u32,
}

impl Timeline {
    /// The same with what can be moved by hand. `range` is that of the picture.
    #[must_use]
    pub fn movable(mut self, range: (Time, Time), grips: Grips) -> Timeline {
        let bar = |grip: WindowGrip| {
            let (x, end) = (place(range.0, range.1, grip.opens), place(range.0, range.1, grip.closes));
            let width = Percent((end.0 - x.0).max(0).min(WHOLE - x.0));
            Bar { name: grip.name, label: grip.label, field: grip.field, x, width }
        };
        let row = |grip: HostGrip| {
            let lane = u32::try_from(grip.lane).ok().filter(|_| grip.lane < LANES_DRAWN_MAX)?;
            Some(Row { name: grip.name, window: grip.window, y: HEAD_PX + lane * LANE_PX })
        };
        self.moving = Some(Moving {
            form: grips.form,
            hosts_field: grips.hosts_field,
            minutes: range.1.seconds_since(range.0) / 60,
            windows: grips.windows.into_iter().map(bar).collect(),
            hosts: grips.hosts.into_iter().filter_map(row).collect(),
        });
        self
    }
}
