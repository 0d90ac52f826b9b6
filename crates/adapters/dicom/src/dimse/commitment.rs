//! Storage commitment: did an archive keep what it got (PS3.4 J.3)? It is asked on one association and answers, when it knows, on one of its own to
//! us. An archive that answers on the first one instead (J.3.3 allows both) is not heard.

use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use super::association::{Association, Service};
use super::failed::Failed;
use super::message::{CommandField, Status, action_request, event_response};
use crate::element::{Coding, DataSet, NotADataSet, Tag, Writing};
use crate::peer::AeTitle;

/// The one object of the service (PS3.4 J.3.5).
const INSTANCE: &str = "1.2.840.10008.1.20.1.1";
const REQUEST_COMMITMENT: u16 = 1;
const TRANSACTION: Tag = Tag(0x0008, 0x1195);
const FAILURE_REASON: Tag = Tag(0x0008, 0x1197);
const FAILED_ITEMS: Tag = Tag(0x0008, 0x1198);
const ITEMS: Tag = Tag(0x0008, 0x1199);
const CLASS: Tag = Tag(0x0008, 0x1150);
const UID: Tag = Tag(0x0008, 0x1155);
/// How often it is looked whether somebody calls.
const LOOKS: Duration = Duration::from_millis(20);
/// Most objects of one question: a row of 1 MiB holds them.
pub const OBJECTS_MAX: usize = 4_000;

/// An object that was sent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sent {
    /// SOP Class UID.
    pub class: Box<str>,
    /// SOP Instance UID.
    pub uid: Box<str>,
}

/// What the archive takes responsibility for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// SOP Instance UIDs that it keeps.
    pub kept: BTreeSet<Box<str>>,
    /// Those that it does not, with the reason of PS3.3 C.14.1.1; 0 where it gives none.
    pub failed: Vec<(Box<str>, u16)>,
}

impl Committed {
    /// Of what was asked, what the archive says nothing of or does not keep. Empty is the only good answer.
    pub fn lacks<'a>(&self, asked: &'a [Sent]) -> Vec<&'a Sent> {
        asked.iter().filter(|sent| !self.kept.contains(&sent.uid)).collect()
    }
}

/// Where archives call to say what they keep.
pub struct Commitments {
    listener: TcpListener,
    own: AeTitle,
}

impl Association {
    /// Asks an archive to take responsibility for objects; it answers to [`Commitments`]. `transaction` is a UID that nobody used before.
    ///
    /// # Errors
    /// The association broke, or the archive refuses.
    pub fn ask_commitment(&mut self, transaction: &str, objects: &[Sent]) -> Result<(), Failed> {
        if objects.len() > OBJECTS_MAX {
            let to = self.to().into();
            return Err(Failed::TooMany {
                to,
                what: "objects in one question about storage",
                most: OBJECTS_MAX,
            });
        }
        let coding = self.coding();
        let item =
            |sent: &Sent| Writing::default().text(CLASS, b"UI", &sent.class).text(UID, b"UI", &sent.uid);
        let items: Vec<Writing> = objects.iter().map(item).collect();
        let asked = Writing::default().text(TRANSACTION, b"UI", transaction).items(ITEMS, coding, &items);
        let message = self.next_message();
        let command = action_request(self.service().class(), INSTANCE, message, REQUEST_COMMITMENT);
        self.send(&command, Some(&asked.coded(coding)))?;
        let answer = self.answer_to(CommandField::ActionResponse, message)?.command;
        match answer.status {
            Some(status) if status.is_success() => Ok(()),
            status => Err(self.refused(status.unwrap_or(Status(u16::MAX)), &answer.comment)),
        }
    }
}

impl Commitments {
    /// Listens as `own`, which the archive must know with this address.
    ///
    /// # Errors
    /// The address is taken.
    pub fn listen(address: SocketAddr, own: AeTitle) -> std::io::Result<Commitments> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        Ok(Commitments { listener, own })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The system does not say.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// What `from` says of a transaction, within so much time. What it says of others is heard and passed over, and so are calls that come to
    /// nothing.
    ///
    /// # Errors
    /// It says nothing in time: then nothing is known of what it keeps.
    pub fn wait(&self, from: &AeTitle, transaction: &str, within: Duration) -> Result<Committed, Failed> {
        self.wait_while(from, transaction, within, &|| true)
    }

    /// The same for as long as `go_on` says so.
    ///
    /// # Errors
    /// It says nothing in time, or before somebody stopped it.
    pub fn wait_while(
        &self,
        from: &AeTitle,
        transaction: &str,
        within: Duration,
        go_on: &dyn Fn() -> bool,
    ) -> Result<Committed, Failed> {
        let began = Instant::now();
        let mut last = None;
        while began.elapsed() < within && go_on() {
            match self.listener.accept() {
                Ok((stream, _)) => {
                    let heard = Association::called(stream, &self.own, from, Service::Commitment)
                        .and_then(|mut association| association.heard_event(transaction));
                    match heard {
                        Ok(Some(committed)) => return Ok(committed),
                        Ok(None) => {}
                        Err(error) => last = Some(error),
                    }
                }
                Err(_) => std::thread::sleep(LOOKS),
            }
        }
        let seconds = began.elapsed().min(within).as_secs();
        let says = last.map_or(String::new(), |error| format!("; {error}"));
        let says = format!("nothing was said of transaction {transaction} in {seconds} s{says}");
        Err(Failed::Network { to: from.as_str().into(), says: says.into() })
    }
}

impl Association {
    /// What is said of this transaction; `None` where all that is said is about others.
    fn heard_event(&mut self, transaction: &str) -> Result<Option<Committed>, Failed> {
        let coding = self.coding();
        let came = self.receive()?;
        let (Some(message), Some(event)) = (came.command.message, came.command.event) else {
            return Ok(None);
        };
        if came.command.field != CommandField::EventRequest as u16 {
            return Ok(None);
        }
        let heard = read(&came.data, coding).map_err(|error| self.garbled(&error))?;
        self.send(&event_response(self.service().class(), INSTANCE, message, event, Status(0)), None)?;
        // Whoever called ends the association; whether in good order is all the same.
        let _ = self.receive();
        Ok(heard.filter(|(of, _)| of == transaction).map(|(_, committed)| committed))
    }
}

fn read(bytes: &[u8], coding: Coding) -> Result<Option<(String, Committed)>, NotADataSet> {
    let set = DataSet::read(bytes, coding)?;
    let uid = |item: &DataSet<'_>| Box::from(item.text(UID));
    let failed = set.items(FAILED_ITEMS)?;
    let failed: Vec<(Box<str>, u16)> =
        failed.iter().map(|item| (uid(item), item.short(FAILURE_REASON).unwrap_or(0))).collect();
    let mut kept: BTreeSet<Box<str>> = set.items(ITEMS)?.iter().map(uid).collect();
    // One that stands in both lists is not kept.
    for (uid, _) in &failed {
        kept.remove(uid);
    }
    let transaction = set.text(TRANSACTION);
    Ok((!transaction.is_empty()).then_some((transaction, Committed { kept, failed })))
}
