//! `segue serve`: the pages, the API and the live events, on one journal that other processes may use too.

use std::net::SocketAddr;
use std::sync::Arc;

use node::Node;
use serde_json::json;
use server::front::ensure_first_admin;
use server::live::Topic as LiveTopic;
use server::words::Language;
use server::{AppState, Domain, Server, Settings};
use tokio::net::TcpListener;

use super::Failed;
use crate::accounts::JournalAccounts;
use crate::config::Config;
use crate::imports::UploadReader;
use crate::out::{Out, say};
use crate::place::{now, open_journal, stream};

/// Entries since the last snapshot that make another one worth taking when the server stops.
const SNAPSHOT_AT_STOP_ENTRIES: u64 = 1_000;

pub(super) async fn serve(config: &Config, listen: Option<SocketAddr>, out: &mut Out) -> Result<(), Failed> {
    server::http::logs::start(&std::env::var("SEGUE_LOG").unwrap_or_else(|_| "info".to_owned()));
    let opened =
        Node::open(open_journal(config).await?, stream(config)?, true).await.map_err(Failed::from_error)?;
    tracing::info!(
        from_snapshot = opened.report.from_snapshot,
        folded = opened.report.folded,
        "the journal is folded"
    );
    let listener = TcpListener::bind(listen.unwrap_or(config.listen)).await?;
    serve_node(config, opened.node, listener, out).await
}

/// Serves `node` until the process is told to stop. Once readers can come, it says where; with `--json` as one line.
pub(super) async fn serve_node(
    config: &Config,
    node: Arc<Node>,
    listener: TcpListener,
    out: &mut Out,
) -> Result<(), Failed> {
    let accounts = Arc::new(JournalAccounts::new(Arc::clone(&node)));
    let first = ensure_first_admin(accounts.as_ref(), now()).await.map_err(Failed::from_error)?;
    let settings = Settings {
        hospital: config.hospital.clone(),
        time_zone: config.time_zone.clone(),
        language: Language::from_tag(&config.language).unwrap_or(Language::English),
        tls: config.tls,
        behind_proxy: config.behind_proxy,
        metrics_token: config.metrics_token.clone(),
        styleguide: config.styleguide,
        journal: match &config.journal {
            Some(_) => server::JournalPlace::PostgreSql,
            None => server::JournalPlace::Folder(config.data.display().to_string()),
        },
    };
    let domain =
        Domain { node: Arc::clone(&node), importer: Arc::new(UploadReader { node: Arc::clone(&node) }) };
    let app = AppState::new(settings, accounts, domain).map_err(Failed::from_error)?;
    let following = tokio::spawn(Arc::clone(&node).follow());
    let telling = tokio::spawn(tell(Arc::clone(&node), app.clone()));
    app.set_ready(true);
    let address = listener.local_addr()?;
    say(&format!("Segue is at http://{address}/"));
    if out.is_json() {
        let user = first.as_ref().map(|_| server::front::FIRST_ADMIN);
        let value =
            json!({"url": format!("http://{address}/"), "first_user": user, "one_time_password": first});
        out.result(&value, String::new)?;
        out.flush()?;
    } else if let Some(password) = first {
        say(&format!("First sign-in: user {}, one-time password {password}", server::front::FIRST_ADMIN));
        say("It must be changed at the first sign-in; it is shown only here.");
    }
    let served = Server::new(app).serve(listener, stopped()).await;
    following.abort();
    telling.abort();
    if let Err(cause) = node.snapshot_if_older_than(SNAPSHOT_AT_STOP_ENTRIES).await {
        tracing::warn!(%cause, "no snapshot was taken; the next start reads more of the journal");
    }
    served.map_err(Failed::from_error)
}

/// Passes on to the pages what changed.
async fn tell(node: Arc<Node>, app: AppState) {
    let mut changes = node.changes();
    loop {
        match changes.recv().await {
            Ok(change) => {
                app.live.publish(live_topic(change.topic), change.version);
                app.live.publish(LiveTopic::Journal, change.version);
            }
            Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {
                LiveTopic::ALL.into_iter().for_each(|topic| app.live.publish(topic, node.version()));
            }
            Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
        }
    }
}

fn live_topic(topic: hospital::Topic) -> LiveTopic {
    match topic {
        hospital::Topic::Devices => LiveTopic::Devices,
        hospital::Topic::Advisories | hospital::Topic::Threats => LiveTopic::Advisories,
        hospital::Topic::Exposures => LiveTopic::Exposures,
        hospital::Topic::Aliases => LiveTopic::Aliases,
        hospital::Topic::Imports => LiveTopic::Imports,
        hospital::Topic::Places => LiveTopic::Hospital,
        hospital::Topic::People => LiveTopic::Accounts,
        hospital::Topic::Hosts => LiveTopic::Hosts,
        hospital::Topic::Plans => LiveTopic::Plans,
        hospital::Topic::Night => LiveTopic::Night,
        hospital::Topic::Notices => LiveTopic::Notices,
    }
}

async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        if let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = interrupted.await;
}
