//! What people say and do during a night: further outages, work by hand, decisions.

use model::agreement::{SignOff, UnitAnswer};
use model::device::Installer;
use model::ids::{OutageId, UnitId};
use model::order::OrderWindow;
use model::patch::StepProof;
use model::plan::Hands;
use model::work::{Shown, StepDone, WorkChecked, WorkSigned};
use model::{AssetTag, Time};

use crate::host::{Checked, Outage, Said};
use crate::rollout::Rollout;
use crate::standing::Wait;
use crate::verdict::Failure;
use crate::work::{Task, suits};
use crate::world::World;

/// Why a step of work by hand, or its signature, does not count.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepRefusal {
    /// The plan has no such device, or an agent does the work.
    #[error("the plan has no work by hand on {0}")]
    NotByHand(AssetTag),
    /// There is no such step.
    #[error("step {step} does not exist; the work has {of} steps")]
    NoSuchStep {
        /// Asked for.
        step: u16,
        /// There are.
        of: usize,
    },
    /// The steps before it are not done.
    #[error("step {0} comes first")]
    StepBefore(usize),
    /// The device lets only others install.
    #[error("the plan has this work done by {wanted}, not by {found}", wanted = .wanted.word(), found = .found.word())]
    WrongInstaller {
        /// Who does it, as planned.
        wanted: Installer,
        /// Who reports it.
        found: Installer,
    },
    /// The label that was read is another device's.
    #[error("the label reads \"{read}\", which is not {host}: this is another device")]
    OtherDevice {
        /// Read.
        read: Box<str>,
        /// Wanted.
        host: AssetTag,
    },
    /// Something else was handed in than the step asks for.
    #[error("step {0} needs {1}")]
    WrongProof(u16, &'static str),
    /// The work may not begin yet.
    #[error("the work may not begin yet")]
    NotYet(Wait),
    /// Not every step is done.
    #[error("{done} of {of} steps are done; the work is signed when all of them are")]
    Unfinished {
        /// Done.
        done: usize,
        /// Of so many.
        of: usize,
    },
    /// No test is among the steps: nothing shows that the device works.
    #[error("the work has no function test that passed")]
    NoTest,
    /// It was signed before.
    #[error("the work was signed before")]
    Signed,
    /// There is nothing to check again.
    #[error("the work was not signed yet; it is checked again once it was")]
    NotSigned,
}

impl Rollout {
    /// Units were asked for a further outage.
    pub fn outage_asked(
        &mut self,
        id: OutageId,
        host: &AssetTag,
        units: Vec<UnitId>,
        window: OrderWindow,
        at: Time,
    ) {
        if let Some((ix, host)) = self.host_mut(host) {
            let (accepted, against) = (Vec::new(), false);
            host.outage =
                Some(Outage { id, units, window, accepted, against, accepted_by_owner: false, used: false });
            self.mark(ix, at);
        }
        self.touch();
    }

    /// A unit answered. Where no unit goes dark, any answer is that of whoever owns the host.
    pub fn outage_answered(&mut self, id: &OutageId, sign_off: &SignOff, at: Time) {
        if let Some((ix, outage)) = self.outage_mut(id) {
            let concerned = outage.units.is_empty() || outage.units.contains(&sign_off.unit);
            match &sign_off.answer {
                UnitAnswer::Accept if outage.units.is_empty() => outage.accepted_by_owner = true,
                UnitAnswer::Accept if concerned => outage.accepted.push(sign_off.unit.clone()),
                UnitAnswer::Propose { .. } | UnitAnswer::Refuse { .. } if concerned => {
                    outage.against = true;
                    outage.accepted.retain(|unit| *unit != sign_off.unit);
                }
                UnitAnswer::Accept | UnitAnswer::Propose { .. } | UnitAnswer::Refuse { .. } => {}
            }
            self.mark(ix, at);
        }
        self.touch();
    }

    /// A requested outage was moved; answers given before are void.
    pub fn outage_moved(&mut self, id: &OutageId, window: OrderWindow, at: Time) {
        if let Some((ix, outage)) = self.outage_mut(id) {
            outage.window = window;
            outage.accepted.clear();
            (outage.against, outage.accepted_by_owner) = (false, false);
            self.mark(ix, at);
        }
        self.touch();
    }

    fn outage_mut(&mut self, id: &OutageId) -> Option<(usize, &mut Outage)> {
        let mut hosts = self.progress.hosts.iter_mut().enumerate();
        hosts.find_map(|(ix, host)| {
            host.outage.as_mut().filter(|outage| outage.id == *id && !outage.used).map(|outage| (ix, outage))
        })
    }

