//! What to ask next, until the list is shown complete or cannot be.
//!
//! A list is complete when (1) every query of it ended with success, (2) none came near the cap that the probe found, (3) there are as many
//! rows as somebody counts who does not list, before and after, and (4) nothing changed meanwhile: the archive's own number says so, or
//! two lists one after the other are the same. Nothing here believes one of these without the others.

use std::collections::BTreeMap;

use crate::coverage::answer::{Answer, Ask, End, Listed, NotAsked, Rows};
use crate::coverage::pass::{Next, Pass};
use crate::coverage::query::{Ability, Query, Scope, When};
use crate::coverage::rule::{Rule, Rules};
use crate::reason::Gap;
use crate::uid::Uid;

/// How much is asked at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Queries, counts included.
    pub queries_max: u64,
    /// Rows of one list.
    pub rows_max: u64,
    /// Answers one after the other that may fail: an archive that is down is not asked thousands of times.
    pub failures_max: u32,
    /// Times through the archive that may be spoilt by changes.
    pub attempts_max: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { queries_max: 200_000, rows_max: 5_000_000, failures_max: 40, attempts_max: 4 }
    }
}

/// What to do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Ask the archive, and hand in what it says.
    Ask(Ask),
    /// Nothing more to ask: [`Listing::into_outcome`].
    Done,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<R> {
    /// This is all there is.
    Complete(BTreeMap<Uid, R>),
    /// This is what was seen, and why it may not be all.
    Incomplete(BTreeMap<Uid, R>, Gap),
}

#[derive(Clone, Debug)]
enum Stage {
    TokenBefore,
    CountBefore,
    Rows { offset: u64 },
    CountAfter,
    TokenAfter { counted: u64 },
    Done(Option<Gap>),
}

/// A list in the making.
#[derive(Clone, Debug)]
pub struct Listing<R> {
    scope: Scope,
    ability: Ability,
    limits: Limits,
    stage: Stage,
    pass: Pass<R>,
    previous: Option<BTreeMap<Uid, R>>,
    token: Option<u64>,
    counted: u64,
    /// The fewest rows that the archive answered where there were more.
    cap: Option<u64>,
    paged: bool,
    attempts: u32,
    failures: u32,
    queries: u64,
    rules: Rules,
}

impl<R: Listed> Listing<R> {
    /// Begins to list a scope.
    pub fn new(scope: Scope, ability: Ability, limits: Limits) -> Listing<R> {
        let paged = ability.page_rows.is_some_and(|rows| rows > 0);
        let stage = if ability.count { Stage::TokenBefore } else { Stage::Done(Some(Gap::NoCount)) };
        let rules = Rules::strict();
        let pass = Pass::new(Vec::new(), Vec::new(), rules);
        let mut listing = Listing {
            scope,
            ability,
            limits,
            stage,
            pass,
            previous: None,
            token: None,
            counted: 0,
            cap: None,
            paged,
            attempts: 0,
            failures: 0,
            queries: 0,
            rules,
        };
        if listing.ability.count {
            listing.begin();
        }
        listing
    }

    /// The same with some rules left out: for tests that must see it.
    #[cfg(feature = "planted")]
    pub fn planted(mut self, without: &'static [Rule]) -> Listing<R> {
        self.rules = Rules::without(without);
        if self.ability.count {
            self.begin();
        }
        self
    }

    /// What to do now; the same until an answer is handed in.
    pub fn next(&self) -> Step {
        Step::Ask(match &self.stage {
            Stage::TokenBefore | Stage::TokenAfter { .. } => Ask::Token,
            Stage::CountBefore | Stage::CountAfter => Ask::Count(self.scope.clone()),
            Stage::Rows { offset } => match self.pass.open.last() {
                Some(query) => Ask::Rows {
                    query: query.clone(),
                    offset: *offset,
                    limit: self.ability.page_rows.filter(|_| self.paged),
                },
                None => Ask::Count(self.scope.clone()),
            },
            Stage::Done(_) => return Step::Done,
        })
    }

    /// Takes an answer in.
    ///
    /// # Errors
    /// It does not answer what [`Listing::next`] asks.
    pub fn answer(&mut self, answer: Answer<R>) -> Result<(), NotAsked> {
        self.queries += 1;
        match (self.stage.clone(), answer) {
            (Stage::TokenBefore, Answer::Token(token)) => {
                self.token = token;
                self.stage = Stage::CountBefore;
            }
            (Stage::CountBefore, Answer::Count(counted)) => match counted {
                Some(counted) => {
                    self.counted = counted;
                    self.stage = Stage::Rows { offset: 0 };
                }
                None => self.stage = Stage::Done(Some(Gap::NoCount)),
            },
            (Stage::Rows { .. }, Answer::Rows(rows)) => self.rows(rows),
            (Stage::CountAfter, Answer::Count(counted)) => match counted {
                Some(counted) if self.ability.token => self.stage = Stage::TokenAfter { counted },
                Some(counted) => self.settle(counted, None),
                None => self.stage = Stage::Done(Some(Gap::NoCount)),
            },
            (Stage::TokenAfter { counted }, Answer::Token(token)) => self.settle(counted, token),
            _ => return Err(NotAsked),
        }
        let enough = match &self.stage {
            Stage::Done(_) => None,
            _ if self.queries >= self.limits.queries_max => {
                Some(Gap::TooManyQueries { queries: self.limits.queries_max })
            }
            _ if self.pass.rows.len() as u64 > self.limits.rows_max => {
                Some(Gap::TooManyRows { rows: self.limits.rows_max })
            }
            _ => None,
        };
        if enough.is_some() {
            self.stage = Stage::Done(enough);
        }
        Ok(())
    }

