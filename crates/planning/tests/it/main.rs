//! Planning held to sentences about a hospital: what the checker blocks, what it lets pass, and that drafts are sound.
#![allow(clippy::unwrap_used)]

mod bundle_oracle;
mod bundles;
mod campaigns;
mod checker;
mod drafts;
mod forecasts;
mod hospital;
mod schedules;
mod terms;
mod timetables;
mod wanted;
mod window_times;
mod windows;
