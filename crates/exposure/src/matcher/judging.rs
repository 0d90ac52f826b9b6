//! Judging groups: the cells of a group, and the worst verdict for each vulnerability, made anew or for one advisory only.
//! What must not live here: what a claim means for a version (`judge`), or which claims concern a name (`plan`).

use hashbrown::HashMap;

use super::plan::{Planned, What};
use super::{AdvisoryIx, Cell, Matcher, VulnerabilityIx, cells_of, slot, slot_mut};
use crate::claims::{Claim, Pool};
use crate::judge::{Judgement, judge_prepared};
use crate::verdict::{Confidence, Verdict};
use crate::version::PreparedSubject;

impl Matcher {
    /// Judges a group anew: all of its name's plan, or only what one advisory says.
    pub(super) fn judge_group(&mut self, group: u32, only: Option<AdvisoryIx>) {
        let Some(known) = slot_mut(&mut self.fleet.groups, group) else { return };
        let (mut cells, mut pairs) = (std::mem::take(&mut known.cells), std::mem::take(&mut known.pairs));
        let mut judged = std::mem::take(&mut self.judged);
        match only {
            None => {
                self.judge_into(group, None, &mut cells, &mut judged);
                worst_of_each(&cells, &mut pairs);
            }
            Some(only) => {
                let mut changed: Vec<VulnerabilityIx> = numbers(&cells, only).collect();
                self.judge_into(group, Some(only), &mut cells, &mut judged);
                changed.extend(numbers(&cells, only));
                changed.sort_unstable();
                changed.dedup();
                self.worst_of_changed(&changed, &cells, &mut pairs);
            }
        }
        self.judged = judged;
        if let Some(known) = slot_mut(&mut self.fleet.groups, group) {
            known.cells = cells;
            known.pairs = pairs;
        }
    }

    /// Puts a group's cells, or those of one advisory, in the place of the ones that were. They stay sorted.
    fn judge_into(&self, group: u32, only: Option<AdvisoryIx>, cells: &mut Vec<Cell>, judged: &mut Judged) {
        let Some(known) = slot(&self.fleet.groups, group) else { return };
        let Some(name) = slot(&self.fleet.names, known.name) else { return };
        let Some(read) = self.fleet.version(known) else { return };
        let subject = PreparedSubject::with(known.subject(name), read);
        judged.begin(known.read, read.is_nameless());
        let mut judge = |planned: &Planned, out: &mut Vec<Cell>| {
            let first = out.len();
            match &planned.what {
                What::Judge(claims) => out.extend(claims.iter().map(|claim| {
                    let found = judged.of(claim, &subject, &self.pool);
                    cell(planned, claim.vulnerability, found, planned.confidence.times(found.confidence))
                })),
                What::Ask(about, asked) => {
                    let found = Judgement::asked(*about, planned.confidence);
                    out.extend(asked.iter().map(|number| cell(planned, *number, found, found.confidence)));
                }
            }
            if let Some(new) = out.get_mut(first..) {
                new.sort_unstable();
            }
        };
        match only {
            None => {
                cells.clear();
                name.plan.iter().for_each(|planned| judge(planned, cells));
            }
            Some(only) => {
                let mut new = Vec::new();
                let at = name.plan.binary_search_by_key(&only, |planned| planned.advisory);
                if let Some(planned) = at.ok().and_then(|at| name.plan.get(at)) {
                    judge(planned, &mut new);
                }
                let from = cells.partition_point(|cell| cell.advisory < only);
                let to = cells.partition_point(|cell| cell.advisory <= only);
                cells.splice(from..to, new);
            }
        }
    }

    /// The worst verdicts brought up to date for the vulnerabilities that have changed, which are sorted.
    fn worst_of_changed(
        &self,
        changed: &[VulnerabilityIx],
        cells: &[Cell],
        pairs: &mut Vec<(VulnerabilityIx, Verdict)>,
    ) {
        let worst = |number: VulnerabilityIx| {
            let said = self.advisories_of(number).filter_map(|advisory| {
                let at = cells
                    .binary_search_by_key(&(advisory, number), |cell| (cell.advisory, cell.vulnerability));
                at.ok().and_then(|at| cells.get(at)).map(|cell| cell.verdict)
            });
            said.min().map(|verdict| (number, verdict))
        };
        let before = std::mem::take(pairs);
        pairs.reserve_exact(before.len() + changed.len());
        let mut changed = changed.iter().copied().peekable();
        for pair in before {
            while let Some(number) = changed.next_if(|number| *number < pair.0) {
                pairs.extend(worst(number));
            }
            match changed.next_if(|number| *number == pair.0) {
                Some(number) => pairs.extend(worst(number)),
                None => pairs.push(pair),
            }
        }
        pairs.extend(changed.filter_map(worst));
    }
}

/// The vulnerabilities that one advisory's cells are about.
fn numbers(cells: &[Cell], advisory: AdvisoryIx) -> impl Iterator<Item = VulnerabilityIx> {
    cells_of(cells, advisory).map(|cell| cell.vulnerability)
}

/// The worst verdict for each vulnerability, by vulnerability.
fn worst_of_each(cells: &[Cell], pairs: &mut Vec<(VulnerabilityIx, Verdict)>) {
    pairs.clear();
    pairs.extend(cells.iter().map(|cell| (cell.vulnerability, cell.verdict)));
    if !pairs.is_sorted() {
        pairs.sort_unstable();
    }
    // Worst first within a vulnerability, so that the first one kept is the worst.
    pairs.dedup_by_key(|(number, _)| *number);
}

/// Judgements that hold for more than one vulnerability, and for more than one group.
#[derive(Default)]
pub(super) struct Judged {
    /// By claim, whatever the vulnerability, and version text: where nothing else of a device decides.
    by_version: HashMap<(Claim, u32), Judgement>,
    /// By claim, for one group.
    of_group: HashMap<Claim, Judgement>,
    version: u32,
    is_nameless: bool,
}

/// Judgements kept at most; more are made again.
const JUDGED_MAX: usize = 1 << 18;

impl Judged {
    pub(super) fn clear(&mut self) {
        self.by_version.clear();
        self.of_group.clear();
    }

    /// The next judgements are about a group with this version text.
    fn begin(&mut self, version: u32, is_nameless: bool) {
        self.of_group.clear();
        (self.version, self.is_nameless) = (version, is_nameless);
        if self.by_version.len() > JUDGED_MAX {
            self.by_version.clear();
        }
    }

    fn of(&mut self, claim: &Claim, subject: &PreparedSubject<'_>, pool: &Pool) -> Judgement {
        // Equal claims about different vulnerabilities are judged once.
        let same = Claim { vulnerability: 0, ..*claim };
        if self.is_nameless && pool.goes_by_version_alone(claim) {
            *self
                .by_version
                .entry((same, self.version))
                .or_insert_with(|| judge_prepared(claim, subject, pool))
        } else {
            *self.of_group.entry(same).or_insert_with(|| judge_prepared(claim, subject, pool))
        }
    }
}

fn cell(
    planned: &Planned,
    vulnerability: VulnerabilityIx,
    judged: Judgement,
    confidence: Confidence,
) -> Cell {
    Cell { advisory: planned.advisory, vulnerability, verdict: judged.verdict, gap: judged.gap, confidence }
}
