//! Made-up data that puts every component into every state.

use crate::clock::Local;
use crate::listing::{Direction, ListQuery, ListSpec};
use crate::live::Topic;
use crate::page::Ctx;
use crate::parts::timeline::{Lane, Span, Timeline};
use crate::parts::{
    Age, Banner, BannerKind, Bar, Cell, Choice, Column, CountOf, Drawer, Empty, Evidence, Field, FieldKind,
    Filter, Mark, Pattern, Progress, Row, Segment, Share, Status, Table,
};
use crate::words::Words;

pub(super) const LIST: ListSpec =
    ListSpec { path: "/styleguide", sorts: &["asset_tag", "model", "version"], filters: &["unit"] };

#[derive(Clone)]
pub(super) struct Device {
    pub(super) tag: &'static str,
    pub(super) model: &'static str,
    unit: u8,
    pub(super) version: Option<&'static str>,
    mark: Mark,
    seen_seconds: i64,
    proofs: u64,
}

/// The made-up devices that meet `list`, in its order, all of them.
pub(super) fn devices(list: &ListQuery) -> Vec<Device> {
    let device = |tag, model, unit, version, mark, seen_seconds, proofs| Device {
        tag,
        model,
        unit,
        version,
        mark,
        seen_seconds,
        proofs,
    };
    let mut all = vec![
        device("MON-0041", "Vital 700", 5, Some("4.1"), Mark::Affected, 40, 2),
        device("MON-0042", "Vital 700", 5, Some("4.1"), Mark::Affected, 52, 2),
        device("MON-0043", "Vital 700", 5, Some("4.2.1"), Mark::Fixed, 31, 5),
        device("MON-0044", "Vital 700", 6, None, Mark::Undecided, 14_400, 0),
        device("MON-0045", "<script>alert(1)</script>", 6, Some("=1+1"), Mark::Undecided, 90_000, 1),
        device("MON-0051", "Vital 900 Neo", 6, Some("1.0"), Mark::NotAffected, 12, 5),
        device("CMS-5-A", "Central 5", 5, Some("10.2"), Mark::Fixed, 8, 4),
    ];
    let text = list.filter("q").unwrap_or("").to_lowercase();
    let unit = list.filter("unit").unwrap_or("");
    all.retain(|device| {
        format!("{} {}", device.tag, device.model).to_lowercase().contains(&text)
            && (unit.is_empty() || unit == device.unit.to_string())
    });
    match list.sort {
        "model" => all.sort_by_key(|device| device.model),
        "version" => all.sort_by_key(|device| device.version),
        _ => all.sort_by_key(|device| device.tag),
    }
    if list.direction == Direction::Down {
        all.reverse();
    }
    all
}

pub(super) struct Styleguide {
    pub(super) marks: Vec<(Status, Pattern)>,
    pub(super) verdicts: Vec<Status>,
    pub(super) counts: Vec<CountOf>,
    pub(super) shares: Vec<Share>,
    pub(super) ages: Vec<Age>,
    pub(super) bar: Bar,
    pub(super) timeline: Timeline,
    pub(super) table: Table,
    pub(super) nothing: Table,
    pub(super) drawer: Drawer,
    pub(super) fields: Vec<Field>,
    pub(super) banners: Vec<Banner>,
    pub(super) empty: Empty,
    pub(super) progress: Vec<Progress>,
}

fn detail(w: Words, mark: Mark) -> &'static str {
    match mark {
        Mark::NotBegun => w.styleguide_d_not_begun(),
        Mark::Proven => w.styleguide_d_proven(),
        Mark::Settling => w.styleguide_d_settling(),
        Mark::RestartPending => w.styleguide_d_restart(),
        Mark::Dark => w.styleguide_d_dark(),
        Mark::Broken => w.styleguide_d_broken(),
        Mark::Stalled => w.styleguide_d_stalled(),
        Mark::Stale => w.styleguide_d_stale(),
        Mark::Unknown => w.styleguide_d_unknown(),
        Mark::Affected => w.styleguide_d_affected(),
        Mark::Undecided => w.styleguide_d_undecided(),
        Mark::Fixed => w.styleguide_d_fixed(),
        Mark::NotAffected => w.styleguide_d_not_affected(),
    }
}

