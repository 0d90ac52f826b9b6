//! The verdict of a third party's validator, as remarks beside an advisory. It never refuses a document and cannot fail
//! an import. Built with the feature `validator` only: the validator takes minutes to compile.

use model::advisory::Remark;

/// Largest document given to the validator, in bytes: some of its tests compare everything with everything.
pub const ANNOTATED_SIZE_MAX_BYTES: usize = 4 * 1024 * 1024;

/// Most remarks kept of one document.
pub const REMARKS_MAX_COUNT: usize = 50;

/// Most remarks kept of one test: the first few show what it is about.
pub const REMARKS_PER_TEST_MAX_COUNT: usize = 3;

/// Which validator [`annotate`] asks; `None` when this build has none, so that "no remarks" is never taken for "valid".
pub const VALIDATOR: Option<&str> = if cfg!(feature = "validator") { Some("csaf-rs 0.6") } else { None };

/// What the validator remarks about the document: schema and mandatory tests (CSAF §6.1). Empty without a validator,
/// for a document that is not well-formed, and for one larger than [`ANNOTATED_SIZE_MAX_BYTES`].
pub fn annotate(bytes: &[u8]) -> Vec<Remark> {
    #[cfg(feature = "validator")]
    {
        validator::remarks(bytes)
    }
    #[cfg(not(feature = "validator"))]
    {
        let _ = bytes;
        Vec::new()
    }
}

#[cfg(feature = "validator")]
mod validator {
    use std::panic::catch_unwind;

    use adapter_input::{At, Document, cut_short};
    use csaf_rs::validation::{TestResult, TestResultStatus, Validatable, validate_by_preset};
    use model::advisory::Remark;

    use super::{ANNOTATED_SIZE_MAX_BYTES, REMARKS_MAX_COUNT, REMARKS_PER_TEST_MAX_COUNT};

    /// Schema and mandatory tests.
    const PRESET: &str = "basic";

    pub(super) fn remarks(bytes: &[u8]) -> Vec<Remark> {
        // Depth, counts and numbers are bounded first: a runaway recursion could not be caught.
        let Some(version) = version(bytes).filter(|_| bytes.len() <= ANNOTATED_SIZE_MAX_BYTES) else {
            return Vec::new();
        };
        let results = catch_unwind(|| match version {
            Version::V20 => {
                csaf_rs::csaf2_0::loader::load_document(bytes).map(|document| run(&document, "2.0"))
            }
            Version::V21 => {
                csaf_rs::csaf2_1::loader::load_document(bytes).map(|document| run(&document, "2.1"))
            }
        });
        let said = |message: &str| {
            vec![Remark { test: "validator".into(), pointer: "".into(), message: cut_short(message) }]
        };
        match results {
            Ok(Ok(results)) => results.into_iter().flat_map(of_test).take(REMARKS_MAX_COUNT).collect(),
            Ok(Err(error)) => said(&format!("the document could not be loaded: {error}")),
            Err(_) => said("the validator broke down on this document"),
        }
    }

    enum Version {
        V20,
        V21,
    }

    fn version(bytes: &[u8]) -> Option<Version> {
        let document = Document::parse("", bytes).ok().filter(|document| !document.byte_order_mark)?;
        let root = At::root(&document.root);
        match root.get("document").ok()??.text_of("csaf_version").ok()?? {
            "2.0" => Some(Version::V20),
            "2.1" => Some(Version::V21),
            _ => None,
        }
    }

    fn run(document: &impl Validatable, version: &str) -> Vec<TestResult> {
        validate_by_preset(document, version, PRESET).map(|result| result.test_results).unwrap_or_default()
    }

    fn of_test(result: TestResult) -> Vec<Remark> {
        match result.status {
            TestResultStatus::Failure { errors, .. } => errors
                .into_iter()
                .take(REMARKS_PER_TEST_MAX_COUNT)
                .map(|error| Remark {
                    test: result.test_id.as_str().into(),
                    pointer: error.instance_path.into(),
                    message: error.message.into(),
                })
                .collect(),
            TestResultStatus::Success | TestResultStatus::NotFound | TestResultStatus::Skipped => Vec::new(),
        }
    }
}
