//! Two archives of the configuration of which one stands in for the other: compared, sent and recorded under one name.

use std::collections::BTreeMap;
use std::path::PathBuf;

use adapter_dicom::repair::{Doubt, ReadBack, Repaired, looked_again};
use archive::verdict::many;
use archive::{DoubtKind, Doubtful, Kept, Side, StudyUid, Tier};
use model::ids::PairId;
use model::{Date, Time};
use serde::{Deserialize, Serialize};
use server::archives::{ImageArchives, Looked, NotAsked, OfExam, PairAsked, Probes, Sent, ToSend};
use server::importer::Watch;

use super::probes::{self, PROBES};
use super::worklists::{self, Worklists};
use super::{AgentsConfig, ArchiveConfig, Archives, Asking, Both, Linked, Repairing, Telling, known};
use crate::cmd::Failed;
use crate::config::Config;
use crate::place::now;

/// Every pair by its name.
pub(crate) type Pairs = BTreeMap<String, PairConfig>;

/// A day, in seconds.
const DAY_SECONDS: i64 = 86_400;
/// Longest time between two comparisons: what is proven once a week is proven on no other day.
const EVERY_MAX_MINUTES: u32 = 7 * 24 * 60;

/// Where archives are probed from when nothing else is said: where Segue runs.
const PLACE: &str = "segue";

/// A pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PairConfig {
    /// The archive in use.
    a: String,
    /// The one that stands in.
    b: String,
    /// Only examinations of so many days back, and those without a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    days: Option<u32>,
    /// Compare pixel data and chosen attributes as well.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    content: bool,
    /// Files and folders that say what was to be there, and of patients: HL7 messages, logs of modalities. Read anew for each comparison.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    expected: Vec<PathBuf>,
    /// Worklists of the configuration: what was to be made by now. Asked anew for each comparison.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    worklists: Vec<String>,
    /// `segue serve` compares them by itself so often.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    compare_every_minutes: Option<u32>,
    /// It probes both as a reader of images would so often.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    probe_every_minutes: Option<u32>,
    /// What the place is called from which they are probed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<Box<str>>,
}

impl PairConfig {
    /// What is missing or does not go together.
    pub(crate) fn check(&self, name: &str, archives: &Archives, worklists: &Worklists) -> Result<(), Failed> {
        PairId::new(name).map_err(|error| wrong(name, &error.to_string()))?;
        for archive in [&self.a, &self.b] {
            if !archives.contains_key(archive) {
                let known: Vec<&str> = archives.keys().map(String::as_str).collect();
                let known = if known.is_empty() { "there is none".to_owned() } else { known.join(", ") };
                return Err(wrong(name, &format!("there is no [archives.{archive}]; known: {known}")));
            }
        }
        for worklist in &self.worklists {
            worklists::known(worklists, worklist).map_err(|says| wrong(name, &says))?;
        }
        if self.a == self.b {
            return Err(wrong(name, "a and b are one archive; it cannot stand in for itself"));
        }
        for (key, every) in [
            ("compare_every_minutes", self.compare_every_minutes),
            ("probe_every_minutes", self.probe_every_minutes),
        ] {
            if every.is_some_and(|every| !(1..=EVERY_MAX_MINUTES).contains(&every)) {
                return Err(wrong(name, &format!("{key} is a whole number from 1 to {EVERY_MAX_MINUTES}")));
            }
        }
        if self.days == Some(0) {
            return Err(wrong(name, "days is a whole number from 1; leave it out to compare everything"));
        }
        Ok(())
    }

    /// The first day that is compared, seen at `now`: one more than asked, so that no time zone takes one away.
    fn since(&self, now: Time) -> Option<Date> {
        let days = self.days?;
        Date::of_days(now.0.div_euclid(DAY_SECONDS * 1_000_000) - i64::from(days) - 1)
    }
}

fn wrong(name: &str, says: &str) -> Failed {
    Failed::Refused(format!("configuration: pairs.{name}: {says}"))
}

/// The pairs of a configuration, ready to be asked.
#[derive(Clone, Debug)]
pub(crate) struct ConfiguredPairs {
    archives: Archives,
    agents: Option<AgentsConfig>,
    pairs: Pairs,
    telling: Telling,
}

impl ConfiguredPairs {
    /// Those of this configuration.
    pub(crate) fn new(config: &Config) -> ConfiguredPairs {
        ConfiguredPairs {
            archives: config.archives.clone(),
            agents: config.archive_agents.clone(),
            pairs: config.pairs.clone(),
            telling: Telling::new(config),
        }
    }

    /// The pair of these two, if the configuration names one.
    pub(crate) fn of(&self, a: &str, b: &str) -> Option<PairAsked> {
        self.pairs().into_iter().find(|pair| *pair.a == *a && *pair.b == *b)
    }

    fn pair(&self, id: &PairId) -> Result<&PairConfig, NotAsked> {
        let unknown = || NotAsked::Failed(format!("the configuration names no pair of archives {id}"));
        self.pairs.get(id.as_str()).ok_or_else(unknown)
    }

