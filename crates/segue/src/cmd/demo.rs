//! `segue demo`: a whole sample hospital on the embedded journal. Everything in it is made up (crates/segue/demo).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use node::Node;
use server::importer::{ImportError, Watch};
use tokio::net::TcpListener;

use super::{Failed, serve};
use crate::args::{Common, Demo};
use crate::config::Config;
use crate::imports::{
    blocking, import_advisories, import_epss, import_kev, import_places, import_vulnrichment, plan_list, run_list,
};
use crate::out::say;
use crate::place::{now, open_journal, stream};

/// The sample hospital's files, carried in the binary so that the demo needs nothing beside it.
static FILES: include_dir::Dir<'_> = include_dir::include_dir!("$CARGO_MANIFEST_DIR/demo");
/// Where the demo keeps its journal unless told otherwise.
const FOLDER: &str = "segue-demo";
/// A marker, so that `--fresh` never removes a folder that is not a demo's.
const MARKER: &str = "this-is-a-segue-demo";

pub(super) async fn demo(config: &Config, common: &Common, demo: &Demo) -> Result<(), Failed> {
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
    let listener = TcpListener::bind(("127.0.0.1", demo.port))
        .await
        .map_err(|error| Failed::Refused(format!("port {}: {error}; choose another with --port", demo.port)))?;
    let opened = Node::open(open_journal(&config).await?, stream(&config)?, true).await.map_err(Failed::from_error)?;
    if opened.node.read(|state| state.register().is_empty()) {
        fill(&opened.node, &folder).await?;
    }
    serve::serve_node(&config, opened.node, listener, |_| say("Stop it with Ctrl-C. Start again from scratch with --fresh.")).await
}

fn prepare(folder: &Path, fresh: bool) -> Result<(), Failed> {
    let marker = folder.join(MARKER);
    if fresh && folder.exists() {
        if !marker.is_file() {
            let text = format!("{} was not made by a demo; it is not removed. Choose another folder with --data", folder.display());
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
    let (actor, watch) = ("demo", Watch::default());
    let at = |name: &str| files.join(name);
    let refuse = |error: ImportError| {
        if let ImportError::Findings(findings) = &error {
            crate::out::findings(findings, 0);
        }
        Failed::Refused(format!("the sample hospital: {error}"))
    };
    import_places(node, &at("hospital.toml"), "hospital.toml", actor, now()).await.map_err(refuse)?;
    let (reader, list, watching) = (Arc::clone(node), at("devices.csv"), watch.clone());
    let run = blocking(move || {
        let plan = plan_list("devices.csv", &list, "")?;
        run_list(&reader, plan, false, &watching)
    });
    let devices = run.await.map_err(refuse)?.carry_out(node, actor, now()).await.map_err(refuse)?;
    let advisories = import_advisories(node, &[at("advisories")], "advisories", actor, now(), &watch).await.map_err(refuse)?;
    import_kev(node, &at("kev.json"), "kev.json", actor, now()).await.map_err(refuse)?;
    import_epss(node, &at("epss.csv"), "epss.csv", actor, now()).await.map_err(refuse)?;
    import_vulnrichment(node, &[at("vulnrichment")], "vulnrichment", actor, now(), &watch).await.map_err(refuse)?;
    say(&format!("The sample hospital has {} devices and {} advisories.", devices.summary.new, advisories.summary.new));
    Ok(())
}
