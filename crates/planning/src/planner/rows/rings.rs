//! Rows of rings with their soak, and of one device after another: a switch for each minute in which the later ones could begin says
//! that they have begun by then.

use std::collections::{BTreeMap, BTreeSet};

use super::{Chain, Rows};
use crate::planner::field::{Field, Lists};
use crate::planner::rule::Rule;

/// Every so many-th minute gets rows over all windows before it: nearer to the truth than one row for each window, and dear.
const SUMS_EVERY: usize = 8;

/// An option of a class: first minute of its window, first minute behind it, its column.
type Entry = (u32, u32, u32);

/// Adds them.
pub(super) fn add(rows: &mut Rows, field: &Field<'_>, lists: &Lists<'_>) {
    let mut rings: BTreeMap<(u32, u16), Vec<u32>> = BTreeMap::new();
    for (class, ix) in field.classes.iter().zip(0u32..) {
        if let Some(ring) = class.traits.ring {
            rings.entry((class.traits.bundle, ring)).or_default().push(ix);
        }
    }
    for ring in &field.campaign.rings {
        let of_ring = |ring_number: u16| {
            rings.get(&(lists.bundle(&ring.bundle), ring_number)).map_or(&[][..], |classes| classes)
        };
        let mut pair = Pair { rows, field, wait_minutes: ring.soak_minutes, rule: Rule::Ring };
        pair.add(of_ring(ring.ring), of_ring(ring.ring.saturating_add(1)), i64::from(ring.done_min));
    }
    for bond in &field.campaign.precedences {
        let class = |tag: &str| [field.class_of[lists.device(tag) as usize]];
        let mut pair = Pair { rows, field, wait_minutes: bond.lag_minutes, rule: Rule::Precedence };
        pair.add(&class(bond.first.as_str()), &class(bond.then.as_str()), 1);
    }
}

/// Some that go first, and those that wait for all of them.
struct Pair<'a, 'b> {
    rows: &'b mut Rows,
    field: &'b Field<'a>,
    wait_minutes: u32,
    rule: Rule,
}

impl Pair<'_, '_> {
    fn add(&mut self, before: &[u32], next: &[u32], done_min: i64) {
        for ix in next {
            if self.is_begun(*ix) {
                self.close_late(before, *ix);
            }
        }
        let free: Vec<u32> = next.iter().copied().filter(|ix| !self.is_begun(*ix)).collect();
        if before.is_empty() && done_min == 0 {
            return;
        }
        let starts: BTreeSet<u32> =
            free.iter().flat_map(|ix| self.entries(*ix)).map(|entry| entry.0).collect();
        let starts: Vec<u32> = starts.into_iter().collect();
        let begun_by: Vec<u32> = starts.iter().map(|_| self.rows.switch()).collect();
        let Some(last) = begun_by.last() else { return };
        // None of them is late, so so many in windows are so many done.
        let placed = before.iter().flat_map(|ix| self.entries(*ix)).map(|entry| (entry.2, -1));
        let terms = placed.chain([(*last, done_min)]).collect();
        self.rows.at_most(self.rule, terms, 0, 0);
        let mut chain = Chain {
            switches: begun_by[0]..last + 1,
            rows: self.rows.rows.len() as u32..0,
            before_classes: before.to_vec(),
            done_min,
            next: Vec::new(),
            before: Vec::new(),
        };
        for pair in begun_by.windows(2) {
            self.rows.at_most(self.rule, vec![(pair[0], 1), (pair[1], -1)], 0, 0);
        }
        for ix in &free {
            self.only_when_begun(*ix, &starts, &begun_by, &mut chain);
        }
        for ix in before {
            self.none_late(*ix, &starts, &begun_by, &mut chain);
        }
        chain.rows.end = self.rows.rows.len() as u32;
        if self.rule == Rule::Ring {
            self.rows.chains.push(chain);
        }
    }

    /// What waits has begun: of those before it, none that has not begun goes where it would be late.
    fn close_late(&mut self, before: &[u32], next: u32) {
        let Some(start) = self.entries(next).iter().map(|entry| entry.0).min() else { return };
        for ix in before {
            let open = if self.is_begun(*ix) { Vec::new() } else { self.entries(*ix) };
            for (_, to, column) in open {
                if to.saturating_add(self.wait_minutes) > start {
                    self.rows.close(column, self.rule);
                }
            }
        }
    }

    fn is_begun(&self, class: u32) -> bool {
        self.field.classes[class as usize].traits.begun_in.is_some()
    }

    fn entries(&self, class: u32) -> Vec<Entry> {
        let columns = self.rows.of_class[class as usize].clone();
        let options = self.field.classes[class as usize].options.iter().zip(columns);
        let entry = |(choice, column): (&crate::planner::field::Choice, u32)| {
            let span = self.field.window(choice.window).span();
            (span.from_minute, span.to_minute, column)
        };
        options.map(entry).collect()
    }

    fn devices(&self, class: u32) -> i64 {
        self.field.classes[class as usize].members.len() as i64
    }

    /// No device of a class in a window unless the ring has begun by its beginning.
    fn only_when_begun(&mut self, class: u32, starts: &[u32], begun_by: &[u32], chain: &mut Chain) {
        let (entries, count) = (self.entries(class), self.devices(class));
        for (from, _, column) in &entries {
            if let Ok(at) = starts.binary_search(from) {
                chain.next.push((*column, at as u32));
                self.rows.at_most(self.rule, vec![(*column, 1), (begun_by[at], -count)], 0, 0);
            }
        }
        for (start, switch) in starts.iter().zip(begun_by).step_by(SUMS_EVERY) {
            let early = entries.iter().filter(|entry| entry.0 <= *start).map(|entry| (entry.2, 1));
            let early: Vec<(u32, i64)> = early.collect();
            if early.len() > 1 {
                let terms = early.into_iter().chain([(*switch, -count)]).collect();
                self.rows.at_most(self.rule, terms, 0, 0);
            }
        }
    }

    /// Once the ring has begun, no device of a class before it is in a window that ends, and soaks, later.
    fn none_late(&mut self, class: u32, starts: &[u32], begun_by: &[u32], chain: &mut Chain) {
        let (entries, count) = (self.entries(class), self.devices(class));
        let over = |entry: &Entry| entry.1.saturating_add(self.wait_minutes);
        for entry in &entries {
            // The last start that this window would be late for.
            let late_for = starts.partition_point(|start| *start < over(entry));
            let last = late_for.checked_sub(1).and_then(|at| Some((at, begun_by.get(at)?)));
            if let Some((at, switch)) = last {
                chain.before.push((entry.2, at as u32));
                self.rows.at_most(self.rule, vec![(entry.2, 1), (*switch, count)], count, 0);
            }
        }
        for (start, switch) in starts.iter().zip(begun_by).step_by(SUMS_EVERY) {
            let late = entries.iter().filter(|entry| over(entry) > *start).map(|entry| (entry.2, 1));
            let late: Vec<(u32, i64)> = late.collect();
            if late.len() > 1 {
                let terms = late.into_iter().chain([(*switch, count)]).collect();
                self.rows.at_most(self.rule, terms, count, 0);
            }
        }
    }
}
