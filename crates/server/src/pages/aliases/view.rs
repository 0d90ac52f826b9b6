//! Open questions as plain data: filtered, ordered, a page of them with examples; and what an answer changed, in words.

use exposure::matcher::Proposal;
use exposure::product::{AskAbout, MatchKind};
use hospital::questions::{self, Question, Settled};
use model::alias::{AliasAnswer, AliasSubject};

use super::differ::{Piece, pieces};
use super::give::Subject;
use crate::AppState;
use crate::listing::{Direction, LIMIT_DEFAULT_ROWS, ListQuery, ListSpec};
use crate::page::Ctx;
use crate::parts::Choice;
use crate::words::Words;
use crate::work::Effect;

pub(crate) const LIST: ListSpec =
    ListSpec { path: "/aliases", sorts: &["pairs", "devices", "name"], filters: &["of"] };

/// Questions on a page: each is read with care.
const PAGE_QUESTIONS: u32 = 25;
/// Devices and advisories named with a question.
const EXAMPLES_MAX: usize = 4;

/// The same list with as few questions as a person reads at once.
pub(super) fn few(mut list: ListQuery) -> ListQuery {
    if list.limit == LIMIT_DEFAULT_ROWS {
        list.limit = PAGE_QUESTIONS;
    }
    list
}

/// The open questions that `list` asks for, how many there are without its filter, and the answers in force.
pub(crate) fn proposals(app: &AppState, list: &ListQuery) -> (Vec<Proposal>, usize, u64) {
    let (mut all, answers) =
        app.domain.node.read(|state| (state.matcher().proposals(), state.answers().len() as u64));
    let everything = all.len();
    let (of, text) = (list.filter("of"), list.filter("q").map(str::to_lowercase));
    all.retain(|proposal| {
        let Subject { of: kind, manufacturer, model, vendor, product } = Subject::from(&proposal.subject);
        of.is_none_or(|of| of == kind)
            && text.as_ref().is_none_or(|text| {
                [manufacturer, model, vendor, product].iter().any(|name| name.to_lowercase().contains(text))
            })
    });
    match list.sort {
        "devices" => all.sort_by_key(|proposal| std::cmp::Reverse(proposal.devices)),
        "name" => all.sort_by(|a, b| a.subject.cmp(&b.subject)),
        _ => {}
    }
    if list.direction == Direction::Down {
        all.reverse();
    }
    (all, everything, answers)
}

/// The filter form.
pub(super) struct Filters {
    pub(super) text: String,
    pub(super) of: (String, Vec<Choice>),
    pub(super) sort: (String, Vec<Choice>),
    pub(super) clear: Option<String>,
}

impl Filters {
    pub(super) fn new(w: Words, list: &ListQuery) -> Filters {
        let choice =
            |(value, label): (&str, &str)| Choice { value: value.to_owned(), label: label.to_owned() };
        let kinds = [("vendor", w.aliases_of_vendor()), ("product", w.aliases_of_product())];
        let sorts = [
            ("", w.aliases_sort_pairs()),
            ("devices", w.aliases_sort_devices()),
            ("name", w.aliases_sort_name()),
        ];
        Filters {
            text: list.filter("q").unwrap_or("").to_owned(),
            of: (list.filter("of").unwrap_or("").to_owned(), kinds.map(choice).to_vec()),
            sort: (list.sort_text(), sorts.map(choice).to_vec()),
            clear: list.is_filtered().then(|| list.unfiltered().href()),
        }
    }
}

/// One side of a question: a name, and whose.
pub(super) struct Side {
    pub(super) name: Vec<Piece>,
    pub(super) of: Vec<Piece>,
    pub(super) missing: String,
    pub(super) examples: Vec<(String, String, String)>,
    pub(super) more: String,
}

/// One question as the page shows it.
pub(super) struct Shown {
    pub(super) id: String,
    pub(super) sentence: String,
    pub(super) pairs: String,
    pub(super) note: &'static str,
    pub(super) ours: Side,
    pub(super) theirs: Side,
    pub(super) subject: Subject,
}

