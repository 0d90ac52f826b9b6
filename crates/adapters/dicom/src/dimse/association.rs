//! One association: whole messages go out and come in, within limits of size and time. Dropped without `release`, it is aborted by the
//! closing connection.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use dicom_ul::association::Association as _;
use dicom_ul::association::client::{ClientAssociation, ClientAssociationOptions, TlsStream};
use dicom_ul::association::server::{Negotiation, ServerAssociation, ServerAssociationOptions};
use dicom_ul::pdu::{
    PDataValue, PDataValueType, Pdu, PresentationContextNegotiated, PresentationContextResultReason,
    RequestorRoles,
};

use super::failed::Failed;
use super::message::{Command, Status};
use crate::element::{Coding, NotADataSet};
use crate::limits::{
    COMMAND_MAX_BYTES, CONNECT, IDENTIFIER_MAX_BYTES, PDU_MAX_BYTES, SILENCE, STRAY_MESSAGES_MAX,
};
use crate::peer::{AeTitle, Peer};

/// With what a request for an association begins (PS3.8 §9.3.2).
const ASSOCIATE_REQUEST: u8 = 0x01;
/// How often it is looked whether more has come.
const LOOKS: Duration = Duration::from_millis(20);

/// What is asked of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Is it there?
    Verification,
    /// What does it have (Study Root Query, PS3.4 C.6.2)?
    Find,
    /// Send to another (Study Root Retrieve).
    Move,
    /// Did it keep what it got (Storage Commitment Push Model, PS3.4 J)?
    Commitment,
    /// Take this (Storage, PS3.4 B). Each kind of object is a class of its own.
    Store,
    /// What is to be made (Modality Worklist, PS3.4 K)?
    Worklist,
    /// What was made (Modality Performed Procedure Step, PS3.4 F)?
    PerformedStep,
}

impl Service {
    /// Its SOP class.
    pub fn class(self) -> &'static str {
        match self {
            Service::Verification => "1.2.840.10008.1.1",
            Service::Find => "1.2.840.10008.5.1.4.1.2.2.1",
            Service::Move => "1.2.840.10008.5.1.4.1.2.2.2",
            Service::Commitment => "1.2.840.10008.1.20.1",
            Service::Store => "1.2.840.10008.4.2",
            Service::Worklist => "1.2.840.10008.5.1.4.31",
            Service::PerformedStep => "1.2.840.10008.3.1.2.3.3",
        }
    }
}

/// Whoever calls provides the service, and we use it: the other way round than usual (PS3.7 D.3.3.4).
struct AsProvider;

impl Negotiation for AsProvider {
    fn negotiate_roles(&self, _: &str, scu_role: bool, scp_role: bool) -> Option<RequestorRoles> {
        Some(RequestorRoles { scu: scu_role, scp: scp_role })
    }
}

/// A connection to an archive for one service.
pub struct Association {
    link: Link,
    to: Box<str>,
    service: Service,
    context: u8,
    coding: Coding,
    next_message: u16,
}

enum Link {
    Open(Box<ClientAssociation<TcpStream>>),
    Tls(Box<ClientAssociation<TlsStream>>),
    /// An archive has called us.
    Called(Box<ServerAssociation<TcpStream>>),
}

/// A message as it came.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) command: Command,
    pub(super) data: Vec<u8>,
}

impl Association {
    /// Connects and agrees on the service.
    ///
    /// # Errors
    /// Nobody is there, TLS or titles are not accepted, or the service is not offered.
    pub fn new(peer: &Peer, service: Service) -> Result<Association, Failed> {
        let syntaxes = [Coding::Explicit, Coding::Implicit].map(Coding::uid).to_vec();
        let (link, to, contexts) =
            established(peer, [(service.class(), syntaxes)], |to| Failed::NotOffered { to, service })?;
        let agreed =
            contexts.iter().find_map(|context| Some((context.id, Coding::of(&context.transfer_syntax)?)));
        let Some((context, coding)) = agreed else { return Err(Failed::NotOffered { to, service }) };
        Ok(Association { link, to, service, context, coding, next_message: 1 })
    }

