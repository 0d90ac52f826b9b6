//! `segue serve`: the pages, the API and the live events, on one journal that other processes may use too.

use std::net::SocketAddr;
use std::sync::Arc;

use gateway::{Gateway, SiteKeys, open_files};
use model::ids::NodeId;
use node::Node;
use serde_json::json;
use server::archives::ImageArchives;
use server::clock::{Clock, MachineClock};
use server::demonstration::Demonstration;
use server::front::ensure_first_admin;
use server::live::Topic as LiveTopic;
use server::words::Language;
use server::{AppState, Domain, Server, Settings};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::Failed;
use crate::accounts::JournalAccounts;
use crate::archives::ConfiguredPairs;
use crate::args::Serve;
use crate::config::Config;
use crate::imports::UploadReader;
use crate::out::{Out, say};
use crate::place::{is_demonstration, now, open_journal, stream};

/// Entries since the last snapshot that make another one worth taking when the server stops.
const SNAPSHOT_AT_STOP_ENTRIES: u64 = 1_000;
/// Port on which hosts are listened to.
const AGENTS_PORT: u16 = 7228;

pub(super) async fn serve(config: &Config, args: &Serve, out: &mut Out) -> Result<(), Failed> {
    server::http::logs::start(&std::env::var("SEGUE_LOG").unwrap_or_else(|_| "info".to_owned()));
    refuse_demonstration(config)?;
    let opened =
        Node::open(open_journal(config).await?, stream(config)?, true).await.map_err(Failed::from_error)?;
    tracing::info!(
        from_snapshot = opened.report.from_snapshot,
        folded = opened.report.folded,
        "the journal is folded"
    );
    let listen = args.listen.unwrap_or(config.listen);
    let listener = TcpListener::bind(listen).await?;
    let hosts = if config.agents {
        Some(hosts(config, Arc::clone(&opened.node), agents_address(config, args, listen)).await?)
    } else {
        None
    };
    let performed = config.performed.as_ref().map(|asked| asked.listen(&config.time_zone)).transpose()?;
    if let Some(performed) = &performed {
        say(&format!("Modalities are heard at {}", performed.address));
    }
    let driving = tokio::spawn(Arc::clone(&opened.node).drive(own_name()?, Arc::new(now)));
    let front = Front::real(Arc::clone(&opened.node), hosts.as_ref().map(|hosts| &hosts.at));
    let served = serve_node(config, opened.node, listener, front, out).await;
    driving.abort();
    if let Some(hosts) = hosts {
        hosts.close.send_replace(true);
        let _ended = hosts.serving.await;
    }
    if let Some(performed) = performed {
        performed.close();
    }
    served
}

/// Where hosts are listened to: as told, else beside the pages; where the pages take any free port, so do hosts.
fn agents_address(config: &Config, args: &Serve, listen: SocketAddr) -> SocketAddr {
    let port = if listen.port() == 0 { 0 } else { AGENTS_PORT };
    args.agents_listen.or(config.agents_listen).unwrap_or(SocketAddr::new(listen.ip(), port))
}

/// A name that no other running copy has: its lease is its own.
fn own_name() -> Result<NodeId, Failed> {
    let unique: [u8; 4] = rand::random();
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host: String = host.trim().chars().filter(|c| !c.is_control()).take(60).collect();
    let host = if host.is_empty() { "segue".to_owned() } else { host };
    NodeId::new(&format!("{host}-{}-{}", std::process::id(), hex::encode(unique))).map_err(Failed::from_error)
}

/// The gateway, listening.
struct Hosts {
    at: HostsAt,
    close: watch::Sender<bool>,
    serving: tokio::task::JoinHandle<()>,
}

/// What a host needs to know to find us.
pub(super) struct HostsAt {
    address: SocketAddr,
    authority_sha256: String,
}

async fn hosts(config: &Config, node: Arc<Node>, address: SocketAddr) -> Result<Hosts, Failed> {
    let keys = site_keys(config)?;
    let authority_sha256 = keys.authority().sha256();
    let listener = gateway::listen(address).map_err(|cause| {
        Failed::Refused(format!("hosts cannot be listened to on {address}: {cause}; see agents_listen"))
    })?;
    let at = HostsAt { address: listener.local_addr()?, authority_sha256 };
    let settings = gateway::Settings {
        check_in_seconds: config.agents_check_in_seconds,
        connections_max: connections_of_hosts(&node),
        ..gateway::Settings::default()
    };
    let gateway = Gateway::new(node, keys, Arc::new(now), settings);
    let (close, mut closing) = watch::channel(false);
    let stop = async move {
        let _closed = closing.wait_for(|closing| *closing).await;
    };
    let serving = tokio::spawn(async move {
        if let Err(cause) = gateway.serve(listener, stop).await {
            tracing::error!(%cause, "hosts are no longer heard");
        }
    });
    Ok(Hosts { at, close, serving })
}

