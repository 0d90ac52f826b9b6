//! The names on the way to a product, put where they belong, and the other ways to recognise it.

use adapter_input::{At, Fault, Findings};
use model::advisory::{Helpers, Product, VersionText};
use model::finding::Severity;

use crate::NAME_LENGTH_MAX_BYTES;
use crate::document::Budget;

/// The branches on the way to a product, outermost first, as (category, name).
pub(crate) type Path<'n> = Vec<(&'n str, &'n str)>;

/// Puts the names of `path` where they belong. Of two branches of one category the inner one counts; the outer one
/// becomes a qualifier, so that nothing is lost.
pub(crate) fn place(
    product: &mut Product,
    path: &[(&str, &str)],
    at: &At<'_, '_>,
    budget: &mut Budget,
    findings: &mut Findings,
) -> Result<(), Fault> {
    let (mut vendor, mut family, mut name, mut version) = (None, None, None, None);
    for (category, text) in path.iter().rev() {
        let slot = match *category {
            "vendor" => &mut vendor,
            "product_family" => &mut family,
            "product_name" => &mut name,
            "product_version" | "product_version_range" => &mut version,
            _ => &mut None,
        };
        let fits = matches!(
            *category,
            "vendor" | "product_family" | "product_name" | "product_version" | "product_version_range"
        );
        if fits && slot.is_none() {
            *slot = Some((*category, budget.copy(text, at)?));
        } else {
            product.qualifiers.push((budget.copy(category, at)?, budget.copy(text, at)?));
            if !fits && product.combination.is_none() && !OTHER_CATEGORIES.contains(category) {
                at.note(
                    findings,
                    Severity::Warning,
                    "a branch category on the way here is unknown",
                    CATEGORIES,
                );
            }
        }
    }
    product.qualifiers.reverse();
    product.vendor = vendor.map(|(_, text)| text);
    product.family = family.map(|(_, text)| text);
    product.name = name.map(|(_, text)| text);
    product.version = version.map(|(category, text)| match category {
        "product_version_range" => VersionText::Range(text),
        _ => VersionText::Version(text),
    });
    Ok(())
}

const CATEGORIES: &str = "vendor, product_family, product_name, product_version, product_version_range, or another \
                          category of CSAF 2.0 §3.1.2.2";

/// Branch categories that become qualifiers: those of 2.0, and 2.1's `platform`.
const OTHER_CATEGORIES: &[&str] = &[
    "architecture",
    "host_name",
    "language",
    "legacy",
    "patch_level",
    "platform",
    "service_pack",
    "specification",
];

/// `product_identification_helper` (§3.1.3.3); 2.0 has one `purl`, 2.1 a list `purls`. Blank ones are left out.
pub(crate) fn helpers(
    product: &At<'_, '_>,
    budget: &mut Budget,
    findings: &mut Findings,
) -> Result<Helpers, Fault> {
    let Some(helper) = product.get("product_identification_helper")? else {
        return Ok(Helpers::default());
    };
    let mut one = |at: &At<'_, '_>, list: &mut Vec<Box<str>>| -> Result<(), Fault> {
        if let Some(text) = at.name_unless_blank(NAME_LENGTH_MAX_BYTES, findings)? {
            list.push(budget.copy(text, at)?);
        }
        Ok(())
    };
    let (mut cpes, mut out) = (Vec::new(), Helpers::default());
    for (key, list) in [("cpe", &mut cpes), ("purl", &mut out.purls)] {
        if let Some(value) = helper.get(key)? {
            one(&value, list)?;
        }
    }
    for (key, list) in [
        ("purls", &mut out.purls),
        ("model_numbers", &mut out.model_numbers),
        ("serial_numbers", &mut out.serial_numbers),
        ("skus", &mut out.skus),
    ] {
        if let Some(values) = helper.get(key)? {
            values.items()?.try_for_each(|value| one(&value, list))?;
        }
    }
    out.cpe = cpes.pop();
    Ok(out)
}