    /// Connects and agrees on classes of objects, each in one transfer syntax. Answers which of them the archive takes, as the numbers of their
    /// contexts: the first has 1, the next 3 (PS3.8 §9.3.2.2).
    pub(super) fn to_store(peer: &Peer, kinds: &[(&str, &str)]) -> Result<(Association, Vec<u8>), Failed> {
        let proposed = kinds.iter().map(|(class, syntax)| (*class, vec![*syntax]));
        let (link, to, contexts) = established(peer, proposed, |to| {
            let (class, syntax) = kinds.first().copied().unwrap_or_default();
            Failed::KindRefused { to, class: class.into(), syntax: syntax.into() }
        })?;
        // An archive that accepts in another syntax than the one it was offered would be sent what it cannot read.
        let is_as_offered = |context: &&PresentationContextNegotiated| {
            let offered = kinds.get(usize::from(context.id / 2));
            offered.is_some_and(|(_, syntax)| *syntax == context.transfer_syntax.trim_end_matches('\0'))
        };
        let agreed: Vec<u8> = contexts.iter().filter(is_as_offered).map(|context| context.id).collect();
        let context = agreed.first().copied().unwrap_or(1);
        let service = Service::Store;
        // Data sets go out as they are: no coding is agreed on.
        let coding = Coding::Explicit;
        Ok((Association { link, to, service, context, coding, next_message: 1 }, agreed))
    }

    /// What is sent next goes by this context.
    pub(super) fn by_context(&mut self, context: u8) {
        self.context = context;
    }

    /// Takes a call that offers this service, in the role of whoever provides it, and from nobody but `from`.
    pub(super) fn called(
        stream: TcpStream,
        own: &AeTitle,
        from: &AeTitle,
        service: Service,
    ) -> Result<Association, Failed> {
        Association::called_by(stream, own, std::slice::from_ref(from), &[service])
    }

    /// Takes such a call from one of several, and from nobody else; from anybody where none is named. It may be for one of several services, or all of them.
    pub(super) fn called_by(
        stream: TcpStream,
        own: &AeTitle,
        from: &[AeTitle],
        services: &[Service],
    ) -> Result<Association, Failed> {
        let names: Vec<&str> = from.iter().map(AeTitle::as_str).collect();
        let to: Box<str> = if names.is_empty() { "whoever calls".into() } else { names.join(" or ").into() };
        let service = services.first().copied().unwrap_or(Service::Verification);
        let failed =
            |error: std::io::Error| Failed::Network { to: to.clone(), says: error.to_string().into() };
        stream.set_nonblocking(false).map_err(failed)?;
        at_once(&stream, &to)?;
        begins_well(&stream, &to)?;
        let options = ServerAssociationOptions::new().accept_called_ae_title().ae_title(own.as_str());
        let options = services
            .iter()
            .fold(options, |options, service| options.with_abstract_syntax(service.class()))
            .with_transfer_syntax(Coding::Explicit.uid())
            .with_transfer_syntax(Coding::Implicit.uid())
            .max_pdu_length(PDU_MAX_BYTES)
            .strict(true)
            .read_timeout(SILENCE)
            .write_timeout(SILENCE)
            .with_negotiation(AsProvider);
        let link = options.establish(stream).map_err(|error| network(&to, &error))?;
        if !names.is_empty() && !names.contains(&link.peer_ae_title()) {
            let says = format!("{} called in the place of {to}", link.peer_ae_title());
            return Err(Failed::Network { to, says: says.into() });
        }
        let to: Box<str> = link.peer_ae_title().into();
        let agreed = link.presentation_contexts().iter().find_map(accepted);
        let Some((context, coding)) = agreed else { return Err(Failed::NotOffered { to, service }) };
        Ok(Association { link: Link::Called(Box::new(link)), to, service, context, coding, next_message: 1 })
    }

    /// Who is at the other end.
    pub fn to(&self) -> &str {
        &self.to
    }

    /// How data sets are written here.
    pub fn coding(&self) -> Coding {
        self.coding
    }

    /// Ends it in order.
    pub fn release(self) {
        // Nothing hangs on whether the archive says goodbye.
        let _ = match self.link {
            Link::Open(link) => link.release(),
            Link::Tls(link) => link.release(),
            // Who has called ends it.
            Link::Called(_) => Ok(()),
        };
    }

    pub(super) fn service(&self) -> Service {
        self.service
    }

    /// A number that no message before had.
    pub(super) fn next_message(&mut self) -> u16 {
        let message = self.next_message;
        self.next_message = self.next_message.checked_add(1).unwrap_or(1);
        message
    }

    pub(super) fn send(&mut self, command: &[u8], data: Option<&[u8]>) -> Result<(), Failed> {
        self.send_part(command, PDataValueType::Command)?;
        data.map_or(Ok(()), |data| self.send_part(data, PDataValueType::Data))
    }

