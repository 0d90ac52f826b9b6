//! Does an order hold? Everything that makes a host refuse one, each with its own code and a sentence. Nothing is
//! carried out here.

use std::collections::BTreeMap;

use model::host::Power;
use model::ids::OrderId;
use model::order::{Action, Expected, Order, RefusalCode};
use model::{AssetTag, Time};
use wire::{OrderUnfit, SignedOrder};

use super::memory::{Before, Memory};

/// With less free space nothing is downloaded or installed.
pub const DISK_FREE_MIN_BYTES: u64 = 256 * 1024 * 1024;

/// Why an order is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// For programs.
    pub code: RefusalCode,
    /// For people.
    pub says: String,
}

/// What was found on the host just before an order would begin, or after it was cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The boot.
    pub boot: Box<str>,
    /// Versions of the packages that the order expects or changes; `None` stands for *not installed*.
    pub packages: BTreeMap<Box<str>, Option<Box<str>>>,
    /// The run of each service that it restarts: a text that is another one whenever the service starts; `None` when the
    /// service does not run or none can be told.
    pub services: BTreeMap<Box<str>, Option<Box<str>>>,
    /// Free bytes where packages are downloaded and installed.
    pub disk_free_bytes: Option<u64>,
    /// Where the power comes from.
    pub power: Power,
    /// Why this host cannot do such a thing, if it cannot.
    pub cannot: Option<Box<str>>,
}

fn refuse<T>(code: RefusalCode, says: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { code, says: says.into() })
}

/// The order inside, if its site signed it.
pub(super) fn open(signed: &SignedOrder, site: wire::OrderKey) -> Result<Order, Refusal> {
    signed.open(site).or_else(|unfit| {
        let code = match &unfit {
            OrderUnfit::OtherKey { .. } | OrderUnfit::BadSignature => RefusalCode::BadSignature,
            OrderUnfit::Unreadable(_) => RefusalCode::Unreadable,
        };
        refuse(code, unfit.to_string())
    })
}

/// The name by which an order that is not believed is reported: the one it claims, or one that stands for its text.
pub(super) fn claimed_name(signed: &SignedOrder) -> OrderId {
    #[derive(serde::Deserialize)]
    struct Claim {
        id: OrderId,
    }
    let claimed = (signed.payload.len() <= wire::limit::ORDER_MAX_BYTES)
        .then(|| serde_json::from_str::<Claim>(&signed.payload).ok().map(|claim| claim.id))
        .flatten();
    claimed.unwrap_or_else(|| {
        let name = format!("unreadable-{:08x}", crc32fast::hash(signed.payload.as_bytes()));
        #[expect(
            clippy::expect_used,
            reason = "a short name without control characters is always an identifier"
        )]
        OrderId::new(&name).expect("a short name")
    })
}

/// Is it ours, new, and in its turn?
pub(super) fn in_turn(order: &Order, host: &AssetTag, memory: &Memory) -> Result<(), Refusal> {
    if order.host != *host {
        return refuse(RefusalCode::WrongHost, format!("it is for {}, and this is {host}", order.host));
    }
    if memory.recent.contains(&order.id) {
        return refuse(RefusalCode::Replayed, "it was received before");
    }
    if order.term < memory.term {
        let says = format!("its term is {}, and an order of term {} was seen", order.term, memory.term);
        return refuse(RefusalCode::OlderTerm, says);
    }
    if order.sequence <= memory.sequence {
        let says = format!("its number is {}, and {} was followed", order.sequence, memory.sequence);
        return refuse(RefusalCode::OutOfOrder, says);
    }
    Ok(())
}

/// May it begin now, on the server's clock?
pub(super) fn in_time(order: &Order, server_now: Time) -> Result<(), Refusal> {
    let window = order.window;
    let late = |since: Time| format!("{} s ago", server_now.seconds_since(since));
    if server_now > window.not_after {
        return refuse(RefusalCode::Expired, format!("its window ended {}", late(window.not_after)));
    }
    if server_now > window.latest_start {
        return refuse(RefusalCode::TooLate, format!("its latest start was {}", late(window.latest_start)));
    }
    if server_now < window.not_before {
        let wait = window.not_before.seconds_since(server_now);
        return refuse(RefusalCode::TooEarly, format!("its window begins in {wait} s"));
    }
    Ok(())
}

/// Is the host as the order expects it?
pub(super) fn as_expected(order: &Order, found: &Found) -> Result<(), Refusal> {
    let Expected { boot, packages } = &order.expects;
    if let Some(boot) = boot.as_ref().filter(|boot| **boot != found.boot) {
        let says = format!("the host is in boot {}, and the order expects {boot}", found.boot);
        return refuse(RefusalCode::BootDiffers, says);
    }
    if let Some(why) = &found.cannot {
        return refuse(RefusalCode::NotSupported, &**why);
    }
    for (package, expected) in packages {
        let installed = found.packages.get(package).cloned().flatten();
        if installed != *expected {
            let says =
                format!("{package} is {}, and the order expects {}", shown(&installed), shown(expected));
            return refuse(RefusalCode::VersionsDiffer, says);
        }
    }
    let needs_space = match order.action {
        Action::Download(_) | Action::Install(_) => true,
        Action::RestartServices(_) | Action::RestartHost | Action::Probe(_) | Action::RollBack(_) => false,
    };
    if let Some(free) = found.disk_free_bytes.filter(|free| needs_space && *free < DISK_FREE_MIN_BYTES) {
        let says = format!("{free} bytes are free; {DISK_FREE_MIN_BYTES} are needed");
        return refuse(RefusalCode::DiskFull, says);
    }
    if order.action.is_disruptive() && found.power == Power::Battery {
        return refuse(RefusalCode::OnBattery, "the host runs on battery");
    }
    Ok(())
}

/// A version, or that there is none.
pub(super) fn shown(version: &Option<Box<str>>) -> &str {
    version.as_deref().unwrap_or("not installed")
}

impl Found {
    /// What is kept of it, to tell later whether the order had an effect.
    pub(super) fn before(&self, action: &Action) -> Before {
        let packages = match action {
            Action::Install(_) | Action::RollBack(_) => {
                targets(action).into_keys().map(|package| (package.clone(), self.version(&package))).collect()
            }
            Action::Download(_) | Action::RestartServices(_) | Action::RestartHost | Action::Probe(_) => {
                BTreeMap::new()
            }
        };
        let services = match action {
            Action::RestartServices(names) => {
                names.iter().map(|name| (name.clone(), self.run(name))).collect()
            }
            Action::Download(_)
            | Action::Install(_)
            | Action::RestartHost
            | Action::Probe(_)
            | Action::RollBack(_) => BTreeMap::new(),
        };
        Before { packages, services }
    }

    /// The version of a package.
    pub(super) fn version(&self, package: &str) -> Option<Box<str>> {
        self.packages.get(package).cloned().flatten()
    }

    /// The run of a service.
    pub(super) fn run(&self, service: &str) -> Option<Box<str>> {
        self.services.get(service).cloned().flatten()
    }
}

/// The versions that an action brings packages to; empty for one that changes no package.
pub fn targets(action: &Action) -> BTreeMap<Box<str>, Option<Box<str>>> {
    match action {
        Action::Install(packages) => {
            packages.iter().map(|wanted| (wanted.package.clone(), Some(wanted.version.clone()))).collect()
        }
        Action::RollBack(packages) => packages.clone(),
        Action::Download(_) | Action::RestartServices(_) | Action::RestartHost | Action::Probe(_) => {
            BTreeMap::new()
        }
    }
}
