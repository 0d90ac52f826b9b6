//! What an answer changes of what people were told, as JSON and as lines.

use hospital::campaign::{Moved, Moves};
use jiff::tz::TimeZone;
use model::ids::{UnitId, WindowId};
use model::{AssetTag, Time};
use serde::Serialize;

/// Devices named; the rest is counted.
const NAMED_MAX: usize = 20;

/// What is printed with `--json`.
#[derive(Serialize)]
pub(super) struct Told {
    /// Devices that stay where people were told.
    kept: u64,
    /// Those that do not.
    moved: Vec<Move>,
    /// The units that agreed to the windows of those.
    units_told_again: Vec<UnitId>,
    /// People who must be told again, each once.
    people_told_again: u64,
}

/// A device that moves.
#[derive(Serialize)]
struct Move {
    device: AssetTag,
    told_not_before: Time,
    told_not_after: Time,
    /// Its window now; none where it has none.
    window: Option<WindowId>,
}

impl Told {
    pub(super) fn of(moves: Moves) -> Told {
        let one = |moved: Moved| Move {
            device: moved.host,
            told_not_before: moved.told.not_before,
            told_not_after: moved.told.not_after,
            window: moved.to,
        };
        Told {
            kept: moves.kept,
            moved: moves.moved.into_iter().map(one).collect(),
            units_told_again: moves.units,
            people_told_again: moves.people,
        }
    }

    /// The same for a person.
    pub(super) fn lines(&self, time_zone: &str) -> Vec<String> {
        let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
        let counted = |count: u64, one: &str, many: &str| {
            if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
        };
        let mut lines = vec![
            String::new(),
            format!(
                "against what people were told: {} in another window or none, {} where they were; {} to be told again",
                counted(self.moved.len() as u64, "device is", "devices are"),
                counted(self.kept, "is", "are"),
                counted(self.people_told_again, "person is", "people are"),
            ),
        ];
        for one in self.moved.iter().take(NAMED_MAX) {
            let told = local(&zone, one.told_not_before);
            let now = one.window.as_ref().map_or_else(|| "no window".to_owned(), ToString::to_string);
            lines.push(format!("  {}: told {told}, now {now}", one.device));
        }
        let more = self.moved.len().saturating_sub(NAMED_MAX);
        if more > 0 {
            lines.push(format!("  and {more} more (--json names them all)"));
        }
        if !self.units_told_again.is_empty() {
            let units: Vec<&str> = self.units_told_again.iter().map(UnitId::as_str).collect();
            lines.push(format!("  units that had agreed: {}", units.join(", ")));
        }
        lines
    }
}

fn local(zone: &TimeZone, at: Time) -> String {
    let at = jiff::Timestamp::from_microsecond(at.0).unwrap_or_default();
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}
