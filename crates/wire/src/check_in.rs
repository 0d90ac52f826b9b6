//! A check-in: what a host delivers, and what it gets for it. Numbers rise by one over everything that a host ever delivers;
//! the server takes each once and says how far it got, so a delivery may be repeated without harm.

use model::Time;
use model::host::{
    AVAILABLE_PER_HOST_MAX, AvailablePatch, Boot, HostReport, PACKAGES_PER_HOST_MAX, Reading, RestartOf,
    SAYS_MAX_BYTES, SystemVersion,
};
use model::order::{OrderEvent, OrderStep};
use model::probe::{PATTERN_MAX_BYTES, PROBE_TIMEOUT_MAX_SECONDS, Probe, ProbeKind, ProbeResult};
use serde::{Deserialize, Serialize};

use crate::limit::{
    CHECK_IN_ANSWER_MAX_BYTES, CHECK_IN_EVERY_MAX_SECONDS, CHECK_IN_MAX_BYTES, ITEMS_PER_CHECK_IN_MAX,
    NAME_MAX_BYTES, ORDERS_PER_ANSWER_MAX, PROBES_PER_HOST_MAX, WAIT_MAX_SECONDS,
};
use crate::read::{Limits, Message, Unfit};
use crate::signed::{SignedOrder, SignedProbes};

/// What a host delivers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckIn {
    /// [`crate::VERSION`].
    pub version: u32,
    /// The host's own clock when it wrote this. All its times are on that clock; [`Numbered::to_server_clock`].
    pub agent_now: Time,
    /// What it has to say, oldest first, in rising numbers.
    pub numbered: Vec<Numbered>,
    /// How long it is ready to wait for an order when there is none. A check-in that delivers something is answered as
    /// soon as that is recorded.
    pub wait_seconds: u32,
    /// Highest sequence of an order that it has taken in: followed, or refused for good.
    pub order_seen: u64,
    /// Highest term of an order that it has taken in: a server that was put back to an older state learns here that its
    /// term is too old.
    #[serde(default)]
    pub term_seen: u64,
    /// Revision of the list of probes that it runs; 0 for none.
    #[serde(default)]
    pub probes_seen: u64,
}

/// One thing that a host delivers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Numbered {
    /// Rises by one over everything the host ever delivers, from 1. Where the host had to merge what it could not deliver
    /// for long, numbers are left out.
    pub number: u64,
    /// When it was written down.
    pub at: Time,
    /// What.
    pub item: Item,
}

/// What a host can deliver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Item {
    /// An observation.
    Report(HostReport),
    /// Something that happened to an order.
    Order(OrderEvent),
}

/// What a host gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckInAnswer {
    /// The server's clock when it wrote this.
    pub server_now: Time,
    /// Everything up to this number is recorded for good; the host forgets it.
    pub acked: u64,
    /// The server needs a full report: it has none, or a number was left out.
    #[serde(default)]
    pub want_full: bool,
    /// Orders with a sequence above `order_seen`, in rising order.
    #[serde(default)]
    pub orders: Vec<SignedOrder>,
    /// Every probe that this host runs, when the list is another one than `probes_seen`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probes: Option<SignedProbes>,
    /// How often to check in.
    pub check_in_seconds: u32,
}

impl Numbered {
    /// Moves every time from the host's clock to the server's: shifted by the difference of the two at delivery, and never
    /// later than the delivery.
    pub fn to_server_clock(&mut self, agent_now: Time, server_now: Time) {
        let shift = server_now.0.saturating_sub(agent_now.0);
        let moved = |time: &mut Time| *time = Time(time.0.saturating_add(shift)).min(server_now);
        moved(&mut self.at);
        match &mut self.item {
            Item::Order(event) => moved(&mut event.at),
            Item::Report(HostReport::Same { observed_at }) => moved(observed_at),
            Item::Report(HostReport::Full(full)) => {
                moved(&mut full.observed_at);
                moved(&mut full.boot.began_at);
                full.probes.values_mut().for_each(|run| moved(&mut run.tried_at));
            }
            Item::Report(HostReport::Changes(changes)) => {
                moved(&mut changes.observed_at);
                changes.boot.iter_mut().for_each(|boot| moved(&mut boot.began_at));
                changes.probes.values_mut().for_each(|run| moved(&mut run.tried_at));
            }
        }
    }
}

