//! An archive that became slower than its baseline allows, and what was changed before that: the first thing to look at (R48, R59).

use hospital::State;
use hospital::archives::Pair;
use hospital::archives::incident::{Change, Changed, changes_before};

use crate::page::Ctx;
use crate::pages::night::plan_href;

/// A place where an archive is slow.
pub(super) struct Slow {
    /// Where, which archive, since when.
    pub(super) says: String,
    /// What was changed before, newest first.
    pub(super) changes: Vec<ChangeView>,
}

/// Something that was changed.
pub(crate) struct ChangeView {
    pub(crate) when: String,
    pub(crate) what: String,
    /// Where it is shown; empty where it is nowhere.
    pub(crate) href: String,
}

/// Every place where an archive has become slow.
pub(super) fn slow(ctx: &Ctx, state: &State, pair: &Pair) -> Vec<Slow> {
    let (w, local) = (ctx.w, ctx.local());
    let places = pair.probes().iter().filter_map(|probed| {
        let since = pair.slow_since(probed.side, &probed.place)?;
        let says = w.archive_slow_since(&probed.side.to_string(), &probed.place, &local.moment(since));
        Some(Slow { says, changes: changes(ctx, state, &changes_before(state, pair, since)) })
    });
    places.collect()
}

/// Changes as people read them. A plan that is not known here any more was another journal's.
pub(crate) fn changes(ctx: &Ctx, state: &State, changed: &[Changed]) -> Vec<ChangeView> {
    let (w, local) = (ctx.w, ctx.local());
    let view = |change: &Changed| {
        let (what, href) = match &change.what {
            Change::Plan(plan) => {
                let record = state.night().plan(plan)?;
                (record.plan.title.to_string(), plan_href(record))
            }
            Change::Failover => (w.archive_failover().to_owned(), String::new()),
        };
        Some(ChangeView { when: local.moment(change.at), what, href })
    };
    changed.iter().filter_map(view).collect()
}
