//! How long a certificate is valid (RFC 5280 §4.1.2.5): just enough DER to find the two instants. The certificate comes from
//! the site's own authority; anything odd in it gives no answer.

use base64::Engine;
use model::Time;

/// When a certificate begins and ceases to be valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Validity {
    /// From.
    pub(super) from: Time,
    /// Until.
    pub(super) until: Time,
}

impl Validity {
    /// Of the first certificate of a PEM text.
    pub(super) fn of_pem(pem: &str) -> Option<Validity> {
        Validity::of_der(&der_of_pem(pem)?)
    }

    fn of_der(der: &[u8]) -> Option<Validity> {
        let (certificate, _) = element(der, 0x30)?;
        let (mut rest, _) = element(certificate, 0x30)?;
        if let Some((_version, after)) = element(rest, 0xa0) {
            rest = after;
        }
        let (_serial, rest) = element(rest, 0x02)?;
        let (_algorithm, rest) = element(rest, 0x30)?;
        let (_issuer, rest) = element(rest, 0x30)?;
        let (validity, _) = element(rest, 0x30)?;
        let (from, rest) = instant(validity)?;
        let (until, _) = instant(rest)?;
        (from < until).then_some(Validity { from, until })
    }

    /// When it is time to renew: after two thirds of its life.
    pub(super) fn renew_at(&self) -> Time {
        let life = self.until.0.saturating_sub(self.from.0);
        Time(self.from.0.saturating_add(life / 3 * 2))
    }
}

/// The bytes of the first certificate of a PEM text.
pub(super) fn der_of_pem(pem: &str) -> Option<Vec<u8>> {
    let (_, after) = pem.split_once("-----BEGIN CERTIFICATE-----")?;
    let (inside, _) = after.split_once("-----END CERTIFICATE-----")?;
    let text: String = inside.split_whitespace().collect();
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

/// The first element if it has this tag, and what follows it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let [is, length, rest @ ..] = bytes else { return None };
    if *is != tag {
        return None;
    }
    let (length, rest) = match length {
        0..=0x7f => (usize::from(*length), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(length - 0x80))?;
            (digits.iter().fold(0_usize, |sum, digit| sum << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

/// UTCTime or GeneralizedTime, to the second, in UTC.
fn instant(bytes: &[u8]) -> Option<(Time, &[u8])> {
    let (text, century, rest) = match element(bytes, 0x17) {
        Some((text, rest)) => (text, true, rest),
        None => {
            let (text, rest) = element(bytes, 0x18)?;
            (text, false, rest)
        }
    };
    let digits = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let (year, rest_digits) = digits.split_at_checked(if century { 2 } else { 4 })?;
    let mut year: i64 = year.parse().ok()?;
    if century {
        year += if year < 50 { 2000 } else { 1900 };
    }
    let pair = |at: usize| rest_digits.get(at..at + 2)?.parse::<i64>().ok();
    let (month, day, hour, minute, second) = (pair(0)?, pair(2)?, pair(4)?, pair(6)?, pair(8)?);
    let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    Some((Time(seconds.checked_mul(1_000_000)?), rest))
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March, so that the leap day is the last.
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let (era, in_era) = (year.div_euclid(400), year.rem_euclid(400));
    let in_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_renewed_after_two_thirds_of_its_life() {
        let mut params = rcgen::CertificateParams::new(Vec::<String>::new()).unwrap();
        params.not_before = rcgen::date_time_ymd(2026, 2, 27);
        params.not_after = rcgen::date_time_ymd(2026, 3, 29);
        let key = rcgen::KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let validity = Validity::of_pem(&pem).unwrap();
        assert_eq!(validity.from, Time(1_772_150_400_000_000));
        assert_eq!(validity.until.seconds_since(validity.from), 30 * 86_400);
        assert_eq!(validity.renew_at().seconds_since(validity.from), 20 * 86_400);
        for cut in 0..pem.len() {
            // Whatever is left of it: no answer or the same one, and no panic.
            let part = Validity::of_pem(&pem[..cut]);
            assert!(part.is_none() || part == Some(validity));
        }
    }

    #[test]
    fn years_beyond_2049_are_read_as_they_are_written() {
        assert_eq!(days(1970, 1, 1), 0);
        assert_eq!(days(2000, 2, 29), 11_016);
        let der = [&[0x18, 15][..], b"20560301000000Z"].concat();
        assert_eq!(instant(&der).unwrap().0, Time(days(2056, 3, 1) * 86_400_000_000));
        assert_eq!(instant(&[0x17, 13, b'x']), None);
    }
}
