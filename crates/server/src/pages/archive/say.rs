//! What the gate says, in the reader's language. Objects and queries are named as they are.

use archive::gate::{Against, Caution, WayOut};
use archive::kept::Kept;
use archive::urgency::Urgency;
use archive::verdict::{Affected, Differences, Held};
use archive::{Gap, Reason, Tier};
use hospital::archives::Comparison;
use hospital::archives::fact::Step;

use crate::parts::Mark;
use crate::words::Words;

pub(super) fn against(w: Words, against: &Against) -> String {
    let number = |number: u64| w.number(number);
    match against {
        Against::NeverCompared => w.archive_no_never().to_owned(),
        Against::NothingCompared => w.archive_no_nothing().to_owned(),
        Against::Unproven(reason) => w.archive_no_unproven(&self::reason(w, reason)),
        Against::Differs(found) => w.archive_no_differs(&differences(w, found)),
        Against::ProofTooOld { age_seconds, max_seconds } => {
            // Rounded up: an age is never shown as less than it is.
            w.archive_no_old(&minutes(*age_seconds).to_string(), &(max_seconds / 60).to_string())
        }
        Against::ProofFromTheFuture => w.archive_no_future().to_owned(),
        Against::ExpectedMissing(missing) => w.archive_no_expected(*missing),
        Against::ExpectedUnread(files) => w.archive_no_unread(*files),
        Against::Doubtful(exams) => w.archive_no_doubtful(*exams),
        Against::ExpectedUntold { worklist, why } => w.archive_no_untold(worklist, why),
        Against::NeverProbed => w.archive_no_never_probed().to_owned(),
        Against::NotProbed { place, probes, probes_min, max_seconds } => {
            let [probes, least] = [*probes, *probes_min].map(|probes| number(u64::from(probes)));
            w.archive_no_probes(place, &probes, &least, &(max_seconds / 60).to_string())
        }
        Against::NotOpening { place, failed, probes } => {
            w.archive_no_opening(u64::from(*failed), place, &number(u64::from(*probes)))
        }
        Against::NoBaseline { place } => w.archive_no_base(place),
        Against::Slow { place, p95_milliseconds, max_milliseconds } => {
            w.archive_no_slow(place, &number(*p95_milliseconds), &number(*max_milliseconds))
        }
    }
}

fn minutes(seconds: i64) -> i64 {
    seconds / 60 + i64::from(seconds % 60 > 0)
}

pub(super) fn caution(w: Words, caution: &Caution) -> String {
    match caution {
        Caution::InFlight(objects) => w.archive_know_flight(*objects),
        Caution::OnlyInB(objects) => w.archive_know_only_b(*objects),
        Caution::ShowsRejected(objects) => w.archive_know_rejected(*objects),
        Caution::NotExpected => w.archive_know_unexpected().to_owned(),
        Caution::Since(day) => w.archive_know_since(&day.to_string()),
        Caution::NoWayOut { way, look } => {
            let way = match way {
                WayOut::FallbackViewer => w.archive_the_viewer(),
                WayOut::RollBack => w.archive_the_back(),
            };
            match look {
                Some(look) if !look.is_ready => w.archive_know_unready(way),
                Some(_) => w.archive_know_old_look(way),
                None => w.archive_know_unseen(way),
            }
        }
    }
}

