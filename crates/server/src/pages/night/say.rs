//! What the rollout knows, in the reader's words: verdicts with all that they rest on, signals, orders, news. Nothing is left
//! out and nothing is rounded.

use hospital::archives::incident::{ArchiveIncident, Slower};
use hospital::fact::night::Happened;
use model::host::{Reading, RestartOf, SignalSource};
use model::order::{Action, OrderStep, RefusalCode};
use model::patch::Minutes;
use model::plan::Owner;
use model::{AssetTag, Time};
use rollout::decision::{HaltReason, IncidentKind, News};
use rollout::verdict::{Failure, Gap, PendingReason, Verdict};

use crate::clock::Local;
use crate::parts::{Mark, Status};
use crate::words::Words;

/// Most hosts that one line names; further ones are counted.
const HOSTS_NAMED_MAX: usize = 30;

/// Hosts by their names, the first ones, and how many more.
pub(crate) fn hosts(w: Words, hosts: &[&AssetTag]) -> String {
    let named: Vec<&str> = hosts.iter().take(HOSTS_NAMED_MAX).map(|host| host.as_str()).collect();
    let left = hosts.len().saturating_sub(named.len()) as u64;
    let more = if left > 0 { format!(" {}", w.happened_more(left)) } else { String::new() };
    format!("{}{more}", named.join(", "))
}

/// The mark of a verdict.
pub(crate) fn mark(verdict: &Verdict) -> Mark {
    match verdict {
        Verdict::NotBegun => Mark::NotBegun,
        Verdict::Proven { .. } => Mark::Proven,
        Verdict::Settling { .. } => Mark::Settling,
        Verdict::RestartPending { .. } => Mark::RestartPending,
        Verdict::Dark { .. } => Mark::Dark,
        Verdict::Broken { .. } => Mark::Broken,
        Verdict::Stalled { .. } => Mark::Stalled,
        Verdict::Stale { .. } => Mark::Stale,
        Verdict::Unknown { .. } => Mark::Unknown,
    }
}

/// The word of a verdict in files and in the API.
pub(crate) fn verdict_word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::NotBegun => "not_begun",
        Verdict::Proven { .. } => "proven",
        Verdict::Settling { .. } => "settling",
        Verdict::RestartPending { .. } => "restart_pending",
        Verdict::Dark { .. } => "dark",
        Verdict::Broken { .. } => "broken",
        Verdict::Stalled { .. } => "stalled",
        Verdict::Stale { .. } => "stale",
        Verdict::Unknown { .. } => "unknown",
    }
}

/// What a verdict rests on: every reason, in the reader's words.
pub(crate) fn detail(local: &Local, verdict: &Verdict) -> String {
    let w = local.w;
    match verdict {
        Verdict::NotBegun => String::new(),
        Verdict::Proven { until } | Verdict::Settling { until } => w.night_until(&local.moment(*until)),
        Verdict::RestartPending { reasons } => pending(w, reasons),
        Verdict::Dark { back_p50, back_p90, .. } => {
            w.night_dark_until(&local.moment(*back_p50), &local.moment(*back_p90))
        }
        Verdict::Broken { failures } => join(failures.iter().map(|failure| self::failure(local, failure))),
        Verdict::Stalled { since, due } => w.night_stalled_due(&local.moment(*since), &local.moment(*due)),
        Verdict::Stale { observed_at: Some(at), checked_by: Some(by) } => {
            w.night_stale_checked(by, &local.moment(*at))
        }
        Verdict::Stale { observed_at: Some(at), checked_by: None } => w.night_stale_of(&local.age(*at)),
        Verdict::Stale { observed_at: None, .. } => w.night_never_heard().to_owned(),
        Verdict::Unknown { gaps } => join(gaps.iter().map(|gap| self::gap(local, gap))),
    }
}

/// A verdict with all that it rests on.
pub(crate) fn status(local: &Local, verdict: &Verdict) -> Status {
    Status::new(local.w, mark(verdict)).detail(detail(local, verdict))
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join("; ")
}

