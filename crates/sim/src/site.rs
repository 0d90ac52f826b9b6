//! The server: the real core in-process, a list of facts in memory as its journal, and the gateway's part: real bytes in, real
//! bytes out. What was appended survives its end; what was only in memory does not.

use std::collections::{BTreeMap, BTreeSet};

use agent::core::Way;
use hospital::fact::night::{Heard, HeardItem};
use hospital::{Command, Fact, Refusal, Stamp, State, decide};
use model::ids::NodeId;
use model::{AssetTag, Time};
use wire::limit::ORDERS_PER_ANSWER_MAX;
use wire::{CheckIn, CheckInAnswer, Item, Numbered, OrderKey, OrderSigner, ProbeList, SignedOrder};

/// Longest that a held check-in waits.
const LEASE_SECONDS: i64 = 120;

/// One entry of the journal.
#[derive(Clone, Debug)]
pub struct Entry {
    /// When it was appended.
    pub time: Time,
    /// Who.
    pub actor: Box<str>,
    /// The fact's JSON.
    pub payload: Vec<u8>,
}

/// A check-in that is not answered yet.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Number of the host.
    pub host: usize,
    /// Its agent's life when it called.
    pub life: u32,
    /// Which way it called.
    pub way: Way,
    /// Number of the call.
    pub token: u64,
    order_seen: u64,
    probes_seen: u64,
}

/// Faults of the shell around the core that can be planted to see that the simulator finds them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SiteFaults {
    /// Check-ins are acknowledged before they are in the journal.
    pub acks_before_append: bool,
    /// Times of a host are taken as they are, its wrong clock included.
    pub trusts_clocks: bool,
}

/// The server.
pub struct Site {
    state: Option<State>,
    journal: Vec<Entry>,
    snapshot: Option<(usize, Vec<u8>)>,
    signer: OrderSigner,
    node: NodeId,
    tags: Vec<AssetTag>,
    waiting: Vec<(Caller, Vec<Heard>)>,
    held: BTreeMap<usize, Caller>,
    check_in_seconds: u32,
    faults: SiteFaults,
    starts: u32,
    /// Orders that each host was sent, signed; a network may carry them a second time.
    sent: BTreeMap<usize, Vec<SignedOrder>>,
    replays: BTreeSet<usize>,
    /// How often an answer carried orders a second time.
    pub replayed: u64,
    rules: rollout::Rules,
}

/// What becomes of a check-in when it arrives.
pub enum Arrived {
    /// It is answered when it is in the journal.
    Queued,
    /// It is held open until then.
    Held(i64),
    /// It is answered at once.
    Answer(Vec<u8>),
    /// It cannot be read, or nobody is there.
    Dropped,
}

impl Site {
    /// A server without a past.
    pub fn new(tags: Vec<AssetTag>, check_in_seconds: u32, faults: SiteFaults) -> Site {
        #[allow(clippy::expect_used)]
        let node = NodeId::new("node-1").expect("an identifier");
        Site {
            state: Some(State::new()),
            journal: Vec::new(),
            snapshot: None,
            signer: OrderSigner::from_seed(&[7; 32]),
            node,
            tags,
            waiting: Vec::new(),
            held: BTreeMap::new(),
            check_in_seconds,
            faults,
            starts: 1,
            sent: BTreeMap::new(),
            replays: BTreeSet::new(),
            replayed: 0,
            rules: rollout::Rules::strict(),
        }
    }

    /// The key that hosts trust.
    pub fn key(&self) -> OrderKey {
        self.signer.key()
    }

    /// The state, while the server runs.
    pub fn state(&self) -> Option<&State> {
        self.state.as_ref()
    }

    /// The rollout of a plan, once it was started.
    pub fn rollout(&self, plan: &model::PlanHash) -> Option<&rollout::Rollout> {
        self.state.as_ref()?.night().rollout(plan)
    }

    /// Leaves rules of rollouts out, before anything has happened: a planted bug.
    pub fn plant(&mut self, rules: rollout::Rules) {
        self.rules = rules;
        self.state = Some(self.empty());
    }

    /// The state before anything has happened.
    fn empty(&self) -> State {
        #[cfg(feature = "planted")]
        if self.rules != rollout::Rules::strict() {
            let mut state = State::new();
            state.plant(self.rules);
            return state;
        }
        State::new()
    }

    /// Everything appended.
    pub fn journal(&self) -> &[Entry] {
        &self.journal
    }

    /// Carries a command out: decide, append, fold.
    ///
    /// # Errors
    /// It is refused, in a sentence; or the server does not run.
    pub fn command(&mut self, command: Command, actor: &str, now: Time) -> Result<Vec<Fact>, Refused> {
        let state = self.state.as_mut().ok_or(Refused::Down)?;
        let facts = decide(state, command, now).map_err(|refusal| Refused::Decided(Box::new(refusal)))?;
        for fact in &facts {
            // Facts are plain structs; were one not to be written, it would be missing after the next start and found.
            let payload = serde_json::to_vec(fact).unwrap_or_default();
            self.journal.push(Entry { time: now, actor: actor.into(), payload });
            let stamp = Stamp { seq: self.journal.len() as u64, time: now, actor: actor.into() };
            state.apply(stamp, fact.clone());
        }
        Ok(facts)
    }

