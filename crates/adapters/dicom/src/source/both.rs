//! Two archives listed at the same time, for whoever asks more of what they hold than how they differ.

use archive::Holding;
use archive::reason::Side;

use super::compare::{End, Question, listed};
use super::hold::Held;

/// Lists both; `None` when somebody stopped it. `go_on` hears how far each end is, and says whether to go on.
pub fn list_both(
    a: End,
    b: End,
    question: Question,
    go_on: &(dyn Fn(Side, Held) -> bool + Sync),
) -> Option<(Holding, Holding)> {
    let (mut a, mut b) = (a, b);
    listed(&mut a, &mut b, question, go_on)
}
