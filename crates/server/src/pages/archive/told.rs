//! `POST /api/v1/archives/{pair}/probes`: what a workstation or another site measured (R48, R53), told by the place itself or by an engineer; and
//! `POST /api/v1/archives/{pair}/places/retired`: a place that is probed no more.

use std::time::Duration;

use archive::Side;
use archive::gate::FirstImage;
use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use hospital::archives::fact::{PairProbed, PlaceRetired, Took};
use hospital::archives::{ArchiveCommand, Pair};
use hospital::{Command, Refusal};
use model::Time;
use model::ids::PairId;
use model::people::Role;
use node::CommandError;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use utoipa::ToSchema;

use super::{asked, known, read, refuse};
use crate::api::ProblemJson;
use crate::front::Token;
use crate::http::{Problem, REQUEST_TIME_MAX_SECONDS};
use crate::page::Ctx;

/// Largest body that tells of a probe or a place.
const TOLD_MAX_BYTES: usize = 16 * 1024;
/// A workstation's clock may be so far ahead of ours; what it told is then as of now. One that is behind makes its probes older, which is never greener.
const CLOCK_AHEAD_MAX_SECONDS: i64 = 120;

/// How fast an archive gave images at a place, as `segue probe archive` measures it. Milliseconds are rounded up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProbeTold {
    /// The archive, as the configuration names it. Its name and not its side: after a failover the sides change, and whoever probes it need not know.
    archive: String,
    /// The workstation or the site.
    place: String,
    /// From opening an examination to its first image.
    first_image: FirstImageTold,
    /// Searching the list of a day.
    search: Option<StepTold>,
    /// Each further image.
    scroll: Option<StepTold>,
    /// From opening a prior of the same patient to its first image.
    prior: Option<StepTold>,
}

/// The first images.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FirstImageTold {
    /// The median; 0 where no image came.
    p50_milliseconds: u64,
    /// The 95th percentile; 0 where no image came.
    p95_milliseconds: u64,
    /// Examinations of which an image came.
    probes: u32,
    /// Examinations of which none came.
    failed: u32,
    /// When the last of them was opened, in microseconds since 1970.
    at: i64,
}

/// Another step.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StepTold {
    /// The median.
    p50_milliseconds: u64,
    /// The 95th percentile.
    p95_milliseconds: u64,
    /// How often it was done.
    times: u32,
}

impl StepTold {
    fn took(&self) -> Took {
        let (p50_milliseconds, p95_milliseconds) = (self.p50_milliseconds, self.p95_milliseconds);
        Took { p50_milliseconds, p95_milliseconds, times: self.times }
    }
}

/// What was recorded.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProbeKept {
    /// The pair.
    pair: String,
    /// Which of the two: `a`, the one in use, or `b`.
    #[schema(value_type = String)]
    side: Side,
    /// The place.
    place: String,
    /// As of when, in microseconds since 1970.
    at: i64,
    /// How fast the first image may come there (95th percentile); `null` where nobody has said so yet, and then the gate stays closed.
    allowed_p95_milliseconds: Option<u64>,
}

/// A place that is probed no more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlaceTold {
    /// The workstation or the site, as its probes name it.
    place: String,
    /// Why it is probed no more.
    because: String,
}

/// Who tells.
enum Teller {
    /// A place, of itself alone.
    Place(String),
    /// A person.
    Person(String),
}

/// Whose secret stands in `Authorization`, or who is signed in.
fn teller(ctx: &Ctx, id: &PairId, headers: &HeaderMap) -> Result<Teller, Problem> {
    let Some(given) = headers.get(header::AUTHORIZATION) else {
        return Ok(Teller::Person(ctx.require(Role::Engineer)?.name.to_string()));
    };
    let given = given.to_str().ok().and_then(|text| text.strip_prefix("Bearer "));
    let token = given.and_then(|text| Token::parse(text.trim())).ok_or(Problem::SignedOut)?;
    let digest = hex::encode(token.digest().0);
    let place =
        ctx.app.domain.node.read(|state| {
            state.archives().pair(id).and_then(|pair| pair.place_of(&digest).map(str::to_owned))
        });
    place.map(Teller::Place).ok_or(Problem::SignedOut)
}

/// Which archive of the pair has this name: as the configuration has it, else as it was recorded.
fn side_of(ctx: &Ctx, id: &PairId, pair: &Pair, archive: &str) -> Result<Side, Problem> {
    let (a, b) = match asked(ctx, id) {
        Some(asked) => (asked.a, asked.b),
        None => (pair.a.clone(), pair.b.clone()),
    };
    match archive {
        name if *name == *a => Ok(Side::A),
        name if *name == *b => Ok(Side::B),
        other => Err(Problem::Refused(format!("{}.", ctx.w.archive_place_archive(other, &a, &b)))),
    }
}

/// Reads a body within limits of size and time; what is wrong with it is told as a sentence.
async fn heard<T: DeserializeOwned>(body: Body) -> Result<T, Problem> {
    let reading = to_bytes(body, TOLD_MAX_BYTES);
    let bytes = match timeout(Duration::from_secs(REQUEST_TIME_MAX_SECONDS), reading).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(_)) => return Err(Problem::TooLarge),
        Err(_) => return Err(Problem::Timeout),
    };
    serde_json::from_slice(&bytes).map_err(|error| Problem::Bad(format!("{error}.")))
}

