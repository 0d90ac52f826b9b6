//! `segue demo`: a whole sample hospital on the embedded journal. Everything in it is made up (crates/segue/demo).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use node::Node;
use server::importer::{ImportError, Imported, Watch};
use tokio::net::TcpListener;

use super::{Failed, serve};
use crate::args::{Common, Demo};
use crate::config::Config;
use crate::imports::{
    Files, Run, blocking, import_advisories, plan_list, read_epss, read_kev, read_places, read_vulnrichment,
    run_list,
};
use crate::out::{Out, say};
use crate::place::{now, open_journal, stream};

/// The sample hospital's files, carried in the binary so that the demo needs nothing beside it.
static FILES: include_dir::Dir<'_> = include_dir::include_dir!("$CARGO_MANIFEST_DIR/demo");
/// Where the demo keeps its journal unless told otherwise.
const FOLDER: &str = "segue-demo";
/// Who brought the sample hospital in, for the journal.
const ACTOR: &str = "demo";
/// A marker, so that `--fresh` never removes a folder that is not a demo's.
const MARKER: &str = "this-is-a-segue-demo";

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
        time_zone: "Europe/Stockholm".to_owned(),
        ..config.clone()
    };
    let listener = TcpListener::bind(("127.0.0.1", demo.port)).await.map_err(|error| {
        Failed::Refused(format!("port {}: {error}; choose another with --port", demo.port))
    })?;
    let opened =
        Node::open(open_journal(&config).await?, stream(&config)?, true).await.map_err(Failed::from_error)?;
    if opened.node.read(|state| state.register().is_empty()) {
        fill(&opened.node, &folder).await?;
    }
    say("Stop it with Ctrl-C. Start again from scratch with --fresh.");
    serve::serve_node(&config, opened.node, listener, None, out).await
}

fn prepare(folder: &Path, fresh: bool) -> Result<(), Failed> {
    let marker = folder.join(MARKER);
    if fresh && folder.exists() {
        if !marker.is_file() {
            let text = format!(
                "{} was not made by a demo; it is not removed. Choose another folder with --data",
                folder.display()
            );
            return Err(Failed::Refused(text));
        }
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    Ok(std::fs::write(marker, "Everything here is made up and may be removed.\n")?)
}

/// Imports the sample hospital as a person would: through the same readers, with the same checks.
async fn fill(node: &Arc<Node>, folder: &Path) -> Result<(), Failed> {
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
    read_in(node, move || read_places(&hospital, "hospital.toml")).await.map_err(refuse)?;
    let (list, watching) = (at("devices.csv"), watch.clone());
    let devices =
        read_in(node, move || run_list(plan_list("devices.csv", &list, "")?, false, &watching)).await;
    let devices = devices.map_err(refuse)?;
    let documents = Files::named(vec![at("advisories")], "advisories");
    let advisories = import_advisories(node, documents, ACTOR, now(), &watch).await.map_err(refuse)?;
    let (kev, epss) = (at("kev.json"), at("epss.csv"));
    read_in(node, move || read_kev(&kev, "kev.json")).await.map_err(refuse)?;
    read_in(node, move || read_epss(&epss, "epss.csv")).await.map_err(refuse)?;
    let records = Files::named(vec![at("vulnrichment")], "vulnrichment");
    read_in(node, move || read_vulnrichment(&records, &watch)).await.map_err(refuse)?;
    say(&format!(
        "The sample hospital has {} devices and {} advisory documents.",
        devices.summary.new, advisories.summary.new
    ));
    Ok(())
}

async fn read_in(
    node: &Node,
    read: impl FnOnce() -> Result<Run, ImportError> + Send + 'static,
) -> Result<Imported, ImportError> {
    blocking(read).await?.carry_out(node, ACTOR, now()).await
}
