//! The simulated agents: when each comes, over what connection, and what it was answered. Numbers rise by one over everything
//! that a host delivers; what was acknowledged is kept, to be held against the journal in the end.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;
use wire::CheckInAnswer;

use crate::Args;
use crate::client::{Connection, Handshake, Hosts};
use crate::figures::Outcome;
use crate::reports::{self, Delivers};
use crate::serve::now;
use crate::stream::Trunk;

/// How long a host waits before it tries again.
const AGAIN: Duration = Duration::from_millis(500);
/// How long hosts try when the time for them to come is over.
const PATIENCE: Duration = Duration::from_secs(60);

/// Connections in which hosts share a socket when too few files may be open.
const TRUNKS: usize = 32;

pub(crate) struct Agents {
    hosts: Hosts,
    packages: usize,
    every_seconds: u32,
    /// Most sockets at once: as many as files may be open.
    sockets_max: usize,
    acknowledged: Vec<AtomicU64>,
    held: AtomicUsize,
    holders: Mutex<JoinSet<()>>,
    stop: Notify,
    stopped: AtomicBool,
    /// Latencies of those that hold their connections, in microseconds.
    heard: Mutex<Vec<u64>>,
}

impl Agents {
    pub(crate) fn new(args: &Args, address: SocketAddr, sockets_max: usize) -> Agents {
        let hosts = Hosts::new(&args.folder, address);
        let acknowledged = (0..hosts.len()).map(|_| AtomicU64::new(0)).collect();
        Agents {
            hosts,
            packages: args.packages,
            every_seconds: u32::try_from(args.seconds).unwrap(),
            sockets_max,
            acknowledged,
            held: AtomicUsize::new(0),
            holders: Mutex::new(JoinSet::new()),
            stop: Notify::new(),
            stopped: AtomicBool::new(false),
            heard: Mutex::new(Vec::new()),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.hosts.len()
    }

    pub(crate) fn sockets_max(&self) -> usize {
        self.sockets_max
    }

    pub(crate) fn moved_to(&self, address: SocketAddr) {
        self.hosts.moved_to(address);
    }

    /// The number up to which each host was told that everything is recorded.
    pub(crate) fn acknowledged(&self) -> Vec<u64> {
        self.acknowledged.iter().map(|number| number.load(Ordering::SeqCst)).collect()
    }

    pub(crate) fn held(&self) -> usize {
        self.held.load(Ordering::SeqCst)
    }

    /// Delivers on a connection; fails unless everything is acknowledged.
    async fn deliver(&self, connection: &mut Connection, at: usize, delivers: Delivers) -> io::Result<()> {
        let known = self.acknowledged.get(at).unwrap();
        let next = known.load(Ordering::SeqCst) + 1;
        let check_in = reports::check_in(at, self.packages, next, now(), delivers);
        let sent = check_in.numbered.last().map_or(0, |last| last.number);
        let CheckInAnswer { acked, want_full, .. } = connection.check_in(&check_in).await?;
        if acked != sent || want_full {
            return Err(io::Error::other(format!("sent up to {sent}, acknowledged up to {acked}")));
        }
        known.store(acked, Ordering::SeqCst);
        Ok(())
    }

    /// One check-in on a connection of its own; whether its session was resumed.
    async fn once(&self, at: usize, delivers: Delivers, handshake: Handshake) -> io::Result<bool> {
        let mut connection = self.hosts.connect(at, handshake).await?;
        self.deliver(&mut connection, at, delivers).await?;
        Ok(connection.is_resumed())
    }

    /// Every host delivers once, so many at a time.
    pub(crate) async fn each_at_once(self: &Arc<Self>, at_once: usize, delivers: Delivers) -> Outcome {
        let (places, started) = (Arc::new(Semaphore::new(at_once)), Instant::now());
        let mut running = JoinSet::new();
        for at in 0..self.hosts.len() {
            let place = Arc::clone(&places).acquire_owned().await.unwrap();
            let agents = Arc::clone(self);
            running.spawn(async move {
                let begun = Instant::now();
                let done = agents.once(at, delivers, Handshake::AsAgents).await;
                drop(place);
                Ended { took: begun.elapsed(), late: Duration::ZERO, in_time: true, tries: 1, done }
            });
        }
        gather(running, started).await
    }

    /// Every host comes once within `time`, evenly spread over the first `spread` of it, on a connection of its own; who fails
    /// tries again.
    pub(crate) async fn each_in(
        self: &Arc<Self>,
        time: Duration,
        spread: Duration,
        delivers: Delivers,
        handshake: Handshake,
    ) -> Outcome {
        let started = Instant::now();
        let count = u32::try_from(self.hosts.len()).unwrap();
        let places = Arc::new(Semaphore::new(self.sockets_max));
        let mut running = JoinSet::new();
        for at in 0..count {
            let due = started + spread.mul_f64(f64::from(at) / f64::from(count));
            tokio::time::sleep_until(due.into()).await;
            let (agents, places) = (Arc::clone(self), Arc::clone(&places));
            running.spawn(async move {
                let late = due.elapsed();
                let mut tries = 0;
                let done = loop {
                    let place = places.acquire().await.unwrap();
                    let done = agents.once(at as usize, delivers, handshake).await;
                    drop(place);
                    tries += 1;
                    if done.is_ok() || started.elapsed() > time + PATIENCE {
                        break done;
                    }
                    tokio::time::sleep(AGAIN).await;
                };
                Ended { took: due.elapsed(), late, in_time: started.elapsed() <= time, tries, done }
            });
        }
        gather(running, started).await
    }

    /// Some hosts deliver one check-in after another on a connection that they keep.
    pub(crate) async fn without_pause(self: &Arc<Self>, connections: usize, time: Duration) -> Outcome {
        let mut ready = Vec::new();
        for at in 0..connections {
            ready.push((at, self.hosts.connect(at, Handshake::AsAgents).await.unwrap()));
        }
        let started = Instant::now();
        let mut running = JoinSet::new();
        for (at, mut connection) in ready {
            let agents = Arc::clone(self);
            running.spawn(async move {
                let mut answered = Vec::new();
                while started.elapsed() < time {
                    let begun = Instant::now();
                    agents.deliver(&mut connection, at, Delivers::Same).await.unwrap();
                    answered.push(microseconds(begun.elapsed()));
                }
                answered
            });
        }
        let answered: Vec<u64> = running.join_all().await.into_iter().flatten().collect();
        Outcome { done: answered.len() as u64, took: started.elapsed(), answered, ..Outcome::default() }
    }

    /// Every host connects and stays: each delivers, and then waits for an order until it has something to deliver again. The first
    /// `own` have a socket of their own, the others share some to `trunks`.
    pub(crate) async fn hold(self: &Arc<Self>, own: usize, trunks: SocketAddr, at_once: usize) -> Duration {
        let (places, started) = (Arc::new(Semaphore::new(at_once)), Instant::now());
        let mut shared = Vec::new();
        for _ in 0..TRUNKS {
            let socket = TcpStream::connect(trunks).await.unwrap();
            shared.push(Arc::new(Trunk::over(socket, None)));
        }
        for at in 0..self.hosts.len() {
            let place = Arc::clone(&places).acquire_owned().await.unwrap();
            let (agents, trunk) = (Arc::clone(self), Arc::clone(shared.get(at % TRUNKS).unwrap()));
            let stay = async move {
                let connected = if at < own {
                    agents.hosts.connect(at, Handshake::Whole).await
                } else {
                    agents.hosts.connect_in(&trunk, at, Handshake::Whole).await
                };
                drop(place);
                match connected {
                    Ok(connection) => agents.stay(connection, at).await,
                    Err(cause) => eprintln!("host {at} could not connect: {cause}"),
                }
            };
            self.holders.lock().unwrap().spawn(stay);
        }
        let _all = places.acquire_many(u32::try_from(at_once).unwrap()).await.unwrap();
        started.elapsed()
    }

    async fn stay(&self, mut connection: Connection, at: usize) {
        self.held.fetch_add(1, Ordering::SeqCst);
        let cycles = async {
            loop {
                let begun = Instant::now();
                self.deliver(&mut connection, at, Delivers::Same).await?;
                self.heard.lock().unwrap().push(microseconds(begun.elapsed()));
                connection.check_in(&reports::empty(now(), self.every_seconds)).await?;
            }
        };
        let ended: io::Result<()> = tokio::select! {
            ended = cycles => ended,
            () = self.stop.notified() => Ok(()),
        };
        self.held.fetch_sub(1, Ordering::SeqCst);
        if let Err(cause) = ended
            && !self.stopped.load(Ordering::SeqCst)
        {
            eprintln!("host {at} lost its connection: {cause}");
        }
    }

    /// What those that hold their connections deliver in the meantime.
    pub(crate) async fn heard_for(&self, time: Duration) -> Outcome {
        self.heard.lock().unwrap().clear();
        let started = Instant::now();
        tokio::time::sleep(time).await;
        let answered = std::mem::take(&mut *self.heard.lock().unwrap());
        // From here on connections end because the server does.
        self.stopped.store(true, Ordering::SeqCst);
        Outcome { done: answered.len() as u64, took: started.elapsed(), answered, ..Outcome::default() }
    }

    /// Those that hold their connections let go of them.
    pub(crate) async fn let_go(&self) {
        self.stop.notify_waiters();
        let mut holders = std::mem::take(&mut *self.holders.lock().unwrap());
        while holders.join_next().await.is_some() {}
    }
}

fn microseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap()
}

/// How one host fared.
struct Ended {
    /// From the instant at which it should have begun.
    took: Duration,
    /// How much later than it should the bench let it begin.
    late: Duration,
    in_time: bool,
    tries: u64,
    /// Whether its session was resumed.
    done: io::Result<bool>,
}

async fn gather(mut running: JoinSet<Ended>, started: Instant) -> Outcome {
    let mut outcome = Outcome::default();
    while let Some(ended) = running.join_next().await {
        let Ended { took, late, in_time, tries, done } = ended.unwrap();
        match done {
            Ok(resumed) => {
                outcome.done += 1;
                outcome.failed += tries - 1;
                outcome.in_time += u64::from(in_time);
                outcome.resumed += u64::from(resumed);
                outcome.answered.push(microseconds(took));
                outcome.begun_late.push(microseconds(late));
            }
            Err(problem) => {
                if outcome.failed == 0 {
                    eprintln!("a check-in failed: {problem}");
                }
                outcome.failed += tries;
            }
        }
    }
    outcome.took = started.elapsed();
    outcome
}
