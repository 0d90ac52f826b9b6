//! What past nights taught, kept until nights have shown more: learning takes longer than a page may.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use planning::forecast::{Model, Record, learn};

/// The model of the records that were seen last.
#[derive(Default)]
pub struct Forecasts(Mutex<Option<(u64, Arc<Model>)>>);

impl Forecasts {
    /// What these records teach. Learns where it is called: call it where blocking is allowed.
    pub fn model(&self, records: &[Record]) -> Arc<Model> {
        let mut hasher = DefaultHasher::new();
        records.hash(&mut hasher);
        let key = hasher.finish();
        // Whoever asks meanwhile waits for the same answer instead of learning the same thing twice.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some((known, model)) if *known == key => Arc::clone(model),
            Some(_) | None => {
                let model = Arc::new(learn(records));
                *kept = Some((key, Arc::clone(&model)));
                model
            }
        }
    }
}
