//! The loads, one after another, and what is said of each.

use std::sync::Arc;
use std::time::Duration;

use gateway::open_files;

use crate::Args;
use crate::agents::Agents;
use crate::client::Handshake;
use crate::figures::{Figures, Outcome, per_second, seconds};
use crate::process::{Server, Shares};
use crate::reports::Delivers;

/// Connections that deliver one check-in after another when the server's own limit is looked for.
const BUSY_CONNECTIONS: usize = 512;
/// How long that is tried at most.
const BUSY_MAX: Duration = Duration::from_secs(20);
/// Connections that are being made at once when nothing else limits them.
const AT_ONCE: usize = 192;

pub(crate) async fn measure(args: Args, files: usize) {
    let folder = tempfile::tempdir_in(&args.folder).unwrap();
    let args = Args { folder: folder.path().to_owned(), ..args };
    let figures = Figures::begin(&args, files);
    let time = Duration::from_secs(args.seconds);
    eprintln!("enrolling {} hosts", args.agents);
    let server = Server::start(&args);
    let agents =
        Arc::new(Agents::new(&args, server.address, open_files::held(open_files::connections(files))));
    report_first(&figures, &agents, &server).await;
    deliver_without_pause(&figures, &agents, &server, time).await;
    poll(&figures, &agents, &server, time, Handshake::AsAgents).await;
    poll(&figures, &agents, &server, time, Handshake::Whole).await;
    hold(&figures, &agents, &server, time).await;
    server.kill();
    agents.let_go().await;
    come_back(&figures, &agents, &args, time).await;
}

async fn report_first(figures: &Figures, agents: &Arc<Agents>, server: &Server) {
    eprintln!("every host reports for the first time");
    let before = server.usage();
    let first = agents.each_at_once(AT_ONCE, Delivers::Full).await;
    let shares = server.shares(&before);
    let more = [("hosts", first.done as f64), ("failed", first.failed as f64)];
    let rate = per_second(first.done, first.took);
    figures.say("first_reports_per_second", rate, "1/s", &with(&more, &shares));
}

async fn deliver_without_pause(figures: &Figures, agents: &Arc<Agents>, server: &Server, time: Duration) {
    let connections = BUSY_CONNECTIONS.min(agents.len()).min(agents.sockets_max());
    eprintln!("{connections} connections deliver one check-in after another");
    let before = server.usage();
    let busy = agents.without_pause(connections, time.min(BUSY_MAX)).await;
    let shares = server.shares(&before);
    let more = [
        ("p50_seconds", busy.quantile(0.5)),
        ("p99_seconds", busy.quantile(0.99)),
        ("connections", connections as f64),
    ];
    let rate = per_second(busy.done, busy.took);
    figures.say("check_ins_per_second", rate, "1/s", &with(&more, &shares));
    let per_core = busy.done as f64 / shares.server_cpu_seconds;
    figures.say("check_ins_per_second_per_core", per_core, "1/s", &shares.named());
}

/// Every host checks in once, on a connection of its own. The targets are held against what agents do; how it would be if every
/// connection began with a whole handshake is measured beside it.
async fn poll(
    figures: &Figures,
    agents: &Arc<Agents>,
    server: &Server,
    time: Duration,
    handshake: Handshake,
) {
    let (name, way) = match handshake {
        Handshake::Whole => ("poll_whole_handshakes", "whole handshakes"),
        Handshake::AsAgents => ("poll", "sessions resumed as agents do"),
    };
    eprintln!("every host checks in once in {} s, on a connection of its own: {way}", time.as_secs());
    server.forget_peak();
    let before = server.usage();
    let polled = agents.each_in(time, time, Delivers::Same, handshake).await;
    let shares = server.shares(&before);
    let named = |what: &str| format!("{name}_{what}");
    let more = [
        ("failed", polled.failed as f64),
        ("resumed", polled.resumed as f64),
        ("seconds", seconds(polled.took)),
        ("check_ins_per_server_cpu_second", polled.done as f64 / shares.server_cpu_seconds),
    ];
    figures.say(&named("agents"), polled.done as f64, "agents", &with(&more, &shares));
    say_times(figures, &named("p99_seconds"), &polled, &shares);
    figures.say(&named("memory_bytes"), server.peak_bytes(), "B", &[("now_bytes", server.memory_bytes())]);
}

