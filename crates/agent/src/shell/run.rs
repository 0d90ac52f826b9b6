//! The service: carries out what the machine says, each thing in a thread of its own, and gives it what comes back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use model::Time;
use model::host::{Boot, HostObservation};
use model::order::{Action, Order};
use model::probe::Probe;
use wire::{CheckInAnswer, PATH_CHECK_IN};

use super::clock::{Uptime, dice, wall};
use super::enrol::renew;
use super::folder::{Folder, Known};
use super::link::Link;
use super::validity::Validity;
use super::{Failed, clock};
use crate::core::{Agent, Effect, Ended, Found, Identity, Input, Way};
use crate::linux::Linux;
use crate::store::{FileStore, Store};

/// How often offered patches are fetched anew.
pub(super) const REFRESH_EVERY_DEFAULT_SECONDS: u32 = 3_600;
/// How often it is looked whether the certificate must be renewed.
const RENEW_LOOK_MS: u64 = 60_000;
/// The longest that the loop sleeps: then it looks whether it should end.
const SLEEP_MAX_MS: u64 = 500;

/// A host, as the service needs it. Tests have invented ones.
pub trait Host: Send + Sync + 'static {
    /// The boot.
    ///
    /// # Errors
    /// The host does not say.
    fn boot(&self) -> Result<Boot, String>;
    /// Fetches what is offered anew.
    fn refresh(&self);
    /// Looks at everything; `began` is the host's clock now.
    ///
    /// # Errors
    /// What a report cannot be without is not to be had.
    fn observe(&self, began: Time) -> Result<HostObservation, String>;
    /// Looks at what an order concerns, once no change runs any more.
    fn look(&self, order: &Order) -> Found;
    /// Carries an action out.
    fn act(&self, action: &Action) -> Ended;
    /// The probes from now on.
    fn set_probes(&self, probes: Vec<Probe>);
}

impl Host for Linux {
    fn boot(&self) -> Result<Boot, String> {
        Linux::boot(self)
    }
    fn refresh(&self) {
        Linux::refresh(self);
    }
    fn observe(&self, began: Time) -> Result<HostObservation, String> {
        Linux::observe(self, began)
    }
    fn look(&self, order: &Order) -> Found {
        Linux::look(self, order)
    }
    fn act(&self, action: &Action) -> Ended {
        Linux::act(self, action)
    }
    fn set_probes(&self, probes: Vec<Probe>) {
        Linux::set_probes(self, probes);
    }
}

/// How the service runs.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// How often the whole host is looked at.
    pub observe_every_seconds: u32,
    /// How often offered patches are fetched anew; 0 leaves that to others.
    pub refresh_every_seconds: u32,
    /// Ends the service when it becomes true.
    pub stop: Arc<AtomicBool>,
    /// Takes a line for the log.
    pub say: fn(&str),
}

struct Service {
    host: Arc<dyn Host>,
    folder: Folder,
    link: Arc<Mutex<(Known, Link)>>,
    store: FileStore,
    send: Sender<Input>,
    options: RunOptions,
    up: Uptime,
    /// When offered patches were fetched last; `None` when they are to be fetched before the next look.
    refreshed_ms: Arc<Mutex<Option<u64>>>,
    renew_look_ms: u64,
    /// Whether the server was reached last, as written to the folder.
    reached: Option<bool>,
}

/// Runs until it is stopped.
///
/// # Errors
/// The folder cannot be used, the host is not enrolled, or something that must not be forgotten could not be written: then
/// nothing that follows from it was done, and the service must be started again.
pub fn run(folder: &Folder, host: Arc<dyn Host>, options: RunOptions) -> Result<(), Failed> {
    let known = folder.known()?;
    let _alone = folder.lock()?;
    let (store, memory) = FileStore::open(folder.path())?;
    let boot = host.boot().map_err(Failed::NoBoot)?.id;
    let identity = Identity { host: known.host.clone(), site: known.signing_key };
    let mut agent = Agent::new(identity, memory, options.observe_every_seconds);
    (options.say)(&format!("this is {known}, boot {boot}"));
    let link = Link::known(&known)?;
    let (send, receive) = channel();
    let mut service = Service {
        host,
        folder: folder.clone(),
        link: Arc::new(Mutex::new((known, link))),
        store,
        send,
        options,
        up: Uptime::start(),
        refreshed_ms: Arc::default(),
        renew_look_ms: 0,
        reached: None,
    };
    let mut input = Some(Input::Started { boot });
    while !service.options.stop.load(Ordering::Relaxed) {
        if let Some(input) = input.take() {
            service.note_contact(&input);
            for effect in agent.handle(input, service.up.now()) {
                service.carry_out(effect)?;
            }
            service.store.tidy(agent.memory())?;
        }
        service.renew_if_due();
        input = service.next_input(&agent, &receive);
    }
    Ok(())
}

