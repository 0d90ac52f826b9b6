//! What the rules about archives refuse, in the reader's language. What only programs meet stays in the rules' own English.

use archive::gate::NoOverride;
use hospital::decide::archives::{ArchiveRefusal, PROBED_LATELY_MINUTES};

use crate::words::Words;

/// A refusal as a sentence.
pub(crate) fn says(w: Words, refusal: &ArchiveRefusal) -> String {
    match refusal {
        ArchiveRefusal::NoSuchPair { pair } => w.archive_refused_no_pair(pair.as_str()),
        ArchiveRefusal::UnderWay { a, b } => w.archive_refused_under_way(a, b),
        ArchiveRefusal::IsOver { b } => w.archive_refused_is_over(b),
        ArchiveRefusal::NotUnderWay => w.archive_refused_not_under_way().to_owned(),
        ArchiveRefusal::NotWatched => w.archive_refused_not_watched().to_owned(),
        ArchiveRefusal::NotProvenSince => w.archive_refused_not_proven().to_owned(),
        ArchiveRefusal::StepsMissing(steps) => w.archive_refused_steps(&steps.len().to_string()),
        ArchiveRefusal::NoGo(against) => w.archive_refused_no_go(&against.join("; ")),
        ArchiveRefusal::Override(lacks) => w.archive_refused_override(&self::lacks(w, lacks)),
        ArchiveRefusal::NoSuchPlace { place } => w.archive_refused_place(place),
        ArchiveRefusal::StillProbed { place } => {
            w.archive_refused_still(place, &PROBED_LATELY_MINUTES.to_string())
        }
        ArchiveRefusal::TooManyPairs
        | ArchiveRefusal::OneArchive { .. }
        | ArchiveRefusal::FromTheFuture
        | ArchiveRefusal::TooManyNamed { .. }
        | ArchiveRefusal::OlderComparison
        | ArchiveRefusal::NoPlace
        | ArchiveRefusal::TooManyDoubtful { .. }
        | ArchiveRefusal::TooManyPlaces
        | ArchiveRefusal::NoPercentiles { .. }
        | ArchiveRefusal::NoTime { .. }
        | ArchiveRefusal::NoOpenings { .. }
        | ArchiveRefusal::TooOldProbe
        | ArchiveRefusal::OlderProbe
        | ArchiveRefusal::NoBaseline
        | ArchiveRefusal::DoneAlready { .. }
        | ArchiveRefusal::StepBefore { .. } => refusal.to_string(),
    }
}

fn lacks(w: Words, lacks: &NoOverride) -> String {
    match lacks {
        NoOverride::People => w.archive_refused_people().to_owned(),
        NoOverride::NoReason => w.archive_refused_reason().to_owned(),
        NoOverride::NotNamed(exams) => w.archive_refused_named(&exams.len().to_string()),
        NoOverride::Unproven => w.archive_refused_unproven().to_owned(),
        NoOverride::TooMany(exams) => w.archive_refused_many(&exams.to_string()),
        NoOverride::OtherList(exams) => w.archive_refused_other_list(&exams.len().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;
    use hospital::archives::fact::Step;

    #[test]
    fn the_english_of_the_pages_is_the_sentence_of_the_rules_and_the_swedish_is_another() {
        let pair = model::ids::PairId::new("radiology").unwrap();
        let overrides = [
            NoOverride::People,
            NoOverride::NoReason,
            NoOverride::NotNamed(Vec::new()),
            NoOverride::Unproven,
            NoOverride::TooMany(5_001),
            NoOverride::OtherList(Vec::new()),
        ];
        let mut refusals = vec![
            ArchiveRefusal::NoSuchPair { pair },
            ArchiveRefusal::UnderWay { a: "a".into(), b: "b".into() },
            ArchiveRefusal::IsOver { b: "b".into() },
            ArchiveRefusal::NotUnderWay,
            ArchiveRefusal::NotWatched,
            ArchiveRefusal::NotProvenSince,
            ArchiveRefusal::StepsMissing(vec![Step::NewArrived]),
            ArchiveRefusal::NoGo(vec!["x".to_owned()]),
            ArchiveRefusal::NoSuchPlace { place: "Reading room 2".into() },
            ArchiveRefusal::StillProbed { place: "Reading room 2".into() },
        ];
        refusals.extend(overrides.map(ArchiveRefusal::Override));
        for refusal in refusals {
            let english = says(Words::of(Language::English), &refusal);
            assert_eq!(english, refusal.to_string());
            assert_ne!(says(Words::of(Language::Swedish), &refusal), english);
        }
    }
}
