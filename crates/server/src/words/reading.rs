//! Words of how a version text was read, and why a version lies in it, outside it, or cannot be told: from the matcher's
//! values, so that both languages say the same. Texts of the advisory stand as written.

use exposure::version::{
    Condition, DayRange, End, Gap, Joint, Meant, OutReason, Part, Reading, SerialRange, Side,
};

use super::{Words, words};

words! {
    reading_every: "every version" | "alla versioner";
    reading_after(version: &str): "after {version}" | "efter {version}";
    reading_from(version: &str): "{version} and later" | "{version} och senare";
    reading_before(version: &str): "before {version}" | "före {version}";
    reading_up_to(version: &str): "up to and including {version}" | "till och med {version}";
    reading_from_to(from: &str, to: &str): "from {from} up to and including {to}" | "från {from} till och med {to}";
    reading_from_before(from: &str, to: &str): "from {from} up to but not including {to}" | "från {from} till men inte med {to}";
    reading_after_to(from: &str, to: &str): "after {from} up to and including {to}" | "efter {from} till och med {to}";
    reading_after_before(from: &str, to: &str): "after {from} up to but not including {to}" | "efter {from} till men inte med {to}";
    reading_family(version: &str): "any {version}" | "alla {version}";
    reading_name(name: &str): "\"{name}\"" | "”{name}”";
    reading_except(version: &str): "but not {version}" | "men inte {version}";
    reading_unreadable(text: &str): "not understood: \"{text}\"" | "inte tolkat: ”{text}”";
    reading_model(model: &str): ", model {model}" | ", modell {model}";
    reading_condition(text: &str): ", under the condition \"{text}\"" | ", under villkoret ”{text}”";
    reading_all_of(version: &str): "all of {version}" | "hela {version}";
    reading_also(version: &str, also: &str): "{version} (also called {also})" | "{version} (kallas också {also})";
    reading_by_lines: " (one bound for each release line)" | " (en gräns för varje versionslinje)";
    reading_or: " or " | " eller ";
    reading_comma_or: ", or " | ", eller ";
    reading_semicolon_or: "; or " | "; eller ";
    reading_more(n: u64) one "{n} more" | "{n} till" many "{n} more" | "{n} till";
    reading_made: "made or released" | "tillverkad eller utgiven";
    reading_verb(verb: &str): "{verb}" | "”{verb}”";
    reading_undated(verb: &str, text: &str): "{verb} {text} (the advisory names no year)" | "{verb} {text} (meddelandet nämner inget år)";
    reading_day_after(day: &str): "after {day}" | "efter {day}";
    reading_day_from(day: &str): "on or after {day}" | "{day} eller senare";
    reading_day_before(day: &str): "before {day}" | "före {day}";
    reading_day_to(day: &str): "on or before {day}" | "{day} eller tidigare";
    reading_day_both(low: &str, high: &str): "{low} and {high}" | "{low} och {high}";
    reading_serial: "serial number" | "serienummer";
    reading_serial_first(count: &str): "first {count} digits of the serial number" | "de {count} första siffrorna i serienumret";
    reading_serial_below(what: &str, number: &str): "{what} below {number}" | "{what} under {number}";
    reading_serial_at_most(what: &str, number: &str): "{what} {number} or lower" | "{what} {number} eller lägre";
    reading_serial_above(what: &str, number: &str): "{what} above {number}" | "{what} över {number}";
    reading_serial_at_least(what: &str, number: &str): "{what} {number} or higher" | "{what} {number} eller högre";
    reading_serial_equal(what: &str, number: &str): "{what} {number}" | "{what} {number}";
    reading_serial_other(what: &str, number: &str): "{what} other than {number}" | "{what} annat än {number}";
    reading_platform: "platform, architecture or host" | "plattform, arkitektur eller värd";
    reading_component: "a component inside the product, and its version" | "en komponent i produkten, och dess version";

    out_above(bound: &str): "later than the affected versions, which end at {bound}" | "senare än de drabbade versionerna, som slutar vid {bound}";
    out_below(bound: &str): "earlier than the affected versions, which begin at {bound}" | "tidigare än de drabbade versionerna, som börjar vid {bound}";
    out_ranges(ranges: &str): "in none of the affected ranges: {ranges}" | "i inget av de drabbade intervallen: {ranges}";
    out_not_listed: "not among the versions the advisory names" | "inte bland de versioner som meddelandet nämner";
    out_excluded(version: &str): "the advisory leaves {version} out by name" | "meddelandet undantar {version} uttryckligen";
    out_not(what: &str): "not {what}" | "inte {what}";

    open_version_missing: "the register has no version for this device" | "registret har ingen version för enheten";
    open_not_listed(listed: &str): "the advisory lists only {listed}; it does not say that other versions are safe" | "meddelandet räknar bara upp {listed}; det säger inte att andra versioner är säkra";
    open_shapes(device: &str, bound: &str): "whether {device} comes before or after {bound} cannot be told from the numbers" | "om {device} kommer före eller efter {bound} går inte att se av numren";
    open_partly(device: &str): "the register says only \"{device}\"; some such versions are affected and some are not" | "registret säger bara ”{device}”; vissa sådana versioner är drabbade och andra inte";
    open_unreadable(text: &str): "the advisory's range \"{text}\" could not be read" | "meddelandets intervall ”{text}” gick inte att läsa";
    open_line(bounds: &str, device: &str): "the advisory gives one bound for each release line ({bounds}); which one governs {device} is not said" | "meddelandet ger en gräns för varje versionslinje ({bounds}); vilken som gäller {device} sägs inte";
    open_serial(range: &str): "the serial number decides: {range}" | "serienumret avgör: {range}";
    open_day(range: &str): "the day of manufacture decides: {range}" | "tillverkningsdagen avgör: {range}";
    open_model(models: &str): "the model number or variant decides: {models}" | "modellnumret eller varianten avgör: {models}";
    open_condition(text: &str): "affected only under a condition the register does not answer: {text}" | "drabbad bara under ett villkor som registret inte svarar på: {text}";
    open_between(fix: &str): "later than the affected range, but earlier than {fix}, the version said to be fixed" | "senare än det drabbade intervallet, men tidigare än {fix}, versionen som sägs vara rättad";
    open_prose(text: &str): "the advisory's own words speak against it: \"{text}\"" | "meddelandets egna ord talar emot det: ”{text}”";
}

