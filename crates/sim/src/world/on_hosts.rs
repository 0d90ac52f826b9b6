//! What happens on hosts: agents are woken and their effects carried out, programs run, machines go down and come up.

use agent::core::{Effect, Ended, Input, Record};
use model::ids::OrderId;
use model::order::Action;

use super::{Event, World};
use crate::agenda::later;
use crate::faults::Fault;
use crate::ledger::What;
use crate::machine::Later;

/// Where durations are laid down, what a program changes takes effect when but this part of it is left.
const LAST_PART: i64 = 20;

impl World {
    pub(super) fn input(&mut self, host: usize, input: Input) {
        let Some(known) = self.hosts.get_mut(host) else { return };
        let effects = known.handle(input, self.now);
        self.effects(host, effects);
    }

    pub(super) fn effects(&mut self, host: usize, effects: Vec<Effect>) {
        for effect in effects {
            let Some(known) = self.hosts.get_mut(host) else { return };
            match &mut known.cut_after_effects {
                Some(0) => {
                    known.cut_after_effects = None;
                    let seconds = self.durations.between(60, 900);
                    self.goes_down(host, false, seconds);
                    return;
                }
                Some(left) => *left -= 1,
                None => {}
            }
            self.effect(host, effect);
        }
        let Some(known) = self.hosts.get_mut(host) else { return };
        known.flush();
        known.tidy();
        self.plan_wake(host);
    }

    pub(super) fn plan_wake(&mut self, host: usize) {
        let Some(known) = self.hosts.get_mut(host) else { return };
        let Some(wake) = known.wake_at() else { return };
        let wake = wake.max(later(self.now, 1));
        if known.wake_planned.is_none_or(|planned| wake < planned) {
            known.wake_planned = Some(wake);
            self.agenda.at(wake, Event::Wake { host, life: known.life });
        }
    }

    pub(super) fn effect(&mut self, host: usize, effect: Effect) {
        let Some(known) = self.hosts.get_mut(host) else { return };
        let life = known.life;
        match effect {
            Effect::Keep(record) => known.keep(&record),
            Effect::Observe => {
                known.flush();
                self.oracle.looked(host, known.machine.is_readable(), self.now);
                let observation = Box::new(known.observe(self.now));
                let at = later(self.now, self.durations.between(300, 3_000));
                self.agenda.at(at, Event::Observed { host, life, observation });
            }
            Effect::Look(order) => {
                known.flush();
                let id = order.id.clone();
                known.looks.push(*order);
                if known.program.is_none() {
                    let at = later(self.now, self.durations.between(100, 1_500));
                    self.agenda.at(at, Event::Looked { host, life, order: id });
                }
            }
            Effect::Act { order, action } => {
                known.flush();
                self.acts(host, order, action);
            }
            Effect::CheckIn { way, message } => {
                known.flush();
                self.check_in(host, way, &message);
            }
            Effect::Probes(probes) => known.set_probes(probes),
            Effect::Say(_) => {}
        }
    }

    pub(super) fn looked(&mut self, host: usize, life: u32, order: &OrderId) -> Option<usize> {
        let known = self.hosts.get_mut(host).filter(|known| known.hears(life))?;
        let at = known.looks.iter().position(|look| look.id == *order)?;
        let look = known.looks.remove(at);
        let found = Box::new(known.machine.find(&look));
        self.input(host, Input::Looked { order: order.clone(), found });
        Some(host)
    }

    /// A program starts that carries an action out.
    pub(super) fn acts(&mut self, host: usize, order: OrderId, action: Action) {
        let Some(known) = self.hosts.get_mut(host) else { return };
        let boot = known.machine.boot();
        self.oracle.act_begins(host, known, &order, &action, self.now);
        if action == Action::RestartHost && known.machine.pretends_to_restart() {
            // An agent that takes exit status 0 for the end of it: that is what it remembers when it is started again.
            known.machine.says_restarted();
            let how = Ended::Done { says: "exit status 0".into(), probes: [].into() };
            let (at, boot) = (later(self.now, known.skew_ms), known.machine.boot_id());
            known.keep(&Record::Ended { at, boot, how });
            known.flush();
            self.oracle.act_ends(host, self.now);
            self.kill_agent(host);
            return;
        }
        if action == Action::RestartHost {
            let at = later(self.now, self.durations.between(500, 5_000));
            self.agenda.at(at, Event::Down { host, boot });
            return;
        }
        let (p50_ms, p90_ms) = match &action {
            Action::Download(_) => (60_000, 240_000),
            Action::Install(packages) => {
                let count = i64::try_from(packages.len()).unwrap_or(1);
                (180_000 * count, 480_000 * count)
            }
            Action::RestartServices(_) => (20_000, 90_000),
            Action::Probe(_) => (500, 5_000),
            Action::RollBack(_) => (300_000, 600_000),
            Action::RestartHost => (0, 0),
        };
        let laid_down = self.program_ms(host, &action);
        let (takes_ms, effect_ms) = match laid_down {
            Some(ms) => (ms, ms - ms / LAST_PART),
            None => {
                let takes_ms = self.durations.duration_ms(p50_ms, p90_ms);
                (takes_ms, takes_ms * self.durations.between(50, 99) / 100)
            }
        };
        match &action {
            Action::Install(_) => self.happened(host, What::InstallBegins),
            Action::RestartServices(_) => self.happened(host, What::ServicesBegin),
            Action::Download(_) | Action::RestartHost | Action::Probe(_) | Action::RollBack(_) => {}
        }
        let Some(known) = self.hosts.get_mut(host) else { return };
        let kill = action.is_disruptive() && std::mem::take(&mut known.kill_agent_at_work);
        known.program = Some((order.clone(), action));
        self.agenda.at(later(self.now, effect_ms), Event::Takes { host, boot, order });
        if kill {
            let life = known.life;
            let at = later(self.now, self.durations.between(0, takes_ms));
            self.agenda.at(at, Event::AgentKilled { host, life });
        }
    }

