//! May this device have this patch at all: made for it, validated, late enough, not forbidden, by the right hands. What nobody has said
//! is a reason of its own. Names are compared exactly where that permits something, and generously where it forbids something.

use std::collections::BTreeSet;

use model::Date;
use model::device::Installer;
use model::patch::Patch;
use model::plan::Owner;
use model::terms::{Demand, DeviceModel, PatchKind, PatchScope, ValidationAnswer, VendorRule};

use super::{Meetings, Reason, Subject, Treatment};

/// What is asked of a patch beside its own terms.
pub(crate) struct Demands<'a> {
    /// Rules of makers and of the hospital.
    pub(crate) rules: &'a [VendorRule],
    /// Days from Monday to Friday that are no working days.
    pub(crate) holidays: BTreeSet<Date>,
    /// What it could meet on a device.
    pub(crate) meetings: Meetings<'a>,
}

/// Every reason why the device must not have the patch.
pub(crate) fn bars(patch: &Patch, subject: &Subject, demands: &Demands<'_>) -> Vec<Reason> {
    let mut found = Vec::new();
    found.extend(made_for(patch, subject));
    found.extend(rejected(patch, subject));
    found.extend(installed_unknown(patch, subject, &demands.meetings));
    let Demands { rules, holidays, .. } = demands;
    for rule in *rules {
        let here = rule.devices.is_empty() || rule.devices.iter().any(|model| may_be(model, subject));
        if here && in_scope(&rule.patches, patch) {
            found.extend(demand(rule, patch, subject, holidays));
        }
    }
    found
}

/// Nobody has said what is on the device, and the patch could meet something there.
fn installed_unknown(patch: &Patch, subject: &Subject, meetings: &Meetings<'_>) -> Option<Reason> {
    if subject.installed.is_some() {
        return None;
    }
    let terms = &patch.terms;
    let speaks = !terms.conflicts.is_empty()
        || !terms.together_with.is_empty()
        || !terms.requires.is_empty()
        || !terms.components.is_empty();
    let what = if speaks {
        "what it meets there".to_owned()
    } else {
        match meetings.first(patch, subject)? {
            Some(other) => format!("whether it meets {other} there"),
            None => "which of many others it meets there".to_owned(),
        }
    };
    let (id, device) = (&patch.id, &subject.device);
    let says = format!(
        "nobody has said what is installed on {device}, so of {id} nobody can say {what}; find out first"
    );
    Some(Reason::new("installed-unknown", Owner::ClinicalEngineering, &[id], says))
}

/// Is it certain that the patch was made for other devices?
pub(super) fn is_made_for_others(patch: &Patch, subject: &Subject) -> bool {
    let made_for = &patch.terms.made_for;
    !made_for.is_empty() && !made_for.iter().any(|model| may_be(model, subject))
}

fn made_for(patch: &Patch, subject: &Subject) -> Option<Reason> {
    let made_for = &patch.terms.made_for;
    if made_for.is_empty() || made_for.iter().any(|model| is(model, subject)) {
        return None;
    }
    let models: Vec<String> = made_for.iter().map(name).collect();
    let (id, device, models) = (&patch.id, &subject.device, models.join(", "));
    let (rule, owner, says) = if is_made_for_others(patch, subject) {
        let says = format!("{id} was made for {models}; {device} is {}", known(subject));
        ("made-for-others", Owner::Vendor, says)
    } else {
        let says = format!(
            "{id} was made for {models}; whether {device} is one is not clear from its register entry ({})",
            known(subject)
        );
        ("model-unclear", Owner::ClinicalEngineering, says)
    };
    Some(Reason::new(rule, owner, &[id], says))
}

fn rejected(patch: &Patch, subject: &Subject) -> Option<Reason> {
    let no = |answer| answer == ValidationAnswer::Rejected;
    let found = patch.terms.validations.iter().find(|said| no(said.answer) && may_be(&said.on, subject))?;
    let says = format!("{} says that {} must not be installed ({})", name(&found.on), patch.id, found.source);
    Some(Reason::new("rejected", Owner::Vendor, &[&patch.id], says))
}

