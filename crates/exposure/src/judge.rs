//! The judgement: one device's version against one claim. The only place where statuses, ranges and prose meet.

use crate::claims::{Claim, Entry, Limit, Pool, SetIx};
use crate::product::{AskAbout, wildcard};
use crate::remedy::{Against, Outcome, OwnLine, after_range_of, fix_of_own_line};
use crate::verdict::{Confidence, GapKind, Verdict};
use crate::version::{
    Condition, Gap, Inclusion, OutReason, PreparedSubject, SerialRange, Subject, VersionSpec,
    combine_prepared,
};

/// A verdict with its gap and how sure the versions make it (the names' share comes on top).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// Why it is undecided.
    pub gap: Option<GapKind>,
    /// How sure.
    pub confidence: Confidence,
}

impl Judgement {
    fn sure(verdict: Verdict, hundredths: u8) -> Judgement {
        Judgement { verdict, gap: None, confidence: Confidence::hundredths(hundredths) }
    }

    fn undecided(gap: GapKind) -> Judgement {
        // 0.70 is the scale's grade for "no version"; every other gap is half known at best.
        let hundredths = if gap == GapKind::VersionMissing { 70 } else { 50 };
        Judgement {
            verdict: Verdict::Undecided,
            gap: Some(gap),
            confidence: Confidence::hundredths(hundredths),
        }
    }

    /// For a pair of names that a person must first confirm.
    pub fn asked(about: AskAbout, confidence: Confidence) -> Judgement {
        let gap = match about {
            AskAbout::Vendor | AskAbout::Product => GapKind::AliasUnconfirmed,
            AskAbout::Maker => GapKind::MakerMissing,
            AskAbout::ModelNumber => GapKind::ModelNumberDiffers,
        };
        Judgement { verdict: Verdict::Undecided, gap: Some(gap), confidence }
    }
}

/// Judges a claim about the product that a device is known to be.
pub fn judge(claim: &Claim, subject: &Subject<'_>, pool: &Pool) -> Judgement {
    judge_prepared(claim, &PreparedSubject::new(subject), pool)
}

/// As [`judge`], for a device whose version text was read before.
pub fn judge_prepared(claim: &Claim, subject: &PreparedSubject<'_>, pool: &Pool) -> Judgement {
    let inclusion = |set: Option<SetIx>| set.map(|set| set_contains(set, subject, pool));
    let (affected, fixed) = (inclusion(claim.affected), inclusion(claim.fixed));
    let (not_affected, open) = (inclusion(claim.not_affected), inclusion(claim.open));
    let is_in = |inclusion: &Option<Inclusion>| matches!(inclusion, Some(Inclusion::In));
    match (is_in(&affected), is_in(&fixed), is_in(&not_affected)) {
        (true, false, false) => return Judgement::sure(Verdict::Affected, affected_grade(claim, pool)),
        (true, _, _) | (false, true, true) => return Judgement::undecided(GapKind::Contradictory),
        (false, true, false) => return cautious(Verdict::Fixed, &affected),
        (false, false, true) => return cautious(Verdict::NotAffected, &affected),
        (false, false, false) => {}
    }
    if is_in(&open) {
        return Judgement::undecided(GapKind::UnderInvestigation);
    }
    for inclusion in [&affected, &open].into_iter().flatten() {
        match inclusion {
            // A list of single versions says nothing of others, but a named fix may.
            Inclusion::Unknown(Gap::NotListed { .. }) | Inclusion::In | Inclusion::Out(_) => {}
            Inclusion::Unknown(gap) => return left_open(gap, claim, subject, pool),
        }
    }
    match &affected {
        Some(Inclusion::Unknown(Gap::NotListed { .. })) => {
            beyond(&OutReason::NotListed, claim, subject, pool)
        }
        Some(Inclusion::Out(reason)) => beyond(reason, claim, subject, pool),
        Some(Inclusion::In | Inclusion::Unknown(_)) => Judgement::undecided(GapKind::Contradictory),
        // Only fixed, unaffected or open versions are named, and this is none of them.
        None => beyond_fixed_only(claim, subject, pool, [&fixed, &not_affected]),
    }
}