pub(super) fn reason(w: Words, reason: &Reason) -> String {
    let number = |number: u64| w.number(number);
    match reason {
        Reason::NotListed { side, gap } => w.why_not_listed(&side.to_string(), &self::gap(w, gap)),
        Reason::HeldTwice { side, instance } => w.why_held_twice(&side.to_string(), &instance.to_string()),
        Reason::StudyNotListed { side, instances } => {
            w.why_study_not_listed(&side.to_string(), &number(*instances))
        }
        Reason::ContentNotRead { side, instances, first } => {
            let says = w.why_content(&number(*instances), &side.to_string());
            match first {
                Some(first) => format!("{says}{}", w.why_content_first(first)),
                None => says,
            }
        }
        Reason::ContentNotComparable { instances, example, differ } => {
            w.why_not_comparable(&number(*instances), &example.to_string(), &number(*differ))
        }
        Reason::OnlyCounted { studies } => w.why_counted(&number(*studies)),
        Reason::ChangedSince { studies } => w.why_changed(&number(*studies)),
        Reason::NeverListed { side } => w.why_never(&side.to_string()),
        Reason::OtherTier { asked, compared } => w.why_tier(tier(w, *compared), tier(w, *asked)),
        Reason::Exchange(says) => w.why_exchange(says),
    }
}

fn gap(w: Words, gap: &Gap) -> String {
    let number = |number: u64| w.number(number);
    match gap {
        Gap::NoCount => w.why_no_count().to_owned(),
        Gap::CountDiffers { listed, counted } => w.why_count_differs(&number(*listed), &number(*counted)),
        Gap::AtCap { query, rows, cap } => w.why_at_cap(query, &number(*rows), &number(*cap)),
        Gap::NotSuccess { query, status } => w.why_not_success(query, status),
        Gap::KeyIgnored { query } => w.why_ignored(query),
        Gap::Changing { times } => w.why_changing(&times.to_string()),
        Gap::Unreadable { query, rows } => w.why_unreadable(&number(*rows), query),
        Gap::TooManyQueries { queries } => w.why_queries(&number(*queries)),
        Gap::TooManyRows { rows } => w.why_rows(&number(*rows)),
    }
}

fn tier(w: Words, tier: Tier) -> &'static str {
    match tier {
        Tier::Identity => w.why_tier_identity(),
        Tier::Content => w.why_tier_content(),
    }
}

/// What differs, each kind that does.
pub(super) fn differences(w: Words, found: &Differences) -> String {
    let exams = |studies: u64| w.archive_exams_of(studies);
    let parts = [
        (found.a_only_instances, w.archive_only_a(found.a_only_instances, &exams(found.a_only_studies))),
        (found.b_only_instances, w.archive_only_b(found.b_only_instances, &exams(found.b_only_studies))),
        (found.moved, w.archive_moved(found.moved)),
        (found.content_diff, w.archive_content(found.content_diff)),
    ];
    let parts: Vec<String> =
        parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, says)| says).collect();
    parts.join("; ")
}

/// `19 999 993 of 20 000 000 …; 7 are not`: whole counts, never a share.
pub(super) fn held(w: Words, held: &Held) -> String {
    let rest = held.a.saturating_sub(held.alike);
    let (alike, all) = (w.number(held.alike), w.number(held.a));
    match rest {
        0 => w.archive_held_all(&all),
        1 => w.archive_held_one(&alike, &all),
        _ => w.archive_held(&alike, &all, &w.number(rest)),
    }
}

/// How an examination at B differs from what it is at A.
pub(super) fn differs(w: Words, exam: &Affected) -> Vec<String> {
    let mut lines = Vec::new();
    if exam.lacks > 0 && exam.lacks == exam.of {
        lines.push(w.archive_lacks_all(exam.of));
    } else if exam.lacks > 0 {
        lines.push(w.archive_lacks(&w.number(exam.lacks), &w.number(exam.of)));
    }
    if exam.moved > 0 {
        lines.push(w.archive_moved(exam.moved));
    }
    if exam.content_diff > 0 {
        lines.push(w.archive_content(exam.content_diff));
    }
    if exam.patient_at_b.is_some() {
        lines.push(w.archive_patient().to_owned());
    }
    lines
}

