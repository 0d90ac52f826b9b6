//! Why: the evidence for what is said of one device and one vulnerability, worked out again from the advisory itself, so
//! that it can be shown beside the verdict.

use model::Advisory;
use model::advisory::{Product, ProductStatus};

use crate::aliases::AliasBook;
use crate::claims::NameParts;
use crate::matcher::DeviceFacts;
use crate::product::{NameMatch, Named, ProductName, compare};
use crate::remedy::fixes_named;
use crate::vendor::VendorName;
use crate::version::{Inclusion, Subject, VersionSpec};

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
    pub reading: String,
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
    /// Versions that were read out of the text as fixed, with the words they stand in.
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

/// Explains one device × vulnerability. `vulnerability` is the name that verdicts carry.
pub fn explain(facts: &DeviceFacts<'_>, advisory: &Advisory, vulnerability: &str, aliases: &AliasBook) -> Explanation {
    let device = prepare(facts);
    let subject = subject(facts);
    let mut out = Explanation::default();
    let named = |at: usize, known: &model::advisory::Vulnerability| crate::claims::unique_name(advisory, at, known) == vulnerability;
    let concerned = advisory.vulnerabilities.iter().enumerate().filter(|(at, known)| named(*at, known)).map(|(_, known)| known);
    for known in concerned {
        let before = out.rows.len();
        for (status, ids) in &known.statuses {
            for product in ids.iter().filter_map(|id| advisory.products.iter().find(|product| product.id == *id)) {
                out.rows.extend(row(&device, &subject, facts, product, *status, aliases));
            }
        }
        let ids: Vec<Box<str>> = out.rows.iter().skip(before).map(|row| row.product_id.clone()).collect();
        let product = out.rows.get(before).map_or((Box::from(""), Box::from("")), |row| (row.product.clone(), row.vendor.clone()));
        for remedy in &known.remedies {
            if remedy.products.is_empty() || remedy.products.iter().any(|id| ids.contains(id)) {
                let fixes = fixes_named(&remedy.details, &product.0, &product.1);
                out.remedies.push(RemedyEvidence {
                    category: remedy.category.clone(),
                    details: remedy.details.clone(),
                    url: remedy.url.clone(),
                    fixes: fixes.iter().map(|fix| fix.version_text().to_owned()).collect(),
                });
            }
        }
        out.notes.extend(known.notes.iter().cloned());
    }
    out.rows.sort_by_key(|row| row.found.kind);
    out
}

fn row(
    device: &Named,
    subject: &Subject<'_>,
    facts: &DeviceFacts<'_>,
    product: &Product,
    status: ProductStatus,
    aliases: &AliasBook,
) -> Option<RowEvidence> {
    let parts = NameParts::of(product);
    let answers = aliases.answers(facts.manufacturer, facts.model, &parts.vendor, &parts.product);
    let found = compare(device, &parts.prepare(), answers)?;
    let spec = product.version.as_ref().map(VersionSpec::parse);
    Some(RowEvidence {
        product_id: product.id.clone(),
        version: product.version.as_ref().map_or("", |version| version.text()).into(),
        reading: spec.as_ref().map_or("every version".to_owned(), ToString::to_string),
        inclusion: spec.map_or(Inclusion::In, |spec| spec.contains(subject)),
        vendor: parts.vendor,
        product: parts.product,
        status,
        found,
    })
}
