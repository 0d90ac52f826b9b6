//! The hands of one skill in one window as one piece: person-minutes, ways into buildings, and what fits in between. What such a room
//! holds at best is found exactly (`knapsack`), which no sum of rows says.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::{Column, Rows};

/// Rooms with more person-minutes are left to the rows.
const ROOM_MAX_MINUTES: i64 = 4_096;
/// Most devices of a room whose work takes nobody's time.
const FREE_MAX: u32 = 32_768;
/// With more sets of columns that rings open and close together, a room is found anew each time.
const SETS_MAX: usize = 64;

/// Person-minutes of a skill in a window.
#[derive(Clone, Debug, Default)]
pub(in crate::planner) struct Room {
    /// How many.
    pub(in crate::planner) minutes: u32,
    /// Buildings that can be visited.
    pub(in crate::planner) visits: Vec<Visit>,
    /// The rows that say the same, less exactly.
    pub(in crate::planner) rows: Range<u32>,
    /// One column of each set that rings open and close together; `None` where these are too many.
    pub(in crate::planner) sets: Option<Vec<u32>>,
}

/// A building, and what can be done there.
#[derive(Clone, Debug, Default)]
pub(in crate::planner) struct Visit {
    /// Minutes of the way.
    pub(in crate::planner) way: u32,
    /// The switch of the way, where there is one.
    pub(in crate::planner) switch: Option<u32>,
    /// Columns, each with its minutes of hands.
    pub(in crate::planner) columns: Vec<(u32, u32)>,
}

impl Rows {
    /// Adds a room, where it is small enough.
    pub(super) fn room(&mut self, minutes: i64, visits: Vec<Visit>, rows: Range<u32>) {
        let columns = visits.iter().flat_map(|visit| &visit.columns);
        let free = columns.filter(|column| column.1 == 0).map(|column| self.upper[column.0 as usize]);
        if (0..=ROOM_MAX_MINUTES).contains(&minutes) && free.fold(0, u32::saturating_add) <= FREE_MAX {
            let minutes = minutes as u32;
            self.rooms.push(Room { minutes, visits, rows, sets: None });
        }
    }

    /// Says of all columns and classes whether they are in rooms, and what of a room rings open and close together.
    pub(super) fn settle_rooms(&mut self) {
        self.in_room = vec![false; self.upper.len()];
        self.shared = vec![false; self.of_class.len()];
        let mut bound: BTreeMap<u32, BTreeSet<(usize, bool, u32)>> = BTreeMap::new();
        for (ix, chain) in self.chains.iter().enumerate() {
            for (column, at) in &chain.next {
                bound.entry(*column).or_default().insert((ix, true, *at));
            }
            for (column, late) in &chain.before {
                bound.entry(*column).or_default().insert((ix, false, *late));
            }
        }
        for room in &mut self.rooms {
            let mut sets = BTreeMap::new();
            for (column, _) in room.visits.iter().flat_map(|visit| &visit.columns) {
                self.in_room[*column as usize] = true;
                if let Column::In { class, .. } = self.what[*column as usize] {
                    self.shared[class as usize] = true;
                }
                if let Some(bound) = bound.get(column).filter(|_| self.upper[*column as usize] > 0) {
                    sets.entry(bound).or_insert(*column);
                }
            }
            for switch in room.visits.iter().filter_map(|visit| visit.switch) {
                self.in_room[switch as usize] = true;
            }
            room.sets = (sets.len() <= SETS_MAX).then(|| sets.into_values().collect());
        }
    }
}
