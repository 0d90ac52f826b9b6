//! The command line: `enrol`, `run`, `status`, `observe`. The same for `segue-agent` and for `segue agent`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::folder::{FOLDER_DEFAULT, Folder};
use super::run::REFRESH_EVERY_DEFAULT_SECONDS;
use super::validity::Validity;
use super::{EnrolOptions, Failed, RunOptions, Trust, clock, enrol, run};
use crate::core::OBSERVE_EVERY_DEFAULT_SECONDS;
use crate::linux::Linux;

/// What can be said.
pub const HELP: &str = "\
segue-agent: patches this host on signed orders of its site, and reports what is true of it

  segue-agent enrol --server https://HOST:PORT --token TOKEN (--ca FILE | --ca-sha256 FINGERPRINT) [--again]
      makes a key on this host and gets a certificate for it; the token is good once
  segue-agent run [--observe-seconds N] [--refresh-seconds N]
      the service; --refresh-seconds 0 leaves fetching the lists of patches to others
  segue-agent status [--json]
      who this host is, what it does, what waits for delivery
  segue-agent observe --json
      prints what it would report, and changes nothing

  --state DIR     where the state is kept (/var/lib/segue-agent; or SEGUE_AGENT_STATE)
  --root DIR      read /proc, /sys, /run, /etc and /boot below this folder (for tests)
  --help, --version
Environment: SEGUE_AGENT_LISTEN, the address at which HL7 heartbeats are received (127.0.0.1).
";

/// Carries a command line out, without the program's name.
pub fn main(args: impl IntoIterator<Item = String>) -> ExitCode {
    match carry_out(args.into_iter().collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed::Usage(says)) => {
            say_error(&format!("segue-agent: {says}\n\n{HELP}"));
            ExitCode::from(2)
        }
        Err(error) => {
            say_error(&format!("segue-agent: {error}"));
            ExitCode::from(1)
        }
    }
}

fn say_error(line: &str) {
    // Nobody can be told that nobody can be told.
    let _closed = writeln!(std::io::stderr(), "{line}");
}

fn say(line: &str) {
    let _closed = writeln!(std::io::stdout(), "{line}");
}

/// Options as they were given.
#[derive(Default)]
struct Given {
    pairs: Vec<(String, String)>,
    flags: Vec<String>,
}

const WITH_VALUE: [&str; 8] = [
    "--server",
    "--token",
    "--ca",
    "--ca-sha256",
    "--state",
    "--root",
    "--observe-seconds",
    "--refresh-seconds",
];
const ALONE: [&str; 2] = ["--again", "--json"];

impl Given {
    fn read(args: &[String]) -> Result<Given, Failed> {
        let mut given = Given::default();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let (name, value) = match arg.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (&**arg, None),
            };
            if ALONE.contains(&name) && value.is_none() {
                given.flags.push(name.to_owned());
            } else if WITH_VALUE.contains(&name) {
                let value = value.or_else(|| args.next().cloned());
                let value = value.ok_or_else(|| Failed::Usage(format!("{name} needs a value")))?;
                given.pairs.push((name.to_owned(), value));
            } else {
                return Err(Failed::Usage(format!("\"{arg}\" is not known here")));
            }
        }
        Ok(given)
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.pairs.iter().rev().find(|(given, _)| given == name).map(|(_, value)| &**value)
    }

    fn needed(&self, name: &str) -> Result<String, Failed> {
        self.value(name).map(str::to_owned).ok_or_else(|| Failed::Usage(format!("{name} is missing")))
    }

    fn flag(&self, name: &str) -> bool {
        self.flags.iter().any(|given| given == name)
    }

    fn seconds(&self, name: &str, least: u32, unless_given: u32) -> Result<u32, Failed> {
        let Some(text) = self.value(name) else { return Ok(unless_given) };
        let usage = || Failed::Usage(format!("{name} {text}: a whole number of seconds from {least}"));
        text.parse().ok().filter(|seconds| *seconds >= least).ok_or_else(usage)
    }

    fn folder(&self) -> Folder {
        let from_outside = std::env::var("SEGUE_AGENT_STATE").ok();
        let path = self.value("--state").map(str::to_owned).or(from_outside);
        Folder::new(PathBuf::from(path.as_deref().unwrap_or(FOLDER_DEFAULT)))
    }

    fn root(&self) -> PathBuf {
        PathBuf::from(self.value("--root").unwrap_or("/"))
    }
}

