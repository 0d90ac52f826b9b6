//! The house front, asked as browsers and programs ask it, in one process and without a network.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test that cannot go on stops

mod api;
mod door;
mod exports;
mod files;
mod filled;
mod filled_advisories;
mod live;
mod night;
mod pages;
mod pages_advisories;
mod pages_aliases;
mod pages_archive;
mod pages_audit;
mod pages_cadence;
mod pages_calendar;
mod pages_campaign;
mod pages_choosing;
mod pages_deciding;
mod pages_devices;
mod pages_hospital;
mod pages_imports;
mod pages_matrix;
mod pages_moving;
mod pages_night;
mod pages_overview;
mod pages_places;
mod pages_planning;
mod pages_plans;
mod pages_settings;
mod problems;
mod sign_in;
mod socket;
mod support;
mod watch;