impl Message for CheckIn {
    const WHAT: &'static str = "check-in";
    const MAX_BYTES: usize = CHECK_IN_MAX_BYTES;
    fn check(&self) -> Result<(), Unfit> {
        let limits = Limits(Self::WHAT);
        limits.version(self.version)?;
        limits.between("wait_seconds", self.wait_seconds, 0, WAIT_MAX_SECONDS)?;
        limits.count("numbered", self.numbered.len(), ITEMS_PER_CHECK_IN_MAX)?;
        let mut before = 0;
        for numbered in &self.numbered {
            let rising = numbered.number > before;
            let problem = || format!("{} comes after {before}", numbered.number);
            limits.holds(rising, "number", problem, || "numbers rise, from 1".into())?;
            before = numbered.number;
            match &numbered.item {
                Item::Order(event) => check_event(&limits, event)?,
                Item::Report(report) => check_report(&limits, report)?,
            }
        }
        Ok(())
    }
}

impl Message for CheckInAnswer {
    const WHAT: &'static str = "answer to a check-in";
    const MAX_BYTES: usize = CHECK_IN_ANSWER_MAX_BYTES;
    fn check(&self) -> Result<(), Unfit> {
        let limits = Limits(Self::WHAT);
        limits.count("orders", self.orders.len(), ORDERS_PER_ANSWER_MAX)?;
        limits.between("check_in_seconds", self.check_in_seconds, 1, CHECK_IN_EVERY_MAX_SECONDS)
    }
}

fn check_event(limits: &Limits, event: &OrderEvent) -> Result<(), Unfit> {
    limits.text("boot", &event.boot, NAME_MAX_BYTES)?;
    match &event.what {
        OrderStep::Accepted | OrderStep::Begun => Ok(()),
        OrderStep::Refused { says, .. } | OrderStep::Failed { says } => says_within(limits, says),
        OrderStep::Done { says, probes } => {
            says_within(limits, says)?;
            limits.count("probes", probes.len(), PROBES_PER_HOST_MAX)?;
            probes.values().try_for_each(|result| check_result(limits, result))
        }
    }
}

fn check_report(limits: &Limits, report: &HostReport) -> Result<(), Unfit> {
    match report {
        HostReport::Same { .. } => Ok(()),
        HostReport::Full(full) => {
            check_boot(limits, &full.boot)?;
            check_system(limits, &full.system)?;
            limits.count("packages", full.packages.len(), PACKAGES_PER_HOST_MAX)?;
            for (package, version) in &full.packages {
                limits.text("package", package, NAME_MAX_BYTES)?;
                limits.text("version", version, NAME_MAX_BYTES)?;
            }
            check_available(limits, &full.available)?;
            full.signals.values().try_for_each(|reading| check_reading(limits, reading))?;
            limits.count("probes", full.probes.len(), PROBES_PER_HOST_MAX)?;
            full.probes.values().try_for_each(|run| check_result(limits, &run.result))
        }
        HostReport::Changes(changes) => {
            changes.boot.iter().try_for_each(|boot| check_boot(limits, boot))?;
            changes.system.iter().try_for_each(|system| check_system(limits, system))?;
            limits.count("packages", changes.packages.len(), PACKAGES_PER_HOST_MAX)?;
            for (package, version) in &changes.packages {
                limits.text("package", package, NAME_MAX_BYTES)?;
                version.iter().try_for_each(|version| limits.text("version", version, NAME_MAX_BYTES))?;
            }
            changes.available.iter().try_for_each(|available| check_available(limits, available))?;
            let mut readings = changes.signals.iter().flat_map(|signals| signals.values());
            readings.try_for_each(|reading| check_reading(limits, reading))?;
            limits.count("probes", changes.probes.len(), PROBES_PER_HOST_MAX)?;
            changes.probes.values().try_for_each(|run| check_result(limits, &run.result))
        }
    }
}

