//! What happens when, in virtual time: events in the order of their instants, those of one instant in the order in which they
//! were planned. Nothing else decides the order.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use model::Time;

/// Events to come.
#[derive(Debug)]
pub struct Agenda<E> {
    heap: BinaryHeap<Entry<E>>,
    planned: u64,
}

#[derive(Debug)]
struct Entry<E> {
    at: Time,
    number: u64,
    event: E,
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl<E> Eq for Entry<E> {}
impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<E> Ord for Entry<E> {
    /// Turned round: the heap gives its greatest, and the earliest is wanted.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.number).cmp(&(self.at, self.number))
    }
}

impl<E> Default for Agenda<E> {
    fn default() -> Self {
        Agenda { heap: BinaryHeap::new(), planned: 0 }
    }
}

impl<E> Agenda<E> {
    /// Plans an event.
    pub fn at(&mut self, at: Time, event: E) {
        self.planned += 1;
        self.heap.push(Entry { at, number: self.planned, event });
    }

    /// The next event, if it comes no later than `until`.
    pub fn next(&mut self, until: Time) -> Option<(Time, E)> {
        if self.heap.peek()?.at > until {
            return None;
        }
        self.heap.pop().map(|entry| (entry.at, entry.event))
    }

    /// When the next event comes.
    pub fn peek(&self) -> Option<Time> {
        self.heap.peek().map(|entry| entry.at)
    }
}

/// The instant so many milliseconds later.
pub fn later(at: Time, ms: i64) -> Time {
    Time(at.0.saturating_add(ms.saturating_mul(1_000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_by_time_and_at_one_instant_as_they_were_planned() {
        let mut agenda = Agenda::default();
        for (at, name) in [(2, "c"), (1, "a"), (2, "d"), (1, "b"), (9, "e")] {
            agenda.at(Time(at), name);
        }
        let mut seen = Vec::new();
        while let Some((_, name)) = agenda.next(Time(5)) {
            seen.push(name);
        }
        assert_eq!(seen, ["a", "b", "c", "d"]);
        assert_eq!(agenda.peek(), Some(Time(9)));
    }
}
