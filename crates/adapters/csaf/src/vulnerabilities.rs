//! The vulnerabilities of a document (CSAF 2.0 §3.2.3, 2.1 §3.2.4).

use adapter_input::{At, Fault, Findings, Reason};
use model::advisory::{ProductStatus, Remedy, Vulnerability};
use model::finding::Severity;

use crate::document::Budget;
use crate::products::{List, Tree};
use crate::{NAME_LENGTH_MAX_BYTES, VULNERABILITIES_MAX_COUNT, prose, scores};

type Pairs = Vec<(Box<str>, Box<str>)>;
type Statuses = Vec<(ProductStatus, Vec<Box<str>>)>;

/// Reads `/vulnerabilities`, with the prose of the document's `head` that speaks of products.
pub(crate) fn read_all<'n>(
    root: &At<'_, 'n>,
    head: &At<'_, 'n>,
    tree: &Tree<'n>,
    budget: &mut Budget,
    findings: &mut Findings,
) -> Result<Vec<Vulnerability>, Fault> {
    let shared = prose::about_products(prose::texts(head)?, tree.products());
    let Some(list) = root.get("vulnerabilities")? else {
        return Ok(Vec::new());
    };
    let (mut vulnerabilities, mut own) = (Vec::new(), Vec::new());
    for vulnerability in list.items()? {
        if vulnerabilities.len() >= VULNERABILITIES_MAX_COUNT {
            let expected = format!("at most {VULNERABILITIES_MAX_COUNT} vulnerabilities");
            return Err(list.fault(Reason::Limit, "the document has too many vulnerabilities", expected));
        }
        vulnerabilities.push(read(&vulnerability, tree, budget, findings)?);
        own.push(prose::texts(&vulnerability)?);
    }
    prose::attach(&mut vulnerabilities, own, &shared, findings);
    Ok(vulnerabilities)
}

fn read<'n>(
    at: &At<'_, 'n>,
    tree: &Tree<'n>,
    budget: &mut Budget,
    findings: &mut Findings,
) -> Result<Vulnerability, Fault> {
    let cve = match at.get("cve")? {
        Some(cve) => {
            let text = cve.name_unless_blank(NAME_LENGTH_MAX_BYTES, findings)?;
            text.map(|text| budget.copy(text, &cve)).transpose()?
        }
        None => None,
    };
    let title = match at.get("title")? {
        Some(title) => Some(budget.copy(title.text()?, &title)?),
        None => None,
    };
    Ok(Vulnerability {
        cve,
        title,
        ids: ids(at, budget)?,
        cwes: cwes(at, budget, findings)?,
        notes: Vec::new(),
        statuses: statuses(at, tree, budget, findings)?,
        remedies: remedies(at, tree, budget, findings)?,
        scores: scores::read(at, tree, budget, findings)?,
    })
}

fn ids(at: &At<'_, '_>, budget: &mut Budget) -> Result<Pairs, Fault> {
    let Some(ids) = at.get("ids")? else {
        return Ok(Vec::new());
    };
    let mut list = Vec::new();
    for id in ids.items()? {
        let (system, text) = (id.need("system_name")?, id.need("text")?);
        let system = budget.copy(system.name(NAME_LENGTH_MAX_BYTES)?, &system)?;
        list.push((system, budget.copy(text.name(NAME_LENGTH_MAX_BYTES)?, &text)?));
    }
    Ok(list)
}

/// 2.0 has one `cwe`, 2.1 a list `cwes`. Blank ids are left out.
fn cwes(at: &At<'_, '_>, budget: &mut Budget, findings: &mut Findings) -> Result<Vec<Box<str>>, Fault> {
    let mut list = Vec::new();
    let mut one = |cwe: &At<'_, '_>| -> Result<(), Fault> {
        let Some(id) = cwe.get("id")? else { return Ok(()) };
        if let Some(text) = id.name_unless_blank(NAME_LENGTH_MAX_BYTES, findings)? {
            list.push(budget.copy(text, &id)?);
        }
        Ok(())
    };
    if let Some(cwe) = at.get("cwe")? {
        one(&cwe)?;
    }
    if let Some(cwes) = at.get("cwes")? {
        cwes.items()?.try_for_each(|cwe| one(&cwe))?;
    }
    Ok(list)
}

fn status_of(key: &str) -> Option<ProductStatus> {
    Some(match key {
        "first_affected" => ProductStatus::FirstAffected,
        "known_affected" => ProductStatus::KnownAffected,
        "last_affected" => ProductStatus::LastAffected,
        "first_fixed" => ProductStatus::FirstFixed,
        "fixed" => ProductStatus::Fixed,
        "recommended" => ProductStatus::Recommended,
        "known_not_affected" => ProductStatus::KnownNotAffected,
        "under_investigation" => ProductStatus::UnderInvestigation,
        "unknown" => ProductStatus::Unknown,
        _ => return None,
    })
}

fn statuses<'n>(
    at: &At<'_, 'n>,
    tree: &Tree<'n>,
    budget: &mut Budget,
    findings: &mut Findings,
) -> Result<Statuses, Fault> {
    let Some(groups) = at.get("product_status")? else {
        return Ok(Vec::new());
    };
    let mut statuses = Vec::new();
    for group in groups.fields()? {
        let Some(status) = status_of(group.key()) else {
            let problem = format!("the product status \"{}\" is unknown and left out", group.key());
            group.note(findings, Severity::Warning, &problem, "known_affected, fixed, known_not_affected, …");
            continue;
        };
        let mut list = List::default();
        tree.add_products(&group, &mut list, budget, findings)?;
        statuses.push((status, list.ids));
    }
    Ok(statuses)
}

fn remedies<'n>(
    at: &At<'_, 'n>,
    tree: &Tree<'n>,
    budget: &mut Budget,
    findings: &mut Findings,
) -> Result<Vec<Remedy>, Fault> {
    let Some(remedies) = at.get("remediations")? else {
        return Ok(Vec::new());
    };
    remedies.items()?.map(|remedy| one_remedy(&remedy, tree, budget, findings)).collect()
}

fn one_remedy<'n>(
    remedy: &At<'_, 'n>,
    tree: &Tree<'n>,
    budget: &mut Budget,
    findings: &mut Findings,
) -> Result<Remedy, Fault> {
    let mut copy = |key: &str| -> Result<Option<Box<str>>, Fault> {
        match remedy.get(key)? {
            Some(member) => Ok(Some(budget.copy(member.text()?, &member)?)),
            None => Ok(None),
        }
    };
    let (category, details, url, date) = (copy("category")?, copy("details")?, copy("url")?, copy("date")?);
    for (key, found) in [("category", &category), ("details", &details)] {
        if found.is_none() {
            let problem = format!("the remediation has no {key}");
            remedy.note(findings, Severity::Warning, &problem, "a category and a text");
        }
    }
    let mut list = List::default();
    if let Some(ids) = remedy.get("product_ids")? {
        tree.add_products(&ids, &mut list, budget, findings)?;
    }
    if let Some(ids) = remedy.get("group_ids")? {
        tree.add_groups(&ids, &mut list, budget, findings)?;
    }
    let restart = match remedy.get("restart_required")? {
        Some(restart) => restart.text_of("category")?.map(Into::into),
        None => None,
    };
    let (category, details) = (category.unwrap_or_default(), details.unwrap_or_default());
    Ok(Remedy { category, details, products: list.ids, url, restart, date })
}
