//! What the simulated hosts say: packages of so many kinds of machines, and now and then a signal that changed.

use std::collections::BTreeMap;

use model::Time;
use model::host::{
    Boot, HostChanges, HostObservation, HostReport, Power, Reading, Resources, SignalSource, SystemFamily,
    SystemVersion,
};
use wire::{CheckIn, Item, Numbered};

/// Hosts of one kind have the same packages; so many kinds there are.
const KINDS: usize = 2_000;
/// One item of so many says that something changed.
const CHANGES_EVERY: u64 = 20;
/// Items that a host has kept while it could not deliver.
const KEPT_ITEMS: u64 = 3;

/// What a host delivers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivers {
    /// Everything: its first report.
    Full,
    /// That nothing changed, or now and then what did.
    Same,
    /// Several items that it has kept while it could not deliver.
    Kept,
}

/// A check-in of host number `at` whose first item has the number `next`.
pub(crate) fn check_in(at: usize, packages: usize, next: u64, now: Time, delivers: Delivers) -> CheckIn {
    let report = |number: u64| match delivers {
        Delivers::Full => HostReport::Full(Box::new(observation(at, packages, now))),
        Delivers::Same | Delivers::Kept if number.is_multiple_of(CHANGES_EVERY) => {
            let signals = Some(signals(number.is_multiple_of(2 * CHANGES_EVERY)));
            let changes = HostChanges { observed_at: now, signals, ..HostChanges::default() };
            HostReport::Changes(Box::new(changes))
        }
        Delivers::Same | Delivers::Kept => HostReport::Same { observed_at: now },
    };
    let last = if delivers == Delivers::Kept { next + KEPT_ITEMS - 1 } else { next };
    let one = |number: u64| Numbered { number, at: now, item: Item::Report(report(number)) };
    CheckIn { numbered: (next..=last).map(one).collect(), ..empty(now, 0) }
}

/// A check-in that delivers nothing and waits so long for an order.
pub(crate) fn empty(now: Time, wait_seconds: u32) -> CheckIn {
    let numbered = Vec::new();
    CheckIn {
        version: wire::VERSION,
        agent_now: now,
        numbered,
        wait_seconds,
        order_seen: 0,
        term_seen: 0,
        probes_seen: 0,
    }
}

fn signals(pending: bool) -> BTreeMap<SignalSource, Reading> {
    let reading = |source: SignalSource| match source {
        SignalSource::DeletedLibraries if pending => {
            Reading::Unknown("/proc/812/maps: permission denied".into())
        }
        _ => Reading::Clear,
    };
    SignalSource::applicable(SystemFamily::Debian).iter().map(|source| (*source, reading(*source))).collect()
}

fn observation(at: usize, packages: usize, now: Time) -> HostObservation {
    let kind = at % KINDS;
    let package = |n: usize| -> (Box<str>, Box<str>) {
        let patched = (kind + n).is_multiple_of(17);
        (
            format!("lib-package-{n:04}").into(),
            format!("{}.{}-{}+deb12u{}", n % 9, kind % 3, n % 5, u8::from(patched)).into(),
        )
    };
    HostObservation {
        observed_at: now,
        boot: Boot {
            id: format!("{at:08x}-5f5c-4a57-9a5d-3f6f2b1c7d10").into(),
            began_at: Time(now.0 - 86_400_000_000),
        },
        system: SystemVersion {
            family: SystemFamily::Debian,
            name: "Debian GNU/Linux 12 (bookworm)".into(),
            kernel_running: "6.1.0-28-amd64".into(),
            kernel_installed: Some("6.1.0-28-amd64".into()),
        },
        packages: (0..packages).map(package).collect(),
        available: Vec::new(),
        signals: signals(false),
        probes: BTreeMap::new(),
        resources: Resources {
            disk_free_bytes: Some(1 << 34),
            power: Power::Mains,
            clock_offset_ms: Some(3),
        },
    }
}
