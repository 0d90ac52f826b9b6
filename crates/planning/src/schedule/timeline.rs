//! How much of each resource is free at each minute, four resources side by side in one cell of 64 bits: whether a need fits is one
//! subtraction for all four. Each lane of 16 bits keeps its highest bit set; a need that is larger than what is free takes it away.
//! What a task is must not be known here.

/// Resources that share a cell.
pub(super) const LANES: usize = 4;
/// The highest bit of each lane.
pub(super) const GUARD: u64 = 0x8000_8000_8000_8000;

/// A need of up to four neighbouring resources for a part of a task.
#[derive(Clone, Copy, Debug)]
pub(super) struct Use {
    /// Which four resources.
    pub(super) row: u32,
    /// Begins so many minutes after the task.
    pub(super) offset: u32,
    /// Lasts so many minutes; never 0.
    pub(super) minutes: u32,
    /// The four amounts.
    pub(super) packed: u64,
}

/// An amount in its lane.
pub(super) fn packed(resource: usize, amount: u32) -> u64 {
    u64::from(amount) << (16 * (resource % LANES))
}

/// The free amounts of all resources over all minutes.
#[derive(Clone, Debug)]
pub(super) struct Timeline {
    cells: Vec<u64>,
    base: Vec<u64>,
    span: usize,
    /// Everything from here on is as at the beginning.
    touched: usize,
}

impl Timeline {
    /// `base` has `span` cells for each row, guards set.
    pub(super) fn new(base: Vec<u64>, span: usize) -> Timeline {
        Timeline { cells: base.clone(), base, span, touched: 0 }
    }

    /// Nothing is taken any more.
    pub(super) fn clear(&mut self) {
        let upto = self.touched;
        if upto == 0 {
            return;
        }
        for (row, base) in self.cells.chunks_exact_mut(self.span).zip(self.base.chunks_exact(self.span)) {
            row[..upto].copy_from_slice(&base[..upto]);
        }
        self.touched = 0;
    }

    fn part(&self, start: usize, need: &Use) -> &[u64] {
        let from = need.row as usize * self.span + start + need.offset as usize;
        &self.cells[from..from + need.minutes as usize]
    }

    /// The first minute from `start` on at which all needs fit. There always is one: behind the window everything is free, and the
    /// span was made so long that all tasks fit one after another.
    #[inline]
    pub(super) fn earliest(&self, needs: &[Use], start: usize) -> usize {
        let mut start = start;
        'again: loop {
            for need in needs {
                // From behind: the last minute that does not fit says how far to go.
                let blocked = self.part(start, need).iter().rposition(|free| short(*free, need.packed));
                if let Some(ix) = blocked {
                    start += ix + 1;
                    continue 'again;
                }
            }
            return start;
        }
    }

    /// The last minute up to `start` at which all needs fit; `None` when there is none.
    #[inline]
    pub(super) fn latest(&self, needs: &[Use], start: usize) -> Option<usize> {
        let mut start = start;
        'again: loop {
            for need in needs {
                let blocked = self.part(start, need).iter().position(|free| short(*free, need.packed));
                if let Some(ix) = blocked {
                    start = start.checked_sub(need.minutes as usize - ix)?;
                    continue 'again;
                }
            }
            return Some(start);
        }
    }

    /// Takes what is needed from `start` on; it must fit.
    #[inline]
    pub(super) fn take(&mut self, needs: &[Use], start: usize) {
        for need in needs {
            let from = start + need.offset as usize;
            let to = from + need.minutes as usize;
            self.touched = self.touched.max(to);
            let row = need.row as usize * self.span;
            for free in &mut self.cells[row + from..row + to] {
                *free -= need.packed;
            }
        }
    }

    /// The need that does not fit at `start`, as a mask of the lanes that are short, if there is one.
    pub(super) fn shortage<'a>(&self, needs: &'a [Use], start: usize) -> Option<(&'a Use, u64)> {
        needs.iter().find_map(|need| {
            let cell = self.part(start, need).iter().find(|free| short(**free, need.packed))?;
            Some((need, !(cell - need.packed) & GUARD))
        })
    }
}

#[inline]
fn short(free: u64, need: u64) -> bool {
    (free - need) & GUARD != GUARD
}
