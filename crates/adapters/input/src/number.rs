//! Decimal numbers as exact integers, from their text: nothing passes through a float, nothing is rounded.

/// The number `text` (JSON notation, not negative) in units of `10^-places`, cut (never rounded): `decimal_cut("7.29",
/// 1)` is 72. `None` when it is not such a number, is negative, or does not fit.
pub fn decimal_cut(text: &str, places: u32) -> Option<u64> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty()
        || !digits(whole)
        || !digits(fraction)
        || (mantissa.contains('.') && fraction.is_empty())
    {
        return None;
    }
    // The point stands after `keep` of the digits once the number is counted in units of 10^-places.
    let keep = i64::try_from(whole.len()).ok()? + i64::from(exponent) + i64::from(places);
    if keep > 1_000 {
        return None;
    }
    let mut value: u64 = 0;
    let mut all = whole.bytes().chain(fraction.bytes());
    for _ in 0..keep.max(0) {
        let digit = all.next().unwrap_or(b'0') - b'0';
        value = value.checked_mul(10)?.checked_add(u64::from(digit))?;
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::decimal_cut;

    #[test]
    fn a_score_is_cut_to_tenths_and_never_rounded() {
        for (text, tenths) in [
            ("9.8", 98),
            ("10", 100),
            ("10.0", 100),
            ("0", 0),
            ("7.29", 72),
            ("7.99999999", 79),
            ("98e-1", 98),
            ("0.98E1", 98),
            ("0.98E+1", 98),
            ("0.04", 0),
        ] {
            assert_eq!(decimal_cut(text, 1), Some(tenths), "{text}");
        }
        assert_eq!(decimal_cut("0.000439999", 6), Some(439));
    }

    #[test]
    fn what_is_not_a_plain_number_is_none() {
        for text in ["", "-1", ".5", "5.", "nine", "1e999999999", "99999999999999999999", "1e", "0x10", "1 "]
        {
            assert_eq!(decimal_cut(text, 1), None, "{text}");
        }
    }
}
