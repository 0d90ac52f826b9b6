//! The three things that a host may ask for.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, Extension, State};
use axum::http::HeaderValue;
use axum::http::header::{CONNECTION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::{Router, post};
use hospital::Command;
use hospital::decide::Refusal;
use hospital::fact::night::{CertificateIssued, Heard, HeardItem};
use model::{AssetTag, Time};
use node::CommandError;
use wire::limit::ORDERS_PER_ANSWER_MAX;
use wire::{CheckIn, CheckInAnswer, Enrol, Enrolled, Item, Message, Numbered, ProbeList, Renew, Renewed};

use crate::certificates::{Issued, Peer};
use crate::hearing::ACTOR;
use crate::limits::REQUEST_MAX_SECONDS;
use crate::{Gateway, Problem, token};

/// Whom TLS has found at the other end.
#[derive(Clone)]
pub(crate) struct Shown(pub(crate) Option<Peer>);

pub(crate) fn router(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route(wire::PATH_ENROL, post(enrol))
        .route(wire::PATH_RENEW, post(renew))
        .route(wire::PATH_CHECK_IN, post(check_in))
        .with_state(gateway)
}

/// Reads a message, however it arrives, in time and within its limits.
async fn read<M: Message>(body: Body) -> Result<(M, usize), Problem> {
    let whole = axum::body::to_bytes(body, M::MAX_BYTES);
    let bytes = match tokio::time::timeout(Duration::from_secs(REQUEST_MAX_SECONDS), whole).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(cause)) => {
            let source = std::error::Error::source(&cause);
            let too_long = source.is_some_and(|cause| cause.is::<http_body_util::LengthLimitError>());
            return Err(if too_long {
                Problem::Unfit(wire::Unfit::TooLong {
                    what: M::WHAT,
                    is: M::MAX_BYTES + 1,
                    max: M::MAX_BYTES,
                })
            } else {
                Problem::Broken
            });
        }
        Err(_) => return Err(Problem::Broken),
    };
    Ok((wire::read(&bytes)?, bytes.len()))
}

fn answer<M: Message>(message: &M) -> Result<Response, Problem> {
    let bytes = wire::write(message)?;
    Ok(([(CONTENT_TYPE, "application/json")], bytes).into_response())
}

async fn enrol(
    State(gateway): State<Arc<Gateway>>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    body: Body,
) -> Result<Response, Problem> {
    if !gateway.strangers.take(&from.ip(), gateway.now()) {
        return Err(Problem::TooOften);
    }
    let (asked, _) = read::<Enrol>(body).await?;
    let sha256: Box<str> = token::hash(&asked.token).into();
    let now = gateway.now();
    let offered = || gateway.node.read(|state| state.night().token_is_for(&sha256, now).cloned());
    let host = match offered() {
        Some(host) => Some(host),
        // Another process may have offered it this very moment: who refuses must have read all that there is.
        None => {
            gateway.node.catch_up().await.map_err(|_| Problem::Unavailable)?;
            offered()
        }
    };
    let host = host.ok_or_else(|| {
        let says = "this token is of no open offer: it was used, it has expired, or there never was one";
        Problem::NotAdmitted(says.to_owned())
    })?;
    let issued = gateway.issue(&host, &asked.csr_pem, Some(sha256)).await?;
    tracing::info!(%host, address = %from.ip(), "a host has enrolled");
    answer(&Enrolled {
        host,
        certificate_pem: issued.pem.into(),
        ca_pem: gateway.keys.authority.pem().into(),
        signing_key: gateway.keys.orders_key(),
        check_in_seconds: gateway.settings.check_in_seconds,
    })
}

async fn renew(
    State(gateway): State<Arc<Gateway>>,
    Extension(shown): Extension<Shown>,
    body: Body,
) -> Result<Response, Problem> {
    let peer = gateway.admitted(shown)?;
    let (asked, _) = read::<Renew>(body).await?;
    let issued = gateway.issue(&peer.host, &asked.csr_pem, None).await?;
    answer(&Renewed { certificate_pem: issued.pem.into(), ca_pem: gateway.keys.authority.pem().into() })
}

