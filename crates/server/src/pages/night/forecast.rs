//! What a plan means before it has begun, put together for pages: the timetable from declared minutes, and from it which beds of
//! which unit lose what and when (R07, R09–R12). Worked out in `planning` and `care`; here only brought together.

use std::collections::BTreeSet;

use care::{HostDark, UnitDark, dark_time};
use model::ids::{BedId, UnitId};
use model::plan::Plan;
use model::{Time, Topology};
use planning::timetable::{Timetable, timetable};

/// Timetable and dark times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Forecast {
    pub(crate) timetable: Timetable,
    pub(crate) dark: Vec<UnitDark>,
}

/// The forecast of a plan.
pub(crate) fn forecast(plan: &Plan, topology: &Topology) -> Forecast {
    let timetable = timetable(plan);
    let hosts: Vec<HostDark> = timetable
        .slots
        .iter()
        .map(|slot| HostDark {
            host: slot.host.clone(),
            from: slot.p50.dark,
            to_p50: slot.p50.ends,
            to_p90: slot.p90.ends,
        })
        .collect();
    let dark = dark_time(&hosts, topology);
    Forecast { timetable, dark }
}

impl Forecast {
    /// From the first work to the last at P90; `None` for a plan without hosts.
    pub(crate) fn range(&self) -> Option<(Time, Time)> {
        let from = self.timetable.rings.iter().map(|ring| ring.begins.0).min()?;
        Some((from, self.timetable.ends()?.1))
    }

    /// The dark times of a unit.
    pub(crate) fn of<'a>(&'a self, unit: &'a UnitId) -> impl Iterator<Item = &'a UnitDark> {
        self.dark.iter().filter(move |dark| dark.unit == *unit)
    }

    /// The first and the last moment at which a unit has a dark bed: from, P50, P90.
    pub(crate) fn whole(&self, unit: &UnitId) -> Option<(Time, Time, Time)> {
        let from = self.of(unit).map(|dark| dark.from).min()?;
        let p50 = self.of(unit).map(|dark| dark.to_p50).max()?;
        let p90 = self.of(unit).map(|dark| dark.to_p90).max()?;
        Some((from, p50, p90))
    }

    /// The beds of a unit that go dark at any time, each once.
    pub(crate) fn beds(&self, unit: &UnitId) -> Vec<BedId> {
        let beds: BTreeSet<&BedId> = self.of(unit).flat_map(|dark| &dark.beds).collect();
        beds.into_iter().cloned().collect()
    }
}

/// Beds as people say them: runs of numbers are drawn together, `5-01 to 5-06, 5-09`.
pub(crate) fn beds_text(beds: &[BedId]) -> String {
    let split = |bed: &BedId| {
        let text = bed.as_str().to_owned();
        let at = text.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
        let number = text.get(at..).and_then(|digits| digits.parse::<u64>().ok());
        (text.get(..at).unwrap_or("").to_owned(), number, text)
    };
    let mut parts: Vec<String> = Vec::new();
    let mut run: Option<(String, u64, String, String)> = None;
    let close = |run: Option<(String, u64, String, String)>, parts: &mut Vec<String>| {
        if let Some((_, _, first, last)) = run {
            parts.push(if first == last { first } else { format!("{first}–{last}") });
        }
    };
    for bed in beds {
        let (stem, number, text) = split(bed);
        run = match (run, number) {
            (Some((of, last, first, _)), Some(number)) if of == stem && number == last + 1 => {
                Some((stem, number, first, text))
            }
            (before, Some(number)) => {
                close(before, &mut parts);
                Some((stem, number, text.clone(), text))
            }
            (before, None) => {
                close(before, &mut parts);
                parts.push(text);
                None
            }
        };
    }
    close(run, &mut parts);
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beds_that_follow_one_another_are_said_as_a_run() {
        let beds =
            |names: &[&str]| -> Vec<BedId> { names.iter().map(|name| BedId::new(name).unwrap()).collect() };
        let text = |names: &[&str]| beds_text(&beds(names));
        assert_eq!(text(&["5-01", "5-02", "5-03", "5-05"]), "5-01–5-03, 5-05");
        assert_eq!(text(&["5-09", "6-01", "6-02"]), "5-09, 6-01–6-02");
        assert_eq!(text(&["window", "5-01"]), "window, 5-01");
        assert_eq!(text(&[]), "");
    }
}
