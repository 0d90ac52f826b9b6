//! `segue advisories …`

use exposure::diff::diff;
use serde_json::json;

use super::Failed;
use crate::args::Advisories;
use crate::config::Config;
use crate::out::Out;
use crate::place::open_node;

pub(super) async fn advisories(config: &Config, command: Advisories, out: &mut Out) -> Result<(), Failed> {
    let node = open_node(config).await?;
    node.read(|state| match command {
        Advisories::List => {
            for (_, item) in state.library().iter() {
                let advisory = &item.current().advisory;
                let value = json!({
                    "id": advisory.key.tracking_id, "version": advisory.version, "title": advisory.title,
                    "publisher": advisory.publisher, "released": advisory.released, "revisions": item.revisions().len(),
                    "products": advisory.products.len(), "vulnerabilities": advisory.vulnerabilities.len(),
                    "remarks": advisory.remarks.len(), "document_sha256": advisory.document_sha256,
                    "provenance": advisory.provenance,
                });
                out.result(&value, || format!("{}  v{}  {}", advisory.key.tracking_id, advisory.version, advisory.title))?;
            }
            Ok(())
        }
        Advisories::Diff { id, from, to } => {
            let Some((_, item)) = state.library().find_by_tracking_id(&id).next() else {
                return Err(Failed::Refused(format!("there is no advisory {id}")));
            };
            let revisions = item.revisions();
            let missing = |version: &str| Failed::Refused(format!("advisory {id} has no revision {version}"));
            let to = match &to {
                Some(version) => item.revision(version).ok_or_else(|| missing(version))?,
                None => item.current(),
            };
            let from = match &from {
                Some(version) => item.revision(version).ok_or_else(|| missing(version))?,
                None => revisions.iter().rev().nth(1).ok_or_else(|| {
                    Failed::Refused(format!("advisory {id} has only one revision, {}", to.advisory.version))
                })?,
            };
            for change in diff(&from.advisory, &to.advisory) {
                let [before, after] = [&change.before, &change.after].map(|said| said.as_ref().map(ToString::to_string));
                let value = json!({"about": change.about, "part": change.part, "before": before, "after": after});
                out.result(&value, || match (&before, &after) {
                    (Some(before), Some(after)) => format!("~ {} {}: {before} → {after}", change.about, change.part),
                    (None, Some(after)) => format!("+ {} {}: {after}", change.about, change.part),
                    (Some(before), None) => format!("- {} {}: {before}", change.about, change.part),
                    (None, None) => String::new(),
                })?;
            }
            Ok(())
        }
    })
}
