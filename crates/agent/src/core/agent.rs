//! The machine: takes inputs, keeps the memory, gives effects.

use std::collections::VecDeque;

use model::host::{HostObservation, HostReport};
use model::ids::OrderId;
use model::order::{Action, Order, OrderEvent, OrderStep, RefusalCode};
use model::{AssetTag, Time};
use wire::limit::ORDERS_PER_ANSWER_MAX;
use wire::{CheckIn, CheckInAnswer, Item, Message, Numbered, OrderKey, SignedOrder, SignedProbes, VERSION};

use super::contact::{CHECK_IN_DEFAULT_SECONDS, Contact, Way, wait_seconds};
use super::judge::{Found, Refusal, as_expected, claimed_name, in_time, in_turn, open};
use super::memory::{Ended, Memory, Record};
use super::work::{Next, after_a_cut, already_done, failed};
use super::{Effect, Input, Now, cut};

/// How often the whole host is looked at.
pub const OBSERVE_EVERY_DEFAULT_SECONDS: u32 = 300;
/// After a look that failed, the next comes so soon.
const OBSERVE_AGAIN_MS: u64 = 60_000;
/// A restart waits so long for the server to hear that it begins.
const RESTART_TOLD_MAX_MS: u64 = 5_000;
/// The look that follows the end of an order waits so long for the server to hear of that end.
const LOOK_TOLD_MAX_MS: u64 = 5_000;
/// The two clocks must move apart by so much before it is written down again.
const CLOCK_STEP_MS: i64 = 1_000;

/// Who this host is, and whom it obeys.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The host.
    pub host: AssetTag,
    /// The key of the site's orders.
    pub site: OrderKey,
}

/// The machine.
#[derive(Clone, Debug)]
pub struct Agent {
    identity: Identity,
    memory: Memory,
    observe_every_ms: u64,
    boot: Box<str>,
    /// Orders that are to be judged, by sequence; the first is being looked at.
    judging: VecDeque<Order>,
    contact: Contact,
    observe_at_ms: u64,
    observing: bool,
    /// Something changed while the host was being looked at.
    observe_again: bool,
    /// An order has ended, and no look was begun since the server heard of it. Times are moved to the server's clock at each delivery, and
    /// one may be longer on the way than the next: of a look begun before that, nobody there can tell that it came after the end.
    look_owed: bool,
    /// A restart of the host that waits for the server to hear of it, until then.
    restart_at_ms: Option<u64>,
    /// The server's clock at an instant of ours.
    server_clock: Option<(Time, u64)>,
}

impl Agent {
    /// The machine with what is on disk. [`Input::Started`] comes first.
    pub fn new(identity: Identity, memory: Memory, observe_every_seconds: u32) -> Agent {
        Agent {
            identity,
            memory,
            observe_every_ms: u64::from(observe_every_seconds.max(1)) * 1_000,
            boot: Box::default(),
            judging: VecDeque::new(),
            contact: Contact::default(),
            observe_at_ms: 0,
            observing: false,
            observe_again: false,
            look_owed: false,
            restart_at_ms: None,
            server_clock: None,
        }
    }

    /// What is remembered.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// How often in a row the server was not reached.
    pub fn failures(&self) -> u32 {
        self.contact.failures()
    }

    /// When [`Input::Tick`] is due, on the clock of [`Now::up_ms`].
    pub fn wake_at_ms(&self) -> u64 {
        let queue = &self.memory.queue;
        let contact = self.contact.wake_at_ms(!queue.is_empty(), queue.is_urgent(), !self.judging.is_empty());
        let observe = self.may_observe().then_some(self.observe_at_ms);
        let first = [contact, observe, self.restart_at_ms, self.restart_is_lost_at_ms()];
        first.into_iter().flatten().min().unwrap_or(u64::MAX)
    }

    /// Takes something in.
    pub fn handle(&mut self, input: Input, now: Now) -> Vec<Effect> {
        let mut out = Vec::new();
        match input {
            Input::Started { boot } => self.started(boot, now, &mut out),
            Input::Observed(observation) => self.observed(*observation, now, &mut out),
            Input::NotObserved(why) => {
                self.observing = false;
                self.observe_at_ms = now.up_ms + OBSERVE_AGAIN_MS;
                out.push(Effect::Say(format!("the host could not be looked at: {why}")));
            }
            Input::Looked { order, found } => self.looked(&order, &found, now, &mut out),
            Input::Finished { order, how } => self.finished(&order, how, now, &mut out),
            Input::Answered { way, answer } => self.answered(way, *answer, now, &mut out),
            Input::Unreached { way, why, dice } => {
                self.contact.failed(now.up_ms, way, self.check_in_seconds(), dice);
                out.push(Effect::Say(format!("the server was not reached: {why}")));
            }
            Input::Tick => {}
        }
        self.due(now, &mut out);
        out
    }

