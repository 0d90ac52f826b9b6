//! Imports: files read by the adapters become commands. Both ways in, the command line and uploads, go through here.

mod advisories;
mod inventory;
mod nights;
mod places;
pub(crate) mod plan_file;
mod threats;
pub(crate) mod windows_file;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hospital::campaign::Setting;
use hospital::command::ImportOrigin;
use hospital::imports::{ImportKind, ImportSummary};
use hospital::{Command, Fact, State};
use model::ids::ImportId;
use model::plan::Plan;
use model::{Finding, Time};
use node::{CommandError, Node};
use server::importer::{
    ImportError, Imported, Importer, PlanText, Preview, Upload, UploadedFile, Watch, WindowsText,
};

pub(crate) use advisories::{import_advisories, preview_advisories};
pub(crate) use inventory::{ListPlan, plan_list, preview_list, run_list};
pub(crate) use nights::read_nights;
pub(crate) use places::read_places;
pub(crate) use threats::{read_epss, read_kev, read_vulnrichment};

// What the server lets in is what the reader of lists reads.
const _: () = assert!(server::importer::UPLOAD_SIZE_MAX_BYTES as u64 == adapter_cmms::TABLE_SIZE_MAX_BYTES);
const _: () = assert!(server::importer::MAPPING_SIZE_MAX_BYTES == adapter_cmms::MAPPING_SIZE_MAX_BYTES);

/// Largest description of a hospital.
const DESCRIPTION_SIZE_MAX_BYTES: u64 = 32 * 1024 * 1024;

/// Files and folders that are read together, and what people call them.
pub(crate) struct Files {
    pub(crate) paths: Vec<PathBuf>,
    /// What the import is remembered as coming from.
    pub(crate) source: String,
    /// Names of uploaded files, by the path they are kept under.
    names: HashMap<Box<str>, Box<str>>,
    /// Files of public keys that the signatures of advisories are verified with.
    pub(crate) keys: Vec<PathBuf>,
}

impl Files {
    /// What the command line names.
    pub(crate) fn named(paths: Vec<PathBuf>, source: &str) -> Files {
        Files { paths, source: source.to_owned(), names: HashMap::new(), keys: Vec::new() }
    }

    /// The same files, to be verified with these keys.
    pub(crate) fn with_keys(self, keys: Vec<PathBuf>) -> Files {
        Files { keys, ..self }
    }

    fn of_upload(upload: &Upload) -> Files {
        let kept = |file: &UploadedFile| (file.path.to_string_lossy().into(), file.name.as_str().into());
        // Checksums and signatures stand beside their documents and are found there.
        let beside = |name: &str| [".asc", ".sha256", ".sha512"].iter().any(|ending| name.ends_with(ending));
        Files {
            paths: upload
                .files
                .iter()
                .filter(|file| !beside(&file.name))
                .map(|file| file.path.clone())
                .collect(),
            source: upload.source(),
            names: upload.files.iter().map(kept).collect(),
            keys: Vec::new(),
        }
    }

    /// The name that a person knows a file by.
    fn name_of(&self, path: &str) -> Box<str> {
        self.names.get(path).cloned().unwrap_or_else(|| path.into())
    }

    /// Findings speak of files as people know them.
    fn rename(&self, findings: &mut [Finding]) {
        for finding in findings.iter_mut().filter(|_| !self.names.is_empty()) {
            finding.source = self.name_of(&finding.source);
        }
    }
}

/// A file read without an error, ready to be imported.
pub(crate) struct Run {
    pub(crate) command: Command,
    pub(crate) findings: Vec<Finding>,
    pub(crate) refused: u64,
}

impl Run {
    /// Imports it, whole or not at all.
    pub(crate) async fn carry_out(
        self,
        node: &Node,
        actor: &str,
        now: Time,
    ) -> Result<Imported, ImportError> {
        let summary = carry_out(node, self.command, actor, now).await?;
        Ok(Imported { summary, findings: self.findings, refused: self.refused })
    }

    /// What an import would do: decided on the state as it is, and not recorded.
    fn preview(self, node: &Node) -> Result<Preview, ImportError> {
        // No decision about an import looks at the clock.
        let decided = node.read(|state| hospital::decide(state, self.command, Time(0)));
        let facts = decided.map_err(|refusal| ImportError::Refused(refusal.to_string()))?;
        let summary = summary_of(facts)?;
        Ok(Preview {
            read: summary.read,
            new: summary.new,
            changed: summary.changed,
            unchanged: summary.unchanged,
            left_out: summary.left_out,
            refused: self.refused,
            findings: self.findings,
            ..Preview::default()
        })
    }
}

/// A new import's identity.
pub(crate) fn origin(source: &str, sha256: Option<String>, remarks: &[Finding]) -> ImportOrigin {
    let id = format!("imp-{}", hex::encode(rand::random::<[u8; 8]>()));
    // Sixteen hexadecimal digits are an identifier.
    #[allow(clippy::expect_used)]
    let id = ImportId::new(&id).expect("sixteen hexadecimal digits are an identifier");
    let source: String = source.chars().take(500).collect();
    let remarks = remarks
        .iter()
        .take(hospital::imports::REMARKS_MAX)
        .map(|finding| finding.to_string().into())
        .collect();
    ImportOrigin { id, source: source.into(), sha256: sha256.map(Into::into), remarks }
}

/// Carries an import's command out and gives back what the journal has of it.
pub(crate) async fn carry_out(
    node: &Node,
    command: Command,
    actor: &str,
    now: Time,
) -> Result<ImportSummary, ImportError> {
    summary_of(node.command(command, actor, now).await.map_err(refused)?.facts)
}

