//! What the page of one upload shows, stage by stage.

use askama::Template;
use axum::response::{IntoResponse, Response};
use hospital::imports::ImportKind;

use super::tables;
use super::view::{kind_choices, kind_word};
use crate::http::Problem;
use crate::importer::{ColumnReading, ImportError, Imported, Preview};
use crate::page::{Ctx, Shell};
use crate::parts::{Banner, BannerKind, Field, FieldKind, Progress, Table};
use crate::words::Words;
use crate::work::{Look, Pending, Stage};

#[derive(Template)]
#[template(path = "pages/pending.html")]
struct PendingPage {
    shell: Shell,
    action: String,
    by: String,
    /// Its parts change while it runs.
    running: bool,
    progress: Option<Progress>,
    banners: Vec<Banner>,
    kind: Option<Field>,
    questions: Vec<String>,
    columns: Option<Columns>,
    counts: Vec<(&'static str, String)>,
    urgent: Option<(Table, String)>,
    tables: Vec<(Table, String)>,
    mapping: bool,
    decide: Option<Decide>,
    links: Vec<(String, &'static str)>,
}

/// How the columns of a list are read, with a choice for each.
struct Columns {
    rows: Vec<ColumnRow>,
    fields: Vec<&'static str>,
    button: String,
    /// Guesses wait: the button is the next step.
    waiting: bool,
}

struct ColumnRow {
    name: String,
    label: String,
    header: String,
    examples: String,
    field: &'static str,
    guess: String,
}

/// The decision: a tick where it can retire devices, and the button with the numbers on it.
struct Decide {
    round: u64,
    complete: Option<(String, bool)>,
    complete_note: String,
    retires: String,
    button: String,
}

/// A stage in words.
pub(super) fn stage_word(w: Words, stage: &Stage) -> &'static str {
    match stage {
        Stage::Reading => w.pending_stage_reading(),
        Stage::Ready(preview) if preview.errors > 0 => w.pending_stage_refused(),
        Stage::Ready(_) => w.pending_ready(),
        Stage::Refused(_) => w.pending_stage_refused(),
        Stage::Importing => w.pending_stage_importing(),
        Stage::Done(_) => w.pending_stage_done(),
    }
}

/// The page of an upload as it is now.
pub(super) fn page(ctx: &Ctx, pending: &Pending) -> Result<Response, Problem> {
    let (w, local, look) = (ctx.w, ctx.local(), pending.look());
    let names: Vec<&str> = pending.files().iter().take(3).map(|file| file.name.as_str()).collect();
    let more = if pending.files().len() > names.len() { " …" } else { "" };
    let source = format!("{}{more}", names.join(", "));
    let shell = ctx.shell(source.clone()).crumb("/imports", w.imports_title());
    let action = format!("/imports/pending/{}", pending.token);
    let mut page = PendingPage {
        by: w.pending_by(&pending.owner, &local.moment(pending.since)),
        running: look.stage.is_running(),
        progress: progress(w, &look, &source, &action, &shell.csrf),
        banners: Vec::new(),
        kind: None,
        questions: Vec::new(),
        columns: None,
        counts: Vec::new(),
        urgent: None,
        tables: Vec::new(),
        mapping: false,
        decide: None,
        links: Vec::new(),
        shell,
        action,
    };
    match &look.stage {
        Stage::Reading | Stage::Importing => {}
        Stage::Ready(preview) => ready(w, &mut page, &look, preview)?,
        Stage::Refused(error) => refused(w, &mut page, &look, error)?,
        Stage::Done(imported) => done(w, &mut page, imported)?,
    }
    Ok(ctx.page(page).into_response())
}

fn progress(w: Words, look: &Look, source: &str, action: &str, csrf: &str) -> Option<Progress> {
    let (label, note) = match look.stage {
        Stage::Reading => (w.pending_reading(source), w.pending_reading_note()),
        Stage::Importing => (w.pending_importing(source), w.pending_importing_note()),
        Stage::Ready(_) | Stage::Refused(_) | Stage::Done(_) => return None,
    };
    let (done, total) = look.progress;
    Some(Progress {
        w,
        id: "progress".to_owned(),
        label,
        done,
        total: Some(total).filter(|total| *total > 0),
        note: note.to_owned(),
        stop_href: format!("{action}/stop"),
        csrf: csrf.to_owned(),
    })
}

fn banner(w: Words, kind: BannerKind, text: impl Into<String>) -> Banner {
    Banner { w, kind, text: text.into() }
}

fn kind_field(w: Words, kind: ImportKind) -> Field {
    Field::new("kind", w.pending_read_as(), FieldKind::Select(kind_choices(w).collect())).value(kind.word())
}

fn ready(w: Words, page: &mut PendingPage, look: &Look, preview: &Preview) -> Result<(), Problem> {
    if look.overtaken {
        page.banners.push(banner(w, BannerKind::Warning, w.pending_overtaken()));
    }
    if preview.errors > 0 {
        page.banners.push(banner(w, BannerKind::Error, w.pending_errors(preview.errors)));
    }
    if preview.refused > 0 {
        page.banners.push(banner(w, BannerKind::Warning, w.pending_refused_documents(preview.refused)));
    }
    page.kind = Some(kind_field(w, look.kind));
    page.mapping = !preview.mapping.is_empty();
    page.columns = (!preview.columns.is_empty()).then(|| columns(w, preview));
    // A guess is asked beside its column; what is left are questions of another kind.
    let guesses = preview.columns.iter().filter(|column| column.guessed.is_some()).count();
    if preview.questions.len() > guesses {
        page.questions.clone_from(&preview.questions);
    }
    page.decide = preview.is_importable().then(|| decide(w, look, preview));
    if preview.errors > 0 {
        // What a list with errors would change cannot be said: only what is wrong is shown.
        page.counts = vec![(w.imports_col_read(), w.number(preview.read))];
        page.urgent = tables::findings(w, &preview.findings, preview.findings_left_out)?;
    } else {
        page.counts = counts(w, look.kind, preview);
        page.tables = tables::of_preview(w, preview)?;
    }
    Ok(())
}

fn columns(w: Words, preview: &Preview) -> Columns {
    let row = |(at, column): (usize, &ColumnReading)| ColumnRow {
        name: format!("column-{at}"),
        label: w.pending_field_of(&column.header).trim_end().to_owned(),
        header: column.header.clone(),
        examples: match column.examples.as_slice() {
            [] => w.pending_no_examples().to_owned(),
            some => some.join(" · "),
        },
        field: column.field.unwrap_or(""),
        guess: column.guessed.as_deref().map(|why| w.pending_guess(why)).unwrap_or_default(),
    };
    let guesses = preview.columns.iter().filter(|column| column.guessed.is_some()).count() as u64;
    Columns {
        rows: preview.columns.iter().enumerate().map(row).collect(),
        fields: preview.fields.clone(),
        button: if guesses > 0 { w.pending_confirm(guesses) } else { w.pending_read_again().to_owned() },
        waiting: guesses > 0,
    }
}

fn counts(w: Words, kind: ImportKind, preview: &Preview) -> Vec<(&'static str, String)> {
    let mut counts = vec![
        (w.imports_col_read(), preview.read),
        (w.imports_col_new(), preview.new),
        (w.imports_col_changed(), preview.changed),
        (w.imports_col_unchanged(), preview.unchanged),
    ];
    match kind {
        ImportKind::Inventory => counts.push((w.pending_gone(), preview.gone)),
        ImportKind::Advisories => counts.push((w.standing_refused(), preview.refused)),
        ImportKind::Kev | ImportKind::Hospital | ImportKind::Nights => {}
        ImportKind::Epss | ImportKind::Vulnrichment => {
            counts.push((w.import_left_out_feed(), preview.left_out))
        }
    }
    counts.into_iter().map(|(word, count)| (word, w.number(count))).collect()
}

/// The verb and the numbers: what is on the button is what will be done.
fn decide(w: Words, look: &Look, preview: &Preview) -> Decide {
    let inventory = look.kind == ImportKind::Inventory;
    let too_many = preview.gone * 2 > preview.registered;
    let can_retire = inventory && preview.gone > 0;
    let retired = if look.complete && can_retire && !too_many { preview.gone } else { 0 };
    let number = |n: u64| w.number(n);
    let some = |n: u64, text: String| (n > 0).then_some(text);
    let parts: Vec<String> = [
        some(preview.new, w.pending_count_new(&number(preview.new))),
        some(preview.changed, w.pending_count_changed(&number(preview.changed))),
        some(retired, w.pending_count_retired(&number(retired))),
    ]
    .into_iter()
    .flatten()
    .collect();
    let what = match look.kind {
        ImportKind::Inventory => w.pending_do_devices(preview.read),
        ImportKind::Advisories => w.pending_do_documents(preview.read.saturating_sub(preview.refused)),
        ImportKind::Kev
        | ImportKind::Epss
        | ImportKind::Vulnrichment
        | ImportKind::Hospital
        | ImportKind::Nights => w.pending_do_records(preview.read),
    };
    let numbers = if parts.is_empty() { w.pending_count_none().to_owned() } else { parts.join(", ") };
    Decide {
        round: look.round,
        complete: (can_retire && !too_many).then(|| (w.pending_complete(preview.gone), look.complete)),
        complete_note: if can_retire && too_many {
            w.pending_complete_too_many(&number(preview.gone), &number(preview.registered))
        } else {
            String::new()
        },
        retires: if retired > 0 { w.pending_will_retire(retired) } else { String::new() },
        button: format!("{what}: {numbers}"),
    }
}

fn refused(w: Words, page: &mut PendingPage, look: &Look, error: &ImportError) -> Result<(), Problem> {
    let sentence = match error {
        ImportError::Findings(findings) => {
            page.tables.extend(tables::findings(w, findings, 0)?);
            w.pending_refused().to_owned()
        }
        ImportError::Questions(questions) => {
            page.questions.clone_from(questions);
            w.pending_refused().to_owned()
        }
        ImportError::Refused(sentence) | ImportError::Failed(sentence) => {
            format!("{} {}", w.pending_refused(), sentence)
        }
        ImportError::Stopped => w.pending_stopped().to_owned(),
    };
    let kind = if matches!(error, ImportError::Stopped) { BannerKind::Info } else { BannerKind::Error };
    page.banners.push(banner(w, kind, sentence));
    page.kind = Some(kind_field(w, look.kind));
    page.links = vec![("/imports#upload".to_owned(), w.pending_another())];
    Ok(())
}

fn done(w: Words, page: &mut PendingPage, imported: &Imported) -> Result<(), Problem> {
    let summary = &imported.summary;
    let number = |n| w.number(n);
    let (read, new) = (number(summary.read), number(summary.new));
    let text = w.pending_done(&read, &new, &number(summary.changed), &number(summary.unchanged));
    page.banners.push(banner(w, BannerKind::Done, format!("{}: {text}", kind_word(w, summary.kind))));
    if imported.refused > 0 {
        page.banners.push(banner(w, BannerKind::Warning, w.pending_refused_documents(imported.refused)));
    }
    page.tables.extend(tables::findings(w, &imported.findings, 0)?);
    page.links = vec![
        (format!("/imports/{}", summary.id), w.pending_done_see()),
        ("/matrix".to_owned(), w.pending_done_matrix()),
        ("/aliases".to_owned(), w.pending_done_aliases()),
        ("/imports#upload".to_owned(), w.pending_another()),
    ];
    Ok(())
}
