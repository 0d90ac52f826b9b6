//! Both archives are compared and probed when their time has come, at the very instant in the demonstration's time: it never passes what is due. In a
//! hospital the server does so by the time of day (`server::work::ask_when_due`).

use hospital::Command;
use hospital::archives::{ArchiveCommand, Pair};
use model::Time;
use server::clock::Clock;

use super::PLACE;
use super::pair::{COMPARE_EVERY_MINUTES, PROBE_EVERY_MINUTES};
use crate::demo::world::{Event, Stuck};
use crate::demo::{World, people};

/// How often it is looked whether anything is due, in the demonstration's time.
pub(in crate::demo) const LOOKS_SECONDS: i64 = 60;
/// Who compares when nobody asked.
const ITSELF: &str = "segue";

fn is_due(every_minutes: u32, last: Option<Time>, now: Time) -> bool {
    last.is_none_or(|last| now.seconds_since(last) >= i64::from(every_minutes) * 60)
}

impl World {
    /// Compares and probes what is due, and lets whoever answers for the archives look.
    pub(in crate::demo) async fn looks_at_archives(&mut self) -> Result<(), Stuck> {
        let now = self.clock.now();
        self.agenda.at(now.plus_seconds(LOOKS_SECONDS), Event::Archives);
        let pair = self.archives.asked();
        let (compared, probed) = self.node.read(|state| {
            let known = state.archives().pair(&pair.id);
            let compared = known.and_then(Pair::newest).map(hospital::archives::Comparison::at);
            (compared, known.and_then(|known| known.last_probed_from(PLACE)))
        });
        if is_due(COMPARE_EVERY_MINUTES, compared, now) && !self.archives.is_being_compared(compared, now) {
            let looked = self.archives.look(now);
            if let Err(why) = server::work::record(&self.node, &pair, looked, ITSELF, now).await {
                tracing::warn!(%why, "a comparison of the invented archives was not recorded; the next look makes another");
            }
        }
        if is_due(PROBE_EVERY_MINUTES, probed, now) {
            let taken = self.archives.probes(&|_| true).taken.into_iter();
            self.commands(
                taken.map(|probed| (ITSELF, Command::Archive(ArchiveCommand::Probed(probed)))).collect(),
            )
            .await?;
        }
        let commands = self.node.read(|state| people::radiology(state, &pair.id, now));
        self.act(commands).await
    }
}
