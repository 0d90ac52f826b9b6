//! The loop of a demonstration: time passes, what is due happens, whoever drives the night looks.

use std::sync::Arc;
use std::time::Duration;

use agent::core::{Ended, Input, Way};
use gateway::Gateway;
use hospital::Command;
use jiff::tz::TimeZone;
use model::Time;
use model::host::HostObservation;
use model::ids::OrderId;
use node::drive::{Driven, Driver};
use node::{CommandError, Node};
use server::clock::Clock;
use sim::agenda::Agenda;
use sim::host::Host;

use super::clock::LapseClock;
use super::images::{self, InventedPair};
use super::people::{self, Act};
use super::plan::PLAN;
use super::tour::Guide;
use super::{hosts, id, pace};

/// How often the real clock is looked at.
const TICK: Duration = Duration::from_millis(50);
/// A process that was held up for longer does not catch up: the demonstration's time waits for it.
const HELD_UP_MAX: Duration = Duration::from_millis(250);
/// The right to drive lasts so long: half a real second would be over at once.
const LEASE_SECONDS: i64 = 6 * 3_600;
/// How often the driver may find something in one go.
const LOOKS_IN_A_ROW_MAX: usize = 20;
/// How often the charge nurse looks whether anybody asks.
const NURSE_LOOKS_SECONDS: i64 = 60;
/// Agents start one after another.
const AGENTS_APART_SECONDS: i64 = 3;

/// Why a demonstration cannot go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stuck {
    /// A command was not carried out.
    #[error("{who}: {cause}")]
    Command {
        /// Who gave it.
        who: &'static str,
        /// Why not.
        cause: CommandError,
    },
}

/// Something that happens.
#[derive(Clone, Debug)]
pub(super) enum Event {
    Wake { host: usize, life: u32 },
    Observes { host: usize, life: u32 },
    Observed { host: usize, life: u32, observation: Box<HostObservation> },
    Looked { host: usize, life: u32, order: OrderId },
    Ends { host: usize, boot: u64, order: OrderId },
    Finished { host: usize, boot: u64, order: OrderId, how: Ended },
    Down { host: usize, boot: u64 },
    Up { host: usize },
    AgentStarts { host: usize, life: u32 },
    Arms { host: usize, boot: u64 },
    Answered { host: usize, life: u32, way: Way, bytes: Vec<u8> },
    Unreached { host: usize, life: u32, way: Way, why: Box<str> },
    HeldOver { host: usize, life: u32, token: u64 },
    Act(Act),
    Nurse,
    Archives,
}

/// A check-in that is held open.
pub(super) struct Held {
    pub(super) life: u32,
    pub(super) token: u64,
    pub(super) bytes: Vec<u8>,
}

/// A host and what is open between it and the gateway.
pub(super) struct Known {
    pub(super) host: Host,
    pub(super) serial: String,
    pub(super) restarts_in: i64,
    pub(super) held: Option<Held>,
}

/// A demonstration in motion.
pub(crate) struct World {
    pub(super) node: Arc<Node>,
    pub(super) gateway: Arc<Gateway>,
    pub(super) clock: Arc<LapseClock>,
    pub(super) guide: Arc<Guide>,
    pub(super) archives: Arc<InventedPair>,
    pub(super) hosts: Vec<Known>,
    pub(super) agenda: Agenda<Event>,
    pub(super) token: u64,
    driver: Driver,
    zone: TimeZone,
    minutes: u32,
}

impl World {
    /// A demonstration of about so many minutes that begins when the clock says so. `site` is the key that orders are signed with.
    pub(crate) fn new(
        node: Arc<Node>,
        gateway: Arc<Gateway>,
        clock: Arc<LapseClock>,
        guide: Arc<Guide>,
        archives: Arc<InventedPair>,
        site: wire::OrderKey,
        (zone, minutes): (TimeZone, u32),
    ) -> World {
        let now = clock.now();
        let known = |cast: &hosts::Cast| Known {
            host: node.read(|state| hosts::host(cast, state, site, now)),
            serial: people::serial(cast.tag),
            restarts_in: cast.restarts_in,
            held: None,
        };
        let hosts: Vec<Known> = hosts::CAST.iter().map(known).collect();
        let mut agenda = Agenda::default();
        for (seconds, act) in people::BEFORE_THE_NIGHT {
            agenda.at(now.plus_seconds(seconds), Event::Act(act));
        }
        for (host, after) in (0..hosts.len()).zip(1i64..) {
            let at = now.plus_seconds(after * AGENTS_APART_SECONDS);
            agenda.at(at, Event::AgentStarts { host, life: 0 });
        }
        agenda.at(now.plus_seconds(NURSE_LOOKS_SECONDS), Event::Nurse);
        agenda.at(now.plus_seconds(images::LOOKS_SECONDS), Event::Archives);
        let driver = Driver::new(id("demo")).with_lease(LEASE_SECONDS);
        World { node, gateway, clock, guide, archives, hosts, agenda, token: 0, driver, zone, minutes }
    }

