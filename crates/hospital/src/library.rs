//! The library of advisories: the revision in force, and every older one, so that two can be compared (R94 builds on it).

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use exposure::matcher::AdvisoryIx;
use model::advisory::Provenance;
use model::{Advisory, AdvisoryKey};

use crate::fact::Stamp;

/// One revision, with when it arrived.
#[derive(Clone, Debug)]
pub struct Revision {
    /// When it arrived, and by whom.
    pub stamp: Stamp,
    /// What it says.
    pub advisory: Arc<Advisory>,
}

/// An advisory over all its revisions.
#[derive(Clone, Debug)]
pub struct Item {
    /// Oldest version first; never empty.
    revisions: Vec<Revision>,
}

impl Item {
    /// The revision in force: the newest.
    pub fn current(&self) -> &Revision {
        // An item is made with its first revision, and revisions are only added.
        #[allow(clippy::expect_used)]
        self.revisions.last().expect("an item is made with its first revision")
    }

    /// Every revision, oldest version first.
    pub fn revisions(&self) -> &[Revision] {
        &self.revisions
    }

    /// The revision with this version text.
    pub fn revision(&self, version: &str) -> Option<&Revision> {
        self.revisions.iter().rev().find(|revision| *revision.advisory.version == *version)
    }
}

/// Every advisory.
#[derive(Clone, Debug, Default)]
pub struct Library {
    items: Vec<Item>,
    by_key: HashMap<AdvisoryKey, AdvisoryIx>,
}

/// How a revision stands to what the library has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The advisory is new.
    New,
    /// It is newer than the revision in force.
    Newer,
    /// It is older than the revision in force, and not yet kept.
    Older,
    /// This very document is kept already.
    Known,
}

impl Library {
    /// How many advisories.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// No advisory yet.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// An advisory by its number.
    pub fn get(&self, ix: AdvisoryIx) -> Option<&Item> {
        self.items.get(ix as usize)
    }

    /// Every advisory with its number, in order of arrival.
    pub fn iter(&self) -> impl Iterator<Item = (AdvisoryIx, &Item)> {
        (0u32..).zip(&self.items)
    }

    /// An advisory's number by publisher and tracking id.
    pub fn find(&self, key: &AdvisoryKey) -> Option<AdvisoryIx> {
        self.by_key.get(key).copied()
    }

    /// Advisories with this tracking id, whoever published them: people know advisories by it.
    pub fn find_by_tracking_id<'a>(&'a self, id: &'a str) -> impl Iterator<Item = (AdvisoryIx, &'a Item)> {
        self.iter().filter(move |(_, item)| *item.current().advisory.key.tracking_id == *id)
    }

    /// How a revision stands to what is here.
    pub fn standing(&self, advisory: &Advisory) -> Standing {
        let Some(item) = self.find(&advisory.key).and_then(|ix| self.get(ix)) else { return Standing::New };
        if item.revisions.iter().any(|known| known.advisory.document_sha256 == advisory.document_sha256) {
            Standing::Known
        } else if newer(advisory, &item.current().advisory) {
            Standing::Newer
        } else {
            Standing::Older
        }
    }

    /// The revision of an advisory that was read from this very document.
    pub fn of_document(&self, key: &AdvisoryKey, document_sha256: &str) -> Option<&Revision> {
        let item = self.find(key).and_then(|ix| self.get(ix))?;
        item.revisions.iter().find(|known| *known.advisory.document_sha256 == *document_sha256)
    }

    /// Says anew where a revision is from. What it says of products stays as it was.
    pub fn prove(&mut self, key: &AdvisoryKey, document_sha256: &str, provenance: Provenance) {
        let item = self.find(key).and_then(|ix| self.items.get_mut(ix as usize));
        let revisions = item.map_or(&mut [][..], |item| &mut item.revisions[..]);
        for known in revisions.iter_mut().filter(|known| *known.advisory.document_sha256 == *document_sha256)
        {
            Arc::make_mut(&mut known.advisory).provenance = Some(provenance.clone());
        }
    }

    /// Keeps a revision. Says its advisory's number, and whether it is now in force.
    pub fn put(&mut self, stamp: Stamp, advisory: Arc<Advisory>) -> (AdvisoryIx, bool) {
        let revision = Revision { stamp, advisory };
        match self.find(&revision.advisory.key) {
            None => {
                let ix = u32::try_from(self.items.len()).unwrap_or(u32::MAX - 1);
                self.by_key.insert(revision.advisory.key.clone(), ix);
                self.items.push(Item { revisions: vec![revision] });
                (ix, true)
            }
            Some(ix) => {
                let Some(item) = self.items.get_mut(ix as usize) else { return (ix, false) };
                let before = |known: &Revision| !newer(&known.advisory, &revision.advisory);
                let at = item.revisions.partition_point(before);
                item.revisions.insert(at, revision);
                (ix, at + 1 == item.revisions.len())
            }
        }
    }
}

/// Is `a` a newer revision than `b`? By version, then by release date (CSAF 2.0 §3.1.11, §3.2.1.12).
fn newer(a: &Advisory, b: &Advisory) -> bool {
    compare_versions(&a.version, &b.version).then_with(|| a.released.cmp(&b.released)) == Ordering::Greater
}

/// Integer or semantic versions: numbers by value, a pre-release before its release.
fn compare_versions(a: &str, b: &str) -> Ordering {
    let parts = |text: &str| -> (Vec<u64>, bool, String) {
        let text = text.split('+').next().unwrap_or("");
        let (core, pre) = text.split_once('-').map_or((text, None), |(core, pre)| (core, Some(pre)));
        let numbers = core.split('.').map(|part| part.trim().parse().unwrap_or(0)).collect();
        (numbers, pre.is_none(), pre.unwrap_or("").to_owned())
    };
    let (mut a, mut b) = (parts(a), parts(b));
    let len = a.0.len().max(b.0.len());
    a.0.resize(len, 0);
    b.0.resize(len, 0);
    a.cmp(&b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revision_ten_is_newer_than_revision_nine() {
        assert_eq!(compare_versions("10", "9"), Ordering::Greater);
        assert_eq!(compare_versions("1.0.0", "1"), Ordering::Equal);
        assert_eq!(compare_versions("2.0.0-rc1", "2.0.0"), Ordering::Less);
    }
}
