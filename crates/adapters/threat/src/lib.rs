//! What is known about vulnerabilities beyond the advisories: CISA's KEV catalogue, EPSS scores, CISA's SSVC decision
//! points ("vulnrichment").
//!
//! Here live the readers of these feeds. What must not live here: ranking, storage, clocks and the network.

mod cve;
mod epss;
mod kev;
mod kev_table;
mod vulnrichment;

pub use adapter_input::{Reason, Refused};
pub use epss::{EPSS_LINE_MAX_BYTES, EPSS_ROWS_MAX_COUNT, EPSS_SIZE_MAX_BYTES, EpssFeed, read_epss};
pub use kev::{KEV_ENTRIES_MAX_COUNT, KevCatalog, read_kev};
pub use vulnrichment::{RecordFile, Vulnrichment, read_vulnrichment, scan_vulnrichment};
