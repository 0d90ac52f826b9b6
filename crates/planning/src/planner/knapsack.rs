//! What the hands of a window do best at given prices, exactly: which buildings are visited, and how many of each class fit between the
//! ways. One pass over the minutes for each building (dynamic programming).

use super::rows::{Room, Visit};

/// Worse than anything.
const NEVER: i64 = i64::MAX / 4;

/// Room for the work of one answer after another.
#[derive(Default)]
pub(super) struct Knapsack {
    /// The least by minutes used at most, before and after the building at hand.
    before: Vec<i64>,
    with: Vec<i64>,
    next: Vec<i64>,
    /// Of each building whether it is visited, of each piece whether it is taken, by minutes.
    visited: Vec<Vec<bool>>,
    taken: Vec<Vec<bool>>,
    pieces: Vec<Piece>,
    /// Behind the last piece of each building.
    ends: Vec<usize>,
}

/// Some devices of a class, taken all or none.
#[derive(Clone, Copy)]
struct Piece {
    column: u32,
    count: u32,
    minutes: usize,
    worth: i64,
}

impl Knapsack {
    /// The least sum of `worth`, of columns that are open; 0 when nothing is worth while.
    pub(super) fn least(&mut self, room: &Room, worth: &[i64], upper: &[u32]) -> i64 {
        self.solve(room, worth, upper, false)
    }

    /// The same, and how many devices of each column reach it.
    pub(super) fn fill(
        &mut self,
        room: &Room,
        worth: &[i64],
        upper: &[u32],
        mut of: impl FnMut(u32, u32),
    ) -> i64 {
        let least = self.solve(room, worth, upper, true);
        let mut at = room.minutes as usize;
        for (ix, visit) in room.visits.iter().enumerate().rev() {
            if !self.visited[ix][at] {
                continue;
            }
            let first = ix.checked_sub(1).map_or(0, |before| self.ends[before]);
            for place in (first..self.ends[ix]).rev() {
                if self.taken[place][at] {
                    let piece = self.pieces[place];
                    of(piece.column, piece.count);
                    at -= piece.minutes;
                }
            }
            at -= visit.way as usize;
        }
        least
    }

    fn solve(&mut self, room: &Room, worth: &[i64], upper: &[u32], remember: bool) -> i64 {
        let size = room.minutes as usize + 1;
        self.before.clear();
        self.before.resize(size, 0);
        self.pieces.clear();
        self.ends.clear();
        for (ix, visit) in room.visits.iter().enumerate() {
            self.pieces_of(visit, room.minutes, worth, upper);
            self.ends.push(self.pieces.len());
            if remember && self.visited.len() <= ix {
                self.visited.push(Vec::new());
            }
            let first = ix.checked_sub(1).map_or(0, |before| self.ends[before]);
            if first == self.pieces.len() {
                if remember {
                    self.visited[ix].clear();
                    self.visited[ix].resize(size, false);
                }
                continue;
            }
            let way = visit.way as usize;
            let dear = visit.switch.map_or(0, |switch| worth[switch as usize]);
            self.with.clear();
            self.with.resize(way.min(size), NEVER);
            self.with.extend(self.before[..size - way.min(size)].iter().map(|least| least + dear));
            for place in first..self.pieces.len() {
                self.take(place, remember);
            }
            if remember {
                let better = self.with.iter().zip(&self.before).map(|(with, before)| with < before);
                self.visited[ix].clear();
                self.visited[ix].extend(better);
            }
            self.before.iter_mut().zip(&self.with).for_each(|(before, with)| *before = (*before).min(*with));
        }
        self.before.last().copied().unwrap_or(0)
    }

    /// Classes in powers of two, so that any number is a sum of them.
    fn pieces_of(&mut self, visit: &Visit, room_minutes: u32, worth: &[i64], upper: &[u32]) {
        let Some(free) = room_minutes.checked_sub(visit.way) else { return };
        for (column, minutes) in &visit.columns {
            let worth = worth[*column as usize];
            let fit = free.checked_div(*minutes).unwrap_or(u32::MAX);
            let mut left = upper[*column as usize].min(fit);
            if worth >= 0 {
                continue;
            }
            let mut count = 1;
            while left > 0 {
                let some = count.min(left);
                let minutes = (some * minutes) as usize;
                self.pieces.push(Piece {
                    column: *column,
                    count: some,
                    minutes,
                    worth: worth * i64::from(some),
                });
                left -= some;
                count *= 2;
            }
        }
    }

    fn take(&mut self, place: usize, remember: bool) {
        let piece = self.pieces[place];
        let (size, from) = (self.with.len(), piece.minutes.min(self.with.len()));
        self.next.clear();
        self.next.extend_from_slice(&self.with[..from]);
        let without = self.with[from..].iter();
        let with = self.with[..size - from].iter();
        self.next.extend(without.zip(with).map(|(without, with)| (*without).min(with + piece.worth)));
        if remember {
            if self.taken.len() <= place {
                self.taken.push(Vec::new());
            }
            let taken = &mut self.taken[place];
            taken.clear();
            taken.extend(self.next.iter().zip(&self.with).map(|(next, with)| next < with));
        }
        std::mem::swap(&mut self.with, &mut self.next);
    }
}

#[cfg(test)]
mod tests;
