//! Does the plan hold together: are its names known and unique, its numbers possible?

use std::collections::{BTreeMap, BTreeSet};

use model::patch::{Patch, RestartNeed};
use model::plan::{
    HAND_PROOF_DAYS_MAX, HAND_PROOF_DAYS_USUAL, Hands, ITEMS_PER_PLAN_MAX, Item, PATCHES_PER_PLAN_MAX, Plan,
    RINGS_PER_PLAN_MAX, Ring,
};

use super::Findings;

/// A quiet period below this deserves a word: the design's default.
const QUIET_USUAL_MINUTES: u32 = 120;

pub(super) fn check(plan: &Plan, found: &mut Findings) {
    sizes(plan, found);
    twice(plan.patches.iter().map(|patch| patch.id.as_str()), "patch", found);
    twice(plan.windows.iter().map(|window| window.id.as_str()), "window", found);
    twice(plan.items.iter().map(|item| item.host.as_str()), "host", found);
    for patch in &plan.patches {
        minutes(patch, found);
        if !plan.items.iter().any(|item| item.patches.contains(&patch.id)) {
            found.remark("patch-unused", &patch.id, format!("patch {} goes to no host", patch.id));
        }
    }
    for (number, ring) in (1u16..).zip(&plan.rings) {
        self::ring(plan, number, ring, found);
    }
    for item in &plan.items {
        self::item(plan, item, found);
    }
    proof(plan, found);
    if plan.contingency.trim().is_empty() {
        let says = "the plan does not say what is done when it goes wrong and who is called; no plan is agreed without";
        found.block("contingency-missing", "", says.to_owned());
    }
}

fn sizes(plan: &Plan, found: &mut Findings) {
    let counted = [
        ("hosts", plan.items.len(), ITEMS_PER_PLAN_MAX),
        ("patches", plan.patches.len(), PATCHES_PER_PLAN_MAX),
        ("rings", plan.rings.len(), RINGS_PER_PLAN_MAX),
        ("windows", plan.windows.len(), RINGS_PER_PLAN_MAX),
    ];
    for (what, count, max) in counted {
        if count == 0 {
            found.block("empty", what, format!("the plan has no {what}; it needs at least one"));
        } else if count > max {
            found.block(
                "too-large",
                what,
                format!("the plan has {count} {what}; at most {max} fit, split it"),
            );
        }
    }
}

fn twice<'a>(names: impl Iterator<Item = &'a str>, what: &str, found: &mut Findings) {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            found.block("twice", name, format!("{what} {name} is in the plan twice; once is right"));
        }
    }
}

fn minutes(patch: &Patch, found: &mut Findings) {
    let id = &patch.id;
    let declared = patch.declared;
    for (what, minutes) in
        [("install", declared.install), ("restart", declared.restart), ("back_out", declared.back_out)]
    {
        if minutes.p90 < minutes.p50 {
            let (p50, p90) = (minutes.p50, minutes.p90);
            let says = format!(
                "patch {id}: {what} takes {p50} min at the median and {p90} at the 90th percentile; the second cannot be less"
            );
            found.block("minutes-upside-down", id, says);
        }
    }
    if declared.install.p90 == 0 {
        found.block(
            "minutes-missing",
            id,
            format!("patch {id} is said to take no time to install; say how long it takes"),
        );
    }
    match &patch.restart {
        RestartNeed::Host | RestartNeed::Services(_) if declared.restart.p90 == 0 => {
            let says = format!("patch {id} restarts something, yet the restart is said to take no time");
            found.block("minutes-missing", id, says);
        }
        RestartNeed::None if declared.restart.p90 > 0 => {
            let says =
                format!("patch {id} restarts nothing, yet a restart is said to take time; which is right?");
            found.block("minutes-contradict", id, says);
        }
        RestartNeed::Services(services) if services.is_empty() => {
            let says = format!("patch {id} restarts services but names none");
            found.block("restart-names-nothing", id, says);
        }
        RestartNeed::Host | RestartNeed::Services(_) | RestartNeed::None => {}
    }
}

