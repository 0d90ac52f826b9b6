//! Uploaded files on their way to the disk: a private folder (0700) that only this process knows, removed when dropped.
//! No file is opened here for reading, and no format is known.

use std::path::PathBuf;

use tempfile::TempDir;
use tokio::io::AsyncWriteExt;

use crate::importer::{UPLOAD_FILES_MAX, UploadedFile};

/// Longest file name kept, in bytes.
const NAME_LENGTH_MAX_BYTES: usize = 100;

/// Why an upload cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// The disk refused.
    #[error("the upload cannot be kept: {0}")]
    Disk(#[from] std::io::Error),
    /// More than [`UPLOAD_FILES_MAX`] files.
    #[error("an upload has at most {UPLOAD_FILES_MAX} files")]
    TooMany,
}

/// An upload whose files are still coming in.
pub struct Spooling {
    folder: TempDir,
    files: Vec<UploadedFile>,
    open: Option<tokio::fs::File>,
}

/// An upload on the disk.
pub struct Spooled {
    /// Removed with everything in it when dropped.
    pub(super) _folder: TempDir,
    /// The files.
    pub(super) files: Vec<UploadedFile>,
}

impl Spooled {
    /// The files.
    pub fn files(&self) -> &[UploadedFile] {
        &self.files
    }

    /// Takes the first file with such a name out of the list; it stays on the disk as long as the others.
    pub(crate) fn take(&mut self, wanted: impl Fn(&str) -> bool) -> Option<UploadedFile> {
        let at = self.files.iter().position(|file| wanted(&file.name))?;
        Some(self.files.remove(at))
    }
}

/// The name without anything that means something to a file system.
fn safe(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or("");
    let safe: String =
        base.chars().map(|c| if c.is_ascii_alphanumeric() || "._-+".contains(c) { c } else { '_' }).collect();
    let safe = safe.trim_start_matches('.');
    let from = safe.len().saturating_sub(NAME_LENGTH_MAX_BYTES);
    let safe = safe.get(from..).unwrap_or("");
    if safe.is_empty() { "upload".to_owned() } else { safe.to_owned() }
}

impl Spooling {
    /// An empty private folder.
    pub fn begin() -> Result<Spooling, SpoolError> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("segue-upload-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o700));
        }
        Ok(Spooling { folder: builder.tempdir()?, files: Vec::new(), open: None })
    }

    /// Begins the next file.
    pub async fn file(&mut self, name: &str) -> Result<(), SpoolError> {
        self.close().await?;
        if self.files.len() >= UPLOAD_FILES_MAX {
            return Err(SpoolError::TooMany);
        }
        let mut path = self.folder.path().join(safe(name));
        if path.exists() {
            path = self.folder.path().join(format!("{}-{}", self.files.len() + 1, safe(name)));
        }
        self.open = Some(create(path.clone()).await?);
        let shown: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
        self.files.push(UploadedFile { name: shown, path });
        Ok(())
    }

    /// The next bytes of the file begun last.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), SpoolError> {
        if let Some(file) = &mut self.open {
            file.write_all(bytes).await?;
        }
        Ok(())
    }

    async fn close(&mut self) -> Result<(), SpoolError> {
        if let Some(mut file) = self.open.take() {
            file.flush().await?;
        }
        Ok(())
    }

    /// Everything has come.
    pub async fn finish(mut self) -> Result<Spooled, SpoolError> {
        self.close().await?;
        Ok(Spooled { _folder: self.folder, files: self.files })
    }
}

async fn create(path: PathBuf) -> Result<tokio::fs::File, SpoolError> {
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    Ok(options.open(path).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere() {
        assert_eq!(safe("../../etc/passwd"), "passwd");
        assert_eq!(safe("C:\\lists\\Medicinteknik 2026.xlsx"), "Medicinteknik_2026.xlsx");
        assert_eq!(safe(".."), "upload");
        assert_eq!(safe(&"å".repeat(300)).len(), NAME_LENGTH_MAX_BYTES);
    }

    #[tokio::test]
    async fn an_upload_is_private_and_gone_when_dropped() {
        let mut spooling = Spooling::begin().unwrap();
        for part in [&b"asset_tag"[..], b",model"] {
            if spooling.files.is_empty() {
                spooling.file("a.csv").await.unwrap();
            }
            spooling.write(part).await.unwrap();
        }
        spooling.file("a.csv").await.unwrap();
        let spooled = spooling.finish().await.unwrap();
        let [first, second] = spooled.files() else { panic!("two files") };
        assert_eq!(std::fs::read(&first.path).unwrap(), b"asset_tag,model");
        assert_ne!(first.path, second.path);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(spooled._folder.path()), mode(&first.path)), (0o700, 0o600));
        }
        let path = first.path.clone();
        drop(spooled);
        assert!(!path.exists());
    }
}