    /// A check-in arrives.
    pub fn arrives(&mut self, caller: (usize, u32, Way, u64), bytes: &[u8], now: Time) -> Arrived {
        let (host, life, way, token) = caller;
        if self.state.is_none() {
            return Arrived::Dropped;
        }
        let Ok(message) = wire::read::<CheckIn>(bytes) else { return Arrived::Dropped };
        let caller = Caller {
            host,
            life,
            way,
            token,
            order_seen: message.order_seen,
            probes_seen: message.probes_seen,
        };
        let Some(tag) = self.tags.get(host).cloned() else { return Arrived::Dropped };
        let wait_seconds = i64::from(message.wait_seconds);
        if !message.numbered.is_empty() {
            let heard = self.heard(&tag, message, now);
            if self.faults.acks_before_append {
                let upto = heard.last().map_or(0, |heard| heard.number);
                let answer = self.answer(&caller, now, Some(upto));
                self.waiting.push((caller, heard));
                return answer.map_or(Arrived::Dropped, Arrived::Answer);
            }
            self.waiting.push((caller, heard));
            return Arrived::Queued;
        }
        if wait_seconds == 0 || self.has_news(&caller, now) {
            return self.answer(&caller, now, None).map_or(Arrived::Dropped, Arrived::Answer);
        }
        // One host, one open check-in: the older of two is forgotten, as a server forgets a broken connection.
        self.held.insert(host, caller);
        Arrived::Held(wait_seconds)
    }

    /// What a check-in delivers, on our clock, in runs of numbers that follow one another.
    fn heard(&self, tag: &AssetTag, message: CheckIn, now: Time) -> Vec<Heard> {
        let agent_now = if self.faults.trusts_clocks { now } else { message.agent_now };
        let mut runs: Vec<Heard> = Vec::new();
        for mut numbered in message.numbered {
            numbered.to_server_clock(agent_now, now);
            let Numbered { number, item, .. } = numbered;
            let item = match item {
                Item::Report(report) => HeardItem::Report(report),
                Item::Order(event) => HeardItem::Order(event),
            };
            match runs.last_mut() {
                Some(run) if run.number + 1 == number => {
                    run.number = number;
                    run.items.push(item);
                }
                Some(_) | None => runs.push(Heard { host: tag.clone(), number, items: vec![item] }),
            }
        }
        runs
    }

    /// Records everything that was delivered since, in one entry, and answers.
    pub fn batch(&mut self, now: Time) -> (Vec<Fact>, Vec<(Caller, Vec<u8>)>) {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() {
            return (Vec::new(), Vec::new());
        }
        let heard = waiting.iter().flat_map(|(_, heard)| heard.iter().cloned()).collect();
        let Ok(facts) = self.command(Command::Hear(heard), "gateway", now) else {
            return (Vec::new(), Vec::new());
        };
        if self.faults.acks_before_append {
            return (facts, Vec::new());
        }
        let mut answers = Vec::new();
        for (caller, _) in waiting {
            answers.extend(self.answer(&caller, now, None).map(|bytes| (caller, bytes)));
        }
        (facts, answers)
    }

    /// Does anything wait to be recorded?
    pub fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// A held check-in is answered because its time is over.
    pub fn held_over(&mut self, host: usize, token: u64, now: Time) -> Option<(Caller, Vec<u8>)> {
        if self.held.get(&host).is_none_or(|caller| caller.token != token) {
            return None;
        }
        let caller = self.held.remove(&host)?;
        self.answer(&caller, now, None).map(|bytes| (caller, bytes))
    }

    /// Held check-ins of hosts that got an order, answered now.
    pub fn wake(&mut self, hosts: impl IntoIterator<Item = usize>, now: Time) -> Vec<(Caller, Vec<u8>)> {
        let mut answers = Vec::new();
        for host in hosts {
            let Some(caller) = self.held.remove(&host) else { continue };
            if !self.has_news(&caller, now) {
                self.held.insert(host, caller);
            } else if let Some(bytes) = self.answer(&caller, now, None) {
                answers.push((caller, bytes));
            }
        }
        answers
    }

    fn has_news(&self, caller: &Caller, now: Time) -> bool {
        let (Some(state), Some(tag)) = (&self.state, self.tags.get(caller.host)) else { return false };
        let night = state.night();
        night.host(tag).is_some_and(|view| view.wants_full())
            || !night.orders_due(tag, caller.order_seen, now).is_empty()
            || (caller.probes_seen == 0 && night.probes_of(tag).next().is_some())
    }

