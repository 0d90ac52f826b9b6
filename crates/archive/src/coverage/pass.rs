//! One time through the archive: the rows that came, the queries that are still open, and what was odd about the answers.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::coverage::answer::{End, Listed, Rows};
use crate::coverage::query::{Ability, Query};
use crate::coverage::rule::{Rule, Rules};
use crate::reason::Gap;
use crate::uid::Uid;

/// One time through.
#[derive(Clone, Debug)]
pub(super) struct Pass<R> {
    /// Each row once.
    pub(super) rows: BTreeMap<Uid, R>,
    /// Queries still to be asked; the last one is next.
    pub(super) open: Vec<Query>,
    /// Rows that the query being asked has given so far.
    seen: Vec<Uid>,
    /// One row came twice from one query, or with two dates: something moved under our hands.
    pub(super) has_moved: bool,
    /// What is asked for when the count says that some are missing yet.
    pub(super) reserve: Vec<Query>,
    rules: Rules,
}

/// What an answer means for the query.
#[derive(Debug)]
pub(super) enum Next {
    /// Ask the same query for its next page.
    Page(u64),
    /// The query is done with.
    Done,
}

impl<R: Listed> Pass<R> {
    pub(super) fn new(open: Vec<Query>, reserve: Vec<Query>, rules: Rules) -> Pass<R> {
        Pass { rows: BTreeMap::new(), open, seen: Vec::new(), has_moved: false, reserve, rules }
    }

    /// Takes an answer to the last open query in. `cap` is the most rows that the archive was seen to answer of more.
    ///
    /// # Errors
    /// The query can never prove itself complete.
    pub(super) fn take(
        &mut self,
        answer: Rows<R>,
        cap: Option<u64>,
        paged: bool,
        ability: &Ability,
    ) -> Result<Next, Gap> {
        let Some(query) = self.open.last().cloned() else { return Ok(Next::Done) };
        if answer.unreadable > 0 && self.rules.keeps(Rule::EveryRowIsRead) {
            return Err(Gap::Unreadable { query: query.to_string(), rows: answer.unreadable });
        }
        let is_outside = |row: &R| !query.admits(row.uid(), row.date());
        if answer.rows.iter().any(is_outside) && self.rules.keeps(Rule::KeysAreKept) {
            return Err(Gap::KeyIgnored { query: query.to_string() });
        }
        let came = answer.rows.len() as u64;
        answer.rows.into_iter().for_each(|row| self.keep(row));
        // A short page is no sign of the end: some archives answer fewer rows than they were asked for.
        let goes_on = came > 0 && (!self.is_short(came, ability) || self.rules.keeps(Rule::UntilAnEmptyPage));
        if paged && goes_on && answer.end == End::Success && !self.has_moved {
            return Ok(Next::Page(self.seen.len() as u64));
        }
        let rows = self.seen.len() as u64;
        self.seen.clear();
        self.open.pop();
        // One below the cap is suspected as well: there are archives that answer one row more than they are allowed to.
        let at_cap = !paged && cap.is_some_and(|cap| rows + 1 >= cap);
        let at_cap = at_cap && self.rules.keeps(Rule::BelowTheCap);
        let ended_well = answer.end == End::Success || !self.rules.keeps(Rule::EndsWithSuccess);
        if ended_well && !at_cap {
            return Ok(Next::Done);
        }
        let parts = query.split(ability);
        if parts.is_empty() {
            let query = query.to_string();
            return Err(match answer.end {
                End::Failed(status) => Gap::NotSuccess { query, status: status.into() },
                End::Success | End::Cut => Gap::AtCap { query, rows, cap: cap.unwrap_or(rows) },
            });
        }
        self.open.extend(parts.into_iter().rev());
        Ok(Next::Done)
    }

    fn is_short(&self, came: u64, ability: &Ability) -> bool {
        came < u64::from(ability.page_rows.unwrap_or(0))
    }

    fn keep(&mut self, row: R) {
        let uid = row.uid().clone();
        match self.rows.entry(uid.clone()) {
            Entry::Vacant(place) => {
                place.insert(row);
            }
            Entry::Occupied(there) if *there.get() != row => self.has_moved = true,
            Entry::Occupied(_) => {
                self.has_moved |= self.seen.contains(&uid);
            }
        }
        self.seen.push(uid);
    }

    /// Starts again from the parts of a query that was cut.
    pub(super) fn forget_page(&mut self) {
        self.seen.clear();
    }
}
