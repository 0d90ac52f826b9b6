//! The planner's test language: one file of commands, one golden output. A script (`tests/scripts/*.txt`) tells of a hospital in sentences, one
//! command a line, and asks; what it was answered stands beside it (`.out`) and was read by a person. `docs/planning.md` lists the commands.
//!
//! `SEGUE_WRITE_GOLDEN=1` writes the outputs anew: read each of them, then commit.

mod campaign;
mod night;
mod sentence;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use campaign::CampaignDesk;
use night::NightDesk;

/// What came of one command: lines to print, or what would have been right.
type Said = Result<Vec<String>, String>;

/// Someone at a desk with a plan of one night and a campaign, both empty at first.
struct Desk {
    night: NightDesk,
    campaign: CampaignDesk,
}

impl Desk {
    fn new() -> Desk {
        Desk { night: NightDesk::new(), campaign: CampaignDesk::new() }
    }

    fn obey(&mut self, line: &str) -> Said {
        if let Some(said) = self.night.obey(line) {
            return said;
        }
        self.campaign.obey(line).unwrap_or_else(|| {
            let known: Vec<&str> = night::COMMANDS.iter().chain(campaign::COMMANDS).copied().collect();
            Err(format!("no command begins like this; there are:\n  {}", known.join("\n  ")))
        })
    }
}

/// The output of a script: each line as it stands, and below it what it was answered.
///
/// # Errors
/// The first line that is not understood: its number, the line, and what would be right.
fn run(name: &str, script: &str) -> Result<String, String> {
    let (mut desk, mut out) = (Desk::new(), String::new());
    for (number, line) in (1..).zip(script.lines()) {
        writeln!(out, "{line}").unwrap();
        let command = line.trim();
        if command.is_empty() || command.starts_with('#') {
            continue;
        }
        let said = desk.obey(command).map_err(|wrong| format!("{name}:{number}: \"{command}\": {wrong}"))?;
        said.iter().for_each(|line| writeln!(out, "    {line}").unwrap());
    }
    Ok(out)
}

fn scripts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut scripts: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|end| end == "txt")).collect();
    scripts.sort();
    scripts
}

#[test]
fn every_script_is_answered_as_its_golden_output_says() {
    let write = std::env::var_os("SEGUE_WRITE_GOLDEN").is_some();
    let scripts = scripts();
    assert!(scripts.len() >= 8, "{scripts:?}");
    let mut wrong = Vec::new();
    for script in scripts {
        let name = script.file_name().unwrap().to_string_lossy().into_owned();
        let said =
            run(&name, &std::fs::read_to_string(&script).unwrap()).unwrap_or_else(|wrong| panic!("{wrong}"));
        let golden = script.with_extension("out");
        if write {
            std::fs::write(&golden, &said).unwrap();
        } else if std::fs::read_to_string(&golden).ok().as_ref() != Some(&said) {
            wrong.push(format!("{} should be:\n{said}", golden.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_golden_output_has_lost_its_script() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "out") {
            assert!(path.with_extension("txt").exists(), "{}", path.display());
        }
    }
}

#[test]
fn a_line_that_is_not_understood_is_named_with_its_number_and_what_would_be_right() {
    for (script, wanted) in [
        ("# a ward\n\nmake it work", "x.txt:3: \"make it work\": no command begins like this; there are:"),
        (
            "window N1 at north, from day 1 22:00 to day 2 04:00, 2 at onec",
            "\"2 at onec\" is not understood; a window has: ",
        ),
        ("window N1 at north, from day 1 22 to day 2 04:00", "\"22\" is no clock; write 22:00"),
        ("ward w at north, at most many beds dark", "\"many\" is no whole number"),
        ("device MON-1 in w, gets B", "there is no ward w; tell of it first"),
        ("hosts A B\nexplain A\nwhy", "x.txt:3: \"why\": "),
        ("patch kernel installs in x, restarts in 6, backs out in 15", "\"x\" is no whole number"),
    ] {
        let wrong = run("x.txt", script).unwrap_err();
        assert!(wrong.contains(wanted), "{wanted}: {wrong}");
    }
}
