//! `GET /events`: one bounded stream per open page. It ends when the session ends, or the server.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::{HeaderName, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::Change;
use crate::http::Problem;
use crate::http::metrics::Metrics;
use crate::page::Ctx;
use crate::{AppState, Routes};

/// How often a silent stream says that it is alive, and looks whether its session still is.
pub const HEARTBEAT_SECONDS: u64 = 15;
/// Most streams open at once in one process.
pub const STREAMS_MAX: usize = 4_000;

static OPEN: AtomicUsize = AtomicUsize::new(0);

/// `/events`.
pub(crate) fn routes() -> Routes {
    Routes::new().stream("/events", events)
}

/// Counts a stream for as long as it lives, however it ends.
struct Counted(Arc<Metrics>);

impl Counted {
    fn new(metrics: &Arc<Metrics>) -> Option<Counted> {
        if OPEN.fetch_add(1, Ordering::SeqCst) >= STREAMS_MAX {
            OPEN.fetch_sub(1, Ordering::SeqCst);
            return None;
        }
        metrics.streams(1);
        Some(Counted(Arc::clone(metrics)))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        OPEN.fetch_sub(1, Ordering::SeqCst);
        self.0.streams(-1);
    }
}

struct Listening {
    app: AppState,
    session: crate::front::TokenDigest,
    changes: Receiver<Change>,
    closing: watch::Receiver<bool>,
    beat: Interval,
    waiting: Vec<Change>,
    greeted: bool,
    _counted: Counted,
}

fn event_of(change: Change) -> Event {
    let data = serde_json::json!({ "topic": change.topic.name(), "version": change.version });
    Event::default().event("change").data(data.to_string())
}

async fn events(ctx: Ctx) -> Result<Response, Problem> {
    let session = ctx.person()?.session;
    let app = ctx.app.clone();
    let Some(counted) = Counted::new(&app.metrics) else {
        return Err(Problem::Busy(ctx.w.live_off().to_owned()));
    };
    // Listen first, then read the versions: a change in between arrives twice rather than never.
    let changes = app.live.listen();
    let mut waiting = app.live.versions();
    waiting.reverse();
    let mut beat = interval(Duration::from_secs(HEARTBEAT_SECONDS));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beat.reset();
    let closing = app.closing.subscribe();
    let listening =
        Listening { app, session, changes, closing, beat, waiting, greeted: false, _counted: counted };
    let stream = stream::unfold(listening, |mut listening| async move {
        let event = listening.next().await?;
        Some((Ok::<Event, Infallible>(event), listening))
    });
    let headers = [(header::CACHE_CONTROL, "no-store"), (HeaderName::from_static("x-accel-buffering"), "no")];
    Ok((headers, Sse::new(stream)).into_response())
}

impl Listening {
    /// The next event, or `None` when the stream ends.
    async fn next(&mut self) -> Option<Event> {
        if let Some(change) = self.waiting.pop() {
            return Some(event_of(change));
        }
        if !std::mem::replace(&mut self.greeted, true) {
            return Some(self.beat_event());
        }
        if *self.closing.borrow_and_update() {
            return None;
        }
        tokio::select! {
            _ = self.closing.changed() => None,
            _ = self.beat.tick() => {
                self.session_lives().await.then(|| self.beat_event())
            }
            change = self.changes.recv() => match change {
                Ok(change) => Some(event_of(change)),
                Err(RecvError::Lagged(_)) => {
                    self.waiting = self.app.live.versions();
                    self.waiting.pop().map(event_of)
                }
                Err(RecvError::Closed) => None,
            },
        }
    }

    /// Says that the stream lives, and what time it is here: what a page shows when the connection is lost.
    fn beat_event(&self) -> Event {
        let w = crate::words::Words::of(self.app.settings.language);
        let now = self.app.clock.now();
        let clock = crate::clock::Local { w, zone: self.app.zone.clone(), now }.clock_seconds(now);
        Event::default().event("beat").data(serde_json::json!({ "clock": clock }).to_string())
    }

    async fn session_lives(&self) -> bool {
        let now = self.app.clock.now();
        matches!(self.app.accounts.session_of(&self.session).await, Ok(Some(session)) if !session.expired(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::Topic;

    #[test]
    fn an_event_names_topic_and_version_and_nothing_else() {
        let event = format!("{:?}", event_of(Change { topic: Topic::Devices, version: 3 }));
        assert!(event.contains("devices") && event.contains('3'));
    }
}
