//! Image archives as they are spoken with: DICOM's own protocol, its web services, and the interface of one server that is faster than either.
//!
//! Everything that comes is taken as hostile: sizes and counts have limits (`limits`), and what cannot be read says where. What an answer
//! *proves* is not said here but in `archive`.

pub mod dimse;
pub mod element;
pub mod limits;
pub mod object;
pub mod orthanc;
pub mod peer;
pub mod repair;
mod row;
pub mod source;
pub mod tags;
pub mod web;
