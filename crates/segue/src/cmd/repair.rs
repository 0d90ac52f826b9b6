//! `segue repair archive A B`: what B lacks is given to it; B is asked whether it keeps it; both are compared again; some of it is read back. Only all of
//! that together says that it is there.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;

use adapter_dicom::repair::{Doubt, ReadBack, Repaired};
use archive::{InstanceUid, StudyUid, Tier, Verdict};
use model::ids::PairId;
use node::Node;
use serde_json::{Value, json};
use server::archives::ToSend;
use server::importer::Watch;
use server::work::record_sent;

use super::Failed;
use super::compare::{compared, day};
use super::compared::{Compared, UNPROVEN, many};
use crate::archives::{ConfiguredPairs, ReadingBack, Repairing};
use crate::args::Repair;
use crate::config::Config;
use crate::out::{Out, progress, say, stopped_by_ctrl_c};
use crate::place::{actor, now, open_node};

/// Doubts of one kind that are named for a person; a program is told all.
const NAMED_MAX: usize = 20;

pub(super) async fn run(config: &Config, asked: Repair, out: &mut Out) -> Result<ExitCode, Failed> {
    let Repair::Archive { a, b, since, yes } = asked;
    let since = since.as_deref().map(day).transpose()?;
    // Found out before anything is asked: whether it can be done, and how.
    let repairing = Repairing::new(&config.archives, &a, &b)?;
    let before = compared(config, &a, &b, since, Tier::Identity).await?;
    let (lacking, objects) = lacks(&before.verdict);
    let journal = Journal::of(config, &a, &b).await?;
    let wanted = to_send(&lacking, journal.as_ref());
    if wanted.studies.is_empty() || !yes {
        out.result(&before.value(), || before.text().join("\n"))?;
        if !wanted.studies.is_empty() {
            say(&format!(
                "{} of {} would be sent from {a} to {b}, newest first, and {} in doubt asked for again; nothing was sent: say --yes",
                many(objects.len() as u64, "object"),
                many(lacking.len() as u64, "examination"),
                many(wanted.again.len() as u64, "examination")
            ));
            say(&repairing.says.join("\n"));
        }
        return Ok(before.code());
    }
    say(&repairing.says.join("\n"));
    let how = repairing.says.clone();
    let (repaired, reading) = sent(repairing, wanted.clone(), objects).await?;
    let after = compared(config, &a, &b, since, Tier::Identity).await?;
    let (repaired, back) = match repaired.is_stopped {
        true => (repaired, None),
        false => read_back(reading, repaired).await?,
    };
    let told = Told { how, before, repaired, after, back };
    // Told first, for what went over is true whether or not it can be recorded; and recorded whether or not anybody reads it.
    let is_told = out.result(&told.value(), || told.text().join("\n")).and_then(|()| out.flush());
    if let Some(journal) = journal {
        journal.record(&wanted, &told.repaired, told.back.as_ref()).await?;
    }
    is_told?;
    Ok(ExitCode::from(told.status()))
}

/// Where the configuration names these two as a pair: what is known of it, and where what comes of this is recorded.
struct Journal {
    node: Arc<Node>,
    pair: PairId,
    doubts: BTreeSet<StudyUid>,
}

impl Journal {
    async fn of(config: &Config, a: &str, b: &str) -> Result<Option<Journal>, Failed> {
        let Some(pair) = ConfiguredPairs::new(config).of(a, b).map(|pair| pair.id) else {
            say(&format!(
                "Nothing is recorded: the configuration has no [pairs.NAME] with a = \"{a}\" and b = \"{b}\"."
            ));
            return Ok(None);
        };
        let node = open_node(config).await?;
        let doubts = node.read(|state| {
            let known = state.archives().pair(&pair).into_iter().flat_map(|pair| pair.doubts().keys());
            known.cloned().collect()
        });
        Ok(Some(Journal { node, pair, doubts }))
    }

    async fn record(
        &self,
        wanted: &ToSend,
        repaired: &Repaired,
        back: Option<&ReadBack>,
    ) -> Result<(), Failed> {
        let sent = crate::archives::sent(Vec::new(), wanted, repaired, back);
        let examinations = wanted.studies.len() as u64;
        let recorded = record_sent(&self.node, &self.pair, examinations, &sent, &actor(), now()).await;
        recorded.map_err(Failed::Refused)
    }
}

