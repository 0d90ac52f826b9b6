//! What a host's TLS runs over: a TCP connection of its own, or, where too few files may be open, one of many streams of bytes that
//! share a TCP connection. Everything above (TLS, HTTP, the gateway's own state) is the same, and the kernel's buffers belong to
//! no process's memory either way.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};

use gateway::Arrivals;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, BufWriter, ReadBuf};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Bytes of a stream, by its number; none when it has ended.
type Frame = (u32, Vec<u8>);
/// The streams that are open, each with the way to whoever reads it.
type Open = Arc<Mutex<HashMap<u32, UnboundedSender<Vec<u8>>>>>;

pub(crate) enum Stream {
    Own(TcpStream),
    Shared(Shared),
}

/// One of many streams in a TCP connection.
pub(crate) struct Shared {
    number: u32,
    from: UnboundedReceiver<Vec<u8>>,
    /// What was received and not read yet.
    rest: Vec<u8>,
    to: UnboundedSender<Frame>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        // When the connection is gone, everything has ended anyway.
        let _gone = self.to.send((self.number, Vec::new()));
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Own(own) => Pin::new(own).poll_read(cx, buf),
            Stream::Shared(shared) => {
                if shared.rest.is_empty() {
                    shared.rest = ready!(shared.from.poll_recv(cx)).unwrap_or_default();
                }
                let after = shared.rest.split_off(shared.rest.len().min(buf.remaining()));
                buf.put_slice(&shared.rest);
                shared.rest = after;
                Poll::Ready(Ok(()))
            }
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Stream::Own(own) => Pin::new(own).poll_write(cx, bytes),
            Stream::Shared(shared) => {
                let sent = shared.to.send((shared.number, bytes.to_vec()));
                Poll::Ready(sent.map(|()| bytes.len()).map_err(|_| io::ErrorKind::BrokenPipe.into()))
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Own(own) => Pin::new(own).poll_flush(cx),
            Stream::Shared(_) => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Own(own) => Pin::new(own).poll_shutdown(cx),
            Stream::Shared(_) => Poll::Ready(Ok(())),
        }
    }
}

/// One end of a TCP connection that many streams share.
pub(crate) struct Trunk {
    to: UnboundedSender<Frame>,
    open: Open,
}

impl Trunk {
    /// Carries streams over `socket`. Those that the other end opens go to `opened`.
    pub(crate) fn over(socket: TcpStream, opened: Option<UnboundedSender<Shared>>) -> Trunk {
        socket.set_nodelay(true).unwrap();
        let (read, write) = socket.into_split();
        let (to, frames) = unbounded_channel();
        let open = Open::default();
        let trunk = Trunk { to: to.clone(), open: Arc::clone(&open) };
        tokio::spawn(carry_out(write, frames));
        tokio::spawn(async move {
            let here = Trunk { to, open };
            // An error is an end: the process at the other end was killed.
            let _ended = here.carry_in(read, opened).await;
            here.open.lock().unwrap().clear();
        });
        trunk
    }

    /// Opens a stream; the other end hears of it with its first bytes.
    pub(crate) fn stream(&self, number: u32) -> Shared {
        let (deliver, from) = unbounded_channel();
        self.open.lock().unwrap().insert(number, deliver);
        Shared { number, from, rest: Vec::new(), to: self.to.clone() }
    }

    async fn carry_in(&self, read: OwnedReadHalf, opened: Option<UnboundedSender<Shared>>) -> io::Result<()> {
        let mut read = BufReader::with_capacity(64 * 1024, read);
        loop {
            let number = read.read_u32_le().await?;
            let mut bytes = vec![0; read.read_u32_le().await? as usize];
            read.read_exact(&mut bytes).await?;
            if bytes.is_empty() {
                self.open.lock().unwrap().remove(&number);
                continue;
            }
            let known = self.open.lock().unwrap().get(&number).cloned();
            let deliver = match (known, &opened) {
                (Some(known), _) => known,
                (None, Some(opened)) => {
                    let shared = self.stream(number);
                    let deliver = self.open.lock().unwrap().get(&number).cloned().unwrap();
                    if opened.send(shared).is_err() {
                        return Ok(());
                    }
                    deliver
                }
                // It was let go of here while the other end still spoke.
                (None, None) => continue,
            };
            // Whoever read it may have let go of it.
            let _gone = deliver.send(bytes);
        }
    }
}

async fn carry_out(write: OwnedWriteHalf, mut frames: UnboundedReceiver<Frame>) {
    let mut write = BufWriter::with_capacity(64 * 1024, write);
    let mut all = async || -> io::Result<()> {
        while let Some((number, bytes)) = frames.recv().await {
            write.write_u32_le(number).await?;
            write.write_u32_le(u32::try_from(bytes.len()).unwrap()).await?;
            write.write_all(&bytes).await?;
            if frames.is_empty() {
                write.flush().await?;
            }
        }
        Ok(())
    };
    // The process at the other end was killed.
    let _ended = all().await;
}

/// Where the server's connections come from: sockets of their own, and those that share one.
pub(crate) struct Both {
    own: TcpListener,
    shared: UnboundedReceiver<Shared>,
}

impl Both {
    /// Takes connections from `own`, and streams from every connection to `trunks`.
    pub(crate) fn new(own: TcpListener, trunks: TcpListener) -> Both {
        let (opened, shared) = unbounded_channel();
        tokio::spawn(async move {
            while let Ok((socket, _)) = trunks.accept().await {
                Trunk::over(socket, Some(opened.clone()));
            }
        });
        Both { own, shared }
    }
}

impl Arrivals for Both {
    type Stream = Stream;

    async fn next(&mut self) -> io::Result<(Stream, SocketAddr)> {
        tokio::select! {
            own = Arrivals::next(&mut self.own) => own.map(|(own, from)| (Stream::Own(own), from)),
            Some(shared) = self.shared.recv() => Ok((Stream::Shared(shared), ([127, 0, 0, 1], 0).into())),
        }
    }
}
