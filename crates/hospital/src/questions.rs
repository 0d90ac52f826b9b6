//! Questions about names, with what a person needs to answer them: devices and advisories as examples, and afterwards
//! what the answer changed. Only looks at the state; answering is a command.

use std::collections::HashMap;

use exposure::matcher::{DeviceIx, GroupView, Proposal, VulnerabilityIx};
use exposure::names::squash;
use exposure::{GapKind, Verdict};
use model::alias::AliasSubject;

use crate::state::State;

/// Most devices whose verdicts are compared before and after an answer.
pub const SETTLED_DEVICES_MAX: u64 = 20_000;

/// A device named as an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceExample {
    /// Asset tag.
    pub asset_tag: Box<str>,
    /// Model as the register spells it.
    pub model: Box<str>,
    /// Software version, if recorded.
    pub version: Option<Box<str>>,
}

/// An advisory named as an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdvisoryExample {
    /// Tracking id.
    pub tracking_id: Box<str>,
    /// Title.
    pub title: Box<str>,
}

/// A question with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The question, and what hangs on it.
    pub proposal: Proposal,
    /// Some of the devices.
    pub devices: Vec<DeviceExample>,
    /// How many advisories speak of the vendor or product.
    pub advisories: u64,
    /// Some of them, the newest first.
    pub advisory_examples: Vec<AdvisoryExample>,
}

/// Vendor and, for a question about a product, its name: as the advisories spell them.
pub fn theirs(subject: &AliasSubject) -> (&str, Option<&str>) {
    match subject {
        AliasSubject::Vendor { vendor, .. } => (vendor, None),
        AliasSubject::Product { vendor, product, .. } => (vendor, Some(product)),
    }
}

/// Maker and, for a question about a product, the model: as the register spells them.
pub fn ours(subject: &AliasSubject) -> (&str, Option<&str>) {
    match subject {
        AliasSubject::Vendor { manufacturer, .. } => (manufacturer, None),
        AliasSubject::Product { manufacturer, model, .. } => (manufacturer, Some(model)),
    }
}

/// Adds examples to a page of proposals: at most `examples_max` devices and advisories each.
pub fn with_examples(state: &State, proposals: Vec<Proposal>, examples_max: usize) -> Vec<Question> {
    let matcher = state.matcher();
    let makers: HashMap<&str, ()> =
        proposals.iter().map(|proposal| (ours(&proposal.subject).0, ())).collect();
    let groups: Vec<GroupView<'_>> =
        matcher.groups().filter(|group| makers.contains_key(group.manufacturer)).collect();
    let question = |proposal: &Proposal| {
        let (vendor, product) = theirs(&proposal.subject);
        let mut advisories = matcher.advisories_speaking_of(vendor, product);
        let waits = |group: &&GroupView<'_>| {
            let (manufacturer, model) = ours(&proposal.subject);
            group.manufacturer == manufacturer
                && model.is_none_or(|model| group.model == model)
                && group.cells.iter().any(|cell| {
                    waits_for_a_name(cell.gap) && advisories.binary_search(&cell.advisory).is_ok()
                })
        };
        let waiting = groups.iter().filter(waits);
        let devices = waiting.flat_map(|group| group.devices.iter().map(move |device| (group, device)));
        let devices =
            devices.take(examples_max).map(|(group, device)| example(state, group, device)).collect();
        let count = advisories.len() as u64;
        let released =
            |ix: &u32| state.library().get(*ix).map(|item| item.current().advisory.released.clone());
        advisories.sort_by_cached_key(|ix| std::cmp::Reverse(released(ix)));
        let shown = advisories.iter().take(examples_max).filter_map(|ix| state.library().get(*ix));
        let advisory_examples = shown.map(|item| &item.current().advisory).map(|advisory| AdvisoryExample {
            tracking_id: advisory.key.tracking_id.clone(),
            title: advisory.title.clone(),
        });
        Question {
            proposal: proposal.clone(),
            devices,
            advisories: count,
            advisory_examples: advisory_examples.collect(),
        }
    };
    proposals.iter().map(question).collect()
}

fn waits_for_a_name(gap: Option<GapKind>) -> bool {
    matches!(gap, Some(GapKind::AliasUnconfirmed | GapKind::MakerMissing | GapKind::ModelNumberDiffers))
}

fn example(state: &State, group: &GroupView<'_>, device: DeviceIx) -> DeviceExample {
    DeviceExample {
        asset_tag: state.register().get(device).map_or("", |known| known.asset_tag()).into(),
        model: group.model.into(),
        version: group.version.map(Box::from),
    }
}

/// The verdicts of every device that an answer concerns, before it is given.
pub struct Before {
    pairs: HashMap<DeviceIx, Vec<(VulnerabilityIx, Verdict)>>,
}

/// What an answer changed: device × vulnerability pairs whose verdict is another one than before, by what they are now;
/// and pairs that came or went with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Now affected.
    pub affected: u64,
    /// Now fixed.
    pub fixed: u64,
    /// Now not affected.
    pub not_affected: u64,
    /// Now undecided.
    pub undecided: u64,
    /// Pairs that no advisory spoke of before, and that are decided now: mostly exclusions, which nobody had to ask about.
    pub added: u64,
    /// No advisory speaks of these any more.
    pub gone: u64,
}

impl Settled {
    /// Known pairs that are decided now.
    pub fn decided(&self) -> u64 {
        self.affected + self.fixed + self.not_affected
    }
}

