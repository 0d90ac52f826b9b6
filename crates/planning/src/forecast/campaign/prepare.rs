//! A plan as numbers: items in the order of ring and wave, each with the steps whose durations are drawn, and rings with the minutes
//! at which things may happen, counted from the first window's opening.

use std::collections::BTreeMap;

use model::ids::ProbeId;
use model::patch::{DeclaredMinutes, Patch, RestartNeed};
use model::plan::{Hands, Item, Plan, ProofPolicy};
use model::topology::ByHost;
use model::{AssetTag, Time, Topology};

use super::Whereabouts;
use crate::forecast::declared::{Said, family_of};
use crate::forecast::learn::Model;
use crate::forecast::levels::{DEVICE, FAMILY, FAMILY_MODEL, MODEL, NIGHT, SITE};
use crate::forecast::predict::{Ask, Basis, Prediction};
use crate::forecast::record::Step;

/// The plan, prepared.
pub(super) struct Prepared {
    /// Minute 0.
    pub(super) origin: Time,
    pub(super) items: Vec<Work>,
    /// What each replay asks of every item, side by side: not begun after this minute, taken out of use by a person from the first minute,
    /// restarts its host.
    pub(super) latest_starts: Vec<f32>,
    pub(super) by_hand: Vec<bool>,
    /// Whose hands it needs, and for which share of its time.
    pub(super) hands: Vec<Option<(usize, f32)>>,
    /// How many of these hands there are.
    pub(super) people: Vec<usize>,
    pub(super) restarts: Vec<bool>,
    pub(super) rings: Vec<RingWork>,
    /// What devices share: each is one more draw for all of them.
    pub(super) groups: Vec<Group>,
    /// Shapes, one table after another, and how many steps of the normal there are in each.
    pub(super) shapes: Vec<f32>,
    /// Families whose restarts may arm others.
    pub(super) families: Vec<Box<str>>,
    /// After how many minutes a restart that was armed is known to be: each as likely as the others.
    pub(super) shown_after: Vec<f32>,
}

/// One item.
pub(super) struct Work {
    pub(super) host: AssetTag,
    /// Steps before it is dark, and steps while it is.
    pub(super) installs: Vec<Draw>,
    pub(super) restart: Option<Draw>,
    /// By hand: minutes after which the whole of it has stalled; else without end.
    pub(super) stalls_after: f32,
    /// Its host restarts: the number of the family whose restart may arm another.
    pub(super) chain: Option<u32>,
    pub(super) basis: Basis,
}

/// One duration to be drawn.
pub(super) struct Draw {
    /// Of [`Prepared::groups`].
    pub(super) group: u32,
    /// First knot of its shape in [`Prepared::shapes`].
    pub(super) shape: u32,
    /// The logarithm of minutes in the middle, and its spread.
    pub(super) middle: f32,
    pub(super) spread: f32,
    /// What is its own of the spread, as a share.
    pub(super) own: f32,
    /// Names its luck.
    pub(super) stream: u64,
    /// Minutes after which it has stalled, as `rollout` has it; without end where that is asked of the whole work.
    pub(super) stalls_after: f32,
}

/// What devices of one model at one site share for one patch family and step.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) step: Step,
    pub(super) family: Box<str>,
    pub(super) model: Box<str>,
    pub(super) site: Box<str>,
    /// Standard deviations: of all, of the family with its campaign, of the model, of both, of these at the site; as shares of the
    /// whole spread they are what a draw is moved by.
    pub(super) shared: [f64; 5],
}

/// One ring.
pub(super) struct RingWork {
    pub(super) window: Option<usize>,
    pub(super) opens: f32,
    pub(super) latest_start: f32,
    pub(super) closes: f32,
    pub(super) soak: f32,
    pub(super) success_min: usize,
    pub(super) failures_stop: u32,
    pub(super) at_once: usize,
    /// Items of each wave: from, to.
    pub(super) waves: Vec<(usize, usize)>,
}