    fn keep(&mut self, record: Record, out: &mut Vec<Effect>) {
        self.memory.apply(record.clone());
        out.push(Effect::Keep(record));
    }

    fn started(&mut self, boot: Box<str>, now: Now, out: &mut Vec<Effect>) {
        self.boot = boot;
        self.contact.started(now.up_ms);
        self.observe_at_ms = now.up_ms;
        self.look_owed = self.memory.queue.is_urgent();
        if let Some(list) = &self.memory.probes {
            out.push(Effect::Probes(list.probes.clone()));
        }
        if let Some(running) = &self.memory.running {
            out.push(Effect::Look(Box::new(running.order.clone())));
        }
    }

    // --- observing

    /// While something is changed, a look would show halves.
    fn may_observe(&self) -> bool {
        let changing =
            self.memory.running.as_ref().is_some_and(|running| running.order.action.is_disruptive());
        !self.observing && !changing
    }

    fn observe_soon(&mut self, now: Now) {
        self.observe_again = self.observing;
        self.observe_at_ms = now.up_ms;
    }

    fn observed(&mut self, mut observation: HostObservation, now: Now, out: &mut Vec<Effect>) {
        self.observing = false;
        let again = std::mem::take(&mut self.observe_again);
        self.observe_at_ms = if again { now.up_ms } else { now.up_ms + self.observe_every_ms };
        if !self.may_observe() {
            return;
        }
        observation.resources.clock_offset_ms = self.memory.clock_offset_ms;
        let report = match &self.memory.reported {
            None => HostReport::Full(Box::new(observation)),
            Some(reported) => match reported.changes_to(&observation) {
                Some(changes) => HostReport::Changes(Box::new(changes)),
                None => HostReport::Same { observed_at: observation.observed_at },
            },
        };
        let item = Item::Report(report.clone());
        let alone = self.message(Way::Deliver, vec![Numbered { number: 1, at: now.clock, item }], now);
        match alone.check() {
            Ok(()) => self.keep(Record::Reported { at: now.clock, report }, out),
            Err(unfit) => out.push(Effect::Say(format!("what was observed cannot be reported: {unfit}"))),
        }
    }

    // --- orders

    fn received(&mut self, signed: &SignedOrder, now: Now, out: &mut Vec<Effect>) {
        if self.memory.queue.is_full_of_events() {
            out.push(Effect::Say("an order is left unread until the server has taken what waits".into()));
            return;
        }
        let order = match open(signed, self.identity.site) {
            Ok(order) => order,
            Err(refusal) => return self.refuse(claimed_name(signed), refusal, None, now, out),
        };
        if self.judging.iter().any(|judged| judged.id == order.id) {
            return; // It came twice before it was judged: once is enough.
        }
        if let Err((refusal, taken_in)) = self.holds_so_far(&order, now) {
            return self.refuse(order.id, refusal, taken_in, now, out);
        }
        if self.judging.len() >= ORDERS_PER_ANSWER_MAX {
            return; // It stays unseen, and so will be sent again.
        }
        // The first is being looked at and stays the first.
        let behind =
            self.judging.iter().skip(1).take_while(|judged| judged.sequence < order.sequence).count();
        let at = self.judging.len().min(1 + behind);
        self.judging.insert(at, order);
        if self.judging.len() == 1 {
            self.look_at_the_first(out);
        }
    }

    /// Everything that needs no look at the host; beside a refusal, term and sequence where it counts as taken in.
    fn holds_so_far(&self, order: &Order, now: Now) -> Result<(), (Refusal, Option<(u64, u64)>)> {
        in_turn(order, &self.identity.host, &self.memory).map_err(|refusal| (refusal, None))?;
        let taken_in = Some((order.term, order.sequence));
        in_time(order, self.server_now(now)).map_err(|refusal| (refusal, taken_in))?;
        match &self.memory.running {
            Some(running) => {
                let says = format!("{} is not finished", running.order.id);
                Err((Refusal { code: RefusalCode::Busy, says }, taken_in))
            }
            None => Ok(()),
        }
    }

    fn look_at_the_first(&self, out: &mut Vec<Effect>) {
        out.extend(self.judging.front().map(|order| Effect::Look(Box::new(order.clone()))));
    }

