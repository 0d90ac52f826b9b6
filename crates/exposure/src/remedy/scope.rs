//! Which vulnerabilities a sentence speaks of, when it names them: a fix for one CVE is none for another, and a fix for
//! "all but" one leaves that one open.

/// What a sentence says of the vulnerability that is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// It names no vulnerability, or this one.
    Meant,
    /// It names others only, or kinds of weakness that this one may not be.
    Others,
    /// It leaves this one out by name.
    LeftOut,
    /// It leaves some out; which, or whether this one, is not known.
    SomeLeftOut,
}

const EXCEPT: &[&str] = &["except", "excluding", "with the exception", "apart from", "other than"];

/// The scope of `sentence`. `head` is what stands before the text's first colon (`CVE-2020-1: Update to …`).
pub(super) fn scope(head: &str, sentence: &str, cve: Option<&str>, cwes: &[Box<str>]) -> Scope {
    let lower = sentence.to_ascii_lowercase();
    let except = EXCEPT.iter().filter_map(|word| lower.find(word)).min();
    let (kept, left_out) = lower.split_at_checked(except.unwrap_or(lower.len())).unwrap_or((&lower, ""));
    let left_out: Vec<&str> = ids(left_out, "cve-").collect();
    let is_ours = |id: &&str| cve.is_some_and(|cve| id.eq_ignore_ascii_case(cve));
    if except.is_some() && (left_out.is_empty() || cve.is_none()) {
        return Scope::SomeLeftOut;
    }
    if left_out.iter().any(is_ours) {
        return Scope::LeftOut;
    }
    let head = head.to_ascii_lowercase();
    let head_cves: Vec<&str> = ids(&head, "cve-").collect();
    let mut named = ids(kept, "cve-").chain(head_cves.iter().copied()).peekable();
    if named.peek().is_some() && cve.is_some() && !named.any(|id| is_ours(&id)) {
        return Scope::Others;
    }
    let mut kinds = ids(kept, "cwe-").peekable();
    let ours = |id: &str| cwes.iter().any(|cwe| cwe.eq_ignore_ascii_case(id));
    if kinds.peek().is_some() && cve.is_some() && !kinds.any(ours) {
        return Scope::Others;
    }
    Scope::Meant
}

/// Identifiers that begin with `prefix` (`cve-`, `cwe-`) in a text of lower case.
fn ids<'a>(text: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    text.match_indices(prefix).map(move |(at, _)| {
        let rest = text.get(at..).unwrap_or_default();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
        rest.get(..end).unwrap_or(rest).trim_end_matches('-')
    })
}