    /// The change itself takes place; the program ends a little later.
    pub(super) fn takes(&mut self, host: usize, boot: u64, order: &OrderId) -> Option<usize> {
        let known = self.hosts.get_mut(host)?;
        let (_, action) = known.program.clone().filter(|(id, _)| id == order)?;
        if !known.is_up || known.machine.boot() != boot {
            return None;
        }
        let (how, laters) = known.machine.carry_out(&action, self.now);
        self.oracle.took_effect(known, order, &action, self.now);
        self.plan_laters(host, &laters);
        let after_ms = match self.program_ms(host, &action) {
            Some(ms) => ms / LAST_PART,
            None => self.durations.between(100, 20_000),
        };
        let at = later(self.now, after_ms);
        self.agenda.at(at, Event::Ends { host, boot, order: order.clone(), how });
        Some(host)
    }

    pub(super) fn plan_laters(&mut self, host: usize, laters: &[Later]) {
        for what in laters {
            match *what {
                Later::Arms { boot, seconds } => {
                    self.agenda.at(self.now.plus_seconds(seconds), Event::Arms { host, boot });
                }
                Later::Surfaces { seconds } => {
                    self.agenda.at(self.now.plus_seconds(seconds), Event::Surfaces { host });
                }
            }
        }
    }

    pub(super) fn ends(&mut self, host: usize, boot: u64, order: &OrderId, how: Ended) -> Option<usize> {
        let known = self.hosts.get_mut(host)?;
        if !known.is_up || known.machine.boot() != boot || known.program.as_ref()?.0 != *order {
            return None;
        }
        let done = known.program.take();
        self.oracle.act_ends(host, self.now);
        match done.map(|(_, action)| action) {
            Some(Action::Install(_)) => self.happened(host, What::InstallEnds),
            Some(Action::RestartServices(_)) => self.happened(host, What::ServicesEnd),
            Some(Action::Download(_) | Action::RestartHost | Action::Probe(_) | Action::RollBack(_))
            | None => {}
        }
        let known = self.hosts.get_mut(host)?;
        let life = known.life;
        for look in &known.looks {
            let at = later(self.now, 500);
            self.agenda.at(at, Event::Looked { host, life, order: look.id.clone() });
        }
        self.input(host, Input::Finished { order: order.clone(), how });
        Some(host)
    }

    /// How long a program takes on a host, where that is laid down.
    fn program_ms(&self, host: usize, action: &Action) -> Option<i64> {
        self.scenario.hosts.get(host)?.pace.as_ref()?.program_ms(action)
    }

    /// How long the restart takes that a host has just begun, where that is laid down.
    fn restart_ms(&self, host: usize) -> Option<i64> {
        let place = self.hosts.get(host)?.machine.ordered_restarts.checked_sub(1)?;
        self.scenario.hosts.get(host)?.pace.as_ref()?.restarts_ms.get(place as usize).copied()
    }

    /// The host goes down: by an order, or because the power failed for so many seconds.
    pub(super) fn goes_down(&mut self, host: usize, ordered: bool, seconds: i64) -> Option<usize> {
        let known = self.hosts.get_mut(host).filter(|known| known.is_up)?;
        known.goes_down(ordered);
        if !ordered {
            self.faults.happened(Fault::PowerLoss);
        }
        self.oracle.went_down(host, ordered, self.now);
        let after_ms = match self.restart_ms(host).filter(|_| ordered) {
            Some(ms) => ms,
            None if ordered => self.durations.duration_ms(240_000, 540_000),
            None => seconds * 1_000,
        };
        self.happened(host, What::Down { ordered });
        let known = self.hosts.get(host)?;
        if !known.is_lost {
            self.agenda.at(later(self.now, after_ms), Event::Up { host });
        }
        if let Some(open) = self.open.get_mut(host) {
            *open = [None; 2];
        }
        Some(host)
    }

    pub(super) fn comes_up(&mut self, host: usize) -> Option<usize> {
        let known = self.hosts.get_mut(host).filter(|known| !known.is_up)?;
        known.is_up = true;
        let laters = known.machine.comes_up(self.now);
        let life = known.life;
        self.happened(host, What::Up);
        self.oracle.came_up(host, self.now);
        self.plan_laters(host, &laters);
        let at = later(self.now, self.durations.between(1_000, 20_000));
        self.agenda.at(at, Event::AgentStarts { host, life });
        Some(host)
    }
}
