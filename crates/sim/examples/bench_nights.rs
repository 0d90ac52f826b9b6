//! Planned nights of invented hospitals: how often the night ends within what was forecast, and what it costs patients beside two rules
//! that know no plan, on the same nights with the same luck. One JSON object a line, for `cargo xtask bench nights`.
//! - `--hospitals N`, `--taught N` nights from which is learnt, `--measured N` nights after them, each hospital; `--seed N` the first
//!   hospital's; `--threads N`;
//! - `--tell` prints for each host when it was forecast to begin, go dark and end, and what happened to it;
//! - `--failures-stop N`: the second ring stops at so many failures; without it as plans are drafted, at the first;
//! - `--records FILE` writes what the journals said, one JSON object a line, for `cargo xtask bench forecast`.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use sim::nights::{Band, Broken, Came, Night, Pair, Stop, Way, live, ratio, share};

/// Ten hospitals, of each twenty nights after twenty from which is learnt.
const HOSPITALS: u64 = 10;
const TAUGHT: u64 = 20;
const MEASURED: u64 = 20;
/// Another seed than those with which this was written.
const FIRST_SEED: u64 = 9_000;
/// Of the draws by which a ratio's band is found.
const DRAWS_SEED: u64 = 1;

struct Wish {
    hospitals: u64,
    taught: u32,
    measured: u32,
    seed: u64,
    threads: u64,
    records: Option<String>,
    failures_stop: Option<u32>,
    tells: bool,
}

/// Every hospital with its nights.
type Hospitals = Vec<Vec<Night>>;

/// A rule without a plan: its name in metrics, its name in sentences, and what came of it in a night.
type Rival = (&'static str, &'static str, fn(&Night) -> Came);

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let text = |name: &str| args.iter().position(|arg| arg == name).and_then(|at| args.get(at + 1));
    let number = |name: &str, usual: u64| text(name).and_then(|text| text.parse().ok()).unwrap_or(usual);
    let few = |name: &str, usual: u64| u32::try_from(number(name, usual)).unwrap_or(u32::MAX);
    let wish = Wish {
        hospitals: number("--hospitals", HOSPITALS),
        taught: few("--taught", TAUGHT),
        measured: few("--measured", MEASURED),
        seed: number("--seed", FIRST_SEED),
        threads: number("--threads", 1),
        records: text("--records").cloned(),
        failures_stop: text("--failures-stop").and_then(|text| text.parse().ok()),
        tells: args.iter().any(|arg| arg == "--tell"),
    };
    match run(&wish) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn run(wish: &Wish) -> Result<(), String> {
    let name = wish.failures_stop.map_or("as_drafted".to_owned(), |number| format!("stops_at_{number}"));
    let mut hospitals = lived(wish)?;
    if let Some(file) = &wish.records {
        write(file, &hospitals, wish.taught).map_err(|why| format!("{file}: {why}"))?;
    }
    hospitals.iter_mut().for_each(|nights| nights.retain(|night| night.number > wish.taught));
    ends(&name, &hospitals);
    stops(&name, &hospitals);
    costs(&name, &hospitals);
    Ok(())
}