    /// Lets time pass until the task is aborted.
    ///
    /// # Errors
    /// Something that an invented person or the driver does is not carried out.
    pub(crate) async fn run(mut self) -> Result<(), Stuck> {
        let mut seen = tokio::time::Instant::now();
        loop {
            let passed = seen.elapsed().min(HELD_UP_MAX);
            seen = tokio::time::Instant::now();
            let times = self.scene().times_in(self.minutes);
            self.clock.runs(times);
            let passed_us = i64::try_from(passed.as_micros()).unwrap_or(0);
            let until = Time(self.clock.now().0.saturating_add(passed_us.saturating_mul(i64::from(times))));
            self.pass(until).await?;
            tokio::time::sleep(TICK).await;
        }
    }

    /// What there is to see now.
    pub(super) fn scene(&self) -> pace::Scene {
        let now = self.clock.now();
        self.node.read(|state| pace::scene(state, now))
    }

    /// Everything that is due until then happens, each at its own instant.
    async fn pass(&mut self, until: Time) -> Result<(), Stuck> {
        while self.step(until).await? {}
        self.clock.set(until);
        self.look().await
    }

    /// The next thing happens, if it is due by then.
    pub(super) async fn step(&mut self, until: Time) -> Result<bool, Stuck> {
        let Some((at, event)) = self.agenda.next(until) else { return Ok(false) };
        self.clock.set(at);
        self.happens(event).await?;
        self.look().await?;
        Ok(true)
    }

    /// Whoever drives looks at the rollouts, and hosts that wait are told when there is something for them.
    async fn look(&mut self) -> Result<(), Stuck> {
        let mut news = false;
        for _ in 0..LOOKS_IN_A_ROW_MAX {
            let driven = self.driver.step(&self.node, self.clock.now()).await;
            match driven.map_err(|cause| Stuck::Command { who: "driver", cause })? {
                Driven::Facts(_) => news = true,
                Driven::Idle | Driven::ByAnother(_) | Driven::Quiet(_) => break,
            }
        }
        if news {
            self.tell_who_waits().await;
        }
        Ok(())
    }

    pub(super) async fn commands(&self, commands: Vec<(&'static str, Command)>) -> Result<(), Stuck> {
        for (who, command) in commands {
            let done = self.node.command(command, who, self.clock.now()).await;
            done.map_err(|cause| Stuck::Command { who, cause })?;
        }
        Ok(())
    }

    async fn happens(&mut self, event: Event) -> Result<(), Stuck> {
        let now = self.clock.now();
        match event {
            Event::Act(act) => {
                let commands = self.node.read(|state| people::commands(act, state, now, &self.zone));
                return self.act(commands).await;
            }
            Event::Nurse => {
                self.agenda.at(now.plus_seconds(NURSE_LOOKS_SECONDS), Event::Nurse);
                let commands = self.node.read(|state| {
                    let record = state.night().newest_revision(&id(PLAN));
                    record.map(|record| people::nurse(state, &record.hash, now)).unwrap_or_default()
                });
                return self.act(commands).await;
            }
            Event::Archives => return self.looks_at_archives().await,
            Event::Wake { host, life } => {
                if let Some(known) = self.hearing(host, life) {
                    known.host.wake_planned = None;
                    self.input(host, Input::Tick).await;
                }
            }
            Event::Observes { host, life } => self.observes(host, life),
            Event::Observed { host, life, observation } => {
                if self.hearing(host, life).is_some() {
                    self.input(host, Input::Observed(observation)).await;
                }
            }
            Event::Answered { host, life, way, bytes } => self.answered(host, life, way, &bytes).await,
            Event::Unreached { host, life, way, why } => {
                if self.hearing(host, life).is_some() {
                    self.input(host, Input::Unreached { way, why, dice: u32::MAX / 2 }).await;
                }
            }
            Event::Looked { host, life, order } => self.looked(host, life, &order).await,
            Event::Ends { host, boot, order } => self.ends(host, boot, &order),
            Event::Finished { host, boot, order, how } => self.finished(host, boot, order, how).await,
            Event::Down { host, boot } => self.goes_down(host, boot),
            Event::Up { host } => self.comes_up(host),
            Event::AgentStarts { host, life } => self.agent_starts(host, life).await,
            Event::Arms { host, boot } => {
                if let Some(known) = self.hosts.get_mut(host).filter(|known| known.host.is_up) {
                    known.host.machine.arms(boot, now);
                }
            }
            Event::HeldOver { host, life, token } => self.held_over(host, life, token).await,
        }
        Ok(())
    }

    /// Invented people act. Whoever sits at the browser may have been faster: what is then refused is no trouble.
    pub(super) async fn act(&self, commands: Vec<(&'static str, Command)>) -> Result<(), Stuck> {
        for command in commands {
            match self.commands(vec![command]).await {
                Err(Stuck::Command { who, cause: CommandError::Refused(why) }) => {
                    tracing::info!(who, %why, "an invented person was not needed");
                }
                other => other?,
            }
        }
        Ok(())
    }

    pub(super) fn hearing(&mut self, host: usize, life: u32) -> Option<&mut Known> {
        self.hosts.get_mut(host).filter(|known| known.host.hears(life))
    }
}