    /// How many questions were answered so far.
    pub fn queries(&self) -> u64 {
        self.queries
    }

    /// The fewest rows that the archive was seen to answer where there were more.
    pub fn suspected_cap(&self) -> Option<u64> {
        self.cap
    }

    /// What came of it; before [`Step::Done`] nothing is complete.
    pub fn into_outcome(self) -> Outcome<R> {
        match self.stage {
            Stage::Done(None) => Outcome::Complete(self.pass.rows),
            Stage::Done(Some(gap)) => Outcome::Incomplete(self.pass.rows, gap),
            _ => Outcome::Incomplete(self.pass.rows, Gap::TooManyQueries { queries: self.queries }),
        }
    }

    /// Goes through the archive from the start.
    fn begin(&mut self) {
        let all = Query::all(self.scope.clone());
        // A query without any key is the probe: where it answers fewer than are counted, that many are the cap.
        let open = if self.cap.is_none() { vec![all.clone()] } else { self.parts_of(&all) };
        let mut reserve = Vec::new();
        if all.when == When::Any && matches!(self.scope, Scope::Archive) {
            reserve.extend(all.split_by_prefix(&self.ability).into_iter().rev());
            reserve.extend(self.ability.empty_value.then(|| Query::undated(self.scope.clone())));
        }
        self.pass = Pass::new(open, reserve, self.rules);
        self.stage = if self.ability.token { Stage::TokenBefore } else { Stage::CountBefore };
    }

    fn parts_of(&self, query: &Query) -> Vec<Query> {
        let mut parts = query.split(&self.ability);
        parts.reverse();
        if parts.is_empty() { vec![query.clone()] } else { parts }
    }

    fn rows(&mut self, answer: Rows<R>) {
        let whole = self.pass.open.last().is_some_and(|query| *query == Query::all(self.scope.clone()));
        let came = answer.rows.len() as u64;
        self.failures = if matches!(answer.end, End::Failed(_)) { self.failures + 1 } else { 0 };
        if let (End::Failed(status), Some(query), true) =
            (&answer.end, self.pass.open.last(), self.failures >= self.limits.failures_max)
        {
            let gap = Gap::NotSuccess { query: query.to_string(), status: status.to_string() };
            self.stage = Stage::Done(Some(gap));
            return;
        }
        // The probe, or an archive that says itself that it stopped.
        let short = whole && !self.paged && came < self.counted;
        if came > 0 && (answer.end == End::Cut || short) {
            self.cap = Some(self.cap.map_or(came, |cap| cap.min(came)));
        }
        match self.pass.take(answer, self.cap, self.paged, &self.ability) {
            Err(gap) => self.stage = Stage::Done(Some(gap)),
            Ok(Next::Page(offset)) => self.stage = Stage::Rows { offset },
            Ok(Next::Done) if self.pass.has_moved && self.rules.keeps(Rule::NothingMoved) => {
                self.spoilt(Gap::Changing { times: self.attempts + 1 })
            }
            Ok(Next::Done) if self.pass.open.is_empty() => self.stage = Stage::CountAfter,
            Ok(Next::Done) => self.stage = Stage::Rows { offset: 0 },
        }
    }

    /// Every query was answered: is this all?
    fn settle(&mut self, counted: u64, token: Option<u64>) {
        let listed = self.pass.rows.len() as u64;
        let has_token = self.ability.token && self.token.is_some() && token.is_some();
        let has_changed = counted != self.counted || (has_token && token != self.token);
        if has_changed && self.rules.keeps(Rule::NothingChanged) {
            return self.spoilt(Gap::Changing { times: self.attempts + 1 });
        }
        if listed < counted && !self.pass.reserve.is_empty() {
            // What has no date, or an odd one, lies in no part by date.
            self.pass.open.extend(self.pass.reserve.pop());
            self.pass.forget_page();
            self.stage = Stage::Rows { offset: 0 };
            return;
        }
        if listed != counted && self.rules.keeps(Rule::CountedApart) {
            if self.paged && listed < counted && listed > 0 {
                // Its pages end before it does: what it has is asked for in parts that it answers whole.
                self.paged = false;
                self.cap = Some(self.cap.map_or(listed, |cap| cap.min(listed)));
            }
            return self.spoilt(Gap::CountDiffers { listed, counted });
        }
        let is_same = self.previous.as_ref() == Some(&self.pass.rows);
        if has_token || is_same || !self.rules.keeps(Rule::TwiceTheSame) {
            self.stage = Stage::Done(None);
            return;
        }
        match self.previous.replace(std::mem::take(&mut self.pass.rows)) {
            Some(_) => self.spoilt_again(Gap::Changing { times: self.attempts + 1 }),
            None => self.begin(),
        }
    }

    /// This time through the archive is worth nothing.
    fn spoilt(&mut self, gap: Gap) {
        self.previous = None;
        self.spoilt_again(gap);
    }

    fn spoilt_again(&mut self, gap: Gap) {
        self.attempts += 1;
        if self.attempts >= self.limits.attempts_max {
            self.stage = Stage::Done(Some(gap));
            return;
        }
        if self.pass.has_moved {
            // Pages shift when something is deleted meanwhile; whole answers do not.
            self.paged = false;
        }
        self.begin();
    }
}
