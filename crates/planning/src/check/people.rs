//! May those who are to do it do it, and is what they do enough: installers, agents, steps, support.

use model::Topology;
use model::device::{Installer, SupportStatus};
use model::ids::ProbeId;
use model::patch::{StepProof, WorkStep};
use model::plan::{Hands, Item, Plan};
use model::topology::{ByHost, DeviceInfo};

use super::Findings;

pub(super) fn check(plan: &Plan, topology: &Topology, found: &mut Findings) {
    let by_host = topology.by_host();
    for item in &plan.items {
        let host = &item.host;
        let Some(device) = topology.devices.get(host) else {
            found.block("host-unknown", host, format!("{host} is not in the register"));
            continue;
        };
        if device.retired {
            found.block("host-retired", host, format!("{host} has left the register"));
        }
        match device.support {
            SupportStatus::Unsupported => {
                found.remark("host-unsupported", host, format!("the maker no longer supports {host}"))
            }
            SupportStatus::Unknown => found.remark(
                "host-support-unknown",
                host,
                format!("nobody knows whether the maker supports {host}"),
            ),
            SupportStatus::Supported => {}
        }
        hands(item, device, found);
        if let Hands::Person(_) = item.by {
            steps(plan, item, found);
        } else {
            probes(plan, topology, &by_host, item, found);
        }
    }
}

fn hands(item: &Item, device: &DeviceInfo, found: &mut Findings) {
    let host = &item.host;
    match (&item.by, device.installer) {
        (Hands::Agent, _) if !device.has_agent => {
            let says = format!("{host} has no agent; enrol one, or let a person do it");
            found.block("no-agent", host, says);
        }
        (Hands::Agent, Installer::Vendor | Installer::ThirdParty) => {
            let says = format!(
                "only {} may install on {host}; the hospital's agent must not",
                who(device.installer)
            );
            found.block("installer-not-allowed", host, says);
        }
        (Hands::Person(by), allowed) if *by != allowed && allowed != Installer::Unknown => {
            let says = format!("{} may install on {host}, the plan sends {}", who(allowed), who(*by));
            found.block("installer-not-allowed", host, says);
        }
        (Hands::Person(Installer::Unknown), _) => {
            let says = format!("the plan does not say what sort of person works on {host}");
            found.block("installer-missing", host, says);
        }
        (Hands::Agent | Hands::Person(_), Installer::Unknown) => {
            let says = format!("nobody has recorded who may install on {host}; ask the maker first");
            found.remark("installer-unknown", host, says);
        }
        (Hands::Agent | Hands::Person(_), _) => {}
    }
}

/// A person's work is done only after a test, on a device that was identified.
fn steps(plan: &Plan, item: &Item, found: &mut Findings) {
    let steps: Vec<&WorkStep> = plan.steps_of(item).collect();
    if steps.is_empty() {
        return;
    }
    let host = &item.host;
    if !steps.iter().any(|step| step.proof == StepProof::Identity) {
        let says = format!("the work on {host} never reads its label; add a step that does, before the work");
        found.block("identity-step-missing", host, says);
    }
    if !steps.iter().any(|step| step.proof == StepProof::Test) {
        let says = format!("the work on {host} ends without a function test; it could never count as done");
        found.block("test-step-missing", host, says);
    }
}

fn probes(plan: &Plan, topology: &Topology, by_host: &ByHost<'_>, item: &Item, found: &mut Findings) {
    let declared = |probe: &ProbeId| topology.probes.iter().any(|known| known.id == *probe);
    let host = &item.host;
    let mut wanted = Vec::new();
    for patch in plan.patches_of(item) {
        for probe in &patch.must_still_work {
            if !declared(probe) {
                let says =
                    format!("patch {} wants probe {probe} to pass, which nobody has declared", patch.id);
                found.block("probe-unknown", host, says);
            }
            wanted.push(probe.clone());
        }
    }
    if by_host.probes_of(host, &wanted).is_empty() {
        let says =
            format!("no function probe is declared for what {host} carries; that it works is not tried");
        found.remark("no-probe", host, says);
    }
}

fn who(installer: Installer) -> &'static str {
    match installer {
        Installer::Staff => "the hospital's staff",
        Installer::Vendor => "the maker's engineer",
        Installer::ThirdParty => "a service company",
        Installer::Unknown => "somebody unnamed",
    }
}
