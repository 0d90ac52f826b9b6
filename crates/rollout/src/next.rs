//! What should happen now: rings, then hosts. Nothing here chooses; whatever stands in the way is waited for or halts a ring.

use model::Time;
use model::order::{OrderWindow, RefusalCode};

use crate::begin::Crew;
use crate::decision::{Decision, HaltReason, IncidentKind};
use crate::host::{Host, Phase};
use crate::judge::{Class, Judged};
use crate::rollout::Rollout;
use crate::rules::Rule;
use crate::verdict::Verdict;
use crate::work::{Task, Work};
use crate::world::World;

/// Most hosts that fetch packages for one rollout at once.
pub(crate) const DOWNLOADS_AT_ONCE_MAX: usize = 100;

impl Rollout {
    /// Everything that should happen now. Turned into facts and folded, the next look no longer wants it.
    pub fn next(&self, world: &World<'_>, now: Time) -> Vec<Decision> {
        let mut wanted = Vec::new();
        self.next_stop(&mut wanted);
        let mut starting = Vec::new();
        for ring in 0..self.progress.rings.len() {
            if !self.next_ring(ring, world, now, &mut starting, &mut wanted) {
                break;
            }
        }
        self.next_hosts(world, now, &mut starting, &mut wanted);
        wanted
    }

    fn next_stop(&self, wanted: &mut Vec<Decision>) {
        if let Some(stopped) = self.progress.stopped.as_ref().filter(|stopped| !stopped.said) {
            let kind = IncidentKind::Stopped { emergency: stopped.emergency, reason: stopped.reason.clone() };
            wanted.push(Decision::Incident { host: None, kind });
        }
        for (progress, ring) in self.progress.rings.iter().zip(1u16..) {
            if let Some((_, reason)) = progress.halted.as_ref().filter(|_| !progress.halt_said) {
                let kind = IncidentKind::RingHalted { ring, reason: reason.clone() };
                wanted.push(Decision::Incident { host: None, kind });
            }
        }
    }

    /// One ring; `false` when no later ring needs to be looked at.
    fn next_ring(
        &self,
        ring: usize,
        world: &World<'_>,
        now: Time,
        starting: &mut Vec<usize>,
        wanted: &mut Vec<Decision>,
    ) -> bool {
        let number = u16::try_from(ring + 1).unwrap_or(u16::MAX);
        let (Some(planned), Some(progress)) = (self.plan().rings.get(ring), self.progress.rings.get(ring))
        else {
            return false;
        };
        if self.is_held(number - 1).is_err() {
            return progress.halted.is_none();
        }
        let mut crew = self.crew(ring, now);
        if let Some(reason) = self.halts(ring, &crew, now) {
            wanted.push(Decision::HaltRing { ring: number, reason });
            return false;
        }
        if progress.opened_at.is_none() {
            if self.ring_may_open(ring, now).is_ok() {
                wanted.push(Decision::OpenRing(number));
            }
            return false;
        }
        if progress.soaking_at.is_none() && crew.good >= planned.success_min {
            wanted.push(Decision::Soak(number));
        }
        if crew.not_begun > 0 {
            self.next_starts(ring, &mut crew, world, now, starting, wanted);
        }
        true
    }

    fn next_starts(
        &self,
        ring: usize,
        crew: &mut Crew,
        world: &World<'_>,
        now: Time,
        starting: &mut Vec<usize>,
        wanted: &mut Vec<Decision>,
    ) {
        let max = self.plan().rings.get(ring).map_or(0, |ring| ring.at_once_max);
        for ix in self.members.get(ring).into_iter().flatten().copied() {
            if crew.places() >= max && self.rules.holds(Rule::AtOnce) {
                break;
            }
            let (Some(host), Some(work)) = (self.progress.hosts.get(ix), self.works.get(ix)) else {
                continue;
            };
            let ready = host.started_at.is_none()
                && !work.by_hand
                && host.task().is_some_and(|task| task != Task::Download)
                && self.mark_of(ix, now).class == Class::NotBegun
                && host.awaits_order();
            if !ready || self.may_begin(ix, crew, world, now, starting).is_err() {
                continue;
            }
            let before = wanted.len();
            self.order(ix, host, work, world, wanted, now);
            if wanted.len() > before {
                starting.push(ix);
                crew.in_work += 1;
            }
        }
    }

