//! Imports: files read by the adapters become commands. Both ways in, the command line and uploads, go through here.

mod advisories;
mod inventory;
mod places;
mod threats;

use std::path::Path;
use std::sync::Arc;

use hospital::command::ImportOrigin;
use hospital::imports::{ImportKind, ImportSummary};
use hospital::{Command, Fact};
use model::ids::ImportId;
use model::{Finding, Time};
use node::{CommandError, Node};
use server::importer::{ImportError, Imported, Importer, Preview, Upload, Watch};

pub(crate) use advisories::import_advisories;
pub(crate) use inventory::{InventoryRun, plan_list, preview_list, run_list};
pub(crate) use places::import_places;
pub(crate) use threats::{import_epss, import_kev, import_vulnrichment};

/// Largest description of a hospital.
const DESCRIPTION_SIZE_MAX_BYTES: u64 = 32 * 1024 * 1024;

/// A new import's identity.
pub(crate) fn origin(source: &str, sha256: Option<String>, remarks: &[Finding]) -> ImportOrigin {
    let id = format!("imp-{}", hex::encode(rand::random::<[u8; 8]>()));
    // Sixteen hexadecimal digits are an identifier.
    #[allow(clippy::expect_used)]
    let id = ImportId::new(&id).expect("sixteen hexadecimal digits are an identifier");
    let source: String = source.chars().take(500).collect();
    let remarks = remarks.iter().take(hospital::imports::REMARKS_MAX).map(|finding| finding.to_string().into()).collect();
    ImportOrigin { id, source: source.into(), sha256: sha256.map(Into::into), remarks }
}

/// Carries an import's command out and gives back what the journal has of it.
pub(crate) async fn carry_out(node: &Node, command: Command, actor: &str, now: Time) -> Result<ImportSummary, ImportError> {
    let done = node.command(command, actor, now).await.map_err(refused)?;
    done.facts
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
        let text = format!("{}: {size} bytes are more than the {size_max_bytes} that are read", path.display());
        return Err(ImportError::Failed(text));
    }
    let bytes = std::fs::read(path).map_err(failed)?;
    let sha256 = journal::Hash::of(&bytes).to_string();
    Ok((bytes, sha256))
}

/// The server's way in.
pub(crate) struct UploadReader {
    pub(crate) node: Arc<Node>,
}

#[async_trait::async_trait]
impl Importer for UploadReader {
    async fn preview(&self, upload: Upload, watch: Watch) -> Result<Preview, ImportError> {
        let node = Arc::clone(&self.node);
        blocking(move || match upload.kind {
            ImportKind::Inventory => {
                let plan = plan_list(&upload.file_name, &upload.path, &upload.mapping)?;
                preview_list(&node, &plan, &watch)
            }
            ImportKind::Advisories | ImportKind::Kev | ImportKind::Epss | ImportKind::Vulnrichment | ImportKind::Hospital => {
                Ok(Preview::default())
            }
        })
        .await
    }

    async fn import(&self, upload: Upload, actor: String, now: Time, watch: Watch) -> Result<Imported, ImportError> {
        let (node, path, name) = (self.node.as_ref(), upload.path.clone(), upload.file_name.clone());
        match upload.kind {
            ImportKind::Inventory => {
                let reader = Arc::clone(&self.node);
                let watching = watch.clone();
                let run: InventoryRun = blocking(move || {
                    let plan = plan_list(&upload.file_name, &upload.path, &upload.mapping)?;
                    run_list(&reader, plan, upload.complete, &watching)
                })
                .await?;
                run.carry_out(node, &actor, now).await
            }
            ImportKind::Advisories => import_advisories(node, &[path], &name, &actor, now, &watch).await,
            ImportKind::Kev => import_kev(node, &path, &name, &actor, now).await,
            ImportKind::Epss => import_epss(node, &path, &name, &actor, now).await,
            ImportKind::Vulnrichment => import_vulnrichment(node, &[path], &name, &actor, now, &watch).await,
            ImportKind::Hospital => import_places(node, &path, &name, &actor, now).await,
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