fn carry_out(args: Vec<String>) -> Result<(), Failed> {
    let (command, rest) = args.split_first().ok_or_else(|| Failed::Usage("say what to do".into()))?;
    match &**command {
        "--help" | "-h" | "help" => {
            say(HELP);
            Ok(())
        }
        "--version" | "-V" => {
            say(concat!("segue-agent ", env!("CARGO_PKG_VERSION")));
            Ok(())
        }
        "enrol" => enrol_here(&Given::read(rest)?),
        "run" => run_here(&Given::read(rest)?),
        "status" => status(&Given::read(rest)?),
        "observe" => observe(&Given::read(rest)?),
        other => Err(Failed::Usage(format!("\"{other}\" is no command"))),
    }
}

fn enrol_here(given: &Given) -> Result<(), Failed> {
    let trust = match (given.value("--ca"), given.value("--ca-sha256")) {
        (Some(path), None) => Trust::File(path.into()),
        (None, Some(digits)) => Trust::Sha256(digits.to_owned()),
        _ => return Err(Failed::Usage("one of --ca and --ca-sha256 says which server is believed".into())),
    };
    let options = EnrolOptions {
        server: given.needed("--server")?,
        token: given.needed("--token")?,
        trust,
        again: given.flag("--again"),
    };
    let known = enrol(&given.folder(), &options)?;
    say(&format!("enrolled as {known}"));
    Ok(())
}

fn run_here(given: &Given) -> Result<(), Failed> {
    let folder = given.folder();
    folder.known()?;
    let host = Linux::new(given.root(), folder.path())?;
    let options = RunOptions {
        observe_every_seconds: given.seconds("--observe-seconds", 1, OBSERVE_EVERY_DEFAULT_SECONDS)?,
        refresh_every_seconds: given.seconds("--refresh-seconds", 0, REFRESH_EVERY_DEFAULT_SECONDS)?,
        stop: Arc::new(AtomicBool::new(false)),
        say,
    };
    run(&folder, Arc::new(host), options)
}

fn status(given: &Given) -> Result<(), Failed> {
    let folder = given.folder();
    let known = folder.known()?;
    let memory = crate::store::peek(folder.path())?;
    let validity = Validity::of_pem(&known.certificate_pem);
    let contact: Option<serde_json::Value> = std::fs::read(folder.path().join("contact.json"))
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok());
    if given.flag("--json") {
        let shown = serde_json::json!({
            "host": known.host,
            "server": known.server,
            "certificate_until_us": validity.map(|validity| validity.until.0),
            "contact": contact,
            "running": memory.running.as_ref().map(|running| running.order.id.as_str()),
            "term": memory.term,
            "sequence": memory.sequence,
            "waiting": memory.queue.len(),
            "last_number": memory.queue.last(),
            "observed_at_us": memory.reported.as_ref().map(|reported| reported.observed_at.0),
        });
        say(&format!("{shown:#}"));
        return Ok(());
    }
    let now = clock::wall();
    say(&format!("host           {known}"));
    let until = validity.map_or_else(
        || "cannot be read".to_owned(),
        |validity| format!("valid for {} days", validity.until.seconds_since(now).div_euclid(86_400)),
    );
    say(&format!("certificate    {until}"));
    say(&format!("server         {}", said_of(contact.as_ref(), now)));
    let running = memory.running.as_ref();
    let order = running.map(|running| format!("{} ({})", running.order.id, running.order.action.word()));
    say(&format!("order          {}", order.unwrap_or_else(|| "none is carried out".to_owned())));
    say(&format!("last order     number {}, term {}", memory.sequence, memory.term));
    let looked = memory.reported.as_ref().map(|reported| now.seconds_since(reported.observed_at));
    let looked = looked.map_or_else(|| "never".to_owned(), |seconds| format!("{seconds} s ago"));
    say(&format!("last look      {looked}"));
    say(&format!("to be told     {} items", memory.queue.len()));
    Ok(())
}

fn said_of(contact: Option<&serde_json::Value>, now: model::Time) -> String {
    let Some(contact) = contact else { return "never spoken to".to_owned() };
    let at = contact.get("at_us").and_then(serde_json::Value::as_i64).unwrap_or_default();
    let ago = now.seconds_since(model::Time(at));
    let says = contact.get("says").and_then(serde_json::Value::as_str).unwrap_or_default();
    match contact.get("reached").and_then(serde_json::Value::as_bool) {
        Some(true) => format!("reached {ago} s ago"),
        _ => format!("not reached since {ago} s ago: {says}"),
    }
}

fn observe(given: &Given) -> Result<(), Failed> {
    if !given.flag("--json") {
        return Err(Failed::Usage("observe prints JSON; say --json".into()));
    }
    let beside = std::env::temp_dir();
    let host = Linux::new(given.root(), &beside)?;
    let observed = host.observe(clock::wall()).map_err(Failed::NoBoot)?;
    let shown = serde_json::to_string_pretty(&observed).map_err(|error| Failed::Key(error.to_string()))?;
    say(&shown);
    Ok(())
}
