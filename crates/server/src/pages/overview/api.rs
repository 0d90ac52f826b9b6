//! `GET /api/v1/overview`: the start page's numbers for programs.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::night::NightNeeds;
use super::view::{age_max_days, is_stale};
use crate::api::ProblemJson;
use crate::http::Problem;
use crate::page::Ctx;
use crate::pages::archive::standing::standings;
use crate::pages::devices::today;

/// What needs somebody now. Every number is a whole count.
#[derive(Serialize, ToSchema)]
pub(crate) struct OverviewJson {
    /// Devices in the register.
    devices: u64,
    /// Advisories in the library.
    advisories: u64,
    /// Devices by support; the three add up to `devices`.
    support: SupportJson,
    /// Pairs of device and vulnerability by the worst verdict that any advisory gives.
    pairs: PairsJson,
    /// Undecided pairs by the one gap each is counted under, most first.
    undecided_by_gap: Vec<GapJson>,
    /// Undecided pairs for which no gap is named.
    undecided_without_gap: u64,
    /// Open questions about names.
    questions: u64,
    /// Undecided pairs that wait for an answer about names.
    pairs_waiting_for_names: u64,
    /// Devices on which at least one exploited vulnerability is open.
    devices_open_to_exploited: u64,
    /// Exploited and open, most urgent first.
    exploited: Vec<ExploitedJson>,
    /// Advisories whose newest revision came in the last 7 days.
    advisories_new: u64,
    /// Those of them that speak of a device in the register.
    advisories_new_ours: u64,
    /// Devices that no advisory names: nothing is known of them, which is not the same as safe.
    devices_unmatched: u64,
    /// Devices whose maker is not recorded.
    devices_without_maker: u64,
    /// Devices whose software version is not recorded.
    devices_without_version: u64,
    /// What patch nights ask of people.
    night: NightJson,
    /// Pairs of image archives by name.
    archives: Vec<ArchivePairJson>,
    /// Where it all comes from.
    sources: Vec<SourceJson>,
}

/// What patch nights ask of people.
#[derive(Serialize, ToSchema)]
pub(crate) struct NightJson {
    /// Answers of units that open plans wait for.
    sign_offs_missing: u64,
    /// Further outages that somebody has not agreed to.
    outages_asked: u64,
    /// Hosts of nights that are not over that were begun and are not proven.
    hosts_not_proven: u64,
    /// Devices worked on by hand that a person must check again.
    checks_due: u64,
    incidents_open: u64,
}

/// What the gate before a failover says of a pair of image archives.
#[derive(Serialize, ToSchema)]
pub(crate) struct ArchivePairJson {
    pair: String,
    /// May the hospital go over now? Never without a proof.
    go: bool,
    /// The first reason against; absent where there is none.
    against_first: Option<String>,
    /// How many more reasons there are.
    against_more: u64,
    /// The cut of the proof, RFC 3339, UTC; absent where the newest comparison proved nothing, or there is none.
    proof: Option<String>,
}

/// Devices by support.
#[derive(Serialize, ToSchema)]
pub(crate) struct SupportJson {
    supported: u64,
    unsupported: u64,
    unknown: u64,
}

/// Pairs by verdict.
#[derive(Serialize, ToSchema)]
pub(crate) struct PairsJson {
    affected: u64,
    undecided: u64,
    fixed: u64,
    not_affected: u64,
}

impl From<&hospital::matrix::Counts> for PairsJson {
    fn from(counts: &hospital::matrix::Counts) -> PairsJson {
        PairsJson {
            affected: counts.affected,
            undecided: counts.undecided,
            fixed: counts.fixed,
            not_affected: counts.not_affected,
        }
    }
}

/// Undecided pairs of one gap.
#[derive(Serialize, ToSchema)]
pub(crate) struct GapJson {
    gap: &'static str,
    pairs: u64,
}

/// An exploited vulnerability that is open.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExploitedJson {
    vulnerability: String,
    pairs: PairsJson,
    in_kev: bool,
    ransomware: bool,
}

/// When a source last spoke.
#[derive(Serialize, ToSchema)]
pub(crate) struct SourceJson {
    /// `advisories`, `inventory`, `kev`, `epss`, `vulnrichment`.
    source: &'static str,
    /// RFC 3339, UTC; absent when never imported.
    imported: Option<String>,
    /// Catalogue version or day of the scores.
    edition: Option<String>,
    /// Days after which it is stale.
    age_max_days: i64,
    /// Stale, or never imported.
    stale: bool,
}

/// What needs somebody now: counts, gaps, sources and their age.
#[utoipa::path(
    get,
    path = "/api/v1/overview",
    responses(
        (status = 200, description = "What needs somebody now", body = OverviewJson),
        (status = 401, description = "No session", body = ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn overview(ctx: Ctx) -> Result<Json<OverviewJson>, Problem> {
    let local = ctx.local();
    let today = today(&local);
    let (o, sources, night, archives) = ctx.app.domain.node.read(|state| {
        let overview = hospital::overview::overview(state, ctx.now, today);
        let (night, archives) = (NightNeeds::of(state, ctx.now), standings(&ctx, state)?);
        Ok::<_, Problem>((overview, hospital::overview::sources(state), night, archives))
    })?;
    Ok(Json(OverviewJson {
        devices: o.devices,
        advisories: o.advisories,
        support: SupportJson {
            supported: o.support.supported,
            unsupported: o.support.unsupported,
            unknown: o.support.unknown,
        },
        pairs: (&o.verdicts).into(),
        undecided_by_gap: o
            .gaps
            .iter()
            .map(|(gap, pairs)| GapJson { gap: gap.word(), pairs: *pairs })
            .collect(),
        undecided_without_gap: o.gaps_unnamed,
        questions: o.questions,
        pairs_waiting_for_names: o.waiting_for_names,
        devices_open_to_exploited: o.exploited_devices,
        exploited: o
            .exploited
            .iter()
            .map(|one| ExploitedJson {
                vulnerability: one.name.to_string(),
                pairs: (&one.counts).into(),
                in_kev: one.in_catalogue,
                ransomware: one.ransomware,
            })
            .collect(),
        advisories_new: o.new_advisories,
        advisories_new_ours: o.new_advisories_ours,
        devices_unmatched: o.unmatched,
        devices_without_maker: o.maker_missing,
        devices_without_version: o.version_missing,
        night: NightJson {
            sign_offs_missing: night.sign_offs,
            outages_asked: night.outages,
            hosts_not_proven: night.not_proven,
            checks_due: night.checks,
            incidents_open: night.incidents,
        },
        archives: archives
            .iter()
            .map(|one| ArchivePairJson {
                pair: one.pair.to_string(),
                go: one.is_go(),
                against_first: one.against.as_ref().map(|(_, english, _)| english.clone()),
                against_more: one.against.as_ref().map_or(0, |(.., more)| *more),
                proof: one.proof.map(|cut| local.machine(cut)),
            })
            .collect(),
        sources: sources
            .iter()
            .map(|source| SourceJson {
                source: source.kind.word(),
                imported: source.imported.map(|time| local.machine(time)),
                edition: source.edition.as_deref().map(str::to_owned),
                age_max_days: age_max_days(source.kind),
                stale: is_stale(source, ctx.now, today),
            })
            .collect(),
    }))
}