/// What the range leaves open, the fix named for the device's own release line may close; nothing else does.
fn left_open(gap: &Gap, claim: &Claim, subject: &PreparedSubject<'_>, pool: &Pool) -> Judgement {
    let line = match gap {
        Gap::ReleaseLine { .. } => OwnLine::Major,
        Gap::ShapesDoNotCompare { .. } => OwnLine::ButLast,
        Gap::VersionMissing
        | Gap::NotListed { .. }
        | Gap::PartlyKnown { .. }
        | Gap::RangeUnreadable { .. }
        | Gap::NeedsSerial { .. }
        | Gap::NeedsManufacturingDate { .. }
        | Gap::NeedsModelNumber { .. }
        | Gap::Condition { .. }
        | Gap::BetweenRangeAndFix { .. }
        | Gap::ProseContradicts { .. } => return Judgement::undecided(gap_kind(gap)),
    };
    let Some(prose) = pool.prose(claim.prose).filter(|_| claim.open.is_none()) else {
        return Judgement::undecided(gap_kind(gap));
    };
    let is_fixed = fix_of_own_line(&prose.fixes, subject, line).is_some();
    if is_fixed && !prose.against.iter().any(|one| !one.leaves_open() && concerns(one, subject)) {
        Judgement::sure(Verdict::Fixed, 90)
    } else {
        Judgement::undecided(gap_kind(gap))
    }
}

/// A sentence concerns a device of a known version; one that cannot be compared with it concerns it out of caution.
fn concerns(against: &Against, subject: &PreparedSubject<'_>) -> bool {
    subject.subject().version.is_some() && subject.version().is_none_or(|version| against.concerns(version))
}

/// `Fixed` and `NotAffected` hold only where the affected range does not stay open for the same version.
fn cautious(verdict: Verdict, affected: &Option<Inclusion>) -> Judgement {
    match affected {
        // A list of other versions does not contradict a word about this one.
        Some(Inclusion::Unknown(Gap::NotListed { .. }) | Inclusion::Out(_) | Inclusion::In) | None => {
            Judgement::sure(verdict, 100)
        }
        Some(Inclusion::Unknown(gap)) => Judgement::undecided(gap_kind(gap)),
    }
}

/// A product named without any version counts as affected whatever its version is, less surely (0.70, "no version").
fn affected_grade(claim: &Claim, pool: &Pool) -> u8 {
    let set = claim.affected.map_or(&[][..], |set| pool.set(set));
    if !set.is_empty() && set.iter().all(|entry| entry.spec.is_none()) { 70 } else { 100 }
}

fn beyond(reason: &OutReason, claim: &Claim, subject: &PreparedSubject<'_>, pool: &Pool) -> Judgement {
    let prose = pool.prose(claim.prose);
    let (fixes, against) = prose.map_or((&[][..], &[][..]), |prose| (&prose.fixes, &prose.against));
    if against.iter().any(|one| !one.leaves_open() && concerns(one, subject)) {
        return Judgement::undecided(GapKind::ProseContradicts);
    }
    match after_range_of(reason, fixes, subject) {
        Outcome::Fixed { .. } => Judgement::sure(Verdict::Fixed, 90),
        // A fix that leaves this one open is named, and the device has no later one.
        Outcome::NotAffected | Outcome::Undecided(_) if against.iter().any(|one| concerns(one, subject)) => {
            Judgement::undecided(GapKind::ProseContradicts)
        }
        Outcome::NotAffected => Judgement::sure(Verdict::NotAffected, 100),
        // Below the named fix and not listed: that it is not listed is what somebody must find out.
        Outcome::Undecided(Gap::BetweenRangeAndFix { .. }) if *reason == OutReason::NotListed => {
            Judgement::undecided(GapKind::NotListed)
        }
        Outcome::Undecided(gap) => Judgement::undecided(gap_kind(&gap)),
    }
}

fn beyond_fixed_only(
    claim: &Claim,
    subject: &PreparedSubject<'_>,
    pool: &Pool,
    said: [&Option<Inclusion>; 2],
) -> Judgement {
    if let Some(gap) = said.into_iter().flatten().find_map(|inclusion| match inclusion {
        Inclusion::Unknown(gap) => Some(gap),
        Inclusion::In | Inclusion::Out(_) => None,
    }) {
        return Judgement::undecided(gap_kind(gap));
    }
    let fixes = pool.prose(claim.prose).map_or(&[][..], |prose| &prose.fixes);
    match after_range_of(&OutReason::NotListed, fixes, subject) {
        Outcome::Fixed { .. } => Judgement::sure(Verdict::Fixed, 90),
        Outcome::NotAffected | Outcome::Undecided(_) => Judgement::undecided(GapKind::NotListed),
    }
}

