//! Modalities tell us what they have made (PS3.4 F): we are called and answer, as the provider of the service. `steps` judges what is told; here is the
//! listening. One call is taken after another, and one that says nothing for half a minute is given up.

mod steps;

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use jiff::tz::TimeZone;
use model::Time;

use super::association::{Association, Service};
use super::failed::Failed;
use super::message::{Answer, CommandField, Status, object_response};
use crate::element::DataSet;
use crate::limits::MESSAGES_OF_CALL_MAX;
use crate::peer::AeTitle;

pub use steps::{Heard, Steps};

/// How often it is looked whether somebody calls.
const LOOKS: Duration = Duration::from_millis(20);

/// Where modalities call to say what they make.
pub struct PerformedSteps {
    listener: TcpListener,
    own: AeTitle,
    from: Vec<AeTitle>,
    steps: Steps,
}

impl PerformedSteps {
    /// Listens as `own`, which the modalities must know with this address, to nobody but `from`. Times of steps are local times of `zone`. Steps that were
    /// begun before are not known here: what is told of them is refused, and the modality says so.
    ///
    /// # Errors
    /// The address is taken.
    pub fn listen(
        address: SocketAddr,
        own: AeTitle,
        from: Vec<AeTitle>,
        zone: TimeZone,
    ) -> std::io::Result<PerformedSteps> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        Ok(PerformedSteps { listener, own, from, steps: Steps::new(zone) })
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

    /// Takes calls for as long as `go_on` says so, and hands over what was made before the modality is told that it was heard. `broke` hears of calls that
    /// came to nothing.
    pub fn serve(
        &mut self,
        now: &dyn Fn() -> Time,
        go_on: &dyn Fn() -> bool,
        heard: &mut dyn FnMut(Heard),
        broke: &mut dyn FnMut(&Failed),
    ) {
        while go_on() {
            let Ok((stream, _)) = self.listener.accept() else {
                std::thread::sleep(LOOKS);
                continue;
            };
            let taken = Association::called_by(stream, &self.own, &self.from, Service::PerformedStep)
                .and_then(|mut association| association.steps(&mut self.steps, now, go_on, heard));
            if let Err(error) = taken {
                broke(&error);
            }
        }
    }
}

impl Association {
    /// One call, to its end.
    fn steps(
        &mut self,
        steps: &mut Steps,
        now: &dyn Fn() -> Time,
        go_on: &dyn Fn() -> bool,
        heard: &mut dyn FnMut(Heard),
    ) -> Result<(), Failed> {
        let class = Service::PerformedStep.class();
        for _ in 0..MESSAGES_OF_CALL_MAX {
            let Some(came) = self.receive_or_end()? else { return Ok(()) };
            let Some(message) = came.command.message else {
                let says = "a message without a number".into();
                return Err(Failed::Garbled { to: self.to().into(), says });
            };
            let coding = self.coding();
            let about = &*came.command.about;
            let (create, set) = (CommandField::CreateRequest as u16, CommandField::SetRequest as u16);
            let field = match came.command.field {
                field if field == create => CommandField::CreateResponse,
                field if field == set => CommandField::SetResponse,
                field => {
                    let says = format!("message {field:04X} is not one of this service");
                    return Err(Failed::Garbled { to: self.to().into(), says: says.into() });
                }
            };
            let answer = match DataSet::read(&came.data, coding) {
                Err(error) => steps::refused(0x0110, &error.to_string()),
                Ok(set) if field == CommandField::CreateResponse => steps.create(about, &set),
                Ok(set) => match steps.set(about, &set, now()) {
                    Ok(over) => {
                        over.into_iter().for_each(&mut *heard);
                        steps::success()
                    }
                    Err(answer) => answer,
                },
            };
            self.send(&object_response(field, class, about, message, &answer), None)?;
            if !go_on() {
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