impl Words {
    /// How a version text was read: `before 8.2.2`.
    pub fn reading(self, reading: &Reading) -> String {
        let mut out = String::new();
        for (joint, part) in reading.joined() {
            out.push_str(match joint {
                Joint::None => "",
                Joint::Comma => ", ",
                Joint::Or => self.reading_or(),
                Joint::CommaOr => self.reading_comma_or(),
            });
            out.push_str(&self.reading_part(part));
        }
        if reading.by_lines {
            out.push_str(self.reading_by_lines());
        }
        out
    }

    /// Why a version is certainly outside a range.
    pub fn out_reason(self, reason: &OutReason) -> String {
        match reason {
            OutReason::AboveUpper { bound } => self.out_above(bound),
            OutReason::BelowLower { bound } => self.out_below(bound),
            OutReason::OutsideRanges { ranges, more } => {
                let mut shown: Vec<String> = ranges.iter().map(|part| self.reading_part(part)).collect();
                shown.extend((*more > 0).then(|| self.reading_more(*more as u64)));
                self.out_ranges(&shown.join(self.reading_semicolon_or()))
            }
            OutReason::NotListed => self.out_not_listed().to_owned(),
            OutReason::Excluded { version } => self.out_excluded(version),
            OutReason::MadeOutside { days } => self.out_not(&self.reading_days(days)),
            OutReason::SerialOutside { range } => self.out_not(&self.reading_serials(range)),
        }
    }

