//! The loop: takes the next event, lets whom it concerns act, and has the oracle look at everything afterwards.

mod between;
mod goes_wrong;
mod on_hosts;

use std::fmt;

use agent::core::{Ended, Input, Way};
use model::Time;
use model::ids::OrderId;

use crate::agenda::{Agenda, later};
use crate::faults::{Fault, Faults};
use crate::host::{Host, ShellFaults};
use crate::ledger::{Happened, What};
use crate::machine::Machine;
use crate::network::Network;
use crate::oracle::{Oracle, Violation};
use crate::people::People;
use crate::rng::Rng;
use crate::scenario::{Scenario, Trouble};
use crate::site::{Site, SiteFaults};
use crate::trace::Trace;

/// How a run is made.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How often rollouts are looked at, in seconds.
    pub drive_seconds: i64,
    /// The oracle looks after every event: at the host that it concerns, at everything when something was appended, and at
    /// everything as often as rollouts are driven. Otherwise at everything once a virtual minute.
    pub every_event: bool,
    /// Keep the newest lines of the trace.
    pub keep_lines: bool,
    /// Faults of the shell around agents.
    pub shell: ShellFaults,
    /// Faults of the shell around the core.
    pub site: SiteFaults,
    /// Rules of rollouts that are left out.
    pub rules: rollout::Rules,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            drive_seconds: 20,
            every_event: true,
            keep_lines: false,
            shell: ShellFaults::default(),
            site: SiteFaults::default(),
            rules: rollout::Rules::strict(),
        }
    }
}

/// Something that happens.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    Wake { host: usize, life: u32 },
    Observed { host: usize, life: u32, observation: Box<model::host::HostObservation> },
    Looked { host: usize, life: u32, order: OrderId },
    Takes { host: usize, boot: u64, order: OrderId },
    Ends { host: usize, boot: u64, order: OrderId, how: Ended },
    Down { host: usize, boot: u64 },
    Up { host: usize },
    AgentStarts { host: usize, life: u32 },
    AgentKilled { host: usize, life: u32 },
    Arms { host: usize, boot: u64 },
    Surfaces { host: usize },
    Arrives { host: usize, life: u32, way: Way, token: u64, bytes: Vec<u8> },
    Answered { host: usize, life: u32, way: Way, token: u64, bytes: Vec<u8> },
    Late { host: usize, life: u32, way: Way, token: u64 },
    HeldOver { host: usize, token: u64 },
    Batch,
    Drive,
    ServerStarts,
    Round,
    Trouble(Trouble),
    Resumes,
}

/// An event as the trace has it: what it is about, without what it carries.
struct Named<'a>(&'a Event);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Event::Wake { host, life } => write!(f, "wake {host} {life}"),
            Event::Observed { host, observation, .. } => write!(f, "observed {host} {}", observation.boot.id),
            Event::Looked { host, order, .. } => write!(f, "looked {host} {order}"),
            Event::Takes { host, order, .. } => write!(f, "takes effect {host} {order}"),
            Event::Ends { host, order, how, .. } => write!(f, "ends {host} {order} {how:?}"),
            Event::Arrives { host, way, token, .. } => write!(f, "arrives {host} {way:?} {token}"),
            Event::Answered { host, way, token, .. } => write!(f, "answered {host} {way:?} {token}"),
            other => write!(f, "{other:?}"),
        }
    }
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What the oracle found; nothing in a sound hospital.
    pub violations: Vec<Violation>,
    /// Hash over everything that happened.
    pub hash: String,
    /// Events.
    pub events: u64,
    /// Facts in the journal.
    pub facts: usize,
    /// The newest lines of the trace.
    pub lines: Vec<String>,
    /// What happened, counted, so that a test can see that the night was one.
    pub seen: crate::oracle::Seen,
    /// What went wrong, counted.
    pub faults: Faults,
}

/// What a night leaves behind.
pub struct Played {
    /// The server with its journal.
    pub site: Site,
    /// What really happened to hosts.
    pub happened: Vec<Happened>,
}