    fn answer(&mut self, caller: &Caller, now: Time, acked: Option<u64>) -> Option<Vec<u8>> {
        let night = self.state.as_ref()?.night();
        let tag = self.tags.get(caller.host)?;
        let view = night.host(tag);
        let due = night.orders_due(tag, caller.order_seen, now);
        let mut orders: Vec<SignedOrder> =
            due.into_iter().filter_map(|order| self.signer.sign(order).ok()).collect();
        let probes = (caller.probes_seen == 0).then(|| night.probes_of(tag).cloned().collect::<Vec<_>>());
        let list = probes.filter(|probes| !probes.is_empty()).map(|probes| ProbeList {
            host: tag.clone(),
            revision: 1,
            probes,
        });
        let sent = self.sent.entry(caller.host).or_default();
        let before: Vec<SignedOrder> = if self.replays.contains(&caller.host) {
            let room = ORDERS_PER_ANSWER_MAX - orders.len().min(ORDERS_PER_ANSWER_MAX);
            sent.iter().rev().take(room).cloned().collect()
        } else {
            Vec::new()
        };
        for order in &orders {
            if !sent.contains(order) {
                sent.push(order.clone());
            }
        }
        if !before.is_empty() && self.replays.remove(&caller.host) {
            self.replayed += 1;
            orders.extend(before);
        }
        let answer = CheckInAnswer {
            server_now: now,
            acked: acked.unwrap_or_else(|| view.map_or(0, |view| view.number())),
            want_full: view.is_none_or(|view| !view.is_observed() || view.wants_full()),
            orders,
            probes: list.and_then(|list| self.signer.sign(&list).ok()),
            check_in_seconds: self.check_in_seconds,
        };
        wire::write(&answer).ok()
    }

    /// Looks at every rollout; takes or keeps the lease first.
    pub fn drive(&mut self, now: Time) -> Vec<Fact> {
        let mut all = Vec::new();
        let until = now.plus_seconds(LEASE_SECONDS);
        let lease = self.state.as_ref().and_then(|state| state.night().lease().cloned());
        let mine = lease.as_ref().is_some_and(|lease| lease.node == self.node && now < lease.until);
        if !mine || lease.is_some_and(|lease| lease.until.seconds_since(now) < LEASE_SECONDS / 2) {
            let take = Command::TakeLease { node: self.node.clone(), until };
            all.extend(self.command(take, "driver", now).unwrap_or_default());
        }
        let Some(term) = self.state.as_ref().and_then(|state| state.night().lease()).map(|lease| lease.term)
        else {
            return all;
        };
        let drive = Command::Drive { node: self.node.clone(), term };
        all.extend(self.command(drive, "driver", now).unwrap_or_default());
        all
    }

    /// With the next answer to this host, everything that it was sent is sent again.
    pub fn replay(&mut self, host: usize) {
        self.replays.insert(host);
    }

    /// The process is killed: what was not appended is gone.
    pub fn kill(&mut self) {
        self.state = None;
        self.waiting.clear();
        self.held.clear();
    }

    /// Takes a snapshot of the state.
    pub fn take_snapshot(&mut self) {
        let Some(state) = self.state.as_ref().filter(|_| self.rules == rollout::Rules::strict()) else {
            return;
        };
        if let Ok(bytes) = hospital::snapshot::save(state) {
            self.snapshot = Some((self.journal.len(), bytes));
        }
    }

    /// The journal is put back to what a backup of that length holds.
    pub fn put_back(&mut self, entries: usize) {
        self.kill();
        self.journal.truncate(entries);
        if self.snapshot.as_ref().is_some_and(|(upto, _)| *upto > entries) {
            self.snapshot = None;
        }
    }

    /// Starts from the newest snapshot and the rest of the journal, as another running copy of Segue.
    ///
    /// # Errors
    /// An entry cannot be read, or a fold of everything gives another state: says which.
    pub fn start(&mut self) -> Result<(), String> {
        self.starts += 1;
        #[allow(clippy::expect_used)]
        let node = NodeId::new(&format!("node-{}", self.starts)).expect("an identifier");
        self.node = node;
        let whole = self.fold(self.empty(), 0)?;
        let state = match &self.snapshot {
            None => whole,
            Some((upto, bytes)) => {
                let loaded = hospital::snapshot::load(bytes).map_err(|error| format!("snapshot: {error}"))?;
                let quick = self.fold(loaded, *upto)?;
                if hospital::snapshot::save(&quick).ok() != hospital::snapshot::save(&whole).ok() {
                    return Err(
                        "a snapshot with the rest of the journal gives another state than the journal".into(),
                    );
                }
                quick
            }
        };
        self.state = Some(state);
        Ok(())
    }

    fn fold(&self, mut state: State, from: usize) -> Result<State, String> {
        for (seq, entry) in (1..).zip(&self.journal).skip(from) {
            let fact =
                serde_json::from_slice(&entry.payload).map_err(|error| format!("entry {seq}: {error}"))?;
            state.apply(Stamp { seq, time: entry.time, actor: entry.actor.clone() }, fact);
        }
        Ok(state)
    }
}

/// Why a command was not carried out.
#[derive(Debug)]
pub enum Refused {
    /// The server does not run.
    Down,
    /// The core refused it.
    Decided(Box<Refusal>),
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refused::Down => f.write_str("the server does not run"),
            Refused::Decided(refusal) => write!(f, "{refusal}"),
        }
    }
}
