//! What happens on the invented hosts: agents are woken and their effects carried out, programs run, machines go down and come up.
//! Beside each agent runs a plain tool, as many hospitals have one: it looks at the exit status and, once, right after the restart,
//! at `/run/reboot-required`.

use agent::core::{Effect, Ended, Input, Way};
use model::Time;
use model::host::{Reading, SignalSource};
use model::ids::OrderId;
use model::order::Action;
use server::clock::Clock;
use server::demonstration::{Plain, PlainWord};
use sim::agenda::later;
use sim::machine::Later;
use wire::{CheckIn, CheckInAnswer};

use super::world::{Event, Held, World};

/// A message under way.
const UNDER_WAY_MS: i64 = 200;
/// A look at the whole host begins a moment after it was asked for: never in the very instant of a change.
const LOOK_BEGINS_MS: i64 = 300;
/// How long it takes.
const LOOK_MS: i64 = 2_000;
/// From the boot to the agent's start.
const AGENT_AFTER_BOOT_MS: i64 = 12_000;
/// From the order to the host's going down.
const DOWN_AFTER_MS: i64 = 3_000;

/// How long a program takes to carry an action out.
fn takes_ms(action: &Action) -> i64 {
    match action {
        Action::Download(_) => 90_000,
        Action::Install(_) => 170_000,
        Action::RestartServices(_) => 25_000,
        Action::Probe(_) => 3_000,
        Action::RollBack(_) => 400_000,
        Action::RestartHost => DOWN_AFTER_MS,
    }
}

impl World {
    fn now(&self) -> Time {
        self.clock.now()
    }

    pub(super) async fn input(&mut self, host: usize, input: Input) {
        let now = self.now();
        let Some(known) = self.hosts.get_mut(host) else { return };
        let effects = known.host.handle(input, now);
        self.effects(host, effects).await;
    }

    async fn effects(&mut self, host: usize, effects: Vec<Effect>) {
        let now = self.now();
        for effect in effects {
            let Some(known) = self.hosts.get_mut(host) else { return };
            let life = known.host.life;
            match effect {
                Effect::Keep(record) => known.host.keep(&record),
                Effect::Observe => {
                    known.host.flush();
                    self.agenda.at(later(now, LOOK_BEGINS_MS), Event::Observes { host, life });
                }
                Effect::Look(order) => {
                    known.host.flush();
                    let id = order.id.clone();
                    known.host.looks.push(*order);
                    if known.host.program.is_none() {
                        self.agenda.at(later(now, LOOK_MS), Event::Looked { host, life, order: id });
                    }
                }
                Effect::Act { order, action } => {
                    known.host.flush();
                    let boot = known.host.machine.boot();
                    let at = later(now, takes_ms(&action));
                    if action == Action::RestartHost {
                        self.agenda.at(at, Event::Down { host, boot });
                    } else {
                        known.host.program = Some((order.clone(), action));
                        self.agenda.at(at, Event::Ends { host, boot, order });
                    }
                }
                Effect::CheckIn { way, message } => {
                    known.host.flush();
                    self.check_in(host, way, &message).await;
                }
                Effect::Probes(probes) => known.host.set_probes(probes),
                Effect::Say(says) => tracing::debug!(host = %known.host.tag, says, "an agent says"),
            }
        }
        let Some(known) = self.hosts.get_mut(host) else { return };
        known.host.flush();
        known.host.tidy();
        if let Some(wake) = known.host.wake_at().map(|wake| wake.max(later(now, 1)))
            && known.host.wake_planned.is_none_or(|planned| wake < planned)
        {
            known.host.wake_planned = Some(wake);
            self.agenda.at(wake, Event::Wake { host, life: known.host.life });
        }
    }

    // --- between the agent and the gateway

    async fn check_in(&mut self, host: usize, way: Way, message: &CheckIn) {
        let (now, wait) = (self.now(), message.wait_seconds);
        let Ok(bytes) = wire::write(message) else { return };
        let Some(known) = self.hosts.get(host) else { return };
        let (tag, life) = (known.host.tag.clone(), known.host.life);
        let heard = self.gateway.hear(&tag, &known.serial, &bytes).await;
        let soon = later(now, UNDER_WAY_MS);
        match heard {
            Ok((_, false)) if way == Way::Wait && wait > 0 => {
                self.token += 1;
                let token = self.token;
                if let Some(known) = self.hosts.get_mut(host) {
                    known.held = Some(Held { life, token, bytes });
                }
                let at = now.plus_seconds(i64::from(wait));
                self.agenda.at(at, Event::HeldOver { host, life, token });
            }
            Ok((bytes, _)) => self.agenda.at(soon, Event::Answered { host, life, way, bytes }),
            Err(problem) => {
                let why = problem.to_string().into();
                self.agenda.at(soon, Event::Unreached { host, life, way, why });
            }
        }
    }

    /// Hosts that wait for an order are told when there is one.
    pub(super) async fn tell_who_waits(&mut self) {
        for host in 0..self.hosts.len() {
            self.ask_for(host, false).await;
        }
    }

    pub(super) async fn held_over(&mut self, host: usize, life: u32, token: u64) {
        let held = self.hosts.get(host).and_then(|known| known.held.as_ref());
        if held.is_some_and(|held| held.life == life && held.token == token) {
            self.ask_for(host, true).await;
        }
    }

