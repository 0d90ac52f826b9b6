//! `bench archive`: two archives of a hundred million objects compared by their agents, beside sort-merge and the crate `negentropy`. `bench archive-paths`: a real
//! archive listed whole by each way of asking it, beside a plain sweep with a Python package.

use anyhow::{Context, Result};

use super::metric::{self, Metric};
use super::{example_output, python};
use crate::needs;
use crate::place::Place;

pub(super) fn run(place: &Place) -> Result<Vec<Metric>> {
    metric::read(&example_output(place, "archive", "bench_archive", &[], &[])?)
}

/// Pinned, so that a figure can be compared with last month's.
const PYNETDICOM: &str = "pynetdicom==3.0.1";
/// Objects of the archive that is listed.
const OBJECTS: &str = "20000";

pub(super) fn run_paths(place: &Place) -> Result<Vec<Metric>> {
    needs::ensure(&[&needs::C_COMPILER, &needs::ORTHANC, &needs::PYTHON])?;
    let python = python::with_package(&place.target, PYNETDICOM)?;
    let script = place.root.join("xtask/python/pynetdicom_sweep.py");
    let text =
        |path: &std::path::Path| path.to_str().map(ToOwned::to_owned).context("a folder's name is not UTF-8");
    let (python, script) = (text(&python)?, text(&script)?);
    metric::read(&example_output(place, "archives", "bench_paths", &[], &[OBJECTS, &python, &script])?)
}
