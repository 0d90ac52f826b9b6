//! What a JSON document is when it is not an advisory: recognised so that the message can say it.

use adapter_input::{At, Fault, Node, Reason};

/// Recognises a JSON document by its outermost members: (a member that tells, what it then is).
const KINDS: &[(&str, &str)] = &[
    ("canonical_url", "a CSAF provider-metadata file"),
    ("feed", "a ROLIE feed"),
    ("service", "a ROLIE service document"),
    ("aggregator", "a CSAF aggregator file"),
    ("bomFormat", "a CycloneDX bill of materials"),
    ("spdxVersion", "an SPDX bill of materials"),
    ("SPDXID", "an SPDX bill of materials"),
    ("cveMetadata", "a CVE record"),
    ("CVE_data_meta", "a CVE record in the old form"),
    ("catalogVersion", "a catalogue of known exploited vulnerabilities"),
    ("cvrfdoc", "a CVRF document"),
    ("affected", "an OSV record"),
    ("$defs", "a JSON schema"),
    ("definitions", "a JSON schema"),
    ("dependencies", "a package description"),
    ("scripts", "a package description"),
];

/// What the document says it is, in words, when it is a known kind other than an advisory.
pub(crate) fn other_kind(root: &Node<'_>) -> Option<&'static str> {
    let Node::Object(members) = root else {
        return None;
    };
    let text = |key: &str| {
        members.iter().find(|(name, _)| name == key).and_then(|(_, node)| match node {
            Node::Text(text) => Some(&**text),
            Node::Null | Node::Bool(_) | Node::Number(_) | Node::Array(_) | Node::Object(_) => None,
        })
    };
    if text("@context").is_some_and(|context| context.contains("openvex")) {
        return Some("an OpenVEX document");
    }
    KINDS.iter().find(|(key, _)| members.iter().any(|(name, _)| name == key)).map(|(_, what)| *what)
}

/// The refusal of a document without `/document/csaf_version`.
pub(crate) fn not_csaf(root: &At<'_, '_>) -> Fault {
    let problem = match other_kind(root.node()) {
        Some(what) => format!("this is not a CSAF document; it looks like {what}"),
        None => "this is not a CSAF document".to_owned(),
    };
    root.fault(Reason::OtherKind, problem, "a CSAF 2.0 or 2.1 document, with /document/csaf_version")
}
