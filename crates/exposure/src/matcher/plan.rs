//! What is to be judged for a name of the fleet: for each advisory, the claims about the product that it is, or the
//! question that must be answered first.

use super::{AdvisoryIx, CompiledBlock, Matcher, VulnerabilityIx, joined, slot, slot_mut};
use crate::claims::Claim;
use crate::product::{Answers, AskAbout, MatchKind, NameMatch, compare, keys};
use crate::verdict::Confidence;

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
        let mut found: Vec<(AdvisoryIx, u32, NameMatch)> = Vec::new();
        match only {
            Some(only) => {
                let compiled = slot(&self.advisories, only).and_then(Option::as_ref);
                let spoken_of =
                    |corpus: &u32| compiled.and_then(|c| c.block_ix(*corpus)).map(|at| (only, at));
                found.extend(fleet_name.candidates.iter().filter_map(|(corpus, how)| {
                    let (advisory, block) = spoken_of(corpus)?;
                    Some((advisory, block, *how))
                }));
            }
            None => {
                for (corpus, how) in &fleet_name.candidates {
                    let advisories =
                        slot(&self.corpus_names, *corpus).map_or(&[][..], |known| &known.advisories);
                    found.extend(advisories.iter().filter_map(|advisory| {
                        let block = slot(&self.advisories, *advisory)?.as_ref()?.block_ix(*corpus)?;
                        Some((*advisory, block, *how))
                    }));
                }
            }
        }
        // By advisory, and within it in the document's order.
        found.sort_unstable_by_key(|(advisory, block, _)| (*advisory, *block));
        let mut individual = false;
        let mut plan: Vec<Planned> = Vec::new();
        for of_one in found.chunk_by(|(a, ..), (b, ..)| a == b) {
            plan.extend(self.plan_advisory(of_one, &mut individual));
        }
        let Some(fleet_name) = slot_mut(&mut self.fleet.names, name) else { return false };
        match only {
            None => fleet_name.plan = plan,
            Some(only) => {
                let from = fleet_name.plan.partition_point(|planned| planned.advisory < only);
                let to = fleet_name.plan.partition_point(|planned| planned.advisory <= only);
                fleet_name.plan.splice(from..to, plan);
            }
        }
        let became = individual && !fleet_name.individual;
        fleet_name.individual |= individual;
        became
    }

    /// A product that is certain silences the questions about others in the same advisory.
    fn plan_advisory(
        &mut self,
        found: &[(AdvisoryIx, u32, NameMatch)],
        individual: &mut bool,
    ) -> Option<Planned> {
        let best = found.iter().map(|(.., how)| how.kind).min()?;
        let chosen = || found.iter().filter(|(.., how)| how.kind == best);
        let confidence = chosen().map(|(.., how)| how.confidence).max()?;
        let advisory = found.first()?.0;
        let compiled = slot(&self.advisories, advisory)?.as_ref()?;
        let blocks: Vec<&CompiledBlock> =
            chosen().filter_map(|(_, block, _)| slot(&compiled.blocks, *block)).collect();
        *individual |= blocks.iter().any(|block| block.individual);
        let what = match best {
            MatchKind::Same => {
                let mut claims = match blocks.as_slice() {
                    [one] => one.claims.clone(),
                    several => {
                        let claims: Vec<&[Claim]> = several.iter().map(|block| &*block.claims).collect();
                        joined(&claims, &mut self.pool)
                    }
                };
                claims.sort_unstable_by_key(|claim| claim.vulnerability);
                What::Judge(claims)
            }
            MatchKind::Ask(about) => {
                let open = |claim: &&Claim| claim.affected.is_some() || claim.open.is_some();
                let claims = blocks.iter().flat_map(|block| &block.claims);
                let mut asked: Vec<VulnerabilityIx> =
                    claims.filter(open).map(|claim| claim.vulnerability).collect();
                asked.sort_unstable();
                asked.dedup();
                What::Ask(about, asked)
            }
        };
        Some(Planned { advisory, confidence, what })
    }
}
