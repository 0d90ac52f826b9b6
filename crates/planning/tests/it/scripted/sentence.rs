//! Sentences of scripts: clauses between commas, words between blanks, numbers, days and clocks.

/// A command's first words and the clauses behind its commas.
pub(super) struct Sentence<'a> {
    /// Words before the first comma.
    pub(super) head: Vec<&'a str>,
    /// The words of each clause behind it.
    pub(super) clauses: Vec<Vec<&'a str>>,
}

pub(super) fn sentence(line: &str) -> Sentence<'_> {
    let mut parts = line.split(',').map(|part| part.split_whitespace().collect::<Vec<&str>>());
    Sentence { head: parts.next().unwrap_or_default(), clauses: parts.collect() }
}

/// A clause that nobody understands, with what there is.
pub(super) fn not_understood<T>(clause: &[&str], what: &str, has: &str) -> Result<T, String> {
    Err(format!("\"{}\" is not understood; {what} has: {has}", clause.join(" ")))
}

pub(super) fn number(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("\"{text}\" is no whole number"))
}

/// `day 2 22:00` as a minute; the first day is 1.
pub(super) fn minute(day: &str, clock: &str) -> Result<u32, String> {
    let day = number(day)?.checked_sub(1).ok_or("days count from 1")?;
    let wrong = || format!("\"{clock}\" is no clock; write 22:00");
    let (hour, minute) = clock.split_once(':').ok_or_else(wrong)?;
    let (hour, minute) =
        (hour.parse::<u32>().map_err(|_| wrong())?, minute.parse::<u32>().map_err(|_| wrong())?);
    if hour > 24 || minute > 59 {
        return Err(wrong());
    }
    Ok((day * 24 + hour) * 60 + minute)
}

/// A name as one of our identifiers.
pub(super) fn id<T, E: std::fmt::Display>(made: Result<T, E>) -> Result<T, String> {
    made.map_err(|error| error.to_string())
}