/// A hospital in motion.
pub struct World {
    pub(crate) now: Time,
    pub(crate) scenario: Scenario,
    pub(crate) hosts: Vec<Host>,
    pub(crate) site: Site,
    pub(crate) oracle: Oracle,
    agenda: Agenda<Event>,
    network: Network,
    people: People,
    durations: Rng,
    trace: Trace,
    options: Options,
    open: Vec<[Option<u64>; 2]>,
    token: u64,
    batch_planned: bool,
    backup: Option<usize>,
    kill_after_append: Option<i64>,
    /// Facts were appended since the oracle looked at everything.
    appended: bool,
    faults: Faults,
    happened: Vec<Happened>,
}

fn ix(way: Way) -> usize {
    match way {
        Way::Wait => 0,
        Way::Deliver => 1,
    }
}

impl World {
    /// A hospital at the beginning of its night.
    pub fn new(seed: u64, scenario: Scenario, options: Options) -> World {
        let root = Rng::from_seed(seed);
        let tags: Vec<_> = scenario.hosts.iter().map(|spec| spec.tag.clone()).collect();
        let mut site = Site::new(tags, scenario.check_in_seconds, options.site);
        site.plant(options.rules);
        let key = site.key();
        let machine = |spec: &crate::scenario::HostSpec| {
            Machine::new(spec.tag.as_str(), spec.packages.clone(), spec.natures.clone(), scenario.begins)
        };
        let host = |spec: &crate::scenario::HostSpec| {
            Host::new(spec.tag.clone(), machine(spec), spec.skew_ms, key, options.shell)
        };
        let hosts: Vec<Host> = scenario.hosts.iter().map(host).collect();
        let mut world = World {
            now: scenario.begins,
            oracle: Oracle::new(&scenario),
            agenda: Agenda::default(),
            network: Network::new(&scenario, root.split("network")),
            people: People::new(root.split("people")),
            durations: root.split("durations"),
            trace: Trace::new(options.keep_lines),
            options,
            open: vec![[None; 2]; hosts.len()],
            token: 0,
            batch_planned: false,
            backup: None,
            kill_after_append: None,
            appended: false,
            faults: Faults::default(),
            happened: Vec::new(),
            hosts,
            site,
            scenario,
        };
        world.begin();
        world
    }

    fn begin(&mut self) {
        if self.scenario.clocks_change() {
            self.faults.happened(Fault::ClockChange);
        }
        let skewed = self.hosts.iter().filter(|host| host.skew_ms.abs() > 60_000).count();
        (0..skewed).for_each(|_| self.faults.happened(Fault::ClockSkew));
        match crate::people::furnish(&mut self.site, &self.scenario, self.now) {
            Ok(facts) => self.recorded(&facts),
            Err(why) => self.oracle.found(self.now, "the invented hospital can be described", why),
        }
        for host in 0..self.hosts.len() {
            let life = self.hosts.get(host).map_or(0, |host| host.life);
            let at =
                later(self.now, self.durations.between(0, i64::from(self.scenario.check_in_seconds) * 1_000));
            self.agenda.at(at, Event::AgentStarts { host, life });
        }
        self.agenda.at(self.now.plus_seconds(30), Event::Drive);
        self.agenda.at(self.now.plus_seconds(60), Event::Round);
        for (at, trouble) in self.scenario.troubles.clone() {
            self.agenda.at(at, Event::Trouble(trouble));
        }
    }

    /// Runs to the end of the night, or until the oracle has found something.
    pub fn run(self) -> Outcome {
        self.play().0
    }

