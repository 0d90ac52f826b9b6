//! The program at an archive: follows it, builds its tree anew when that is due, and answers whoever shows a certificate of the authority.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::frame::{self, NoFrame, Timed};
use crate::keeper::Keeper;
use crate::limits::{CONNECT, CONVERSATION, CONVERSATIONS_MAX, FRAME, HELLO, QUESTIONS_MAX, SILENCE};
use crate::message::{Answer, Say};
use crate::session::{Goes, Session};

/// How often it is looked whether somebody calls, or stops the agent.
const LOOKS: Duration = Duration::from_millis(20);

/// How an agent listens.
#[derive(Clone)]
pub struct Settings {
    /// What the archive is called.
    pub name: String,
    /// Where it listens.
    pub address: SocketAddr,
    /// TLS both ways.
    pub tls: Arc<ServerConfig>,
    /// How often the archive is asked what came, beside whenever somebody asks the agent.
    pub follow_every: Duration,
}

/// An agent that listens.
pub struct Agent {
    keeper: Arc<Keeper>,
    settings: Settings,
    listener: TcpListener,
}

/// Why a conversation ended before its time.
#[derive(Debug, thiserror::Error)]
enum Ended {
    #[error(transparent)]
    NoFrame(#[from] NoFrame),
    #[error("it could not be answered: {0}")]
    Io(#[from] io::Error),
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
}

type Line = StreamOwned<ServerConnection, Timed>;

impl Agent {
    /// Listens; nothing is answered before [`Agent::serve`].
    ///
    /// # Errors
    /// The address is taken.
    pub fn listen(keeper: Arc<Keeper>, settings: Settings) -> io::Result<Agent> {
        let listener = TcpListener::bind(settings.address)?;
        listener.set_nonblocking(true)?;
        Ok(Agent { keeper, settings, listener })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Follows, builds anew and answers until it is stopped.
    pub fn serve(&self, stop: &Arc<AtomicBool>) {
        let helpers = [self.beside(stop, Keeper::catch_up), {
            let stopped = Arc::clone(stop);
            self.beside(stop, move |keeper| {
                if keeper.is_due() {
                    keeper.rebuild(&|| !stopped.load(Ordering::Relaxed));
                }
            })
        }];
        let conversations = Arc::new(AtomicUsize::new(0));
        while !stop.load(Ordering::Relaxed) {
            match self.listener.accept() {
                Ok((socket, from)) => self.answer(socket, from, &conversations),
                Err(_) => thread::sleep(LOOKS),
            }
        }
        for helper in helpers {
            if helper.join().is_err() {
                tracing::error!("a part of the agent broke down; what it kept is not believed");
            }
        }
    }

    /// Does something again and again until the agent is stopped.
    fn beside(
        &self,
        stop: &Arc<AtomicBool>,
        does: impl Fn(&Keeper) + Send + 'static,
    ) -> thread::JoinHandle<()> {
        let (keeper, stop, every) = (Arc::clone(&self.keeper), Arc::clone(stop), self.settings.follow_every);
        thread::spawn(move || {
            let mut last = Instant::now();
            while !stop.load(Ordering::Relaxed) {
                thread::sleep(LOOKS);
                if last.elapsed() >= every {
                    does(&keeper);
                    last = Instant::now();
                }
            }
        })
    }

    /// Answers a caller on a thread of its own. One too many is turned away.
    fn answer(&self, socket: TcpStream, from: SocketAddr, conversations: &Arc<AtomicUsize>) {
        if conversations.fetch_add(1, Ordering::Relaxed) >= CONVERSATIONS_MAX {
            conversations.fetch_sub(1, Ordering::Relaxed);
            tracing::warn!(%from, "turned away: as many conversations as there may be are going on");
            return;
        }
        let (keeper, settings) = (Arc::clone(&self.keeper), self.settings.clone());
        let place = Place(Arc::clone(conversations));
        thread::spawn(move || {
            let _place = place;
            match conversation(&keeper, &settings, socket) {
                Ok(()) => tracing::info!(%from, "asked"),
                Err(error) => tracing::warn!(%from, what = %error, "a conversation ended before its time"),
            }
        });
    }
}

/// A place among the conversations, given back however one ends.
struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn conversation(keeper: &Keeper, settings: &Settings, socket: TcpStream) -> Result<(), Ended> {
    socket.set_nonblocking(false)?;
    let _less_delay = socket.set_nodelay(true);
    let tls = ServerConnection::new(Arc::clone(&settings.tls))?;
    let mut line = StreamOwned::new(tls, Timed::new(socket, CONNECT));
    // Nothing is asked of the archive, and nothing rests, before TLS has found out who calls.
    while line.conn.is_handshaking() {
        line.conn.complete_io(&mut line.sock)?;
    }
    let until = Instant::now() + CONVERSATION;
    let first = match said(&mut line, until)? {
        Ok(Say::Hello(hello)) => hello,
        Ok(_) => return Ok(refuse(&mut line, "a conversation begins with a hello")?),
        Err(why) => return Ok(refuse(&mut line, &why)?),
    };
    keeper.catch_up();
    let standing = keeper.standing();
    let (mut session, welcome) = match Session::begin(keeper, &standing, &settings.name, &first) {
        Ok(begun) => begun,
        Err(why) => return Ok(refuse(&mut line, &why)?),
    };
    tell(&mut line, &welcome)?;
    for _ in 0..QUESTIONS_MAX {
        let say = match said(&mut line, until)? {
            Ok(say) => say,
            Err(why) => return Ok(refuse(&mut line, &why)?),
        };
        if session.hear(say, &mut |answer| tell(&mut line, &answer))? == Goes::Over {
            line.conn.send_close_notify();
            line.conn.complete_io(&mut line.sock)?;
            return Ok(());
        }
    }
    Ok(refuse(&mut line, "more questions than one conversation has")?)
}

/// The next message, or why it is none.
fn said(line: &mut Line, until: Instant) -> Result<Result<Say, String>, NoFrame> {
    line.sock.allow(SILENCE, FRAME.min(until.saturating_duration_since(Instant::now())));
    match frame::read(line) {
        Ok(bytes) => Ok(Say::read(&bytes).map_err(|unfit| unfit.to_string())),
        Err(error @ NoFrame::TooLong(_)) => Ok(Err(error.to_string())),
        Err(error) => Err(error),
    }
}

fn tell(line: &mut Line, answer: &Answer) -> io::Result<()> {
    line.sock.allow(SILENCE, HELLO);
    frame::write(line, &answer.to_bytes()).map(|_| ())
}

fn refuse(line: &mut Line, why: &str) -> io::Result<()> {
    tracing::warn!(what = why, "refused");
    tell(line, &Answer::Refused(why.to_owned()))?;
    line.conn.send_close_notify();
    line.conn.complete_io(&mut line.sock).map(|_| ())
}
