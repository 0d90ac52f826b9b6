//! The hosts of a plan: a page of them on the plan's own page, and all of them as a file.

use std::collections::BTreeMap;

use axum::response::Response;
use hospital::night::plans::PlanRecord;
use model::AssetTag;
use model::plan::{Hands, Item, Plan};
use planning::timetable::Slot;

use crate::clock::Local;
use crate::export::{self, Format, Value};
use crate::http::Problem;
use crate::listing::{Direction, ListQuery, ListSpec};
use crate::page::Ctx;
use crate::pages::night::forecast::{Forecast, basis};
use crate::pages::night::{item_href, say};
use crate::parts::{Cell, Column, Filter, Row, Table};

/// What the list of a plan's hosts can be asked; its address is the plan's.
pub(super) const LIST: ListSpec = ListSpec { path: "/plans/item", sorts: &["ring", "host"], filters: &[] };

/// The items that `list` asks for, in its order.
fn found<'a>(plan: &'a Plan, list: &ListQuery) -> Vec<&'a Item> {
    let text = list.filter("q").unwrap_or("").to_lowercase();
    let fits = |item: &&Item| {
        let patches = plan.patches_of(item).map(|patch| patch.title.to_lowercase());
        text.is_empty()
            || item.host.as_str().to_lowercase().contains(&text)
            || patches.into_iter().any(|title| title.contains(&text))
    };
    let mut items: Vec<&Item> = plan.items.iter().filter(fits).collect();
    match list.sort {
        "host" => items.sort_by(|a, b| a.host.cmp(&b.host)),
        _ => items.sort_by(|a, b| (a.ring, a.wave, &a.host).cmp(&(b.ring, b.wave, &b.host))),
    }
    if list.direction == Direction::Down {
        items.reverse();
    }
    items
}

fn slots(forecast: &Forecast) -> BTreeMap<&AssetTag, &Slot> {
    forecast.timetable.slots.iter().map(|slot| (&slot.host, slot)).collect()
}

fn titles(plan: &Plan, item: &Item) -> String {
    plan.patches_of(item).map(|patch| &*patch.title).collect::<Vec<_>>().join(", ")
}

/// A page of the plan's hosts.
pub(super) fn table(ctx: &Ctx, record: &PlanRecord, forecast: &Forecast, list: ListQuery) -> Table {
    let (w, local, plan) = (ctx.w, ctx.local(), &*record.plan);
    let (items, slots) = (found(plan, &list), slots(forecast));
    Table {
        w,
        id: "items",
        caption: w.plan_items().to_owned(),
        columns: vec![
            Column::sortable(w.plan_col_host(), &list, "host"),
            Column::new(w.plan_col_patch()),
            Column::sortable(w.plan_col_ring(), &list, "ring").numeric(),
            Column::new(w.plan_col_wave()).numeric(),
            Column::new(w.plan_col_planned()),
            Column::new(w.plan_col_basis()),
            Column::new(w.plan_col_by()),
            Column::new(w.plan_col_owner()),
        ],
        rows: list
            .page(items.iter())
            .map(|item| row(&local, record, item, forecast, slots.get(&item.host).copied()))
            .collect(),
        filters: vec![Filter::text("q", w.table_filter(), &list)],
        total: items.len() as u64,
        exports: true,
        // The page around it is asked for again as a whole.
        topics: Vec::new(),
        list,
    }
}

fn row(local: &Local, record: &PlanRecord, item: &Item, forecast: &Forecast, slot: Option<&Slot>) -> Row {
    let (w, tag) = (local.w, item.host.as_str());
    let (href, by) = match &item.by {
        Hands::Agent => (item_href(record, &item.host), Cell::Text(w.plan_by_agent().to_owned())),
        Hands::Person(kind) => {
            let text = format!("{}: {}", w.plan_by_person(w.installer(*kind)), w.plan_work());
            (crate::pages::devices::href(tag), Cell::Link { href: item_href(record, &item.host), text })
        }
    };
    Row {
        name: tag.to_owned(),
        why: String::new(),
        cells: vec![
            Cell::Link { href, text: tag.to_owned() },
            Cell::Text(titles(&record.plan, item)),
            Cell::Number(u64::from(item.ring)),
            Cell::Number(u64::from(item.wave)),
            Cell::Text(slot.map_or(String::new(), |slot| {
                say::from_to(local, slot.p50.begins, slot.p50.ends, slot.p90.ends)
            })),
            Cell::Text(basis(w, forecast.bases.get(&item.host))),
            by,
            Cell::Text(say::owner(w, item.owner).to_owned()),
        ],
    }
}

const FILE_COLUMNS: [&str; 11] = [
    "host",
    "patches",
    "ring",
    "wave",
    "begins",
    "ends_p50",
    "ends_p90",
    "by",
    "owner",
    "stands_on",
    "records",
];

/// All that `list` asks for, as rows of a file.
pub(super) fn file_rows(
    ctx: &Ctx,
    record: &PlanRecord,
    forecast: &Forecast,
    list: &ListQuery,
) -> Vec<Vec<Value>> {
    let (w, local, plan) = (ctx.w, ctx.local(), &*record.plan);
    let (items, slots) = (found(plan, list), slots(forecast));
    items
        .into_iter()
        .map(|item| {
            let slot = slots.get(&item.host);
            let at = |time: Option<model::Time>| {
                time.map_or(Value::Empty, |time| Value::Text(local.machine(time)))
            };
            let (stands_on, records) = forecast.history(&item.host);
            let by = match &item.by {
                Hands::Agent => "agent",
                Hands::Person(kind) => kind.word(),
            };
            vec![
                Value::from(item.host.as_str()),
                Value::Text(titles(plan, item)),
                Value::Number(i64::from(item.ring)),
                Value::Number(i64::from(item.wave)),
                at(slot.map(|slot| slot.p50.begins)),
                at(slot.map(|slot| slot.p50.ends)),
                at(slot.map(|slot| slot.p90.ends)),
                Value::from(by),
                Value::Text(say::owner(w, item.owner).to_owned()),
                Value::from(stands_on),
                Value::Number(i64::from(records)),
            ]
        })
        .collect()
}

/// The file of these rows.
pub(super) fn file(ctx: &Ctx, format: Format, rows: Vec<Vec<Value>>) -> Result<Response, Problem> {
    export::table(ctx.w, format, "plan", &FILE_COLUMNS, rows.len() as u64, rows.into_iter())
}