    fn archive(&self, name: &str) -> Result<&ArchiveConfig, NotAsked> {
        known(&self.archives, name).map_err(|error| failed(&error))
    }
}

/// By examination: the first reason, and of how many objects it is one.
fn of_exams<'a>(doubts: impl IntoIterator<Item = &'a Doubt>) -> Vec<OfExam> {
    let mut all: Vec<(&StudyUid, u64, String)> = Vec::new();
    for doubt in doubts {
        match all.last_mut() {
            Some((study, objects, _)) if *study == &doubt.study => *objects += 1,
            _ => {
                let object = doubt.object.as_ref().map(|object| format!("{object}: ")).unwrap_or_default();
                all.push((&doubt.study, 1, format!("{object}{}", doubt.says)));
            }
        }
    }
    let whole = |(study, objects, says): (&StudyUid, u64, String)| {
        let more = if objects > 1 { format!("; and {} more", objects - 1) } else { String::new() };
        (study.clone(), format!("{says}{more}").into())
    };
    all.into_iter().map(whole).collect()
}

/// What came of it, as it is recorded.
pub(crate) fn sent(says: Vec<String>, wanted: &ToSend, repaired: &Repaired, back: Option<&ReadBack>) -> Sent {
    let doubtful = |kind: DoubtKind, doubts: &[Doubt]| -> Vec<Doubtful> {
        of_exams(doubts).into_iter().map(|(study, says)| Doubtful { study, kind, says }).collect()
    };
    let mut all = doubtful(DoubtKind::Changed, &repaired.changed);
    all.extend(doubtful(DoubtKind::NotCommitted, &repaired.not_committed));
    all.extend(back.into_iter().flat_map(|back| doubtful(DoubtKind::NotRead, &back.not_readable)));
    Sent {
        says,
        objects: repaired.sent(),
        not_sent: of_exams(&repaired.not_sent),
        doubtful: all,
        looked_again: looked_again(&wanted.again, repaired, back),
    }
}

fn failed(error: &Failed) -> NotAsked {
    NotAsked::Failed(error.sentence())
}

impl ImageArchives for ConfiguredPairs {
    fn pairs(&self) -> Vec<PairAsked> {
        let asked = |(name, pair): (&String, &PairConfig)| {
            Some(PairAsked {
                id: PairId::new(name).ok()?,
                a: pair.a.as_str().into(),
                b: pair.b.as_str().into(),
                sends: Repairing::is_possible(&self.archives, &pair.a, &pair.b),
                every_minutes: pair.compare_every_minutes,
                place: pair.place.as_deref().unwrap_or(PLACE).into(),
                probe_every_minutes: pair.probe_every_minutes,
            })
        };
        self.pairs.iter().filter_map(asked).collect()
    }

    fn compare(&self, id: &PairId, cut: Time, watch: &Watch) -> Result<Looked, NotAsked> {
        let pair = self.pair(id)?;
        let (since, tier) = (pair.since(cut), if pair.content { Tier::Content } else { Tier::Identity });
        let both = Both::new(&self.archives, &pair.a, &pair.b, tier).map_err(|error| failed(&error))?;
        let asking = Asking { files: pair.expected.clone(), worklists: pair.worklists.clone() };
        // What is wrong with a file is counted and closes the gate; whoever wants to know where asks `segue compare archive --expected`.
        let told = self.telling.read(&asking, since, cut, |_, _, _| {});
        let mut told = told.map_err(|error| failed(&error))?;
        // Agents know names and places: what files say of patients, days and pixels needs lists.
        if asking.is_empty() && since.is_none() && tier == Tier::Identity {
            let linked = Linked::of(&self.archives, self.agents.as_ref(), &pair.a, &pair.b);
            if let Some(linked) = linked.map_err(|error| failed(&error))? {
                let verdict = linked.compare().verdict;
                let compared = Kept::new(&verdict, |exam| told.of_study(&exam.study, cut));
                return Ok(Looked { since, compared, looked_for: None, verdict });
            }
        }
        let (mut of_a, of_b) = both.hold(since, cut, watch).ok_or(NotAsked::Stopped)?;
        let places = told.look_for(&mut of_a, &of_b, cut);
        let verdict = archive::compare(&of_a, &of_b, cut, tier);
        let compared = Kept::new(&verdict, |exam| told.of_study(&exam.study, cut));
        let looked_for = if asking.is_empty() { None } else { told.looked_for(&places) };
        Ok(Looked { since, compared, looked_for, verdict })
    }

