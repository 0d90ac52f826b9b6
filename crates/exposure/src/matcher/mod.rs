//! The matcher: every device against every advisory, kept up to date by touching only what a change touches.
//!
//! Devices collapse to *names* (maker, model, numbers) and *groups* (a name at a version); advisories collapse to product
//! names and shared claims. A group is judged once and its verdicts hold for all its devices. What must not live here:
//! any rule about names (`product`), versions (`version`) or verdicts (`judge`).

mod change;
mod fleet;
mod judging;
mod plan;
mod query;

use hashbrown::HashMap;
use model::{Advisory, Date};

use crate::aliases::AliasBook;
use crate::claims::{Claim, NameParts, Pool, compile, merge, unique_name};
use crate::product::{Named, keys};
use crate::verdict::{Confidence, GapKind, Verdict};

pub use change::Touched;
pub use fleet::{DeviceFacts, Fleet};
pub use query::{GroupView, Proposal, cells_of};

use fleet::{FleetName, FleetSide};
use judging::Judged;

/// Number of a device: its row in the hospital's register.
pub type DeviceIx = u32;
/// Number of an advisory: its row in the hospital's list.
pub type AdvisoryIx = u32;
/// Number of a vulnerability's name.
pub type VulnerabilityIx = u32;

/// One verdict of a group: sixteen bytes, because there are many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// The advisory that says it.
    pub advisory: AdvisoryIx,
    /// About which vulnerability.
    pub vulnerability: VulnerabilityIx,
    /// What.
    pub verdict: Verdict,
    /// Why undecided.
    pub gap: Option<GapKind>,
    /// How sure.
    pub confidence: Confidence,
}

/// A product name of the advisories.
struct CorpusName {
    named: Named,
    /// The advisories that speak of it.
    advisories: Vec<AdvisoryIx>,
    /// The fleet's names that it was found alike with.
    fleet: Vec<u32>,
}

/// One advisory, compiled.
struct Compiled {
    blocks: Vec<CompiledBlock>,
    /// The blocks by name: (name, its block), by name.
    block_of: Vec<(u32, u32)>,
    /// Every vulnerability it names, with the highest CVSS base score it gives, in tenths.
    vulnerabilities: Vec<(VulnerabilityIx, Option<u8>)>,
}

impl Compiled {
    /// The block about a product name.
    fn block_ix(&self, name: u32) -> Option<u32> {
        let at = self.block_of.binary_search_by_key(&name, |(name, _)| *name).ok()?;
        self.block_of.get(at).map(|(_, block)| *block)
    }
}

struct CompiledBlock {
    name: u32,
    claims: Vec<Claim>,
    individual: bool,
}

/// Every device against every advisory.
#[derive(Default)]
pub struct Matcher {
    pool: Pool,
    aliases: AliasBook,
    fleet: FleetSide,
    corpus_names: Vec<CorpusName>,
    corpus_name_of: HashMap<NameParts, u32>,
    corpus_keys: HashMap<u64, Vec<u32>>,
    /// Corpus names with wildcard model numbers: compared with every name of the fleet.
    wildcards: Vec<u32>,
    advisories: Vec<Option<Compiled>>,
    /// What was judged, for devices that differ only in what does not matter. Kept no longer than one advisory's arrival.
    judged: Judged,
    vulnerabilities: Vec<Box<str>>,
    vulnerability_of: HashMap<Box<str>, VulnerabilityIx>,
    /// The advisories that name each vulnerability.
    advisories_of: Vec<Vec<AdvisoryIx>>,
}

/// The key as it is stored: hashed, since a chance collision only costs one more comparison.
fn hashed(key: &str) -> u64 {
    use std::hash::{BuildHasher, BuildHasherDefault};
    BuildHasherDefault::<std::hash::DefaultHasher>::default().hash_one(key)
}

fn slot<T>(list: &[T], ix: u32) -> Option<&T> {
    list.get(ix as usize)
}