fn locked<T>(what: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // Nobody leaves these values half changed, so one that panicked left them whole.
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Service {
    fn next_input(&self, agent: &Agent, receive: &Receiver<Input>) -> Option<Input> {
        let left_ms = agent.wake_at_ms().saturating_sub(self.up.ms());
        match receive.recv_timeout(Duration::from_millis(left_ms.min(SLEEP_MAX_MS))) {
            Ok(input) => Some(input),
            Err(RecvTimeoutError::Timeout) => (self.up.ms() >= agent.wake_at_ms()).then_some(Input::Tick),
            // Not while we hold a sender.
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }

    fn carry_out(&mut self, effect: Effect) -> Result<(), Failed> {
        match effect {
            Effect::Keep(record) => self.store.append(&record)?,
            Effect::Say(says) => (self.options.say)(&says),
            Effect::Probes(probes) => {
                // Ports may have to be freed and taken: in its turn, but short.
                self.host.set_probes(probes);
            }
            Effect::Observe => self.observe(),
            Effect::Look(order) => {
                let host = Arc::clone(&self.host);
                self.aside(move || Input::Looked {
                    order: order.id.clone(),
                    found: Box::new(host.look(&order)),
                });
            }
            Effect::Act { order, action } => {
                (self.options.say)(&format!("order {order}: {}", action.word()));
                let (host, refreshed) = (Arc::clone(&self.host), Arc::clone(&self.refreshed_ms));
                self.aside(move || {
                    let how = host.act(&action);
                    if action.is_disruptive() {
                        *locked(&refreshed) = None; // What surfaces after a change must be seen.
                    }
                    Input::Finished { order, how }
                });
            }
            Effect::CheckIn { way, message } => {
                let link = locked(&self.link).1.clone();
                self.aside(move || {
                    let wait = message.wait_seconds;
                    match link.post::<CheckInAnswer>(PATH_CHECK_IN, &message, wait) {
                        Ok(answer) => Input::Answered { way, answer: Box::new(answer) },
                        Err(error) => Input::Unreached { way, why: error.to_string().into(), dice: dice() },
                    }
                });
            }
        }
        Ok(())
    }

    fn observe(&self) {
        let (host, refreshed, up) = (Arc::clone(&self.host), Arc::clone(&self.refreshed_ms), self.up);
        let every_ms = u64::from(self.options.refresh_every_seconds) * 1_000;
        self.aside(move || {
            let last = *locked(&refreshed);
            let due = last.is_none_or(|last| up.ms().saturating_sub(last) >= every_ms);
            if every_ms > 0 && due {
                host.refresh();
                *locked(&refreshed) = Some(up.ms());
            }
            match host.observe(wall()) {
                Ok(observation) => Input::Observed(Box::new(observation)),
                Err(why) => Input::NotObserved(why.into()),
            }
        });
    }

    /// In a thread of its own. There is at most one for each kind of effect.
    fn aside(&self, work: impl FnOnce() -> Input + Send + 'static) {
        let send = self.send.clone();
        std::thread::spawn(move || {
            // Nobody listens any more when the service ends.
            let _ended = send.send(work());
        });
    }

    fn renew_if_due(&mut self) {
        if self.up.ms() < self.renew_look_ms {
            return;
        }
        self.renew_look_ms = self.up.ms() + RENEW_LOOK_MS;
        let known = locked(&self.link).0.clone();
        let due =
            Validity::of_pem(&known.certificate_pem).is_some_and(|validity| wall() >= validity.renew_at());
        if !due {
            return;
        }
        let (folder, link, say) = (self.folder.clone(), Arc::clone(&self.link), self.options.say);
        std::thread::spawn(move || {
            let done = renew(&folder, &known).and_then(|known| Ok((Link::known(&known)?, known)));
            match done {
                Ok((new, known)) => {
                    *locked(&link) = (known, new);
                    say("the certificate was renewed");
                }
                Err(error) => say(&format!("the certificate could not be renewed: {error}")),
            }
        });
    }

    /// Writes down, for `status`, whether the server is reached; that it is lost is no harm.
    fn note_contact(&mut self, input: &Input) {
        let (reached, says) = match input {
            Input::Answered { .. } => (true, ""),
            Input::Unreached { why, .. } => (false, &**why),
            Input::Started { .. }
            | Input::Observed(_)
            | Input::NotObserved(_)
            | Input::Looked { .. }
            | Input::Finished { .. }
            | Input::Tick => return,
        };
        let waits = matches!(input, Input::Answered { way: Way::Wait, .. });
        if self.reached == Some(reached) && !waits {
            return;
        }
        self.reached = Some(reached);
        let note = serde_json::json!({ "reached": reached, "at_us": clock::wall().0, "says": says });
        let _only_for_people = std::fs::write(self.folder.path().join("contact.json"), note.to_string());
    }
}