/// As many as files may be open, which is raised as far as it may be. Says so when not every host can hold its connection.
fn connections_of_hosts(node: &Node) -> usize {
    let most = open_files::raise(open_files::wanted(gateway::limits::CONNECTIONS_MAX));
    let connections_max = open_files::connections(most);
    let enrolled = node.read(|state| state.night().hosts_len());
    if enrolled > open_files::held(connections_max) {
        tracing::warn!(
            hosts = enrolled,
            open_files = most,
            wanted = open_files::wanted(enrolled),
            "too few files may be open for every host to wait for orders: hosts take turns and hear of orders when they check in next; raise the hard limit (LimitNOFILE)"
        );
    }
    connections_max
}

/// The site's keys, made when there are none.
pub(super) fn site_keys(config: &Config) -> Result<SiteKeys, Failed> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    names
        .extend(config.agents_names.iter().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>());
    SiteKeys::open(&config.agents_keys, &names, now()).map_err(Failed::from_error)
}

/// A demonstration's journal has a time of its own and hosts that do not exist: no real host may ever speak to it.
fn refuse_demonstration(config: &Config) -> Result<(), Failed> {
    if config.journal.is_none() && is_demonstration(&config.data) {
        let text = format!(
            "{} is a demonstration's: its time and its hosts are made up, and no real host may speak to it. `segue demo --data {}` \
             shows it; choose another folder with --data",
            config.data.display(),
            config.data.display()
        );
        return Err(Failed::Refused(text));
    }
    Ok(())
}

/// What is served, and by which clock.
pub(super) struct Front<'a> {
    pub(super) accounts: Arc<JournalAccounts>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) demonstration: Option<Arc<dyn Demonstration>>,
    pub(super) hosts: Option<&'a HostsAt>,
    /// Image archives that are asked when due by whoever invented them; `None`: those of the configuration, asked by the server.
    pub(super) archives: Option<Arc<dyn ImageArchives>>,
}

impl<'a> Front<'a> {
    /// A real hospital, by the time of day.
    pub(super) fn real(node: Arc<Node>, hosts: Option<&'a HostsAt>) -> Front<'a> {
        let accounts = Arc::new(JournalAccounts::new(node));
        Front { accounts, clock: Arc::new(MachineClock), demonstration: None, hosts, archives: None }
    }
}

/// Serves `node` until the process is told to stop. Once readers can come, it says where; with `--json` as one line.
pub(super) async fn serve_node(
    config: &Config,
    node: Arc<Node>,
    listener: TcpListener,
    front: Front<'_>,
    out: &mut Out,
) -> Result<(), Failed> {
    let Front { accounts, clock, demonstration, hosts, archives } = front;
    let first = ensure_first_admin(accounts.as_ref(), clock.now()).await.map_err(Failed::from_error)?;
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
        demonstration,
    };
    let importer = UploadReader {
        node: Arc::clone(&node),
        keys: config.advisory_keys.clone(),
        time_zone: config.time_zone.clone(),
    };
    let asks = archives.is_none();
    let archives = archives.unwrap_or_else(|| Arc::new(ConfiguredPairs::new(config)));
    let domain = Domain { node: Arc::clone(&node), importer: Arc::new(importer), archives };
    let app = AppState::with_clock(settings, accounts, domain, clock).map_err(Failed::from_error)?;
    let following = tokio::spawn(Arc::clone(&node).follow());
    let telling = tokio::spawn(tell(Arc::clone(&node), app.clone()));
    let asking = asks.then(|| tokio::spawn(server::work::ask_when_due(app.clone())));
    let stopped = stopped();
    app.set_ready(true);
    let address = listener.local_addr()?;
    say(&format!("Segue is at http://{address}/"));
    if let Some(hosts) = hosts {
        let (at, sha256) = (hosts.address, &hosts.authority_sha256);
        say(&format!("Hosts are heard at https://{at}; the authority's SHA-256 is {sha256}"));
    }
    if out.is_json() {
        let user = first.as_ref().map(|_| server::front::FIRST_ADMIN);
        let value = json!({"url": format!("http://{address}/"), "first_user": user, "one_time_password": first,
                "agents": hosts.map(|hosts| format!("https://{}", hosts.address)),
                "authority_sha256": hosts.map(|hosts| &hosts.authority_sha256)});
        out.result(&value, String::new)?;
        out.flush()?;
    } else if let Some(password) = first {
        say(&format!("First sign-in: user {}, one-time password {password}", server::front::FIRST_ADMIN));
        say("It must be changed at the first sign-in; it is shown only here.");
    }
    let served = Server::new(app).serve(listener, stopped).await;
    following.abort();
    telling.abort();
    if let Some(asking) = asking {
        asking.abort();
    }
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
        hospital::Topic::Archives => LiveTopic::Archives,
    }
}

/// Ends when the process is told to stop. It listens from this call on: whoever was told the address may stop it at once.
#[cfg(unix)]
fn stopped() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async move {
        if let (Ok(mut interrupted), Ok(mut terminated)) = signals {
            tokio::select! {
                _ = interrupted.recv() => {}
                _ = terminated.recv() => {}
            }
            return;
        }
        let _ = tokio::signal::ctrl_c().await;
    }
}

/// Ends when the process is told to stop.
#[cfg(not(unix))]
async fn stopped() {
    let _ = tokio::signal::ctrl_c().await;
}
