//! CVE ids as text.

/// Is `text` a CVE id: `CVE-`, four digits, `-`, four to nineteen digits?
pub(crate) fn is_cve(text: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let Some((year, number)) = text.strip_prefix("CVE-").and_then(|rest| rest.split_once('-')) else {
        return false;
    };
    year.len() == 4 && digits(year) && (4..=19).contains(&number.len()) && digits(number)
}

/// What a CVE id looks like, for messages.
pub(crate) const CVE_EXPECTED: &str = "a CVE id such as CVE-2024-12345";