    /// Reports a refusal, once.
    fn refuse(
        &mut self,
        order: OrderId,
        refusal: Refusal,
        taken_in: Option<(u64, u64)>,
        now: Now,
        out: &mut Vec<Effect>,
    ) {
        if taken_in.is_none() && self.memory.refused.contains(&(order.clone(), refusal.code)) {
            return;
        }
        let what = OrderStep::Refused { code: refusal.code, says: cut(&refusal.says) };
        let event = OrderEvent { order, at: now.clock, boot: self.boot.clone(), what };
        self.keep(Record::Refused { event, taken_in }, out);
    }

    fn looked(&mut self, order: &OrderId, found: &Found, now: Now, out: &mut Vec<Effect>) {
        if self.memory.running.as_ref().is_some_and(|running| running.order.id == *order) {
            return self.looked_after_a_cut(found, now, out);
        }
        if self.judging.front().is_none_or(|first| first.id != *order) {
            return;
        }
        let Some(order) = self.judging.pop_front() else { return };
        let holds = self.holds_so_far(&order, now).and_then(|()| {
            as_expected(&order, found).map_err(|refusal| (refusal, Some((order.term, order.sequence))))
        });
        match holds {
            Err((refusal, taken_in)) => self.refuse(order.id, refusal, taken_in, now, out),
            Ok(()) => self.begin(order, found, now, out),
        }
        self.look_at_the_first(out);
    }

    fn begin(&mut self, order: Order, found: &Found, now: Now, out: &mut Vec<Effect>) {
        let (id, action) = (order.id.clone(), order.action.clone());
        let (at, boot) = (now.clock, found.boot.clone());
        let before = found.before(&action);
        self.keep(Record::Accepted { order: Box::new(order), at, boot: boot.clone(), before }, out);
        self.keep(Record::Begun { at, boot, attempt: 1 }, out);
        match already_done(&action, found) {
            Some(how) => self.end(how, now, out),
            None => self.act(id, action, now, out),
        }
    }

    fn act(&mut self, order: OrderId, action: Action, now: Now, out: &mut Vec<Effect>) {
        if action == Action::RestartHost {
            self.restart_at_ms = Some(now.up_ms + RESTART_TOLD_MAX_MS);
        } else {
            out.push(Effect::Act { order, action });
        }
    }

    fn looked_after_a_cut(&mut self, found: &Found, now: Now, out: &mut Vec<Effect>) {
        let Some(running) = &self.memory.running else { return };
        let (id, attempt) = (running.order.id.clone(), running.attempt + 1);
        match after_a_cut(running, found, self.server_now(now)) {
            Next::End(how) => self.end(how, now, out),
            Next::Again(action) => {
                self.keep(Record::Begun { at: now.clock, boot: found.boot.clone(), attempt }, out);
                self.act(id, action, now, out);
            }
        }
    }

    fn finished(&mut self, order: &OrderId, how: Ended, now: Now, out: &mut Vec<Effect>) {
        let Some(running) = self.memory.running.as_ref().filter(|running| running.order.id == *order) else {
            return;
        };
        let restarts = running.order.action == Action::RestartHost;
        if restarts && matches!(how, Ended::Done { .. }) {
            return; // Another boot is the end of it, nothing else.
        }
        self.end(how, now, out);
    }

    fn end(&mut self, how: Ended, now: Now, out: &mut Vec<Effect>) {
        self.restart_at_ms = None;
        self.keep(Record::Ended { at: now.clock, boot: self.boot.clone(), how }, out);
        self.observe_soon(now);
        self.observe_at_ms += LOOK_TOLD_MAX_MS;
        self.look_owed = true;
    }

    /// When a restart that did not come is given up.
    fn restart_is_lost_at_ms(&self) -> Option<u64> {
        let running = self.memory.running.as_ref()?;
        let (server, at_ms) = self.server_clock?;
        let waits = running.order.action == Action::RestartHost && self.restart_at_ms.is_none();
        let left_ms = running.order.window.not_after.0.saturating_sub(server.0) / 1_000 + 1;
        waits.then(|| at_ms.saturating_add(u64::try_from(left_ms).unwrap_or(0)))
    }

    // --- contact

    fn check_in_seconds(&self) -> u32 {
        self.memory.check_in_seconds.unwrap_or(CHECK_IN_DEFAULT_SECONDS)
    }

