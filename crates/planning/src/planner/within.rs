//! The work of one window handed to the scheduler: who begins when, or who is one too many. Minutes at the 90th percentile.

use std::collections::BTreeMap;

use super::field::{By, Class, Field, Lists};
use crate::schedule::{
    AMOUNT_MAX, BackOut, Draft, Effort, Level, Mode, Need, Problem, Reason, Resource, Step, Task, fit,
};

/// Most schedules that are worth while for one window.
pub(super) const SCHEDULES_MAX: u32 = 200;

/// The work of one window.
pub(super) struct Work<'a, 'b> {
    pub(super) field: &'b Field<'a>,
    pub(super) lists: &'b Lists<'a>,
    pub(super) window: u32,
    /// Schedules that may be tried.
    pub(super) schedules_max: u32,
}

/// A window that was laid out.
pub(super) struct LaidOut {
    /// The class of each device and the minute of the campaign in which it begins.
    pub(super) begins: Vec<(u32, u32)>,
    /// The classes of devices for which there was no minute.
    pub(super) over: Vec<u32>,
}

impl Work<'_, '_> {
    /// Lays out as many of these devices (by their classes) as it can.
    pub(super) fn lay_out(&self, mut classes: Vec<u32>, seed: u64) -> LaidOut {
        let mut over = Vec::new();
        loop {
            match self.minutes(&classes, seed) {
                Ok(begins) => return LaidOut { begins: classes.into_iter().zip(begins).collect(), over },
                Err(at) => over.push(classes.remove(at)),
            }
        }
    }

    /// The minute of the campaign in which each of these devices (by their classes) begins.
    ///
    /// # Errors
    /// The place in `classes` of one for which no minute was found.
    pub(super) fn minutes(&self, classes: &[u32], seed: u64) -> Result<Vec<u32>, usize> {
        let window = self.field.window(self.window);
        let all_begun = classes.iter().all(|ix| self.class(*ix).traits.begun_in.is_some());
        let draft = self.draft(classes);
        let problem = match Problem::new(draft) {
            Ok(problem) => problem,
            Err(_) if all_begun => return Ok(vec![window.not_before_minute; classes.len()]),
            Err(_) => return Err(self.last_free(classes)),
        };
        let effort = Effort { schedules_max: u64::from(self.schedules_max), seed };
        match fit(&problem, effort, &mut || false).found {
            Ok(found) => {
                let starts = found.schedule.starts.into_iter();
                Ok(starts.map(|start| window.not_before_minute + start).collect())
            }
            Err(_) if all_begun => Ok(vec![window.not_before_minute; classes.len()]),
            Err(reason) => Err(self.too_many(classes, &reason)),
        }
    }

    fn class(&self, ix: u32) -> &Class {
        &self.field.classes[ix as usize]
    }

    /// The one to take out: what the scheduler names, when it has not begun.
    fn too_many(&self, classes: &[u32], reason: &Reason) -> usize {
        let named = match reason {
            Reason::AloneNoPlace { task, .. }
            | Reason::ChainTooLong { task, .. }
            | Reason::NotFound { task, .. } => Some(*task),
            Reason::TooMuchWork { .. } => None,
        };
        let free = |at: &usize| classes.get(*at).is_some_and(|ix| self.class(*ix).traits.begun_in.is_none());
        named.filter(free).unwrap_or_else(|| self.last_free(classes))
    }

    /// The longest work that has not begun and need not be done, else that must.
    fn last_free(&self, classes: &[u32]) -> usize {
        let worth = |at: &usize| {
            let class = self.class(classes[*at]);
            (class.traits.begun_in.is_none(), !class.traits.mandatory, class.shape.busy)
        };
        (0..classes.len()).max_by_key(worth).unwrap_or(0)
    }

