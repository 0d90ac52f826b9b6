//! What each pair of image archives asks of people: no-go with the first reason, or go with the age of its proof. Nothing is green without one.

use super::view::Decision;
use crate::clock::Local;
use crate::pages::archive::standing::Standing;
use crate::parts::{Age, Mark};

/// One line.
pub(super) fn line(local: &Local, standing: &Standing) -> Decision {
    let (w, pair, b) = (local.w, standing.pair.as_str(), standing.b.as_str());
    let (mark, says, detail) = match (&standing.against, standing.proof) {
        (None, Some(cut)) => {
            let age = Age::new(local, cut, None);
            (standing.mark, w.overview_gate_go(pair, b), w.overview_gate_proof(age.text()))
        }
        (Some((first, _, more)), _) => {
            let because = w.overview_gate_because(first);
            let more = if *more > 0 { format!(" {}", w.overview_gate_more(*more)) } else { String::new() };
            (standing.mark, w.overview_gate_no(pair, b), format!("{because}{more}"))
        }
        // The gate says go of no pair that was never compared; should it ever, nothing is claimed here.
        (None, None) => {
            let because = w.overview_gate_because(w.archive_no_never());
            (Mark::Unknown, w.overview_gate_no(pair, b), because)
        }
    };
    let (facets, more, href) = (Vec::new(), String::new(), standing.href.clone());
    Decision { mark, says, detail, facets, more, href, act: w.overview_see_gate() }
}
