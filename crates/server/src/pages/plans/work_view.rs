//! What the page of work by hand shows, in plain data: each step with its proof, which one is next, the signature.

use hospital::State;
use hospital::night::plans::PlanRecord;
use model::AssetTag;
use model::patch::StepProof;
use model::plan::Hands;
use model::work::{Shown, StepDone, WorkChecked};

use super::work::{PHOTO_KINDS, STEP_SHOWN_MAX};
use crate::clock::Local;
use crate::http::Problem;
use crate::page::Ctx;
use crate::pages::night::{plan_href, say};
use crate::parts::{Field, FieldKind, Mark, Status};
use crate::words::Words;

pub(super) struct StepLine {
    pub(super) number: u16,
    pub(super) says: String,
    pub(super) proof: &'static str,
    pub(super) status: Status,
    pub(super) done: Vec<DoneLine>,
    /// The form, for the step that is next.
    pub(super) fields: Vec<Field>,
}

pub(super) struct DoneLine {
    pub(super) says: String,
    pub(super) who: String,
    pub(super) photo: String,
}

pub(super) struct View {
    pub(super) host: String,
    pub(super) plan: String,
    pub(super) plan_href: String,
    pub(super) href: String,
    pub(super) steps: Vec<StepLine>,
    pub(super) open: bool,
    pub(super) sign: Vec<Field>,
    pub(super) signed: Vec<String>,
    /// How the finished work stands, and how long a check counts.
    pub(super) stands: Option<(Status, String)>,
    /// Checks of the finished work, newest first.
    pub(super) checked: Vec<String>,
    /// The form of a further check.
    pub(super) check: Vec<Field>,
}

/// What was typed, to be shown again beside what is wrong with it.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    pub(super) worker: String,
    pub(super) label: String,
    pub(super) measured: String,
    pub(super) says: String,
    pub(super) passed: bool,
    pub(super) version: String,
    /// Field and sentence.
    pub(super) wrong: Option<(&'static str, String)>,
}

impl Typed {
    fn error(&self, field: &str) -> String {
        match &self.wrong {
            Some((wrong, says)) if *wrong == field => says.clone(),
            Some(_) | None => String::new(),
        }
    }
}

impl View {
    pub(super) fn new(
        ctx: &Ctx,
        state: &State,
        record: &PlanRecord,
        tag: &AssetTag,
        typed: &Typed,
    ) -> Result<View, Problem> {
        let (w, local) = (ctx.w, ctx.local());
        let item = record.plan.item(tag).ok_or(Problem::NotFound)?;
        if item.by == Hands::Agent {
            return Err(Problem::NotFound);
        }
        let work = state.night().work(&record.hash, tag);
        let next = work.map_or(1, hospital::night::records::Work::next_step);
        let open = state.night().ring_is_open(&record.hash, item.ring);
        let may = ctx.may(model::people::Role::Engineer);
        let signed: Vec<String> = work.map_or_else(Vec::new, |work| {
            let line = |signed: &model::work::WorkSigned| {
                w.work_signed(&signed.by, &local.moment(signed.finished_at), &signed.version_seen)
            };
            work.signed.iter().map(|(_, signed)| line(signed)).collect()
        });
        let href = format!("{}/work/{}", plan_href(record), crate::pages::devices::segment(tag.as_str()));
        let steps: Vec<StepLine> = (1_u16..)
            .zip(record.plan.steps_of(item))
            .map(|(number, step)| {
                let done: Vec<DoneLine> = work.map_or_else(Vec::new, |work| {
                    let mine = work.steps.iter().filter(|(_, done)| done.step == number);
                    let newest_first = mine.rev().take(STEP_SHOWN_MAX);
                    newest_first.map(|(stamp, done)| done_line(&local, stamp.time, done, &href)).collect()
                });
                let is_next = number == next && open && signed.is_empty();
                StepLine {
                    number,
                    says: step.says.to_string(),
                    proof: proof(w, step.proof),
                    status: if number < next {
                        Status::worded(Mark::Fixed, w.answer_word_done())
                    } else if number == next {
                        Status::worded(Mark::Settling, w.work_next())
                    } else {
                        Status::worded(Mark::NotBegun, w.work_later())
                    },
                    done,
                    fields: if is_next && may { fields(w, step.proof, typed) } else { Vec::new() },
                }
            })
            .collect();
        let finished = usize::from(next) > steps.len();
        let standing = state.night().standing(&record.hash, tag, ctx.now).filter(|_| !signed.is_empty());
        let days = u64::from(record.plan.proof.hand_proof_days());
        Ok(View {
            host: tag.to_string(),
            plan: record.plan.title.to_string(),
            plan_href: plan_href(record),
            sign: if finished && may && open && signed.is_empty() {
                sign_fields(w, typed).into()
            } else {
                Vec::new()
            },
            stands: standing
                .map(|standing| (say::status(&local, &standing.verdict), w.work_check_says(days))),
            checked: work.map_or_else(Vec::new, |work| {
                let newest_first = work.checked.iter().rev().take(STEP_SHOWN_MAX);
                newest_first.map(|(stamp, checked)| checked_line(&local, stamp.time, checked)).collect()
            }),
            check: if may && !signed.is_empty() { check_fields(w, typed) } else { Vec::new() },
            steps,
            open,
            signed,
            href,
        })
    }
}

