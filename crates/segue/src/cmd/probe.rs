//! `segue probe archive NAME --place PLACE`: how fast an archive gives images on this computer, told to the server where somebody says so. Nothing of the journal is
//! needed here.

use std::process::ExitCode;

use archive::gate::GateRules;
use archive::verdict::many;
use hospital::archives::fact::Took;
use model::ids::PairId;
use serde_json::{Value, json};
use server::archives::NotAsked;
use server::importer::Watch;

use super::Failed;
use super::compare::stopped;
use super::compared::DIFFERS;
use crate::archives::known;
use crate::archives::probes::{Measured, measured, none, times};
use crate::args::{Probe, ProbeArchive};
use crate::config::Config;
use crate::out::{Out, progress, say, stopped_by_ctrl_c};
use crate::place::{now, time_text};
use crate::telling::Telling;

/// Probes, tells, says what was seen; the exit status is 0 only when every image came and was told.
pub(super) async fn run(config: &Config, asked: Probe, out: &mut Out) -> Result<ExitCode, Failed> {
    let Probe::Archive(asked) = asked;
    let place = asked.place.trim().to_owned();
    if place.is_empty() {
        return Err(Failed::Refused(
            "--place is empty: say what this workstation or site is called".to_owned(),
        ));
    }
    let archive = known(&config.archives, &asked.name)?.clone();
    // What the configuration or the command line lacks is said before anything is asked, and is nothing that the archive did.
    drop((archive.end(&asked.name)?, archive.reads(&asked.name)?));
    let whom = whom(&asked)?;
    if whom.is_some() && asked.times < GateRules::default().probes_min {
        let least = GateRules::default().probes_min;
        say(&format!(
            "{} says too little for the gate, which needs {least} that came.",
            many(u64::from(asked.times), "examination")
        ));
    }
    let watch = Watch::default();
    let bar = progress(&watch, "examinations opened");
    let stopping = stopped_by_ctrl_c(&watch);
    let (name, number) = (asked.name.clone(), asked.times);
    let taken = tokio::task::spawn_blocking(move || {
        times(&archive, &name, number, &|opened| {
            watch.report(opened, u64::from(number));
            !watch.is_stopped()
        })
    });
    let taken = taken.await.map_err(Failed::from_error)?;
    drop((stopping, bar));
    let taken = match taken {
        Ok(taken) => taken,
        Err(NotAsked::Stopped) => return Err(stopped()),
        // Of an archive that does not answer no image comes.
        Err(NotAsked::Failed(says)) => none(says, asked.times),
    };
    let measured = measured(&taken, now());
    let told = match whom {
        None => None,
        Some((telling, pair)) => {
            let page = telling.page(&pair);
            let (name, at) = (asked.name.clone(), place.clone());
            let told = tokio::task::spawn_blocking(move || telling.probed(&pair, &name, &at, &measured));
            Some((told.await.map_err(Failed::from_error)?, page))
        }
    };
    let seen = Seen { archive: asked.name, place, measured, first_failure: taken.first_failure };
    let kept = told.as_ref().and_then(|(told, page)| told.as_ref().ok().map(|kept| (kept, page.as_str())));
    out.result(&seen.value(kept), || seen.text(kept).join("\n"))?;
    out.flush()?;
    if let Some((Err(failed), _)) = told {
        return Err(failed);
    }
    Ok(ExitCode::from(if seen.measured.first_image.failed == 0 { 0 } else { DIFFERS }))
}

/// Who is told, of which pair.
fn whom(asked: &ProbeArchive) -> Result<Option<(Telling, PairId)>, Failed> {
    // Whoever names the server names all of these: the command line asks for it.
    let (Some(url), Some(pair), Some(token_file)) = (&asked.tell, &asked.pair, &asked.token_file) else {
        return Ok(None);
    };
    let pair = PairId::new(pair).map_err(|error| Failed::Refused(format!("--pair: {error}")))?;
    Ok(Some((Telling::new(url, token_file, asked.trusted.as_deref())?, pair)))
}

/// What was seen here.
struct Seen {
    archive: String,
    place: String,
    measured: Measured,
    first_failure: Option<Box<str>>,
}

impl Seen {
    /// For programs.
    fn value(&self, kept: Option<(&Value, &str)>) -> Value {
        let Measured { first_image, search, scroll, prior } = self.measured;
        json!({"archive": self.archive, "place": self.place, "first_image": first_image, "search": search,
            "scroll": scroll, "prior": prior, "first_failure": self.first_failure, "told": kept.map(|(kept, _)| kept)})
    }

    /// For people.
    fn text(&self, kept: Option<(&Value, &str)>) -> Vec<String> {
        let Measured { first_image, search, scroll, prior } = self.measured;
        let opened = u64::from(first_image.probes) + u64::from(first_image.failed);
        let mut lines = vec![format!("{} at {}, {}:", self.archive, self.place, time_text(first_image.at))];
        let first = (first_image.probes > 0).then_some(Took {
            p50_milliseconds: first_image.p50_milliseconds,
            p95_milliseconds: first_image.p95_milliseconds,
            times: first_image.probes,
        });
        let steps = [("search", search), ("first image", first), ("scroll", scroll), ("prior", prior)];
        lines.extend(steps.map(|(name, took)| format!("  {name:<11}  {}", said(took))));
        if first_image.failed > 0 {
            let why = self.first_failure.as_deref().unwrap_or("nobody says why");
            lines.push(format!(
                "NOT OPENED: of {} of {} no image came; the first: {why}",
                first_image.failed,
                many(opened, "examination"),
            ));
        }
        if let Some((kept, page)) = kept {
            lines.push(match kept.get("allowed_p95_milliseconds").and_then(Value::as_u64) {
                Some(most) => format!("Told; 19 of 20 first images may take {most} ms there."),
                None => format!("Told; nobody has said yet what is allowed there, and the gate stays closed until somebody does at {page}"),
            });
        }
        lines
    }
}

fn said(took: Option<Took>) -> String {
    match took {
        None => "not once".to_owned(),
        Some(Took { p50_milliseconds, p95_milliseconds, times }) => {
            format!(
                "p50 {p50_milliseconds} ms, p95 {p95_milliseconds} ms, {}",
                many(u64::from(times), "time")
            )
        }
    }
}