    /// Why a ring must halt, if it must.
    fn halts(&self, ring: usize, crew: &Crew, now: Time) -> Option<HaltReason> {
        let (planned, progress) = (self.plan().rings.get(ring)?, self.progress.rings.get(ring)?);
        let members = || self.members.get(ring).into_iter().flatten().copied();
        if !self.rules.holds(Rule::Halt) {
            return None;
        }
        if crew.failed > 0 {
            if let Some(impossible) = members().find_map(|ix| self.impossible(ix)) {
                return Some(impossible);
            }
            if crew.failed >= planned.failures_stop.max(1) {
                let failed = members().filter(|ix| self.mark_of(*ix, now).class == Class::Failed);
                let tag = |ix: usize| self.progress.hosts.get(ix).map(|host| host.tag.clone());
                return Some(HaltReason::Failures { hosts: failed.filter_map(tag).collect() });
            }
        }
        let window = self.plan().window_of(planned)?;
        let over = now > window.latest_start && (crew.not_begun > 0 || progress.opened_at.is_none());
        (over && self.rules.holds(Rule::Window)).then_some(HaltReason::WindowOver)
    }

    /// A precondition of an order does not hold on this host.
    fn impossible(&self, ix: usize) -> Option<HaltReason> {
        let host = self.progress.hosts.get(ix)?;
        let Phase::Refused { code, says } = &host.order.as_ref()?.phase else { return None };
        match code {
            RefusalCode::BootDiffers
            | RefusalCode::VersionsDiffer
            | RefusalCode::NotSupported
            | RefusalCode::WrongHost
            | RefusalCode::BadSignature
            | RefusalCode::Unreadable => {
                Some(HaltReason::Impossible { host: host.tag.clone(), says: says.clone() })
            }
            RefusalCode::Replayed
            | RefusalCode::OutOfOrder
            | RefusalCode::OlderTerm
            | RefusalCode::TooEarly
            | RefusalCode::TooLate
            | RefusalCode::Expired
            | RefusalCode::Busy
            | RefusalCode::DiskFull
            | RefusalCode::OnBattery => None,
        }
    }

    fn next_hosts(
        &self,
        world: &World<'_>,
        now: Time,
        starting: &mut Vec<usize>,
        wanted: &mut Vec<Decision>,
    ) {
        let mut downloads = None;
        for (ix, mark) in self.marks.iter().enumerate() {
            if mark.quiet && now < mark.until {
                continue;
            }
            let (Some(host), Some(work)) = (self.progress.hosts.get(ix), self.works.get(ix)) else {
                continue;
            };
            if host.started_at.is_none() && host.task() == Some(Task::Download) && host.awaits_order() {
                let open = downloads.get_or_insert_with(|| self.open_downloads());
                self.next_download(ix, host, work, world, open, wanted, now);
                continue;
            }
            let judged = self.judge(ix, now);
            self.say(ix, host, &judged, wanted);
            if !self.is_emergency() {
                self.go_on(ix, host, work, &judged, world, starting, wanted, now);
            }
        }
    }

    fn open_downloads(&self) -> usize {
        let runs = |host: &Host| host.order.as_ref().is_some_and(|issued| issued.phase.is_running());
        let fetching = |host: &&Host| host.task() == Some(Task::Download) && runs(host);
        self.progress.hosts.iter().filter(fetching).count()
    }

    #[expect(clippy::too_many_arguments, reason = "one look's context, passed on once")]
    fn next_download(
        &self,
        ix: usize,
        host: &Host,
        work: &Work,
        world: &World<'_>,
        open: &mut usize,
        wanted: &mut Vec<Decision>,
        now: Time,
    ) {
        let held = self.is_held(host.ring).is_err();
        let Some(window) = self.download_window(host, now) else { return };
        let late = now > window.latest_start;
        if held || late || !self.is_fresh(host, now) || *open >= DOWNLOADS_AT_ONCE_MAX {
            return;
        }
        debug_assert!(!work.by_hand);
        if let Some(order) = self.order_for(ix, Task::Download, window, world) {
            *open += 1;
            wanted.push(Decision::Issue(order));
        }
    }