/// Why a restart is pending: every reason.
pub(crate) fn pending(w: Words, reasons: &[PendingReason]) -> String {
    join(reasons.iter().map(|reason| match reason {
        PendingReason::Source { source, says } => w.pending_source(signal(w, *source), says),
        PendingReason::NotRestarted => w.pending_not_restarted().to_owned(),
        PendingReason::ServiceNotRestarted(service) => w.pending_service(service),
        PendingReason::FurtherPatch { package, to } => w.pending_further(package, to),
    }))
}

fn failure(local: &Local, failure: &Failure) -> String {
    let w = local.w;
    match failure {
        Failure::Version { package, wanted, found: Some(found) } => w.failure_version(package, found, wanted),
        Failure::Version { package, wanted, found: None } => w.failure_version_absent(package, wanted),
        Failure::Probe { probe, says, before_too: false } => w.failure_probe(probe.as_str(), says),
        Failure::Probe { probe, says, before_too: true } => w.failure_probe_before(probe.as_str(), says),
        Failure::Refused { code, says } => w.failure_refused(refusal(w, *code), says),
        Failure::Order { action, says } => w.failure_order(action_of_word(w, action), says),
        Failure::RolledBack => w.failure_rolled_back().to_owned(),
        Failure::Test(says) => w.failure_test(says),
        Failure::UnorderedRestart { began_at } => w.failure_unordered(&local.moment(*began_at)),
    }
}

fn gap(local: &Local, gap: &Gap) -> String {
    let w = local.w;
    match gap {
        Gap::Source { source, why } => w.gap_source(signal(w, *source), why),
        Gap::SourceNotAsked(source) => w.gap_not_asked(signal(w, *source)),
        Gap::Disagreement { pending, clear } => w.gap_disagreement(signal(w, *pending), signal(w, *clear)),
        Gap::Probe { probe, why } => w.gap_probe(probe.as_str(), why),
        Gap::RecheckMissing { due } => w.gap_recheck(&local.moment(*due)),
        Gap::WorkUnfinished { done, of } => {
            w.gap_work(&w.number(u64::from(*done)), &w.number(u64::from(*of)))
        }
    }
}

/// A source of a pending restart.
pub(crate) fn signal(w: Words, source: SignalSource) -> &'static str {
    match source {
        SignalSource::RebootRequired => w.signal_reboot_required(),
        SignalSource::NeedrestartKernel => w.signal_needrestart_kernel(),
        SignalSource::NeedrestartServices => w.signal_needrestart_services(),
        SignalSource::Kernel => w.signal_kernel(),
        SignalSource::DeletedLibraries => w.signal_deleted_libraries(),
        SignalSource::PackageSystem => w.signal_package_system(),
        SignalSource::DnfNeedsRestarting => w.signal_dnf_needs_restarting(),
    }
}

/// What a source says; `None`: it was not asked, which is not a no.
pub(crate) fn reading(w: Words, reading: Option<&Reading>) -> Status {
    match reading {
        Some(Reading::Clear) => Status::worded(Mark::Fixed, w.signal_clear()),
        Some(Reading::Pending(pending)) => {
            let of = match &pending.of {
                RestartOf::Host => w.signal_pending_host().to_owned(),
                RestartOf::Services(names) => w.signal_pending_services(&names.join(", ")),
            };
            Status::new(w, Mark::RestartPending).detail(format!("{of}: {}", pending.reason))
        }
        Some(Reading::Unknown(why)) => Status::worded(Mark::Unknown, w.signal_unknown()).detail(&**why),
        None => Status::worded(Mark::Unknown, w.signal_not_asked()),
    }
}

/// What an order is about.
pub(crate) fn action(w: Words, action: &Action) -> &'static str {
    action_of_word(w, action.word())
}

