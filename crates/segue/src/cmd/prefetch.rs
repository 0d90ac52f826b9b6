//! `segue prefetch archive A VIEWER --expected FILE…`: before dark time, are the priors of whoever is soon in theatre at the fall-back viewer's archive, and do
//! they open there (R78)? What is missing is carried there; only what was read back there, whole, counts as present.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use adapter_dicom::repair::{Given, ReadBack, read_back};
use archive::verdict::many;
use archive::{Holding, Instance, InstanceUid, Reason, Side, StudyUid, Tier};
use model::Time;
use serde_json::json;
use server::archives::ToSend;
use server::importer::Watch;

use super::Failed;
use super::compare::held;
use super::compared::{DIFFERS, UNPROVEN};
use crate::archives::{Asking, Both, Repairing, Telling, Told, known};
use crate::args::Prefetch;
use crate::config::Config;
use crate::out::{Out, findings, progress, say, stopped_by_ctrl_c};
use crate::place::{now, time_text};

/// Objects that are named for a person; a program is told all.
const NAMED_MAX: usize = 20;
/// An operation that began so long ago may still need its images.
const BEGUN_SECONDS: i64 = 12 * 3_600;
const HALF_A_DAY_SECONDS: i64 = 12 * 3_600;

pub(super) async fn run(config: &Config, asked: Prefetch, out: &mut Out) -> Result<ExitCode, Failed> {
    let Prefetch::Archive { a, viewer, expected, hours, yes } = asked;
    let reads = || known(&config.archives, &viewer)?.reads(&viewer);
    // Found out before anything is asked: whether the viewer's archive can be read, and filled.
    drop(reads()?);
    let repairing = if yes { Some(Repairing::new(&config.archives, &a, &viewer)?) } else { None };
    let cut = now();
    let told = read(config, &expected, cut)?;
    let both = || Both::new(&config.archives, &a, &viewer, Tier::Identity);
    let (mut of_a, mut of_viewer) = held(both()?, None, cut).await?;
    let until = cut.plus_seconds(i64::from(hours) * 3_600);
    let mut list = List::new(&told, &of_a, &of_viewer, cut, until);
    if let Some(repairing) = repairing.filter(|_| !list.missing.is_empty()) {
        say(&repairing.says.join("\n"));
        let (studies, objects) = (list.lacking(), list.missing.iter().map(|one| one.uid.clone()).collect());
        carry(repairing, studies, objects).await?;
        (of_a, of_viewer) = held(both()?, None, cut).await?;
        list = List::new(&told, &of_a, &of_viewer, cut, until);
    }
    let (present, pace) = (list.present.clone(), known(&config.archives, &viewer)?.pace());
    let mut reads = reads()?;
    let watch = Watch::default();
    let bar = progress(&watch, "objects read at the viewer's archive");
    let stopping = stopped_by_ctrl_c(&watch);
    let back = tokio::task::spawn_blocking(move || {
        read_back(&mut *reads, &present, pace, &|far| {
            let (done, of) = far.counts();
            watch.report(done, of);
            !watch.is_stopped()
        })
    });
    let back = back.await.map_err(Failed::from_error)?;
    drop((stopping, bar));
    let told = Outcome { a, viewer, until, list, back, unread: told.unread };
    out.result(&told.value(), || told.text().join("\n"))?;
    Ok(ExitCode::from(told.status()))
}

fn read(config: &Config, files: &[PathBuf], cut: Time) -> Result<Told, Failed> {
    let asking = Asking { files: files.to_vec(), worklists: Vec::new() };
    Telling::new(config).read(&asking, None, cut, |source, says, wrong| {
        findings(wrong, 0);
        say(&format!("{source}: {says}"));
    })
}

/// Carries what is missing; what comes of it is seen by listing and reading again.
async fn carry(
    repairing: Repairing,
    studies: Vec<StudyUid>,
    objects: BTreeSet<InstanceUid>,
) -> Result<(), Failed> {
    let watch = Watch::default();
    let bar = progress(&watch, "objects sent");
    let stopping = stopped_by_ctrl_c(&watch);
    let sent = tokio::task::spawn_blocking(move || {
        repairing.run(&ToSend { studies, ..ToSend::default() }, Some(&objects), &watch)
    })
    .await;
    drop((stopping, bar));
    let (repaired, _) = sent.map_err(Failed::from_error)??;
    for doubt in repaired.not_sent.iter().take(NAMED_MAX) {
        say(&format!("not sent: {}: {}", doubt.study, doubt.says));
    }
    Ok(())
}

/// The priors of whoever is soon in theatre, at the viewer's archive and not.
struct List {
    studies: u64,
    present: Vec<Given>,
    missing: Vec<Instance>,
    /// Why it is not known what there is, of either archive.
    doubts: Vec<Reason>,
}

