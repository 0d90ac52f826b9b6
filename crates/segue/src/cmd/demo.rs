//! `segue demo`: a whole sample hospital on the embedded journal. Everything in it is made up (crates/segue/demo).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gateway::Gateway;
use model::Time;
use node::Node;
use server::archives::{ImageArchives, NoArchives};
use server::clock::Clock;
use server::importer::{ImportError, Imported, Watch};
use tokio::net::TcpListener;

use super::serve::Front;
use super::{Failed, serve};
use crate::accounts::JournalAccounts;
use crate::args::{Common, Demo, PORT_DEFAULT};
use crate::config::Config;
use crate::demo::{Guide, InventedPair, LapseClock, PAIR, PLAN, TWO_STAGES, WARD, World, begins, id};
use crate::imports::{
    Files, Run, blocking, import_advisories, plan_list, read_epss, read_kev, read_places, read_vulnrichment,
    run_list,
};
use crate::out::{Out, say};
use crate::place::{DEMONSTRATION_MARKER, is_demonstration, now, open_journal, stream};

/// The sample hospital's files, carried in the binary so that the demo needs nothing beside it.
static FILES: include_dir::Dir<'_> = include_dir::include_dir!("$CARGO_MANIFEST_DIR/demo");
/// Where the demo keeps its journal unless told otherwise.
const FOLDER: &str = "segue-demo";
/// Who brought the sample hospital in, for the journal.
const ACTOR: &str = "demo";
/// The sample hospital's time zone.
const ZONE: &str = "Europe/Stockholm";

pub(super) async fn demo(config: &Config, common: &Common, demo: &Demo, out: &mut Out) -> Result<(), Failed> {
    if common.journal.is_some() {
        return Err(Failed::Refused("the demo uses the embedded journal; leave --journal away".to_owned()));
    }
    server::http::logs::start(&std::env::var("SEGUE_LOG").unwrap_or_else(|_| "warn".to_owned()));
    let folder = common.data.clone().unwrap_or_else(|| PathBuf::from(FOLDER));
    prepare(&folder, demo.fresh)?;
    let config = Config {
        data: folder.clone(),
        journal: None,
        hospital: "Nordvik University Hospital (sample)".to_owned(),
        time_zone: ZONE.to_owned(),
        agents_keys: folder.join("demo-keys"),
        ..config.clone()
    };
    let listener = TcpListener::bind(("127.0.0.1", demo.port)).await.map_err(|error| {
        Failed::Refused(format!("port {}: {error}; choose another with --port", demo.port))
    })?;
    let opened =
        Node::open(open_journal(&config).await?, stream(&config)?, true).await.map_err(Failed::from_error)?;
    let node = opened.node;
    say("Stop it with Ctrl-C. Start again from scratch with --fresh.");
    if demo.no_night {
        fill_if_empty(&node, &folder, now()).await?;
        let front = Front::real(Arc::clone(&node), None);
        return serve::serve_node(&config, node, listener, front, out).await;
    }
    let zone = jiff::tz::TimeZone::get(ZONE).map_err(Failed::from_error)?;
    let newest = newest_entry(&node).await?;
    let known = node.read(|state| state.night().newest_revision(&id(PLAN)).is_some());
    let begins = if known { newest.unwrap_or_else(now) } else { begins_after(now(), newest, &zone) };
    let clock = Arc::new(LapseClock::new(begins));
    fill_if_empty(&node, &folder, begins).await?;
    let guide = Arc::new(Guide::of(&folder, again(common.data.as_deref(), demo.port)));
    // Whatever the configuration names: a demonstration asks no archive of a hospital.
    let mut archives: Arc<dyn ImageArchives> = Arc::new(NoArchives);
    let night = if known {
        guide.leave();
        say(
            "The night of this folder was begun before. It is shown as it was left and does not go on: its invented machines ended",
        );
        say("with the program that ran them. For a new night (what was done in this folder is removed):");
        say(&format!("  {}", guide.again()));
        None
    } else {
        let parts = (Arc::clone(&node), Arc::clone(&clock), Arc::clone(&guide));
        let invented = Arc::new(InventedPair::new(Arc::clone(&clock), &zone));
        archives = invented.clone();
        let world = world(&config, parts.clone(), invented, (zone, demo.night_minutes))?;
        Some(tokio::spawn(watch_night(parts, world, listener.local_addr()?)))
    };
    let front = Front {
        accounts: Arc::new(JournalAccounts::of_demonstration(Arc::clone(&node), clock.clone())),
        clock,
        demonstration: Some(guide),
        hosts: None,
        archives: Some(archives),
    };
    let served = serve::serve_node(&config, node, listener, front, out).await;
    if let Some(night) = night {
        night.abort();
    }
    served
}

/// The time of the newest entry of the journal, if there is one.
async fn newest_entry(node: &Node) -> Result<Option<Time>, Failed> {
    let Some(before) = node.version().checked_sub(1) else { return Ok(None) };
    let entries = node.journal().read(node.stream(), journal::Seq(before), 1).await;
    Ok(entries.map_err(Failed::from_error)?.first().map(|entry| entry.time))
}

/// This evening, or the first one after everything that was recorded.
fn begins_after(today: Time, newest: Option<Time>, zone: &jiff::tz::TimeZone) -> Time {
    let newest = newest.unwrap_or(today.min(begins(today, zone)));
    let evenings = (0..).map(|day| begins(today.plus_seconds(day * 86_400), zone));
    let mut evenings = evenings.skip_while(|evening| *evening < newest);
    evenings.next().unwrap_or(newest)
}