    /// The next order of a host that is being worked on, or a further restart that everybody has accepted.
    #[expect(clippy::too_many_arguments, reason = "one look's context, passed on once")]
    fn go_on(
        &self,
        ix: usize,
        host: &Host,
        work: &Work,
        judged: &Judged,
        world: &World<'_>,
        starting: &mut Vec<usize>,
        wanted: &mut Vec<Decision>,
        now: Time,
    ) {
        if let Some(window) =
            host.roll_back.filter(|_| host.task() == Some(Task::RollBack) && host.awaits_order())
        {
            let in_time = (window.not_before..=window.latest_start).contains(&now);
            if self.is_fresh(host, now) && in_time && self.may_be_taken_back(ix, world, now, starting) {
                starting.push(ix);
                wanted.extend(self.order_for(ix, Task::RollBack, window, world).map(Decision::Issue));
            }
            return;
        }
        match judged.class {
            Class::Working if host.started_at.is_some() && host.awaits_order() => {
                let Some(task) = host.task() else { return };
                let first = task.is_disruptive() && host.dark_since.is_none();
                let may = self.fits(host, work, now).is_ok()
                    && self.is_fresh(host, now)
                    && (!first
                        || (!is_halting(wanted, host.ring)
                            && self.goes_dark(ix, host, world, now, starting)));
                if may {
                    self.order(ix, host, work, world, wanted, now);
                }
            }
            Class::Failed if matches!(judged.verdict, Verdict::RestartPending { .. }) => {
                self.go_on_in_outage(ix, host, work, world, starting, wanted, now);
            }
            Class::NotBegun | Class::Working | Class::Good | Class::Failed | Class::Other => {}
        }
    }

    /// Its first disturbance: once more, nothing may hold it back.
    fn goes_dark(
        &self,
        ix: usize,
        host: &Host,
        world: &World<'_>,
        now: Time,
        starting: &mut Vec<usize>,
    ) -> bool {
        let free = self.is_held(host.ring).is_ok()
            && self.has_place(ix, host, now, starting).is_ok()
            && self.is_free(host, world, now).is_ok();
        let may = free && self.may_go_dark(ix, world, now, starting).is_ok();
        if may {
            starting.push(ix);
        }
        may
    }

    #[expect(clippy::too_many_arguments, reason = "one look's context, passed on once")]
    fn go_on_in_outage(
        &self,
        ix: usize,
        host: &Host,
        work: &Work,
        world: &World<'_>,
        starting: &mut Vec<usize>,
        wanted: &mut Vec<Decision>,
        now: Time,
    ) {
        // An outage is good for one restart: when that one did not happen either, people are asked again.
        let agreed = match host.outage.as_ref().filter(|outage| !outage.used) {
            Some(outage) if outage.is_agreed() || !self.rules.holds(Rule::UnitsAccept) => outage.window,
            Some(outage) if now <= outage.window.latest_start || outage.against => return,
            Some(_) | None => {
                self.ask_outage(ix, host, work, wanted, now);
                return;
            }
        };
        let paused = self.progress.paused.is_some() && self.rules.holds(Rule::Held);
        if paused || now < agreed.not_before || !self.is_fresh(host, now) {
            return;
        }
        let tasks: Vec<Task> = [Some(Task::RestartHost), work.after()].into_iter().flatten().collect();
        let (_, p90) = work.seconds_of(&tasks);
        let latest_start = agreed.latest_start.min(agreed.not_after.plus_seconds(-p90));
        if now > latest_start {
            self.ask_outage(ix, host, work, wanted, now);
            return;
        }
        let free = self.has_place(ix, host, now, starting).is_ok() && self.is_free(host, world, now).is_ok();
        if !free || self.may_go_dark(ix, world, now, starting).is_err() {
            return;
        }
        let window = OrderWindow { latest_start, ..agreed };
        if let Some(order) = self.order_for(ix, Task::RestartHost, window, world) {
            starting.push(ix);
            wanted.push(Decision::Issue(order));
            self.tell_dark(ix, host, &tasks, work, wanted, now);
        }
    }

    fn order(
        &self,
        ix: usize,
        host: &Host,
        work: &Work,
        world: &World<'_>,
        wanted: &mut Vec<Decision>,
        now: Time,
    ) {
        let (Some(task), Some(window)) = (host.task(), self.order_window(host, work, now)) else { return };
        let Some(order) = self.order_for(ix, task, window, world) else { return };
        wanted.push(Decision::Issue(order));
        if task.is_disruptive() && host.dark_since.is_none() && host.restarts() {
            self.tell_dark(ix, host, host.left(), work, wanted, now);
        }
    }
}

/// Does this very look halt the ring (from 0), or one before it?
fn is_halting(wanted: &[Decision], ring: u16) -> bool {
    wanted
        .iter()
        .any(|decision| matches!(decision, Decision::HaltRing { ring: halted, .. } if *halted <= ring + 1))
}