fn say_times(figures: &Figures, name: &str, outcome: &Outcome, shares: &Shares) {
    let more = [
        ("p50_seconds", outcome.quantile(0.5)),
        ("max_seconds", outcome.quantile(1.0)),
        ("late_by_the_bench_p99_seconds", outcome.late(0.99)),
    ];
    figures.say(name, outcome.quantile(0.99), "s", &with(&more, shares));
}

/// Every host holds its connection. Where too few files may be open for all, the others' TLS runs in connections that they share;
/// it is said how many.
async fn hold(figures: &Figures, agents: &Arc<Agents>, server: &Server, time: Duration) {
    let own = agents.len().min(agents.sockets_max());
    if own < agents.len() {
        let wanted = open_files::wanted(agents.len());
        eprintln!(
            "only {own} of {} hosts can have a socket of their own, the others' TLS connections share some: for all of them raise the \
             hard limit of open files to {wanted} (`ulimit -Hn {wanted}` as root, LimitNOFILE={wanted} in a systemd unit, `nofile` in \
             /etc/security/limits.conf, or --ulimit nofile={wanted} for a container)",
            agents.len(),
        );
    }
    eprintln!("{} hosts hold their connections", agents.len());
    server.forget_peak();
    let memory_before = server.memory_bytes();
    let before = server.usage();
    let made_in = agents.hold(own, server.trunks, AT_ONCE).await;
    let making = server.shares(&before);
    let before = server.usage();
    let cycle = agents.heard_for(time).await;
    let shares = server.shares(&before);
    let held = agents.held();
    let sockets =
        [("with_a_socket_of_their_own", own as f64), ("with_a_shared_socket", (held - own.min(held)) as f64)];
    let more = [&sockets[..], &[("made_in_seconds", seconds(made_in))]].concat();
    figures.say("held_connections", held as f64, "connections", &with(&more, &making));
    let more = [("p50_seconds", cycle.quantile(0.5)), ("check_ins", cycle.done as f64)];
    figures.say("held_p99_seconds", cycle.quantile(0.99), "s", &with(&more, &shares));
    let now = server.memory_bytes();
    let each = (now - memory_before) / held as f64;
    let more = [("now_bytes", now), ("before_bytes", memory_before), ("bytes_per_connection", each)];
    figures.say("held_memory_bytes", server.peak_bytes(), "B", &[&sockets[..], &more].concat());
}

/// The server was killed: everybody comes back with what was kept; and when it is killed once more, all is there.
async fn come_back(figures: &Figures, agents: &Arc<Agents>, args: &Args, time: Duration) {
    eprintln!("the server was killed; every host comes back within {} s with what it kept", time.as_secs());
    let server = Server::start(args);
    agents.moved_to(server.address);
    let before = server.usage();
    // They begin early enough to be through by then, and resume the sessions that they had with the server before.
    let came = agents.each_in(time, time * 9 / 10, Delivers::Kept, Handshake::AsAgents).await;
    let shares = server.shares(&before);
    let more = [
        ("came_in_the_end", came.done as f64),
        ("server_started_in_seconds", server.started_seconds),
        ("last_after_seconds", seconds(came.took)),
        ("tries_that_failed", came.failed as f64),
        ("resumed", came.resumed as f64),
        ("p99_seconds", came.quantile(0.99)),
    ];
    figures.say("reconnected_agents", came.in_time as f64, "agents", &with(&more, &shares));
    server.kill();
    eprintln!("killed again: is all there that was answered?");
    let mut server = Server::start(args);
    let acknowledged = agents.acknowledged();
    let counted = server.count(&acknowledged);
    let more = [
        ("acknowledged", acknowledged.iter().sum::<u64>() as f64),
        ("in_the_journal", counted.items as f64),
        ("recorded_twice", counted.twice as f64),
        ("recorded_and_never_told", counted.untold as f64),
        ("hosts_whose_state_disagrees", counted.disagree as f64),
        ("entries", counted.entries as f64),
        ("items_per_entry", counted.items as f64 / counted.entries as f64),
        ("server_started_in_seconds", server.started_seconds),
    ];
    let wrong = counted.lost + counted.twice + counted.disagree;
    figures.say("items_not_recorded_once", wrong as f64, "items", &more);
    server.kill();
}

fn with(more: &[(&'static str, f64)], shares: &Shares) -> Vec<(&'static str, f64)> {
    [more, &shares.named()].concat()
}