    /// A person looked into what happened on a host and says that it may be watched again: restarts that nobody ordered are
    /// forgiven, and everything must settle anew. Wrong versions, failed orders and failed tests are forgiven by evidence only.
    pub fn looked_into(&mut self, host: &AssetTag, at: Time) {
        if let Some((ix, host)) = self.host_mut(host) {
            let before = host.failures.len();
            host.failures.retain(|failure| !matches!(failure, Failure::UnorderedRestart { .. }));
            if host.failures.len() != before {
                host.change(at);
                host.said = Said { dark: host.said.dark, ..Said::default() };
            }
            self.mark(ix, at);
        }
        self.touch();
    }

    /// A person decided to take the patch back, in this window: never done without such a decision. Only where every patch of the
    /// host can be taken back and something was installed; see [`Rollout::may_roll_back`].
    pub fn roll_back_decided(&mut self, host: &AssetTag, window: OrderWindow, at: Time) {
        if self.may_roll_back(host)
            && let Some((ix, _)) = self.host(host)
            && let (Some(host), Some(work)) = (self.progress.hosts.get_mut(ix), self.works.get(ix))
        {
            host.roll_back = Some(window);
            host.tasks.truncate(host.done);
            host.stretch_from = host.done;
            host.tasks.push(Task::RollBack);
            if work.restart_host {
                host.tasks.push(Task::RestartHost);
            } else if !work.services.is_empty() {
                host.tasks.push(Task::RestartServices);
            }
            host.tasks.extend(work.after());
            host.order = None;
            host.outage = None;
            host.moved_at = at;
            host.said = Said::default();
            self.mark(ix, at);
        }
        self.touch();
    }

    /// Can the patches of this host be taken back: something was begun, the package system can, and no order runs?
    pub fn may_roll_back(&self, host: &AssetTag) -> bool {
        let Some(item) = self.plan().item(host) else { return false };
        let can = self.plan().patches_of(item).all(|patch| patch.can_roll_back);
        self.host(host).is_some_and(|(_, host)| {
            let running = host.order.as_ref().is_some_and(|issued| {
                matches!(issued.phase, crate::host::Phase::Begun { .. } | crate::host::Phase::Accepted)
            });
            can && host.dark_since.is_some() && host.roll_back.is_none() && !running
        })
    }

    /// May this step be recorded?
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    pub fn check_step(&self, step: &StepDone, world: &World<'_>, now: Time) -> Result<(), StepRefusal> {
        let not_by_hand = || StepRefusal::NotByHand(step.host.clone());
        let (ix, host) = self.host(&step.host).ok_or_else(not_by_hand)?;
        let work = self.works.get(ix).filter(|work| work.by_hand).ok_or_else(not_by_hand)?;
        let item = self.plan().item(&step.host).ok_or_else(not_by_hand)?;
        if let Hands::Person(wanted) = item.by
            && wanted != step.installer
        {
            return Err(StepRefusal::WrongInstaller { wanted, found: step.installer });
        }
        if host.hand.signed_at.is_some() {
            return Err(StepRefusal::Signed);
        }
        let of = work.steps.len();
        let at = usize::from(step.step).checked_sub(1);
        let proof = at.and_then(|at| work.steps.get(at));
        let Some((at, proof)) = at.zip(proof) else {
            return Err(StepRefusal::NoSuchStep { step: step.step, of });
        };
        if at > host.hand.done() {
            return Err(StepRefusal::StepBefore(host.hand.done() + 1));
        }
        if !suits(*proof, &step.shown) {
            return Err(StepRefusal::WrongProof(step.step, wants(*proof)));
        }
        if let Shown::Label(read) = &step.shown
            && !is_label_of(&step.host, &work.labels, read)
        {
            return Err(StepRefusal::OtherDevice { read: read.clone(), host: step.host.clone() });
        }
        if host.hand.first_at().is_none() {
            self.may_begin_by_hand(&step.host, world, now).map_err(StepRefusal::NotYet)?;
        }
        Ok(())
    }

