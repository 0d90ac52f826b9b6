//! `/archive/{pair}`: go or no-go with exact counts, what is missing, how fast B is, and going over.

use archive::gate::{Against, Decision, WayOut};
use archive::kept::Kept;
use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use hospital::archives::{Comparison, Pair};
use journal::Hash;
use model::ids::PairId;
use model::people::Role;

use super::failover::FailoverView;
use super::places::{self, Silent};
use super::slow::{self, Slow};
use super::{RULES, asked, doubts, exams, failover, href, known, picture, read, say};
use crate::archives::{NotAsked, OfExam};
use crate::http::{Problem, chain};
use crate::page::{Ctx, Shell};
use crate::parts::timeline::Timeline;
use crate::parts::{Age, Banner, BannerKind, Cell, Column, Mark, Progress, Row, Status, Table};
use crate::work::Doing;

/// Most comparisons that the page lists.
const HISTORY_SHOWN_MAX: usize = 50;

/// The page; the same is filed as PDF.
#[derive(Template)]
#[template(path = "pages/archive.html")]
pub(super) struct GatePage {
    pub(super) shell: Shell,
    pub(super) lead: String,
    href: String,
    pub(super) gate: Status,
    pub(super) says: String,
    pub(super) held: String,
    pub(super) facts: Vec<String>,
    pub(super) age: Option<(&'static str, Age)>,
    pub(super) against: Vec<String>,
    pub(super) cautions: Vec<String>,
    acts: Acts,
    progress: Option<Progress>,
    notes: Vec<Banner>,
    wrong: Vec<(Banner, Vec<String>)>,
    pub(super) exams: Option<(Table, String)>,
    pub(super) doubts: Option<(Table, String)>,
    pub(super) sought: Option<Table>,
    has_document: bool,
    picture: Option<Timeline>,
    pub(super) speeds: Option<Table>,
    silent: Vec<Silent>,
    slow: Vec<Slow>,
    pub(super) ways: Vec<Way>,
    pub(super) failover: Option<FailoverView>,
    pub(super) history: Option<Table>,
}

/// What the reader may do here, and what there is to do.
#[derive(Clone, Copy, Debug, Default)]
struct Acts {
    /// Compare and probe.
    ask: bool,
    /// Have A send.
    send: bool,
    /// Look, allow.
    record: bool,
    /// Go over: the verb on the button.
    go: Option<&'static str>,
}

pub(super) struct Way {
    pub(super) name: &'static str,
    pub(super) status: Status,
    pub(super) remark: String,
    href: String,
}

/// What stands against going over, as one mark: what is known to be wrong before what is not known, and that before what is only too old.
pub(super) fn mark(decision: &Decision) -> Mark {
    let rank = |against: &Against| match against {
        Against::Differs(_)
        | Against::ExpectedMissing(_)
        | Against::Doubtful(_)
        | Against::NotOpening { .. } => (0, Mark::Broken),
        Against::NeverCompared
        | Against::NothingCompared
        | Against::Unproven(_)
        | Against::ExpectedUnread(_)
        | Against::ExpectedUntold { .. }
        | Against::ProofFromTheFuture => (1, Mark::Unknown),
        Against::Slow { .. } => (2, Mark::Stalled),
        Against::NeverProbed | Against::NotProbed { .. } | Against::NoBaseline { .. } => (3, Mark::Unknown),
        Against::ProofTooOld { .. } => (4, Mark::Stale),
    };
    decision.against.iter().map(rank).min_by_key(|(rank, _)| *rank).map_or(Mark::Proven, |(_, mark)| mark)
}

pub(super) async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Response, Problem> {
    let id = read(&id)?;
    let (pair, slow) = ctx.app.domain.node.read(|state| {
        let pair = known(&ctx, state, &id)?;
        let slow = slow::slow(&ctx, state, &pair);
        Ok::<_, Problem>((pair, slow))
    })?;
    Ok(ctx.page(page(&ctx, &id, &pair, slow)).into_response())
}

pub(super) fn page(ctx: &Ctx, id: &PairId, pair: &Pair, slow: Vec<Slow>) -> GatePage {
    let w = ctx.w;
    let decision = pair.decision(&RULES(), ctx.now);
    let asked = asked(ctx, id);
    let is_engineer = ctx.may(Role::Engineer);
    let doing = ctx.app.archive_desk.doing(id);
    let is_free = is_engineer && doing.is_none() && asked.is_some();
    let newest = pair.newest();
    let lacks =
        newest.is_some_and(|newest| exams::urgent_first(ctx, newest).iter().any(|one| one.exam.lacks > 0));
    let send =
        is_free && (lacks || !pair.doubts().is_empty()) && asked.as_ref().is_some_and(|asked| asked.sends);
    let may_begin = is_engineer && !pair.is_going_over() && !pair.is_over() && newest.is_some();
    let go = match (may_begin, decision.is_go()) {
        (true, true) => Some(w.archive_go_over()),
        (true, false) => Some(w.archive_override()),
        (false, _) => None,
    };
    let rules = RULES();
    let age = newest.map(|newest| match &newest.compared {
        Kept::Proven(_) => {
            (w.archive_proof_age(), Age::new(&ctx.local(), newest.at(), Some(rules.proof_age_max_seconds)))
        }
        Kept::Unproven { .. } => (w.archive_attempt_age(), Age::new(&ctx.local(), newest.at(), None)),
    });
    let is_go = decision.is_go();
    let gate = match is_go {
        true => Status::worded(Mark::Proven, w.archive_go()),
        false => Status::worded(mark(&decision), w.archive_no_go()),
    };
    let how_often = match asked.as_ref().map(|asked| asked.every_minutes) {
        None => w.archive_not_configured().to_owned(),
        Some(None) => w.archive_only_people().to_owned(),
        Some(Some(minutes)) => w.archive_every(u64::from(minutes)),
    };
    let (notes, wrong) = last(ctx, id);
    let more = |(table, left_out): (Table, u64)| {
        (table, if left_out > 0 { w.archive_exams_more(left_out) } else { String::new() })
    };
    let exams = exams::table(ctx, id, pair, send).map(more);
    let doubts = doubts::table(ctx, id, pair, send).map(more);
    GatePage {
        shell: ctx.shell(id.as_str()).crumb("/archive", w.archive_title()),
        lead: format!("{} · {how_often}", w.archive_of_pair(&pair.a, &pair.b)),
        href: href(id),
        gate,
        says: match is_go {
            true => match newest.and_then(|newest| newest.since) {
                None => w.archive_is_go(&pair.a, &pair.b),
                Some(since) => w.archive_is_go_since(&since.to_string(), &pair.a, &pair.b),
            },
            false => w.archive_is_no_go(decision.against.len() as u64),
        },
        held: held(ctx, newest),
        facts: facts(ctx, newest),
        age,
        against: decision.against.iter().map(|one| say::against(w, one)).collect(),
        cautions: decision.cautions.iter().map(|one| say::caution(w, one)).collect(),
        acts: Acts { ask: is_free, send, record: is_engineer, go },
        progress: doing.map(|doing| progress(ctx, id, doing, is_engineer)),
        notes,
        wrong,
        exams,
        doubts,
        sought: exams::sought(ctx, newest.and_then(|newest| newest.looked_for.as_ref())),
        has_document: newest.is_some_and(|newest| newest.document_sha256.is_some()),
        picture: picture::picture(ctx, pair),
        speeds: speeds(ctx, id, pair, is_engineer),
        silent: places::silent(ctx, id, pair, is_engineer),
        slow,
        ways: [WayOut::FallbackViewer, WayOut::RollBack].map(|way| self::way(ctx, id, pair, way)).into(),
        failover: failover::view(ctx, id, pair),
        history: history(ctx, pair),
    }
}

fn held(ctx: &Ctx, newest: Option<&Comparison>) -> String {
    match newest.map(|newest| &newest.compared) {
        Some(Kept::Proven(shown)) if shown.held.a > 0 => say::held(ctx.w, &shown.held),
        Some(Kept::Proven(_) | Kept::Unproven { .. }) | None => String::new(),
    }
}

/// What belongs to the proof: its cut, what it is of, what is on its way, the oldest that is missing.
fn facts(ctx: &Ctx, newest: Option<&Comparison>) -> Vec<String> {
    let w = ctx.w;
    let Some(newest) = newest else { return Vec::new() };
    let mut facts = Vec::new();
    if let Kept::Proven(shown) = &newest.compared {
        facts.push(w.archive_cut(&ctx.local().moment(shown.cut)));
        facts.extend((shown.in_flight > 0).then(|| w.archive_in_flight(shown.in_flight)));
        let lacking = || shown.exams.iter().filter(|one| one.exam.lacks > 0);
        let days: Option<Vec<_>> = lacking().map(|one| one.exam.study.date.day()).collect();
        match days.map(|days| days.into_iter().min()) {
            None => facts.push(w.archive_oldest_undated().to_owned()),
            Some(Some(day)) => facts.push(w.archive_oldest(&day.to_string())),
            Some(None) => {}
        }
    }
    facts.extend(newest.since.map(|since| w.archive_since(&since.to_string())));
    facts
}

fn progress(ctx: &Ctx, id: &PairId, (doing, (done, total)): (Doing, (u64, u64)), may_stop: bool) -> Progress {
    let w = ctx.w;
    Progress {
        w,
        id: "archive-work".to_owned(),
        label: match doing {
            Doing::Comparing => w.archive_comparing(),
            Doing::Sending => w.archive_sending(),
            Doing::Probing => w.archive_probing(),
        }
        .to_owned(),
        done,
        total: (total > 0).then_some(total),
        note: String::new(),
        stop_href: if may_stop { format!("{}/stop", href(id)) } else { String::new() },
        csrf: ctx.visitor.token.form_token(),
    }
}

/// What came of the last work, where it is not in the record.
fn last(ctx: &Ctx, id: &PairId) -> (Vec<Banner>, Vec<(Banner, Vec<String>)>) {
    let w = ctx.w;
    let Some(done) = ctx.app.archive_desk.last(id) else { return (Vec::new(), Vec::new()) };
    let text = match &done.failed {
        None => None,
        Some(NotAsked::Stopped) => Some((BannerKind::Info, w.archive_stopped().to_owned())),
        Some(NotAsked::Failed(says)) => Some((BannerKind::Error, w.archive_failed(says))),
    };
    let mut notes: Vec<Banner> = text.map(|(kind, text)| Banner { w, kind, text }).into_iter().collect();
    let Some(sent) = done.sent else { return (notes, Vec::new()) };
    if !sent.says.is_empty() {
        notes.push(Banner { w, kind: BannerKind::Info, text: sent.says.join(" ") });
    }
    let warned = |exams: &[OfExam], text: &dyn Fn(u64) -> String| {
        let lines: Vec<String> = exams.iter().map(|(study, says)| format!("{study}: {says}")).collect();
        let count = exams.len() as u64;
        (count > 0).then(|| (Banner { w, kind: BannerKind::Warning, text: text(count) }, lines))
    };
    let not_sent = warned(&sent.not_sent, &|count| w.archive_not_sent(count));
    (notes, not_sent.into_iter().collect())
}

fn speeds(ctx: &Ctx, id: &PairId, pair: &Pair, may_record: bool) -> Option<Table> {
    let (w, rules) = (ctx.w, RULES());
    let columns = vec![
        Column::new(w.archive_col_archive()),
        Column::new(w.archive_col_place()),
        Column::new(w.archive_col_p50()).numeric(),
        Column::new(w.archive_col_p95()).numeric(),
        Column::new(w.archive_col_baseline()),
        Column::new(w.archive_col_probes()).numeric(),
        Column::new(w.archive_col_age()).numeric(),
    ];
    let row = |probed: &hospital::archives::Probed| {
        let probe = probed.probes.last()?;
        let speed = probe.first_image;
        let set = pair.baseline(probed.side, &probed.place).map(|(_, set)| set.p95_max_milliseconds);
        let milliseconds = |took: u64| match speed.probes {
            0 => Cell::Gap(w.archive_no_image().to_owned()),
            _ => Cell::Number(took),
        };
        let place = crate::pages::devices::segment(&probed.place);
        let change = format!("{}/baseline?side={}&place={place}", href(id), probed.side);
        let allowed = match (set, may_record) {
            (Some(most), true) => Cell::Link { href: change, text: w.number(most) },
            (Some(most), false) => Cell::Number(most),
            (None, true) => Cell::Link { href: change, text: w.archive_set_baseline().to_owned() },
            (None, false) => Cell::Gap(w.archive_no_baseline().to_owned()),
        };
        Some(Row {
            name: format!("{} {}", probed.side, probed.place),
            why: String::new(),
            cells: vec![
                Cell::Text(probed.side.to_string()),
                Cell::Text(probed.place.to_string()),
                milliseconds(speed.p50_milliseconds),
                milliseconds(speed.p95_milliseconds),
                allowed,
                match speed.failed {
                    0 => Cell::Number(u64::from(speed.probes)),
                    failed => {
                        Cell::Gap(w.archive_not_come(u64::from(failed), &w.number(u64::from(speed.probes))))
                    }
                },
                Cell::Age(Age::new(&ctx.local(), speed.at, Some(rules.probe_age_max_seconds))),
            ],
        })
    };
    let rows: Vec<Row> = pair.probes().iter().filter_map(row).collect();
    if rows.is_empty() { None } else { exams::whole(ctx, "speeds", w.archive_speeds(), columns, rows) }
}

fn way(ctx: &Ctx, id: &PairId, pair: &Pair, way: WayOut) -> Way {
    let (w, local, rules) = (ctx.w, ctx.local(), RULES());
    let (status, remark) = match pair.way_out(way) {
        None => (Status::worded(Mark::Unknown, w.archive_way_unseen()), String::new()),
        Some((stamp, seen)) => {
            let is_old = ctx.now.seconds_since(stamp.time) > rules.look_age_max_seconds;
            let moment = local.moment(stamp.time);
            let (mark, word) = match (seen.is_ready, is_old) {
                (true, false) => (Mark::Proven, w.archive_way_ready()),
                (true, true) => (Mark::Stale, w.archive_way_ready()),
                (false, _) => (Mark::Broken, w.archive_way_not_ready()),
            };
            let says = w.archive_way_seen(&stamp.actor, &moment);
            (Status::worded(mark, word).detail(says), seen.remark.to_string())
        }
    };
    let word = match way {
        WayOut::FallbackViewer => "viewer",
        WayOut::RollBack => "back",
    };
    Way { name: say::way(w, way), status, remark, href: format!("{}/look?way={word}", href(id)) }
}

fn history(ctx: &Ctx, pair: &Pair) -> Option<Table> {
    let (w, local) = (ctx.w, ctx.local());
    let columns = vec![
        Column::new(w.archive_col_when()),
        Column::new(w.archive_col_result()),
        Column::new(w.archive_col_counts()),
        Column::new(w.archive_col_who()),
    ];
    let row = |comparison: &Comparison| {
        let (mark, word) = say::result(w, comparison);
        let counts = match &comparison.compared {
            Kept::Unproven { reason, .. } => say::reason(w, reason),
            Kept::Proven(shown) => match shown.differences {
                Some(found) => say::differences(w, &found),
                None => say::held(w, &shown.held),
            },
        };
        let when = local.moment(comparison.at());
        Row {
            name: when.clone(),
            why: String::new(),
            cells: vec![
                Cell::Text(when),
                Cell::Status(Status::worded(mark, word)),
                Cell::Text(counts),
                Cell::Text(comparison.stamp.actor.to_string()),
            ],
        }
    };
    let rows: Vec<Row> = pair.comparisons.iter().rev().take(HISTORY_SHOWN_MAX).map(row).collect();
    if rows.is_empty() { None } else { exams::whole(ctx, "comparisons", w.archive_history(), columns, rows) }
}

/// Everything of the newest comparison by name, as it was recorded.
pub(super) async fn document(ctx: Ctx, Path(id): Path<String>) -> Result<Response, Problem> {
    let id = read(&id)?;
    let pair = ctx.app.domain.node.read(|state| known(&ctx, state, &id))?;
    let sha256 = pair.newest().and_then(|newest| newest.document_sha256.clone()).ok_or(Problem::NotFound)?;
    let hash = Hash::parse(&sha256).map_err(Problem::internal)?;
    let kept = ctx.app.domain.node.journal().get_blob(&hash).await;
    let bytes = kept.map_err(|error| Problem::internal(chain(&error)))?.ok_or(Problem::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"comparison.json\""),
    ];
    Ok((headers, bytes).into_response())
}
