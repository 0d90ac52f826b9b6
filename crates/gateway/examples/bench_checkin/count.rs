//! What the journal holds, counted entry by entry and held against what hosts were told.

use hospital::Fact;
use journal::Seq;
use node::Node;
use serde::{Deserialize, Serialize};

use crate::fleet;

/// Entries that are read at once.
const ENTRIES_AT_ONCE: usize = 200;

/// What came of counting.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Counted {
    /// Items in the journal.
    pub(crate) items: u64,
    /// Entries that they are in.
    pub(crate) entries: u64,
    /// Items that a host was told are recorded and that are not in the journal.
    pub(crate) lost: u64,
    /// Items that are in it more than once.
    pub(crate) twice: u64,
    /// Items in it that no host was told of: the answer was lost and the host never came back.
    pub(crate) untold: u64,
    /// Hosts of whom the server, started anew, knows another number than its journal holds.
    pub(crate) disagree: u64,
}

/// Reads the whole journal.
pub(crate) async fn count(node: &Node, acknowledged: &[u64]) -> Counted {
    let mut counted = Counted::default();
    let mut last = vec![0; acknowledged.len()];
    let mut after = Seq(0);
    loop {
        let entries = node.journal().read(node.stream(), after, ENTRIES_AT_ONCE).await.unwrap();
        let Some(newest) = entries.last() else { break };
        after = newest.seq;
        for entry in entries.iter().filter(|entry| &*entry.kind == "hosts.heard/1") {
            let Fact::HostsHeard(fact) = serde_json::from_slice(&entry.payload).unwrap() else { continue };
            counted.entries += 1;
            for heard in fact.heard {
                let last: &mut u64 = last.get_mut(fleet::number(&heard.host)).unwrap();
                let items = heard.items.len() as u64;
                let first = heard.number + 1 - items;
                counted.items += items;
                counted.lost += first.saturating_sub(*last + 1);
                counted.twice += (*last + 1).saturating_sub(first).min(items);
                *last = heard.number.max(*last);
            }
        }
    }
    for (told, has) in acknowledged.iter().zip(&last) {
        counted.lost += told.saturating_sub(*has);
        counted.untold += has.saturating_sub(*told);
    }
    let shown = |state: &hospital::State, at: usize| {
        state.night().host(&fleet::tag(at)).map_or(0, |view| view.number())
    };
    counted.disagree = node.read(|state| {
        last.iter().enumerate().filter(|(at, number)| shown(state, *at) != **number).count() as u64
    });
    counted
}