/// Every hospital with its nights, in the order of the seeds.
fn lived(wish: &Wish) -> Result<Hospitals, String> {
    let way = Way { failures_stop: wish.failures_stop, is_calm: false };
    let (next, done) = (AtomicU64::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..wish.threads.max(1) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= wish.hospitals {
                        return;
                    }
                    let seed = wish.seed + number;
                    let nights = live(seed, wish.taught + wish.measured, way);
                    if let Ok(nights) = &nights {
                        nights
                            .iter()
                            .skip(wish.taught as usize)
                            .for_each(|night| tell(seed, night, wish.tells));
                    }
                    if let Ok(mut done) = done.lock() {
                        done.push((seed, nights));
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(seed, _)| *seed);
    let broken = |(seed, nights): (u64, Result<Vec<Night>, Broken>)| {
        nights.map_err(|broken| format!("hospital {seed}, night {}: {}", broken.night, broken.says))
    };
    done.into_iter().map(broken).collect()
}

fn tell(seed: u64, night: &Night, hosts: bool) {
    let minutes = |at: model::Time| at.seconds_since(night.p50) / 60;
    let cost = |came: Came| (came.done, came.unmonitored_patient_minutes.round());
    eprintln!(
        "hospital {seed} night {}: {} hosts, ended {} min after its P50 (P90 {}, unless stopped {:?}, rehearsed {:?}), paused {}, stopped {:?}, as planned {} (said {}); done, patient-minutes {:?} | {:?} | {:?}",
        night.number,
        night.planned,
        minutes(night.ended),
        minutes(night.p90),
        night.said.ends_unless_stopped.map(|ends| minutes(ends.p90)),
        night.rehearsed.ends().map(minutes),
        night.paused,
        night.stopped,
        night.as_planned,
        night.as_planned_said,
        cost(night.ours),
        cost(night.shortest_first),
        cost(night.all_at_once)
    );
    if hosts {
        tell_hosts(night);
    }
}

/// Minutes after the window opens: the forecast at its median, and what came.
fn tell_hosts(night: &Night) {
    let Some(opens) = night.plan.windows.first().map(|window| window.not_before) else { return };
    let minutes = |at: model::Time| at.seconds_since(opens) as f64 / 60.0;
    let rehearsed = |night: &Night, host: &model::AssetTag| {
        let times = night.rehearsed.hosts.iter().find(|known| known.host == *host)?.times?;
        Some([times.0, times.1, times.2].map(|at| (minutes(at) * 10.0).round() / 10.0))
    };
    for (host, item) in night.said.hosts.iter().zip(&night.plan.items) {
        let p50 = |times: Option<planning::forecast::Times>| times.map(|times| minutes(times.p50));
        let happened: Vec<String> = night
            .happened
            .iter()
            .filter(|happened| night.tags.get(happened.host) == Some(&item.host))
            .map(|happened| format!("{:?} {:.1}", happened.what, minutes(happened.at)))
            .collect();
        eprintln!(
            "    ring {} wave {} {} {:?}: said {:?} {:?} {:?}; rehearsed {:?}; {}",
            item.ring,
            item.wave,
            item.host,
            item.patches,
            p50(host.begins),
            p50(host.dark),
            p50(host.ends),
            rehearsed(night, &item.host),
            happened.join(", ")
        );
    }
}

fn write(file: &str, hospitals: &Hospitals, taught: u32) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(file)?);
    for (hospital, night) in
        (0..).zip(hospitals).flat_map(|(ix, nights)| nights.iter().map(move |night| (ix, night)))
    {
        let (hospital, held_out): (u64, bool) = (hospital, night.number > taught);
        for record in &night.records {
            let line = serde_json::json!({"hospital": hospital, "held_out": held_out, "record": record});
            writeln!(out, "{line}")?;
        }
    }
    out.flush()
}

fn print(metric: &str, unit: &str, band: Band, more: &str) {
    println!(
        "{{\"metric\":\"{metric}\",\"value\":{:.4},\"unit\":\"{unit}\",\"low95\":{:.4},\"high95\":{:.4}{more}}}",
        band.value, band.low, band.high
    );
}

/// How often nights ended within what was said of them.
fn ends(name: &str, hospitals: &Hospitals) {
    let all: Vec<&Night> = hospitals.iter().flatten().collect();
    println!(
        "{{\"metric\":\"nights_{name}\",\"value\":{},\"unit\":\"nights\",\"hospitals\":{}}}",
        all.len(),
        hospitals.len()
    );
    let within = |metric: &str, holds: fn(&Night) -> bool, of: fn(&Night) -> bool| {
        let nights: Vec<&&Night> = all.iter().filter(|night| of(night)).collect();
        let inside = nights.iter().filter(|night| holds(night)).count();
        let more = format!(",\"nights\":{},\"inside\":{inside}", nights.len());
        let band = share(inside, nights.len());
        print(&format!("{metric}_{name}"), "of 1", band, &more);
        band
    };
    let band = within("within_p90", |night| night.ended <= night.p90, |_| true);
    println!("{{\"metric\":\"within_p90_high95_{name}\",\"value\":{:.4},\"unit\":\"of 1\"}}", band.high);
    within("within_p50", |night| night.ended <= night.p50, |_| true);
    within("within_p90_not_paused", |night| night.ended <= night.p90, |night| !night.paused);
    within("within_p90_not_stopped", |night| night.ended <= night.p90, |night| night.stopped.is_none());
    within("within_p90_unless_stopped_not_stopped", is_within_unless_stopped, |night| {
        night.stopped.is_none()
    });
    within("within_p90_stopped", |night| night.ended <= night.p90, |night| night.stopped.is_some());
}

