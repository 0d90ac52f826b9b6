//! The invariants of the design after every event of nights in which anything may happen.

use std::collections::BTreeMap;

use model::Time;
use model::ids::ProbeId;
use model::order::Action;
use proptest::prelude::*;
use rollout::Decision;
use rollout::Verdict;

use crate::chaos::{Chaos, HOSTS, happening, start};
use crate::hospital::*;
use crate::oracle::{Claim, Entry};

/// What was seen of a night so far, by the test's own bookkeeping.
#[derive(Default)]
struct Book {
    opened: BTreeMap<u16, Time>,
    soaking: BTreeMap<u16, Time>,
    halted: Vec<u16>,
    restarts: BTreeMap<String, u32>,
}

fn ring_of(host: &str) -> u16 {
    if matches!(host, "e" | "f") { 2 } else { 1 }
}

/// 1. No order outside its window; none of ring n + 1 before ring n has soaked; none that begins a host while something holds it.
fn orders(chaos: &Chaos, book: &mut Book) {
    for (at, decision) in chaos.news() {
        match decision {
            Decision::OpenRing(ring) => {
                if *ring > 1 {
                    let soaked = book.soaking.get(&(ring - 1)).map(|at| at.plus_seconds(30 * MINUTE));
                    assert!(
                        soaked.is_some_and(|soaked| *at >= soaked),
                        "ring {ring} before the one before soaked"
                    );
                }
                assert!(!book.halted.iter().any(|halted| halted <= ring), "ring {ring} opened though halted");
                book.opened.insert(*ring, *at);
            }
            Decision::Soak(ring) => drop(book.soaking.insert(*ring, *at)),
            Decision::HaltRing { ring, .. } => book.halted.push(*ring),
            Decision::Issue(order) => {
                assert!(
                    *at >= order.window.not_before && *at <= order.window.latest_start,
                    "{order:?} at {at:?}"
                );
                assert!(order.window.latest_start <= order.window.not_after);
                let host = order.host.as_str();
                if !matches!(order.action, Action::Download(_)) {
                    assert!(book.opened.contains_key(&ring_of(host)), "{host} before its ring was opened");
                }
                if order.action == Action::RestartHost {
                    *book.restarts.entry(host.into()).or_default() += 1;
                }
            }
            Decision::AskOutage { .. } | Decision::Incident { .. } | Decision::Tell { .. } => {}
        }
    }
}

/// A person decided to take its patch back.
fn is_rolled_back(chaos: &Chaos, host: &str) -> bool {
    let record = chaos.record(&tag(host));
    record.is_some_and(|record| record.entries.iter().any(|(_, entry)| matches!(entry, Entry::RolledBack)))
}

/// 2. Of the pair one always stays; a service and its fallback are never both dark on purpose.
fn redundancy(chaos: &Chaos) {
    // Whoever waits to be taken back is worked on from the decision on, and goes dark with the order only.
    let waits = |host: &str| is_rolled_back(chaos, host) && !chaos.night.orders(host).contains(&"roll_back");
    let dark = |host: &str| chaos.night.is(host) == "dark" && !waits(host);
    assert!(!(dark("a") && dark("b")), "both stations of the pair are dark");
    assert!(!(dark("c") && dark("d")), "the central station and its fallback are both dark");
}

/// A further restart is ordered only after somebody accepted it.
fn further_restarts(chaos: &Chaos, book: &Book) {
    let planned = |host: &str| u32::from(host != "e");
    let rolled_back = |host: &str| is_rolled_back(chaos, host);
    let accepted = chaos.night.answers.iter().filter(|(_, yes)| *yes).count();
    let retried = |host: &str| {
        let record = chaos.record(&tag(host));
        record.map_or(0, |record| {
            record.entries.iter().filter(|(_, entry)| matches!(entry, Entry::Answered(event) if matches!(event.what, model::order::OrderStep::Refused { .. }))).count()
        })
    };
    for host in HOSTS {
        let restarts = book.restarts.get(host).copied().unwrap_or(0);
        let further = restarts.saturating_sub(planned(host) + u32::from(rolled_back(host)));
        assert!(further as usize <= accepted + retried(host), "{host} restarted again and nobody had agreed");
    }
}

