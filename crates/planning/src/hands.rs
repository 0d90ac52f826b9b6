//! Whose hands a plan's work needs, and how many of them there are: one person does one device after another, however many may be
//! worked on at once. Known is what the plan reckons with (`Plan::resources`); of a plan that says nothing of people nothing is held back.

use std::collections::BTreeMap;

use model::AssetTag;
use model::ids::WindowId;
use model::plan::Plan;

/// The hands of a plan.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hands {
    /// How many there are of each sort: of a skill or a maker, in one window.
    pub(crate) people: Vec<usize>,
    of_host: BTreeMap<AssetTag, Held>,
}

/// What work holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    /// Of [`Hands::people`].
    pub(crate) sort: usize,
    minutes: u32,
    of_minutes: u32,
}

impl Held {
    /// Seconds in which hands are on it, when the whole of it takes so long: the share that they have at the 90th percentile.
    pub(crate) fn seconds_of(&self, whole: i64) -> i64 {
        whole * i64::from(self.minutes) / i64::from(self.of_minutes)
    }

    /// The same as a share.
    pub(crate) fn share(&self) -> f32 {
        self.minutes as f32 / self.of_minutes as f32
    }
}

impl Hands {
    pub(crate) fn of(plan: &Plan) -> Hands {
        let bookings: BTreeMap<&AssetTag, _> =
            plan.resources.bookings.iter().map(|booking| (&booking.host, booking)).collect();
        let mut sorts: BTreeMap<(&WindowId, &str), usize> = BTreeMap::new();
        let mut hands = Hands::default();
        for item in &plan.items {
            let window = plan.ring(item.ring).map(|ring| &ring.window);
            let Some((booking, window)) = bookings.get(&item.host).zip(window) else { continue };
            let Some(by) = booking.by.as_deref().filter(|_| booking.hands_on_minutes > 0) else { continue };
            let Some(people) = people(plan, window, by) else { continue };
            let sort = *sorts.entry((window, by)).or_insert_with(|| {
                hands.people.push(people);
                hands.people.len() - 1
            });
            let of_minutes = plan.minutes_of(item).forward().p90.max(booking.hands_on_minutes);
            hands
                .of_host
                .insert(item.host.clone(), Held { sort, minutes: booking.hands_on_minutes, of_minutes });
        }
        hands
    }

    /// What work on a host holds, where that is known.
    pub(crate) fn held(&self, host: &AssetTag) -> Option<Held> {
        self.of_host.get(host).copied()
    }
}

/// How many people with this skill, or engineers of this maker, are there in a window; `None` where nobody has said.
fn people(plan: &Plan, window: &WindowId, by: &str) -> Option<usize> {
    let staff = plan.resources.staff.iter().filter(|staff| staff.window == *window && *staff.skill == *by);
    let visits = plan.resources.visits.iter().filter(|visit| visit.window == *window && *visit.vendor == *by);
    let count = staff
        .map(|staff| staff.people)
        .chain(visits.map(|visit| visit.engineers))
        .reduce(u32::saturating_add);
    count.filter(|count| *count > 0).map(|count| count as usize)
}
