//! What a plan was told of single devices and units, as rows of two cells: of what, and what was said.

use hospital::State;
use model::resources::{AccessTime, Due, Hours, Reach, Resources};

use super::resources::Row;
use crate::clock::Local;
use crate::pages::night::{say, unit_name};
use crate::words::Words;

pub(super) fn rows(local: &Local, state: &State, known: &Resources) -> Vec<Row> {
    let w = local.w;
    let due = known.due.iter().map(|said| match said {
        Due::Advisory { id, by } => vec![w.res_of_advisory(id), w.res_due(&local.moment(*by))],
        Due::Patch { id, by } => vec![w.res_of_patch(id.as_str()), w.res_due(&local.moment(*by))],
        Due::Device { tag, by } => vec![tag.to_string(), w.res_due(&local.moment(*by))],
        Due::Kev => vec![w.res_of_kev().to_owned(), w.res_due_kev().to_owned()],
    });
    let access = known.access.iter().map(|said| vec![reach(w, state, &said.of), times(local, said)]);
    let after = known.precedences.iter().map(|bond| {
        let then: Vec<&model::AssetTag> = bond.then.iter().collect();
        let first = bond.first.as_str();
        let says = match bond.lag_minutes {
            0 => w.res_after(first),
            lag => w.res_after_lag(first, &say::minutes(w, u64::from(lag))),
        };
        vec![say::hosts(w, &then), says]
    });
    let sides = known.sides.iter().map(|pair| {
        let [a, b] = [&pair.a, &pair.b].map(|side| say::hosts(w, &side.iter().collect::<Vec<_>>()));
        vec![a, w.res_side_not_with(&b)]
    });
    let gates = known
        .gates
        .iter()
        .map(|gate| vec![unit_name(state, &gate.unit), w.res_trained(&local.moment(gate.not_before))]);
    let hands = known
        .hands_on
        .iter()
        .map(|said| vec![said.kind.to_string(), w.res_hands_on(&say::minutes(w, u64::from(said.minutes)))]);
    due.chain(access).chain(after).chain(sides).chain(gates).chain(hands).collect()
}

fn reach(w: Words, state: &State, of: &Reach) -> String {
    match of {
        Reach::Device(tag) => tag.to_string(),
        Reach::Unit(unit) => unit_name(state, unit),
        Reach::Room(room) => w.res_of_room(room),
    }
}

fn times(local: &Local, said: &AccessTime) -> String {
    let w = local.w;
    let only = said.only_within.iter();
    let only = only.map(|one| w.res_only(&local.moment(one.from), &local.clock_near(one.from, one.to)));
    let never = said.never_during.iter();
    let never = never.map(|one| w.res_never(&local.moment(one.from), &local.clock_near(one.from, one.to)));
    let hours = said.hours.iter().map(|hours| hours_text(w, hours));
    let why = Some(said.says.to_string()).filter(|says| !says.is_empty());
    only.chain(hours).chain(never).chain(why).collect::<Vec<_>>().join("; ")
}

fn hours_text(w: Words, hours: &Hours) -> String {
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let (from, to) = (clock(hours.from_minute), clock(hours.to_minute));
    let names: Vec<&str> = w.res_day_names().split(' ').collect();
    let days: Vec<&str> = hours.days.iter().filter_map(|day| names.get(usize::from(*day))).copied().collect();
    if days.is_empty() { w.res_hours(&from, &to) } else { w.res_hours_days(&from, &to, &days.join(", ")) }
}
