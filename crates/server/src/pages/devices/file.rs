//! `/devices/{id}`: one device. Support first, then what the register says, what it carries for care, which product it
//! is, and everything that advisories say of it.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Response};
use exposure::product::{MatchKind, MatchedBy, NameMatch};
use exposure::vendor::VendorRelation;
use hospital::State;
use model::device::{Device, SupportStatus, UdiAgency};
use model::people::Role;
use model::{AssetTag, Time};

use super::{exposures, href, segment, today};
use crate::clock::Local;
use crate::export::Format;
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::parts::{Age, Banner, BannerKind, Mark, Status, Table};
use crate::words::Words;

/// Product names shown; a device that might be more than these has a name that says little.
const NAMES_SHOWN_MAX: usize = 20;

/// One line of the register's entry: what it is called, and the value or what is missing.
pub(super) struct FactLine {
    pub(super) label: &'static str,
    pub(super) value: Option<String>,
    pub(super) code: bool,
}

/// One service that the device carries.
pub(super) struct ServiceLine {
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) beds: String,
    pub(super) units: Vec<(String, String)>,
    pub(super) needs: String,
    pub(super) dark: bool,
    pub(super) fallback: String,
}

/// One product name that the device is, or may be.
pub(super) struct NameLine {
    pub(super) product: String,
    pub(super) same: bool,
    pub(super) how: String,
    pub(super) confidence: String,
    pub(super) act: &'static str,
    pub(super) href: String,
}

/// What was copied out of the state.
pub(super) struct Known {
    pub(super) device: Device,
    pub(super) ix: u32,
    pub(super) retired: bool,
    pub(super) changed: Time,
}

impl Known {
    /// The device of this tag, retired ones included.
    pub(super) fn of(state: &State, tag: &str) -> Result<Known, Problem> {
        let device = state.register().by_tag(tag).ok_or(Problem::NotFound)?;
        Ok(Known {
            device: device.to_device(),
            ix: device.ix(),
            retired: device.is_retired(),
            changed: device.changed(),
        })
    }
}

#[derive(Template)]
#[template(path = "pages/device.html")]
struct DevicePage {
    shell: Shell,
    lead: String,
    here: String,
    retired: Option<Banner>,
    gate: Status,
    gate_says: String,
    facts: Vec<FactLine>,
    entry_age: Age,
    services: Vec<ServiceLine>,
    names: Vec<NameLine>,
    names_more: String,
    table: Table,
    nothing_said: bool,
    may_retire: bool,
}

pub(super) async fn show(
    ctx: Ctx,
    Path(tag): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let list = exposures::LIST.read(query.as_deref())?;
    let w = ctx.w;
    let (known, all, names, services) = ctx.app.domain.node.read(|state| {
        let known = Known::of(state, &tag)?;
        let all = exposures::of_device(state, known.ix);
        Ok::<_, Problem>((known, all, names(w, state, &tag), services(w, state, &tag)))
    })?;
    let tag = known.device.asset_tag.as_str();
    if let Some(format) = Format::of_query(query.as_deref())? {
        return exposures::file(&ctx, format, tag, all, &list);
    }
    let local = ctx.local();
    let (gate, gate_says) = gate(&local, &known.device);
    let nothing_said = all.is_empty();
    let (mut names, hidden) = names;
    names.truncate(NAMES_SHOWN_MAX);
    let shell = ctx.shell(tag).crumb("/devices", w.devices_title());
    let page = DevicePage {
        shell,
        lead: lead(&known.device),
        here: href(tag),
        retired: known.retired.then(|| Banner {
            w,
            kind: BannerKind::Warning,
            text: w.device_retired(&local.moment(known.changed)),
        }),
        gate,
        gate_says,
        facts: facts(w, &known.device),
        entry_age: Age::new(&local, known.changed, None),
        services,
        names,
        names_more: if hidden > 0 { w.device_names_more(hidden) } else { String::new() },
        table: exposures::table(&ctx, tag, all, list)?,
        nothing_said,
        may_retire: !known.retired && ctx.may(Role::Engineer),
    };
    Ok(ctx.page(page).into_response())
}

