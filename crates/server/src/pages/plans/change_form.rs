//! The fields with which a plan is changed, and what they make of it. What was not typed, or is typed as it stands, stays exactly as the
//! plan has it.

use std::collections::BTreeMap;

use hospital::State;
use model::Time;
use model::plan::{Cover, Plan, Window};

use super::form::{POLICY_DRAFT, covers, offsets};
use super::moves::{self, Move};
use crate::clock::Local;
use crate::pages::night::drawing::Moving;
use crate::pages::night::time;
use crate::parts::{Choice, Field, FieldKind};
use crate::words::Words;

/// Longest window, and longest soak, in minutes: four weeks.
const MINUTES_MAX: u32 = 40_320;

/// What is wrong, by field.
pub(super) type Wrong = BTreeMap<String, String>;

/// A plan as edited.
pub(super) struct Edited {
    pub(super) plan: Plan,
    /// Rings and waves are to be drafted anew, with this soak in minutes and so many places at once.
    pub(super) rings: Option<(u32, u32)>,
    /// Hosts that go to another window, in order, after rings were drafted.
    pub(super) moves: Vec<Move>,
}

/// The field of hosts that go to another window.
const HOSTS_TO: &str = "hosts-to";
/// Windows that have a field on a plan's own page; further ones have it where everything is changed.
const WINDOWS_BESIDE_MAX: usize = 12;

/// Into which fields a hand writes that moves something in the picture, in the form with this id.
pub(super) fn moving(form: &'static str) -> Moving {
    Moving { form, window_field: |number| of("begins", number), hosts_field: HOSTS_TO }
}

/// The fields that move a plan's windows and hosts, as they stand: for the page of the plan. What they make is seen by [`read`].
pub(super) fn move_fields(local: &Local, plan: &Plan) -> Vec<Field> {
    let w = local.w;
    let begins = |(n, window): (usize, &Window)| {
        let label = w.move_window_begins(&w.plan_window_named(window.id.as_str()));
        Field::new(of("begins", n), label, FieldKind::Moment).value(time::write(local, window.not_before))
    };
    let windows = (1..).zip(&plan.windows).take(WINDOWS_BESIDE_MAX).map(begins);
    windows.chain(hosts_field(w, plan)).collect()
}

/// Where hosts are moved; none where there is no other window.
fn hosts_field(w: Words, plan: &Plan) -> Option<Field> {
    let known: Vec<&str> = plan.windows.iter().map(|window| window.id.as_str()).collect();
    let field = Field::new(HOSTS_TO, w.move_hosts(), FieldKind::Lines).optional();
    (known.len() > 1).then(|| field.hint(w.move_hosts_hint(&known.join(", "))))
}

/// What stands in each field for the plan as it is, in the order shown.
fn standing(local: &Local, plan: &Plan) -> Vec<(String, String)> {
    let mut out = vec![("title".to_owned(), plan.title.to_string())];
    for (n, window) in (1..).zip(&plan.windows) {
        out.extend(
            window_texts(local, window)
                .into_iter()
                .zip(WINDOW_FIELDS)
                .map(|(text, field)| (of(field, n), text)),
        );
    }
    out.push(("rings".to_owned(), "keep".to_owned()));
    for (n, ring) in (1..).zip(&plan.rings) {
        out.push((of("soak", n), ring.soak_minutes.to_string()));
        out.push((of("at-once", n), ring.at_once_max.to_string()));
    }
    let longest = plan.rings.iter().map(|ring| ring.soak_minutes).max().unwrap_or(0);
    let most = plan.rings.iter().map(|ring| ring.at_once_max).max().unwrap_or(1);
    out.push(("draft-soak".to_owned(), longest.to_string()));
    out.push(("draft-at-once".to_owned(), most.to_string()));
    out.push(("cover".to_owned(), cover_text(&plan.cover)));
    out
}

const WINDOW_FIELDS: [&str; 3] = ["begins", "latest", "length"];

fn of(field: &str, number: usize) -> String {
    format!("{field}-{number}")
}

/// When it begins, minutes until its latest start, minutes until it closes.
fn window_texts(local: &Local, window: &Window) -> [String; 3] {
    let minutes = |to: Time| (to.seconds_since(window.not_before) / 60).to_string();
    [time::write(local, window.not_before), minutes(window.latest_start), minutes(window.not_after)]
}