async fn check_in(
    State(gateway): State<Arc<Gateway>>,
    Extension(shown): Extension<Shown>,
    body: Body,
) -> Result<Response, Problem> {
    let peer = gateway.admitted(shown)?;
    let (check_in, bytes) = read::<CheckIn>(body).await?;
    // More hosts than connections: each gets its answer and leaves its place to the next, and none is shut out.
    let crowded = gateway.is_crowded();
    let wait = if crowded { 0 } else { check_in.wait_seconds };
    let answered = gateway.answer_check_in(&peer, check_in, bytes, Duration::from_secs(wait.into())).await?;
    let mut answered = answer(&answered)?;
    if crowded {
        answered.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(answered)
}

/// How far a host is.
#[derive(Clone, Copy)]
struct Seen {
    orders: u64,
    probes: u64,
}

impl Seen {
    fn of(check_in: &CheckIn) -> Seen {
        Seen { orders: check_in.order_seen, probes: check_in.probes_seen }
    }
}

/// What a host delivered, on our clock, in runs of numbers without a gap.
fn to_heard(host: &AssetTag, numbered: Vec<Numbered>, agent_now: Time, now: Time) -> Vec<Heard> {
    let mut runs: Vec<Heard> = Vec::new();
    for mut one in numbered {
        one.to_server_clock(agent_now, now);
        let item = match one.item {
            Item::Report(report) => HeardItem::Report(report),
            Item::Order(event) => HeardItem::Order(event),
        };
        match runs.last_mut() {
            Some(run) if run.number.checked_add(1) == Some(one.number) => {
                run.number = one.number;
                run.items.push(item);
            }
            Some(_) | None => runs.push(Heard { host: host.clone(), number: one.number, items: vec![item] }),
        }
    }
    runs
}

impl Gateway {
    /// A check-in that comes without a connection: from a host inside this very process, which whoever calls knows to be `host`
    /// with the certificate of this serial number. The same bytes in and out, the same admission, the same way into the journal.
    /// It is answered at once; beside the answer whether a host that waits would have been answered now.
    ///
    /// # Errors
    /// The host may not speak, the message is unfit, or the journal does not take it.
    pub async fn hear(
        &self,
        host: &AssetTag,
        serial: &str,
        bytes: &[u8],
    ) -> Result<(Vec<u8>, bool), Problem> {
        let peer = Peer { host: host.clone(), serial: serial.into() };
        self.still_admitted(&peer)?;
        let check_in: CheckIn = wire::read(bytes)?;
        let seen = Seen::of(&check_in);
        let delivers = self.take_in(&peer, check_in, bytes.len()).await?;
        let (answered, is_news) = self.look(&peer, seen)?;
        Ok((wire::write(&answered)?, is_news || delivers))
    }

    /// Records what a check-in delivers; when that is nothing, waits so long for something to tell the host.
    async fn answer_check_in(
        &self,
        peer: &Peer,
        check_in: CheckIn,
        bytes: usize,
        wait: Duration,
    ) -> Result<CheckInAnswer, Problem> {
        let seen = Seen::of(&check_in);
        let delivers = self.take_in(peer, check_in, bytes).await?;
        let until = tokio::time::Instant::now() + wait;
        loop {
            // Listen before looking: what comes between the two is not missed.
            let news = self.waiting.listen(&peer.host);
            let mut told = std::pin::pin!(news.notified());
            told.as_mut().enable();
            let (answered, is_news) = self.look(peer, seen)?;
            if is_news || delivers || tokio::time::timeout_at(until, told).await.is_err() {
                return Ok(answered);
            }
            self.still_admitted(peer)?;
        }
    }

    /// Records what a check-in delivers, if it delivers anything.
    async fn take_in(&self, peer: &Peer, check_in: CheckIn, bytes: usize) -> Result<bool, Problem> {
        if check_in.numbered.is_empty() {
            return Ok(false);
        }
        let heard = to_heard(&peer.host, check_in.numbered, check_in.agent_now, self.now());
        if self.hearing.deliver(heard, bytes).await { Ok(true) } else { Err(Problem::Unavailable) }
    }

    /// The host at the other end, if it may speak, and not too often.
    fn admitted(&self, shown: Shown) -> Result<Peer, Problem> {
        let peer = shown.0.ok_or(Problem::NoCertificate)?;
        self.still_admitted(&peer)?;
        if !self.hosts.take(&peer.host, self.now()) {
            return Err(Problem::TooOften);
        }
        Ok(peer)
    }

    fn still_admitted(&self, peer: &Peer) -> Result<(), Problem> {
        let now = self.now();
        let admitted = self.node.read(|state| state.night().admits(&peer.host, &peer.serial, now));
        admitted.map_err(|not| Problem::NotAdmitted(not.to_string()))
    }

    /// Makes a certificate, and hands it out only once it is recorded.
    async fn issue(
        &self,
        host: &AssetTag,
        request_pem: &str,
        token_sha256: Option<Box<str>>,
    ) -> Result<Issued, Problem> {
        let now = self.now();
        let issued = self.keys.authority.issue(host, request_pem, rand::random(), now);
        let issued = issued.map_err(|cause| Problem::NotAdmitted(cause.to_string()))?;
        let command = Command::IssueCertificate(CertificateIssued {
            host: host.clone(),
            key_sha256: issued.key_sha256.as_str().into(),
            serial: issued.serial.as_str().into(),
            expires: issued.expires,
            token_sha256,
        });
        match self.node.command(command, ACTOR, now).await {
            Ok(_) => Ok(issued),
            Err(CommandError::Refused(refusal)) => Err(refused(&refusal)),
            Err(cause) => {
                tracing::warn!(%cause, %host, "a certificate was not recorded");
                Err(Problem::Unavailable)
            }
        }
    }

    /// What there is for a host now, and whether it is worth an answer at once.
    fn look(&self, peer: &Peer, seen: Seen) -> Result<(CheckInAnswer, bool), Problem> {
        let now = self.now();
        let host = &peer.host;
        let (acked, want_full, orders, probes) = self.node.read(|state| {
            let night = state.night();
            let view = night.host(host);
            let mut orders: Vec<model::order::Order> =
                night.orders_due(host, seen.orders, now).into_iter().cloned().collect();
            orders.truncate(ORDERS_PER_ANSWER_MAX);
            let revision = night.probes_revision();
            let probes = (revision != seen.probes).then(|| ProbeList {
                host: host.clone(),
                revision,
                probes: night.probes_of(host).cloned().collect(),
            });
            (view.map_or(0, |view| view.number()), view.is_none_or(|view| view.wants_full()), orders, probes)
        });
        let sign = |cause: wire::Unfit| {
            tracing::error!(%cause, %host, "what is for a host is beyond the limits");
            Problem::from(cause)
        };
        let orders: Result<Vec<_>, _> = orders.iter().map(|order| self.keys.orders.sign(order)).collect();
        let probes = probes.map(|list| self.keys.orders.sign(&list)).transpose();
        let answer = CheckInAnswer {
            server_now: now,
            acked,
            want_full,
            orders: orders.map_err(sign)?,
            probes: probes.map_err(sign)?,
            check_in_seconds: self.settings.check_in_seconds,
        };
        let is_news = want_full || !answer.orders.is_empty() || answer.probes.is_some();
        Ok((answer, is_news))
    }
}

fn refused(refusal: &Refusal) -> Problem {
    Problem::NotAdmitted(refusal.to_string())
}
