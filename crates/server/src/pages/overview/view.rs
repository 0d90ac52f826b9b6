//! What the start page shows, in plain data: steps for a newcomer, decisions most urgent first, bars, sources.

use hospital::imports::ImportKind;
use hospital::overview::{ExploitedOpen, Overview, Source};
use model::{Date, Time};

use super::night::NightNeeds;
use crate::clock::Local;
use crate::pages::archive::standing::Standing;
use crate::pages::devices::today;
use crate::parts::{Age, Bar, Mark, Segment, Share, Status};
use crate::words::Words;

/// Exploited vulnerabilities named on the start page.
const EXPLOITED_SHOWN_MAX: usize = 5;
const DAY_SECONDS: i64 = 86_400;

/// After how many days without an import a source is stale.
pub(super) fn age_max_days(kind: ImportKind) -> i64 {
    match kind {
        ImportKind::Advisories | ImportKind::Kev | ImportKind::Epss => 7,
        ImportKind::Inventory | ImportKind::Vulnrichment | ImportKind::Hospital | ImportKind::Nights => 30,
    }
}

/// Is a source older than it may be, or has it never spoken? Scores imported today can be of another day.
pub(super) fn is_stale(source: &Source, now: Time, today: Date) -> bool {
    let max = age_max_days(source.kind);
    let Some(imported) = source.imported else { return true };
    let age = now.seconds_since(imported);
    let old_day = source.day.is_some_and(|day| days_between(day, today) > max);
    age < 0 || age > max * DAY_SECONDS || old_day
}

/// Days from `a` to `b`; 0 when `b` is earlier.
fn days_between(a: Date, b: Date) -> i64 {
    let number = |date: Date| {
        let (year, month, day) = date.ymd();
        let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        jiff::civil::Date::new(year, month, day).ok()
    };
    let (Some(a), Some(b)) = (number(a), number(b)) else { return 0 };
    b.since(a).map_or(0, |span| i64::from(span.get_days())).max(0)
}

/// One of the three steps to a first answer.
pub(super) struct Step {
    pub(super) title: &'static str,
    pub(super) says: String,
    pub(super) state: &'static str,
    pub(super) done: bool,
    pub(super) command: &'static str,
    pub(super) href: &'static str,
    pub(super) act: &'static str,
}

/// Something that waits for somebody.
pub(super) struct Decision {
    pub(super) mark: Mark,
    pub(super) says: String,
    pub(super) detail: String,
    pub(super) facets: Vec<Facet>,
    pub(super) more: String,
    pub(super) href: String,
    pub(super) act: &'static str,
}

/// A part of a decision, with the list behind it.
pub(super) struct Facet {
    pub(super) label: String,
    pub(super) count: String,
    pub(super) href: String,
}

/// One source with its age.
pub(super) struct SourceLine {
    pub(super) name: &'static str,
    pub(super) age: Option<Age>,
    pub(super) stale: bool,
    /// Said behind its age when it is.
    pub(super) mark: Status,
    pub(super) edition: String,
    pub(super) limit: String,
}

pub(super) struct View {
    pub(super) steps: Vec<Step>,
    pub(super) decisions: Vec<Decision>,
    /// Is there anything to decide about at all?
    pub(super) begun: bool,
    pub(super) verdicts: Bar,
    pub(super) support: Bar,
    pub(super) support_share: Share,
    pub(super) sources: Vec<SourceLine>,
}

impl View {
    pub(super) fn new(
        local: &Local,
        o: &Overview,
        sources: &[Source],
        night: NightNeeds,
        archives: &[Standing],
    ) -> View {
        let w = local.w;
        // A gate that says go asks nothing of anybody: it stands last.
        let gates = |is_go: bool| {
            let those = archives.iter().filter(move |standing| standing.is_go() == is_go);
            those.map(|standing| super::archives::line(local, standing))
        };
        View {
            steps: steps(w, o),
            decisions: night
                .lines(w)
                .into_iter()
                .map(|(mark, says, href, act)| plain(mark, says, String::new(), href, act))
                .chain(gates(false))
                .chain(decisions(local, o, sources))
                .chain(gates(true))
                .collect(),
            begun: o.devices > 0 || o.advisories > 0 || !archives.is_empty(),
            verdicts: verdicts(w, o),
            support: support(w, o),
            support_share: Share {
                w,
                part: o.support.unsupported + o.support.unknown,
                whole: o.support.all(),
            },
            sources: sources.iter().map(|source| source_line(local, source)).collect(),
        }
    }
}