    /// What would have to be known to decide, with the versions concerned.
    pub fn open_because(self, gap: &Gap) -> String {
        match gap {
            Gap::VersionMissing => self.open_version_missing().to_owned(),
            Gap::NotListed { listed } => self.open_not_listed(listed),
            Gap::ShapesDoNotCompare { device, bound } => self.open_shapes(device, bound),
            Gap::PartlyKnown { device } => self.open_partly(device),
            Gap::RangeUnreadable { text } => self.open_unreadable(text),
            Gap::ReleaseLine { device, bounds } => self.open_line(bounds, device),
            Gap::NeedsSerial { range } => self.open_serial(&self.reading_serials(range)),
            Gap::NeedsManufacturingDate { range } => self.open_day(&self.reading_days(range)),
            Gap::NeedsModelNumber { models } => self.open_model(models),
            Gap::Condition { condition } => self.open_condition(match condition {
                Condition::Written(text) => text,
                Condition::Platform => self.reading_platform(),
                Condition::Component => self.reading_component(),
            }),
            Gap::BetweenRangeAndFix { fix } => self.open_between(fix),
            Gap::ProseContradicts { text } => self.open_prose(text),
        }
    }

    fn reading_part(self, part: &Part) -> String {
        let mut out = match &part.meant {
            Meant::Every => self.reading_every().to_owned(),
            Meant::From(low) if low.is_strict => self.reading_after(&self.reading_end(low)),
            Meant::From(low) => self.reading_from(&low.version),
            Meant::UpTo(high) if high.is_strict => self.reading_before(&self.reading_end(high)),
            Meant::UpTo(high) => self.reading_up_to(&self.reading_end(high)),
            Meant::Between(low, high) => {
                let (from, to) = (&*low.version, &self.reading_end(high));
                match (low.is_strict, high.is_strict) {
                    (false, false) => self.reading_from_to(from, to),
                    (false, true) => self.reading_from_before(from, to),
                    (true, false) => self.reading_after_to(from, to),
                    (true, true) => self.reading_after_before(from, to),
                }
            }
            Meant::One(version) => version.to_string(),
            Meant::Family(version) => self.reading_family(version),
            Meant::Name(name) => self.reading_name(name),
            Meant::Except(version) => self.reading_except(version),
            Meant::Days(days) => self.reading_days(days),
            Meant::Serials(serials) => self.reading_serials(serials),
            Meant::Unreadable(text) => self.reading_unreadable(text),
        };
        if let Some(model) = &part.model {
            out.push_str(&self.reading_model(model));
        }
        for condition in &part.conditions {
            out.push_str(&self.reading_condition(condition));
        }
        out
    }

    fn reading_end(self, end: &End) -> String {
        let version = if end.is_family { self.reading_all_of(&end.version) } else { end.version.to_string() };
        match &end.also {
            Some(also) => self.reading_also(&version, also),
            None => version,
        }
    }

    fn reading_days(self, days: &DayRange) -> String {
        let verb = match &*days.verb {
            "" => self.reading_made().to_owned(),
            verb => self.reading_verb(verb),
        };
        if let Some(text) = &days.undated {
            return self.reading_undated(&verb, text);
        }
        let low = days.low.map(|(day, is_strict)| match is_strict {
            true => self.reading_day_after(&day.to_string()),
            false => self.reading_day_from(&day.to_string()),
        });
        let high = days.high.map(|(day, is_strict)| match is_strict {
            true => self.reading_day_before(&day.to_string()),
            false => self.reading_day_to(&day.to_string()),
        });
        match (low, high) {
            (Some(low), Some(high)) => format!("{verb} {}", self.reading_day_both(&low, &high)),
            (Some(one), None) | (None, Some(one)) => format!("{verb} {one}"),
            (None, None) => verb,
        }
    }