impl Styleguide {
    pub(super) fn new(ctx: &Ctx, list: &ListQuery, csrf: &str) -> Styleguide {
        let w = ctx.w;
        let local = ctx.local();
        let status = |mark: &Mark| Status::new(w, *mark).detail(detail(w, *mark));
        let (proofs, verdicts) = Mark::ALL.split_at(9);
        let segment = |(mark, count): (Mark, u64)| Segment {
            mark,
            label: String::new(),
            count,
            href: "/styleguide".to_owned(),
        };
        let counts =
            [(Mark::Affected, 214), (Mark::Undecided, 38), (Mark::Fixed, 2_741), (Mark::NotAffected, 0)];
        let banner = |(kind, text): (BannerKind, &str)| Banner { w, kind, text: text.to_owned() };
        Styleguide {
            marks: proofs.iter().map(|mark| (status(mark), Pattern { mark: *mark, of: "sg" })).collect(),
            verdicts: verdicts.iter().map(status).collect(),
            counts: [(11, 12), (12, 12), (0, 12)].map(|(part, whole)| CountOf { w, part, whole }).to_vec(),
            shares: [(2_993, 3_000), (3, 3_000), (3_000, 3_000), (0, 3_000)]
                .map(|(part, whole)| Share { w, part, whole })
                .to_vec(),
            ages: [40, 150, 7_300, 3 * 86_400, -30]
                .map(|seconds| Age::new(&local, local.now.plus_seconds(-seconds), Some(3_600)))
                .to_vec(),
            bar: Bar {
                w,
                title: w.styleguide_exposures().to_owned(),
                segments: counts.into_iter().map(segment).collect(),
            },
            timeline: timeline(&local),
            table: table(ctx, &local, list),
            nothing: nothing(w, list),
            drawer: drawer(ctx),
            fields: fields(w),
            banners: [
                (BannerKind::Info, w.styleguide_b_info()),
                (BannerKind::Done, w.styleguide_b_done()),
                (BannerKind::Warning, w.styleguide_b_warning()),
                (BannerKind::Error, w.styleguide_b_error()),
            ]
            .map(banner)
            .to_vec(),
            empty: Empty {
                w,
                text: w.styleguide_empty_text().to_owned(),
                href: "/styleguide".to_owned(),
                step: w.styleguide_empty_step().to_owned(),
            },
            progress: progress(w, csrf),
        }
    }
}

/// A made-up night around now: two wards go dark one after another, one station waits, one is overdue.
fn timeline(local: &Local) -> Timeline {
    let w = local.w;
    let at = |minutes: i64| local.now.plus_seconds(minutes * 60);
    let span = |mark, from, p50, p90| Span {
        mark,
        from: at(from),
        p50: at(p50),
        p90: at(p90),
        says: detail(w, mark).to_owned(),
    };
    let lane = |label: &str, spans| Lane::new(label, "/styleguide", spans);
    let lanes = [
        lane(w.styleguide_unit(), vec![span(Mark::Dark, -20, 11, 25), span(Mark::Settling, 25, 180, 180)]),
        lane(
            "CMS-5-A",
            vec![
                span(Mark::Proven, -60, -45, -45),
                span(Mark::RestartPending, -40, -20, -20),
                span(Mark::Broken, -15, -5, -5),
                span(Mark::Stale, 30, 60, 60),
                span(Mark::Unknown, 70, 100, 100),
            ],
        ),
        lane("CMS-5-B", vec![span(Mark::NotBegun, -60, 60, 60), span(Mark::Stalled, 60, 90, 150)]),
    ];
    Timeline::new(local, "sg-night", w.styleguide_timeline(), (at(-60), at(180)), &lanes)
}