pub(super) fn prepare<'m>(
    model: &'m Model,
    plan: &Plan,
    topology: &'m Topology,
    whereabouts: &BTreeMap<AssetTag, Whereabouts>,
) -> Prepared {
    let origin = plan.windows.iter().map(|window| window.not_before).min().unwrap_or(Time(0));
    let mut making = Making {
        model,
        by_host: topology.by_host(),
        origin,
        groups: BTreeMap::new(),
        shapes: BTreeMap::new(),
        families: BTreeMap::new(),
        proof: &plan.proof,
        out: Prepared::empty(origin),
    };
    making.out.shown_after =
        model.shown_after_seconds().iter().map(|seconds| (f64::from(*seconds) / 60.0) as f32).collect();
    let patches: BTreeMap<_, _> =
        plan.patches.iter().map(|patch| (&patch.id, (patch, family_of(patch)))).collect();
    let nowhere = Whereabouts::default();
    let hands = crate::hands::Hands::of(plan);
    making.out.people = hands.people.clone();
    for (number, ring) in (1u16..).zip(&plan.rings) {
        let mut waves: BTreeMap<u16, Vec<&Item>> = BTreeMap::new();
        for item in plan.items.iter().filter(|item| item.ring == number) {
            waves.entry(item.wave).or_default().push(item);
        }
        let window = plan.windows.iter().position(|window| window.id == ring.window);
        let known = window.and_then(|ix| plan.windows.get(ix));
        let mut prepared = RingWork {
            window,
            opens: known.map_or(0.0, |window| making.minute(window.not_before)),
            latest_start: known.map_or(f32::MAX, |window| making.minute(window.latest_start)),
            closes: known.map_or(f32::MAX, |window| making.minute(window.not_after)),
            soak: ring.soak_minutes as f32,
            success_min: ring.success_min as usize,
            failures_stop: ring.failures_stop.max(1),
            at_once: ring.at_once_max.max(1) as usize,
            waves: Vec::new(),
        };
        for items in waves.values() {
            let from = making.out.items.len();
            for item in items {
                let own: Vec<(&Patch, &str)> = item
                    .patches
                    .iter()
                    .filter_map(|id| patches.get(id))
                    .map(|(patch, family)| (*patch, &**family))
                    .collect();
                let place = whereabouts.get(&item.host).unwrap_or(&nowhere);
                let minutes = plan.minutes_of(item);
                let probes = making.probes_of(item, &own);
                let needs = minutes.forward().p90.saturating_add(minutes.back_out.p90) as f32;
                let latest_start = prepared.latest_start.min(prepared.closes - needs - 2.0 * probes);
                making.item(item, &own, place, latest_start, &minutes);
                making.out.hands.push(hands.held(&item.host).map(|held| (held.sort, held.share())));
                if probes > 0.0 {
                    making.probes(item, &own, place, probes);
                }
            }
            prepared.waves.push((from, making.out.items.len()));
        }
        making.out.rings.push(prepared);
    }
    making.out
}

struct Making<'m> {
    model: &'m Model,
    by_host: ByHost<'m>,
    origin: Time,
    /// By step, family, model and site.
    groups: BTreeMap<(Step, [Box<str>; 3]), u32>,
    shapes: BTreeMap<(Step, Option<Box<str>>), u32>,
    families: BTreeMap<Box<str>, u32>,
    proof: &'m ProofPolicy,
    out: Prepared,
}

impl Prepared {
    fn empty(origin: Time) -> Prepared {
        Prepared {
            origin,
            items: Vec::new(),
            latest_starts: Vec::new(),
            by_hand: Vec::new(),
            hands: Vec::new(),
            people: Vec::new(),
            restarts: Vec::new(),
            rings: Vec::new(),
            groups: Vec::new(),
            shapes: Vec::new(),
            families: Vec::new(),
            shown_after: Vec::new(),
        }
    }
}

