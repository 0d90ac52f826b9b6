//! The attributes that are asked for (PS3.6), by their keywords.

use crate::element::Tag;

/// Study Date.
pub const STUDY_DATE: Tag = Tag(0x0008, 0x0020);
/// Study Time.
pub const STUDY_TIME: Tag = Tag(0x0008, 0x0030);
/// Accession Number.
pub const ACCESSION_NUMBER: Tag = Tag(0x0008, 0x0050);
/// Modality.
pub const MODALITY: Tag = Tag(0x0008, 0x0060);
/// Modalities in Study.
pub const MODALITIES_IN_STUDY: Tag = Tag(0x0008, 0x0061);
/// SOP Class UID.
pub const SOP_CLASS_UID: Tag = Tag(0x0008, 0x0016);
/// SOP Instance UID.
pub const SOP_INSTANCE_UID: Tag = Tag(0x0008, 0x0018);
/// Patient ID.
pub const PATIENT_ID: Tag = Tag(0x0010, 0x0020);
/// Issuer of Patient ID.
pub const ISSUER_OF_PATIENT_ID: Tag = Tag(0x0010, 0x0021);
/// Study Instance UID.
pub const STUDY_INSTANCE_UID: Tag = Tag(0x0020, 0x000D);
/// Series Instance UID.
pub const SERIES_INSTANCE_UID: Tag = Tag(0x0020, 0x000E);
/// Number of Study Related Series.
pub const STUDY_SERIES: Tag = Tag(0x0020, 0x1206);
/// Number of Study Related Instances.
pub const STUDY_INSTANCES: Tag = Tag(0x0020, 0x1208);
/// Number of Series Related Instances.
pub const SERIES_INSTANCES: Tag = Tag(0x0020, 0x1209);