/// The steps, while one of them is still to do; nothing afterwards.
fn steps(w: Words, o: &Overview) -> Vec<Step> {
    let ready = o.advisories > 0 && o.devices > 0;
    let answered = ready && (o.answers > 0 || o.questions == 0);
    if answered {
        return Vec::new();
    }
    let state = |done: bool, now: bool| match (done, now) {
        (true, _) => w.overview_step_done(),
        (false, true) => w.overview_step_now(),
        (false, false) => w.overview_step_later(),
    };
    let step = |title, says, done, now, command, href, act| Step {
        title,
        says,
        state: state(done, now),
        done,
        command,
        href,
        act,
    };
    vec![
        step(
            w.overview_step_advisories(),
            if o.advisories > 0 {
                w.overview_step_advisories_done(o.advisories)
            } else {
                w.overview_step_advisories_todo().to_owned()
            },
            o.advisories > 0,
            true,
            w.overview_command_advisories(),
            "/imports",
            w.overview_import(),
        ),
        step(
            w.overview_step_devices(),
            if o.devices > 0 {
                w.overview_step_devices_done(o.devices)
            } else {
                w.overview_step_devices_todo().to_owned()
            },
            o.devices > 0,
            o.advisories > 0,
            w.overview_command_inventory(),
            "/imports",
            w.overview_import(),
        ),
        step(
            w.overview_step_names(),
            match (ready, o.questions) {
                (false, _) => w.overview_step_names_wait().to_owned(),
                (true, 0) => w.overview_step_names_none().to_owned(),
                (true, questions) => w.overview_step_names_todo(questions),
            },
            answered,
            ready,
            "",
            if ready { "/aliases" } else { "" },
            w.overview_answer(),
        ),
    ]
}

fn plain(mark: Mark, says: String, detail: String, href: &str, act: &'static str) -> Decision {
    Decision { mark, says, detail, facets: Vec::new(), more: String::new(), href: href.to_owned(), act }
}

fn decisions(local: &Local, o: &Overview, sources: &[Source]) -> Vec<Decision> {
    let w = local.w;
    if o.devices == 0 && o.advisories == 0 {
        return Vec::new();
    }
    let today = today(local);
    let stale = sources.iter().filter(|source| is_stale(source, local.now, today)).count() as u64;
    let never =
        |kind: ImportKind| sources.iter().any(|source| source.kind == kind && source.imported.is_none());
    let mut out = Vec::new();
    out.extend(exploited(w, o));
    if never(ImportKind::Kev) && never(ImportKind::Vulnrichment) {
        let says = w.overview_exploited_unknown().to_owned();
        out.push(plain(
            Mark::Unknown,
            says,
            w.overview_exploited_unknown_says().to_owned(),
            "/imports",
            w.overview_import(),
        ));
    }
    if o.questions > 0 {
        let detail = w.overview_names_pairs(o.waiting_for_names);
        out.push(plain(
            Mark::Undecided,
            w.overview_names(o.questions),
            detail,
            "/aliases",
            w.overview_answer(),
        ));
    }
    out.extend(undecided(w, o));
    if o.new_advisories > 0 {
        let detail = w.overview_new_ours(o.new_advisories_ours);
        out.push(plain(
            Mark::Settling,
            w.overview_new(o.new_advisories),
            detail,
            "/advisories",
            w.overview_show_advisories(),
        ));
    }
    out.extend(unsupported(w, o));
    if o.unmatched > 0 {
        let (says, detail) = (w.overview_unmatched(o.unmatched), w.overview_unmatched_says().to_owned());
        out.push(plain(Mark::Unknown, says, detail, "/devices?lacks=advisory", w.overview_show_devices()));
    }
    out.extend(missing(w, o));
    if stale > 0 {
        let (says, detail) = (w.overview_stale(stale), w.overview_stale_says().to_owned());
        out.push(plain(Mark::Stale, says, detail, "/imports", w.overview_import()));
    }
    out
}

fn exploited(w: Words, o: &Overview) -> Option<Decision> {
    let facet = |one: &ExploitedOpen| {
        let [affected, undecided] = [one.counts.affected, one.counts.undecided].map(|count| w.number(count));
        Facet {
            label: w.overview_exploited_facet(&one.name, &affected, &undecided),
            count: if one.ransomware { w.overview_exploited_ransomware().to_owned() } else { String::new() },
            href: query("/matrix", &[("cve", &one.name)]),
        }
    };
    let hidden = o.exploited.len().saturating_sub(EXPLOITED_SHOWN_MAX) as u64;
    (o.exploited_devices > 0).then(|| Decision {
        facets: o.exploited.iter().take(EXPLOITED_SHOWN_MAX).map(facet).collect(),
        more: if hidden > 0 { w.overview_more(hidden) } else { String::new() },
        ..plain(
            Mark::Affected,
            w.overview_exploited(o.exploited_devices),
            String::new(),
            "/devices?open=exploited",
            w.overview_show_devices(),
        )
    })
}

