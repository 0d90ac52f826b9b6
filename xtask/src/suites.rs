//! The registry of test suites and the order in which they run. A new suite is one entry here and one file below.

mod archive;
mod browser;
mod database;
mod fuzz;
mod lint;
mod sim;
mod unit;
mod vm;

use std::cell::Cell;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::count::Words;
use crate::needs::{self, Need};
use crate::place::Place;
use crate::report::Report;
use crate::run::on_path;

/// No run may take longer: the CI stops at 90 minutes without saying where. The aim is 40 on two cores.
const RUN_TIME_MAX_MINUTES: u64 = 82;
/// Building everything, cold, on two cores.
const BUILD_TIME_MAX_MINUTES: u64 = 35;

/// One suite.
struct Suite {
    /// Its name on the command line.
    name: &'static str,
    /// What it shows, in one line.
    about: &'static str,
    /// What must be on the machine.
    needs: &'static [&'static Need],
    /// Runs its steps and records them.
    run: fn(&Shared, &mut Report),
}

/// In the order in which they run: what is quick and fails often comes first.
const SUITES: &[Suite] = &[
    Suite {
        name: "lint",
        about: "format, clippy without warnings, licences and sources of every dependency",
        needs: &[&needs::BUILD_TOOLS],
        run: lint::run,
    },
    Suite {
        name: "unit",
        about: "unit, property and integration tests of every crate, the rules of the house, doc tests",
        needs: &[&needs::BUILD_TOOLS],
        run: unit::run,
    },
    Suite {
        name: "db",
        about: "every test with `postgres` in its name, against real servers that it starts",
        needs: &[&needs::BUILD_TOOLS, &needs::POSTGRES],
        run: database::run,
    },
    Suite {
        name: "archive",
        about: "every test with `orthanc_` in its name: two real image archives, asked in every way, with every trap",
        needs: &[&needs::BUILD_TOOLS, &needs::ORTHANC],
        run: archive::run,
    },
    Suite {
        name: "browser",
        about: "journeys in a real Chromium: keyboard, accessibility, content security policy",
        needs: &[
            &needs::BUILD_TOOLS,
            &needs::CHROMIUM,
            &needs::FONTS,
            &needs::NODE,
            &needs::NPM,
            &needs::ORTHANC,
        ],
        run: browser::run,
    },
    Suite {
        name: "fuzz",
        about: "seed corpora of the parsers that read hostile input, then seeded mutations of them",
        needs: &[&needs::BUILD_TOOLS],
        run: fuzz::run,
    },
    Suite {
        name: "sim",
        about: "500 invented patch nights in virtual time, each seed the same again; planted bugs are all found",
        needs: &[&needs::C_COMPILER],
        run: sim::run,
    },
    Suite {
        name: "vm",
        about: "real Debian machines (emulated) that are patched and really restart; root only",
        needs: &[
            &needs::BUILD_TOOLS,
            &needs::QEMU,
            &needs::DEBOOTSTRAP,
            &needs::REPOSITORY,
            &needs::SHELLCHECK,
        ],
        run: vm::run,
    },
];

/// What the suites share: the checkout, the runner, and one build for all of them.
struct Shared<'a> {
    place: &'a Place,
    nextest: bool,
    built: Cell<Option<bool>>,
}

impl Shared<'_> {
    /// Builds every program, test and example, once for all suites. `false` when it does not compile.
    fn build(&self, report: &mut Report) -> bool {
        if let Some(built) = self.built.get() {
            return built;
        }
        // The whole workspace, also when one suite is asked for: another selection would have other features of the
        // dependencies, and everything would be compiled a second time.
        let mut cargo =
            self.place.cargo(&["build", "--workspace", "--bins", "--tests", "--examples", "--locked"]);
        let built = report.step("build", Words::Step, minutes(BUILD_TIME_MAX_MINUTES), &mut cargo);
        self.built.set(Some(built));
        built
    }
}

/// Prints the registry.
pub(crate) fn list() {
    for suite in SUITES {
        let needs = suite.needs.iter().map(|need| need.what).collect::<Vec<_>>().join(", ");
        println!("{:<9}{}\n         needs {needs}", suite.name, suite.about);
    }
}

/// Runs the named suites, or all when none is named. `Ok(true)` when nothing failed.
///
/// # Errors
/// A suite of that name does not exist.
pub(crate) fn run(place: &Place, names: &[String]) -> Result<bool> {
    for name in names {
        if !SUITES.iter().any(|suite| suite.name == name) {
            let known = SUITES.iter().map(|suite| suite.name).collect::<Vec<_>>().join(", ");
            bail!("there is no suite {name:?}; the suites are: {known}");
        }
    }
    let shared = Shared { place, nextest: on_path("cargo-nextest"), built: Cell::new(None) };
    let mut report = Report::new(minutes(RUN_TIME_MAX_MINUTES));
    for suite in SUITES {
        if !names.is_empty() && !names.iter().any(|name| name == suite.name) {
            continue;
        }
        match needs::ensure(suite.needs) {
            Ok(()) => (suite.run)(&shared, &mut report),
            Err(error) => report.not_run(suite.name, &error.to_string()),
        }
    }
    Ok(report.finish())
}

const fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}
