//! The built `segue`, run as people and programs run it: what it prints, how it ends, what stays in the journal.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test that cannot go on stops

mod accounts;
mod advisories;
mod again;
mod audit;
mod bound;
mod bundle;
mod campaign;
mod compare;
mod contract;
mod exposures;
mod from_journal;
mod host;
mod inventory;
mod manifests;
mod names;
mod night;
mod past_nights;
mod performed;
mod planning;
mod probe;
mod served;
mod support;
mod worklists;