    fn send_part(&mut self, bytes: &[u8], value_type: PDataValueType) -> Result<(), Failed> {
        let most = match &self.link {
            Link::Open(link) => link.acceptor_max_pdu_length(),
            Link::Tls(link) => link.acceptor_max_pdu_length(),
            Link::Called(link) => link.requestor_max_pdu_length(),
        };
        // A head of six bytes is counted in; 0 means no limit (PS3.8 D.1.1).
        let most = if most == 0 { PDU_MAX_BYTES } else { most.min(PDU_MAX_BYTES) };
        let each = usize::try_from(most).unwrap_or(usize::MAX).saturating_sub(12).max(1);
        let count = bytes.chunks(each).count();
        for (number, part) in (1..).zip(bytes.chunks(each)) {
            let value = PDataValue {
                presentation_context_id: self.context,
                value_type: value_type.clone(),
                is_last: number == count,
                data: part.to_vec(),
            };
            let pdu = Pdu::PData { data: vec![value] };
            let sent = match &mut self.link {
                Link::Open(link) => link.send(&pdu),
                Link::Tls(link) => link.send(&pdu),
                Link::Called(link) => link.send(&pdu),
            };
            sent.map_err(|error| network(&self.to, &error))?;
        }
        Ok(())
    }

    /// The next message that answers this one; others are passed over, up to a limit.
    pub(super) fn answer_to(&mut self, field: super::CommandField, message: u16) -> Result<Message, Failed> {
        for _ in 0..=STRAY_MESSAGES_MAX {
            let came = self.receive()?;
            if came.command.answers(field, message) {
                return Ok(came);
            }
        }
        let says = format!("{STRAY_MESSAGES_MAX} messages that answer nothing that was asked");
        Err(Failed::Garbled { to: self.to.clone(), says: says.into() })
    }

    pub(super) fn receive(&mut self) -> Result<Message, Failed> {
        self.receive_or_end()?.ok_or_else(|| Failed::Network {
            to: self.to.clone(),
            says: "the association ended: release request".into(),
        })
    }

    /// The next message; `None` when whoever has called ends the association in order, which is then confirmed.
    pub(super) fn receive_or_end(&mut self) -> Result<Option<Message>, Failed> {
        let (mut command, mut data) = (Vec::new(), Vec::new());
        let mut read: Option<Command> = None;
        loop {
            let pdu = match &mut self.link {
                Link::Open(link) => {
                    acknowledge_at_once(link.inner_stream());
                    link.receive()
                }
                Link::Tls(link) => link.receive(),
                Link::Called(link) => link.receive(),
            };
            let pdu = pdu.map_err(|error| network(&self.to, &error))?;
            if let (Pdu::ReleaseRQ, Link::Called(link)) = (&pdu, &mut self.link) {
                // Whether the goodbye arrives is all the same.
                let _ = link.send(&Pdu::ReleaseRP);
                return Ok(None);
            }
            let Pdu::PData { data: values } = pdu else {
                let says = format!("the association ended: {}", pdu.short_description());
                return Err(Failed::Network { to: self.to.clone(), says: says.into() });
            };
            for value in values {
                self.answers_by(value.presentation_context_id)?;
                let (part, what, bytes_max) = match value.value_type {
                    PDataValueType::Command => (&mut command, "command", COMMAND_MAX_BYTES),
                    PDataValueType::Data => (&mut data, "data set", IDENTIFIER_MAX_BYTES),
                };
                if part.len() + value.data.len() > bytes_max {
                    return Err(Failed::TooLarge { to: self.to.clone(), what, bytes_max });
                }
                part.extend_from_slice(&value.data);
                match (value.is_last, value.value_type) {
                    (true, PDataValueType::Command) => {
                        let whole = Command::read(&command).map_err(|error| self.garbled(&error))?;
                        if !whole.has_data {
                            return Ok(Some(Message { command: whole, data: Vec::new() }));
                        }
                        read = Some(whole);
                    }
                    (true, PDataValueType::Data) => {
                        let Some(command) = read else {
                            let says = "a data set without a command before it".into();
                            return Err(Failed::Garbled { to: self.to.clone(), says });
                        };
                        return Ok(Some(Message { command, data }));
                    }
                    (false, _) => {}
                }
            }
        }
    }

    /// Whoever has called may have agreed on several contexts: an answer goes by the one of its question.
    fn answers_by(&mut self, context: u8) -> Result<(), Failed> {
        let Link::Called(link) = &self.link else { return Ok(()) };
        if context == self.context {
            return Ok(());
        }
        let mut contexts = link.presentation_contexts().iter();
        let Some((context, coding)) = contexts.find(|one| one.id == context).and_then(accepted) else {
            let says = "a message in a context that was not agreed on".into();
            return Err(Failed::Garbled { to: self.to.clone(), says });
        };
        (self.context, self.coding) = (context, coding);
        Ok(())
    }

    pub(super) fn garbled(&self, error: &NotADataSet) -> Failed {
        Failed::Garbled { to: self.to.clone(), says: error.to_string().into() }
    }

