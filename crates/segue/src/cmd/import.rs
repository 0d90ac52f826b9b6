//! `segue import …`

use std::path::{Path, PathBuf};

use serde_json::json;
use server::importer::{ImportError, Imported, Preview, Watch};

use super::Failed;
use crate::args::Import;
use crate::config::Config;
use crate::imports::{
    Files, Run, blocking, import_advisories, plan_list, preview_list, read_epss, read_kev, read_nights,
    read_places, read_vulnrichment, run_list,
};
use crate::out::{self, Out, say};
use crate::place::{actor, now, open_node};

pub(super) async fn import(config: &Config, import: Import, out: &mut Out) -> Result<(), Failed> {
    let node = open_node(config).await?;
    let (watch, actor) = (Watch::default(), actor());
    let imported = match import {
        Import::Inventory { file, mapping, save_mapping, yes, dry_run, complete } => {
            let list = List { file, mapping, save_mapping, yes, dry_run, complete };
            match inventory(&node, list, &watch, out).await? {
                Some(imported) => Ok(imported),
                None => return Ok(()),
            }
        }
        Import::Advisories { paths, mut keys } => {
            keys.extend(config.advisory_keys.iter().cloned());
            let files = files(paths).with_keys(keys);
            let _bar = out::progress(&watch, "advisories");
            import_advisories(&node, files, &actor, now(), &watch).await
        }
        Import::Kev { file } => carry_out(&node, move || read_kev(&file, &name(&file))).await,
        Import::Epss { file } => carry_out(&node, move || read_epss(&file, &name(&file))).await,
        Import::Vulnrichment { paths } => {
            let (files, watching) = (files(paths), watch.clone());
            let _bar = out::progress(&watch, "records");
            carry_out(&node, move || read_vulnrichment(&files, &watching)).await
        }
        Import::Nights { file } => {
            let (time_zone, at) = (config.time_zone.clone(), now());
            carry_out(&node, move || read_nights(&file, &name(&file), &time_zone, at)).await
        }
        Import::Hospital { file } => carry_out(&node, move || read_places(&file, &name(&file))).await,
    };
    done(imported, out)
}

fn name(path: &Path) -> String {
    path.display().to_string()
}

fn files(paths: Vec<PathBuf>) -> Files {
    let names: Vec<String> = paths.iter().map(|path| name(path)).collect();
    Files::named(paths, &names.join(", "))
}

/// Reads beside the runtime's own work, then imports.
async fn carry_out(
    node: &node::Node,
    read: impl FnOnce() -> Result<Run, ImportError> + Send + 'static,
) -> Result<Imported, ImportError> {
    blocking(read).await?.carry_out(node, &actor(), now()).await
}

/// Says what came of an import. Refused documents among good ones make the exit status 1: somebody must look.
fn done(imported: Result<Imported, ImportError>, out: &mut Out) -> Result<(), Failed> {
    let imported = match imported {
        Ok(imported) => imported,
        Err(error) => return Err(failed(error)),
    };
    out::findings(&imported.findings, 0);
    let summary = &imported.summary;
    let mut value = json!(summary);
    if let Some(object) = value.as_object_mut() {
        object.insert("refused".to_owned(), json!(imported.refused));
    }
    out.result(&value, || {
        format!(
            "{} from {}: {} read, {} new, {} changed, {} known already, {} left out, {} refused.",
            summary.kind.word(),
            summary.source,
            summary.read,
            summary.new,
            summary.changed,
            summary.unchanged,
            summary.left_out,
            imported.refused
        )
    })?;
    if imported.refused > 0 {
        out.flush()?;
        say(&format!("{} documents were refused; the others are imported.", imported.refused));
        return Err(Failed::Said);
    }
    Ok(())
}

fn failed(error: ImportError) -> Failed {
    match error {
        ImportError::Findings(findings) => {
            out::findings(&findings, 0);
            Failed::Refused("nothing was imported".to_owned())
        }
        ImportError::Questions(questions) => {
            questions.iter().for_each(|question| say(question));
            Failed::Refused(
                "nothing was imported: confirm the guesses with --yes, or write a mapping with --save-mapping and correct it"
                    .to_owned(),
            )
        }
        other => Failed::Refused(other.to_string()),
    }
}

