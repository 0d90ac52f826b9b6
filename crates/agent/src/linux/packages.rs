//! What a package system can be asked and told: the seam between apt and dnf.

use std::collections::BTreeMap;
use std::fs::File;

use model::host::{AvailablePatch, Reading, SignalSource, SystemFamily};
use model::patch::PackageVersion;

use super::run::NotRun;

/// Names and versions of what is installed.
pub type Installed = BTreeMap<Box<str>, Box<str>>;

/// After so long an installation is no longer waited for. It is never ended: that would leave halves.
pub(super) const CHANGE_MAX_SECONDS: u64 = 4 * 3_600;

/// A package system.
pub trait PackageSystem: Send + Sync {
    /// Which.
    fn family(&self) -> SystemFamily;

    /// Everything installed. A package that is there by half has words after its version, so that it is never taken for whole.
    ///
    /// # Errors
    /// It cannot be asked.
    fn installed(&self) -> Result<Installed, NotRun>;

    /// The patches that it offers now, from what it fetched last.
    ///
    /// # Errors
    /// It cannot be asked.
    fn available(&self) -> Result<Vec<AvailablePatch>, NotRun>;

    /// Fetches what is offered anew.
    ///
    /// # Errors
    /// It could not.
    fn refresh(&self) -> Result<(), NotRun>;

    /// What its own sources say of pending restarts and of itself.
    fn signals(&self) -> BTreeMap<SignalSource, Reading>;

    /// Fetches packages, changes nothing.
    ///
    /// # Errors
    /// It could not.
    fn download(&self, packages: &[PackageVersion]) -> Result<String, NotRun>;

    /// Brings packages to these versions. The program holds `lock` as long as it runs.
    ///
    /// # Errors
    /// It could not.
    fn install(&self, packages: &[PackageVersion], lock: File) -> Result<String, NotRun>;

    /// Brings packages back; `None` takes one off.
    ///
    /// # Errors
    /// It could not.
    fn roll_back(
        &self,
        packages: &BTreeMap<Box<str>, Option<Box<str>>>,
        lock: File,
    ) -> Result<String, NotRun>;
}
