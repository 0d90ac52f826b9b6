//! Words of a list that were understood before.

use crate::words::{self, Words};
use model::device::{Access, Criticality, Installer, Network, SupportStatus};

/// One memory for each field with few words.
#[derive(Default)]
pub(crate) struct Memos {
    pub(crate) support: Memo<SupportStatus>,
    pub(crate) installer: Memo<Installer>,
    pub(crate) access: Memo<Access>,
    pub(crate) network: Memo<Network>,
    pub(crate) criticality: Memo<Criticality>,
}

/// Words that were understood before: lists repeat the same few.
pub(crate) struct Memo<T>(Vec<(Box<str>, T)>);

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Memo(Vec::new())
    }
}

impl<T: Words + Default> Memo<T> {
    const WORDS_MAX: usize = 64;

    /// As [`words::pick`].
    pub(crate) fn pick(&mut self, text: &str) -> Option<T> {
        if let Some((_, value)) = self.0.iter().find(|(word, _)| &**word == text) {
            return Some(*value);
        }
        let value = words::pick::<T>(text)?;
        if self.0.len() < Self::WORDS_MAX {
            self.0.push((text.into(), value));
        }
        Some(value)
    }
}
