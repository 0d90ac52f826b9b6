//! Days as device lists write them. What could mean two days is refused, not guessed.

use model::Date;

/// The order of day, month and year in dates such as `03/04/2024`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateFormat {
    /// Day, month, year.
    DayMonthYear,
    /// Month, day, year.
    MonthDayYear,
    /// Year, month, day.
    YearMonthDay,
}

impl DateFormat {
    /// Every order.
    pub const ALL: [DateFormat; 3] =
        [DateFormat::DayMonthYear, DateFormat::MonthDayYear, DateFormat::YearMonthDay];

    /// `d/m/Y`, `m/d/Y` or `Y-m-d`.
    pub fn word(self) -> &'static str {
        match self {
            DateFormat::DayMonthYear => "d/m/Y",
            DateFormat::MonthDayYear => "m/d/Y",
            DateFormat::YearMonthDay => "Y-m-d",
        }
    }

    /// Reads any pattern whose letters stand in one of the three orders: `d/m/Y`, `DD.MM.YYYY`, `%m/%d/%Y`, …
    pub fn from_pattern(pattern: &str) -> Option<DateFormat> {
        let mut order: Vec<char> =
            pattern.chars().flat_map(char::to_lowercase).filter(|char| char.is_alphabetic()).collect();
        order.dedup();
        match order.as_slice() {
            ['d', 'm', 'y'] => Some(DateFormat::DayMonthYear),
            ['m', 'd', 'y'] => Some(DateFormat::MonthDayYear),
            ['y', 'm', 'd'] => Some(DateFormat::YearMonthDay),
            _ => None,
        }
    }
}

/// Why a text is not read as a day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotADay {
    #[error("the day could be {0} or {1}")]
    Ambiguous(Date, Date),
    #[error("the year has two digits")]
    ShortYear,
    #[error("this is not a day in the order {0}")]
    NotInOrder(&'static str),
    #[error("this is not a day")]
    Not,
}

impl NotADay {
    /// What would be right.
    pub(crate) fn expected(&self) -> &'static str {
        match self {
            NotADay::Ambiguous(..) => {
                "write YYYY-MM-DD, or say date_format = \"d/m/Y\" or \"m/d/Y\" in the mapping file"
            }
            NotADay::ShortYear | NotADay::NotInOrder(_) | NotADay::Not => {
                "write YYYY-MM-DD, such as 2027-03-31"
            }
        }
    }
}

/// Days from 1899-12-30, day 0 of spreadsheets, to 1970-01-01.
const SERIAL_OF_1970: i64 = 25_569;
/// Whole numbers in this range are spreadsheet days (1954 to 2199); smaller ones are more likely years.
const SERIALS: std::ops::RangeInclusive<i64> = 20_000..=109_575;

/// Reads a day. ISO 8601, with or without a time behind it; `d.m.Y`; `Y/m/d`; `d/m/Y` or `m/d/Y` when only one of them is
/// possible or `format` says which; `YYYYMMDD`; a spreadsheet's day number.
pub(crate) fn read(text: &str, format: Option<DateFormat>) -> Result<Date, NotADay> {
    if let Ok(date) = Date::parse(text) {
        return Ok(date);
    }
    let day_only = without_time(text);
    let number = day_only.strip_suffix(".0").unwrap_or(day_only);
    if number.bytes().all(|byte| byte.is_ascii_digit()) {
        return whole_number(number);
    }
    let separator = day_only.chars().find(|char| matches!(char, '.' | '/' | '-')).ok_or(NotADay::Not)?;
    let parts: Vec<&str> = day_only.split(separator).map(str::trim).collect();
    let [a, b, c] = parts.as_slice() else { return Err(NotADay::Not) };
    let digits =
        |part: &&str| !part.is_empty() && part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    if ![a, b, c].into_iter().all(digits) {
        return Err(NotADay::Not);
    }
    let [a_number, b_number, c_number] = [a, b, c].map(|part| part.parse::<i16>().unwrap_or(0));
    if a.len() == 4 {
        return date(a_number, b_number, c_number).ok_or(NotADay::Not);
    }
    if c.len() != 4 {
        return Err(if a.len() <= 2 && b.len() <= 2 && c.len() == 2 {
            NotADay::ShortYear
        } else {
            NotADay::Not
        });
    }
    let (day_first, month_first) = (date(c_number, b_number, a_number), date(c_number, a_number, b_number));
    match (separator, format) {
        // With points the day comes first wherever points are used.
        ('.', _) => day_first.ok_or(NotADay::Not),
        (_, Some(order @ DateFormat::DayMonthYear)) => day_first.ok_or(NotADay::NotInOrder(order.word())),
        (_, Some(order @ DateFormat::MonthDayYear)) => month_first.ok_or(NotADay::NotInOrder(order.word())),
        (_, Some(order @ DateFormat::YearMonthDay)) => Err(NotADay::NotInOrder(order.word())),
        (_, None) => match (day_first, month_first) {
            (Some(one), Some(other)) if one != other => Err(NotADay::Ambiguous(one, other)),
            (one, other) => one.or(other).ok_or(NotADay::Not),
        },
    }
}