/// What B lacks, newest first, and what is in doubt there.
fn to_send(lacking: &[StudyUid], journal: Option<&Journal>) -> ToSend {
    let again = journal.map(|journal| journal.doubts.clone()).unwrap_or_default();
    let known: BTreeSet<&StudyUid> = lacking.iter().collect();
    let in_doubt = again.iter().filter(|study| !known.contains(study));
    ToSend { studies: lacking.iter().chain(in_doubt).cloned().collect(), again }
}

/// Examinations of which B lacks something, newest first, and the objects.
fn lacks(verdict: &Verdict) -> (Vec<StudyUid>, BTreeSet<InstanceUid>) {
    match verdict {
        Verdict::Proven(proven) => (
            proven.a_only.iter().map(|missing| missing.study.uid.clone()).collect(),
            proven.a_only.iter().flat_map(|missing| missing.instances.iter().cloned()).collect(),
        ),
        // Without a proof nobody knows what is missing; what is known to be is not all.
        Verdict::Unproven { .. } => (Vec::new(), BTreeSet::new()),
    }
}

/// Sends; Ctrl-C stops it, and what went until then stays.
async fn sent(
    repairing: Repairing,
    wanted: ToSend,
    objects: BTreeSet<InstanceUid>,
) -> Result<(Repaired, ReadingBack), Failed> {
    let watch = Watch::default();
    let bar = progress(&watch, "objects sent");
    let stopping = stopped_by_ctrl_c(&watch);
    let sent = tokio::task::spawn_blocking(move || repairing.run(&wanted, Some(&objects), &watch)).await;
    drop((stopping, bar));
    sent.map_err(Failed::from_error)?
}

/// Reads back, as far as B can be read; Ctrl-C stops it.
async fn read_back(
    reading: ReadingBack,
    mut repaired: Repaired,
) -> Result<(Repaired, Option<ReadBack>), Failed> {
    let watch = Watch::default();
    let bar = progress(&watch, "objects read back");
    let stopping = stopped_by_ctrl_c(&watch);
    let read = tokio::task::spawn_blocking(move || {
        let back = reading.run(&mut repaired.given, &watch);
        (repaired, back)
    });
    let read = read.await;
    drop((stopping, bar));
    read.map_err(Failed::from_error)
}

/// What came of all of it.
struct Told {
    how: Vec<String>,
    before: Compared,
    repaired: Repaired,
    after: Compared,
    /// `None` where nothing was read back: B cannot be read, or it was stopped before.
    back: Option<ReadBack>,
}

impl Told {
    /// That of the second comparison; but never 0 where B does not answer for what it got, whatever a list says.
    fn status(&self) -> u8 {
        let is_read = self.back.as_ref().is_none_or(|back| !back.is_stopped && back.not_readable.is_empty());
        let is_believed = self.repaired.not_committed.is_empty() && is_read && !self.repaired.is_stopped;
        match self.after.status() {
            0 if !is_believed => UNPROVEN,
            status => status,
        }
    }

    fn value(&self) -> Value {
        let named = |doubts: &[Doubt]| -> Vec<Value> {
            let one =
                |doubt: &Doubt| json!({"study": doubt.study, "object": doubt.object, "says": *doubt.says});
            doubts.iter().map(one).collect()
        };
        let Repaired { not_sent, changed, committed, not_committed, is_stopped, .. } = &self.repaired;
        let back = self.back.as_ref();
        json!({
            "how": self.how, "before": self.before.value(), "sent": self.repaired.sent(), "stopped": is_stopped,
            "not_sent": named(not_sent), "changed": named(changed),
            "committed": committed, "not_committed": named(not_committed),
            "after": self.after.value(),
            "read_back": back.map(|back| json!({"read": back.read, "of": back.of, "stopped": back.is_stopped})),
            "not_readable": back.map(|back| named(&back.not_readable)),
        })
    }

    fn text(&self) -> Vec<String> {
        let b = &self.after.b;
        let mut lines = vec!["Before:".to_owned()];
        lines.extend(self.before.text());
        lines.push(format!("Sent: {}.", many(self.repaired.sent(), "object")));
        lines.extend(named("Not sent whole", &self.repaired.not_sent));
        lines.extend(named("Changed on the way in", &self.repaired.changed));
        lines.push(match self.repaired.committed {
            Some(kept) => format!("{b} takes responsibility for {}.", many(kept, "object")),
            None => format!("{b} was not asked whether it keeps it."),
        });
        lines.extend(named("Not committed, so not believed to be there", &self.repaired.not_committed));
        lines.push("After:".to_owned());
        lines.extend(self.after.text());
        lines.push(match &self.back {
            Some(back) => format!("Read back from {b}: {} of {}.", back.read, many(back.of, "object")),
            None => format!("Nothing was read back from {b}."),
        });
        lines.extend(self.back.iter().flat_map(|back| named("Not readable", &back.not_readable)));
        if self.status() == UNPROVEN && self.after.status() == 0 {
            lines.push(format!("NOT PROVEN: {b} lists it, and does not answer for all of it."));
        }
        lines
    }
}