fn proof(w: Words, proof: StepProof) -> &'static str {
    match proof {
        StepProof::Said => w.work_proof_said(),
        StepProof::Identity => w.work_proof_identity(),
        StepProof::Before => w.work_proof_before(),
        StepProof::After => w.work_proof_after(),
        StepProof::Test => w.work_proof_test(),
    }
}

fn done_line(local: &Local, at: model::Time, done: &StepDone, href: &str) -> DoneLine {
    let w = local.w;
    let (says, photo) = match &done.shown {
        Shown::Said => (w.work_shown_said().to_owned(), String::new()),
        Shown::Label(label) => (w.work_shown_label(label), String::new()),
        Shown::Measured(says) => (w.work_shown_measured(says), String::new()),
        Shown::Photo(_) => (w.work_shown_photo().to_owned(), format!("{href}/photo/{}", done.step)),
        Shown::Test { passed: true, says } => (w.work_shown_passed(says), String::new()),
        Shown::Test { passed: false, says } => (w.work_shown_failed(says), String::new()),
    };
    DoneLine { says, who: w.work_done_by(&done.worker, &local.moment(at)), photo }
}

fn fields(w: Words, proof: StepProof, typed: &Typed) -> Vec<Field> {
    let text = |name: &'static str, label: &str, value: &str| {
        Field::new(name, label, FieldKind::Text).value(value).error(typed.error(name))
    };
    let mut fields =
        match proof {
            StepProof::Said => Vec::new(),
            StepProof::Identity => vec![text("label", w.work_label(), &typed.label).focused()],
            StepProof::Before | StepProof::After => vec![
                text("measured", w.work_measured(), &typed.measured).optional(),
                Field::new("photo", w.work_photo(), FieldKind::File(PHOTO_KINDS))
                    .optional()
                    .hint(w.work_photo_hint())
                    .error(typed.error("photo")),
            ],
            StepProof::Test => vec![
                Field::new("says", w.work_test_says(), FieldKind::Lines)
                    .value(&*typed.says)
                    .error(typed.error("says")),
                Field::new("passed", w.work_test_passed(), FieldKind::Tick)
                    .optional()
                    .value(if typed.passed { "yes" } else { "" }),
            ],
        };
    fields.push(text("worker", w.work_worker(), &typed.worker).autocomplete("name"));
    fields
}

fn sign_fields(w: Words, typed: &Typed) -> [Field; 2] {
    [
        Field::new("by", w.work_sign_by(), FieldKind::Text)
            .value(&*typed.worker)
            .error(typed.error("by"))
            .autocomplete("name"),
        Field::new("version", w.work_sign_version(), FieldKind::Text)
            .value(&*typed.version)
            .error(typed.error("version")),
    ]
}

fn checked_line(local: &Local, at: model::Time, checked: &WorkChecked) -> String {
    let (w, when) = (local.w, local.moment(at));
    let WorkChecked { by, version_seen, says, passed, .. } = checked;
    if *passed {
        w.work_checked(by, &when, version_seen, says)
    } else {
        w.work_check_failed(by, &when, version_seen, says)
    }
}

fn check_fields(w: Words, typed: &Typed) -> Vec<Field> {
    let mut fields = vec![
        Field::new("label", w.work_label(), FieldKind::Text).value(&*typed.label).error(typed.error("label")),
    ];
    fields.push(
        Field::new("says", w.work_test_says(), FieldKind::Lines)
            .value(&*typed.says)
            .error(typed.error("says")),
    );
    let passed = if typed.passed { "yes" } else { "" };
    fields.push(Field::new("passed", w.work_test_passed(), FieldKind::Tick).optional().value(passed));
    let [by, version] = sign_fields(w, typed);
    fields.extend([version, by]);
    fields
}