fn ring(plan: &Plan, number: u16, ring: &Ring, found: &mut Findings) {
    let about = format!("ring {number}");
    let mut waves: BTreeMap<u16, u32> = BTreeMap::new();
    for item in plan.items.iter().filter(|item| item.ring == number) {
        *waves.entry(item.wave).or_default() += 1;
    }
    let hosts: u32 = waves.values().sum();
    if hosts == 0 {
        found.block(
            "ring-empty",
            &about,
            format!("{about} has no host; leave it out, or the next ring never starts"),
        );
        return;
    }
    if plan.window_of(ring).is_none() {
        found.block(
            "window-unknown",
            &about,
            format!("{about} is in window {}, which the plan does not have", ring.window),
        );
    }
    if ring.success_min == 0 || ring.success_min > hosts {
        let wanted = ring.success_min;
        let says = format!(
            "{about} soaks when {wanted} of {hosts} hosts work; the number must be 1 to {hosts}, and {hosts} is the safe one"
        );
        found.block("success-impossible", &about, says);
    }
    if ring.failures_stop == 0 {
        found.block(
            "stop-impossible",
            &about,
            format!("{about} never stops at failures; 1 stops it at the first"),
        );
    }
    if ring.at_once_max == 0 {
        found.block(
            "at-once-impossible",
            &about,
            format!("{about} works on no host at once; 1 is the least"),
        );
    }
    for (expected, wave) in (1u16..).zip(waves.keys()) {
        if *wave != expected {
            found.block(
                "wave-missing",
                &about,
                format!("{about} has a wave {wave} but no wave {expected}; number waves from 1"),
            );
            break;
        }
    }
}

fn item(plan: &Plan, item: &Item, found: &mut Findings) {
    let host = &item.host;
    if plan.ring(item.ring).is_none() {
        let says = format!("{host} is in ring {}; the plan has rings 1 to {}", item.ring, plan.rings.len());
        found.block("ring-unknown", host, says);
    }
    if item.patches.is_empty() {
        found.block("nothing-to-do", host, format!("{host} gets no patch; name one, or leave the host out"));
    }
    let mut versions: BTreeMap<&str, &str> = BTreeMap::new();
    let mut patches = BTreeSet::new();
    for id in &item.patches {
        let Some(patch) = plan.patch(id) else {
            found.block(
                "patch-unknown",
                host,
                format!("{host} gets patch {id}, which the plan does not have"),
            );
            continue;
        };
        if !patches.insert(id) {
            found.block("twice", host, format!("{host} gets patch {id} twice; once is right"));
        }
        for package in &patch.packages {
            let known = versions.insert(&package.package, &package.version);
            if let Some(known) = known.filter(|known| **known != *package.version) {
                let says = format!(
                    "{host} would get {} in version {known} and in version {}: patches that contradict each other",
                    package.package, package.version
                );
                found.block("versions-contradict", host, says);
            }
        }
        match item.by {
            Hands::Agent if patch.packages.is_empty() => {
                let says = format!(
                    "{host} is patched by its agent, but patch {id} names no package; name them, or let a person do it"
                );
                found.block("patch-without-packages", host, says);
            }
            Hands::Person(_) if patch.steps.is_empty() => {
                let says = format!(
                    "{host} is patched by a person, but patch {id} has no steps; write down what the person does"
                );
                found.block("patch-without-steps", host, says);
            }
            Hands::Agent | Hands::Person(_) => {}
        }
    }
}

fn proof(plan: &Plan, found: &mut Findings) {
    let proof = &plan.proof;
    if proof.offsets.is_empty() {
        let says =
            "the plan does not know the site's local time, so no morning check can be set; draft it again";
        found.block("local-time-missing", "proof", says.to_owned());
    }
    let rising = proof.offsets.windows(2).all(|pair| match pair {
        [one, next] => one.from < next.from,
        _ => true,
    });
    if !rising {
        let says = "the offsets of local time are not in rising order of time; draft the plan again";
        found.block("local-time-disordered", "proof", says.to_owned());
    }
    if proof.morning_minute.is_some_and(|minute| minute >= 1_440) {
        let says = "the morning check is not at a minute of a day (0 to 1439; 390 is 06:30)".to_owned();
        found.block("morning-impossible", "proof", says);
    }
    if proof.evidence_age_max_seconds == 0 {
        let says = "evidence is too old at once, so nothing could ever be proven; 300 s is usual".to_owned();
        found.block("evidence-age-impossible", "proof", says);
    }
    let days = proof.hand_proof_days();
    if days == 0 || days > HAND_PROOF_DAYS_MAX {
        let says = format!(
            "work by hand would be proven for {days} days after its check; from 1 to {HAND_PROOF_DAYS_MAX} is possible, {HAND_PROOF_DAYS_USUAL} is usual"
        );
        found.block("hand-proof-impossible", "proof", says);
    }
    if proof.stalled_after_tenths < 10 {
        let says = "a step would count as stalled before its 90th percentile; 20 (twice that time) is usual";
        found.block("stalled-too-early", "proof", says.to_owned());
    }
    if proof.quiet_minutes < QUIET_USUAL_MINUTES {
        let minutes = proof.quiet_minutes;
        let says = format!(
            "the quiet period is {minutes} min; a second restart that surfaces later is not seen in it"
        );
        found.remark("quiet-short", "proof", says);
    }
    if proof.morning_minute.is_none() {
        let says =
            "there is no check next morning; a restart that surfaces overnight is found later or not at all";
        found.remark("morning-missing", "proof", says.to_owned());
    }
}
