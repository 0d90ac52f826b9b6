//! How many files this process may have open: every connected host is one, and journal and pages need some, too.

use crate::limits::{CONNECTIONS_MAX, CROWDED_BELOW_ONE_FREE_IN, FILES_BESIDE_CONNECTIONS};

/// Raises this process's limit of open files as far as it may be, at most to `wanted`, and says what it is then.
#[cfg(unix)]
#[must_use]
pub fn raise(wanted: usize) -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let wanted = u64::try_from(wanted).unwrap_or(u64::MAX);
    let now = getrlimit(Resource::Nofile);
    let hard = now.maximum.unwrap_or(u64::MAX);
    // Whoever may go beyond the hard limit does; everybody else goes up to it.
    for (current, maximum) in [(wanted, hard.max(wanted)), (wanted.min(hard), hard)] {
        let enough = now.current.is_none_or(|current| current >= wanted);
        let maximum = now.maximum.map(|_| maximum);
        if enough || setrlimit(Resource::Nofile, Rlimit { current: Some(current), maximum }).is_ok() {
            break;
        }
    }
    let current = getrlimit(Resource::Nofile).current;
    current.map_or(usize::MAX, |current| usize::try_from(current).unwrap_or(usize::MAX))
}

/// There is no such limit here.
#[cfg(not(unix))]
#[must_use]
pub fn raise(_wanted: usize) -> usize {
    usize::MAX
}

/// Most connections of hosts when so many files may be open.
#[must_use]
pub fn connections(open_files: usize) -> usize {
    // Even where almost none may be open, a host at a time is heard.
    open_files.saturating_sub(FILES_BESIDE_CONNECTIONS).clamp(1, CONNECTIONS_MAX)
}

/// How many of so many connections may be held open before hosts take turns ([`CROWDED_BELOW_ONE_FREE_IN`]).
#[must_use]
pub fn held(connections_max: usize) -> usize {
    // One place is kept for whoever comes next.
    connections_max.saturating_sub(connections_max.div_ceil(CROWDED_BELOW_ONE_FREE_IN) + 1)
}

/// How many files must be allowed to be open for so many hosts to hold their connections: [`held`], the other way round.
#[must_use]
pub fn wanted(hosts: usize) -> usize {
    let places = (hosts + 2) * CROWDED_BELOW_ONE_FREE_IN / (CROWDED_BELOW_ONE_FREE_IN - 1) + 1;
    places + FILES_BESIDE_CONNECTIONS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn journal_and_pages_can_open_files_when_hosts_hold_all_the_connections_that_they_may() {
        assert_eq!(connections(20_000), 20_000 - FILES_BESIDE_CONNECTIONS);
        assert_eq!(connections(100), 1);
        assert_eq!(connections(usize::MAX), CONNECTIONS_MAX);
    }

    #[test]
    fn whoever_allows_what_is_wanted_for_all_hosts_can_hold_all_of_them() {
        for hosts in (1..2_000).chain([19_500, 100_000, 200_000]) {
            let held = held(connections(wanted(hosts)));
            assert!((hosts..=hosts + 3).contains(&held), "{held} of {hosts}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_limit_is_raised_as_far_as_it_may_be_and_never_lowered() {
        use rustix::process::{Resource, getrlimit};
        let before = getrlimit(Resource::Nofile);
        let least = before.current.map_or(usize::MAX, |current| current as usize);
        assert_eq!(raise(1), least, "who may open more already keeps that");
        let hard = before.maximum.map_or(usize::MAX, |hard| hard as usize);
        let raised = raise(least.saturating_add(10));
        assert!(raised >= least.saturating_add(10).min(hard), "{raised} of {hard}");
    }
}