    fn reading_serials(self, range: &SerialRange) -> String {
        match range {
            SerialRange::Patterns(patterns) => {
                self.reading_serial_equal(self.reading_serial(), &patterns.join(", "))
            }
            SerialRange::Bound { first_digits, side, number } => {
                let first = first_digits.map(|count| self.reading_serial_first(&count.to_string()));
                let what = first.as_deref().unwrap_or(self.reading_serial());
                match side {
                    Side::Below => self.reading_serial_below(what, number),
                    Side::AtMost => self.reading_serial_at_most(what, number),
                    Side::Above => self.reading_serial_above(what, number),
                    Side::AtLeast => self.reading_serial_at_least(what, number),
                    Side::Equal => self.reading_serial_equal(what, number),
                    Side::Other => self.reading_serial_other(what, number),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use exposure::version::{Inclusion, Subject, VersionSpec};

    use super::*;
    use crate::words::Language;

    /// Version texts of every shape that the grammar knows.
    const TEXTS: &[&str] = &[
        "vers:all/*",
        "< 8.2.2",
        "<= 3.07.11",
        "> 2.0",
        ">= 2.1",
        ">= 2.1 | < 2.3",
        "> 2.1 | <= 2.3",
        "> 2.1 | < 2.3",
        ">= 2.1 | <= 2.3",
        "1.0 | 1.1 | 2.x",
        "< 10.1.6 | < 11.0.3",
        "<= 2.3.x",
        "All versions except 2.4",
        "v8.x model 35700BAX2",
        "<= 2.0 (only affected by CVE-2020-1)",
        "2017 (1.9.0)",
        "<= 2017 (1.9.0)",
        "first 5 digits of serial number <= 24031",
        "SN 138853 and higher",
        "SN 138853 and lower",
        "serial number < 1000",
        "serial number > 1000",
        "distributed before July 1 2017",
        "manufactured after May 2018",
        "between May 2018 and July 2019",
        "Windows 10",
        "Clinical Access",
        "3.0 and <",
        "",
    ];
    const DEVICES: &[Option<&str>] =
        &[None, Some("2.2"), Some("1.5"), Some("99"), Some("10.2"), Some("2.x"), Some("2.4"), Some("B")];

    /// English and Swedish of everything said of `text`, beside what the command line says.
    fn everything(text: &str) -> Vec<(String, String, String)> {
        let (en, sv) = (Words::of(Language::English), Words::of(Language::Swedish));
        let spec = VersionSpec::read(text);
        let reading = spec.reading();
        let mut out = vec![(en.reading(&reading), sv.reading(&reading), reading.to_string())];
        for (version, serial) in
            DEVICES.iter().flat_map(|version| [(version, None), (version, Some("99999"))])
        {
            let subject = Subject { version: *version, serial, model: "Monitor", ..Subject::default() };
            match spec.contains(&subject) {
                Inclusion::In => {}
                Inclusion::Out(out_of) => {
                    out.push((en.out_reason(&out_of), sv.out_reason(&out_of), out_of.to_string()));
                }
                Inclusion::Unknown(gap) => {
                    out.push((en.open_because(&gap), sv.open_because(&gap), gap.to_string()))
                }
            }
        }
        out
    }

    #[test]
    fn english_pages_say_what_the_command_line_says() {
        for (english, _, command_line) in TEXTS.iter().flat_map(|text| everything(text)) {
            assert_eq!(english, command_line);
        }
    }

    #[test]
    fn swedish_pages_have_no_english_but_what_the_advisory_wrote() {
        const ENGLISH: &[&str] =
            &["the", "and", "or", "before", "after", "including", "versions", "number", "not", "says"];
        for text in TEXTS {
            for (_, swedish, _) in everything(text) {
                // Quotes are the advisory's own words.
                let own: String = swedish.split('”').step_by(2).collect();
                let mut words = own.split(|c: char| !c.is_alphanumeric());
                let found = words.find(|word| ENGLISH.contains(word) && !text.contains(word));
                assert_eq!(found, None, "“{text}” reads {swedish}");
            }
        }
    }
}
