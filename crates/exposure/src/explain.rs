//! Why: the evidence for what is said of one device and one vulnerability, worked out again from the advisory itself, so
//! that it can be shown beside the verdict.

use std::collections::{HashMap, HashSet};

use model::Advisory;
use model::advisory::{Product, ProductStatus, Vulnerability};

use crate::aliases::AliasBook;
use crate::claims::NameParts;
use crate::matcher::DeviceFacts;
use crate::product::{NameMatch, Named, ProductName, compare};
use crate::remedy::{About, NamedFix, Siblings, Strength, doubt_announced, fixes_about};
use crate::vendor::VendorName;
use crate::version::{Inclusion, Reading, Subject, VersionSpec};

/// One product row of an advisory that bears on the device.
#[derive(Clone, Debug, PartialEq)]
pub struct RowEvidence {
    /// `product_id`.
    pub product_id: Box<str>,
    /// Vendor as the advisory writes it.
    pub vendor: Box<str>,
    /// Product as the advisory writes it.
    pub product: Box<str>,
    /// What the advisory says of it.
    pub status: ProductStatus,
    /// Version text as written; empty when the product is named without one.
    pub version: Box<str>,
    /// The version text in plain words.
    pub reading: Reading,
    /// Whether the device's version lies in it.
    pub inclusion: Inclusion,
    /// How the names were found to agree.
    pub found: NameMatch,
}

/// A remedy that the advisory gives for a row that bears on the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemedyEvidence {
    /// Category as written.
    pub category: Box<str>,
    /// The text as written.
    pub details: Box<str>,
    /// Where to get it.
    pub url: Option<Box<str>>,
    /// Versions that the text names for certain as this product's fix.
    pub fixes: Vec<String>,
}

/// Everything the advisory says that bears on one device and one vulnerability.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explanation {
    /// Rows, in document order; those whose names agree for certain first.
    pub rows: Vec<RowEvidence>,
    /// Remedies for these rows.
    pub remedies: Vec<RemedyEvidence>,
    /// Notes of the vulnerability, as written.
    pub notes: Vec<Box<str>>,
}

/// A device's names, prepared for comparison.
pub fn prepare(facts: &DeviceFacts<'_>) -> Named {
    let maker = VendorName::new(facts.manufacturer);
    let model_numbers: Vec<Box<str>> = facts.model_number.map(Box::from).into_iter().collect();
    let product = ProductName::new(facts.model, &maker, &model_numbers);
    let identifiers =
        model::device::Identifiers { cpe: facts.cpe.map(Box::from), purl: facts.purl.map(Box::from) };
    Named { maker, product, model_numbers, identifiers }
}

/// What a version text is compared with.
pub fn subject<'a>(facts: &DeviceFacts<'a>) -> Subject<'a> {
    Subject {
        version: facts.software_version,
        serial: facts.serial_number,
        model: facts.model,
        model_number: facts.model_number,
        manufactured: facts.manufactured,
        hardware_version: facts.hardware_version,
        operating_system: facts.operating_system,
    }
}

/// An advisory made ready to explain many devices: names and version texts are prepared once.
pub struct Explainer<'a> {
    advisory: &'a Advisory,
    products: HashMap<&'a str, PreparedRow<'a>>,
    /// Every product name of the advisory: whose version a sentence speaks of.
    siblings: Siblings,
}

struct PreparedRow<'a> {
    product: &'a Product,
    parts: NameParts,
    named: Named,
    spec: Option<VersionSpec>,
}

impl<'a> Explainer<'a> {
    /// Prepares an advisory.
    pub fn new(advisory: &'a Advisory) -> Explainer<'a> {
        let prepared = |product: &'a Product| {
            let parts = NameParts::of(product);
            let named = parts.prepare();
            PreparedRow { product, parts, named, spec: product.version.as_ref().map(VersionSpec::parse) }
        };
        let products = advisory.products.iter().map(|product| (&*product.id, prepared(product))).collect();
        let names = advisory.products.iter().map(|product| {
            (product.name.as_deref().unwrap_or(&product.full_name), product.vendor.as_deref().unwrap_or(""))
        });
        Explainer { advisory, products, siblings: Siblings::new(names) }
    }