fn cover_text(cover: &[Cover]) -> String {
    let line = |cover: &Cover| format!("{} {} {}", cover.unit, cover.people, cover.task);
    cover.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The name of every field.
pub(super) fn names(plan: &Plan) -> Vec<String> {
    let windows = (1..=plan.windows.len()).flat_map(|n| WINDOW_FIELDS.map(|field| of(field, n)));
    let rings = (1..=plan.rings.len()).flat_map(|n| [of("soak", n), of("at-once", n)]);
    let fixed = ["title", "rings", "draft-soak", "draft-at-once", "cover", HOSTS_TO].map(str::to_owned);
    fixed.into_iter().chain(windows).chain(rings).collect()
}

/// The form in groups: what was typed, or what stands.
pub(super) fn fields(
    local: &Local,
    plan: &Plan,
    said: &BTreeMap<String, String>,
    wrong: &Wrong,
) -> Vec<(String, Vec<Field>)> {
    let w = local.w;
    let standing: BTreeMap<String, String> = standing(local, plan).into_iter().collect();
    let field = |name: String, label: &str, kind: FieldKind, hint: &str| {
        let value = said.get(&name).or_else(|| standing.get(&name)).cloned().unwrap_or_default();
        let error = wrong.get(&name).cloned().unwrap_or_default();
        Field::new(name, label, kind).value(value).hint(hint).error(error)
    };
    let text = || FieldKind::Text;
    // What is wrong stays as it was typed; a local time that the clocks show twice is typed with its offset.
    let moment = |name: &str| if wrong.contains_key(name) { FieldKind::Text } else { FieldKind::Moment };
    let choice = |value: &str, label: &str| Choice { value: value.to_owned(), label: label.to_owned() };
    let mut groups = vec![(
        w.change_about().to_owned(),
        vec![field("title".to_owned(), w.draft_plan_title(), text(), "")],
    )];
    for (n, window) in (1..).zip(&plan.windows) {
        let fields = vec![
            field(of("begins", n), w.change_begins(), moment(&of("begins", n)), w.change_begins_hint()),
            field(of("latest", n), w.change_latest(), text(), ""),
            field(of("length", n), w.change_length(), text(), ""),
        ];
        groups.push((w.plan_window_named(window.id.as_str()), fields));
    }
    let policies = vec![choice("keep", w.change_rings_keep()), choice(POLICY_DRAFT, w.change_rings_draft())];
    let mut rings = vec![
        field("rings".to_owned(), w.draft_policy(), FieldKind::Select(policies), w.change_rings_hint()),
        field("draft-soak".to_owned(), w.change_draft_soak(), text(), ""),
        field("draft-at-once".to_owned(), w.change_draft_at_once(), text(), ""),
    ];
    for (n, ring) in (1..).zip(&plan.rings) {
        let name = format!("{} {n}: {}", w.plan_col_ring(), ring.title);
        rings.push(field(of("soak", n), &w.change_soak(&name), text(), ""));
        rings.push(field(of("at-once", n), &w.change_at_once(&name), text(), ""));
    }
    groups.push((w.plan_rings().to_owned(), rings));
    if let Some(field) = hosts_field(w, plan) {
        let value = said.get(HOSTS_TO).cloned().unwrap_or_default();
        let field = field.value(value).error(wrong.get(HOSTS_TO).cloned().unwrap_or_default());
        groups.push((w.plans_col_hosts().to_owned(), vec![field]));
    }
    let cover = field("cover".to_owned(), w.draft_cover(), FieldKind::Lines, w.draft_cover_hint());
    groups.push((w.plan_unit_cover().to_owned(), vec![cover.optional()]));
    groups
}

/// Reads what was typed over a plan; every field that is wrong is named.
pub(super) fn read(
    local: &Local,
    state: &State,
    plan: &Plan,
    said: &BTreeMap<String, String>,
) -> Result<Edited, Wrong> {
    let w = local.w;
    let mut wrong = Wrong::new();
    let standing: BTreeMap<String, String> = standing(local, plan).into_iter().collect();
    // A browser sends line breaks as CR and LF.
    let typed = |name: &str| {
        let text = said.get(name).map(|text| text.replace("\r\n", "\n").trim().to_owned());
        text.filter(|text| standing.get(name).is_none_or(|stands| stands != text))
    };
    let mut next = plan.clone();
    if let Some(title) = typed("title") {
        if title.is_empty() {
            wrong.insert("title".to_owned(), w.draft_missing().to_owned());
        }
        next.title = title.into();
    }
    for (n, window) in (1..).zip(&mut next.windows) {
        move_window(local, n, window, &typed, &mut wrong);
    }
    for (n, ring) in (1..).zip(&mut next.rings) {
        let (soak, at_once) = (of("soak", n), of("at-once", n));
        ring.soak_minutes = number(w, &soak, typed(&soak), ring.soak_minutes, 0, &mut wrong);
        ring.at_once_max = number(w, &at_once, typed(&at_once), ring.at_once_max, 1, &mut wrong);
    }
    if let Some(text) = typed("cover") {
        match covers(w, state, &text) {
            Ok(cover) => next.cover = cover,
            Err(says) => drop(wrong.insert("cover".to_owned(), says)),
        }
    }
    let moves = moves::read(w, plan, &typed(HOSTS_TO).unwrap_or_default()).unwrap_or_else(|says| {
        wrong.insert(HOSTS_TO.to_owned(), says);
        Vec::new()
    });
    let rings = rings(w, plan, &typed, &mut wrong);
    if next.windows != plan.windows {
        let first = next.windows.iter().map(|window| window.not_before).min();
        let last = next.windows.iter().map(|window| window.not_after).max();
        if let (Some(first), Some(last)) = (first, last) {
            next.proof.offsets = offsets(local, first, last);
        }
    }
    if wrong.is_empty() { Ok(Edited { plan: next, rings, moves }) } else { Err(wrong) }
}

/// A window that begins at another time keeps its length, unless that is typed too.
fn move_window(
    local: &Local,
    number_of: usize,
    window: &mut Window,
    typed: &impl Fn(&str) -> Option<String>,
    wrong: &mut Wrong,
) {
    let w = local.w;
    let (latest, length) = (
        window.latest_start.seconds_since(window.not_before),
        window.not_after.seconds_since(window.not_before),
    );
    if let Some(text) = typed(&of("begins", number_of)) {
        match time::read(local, &text) {
            Some(begins) => window.not_before = begins,
            None => drop(wrong.insert(of("begins", number_of), w.act_time_wrong().to_owned())),
        }
    }
    let mut seconds = |field: &str, stands: i64| {
        let name = of(field, number_of);
        let Some(text) = typed(&name) else { return stands };
        i64::from(number(w, &name, Some(text), 0, 0, wrong)) * 60
    };
    let (latest, length) = (seconds("latest", latest), seconds("length", length));
    window.latest_start = window.not_before.plus_seconds(latest);
    window.not_after = window.not_before.plus_seconds(length);
}

fn rings(
    w: Words,
    plan: &Plan,
    typed: &impl Fn(&str) -> Option<String>,
    wrong: &mut Wrong,
) -> Option<(u32, u32)> {
    let longest = plan.rings.iter().map(|ring| ring.soak_minutes).max().unwrap_or(0);
    let most = plan.rings.iter().map(|ring| ring.at_once_max).max().unwrap_or(1);
    let soak = number(w, "draft-soak", typed("draft-soak"), longest, 0, wrong);
    let at_once = number(w, "draft-at-once", typed("draft-at-once"), most, 1, wrong);
    match typed("rings").as_deref() {
        None => None,
        Some(POLICY_DRAFT) => Some((soak, at_once)),
        Some(_) => {
            wrong.insert("rings".to_owned(), w.change_rings_wrong().to_owned());
            None
        }
    }
}

/// A whole number of at least `min`; what stands where nothing else was typed.
fn number(w: Words, name: &str, text: Option<String>, stands: u32, min: u32, wrong: &mut Wrong) -> u32 {
    let Some(text) = text else { return stands };
    match text.parse::<u32>() {
        Ok(number) if (min..=MINUTES_MAX).contains(&number) => number,
        Ok(_) | Err(_) => {
            let says = w.change_wrong_number(&w.number(u64::from(min)), &w.number(u64::from(MINUTES_MAX)));
            wrong.insert(name.to_owned(), says);
            stands
        }
    }
}