pub(super) fn urgency(w: Words, urgency: Urgency) -> (Mark, &'static str) {
    match urgency {
        Urgency::Emergency => (Mark::Affected, w.archive_u_emergency()),
        Urgency::Theatre => (Mark::RestartPending, w.archive_u_theatre()),
        Urgency::Unknown => (Mark::Unknown, w.archive_u_unknown()),
        Urgency::Inpatient => (Mark::Settling, w.archive_u_inpatient()),
        Urgency::Prior => (Mark::NotBegun, w.archive_u_prior()),
        Urgency::Rest => (Mark::NotBegun, w.archive_u_rest()),
    }
}

/// The mark of a comparison as it was then, and its word.
pub(super) fn result(w: Words, comparison: &Comparison) -> (Mark, &'static str) {
    match &comparison.compared {
        compared if compared.is_proven_equal() => (Mark::Proven, w.archive_proven_equal()),
        Kept::Proven(shown) if shown.differences.is_some() => (Mark::Broken, w.archive_proven_differs()),
        Kept::Proven(_) | Kept::Unproven { .. } => (Mark::Unknown, w.archive_not_proven()),
    }
}

pub(super) fn way(w: Words, way: WayOut) -> &'static str {
    match way {
        WayOut::FallbackViewer => w.archive_way_viewer(),
        WayOut::RollBack => w.archive_way_back(),
    }
}

pub(super) fn step(w: Words, step: Step) -> &'static str {
    match step {
        Step::StaffTold => w.archive_step_staff(),
        Step::SendersPointed => w.archive_step_senders(),
        Step::ReadersPointed => w.archive_step_readers(),
        Step::ImagesSeen => w.archive_step_seen(),
        Step::NewArrived => w.archive_step_arrived(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;
    use archive::{InstanceUid, Side, Uid};

    #[test]
    fn the_english_of_the_pages_is_the_sentence_of_the_rules_and_the_swedish_is_another() {
        let side = Side::B;
        let instance = InstanceUid(Uid::as_found("1.2.3").unwrap().0);
        let gaps = [
            Gap::NoCount,
            Gap::CountDiffers { listed: 7, counted: 9 },
            Gap::AtCap { query: "q".into(), rows: 100, cap: 100 },
            Gap::NotSuccess { query: "q".into(), status: "A700".into() },
            Gap::KeyIgnored { query: "q".into() },
            Gap::Changing { times: 4 },
            Gap::Unreadable { query: "q".into(), rows: 2 },
            Gap::TooManyQueries { queries: 2_000 },
            Gap::TooManyRows { rows: 5_000 },
        ];
        let mut reasons: Vec<Reason> = gaps.into_iter().map(|gap| Reason::NotListed { side, gap }).collect();
        reasons.extend([
            Reason::HeldTwice { side, instance: instance.clone() },
            Reason::ContentNotComparable { instances: 2, example: instance, differ: 3 },
            Reason::StudyNotListed { side, instances: 2 },
            Reason::ContentNotRead { side, instances: 2, first: None },
            Reason::ContentNotRead { side, instances: 2, first: Some("cut".into()) },
            Reason::OnlyCounted { studies: 2 },
            Reason::ChangedSince { studies: 2 },
            Reason::NeverListed { side },
            Reason::OtherTier { asked: Tier::Content, compared: Tier::Identity },
            Reason::Exchange("cut".into()),
        ]);
        for reason in reasons {
            let english = super::reason(Words::of(Language::English), &reason);
            assert_eq!(english, reason.to_string());
            assert_ne!(super::reason(Words::of(Language::Swedish), &reason), english);
        }
    }

    #[test]
    fn seven_missing_of_twenty_million_read_as_seven_missing_in_both_languages() {
        let count = Held { a: 20_000_000, b: 19_999_993, alike: 19_999_993 };
        for language in Language::ALL {
            let says = held(Words::of(language), &count);
            assert!(says.contains("19\u{202f}999\u{202f}993") && says.contains(" 7 "), "{says}");
        }
    }

    #[test]
    fn an_age_is_never_shown_as_less_than_it_is() {
        assert_eq!((minutes(3_600), minutes(3_601)), (60, 61));
    }
}
