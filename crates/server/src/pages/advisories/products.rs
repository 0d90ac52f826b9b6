//! Advisory → products (`/advisories/{id}/products`) and product → advisories (`/products`): two of CSAF's four lists.

use std::collections::BTreeMap;

use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Response};
use exposure::matcher::AdvisoryIx;
use exposure::version::{Reading, VersionSpec};
use hospital::State;
use hospital::advisories::{KnownProduct, OurModel, names_of};
use model::Advisory;
use model::advisory::ProductStatus;

use super::say::product_status;
use super::{ListPage, Read, choose, read_one};
use crate::export::{self, EXPORT_ROWS_MAX, Format, Value};
use crate::http::Problem;
use crate::listing::{Direction, ListQuery, ListSpec};
use crate::live::Topic;
use crate::page::Ctx;
use crate::pages::matrix::ask::advisory_href;
use crate::parts::{Cell, Choice, Column, Filter, Row, Table};
use crate::words::Words;

pub(super) const OF_ADVISORY: ListSpec = ListSpec {
    path: "/advisories/products",
    sorts: &["document", "vendor", "product"],
    filters: &["publisher"],
};
pub(super) const PRODUCTS: ListSpec = ListSpec {
    path: "/products",
    sorts: &["ours", "vendor", "product", "advisories"],
    filters: &["vendor", "here"],
};

/// A product row of an advisory.
pub(super) struct ProductLine {
    pub(super) id: String,
    pub(super) vendor: String,
    pub(super) product: String,
    pub(super) version: Option<String>,
    /// How the version text was read.
    pub(super) reading: Option<Reading>,
    /// What is said of it, with for how many vulnerabilities.
    pub(super) statuses: Vec<(ProductStatus, u64)>,
}

/// The products of an advisory that meet `list`, in its order.
pub(super) fn product_lines(advisory: &Advisory, list: &ListQuery) -> Vec<ProductLine> {
    let mut said: BTreeMap<&str, BTreeMap<ProductStatus, u64>> = BTreeMap::new();
    for (status, ids) in advisory.vulnerabilities.iter().flat_map(|vulnerability| &vulnerability.statuses) {
        for id in ids {
            *said.entry(id).or_default().entry(*status).or_default() += 1;
        }
    }
    let text = list.filter("q").map(str::to_lowercase);
    let line = |product: &model::advisory::Product| {
        let (vendor, name) = names_of(product);
        ProductLine {
            id: product.id.to_string(),
            vendor: vendor.to_owned(),
            product: name.to_owned(),
            version: product.version.as_ref().map(|version| version.text().to_owned()),
            reading: product.version.as_ref().map(|version| VersionSpec::parse(version).reading()),
            statuses: said
                .get(&*product.id)
                .map(|known| known.iter().map(|(s, n)| (*s, *n)).collect())
                .unwrap_or_default(),
        }
    };
    let mut lines: Vec<ProductLine> = advisory.products.iter().map(line).collect();
    lines.retain(|line| {
        let fields = || {
            format!("{} {} {}", line.vendor, line.product, line.version.as_deref().unwrap_or(""))
                .to_lowercase()
        };
        text.as_ref().is_none_or(|text| fields().contains(text))
    });
    match list.sort {
        "vendor" => lines.sort_by(|a, b| (&a.vendor, &a.product).cmp(&(&b.vendor, &b.product))),
        "product" => lines.sort_by(|a, b| a.product.cmp(&b.product)),
        _ => {}
    }
    if list.direction == Direction::Down {
        lines.reverse();
    }
    lines
}

fn statuses(w: Words, line: &ProductLine) -> String {
    match line.statuses.as_slice() {
        [] => w.product_no_status().to_owned(),
        [(only, _)] => product_status(w, *only).to_owned(),
        several => {
            let part = |(status, count): &(ProductStatus, u64)| {
                w.product_status_part(product_status(w, *status), &w.number(*count))
            };
            several.iter().map(part).collect::<Vec<_>>().join(", ")
        }
    }
}

/// The table of an advisory's products: `lines` of `total`.
pub(super) fn product_table(
    w: Words,
    list: ListQuery,
    lines: &[ProductLine],
    total: u64,
    whole: bool,
) -> Table {
    let row = |line: &ProductLine| Row {
        name: format!("{} {}", line.vendor, line.product),
        why: String::new(),
        cells: vec![
            if line.vendor.is_empty() {
                Cell::Gap(w.product_no_vendor().to_owned())
            } else {
                Cell::Text(line.vendor.clone())
            },
            Cell::Text(line.product.clone()),
            line.version.clone().map_or(Cell::Text(w.product_no_version().to_owned()), Cell::Code),
            Cell::Text(line.reading.as_ref().map_or(String::new(), |reading| w.reading(reading))),
            Cell::Text(statuses(w, line)),
        ],
    };
    let column = |label: &str, key: &'static str| {
        if whole { Column::sortable(label, &list, key) } else { Column::new(label) }
    };
    Table {
        w,
        id: "products",
        caption: w.advisory_products().to_owned(),
        columns: vec![
            column(w.product_col_vendor(), "vendor"),
            column(w.product_col_product(), "product"),
            Column::new(w.product_col_version()),
            Column::new(w.product_col_reading()),
            Column::new(w.product_col_status()),
        ],
        rows: lines.iter().map(row).collect(),
        filters: if whole { vec![Filter::text("q", w.product_col_product(), &list)] } else { Vec::new() },
        list,
        total,
        exports: whole,
        topics: vec![Topic::Advisories],
    }
}

