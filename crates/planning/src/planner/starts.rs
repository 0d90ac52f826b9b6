//! Beginnings of rings that are still possible, and what they close.

use super::rows::Rows;

/// Beginnings that are still possible: for each chain the first and the last place; behind the last switch stands *never*.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Starts(pub(super) Vec<(u32, u32)>);

impl Starts {
    /// All of them.
    pub(super) fn all(rows: &Rows) -> Starts {
        Starts(rows.chains.iter().map(|chain| (0, chain.switches.len() as u32)).collect())
    }

    /// Those of a solution.
    pub(super) fn of(rows: &Rows, columns: &[u32]) -> Starts {
        let of_chain = |chain: &super::rows::Chain| {
            let off = chain.switches.clone().take_while(|switch| columns[*switch as usize] == 0).count();
            (off as u32, off as u32)
        };
        Starts(rows.chains.iter().map(of_chain).collect())
    }

    pub(super) fn is_one(&self) -> bool {
        self.0.iter().all(|(from, to)| from == to)
    }

    /// The earliest of them alone.
    pub(super) fn earliest(&self) -> Starts {
        Starts(self.0.iter().map(|(from, _)| (*from, *from)).collect())
    }

    /// Lower and upper bounds of columns: what all of these beginnings close is closed, and switches are on and off where they say so.
    pub(super) fn bounds(&self, rows: &Rows) -> (Vec<u32>, Vec<u32>) {
        let (mut lower, mut upper) = (vec![0; rows.upper.len()], rows.upper.clone());
        for (chain, (from, to)) in rows.chains.iter().zip(&self.0) {
            for (switch, at) in chain.switches.clone().zip(0u32..) {
                lower[switch as usize] = u32::from(at >= *to);
                upper[switch as usize] = u32::from(at >= *from);
            }
        }
        self.close(rows, &mut upper);
        (lower, upper)
    }

    pub(super) fn close(&self, rows: &Rows, upper: &mut [u32]) {
        for (chain, (from, to)) in rows.chains.iter().zip(&self.0) {
            for (column, _) in chain.next.iter().filter(|(_, at)| at < from) {
                upper[*column as usize] = 0;
            }
            for (column, _) in chain.before.iter().filter(|(_, late)| late >= to) {
                upper[*column as usize] = 0;
            }
        }
    }

    /// Before a ring that does begin enough can be done.
    pub(super) fn can_be_done(&self, rows: &Rows, upper: &[u32]) -> bool {
        rows.chains.iter().zip(&self.0).all(|(chain, (_, to))| {
            let of = |columns: &std::ops::Range<u32>| {
                columns.clone().map(|column| i64::from(upper[column as usize])).max().unwrap_or(0)
            };
            let done: i64 = chain.before_classes.iter().map(|class| of(&windows_of(rows, *class))).sum();
            *to >= chain.switches.len() as u32 || done >= chain.done_min
        })
    }

    pub(super) fn halves(&self, chain: usize) -> Option<[Starts; 2]> {
        let (from, to) = *self.0.get(chain)?;
        let middle = from + (to - from) / 2;
        let with = |part: (u32, u32)| {
            let mut starts = self.clone();
            starts.0[chain] = part;
            starts
        };
        (from < to).then(|| [with((from, middle)), with((middle + 1, to))])
    }
}

/// The columns of a class but for the one of what is deferred.
fn windows_of(rows: &Rows, class: u32) -> std::ops::Range<u32> {
    let columns = &rows.of_class[class as usize];
    columns.start..columns.end - 1
}
