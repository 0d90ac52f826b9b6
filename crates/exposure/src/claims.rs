//! Advisories compiled for matching: what each advisory claims about which product name, with version texts parsed once
//! and equal sets of claims shared. Devices do not appear here.

mod pool;
mod said;

use hashbrown::HashMap;
use model::Advisory;
use model::advisory::{Product, VersionText, Vulnerability};
use model::device::Identifiers;

use crate::names::tokens;
use crate::product::{Named, ProductName};
use crate::remedy::{Against, NamedFix};
use crate::vendor::VendorName;
use crate::version::VersionSpec;
pub use pool::Pool;
use said::{AboutRows, Concerned, Family, Said};

/// Index of a parsed version text.
pub type SpecIx = u32;
/// Index of a set of entries.
pub type SetIx = u32;
/// Index of what the prose says about fixes.
pub type ProseIx = u32;
/// Index of a piece of prose.
pub type TextIx = u32;

/// One product row's share in a status group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// Its version text; `None` when the product is named without any version.
    pub spec: Option<SpecIx>,
    /// A second version text that must hold as well (the host of an installed component).
    pub also: Option<SpecIx>,
    /// What the register cannot answer even when the versions fit.
    pub limit: Limit,
    /// Serial-number patterns, one of which must fit.
    pub serials: Vec<Box<str>>,
}

/// What the register cannot answer even when the versions fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit {
    /// Nothing.
    None,
    /// The advisory sets a condition (architecture, platform, host).
    Condition,
    /// The advisory speaks of a component.
    Component,
}

/// What one advisory claims about one product name for one vulnerability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Claim {
    /// The vulnerability, by the corpus-wide number of its name.
    pub vulnerability: u32,
    /// Named as affected.
    pub affected: Option<SetIx>,
    /// Named as containing the fix.
    pub fixed: Option<SetIx>,
    /// Named as not affected.
    pub not_affected: Option<SetIx>,
    /// Under investigation, or unknown to the publisher.
    pub open: Option<SetIx>,
    /// What the remedies and notes say.
    pub prose: ProseIx,
}

/// What remedies and notes say about a product's versions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prose {
    /// Versions named as fixed.
    pub fixes: Vec<NamedFix>,
    /// Sentences of notes and remedies that speak against the range.
    pub against: Vec<Against>,
}

fn index(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// What an advisory says about one product name.
pub struct Block {
    /// Vendor, product name, model numbers, identifiers.
    pub name: NameParts,
    /// One per vulnerability that says anything about it.
    pub claims: Vec<Claim>,
    /// Must devices be judged one by one (serial numbers, dates)?
    pub individual: bool,
}

/// The texts that make one product name of the advisories distinct from another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct NameParts {
    /// Vendor as written.
    pub vendor: Box<str>,
    /// Product name as written.
    pub product: Box<str>,
    /// Model numbers and SKUs, with wildcards.
    pub model_numbers: Vec<Box<str>>,
    /// CPE.
    pub cpe: Option<Box<str>>,
    /// Package URL.
    pub purl: Option<Box<str>>,
}

impl NameParts {
    /// The names a product row goes by.
    pub fn of(product: &Product) -> NameParts {
        let helpers = &product.helpers;
        NameParts {
            vendor: product.vendor.clone().unwrap_or_default(),
            product: product
                .name
                .clone()
                .or_else(|| product.family.clone())
                .unwrap_or_else(|| product.full_name.clone()),
            model_numbers: helpers.model_numbers.iter().chain(&helpers.skus).cloned().collect(),
            cpe: helpers.cpe.clone(),
            purl: helpers.purls.first().cloned(),
        }
    }

    /// Prepared for comparison.
    pub fn prepare(&self) -> Named {
        let maker = VendorName::new(&self.vendor);
        let product = ProductName::new(&self.product, &maker, &self.model_numbers);
        let identifiers = Identifiers { cpe: self.cpe.clone(), purl: self.purl.clone() };
        Named { maker, product, model_numbers: self.model_numbers.clone(), identifiers }
    }
}

/// Compiles an advisory. `numbers` are the corpus-wide numbers of its vulnerabilities, in document order.
pub fn compile(advisory: &Advisory, pool: &mut Pool, numbers: &[u32]) -> Vec<Block> {
    let rows = Rows::new(advisory);
    let family = Family::new(advisory, pool);
    let mut blocks: Vec<Block> = Vec::new();
    let mut block_of: HashMap<NameParts, usize> = HashMap::new();
    // What each product id stands for: worked out once, however many vulnerabilities name it.
    let mut entries_of: HashMap<&str, Vec<(usize, Entry)>> = HashMap::new();
    for (vulnerability, ordinal) in advisory.vulnerabilities.iter().zip(numbers) {
        let remedies: Vec<Concerned<'_>> = vulnerability.remedies.iter().map(Concerned::new).collect();
        let mut said: HashMap<usize, Said> = HashMap::new();
        for (status, ids) in &vulnerability.statuses {
            for id in ids {
                let entries = entries_of.entry(id).or_insert_with(|| {
                    let entries = rows.entries(id, pool).into_iter().map(|(parts, entry, individual)| {
                        let block = *block_of.entry(parts.clone()).or_insert_with(|| {
                            blocks.push(Block { name: parts, claims: Vec::new(), individual: false });
                            blocks.len() - 1
                        });
                        if let Some(block) = blocks.get_mut(block) {
                            block.individual |= individual;
                        }
                        (block, entry)
                    });
                    entries.collect()
                });
                for (block, entry) in entries {
                    said.entry(*block).or_default().add(*status, entry.clone(), id, rows.version_text(id));
                }
            }
        }
        let mut said: Vec<(usize, Said)> = said.into_iter().collect();
        said.sort_unstable_by_key(|(block, _)| *block);
        for (block, said) in said {
            let Some(block) = blocks.get_mut(block) else { continue };
            let affected = pool.intern_set(said.affected.clone());
            let about = AboutRows {
                vulnerability,
                remedies: &remedies,
                name: &block.name,
                family: &family,
                affected,
            };
            let prose = said.prose(&about, pool);
            let claim = Claim {
                vulnerability: *ordinal,
                affected,
                fixed: pool.intern_set(said.fixed),
                not_affected: pool.intern_set(said.not_affected),
                open: pool.intern_set(said.open),
                prose,
            };
            merge(&mut block.claims, claim, pool);
        }
    }
    blocks
}

