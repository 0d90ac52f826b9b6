//! May a host begin? Every reason why not is a value that people see as a sentence.

use model::plan::Window;
use model::{AssetTag, Time};

use crate::host::Host;
use crate::judge::{Class, Mark};
use crate::rollout::Rollout;
use crate::rules::Rule;
use crate::standing::Wait;
use crate::work::Work;
use crate::world::{Beyond, World};

/// Who of a ring is worked on, in short.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Crew {
    pub(crate) good: u32,
    pub(crate) failed: u32,
    pub(crate) in_work: u32,
    /// Stalled in the middle of their work: as good as in work, nobody knows whether they are back.
    pub(crate) stuck: u32,
    pub(crate) not_begun: u32,
    /// The lowest wave with a host that is worked on, or that is heard and could be begun.
    wave: Option<u16>,
}

impl Crew {
    /// Places of `at_once_max` that are taken.
    pub(crate) fn places(&self) -> u32 {
        self.in_work.saturating_add(self.stuck)
    }
}

/// Stalled after its first disturbance and before its last task.
fn is_stuck_in_work(host: &Host, mark: Mark) -> bool {
    mark.stalled && host.dark_since.is_some() && host.is_in_work()
}

impl Rollout {
    /// The mark of a host, judged again where its time is over.
    pub(crate) fn mark_of(&self, ix: usize, now: Time) -> Mark {
        match self.marks.get(ix) {
            Some(mark) if now < mark.until => *mark,
            Some(_) | None => self.judge(ix, now).mark(),
        }
    }

    pub(crate) fn crew(&self, ring: usize, now: Time) -> Crew {
        let mut crew = Crew::default();
        for ix in self.members.get(ring).into_iter().flatten() {
            let Some(host) = self.progress.hosts.get(*ix) else { continue };
            let mark = self.mark_of(*ix, now);
            let holds_wave = match mark.class {
                Class::NotBegun => mark.well || self.by_hand(*ix),
                Class::Working => true,
                Class::Good | Class::Failed | Class::Other => false,
            };
            if holds_wave {
                crew.wave = Some(crew.wave.map_or(host.wave, |wave| wave.min(host.wave)));
            }
            match mark.class {
                Class::NotBegun => crew.not_begun += 1,
                Class::Working => {
                    crew.in_work += 1;
                    crew.not_begun += u32::from(host.dark_since.is_none() && !self.by_hand(*ix));
                }
                Class::Good => crew.good += 1,
                Class::Failed => {
                    crew.failed += 1;
                    crew.stuck += u32::from(is_stuck_in_work(host, mark));
                }
                Class::Other => {}
            }
        }
        crew
    }

    pub(crate) fn by_hand(&self, ix: usize) -> bool {
        self.works.get(ix).is_some_and(|work| work.by_hand)
    }

    /// The window in which a host's next task falls: an agreed further outage, a decision to roll back, or its ring's.
    pub(crate) fn window_of(&self, host: &Host) -> Option<Window> {
        let of = |window: &model::order::OrderWindow, like: &Window| Window {
            id: like.id.clone(),
            not_before: window.not_before,
            latest_start: window.latest_start,
            not_after: window.not_after,
        };
        let ring = self.plan().rings.get(usize::from(host.ring))?;
        let planned = self.plan().window_of(ring)?;
        if let Some(window) = &host.roll_back {
            return Some(of(window, planned));
        }
        match &host.outage {
            Some(outage) if outage.is_agreed() => Some(of(&outage.window, planned)),
            Some(_) | None => Some(planned.clone()),
        }
    }

    /// Until then the next task of a host may begin: everything that follows, back-out included, still fits at the 90th percentile.
    pub(crate) fn latest_start(&self, host: &Host, work: &Work) -> Option<Time> {
        let window = self.window_of(host)?;
        let (_, p90) = work.seconds_of(host.left());
        let fits = window.not_after.plus_seconds(-(p90 + work.back_out_seconds()));
        let fits = if self.rules.holds(Rule::LatestStart) { fits } else { window.not_after };
        // The window's own latest start is for hosts that are begun; what was begun in time may go on while it fits.
        Some(if host.dark_since.is_none() { fits.min(window.latest_start) } else { fits })
    }

    /// May this host be begun now, with those of `starting` as good as begun?
    ///
    /// # Errors
    /// What it waits for: the first thing of paused, stopped, halted, rings, window, evidence, waves, numbers, redundancy.
    pub(crate) fn may_begin(
        &self,
        ix: usize,
        crew: &Crew,
        world: &World<'_>,
        now: Time,
        starting: &[usize],
    ) -> Result<(), Wait> {
        let (Some(host), Some(work)) = (self.progress.hosts.get(ix), self.works.get(ix)) else {
            return Err(Wait::Done);
        };
        self.is_held(host.ring)?;
        self.ring_is_open(usize::from(host.ring), now)?;
        self.fits(host, work, now)?;
        if !work.by_hand && !self.is_fresh(host, now) {
            return Err(Wait::Evidence { observed_at: host.seen.as_ref().map(|seen| seen.observed_at) });
        }
        if self.rules.holds(Rule::Wave)
            && let Some(wave) = crew.wave.filter(|wave| *wave < host.wave)
        {
            return Err(Wait::Wave { wave });
        }
        let max = self.at_once_max(host);
        if crew.places() >= max && self.rules.holds(Rule::AtOnce) {
            return Err(Wait::AtOnce { max });
        }
        self.is_free(host, world, now)?;
        self.may_go_dark(ix, world, now, starting)
    }

