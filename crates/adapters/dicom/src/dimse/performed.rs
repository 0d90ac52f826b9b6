//! Modalities tell us what they have made (PS3.4 F): we are called and answer, as the provider of the service. `steps` judges what is told; here is the
//! listening. Some calls are taken at a time; one that says nothing for half a minute is given up. Whoever asks whether we are there (C-ECHO), as whoever sets up
//! a modality does, is told so.

mod steps;

use std::collections::BTreeMap;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use jiff::tz::TimeZone;
use model::Time;

use super::association::{Association, Service};
use super::failed::Failed;
use super::message::{Answer, CommandField, Status, object_response};
use crate::element::DataSet;
use crate::limits::{CALLS_MAX, MESSAGES_OF_CALL_MAX};
use crate::peer::AeTitle;

pub use steps::{Change, Heard, Keep, Step, Steps};

/// How often it is looked whether somebody calls.
const LOOKS: Duration = Duration::from_millis(20);

/// Where modalities call to say what they make.
pub struct PerformedSteps {
    listener: TcpListener,
    own: AeTitle,
    from: Vec<AeTitle>,
    steps: Steps,
}

/// What those who hear share.
struct Shared<'a, 'k> {
    steps: Mutex<(&'a mut Steps, &'a mut Keep<'k>)>,
    /// Calls that are under way, to be cut when it ends.
    calls: Mutex<BTreeMap<u64, Option<TcpStream>>>,
    now: &'a (dyn Fn() -> Time + Sync),
    go_on: &'a (dyn Fn() -> bool + Sync),
}

/// A thread that broke down has changed nothing that it had not kept.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|broken| broken.into_inner())
}

impl PerformedSteps {
    /// Listens as `own`, which the modalities must know with this address, to nobody but `from`; to anybody where it is empty. Times of steps are local times of
    /// `zone`. `open` are steps that were begun before and kept; what is told of any other is refused, and the modality says so.
    ///
    /// # Errors
    /// The address is taken.
    pub fn listen(
        address: SocketAddr,
        own: AeTitle,
        from: Vec<AeTitle>,
        zone: TimeZone,
        open: BTreeMap<Box<str>, Step>,
    ) -> std::io::Result<PerformedSteps> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        Ok(PerformedSteps { listener, own, from, steps: Steps::new(zone, open) })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The system does not say.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Steps that were begun and are not over.
    pub fn in_progress(&self) -> usize {
        self.steps.in_progress()
    }

    /// Takes calls for as long as `go_on` says so, and has each change kept before the modality is told that it was heard. `broke` hears of calls that came to
    /// nothing.
    pub fn serve(
        &mut self,
        now: &(dyn Fn() -> Time + Sync),
        go_on: &(dyn Fn() -> bool + Sync),
        keep: &mut Keep<'_>,
        broke: &(dyn Fn(&Failed) + Sync),
    ) {
        let shared = Shared {
            steps: Mutex::new((&mut self.steps, keep)),
            calls: Mutex::new(BTreeMap::new()),
            now,
            go_on,
        };
        let (own, from, shared) = (&self.own, &*self.from, &shared);
        std::thread::scope(|scope| {
            let mut number = 0;
            while go_on() {
                let is_full = lock(&shared.calls).len() >= CALLS_MAX;
                let call = if is_full { None } else { self.listener.accept().ok() };
                let Some((stream, _)) = call else {
                    std::thread::sleep(LOOKS);
                    continue;
                };
                number += 1;
                lock(&shared.calls).insert(number, stream.try_clone().ok());
                scope.spawn(move || {
                    let services = [Service::PerformedStep, Service::Verification];
                    let taken = Association::called_by(stream, own, from, &services)
                        .and_then(|mut association| association.steps(shared));
                    lock(&shared.calls).remove(&number);
                    if let Err(error) = taken {
                        broke(&error);
                    }
                });
            }
            for stream in lock(&shared.calls).values().flatten() {
                // Who has hung up already needs no cutting.
                let _ = stream.shutdown(Shutdown::Both);
            }
        });
    }
}

impl Association {
    /// One call, to its end.
    fn steps(&mut self, shared: &Shared<'_, '_>) -> Result<(), Failed> {
        for _ in 0..MESSAGES_OF_CALL_MAX {
            let Some(came) = self.receive_or_end()? else { return Ok(()) };
            let Some(message) = came.command.message else {
                let says = "a message without a number".into();
                return Err(Failed::Garbled { to: self.to().into(), says });
            };
            let coding = self.coding();
            let about = &*came.command.about;
            let is = |field: CommandField| came.command.field == field as u16;
            let (service, field) = if is(CommandField::CreateRequest) {
                (Service::PerformedStep, CommandField::CreateResponse)
            } else if is(CommandField::SetRequest) {
                (Service::PerformedStep, CommandField::SetResponse)
            } else if is(CommandField::EchoRequest) {
                (Service::Verification, CommandField::EchoResponse)
            } else {
                let says = format!("message {:04X} is not one of this service", came.command.field);
                return Err(Failed::Garbled { to: self.to().into(), says: says.into() });
            };
            let answer = match (service, DataSet::read(&came.data, coding)) {
                (Service::Verification, _) => steps::success(),
                (_, Err(error)) => steps::refused(0x0110, &error.to_string()),
                (_, Ok(set)) => {
                    let mut locked = lock(&shared.steps);
                    let (steps, keep) = &mut *locked;
                    if is(CommandField::CreateRequest) {
                        steps.create(about, &set, (shared.now)(), *keep)
                    } else {
                        steps.set(about, &set, (shared.now)(), *keep)
                    }
                }
            };
            self.send(&object_response(field, service.class(), about, message, &answer), None)?;
            if !(shared.go_on)() {
                return Ok(());
            }
        }
        let says = format!("more than {MESSAGES_OF_CALL_MAX} messages in one call");
        Err(Failed::Garbled { to: self.to().into(), says: says.into() })
    }
}

/// So that nobody has to know how statuses are numbered to see whether one was good.
impl Answer {
    /// Was it done as asked?
    pub fn is_success(&self) -> bool {
        self.status == Status(0)
    }
}
