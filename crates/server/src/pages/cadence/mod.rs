//! `/cadence`: what patching half-yearly, quarterly, every two months, monthly or as patches come would cost the wards (R16–R18), on
//! assumptions that stand on the page and can be changed there.

mod form;
mod picture;
mod view;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use hospital::State;
use model::AssetTag;
use planning::cadence::{Assumptions, Cadence, Host, study, takes_too_long};

use self::form::Typed;
use self::picture::Picture;
use self::view::{CadenceRow, rows, sentences};
use crate::Routes;
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::parts::{Empty, Field};

/// The same assumptions give the same answer, whoever asks and when.
const SEED: u64 = 1;

#[derive(Template)]
#[template(path = "pages/cadence.html")]
struct CadencePage {
    shell: Shell,
    empty: Option<Empty>,
    basis: Vec<String>,
    cadence: Field,
    lines: Vec<Field>,
    study: Option<Study>,
}

/// What was played.
struct Study {
    rows: Vec<CadenceRow>,
    sentences: Vec<String>,
    picture: Picture,
    caption: String,
}

pub(super) fn routes() -> Routes {
    Routes::new().get("/cadence", show)
}

async fn show(ctx: Ctx, Query(typed): Query<BTreeMap<String, String>>) -> Result<Response, Problem> {
    let w = ctx.w;
    let (hosts, nights) = ctx.app.domain.node.read(|state| (hosts(state), ctx.app.forecasts.nights(state)));
    let learnt = Assumptions::learnt(nights.all());
    let typed = Typed::read(w, &typed, learnt);
    let shell = ctx.shell(w.cadence_title()).crumb("/plans", w.plans_title());
    let empty = hosts.is_empty().then(|| Empty {
        w,
        text: w.cadence_empty().to_owned(),
        href: "/hospital".to_owned(),
        step: w.cadence_empty_step().to_owned(),
    });
    let too_long = typed.asked.is_some_and(|(of, _)| takes_too_long(hosts.len(), &of));
    let mut basis = vec![w.cadence_basis(
        hosts.len() as u64,
        &w.number(hosts.iter().filter(|host| !host.darkens.is_empty()).count() as u64),
    )];
    basis.extend(too_long.then(|| w.cadence_too_long().to_owned()));
    basis.extend(form::origins(w, &learnt));
    let study = match typed.asked {
        Some((of, in_use)) if !hosts.is_empty() && !too_long => Some(played(&ctx, hosts, of, in_use).await?),
        Some(_) | None => None,
    };
    let (cadence, lines) = (typed.cadence, typed.lines);
    Ok(ctx.page(CadencePage { shell, empty, basis, cadence, lines, study }).into_response())
}

async fn played(ctx: &Ctx, hosts: Vec<Host>, of: Assumptions, in_use: Cadence) -> Result<Study, Problem> {
    let w = ctx.w;
    // A second of work: not on a thread that answers others.
    let outcomes = tokio::task::spawn_blocking(move || study(&hosts, &of, in_use, SEED));
    let outcomes = outcomes.await.map_err(Problem::internal)?;
    let replays = outcomes.first().map_or(0, |outcome| outcome.replays);
    Ok(Study {
        rows: rows(w, &outcomes, in_use),
        sentences: sentences(w, &outcomes, in_use),
        picture: picture::draw(w, &outcomes, in_use),
        caption: w.cadence_caption(u64::from(of.years), &w.number(replays)),
    })
}

/// Every host that carries a service or stands at a bed, with the units that go dark while it is away.
fn hosts(state: &State) -> Vec<Host> {
    let places = state.places();
    let tags = state.register().iter().filter_map(|device| AssetTag::new(device.asset_tag()).ok());
    let bedside: Vec<_> = tags.filter_map(|tag| state.bedside(&tag)).collect();
    let mut numbers = BTreeMap::new();
    let mut darkens: BTreeMap<&AssetTag, Vec<u32>> = BTreeMap::new();
    for service in places.services.values().chain(&bedside) {
        let has_spare = service.redundancy.carriers.len() > usize::from(service.redundancy.needed);
        let units = if has_spare { Vec::new() } else { places.units_of(service) };
        for carrier in &service.redundancy.carriers {
            let dark = darkens.entry(carrier).or_default();
            for unit in &units {
                let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                dark.push(*numbers.entry(&unit.id).or_insert(next));
            }
        }
    }
    let enrolled = |tag: &AssetTag| {
        let view = state.night().host(tag);
        view.is_some_and(|view| view.enrolled().is_some() && view.revoked().is_none())
    };
    darkens
        .into_iter()
        .map(|(tag, mut darkens)| {
            darkens.sort_unstable();
            darkens.dedup();
            Host { darkens, by_hand: !enrolled(tag) }
        })
        .collect()
}