pub(super) async fn of_advisory(
    ctx: Ctx,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let list = OF_ADVISORY.read(query.as_deref())?.under(format!("{}/products", advisory_href(&id)));
    let w = ctx.w;
    let lines = read_one(&ctx, &id, list.filter("publisher"), |_, _, item| {
        Ok(product_lines(&item.current().advisory, &list))
    })?;
    let lines = match lines {
        Read::Known(lines) => lines,
        Read::Several(several) => return Ok(choose(&ctx, &id, "/products", several)),
    };
    let total = lines.len() as u64;
    if let Some(format) = Format::of_query(query.as_deref())? {
        let columns = ["product_id", "vendor", "product", "version", "read_as", "statuses"];
        let text = |text: Option<String>| text.map_or(Value::Empty, Value::Text);
        let rows = lines.into_iter().map(move |line| {
            let statuses: Vec<String> = line
                .statuses
                .iter()
                .map(|(status, count)| format!("{} ({count})", exposure::diff::status_words(*status)))
                .collect();
            let statuses = Value::Text(statuses.join(", "));
            vec![
                Value::Text(line.id),
                Value::Text(line.vendor),
                Value::Text(line.product),
                text(line.version),
                text(line.reading.map(|reading| reading.to_string())),
                statuses,
            ]
        });
        return export::table(w, format, &format!("{id}-products"), &columns, total, rows);
    }
    let shown: Vec<ProductLine> = list.page(lines.into_iter()).collect();
    let shell = ctx
        .shell(w.advisory_products())
        .crumb("/advisories", w.advisories_title())
        .crumb(advisory_href(&id), id.clone());
    let table = product_table(w, list, &shown, total, true);
    Ok(ctx
        .page(ListPage { shell, lead: w.advisory_products_lead().to_owned(), links: Vec::new(), table })
        .into_response())
}

/// A product as advisories write it, with the advisories and our models.
pub(super) struct KnownLine {
    pub(super) vendor: String,
    pub(super) product: String,
    pub(super) advisories: Vec<String>,
    /// (certain, maker, model, devices).
    pub(super) ours: Vec<(bool, String, String, u64)>,
}

/// Certain ones before perhaps, more devices before fewer.
fn ours_order(known: &KnownProduct<'_>) -> (std::cmp::Reverse<bool>, std::cmp::Reverse<u64>) {
    let devices = known.ours.iter().map(|ours| ours.devices).sum();
    (std::cmp::Reverse(known.ours.iter().any(|ours| ours.is_certain)), std::cmp::Reverse(devices))
}

/// The products that meet `list`, from `offset` on, `most` at most, and how many there are.
pub(super) fn known_lines(
    state: &State,
    list: &ListQuery,
    offset: u64,
    most: usize,
) -> Result<(Vec<KnownLine>, u64), Problem> {
    let here = list.filter("here");
    if let Some(asked) = here.filter(|asked| !matches!(*asked, "certain" | "perhaps" | "none")) {
        let asked: String = asked.chars().take(40).collect();
        return Err(Problem::Bad(format!(
            "here={asked} is not possible; it is one of: certain, perhaps, none"
        )));
    }
    let lower = |key: &str| list.filter(key).map(str::to_lowercase);
    let (text, vendor) = (lower("q"), lower("vendor"));
    let mut all = hospital::advisories::products(state);
    all.retain(|known| {
        let certain = known.ours.iter().any(|ours| ours.is_certain);
        let fits = match here {
            Some("certain") => certain,
            Some("perhaps") => !certain && !known.ours.is_empty(),
            Some(_) => known.ours.is_empty(),
            None => true,
        };
        let product = || known.product.to_lowercase();
        fits && vendor.as_ref().is_none_or(|wanted| known.vendor.to_lowercase().contains(wanted))
            && text.as_ref().is_none_or(|wanted| {
                product().contains(wanted) || known.vendor.to_lowercase().contains(wanted)
            })
    });
    match list.sort {
        "vendor" => {}
        "product" => all.sort_by_key(|known| known.product),
        "advisories" => all.sort_by_key(|known| known.advisories.len()),
        _ => all.sort_by_key(ours_order),
    }
    if list.direction == Direction::Down {
        all.reverse();
    }
    let total = all.len() as u64;
    let id = |ix: &AdvisoryIx| {
        state.library().get(*ix).map(|item| item.current().advisory.key.tracking_id.to_string())
    };
    let ours = |ours: &OurModel<'_>| {
        (ours.is_certain, ours.manufacturer.to_owned(), ours.model.to_owned(), ours.devices)
    };
    let line = |known: KnownProduct<'_>| KnownLine {
        vendor: known.vendor.to_owned(),
        product: known.product.to_owned(),
        advisories: known.advisories.iter().filter_map(id).collect(),
        ours: known.ours.iter().map(ours).collect(),
    };
    let shown = all.into_iter().skip(usize::try_from(offset).unwrap_or(usize::MAX)).take(most);
    Ok((shown.map(line).collect(), total))
}

