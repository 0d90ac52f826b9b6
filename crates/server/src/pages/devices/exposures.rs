//! The asset → advisories list: every advisory and vulnerability that speaks of one device (CSAF 2.1 §9, asset matching).

use axum::response::Response;
use exposure::rank::{Inputs, Rank, Tier, rank};
use exposure::{Confidence, GapKind, Verdict};
use hospital::State;
use model::Date;

use super::{href, score_text, segment};
use crate::export::{self, Format, Value};
use crate::http::Problem;
use crate::listing::{Direction, ListQuery, ListSpec};
use crate::live::Topic;
use crate::page::Ctx;
use crate::pages::matrix::ask::advisory_href;
use crate::pages::matrix::threat::percent;
use crate::parts::{Cell, Choice, Column, Filter, Row, Status, Table};
use crate::words::Words;
use crate::words::exposure::mark_of;

/// What the list can be asked; its address is that of the device.
pub(super) const LIST: ListSpec = ListSpec {
    path: "/devices",
    sorts: &["urgency", "vulnerability", "advisory", "verdict", "confidence"],
    filters: &["verdict", "gap", "advisory"],
};

/// What one advisory says of the device and one vulnerability.
#[derive(Clone, Debug)]
pub(super) struct Exposure {
    pub(super) advisory: String,
    pub(super) namespace: String,
    pub(super) title: String,
    pub(super) vulnerability: String,
    pub(super) verdict: Verdict,
    pub(super) gap: Option<GapKind>,
    pub(super) confidence: Confidence,
    pub(super) rank: Rank,
    pub(super) inputs: Inputs,
    pub(super) kev_due: Option<Date>,
}

/// Everything that advisories say of a device.
pub(super) fn of_device(state: &State, device: u32) -> Vec<Exposure> {
    let (matcher, threats) = (state.matcher(), state.threats());
    let cells = matcher.cells(device).iter();
    cells
        .filter_map(|cell| {
            let advisory = &state.library().get(cell.advisory)?.current().advisory;
            let name = matcher.vulnerability_name(cell.vulnerability);
            let inputs = threats.inputs(name, matcher.base_tenths(cell.vulnerability));
            Some(Exposure {
                advisory: advisory.key.tracking_id.to_string(),
                namespace: advisory.key.namespace.to_string(),
                title: advisory.title.to_string(),
                vulnerability: name.to_owned(),
                verdict: cell.verdict,
                gap: cell.gap,
                confidence: cell.confidence,
                rank: rank(&inputs, 1),
                inputs,
                kev_due: threats.kev(name).and_then(|entry| entry.due),
            })
        })
        .collect()
}

/// Those that `list` asks for, in its order, all pages.
pub(super) fn asked(mut all: Vec<Exposure>, list: &ListQuery) -> Result<Vec<Exposure>, Problem> {
    let wrong = |key: &str, known: Vec<&str>| {
        Problem::Bad(format!("{key} is not possible; it is one of: {}", known.join(", ")))
    };
    if let Some(word) = list.filter("verdict") {
        let words = || Verdict::ALL.map(Verdict::word).to_vec();
        let wanted = Verdict::from_word(word).ok_or_else(|| wrong("verdict", words()))?;
        all.retain(|one| one.verdict == wanted);
    }
    if let Some(word) = list.filter("gap") {
        let words = || GapKind::ALL.iter().map(|gap| gap.word()).collect();
        let wanted =
            GapKind::ALL.iter().find(|gap| gap.word() == word).ok_or_else(|| wrong("gap", words()))?;
        all.retain(|one| one.gap == Some(*wanted));
    }
    if let Some(id) = list.filter("advisory") {
        all.retain(|one| one.advisory == id);
    }
    if let Some(text) = list.filter("q").map(str::to_lowercase) {
        let holds = |field: &str| field.to_lowercase().contains(&text);
        all.retain(|one| holds(&one.vulnerability) || holds(&one.advisory) || holds(&one.title));
    }
    // Open ones first, most urgent first; every other order keeps this among equals.
    all.sort_by(|a, b| {
        let key = |one: &Exposure| (!one.verdict.is_open(), one.rank, one.verdict);
        key(a)
            .cmp(&key(b))
            .then_with(|| (&b.vulnerability, &a.advisory).cmp(&(&a.vulnerability, &b.advisory)))
    });
    match list.sort {
        "vulnerability" => all.sort_by(|a, b| a.vulnerability.cmp(&b.vulnerability)),
        "advisory" => all.sort_by(|a, b| a.advisory.cmp(&b.advisory)),
        "verdict" => all.sort_by_key(|one| one.verdict),
        "confidence" => all.sort_by_key(|one| one.confidence),
        _ => {}
    }
    if list.direction == Direction::Down {
        all.reverse();
    }
    Ok(all)
}

/// Where the evidence of one row is.
pub(super) fn why_href(tag: &str, one: &Exposure) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("publisher", &one.namespace);
    format!("{}/why/{}/{}?{}", href(tag), segment(&one.advisory), segment(&one.vulnerability), query.finish())
}

