//! What the gate says of each pair now, in one line: for the start page.

use archive::kept::Kept;
use hospital::State;
use model::Time;
use model::ids::PairId;

use super::list::names;
use super::{RULES, href, known, say};
use crate::http::Problem;
use crate::page::Ctx;
use crate::parts::Mark;

/// One pair in one line.
pub(crate) struct Standing {
    pub(crate) pair: PairId,
    /// The archive that stands in.
    pub(crate) b: String,
    pub(crate) href: String,
    pub(crate) mark: Mark,
    /// The first reason against, in the reader's language and in English, and how many more there are; `None` where the gate says go.
    pub(crate) against: Option<(String, String, u64)>,
    /// The cut of the newest comparison, where that proved something.
    pub(crate) proof: Option<Time>,
}

impl Standing {
    /// The gate says go, and there is the proof on which it says so.
    pub(crate) fn is_go(&self) -> bool {
        self.against.is_none() && self.proof.is_some()
    }
}

/// Every pair of the configuration, and every other of which something is recorded, by name.
///
/// # Errors
/// None that is known: every name comes from where it is looked up.
pub(crate) fn standings(ctx: &Ctx, state: &State) -> Result<Vec<Standing>, Problem> {
    names(ctx, state).into_iter().map(|id| standing(ctx, state, id)).collect()
}

fn standing(ctx: &Ctx, state: &State, id: PairId) -> Result<Standing, Problem> {
    let pair = known(ctx, state, &id)?;
    let decision = pair.decision(&RULES(), ctx.now);
    let more = decision.against.len().saturating_sub(1) as u64;
    let against = decision.against.first().map(|first| (say::against(ctx.w, first), first.to_string(), more));
    let proof = match pair.newest().map(|newest| &newest.compared) {
        Some(Kept::Proven(shown)) => Some(shown.cut),
        Some(Kept::Unproven { .. }) | None => None,
    };
    let (b, href, mark) = (pair.b.to_string(), href(&id), super::gate::mark(&decision));
    Ok(Standing { pair: id, b, href, mark, against, proof })
}