/// Remembers the verdicts that an answer to `subject` can change; `None` when more than [`SETTLED_DEVICES_MAX`] devices
/// are concerned.
pub fn before(state: &State, subject: &AliasSubject) -> Option<Before> {
    let (manufacturer, model) = ours(subject);
    let (manufacturer, model) = (squash(manufacturer), model.map(squash));
    let concerned = |group: &GroupView<'_>| {
        squash(group.manufacturer) == manufacturer
            && model.as_ref().is_none_or(|model| squash(group.model) == *model)
    };
    let (mut devices, mut pairs) = (0, HashMap::new());
    for group in state.matcher().groups().filter(concerned) {
        devices += group.devices.len();
        if devices > SETTLED_DEVICES_MAX {
            return None;
        }
        pairs.extend(group.devices.iter().map(|device| (device, group.pairs.to_vec())));
    }
    Some(Before { pairs })
}

/// Compares the verdicts of now with those before.
pub fn settled(state: &State, before: &Before) -> Settled {
    let mut settled = Settled::default();
    for (device, known) in &before.pairs {
        let now = state.matcher().pairs(*device);
        let find = |pairs: &[(VulnerabilityIx, Verdict)], vulnerability: VulnerabilityIx| {
            let at = pairs.binary_search_by_key(&vulnerability, |(known, _)| *known).ok()?;
            pairs.get(at).map(|(_, verdict)| *verdict)
        };
        for (vulnerability, verdict) in now {
            match (find(known, *vulnerability), verdict) {
                (Some(was), is) if was == *is => {}
                (_, Verdict::Undecided) => settled.undecided += 1,
                (None, Verdict::Affected | Verdict::Fixed | Verdict::NotAffected) => settled.added += 1,
                (Some(_), Verdict::Affected) => settled.affected += 1,
                (Some(_), Verdict::Fixed) => settled.fixed += 1,
                (Some(_), Verdict::NotAffected) => settled.not_affected += 1,
            }
        }
        settled.gone +=
            known.iter().filter(|(vulnerability, _)| find(now, *vulnerability).is_none()).count() as u64;
    }
    settled
}

#[cfg(test)]
mod tests {
    use model::alias::AliasAnswer;
    use model::{Advisory, Time};

    use super::*;
    use crate::fact::{AliasAnswered, Fact, Stamp};

    fn advisory() -> Advisory {
        serde_json::from_value(serde_json::json!({
            "key": {"namespace": "https://cert.example", "tracking_id": "A-1"}, "version": "1", "status": "final",
            "released": "2026-01-01T00:00:00Z", "first_released": "2026-01-01T00:00:00Z", "title": "Pumps",
            "publisher": "CERT", "category": "csaf_security_advisory", "document_sha256": "00", "document_bytes": 1,
            "products": [{"id": "P", "full_name": "Nordpuls Vakta 60 < 2", "vendor": "Nordpuls", "name": "Vakta 60",
                "version": {"range": "< 2"}}],
            "vulnerabilities": [{"cve": "CVE-2099-1", "statuses": [["known_affected", ["P"]]]}],
        }))
        .unwrap()
    }

    fn device(tag: &str, version: &str) -> model::Device {
        serde_json::from_value(serde_json::json!({
            "asset_tag": tag, "manufacturer": "Nordpulls", "model": "Vakta 60", "software_version": version,
        }))
        .unwrap()
    }

    fn hospital() -> State {
        let mut state = State::new();
        let facts = [
            Fact::AdvisoryReceived(Box::new(advisory())),
            Fact::DeviceRegistered(Box::new(device("PUMP-1", "1.0"))),
            Fact::DeviceRegistered(Box::new(device("PUMP-2", "3.0"))),
        ];
        for (seq, fact) in (1..).zip(facts) {
            state.apply(Stamp { seq, time: Time(0), actor: "test".into() }, fact);
        }
        state
    }

    #[test]
    fn a_question_names_the_devices_and_advisories_it_is_about() {
        let state = hospital();
        let questions = with_examples(&state, state.matcher().proposals(), 5);
        let [question] = questions.as_slice() else { panic!("one question: {questions:?}") };
        assert_eq!((question.proposal.devices, question.proposal.pairs, question.advisories), (2, 2, 1));
        let tags: Vec<&str> = question.devices.iter().map(|device| &*device.asset_tag).collect();
        assert_eq!(tags, ["PUMP-1", "PUMP-2"]);
        assert_eq!(&*question.advisory_examples[0].tracking_id, "A-1");
    }

    #[test]
    fn an_answer_says_what_it_decided_and_taking_it_back_undoes_exactly_that() {
        let mut state = hospital();
        let subject = state.matcher().proposals().remove(0).subject;
        let stamp = |seq| Stamp { seq, time: Time(0), actor: "test".into() };
        let first = before(&state, &subject).unwrap();
        let answer = AliasAnswered { subject: subject.clone(), answer: AliasAnswer::Same };
        state.apply(stamp(4), Fact::AliasAnswered(answer));
        let said = settled(&state, &first);
        assert_eq!((said.affected, said.decided(), said.undecided, said.gone), (1, 2, 0, 0), "{said:?}");
        let second = before(&state, &subject).unwrap();
        state.apply(stamp(5), Fact::AliasWithdrawn(subject.clone()));
        assert_eq!(settled(&state, &second), Settled { undecided: 2, ..Settled::default() });
        let third = before(&state, &subject).unwrap();
        let answer = AliasAnswered { subject, answer: AliasAnswer::Different };
        state.apply(stamp(6), Fact::AliasAnswered(answer));
        assert_eq!(settled(&state, &third), Settled { gone: 2, ..Settled::default() });
    }
}
