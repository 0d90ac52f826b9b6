//! Ranges of days: made, released or shipped before or after a day. The register's day of manufacture decides; an ISO
//! day may also be a version by date, and then the version decides.

use model::Date;

use super::clause::Truth;
use super::date::Day;
use super::plain::DayRange;
use super::subject::Subject;
use super::verdict::{Gap, OutReason};

/// A range of days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Made {
    /// First day inside.
    pub(crate) low: Option<(Day, bool)>,
    /// Last day inside; the flag says that the day itself is outside.
    pub(crate) high: Option<(Day, bool)>,
    /// What happened then, as the text says (`distributed`), or nothing.
    pub(crate) verb: Box<str>,
    /// The text, where it names no year.
    pub(crate) undated: Option<Box<str>>,
}

impl Made {
    /// The days in plain words.
    pub(crate) fn plain(&self) -> DayRange {
        DayRange {
            verb: self.verb.clone(),
            low: self.low.map(|(day, strict)| (if strict { day.last } else { day.first }, strict)),
            high: self.high.map(|(day, strict)| (if strict { day.first } else { day.last }, strict)),
            undated: self.undated.clone(),
        }
    }

    pub(crate) fn holds(&self, subject: &Subject<'_>) -> Truth {
        let unknown = || Truth::Maybe(Gap::NeedsManufacturingDate { range: self.plain() });
        if self.undated.is_some() {
            return unknown();
        }
        let Some(made) = self.day_of(subject) else { return unknown() };
        let below =
            self.high.is_none_or(|(day, strict)| if strict { made < day.first } else { made <= day.last });
        let above =
            self.low.is_none_or(|(day, strict)| if strict { made > day.last } else { made >= day.first });
        if below && above { Truth::Yes } else { Truth::No(OutReason::MadeOutside { days: self.plain() }) }
    }

    /// The device's day: its version, when that is one, else its day of manufacture.
    fn day_of(&self, subject: &Subject<'_>) -> Option<Date> {
        let version =
            subject.version.filter(|v| !super::missing::is_missing(v)).map(super::number::strip_decoration);
        if let Some(day) = version.and_then(Day::read)
            && day.first == day.last
        {
            return Some(day.first);
        }
        let spelled = [self.low, self.high].into_iter().flatten().any(|(day, _)| day.spelled);
        // A day written in digits is more often a build's than a device's: a version of another shape leaves it open.
        if version.is_some() && !spelled { None } else { subject.manufactured }
    }
}
