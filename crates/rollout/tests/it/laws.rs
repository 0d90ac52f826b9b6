//! Invariant 5 as a law: of two hospitals that heard the same, the one that also heard something stale, or heard less, or heard
//! a source that could not be read, is never the greener one; not then, and not later.

use model::host::{HostObservation, Reading, SignalSource};
use proptest::prelude::*;
use rollout::Rollout;

use crate::chaos::{HOSTS, happening, start};
use crate::hospital::*;

/// How one observation is spoilt.
#[derive(Clone, Copy, Debug)]
enum Spoil {
    /// A source was not asked.
    Miss(SignalSource),
    /// A source could not be read.
    Unread(SignalSource),
    /// A source says pending, against all others.
    Contradict(SignalSource),
    /// It never came.
    Lost,
}

fn spoil() -> impl Strategy<Value = Spoil> {
    let source = || prop::sample::select(&SignalSource::ALL[..]);
    prop_oneof![
        source().prop_map(Spoil::Miss),
        source().prop_map(Spoil::Unread),
        source().prop_map(Spoil::Contradict),
        Just(Spoil::Lost),
    ]
}

fn spoilt(clean: &HostObservation, spoil: Spoil) -> Option<HostObservation> {
    let mut seen = clean.clone();
    match spoil {
        Spoil::Miss(source) => drop(seen.signals.remove(&source)),
        Spoil::Unread(source) => drop(seen.signals.insert(source, Reading::Unknown("denied".into()))),
        Spoil::Contradict(source) => {
            let pending =
                model::host::PendingRestart { of: model::host::RestartOf::Host, reason: "late".into() };
            seen.signals.insert(source, Reading::Pending(pending));
        }
        Spoil::Lost => return None,
    }
    Some(seen)
}

fn greenness(rollout: &Rollout, host: &str, at: model::Time) -> u8 {
    rollout.verdict(&tag(host), at).unwrap().greenness()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, max_shrink_iters: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_spoilt_observation_never_makes_a_host_greener(
        happenings in prop::collection::vec(happening(), 1..24),
        host in 0..HOSTS.len(),
        spoils in prop::collection::vec(spoil(), 1..4),
        clean_later in 0usize..4,
    ) {
        let mut chaos = start();
        for happening in happenings {
            chaos.happen(happening, &mut |_| {});
        }
        let host = HOSTS[host];
        let (mut clean, mut less) = (chaos.night.rollout.clone(), chaos.night.rollout.clone());
        // What the host says from now on says nothing bad: what is bad must not be lost, and is not what this is about.
        let mut seen = chaos.night.machine(host).seen.clone();
        crate::chaos::clear(&mut seen);
        seen.probes.clear();
        let mut now = chaos.night.now;
        let kinds = spoils.into_iter().map(Some).chain(std::iter::repeat_n(None, clean_later));
        for spoil in kinds {
            now = now.plus_seconds(3 * HOUR);
            seen.observed_at = now;
            clean.observed(&tag(host), &seen, now);
            match spoil {
                Some(spoil) => spoilt(&seen, spoil).iter().for_each(|seen| less.observed(&tag(host), seen, now)),
                None => less.observed(&tag(host), &seen, now),
            }
            for later in [0, 60, 301, HOUR, 2 * HOUR] {
                let at = now.plus_seconds(later);
                let (green, other) = (greenness(&clean, host, at), greenness(&less, host, at));
                prop_assert!(other <= green, "{spoil:?}: {:?} against {:?}", less.verdict(&tag(host), at), clean.verdict(&tag(host), at));
            }
        }
    }

    #[test]
    fn stale_and_repeated_evidence_changes_nothing(
        happenings in prop::collection::vec(happening(), 1..24),
        host in 0..HOSTS.len(),
        back in 0i64..10_000,
    ) {
        let mut chaos = start();
        for happening in happenings {
            chaos.happen(happening, &mut |_| {});
        }
        let (host, now) = (HOSTS[host], chaos.night.now);
        let before = chaos.night.rollout.clone();
        let mut more = before.clone();
        let mut stale = chaos.night.machine(host).seen.clone();
        crate::chaos::clear(&mut stale);
        let newest = chaos.night.world(|world| before.standing(&tag(host), world, now).unwrap().evidence_at);
        let Some(newest) = newest else { return Ok(()) };
        stale.observed_at = newest.plus_seconds(-1 - back);
        more.observed(&tag(host), &stale, now);
        for later in [0, 60, 301, 3 * HOUR, 12 * HOUR] {
            let at = now.plus_seconds(later);
            prop_assert_eq!(more.verdict(&tag(host), at), before.verdict(&tag(host), at));
        }
    }
}