/// 3. Proven only when the raw record says so too.
fn proof(chaos: &mut Chaos) {
    for host in HOSTS {
        if !matches!(chaos.night.verdict(host), Verdict::Proven { .. }) {
            continue;
        }
        let probes: Vec<ProbeId> = match host {
            "a" => vec![id("p-a", ProbeId::new)],
            "e" => vec![id("p-e", ProbeId::new)],
            _ => vec![],
        };
        let claim = Claim {
            wanted: if host == "e" { &[("viewer", "2")] } else { &[("kernel", "2")] },
            restarts: host != "e",
            probes: &probes,
            quiet_seconds: 2 * HOUR,
            age_max_seconds: 300,
            offset_seconds: HOUR,
        };
        let against = chaos.record(&tag(host)).and_then(|record| record.against(&claim, chaos.night.now));
        assert_eq!(against, None, "{host} is shown as proven");
        chaos.night.note(&tag(host), Entry::WasProven);
    }
}

/// 6. Counts are whole: each host once.
fn counts(chaos: &Chaos) {
    let (night, mut total) = (&chaos.night, 0);
    for (ring, max) in [(1, 2), (2, 10)] {
        let ring = night.rollout.ring_standing(ring, night.now).unwrap();
        assert!(ring.in_work <= max, "{ring:?}");
        total += ring.counts.total();
    }
    assert_eq!(total, 6);
    let standings = night.world(|world| night.rollout.standings(world, night.now));
    assert_eq!(standings.len(), 6);
    // What is kept in short and what is computed afresh agree.
    let mut afresh = night.rollout.clone();
    let kept = serde_json::to_vec(afresh.progress()).unwrap();
    afresh = rollout::Rollout::restore(
        afresh.agreed().clone(),
        afresh.topology().clone(),
        serde_json::from_slice(&kept).unwrap(),
    )
    .unwrap();
    assert_eq!(night.world(|world| afresh.next(world, night.now)), []);
    assert_eq!(night.world(|world| afresh.standings(world, night.now)), standings);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 300, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_invariants_hold_after_every_event(
        happenings in prop::collection::vec(happening(), 1..40),
    ) {
        let mut chaos = start();
        let mut book = Book::default();
        let mut events = 0u32;
        for happening in happenings {
            chaos.happen(happening, &mut |chaos| {
                orders(chaos, &mut book);
                redundancy(chaos);
                further_restarts(chaos, &book);
                proof(chaos);
                events += 1;
                if events.is_multiple_of(64) {
                    counts(chaos);
                }
            });
        }
    }
}

/// The random nights reach what they are meant to reach: else the invariants would hold for want of anything to hold for.
#[test]
fn some_random_nights_reach_proof_further_restarts_halts_and_broken_hosts() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut reached: BTreeMap<&str, u32> = BTreeMap::new();
    for _ in 0..60 {
        let nights = prop::collection::vec(happening(), 1..40).new_tree(&mut runner).unwrap().current();
        let mut chaos = start();
        for happening in nights {
            chaos.happen(happening, &mut |_| {});
            for host in HOSTS {
                *reached.entry(chaos.night.is(host)).or_default() += 1;
            }
        }
        for host in HOSTS {
            let restarts = chaos.night.orders(host).iter().filter(|word| **word == "restart_host").count();
            *reached.entry("restarted twice").or_default() += u32::from(restarts > 1);
        }
    }
    let words = [
        "proven",
        "settling",
        "restart_pending",
        "dark",
        "broken",
        "stalled",
        "stale",
        "unknown",
        "restarted twice",
    ];
    for word in words {
        assert!(reached.get(word).is_some_and(|times| *times > 0), "never {word}: {reached:?}");
    }
}
