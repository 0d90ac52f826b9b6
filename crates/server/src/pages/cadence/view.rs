//! What a study comes to, as words: a row for each cadence, and a sentence for each beside the one that is in use.

use planning::cadence::{Band, Cadence, Measure, Outcome, Versus};

use super::form::name;
use crate::words::Words;

/// A row of the table.
pub(super) struct CadenceRow {
    pub(super) name: String,
    pub(super) cells: Vec<CadenceCell>,
}

/// A band, and how it stands beside the cadence in use.
pub(super) struct CadenceCell {
    pub(super) column: &'static str,
    pub(super) middle: String,
    pub(super) band: String,
    /// A sign and a word; empty for the cadence in use itself.
    pub(super) versus: String,
}

/// A measure's name.
pub(super) fn column(w: Words, measure: Measure) -> &'static str {
    match measure {
        Measure::DarkMinutes => w.cadence_col_dark(),
        Measure::Disruptions => w.cadence_col_disruptions(),
        Measure::LargestNight => w.cadence_col_largest(),
        Measure::ExposureDays => w.cadence_col_exposure(),
        Measure::StaffMinutes => w.cadence_col_staff(),
        Measure::Nights => w.cadence_col_nights(),
    }
}

/// A number that may be below zero.
fn signed(w: Words, number: i64) -> String {
    let text = w.number(number.unsigned_abs());
    if number < 0 { format!("−{text}") } else { text }
}

/// Hours of a band of minutes, outwards as the minutes are.
fn shown(measure: Measure, band: Band) -> Band {
    match measure {
        Measure::StaffMinutes => Band {
            p10: band.p10.div_euclid(60),
            p50: band.p50.div_euclid(60),
            p90: band.p90.div_euclid(60) + i64::from(band.p90.rem_euclid(60) > 0),
        },
        Measure::DarkMinutes
        | Measure::Disruptions
        | Measure::LargestNight
        | Measure::ExposureDays
        | Measure::Nights => band,
    }
}

pub(super) fn rows(w: Words, outcomes: &[Outcome], in_use: Cadence) -> Vec<CadenceRow> {
    let row = |outcome: &Outcome| {
        let is_used = outcome.cadence == in_use;
        let cells = Measure::ALL.iter().zip(&outcome.measures).zip(&outcome.versus);
        let cells = cells.map(|((measure, band), versus)| {
            let band = shown(*measure, *band);
            CadenceCell {
                column: column(w, *measure),
                middle: signed(w, band.p50),
                band: between(&signed(w, band.p10), &signed(w, band.p90)),
                versus: if is_used { String::new() } else { beside(w, *versus).to_owned() },
            }
        });
        let name = name(w, outcome.cadence);
        let name = if is_used { w.cadence_used(name) } else { name.to_owned() };
        CadenceRow { name, cells: cells.collect() }
    };
    outcomes.iter().map(row).collect()
}

/// From one to the other; a single number where they are the same.
fn between(low: &str, high: &str) -> String {
    if low == high { low.to_owned() } else { format!("{low}–{high}") }
}

fn beside(w: Words, versus: Versus) -> &'static str {
    match versus {
        Versus::Less => w.cadence_less(),
        Versus::More => w.cadence_more(),
        Versus::Noise => w.cadence_noise(),
    }
}

/// One sentence for each other cadence: what is more, what is less, what does not exceed the noise.
pub(super) fn sentences(w: Words, outcomes: &[Outcome], in_use: Cadence) -> Vec<String> {
    let others = outcomes.iter().filter(|outcome| outcome.cadence != in_use);
    let sentence = |outcome: &Outcome| {
        let mut parts = Vec::new();
        for wanted in [Versus::More, Versus::Less, Versus::Noise] {
            let of = Measure::ALL.iter().zip(&outcome.differences).zip(&outcome.versus);
            let of = of.filter(|(_, versus)| **versus == wanted);
            let names: Vec<String> = of
                .map(|((measure, band), _)| {
                    let band = shown(*measure, *band);
                    let (least, most) = (band.p10.unsigned_abs(), band.p90.unsigned_abs());
                    let (low, high) = (w.number(least.min(most)), w.number(least.max(most)));
                    match wanted {
                        Versus::Noise => column(w, *measure).to_lowercase(),
                        Versus::More | Versus::Less => {
                            w.cadence_by(&column(w, *measure).to_lowercase(), &between(&low, &high))
                        }
                    }
                })
                .collect();
            if !names.is_empty() {
                let list = names.join(", ");
                parts.push(match wanted {
                    Versus::More => w.cadence_says_more(&list),
                    Versus::Less => w.cadence_says_less(&list),
                    Versus::Noise => w.cadence_says_noise(&list),
                });
            }
        }
        w.cadence_says(name(w, outcome.cadence), &name(w, in_use).to_lowercase(), &parts.join("; "))
    };
    others.map(sentence).collect()
}
