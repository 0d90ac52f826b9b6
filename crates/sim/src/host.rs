//! One host: the machine, its disk, and the agent that runs on it. The shell around `agent::core`, as the real one is around the
//! real host: what is to be kept reaches the disk before anything that follows from it is done.

use agent::core::{Agent, Effect, Identity, Input, Memory, Now, Record, Way};
use model::order::{Action, Order};
use model::probe::Probe;
use model::{AssetTag, Time};
use wire::OrderKey;

use crate::agenda::later;
use crate::machine::Machine;

/// How often the whole host is looked at.
pub const OBSERVE_EVERY_SECONDS: u32 = 300;

/// A disk whose newest writes are lost when the power fails before they were flushed.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    lines: Vec<String>,
    flushed: usize,
}

impl Disk {
    fn write(&mut self, record: &Record) {
        // Plain structs of texts, numbers and lists are always written.
        self.lines.push(serde_json::to_string(record).unwrap_or_default());
    }

    fn flush(&mut self) {
        self.flushed = self.lines.len();
    }

    fn lose_unflushed(&mut self) {
        self.lines.truncate(self.flushed);
    }

    fn read(&self) -> Vec<Record> {
        self.lines.iter().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// Everything so far in one record, when there is much of it.
    fn shorten(&mut self, memory: &Memory) {
        const LINES_MAX: usize = 400;
        if self.lines.len() > LINES_MAX {
            self.lines.clear();
            self.write(&Record::All(Box::new(memory.clone())));
            self.flush();
        }
    }
}

/// Faults of the shell around an agent that can be planted to see that the simulator finds them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShellFaults {
    /// What is to be kept is not flushed before it is acted on.
    pub never_flushes: bool,
    /// After a start the agent knows nothing.
    pub forgets: bool,
    /// After a start the agent does not know which orders it has followed, and so takes older ones.
    pub forgets_turns: bool,
}

/// A host.
pub struct Host {
    /// Its asset tag.
    pub tag: AssetTag,
    /// The truth.
    pub machine: Machine,
    /// Is the power on and the system up?
    pub is_up: bool,
    /// It will never be up again.
    pub is_lost: bool,
    /// Its clock minus the true time, in milliseconds.
    pub skew_ms: i64,
    /// A program that carries an action out; it outlives the agent that started it, but not the boot.
    pub program: Option<(model::ids::OrderId, Action)>,
    /// Rises whenever the agent starts or ends: what was meant for an earlier life is not heard.
    pub life: u32,
    /// Looks that wait for the program to end.
    pub looks: Vec<Order>,
    /// After so many further effects the power fails.
    pub cut_after_effects: Option<u32>,
    /// The agent is killed while the next program runs that patients can notice.
    pub kill_agent_at_work: bool,
    /// When the agent's tick is planned.
    pub wake_planned: Option<Time>,
    agent: Option<Agent>,
    started_at: Time,
    disk: Disk,
    probes: Vec<Probe>,
    site: OrderKey,
    faults: ShellFaults,
}

impl Host {
    /// A host that is up and on which no agent has started.
    pub fn new(tag: AssetTag, machine: Machine, skew_ms: i64, site: OrderKey, faults: ShellFaults) -> Host {
        Host {
            tag,
            machine,
            is_up: true,
            is_lost: false,
            skew_ms,
            program: None,
            life: 0,
            looks: Vec::new(),
            cut_after_effects: None,
            kill_agent_at_work: false,
            wake_planned: None,
            agent: None,
            started_at: Time(0),
            disk: Disk::default(),
            probes: Vec::new(),
            site,
            faults,
        }
    }

    /// Does the agent run?
    pub fn has_agent(&self) -> bool {
        self.agent.is_some()
    }

    /// What the agent remembers, while it runs.
    pub fn memory(&self) -> Option<&Memory> {
        self.agent.as_ref().map(Agent::memory)
    }

    fn now(&self, at: Time) -> Now {
        let up_ms = u64::try_from((at.0 - self.started_at.0) / 1_000).unwrap_or(0);
        Now { clock: later(at, self.skew_ms), up_ms }
    }

    /// The agent starts and reads its disk.
    pub fn start_agent(&mut self, at: Time) -> Vec<Effect> {
        self.life += 1;
        self.started_at = at;
        let records = if self.faults.forgets { Vec::new() } else { self.disk.read() };
        let mut memory = Memory::replay(records);
        if self.faults.forgets_turns {
            (memory.term, memory.sequence) = (0, 0);
            memory.recent.clear();
        }
        let identity = Identity { host: self.tag.clone(), site: self.site };
        self.agent = Some(Agent::new(identity, memory, OBSERVE_EVERY_SECONDS));
        self.handle(Input::Started { boot: self.machine.boot_id() }, at)
    }

    /// Something comes in.
    pub fn handle(&mut self, input: Input, at: Time) -> Vec<Effect> {
        let now = self.now(at);
        self.agent.as_mut().map(|agent| agent.handle(input, now)).unwrap_or_default()
    }

    /// When the agent wants to be woken, in true time.
    pub fn wake_at(&self) -> Option<Time> {
        let up_ms = self.agent.as_ref()?.wake_at_ms();
        (up_ms < u64::MAX).then(|| later(self.started_at, i64::try_from(up_ms).unwrap_or(i64::MAX / 2_000)))
    }

    /// Keeps a record on the disk.
    pub fn keep(&mut self, record: &Record) {
        self.disk.write(record);
    }

    /// What was kept is on the disk for good before anything else is done.
    pub fn flush(&mut self) {
        if !self.faults.never_flushes {
            self.disk.flush();
        }
    }

    /// Once nothing is left to be done: much on the disk becomes one record.
    pub fn tidy(&mut self) {
        if let Some(agent) = &self.agent
            && self.disk.flushed == self.disk.lines.len()
        {
            self.disk.shorten(agent.memory());
        }
    }

    /// The probes from now on.
    pub fn set_probes(&mut self, probes: Vec<Probe>) {
        self.probes = probes;
    }

    /// What a look shows.
    pub fn observe(&self, at: Time) -> model::host::HostObservation {
        self.machine.observe(later(at, self.skew_ms), self.skew_ms * 1_000, &self.probes)
    }

    /// The agent is killed; what it had written is there, programs that it had started go on.
    pub fn kill_agent(&mut self) {
        self.agent = None;
        self.life += 1;
        self.looks.clear();
        self.wake_planned = None;
    }

    /// The power fails, or the host goes down for a restart.
    pub fn goes_down(&mut self, ordered: bool) {
        self.kill_agent();
        self.program = None;
        self.is_up = false;
        if !ordered {
            self.disk.lose_unflushed();
        }
        self.is_lost = !self.machine.goes_down(ordered);
        self.probes.clear();
    }

    /// Is this check-in one that its agent waits for?
    pub fn hears(&self, life: u32) -> bool {
        self.life == life && self.agent.is_some()
    }
}

/// The word of a way, for the trace.
pub fn way_word(way: Way) -> &'static str {
    match way {
        Way::Wait => "wait",
        Way::Deliver => "deliver",
    }
}
