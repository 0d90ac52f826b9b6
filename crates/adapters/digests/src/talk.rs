//! The line to one agent, from the side of whoever asks.

use std::io;
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use crate::frame::{self, NoFrame, Timed};
use crate::limits::{CONNECT, CONVERSATION, FRAME, HELLO, SILENCE};
use crate::message::{Answer, Say, Unfit};

/// Where an agent is.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Name or address of its computer, as its certificate bears it.
    pub host: String,
    /// Port.
    pub port: u16,
    /// TLS both ways.
    pub tls: Arc<ClientConfig>,
}

/// Why an agent said nothing that could be used.
#[derive(Debug, thiserror::Error)]
pub enum NotSaid {
    /// It could not be reached.
    #[error("no connection: {0}")]
    Connect(#[source] io::Error),
    /// Its name is none.
    #[error("\"{0}\" is neither a host name nor an address")]
    Name(String),
    /// TLS came to nothing.
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// The line broke.
    #[error(transparent)]
    NoFrame(#[from] NoFrame),
    /// What it sent is no message.
    #[error("it sent no message: {0}")]
    Unfit(#[from] Unfit),
    /// It refused.
    #[error("it refuses: {0}")]
    Refused(String),
    /// It answered something else.
    #[error("it answered \"{0}\", which nobody asked")]
    Other(&'static str),
    /// It answered more than is taken.
    #[error("it answered more than {0}")]
    TooMuch(String),
}

/// A conversation with one agent.
pub struct Talk {
    line: StreamOwned<ClientConnection, Timed>,
    bytes: u64,
}

impl Talk {
    /// Calls an agent.
    ///
    /// # Errors
    /// It cannot be reached, or is not who its certificate should say.
    pub fn connect(peer: &Peer) -> Result<Talk, NotSaid> {
        let name = ServerName::try_from(peer.host.clone()).map_err(|_| NotSaid::Name(peer.host.clone()))?;
        let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
        let addresses = (peer.host.as_str(), peer.port).to_socket_addrs().map_err(NotSaid::Connect)?;
        for address in addresses {
            match TcpStream::connect_timeout(&address, CONNECT) {
                Ok(socket) => {
                    let _less_delay = socket.set_nodelay(true);
                    let tls = ClientConnection::new(Arc::clone(&peer.tls), name)?;
                    let mut line = StreamOwned::new(tls, Timed::new(socket, CONNECT));
                    while line.conn.is_handshaking() {
                        line.conn.complete_io(&mut line.sock).map_err(NoFrame::Broken)?;
                    }
                    return Ok(Talk { line, bytes: 0 });
                }
                Err(error) => last = error,
            }
        }
        Err(NotSaid::Connect(last))
    }

    /// Bytes in both directions, without those of TLS.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Says something and hears the answer.
    ///
    /// # Errors
    /// None came, or a refusal.
    pub fn ask(&mut self, say: &Say) -> Result<Answer, NotSaid> {
        // The first answer, and one about many objects, may need some work.
        self.line.sock.allow(HELLO, CONVERSATION);
        self.bytes += frame::write(&mut self.line, &say.to_bytes()).map_err(NoFrame::Broken)?;
        self.hear(HELLO)
    }

    /// Hears a further part of an answer.
    ///
    /// # Errors
    /// None came.
    pub fn more(&mut self) -> Result<Answer, NotSaid> {
        self.hear(SILENCE)
    }

    fn hear(&mut self, silence: std::time::Duration) -> Result<Answer, NotSaid> {
        self.line.sock.allow(silence, FRAME.max(silence));
        let bytes = frame::read(&mut self.line)?;
        self.bytes += bytes.len() as u64 + 4;
        match Answer::read(&bytes)? {
            Answer::Refused(why) => Err(NotSaid::Refused(why)),
            answer => Ok(answer),
        }
    }
}
