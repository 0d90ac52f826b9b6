//! Rows of what must not happen at one time: spare carriers, sides, stand-ins, conflicts.

use std::collections::{BTreeMap, BTreeSet};

use super::Rows;
use crate::planner::campaign::Side;
use crate::planner::field::{Class, Field, Lists, spare, stand_in};
use crate::planner::rule::Rule;

/// Adds them.
pub(super) fn add(rows: &mut Rows, field: &Field<'_>, lists: &Lists<'_>) {
    let mut carriers: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (class, ix) in field.classes.iter().zip(0u32..) {
        for service in &class.traits.services {
            carriers.entry(*service).or_default().push(ix);
        }
    }
    let mut bonds = Bonds { rows, field };
    for (service, classes) in &carriers {
        let spare = spare(field.campaign, *service);
        if spare > 0 {
            bonds.together(Rule::Spare, classes, i64::from(spare));
        } else if let Some(other) = stand_in(field.campaign, lists, *service) {
            let others = carriers.get(&other).map_or(&[][..], |others| others);
            let only = |list: &[u32], not: &[u32]| -> Vec<u32> {
                list.iter().filter(|class| !not.contains(class)).copied().collect()
            };
            bonds.apart(Rule::StandIn, &only(classes, others), &only(others, classes));
        }
        let side = |side: Side| -> Vec<u32> {
            let on = |class: &&u32| field.classes[**class as usize].traits.side == Some(side);
            classes.iter().filter(on).copied().collect()
        };
        // Where one carrier at a time is all that can be spared, two sides are never worked on together anyway.
        if spare != 1 {
            bonds.apart(Rule::Sides, &side(Side::A), &side(Side::B));
        }
    }
    for conflict in &field.campaign.conflicts {
        let classes: BTreeSet<u32> =
            conflict.devices.iter().map(|tag| field.class_of[lists.device(tag.as_str()) as usize]).collect();
        bonds.together(Rule::Conflict, &classes.into_iter().collect::<Vec<_>>(), 1);
    }
}

struct Bonds<'a, 'b> {
    rows: &'b mut Rows,
    field: &'b Field<'a>,
}

impl Bonds<'_, '_> {
    fn class(&self, ix: u32) -> &Class {
        &self.field.classes[ix as usize]
    }

    /// Each option of these classes: first minute, first minute behind it, column.
    fn options(&self, classes: &[u32]) -> Vec<(u32, u32, u32)> {
        let mut options = Vec::new();
        for ix in classes {
            let columns = self.rows.of_class[*ix as usize].clone();
            for (choice, column) in self.class(*ix).options.iter().zip(columns) {
                let span = self.field.window(choice.window).span();
                options.push((span.from_minute, span.to_minute, column));
            }
        }
        options.sort_unstable();
        options
    }

    /// The sets of columns whose windows contain one minute; those inside another set are left out.
    fn at_minutes(&self, classes: &[u32]) -> Vec<(u32, Vec<u32>)> {
        let options = self.options(classes);
        let starts: BTreeSet<u32> = options.iter().map(|option| option.0).collect();
        let at = |minute: u32| {
            let here = options.iter().filter(|(from, to, _)| *from <= minute && minute < *to);
            (minute, here.map(|option| option.2).collect())
        };
        starts.into_iter().map(at).collect()
    }

    fn begun(&self, classes: &[u32]) -> bool {
        classes.iter().any(|ix| self.class(*ix).traits.begun_in.is_some())
    }

    /// At no minute more than so many of these devices.
    fn together(&mut self, rule: Rule, classes: &[u32], most: i64) {
        let devices: usize = classes.iter().map(|ix| self.class(*ix).members.len()).sum();
        if devices as i64 <= most {
            return;
        }
        let begun: BTreeMap<u32, i64> = classes
            .iter()
            .filter(|ix| self.class(**ix).traits.begun_in.is_some())
            .map(|ix| (self.rows.of_class[*ix as usize].start, self.class(*ix).members.len() as i64))
            .collect();
        for (_, columns) in self.at_minutes(classes) {
            let begun_here = columns.iter().filter_map(|column| begun.get(column)).sum();
            let terms = columns.into_iter().map(|column| (column, 1)).collect();
            self.rows.at_most(rule, terms, most, begun_here);
        }
    }

    /// At no minute one of these and one of those.
    fn apart(&mut self, rule: Rule, these: &[u32], those: &[u32]) {
        if these.is_empty() || those.is_empty() {
            return;
        }
        let single = |classes: &[u32]| matches!(classes, [one] if self.class(*one).members.len() == 1);
        if single(these) && single(those) {
            let both: Vec<u32> = these.iter().chain(those).copied().collect();
            return self.together(rule, &both, 1);
        }
        // What has begun on both sides is no one's choice any more.
        let both_begun = self.begun(these) && self.begun(those);
        let all: Vec<u32> = these.iter().chain(those).copied().collect();
        let of_these: BTreeSet<u32> = self.options(these).into_iter().map(|option| option.2).collect();
        for (_, columns) in self.at_minutes(&all) {
            let (here, there): (Vec<u32>, Vec<u32>) =
                columns.into_iter().partition(|column| of_these.contains(column));
            if here.is_empty() || there.is_empty() {
                continue;
            }
            let fixed = |columns: &[u32]| columns.iter().any(|column| self.is_begun(*column));
            if both_begun && fixed(&here) && fixed(&there) {
                // Whatever else came here would meet one side or the other.
                let free = here.iter().chain(&there).copied().filter(|column| !self.is_begun(*column));
                free.collect::<Vec<u32>>().into_iter().for_each(|column| self.rows.close(column, rule));
                continue;
            }
            let switch = self.rows.switch();
            for column in here {
                let upper = i64::from(self.rows.upper[column as usize]);
                self.rows.at_most(rule, vec![(column, 1), (switch, -upper)], 0, 0);
            }
            for column in there {
                let upper = i64::from(self.rows.upper[column as usize]);
                self.rows.at_most(rule, vec![(column, 1), (switch, upper)], upper, 0);
            }
        }
    }

    fn is_begun(&self, column: u32) -> bool {
        match self.rows.what[column as usize] {
            super::Column::In { class, .. } => self.class(class).traits.begun_in.is_some(),
            super::Column::Deferred { .. } | super::Column::Switch => false,
        }
    }
}