    fn at_once_max(&self, host: &Host) -> u32 {
        self.plan().rings.get(usize::from(host.ring)).map_or(0, |ring| ring.at_once_max)
    }

    /// Is there a place among those that are dark at once? For a host that has a place by being begun, and may have lost it while
    /// nothing was heard of it, and for a further restart.
    pub(crate) fn has_place(
        &self,
        ix: usize,
        host: &Host,
        now: Time,
        starting: &[usize],
    ) -> Result<(), Wait> {
        let takes_place = |other: &usize| {
            let Some(known) = self.progress.hosts.get(*other).filter(|_| *other != ix) else { return false };
            let mark = self.mark_of(*other, now);
            let dark = known.dark_since.is_some() && mark.class == Class::Working;
            dark || is_stuck_in_work(known, mark) || starting.contains(other)
        };
        let members = self.members.get(usize::from(host.ring));
        let taken = members.into_iter().flatten().filter(|other| takes_place(other)).count();
        let max = self.at_once_max(host);
        let full = taken as u64 >= u64::from(max) && self.rules.holds(Rule::AtOnce);
        if full { Err(Wait::AtOnce { max }) } else { Ok(()) }
    }

    pub(crate) fn is_free(&self, host: &Host, world: &World<'_>, now: Time) -> Result<(), Wait> {
        match world.hosts.beyond(&host.tag, now) {
            Beyond::Dark => Err(Wait::OtherRollout),
            Beyond::Well | Beyond::Silent | Beyond::Troubled => Ok(()),
        }
    }

    /// Is the present inside the host's window, with all that follows?
    pub(crate) fn fits(&self, host: &Host, work: &Work, now: Time) -> Result<(), Wait> {
        let Some(window) = self.window_of(host) else { return Err(Wait::Decision) };
        if now < window.not_before && self.rules.holds(Rule::Window) {
            return Err(Wait::Window { opens: window.not_before });
        }
        let latest_start = self.latest_start(host, work).unwrap_or(window.latest_start);
        if now > latest_start && self.rules.holds(Rule::Window) && !host.only_looks_are_left() {
            return Err(Wait::TooLate { latest_start });
        }
        Ok(())
    }

    /// Stopped, paused, or halted in this ring or one before it (from 0).
    pub(crate) fn is_held(&self, ring: u16) -> Result<(), Wait> {
        if !self.rules.holds(Rule::Held) {
            return Ok(());
        }
        if let Some(stopped) = &self.progress.stopped {
            let reason = stopped.reason.clone();
            return Err(Wait::Stopped { reason, emergency: stopped.emergency });
        }
        if let Some(reason) = &self.progress.paused {
            return Err(Wait::Paused { reason: reason.clone() });
        }
        let rings = self.progress.rings.iter().zip(1u16..).take(usize::from(ring) + 1);
        for (progress, number) in rings {
            if let Some((_, reason)) = &progress.halted {
                return Err(Wait::Halted { ring: number, reason: reason.clone() });
            }
        }
        Ok(())
    }

    /// Was the ring (from 0) opened? If not: what it waits for.
    fn ring_is_open(&self, ring: usize, now: Time) -> Result<(), Wait> {
        match self.progress.rings.get(ring) {
            Some(progress) if progress.opened_at.is_some() => Ok(()),
            Some(_) => Err(self.ring_may_open(ring, now).err().unwrap_or(Wait::Nothing)),
            None => Err(Wait::Decision),
        }
    }

    /// May a ring (from 0) be opened? The one before must have soaked and still be well, and its window must be open.
    pub(crate) fn ring_may_open(&self, ring: usize, now: Time) -> Result<(), Wait> {
        if let Some(before) = ring.checked_sub(1).filter(|_| self.rules.holds(Rule::Soak)) {
            self.has_soaked(before, now)?;
        }
        let planned = self.plan().rings.get(ring).and_then(|ring| self.plan().window_of(ring));
        let Some(window) = planned else { return Err(Wait::Decision) };
        if now < window.not_before && self.rules.holds(Rule::Window) {
            return Err(Wait::Window { opens: window.not_before });
        }
        if now > window.latest_start && self.rules.holds(Rule::Window) {
            return Err(Wait::TooLate { latest_start: window.latest_start });
        }
        Ok(())
    }

    /// Has a ring (from 0) soaked, and is it still well?
    pub(crate) fn has_soaked(&self, ring: usize, now: Time) -> Result<(), Wait> {
        let number = u16::try_from(ring + 1).unwrap_or(u16::MAX);
        let (Some(planned), Some(progress)) = (self.plan().rings.get(ring), self.progress.rings.get(ring))
        else {
            return Err(Wait::Decision);
        };
        let crew = self.crew(ring, now);
        let wanted = planned.success_min;
        let Some(soaking_at) = progress.soaking_at.filter(|_| crew.good >= wanted) else {
            return Err(Wait::RingBefore { ring: number, wanted, good: crew.good });
        };
        let until = soaking_at.plus_seconds(i64::from(planned.soak_minutes) * 60);
        if now < until { Err(Wait::Soak { ring: number, until }) } else { Ok(()) }
    }

    /// May a person begin work by hand on this device now?
    ///
    /// # Errors
    /// What it waits for.
    pub fn may_begin_by_hand(&self, host: &AssetTag, world: &World<'_>, now: Time) -> Result<(), Wait> {
        let Some((ix, host)) = self.host(host) else { return Err(Wait::Done) };
        let crew = self.crew(usize::from(host.ring), now);
        self.may_begin(ix, &crew, world, now, &[])
    }
}
