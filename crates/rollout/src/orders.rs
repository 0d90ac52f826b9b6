//! Makes the order of a host's next task, with all that the host must find before it begins.

use std::collections::BTreeMap;

use model::Time;
use model::ids::OrderId;
use model::order::{Action, Expected, Order, OrderWindow};
use model::patch::PackageVersion;

use crate::host::Host;
use crate::rollout::Rollout;
use crate::work::{Task, Work};
use crate::world::World;

/// A function test that is ordered after the window begins within so long.
const PROBE_WITHIN_SECONDS: i64 = 900;

impl Rollout {
    /// The order of a task; `None` when the host was never observed or the plan has no window for it.
    pub(crate) fn order_for(
        &self,
        ix: usize,
        task: Task,
        window: OrderWindow,
        world: &World<'_>,
    ) -> Option<Box<Order>> {
        let (host, work) = (self.progress.hosts.get(ix)?, self.works.get(ix)?);
        let seen = host.seen.as_ref()?;
        let packages = match task {
            Task::Download | Task::ProbeBefore | Task::ProbeAfter => BTreeMap::new(),
            Task::Install(patch) => found(work, &seen.versions, self.packages(work, patch)),
            Task::RestartServices | Task::RestartHost => found(work, &seen.versions, &work.wanted),
            Task::RollBack => found(work, &seen.versions, &work.wanted),
        };
        let boot = task.is_disruptive().then(|| seen.boot.id.clone());
        Some(Box::new(Order {
            id: self.order_id(ix, host)?,
            host: host.tag.clone(),
            plan: self.hash(),
            term: world.term,
            sequence: world.hosts.next_sequence(&host.tag),
            window,
            expects: Expected { boot, packages },
            action: self.action(host, work, task),
        }))
    }

    fn action(&self, host: &Host, work: &Work, task: Task) -> Action {
        match task {
            Task::Download => Action::Download(work.wanted.clone()),
            Task::ProbeBefore | Task::ProbeAfter => Action::Probe(work.probes.clone()),
            Task::Install(patch) => Action::Install(self.packages(work, patch).to_vec()),
            Task::RestartServices => Action::RestartServices(work.services.clone()),
            Task::RestartHost => Action::RestartHost,
            Task::RollBack => {
                let before = host.before.as_ref().map(|before| before.versions.clone()).unwrap_or_default();
                let packages = work.wanted.iter().map(|wanted| wanted.package.clone());
                Action::RollBack(packages.zip(before).collect())
            }
        }
    }

    fn packages<'a>(&self, work: &'a Work, patch: u16) -> &'a [PackageVersion] {
        work.patches.get(usize::from(patch)).map_or(&[], |packages| packages)
    }

    /// Unique in the journal: the plan, the position of the host in it, and how many orders it had.
    fn order_id(&self, ix: usize, host: &Host) -> Option<OrderId> {
        OrderId::new(&format!("{}-{}-{}", self.hash().short(), ix + 1, host.orders + 1)).ok()
    }

    /// The window of an order to a host: its own window, with the latest start at which all that follows still fits. To see whether
    /// everything works disturbs nobody: that is done after the window as well.
    pub(crate) fn order_window(&self, host: &Host, work: &Work, now: Time) -> Option<OrderWindow> {
        let window = self.window_of(host)?;
        let latest_start = self.latest_start(host, work)?;
        if now > latest_start && host.only_looks_are_left() {
            let (soon, not_after) = (PROBE_WITHIN_SECONDS, 2 * PROBE_WITHIN_SECONDS);
            let (latest_start, not_after) = (now.plus_seconds(soon), now.plus_seconds(not_after));
            return Some(OrderWindow { not_before: now, latest_start, not_after });
        }
        Some(OrderWindow { not_before: window.not_before, latest_start, not_after: window.not_after })
    }

    /// Fetching may begin at once, and is of no use after the latest start of the window.
    pub(crate) fn download_window(&self, host: &Host, now: Time) -> Option<OrderWindow> {
        let window = self.window_of(host)?;
        Some(OrderWindow { not_before: now, latest_start: window.latest_start, not_after: window.not_after })
    }
}

/// The versions that were found of some packages: what the host must still find.
fn found(
    work: &Work,
    versions: &[Option<Box<str>>],
    packages: &[PackageVersion],
) -> BTreeMap<Box<str>, Option<Box<str>>> {
    let version = |package: &PackageVersion| {
        let ix = work.wanted.binary_search_by(|wanted| wanted.package.cmp(&package.package)).ok()?;
        Some((package.package.clone(), versions.get(ix)?.clone()))
    };
    packages.iter().filter_map(version).collect()
}
