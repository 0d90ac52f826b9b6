//! `/archive`: may the hospital go over from one image archive to the other, what is missing, and going over step by step (R56–R60).
//!
//! `list` (every pair), `gate` (one pair), `pdf` (the same to be filed), `exams` (what is missing), `doubts` (what is listed and not believed), `picture` (the last day), `failover` (going over), `acts` (compare, send, probe), `binding` (what is
//! recorded in somebody's name), `places` (which tell their own probes, and which are probed no more), `told` (probes that other computers tell), `refuse` (refusals in the reader's words), `say` (reasons in the reader's words), `slow` (what was changed before B became slow),
//! `standing` (one line for the start page).

mod acts;
pub(crate) mod api;
mod binding;
mod doubts;
mod exams;
mod failover;
mod gate;
mod list;
mod pdf;
mod picture;
mod places;
pub(crate) mod refuse;
mod say;
pub(crate) mod slow;
pub(crate) mod standing;
pub(crate) mod told;

use archive::gate::GateRules;
use hospital::State;
use hospital::archives::Pair;
use model::ids::PairId;

use crate::Routes;
use crate::archives::PairAsked;
use crate::http::Problem;
use crate::page::Ctx;
use crate::pages::devices::segment;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/archive", list::show)
        .get("/archive/{pair}", gate::show)
        .get("/archive/{pair}/gate.pdf", pdf::show)
        .get("/archive/{pair}/document", gate::document)
        .post("/archive/{pair}/compare", acts::compare)
        .post("/archive/{pair}/probe", acts::probe)
        .post("/archive/{pair}/stop", acts::stop)
        .get("/archive/{pair}/send", acts::ask_send)
        .post("/archive/{pair}/send", acts::send)
        .get("/archive/{pair}/look", binding::ask_look)
        .post("/archive/{pair}/look", binding::look)
        .get("/archive/{pair}/baseline", binding::ask_baseline)
        .post("/archive/{pair}/baseline", binding::baseline)
        .get("/archive/{pair}/admit", places::ask_admit)
        .post("/archive/{pair}/admit", places::admit)
        .get("/archive/{pair}/place", places::ask_retire)
        .post("/archive/{pair}/place", places::retire)
        .get("/archive/{pair}/go", failover::ask_go)
        .post("/archive/{pair}/go", failover::go)
        .get("/archive/{pair}/step", failover::ask_step)
        .post("/archive/{pair}/step", failover::step)
        .get("/archive/{pair}/report", failover::ask_report)
        .post("/archive/{pair}/report", failover::report)
        .get("/archive/{pair}/end", failover::ask_end)
        .post("/archive/{pair}/end", failover::end)
}

/// By which rules the gate decides.
const RULES: fn() -> GateRules = GateRules::default;

fn read(id: &str) -> Result<PairId, Problem> {
    PairId::new(id).map_err(|_| Problem::NotFound)
}

pub(crate) fn href(pair: &PairId) -> String {
    format!("/archive/{}", segment(pair.as_str()))
}

/// The pair as the configuration has it; `None` when it names it no more.
fn asked(ctx: &Ctx, id: &PairId) -> Option<PairAsked> {
    ctx.app.domain.archives.pairs().into_iter().find(|pair| pair.id == *id)
}

/// What is recorded of a pair, and its archives' names. A pair of the configuration of which nothing is recorded is an empty one.
fn known(ctx: &Ctx, state: &State, id: &PairId) -> Result<Pair, Problem> {
    let asked = asked(ctx, id);
    let recorded = state.archives().pair(id).cloned();
    if recorded.is_none() && asked.is_none() {
        return Err(Problem::NotFound);
    }
    let mut pair = recorded.unwrap_or_default();
    if let Some(asked) = asked.filter(|_| pair.a.is_empty()) {
        (pair.a, pair.b) = (asked.a, asked.b);
    }
    Ok(pair)
}