/// The same by its word on the wire; a word of a later version stands for itself as *order*.
pub(crate) fn action_of_word(w: Words, word: &str) -> &'static str {
    match word {
        "download" => w.action_download(),
        "install" => w.action_install(),
        "restart_services" => w.action_restart_services(),
        "restart_host" => w.action_restart_host(),
        "probe" => w.action_probe(),
        "roll_back" => w.action_roll_back(),
        _ => w.action_other(),
    }
}

/// What happened to an order, with its mark: a host's *done* proves nothing and is never shown as proven.
pub(crate) fn order_step(w: Words, step: &OrderStep) -> Status {
    match step {
        OrderStep::Refused { code, says } => {
            Status::worded(Mark::Broken, w.order_refused()).detail(format!("{}: {says}", refusal(w, *code)))
        }
        OrderStep::Accepted => Status::worded(Mark::Settling, w.order_accepted()),
        OrderStep::Begun => Status::worded(Mark::Settling, w.order_begun()),
        OrderStep::Done { says, .. } => Status::worded(Mark::Settling, w.order_done()).detail(&**says),
        OrderStep::Failed { says } => Status::worded(Mark::Broken, w.order_failed()).detail(&**says),
    }
}

/// Why a host refused.
pub(crate) fn refusal(w: Words, code: RefusalCode) -> &'static str {
    match code {
        RefusalCode::BadSignature => w.refusal_bad_signature(),
        RefusalCode::WrongHost => w.refusal_wrong_host(),
        RefusalCode::Replayed => w.refusal_replayed(),
        RefusalCode::OutOfOrder => w.refusal_out_of_order(),
        RefusalCode::OlderTerm => w.refusal_older_term(),
        RefusalCode::TooEarly => w.refusal_too_early(),
        RefusalCode::TooLate => w.refusal_too_late(),
        RefusalCode::Expired => w.refusal_expired(),
        RefusalCode::BootDiffers => w.refusal_boot_differs(),
        RefusalCode::VersionsDiffer => w.refusal_versions_differ(),
        RefusalCode::Busy => w.refusal_busy(),
        RefusalCode::DiskFull => w.refusal_disk_full(),
        RefusalCode::OnBattery => w.refusal_on_battery(),
        RefusalCode::NotSupported => w.refusal_not_supported(),
        RefusalCode::Unreadable => w.refusal_unreadable(),
    }
}

/// Why a ring stopped.
pub(crate) fn halt(w: Words, reason: &HaltReason) -> String {
    match reason {
        HaltReason::Failures { hosts } => {
            w.halt_failures(&hosts.iter().map(|host| host.as_str()).collect::<Vec<_>>().join(", "))
        }
        HaltReason::Impossible { host, says } => w.halt_impossible(host.as_str(), says),
        HaltReason::WindowOver => w.halt_window().to_owned(),
    }
}

/// What happened, for the incident list.
pub(crate) fn incident(local: &Local, happened: &Happened) -> String {
    let w = local.w;
    let kind = match happened {
        Happened::InNight(kind) => kind,
        Happened::AtArchive(ArchiveIncident::ArchiveSlower(slower)) => return archive_slower(local, slower),
    };
    match kind {
        IncidentKind::RestartSurfaced { reasons } => w.incident_restart_surfaced(&pending(w, reasons)),
        IncidentKind::HostBroken { says } => w.incident_broken(says),
        IncidentKind::HostStalled { since } => w.incident_stalled(&local.moment(*since)),
        IncidentKind::RingHalted { ring, reason } => w.incident_halted(*ring, &halt(w, reason)),
        IncidentKind::Stopped { emergency: true, reason } => w.incident_stopped_emergency(reason),
        IncidentKind::Stopped { emergency: false, reason } => w.incident_stopped(reason),
    }
}

fn archive_slower(local: &Local, slower: &Slower) -> String {
    let (w, speed, since) = (local.w, slower.first_image, local.moment(slower.since));
    let (pair, side, place) = (slower.pair.as_str(), slower.side.to_string(), &*slower.place);
    match speed.failed {
        0 => {
            let (took, most) = (w.number(speed.p95_milliseconds), w.number(slower.p95_max_milliseconds));
            w.incident_archive_slower(&side, pair, place, &took, &most, &since)
        }
        failed => w.incident_archive_fails(u64::from(failed), &side, pair, place, &since),
    }
}

