//! What goes wrong in a night, and when.

use model::Time;
use model::host::SignalSource;

use super::{Scenario, Trouble};
use crate::rng::Rng;

pub(super) fn troubles(scenario: &Scenario, mut rng: Rng) -> Vec<(Time, Trouble)> {
    let mut list = Vec::new();
    let hosts = scenario.hosts.len() as u64;
    let span = scenario.ends.seconds_since(scenario.begins);
    for _ in 0..rng.between(1, 8) {
        let at = scenario.begins.plus_seconds(rng.between(3_000, span - 3_600));
        let host = usize::try_from(rng.below(hosts)).unwrap_or(0);
        let seconds = rng.between(20, 7_200);
        let trouble = match rng.below(13) {
            0 => Trouble::PowerLoss { host, seconds: rng.between(60, 1_800) },
            1 | 2 => Trouble::CutSoon { host, effects: u32::try_from(rng.below(6)).unwrap_or(0) },
            3 => Trouble::AgentKill { host },
            4 => Trouble::Cut { host, seconds },
            5 | 6 => Trouble::ServerKill { seconds: rng.between(1, 1_200) },
            7 => {
                list.push((scenario.begins.plus_seconds(rng.between(3_000, 20_000)), Trouble::Backup));
                Trouble::Restore { seconds: rng.between(60, 1_200) }
            }
            8 => {
                let applicable = SignalSource::applicable(model::host::SystemFamily::Debian);
                let any = *rng.pick(applicable).unwrap_or(&SignalSource::Kernel);
                // The source that matters is the one in which this host would show what is pending.
                let shown = scenario.hosts.get(host).and_then(|spec| spec.natures.get("base")?.shows_in);
                let source = if rng.chance(700) { shown.unwrap_or(any) } else { any };
                let gone = rng.chance(400);
                let back = Trouble::Unreadable { host, source, is: false, gone };
                list.push((at.plus_seconds(seconds * 4), back));
                Trouble::Unreadable { host, source, is: true, gone }
            }
            9 => Trouble::AgentKillAtWork { host },
            10 => Trouble::Replay { host },
            11 => Trouble::ClockJump { host, ms: rng.between(-3_600_000, 3_600_000) },
            _ if rng.chance(300) => Trouble::Stop { emergency: rng.chance(500) },
            _ => Trouble::Pause { seconds },
        };
        list.push((at, trouble));
    }
    list
}
