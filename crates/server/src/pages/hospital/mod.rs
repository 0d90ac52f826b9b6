//! `/hospital`: sites, buildings, units; beds, the services for them, and what carries these (R12, R37).

pub(crate) mod api;
mod data;
mod view;

use askama::Template;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};

use crate::Routes;
use crate::export::{self, Format, Value};
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::parts::Empty;

pub(super) fn routes() -> Routes {
    Routes::new().get("/hospital", show)
}

#[derive(Template)]
#[template(path = "pages/hospital.html")]
struct HospitalPage {
    shell: Shell,
    empty: Option<Empty>,
    view: view::View,
}

async fn show(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let w = ctx.w;
    let hospital = ctx.app.domain.node.read(data::hospital);
    if let Some(format) = Format::of_query(query.as_deref())? {
        return file(&ctx, format, &hospital);
    }
    let empty = (hospital.sites.is_empty() && hospital.services_total == 0).then(|| Empty {
        w,
        text: w.hospital_empty().to_owned(),
        href: "/imports".to_owned(),
        step: w.hospital_empty_step().to_owned(),
    });
    let view = view::View::new(w, &hospital);
    Ok(ctx.page(HospitalPage { shell: ctx.shell(w.hospital_title()), empty, view }).into_response())
}

const FILE_COLUMNS: [&str; 13] = [
    "service",
    "name",
    "kind",
    "units",
    "beds",
    "needed",
    "carriers",
    "spare",
    "falls_back_on",
    "carrier",
    "carrier_registered",
    "carrier_open",
    "carrier_open_exploited",
];

/// Every service with every carrier, one row for each pair.
fn file(ctx: &Ctx, format: Format, hospital: &data::Hospital) -> Result<Response, Problem> {
    let units = hospital.sites.iter().flat_map(|site| &site.buildings).flat_map(|building| &building.units);
    let mut services: Vec<&data::ServiceData> = units.flat_map(|unit| &unit.services).collect();
    services.extend(&hospital.everywhere);
    services.sort_by(|a, b| a.id.cmp(&b.id));
    services.dedup_by(|a, b| a.id == b.id);
    let number = |value: u64| Value::Number(i64::try_from(value).unwrap_or(i64::MAX));
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for service in services {
        for carrier in &service.carriers {
            rows.push(vec![
                Value::from(service.id.as_str()),
                Value::from(service.name.as_str()),
                Value::from(view::kind_word(service.kind)),
                Value::Text(service.units.join("; ")),
                number(service.beds),
                number(u64::from(service.needed)),
                number(service.carriers.len() as u64),
                number(service.spare),
                Value::Text(service.fallback.join("; ")),
                Value::from(carrier.asset_tag.as_str()),
                Value::from(if carrier.registered { "yes" } else { "no" }),
                number(carrier.open),
                number(carrier.exploited),
            ]);
        }
    }
    export::table(ctx.w, format, "hospital-services", &FILE_COLUMNS, rows.len() as u64, rows.into_iter())
}
