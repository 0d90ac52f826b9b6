//! The server's process: started, asked, killed; its memory and processor time.

use std::io::{BufRead, BufReader, Lines, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use serde_json::Value;

use crate::Args;
use crate::count::Counted;

/// Ticks of processor time in a second as `/proc` counts them: the same on every Linux (proc(5), USER_HZ).
const TICKS_PER_SECOND: f64 = 100.0;

/// Processor time used so far, in seconds.
pub(crate) struct Usage {
    at: Instant,
    server: f64,
    bench: f64,
    machine: f64,
}

/// Who had how much of the processors.
pub(crate) struct Shares {
    pub(crate) server_cpu_seconds: f64,
    pub(crate) server_cores: f64,
    pub(crate) bench_cores: f64,
    /// Everything else on the machine, and what the machine's own host took.
    pub(crate) others_cores: f64,
}

impl Shares {
    pub(crate) fn named(&self) -> [(&'static str, f64); 4] {
        [
            ("server_cpu_seconds", self.server_cpu_seconds),
            ("server_cores", self.server_cores),
            ("bench_cores", self.bench_cores),
            ("others_cores", self.others_cores),
        ]
    }
}

/// Processor time of all threads of a process, those that ended included (proc(5), `/proc/PID/stat`).
fn cpu_seconds(stat: &str) -> f64 {
    // The name in parentheses may hold blanks.
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let ticks: u64 = fields.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum();
    ticks as f64 / TICKS_PER_SECOND
}

/// Time that all processors together were not idle (proc(5), `/proc/stat`): all but idle and waiting for disks.
fn busy_seconds(stat: &str) -> f64 {
    let fields = stat.lines().next().unwrap().split_ascii_whitespace().skip(1).take(8);
    let ticks: Vec<u64> = fields.map(|ticks| ticks.parse().unwrap()).collect();
    let idle: u64 = ticks.iter().skip(3).take(2).sum();
    (ticks.iter().sum::<u64>() - idle) as f64 / TICKS_PER_SECOND
}

/// The server in a process of its own.
pub(crate) struct Server {
    child: Child,
    asked: ChildStdin,
    says: Lines<BufReader<ChildStdout>>,
    pub(crate) address: SocketAddr,
    /// Where connections go in which many streams share a socket.
    pub(crate) trunks: SocketAddr,
    /// From opening the journal until it listened.
    pub(crate) started_seconds: f64,
}

impl Server {
    pub(crate) fn start(args: &Args) -> Server {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg("--serve").arg("--folder").arg(&args.folder);
        command.arg("--agents").arg(args.agents.to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let asked = child.stdin.take().unwrap();
        let mut says = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = says.next().expect("the server says where it listens").unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        let address = |name: &str| line[name].as_str().unwrap().parse().unwrap();
        let (address, trunks) = (address("address"), address("trunks"));
        let started_seconds = line["seconds"].as_f64().unwrap();
        Server { child, asked, says, address, trunks, started_seconds }
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Lets it count its journal and holds that against what was acknowledged.
    pub(crate) fn count(&mut self, acknowledged: &[u64]) -> Counted {
        let numbers = serde_json::to_string(acknowledged).unwrap();
        self.asked.write_all(numbers.as_bytes()).unwrap();
        self.asked.write_all(b"\n").unwrap();
        let line = self.says.next().expect("the server answers").unwrap();
        serde_json::from_str(&line).unwrap()
    }

    fn read(&self, file: &str) -> String {
        let process = self.child.id();
        std::fs::read_to_string(format!("/proc/{process}/{file}")).unwrap()
    }

    /// What it, this process and the whole machine have used of the processors so far.
    pub(crate) fn usage(&self) -> Usage {
        Usage {
            at: Instant::now(),
            server: cpu_seconds(&self.read("stat")),
            bench: cpu_seconds(&std::fs::read_to_string("/proc/self/stat").unwrap()),
            machine: busy_seconds(&std::fs::read_to_string("/proc/stat").unwrap()),
        }
    }

    /// How the processors were shared since then.
    pub(crate) fn shares(&self, before: &Usage) -> Shares {
        let now = self.usage();
        let seconds = now.at.duration_since(before.at).as_secs_f64();
        let (server, bench) = (now.server - before.server, now.bench - before.bench);
        let others = (now.machine - before.machine - server - bench).max(0.0);
        Shares {
            server_cpu_seconds: server,
            server_cores: server / seconds,
            bench_cores: bench / seconds,
            others_cores: others / seconds,
        }
    }

    fn status_bytes(&self, field: &str) -> f64 {
        let status = self.read("status");
        let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
        let kibibytes: f64 = line.trim_start_matches(':').trim().trim_end_matches(" kB").parse().unwrap();
        kibibytes * 1024.0
    }

    pub(crate) fn memory_bytes(&self) -> f64 {
        self.status_bytes("VmRSS")
    }

    /// Most memory since it was last told to forget.
    pub(crate) fn peak_bytes(&self) -> f64 {
        self.status_bytes("VmHWM")
    }

    pub(crate) fn forget_peak(&self) {
        let process = self.child.id();
        std::fs::write(format!("/proc/{process}/clear_refs"), "5").unwrap();
    }
}