/// The list as a table of the device's page.
pub(super) fn table(ctx: &Ctx, tag: &str, all: Vec<Exposure>, list: ListQuery) -> Result<Table, Problem> {
    let w = ctx.w;
    let list = list.under(href(tag));
    let asked = asked(all, &list)?;
    let shown = list.page(asked.iter());
    Ok(Table {
        w,
        id: "exposures",
        caption: w.device_exposures().to_owned(),
        columns: vec![
            Column::sortable(w.device_col_vulnerability(), &list, "vulnerability"),
            Column::sortable(w.device_col_verdict(), &list, "verdict"),
            Column::sortable(w.device_col_urgency(), &list, "urgency"),
            Column::new(w.device_col_kev()),
            Column::new(w.device_col_epss()),
            Column::new(w.device_col_cvss()),
            Column::sortable(w.device_col_confidence(), &list, "confidence"),
            Column::sortable(w.device_col_advisory(), &list, "advisory"),
        ],
        rows: shown.map(|one| row(w, tag, one)).collect(),
        filters: filters(w, &list),
        total: asked.len() as u64,
        list,
        exports: true,
        topics: vec![Topic::Devices, Topic::Exposures, Topic::Advisories],
    })
}

fn filters(w: Words, list: &ListQuery) -> Vec<Filter> {
    let choice = |value: &str, label: &str| Choice { value: value.to_owned(), label: label.to_owned() };
    let verdicts = Verdict::ALL.iter().map(|one| choice(one.word(), w.verdict(*one))).collect();
    let gaps = GapKind::ALL.iter().map(|one| choice(one.word(), w.gap_word(*one))).collect();
    vec![
        Filter::text("q", w.device_f_text(), list),
        Filter::choice("verdict", w.device_f_verdict(), list, verdicts),
        Filter::choice("gap", w.device_f_gap(), list, gaps),
    ]
}

fn row(w: Words, tag: &str, one: &Exposure) -> Row {
    let status = Status::new(w, mark_of(one.verdict));
    let status = one.gap.map_or(status.clone(), |gap| status.detail(w.gap(gap)));
    let number =
        |text: Option<String>| text.map_or_else(|| Cell::Gap(w.device_score_none().to_owned()), Cell::Text);
    Row {
        name: format!("{} {}", one.vulnerability, one.advisory),
        why: why_href(tag, one),
        cells: vec![
            Cell::Code(one.vulnerability.clone()),
            Cell::Status(status),
            urgency(w, one.rank.tier()),
            match one.inputs.known_exploited {
                Some(true) => Cell::Text(w.device_kev_yes().to_owned()),
                Some(false) => Cell::Text(w.device_kev_no().to_owned()),
                None => Cell::Gap(w.device_kev_none().to_owned()),
            },
            number(one.inputs.epss_millionths.map(|epss| format!("{} %", percent(epss)))),
            number(one.inputs.base_tenths.map(score_text)),
            Cell::Text(one.confidence.to_string()),
            Cell::Link { href: advisory_href(&one.advisory), text: one.advisory.clone() },
        ],
    }
}

fn urgency(w: Words, tier: Tier) -> Cell {
    match tier {
        Tier::Unranked => Cell::Gap(w.tier(tier).to_owned()),
        Tier::Exploited | Tier::ProofOfConcept | Tier::Scored => Cell::Text(w.tier(tier).to_owned()),
    }
}

const FILE_COLUMNS: [&str; 13] = [
    "asset_tag",
    "vulnerability",
    "verdict",
    "gap",
    "confidence",
    "urgency",
    "kev",
    "kev_due",
    "epss",
    "cvss_base",
    "advisory",
    "publisher_namespace",
    "title",
];

/// The list as a file.
pub(super) fn file(
    ctx: &Ctx,
    format: Format,
    tag: &str,
    all: Vec<Exposure>,
    list: &ListQuery,
) -> Result<Response, Problem> {
    let asked = asked(all, list)?;
    let (total, tag) = (asked.len() as u64, tag.to_owned());
    let name = format!("exposures-{tag}");
    let rows = asked.into_iter().map(move |one| {
        let millionths = |value: u32| format!("{}.{:06}", value / 1_000_000, value % 1_000_000);
        vec![
            Value::from(tag.as_str()),
            Value::Text(one.vulnerability),
            Value::from(one.verdict.word()),
            Value::from(one.gap.map(GapKind::word)),
            Value::Text(one.confidence.to_string()),
            Value::from(one.rank.tier().word()),
            Value::from(
                one.inputs.known_exploited.map(|listed| if listed { "listed" } else { "not_listed" }),
            ),
            one.kev_due.map_or(Value::Empty, |day| Value::Text(day.to_string())),
            one.inputs.epss_millionths.map_or(Value::Empty, |epss| Value::Text(millionths(epss))),
            one.inputs.base_tenths.map_or(Value::Empty, |base| Value::Text(score_text(base))),
            Value::Text(one.advisory),
            Value::Text(one.namespace),
            Value::Text(one.title),
        ]
    });
    export::table(ctx.w, format, &name, &FILE_COLUMNS, total, rows)
}
