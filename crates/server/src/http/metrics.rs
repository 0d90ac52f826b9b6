//! Counters in Prometheus' text format 0.0.4. Labels are route templates, never addresses, so that they are few.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::Method;

/// Upper ends of the latency buckets, in microseconds.
const BUCKETS_MICROSECONDS: [u64; 11] =
    [1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000, 30_000_000];

#[derive(Default)]
struct Latency {
    buckets: [u64; BUCKETS_MICROSECONDS.len()],
    count: u64,
    total_microseconds: u64,
}

#[derive(Default)]
struct Requests {
    by_status: BTreeMap<(&'static str, String, u16), u64>,
    latency: BTreeMap<String, Latency>,
}

/// How a sign-in ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// A session was opened.
    Opened,
    /// Name or password was wrong.
    Wrong,
    /// Had to wait.
    Throttled,
}

/// All counters of this process.
#[derive(Default)]
pub struct Metrics {
    requests: Mutex<Requests>,
    signed_in: AtomicU64,
    wrong: AtomicU64,
    throttled: AtomicU64,
    role_refused: AtomicU64,
    streams: AtomicI64,
}

/// Only known methods become labels: a client may invent others.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

fn micros_as_seconds(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

impl Metrics {
    /// One request was answered.
    pub fn request(&self, method: &Method, route: &str, status: u16, elapsed: Duration) {
        let micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.by_status.entry((method_label(method), route.to_owned(), status)).or_default() += 1;
        let latency = requests.latency.entry(route.to_owned()).or_default();
        latency.count += 1;
        latency.total_microseconds = latency.total_microseconds.saturating_add(micros);
        for (end, bucket) in BUCKETS_MICROSECONDS.iter().zip(&mut latency.buckets) {
            if micros <= *end {
                *bucket += 1;
            }
        }
    }

    /// A sign-in ended so.
    pub fn sign_in(&self, how: SignIn) {
        let counter = match how {
            SignIn::Opened => &self.signed_in,
            SignIn::Wrong => &self.wrong,
            SignIn::Throttled => &self.throttled,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Somebody tried what their role may not.
    pub fn refused_role(&self) {
        self.role_refused.fetch_add(1, Ordering::Relaxed);
    }

    /// A live stream began (+1) or ended (−1).
    pub fn streams(&self, change: i64) {
        self.streams.fetch_add(change, Ordering::Relaxed);
    }

    /// Live streams open now.
    pub fn streams_open(&self) -> i64 {
        self.streams.load(Ordering::Relaxed)
    }

    /// Everything as text.
    pub fn text(&self, throttled_entries: usize) -> String {
        let mut out = String::new();
        let head = |out: &mut String, name: &str, kind: &str, help: &str| {
            let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
        };
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        head(
            &mut out,
            "segue_http_requests_total",
            "counter",
            "Requests answered, by method, route and status.",
        );
        for ((method, route, status), count) in &requests.by_status {
            let _ = writeln!(
                out,
                "segue_http_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}} {count}"
            );
        }
        let name = "segue_http_request_seconds";
        head(&mut out, name, "histogram", "Time to answer, by route.");
        for (route, latency) in &requests.latency {
            for (end, count) in BUCKETS_MICROSECONDS.iter().zip(latency.buckets) {
                let le = micros_as_seconds(*end);
                let _ = writeln!(out, "{name}_bucket{{route=\"{route}\",le=\"{le}\"}} {count}");
            }
            let _ = writeln!(out, "{name}_bucket{{route=\"{route}\",le=\"+Inf\"}} {}", latency.count);
            let _ = writeln!(
                out,
                "{name}_sum{{route=\"{route}\"}} {}",
                micros_as_seconds(latency.total_microseconds)
            );
            let _ = writeln!(out, "{name}_count{{route=\"{route}\"}} {}", latency.count);
        }
        drop(requests);
        head(&mut out, "segue_sign_ins_total", "counter", "Sign-ins, by how they ended.");
        for (how, counter) in
            [("opened", &self.signed_in), ("wrong", &self.wrong), ("throttled", &self.throttled)]
        {
            let _ =
                writeln!(out, "segue_sign_ins_total{{how=\"{how}\"}} {}", counter.load(Ordering::Relaxed));
        }
        let gauges = [
            (
                "segue_role_refusals_total",
                "counter",
                "Changes refused because of the role.",
                self.role_refused.load(Ordering::Relaxed),
            ),
            (
                "segue_streams_open",
                "gauge",
                "Live streams open.",
                u64::try_from(self.streams_open()).unwrap_or(0),
            ),
            (
                "segue_throttle_entries",
                "gauge",
                "Names and addresses with failed sign-ins.",
                throttled_entries as u64,
            ),
            ("process_resident_memory_bytes", "gauge", "Resident memory.", resident_bytes().unwrap_or(0)),
        ];
        for (name, kind, help, value) in gauges {
            head(&mut out, name, kind, help);
            let _ = writeln!(out, "{name} {value}");
        }
        out
    }
}

/// Resident memory of this process; `None` where `/proc` is not.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}