fn table(ctx: &Ctx, local: &Local, list: &ListQuery) -> Table {
    let w = ctx.w;
    let row = |device: &Device| Row {
        name: device.tag.to_owned(),
        why: "/styleguide/why".to_owned(),
        cells: vec![
            Cell::Link { href: format!("/styleguide?q={}", device.tag), text: device.tag.to_owned() },
            Cell::Text(device.model.to_owned()),
            Cell::Text(format!("{} {}", w.styleguide_col_unit(), device.unit)),
            match device.version {
                Some(version) => Cell::Code(version.to_owned()),
                None => Cell::Gap(w.styleguide_no_version().to_owned()),
            },
            Cell::Status(Status::new(w, device.mark).detail(detail(w, device.mark))),
            Cell::Count(CountOf { w, part: device.proofs, whole: 5 }),
            Cell::Age(Age::new(local, local.now.plus_seconds(-device.seen_seconds), Some(3_600))),
        ],
    };
    let all = devices(list);
    let shown = list.page(all.iter());
    let choices = ["5", "6"].map(|unit| Choice { value: unit.to_owned(), label: unit.to_owned() }).to_vec();
    Table {
        w,
        id: "exposures",
        caption: w.styleguide_exposures().to_owned(),
        columns: vec![
            Column::sortable(w.styleguide_col_device(), list, "asset_tag"),
            Column::sortable(w.styleguide_col_model(), list, "model"),
            Column::new(w.styleguide_col_unit()),
            Column::sortable(w.styleguide_col_version(), list, "version"),
            Column::new(w.styleguide_col_verdict()),
            Column::new(w.styleguide_col_proofs()).numeric(),
            Column::new(w.styleguide_col_seen()).numeric(),
        ],
        rows: shown.map(row).collect(),
        filters: vec![
            Filter::text("q", w.styleguide_search(), list),
            Filter::choice("unit", w.styleguide_col_unit(), list, choices),
        ],
        list: list.clone(),
        total: all.len() as u64,
        exports: true,
        topics: vec![Topic::Devices, Topic::Exposures],
    }
}

fn nothing(w: Words, list: &ListQuery) -> Table {
    Table {
        w,
        id: "nothing",
        caption: w.styleguide_table_empty().to_owned(),
        columns: vec![Column::new(w.styleguide_col_device()), Column::new(w.styleguide_col_verdict())],
        rows: Vec::new(),
        filters: Vec::new(),
        list: list.at(0),
        total: 0,
        exports: false,
        topics: Vec::new(),
    }
}

pub(super) fn drawer(ctx: &Ctx) -> Drawer {
    let (w, local) = (ctx.w, ctx.local());
    let age = |seconds: i64| Some(Age::new(&local, local.now.plus_seconds(-seconds), Some(86_400)));
    let item = |says: &str, origin: &str, age, who: &str| Evidence {
        says: says.to_owned(),
        origin: origin.to_owned(),
        origin_href: "/styleguide".to_owned(),
        age,
        who: who.to_owned(),
    };
    Drawer {
        w,
        subject: "MON-0042 · CVE-2026-10042".to_owned(),
        status: Some(Status::new(w, Mark::Affected).detail(w.styleguide_d_affected())),
        summary: w.styleguide_summary().to_owned(),
        evidence: vec![
            item(w.styleguide_e1(), w.styleguide_e1_origin(), age(52), "A. Lind"),
            item(w.styleguide_e2(), w.styleguide_e2_origin(), age(9 * 86_400), ""),
            item(w.styleguide_e3(), w.styleguide_e3_origin(), None, "B. Ek"),
        ],
    }
}

fn fields(w: Words) -> Vec<Field> {
    let unit = |label: &str| Choice { value: label.to_owned(), label: label.to_owned() };
    vec![
        Field::new("sg-name", w.styleguide_col_device(), FieldKind::Text).value("MON-0042"),
        Field::new("sg-unit", w.styleguide_col_unit(), FieldKind::Text)
            .value("Ward 55")
            .error(w.styleguide_unit_error()),
        Field::new(
            "sg-choice",
            w.styleguide_col_unit(),
            FieldKind::Select(vec![unit(w.choose_any()), unit(w.styleguide_unit())]),
        )
        .value(w.styleguide_unit()),
        Field::new("sg-file", w.styleguide_file(), FieldKind::File(".csv,.xlsx"))
            .hint(w.styleguide_file_hint()),
        Field::new("sg-note", w.styleguide_note(), FieldKind::Lines).optional().hint(w.form_optional()),
        Field::new("sg-moment", w.styleguide_moment(), FieldKind::Moment).value("2026-11-22T22:00"),
        Field::new("sg-tick", w.styleguide_tick(), FieldKind::Tick).value("yes").optional(),
    ]
}

fn progress(w: Words, csrf: &str) -> Vec<Progress> {
    let known = Progress {
        w,
        id: "sg-progress".to_owned(),
        label: w.styleguide_p1().to_owned(),
        done: 2_114,
        total: Some(4_180),
        note: w.styleguide_p1_note().to_owned(),
        stop_href: "/preferences".to_owned(),
        csrf: csrf.to_owned(),
    };
    let unknown = Progress {
        id: "sg-progress-unknown".to_owned(),
        label: w.styleguide_p2().to_owned(),
        total: None,
        note: String::new(),
        stop_href: String::new(),
        ..known.clone()
    };
    vec![known, unknown]
}
