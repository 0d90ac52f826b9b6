//! What two snapshots of a database say, for people.

use super::{Counted, Known, Reset, Sign, TableWrites, Unknown, Wait, Writes};
use crate::words::clean;

/// The whole answer.
pub fn writes(found: &Writes) -> String {
    let verdict = match (found.has_signs(), found.has_unknown()) {
        (true, _) => {
            "SIGNS of needless writes or of lock waits; whether they are needless is for people to say."
        }
        (false, true) => "NOT KNOWN: no sign was seen, and not everything could be compared.",
        (false, false) => "NO SIGN of needless writes or of lock waits.",
    };
    let mut lines = vec![
        format!("{} (before) against {} (after)", clean(&found.before), clean(&found.after)),
        verdict.to_owned(),
    ];
    lines.push(format!("  {}", reset(found.reset)));
    let number = |count: Option<u64>| count.map_or("not known".to_owned(), |count| count.to_string());
    lines.push(format!("  deadlocks: {}", number(found.deadlocks)));
    lines.push(format!(
        "  blocks read from disk: {}; found in memory: {}",
        number(found.blocks_read),
        number(found.blocks_hit)
    ));
    lines.push(format!("  waiting for a lock before: {}", waits(found.waits_before.as_deref())));
    lines.push(format!("  waiting for a lock after: {}", waits(found.waits_after.as_deref())));
    let least = if found.reset == Reset::NotSaid { "at least " } else { "" };
    for table in &found.tables {
        lines.push(String::new());
        lines.extend(of_table(table, least));
    }
    lines.join("\n")
}

fn reset(reset: Reset) -> &'static str {
    match reset {
        Reset::No => "counters were not reset in between",
        Reset::Yes => {
            "counters were reset in between, or these are two databases: nothing is known of what was counted"
        }
        Reset::NotSaid => {
            "whether counters were reset is not said (pg_stat_database is not in both): each count is the least that it can be"
        }
    }
}

fn waits(waits: Option<&[Wait]>) -> String {
    match waits {
        None => "not asked".to_owned(),
        Some([]) => "nobody".to_owned(),
        Some(waits) => {
            let each = waits
                .iter()
                .map(|wait| format!("{} for {} ({})", wait.sessions, clean(&wait.mode), clean(&wait.kind)));
            each.collect::<Vec<_>>().join(", ")
        }
    }
}

fn of_table(table: &TableWrites, least: &str) -> Vec<String> {
    let mut lines = vec![format!("{}.{}", clean(&table.schema), clean(&table.name))];
    match &table.counted {
        Known::Unknown(unknown) => lines.push(format!("  NOT KNOWN: {}", why(*unknown))),
        Known::Counted(counted) => {
            lines.push(format!("  {}", counts(counted, table.live, least)));
            lines.extend(
                table
                    .signs
                    .iter()
                    .map(|sign| format!("  sign: {}", sign_words(*sign, counted, table.live, least))),
            );
        }
    }
    let dead = |count: Option<u64>| count.map_or("-".to_owned(), |count| count.to_string());
    let vacuums = match &table.counted {
        Known::Counted(Counted { vacuums: Some(vacuums), .. }) => format!("; vacuums in between: {vacuums}"),
        Known::Counted(Counted { vacuums: None, .. }) | Known::Unknown(_) => String::new(),
    };
    lines.push(format!(
        "  dead rows: {} before, {} after{vacuums}",
        dead(table.dead_before),
        dead(table.dead_after)
    ));
    lines
}

fn counts(counted: &Counted, live: u64, least: &str) -> String {
    format!(
        "live rows: {live}; {least}inserted {}, updated {} (of these without an index {}), deleted {}",
        counted.inserted, counted.updated, counted.hot_updated, counted.deleted
    )
}

fn sign_words(sign: Sign, counted: &Counted, live: u64, least: &str) -> String {
    match sign {
        Sign::Rewritten { times } => {
            format!(
                "{least}{} updates of a table of {live} rows: {times} whole times as many",
                counted.updated
            )
        }
        Sign::NotHot { updates } => {
            format!("{updates} of {} updates had to write indices as well", counted.updated)
        }
        Sign::DeadRows { more } => format!("{more} dead rows more, and no vacuum in between"),
    }
}

fn why(unknown: Unknown) -> &'static str {
    match unknown {
        Unknown::Reset => "the counters were reset in between",
        Unknown::Backwards => {
            "a counter went back: it was reset, or before and after are the wrong way round"
        }
        Unknown::OtherTable => "it is another table under the same name",
        Unknown::New => "it was not there before",
        Unknown::Gone => "it is not there after",
    }
}