fn summary_of(facts: Vec<Fact>) -> Result<ImportSummary, ImportError> {
    facts
        .into_iter()
        .find_map(|fact| if let Fact::ImportFinished(summary) = fact { Some(summary) } else { None })
        .ok_or_else(|| ImportError::Failed("the import left no record".to_owned()))
}

fn refused(error: CommandError) -> ImportError {
    match error {
        CommandError::Refused(refusal) => ImportError::Refused(refusal.to_string()),
        other => ImportError::Failed(chain(&other)),
    }
}

/// An error with its causes, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

/// Reads a file whole, within a limit, with its SHA-256.
pub(crate) fn read_file(path: &Path, size_max_bytes: u64) -> Result<(Vec<u8>, String), ImportError> {
    let failed = |error: std::io::Error| ImportError::Failed(format!("{}: {error}", path.display()));
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > size_max_bytes {
        let text =
            format!("{}: {size} bytes are more than the {size_max_bytes} that are read", path.display());
        return Err(ImportError::Failed(text));
    }
    let bytes = std::fs::read(path).map_err(failed)?;
    let sha256 = journal::Hash::of(&bytes).to_string();
    Ok((bytes, sha256))
}

/// The server's way in.
pub(crate) struct UploadReader {
    pub(crate) node: Arc<Node>,
    /// Files of public keys that the signatures of advisories are verified with.
    pub(crate) keys: Vec<PathBuf>,
    /// The zone of local times in files.
    pub(crate) time_zone: String,
}

/// The only file of an upload that has one.
fn single(upload: &Upload) -> Result<UploadedFile, ImportError> {
    let first = upload.files.first().filter(|_| upload.files.len() == 1).cloned();
    first.ok_or_else(|| ImportError::Failed("one file is read at a time here".to_owned()))
}

#[async_trait::async_trait]
impl Importer for UploadReader {
    fn windows(&self, text: WindowsText<'_>, state: &State) -> Result<Setting, Vec<Finding>> {
        windows_file::windows_of_text(text.source, text.text, text.time_zone, state)
    }

    async fn preview(&self, upload: Upload, now: Time, watch: Watch) -> Result<Preview, ImportError> {
        let (node, keys) = (Arc::clone(&self.node), self.keys.clone());
        let time_zone = self.time_zone.clone();
        blocking(move || match upload.kind {
            ImportKind::Inventory => {
                let plan = plan_upload(&upload)?;
                preview_list(&node, &plan, &watch)
            }
            ImportKind::Advisories => {
                preview_advisories(&node, &Files::of_upload(&upload).with_keys(keys), &watch)
            }
            ImportKind::Kev
            | ImportKind::Epss
            | ImportKind::Vulnrichment
            | ImportKind::Hospital
            | ImportKind::Nights => read_upload(&upload, &time_zone, now, &watch)?.preview(&node),
        })
        .await
    }

    fn plan(&self, file: PlanText<'_>, state: &State) -> Result<Plan, String> {
        if file.text.len() as u64 > plan_file::PLAN_SIZE_MAX_BYTES {
            return Err(format!("a plan has at most {} bytes", plan_file::PLAN_SIZE_MAX_BYTES));
        }
        let is_json = file.text.trim_start().starts_with('{');
        plan_file::plan_of_text(file.text, is_json, file.requester, file.time_zone, state)
    }

    async fn import(
        &self,
        upload: Upload,
        actor: String,
        now: Time,
        watch: Watch,
    ) -> Result<Imported, ImportError> {
        let node = self.node.as_ref();
        if upload.kind == ImportKind::Advisories {
            let files = Files::of_upload(&upload).with_keys(self.keys.clone());
            return import_advisories(node, files, &actor, now, &watch).await;
        }
        let time_zone = self.time_zone.clone();
        let run = blocking(move || match upload.kind {
            ImportKind::Inventory => run_list(plan_upload(&upload)?, upload.complete, &watch),
            ImportKind::Advisories
            | ImportKind::Kev
            | ImportKind::Epss
            | ImportKind::Vulnrichment
            | ImportKind::Hospital
            | ImportKind::Nights => read_upload(&upload, &time_zone, now, &watch),
        });
        run.await?.carry_out(node, &actor, now).await
    }
}

/// Opens an uploaded list and lays a person's answers over the guesses.
fn plan_upload(upload: &Upload) -> Result<ListPlan, ImportError> {
    let file = single(upload)?;
    let mut plan = plan_list(&file.name, &file.path, &upload.mapping)?;
    plan.answer(&upload.columns);
    Ok(plan)
}

fn read_upload(upload: &Upload, time_zone: &str, now: Time, watch: &Watch) -> Result<Run, ImportError> {
    if upload.kind == ImportKind::Vulnrichment {
        return read_vulnrichment(&Files::of_upload(upload), watch);
    }
    let file = single(upload)?;
    match upload.kind {
        ImportKind::Kev => read_kev(&file.path, &file.name),
        ImportKind::Epss => read_epss(&file.path, &file.name),
        ImportKind::Hospital => read_places(&file.path, &file.name),
        ImportKind::Nights => read_nights(&file.path, &file.name, time_zone, now),
        ImportKind::Inventory | ImportKind::Advisories | ImportKind::Vulnrichment => {
            Err(ImportError::Failed("this kind is read elsewhere".to_owned()))
        }
    }
}

/// Runs reading that blocks beside the server's own work.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ImportError> + Send + 'static,
) -> Result<T, ImportError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(cause) => Err(ImportError::Failed(format!("reading ended early: {cause}"))),
    }
}