/// Adds a claim, joining it with an earlier one about the same vulnerability.
pub fn merge(claims: &mut Vec<Claim>, claim: Claim, pool: &mut Pool) {
    match claims.iter_mut().find(|known| known.vulnerability == claim.vulnerability) {
        Some(known) => {
            known.affected = pool.union(known.affected, claim.affected);
            known.fixed = pool.union(known.fixed, claim.fixed);
            known.not_affected = pool.union(known.not_affected, claim.not_affected);
            known.open = pool.union(known.open, claim.open);
            known.prose = pool.join_prose(known.prose, claim.prose, known.affected);
        }
        None => claims.push(claim),
    }
}

/// A name under which two different unnamed vulnerabilities never meet.
pub fn unique_name(advisory: &Advisory, at: usize, vulnerability: &Vulnerability) -> String {
    if vulnerability.cve.is_some() || !vulnerability.ids.is_empty() {
        vulnerability.name().to_owned()
    } else {
        format!("{}#{}", advisory.key.tracking_id, at + 1)
    }
}

/// The product rows of one advisory by id.
struct Rows<'a> {
    by_id: HashMap<&'a str, &'a Product>,
}

impl<'a> Rows<'a> {
    fn new(advisory: &'a Advisory) -> Rows<'a> {
        Rows { by_id: advisory.products.iter().map(|product| (&*product.id, product)).collect() }
    }

    fn version_text(&self, id: &str) -> Option<&'a str> {
        self.by_id.get(id).and_then(|product| product.version.as_ref()).map(VersionText::text)
    }

    /// The names a product id stands for, each with its entry.
    fn entries(&self, id: &str, pool: &mut Pool) -> Vec<(NameParts, Entry, bool)> {
        let Some(product) = self.by_id.get(id) else { return Vec::new() };
        let Some(combination) = &product.combination else {
            let (entry, individual) = simple_entry(product, pool);
            return vec![(NameParts::of(product), entry, individual)];
        };
        // One level: a relationship between relationships is taken by its own text, which no device carries.
        let part = |id: &str| self.by_id.get(id).copied().filter(|product| product.combination.is_none());
        let (Some(component), Some(host)) = (part(&combination.component), part(&combination.host)) else {
            let entry = Entry { spec: None, also: None, limit: Limit::Component, serials: Vec::new() };
            return vec![(NameParts::of(product), entry, false)];
        };
        let (of_component, a) = simple_entry(component, pool);
        let (of_host, b) = simple_entry(host, pool);
        let limit = if is_firmware_of(component, host) {
            of_component.limit.max(of_host.limit)
        } else {
            Limit::Component
        };
        let on_host = if limit == Limit::Component {
            Entry { limit, ..of_host.clone() }
        } else {
            Entry { spec: of_component.spec, also: of_host.spec, limit, serials: of_host.serials.clone() }
        };
        let alone = Entry { limit: Limit::Condition, ..of_component };
        vec![(NameParts::of(host), on_host, a || b), (NameParts::of(component), alone, a || b)]
    }
}

fn simple_entry(product: &Product, pool: &mut Pool) -> (Entry, bool) {
    let suffix: Vec<&str> = product
        .qualifiers
        .iter()
        .filter(|(category, _)| matches!(&**category, "service_pack" | "patch_level"))
        .map(|(_, name)| &**name)
        .collect();
    let conditional = product.qualifiers.iter().any(|(category, _)| {
        matches!(&**category, "architecture" | "host_name" | "platform" | "specification")
    });
    let version = product.version.as_ref().map(|version| match version {
        VersionText::Version(text) => {
            VersionText::Version([&[&**text], suffix.as_slice()].concat().join(" ").into())
        }
        VersionText::Range(text) => {
            VersionText::Range([&[&**text], suffix.as_slice()].concat().join(" ").into())
        }
    });
    let spec = version.map(|version| pool.intern_spec(&version));
    let serials = product.helpers.serial_numbers.clone();
    let individual =
        !serials.is_empty() || spec.and_then(|ix| pool.spec(ix)).is_some_and(VersionSpec::needs_individual);
    let limit = if conditional { Limit::Condition } else { Limit::None };
    (Entry { spec, also: None, limit, serials }, individual)
}

/// Is the component the host's own firmware, whose version the register records as the device's?
fn is_firmware_of(component: &Product, host: &Product) -> bool {
    let name = tokens(component.name.as_deref().unwrap_or(&component.full_name));
    let host_name = tokens(host.name.as_deref().unwrap_or(&host.full_name));
    let firmware = name.iter().any(|token| matches!(token.as_str(), "firmware" | "software" | "fw" | "os"));
    let rest = name.iter().filter(|token| !matches!(token.as_str(), "firmware" | "software" | "fw" | "os"));
    let own = rest.clone().all(|token| host_name.contains(token));
    (firmware && own) || (component.vendor == host.vendor && !name.is_empty() && own && rest.count() > 0)
}
