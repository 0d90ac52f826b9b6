//! Orders as they are issued: agreed, inside their window, in their turn.

use model::Time;
use model::order::{Action, Order};

use super::book::lies_within;
use super::{Oracle, Place};

const INVARIANT: &str =
    "1: no order without an agreed plan, outside its window, or before the ring before has soaked";

impl Oracle {
    pub(super) fn issued(&mut self, order: &Order, now: Time) {
        self.seen.orders += 1;
        self.orders.entry(order.id.clone()).or_default().push((now, order.clone()));
        if !self.book.started.contains(&order.plan) {
            return self.found(now, INVARIANT, format!("{} belongs to no started plan", order.id));
        }
        if self.book.emergencies.contains(&order.plan) {
            let says = format!("{} was issued after an emergency stop", order.id);
            return self.found(now, "1: after an emergency stop nothing is ordered", says);
        }
        if !matches!(order.action, Action::Download(_)) {
            self.begins(&order.host, now);
        }
        if now < order.window.not_before || now > order.window.latest_start {
            let says = format!("{} is issued outside its window {:?}", order.id, order.window);
            self.found(now, INVARIANT, says);
        }
        if !order.action.is_disruptive() {
            return;
        }
        let place = self.item.get(&order.host).copied();
        let plan = place.and_then(|place| self.hashes.get(place.plan));
        match place.filter(|_| plan == Some(&order.plan)) {
            Some(place) => self.issued_to(order, place, now),
            None => {
                let says = format!("{} is for a host that the plan does not have", order.id);
                self.found(now, INVARIANT, says);
            }
        }
    }

    fn issued_to(&mut self, order: &Order, place: Place, now: Time) {
        let Some(plan) = self.plan_of(place) else { return };
        let ordered = self.book.ordered.get(&order.host).cloned().unwrap_or_default();
        let first = ordered.disruptive.iter().all(|id| *id == order.id);
        let further =
            ordered.restarts.contains(&order.id) && ordered.restarts.iter().any(|id| *id != order.id);
        let agreed = self.book.outage_of(order).map(|asked| asked.asked_at);
        // What was begun in time may go on in the window as long as it fits; nothing is begun after the latest start.
        let in_plan = plan.ring(place.ring).and_then(|ring| plan.window_of(ring)).is_some_and(|window| {
            let latest = if first { window.latest_start } else { window.not_after };
            lies_within(&order.window, window.not_before, latest, window.not_after)
        });
        let soak_minutes = plan.ring(place.ring.saturating_sub(1)).map_or(0, |before| before.soak_minutes);
        let mut findings: Vec<(&'static str, String)> = Vec::new();
        if first && (self.book.paused.contains(&order.plan) || self.book.stopped.contains(&order.plan)) {
            findings.push(("1: a paused or stopped night begins no further host", format!("{}", order.id)));
        }
        if first && (1..=place.ring).any(|ring| self.book.halted.contains(&(order.plan, ring))) {
            findings.push(("1: a halted ring begins no further host", format!("{}", order.id)));
        }
        if further && agreed.is_none() {
            let says = format!("{}", order.id);
            findings.push(("2: no further outage that the units did not agree to", says));
        } else if !in_plan && agreed.is_none() {
            findings.push((INVARIANT, format!("{} has window {:?}", order.id, order.window)));
        }
        if place.ring > 1 && first {
            let good_at = self.ring_good_at.get(&(place.plan, place.ring - 1)).copied();
            let soaked = good_at.is_some_and(|at| at.plus_seconds(i64::from(soak_minutes) * 60) <= now);
            if !soaked {
                let ring = place.ring;
                findings.push((
                    INVARIANT,
                    format!("{} of ring {ring}; the ring before was good at {good_at:?}", order.id),
                ));
            }
        }
        if let (Some(asked_at), Some(truth)) = (agreed, self.truths.get_mut(place.number)) {
            truth.told_at = truth.told_at.max(Some(asked_at));
            self.seen.further += 1;
        }
        for (invariant, says) in findings {
            self.found(now, invariant, says);
        }
    }
}
