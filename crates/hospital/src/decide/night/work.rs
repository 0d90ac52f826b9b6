//! Work that people do on devices: the right person, the right device, step by step, tested, signed (R97, R99).

use model::device::Installer;
use model::patch::{StepProof, WorkStep};
use model::plan::{Hands, Item};
use model::work::{Shown, StepDone, WorkSigned};
use model::{AssetTag, PlanHash, Time};

use super::{NightRefusal, rollouts, written};
use crate::decide::Refusal;
use crate::fact::Fact;
use crate::night::records::{RunState, Work};
use crate::register::DeviceView;
use crate::state::State;

/// Longest name of somebody who works or signs.
const NAME_MAX_BYTES: usize = 200;

/// The item that a person works on, with its steps; refused where it is not theirs to do now.
fn by_hand<'a>(
    state: &'a State,
    plan: PlanHash,
    host: &AssetTag,
) -> Result<(&'a Item, Installer, Vec<&'a WorkStep>), NightRefusal> {
    if rollouts::going(state, plan)? == RunState::Paused {
        return Err(NightRefusal::Paused { plan });
    }
    let record = state.night().plan(&plan).ok_or(NightRefusal::NoSuchPlan { plan })?;
    let item = record.plan.item(host);
    let item = item.ok_or_else(|| NightRefusal::NotInPlan { plan, host: host.clone() })?;
    let Hands::Person(wanted) = item.by else {
        return Err(NightRefusal::NotByHand { host: host.clone() });
    };
    if !state.night().ring_is_open(&plan, item.ring) {
        return Err(NightRefusal::RingClosed { host: host.clone() });
    }
    let steps = record.plan.patches_of(item).flat_map(|patch| &patch.steps).collect();
    Ok((item, wanted, steps))
}

fn device<'a>(state: &'a State, host: &AssetTag) -> Result<DeviceView<'a>, NightRefusal> {
    let device = state.register().by_tag(host.as_str()).filter(|device| !device.is_retired());
    device.ok_or_else(|| NightRefusal::NotRegistered { host: host.clone() })
}

pub(in crate::decide) fn step(state: &State, step: StepDone) -> Result<Vec<Fact>, Refusal> {
    let host = || step.host.clone();
    name("the worker's name", &step.worker)?;
    let (_, wanted, steps) = by_hand(state, step.plan, &step.host)?;
    let given = NightRefusal::installer(step.installer);
    if wanted != step.installer {
        let wanted = NightRefusal::installer(wanted);
        return Err(NightRefusal::WrongInstaller { host: host(), wanted, given }.into());
    }
    let device = device(state, &step.host)?;
    if device.installer() != step.installer {
        let wanted = NightRefusal::installer(device.installer());
        return Err(NightRefusal::MayNotInstall { host: host(), wanted, given }.into());
    }
    let empty = Work::default();
    let work = state.night().work(&step.plan, &step.host).unwrap_or(&empty);
    if !work.signed.is_empty() {
        return Err(NightRefusal::SignedAlready { host: host() }.into());
    }
    let of = u16::try_from(steps.len()).unwrap_or(u16::MAX);
    let asked = usize::from(step.step).checked_sub(1).and_then(|ix| steps.get(ix));
    let no_such = || NightRefusal::NoSuchStep { host: host(), step: step.step, of };
    let asked = asked.ok_or_else(no_such)?;
    let next = work.next_step();
    if step.step != next {
        return Err(NightRefusal::StepsInOrder { host: host(), next }.into());
    }
    shows(&step, asked.proof, &device)?;
    Ok(vec![Fact::WorkStepDone(step)])
}

/// What was handed in is what the step wants.
fn shows(step: &StepDone, proof: StepProof, device: &DeviceView<'_>) -> Result<(), NightRefusal> {
    let other = |wanted| NightRefusal::OtherProof { host: step.host.clone(), step: step.step, wanted };
    match (proof, &step.shown) {
        (StepProof::Said, Shown::Said) => Ok(()),
        (StepProof::Said, Shown::Measured(says)) => written("the measurement", says),
        (StepProof::Said, Shown::Photo(sha256)) => photo(sha256),
        (StepProof::Said, Shown::Label(_) | Shown::Test { .. }) => Err(other("a word that it was done")),
        (StepProof::Identity, Shown::Label(read)) => {
            if is_label_of(read, device) {
                Ok(())
            } else {
                let read = read.chars().take(200).collect::<String>().into();
                Err(NightRefusal::OtherDevice { host: step.host.clone(), read })
            }
        }
        (StepProof::Identity, _) => Err(other("the device's label: asset tag, serial number or UDI")),
        (StepProof::Before | StepProof::After, Shown::Measured(says)) => written("the measurement", says),
        (StepProof::Before | StepProof::After, Shown::Photo(sha256)) => photo(sha256),
        (StepProof::Before | StepProof::After, Shown::Said | Shown::Label(_) | Shown::Test { .. }) => {
            Err(other("a photograph or a measurement"))
        }
        (StepProof::Test, Shown::Test { says, .. }) => written("what was tested and seen", says),
        (StepProof::Test, _) => Err(other("a function test with its result")),
    }
}

fn photo(sha256: &str) -> Result<(), NightRefusal> {
    let hexadecimal = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
    if hexadecimal { Ok(()) } else { Err(NightRefusal::Missing { what: "the SHA-256 of the photograph" }) }
}

/// Asset tag, serial number, or a UDI that names this device: its identifier together with its serial number.
fn is_label_of(read: &str, device: &DeviceView<'_>) -> bool {
    let read = read.trim();
    if read.eq_ignore_ascii_case(device.asset_tag()) || device.serial_number() == Some(read) {
        return true;
    }
    // A device identifier alone is that of a thousand devices of the model.
    let udi = device.udi().zip(device.serial_number());
    udi.is_some_and(|(udi, serial)| read.contains(&*udi.di) && read.contains(serial))
}

fn name(what: &'static str, text: &str) -> Result<(), NightRefusal> {
    written(what, text)?;
    if text.len() > NAME_MAX_BYTES {
        return Err(NightRefusal::TooLong { what, bytes: text.len(), max: NAME_MAX_BYTES });
    }
    Ok(())
}

pub(in crate::decide) fn sign(state: &State, signed: WorkSigned, now: Time) -> Result<Vec<Fact>, Refusal> {
    name("the signature", &signed.by)?;
    name("the version that the device shows", &signed.version_seen)?;
    let (_, _, steps) = by_hand(state, signed.plan, &signed.host)?;
    let empty = Work::default();
    let work = state.night().work(&signed.plan, &signed.host).unwrap_or(&empty);
    let host = signed.host.clone();
    if !work.signed.is_empty() {
        return Err(NightRefusal::SignedAlready { host }.into());
    }
    let of = u16::try_from(steps.len()).unwrap_or(u16::MAX);
    let done = work.next_step().saturating_sub(1);
    if done < of || of == 0 {
        return Err(NightRefusal::Unfinished { host, done, of }.into());
    }
    let tested =
        work.steps.iter().rev().any(|(_, step)| matches!(step.shown, Shown::Test { passed: true, .. }));
    if !tested {
        return Err(NightRefusal::Missing { what: "a function test that passed" }.into());
    }
    // People write minutes, and the last step is stamped with seconds.
    let last = work.steps.last().map_or(Time(0), |(stamp, _)| stamp.time.plus_seconds(-24 * 3600));
    if signed.finished_at > now || signed.finished_at < last {
        return Err(NightRefusal::FinishedWhen.into());
    }
    Ok(vec![Fact::WorkSigned(signed)])
}
