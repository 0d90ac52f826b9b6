//! Listens for HL7 v2 messages over MLLP and acknowledges them: the alarm path lives when its messages arrive here (R34).
//! Whoever sends gets `AA`; what the message says is not kept.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use model::probe::ProbeResult;

use crate::core::cut;

/// Longest message.
pub const MESSAGE_MAX_BYTES: usize = 256 * 1024;
/// Most senders at once.
const SENDERS_MAX: usize = 32;
/// How often the listener looks whether it should end.
const LOOK_EVERY: Duration = Duration::from_millis(100);
const START: u8 = 0x0b;
const END: [u8; 2] = [0x1c, 0x0d];

/// Listens until it is dropped.
pub struct Listener {
    shared: Arc<Shared>,
    address: SocketAddr,
    thread: Option<std::thread::JoinHandle<()>>,
}

struct Shared {
    since: Instant,
    newest: Mutex<Option<(Instant, Box<str>)>>,
    ends: AtomicBool,
    senders: AtomicUsize,
}

impl Listener {
    /// Listens at this address.
    ///
    /// # Errors
    /// Nobody can.
    pub fn start(address: SocketAddr) -> io::Result<Listener> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            since: Instant::now(),
            newest: Mutex::new(None),
            ends: AtomicBool::new(false),
            senders: AtomicUsize::new(0),
        });
        let theirs = Arc::clone(&shared);
        let thread = std::thread::spawn(move || accept(&listener, &theirs));
        Ok(Listener { shared, address, thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Did a message come no longer than `within` ago?
    pub fn result(&self, within: Duration) -> ProbeResult {
        let newest = self.shared.newest.lock().ok().and_then(|newest| newest.clone());
        match newest {
            Some((at, kind)) if at.elapsed() <= within => {
                ProbeResult::Passed(cut(format!("{kind} came {} s ago", at.elapsed().as_secs())))
            }
            Some((at, kind)) => {
                let (ago, most) = (at.elapsed().as_secs(), within.as_secs());
                ProbeResult::Failed(cut(format!(
                    "the newest message, {kind}, came {ago} s ago; {most} s are allowed"
                )))
            }
            None if self.shared.since.elapsed() <= within => {
                let since = self.shared.since.elapsed().as_secs();
                ProbeResult::NotTried(cut(format!(
                    "no message yet; the agent has listened for {since} s only"
                )))
            }
            None => {
                let since = self.shared.since.elapsed().as_secs();
                ProbeResult::Failed(cut(format!("no message in the {since} s since the agent listens")))
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.shared.ends.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    while !shared.ends.load(Ordering::Relaxed) {
        match listener.accept() {
            Ok((stream, _)) if shared.senders.load(Ordering::Relaxed) < SENDERS_MAX => {
                shared.senders.fetch_add(1, Ordering::Relaxed);
                let shared = Arc::clone(shared);
                std::thread::spawn(move || {
                    let _sender_is_gone = serve(stream, &shared);
                    shared.senders.fetch_sub(1, Ordering::Relaxed);
                });
            }
            Ok(_one_too_many) => {}
            Err(_none_yet) => std::thread::sleep(LOOK_EVERY),
        }
    }
}

/// Reads messages until the sender ends, sends no framing, or sends too much.
fn serve(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(LOOK_EVERY))?;
    stream.set_write_timeout(Some(Duration::from_secs(5)))?;
    let mut kept = Vec::new();
    let mut part = [0; 4096];
    while !shared.ends.load(Ordering::Relaxed) {
        match stream.read(&mut part) {
            Ok(0) => return Ok(()),
            Ok(read) => kept.extend_from_slice(part.get(..read).unwrap_or_default()),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                continue;
            }
            Err(error) => return Err(error),
        }
        while let Some(message) = next_message(&mut kept) {
            let Some((answer, kind)) = acknowledge(&message) else { continue };
            if let Ok(mut newest) = shared.newest.lock() {
                *newest = Some((Instant::now(), kind));
            }
            stream.write_all(&answer)?;
        }
        if kept.len() > MESSAGE_MAX_BYTES {
            return Ok(());
        }
    }
    Ok(())
}

/// Takes the next whole message out of what was received; what stands before its start byte is dropped.
pub fn next_message(kept: &mut Vec<u8>) -> Option<Vec<u8>> {
    let Some(start) = kept.iter().position(|byte| *byte == START) else {
        kept.clear();
        return None;
    };
    kept.drain(..start);
    let end = kept.windows(2).position(|pair| pair == END)?;
    let message = kept.get(1..end).unwrap_or_default().to_vec();
    kept.drain(..end + 2);
    Some(message)
}

/// The acknowledgement of a message, framed, and the message's type; `None` for what is no HL7 message.
/// (HL7 v2 §2.9.2: MSA-1 `AA`, MSA-2 the message's control id.)
pub fn acknowledge(message: &[u8]) -> Option<(Vec<u8>, Box<str>)> {
    let text = String::from_utf8_lossy(message);
    let head = text.split(['\r', '\n']).next()?;
    let separator = head.strip_prefix("MSH")?.chars().next()?;
    let fields: Vec<&str> = head.split(separator).collect();
    let field = |at: usize| fields.get(at).copied().unwrap_or_default();
    // MSH-1 is the separator itself, so field n of the standard is at n - 1.
    let (sender, site, receiver, theirs) = (field(2), field(3), field(4), field(5));
    let (time, kind, id, processing, version) = (field(6), field(8), field(9), field(10), field(11));
    let s = separator;
    let encoding = field(1);
    let head = format!(
        "MSH{s}{encoding}{s}{receiver}{s}{theirs}{s}{sender}{s}{site}{s}{time}{s}{s}ACK{s}{id}{s}{processing}{s}{version}"
    );
    let answer = format!("{head}\rMSA{s}AA{s}{id}\r");
    Some(([&[START], answer.as_bytes(), &END[..]].concat(), cut(kind)))
}