    /// A held check-in is looked at again; it is answered when there is news, or because its time is `over`.
    async fn ask_for(&mut self, host: usize, over: bool) {
        let now = self.now();
        let Some(known) = self.hosts.get_mut(host) else { return };
        let Some(held) = known.held.take() else { return };
        let heard = self.gateway.hear(&known.host.tag, &known.serial, &held.bytes).await;
        match heard {
            Ok((_, false)) if !over => known.held = Some(held),
            Ok((bytes, _)) => {
                let event = Event::Answered { host, life: held.life, way: Way::Wait, bytes };
                self.agenda.at(later(now, UNDER_WAY_MS), event);
            }
            Err(problem) => {
                let why = problem.to_string().into();
                let event = Event::Unreached { host, life: held.life, way: Way::Wait, why };
                self.agenda.at(later(now, UNDER_WAY_MS), event);
            }
        }
    }

    pub(super) async fn answered(&mut self, host: usize, life: u32, way: Way, bytes: &[u8]) {
        if self.hearing(host, life).is_none() {
            return;
        }
        let input = match wire::read::<CheckInAnswer>(bytes) {
            Ok(answer) => Input::Answered { way, answer: Box::new(answer) },
            Err(unfit) => Input::Unreached { way, why: unfit.to_string().into(), dice: u32::MAX / 2 },
        };
        self.input(host, input).await;
    }

    // --- programs and power

    /// A look begins: what it shows is what is so now.
    pub(super) fn observes(&mut self, host: usize, life: u32) {
        let now = self.now();
        let Some(known) = self.hearing(host, life) else { return };
        let observation = Box::new(known.host.observe(now));
        self.agenda.at(later(now, LOOK_MS), Event::Observed { host, life, observation });
    }

    pub(super) async fn looked(&mut self, host: usize, life: u32, order: &OrderId) {
        let Some(known) = self.hearing(host, life) else { return };
        let Some(at) = known.host.looks.iter().position(|look| look.id == *order) else { return };
        let look = known.host.looks.remove(at);
        let found = Box::new(known.host.machine.find(&look));
        self.input(host, Input::Looked { order: order.clone(), found }).await;
    }

    /// A program comes to its end: what it was to change is changed, or it only says so.
    pub(super) fn ends(&mut self, host: usize, boot: u64, order: &OrderId) {
        let now = self.now();
        let Some(known) = self.running(host, boot) else { return };
        let Some((_, action)) = known.host.program.clone().filter(|(id, _)| id == order) else { return };
        let (how, laters) = known.host.machine.carry_out(&action, now);
        self.plan_laters(host, &laters);
        if matches!(action, Action::Install(_) | Action::RollBack(_)) {
            self.plain_tool(host, matches!(how, Ended::Done { .. }));
        }
        let event = Event::Finished { host, boot, order: order.clone(), how };
        self.agenda.at(later(now, UNDER_WAY_MS), event);
    }

    pub(super) async fn finished(&mut self, host: usize, boot: u64, order: OrderId, how: Ended) {
        let now = self.now();
        let Some(known) = self.running(host, boot) else { return };
        if known.host.program.as_ref().is_none_or(|(id, _)| *id != order) {
            return;
        }
        known.host.program = None;
        let (life, looks) = (known.host.life, known.host.looks.clone());
        for look in looks {
            self.agenda.at(later(now, LOOK_MS), Event::Looked { host, life, order: look.id });
        }
        self.input(host, Input::Finished { order, how }).await;
    }

    pub(super) fn goes_down(&mut self, host: usize, boot: u64) {
        let now = self.now();
        let Some(known) = self.running(host, boot) else { return };
        known.host.goes_down(true);
        known.held = None;
        let restarts_in = known.restarts_in;
        if !known.host.is_lost {
            self.agenda.at(now.plus_seconds(restarts_in), Event::Up { host });
        }
    }

    pub(super) fn comes_up(&mut self, host: usize) {
        let now = self.now();
        let Some(known) = self.hosts.get_mut(host).filter(|known| !known.host.is_up) else { return };
        known.host.is_up = true;
        let laters = known.host.machine.comes_up(now);
        let life = known.host.life;
        self.plan_laters(host, &laters);
        self.plain_tool(host, true);
        self.agenda.at(later(now, AGENT_AFTER_BOOT_MS), Event::AgentStarts { host, life });
    }

    pub(super) async fn agent_starts(&mut self, host: usize, life: u32) {
        let now = self.now();
        let starts = |known: &&mut super::world::Known| known.host.is_up && known.host.life == life;
        let Some(known) = self.hosts.get_mut(host).filter(starts) else { return };
        let effects = known.host.start_agent(now);
        self.effects(host, effects).await;
    }

    fn running(&mut self, host: usize, boot: u64) -> Option<&mut super::world::Known> {
        self.hosts.get_mut(host).filter(|known| known.host.is_up && known.host.machine.boot() == boot)
    }

    fn plan_laters(&mut self, host: usize, laters: &[Later]) {
        let now = self.now();
        for what in laters {
            match *what {
                Later::Arms { boot, seconds } => {
                    self.agenda.at(now.plus_seconds(seconds), Event::Arms { host, boot });
                }
                // None of the night's packages brings a further patch.
                Later::Surfaces { .. } => {}
            }
        }
    }

    /// What the plain tool says now, and never looks at again: the exit status, and one source of many.
    fn plain_tool(&mut self, host: usize, ended_well: bool) {
        let at = self.now();
        let Some(known) = self.hosts.get(host) else { return };
        let seen = known.host.machine.observe(at, 0, &[]);
        let pending = seen.signals.get(&SignalSource::RebootRequired);
        let word = match (ended_well, pending) {
            (false, _) => PlainWord::Failed,
            (true, Some(Reading::Pending(_))) => PlainWord::RestartNeeded,
            (true, Some(Reading::Clear | Reading::Unknown(_)) | None) => PlainWord::Complete,
        };
        self.guide.says(Plain { host: known.host.tag.clone(), at, word });
    }
}