    fn send(&self, id: &PairId, wanted: &ToSend, watch: &Watch) -> Result<Sent, NotAsked> {
        let pair = self.pair(id)?;
        let repairing = Repairing::new(&self.archives, &pair.a, &pair.b).map_err(|error| failed(&error))?;
        let mut says = repairing.says.clone();
        let (mut repaired, reading) = repairing.run(wanted, None, watch).map_err(|error| failed(&error))?;
        says.push(format!("{} went to {}.", many(repaired.sent(), "object"), pair.b));
        says.extend(repaired.committed.map(|kept| format!("{} takes responsibility for {kept}.", pair.b)));
        let is_read = !repaired.is_stopped;
        let back = is_read.then(|| reading.run(&mut repaired.given, watch)).flatten();
        says.extend(
            back.as_ref().map(|back| format!("{} of {} were read back.", back.read, many(back.of, "object"))),
        );
        Ok(sent(says, wanted, &repaired, back.as_ref()))
    }

    fn probe(&self, id: &PairId, watch: &Watch) -> Probes {
        let mut probes = Probes::default();
        let pair = match self.pair(id) {
            Ok(pair) => pair,
            Err(error) => return Probes { failed: Some(error), ..probes },
        };
        let place = pair.place.as_deref().unwrap_or(PLACE);
        for (number, (side, name)) in (0..).zip([(Side::A, &pair.a), (Side::B, &pair.b)]) {
            let go_on = |opened: u64| {
                watch.report(u64::from(PROBES) * number + opened, u64::from(PROBES) * 2);
                !watch.is_stopped()
            };
            let times =
                match self.archive(name).and_then(|archive| probes::times(archive, name, PROBES, &go_on)) {
                    Ok(times) => times,
                    Err(error @ NotAsked::Stopped) => return Probes { failed: Some(error), ..probes },
                    // Of an archive that does not answer no image comes.
                    Err(NotAsked::Failed(says)) => probes::none(says, PROBES),
                };
            probes.taken.push(probes::measured(&times, now()).probed(id.clone(), side, place));
            if let (0, None, Some(says)) = (times.first_image.len(), &probes.failed, times.first_failure) {
                probes.failed = Some(NotAsked::Failed(format!("{name}: no image came: {says}")));
            }
        }
        probes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(a: &str, b: &str) -> PairConfig {
        PairConfig {
            a: a.into(),
            b: b.into(),
            days: None,
            content: false,
            expected: Vec::new(),
            worklists: Vec::new(),
            compare_every_minutes: None,
            probe_every_minutes: None,
            place: None,
        }
    }

    #[test]
    fn a_pair_of_one_archive_or_of_one_that_is_not_there_is_refused() {
        let archive: ArchiveConfig = toml::from_str("way = \"orthanc\"\nroot = \"http://x\"").unwrap();
        let archives = Archives::from([("a".to_owned(), archive.clone()), ("b".to_owned(), archive)]);
        let ris = toml::from_str("host = \"ris\"\nport = 104\ntitle = \"RIS\"").unwrap();
        let worklists = Worklists::from([("ris".to_owned(), ris)]);
        let listed = |worklist: &str| PairConfig { worklists: vec![worklist.into()], ..pair("a", "b") };
        for pair in [pair("a", "b"), listed("ris")] {
            assert!(pair.check("radiology", &archives, &worklists).is_ok());
        }
        let says = |pair: PairConfig| pair.check("radiology", &archives, &worklists).unwrap_err().sentence();
        assert!(says(listed("rsi")).contains("there is no [worklists.rsi]; known: ris"));
        assert!(says(pair("a", "c")).contains("there is no [archives.c]; known: a, b"));
        assert!(says(pair("a", "a")).contains("cannot stand in for itself"));
        let never = PairConfig { compare_every_minutes: Some(0), ..pair("a", "b") };
        assert!(says(never).contains("from 1 to 10080"));
        assert!(says(PairConfig { days: Some(0), ..pair("a", "b") }).contains("from 1"));
    }

    #[test]
    fn what_went_wrong_with_objects_is_told_by_examination_with_the_first_reason_and_how_many_there_are() {
        let uid = |text: &str| archive::Uid::parse(text).unwrap();
        let doubt = |study: &str, object: Option<&str>| Doubt {
            study: StudyUid(uid(study)),
            object: object.map(|object| archive::InstanceUid(uid(object))),
            says: "refused".into(),
        };
        let doubts = [doubt("1.2", Some("1.2.1")), doubt("1.2", Some("1.2.2")), doubt("1.3", None)];
        let told: Vec<String> =
            of_exams(&doubts).iter().map(|(study, says)| format!("{study}: {says}")).collect();
        assert_eq!(told, ["1.2: 1.2.1: refused; and 1 more", "1.3: refused"]);
    }

    #[test]
    fn the_first_day_compared_is_one_more_than_asked_so_that_no_time_zone_takes_one_away() {
        let noon = Time(Date::parse("2026-11-26").unwrap().days() * DAY_SECONDS * 1_000_000 + 43_200_000_000);
        let week = PairConfig { days: Some(7), ..pair("a", "b") };
        assert_eq!(week.since(noon), Date::parse("2026-11-18").ok());
        assert_eq!(pair("a", "b").since(noon), None);
    }
}
