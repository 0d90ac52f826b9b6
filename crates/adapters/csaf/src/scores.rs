//! CVSS scores: 2.0's `scores` and 2.1's `metrics`. The base score is cut to tenths from its text; nothing is rounded.

use adapter_input::{At, Fault, Findings, Node, decimal_cut};
use model::advisory::Score;
use model::finding::Severity;

use crate::document::Budget;
use crate::products::{List, Tree};

const SCORE_MAX_TENTHS: u64 = 100;

/// The scores of one vulnerability, in document order.
pub(crate) fn read<'n>(
    vulnerability: &At<'_, 'n>,
    tree: &Tree<'n>,
    budget: &mut Budget,
    findings: &mut Findings,
) -> Result<Vec<Score>, Fault> {
    let mut scores = Vec::new();
    for key in ["scores", "metrics"] {
        let Some(entries) = vulnerability.get(key)? else { continue };
        for entry in entries.items()? {
            let content = entry.get("content")?;
            let holder = content.as_ref().unwrap_or(&entry);
            for system in ["cvss_v2", "cvss_v3", "cvss_v4"] {
                let Some(cvss) = holder.get(system)? else { continue };
                let Some(mut score) = one(&cvss, budget, findings)? else { continue };
                score.products = products(&entry, tree, budget, findings)?;
                scores.push(score);
            }
        }
    }
    Ok(scores)
}

fn products<'n>(
    entry: &At<'_, 'n>,
    tree: &Tree<'n>,
    budget: &mut Budget,
    findings: &mut Findings,
) -> Result<Vec<Box<str>>, Fault> {
    let mut list = List::default();
    if let Some(ids) = entry.get("products")? {
        tree.add_products(&ids, &mut list, budget, findings)?;
    }
    Ok(list.ids)
}

/// One CVSS object; `None`, with a warning, when it has no usable base score.
fn one(cvss: &At<'_, '_>, budget: &mut Budget, findings: &mut Findings) -> Result<Option<Score>, Fault> {
    let vector = cvss.text_of("vectorString")?.unwrap_or("");
    let version = match cvss.text_of("version")? {
        Some(version) => version,
        None => vector.strip_prefix("CVSS:").and_then(|rest| rest.split('/').next()).unwrap_or("2.0"),
    };
    let Some(base) = cvss.get("baseScore")? else {
        cvss.note(findings, Severity::Warning, "the score has no baseScore and is left out", "a baseScore");
        return Ok(None);
    };
    let text = match base.node() {
        Node::Number(text) => text,
        Node::Text(text) => {
            base.note(
                findings,
                Severity::Warning,
                "the base score is written as a text",
                "a number without quotes",
            );
            &**text
        }
        Node::Null | Node::Bool(_) | Node::Array(_) | Node::Object(_) => {
            return Err(base.fault(
                adapter_input::Reason::WrongType,
                "the base score is not a number",
                "a number",
            ));
        }
    };
    let tenths = decimal_cut(text, 1).filter(|tenths| *tenths <= SCORE_MAX_TENTHS);
    let Some(base_tenths) = tenths.and_then(|tenths| u8::try_from(tenths).ok()) else {
        let problem = "this is not a base score; the score is left out";
        base.note(findings, Severity::Warning, problem, "a number from 0.0 to 10.0");
        return Ok(None);
    };
    Ok(Some(Score {
        version: budget.copy(version, cvss)?,
        vector: budget.copy(vector, cvss)?,
        base_tenths,
        products: Vec::new(),
    }))
}