    pub(super) fn refused(&self, status: Status, comment: &str) -> Failed {
        let comment = if comment.is_empty() { "".into() } else { format!(": {comment}").into() };
        Failed::Refused { to: self.to.clone(), status, comment }
    }
}

/// A context that was agreed on, and how data sets are written in it.
fn accepted(context: &PresentationContextNegotiated) -> Option<(u8, Coding)> {
    let is_accepted = context.reason == PresentationContextResultReason::Acceptance;
    is_accepted.then(|| Some((context.id, Coding::of(&context.transfer_syntax)?)))?
}

/// Whoever calls begins with a request for an association (PS3.8 §9.3.2). It is looked at before anything is read: where a caller hangs up within its first
/// six bytes, as whoever looks for open ports does, the library (dicom-ul 0.10) tries for ever to make TLS of them.
fn begins_well(stream: &TcpStream, to: &str) -> Result<(), Failed> {
    let failed = |says: String| Failed::Network { to: to.into(), says: says.into() };
    let until = Instant::now() + CONNECT;
    stream.set_read_timeout(Some(CONNECT)).map_err(|error| failed(error.to_string()))?;
    let mut head = [0; 6];
    loop {
        let come = stream.peek(&mut head).map_err(|error| failed(error.to_string()))?;
        if come == 0 {
            return Err(failed("somebody called and hung up without a word".to_owned()));
        }
        if head[0] != ASSOCIATE_REQUEST {
            return Err(failed("somebody called who does not speak DICOM".to_owned()));
        }
        if come == head.len() {
            return Ok(());
        }
        if Instant::now() > until {
            return Err(failed("somebody called and said next to nothing".to_owned()));
        }
        std::thread::sleep(LOOKS);
    }
}

/// A command and its data go out without waiting for each other: else every question takes 40 ms more.
fn at_once(stream: &TcpStream, to: &str) -> Result<(), Failed> {
    stream
        .set_nodelay(true)
        .map_err(|error| Failed::Network { to: to.into(), says: error.to_string().into() })
}

/// Archives send a command and its data apart, and many wait with the second until the first was acknowledged: 40 ms a row where the kernel
/// takes its time. It must be said again each time.
fn acknowledge_at_once(stream: &TcpStream) {
    #[cfg(target_os = "linux")]
    // Without it, all goes well and takes longer.
    let _ = rustix::net::sockopt::set_tcp_quickack(stream, true);
    #[cfg(not(target_os = "linux"))]
    let _ = stream;
}

/// With what lies below it, because a library's outermost words seldom say what happened.
fn network(to: &str, error: &dicom_ul::association::Error) -> Failed {
    let mut says = error.to_string();
    let mut below = std::error::Error::source(error);
    while let Some(cause) = below {
        says = format!("{says}: {cause}");
        below = cause.source();
    }
    Failed::Network { to: to.into(), says: says.into() }
}

/// Connects and proposes kinds of messages, each in some transfer syntaxes; answers those that were accepted; `nothing` says
/// what it means when none was.
fn established<'a>(
    peer: &Peer,
    proposed: impl IntoIterator<Item = (&'a str, Vec<&'a str>)>,
    nothing: impl FnOnce(Box<str>) -> Failed,
) -> Result<(Link, Box<str>, Vec<PresentationContextNegotiated>), Failed> {
    let to: Box<str> = format!("{} at {}:{}", peer.called, peer.host, peer.port).into();
    let mut options = ClientAssociationOptions::new()
        .calling_ae_title(peer.calling.as_str())
        .called_ae_title(peer.called.as_str())
        .max_pdu_length(PDU_MAX_BYTES)
        .strict(true)
        .connection_timeout(CONNECT)
        .read_timeout(SILENCE)
        .write_timeout(SILENCE);
    for (class, syntaxes) in proposed {
        options = options.with_presentation_context(class, syntaxes);
    }
    let address = (&*peer.host, peer.port);
    let failed = |error| match error {
        dicom_ul::association::Error::NoAcceptedPresentationContexts { .. } => nothing(to.clone()),
        error => network(&to, &error),
    };
    let (link, contexts) = match &peer.tls {
        None => {
            let mut link = options.establish(address).map_err(failed)?;
            at_once(link.inner_stream(), &to)?;
            let contexts = link.presentation_contexts().to_vec();
            (Link::Open(Box::new(link)), contexts)
        }
        Some(config) => {
            let options = options.tls_config(config.clone()).server_name(&peer.host);
            let mut link = options.establish_tls(address).map_err(failed)?;
            at_once(&link.inner_stream().sock, &to)?;
            let contexts = link.presentation_contexts().to_vec();
            (Link::Tls(Box::new(link)), contexts)
        }
    };
    Ok((link, to, contexts))
}
