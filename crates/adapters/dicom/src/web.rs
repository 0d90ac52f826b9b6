//! An archive's web services (DICOMweb, PS3.18): QIDO-RS asks, and every header of the answer is seen.
//!
//! `http` (one request within limits), `json` (rows of DICOM JSON, one after another), `qido` (a query).

mod http;
mod json;
mod qido;

pub use http::{Client, Headers, Web, WebFailed};
pub(crate) use json::said;
pub use json::{JsonRow, NotRows, read_rows};
pub use qido::{Asked, Page, QidoFailed};