/// A page of questions, with examples.
pub(super) fn shown(ctx: &Ctx, window: Vec<Proposal>) -> Vec<Shown> {
    let questions = ctx.app.domain.node.read(|state| questions::with_examples(state, window, EXAMPLES_MAX));
    questions.iter().map(|question| one(ctx.w, question)).collect()
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

fn one(w: Words, question: &Question) -> Shown {
    let proposal = &question.proposal;
    let subject = Subject::from(&proposal.subject);
    let devices: Vec<(String, String, String)> = question
        .devices
        .iter()
        .map(|device| {
            let version = device.version.as_deref().unwrap_or(w.aliases_version_unknown());
            let href = format!("/devices/{}", encoded(&device.asset_tag));
            (href, device.asset_tag.to_string(), format!("{} · {version}", device.model))
        })
        .collect();
    let advisories: Vec<(String, String, String)> = question
        .advisory_examples
        .iter()
        .map(|advisory| {
            let href = format!("/advisories/{}", encoded(&advisory.tracking_id));
            (href, advisory.tracking_id.to_string(), advisory.title.to_string())
        })
        .collect();
    let more = |total: u64, shown: usize| match total.saturating_sub(shown as u64) {
        0 => String::new(),
        rest => w.aliases_more(rest),
    };
    let (ours_more, theirs_more) =
        (more(proposal.devices, devices.len()), more(question.advisories, advisories.len()));
    let vendor = matches!(proposal.subject, AliasSubject::Vendor { .. });
    let sides = |name: &str, other: &str, of: &str, other_of: &str, examples, more| Side {
        name: pieces(name, other),
        of: if vendor { Vec::new() } else { pieces(of, other_of) },
        missing: if of.is_empty() { w.aliases_maker_missing().to_owned() } else { String::new() },
        examples,
        more,
    };
    let (ours, theirs) =
        if vendor { (&subject.manufacturer, &subject.vendor) } else { (&subject.model, &subject.product) };
    let counted = (w.aliases_devices(proposal.devices), w.aliases_advisories(question.advisories));
    let mut key = std::hash::DefaultHasher::new();
    std::hash::Hash::hash(&proposal.subject, &mut key);
    Shown {
        id: format!("question-{:016x}", std::hash::Hasher::finish(&key)),
        sentence: if vendor {
            w.aliases_ask_vendor(ours, &counted.0, theirs, &counted.1)
        } else {
            w.aliases_ask_product(ours, &counted.0, theirs, &counted.1)
        },
        pairs: w.aliases_pairs(proposal.pairs),
        note: match proposal.found.kind {
            MatchKind::Ask(AskAbout::ModelNumber) => w.aliases_ask_model_number(),
            MatchKind::Ask(AskAbout::Vendor | AskAbout::Product | AskAbout::Maker) | MatchKind::Same => "",
        },
        ours: sides(ours, theirs, &subject.manufacturer, &subject.vendor, devices, ours_more),
        theirs: sides(theirs, ours, &subject.vendor, &subject.manufacturer, advisories, theirs_more),
        subject,
    }
}

/// The two names of a question, as a sentence says them.
pub(super) fn names(subject: &AliasSubject) -> (String, String) {
    match subject {
        AliasSubject::Vendor { manufacturer, vendor } => (manufacturer.to_string(), vendor.to_string()),
        AliasSubject::Product { manufacturer, model, vendor, product } => {
            (format!("{manufacturer} {model}").trim().to_owned(), format!("{vendor} {product}"))
        }
    }
}

/// What an answer changed, in a sentence or two.
pub(super) fn effect_text(w: Words, effect: &Effect) -> String {
    let (ours, theirs) = names(&effect.subject);
    let said = match effect.answer {
        Some(AliasAnswer::Same) => w.aliases_said_same(&ours, &theirs),
        Some(AliasAnswer::Different) => w.aliases_said_different(&ours, &theirs),
        None => w.aliases_said_undone(&ours, &theirs),
    };
    let changed = match effect.settled {
        None => w.aliases_effect_unknown().to_owned(),
        Some(settled) => settled_text(w, settled, effect.answer.is_none()),
    };
    format!("{said} {changed}")
}

/// `12 pairs decided: 8 affected, 3 fixed, 1 not affected.`
pub(crate) fn settled_text(w: Words, settled: Settled, undone: bool) -> String {
    let mut parts = Vec::new();
    if settled.decided() > 0 {
        let kinds: Vec<String> = [
            (settled.affected, w.aliases_n_affected(&w.number(settled.affected))),
            (settled.fixed, w.aliases_n_fixed(&w.number(settled.fixed))),
            (settled.not_affected, w.aliases_n_not_affected(&w.number(settled.not_affected))),
        ]
        .into_iter()
        .filter_map(|(count, text)| (count > 0).then_some(text))
        .collect();
        parts.push(format!("{}: {}.", w.aliases_decided(settled.decided()), kinds.join(", ")));
    }
    if settled.undecided > 0 {
        let n = settled.undecided;
        parts.push(format!("{}.", if undone { w.aliases_n_open_again(n) } else { w.aliases_n_undecided(n) }));
    }
    if settled.added > 0 {
        parts.push(format!("{}.", w.aliases_n_added(settled.added)));
    }
    if settled.gone > 0 {
        parts.push(format!("{}.", w.aliases_n_gone(settled.gone)));
    }
    if parts.is_empty() { w.aliases_no_effect().to_owned() } else { parts.join(" ") }
}