/// Maker, model and version in one line.
pub(super) fn lead(device: &Device) -> String {
    let parts = [&*device.manufacturer, &*device.model, device.software_version.as_deref().unwrap_or("")];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

/// The first gate (R85): is it supported, and what follows.
pub(super) fn gate(local: &Local, device: &Device) -> (Status, String) {
    let w = local.w;
    let (support, now) = (device.support, device.support.on(today(local)));
    let (mark, says) = match (now, support.status, support.end) {
        (SupportStatus::Supported, _, None) => (Mark::Fixed, w.device_gate_supported().to_owned()),
        (SupportStatus::Supported, _, Some(end)) => {
            (Mark::Fixed, w.device_gate_supported_until(&end.to_string()))
        }
        (SupportStatus::Unsupported, _, Some(end)) if end < today(local) => {
            (Mark::Affected, w.device_gate_ended(&end.to_string()))
        }
        (SupportStatus::Unsupported, _, _) => (Mark::Affected, w.device_gate_unsupported().to_owned()),
        (SupportStatus::Unknown, _, _) => (Mark::Unknown, w.device_gate_unknown().to_owned()),
    };
    (Status::worded(mark, w.support(now)), says)
}

fn facts(w: Words, device: &Device) -> Vec<FactLine> {
    let line = |label, value: Option<String>, code| FactLine { label, value, code };
    let text = |label, value: Option<&str>| {
        line(label, value.filter(|text| !text.is_empty()).map(str::to_owned), false)
    };
    let code = |label, value: &Option<Box<str>>| line(label, value.as_deref().map(str::to_owned), true);
    let word = |label, known: bool, value: &str| line(label, known.then(|| value.to_owned()), false);
    let place = &device.location;
    let udi = device.udi.as_ref().map(|udi| {
        let agency = match udi.agency {
            UdiAgency::Gs1 => "GS1",
            UdiAgency::Hibcc => "HIBCC",
        };
        w.device_udi_text(agency, &udi.di)
    });
    vec![
        text(w.device_maker(), Some(&device.manufacturer)),
        text(w.device_model(), Some(&device.model)),
        code(w.device_model_number(), &device.model_number),
        code(w.device_version(), &device.software_version),
        code(w.device_hardware(), &device.hardware_version),
        text(w.device_system(), device.operating_system.as_deref()),
        code(w.device_serial(), &device.serial_number),
        line(w.device_udi(), udi, true),
        line(w.device_manufactured(), device.manufactured.map(|day| day.to_string()), false),
        code(w.device_cpe(), &device.identifiers.cpe),
        code(w.device_purl(), &device.identifiers.purl),
        text(w.device_kind(), device.kind.as_deref()),
        text(w.device_site(), place.site.as_deref()),
        text(w.device_building(), place.building.as_deref()),
        text(w.device_unit(), place.unit.as_deref()),
        text(w.device_room(), place.room.as_deref()),
        text(w.device_owner(), device.owner.as_deref()),
        line(w.device_end(), device.support.end.map(|day| day.to_string()), false),
        word(
            w.device_installer(),
            device.installer != model::device::Installer::Unknown,
            w.installer(device.installer),
        ),
        word(w.device_access(), device.access != model::device::Access::Unknown, w.access(device.access)),
        word(
            w.device_network(),
            device.network != model::device::Network::Unknown,
            w.network(device.network),
        ),
        word(
            w.device_criticality(),
            device.criticality != model::device::Criticality::Unknown,
            w.criticality(device.criticality),
        ),
    ]
}

/// The services that a device carries, and what happens to each without it (R12, R37).
pub(super) fn services(w: Words, state: &State, tag: &str) -> Vec<ServiceLine> {
    let places = state.places();
    let Ok(host) = AssetTag::new(tag) else { return Vec::new() };
    state
        .carried_by(&host)
        .map(|service| {
            let [needed, all] = [usize::from(service.redundancy.needed), service.redundancy.carriers.len()]
                .map(|count| w.number(count as u64));
            let fallback = service.fallback.as_ref().and_then(|id| places.services.get(id));
            ServiceLine {
                name: service.name.to_string(),
                kind: w.service_kind(service.kind),
                beds: match service.beds.len() {
                    0 => w.device_service_no_beds().to_owned(),
                    beds => w.hospital_beds(beds as u64),
                },
                units: places
                    .units_of(&service)
                    .into_iter()
                    .map(|unit| {
                        (format!("/hospital#unit-{}", segment(unit.id.as_str())), unit.name.to_string())
                    })
                    .collect(),
                needs: w.hospital_needed(&needed, &all),
                dark: service.needs_all(),
                fallback: fallback.map_or(String::new(), |service| w.device_fallback(&service.name)),
            }
        })
        .collect()
}

/// The product names a device is or may be, surest first, at most [`NAMES_SHOWN_MAX`], and how many more there are.
fn names(w: Words, state: &State, tag: &str) -> (Vec<NameLine>, u64) {
    let Some(device) = state.register().by_tag(tag) else { return (Vec::new(), 0) };
    let mut found = state.matcher().names_of(device.ix());
    found.sort_by_key(|(vendor, product, found)| {
        (found.kind, std::cmp::Reverse(found.confidence), *vendor, *product)
    });
    let hidden = found.len().saturating_sub(NAMES_SHOWN_MAX) as u64;
    let lines = found.into_iter().take(NAMES_SHOWN_MAX).map(|(vendor, product, found)| {
        let (same, act) = act(w, &found);
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("q", device.model());
        NameLine {
            product: format!("{vendor} {product}").trim().to_owned(),
            same,
            how: w.name_match(&found),
            confidence: found.confidence.to_string(),
            act,
            href: format!("/aliases?{}", query.finish()),
        }
    });
    (lines.collect(), hidden)
}

fn act(w: Words, found: &NameMatch) -> (bool, &'static str) {
    let said = found.by == MatchedBy::Confirmed || found.vendor == VendorRelation::Confirmed;
    match found.kind {
        MatchKind::Ask(_) => (false, w.device_name_confirm()),
        MatchKind::Same if said => (true, w.device_name_undo()),
        MatchKind::Same => (true, w.device_name_review()),
    }
}