/// Is the subject in any entry of the set? Plain version texts are judged together, so that release lines are seen.
pub fn set_contains(set: SetIx, subject: &PreparedSubject<'_>, pool: &Pool) -> Inclusion {
    let entries = pool.set(set);
    let is_plain =
        |entry: &&Entry| entry.also.is_none() && entry.limit == Limit::None && entry.serials.is_empty();
    let plain: Vec<&VersionSpec> =
        entries.iter().filter(is_plain).filter_map(|entry| entry.spec.and_then(|ix| pool.spec(ix))).collect();
    if let ([spec], [_]) = (plain.as_slice(), entries) {
        return spec.contains_prepared(subject);
    }
    let versionless = entries.iter().filter(is_plain).any(|entry| entry.spec.is_none());
    let together = if versionless {
        Some(Inclusion::In)
    } else if plain.is_empty() {
        None
    } else {
        Some(combine_prepared(&plain, subject))
    };
    let special =
        entries.iter().filter(|entry| !is_plain(entry)).map(|entry| entry_contains(entry, subject, pool));
    together.into_iter().chain(special).reduce(either).unwrap_or(Inclusion::Out(OutReason::NotListed))
}

/// In, if either is in; open, if either is open; out, if both are out.
fn either(a: Inclusion, b: Inclusion) -> Inclusion {
    match (a, b) {
        (Inclusion::In, _) | (_, Inclusion::In) => Inclusion::In,
        (Inclusion::Unknown(gap), _) | (_, Inclusion::Unknown(gap)) => Inclusion::Unknown(gap),
        (Inclusion::Out(reason), Inclusion::Out(_)) => Inclusion::Out(reason),
    }
}

fn both(a: Inclusion, b: Inclusion) -> Inclusion {
    match (a, b) {
        (Inclusion::Out(reason), _) | (_, Inclusion::Out(reason)) => Inclusion::Out(reason),
        (Inclusion::Unknown(gap), _) | (_, Inclusion::Unknown(gap)) => Inclusion::Unknown(gap),
        (Inclusion::In, Inclusion::In) => Inclusion::In,
    }
}

fn entry_contains(entry: &Entry, subject: &PreparedSubject<'_>, pool: &Pool) -> Inclusion {
    let one = |spec: Option<u32>| match spec.and_then(|ix| pool.spec(ix)) {
        Some(spec) => spec.contains_prepared(subject),
        None => Inclusion::In,
    };
    let serial = match (entry.serials.as_slice(), subject.subject().serial) {
        ([], _) => Inclusion::In,
        (patterns, None) => {
            Inclusion::Unknown(Gap::NeedsSerial { range: SerialRange::Patterns(patterns.to_vec()) })
        }
        (patterns, Some(serial)) if patterns.iter().any(|pattern| wildcard(pattern, serial)) => Inclusion::In,
        (patterns, Some(_)) => {
            Inclusion::Out(OutReason::SerialOutside { range: SerialRange::Patterns(patterns.to_vec()) })
        }
    };
    let limit = match entry.limit {
        Limit::None => Inclusion::In,
        Limit::Condition => Inclusion::Unknown(Gap::Condition { condition: Condition::Platform }),
        Limit::Component => Inclusion::Unknown(Gap::Condition { condition: Condition::Component }),
    };
    // For a component only the host's own version can exclude the device; the component's is not in the register.
    let versions = if entry.limit == Limit::Component {
        one(entry.spec)
    } else {
        both(one(entry.spec), one(entry.also))
    };
    both(both(versions, serial), limit)
}

/// The gap's kind, without its data.
pub fn gap_kind(gap: &Gap) -> GapKind {
    match gap {
        Gap::VersionMissing => GapKind::VersionMissing,
        Gap::NotListed { .. } => GapKind::NotListed,
        Gap::ShapesDoNotCompare { .. } => GapKind::ShapesDoNotCompare,
        Gap::PartlyKnown { .. } => GapKind::PartlyKnown,
        Gap::RangeUnreadable { .. } => GapKind::RangeUnreadable,
        Gap::ReleaseLine { .. } => GapKind::ReleaseLine,
        Gap::NeedsSerial { .. } => GapKind::NeedsSerial,
        Gap::NeedsManufacturingDate { .. } => GapKind::NeedsManufacturingDate,
        Gap::NeedsModelNumber { .. } => GapKind::NeedsModelNumber,
        Gap::Condition { .. } => GapKind::Condition,
        Gap::BetweenRangeAndFix { .. } => GapKind::BetweenRangeAndFix,
        Gap::ProseContradicts { .. } => GapKind::ProseContradicts,
    }
}
