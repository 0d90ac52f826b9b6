//! What several tests need: the shared data, a hospital made of commands.

use std::path::{Path, PathBuf};

use hospital::command::ImportOrigin;
use hospital::{Command, Fact, Stamp, State, decide};
use model::Time;
use model::ids::ImportId;

/// The folder of shared test data, if it is here.
pub(crate) fn shared() -> Option<PathBuf> {
    let root = std::env::var_os("SEGUE_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let data = root.join("data");
    if data.is_dir() {
        return Some(data);
    }
    eprintln!("skipped: the shared test data is not at {}", root.display());
    None
}

pub(crate) fn journeys() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/journeys")
}

pub(crate) fn origin(source: &str) -> ImportOrigin {
    ImportOrigin {
        id: ImportId::new(source).unwrap(),
        source: source.into(),
        sha256: None,
        remarks: Vec::new(),
    }
}

/// A hospital that only commands have made.
#[derive(Default)]
pub(crate) struct Hospital {
    pub(crate) state: State,
    pub(crate) facts: Vec<(Stamp, Fact)>,
}

impl Hospital {
    pub(crate) fn command(&mut self, command: Command) -> Result<usize, hospital::Refusal> {
        let facts = decide(&self.state, command, Time(1))?;
        let count = facts.len();
        for fact in facts {
            let seq = self.state.seq() + 1;
            let stamp = Stamp { seq, time: Time(i64::try_from(seq).unwrap()), actor: "test".into() };
            self.facts.push((stamp.clone(), fact.clone()));
            self.state.apply(stamp, fact);
        }
        Ok(count)
    }

    pub(crate) fn import_list(&mut self, path: &Path) {
        let name = path.display().to_string();
        let table = adapter_cmms::open_table(&name, path, &adapter_cmms::OpenOptions::default()).unwrap();
        let mapping = adapter_cmms::Mapping::guess(table.header());
        let reading = adapter_cmms::read_devices(&table, &mapping);
        assert!(reading.is_importable(), "{:#?}", reading.findings);
        let devices = reading.devices;
        self.command(Command::ImportInventory { devices, complete: false, origin: origin("list") }).unwrap();
    }

    pub(crate) fn import_advisories(&mut self, folder: &Path) {
        let scan = adapter_csaf::scan(&[folder.to_owned()]);
        let mut advisories = Vec::new();
        adapter_csaf::read_each(&scan, |_, file, loaded| {
            match loaded {
                Ok(loaded) => advisories.push(loaded.advisory),
                Err(refused) if adapter_csaf::is_other_kind(&refused) => {}
                Err(refused) => panic!("{}: {refused}", file.name()),
            }
            true
        });
        let read = advisories.len() as u64;
        self.command(Command::ImportAdvisories { advisories, read, origin: origin("advisories") }).unwrap();
    }
}
