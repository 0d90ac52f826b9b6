//! Hosts that hold a check-in open until there is something for them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use hospital::Topic;
use model::AssetTag;
use node::Node;
use tokio::sync::Notify;
use tokio::sync::broadcast::error::RecvError;

/// Who waits.
#[derive(Default)]
pub(crate) struct Waiting {
    hosts: Mutex<HashMap<AssetTag, Weak<Notify>>>,
}

impl Waiting {
    pub(crate) fn start(node: Arc<Node>) -> Arc<Waiting> {
        let waiting = Arc::new(Waiting::default());
        tokio::spawn(wake(node, Arc::downgrade(&waiting)));
        waiting
    }

    /// Told when there may be something for the host, from now on.
    pub(crate) fn listen(&self, host: &AssetTag) -> Arc<Notify> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = hosts.get(host).and_then(Weak::upgrade) {
            return known;
        }
        let notify = Arc::new(Notify::new());
        hosts.insert(host.clone(), Arc::downgrade(&notify));
        if hosts.len().is_power_of_two() {
            hosts.retain(|_, waiter| waiter.strong_count() > 0);
        }
        notify
    }

    fn wake(&self, host: &AssetTag) {
        let hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waiter) = hosts.get(host).and_then(Weak::upgrade) {
            waiter.notify_waiters();
        }
    }

    fn wake_all(&self) {
        let hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        hosts.values().filter_map(Weak::upgrade).for_each(|waiter| waiter.notify_waiters());
    }
}

/// Wakes the hosts that were given an order, or other probes.
async fn wake(node: Arc<Node>, waiting: Weak<Waiting>) {
    let mut changes = node.changes();
    let mut seen = node.version();
    let mut probes = node.read(|state| state.night().probes_revision());
    loop {
        let change = changes.recv().await;
        let Some(waiting) = waiting.upgrade() else { return };
        match change {
            Ok(change) if !matches!(change.topic, Topic::Night | Topic::Hosts) => {}
            Ok(_) => {
                let version = node.version();
                let (all, some, revision) = node.read(|state| {
                    let night = state.night();
                    let (all, some) = match night.orders_since(seen) {
                        None => (true, Vec::new()),
                        Some(hosts) => (false, hosts.cloned().collect::<Vec<AssetTag>>()),
                    };
                    (all, some, night.probes_revision())
                });
                if all || revision != probes {
                    waiting.wake_all();
                }
                some.iter().for_each(|host| waiting.wake(host));
                (seen, probes) = (version, revision);
            }
            Err(RecvError::Lagged(_)) => waiting.wake_all(),
            Err(RecvError::Closed) => return,
        }
    }
}