fn undecided(w: Words, o: &Overview) -> Option<Decision> {
    let facet = |label: &str, count: u64, href: String| Facet {
        label: label.to_owned(),
        count: w.number(count),
        href,
    };
    let mut facets: Vec<Facet> = o
        .gaps
        .iter()
        .map(|(gap, pairs)| facet(w.gap_word(*gap), *pairs, query("/devices", &[("gap", gap.word())])))
        .collect();
    if o.gaps_unnamed > 0 {
        facets.push(facet(w.overview_gap_unnamed(), o.gaps_unnamed, String::new()));
    }
    (o.verdicts.undecided > 0).then(|| Decision {
        facets,
        ..plain(
            Mark::Undecided,
            w.overview_undecided(o.verdicts.undecided),
            w.overview_undecided_says().to_owned(),
            "/matrix?verdict=undecided",
            w.overview_show_matrix(),
        )
    })
}

fn unsupported(w: Words, o: &Overview) -> Option<Decision> {
    let without = o.support.unsupported + o.support.unknown;
    let facet = |label: &str, count: u64, href: &str| Facet {
        label: label.to_owned(),
        count: w.number(count),
        href: href.to_owned(),
    };
    (without > 0).then(|| Decision {
        facets: vec![
            facet(w.support_unsupported(), o.support.unsupported, "/devices?support=unsupported"),
            facet(w.support_unknown(), o.support.unknown, "/devices?support=unknown"),
        ],
        ..plain(
            Mark::Affected,
            w.overview_unsupported(without),
            w.overview_unsupported_says().to_owned(),
            "/devices?support=unsupported",
            w.overview_show_devices(),
        )
    })
}

fn missing(w: Words, o: &Overview) -> Option<Decision> {
    let facet = |label: &str, count: u64, href: &str| Facet {
        label: label.to_owned(),
        count: w.number(count),
        href: href.to_owned(),
    };
    (o.incomplete > 0).then(|| Decision {
        facets: vec![
            facet(w.overview_missing_version(), o.version_missing, "/devices?lacks=version"),
            facet(w.overview_missing_maker(), o.maker_missing, "/devices?lacks=maker"),
        ],
        ..plain(
            Mark::Unknown,
            w.overview_missing(o.incomplete),
            String::new(),
            "/devices?lacks=version",
            w.overview_show_devices(),
        )
    })
}

fn verdicts(w: Words, o: &Overview) -> Bar {
    let segment = |mark, count, word: &str| Segment {
        mark,
        label: String::new(),
        count,
        href: query("/matrix", &[("verdict", word)]),
    };
    Bar {
        w,
        title: w.overview_verdicts().to_owned(),
        segments: vec![
            segment(Mark::Affected, o.verdicts.affected, "affected"),
            segment(Mark::Undecided, o.verdicts.undecided, "undecided"),
            segment(Mark::Fixed, o.verdicts.fixed, "fixed"),
            segment(Mark::NotAffected, o.verdicts.not_affected, "not_affected"),
        ],
    }
}

fn support(w: Words, o: &Overview) -> Bar {
    let segment = |mark, label: &str, count, word: &str| Segment {
        mark,
        label: label.to_owned(),
        count,
        href: query("/devices", &[("support", word)]),
    };
    Bar {
        w,
        title: w.overview_support().to_owned(),
        segments: vec![
            segment(Mark::Fixed, w.support_supported(), o.support.supported, "supported"),
            segment(Mark::Affected, w.support_unsupported(), o.support.unsupported, "unsupported"),
            segment(Mark::Unknown, w.support_unknown(), o.support.unknown, "unknown"),
        ],
    }
}

fn source_line(local: &Local, source: &Source) -> SourceLine {
    let w = local.w;
    let (name, edition): (&'static str, String) = match (source.kind, source.edition.as_deref()) {
        (ImportKind::Kev, Some(version)) => (w.overview_source_kev(), w.overview_source_catalogue(version)),
        (ImportKind::Kev, None) => (w.overview_source_kev(), String::new()),
        (ImportKind::Epss, Some(day)) => (w.overview_source_epss(), w.overview_source_scores_of(day)),
        (ImportKind::Epss, None) => (w.overview_source_epss(), String::new()),
        (ImportKind::Vulnrichment, _) => (w.overview_source_ssvc(), String::new()),
        (ImportKind::Advisories, _) => (w.overview_source_advisories(), String::new()),
        (ImportKind::Inventory, _) => (w.overview_source_inventory(), String::new()),
        (ImportKind::Hospital, _) => (w.hospital_title(), String::new()),
        (ImportKind::Nights, _) => (w.import_kind_nights(), String::new()),
    };
    let max = age_max_days(source.kind);
    SourceLine {
        name,
        age: source.imported.map(|time| Age::new(local, time, Some(max * DAY_SECONDS))),
        stale: is_stale(source, local.now, today(local)),
        mark: Status::new(w, Mark::Stale),
        edition,
        limit: w.days(u64::try_from(max).unwrap_or(0)),
    }
}

/// An address with a query.
pub(crate) fn query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut text = form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(pairs);
    format!("{path}?{}", text.finish())
}