fn check_boot(limits: &Limits, boot: &Boot) -> Result<(), Unfit> {
    limits.text("boot", &boot.id, NAME_MAX_BYTES)
}

fn check_system(limits: &Limits, system: &SystemVersion) -> Result<(), Unfit> {
    limits.prose("system.name", &system.name, NAME_MAX_BYTES)?;
    limits.prose("system.kernel_running", &system.kernel_running, NAME_MAX_BYTES)?;
    let installed = system.kernel_installed.as_deref().unwrap_or_default();
    limits.prose("system.kernel_installed", installed, NAME_MAX_BYTES)
}

fn check_available(limits: &Limits, available: &[AvailablePatch]) -> Result<(), Unfit> {
    limits.count("available", available.len(), AVAILABLE_PER_HOST_MAX)?;
    available.iter().try_for_each(|patch| {
        limits.text("available.package", &patch.package, NAME_MAX_BYTES)?;
        limits.prose("available.from", &patch.from, NAME_MAX_BYTES)?;
        limits.text("available.to", &patch.to, NAME_MAX_BYTES)?;
        limits.prose("available.origin", &patch.origin, NAME_MAX_BYTES)
    })
}

fn check_reading(limits: &Limits, reading: &Reading) -> Result<(), Unfit> {
    match reading {
        Reading::Clear => Ok(()),
        Reading::Unknown(why) => says_within(limits, why),
        Reading::Pending(pending) => {
            says_within(limits, &pending.reason)?;
            match &pending.of {
                RestartOf::Host => Ok(()),
                RestartOf::Services(services) => {
                    limits.count("services", services.len(), crate::limit::PARTS_PER_ORDER_MAX)?;
                    services.iter().try_for_each(|service| limits.text("service", service, NAME_MAX_BYTES))
                }
            }
        }
    }
}

fn check_result(limits: &Limits, result: &ProbeResult) -> Result<(), Unfit> {
    match result {
        ProbeResult::Passed(says) | ProbeResult::Failed(says) | ProbeResult::NotTried(says) => {
            says_within(limits, says)
        }
    }
}

fn says_within(limits: &Limits, says: &str) -> Result<(), Unfit> {
    limits.prose("says", says, SAYS_MAX_BYTES)
}

/// Limits of a probe that its types do not hold.
pub(crate) fn check_probe(limits: &Limits, probe: &Probe) -> Result<(), Unfit> {
    limits.between("probe.timeout_seconds", probe.timeout_seconds, 1, PROBE_TIMEOUT_MAX_SECONDS)?;
    match &probe.tries {
        ProbeKind::Tcp { address, .. } => limits.text("probe.address", address, NAME_MAX_BYTES),
        ProbeKind::Http { url, pattern } => {
            limits.text("probe.url", url, NAME_MAX_BYTES)?;
            limits.prose("probe.pattern", pattern, PATTERN_MAX_BYTES)
        }
        ProbeKind::Process { name } => limits.text("probe.name", name, NAME_MAX_BYTES),
        ProbeKind::Command { argv, pattern } => {
            let expected = || "1 to 100 words".to_owned();
            let fit = (1..=100).contains(&argv.len());
            limits.holds(fit, "probe.argv", || format!("{} are given", argv.len()), expected)?;
            argv.iter().try_for_each(|word| limits.prose("probe.argv", word, NAME_MAX_BYTES))?;
            limits.prose("probe.pattern", pattern, PATTERN_MAX_BYTES)
        }
        ProbeKind::DicomEcho { address, called, calling, .. } => {
            limits.text("probe.address", address, NAME_MAX_BYTES)?;
            limits.text("probe.called", called, 16)?;
            limits.text("probe.calling", calling, 16)
        }
        ProbeKind::Hl7Heartbeat { .. } => Ok(()),
        ProbeKind::LogLine { path, pattern, .. } => {
            limits.text("probe.path", path, NAME_MAX_BYTES)?;
            limits.text("probe.pattern", pattern, PATTERN_MAX_BYTES)
        }
    }
}
