//! What is to be judged for a name of the fleet: for each advisory, the claims about the product that it is, or the
//! question that must be answered first.

use hashbrown::HashMap;

use super::{AdvisoryIx, Cell, Compiled, Matcher, VulnerabilityIx, joined, slot, slot_mut};
use crate::claims::Claim;
use crate::judge::{Judgement, judge_prepared};
use crate::product::{Answers, AskAbout, MatchKind, NameMatch, compare, keys};
use crate::verdict::{Confidence, Verdict};
use crate::version::PreparedSubject;

/// One advisory's share in a name's plan.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Planned {
    pub(super) advisory: AdvisoryIx,
    pub(super) confidence: Confidence,
    pub(super) what: What,
}

/// Judge, or ask.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    /// The device is this product: judge its version.
    Judge(Vec<Claim>),
    /// It may be: these vulnerabilities stay undecided until a person answers.
    Ask(AskAbout, Vec<VulnerabilityIx>),
}

impl Matcher {
    /// Finds every product name that a name of the fleet is, or may be.
    pub(super) fn find_candidates(&mut self, name: u32) {
        let Some(fleet_name) = slot(&self.fleet.names, name) else { return };
        let mut alike: Vec<u32> = keys(&fleet_name.named)
            .iter()
            .filter_map(|key| self.corpus_keys.get(&super::hashed(key)))
            .flatten()
            .chain(&self.wildcards)
            .copied()
            .collect();
        for product in self.aliases.same_products(fleet_name.manufacturer(), fleet_name.model()) {
            alike.extend(self.corpus_keys.get(&super::hashed(&format!("f:{product}"))).into_iter().flatten());
        }
        alike.sort_unstable();
        alike.dedup();
        let found: Vec<(u32, NameMatch)> =
            alike.into_iter().filter_map(|corpus| Some((corpus, self.compare_pair(name, corpus)?))).collect();
        let before = slot_mut(&mut self.fleet.names, name)
            .map(|known| std::mem::replace(&mut known.candidates, found.clone()));
        for (corpus, _) in before.into_iter().flatten() {
            if let Some(known) = slot_mut(&mut self.corpus_names, corpus) {
                known.fleet.retain(|other| *other != name);
            }
        }
        for (corpus, _) in found {
            if let Some(known) = slot_mut(&mut self.corpus_names, corpus) {
                known.fleet.push(name);
            }
        }
    }

    /// Finds every name of the fleet that is, or may be, a product name that is new to the corpus.
    pub(super) fn find_fleet_names(&mut self, corpus: u32) {
        let Some(corpus_name) = slot(&self.corpus_names, corpus) else { return };
        let mut alike: Vec<u32> = if self.wildcards.contains(&corpus) {
            (0..super::count(self.fleet.names.len())).collect()
        } else {
            keys(&corpus_name.named)
                .iter()
                .filter_map(|key| self.fleet.keys.get(&super::hashed(key)))
                .flatten()
                .copied()
                .collect()
        };
        let (vendor, product) = (corpus_name.named.maker.text(), corpus_name.named.product.text());
        for (_, model) in self.aliases.same_models(vendor, product) {
            alike.extend(self.fleet.keys.get(&super::hashed(&format!("f:{model}"))).into_iter().flatten());
        }
        alike.sort_unstable();
        alike.dedup();
        for name in alike {
            if let Some(found) = self.compare_pair(name, corpus) {
                if let Some(known) = slot_mut(&mut self.fleet.names, name) {
                    known.candidates.push((corpus, found));
                }
                if let Some(known) = slot_mut(&mut self.corpus_names, corpus) {
                    known.fleet.push(name);
                }
            }
        }
    }

    fn compare_pair(&self, name: u32, corpus: u32) -> Option<NameMatch> {
        let (ours, theirs) = (slot(&self.fleet.names, name)?, slot(&self.corpus_names, corpus)?);
        let answers = if self.aliases.is_empty() {
            Answers::default()
        } else {
            let vendor = theirs.named.maker.text();
            self.aliases.answers(ours.manufacturer(), ours.model(), vendor, theirs.named.product.text())
        };
        compare(&ours.named, &theirs.named, answers)
    }