    /// A step was done. One that [`Rollout::check_step`] would refuse for what it shows does not count.
    pub fn step_done(&mut self, step: &StepDone, at: Time) {
        let Some((ix, _)) = self.host(&step.host) else { return };
        let Some(work) = self.works.get(ix).cloned() else { return };
        let slot = usize::from(step.step).checked_sub(1);
        let right =
            slot.and_then(|slot| work.steps.get(slot)).is_some_and(|proof| suits(*proof, &step.shown));
        let own = match &step.shown {
            Shown::Label(read) => is_label_of(&step.host, &work.labels, read),
            Shown::Said | Shown::Measured(_) | Shown::Photo(_) | Shown::Test { .. } => true,
        };
        if let Some(host) = self.progress.hosts.get_mut(ix).filter(|_| right && own)
            && let Some(kept) = slot.and_then(|slot| host.hand.steps.get_mut(slot))
        {
            *kept = Some((step.shown.clone(), at));
            host.started_at.get_or_insert(at);
            host.dark_since.get_or_insert(at);
            host.moved_at = at;
        }
        self.mark(ix, at);
        self.touch();
    }

    /// May the work be signed?
    ///
    /// # Errors
    /// What is missing.
    pub fn check_signature(&self, signed: &WorkSigned) -> Result<(), StepRefusal> {
        let not_by_hand = || StepRefusal::NotByHand(signed.host.clone());
        let (ix, host) = self.host(&signed.host).ok_or_else(not_by_hand)?;
        let work = self.works.get(ix).filter(|work| work.by_hand).ok_or_else(not_by_hand)?;
        let (done, of) = (host.hand.done(), work.steps.len());
        if host.hand.signed_at.is_some() {
            Err(StepRefusal::Signed)
        } else if done < of {
            Err(StepRefusal::Unfinished { done, of })
        } else if !work.steps.contains(&StepProof::Test) {
            Err(StepRefusal::NoTest)
        } else {
            Ok(())
        }
    }

    /// The work was signed; what [`Rollout::check_signature`] refuses does not count.
    pub fn signed(&mut self, signed: &WorkSigned, at: Time) {
        let may = self.check_signature(signed).is_ok();
        if let Some((ix, host)) = self.host_mut(&signed.host) {
            if may {
                host.hand.signed_at = Some(at);
                // The proof is as old as the work, not as its signature.
                let finished_at = signed.finished_at.min(at);
                host.hand.checked = Some(Checked { at: finished_at, by: signed.by.clone(), failed: None });
                host.moved_at = at;
            }
            self.mark(ix, at);
        }
        self.touch();
    }

    /// May finished work be checked again like this?
    ///
    /// # Errors
    /// It is not finished, or it is another device.
    pub fn check_again(&self, checked: &WorkChecked) -> Result<(), StepRefusal> {
        let not_by_hand = || StepRefusal::NotByHand(checked.host.clone());
        let (ix, host) = self.host(&checked.host).ok_or_else(not_by_hand)?;
        let work = self.works.get(ix).filter(|work| work.by_hand).ok_or_else(not_by_hand)?;
        if host.hand.signed_at.is_none() {
            return Err(StepRefusal::NotSigned);
        }
        if !is_label_of(&checked.host, &work.labels, &checked.label) {
            return Err(StepRefusal::OtherDevice { read: checked.label.clone(), host: checked.host.clone() });
        }
        Ok(())
    }

    /// A person checked finished work again: it renews the proof, or breaks it. What [`Rollout::check_again`] refuses does not count.
    pub fn checked(&mut self, checked: &WorkChecked, at: Time) {
        let may = self.check_again(checked).is_ok();
        if let Some((ix, host)) = self.host_mut(&checked.host) {
            if may {
                let had_failed = host.hand.failed().is_some();
                let failed = (!checked.passed).then(|| checked.says.clone());
                // Broken and whole again, or broken anew: that is said anew. A proof that is only renewed is not.
                if had_failed != failed.is_some() {
                    host.said = Said { dark: host.said.dark, ..Said::default() };
                }
                host.hand.checked = Some(Checked { at, by: checked.by.clone(), failed });
                host.moved_at = at;
            }
            self.mark(ix, at);
        }
        self.touch();
    }
}

/// Is the label that was read this device's? Spaces and case aside: scanners and people differ.
fn is_label_of(host: &AssetTag, labels: &[Box<str>], read: &str) -> bool {
    let plain = |text: &str| {
        text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect::<String>()
    };
    let read = plain(read);
    !read.is_empty() && (plain(host.as_str()) == read || labels.iter().any(|label| plain(label) == read))
}

fn wants(proof: StepProof) -> &'static str {
    match proof {
        StepProof::Said => "a word",
        StepProof::Identity => "the label of the device as it was read",
        StepProof::Before => "a measurement or photograph from before the work",
        StepProof::After => "a measurement or photograph from after the work",
        StepProof::Test => "a function test and its result",
    }
}