fn slot_mut<T>(list: &mut [T], ix: u32) -> Option<&mut T> {
    list.get_mut(ix as usize)
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

impl Matcher {
    /// Nothing known yet.
    pub fn new() -> Matcher {
        Matcher::default()
    }

    /// The answers in force.
    pub fn aliases(&self) -> &AliasBook {
        &self.aliases
    }

    /// A vulnerability's name.
    pub fn vulnerability_name(&self, ix: VulnerabilityIx) -> &str {
        slot(&self.vulnerabilities, ix).map_or("", |name| name)
    }

    /// A vulnerability's number, if any advisory names it.
    pub fn vulnerability(&self, name: &str) -> Option<VulnerabilityIx> {
        self.vulnerability_of.get(name).copied()
    }

    /// How many vulnerabilities the advisories name.
    pub fn vulnerabilities_len(&self) -> usize {
        self.vulnerabilities.len()
    }

    /// The advisories in force that name a vulnerability.
    pub fn advisories_of(&self, vulnerability: VulnerabilityIx) -> impl Iterator<Item = AdvisoryIx> {
        slot(&self.advisories_of, vulnerability).into_iter().flatten().copied()
    }

    /// The highest CVSS base score, in tenths, that an advisory in force gives for a vulnerability.
    pub fn base_tenths(&self, vulnerability: VulnerabilityIx) -> Option<u8> {
        self.advisories_of(vulnerability)
            .filter_map(|advisory| slot(&self.advisories, advisory)?.as_ref())
            .flat_map(|compiled| &compiled.vulnerabilities)
            .filter(|(known, _)| *known == vulnerability)
            .filter_map(|(_, base)| *base)
            .max()
    }

    /// The number of a vulnerability's name, made if it is new.
    fn number(&mut self, name: &str) -> VulnerabilityIx {
        if let Some(ix) = self.vulnerability_of.get(name) {
            return *ix;
        }
        let ix = count(self.vulnerabilities.len());
        self.vulnerabilities.push(name.into());
        self.advisories_of.push(Vec::new());
        self.vulnerability_of.insert(name.into(), ix);
        ix
    }

    /// Compiles an advisory and gives each of its product names its corpus-wide number.
    fn compile(&mut self, ix: AdvisoryIx, advisory: &Advisory) -> (Compiled, Vec<u32>) {
        let mut vulnerabilities: Vec<(VulnerabilityIx, Option<u8>)> = Vec::new();
        for (at, vulnerability) in advisory.vulnerabilities.iter().enumerate() {
            let number = self.number(&unique_name(advisory, at, vulnerability));
            vulnerabilities.push((number, vulnerability.scores.iter().map(|score| score.base_tenths).max()));
            if let Some(known) =
                slot_mut(&mut self.advisories_of, number).filter(|known| !known.contains(&ix))
            {
                known.push(ix);
            }
        }
        let numbers: Vec<VulnerabilityIx> = vulnerabilities.iter().map(|(number, _)| *number).collect();
        let blocks = compile(advisory, &mut self.pool, &numbers);
        let mut fresh = Vec::new();
        let blocks: Vec<CompiledBlock> = blocks
            .into_iter()
            .map(|block| {
                let (name, is_new) = self.corpus_name(&block.name);
                if is_new {
                    fresh.push(name);
                }
                if let Some(known) = slot_mut(&mut self.corpus_names, name) {
                    known.advisories.push(ix);
                }
                CompiledBlock { name, claims: block.claims, individual: block.individual }
            })
            .collect();
        let mut block_of: Vec<(u32, u32)> =
            (0u32..).zip(&blocks).map(|(at, block)| (block.name, at)).collect();
        block_of.sort_unstable();
        (Compiled { blocks, block_of, vulnerabilities }, fresh)
    }

    fn corpus_name(&mut self, parts: &NameParts) -> (u32, bool) {
        if let Some(name) = self.corpus_name_of.get(parts) {
            return (*name, false);
        }
        let name = count(self.corpus_names.len());
        let named = parts.prepare();
        let name_keys = keys(&named);
        for key in &name_keys {
            self.corpus_keys.entry(hashed(key)).or_default().push(name);
        }
        if name_keys.iter().any(|key| key == crate::product::WILDCARD_KEY) {
            self.wildcards.push(name);
        }
        self.corpus_names.push(CorpusName { named, advisories: Vec::new(), fleet: Vec::new() });
        self.corpus_name_of.insert(parts.clone(), name);
        (name, true)
    }
}

/// What a day is needed for: ranges of manufacture.
pub(crate) type Manufactured = Option<Date>;

/// Joins the claims of several product names that one device goes by.
fn joined(claims: &[&[Claim]], pool: &mut Pool) -> Vec<Claim> {
    let mut out: Vec<Claim> = Vec::new();
    for claim in claims.iter().flat_map(|claims| claims.iter()) {
        merge(&mut out, *claim, pool);
    }
    out
}