    fn draft(&self, classes: &[u32]) -> Draft {
        let window = self.field.window(self.window);
        let opens = window.not_before_minute;
        let horizon_minutes = window.not_after_minute - opens;
        let mut resources = Resources::default();
        let at_once = resources.get(Held::Place, window.at_once_max);
        let mut tasks = Vec::with_capacity(classes.len());
        for ix in classes {
            let class = self.class(*ix);
            let (traits, shape) = (&class.traits, class.shape);
            let hands = traits
                .hands
                .map(|by| (resources.get(Held::Hands(by), self.hands(by)), traits.hands_on_minutes));
            let loaner = traits.loaner.then(|| {
                let place = (traits.kind, traits.site);
                let count = self.field.loaners.get(&place).copied().unwrap_or(0);
                resources.get(Held::Loaner(place.0, place.1), count)
            });
            let beds = (!traits.loaner && traits.beds_watched > 0).then(|| {
                let most = self.field.campaign.units[traits.unit as usize].beds_dark_max;
                resources.get(Held::Beds(traits.unit), most)
            });
            let dark = match traits.hands {
                None => (shape.install, shape.install + shape.restart),
                Some(_) => (0, shape.busy),
            };
            let mut cuts = vec![0, shape.busy, dark.0, dark.1];
            cuts.extend(hands.map(|(_, minutes)| minutes));
            cuts.sort_unstable();
            cuts.dedup();
            let step = |from: u32, to: u32| {
                let need = |resource: usize, amount: u32| Need { resource, amount };
                let mut needs = vec![need(at_once, 1)];
                needs.extend(hands.filter(|(_, until)| from < *until).map(|(resource, _)| need(resource, 1)));
                needs.extend(loaner.map(|resource| need(resource, 1)));
                let is_dark = dark.0 <= from && from < dark.1;
                needs.extend(beds.filter(|_| is_dark).map(|resource| need(resource, traits.beds_watched)));
                Step { minutes: to - from, needs }
            };
            let mut steps: Vec<Step> = cuts.windows(2).map(|pair| step(pair[0], pair[1])).collect();
            if steps.is_empty() {
                steps.push(Step { minutes: 0, needs: Vec::new() });
            }
            let back_out = BackOut { after_step: steps.len() - 1, minutes: shape.back_out };
            tasks.push(Task {
                name: self.field.device(class).tag.as_str().into(),
                modes: vec![Mode { steps, back_out: Some(back_out) }],
                after: Vec::new(),
                release_minute: 0,
                latest_start_minute: window.latest_start_minute - opens,
                deadline_minute: horizon_minutes,
                blackouts: Vec::new(),
            });
        }
        Draft { horizon_minutes, resources: resources.list, tasks }
    }

    /// How many hands of this sort there are.
    fn hands(&self, by: By) -> u32 {
        let window = self.field.window(self.window);
        match by {
            By::Staff(skill) => {
                let mut staff = window.staff.iter();
                staff.find(|staff| self.lists.skill(&staff.skill) == skill).map_or(0, |staff| staff.people)
            }
            By::Vendor(vendor) => {
                let mut visits = self.field.campaign.visits.iter().filter(|visit| visit.window == window.id);
                let visit = visits.find(|visit| self.lists.vendor(&visit.vendor) == vendor);
                visit.map_or(0, |visit| visit.engineers)
            }
        }
    }
}

/// What work holds in a window.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Held {
    Place,
    Hands(By),
    Loaner(u32, u32),
    Beds(u32),
}

#[derive(Default)]
struct Resources {
    list: Vec<Resource>,
    index: BTreeMap<Held, usize>,
}

impl Resources {
    fn get(&mut self, held: Held, amount: u32) -> usize {
        *self.index.entry(held).or_insert_with(|| {
            let name = match held {
                Held::Place => "devices at once",
                Held::Hands(By::Staff(_)) => "staff",
                Held::Hands(By::Vendor(_)) => "engineers",
                Held::Loaner(..) => "loaners",
                Held::Beds(_) => "beds dark at once",
            };
            let levels = vec![Level { from_minute: 0, amount: amount.min(AMOUNT_MAX) }];
            self.list.push(Resource { name: name.into(), levels });
            self.list.len() - 1
        })
    }
}
