//! What binds columns to one another once it is known when rings begin: mostly each site is a part of its own.

use super::rows::Rows;

/// Columns and rows that have nothing to do with the others.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    pub(super) columns: Vec<u32>,
    pub(super) rows: Vec<u32>,
}

impl Part {
    /// Everything in one, but for the rows that say when rings begin.
    pub(super) fn whole(rows: &Rows) -> Part {
        Part { columns: (0..rows.upper.len() as u32).collect(), rows: beside_chains(rows) }
    }

    /// Each by itself, in the order of their first columns. Columns that no row binds are in none.
    pub(super) fn each(rows: &Rows) -> Vec<Part> {
        // That enough is done before a ring is the only row that is about several sites. Who makes a plan looks at it again.
        let done = |ix: &u32| rows.chains.iter().any(|chain| chain.rows.start == ix + 1);
        let kept: Vec<u32> = beside_chains(rows).into_iter().filter(|ix| !done(ix)).collect();
        let mut leads: Vec<u32> = (0..rows.upper.len() as u32).collect();
        for ix in &kept {
            let mut columns = rows.rows[*ix as usize].terms.iter().map(|term| term.0);
            let Some(first) = columns.next() else { continue };
            let lead = lead_of(&mut leads, first);
            for column in columns {
                let other = lead_of(&mut leads, column);
                let (low, high) =
                    (lead_of(&mut leads, lead).min(other), lead_of(&mut leads, lead).max(other));
                leads[high as usize] = low;
            }
        }
        let mut place = vec![None; leads.len()];
        let mut parts: Vec<Part> = Vec::new();
        for ix in kept {
            let Some((column, _)) = rows.rows[ix as usize].terms.first() else { continue };
            let lead = lead_of(&mut leads, *column);
            let at = *place[lead as usize].get_or_insert(parts.len());
            if at == parts.len() {
                parts.push(Part::default());
            }
            parts[at].rows.push(ix);
        }
        for column in 0..leads.len() as u32 {
            let lead = lead_of(&mut leads, column);
            if let Some(at) = place[lead as usize] {
                parts[at].columns.push(column);
            }
        }
        parts
    }
}

/// Rows but for those that say when rings begin.
fn beside_chains(rows: &Rows) -> Vec<u32> {
    let mut left_out = vec![false; rows.rows.len()];
    let of_chains = rows.chains.iter().flat_map(|chain| chain.rows.clone());
    of_chains.for_each(|ix| left_out[ix as usize] = true);
    (0..rows.rows.len() as u32).filter(|ix| !left_out[*ix as usize]).collect()
}

fn lead_of(leads: &mut [u32], column: u32) -> u32 {
    let mut at = column;
    while leads[at as usize] != at {
        let above = leads[leads[at as usize] as usize];
        leads[at as usize] = above;
        at = above;
    }
    at
}
