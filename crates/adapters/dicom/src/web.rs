//! An archive's web services (DICOMweb, PS3.18): QIDO-RS asks, WADO-RS fetches, STOW-RS stores, and every header of the answer is seen.
//!
//! `http` (one request within limits), `json` (rows of DICOM JSON, one after another), `qido` (a query), `media` and `multipart` (bodies in parts),
//! `wado` (objects come), `stow` (objects go).

mod http;
mod json;
mod media;
mod multipart;
mod qido;
mod stow;
mod wado;

pub use http::{Client, Headers, Web, WebFailed};
pub(crate) use json::said;
pub use json::{JsonRow, NotRows, read_rows};
pub use media::{BOUNDARY_LENGTH_MAX_CHARACTERS, NotMultipart as NotMedia};
pub use multipart::{Multipart, NotMultipart, Part};
pub use qido::{Asked, Page, QidoFailed};
pub use stow::{Kept, NotKept, STOW_OBJECTS_MAX, Stored, StowFailed};
pub use wado::{Objects, Of, WadoFailed};