struct List {
    file: PathBuf,
    mapping: Option<PathBuf>,
    save_mapping: Option<PathBuf>,
    yes: bool,
    dry_run: bool,
    complete: bool,
}

async fn inventory(
    node: &std::sync::Arc<node::Node>,
    list: List,
    watch: &Watch,
    out: &mut Out,
) -> Result<Option<Imported>, Failed> {
    let mapping = match &list.mapping {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|error| Failed::Refused(format!("{}: {error}", path.display())))?,
        None => String::new(),
    };
    let (source, path) = (name(&list.file), list.file.clone());
    let mut plan = blocking(move || plan_list(&source, &path, &mapping)).await.map_err(failed)?;
    if let Some(path) = &list.save_mapping {
        let mut confirmed = plan.mapping.clone();
        confirmed.confirm();
        std::fs::write(path, confirmed.to_toml())
            .map_err(|error| Failed::Refused(format!("{}: {error}", path.display())))?;
        say(&format!("the mapping is in {}", path.display()));
    }
    if list.yes {
        plan.mapping.confirm();
    }
    let bar = out::progress(watch, "devices");
    let watching = watch.clone();
    if list.dry_run {
        let reader = std::sync::Arc::clone(node);
        let preview = blocking(move || preview_list(&reader, &plan, &watching)).await.map_err(failed)?;
        drop(bar);
        return dry_run(&preview, out).map(|()| None);
    }
    if plan.mapping.needs_confirmation() {
        say_columns(&plan.mapping);
    }
    let complete = list.complete;
    let run = blocking(move || run_list(plan, complete, &watching)).await.map_err(failed)?;
    let imported = run.carry_out(node, &actor(), now()).await.map_err(failed)?;
    drop(bar);
    Ok(Some(imported))
}

fn say_columns(mapping: &adapter_cmms::Mapping) {
    for column in &mapping.columns {
        let field = column.field.map_or("not read", adapter_cmms::Field::name);
        say(&format!("  \"{}\" → {field}", column.header));
    }
}

fn dry_run(preview: &Preview, out: &mut Out) -> Result<(), Failed> {
    out::findings(&preview.findings, preview.findings_left_out);
    for question in &preview.questions {
        say(question);
    }
    let device = |changed: &server::importer::ChangedDevice| {
        let fields: Vec<_> = changed
            .fields
            .iter()
            .map(|(field, before, after)| json!({"field": field, "before": before, "after": after}))
            .collect();
        json!({"asset_tag": changed.asset_tag, "name": changed.name, "fields": fields})
    };
    let value = json!({
        "dry_run": true, "read": preview.read, "new": preview.new, "changed": preview.changed, "unchanged": preview.unchanged,
        "gone": preview.gone, "errors": preview.errors, "questions": preview.questions,
        "new_examples": preview.new_examples.iter().map(device).collect::<Vec<_>>(),
        "changed_examples": preview.changed_examples.iter().map(device).collect::<Vec<_>>(),
        "gone_examples": preview.gone_examples,
    });
    out.result(&value, || {
        let mut text = format!(
            "Dry run, nothing was changed: {} read, {} new, {} changed, {} as before; {} in the register and not in the list.",
            preview.read, preview.new, preview.changed, preview.unchanged, preview.gone
        );
        for changed in &preview.changed_examples {
            text.push_str(&format!("\n  ~ {} {}", changed.asset_tag, changed.name));
            for (field, before, after) in &changed.fields {
                text.push_str(&format!("\n      {field}: \"{before}\" → \"{after}\""));
            }
        }
        preview.new_examples.iter().for_each(|new| text.push_str(&format!("\n  + {} {}", new.asset_tag, new.name)));
        preview.gone_examples.iter().for_each(|gone| text.push_str(&format!("\n  - {gone}")));
        text
    })?;
    if preview.is_importable() {
        Ok(())
    } else {
        Err(Failed::Refused("this list cannot be imported as it stands".to_owned()))
    }
}