    /// The server's clock, as well as this host can tell.
    fn server_now(&self, now: Now) -> Time {
        match self.server_clock {
            Some((server, at_ms)) => {
                let passed_ms = i64::try_from(now.up_ms.saturating_sub(at_ms)).unwrap_or(i64::MAX);
                Time(server.0.saturating_add(passed_ms.saturating_mul(1_000)))
            }
            None => {
                let offset_ms = self.memory.clock_offset_ms.unwrap_or(0);
                Time(now.clock.0.saturating_sub(offset_ms.saturating_mul(1_000)))
            }
        }
    }

    fn message(&self, way: Way, numbered: Vec<Numbered>, now: Now) -> CheckIn {
        CheckIn {
            version: VERSION,
            agent_now: now.clock,
            numbered,
            wait_seconds: wait_seconds(way, self.check_in_seconds()),
            order_seen: self.memory.sequence,
            term_seen: self.memory.term,
            probes_seen: self.memory.probes.as_ref().map_or(0, |list| list.revision),
        }
    }

    fn answered(&mut self, way: Way, answer: CheckInAnswer, now: Now, out: &mut Vec<Effect>) {
        let orders = !answer.orders.is_empty();
        self.contact.answered(now.up_ms, way, orders, answer.check_in_seconds);
        self.server_clock = Some((answer.server_now, now.up_ms));
        let offset_ms = now.clock.0.saturating_sub(answer.server_now.0) / 1_000;
        let drifted =
            self.memory.clock_offset_ms.is_none_or(|known| known.abs_diff(offset_ms) >= CLOCK_STEP_MS as u64);
        if drifted || self.memory.check_in_seconds != Some(answer.check_in_seconds) {
            let check_in_seconds = answer.check_in_seconds;
            self.keep(Record::Contact { check_in_seconds, clock_offset_ms: offset_ms }, out);
        }
        let put_back = answer.acked > self.memory.queue.last();
        if put_back {
            out.push(Effect::Say(
                "the server knows more of this host than it remembers: it was put back".into(),
            ));
            self.keep(Record::PutBack { acked: answer.acked }, out);
        } else if self.memory.queue.items().next().is_some_and(|oldest| oldest.number <= answer.acked) {
            self.keep(Record::Acked(answer.acked), out);
        }
        if let Some(signed) = &answer.probes {
            self.take_probes(signed, out);
        }
        if (answer.want_full || put_back) && !self.memory.queue.has_full() {
            match self.memory.reported.clone() {
                Some(full) => {
                    self.keep(Record::Reported { at: now.clock, report: HostReport::Full(full) }, out)
                }
                None => self.observe_soon(now),
            }
        }
        for signed in &answer.orders {
            self.received(signed, now, out);
        }
    }

    fn take_probes(&mut self, signed: &SignedProbes, out: &mut Vec<Effect>) {
        match signed.open(self.identity.site) {
            Ok(list) if list.host != self.identity.host => {
                out.push(Effect::Say(format!("probes for {} were sent here", list.host)));
            }
            Ok(list) => {
                if self.memory.probes.as_ref() != Some(&list) {
                    let probes = list.probes.clone();
                    self.keep(Record::Probes(list), out);
                    out.push(Effect::Probes(probes));
                }
            }
            Err(unfit) => out.push(Effect::Say(format!("a list of probes is not believed: {unfit}"))),
        }
    }

    // --- time

    fn due(&mut self, now: Now, out: &mut Vec<Effect>) {
        let told = !self.memory.queue.is_urgent();
        if self.restart_at_ms.is_some_and(|at_ms| told || now.up_ms >= at_ms) {
            self.restart_at_ms = None;
            let order = self.memory.running.as_ref().map(|running| running.order.id.clone());
            out.extend(order.map(|order| Effect::Act { order, action: Action::RestartHost }));
        } else if self.restart_is_lost_at_ms().is_some_and(|at_ms| now.up_ms >= at_ms) {
            self.end(failed("the host did not restart before the window was over".to_owned()), now, out);
        }
        if self.may_observe() && (now.up_ms >= self.observe_at_ms || (told && self.look_owed)) {
            (self.observing, self.look_owed) = (true, self.look_owed && !told);
            out.push(Effect::Observe);
        }
        let (queued, urgent) = (!self.memory.queue.is_empty(), self.memory.queue.is_urgent());
        while let Some(way) = self.contact.due(now.up_ms, queued, urgent, !self.judging.is_empty()) {
            let numbered = match way {
                Way::Deliver => self.memory.queue.for_check_in(),
                Way::Wait => Vec::new(),
            };
            let message = self.message(way, numbered, now);
            out.push(Effect::CheckIn { way, message });
        }
    }
}