impl Making<'_> {
    fn minute(&self, at: Time) -> f32 {
        // Weeks in minutes to a second: a single-precision number is enough.
        (at.seconds_since(self.origin) as f64 / 60.0) as f32
    }

    /// Minutes after which what is said to take so long at the 90th percentile has stalled.
    fn stalls_after(&self, p90_minutes: f64) -> f32 {
        // Declared minutes are whole and few, timeouts whole seconds.
        (self.proof.stalls_after_seconds((p90_minutes * 60.0).round() as i64) as f64 / 60.0) as f32
    }

    fn item(
        &mut self,
        item: &Item,
        patches: &[(&Patch, &str)],
        place: &Whereabouts,
        latest_start: f32,
        minutes: &DeclaredMinutes,
    ) {
        let by_hand = matches!(item.by, Hands::Person(_));
        // Of an agent each step is asked, of a person the whole.
        let stalls_after = |p90: u32| if by_hand { f32::INFINITY } else { self.stalls_after(f64::from(p90)) };
        let whole = if by_hand { self.stalls_after(f64::from(minutes.forward().p90)) } else { f32::INFINITY };
        let of_restart = stalls_after(minutes.restart.p90);
        let of_installs: Vec<f32> =
            patches.iter().map(|(patch, _)| stalls_after(patch.declared.install.p90)).collect();
        let ask = |family, patch, step| Ask {
            family,
            model: &place.model,
            site: &place.site,
            device: item.host.as_str(),
            step,
            declared: Said::of(patch, step),
        };
        let mut installs = Vec::with_capacity(patches.len());
        let mut basis: Option<Basis> = None;
        let mut restart: Option<(Prediction<'_>, Ask<'_>, bool)> = None;
        let model = self.model;
        for ((patch, family), of_install) in patches.iter().zip(of_installs) {
            let asked = ask(*family, *patch, Step::Install);
            let said = model.predict(&asked);
            basis = Some(basis.map_or(said.basis, |known| known.min(said.basis)));
            installs.push(self.draw(&asked, &said, installs.len(), of_install));
            let host_restarts = match patch.restart {
                RestartNeed::None => continue,
                RestartNeed::Services(_) => false,
                RestartNeed::Host => true,
            };
            let asked = ask(*family, *patch, Step::Restart);
            let said = model.predict(&asked);
            // All that must restart does so once: what restarts the host before what restarts services, the longest of them.
            let better = restart.as_ref().is_none_or(|(known, _, host)| {
                (host_restarts, said.p50_minutes()) > (*host, known.p50_minutes())
            });
            if better {
                restart = Some((said, asked, host_restarts));
            }
        }
        let chain =
            restart.as_ref().filter(|(_, _, host)| *host).map(|(_, asked, _)| self.family(asked.family));
        let restart = restart.map(|(said, asked, _)| {
            basis = Some(basis.map_or(said.basis, |known| known.min(said.basis)));
            self.draw(&asked, &said, 0, of_restart)
        });
        self.out.latest_starts.push(latest_start);
        self.out.by_hand.push(by_hand);
        self.out.restarts.push(chain.is_some());
        self.out.items.push(Work {
            host: item.host.clone(),
            installs,
            restart,
            stalls_after: whole,
            chain,
            basis: basis.unwrap_or(Basis::NOTHING),
        });
    }

    /// Minutes that testing the functions of a host may take, once; 0 where none are tested.
    fn probes_of(&self, item: &Item, patches: &[(&Patch, &str)]) -> f32 {
        let besides: Vec<ProbeId> =
            patches.iter().flat_map(|(patch, _)| patch.must_still_work.iter().cloned()).collect();
        let seconds: u32 = match item.by {
            Hands::Agent => {
                let probes = self.by_host.probes_of(&item.host, &besides);
                probes.iter().map(|probe| probe.timeout_seconds).sum()
            }
            Hands::Person(_) => 0,
        };
        seconds as f32 / 60.0
    }

    /// Functions are tested before and after the work. Both tests are counted before the host goes dark: they keep its place, and darken
    /// nobody.
    fn probes(&mut self, item: &Item, patches: &[(&Patch, &str)], place: &Whereabouts, minutes: f32) {
        let Some((patch, family)) = patches.first() else { return };
        let asked = Ask {
            family,
            model: &place.model,
            site: &place.site,
            device: item.host.as_str(),
            step: Step::Probe,
            declared: Said::of(patch, Step::Probe),
        };
        let said = self.model.predict(&asked);
        let mut draw = self.draw(&asked, &said, 0, 2.0 * self.stalls_after(f64::from(minutes)));
        // Two of them, with the same luck.
        draw.middle += std::f32::consts::LN_2;
        if let Some(work) = self.out.items.last_mut() {
            work.installs.push(draw);
        }
    }

    fn family(&mut self, family: &str) -> u32 {
        let next = self.out.families.len() as u32;
        let number = *self.families.entry(family.into()).or_insert(next);
        if number == next {
            self.out.families.push(family.into());
        }
        number
    }

    fn draw(&mut self, ask: &Ask<'_>, said: &Prediction<'_>, place: usize, stalls_after: f32) -> Draw {
        let key = (ask.step, [ask.family, ask.model, ask.site].map(Box::from));
        let next = self.out.groups.len() as u32;
        let group = *self.groups.entry(key).or_insert(next);
        let open = said.lies.open;
        if group == next {
            let sd = |variance: f64| variance.max(0.0).sqrt();
            self.out.groups.push(Group {
                step: ask.step,
                family: ask.family.into(),
                model: ask.model.into(),
                site: ask.site.into(),
                shared: [
                    sd(said.lies.centre_open),
                    sd(open[FAMILY] + open[NIGHT]),
                    sd(open[MODEL]),
                    sd(open[FAMILY_MODEL]),
                    sd(open[SITE]),
                ],
            });
        }
        // One shape for each model that has one, and one for all others.
        let shape_of = (ask.step, self.model.has_shape(ask).then(|| Box::from(ask.model)));
        let start = self.out.shapes.len() as u32;
        let shape = *self.shapes.entry(shape_of).or_insert(start);
        if shape == start {
            self.out.shapes.extend(said.shape.knots().iter().map(|knot| *knot as f32));
        }
        let spread = said.spread();
        let stream =
            crate::forecast::random::Stream::of(place as u64, &[ask.step.word(), ask.family, ask.device]);
        Draw {
            group,
            shape,
            middle: said.middle as f32,
            spread: spread as f32,
            own: ((open[DEVICE] + said.noise).sqrt() / spread) as f32,
            stream: stream.bits(0),
            stalls_after,
        }
    }
}
