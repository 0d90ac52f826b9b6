//! Work that people do on devices: the right person, the right device, step by step, tested, signed (R97, R99). Which step may be
//! done is the rollout's to say; here stands what it cannot know.

use model::Time;
use model::work::{Shown, StepDone, WorkChecked, WorkSigned};

use super::{NightRefusal, rollouts, written};
use crate::decide::Refusal;
use crate::fact::Fact;
use crate::night::records::RunState;
use crate::state::State;

/// Longest name of somebody who works or signs, label that is read, or version that is seen.
const NAME_MAX_BYTES: usize = 200;
/// A signature comes at most so long after the work that it is for was finished.
const SIGNED_AFTER_MAX_SECONDS: i64 = 7 * 24 * 3_600;

pub(in crate::decide) fn step(state: &State, step: StepDone, now: Time) -> Result<Vec<Fact>, Refusal> {
    name("the worker's name", &step.worker)?;
    shown(&step.shown)?;
    let plan = step.plan;
    if rollouts::going(state, plan)? == RunState::Paused {
        return Err(NightRefusal::Paused { plan }.into());
    }
    let rollout = state.night().rollout(&plan).ok_or(NightRefusal::NotStarted { plan })?;
    let surroundings = state.night().surroundings(rollout);
    rollout.check_step(&step, &surroundings.world(), now).map_err(NightRefusal::from)?;
    let device = state.register().by_tag(step.host.as_str()).filter(|device| !device.is_retired());
    let device = device.ok_or_else(|| NightRefusal::NotRegistered { host: step.host.clone() })?;
    if device.installer() != step.installer {
        return Err(NightRefusal::MayNotInstall {
            host: step.host,
            wanted: NightRefusal::installer(device.installer()),
            given: NightRefusal::installer(step.installer),
        }
        .into());
    }
    Ok(vec![Fact::WorkStepDone(step)])
}

/// What was handed in says something, and not too much.
fn shown(shown: &Shown) -> Result<(), NightRefusal> {
    match shown {
        Shown::Said => Ok(()),
        Shown::Label(read) => name("the label that was read", read),
        Shown::Measured(says) => written("the measurement", says),
        Shown::Test { says, .. } => written("what was tested and seen", says),
        Shown::Photo(sha256) => {
            let hexadecimal = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
            let what = "the SHA-256 of the photograph";
            if hexadecimal { Ok(()) } else { Err(NightRefusal::Missing { what }) }
        }
    }
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
    let plan = signed.plan;
    let rollout = state.night().rollout(&plan).ok_or(NightRefusal::NotStarted { plan })?;
    rollout.check_signature(&signed).map_err(NightRefusal::from)?;
    let long_ago = signed.finished_at < now.plus_seconds(-SIGNED_AFTER_MAX_SECONDS);
    if signed.finished_at > now || signed.finished_at < rollout.started_at() || long_ago {
        return Err(NightRefusal::FinishedWhen.into());
    }
    Ok(vec![Fact::WorkSigned(signed)])
}

/// Also after the night was stopped, and for as long as its record stands: a proof is renewed whenever somebody comes round to it.
pub(in crate::decide) fn check(state: &State, checked: WorkChecked) -> Result<Vec<Fact>, Refusal> {
    name("the name of whoever checked", &checked.by)?;
    name("the label that was read", &checked.label)?;
    name("the version that the device shows", &checked.version_seen)?;
    written("what was tested and seen", &checked.says)?;
    let plan = checked.plan;
    let rollout = state.night().rollout(&plan).ok_or(NightRefusal::NotStarted { plan })?;
    rollout.check_again(&checked).map_err(NightRefusal::from)?;
    Ok(vec![Fact::WorkChecked(checked)])
}
