//! Windows as a table: one row a window, staff and visits in one cell each.

use hospital::campaign::{Opening, Setting, Visit};
use model::Time;
use model::finding::Place;
use model::ids::{SiteId, WindowId};
use planning::planner::campaign::Staff;

use super::{Reader, WINDOWS_MAX};

/// The columns there are; the first four must be there.
const COLUMNS: [&str; 9] =
    ["window", "not_before", "latest_start", "not_after", "site", "at_once", "overtime", "staff", "visits"];
const NEEDED: usize = 4;

/// Does the text begin with the header of such a table?
pub(super) fn is_table(text: &str) -> bool {
    let first = text.trim_start_matches('\u{feff}').lines().next().unwrap_or("");
    first.split([',', ';', '\t']).any(|cell| cell.trim().trim_matches('"') == "window")
}

impl Reader<'_> {
    pub(super) fn table(&mut self) -> Setting {
        let text = self.text.trim_start_matches('\u{feff}');
        let first = text.lines().next().unwrap_or("");
        let separator =
            [b',', b';', b'\t'].into_iter().max_by_key(|mark| first.bytes().filter(|b| b == mark).count());
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator.unwrap_or(b','))
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let headers: Vec<String> =
            reader.headers().map(|row| row.iter().map(str::to_owned).collect()).unwrap_or_default();
        for header in headers.iter().filter(|header| !COLUMNS.contains(&header.as_str())) {
            let place = Place::Cell { row: 1, column: header.as_str().into() };
            self.put(place, None, "there is no such column".to_owned(), &COLUMNS.join(", "));
        }
        for needed in
            COLUMNS.iter().take(NEEDED).filter(|needed| !headers.iter().any(|known| known == *needed))
        {
            self.put(
                Place::Row { row: 1 },
                None,
                format!("the column {needed} is missing"),
                &COLUMNS.join(", "),
            );
        }
        let mut setting = Setting::default();
        if !self.findings.is_empty() {
            return setting;
        }
        for (row, record) in (2_u64..).zip(reader.records().take(WINDOWS_MAX + 1)) {
            match record {
                Ok(record) => {
                    let row = Row { row, headers: &headers, record: &record };
                    setting.windows.extend(self.row(&row));
                }
                Err(error) => self.put(Place::Row { row }, None, error.to_string(), "a row of a CSV table"),
            }
        }
        setting
    }

    fn row(&mut self, row: &Row<'_>) -> Option<Opening> {
        let times = ["not_before", "latest_start", "not_after"].map(|column| self.cell_time(row, column));
        let id = WindowId::new(row.cell("window"));
        if let Err(error) = &id {
            self.put(row.place("window"), None, error.to_string(), "a short name such as tue-1");
        }
        let site = match row.cell("site") {
            "" => None,
            text => {
                let known =
                    SiteId::new(text).ok().filter(|site| self.state.places().sites.contains_key(site));
                if known.is_none() {
                    let right =
                        "the short name of a site that `segue import hospital` brought in, or nothing";
                    self.put(
                        row.place("site"),
                        Some(text),
                        "nobody has described this site".to_owned(),
                        right,
                    );
                }
                known
            }
        };
        let at_once_max = match row.cell("at_once") {
            "" => 1,
            text => text.parse().ok().filter(|number| *number > 0).unwrap_or_else(|| {
                self.put(row.place("at_once"), Some(text), "no number of devices".to_owned(), "1 or more");
                1
            }),
        };
        let overtime = match row.cell("overtime").to_ascii_lowercase().as_str() {
            "" | "no" | "false" => false,
            "yes" | "true" => true,
            text => {
                self.put(
                    row.place("overtime"),
                    Some(text),
                    "neither yes nor no".to_owned(),
                    "yes, no or nothing",
                );
                false
            }
        };
        let [not_before, latest_start, not_after] = times;
        let all = u32::try_from(not_after.seconds_since(not_before).max(0) / 60).unwrap_or(u32::MAX);
        let staff = self.list(row, "staff", "clinical engineering:2:600; it:1").into_iter().map(
            |(skill, people, minutes)| Staff {
                skill,
                people,
                person_minutes: minutes.unwrap_or(all.saturating_mul(people)),
            },
        );
        let staff: Vec<Staff> = staff.collect();
        let visits = self.list(row, "visits", "Klangfors:1:4 (engineers, most devices)");
        let visits = visits.into_iter().map(|(vendor, engineers, devices)| Visit {
            vendor,
            engineers,
            devices_max: devices.unwrap_or(u32::from(u16::MAX)),
        });
        Some(Opening {
            id: id.ok()?,
            site,
            not_before,
            latest_start,
            not_after,
            overtime,
            at_once_max,
            staff,
            visits: visits.collect(),
        })
    }

    fn cell_time(&mut self, row: &Row<'_>, column: &str) -> Time {
        adapter_input::instant(row.cell(column), &self.zone).unwrap_or_else(|problem| {
            self.put(row.place(column), None, problem, "a time of the clock on the wall, or with its offset");
            Time(0)
        })
    }

    /// `name:number` or `name:number:number`, with semicolons or bars between.
    fn list(&mut self, row: &Row<'_>, column: &str, right: &str) -> Vec<(Box<str>, u32, Option<u32>)> {
        let mut found = Vec::new();
        for entry in row.cell(column).split([';', '|']).map(str::trim).filter(|entry| !entry.is_empty()) {
            let parts: Vec<&str> = entry.split(':').map(str::trim).collect();
            let number = |text: &&str| text.parse::<u32>().ok();
            let read = match parts.as_slice() {
                [name, count] => number(count).map(|count| ((*name).into(), count, None)),
                [name, count, more] => {
                    number(count).zip(number(more)).map(|(count, more)| ((*name).into(), count, Some(more)))
                }
                _ => None,
            };
            match read {
                Some(read) => found.push(read),
                None => self.put(row.place(column), Some(entry), "cannot be read".to_owned(), right),
            }
        }
        found
    }
}

struct Row<'a> {
    row: u64,
    headers: &'a [String],
    record: &'a csv::StringRecord,
}

impl Row<'_> {
    fn cell(&self, column: &str) -> &str {
        let at = self.headers.iter().position(|header| header == column);
        at.and_then(|at| self.record.get(at)).unwrap_or("")
    }

    fn place(&self, column: &str) -> Place {
        Place::Cell { row: self.row, column: column.into() }
    }
}