    /// Explains one device × vulnerability. `vulnerability` is the name that verdicts carry.
    pub fn explain(&self, facts: &DeviceFacts<'_>, vulnerability: &str, aliases: &AliasBook) -> Explanation {
        let device = prepare(facts);
        let mut out = Explanation::default();
        for (at, known) in self.advisory.vulnerabilities.iter().enumerate() {
            if crate::claims::unique_name(self.advisory, at, known) == vulnerability {
                self.add(known, &device, facts, aliases, &mut out);
            }
        }
        out.rows.sort_by_key(|row| row.found.kind);
        out
    }

    fn add(
        &self,
        known: &Vulnerability,
        device: &Named,
        facts: &DeviceFacts<'_>,
        aliases: &AliasBook,
        out: &mut Explanation,
    ) {
        let before = out.rows.len();
        for (status, ids) in &known.statuses {
            let rows = ids.iter().filter_map(|id| self.products.get(&**id));
            out.rows.extend(rows.filter_map(|row| row.evidence(device, facts, *status, aliases)));
        }
        let new = out.rows.get(before..).unwrap_or(&[]);
        let ids: HashSet<&str> = new.iter().map(|row| &*row.product_id).collect();
        let (vendor, product) = new.first().map_or(("", ""), |row| (&*row.vendor, &*row.product));
        let concerns = |remedy: &&model::advisory::Remedy| {
            remedy.products.is_empty() || remedy.products.iter().any(|id| ids.contains(&**id))
        };
        let remedies: Vec<&model::advisory::Remedy> = known.remedies.iter().filter(concerns).collect();
        let about = About {
            product,
            vendor,
            siblings: Some(&self.siblings),
            cve: known.cve.as_deref(),
            cwes: &known.cwes,
            is_advice: false,
        };
        let named = |remedy: &model::advisory::Remedy| match &*remedy.category {
            "vendor_fix" => fixes_about(&remedy.details, &about),
            "fix_planned" => {
                fixes_about(&remedy.details, &about).into_iter().map(NamedFix::only_planned).collect()
            }
            _ => fixes_about(&remedy.details, &About { is_advice: true, ..about }),
        };
        // What one remedy only announces, no other one may show as a fix.
        let mut fixes: Vec<(usize, NamedFix)> = Vec::new();
        for (at, remedy) in remedies.iter().enumerate() {
            fixes.extend(named(remedy).into_iter().map(|fix| (at, fix)));
        }
        let (of, mut fixes): (Vec<usize>, Vec<NamedFix>) = fixes.into_iter().unzip();
        doubt_announced(&mut fixes);
        let shown = |at: usize| {
            let own = of.iter().zip(&fixes).filter(move |(of, _)| **of == at).map(|(_, fix)| fix);
            own.filter(|fix| fix.strength() == Strength::Strong).map(|fix| fix.version_text().to_owned())
        };
        let remedies = remedies.iter().enumerate().map(|(at, remedy)| RemedyEvidence {
            category: remedy.category.clone(),
            details: remedy.details.clone(),
            url: remedy.url.clone(),
            fixes: shown(at).collect(),
        });
        out.remedies.extend(remedies);
        out.notes.extend(known.notes.iter().cloned());
    }
}

impl PreparedRow<'_> {
    fn evidence(
        &self,
        device: &Named,
        facts: &DeviceFacts<'_>,
        status: ProductStatus,
        aliases: &AliasBook,
    ) -> Option<RowEvidence> {
        let answers =
            aliases.answers(facts.manufacturer, facts.model, &self.parts.vendor, &self.parts.product);
        let found = compare(device, &self.named, answers)?;
        Some(RowEvidence {
            product_id: self.product.id.clone(),
            version: self.product.version.as_ref().map_or("", |version| version.text()).into(),
            reading: self.spec.as_ref().map_or_else(Reading::every, VersionSpec::reading),
            inclusion: self.spec.as_ref().map_or(Inclusion::In, |spec| spec.contains(&subject(facts))),
            vendor: self.parts.vendor.clone(),
            product: self.parts.product.clone(),
            status,
            found,
        })
    }
}