/// A time behind the day is not needed.
fn without_time(text: &str) -> &str {
    let end = text.find([' ', 'T']).unwrap_or(text.len());
    let (day, time) = text.split_at_checked(end).unwrap_or((text, ""));
    let looks_like_time = |char: char| char.is_ascii_digit() || " T:.+-ZAPMapm".contains(char);
    if time.contains(':') && time.chars().all(looks_like_time) { day } else { text }
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}

/// `YYYYMMDD` or a spreadsheet's day number.
fn whole_number(digits: &str) -> Result<Date, NotADay> {
    let number: i64 = digits.parse().map_err(|_| NotADay::Not)?;
    if digits.len() == 8 {
        let part = |part: i64| i16::try_from(part).unwrap_or(0);
        return date(part(number / 10_000), part(number / 100 % 100), part(number % 100)).ok_or(NotADay::Not);
    }
    if SERIALS.contains(&number) {
        from_days(number - SERIAL_OF_1970).ok_or(NotADay::Not)
    } else {
        Err(NotADay::Not)
    }
}

/// The day so many days after 1970-01-01, in the proleptic Gregorian calendar, counted in eras of 400 years that begin on
/// 1 March, so that the leap day is the last of its year.
fn from_days(days: i64) -> Option<Date> {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Date::new(i16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_day_is_read_however_a_list_writes_it() {
        for text in [
            "2024-03-31",
            "2024-03-31T00:00:00Z",
            "2024-03-31 14:05",
            "31.3.2024",
            "31.03.2024",
            "2024/03/31",
            "20240331",
            "31/03/2024",
            "3/31/2024",
            "45382",
            "45382.0",
            "2024-3-31",
            "3/31/2024 12:00:00 AM",
        ] {
            assert_eq!(read(text, None).map(|day| day.to_string()), Ok("2024-03-31".into()), "{text}");
        }
        assert_eq!(read("05/05/2024", None).unwrap().to_string(), "2024-05-05");
    }

    #[test]
    fn a_day_that_could_be_two_days_is_asked_for() {
        assert!(matches!(read("03/04/2024", None), Err(NotADay::Ambiguous(..))));
        assert_eq!(read("03/04/2024", Some(DateFormat::DayMonthYear)).unwrap().to_string(), "2024-04-03");
        assert_eq!(read("03/04/2024", Some(DateFormat::MonthDayYear)).unwrap().to_string(), "2024-03-04");
        assert_eq!(read("31/04/2024", Some(DateFormat::DayMonthYear)), Err(NotADay::NotInOrder("d/m/Y")));
        assert_eq!(read("31.12.24", None), Err(NotADay::ShortYear));
        for text in ["2019", "never", "", "2024-13-01", "1.2", "99999999", "2024-02-30", "-", "3/4/5/6"] {
            assert!(read(text, None).is_err(), "{text}");
        }
    }

    #[test]
    fn a_date_pattern_is_known_by_the_order_of_its_letters() {
        assert_eq!(DateFormat::from_pattern("DD.MM.YYYY"), Some(DateFormat::DayMonthYear));
        assert_eq!(DateFormat::from_pattern("%m/%d/%Y"), Some(DateFormat::MonthDayYear));
        assert_eq!(DateFormat::from_pattern("swatch"), None);
        for format in DateFormat::ALL {
            assert_eq!(DateFormat::from_pattern(format.word()), Some(format));
        }
    }

    #[test]
    fn spreadsheet_days_count_through_leap_years() {
        let mut expected = Date::new(1970, 1, 1).unwrap();
        for days in 0..40_000 {
            assert_eq!(from_days(days), Some(expected));
            let (year, month, day) = expected.ymd();
            expected = Date::new(year, month, day + 1)
                .or_else(|| Date::new(year, month + 1, 1))
                .or_else(|| Date::new(year + 1, 1, 1))
                .unwrap();
        }
    }
}
