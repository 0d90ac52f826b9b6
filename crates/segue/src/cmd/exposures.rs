//! `segue exposures`: every device × vulnerability that an advisory speaks of.

use std::collections::HashMap;

use exposure::Verdict;
use exposure::explain::{Explainer, Explanation};
use exposure::matcher::{AdvisoryIx, Cell};
use exposure::version::Inclusion;
use hospital::State;
use hospital::register::DeviceView;
use serde_json::{Value, json};

use super::Failed;
use crate::args::{Exposures, VerdictArg};
use crate::config::Config;
use crate::out::{Out, say};
use crate::place::open_node;

/// Explanations kept for devices that no advisory can tell apart; emptied when full.
const EXPLANATIONS_KEPT_MAX: usize = 50_000;

pub(super) async fn exposures(config: &Config, only: &Exposures, out: &mut Out) -> Result<(), Failed> {
    let node = open_node(config).await?;
    node.read(|state| write(state, only, out))
}

fn verdict(arg: VerdictArg) -> Verdict {
    match arg {
        VerdictArg::Affected => Verdict::Affected,
        VerdictArg::Undecided => Verdict::Undecided,
        VerdictArg::Fixed => Verdict::Fixed,
        VerdictArg::NotAffected => Verdict::NotAffected,
    }
}

fn write(state: &State, only: &Exposures, out: &mut Out) -> Result<(), Failed> {
    if let Some(tag) = &only.device
        && state.register().by_tag(tag).is_none()
    {
        return Err(Failed::Refused(format!("there is no device {tag} in the register")));
    }
    // Silence about a name that nobody knows would read as "not affected".
    if let Some(cve) = &only.cve
        && state.matcher().vulnerability(cve).is_none()
    {
        say(&format!(
            "No advisory in the library names {cve}: nothing is known of it, which is not the same as safe."
        ));
    }
    if let Some(id) = &only.advisory
        && state.library().find_by_tracking_id(id).next().is_none()
    {
        say(&format!("There is no advisory {id} in the library."));
    }
    let wanted = only.verdict.map(verdict);
    let mut evidence = Evidence { state, explainers: HashMap::new(), known: HashMap::new() };
    let one = only.device.as_deref().and_then(|tag| state.register().by_tag(tag));
    let devices: Box<dyn Iterator<Item = DeviceView<'_>>> = match one {
        Some(device) => Box::new(std::iter::once(device)),
        None => Box::new(state.register().iter()),
    };
    for device in devices.filter(|device| !device.is_retired()) {
        for cell in state.matcher().cells(device.ix()) {
            let cve = state.matcher().vulnerability_name(cell.vulnerability);
            let Some(item) = state.library().get(cell.advisory) else { continue };
            let advisory = &item.current().advisory.key.tracking_id;
            let passes = wanted.is_none_or(|wanted| wanted == cell.verdict)
                && only.cve.as_deref().is_none_or(|wanted| wanted == cve)
                && only.advisory.as_deref().is_none_or(|wanted| wanted == &**advisory);
            if !passes {
                continue;
            }
            let value = json!({
                "device": device.asset_tag(), "cve": cve, "advisory": advisory, "verdict": cell.verdict.word(),
                "gap": cell.gap.map(exposure::GapKind::word), "confidence": f64::from(cell.confidence.as_hundredths()) / 100.0,
                "evidence": if out.is_json() { evidence.of(&device, cell, cve) } else { Value::Null },
            });
            out.result(&value, || {
                let gap = cell.gap.map_or(String::new(), |gap| format!(" ({})", gap.word()));
                format!(
                    "{}  {cve}  {advisory}  {}{gap}  {}",
                    device.asset_tag(),
                    cell.verdict.word(),
                    cell.confidence
                )
            })?;
        }
    }
    Ok(())
}

/// Evidence, worked out once for all devices that no advisory can tell apart.
struct Evidence<'a> {
    state: &'a State,
    explainers: HashMap<AdvisoryIx, Explainer<'a>>,
    known: HashMap<(u32, AdvisoryIx, u32), Value>,
}

impl<'a> Evidence<'a> {
    fn of(&mut self, device: &DeviceView<'_>, cell: &Cell, cve: &str) -> Value {
        let Some(group) = self.state.matcher().group_of(device.ix()) else { return json!([]) };
        let key = (group, cell.advisory, cell.vulnerability);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let Some(item) = self.state.library().get(cell.advisory) else { return json!([]) };
        let current = &item.current().advisory;
        let explainer = self.explainers.entry(cell.advisory).or_insert_with(|| Explainer::new(current));
        let value = shown(&explainer.explain(&device.facts(), cve, self.state.matcher().aliases()));
        if self.known.len() >= EXPLANATIONS_KEPT_MAX {
            self.known.clear();
        }
        self.known.insert(key, value.clone());
        value
    }
}

fn shown(explanation: &Explanation) -> Value {
    let rows = explanation.rows.iter().map(|row| {
        let (said, why) = match &row.inclusion {
            Inclusion::In => ("in", None),
            Inclusion::Out(reason) => ("out", Some(reason.to_string())),
            Inclusion::Unknown(gap) => ("unknown", Some(gap.to_string())),
        };
        json!({
            "product_id": row.product_id, "vendor": row.vendor, "product": row.product, "version": row.version,
            "reading": row.reading.to_string(), "status": exposure::diff::status_words(row.status), "device_is": said, "why": why,
            "names": format!("{:?}", row.found.by).to_lowercase(), "name_confidence": row.found.confidence.to_string(),
        })
    });
    let remedies = explanation.remedies.iter().filter(|remedy| !remedy.fixes.is_empty());
    let remedies = remedies.map(
        |remedy| json!({"remedy": remedy.category, "names_fixed": remedy.fixes, "text": remedy.details}),
    );
    rows.chain(remedies).collect()
}