    /// Plans every advisory that speaks of a candidate of `name`, or only `only`. Says whether the name has become individual.
    pub(super) fn plan_name(&mut self, name: u32, only: Option<AdvisoryIx>) -> bool {
        let Some(fleet_name) = slot(&self.fleet.names, name) else { return false };
        let mut by_advisory: HashMap<AdvisoryIx, Vec<(u32, NameMatch)>> = HashMap::new();
        for (corpus, found) in &fleet_name.candidates {
            let advisories = slot(&self.corpus_names, *corpus).map_or(&[][..], |known| &known.advisories);
            for advisory in advisories.iter().filter(|advisory| only.is_none_or(|only| only == **advisory)) {
                by_advisory.entry(*advisory).or_default().push((*corpus, *found));
            }
        }
        let mut individual = false;
        let mut plan: Vec<Planned> = Vec::with_capacity(by_advisory.len());
        for (advisory, found) in by_advisory {
            if let Some(planned) = self.plan_advisory(advisory, &found, &mut individual) {
                plan.push(planned);
            }
        }
        let Some(fleet_name) = slot_mut(&mut self.fleet.names, name) else { return false };
        match only {
            None => fleet_name.plan = plan,
            Some(only) => {
                fleet_name.plan.retain(|planned| planned.advisory != only);
                fleet_name.plan.extend(plan);
            }
        }
        fleet_name.plan.sort_unstable_by_key(|planned| planned.advisory);
        let became = individual && !fleet_name.individual;
        fleet_name.individual |= individual;
        became
    }

    /// A product that is certain silences the questions about others in the same advisory.
    fn plan_advisory(
        &mut self,
        advisory: AdvisoryIx,
        found: &[(u32, NameMatch)],
        individual: &mut bool,
    ) -> Option<Planned> {
        let compiled = slot(&self.advisories, advisory)?.as_ref()?;
        let best = found.iter().map(|(_, found)| found.kind).min()?;
        let chosen: Vec<&(u32, NameMatch)> = found.iter().filter(|(_, found)| found.kind == best).collect();
        let confidence = chosen.iter().map(|(_, found)| found.confidence).max()?;
        let claims = claims_of(compiled, &chosen, individual);
        let what = match best {
            MatchKind::Same => What::Judge(match claims.as_slice() {
                [one] => one.to_vec(),
                several => joined(
                    &several.iter().map(|claims| claims.as_slice()).collect::<Vec<_>>(),
                    &mut self.pool,
                ),
            }),
            MatchKind::Ask(about) => {
                let open = |claim: &&Claim| claim.affected.is_some() || claim.open.is_some();
                let mut asked: Vec<VulnerabilityIx> =
                    claims.iter().flatten().filter(open).map(|claim| claim.vulnerability).collect();
                asked.sort_unstable();
                asked.dedup();
                What::Ask(about, asked)
            }
        };
        Some(Planned { advisory, confidence, what })
    }

    /// Judges a group anew: all of its name's plan, or only what one advisory says.
    pub(super) fn judge_group(&mut self, group: u32, only: Option<AdvisoryIx>) {
        let Some(known) = slot(&self.fleet.groups, group) else { return };
        let Some(name) = slot(&self.fleet.names, known.name) else { return };
        let subject = PreparedSubject::new(&known.subject(name));
        let mut cells: Vec<Cell> = match only {
            Some(only) => known.cells.iter().filter(|cell| cell.advisory != only).copied().collect(),
            None => Vec::new(),
        };
        let mut memo: HashMap<Claim, Judgement> = HashMap::new();
        for planned in name.plan.iter().filter(|planned| only.is_none_or(|only| only == planned.advisory)) {
            match &planned.what {
                What::Judge(claims) => cells.extend(claims.iter().map(|claim| {
                    // Equal claims about different vulnerabilities are judged once.
                    let same = Claim { vulnerability: 0, ..*claim };
                    let judged =
                        *memo.entry(same).or_insert_with(|| judge_prepared(claim, &subject, &self.pool));
                    cell(planned, claim.vulnerability, judged, planned.confidence.times(judged.confidence))
                })),
                What::Ask(about, asked) => cells.extend(asked.iter().map(|vulnerability| {
                    let judged = Judgement::asked(*about, planned.confidence);
                    cell(planned, *vulnerability, judged, judged.confidence)
                })),
            }
        }
        cells.sort_unstable();
        let mut pairs: Vec<(VulnerabilityIx, Verdict)> =
            cells.iter().map(|cell| (cell.vulnerability, cell.verdict)).collect();
        // Worst first within a vulnerability, so that the first one kept is the worst.
        pairs.sort_unstable();
        pairs.dedup_by_key(|(vulnerability, _)| *vulnerability);
        if let Some(known) = slot_mut(&mut self.fleet.groups, group) {
            known.cells = cells;
            known.pairs = pairs;
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

fn claims_of(compiled: &Compiled, chosen: &[&(u32, NameMatch)], individual: &mut bool) -> Vec<Vec<Claim>> {
    let blocks =
        compiled.blocks.iter().filter(|block| chosen.iter().any(|(corpus, _)| *corpus == block.name));
    blocks
        .map(|block| {
            *individual |= block.individual;
            block.claims.clone()
        })
        .collect()
}