/// The mark of an incident.
pub(crate) fn incident_mark(happened: &Happened) -> Mark {
    match happened {
        Happened::InNight(IncidentKind::RestartSurfaced { .. }) => Mark::RestartPending,
        Happened::InNight(IncidentKind::HostStalled { .. }) => Mark::Stalled,
        Happened::InNight(
            IncidentKind::HostBroken { .. } | IncidentKind::RingHalted { .. } | IncidentKind::Stopped { .. },
        ) => Mark::Broken,
        Happened::AtArchive(ArchiveIncident::ArchiveSlower(slower)) if slower.first_image.failed > 0 => {
            Mark::Broken
        }
        Happened::AtArchive(ArchiveIncident::ArchiveSlower(_)) => Mark::Stalled,
    }
}

/// The word of an incident in files and in the API.
pub(crate) fn incident_word(happened: &Happened) -> &'static str {
    let kind = match happened {
        Happened::InNight(kind) => kind,
        Happened::AtArchive(ArchiveIncident::ArchiveSlower(_)) => return "archive_slower",
    };
    match kind {
        IncidentKind::RestartSurfaced { .. } => "restart_surfaced",
        IncidentKind::HostBroken { .. } => "host_broken",
        IncidentKind::HostStalled { .. } => "host_stalled",
        IncidentKind::RingHalted { .. } => "ring_halted",
        IncidentKind::Stopped { emergency: false, .. } => "stopped",
        IncidentKind::Stopped { emergency: true, .. } => "emergency_stop",
    }
}

/// What a unit is told.
pub(crate) fn news(local: &Local, host: &str, news: &News) -> (Mark, String) {
    let w = local.w;
    match news {
        News::Dark { back_p90 } => (Mark::Dark, w.news_dark(host, &local.moment(*back_p90))),
        News::Back { settling_until } => (Mark::Settling, w.news_back(host, &local.moment(*settling_until))),
        News::Proven => (Mark::Proven, w.news_proven(host)),
        News::FurtherOutage { reasons } => (Mark::RestartPending, w.news_outage(host, &pending(w, reasons))),
        News::Trouble { says } => (Mark::Broken, w.news_trouble(host, says)),
    }
}

/// Who owns a task.
pub(crate) fn owner(w: Words, owner: Owner) -> &'static str {
    match owner {
        Owner::ClinicalEngineering => w.owner_clinical_engineering(),
        Owner::It => w.owner_it(),
        Owner::Vendor => w.owner_vendor(),
        Owner::Ward => w.owner_ward(),
    }
}

/// The word of an owner in files and addresses.
pub(crate) fn owner_word(owner: Owner) -> &'static str {
    match owner {
        Owner::ClinicalEngineering => "clinical_engineering",
        Owner::It => "it",
        Owner::Vendor => "vendor",
        Owner::Ward => "ward",
    }
}

/// Whole minutes: `41 min`, `2 h 05 min`.
pub(crate) fn minutes(w: Words, minutes: u64) -> String {
    if minutes < 60 {
        return w.night_minutes(minutes);
    }
    w.night_hours_minutes(minutes / 60, &format!("{:02}", minutes % 60))
}

/// `41 min (P90 55 min)`.
pub(crate) fn duration(w: Words, duration: Minutes) -> String {
    w.night_duration(&minutes(w, u64::from(duration.p50)), &minutes(w, u64::from(duration.p90)))
}

/// `22:10–22:41, at the latest 22:55`.
pub(crate) fn from_to(local: &Local, from: Time, p50: Time, p90: Time) -> String {
    local.w.night_from_to(&local.moment(from), &local.clock_near(from, p50), &local.clock_near(from, p90))
}
