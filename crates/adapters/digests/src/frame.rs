//! A message on the wire: its length in four bytes, then itself. Memory is taken as it comes, never because a length says so; whoever is slow, or silent, is
//! left.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::limits::{FRAME_MAX_BYTES, FRAME_PIECE_BYTES};

/// Why no message came.
#[derive(Debug, thiserror::Error)]
pub enum NoFrame {
    /// The other end is gone, between two messages.
    #[error("the connection was closed")]
    Closed,
    /// It is longer than is read.
    #[error("a message of {0} bytes was announced; at most {FRAME_MAX_BYTES} are read")]
    TooLong(u32),
    /// It broke off, or nothing came in time.
    #[error("the connection broke off: {0}")]
    Broken(#[from] io::Error),
}

/// Reads a message.
///
/// # Errors
/// None came, or one that is too long.
pub fn read(from: &mut impl Read) -> Result<Vec<u8>, NoFrame> {
    let mut length = [0; 4];
    let mut have = 0;
    while let Some(rest) = length.get_mut(have..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) if have == 0 => return Err(NoFrame::Closed),
            Ok(0) => return Err(io::Error::from(ErrorKind::UnexpectedEof).into()),
            Ok(more) => have += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    let length = u32::from_be_bytes(length);
    if length > FRAME_MAX_BYTES {
        return Err(NoFrame::TooLong(length));
    }
    let mut message = Vec::new();
    let mut left = length as usize;
    while left > 0 {
        let (piece, at) = (left.min(FRAME_PIECE_BYTES), message.len());
        message.resize(at + piece, 0);
        // The piece was just added.
        if let Some(place) = message.get_mut(at..) {
            from.read_exact(place)?;
        }
        left -= piece;
    }
    Ok(message)
}

/// Writes a message; how many bytes that took.
///
/// # Errors
/// It is longer than the other end reads, or the connection broke.
pub fn write(to: &mut impl Write, message: &[u8]) -> io::Result<u64> {
    let too_long = || io::Error::new(ErrorKind::InvalidInput, "the message is longer than is read");
    let length = u32::try_from(message.len()).ok().filter(|length| *length <= FRAME_MAX_BYTES);
    to.write_all(&length.ok_or_else(too_long)?.to_be_bytes())?;
    to.write_all(message)?;
    to.flush()?;
    Ok(message.len() as u64 + 4)
}

/// A socket on which every single byte must come in time: a deadline is looked at below TLS, so that records that trickle in do not outlive it.
#[derive(Debug)]
pub struct Timed {
    socket: TcpStream,
    silence: Duration,
    until: Instant,
}

impl Timed {
    /// A socket on which nothing takes longer than `silence`.
    pub fn new(socket: TcpStream, silence: Duration) -> Timed {
        Timed { socket, silence, until: Instant::now() + silence }
    }

    /// From now on: so long without a byte, and all of it within so long.
    pub fn allow(&mut self, silence: Duration, all: Duration) {
        self.silence = silence;
        self.until = Instant::now() + all;
    }

    fn left(&self) -> io::Result<Duration> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(late()) } else { Ok(left.min(self.silence)) }
    }
}

fn late() -> io::Error {
    io::Error::new(ErrorKind::TimedOut, "nothing more came in time")
}

/// Sockets say in two ways that the time is over.
fn in_time<T>(result: io::Result<T>) -> io::Result<T> {
    result.map_err(|error| if error.kind() == ErrorKind::WouldBlock { late() } else { error })
}

impl Read for Timed {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.socket.set_read_timeout(Some(self.left()?))?;
        in_time(self.socket.read(to))
    }
}

impl Write for Timed {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        self.socket.set_write_timeout(Some(self.left()?))?;
        in_time(self.socket.write(from))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_comes_back_as_it_was_written() {
        for length in [0, 1, 65_536, 200_000] {
            let message: Vec<u8> = (0..length).map(|number| (number % 251) as u8).collect();
            let mut bytes = Vec::new();
            assert_eq!(write(&mut bytes, &message).unwrap(), length as u64 + 4);
            assert_eq!(read(&mut &bytes[..]).unwrap(), message);
        }
    }

    #[test]
    fn whoever_trickles_or_says_nothing_is_left_when_the_time_is_over() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut other = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let mut line = Timed::new(listener.accept().unwrap().0, Duration::from_millis(50));
        let is_late = |line: &mut Timed| match read(line) {
            Err(NoFrame::Broken(error)) => assert_eq!(error.kind(), ErrorKind::TimedOut),
            other => panic!("{other:?}"),
        };
        is_late(&mut line);
        std::thread::spawn(move || {
            other.write_all(&[0, 0, 1, 0]).unwrap();
            while other.write_all(&[7]).is_ok() {
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        // A byte comes often enough, and the whole would take five seconds.
        let began = Instant::now();
        line.allow(Duration::from_secs(2), Duration::from_millis(300));
        is_late(&mut line);
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    }

    #[test]
    fn a_length_that_is_a_lie_takes_no_memory_and_is_refused() {
        assert!(matches!(read(&mut &[0xFF, 0xFF, 0xFF, 0xFF, 1][..]), Err(NoFrame::TooLong(u32::MAX))));
        assert!(matches!(read(&mut &[0, 0xFF, 0xFF, 0xFF, 1][..]), Err(NoFrame::Broken(_))));
        assert!(matches!(read(&mut &[0, 0][..]), Err(NoFrame::Broken(_))));
        assert!(matches!(read(&mut &[][..]), Err(NoFrame::Closed)));
        assert!(write(&mut Vec::new(), &vec![0; FRAME_MAX_BYTES as usize + 1]).is_err());
    }
}
