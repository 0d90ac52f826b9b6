//! `/plans`: who gets which patch when, what goes dark for whom, who has agreed; drafting, approving, starting, stopping; work
//! by hand; the report after the night.

pub(crate) mod acts;
pub(crate) mod api;
mod campaign;
pub(crate) mod campaign_api;
mod campaign_say;
mod campaign_view;
mod change;
mod change_form;
mod chosen;
pub(crate) mod data;
mod draft;
mod form;
pub(crate) mod host_acts;
mod item;
mod items;
mod list;
mod moves;
mod needs;
mod outage;
mod pdf;
mod preview;
mod record;
mod report;
mod resources;
mod rules;
mod span;
mod view;
mod work;
mod work_view;

pub(crate) use list::status;
pub(crate) use view::{cover_lines, sign_off_status};

use crate::Routes;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/plans", list::show)
        .get("/plans/new", draft::show)
        .post("/plans/new", draft::by_form)
        .get("/plans/new/campaign", campaign::show)
        .post("/plans/new/campaign", campaign::save)
        .post("/plans/new/campaign/look", campaign::look_at)
        .upload("/plans/new/file", draft::FILE_SIZE_MAX_BYTES, draft::by_file)
        .get("/plans/{id}", item::show)
        .get("/plans/{id}/work/{asset}", work::show)
        .upload("/plans/{id}/work/{asset}/step", work::PHOTO_UPLOAD_MAX_BYTES, work::step)
        .get("/plans/{id}/work/{asset}/photo/{step}", work::photo)
        .post("/plans/{id}/work/{asset}/sign", work::sign)
        .post("/plans/{id}/work/{asset}/check", work::check)
        .get("/plans/{id}/outages/{outage}/move", outage::ask)
        .post("/plans/{id}/outages/{outage}/move", outage::act)
        .get("/plans/{id}/hosts/{asset}/{act}", host_acts::ask)
        .post("/plans/{id}/hosts/{asset}/{act}", host_acts::act)
        .get("/plans/{id}/report", report::show)
        .get("/plans/{id}/report.pdf", report::pdf)
        .get("/plans/{id}/record", record::show)
        .get("/plans/{id}/change", change::show)
        .post("/plans/{id}/change", change::save)
        .get("/plans/{id}/{act}", acts::ask)
        .post("/plans/{id}/{act}", acts::act)
}
