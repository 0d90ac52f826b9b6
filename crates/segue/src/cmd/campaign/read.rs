//! A campaign out of a file: what is wrong is said with the file, the place as a JSON pointer, and what would be right.

use std::path::Path;

use model::Finding;
use model::finding::{Place, Severity};
use planning::planner::campaign::{Campaign, SoundCampaign};
use serde_path_to_error::Segment;

use crate::cmd::Failed;
use crate::out::findings;

/// Longest campaign file: 250,000 devices with long names are about half of it.
const CAMPAIGN_SIZE_MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Reads a campaign and looks it over.
pub(super) fn campaign(file: &Path) -> Result<SoundCampaign, Failed> {
    let name = file.display().to_string();
    let wrong = |problem: String| Failed::Refused(format!("{name}: {problem}"));
    let size = std::fs::metadata(file).map_err(|error| wrong(error.to_string()))?.len();
    if size > CAMPAIGN_SIZE_MAX_BYTES {
        return Err(wrong(format!("{size} bytes; a campaign has at most {CAMPAIGN_SIZE_MAX_BYTES}")));
    }
    let bytes = std::fs::read(file).map_err(|error| wrong(error.to_string()))?;
    of_bytes(&name, &bytes).map_err(|found| {
        findings(&found, 0);
        wrong("nothing was planned".to_owned())
    })
}

/// The campaign that a text says; `source` is the file as the person named it.
pub(super) fn of_bytes(source: &str, bytes: &[u8]) -> Result<SoundCampaign, Vec<Finding>> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read: Result<Campaign, _> = serde_path_to_error::deserialize(&mut reader);
    let campaign = read.map_err(|error| vec![finding(source, pointer(error.path()), error.inner())])?;
    reader.end().map_err(|error| vec![finding(source, String::new(), &error)])?;
    SoundCampaign::new(campaign, source)
}

fn finding(source: &str, pointer: String, error: &serde_json::Error) -> Finding {
    Finding {
        source: source.into(),
        place: Place::Pointer(pointer.into()),
        value: None,
        problem: error.to_string().into(),
        expected: "docs/planning.md says what a campaign holds".into(),
        severity: Severity::Error,
    }
}

/// RFC 6901.
fn pointer(path: &serde_path_to_error::Path) -> String {
    let step = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { variant } => format!("/{variant}"),
        // What is broken off has no name.
        Segment::Unknown => String::new(),
    };
    path.iter().map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(text: &str) -> String {
        of_bytes("autumn.json", text.as_bytes()).unwrap_err()[0].to_string()
    }

    #[test]
    fn what_is_wrong_is_named_with_file_pointer_and_what_would_be_right() {
        let windows = |window: &str| {
            format!(
                r#"{{"title":"t","origin":0,"horizon_minute":9,"bundles":[],"units":[],"buildings":[],"devices":[],"windows":[{window}]}}"#
            )
        };
        let said = refused(&windows(r#"{"id":"N1","not_before_minute":"22:00"}"#));
        assert!(said.starts_with("autumn.json: /windows/0/not_before_minute: "), "{said}");
        assert!(said.contains("expected u32") && said.contains("docs/planning.md"), "{said}");
        let said = refused(&windows(r#"{"id":"N1","opens":5}"#));
        assert!(said.contains("/windows/0/opens") && said.contains("expected one of `id`, `site`"), "{said}");
        assert!(refused(&windows("{")).contains("line 1"), "broken off");
        assert!(refused(&(windows("") + "x")).contains("trailing characters"));
        assert!(refused("").contains("document root"));
    }
}
