//! Work that people do on devices without an agent: steps with what shows that each was done (R99).

use serde::{Deserialize, Serialize};

use crate::device::Installer;
use crate::hash::PlanHash;
use crate::{AssetTag, Time};

/// A person did one step of the work on a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepDone {
    /// The plan.
    pub plan: PlanHash,
    /// The device.
    pub host: AssetTag,
    /// Number of the step, over all patches of the item in their order, from 1.
    pub step: u16,
    /// What was handed in.
    pub shown: Shown,
    /// Who did it, by name: staff or a vendor's engineer.
    pub worker: Box<str>,
    /// What sort of person that is; the device must let such a person install (R97).
    pub installer: Installer,
}

/// What was handed in for a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// The person says so.
    Said,
    /// The label that was read: asset tag, serial number or UDI.
    Label(Box<str>),
    /// A measurement, with its unit, or what was seen.
    Measured(Box<str>),
    /// A photograph, by the SHA-256 of its blob in hexadecimal.
    Photo(Box<str>),
    /// A function test.
    Test {
        /// Did the device pass?
        passed: bool,
        /// What was tested and seen.
        says: Box<str>,
    },
}

/// The signature under a finished piece of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkSigned {
    /// The plan.
    pub plan: PlanHash,
    /// The device.
    pub host: AssetTag,
    /// Who signs, by name.
    pub by: Box<str>,
    /// When the work was finished, as the person says.
    pub finished_at: Time,
    /// The version that the device shows now.
    pub version_seen: Box<str>,
}

/// A person checked again that a device that was worked on by hand still has what was installed, and works. Only this renews its proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkChecked {
    /// The plan.
    pub plan: PlanHash,
    /// The device.
    pub host: AssetTag,
    /// Who checked, by name.
    pub by: Box<str>,
    /// The label that was read: asset tag, serial number or UDI.
    pub label: Box<str>,
    /// The version that the device shows.
    pub version_seen: Box<str>,
    /// Did the device pass?
    pub passed: bool,
    /// What was tested and seen.
    pub says: Box<str>,
}
