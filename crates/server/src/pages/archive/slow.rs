//! An archive that became slower than its baseline allows, and what was changed before that: the first thing to look at (R48, R59).

use hospital::State;
use hospital::archives::Pair;
use model::Time;

use crate::page::Ctx;
use crate::pages::night::plan_href;

/// Changes of so long before it are shown.
const BEFORE_SECONDS: i64 = 7 * 24 * 3_600;
/// Most changes that are shown.
const CHANGES_SHOWN_MAX: usize = 10;

/// A place where an archive is slow.
pub(super) struct Slow {
    /// Where, which archive, since when.
    pub(super) says: String,
    /// What was changed before, newest first: when, what, and where it is shown.
    pub(super) changes: Vec<(String, String, String)>,
}

/// Every place where an archive has become slow.
pub(super) fn slow(ctx: &Ctx, state: &State, pair: &Pair) -> Vec<Slow> {
    let (w, local) = (ctx.w, ctx.local());
    let places = pair.probes().iter().filter_map(|probed| {
        let since = pair.slow_since(probed.side, &probed.place)?;
        let says = w.archive_slow_since(&probed.side.to_string(), &probed.place, &local.moment(since));
        Some(Slow { says, changes: changes(ctx, state, pair, since) })
    });
    places.collect()
}

/// Plans that were set in motion, and failovers, in the week before.
fn changes(ctx: &Ctx, state: &State, pair: &Pair, since: Time) -> Vec<(String, String, String)> {
    let (w, local) = (ctx.w, ctx.local());
    let is_near = |at: Time| at <= since && since.seconds_since(at) <= BEFORE_SECONDS;
    let plans = state.night().plans().filter_map(|record| {
        let (stamp, _) = record.started.as_ref()?;
        is_near(stamp.time).then(|| (stamp.time, record.plan.title.to_string(), plan_href(record)))
    });
    let failovers = pair.failovers.iter().map(|failover| failover.stamp.time).filter(|at| is_near(*at));
    let failovers = failovers.map(|at| (at, w.archive_failover().to_owned(), String::new()));
    let mut changes: Vec<(Time, String, String)> = plans.chain(failovers).collect();
    changes.sort_by_key(|(at, _, _)| std::cmp::Reverse(*at));
    let shown = changes.into_iter().take(CHANGES_SHOWN_MAX);
    shown.map(|(at, what, href)| (local.moment(at), what, href)).collect()
}