impl List {
    fn new(told: &Told, of_a: &Holding, of_viewer: &Holding, cut: Time, until: Time) -> List {
        // What is known of theatres reaches a day ahead: it is asked half a day further on, again and again.
        let asked: Vec<Time> = (0..)
            .map(|halves| cut.plus_seconds(halves * HALF_A_DAY_SECONDS))
            .take_while(|at| *at <= until)
            .collect();
        let is_soon = |at: Time| at <= until && cut.seconds_since(at) <= BEGUN_SECONDS;
        let soon = |study: &archive::Study| {
            asked.iter().any(|now| told.of_study(study, *now).theatre.flatten().is_some_and(is_soon))
        };
        let wanted: BTreeSet<&StudyUid> =
            of_a.studies().values().filter(|study| soon(study)).map(|study| &study.uid).collect();
        let objects = of_a.instances().values().filter(|object| wanted.contains(&object.study));
        let (present, missing): (Vec<&Instance>, Vec<&Instance>) =
            objects.partition(|object| of_viewer.instances().contains_key(&object.uid));
        let gaps = |side: Side, holding: &Holding| {
            let gaps = holding.gaps().iter().map(|gap| Reason::NotListed { side, gap: gap.clone() });
            gaps.collect::<Vec<_>>()
        };
        List {
            studies: wanted.len() as u64,
            present: present
                .into_iter()
                .map(|object| Given { object: object.clone(), class: None, was_there: true })
                .collect(),
            missing: missing.into_iter().cloned().collect(),
            doubts: [gaps(Side::A, of_a), gaps(Side::B, of_viewer)].concat(),
        }
    }

    /// Examinations of which something is missing.
    fn lacking(&self) -> Vec<StudyUid> {
        let studies: BTreeSet<&StudyUid> = self.missing.iter().map(|object| &object.study).collect();
        studies.into_iter().cloned().collect()
    }
}

struct Outcome {
    a: String,
    viewer: String,
    until: Time,
    list: List,
    back: ReadBack,
    /// Files of which something could not be read.
    unread: u64,
}

impl Outcome {
    /// 0 only when every object of every such prior was read at the viewer's archive, and all of the list is known.
    fn status(&self) -> u8 {
        let is_unknown = !self.list.doubts.is_empty() || self.unread > 0 || self.back.is_stopped;
        let is_whole = self.back.read == self.list.present.len() as u64 && self.back.not_readable.is_empty();
        if !self.list.missing.is_empty() || !self.back.not_readable.is_empty() {
            DIFFERS
        } else if is_unknown || !is_whole || self.list.studies == 0 {
            UNPROVEN
        } else {
            0
        }
    }

    fn value(&self) -> serde_json::Value {
        let doubtful = self.back.not_readable.iter();
        let doubtful: Vec<serde_json::Value> = doubtful
            .map(|doubt| json!({"study": doubt.study, "object": doubt.object, "says": *doubt.says}))
            .collect();
        json!({
            "a": self.a, "viewer": self.viewer, "until": self.until, "studies": self.list.studies,
            "present": self.list.present.len(), "read": self.back.read, "not_readable": doubtful,
            "missing": self.list.missing.iter().map(|one| &one.uid).collect::<Vec<_>>(),
            "not_known": self.list.doubts.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "files_not_read_whole": self.unread,
        })
    }

    fn text(&self) -> Vec<String> {
        let (viewer, until) = (&self.viewer, time_text(self.until));
        let mut lines = vec![format!(
            "Whoever is in theatre until {until} has {} in {}.",
            many(self.list.studies, "examination"),
            self.a
        )];
        if self.list.studies == 0 {
            lines.push(
                "NOTHING LOOKED FOR: no file names such an operation, or nobody of them has an examination."
                    .to_owned(),
            );
        }
        lines.push(format!(
            "  read at {viewer}, whole: {} of {} that are there; {} missing",
            self.back.read,
            many(self.list.present.len() as u64, "object"),
            self.list.missing.len()
        ));
        let missing = self.list.missing.iter().take(NAMED_MAX);
        lines.extend(missing.map(|one| format!("  missing at {viewer}: {} of {}", one.uid, one.study)));
        let unreadable = self.back.not_readable.iter().take(NAMED_MAX);
        lines.extend(
            unreadable.map(|one| format!("  does not open at {viewer}: {}: {}", one.study, one.says)),
        );
        lines.extend(self.list.doubts.iter().map(|doubt| format!("NOT KNOWN: {doubt}")));
        if self.unread > 0 {
            lines.push(format!("NOT KNOWN: of {} something could not be read", many(self.unread, "file")));
        }
        lines
    }
}