    /// The same, and leaves what somebody may want to measure.
    pub fn play(mut self) -> (Outcome, Played) {
        let mut looked = self.now;
        while let Some((at, event)) = self.agenda.next(self.scenario.ends) {
            self.now = at;
            self.trace.event(at, &Named(&event));
            let concerned = self.happens(event);
            let appended = std::mem::take(&mut self.appended);
            let every_event = self.options.every_event;
            let look_seconds = if every_event { self.options.drive_seconds } else { 60 };
            if (every_event && appended) || at.seconds_since(looked) >= look_seconds {
                looked = at;
                self.oracle.look(&self.hosts, &self.site, at, None);
            } else if let Some(host) = concerned.filter(|_| every_event) {
                self.oracle.look(&self.hosts, &self.site, at, Some(host));
            }
            if self.oracle.has_found() {
                break;
            }
        }
        self.oracle.at_the_end(&self.hosts, &self.site, self.now);
        let mut faults = self.faults;
        faults.add(&self.network.faults);
        self.hosts.iter().for_each(|host| faults.add(&host.machine.faults));
        if self.oracle.seen().started > 1 {
            faults.happened(Fault::TwoPlans);
        }
        (0..self.site.replayed).for_each(|_| faults.happened(Fault::Replay));
        let played = Played { site: self.site, happened: self.happened };
        let outcome = Outcome {
            faults,
            hash: self.trace.hash(),
            events: self.trace.events(),
            facts: played.site.journal().len(),
            lines: self.trace.lines().map(ToOwned::to_owned).collect(),
            seen: self.oracle.seen(),
            violations: self.oracle.into_violations(),
        };
        (outcome, played)
    }

    fn happened(&mut self, host: usize, what: What) {
        self.happened.push(Happened { at: self.now, host, what });
    }

    /// One event. Returns the host that it concerns, where there is one.
    fn happens(&mut self, event: Event) -> Option<usize> {
        match event {
            Event::Wake { host, life } => {
                let known = self.hosts.get_mut(host).filter(|known| known.hears(life))?;
                known.wake_planned = None;
                self.input(host, Input::Tick);
                Some(host)
            }
            Event::Observed { host, life, observation } => {
                self.hosts.get(host).filter(|known| known.hears(life))?;
                self.input(host, Input::Observed(observation));
                Some(host)
            }
            Event::Looked { host, life, order } => self.looked(host, life, &order),
            Event::Takes { host, boot, order } => self.takes(host, boot, &order),
            Event::Ends { host, boot, order, how } => self.ends(host, boot, &order, how),
            Event::Down { host, boot } => {
                self.hosts.get(host).filter(|known| known.is_up && known.machine.boot() == boot)?;
                self.goes_down(host, true, 0)
            }
            Event::Up { host } => self.comes_up(host),
            Event::AgentStarts { host, life } => {
                let known = self.hosts.get_mut(host).filter(|known| known.is_up && known.life == life)?;
                let effects = known.start_agent(self.now);
                self.oracle.agent_started(known, self.now);
                self.oracle.disturbed(Some(host), self.now);
                self.effects(host, effects);
                Some(host)
            }
            Event::AgentKilled { host, life } => {
                self.hosts.get(host).filter(|known| known.life == life)?;
                self.kill_agent(host)
            }
            Event::Arms { host, boot } => {
                let known = self.hosts.get_mut(host).filter(|known| known.is_up)?;
                known.machine.arms(boot, self.now);
                Some(host)
            }
            Event::Surfaces { host } => {
                self.hosts.get_mut(host)?.machine.surfaces(self.now);
                Some(host)
            }
            Event::Arrives { host, life, way, token, bytes } => {
                self.arrives((host, life, way, token), &bytes)
            }
            Event::Answered { host, life, way, token, bytes } => {
                self.answered((host, life, way, token), &bytes)
            }
            Event::Late { host, life, way, token } => self.late((host, life, way, token)),
            Event::HeldOver { host, token } => {
                let answer = self.site.held_over(host, token, self.now);
                self.reply(answer.into_iter().collect());
                None
            }
            Event::Batch => self.batch(),
            Event::Drive => {
                let facts = self.site.drive(self.now);
                self.recorded(&facts);
                self.agenda.at(self.now.plus_seconds(self.options.drive_seconds), Event::Drive);
                None
            }
            Event::ServerStarts => {
                if let Err(why) = self.site.start() {
                    self.oracle.found(self.now, "4: what was acknowledged is in the journal", why);
                }
                None
            }
            Event::Round => {
                let facts = self.people.round(&mut self.site, &self.scenario, &mut self.oracle, self.now);
                self.recorded(&facts);
                self.agenda.at(self.now.plus_seconds(300), Event::Round);
                None
            }
            Event::Trouble(trouble) => self.trouble(&trouble),
            Event::Resumes => {
                self.people.wants_pause = None;
                None
            }
        }
    }
}