fn named(what: &str, doubts: &[Doubt]) -> Vec<String> {
    let mut lines: Vec<String> =
        doubts.iter().take(NAMED_MAX).map(|doubt| format!("{what}: {doubt}")).collect();
    let more = doubts.len().saturating_sub(NAMED_MAX);
    if more > 0 {
        lines.push(format!("{what}: and {more} more; --json names all"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use archive::{Holding, Instance, SeriesUid, Uid};
    use model::Time;

    use super::*;

    fn uid(text: &str) -> Uid {
        Uid::parse(text).unwrap()
    }

    /// A comparison of two archives that have one object; B may lack it.
    fn compared(b_has: bool) -> Compared {
        let object = Instance {
            uid: InstanceUid(uid("1.2.1.1")),
            series: SeriesUid(uid("1.2.1")),
            study: StudyUid(uid("1.2")),
            arrived: None,
            content: None,
        };
        let study = archive::Study {
            uid: object.study.clone(),
            patient: archive::Patient::new("P1", ""),
            date: archive::StudyDate::Empty,
            accession: "".into(),
            counted: None,
        };
        let holding = |has: bool| {
            let mut holding = Holding::new();
            if has {
                holding.study(study.clone());
                holding.instance(object.clone());
            }
            holding
        };
        let verdict = archive::compare(&holding(true), &holding(b_has), Time(0), Tier::Identity);
        Compared { a: "a".into(), b: "b".into(), since: None, cut: Time(0), verdict }
    }

    fn told(repaired: Repaired, back: Option<ReadBack>) -> Told {
        Told { how: Vec::new(), before: compared(false), repaired, after: compared(true), back }
    }

    fn doubt(object: u32) -> Doubt {
        let object = InstanceUid(uid(&format!("1.2.1.{object}")));
        Doubt { study: StudyUid(uid("1.2")), object: Some(object), says: "B does not keep it".into() }
    }

    #[test]
    fn an_archive_that_lists_what_it_does_not_answer_for_never_ends_with_0() {
        assert_eq!(told(Repaired::default(), None).status(), 0);
        assert_eq!(told(Repaired::default(), Some(ReadBack::default())).status(), 0);
        let kept = Repaired { committed: Some(1), ..Repaired::default() };
        assert_eq!(told(kept, None).status(), 0);
        let lost = Repaired { committed: Some(0), not_committed: vec![doubt(1)], ..Repaired::default() };
        let lost = told(lost, None);
        assert_eq!(lost.status(), UNPROVEN);
        let text = lost.text().join("\n");
        assert!(
            text.contains("Not committed, so not believed to be there: 1.2.1.1 of 1.2: B does not keep it")
        );
        assert!(text.contains("NOT PROVEN: b lists it, and does not answer for all of it."), "{text}");
        let unreadable = ReadBack { of: 1, not_readable: vec![doubt(1)], ..ReadBack::default() };
        assert_eq!(told(Repaired::default(), Some(unreadable)).status(), UNPROVEN);
        let stopped = ReadBack { of: 1, is_stopped: true, ..ReadBack::default() };
        assert_eq!(told(Repaired::default(), Some(stopped)).status(), UNPROVEN);
        let stopped = Repaired { is_stopped: true, ..Repaired::default() };
        assert_eq!(told(stopped, None).status(), UNPROVEN);
    }

    #[test]
    fn what_still_differs_ends_as_the_comparison_does_and_a_program_is_told_every_name() {
        let doubts: Vec<Doubt> = (1..=30).map(doubt).collect();
        let not_sent = Repaired { not_sent: doubts, ..Repaired::default() };
        let told = Told { after: compared(false), ..told(not_sent, None) };
        assert_eq!(told.status(), told.after.status());
        assert_ne!(told.status(), 0);
        let text = told.text().join("\n");
        assert!(text.contains("Not sent whole: and 10 more; --json names all"), "{text}");
        assert_eq!(told.value()["not_sent"].as_array().unwrap().len(), 30);
        assert_eq!(told.value()["committed"], Value::Null, "nobody was asked");
    }
}