/// Within nine of ten of the replays that no ring stopped.
fn is_within_unless_stopped(night: &Night) -> bool {
    night.said.ends_unless_stopped.is_some_and(|ends| night.ended <= ends.p90)
}

/// How many nights went as planned, how many were said to, and what stopped the others.
fn stops(name: &str, hospitals: &Hospitals) {
    let nights: Vec<&Night> = hospitals.iter().flatten().collect();
    let count = nights.iter().filter(|night| night.as_planned).count();
    let said = nights.iter().map(|night| f64::from(night.as_planned_said)).sum::<f64>() / 1_000.0;
    let stopped = |by: Stop| nights.iter().filter(|night| night.stopped == Some(by)).count();
    let more = format!(
        ",\"nights\":{},\"said\":{:.4},\"stopped_by_stall\":{},\"stopped_by_further_restart\":{},\"stopped_by_window\":{},\"stopped_otherwise\":{}",
        nights.len(),
        said / nights.len() as f64,
        stopped(Stop::Stalled),
        stopped(Stop::FurtherRestart),
        stopped(Stop::WindowOver),
        stopped(Stop::Other)
    );
    print(&format!("as_planned_{name}"), "of 1", share(count, nights.len()), &more);
}

/// What they cost beside the two rules.
fn costs(name: &str, hospitals: &Hospitals) {
    let rules: [Rival; 2] = [
        ("shortest_first", "the shortest first, if it fits the window", |night| night.shortest_first),
        ("all_at_once", "everything at once", |night| night.all_at_once),
    ];
    let total = |of: &dyn Fn(&Night) -> f64| hospitals.iter().flatten().map(of).sum::<f64>();
    for (rule, baseline, theirs) in rules {
        let pair = |night: &Night| Pair {
            ours: night.ours.unmonitored_patient_minutes,
            theirs: theirs(night).unmonitored_patient_minutes,
        };
        let pairs: Vec<Vec<Pair>> =
            hospitals.iter().map(|nights| nights.iter().map(pair).collect()).collect();
        let sum =
            |of: fn(&Came) -> f64| (total(&|night| of(&night.ours)), total(&|night| of(&theirs(night))));
        let (cost, done, late) = (
            sum(|came| came.unmonitored_patient_minutes),
            sum(|came| came.done as f64),
            sum(|came| came.late as f64),
        );
        let more = format!(
            ",\"baseline\":\"{baseline}\",\"minutes\":{:.0},\"baseline_minutes\":{:.0},\"hosts_planned\":{},\"hosts_done\":{},\"baseline_hosts_done\":{},\"hosts_late\":{},\"baseline_hosts_late\":{}",
            cost.0,
            cost.1,
            total(&|night| night.planned as f64),
            done.0,
            done.1,
            late.0,
            late.1,
        );
        print(&format!("unwatched_to_{rule}_{name}"), "x", ratio(&pairs, DRAWS_SEED), &more);
        println!(
            "{{\"metric\":\"unwatched_per_host_done_to_{rule}_{name}\",\"value\":{:.4},\"unit\":\"x\",\"minutes\":{:.3},\"baseline_minutes\":{:.3}}}",
            cost.0 / done.0 / (cost.1 / done.1),
            cost.0 / done.0,
            cost.1 / done.1,
        );
    }
}
