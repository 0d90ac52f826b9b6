//! Above the matrix: totals that add up, and the tails that must stay in sight: undecided, unranked, unmatched.

use exposure::{GapKind, Verdict};
use hospital::State;
use hospital::matrix::{Counts, Matrix};
use hospital::register::Shared;

use super::ask::{Ask, NOT_RECORDED, TIERS};
use crate::page::Ctx;
use crate::parts::{Bar, Choice, Filter, Mark, Segment};
use crate::words::Words;
use crate::words::exposure::mark_of;

/// How many of one verdict.
pub(crate) struct Figure {
    pub(crate) mark: Mark,
    pub(crate) word: &'static str,
    pub(crate) count: String,
}

/// Those that are not 0, worst first.
pub(crate) fn figures(w: Words, counts: &Counts) -> Vec<Figure> {
    let shown = Verdict::ALL.into_iter().filter(|verdict| counts.of(*verdict) > 0);
    let figure = |verdict| Figure {
        mark: mark_of(verdict),
        word: w.verdict(verdict),
        count: w.number(counts.of(verdict)),
    };
    shown.map(figure).collect()
}

/// One rule of the order with all that it ranks.
pub(super) struct TierRow {
    pub(super) label: &'static str,
    pub(super) rule: &'static str,
    pub(super) href: String,
    pub(super) vulnerabilities: String,
    /// Affected, undecided, fixed, not affected.
    pub(super) counts: [(String, String); 4],
}

/// What one gap holds back.
pub(super) struct GapRow {
    pub(super) word: &'static str,
    pub(super) says: &'static str,
    pub(super) count: String,
}

/// The totals above the matrix.
pub(super) struct Totals {
    pub(super) bar: Bar,
    pub(super) tiers: Vec<TierRow>,
    pub(super) tier_totals: [String; 5],
    pub(super) marks: [(Mark, &'static str); 4],
    pub(super) undecided: (String, String),
    pub(super) unranked: (String, String),
    pub(super) unmatched: (String, String),
    pub(super) devices: String,
    pub(super) gaps: Vec<GapRow>,
}

impl Totals {
    pub(super) fn new(ctx: &Ctx, ask: &Ask, matrix: &Matrix) -> Totals {
        let w = ctx.w;
        let pairs = |more: &[(&'static str, &str)]| ask.behind("/matrix/pairs", more);
        let segment = |verdict: Verdict| Segment {
            mark: mark_of(verdict),
            label: String::new(),
            count: matrix.totals.of(verdict),
            href: pairs(&[("verdict", verdict.word())]),
        };
        let tiers = matrix.tiers.iter().map(|total| TierRow {
            label: w.tier(total.tier),
            rule: w.tier_rule(total.tier),
            href: ask.grouped(ask.by, &[("tier", total.tier.word())]),
            vulnerabilities: w.number(total.vulnerabilities),
            counts: Verdict::ALL.map(|verdict| {
                let href = pairs(&[("tier", total.tier.word()), ("verdict", verdict.word())]);
                (w.number(total.counts.of(verdict)), href)
            }),
        });
        let [affected, undecided, fixed, not_affected] =
            Verdict::ALL.map(|verdict| w.number(matrix.totals.of(verdict)));
        let unranked = matrix.tiers.iter().find(|total| total.tier == exposure::rank::Tier::Unranked);
        let gap = |(gap, count): &(Option<GapKind>, u64)| GapRow {
            word: gap.map_or(w.matrix_gap_unnamed(), |gap| w.gap_word(gap)),
            says: gap.map_or("", |gap| w.gap(gap)),
            count: w.number(*count),
        };
        Totals {
            bar: Bar { w, title: w.matrix_pairs().to_owned(), segments: Verdict::ALL.map(segment).to_vec() },
            tiers: tiers.collect(),
            tier_totals: [w.number(matrix.columns_total as u64), affected, undecided, fixed, not_affected],
            marks: Verdict::ALL.map(|verdict| (mark_of(verdict), w.verdict(verdict))),
            undecided: (w.matrix_undecided(matrix.totals.undecided), pairs(&[("verdict", "undecided")])),
            unranked: (
                w.matrix_unranked(unranked.map_or(0, |total| total.vulnerabilities)),
                ask.grouped(ask.by, &[("tier", "unranked")]),
            ),
            unmatched: (w.matrix_unmatched(matrix.devices_unmatched), ask.behind("/matrix/unmatched", &[])),
            devices: w.matrix_of_devices(matrix.devices),
            gaps: matrix.gaps.iter().map(gap).collect(),
        }
    }
}

/// More choices than this are typed, not picked.
const CHOICES_MAX: usize = 400;

/// What can be chosen in the filters: every unit, site and maker of the register.
pub(super) struct Choices {
    units: Vec<String>,
    sites: Vec<String>,
    makers: Vec<String>,
}

impl Choices {
    pub(super) fn of(state: &State) -> Choices {
        let named = |text: &str| if text.is_empty() { NOT_RECORDED.to_owned() } else { text.to_owned() };
        let all = |of| state.register().distinct(of).into_iter().map(named).collect();
        Choices { units: all(Shared::Unit), sites: all(Shared::Site), makers: all(Shared::Maker) }
    }

    /// The filters of the form; those for one model, device or vulnerability only once they are set.
    pub(super) fn filters(&self, w: Words, ask: &crate::listing::ListQuery) -> Vec<Filter> {
        let word = |word: &str, label: &str| Choice { value: word.to_owned(), label: label.to_owned() };
        let pick = |key: &'static str, label: &str, values: &[String]| {
            let choice = |value: &String| {
                word(value, if value == NOT_RECORDED { w.matrix_not_recorded() } else { value })
            };
            let few = (1..=CHOICES_MAX).contains(&values.len());
            let choices = if few { values.iter().map(choice).collect() } else { Vec::new() };
            Filter::choice(key, label, ask, choices)
        };
        let mut filters = vec![
            Filter::text("q", w.matrix_f_text(), ask),
            Filter::text("vulnerability", w.matrix_f_vulnerability(), ask),
            Filter::choice(
                "verdict",
                w.matrix_f_verdict(),
                ask,
                Verdict::ALL.map(|verdict| word(verdict.word(), w.verdict(verdict))).to_vec(),
            ),
            Filter::choice(
                "tier",
                w.matrix_f_tier(),
                ask,
                TIERS.map(|tier| word(tier.word(), w.tier(tier))).to_vec(),
            ),
            pick("maker", w.matrix_f_maker(), &self.makers),
            pick("unit", w.matrix_f_unit(), &self.units),
        ];
        if self.sites.len() > 1 || ask.filter("site").is_some() {
            filters.push(pick("site", w.matrix_f_site(), &self.sites));
        }
        for (key, label) in
            [("model", w.matrix_f_model()), ("device", w.matrix_f_device()), ("cve", w.matrix_f_cve())]
        {
            if ask.filter(key).is_some() {
                filters.push(Filter::text(key, label, ask));
            }
        }
        filters
    }
}