/// Names shown in one cell; the advisories' own list and the file have all.
const SHOWN_MAX: usize = 6;

fn ours_text(w: Words, (certain, maker, model, devices): &(bool, String, String, u64)) -> String {
    let devices = w.why_devices(*devices);
    if *certain { w.product_ours(maker, model, &devices) } else { w.product_perhaps(maker, model, &devices) }
}

fn known_row(w: Words, line: &KnownLine) -> Row {
    let more = |count: usize| (count > SHOWN_MAX).then(|| w.product_and_more((count - SHOWN_MAX) as u64));
    let advisories: Vec<String> =
        line.advisories.iter().take(SHOWN_MAX).cloned().chain(more(line.advisories.len())).collect();
    let ours: Vec<String> = line
        .ours
        .iter()
        .take(SHOWN_MAX)
        .map(|ours| ours_text(w, ours))
        .chain(more(line.ours.len()))
        .collect();
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("vendor", &line.vendor).finish();
    Row {
        name: format!("{} {}", line.vendor, line.product),
        why: String::new(),
        cells: vec![
            if line.vendor.is_empty() {
                Cell::Gap(w.product_no_vendor().to_owned())
            } else {
                Cell::Link { href: format!("/products?{query}"), text: line.vendor.clone() }
            },
            Cell::Text(line.product.clone()),
            match line.advisories.as_slice() {
                [only] => Cell::Link { href: advisory_href(only), text: only.clone() },
                _ => Cell::Lines(advisories),
            },
            if ours.is_empty() { Cell::Text(w.product_none_of_ours().to_owned()) } else { Cell::Lines(ours) },
        ],
    }
}

pub(super) async fn show(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let list = PRODUCTS.read(query.as_deref())?;
    let w = ctx.w;
    let format = Format::of_query(query.as_deref())?;
    let (offset, most) = match format {
        Some(_) => (0, usize::try_from(EXPORT_ROWS_MAX).unwrap_or(usize::MAX)),
        None => (list.offset, list.limit as usize),
    };
    let (lines, total) = ctx.app.domain.node.read(|state| known_lines(state, &list, offset, most))?;
    if let Some(format) = format {
        let rows = lines.into_iter().map(|line| {
            let model = |wanted: bool| {
                let fits = line.ours.iter().filter(|(certain, ..)| *certain == wanted);
                Value::Text(
                    fits.map(|(_, maker, model, n)| format!("{maker} {model} ({n})"))
                        .collect::<Vec<_>>()
                        .join("; "),
                )
            };
            let (certain, perhaps) = (model(true), model(false));
            vec![
                Value::Text(line.vendor),
                Value::Text(line.product),
                Value::Text(line.advisories.join(" ")),
                certain,
                perhaps,
            ]
        });
        let columns = ["vendor", "product", "advisories", "our_models", "perhaps_our_models"];
        return export::table(w, format, "products", &columns, total, rows);
    }
    let choice = |value: &str, label: &str| Choice { value: value.to_owned(), label: label.to_owned() };
    let table = Table {
        w,
        id: "products",
        caption: w.advisory_products().to_owned(),
        columns: vec![
            Column::sortable(w.product_col_vendor(), &list, "vendor"),
            Column::sortable(w.product_col_product(), &list, "product"),
            Column::sortable(w.product_col_advisories(), &list, "advisories"),
            Column::sortable(w.product_col_ours(), &list, "ours"),
        ],
        rows: lines.iter().map(|line| known_row(w, line)).collect(),
        filters: vec![
            Filter::text("q", w.product_col_product(), &list),
            Filter::text("vendor", w.advisory_f_vendor(), &list),
            Filter::choice(
                "here",
                w.products_f_here(),
                &list,
                vec![
                    choice("certain", w.products_here_certain()),
                    choice("perhaps", w.products_here_perhaps()),
                    choice("none", w.products_here_none()),
                ],
            ),
        ],
        list,
        total,
        exports: true,
        topics: vec![Topic::Advisories, Topic::Devices, Topic::Aliases],
    };
    let shell = ctx.shell(w.products_title()).crumb("/advisories", w.advisories_title());
    Ok(ctx
        .page(ListPage { shell, lead: w.products_lead().to_owned(), links: Vec::new(), table })
        .into_response())
}