fn demand(rule: &VendorRule, patch: &Patch, subject: &Subject, holidays: &BTreeSet<Date>) -> Option<Reason> {
    let (id, device) = (&patch.id, &subject.device);
    let because = |name: &str, owner: Owner, what: String| {
        Some(Reason::new(name, owner, &[id], format!("rule {} ({}): {what}", rule.id, rule.says)))
    };
    match &rule.demand {
        Demand::Forbidden => {
            because("forbidden", rule.owner, format!("{id} must not be installed on {device}"))
        }
        Demand::Validated => {
            let yes = |answer| answer == ValidationAnswer::Validated;
            if patch.terms.validations.iter().any(|said| yes(said.answer) && is(&said.on, subject)) {
                return None;
            }
            let what =
                format!("nobody has said that {id} is validated for {}; ask the maker", known(subject));
            because("validation-unknown", Owner::Vendor, what)
        }
        Demand::WaitWorkingDays(days) => match patch.terms.released {
            None => {
                let what = format!("nobody has said when {id} was released; find out");
                because("release-unknown", Owner::ClinicalEngineering, what)
            }
            Some(released) => {
                let from = first_day_after(released, *days, holidays);
                if from.is_some_and(|from| subject.on >= from) {
                    return None;
                }
                let from = from.map_or_else(|| "later than can be said".to_owned(), |from| from.to_string());
                let what = format!("{id} was released on {released}, so not before {from}");
                because("too-early", rule.owner, what)
            }
        },
        Demand::NotDuringTreatment => match (subject.treatment, &rule.kept_by) {
            (Treatment::Free, _) | (Treatment::Unknown, Some(_)) => None,
            (Treatment::InUse, _) => {
                let what = format!("a patient is treated with {device} at that time");
                because("in-treatment", rule.owner, what)
            }
            (Treatment::Unknown, None) => {
                let what = format!(
                    "nobody has said that {device} is free of patients at that time; say how that is made sure (kept_by)"
                );
                because("treatment-unknown", Owner::Ward, what)
            }
        },
        Demand::InstalledOnlyBy(_) if subject.by == Installer::Unknown => {
            let what = format!("nobody has said who would install {id} on {device}");
            because("installer-unknown", Owner::ClinicalEngineering, what)
        }
        Demand::InstalledOnlyBy(these) if these.contains(&subject.by) => None,
        Demand::InstalledOnlyBy(these) => {
            let these: Vec<&str> = these.iter().copied().map(who).collect();
            let only = if these.is_empty() { "nobody".to_owned() } else { these.join(" or ") };
            let what = format!("only {only} may install {id} on {device}, not {}", who(subject.by));
            because("not-by-them", rule.owner, what)
        }
    }
}

/// The first day before which so many whole working days have passed since the day of release; `None` beyond the calendar.
fn first_day_after(released: Date, working_days: u16, holidays: &BTreeSet<Date>) -> Option<Date> {
    let mut day = released.days();
    let mut left = working_days;
    while left > 0 {
        day += 1;
        let date = Date::of_days(day)?;
        if date.is_weekday() && !holidays.contains(&date) {
            left -= 1;
        }
    }
    Date::of_days(day + 1)
}

fn in_scope(scope: &PatchScope, patch: &Patch) -> bool {
    match scope {
        PatchScope::All => true,
        PatchScope::Kind(kind) => patch.terms.kind.is_none_or(|known: PatchKind| known == *kind),
        PatchScope::Named(these) => these.contains(&patch.id),
    }
}

/// Lower case letters and digits, words apart by one space.
pub(super) fn plain(text: &str) -> String {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

fn is(model: &DeviceModel, subject: &Subject) -> bool {
    let same = |a: &str, b: &str| !plain(a).is_empty() && plain(a) == plain(b);
    same(&model.manufacturer, &subject.manufacturer)
        && model.model.as_deref().is_none_or(|wanted| same(wanted, &subject.model))
}

/// Could it be meant? True also where the register says nothing, and where one name stands within the other.
fn may_be(model: &DeviceModel, subject: &Subject) -> bool {
    let like = |a: &str, b: &str| {
        let (a, b) = (format!(" {} ", plain(a)), format!(" {} ", plain(b)));
        a.trim().is_empty() || b.trim().is_empty() || a.contains(&b) || b.contains(&a)
    };
    like(&model.manufacturer, &subject.manufacturer)
        && model.model.as_deref().is_none_or(|wanted| like(wanted, &subject.model))
}

fn name(model: &DeviceModel) -> String {
    match &model.model {
        Some(name) => format!("{} {name}", model.manufacturer),
        None => model.manufacturer.to_string(),
    }
}

fn known(subject: &Subject) -> String {
    match format!("{} {}", subject.manufacturer, subject.model).trim() {
        "" => "of a maker and model that nobody has recorded".to_owned(),
        name => name.to_owned(),
    }
}

fn who(installer: Installer) -> &'static str {
    match installer {
        Installer::Staff => "the hospital's staff",
        Installer::Vendor => "the maker's engineer",
        Installer::ThirdParty => "a service company",
        Installer::Unknown => "somebody unnamed",
    }
}