/// Carries a command in the name of a place or a person.
async fn carried(ctx: &Ctx, command: ArchiveCommand, by: &str) -> Result<(), Problem> {
    match ctx.app.domain.node.command(Command::Archive(command), by, ctx.now).await {
        Ok(_) => Ok(()),
        Err(CommandError::Refused(Refusal::Archive(refusal))) => {
            Err(Problem::Refused(format!("{}.", refuse::says(ctx.w, &refusal))))
        }
        Err(CommandError::Refused(other)) => Err(Problem::Refused(format!("{other}."))),
        Err(other) => Err(Problem::internal(other)),
    }
}

/// `at`, where a clock that is a little ahead would make it a time that has not come.
fn not_ahead(at: Time, now: Time) -> Time {
    if at.seconds_since(now) <= CLOCK_AHEAD_MAX_SECONDS { at.min(now) } else { at }
}

/// Records how fast an archive gave images at a workstation or a site. The place tells it with its own secret (`Authorization: Bearer …`), of itself alone; an engineer may
/// tell of any. Who told is in the journal.
#[utoipa::path(
    post, path = "/api/v1/archives/{pair}/probes",
    security(("place" = []), ("session" = [])),
    params(("pair" = String, Path)),
    request_body = ProbeTold,
    responses(
        (status = 200, description = "Recorded", body = ProbeKept),
        (status = 400, description = "Not to be read; the sentence says where", body = ProblemJson, content_type = "application/problem+json"),
        (status = 401, description = "No session, and no secret of a place of this pair", body = ProblemJson, content_type = "application/problem+json"),
        (status = 403, description = "Without a secret: not an engineer, or no form token", body = ProblemJson, content_type = "application/problem+json"),
        (status = 404, description = "No such pair", body = ProblemJson, content_type = "application/problem+json"),
        (status = 413, description = "More than 16 KiB", body = ProblemJson, content_type = "application/problem+json"),
        (status = 422, description = "Refused; the sentence says why", body = ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn probed(
    ctx: Ctx,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<ProbeKept>, Problem> {
    let id = read(&id)?;
    let teller = teller(&ctx, &id, &headers)?;
    let pair = ctx.app.domain.node.read(|state| known(&ctx, state, &id))?;
    let told: ProbeTold = heard(body).await?;
    let by = match teller {
        Teller::Place(place) if place == told.place => format!("place:{place}"),
        Teller::Place(place) => {
            return Err(Problem::Refused(format!("{}.", ctx.w.archive_place_other(&place))));
        }
        Teller::Person(name) => name,
    };
    let side = side_of(&ctx, &id, &pair, &told.archive)?;
    let at = not_ahead(Time(told.first_image.at), ctx.now);
    let allowed = pair.baseline(side, &told.place).map(|(_, set)| set.p95_max_milliseconds);
    let kept = ProbeKept {
        pair: id.to_string(),
        side,
        place: told.place.clone(),
        at: at.0,
        allowed_p95_milliseconds: allowed,
    };
    let probed = PairProbed {
        pair: id,
        side,
        place: told.place.into(),
        first_image: FirstImage {
            p50_milliseconds: told.first_image.p50_milliseconds,
            p95_milliseconds: told.first_image.p95_milliseconds,
            probes: told.first_image.probes,
            failed: told.first_image.failed,
            at,
        },
        search: told.search.as_ref().map(StepTold::took),
        scroll: told.scroll.as_ref().map(StepTold::took),
        prior: told.prior.as_ref().map(StepTold::took),
    };
    carried(&ctx, ArchiveCommand::Probed(probed), &by).await?;
    Ok(Json(kept))
}

/// Retires a place that is probed no more: what was measured there counts no longer, at either archive.
#[utoipa::path(
    post, path = "/api/v1/archives/{pair}/places/retired",
    params(("pair" = String, Path)),
    request_body = PlaceTold,
    responses(
        (status = 204, description = "Recorded"),
        (status = 400, description = "Not to be read; the sentence says where", body = ProblemJson, content_type = "application/problem+json"),
        (status = 401, description = "No session", body = ProblemJson, content_type = "application/problem+json"),
        (status = 403, description = "Not an engineer, or no form token", body = ProblemJson, content_type = "application/problem+json"),
        (status = 404, description = "No such pair", body = ProblemJson, content_type = "application/problem+json"),
        (status = 413, description = "More than 16 KiB", body = ProblemJson, content_type = "application/problem+json"),
        (status = 422, description = "Refused; the sentence says why", body = ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn retired(ctx: Ctx, Path(id): Path<String>, body: Body) -> Result<StatusCode, Problem> {
    let by = ctx.require(Role::Engineer)?.name.clone();
    let id = read(&id)?;
    ctx.app.domain.node.read(|state| known(&ctx, state, &id))?;
    let told: PlaceTold = heard(body).await?;
    let retired = PlaceRetired { pair: id, place: told.place.into(), because: told.because.into() };
    let name = by.to_string();
    carried(&ctx, ArchiveCommand::RetirePlace { retired, by }, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_a_little_ahead_tells_of_now_and_one_far_ahead_is_left_to_be_refused() {
        let now = Time(1_800_000_000_000_000);
        assert_eq!(not_ahead(now.plus_seconds(CLOCK_AHEAD_MAX_SECONDS), now), now);
        let far = now.plus_seconds(CLOCK_AHEAD_MAX_SECONDS + 1);
        assert_eq!(not_ahead(far, now), far);
        let behind = now.plus_seconds(-3_600);
        assert_eq!(not_ahead(behind, now), behind, "a clock that is behind never makes a probe younger");
    }
}