fn world(
    config: &Config,
    (node, clock, guide): (Arc<Node>, Arc<LapseClock>, Arc<Guide>),
    archives: Arc<InventedPair>,
    pace: (jiff::tz::TimeZone, u32),
) -> Result<World, Failed> {
    let keys = serve::site_keys(config)?;
    let site = keys.orders_key();
    let reads = Arc::clone(&clock);
    let now: gateway::Clock = Arc::new(move || reads.now());
    let gateway = Gateway::new(Arc::clone(&node), keys, now, gateway::Settings::default());
    Ok(World::new(node, gateway, clock, guide, archives, site, pace))
}

/// Lets the night pass, from when there is somebody who can look at it.
async fn watch_night(
    (node, clock, guide): (Arc<Node>, Arc<LapseClock>, Arc<Guide>),
    world: World,
    at: std::net::SocketAddr,
) {
    let mut changes = node.changes();
    while node.read(|state| state.people().accounts.is_empty()) {
        if let Err(tokio::sync::broadcast::error::RecvError::Closed) = changes.recv().await {
            return;
        }
    }
    say("A patch night begins at 21:50 of the demonstration's time. What to look at:");
    for (path, what) in [
        ("/demo".to_owned(), "what a plain tool says, beside Segue"),
        ("/board".to_owned(), "the night, ring by ring; pause or stop it there"),
        (format!("/ward/{WARD}"), "the emergency department's card; in the morning it is asked"),
        (format!("/hosts/{TWO_STAGES}"), "the station whose false green is caught"),
        (format!("/archive/{PAIR}"), "two image archives: from 22:45 on the second one lacks what is new"),
    ] {
        say(&format!("  http://{at}{path}  {what}"));
    }
    if let Err(stuck) = world.run().await {
        clock.runs(0);
        guide.leave();
        say(&format!("The demonstration cannot go on: {stuck}. Begin again: {}", guide.again()));
    }
}

/// The command that begins a new night in the same folder, as it is typed.
fn again(data: Option<&Path>, port: u16) -> String {
    let mut command = "segue demo --fresh".to_owned();
    if let Some(data) = data {
        command.push_str(&format!(" --data {}", typed(&data.display().to_string())));
    }
    if port != PORT_DEFAULT {
        command.push_str(&format!(" --port {port}"));
    }
    command
}

/// A word as a shell takes it.
fn typed(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+@%:,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn prepare(folder: &Path, fresh: bool) -> Result<(), Failed> {
    let is_other = folder.exists() && !is_demonstration(folder);
    if is_other && (fresh || std::fs::read_dir(folder)?.next().is_some()) {
        let text = format!(
            "{} was not made by a demo; nothing in it is touched. Choose another folder with --data",
            folder.display()
        );
        return Err(Failed::Refused(text));
    }
    if fresh && folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    Ok(std::fs::write(folder.join(DEMONSTRATION_MARKER), "Everything here is made up and may be removed.\n")?)
}

async fn fill_if_empty(node: &Arc<Node>, folder: &Path, at: Time) -> Result<(), Failed> {
    if node.read(|state| state.register().is_empty()) { fill(node, folder, at).await } else { Ok(()) }
}

/// Imports the sample hospital as a person would: through the same readers, with the same checks.
async fn fill(node: &Arc<Node>, folder: &Path, now: Time) -> Result<(), Failed> {
    let files = folder.join("sample-files");
    std::fs::create_dir_all(&files)?;
    FILES.extract(&files).map_err(|error| Failed::Refused(format!("{}: {error}", files.display())))?;
    let watch = Watch::default();
    let at = |name: &str| files.join(name);
    let refuse = |error: ImportError| {
        if let ImportError::Findings(findings) = &error {
            crate::out::findings(findings, 0);
        }
        Failed::Refused(format!("the sample hospital: {error}"))
    };
    let hospital = at("hospital.toml");
    read_in(node, now, move || read_places(&hospital, "hospital.toml")).await.map_err(refuse)?;
    let (list, watching) = (at("devices.csv"), watch.clone());
    let devices =
        read_in(node, now, move || run_list(plan_list("devices.csv", &list, "")?, false, &watching)).await;
    let devices = devices.map_err(refuse)?;
    let documents = Files::named(vec![at("advisories")], "advisories");
    let advisories = import_advisories(node, documents, ACTOR, now, &watch).await.map_err(refuse)?;
    let (kev, epss) = (at("kev.json"), at("epss.csv"));
    read_in(node, now, move || read_kev(&kev, "kev.json")).await.map_err(refuse)?;
    read_in(node, now, move || read_epss(&epss, "epss.csv")).await.map_err(refuse)?;
    let records = Files::named(vec![at("vulnrichment")], "vulnrichment");
    read_in(node, now, move || read_vulnrichment(&records, &watch)).await.map_err(refuse)?;
    say(&format!(
        "The sample hospital has {} devices and {} advisory documents.",
        devices.summary.new, advisories.summary.new
    ));
    Ok(())
}

async fn read_in(
    node: &Node,
    now: Time,
    read: impl FnOnce() -> Result<Run, ImportError> + Send + 'static,
) -> Result<Imported, ImportError> {
    blocking(read).await?.carry_out(node, ACTOR, now).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_for_a_new_night_can_be_typed_as_it_is_shown() {
        assert_eq!(again(None, PORT_DEFAULT), "segue demo --fresh");
        assert_eq!(
            again(Some(Path::new("/tmp/Eva's demo")), 8_000),
            r"segue demo --fresh --data '/tmp/Eva'\''s demo' --port 8000"
        );
    }
}
