//! The assumptions as fields: read from the address, each that cannot be with what it may be.

use std::collections::BTreeMap;

use planning::cadence::{Assumed, Assumptions, Cadence};

use crate::parts::{Choice, Field, FieldKind};
use crate::words::Words;

/// What was typed, and what is asked by it when all of it can be.
pub(super) struct Typed {
    pub(super) cadence: Field,
    pub(super) lines: Vec<Field>,
    pub(super) asked: Option<(Assumptions, Cadence)>,
}

/// One number of the assumptions.
struct Number {
    name: &'static str,
    label: fn(Words) -> &'static str,
    of: fn(&mut Assumptions) -> &mut u32,
}

const NUMBERS: [Number; 13] = [
    Number { name: "years", label: |w| w.cadence_years(), of: |of| &mut of.years },
    Number { name: "patches_a_year", label: |w| w.cadence_patches(), of: |of| &mut of.patches_a_year },
    Number { name: "for_hosts_per_mille", label: |w| w.cadence_fits(), of: |of| &mut of.for_hosts_per_mille },
    Number { name: "restart_per_mille", label: |w| w.cadence_restarts(), of: |of| &mut of.restart_per_mille },
    Number {
        name: "restart_p50_minutes",
        label: |w| w.cadence_restart_p50(),
        of: |of| &mut of.restart.p50_minutes,
    },
    Number {
        name: "restart_p90_minutes",
        label: |w| w.cadence_restart_p90(),
        of: |of| &mut of.restart.p90_minutes,
    },
    Number { name: "arms_per_mille", label: |w| w.cadence_arms(), of: |of| &mut of.arms_per_mille },
    Number { name: "fails_per_mille", label: |w| w.cadence_fails(), of: |of| &mut of.fails_per_mille },
    Number {
        name: "install_p50_minutes",
        label: |w| w.cadence_install_p50(),
        of: |of| &mut of.install.p50_minutes,
    },
    Number {
        name: "install_p90_minutes",
        label: |w| w.cadence_install_p90(),
        of: |of| &mut of.install.p90_minutes,
    },
    Number { name: "night_minutes", label: |w| w.cadence_night_minutes(), of: |of| &mut of.night_minutes },
    Number {
        name: "disruption_minutes",
        label: |w| w.cadence_disruption_minutes(),
        of: |of| &mut of.disruption_minutes,
    },
    Number { name: "cover_people", label: |w| w.cadence_cover(), of: |of| &mut of.cover_people },
];

impl Typed {
    /// Reads what the address says; what it does not say is as learnt.
    pub(super) fn read(w: Words, typed: &BTreeMap<String, String>, learnt: Assumptions) -> Typed {
        let mut of = learnt;
        let mut wrong: BTreeMap<&'static str, String> = BTreeMap::new();
        for number in &NUMBERS {
            let Some(text) = typed.get(number.name).map(|text| text.trim()) else { continue };
            match text.parse() {
                Ok(value) => *(number.of)(&mut of) = value,
                Err(_) => {
                    wrong.insert(number.name, w.cadence_no_number().to_owned());
                }
            }
        }
        if let Err(bad) = of.checked() {
            let says = w.cadence_out_of_range(&bad.least.to_string(), &bad.most.to_string());
            wrong.entry(bad.field).or_insert(says);
        }
        let word = typed.get("in_use").map_or(Cadence::HalfYearly.word(), String::as_str);
        let in_use = Cadence::from_word(word);
        let lines = NUMBERS.iter().map(|number| {
            let known = (number.of)(&mut of).to_string();
            let value = typed.get(number.name).cloned().unwrap_or(known);
            let error = wrong.get(number.name).cloned().unwrap_or_default();
            Field::new(number.name, (number.label)(w), FieldKind::Text).value(value).error(error)
        });
        let lines = lines.collect();
        let choices = Cadence::ALL
            .map(|cadence| Choice { value: cadence.word().to_owned(), label: name(w, cadence).to_owned() });
        let cadence = Field::new("in_use", w.cadence_in_use(), FieldKind::Select(choices.into())).value(word);
        let cadence = if in_use.is_none() { cadence.error(w.cadence_unknown()) } else { cadence };
        Typed { cadence, lines, asked: in_use.filter(|_| wrong.is_empty()).map(|in_use| (of, in_use)) }
    }
}

/// A cadence's name.
pub(super) fn name(w: Words, cadence: Cadence) -> &'static str {
    match cadence {
        Cadence::HalfYearly => w.cadence_half_yearly(),
        Cadence::Quarterly => w.cadence_quarterly(),
        Cadence::TwoMonthly => w.cadence_two_monthly(),
        Cadence::Monthly => w.cadence_monthly(),
        Cadence::AsTheyCome => w.cadence_as_they_come(),
    }
}

/// Which of the numbers past nights have shown, and which nobody has.
pub(super) fn origins(w: Words, learnt: &Assumptions) -> Vec<String> {
    let parts = [
        (w.cadence_from_restart(), learnt.restart_from),
        (w.cadence_from_install(), learnt.install_from),
        (w.cadence_from_arms(), learnt.arms_from),
    ];
    let says = |(what, from): (&str, Assumed)| match from {
        Assumed::Said => w.cadence_said(what),
        Assumed::Learnt { records } => w.cadence_learnt(what, &w.number(records as u64)),
    };
    parts.into_iter().map(says).chain([w.cadence_rest_said().to_owned()]).collect()
}
